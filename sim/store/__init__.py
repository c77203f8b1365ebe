"""The run store: what was simulated once is there for everybody, in this process and in the next."""

from __future__ import annotations

import threading
import time

from sim import experiment
from sim.experiment.result import Result
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.store.store import ENTRIES, Store, run_id

__all__ = ["ENTRIES", "Store", "run_id", "simulate"]


def simulate(
    scenario: Scenario | str,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Result:
    """Simulate a scenario, and keep the run in the run store; see `sim.experiment.simulate`.

    The command line does so. To keep a run takes a tenth of a second, which is why the page and `sim.simulate`,
    asked at every move of a lever, do not. What the store holds is not run again, unless an engine is named.
    """
    store, began = Store.default(), time.monotonic()
    archive = store if engine is None else None
    result = experiment.simulate(scenario, replications, seed, engine, progress, cancel, archive)
    if store is not None:
        store.record(result, time.monotonic() - began)
    return result
