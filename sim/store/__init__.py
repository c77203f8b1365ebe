"""The run store: what was simulated once is there for everybody, in this process and in the next."""

from __future__ import annotations

import threading
import time

from sim import experiment
from sim.experiment.precision import Enough
from sim.experiment.result import Result
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.store.archives import Keeping, Recalling
from sim.store.store import ENTRIES, Store, here, id_of, run_id
from sim.store.writer import WRITER

__all__ = ["ENTRIES", "Recalling", "Store", "flush", "here", "id_of", "keep", "run_id", "simulate"]


def simulate(
    scenario: Scenario | str,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    chosen: Enough | None = None,
) -> Result:
    """Simulate a scenario; what the run store holds is not run again, and what is run is kept there.

    Keeping is the work of a thread of its own, which does it a moment later and in any case before the process ends;
    whoever asks the store in this process sees all. `SIAP_STORE` names the folder, or is ``none``.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, or what `Scenario.load` takes.
    replications, seed : int, optional
        Those of the scenario where left out.
    engine : str, optional
        ``reference`` or ``compiled``; one that is named runs, whatever the store holds. None is the best one present.
    progress : callable, optional
        Called with pieces of work done and all of them; a piece is a replication, or a part of one.
    cancel : threading.Event, optional
        Set it to stop the run.
    chosen : Enough, optional
        Why so many replications, to be kept with the run.

    Returns
    -------
    Result

    Raises
    ------
    BadInput
        For a bad scenario, engine, seed or number of replications.
    Cancelled
        If `cancel` was set.
    """
    store, began = Store.default(), time.monotonic()
    archive = Keeping(store) if store is not None and engine is None else None
    result = experiment.simulate(scenario, replications, seed, engine, progress, cancel, archive)
    if store is not None:
        seconds = time.monotonic() - began
        WRITER.put(lambda: store.record(result, seconds, chosen))
    return result


def keep(store: Store, result: Result, seconds: float) -> None:
    """Let the thread that writes keep a result that was simulated elsewhere, with the histories that are at hand."""
    for run, found in result.histories():
        Keeping(store).keep(run, found)
    WRITER.put(lambda: store.record(result, seconds))


def flush() -> None:
    """Wait until all that this process simulated is kept."""
    WRITER.flush()
