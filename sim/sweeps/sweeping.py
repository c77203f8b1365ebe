"""A sweep: one scenario simulated at every point of a design, kept in the run store as it goes, and told as one table.

Whoever runs the same again, with the same or other workers, goes on where it ended.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.experiment import Design
from sim.experiment.design import Range
from sim.experiment.responses import RESPONSES
from sim.experiment.result import MODEL_VERSION, QUANTILES, checked
from sim.experiment.runner import Progress, cores
from sim.scenario import Scenario
from sim.scenario.paths import canonical
from sim.store import Store, columns
from sim.store.store import DIGITS
from sim.sweeps import workers as ways
from sim.sweeps.task import Task, tasks


@dataclasses.dataclass(frozen=True, eq=False)
class Sweep:
    """What came of a sweep.

    Attributes
    ----------
    id : str
        The digest of scenario, design, seed, replications and model version.
    scenario : Scenario
    design : Design
    seed, replications : int
    parts : tuple of Task
        The files that hold it.
    """

    id: str
    scenario: Scenario
    design: Design
    seed: int
    replications: int
    parts: tuple[Task, ...]

    @functools.cached_property
    def table(self) -> pd.DataFrame:
        """One row a point, in the order of the design, with the level of each factor and then the responses.

        Mean, p05, p50 and p95 of each response over the replications; for readiness, which may be never (inf), its
        quantiles and `never`, the share of replications in which no brand is ever ready; `binding`, what most often
        holds the brand that is ready last.
        """
        found = pd.concat([_summary(part, self.replications) for part in self._tables()]).sort_index()
        if found.index.tolist() != list(range(len(self.design.points))):
            raise BadInput("sweep", "must have every point once, and its files do not", self.id, "run it again")
        levels = pd.DataFrame(self.design.points, columns=list(self.design.paths), index=found.index)
        return pd.concat([levels, found], axis=1)

    @property
    def description(self) -> dict[str, Any]:
        """What was asked for, as plain data; scenario, design, seed, replications, version of the model."""
        design = self.design
        return {
            "id": self.id,
            "scenario": self.scenario.name,
            "scenario_digest": self.scenario.digest,
            "seed": self.seed,
            "replications": self.replications,
            "model_version": MODEL_VERSION,
            "design": design.kind,
            "design_seed": design.seed,
            "factors": {f.path: _levels(f.levels) for f in design.factors},
            "points": len(design.points),
        }

    def responses(self) -> pd.DataFrame:
        """One row a point and replication: `point`, `replication`, the responses, `binding`."""
        return pa.concat_tables(self._tables()).to_pandas().sort_values(["point", "replication"], ignore_index=True)

    def _tables(self) -> Iterator[pa.Table]:
        for part in self.parts:
            data = Store(part.folder).points.get(part.key)
            if data is None:
                raise BadInput("sweep", "has lost a file of the run store", part.key, "run it again")
            yield columns.from_bytes(data)


def sweep(
    scenario: Scenario | str,
    design: Design,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    dask: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Sweep:
    """Simulate a scenario at every point of a design, under common random numbers.

    Parameters
    ----------
    scenario : Scenario or str
    design : Design
        See `sim.factorial`, `sim.latin_hypercube`, `sim.sobol`.
    replications, seed : int, optional
        Those of the scenario where left out; the same at every point.
    workers : int, optional
        Processes on this machine; one a core where left out, and with 1 none but this one.
    dask : str, optional
        Address of a Dask scheduler, whose workers then do it all.
    progress : callable, optional
        Called with the points done, those that were kept before among them, and all: at once, and as more are done.
    cancel : threading.Event, optional
        Set it to stop; what was done is kept.

    Raises
    ------
    BadInput
        For a bad scenario or design, before anything is run; where nobody answers at `dask`, the store cannot be
        written, or workers keep dying.
    Cancelled
        If `cancel` was set.
    """
    scenario = Scenario.of(scenario)
    seed = scenario.seed if seed is None else checked(scenario, "seed", seed)
    count = scenario.replications if replications is None else checked(scenario, "replications", replications)
    if workers is not None and workers < 1:
        raise BadInput("workers", "must be at least 1", workers)
    design.check(scenario)
    store = Store.default()
    if store is None:
        raise BadInput("SIAP_STORE", "must name a folder, since a sweep is kept in the run store", "none")
    name = sweep_id(scenario, design, seed, count)
    parts = tasks(design, scenario, seed, count, store.folder, name)
    began = time.monotonic()
    _do(parts, workers, dask, progress, cancel or threading.Event())
    found = Sweep(name, scenario, design, seed, count, tuple(parts))
    store.tabulate(name, found.table)
    if not store.has_entry("sweeps", name):
        store.enter("sweeps", name, _entry(found, time.monotonic() - began))
    return found


def sweep_id(scenario: Scenario, design: Design, seed: int, replications: int) -> str:
    """What names a sweep: the digest of scenario, factors, points, seed, replications and model version."""
    points = canonical([list(point) for point in design.points], top=False)
    of = [scenario.digest, list(design.paths), points, seed, replications, MODEL_VERSION]
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:DIGITS]


def _do(
    parts: list[Task], workers: int | None, dask: str | None, progress: Progress | None, cancel: threading.Event
) -> None:
    """Have the tasks done that are missing, and tell how far it is."""
    missing = [part for part in parts if not part.done()]
    total = sum(len(task.points) for task in parts)
    done = total - sum(len(task.points) for task in missing)
    if progress:
        progress(done, total)
    for task in _way(missing, workers, dask, cancel):
        done += len(task.points)
        if progress:
            progress(done, total)


def _way(missing: list[Task], workers: int | None, dask: str | None, cancel: threading.Event) -> Iterator[Task]:
    if dask is not None and missing:
        return ways.cluster(missing, dask, cancel)
    count = min(cores() if workers is None else workers, len(missing))
    return ways.here(missing, cancel) if count <= 1 else ways.processes(missing, count, cancel)


def _summary(part: pa.Table, replications: int) -> pd.DataFrame:
    """Every point of a task in one row, by number."""
    numbers = part["point"].to_numpy()[::replications]
    made: dict[str, NDArray[Any]] = {}
    for name in RESPONSES:
        values = part[name].to_numpy().reshape(-1, replications)
        if name == "readiness_weeks":
            made |= {
                f"{name}_{q}": np.quantile(values, at, axis=1, method="inverted_cdf") for q, at in QUANTILES.items()
            }
            made["never"] = np.isinf(values).mean(axis=1)
            continue
        made[f"{name}_mean"] = values.mean(axis=1)
        if name not in ("ready", "brands_in"):  # of few whole numbers, quantiles say little
            made |= {f"{name}_{q}": np.quantile(values, at, axis=1) for q, at in QUANTILES.items()}
    made["binding"] = _most_often(np.asarray(part["binding"]).reshape(-1, replications))
    return pd.DataFrame(made, index=pd.Index(numbers, name="point"))


def _most_often(labels: NDArray[Any]) -> NDArray[Any]:
    """The most frequent label of each row; of several the first by name."""
    found = (np.unique(row, return_counts=True) for row in labels.astype(str))
    return np.array([names[counts.argmax()] for names, counts in found], dtype=object)


def _levels(levels: tuple[Any, ...] | Range) -> Any:
    return dataclasses.asdict(levels) if isinstance(levels, Range) else canonical(list(levels), top=False)


def _entry(found: Sweep, seconds: float) -> dict[str, Any]:
    """What is said of a sweep beside its results."""
    files = [part.key for part in found.parts]
    return found.description | {"seconds": round(seconds, 3), "files": files, "text": found.scenario.text}
