"""Replications of one scenario: the engine run once for each, and its milestones kept.

What the engine does not read (price, gates, money, demand, the event's date, the lead time) cannot
change a history, so a scenario that differs only there is answered from the milestones at hand.
"""

from __future__ import annotations

import collections
import dataclasses
import functools
import hashlib
import json
import threading
from collections.abc import Callable
from typing import Any

from sim import engine as engines
from sim.engine.draws import Draws
from sim.engine.history import History
from sim.engine.plan import Plan
from sim.outcomes import Layer, Milestones, Numbers
from sim.programme import Cluster, Fixed, Programme, settled
from sim.scenario import Scenario
from sim.scenario.paths import canonical, plain

Progress = Callable[[int, int], None]  # replications done, replications in all
REMEMBERED = 12  # runs kept in memory, the latest used


class Cancelled(Exception):
    """The caller asked for the run to stop; nothing was kept of it."""


@dataclasses.dataclass(frozen=True)
class Run:
    """Which histories are wanted.

    Attributes
    ----------
    scenario : Scenario
    seed, replications : int
    layer : str
        ``mixed`` or ``chance``.
    engine : str
        ``reference`` or ``compiled``.
    """

    scenario: Scenario
    seed: int
    replications: int
    layer: Layer
    engine: str

    @property
    def key(self) -> str:
        """Digest of all that can change a history of this run."""
        scenario = self.scenario
        read = {
            "pathway": canonical(plain(scenario.pathway)),
            # In their order, by which milestones number them.
            "resources": [(name, canonical(plain(r))) for name, r in scenario.resources.items()],
            "clusters": [_cluster(cluster) for cluster in scenario.programme.clusters],
            "horizon_days": scenario.horizon_days,
        }
        of = (self.seed, self.replications, self.layer, self.engine)
        return hashlib.sha256(json.dumps([read, of], sort_keys=True).encode()).hexdigest()


def _cluster(cluster: Cluster) -> dict[str, Any]:
    """What the engine reads of a cluster: its name too, which names the random numbers of its own stages."""
    read: dict[str, Any] = canonical(plain(cluster), top=False)
    # Of what was passed before the start it takes only that it is passed, never on which day.
    return read | {"before_start": sorted(cluster.before_start)}


class Memory:
    """The milestones of the latest runs, so that a lever the engine does not read costs no engine time."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: collections.OrderedDict[str, list[Milestones]] = collections.OrderedDict()

    def get(self, key: str) -> list[Milestones] | None:
        """The milestones of a run, if they are at hand."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: str, milestones: list[Milestones]) -> None:
        """Keep the milestones of a run; the longest unused is let go."""
        with self._lock:
            self._kept[key] = milestones
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


MEMORY = Memory(REMEMBERED)


def milestones(run: Run, progress: Progress | None = None, cancel: threading.Event | None = None) -> list[Milestones]:
    """The milestones of every replication of a run, from memory or by running the engine.

    Parameters
    ----------
    run : Run
    progress : callable, optional
        Called with the replications done and all of them, after each.
    cancel : threading.Event, optional
        Looked at before each replication.

    Raises
    ------
    Cancelled
        If `cancel` was set before the last replication was done.
    """
    found = MEMORY.get(run.key)
    if found is None:
        found = _simulated(run, progress, cancel)
        MEMORY.put(run.key, found)
    if progress:
        progress(run.replications, run.replications)
    return found


def _simulated(run: Run, progress: Progress | None, cancel: threading.Event | None) -> list[Milestones]:
    replications = Replications(run)
    found: list[Milestones] = []
    for k in range(run.replications):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        found.append(replications.milestones(k))
        if progress:
            progress(k + 1, run.replications)
    return found


class Replications:
    """The replications of a run, each on its own programme; the structure is lowered once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.programme = run.scenario.programme
        self.plan = Plan.of(self.programme)
        numbers = Numbers(run.scenario, run.seed, 0, run.replications, run.layer)
        self._stages = numbers.tables("pathway.stages")
        self._resources = numbers.tables("resources")
        self._first: Milestones | None = None

    def settled(self, k: int) -> Programme:
        """The programme of replication `k`: every quantity a plain number."""
        stages = settled(self.programme.stages, self._stages[k], "pathway.stages")
        resources = settled(self.programme.resources, self._resources[k], "resources")
        made = object.__new__(Programme)  # the ranges were checked; a number inside them needs no second check
        made.__dict__.update(self.programme.__dict__, stages=stages, resources=resources)
        return made

    def prepared(self, k: int) -> tuple[Programme, Plan, Draws]:
        """What the engine reads for replication `k`."""
        programme = self.settled(k)
        plan = self.plan.with_capacity([r.capacity for r in programme.resources.values()])
        return programme, plan, Draws.of(plan, programme, self.run.seed, k)

    def history(self, k: int) -> History:
        """The history of replication `k`."""
        _, plan, draws = self.prepared(k)
        return engines.run_plan(plan, draws, self.run.engine)

    @functools.cached_property
    def certain(self) -> bool:
        """Whether nothing of the preparation is left to chance or knowledge: every history is the first."""
        draws = any(
            stage.passes is not None or not isinstance(stage.duration, Fixed) for stage in self.programme.stages
        )
        return not draws and not any(self._stages[0]) and not any(self._resources[0])

    def milestones(self, k: int) -> Milestones:
        """The milestones of replication `k`."""
        if self.certain and self._first is not None:
            return self._first
        programme, plan, draws = self.prepared(k)
        history = engines.run_plan(plan, draws, self.run.engine)
        self._first = Milestones.of(plan, history, programme.stages, self.run.scenario.pathway.tested)
        return self._first
