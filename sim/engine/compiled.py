"""The compiled engine: a plan as the arrays that the event loop reads and writes (`sim.engine.loop`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.cells import Cells
from sim.engine.history import UNKNOWN, Ending, History, never
from sim.engine.loop import AGAIN, BUSY, DEAD, DRAINED, MORE, NOBODY, PASSED, run_loop
from sim.engine.plan import Plan
from sim.engine.record import Record

# Unsigned: numba looks at the sign of every other index, which took a third of the time.
Indices = NDArray[np.uint64]


class Structure(NamedTuple):
    """A plan as plain arrays; ragged ones by their starts and items. What counts is signed, what points is not."""

    first_entity: Indices
    cluster_of: Indices
    on_cluster: NDArray[np.bool_]
    column: Indices
    base: Indices
    capacity: NDArray[np.int64]
    priority: NDArray[np.int64]
    limit: NDArray[np.int64]
    on_fail: NDArray[np.int8]
    lined: Indices
    line: Indices
    need_start: Indices
    need_resource: Indices
    need_places: NDArray[np.int64]
    rivals_start: Indices
    rivals: Indices
    redo_start: Indices
    redo: Indices
    own_before_start: Indices
    own_before: Indices
    cluster_before_start: Indices
    cluster_before: Indices
    counts_before_start: Indices
    counts_before: Indices
    own_after_start: Indices
    own_after: Indices
    cluster_after_start: Indices
    cluster_after: Indices
    counts_after_start: Indices
    counts_after: Indices
    counted: Indices
    is_counted: NDArray[np.bool_]
    count_need: NDArray[np.int64]
    given: NDArray[np.bool_]
    head_of_line: bool
    horizon: float

    @classmethod
    def of(cls, plan: Plan, cells: Cells) -> Structure:
        """Lower a plan once more."""
        stage, resource = np.nonzero(plan.needs)
        rival_of, rivals = np.nonzero((plan.needs @ plan.needs.T)[:, plan.needs.any(axis=1)])
        lined = np.flatnonzero(plan.needs.any(axis=1))
        line = np.full(len(plan.stages), NOBODY, dtype=np.uint64)
        line[lined] = np.arange(len(lined))
        is_counted = np.zeros(len(plan.stages), dtype=bool)
        is_counted[plan.counted] = True
        ragged = ("redo", "own_before", "cluster_before", "counts_before", "own_after", "cluster_after", "counts_after")
        return cls(
            first_entity=plan.first_entity.astype(np.uint64),
            cluster_of=plan.cluster_of.astype(np.uint64),
            on_cluster=plan.on_cluster,
            column=cells.column.astype(np.uint64),
            base=cells.base.astype(np.uint64),
            capacity=plan.capacity[0],
            priority=plan.priority,
            limit=plan.limit,
            on_fail=plan.on_fail,
            lined=lined.astype(np.uint64),
            line=line,
            need_start=np.searchsorted(stage, np.arange(len(plan.stages) + 1)).astype(np.uint64),
            need_resource=resource.astype(np.uint64),
            need_places=plan.needs[stage, resource],
            rivals_start=np.searchsorted(rival_of, np.arange(len(plan.stages) + 1)).astype(np.uint64),
            rivals=rivals.astype(np.uint64),
            counted=plan.counted.astype(np.uint64),
            is_counted=is_counted,
            count_need=plan.count_need,
            given=plan.given,
            head_of_line=plan.head_of_line,
            horizon=plan.horizon,
            **{f"{name}_start": getattr(plan, name).start.astype(np.uint64) for name in ragged},
            **{name: getattr(plan, name).items.astype(np.uint64) for name in ragged},
        )


class State(NamedTuple):
    """What a run writes while it goes on; made once for a plan and used for every replication.

    Attributes
    ----------
    flags : ndarray, uint8 [entity × stage]
        Bits: passed, waiting, working, to be done again, failed for the last time.
    used : ndarray, uint16 [entity × stage]
        Attempts queued so far.
    departed : ndarray, float64 [entity], days
    present : ndarray, int64 [cluster]
        Workshops that have not left.
    past : ndarray, int32 [cluster, stage]
        Of those present, how many are past each counted stage.
    latched : ndarray, float64 [cluster, count], days
    is_changed : ndarray, bool [cluster]
        Whether its counts may have come true.
    changed : ndarray, uint64 [cluster]
        Those clusters, as a list.
    free : ndarray, int64 [resource], places
    behind : ndarray, uint32 [entity, line]
        Who waits behind an entity in the line of a stage.
    first_in, last_in : ndarray, uint64 [line]
        The first and the last in the line of a stage.
    mark, mark_day : ndarray, uint64 and float64 [line]
        Who was the last when the latest day on which somebody joined the line began, and that day.
    is_stirred : ndarray, bool [line]
        Whether somebody joined it or places came back that it needs.
    stirred, asks : ndarray, uint64 [line]
        Those lines, and those that ask for places now, as lists.
    blocked : ndarray, bool [resource]
        Whether somebody earlier in line waits for it.
    """

    flags: NDArray[np.uint8]
    used: NDArray[np.uint16]
    departed: NDArray[np.float64]
    present: NDArray[np.int64]
    past: NDArray[np.int32]
    latched: NDArray[np.float64]
    is_changed: NDArray[np.bool_]
    changed: Indices
    free: NDArray[np.int64]
    behind: NDArray[np.uint32]
    first_in: Indices
    last_in: Indices
    mark: Indices
    mark_day: NDArray[np.float64]
    is_stirred: NDArray[np.bool_]
    stirred: Indices
    asks: Indices
    blocked: NDArray[np.bool_]

    @classmethod
    def of(cls, plan: Plan) -> State:
        """Room for the runs of a plan."""
        entities, stages, clusters = plan.entities, len(plan.stages), len(plan.clusters)
        resources, lines = len(plan.resources), int(plan.needs.any(axis=1).sum())
        return cls(
            flags=np.zeros(entities * stages, dtype=np.uint8),
            used=np.zeros(entities * stages, dtype=np.uint16),
            departed=np.empty(entities),
            present=np.empty(clusters, dtype=np.int64),
            past=np.empty((clusters, stages), dtype=np.int32),
            latched=np.empty((clusters, len(plan.counts))),
            is_changed=np.empty(clusters, dtype=bool),
            changed=np.empty(clusters, dtype=np.uint64),
            free=np.empty(resources, dtype=np.int64),
            behind=np.empty((entities, lines), dtype=np.uint32),
            mark_day=np.empty(lines),
            is_stirred=np.empty(lines, dtype=bool),
            blocked=np.empty(resources, dtype=bool),
            **{name: np.empty(lines, dtype=np.uint64) for name in ("first_in", "last_in", "mark", "stirred", "asks")},
        )


class Times(NamedTuple):
    """Days of every attempt, float64 [cell]; NaN where it did not happen."""

    queued: NDArray[np.float64]
    started: NDArray[np.float64]
    finished: NDArray[np.float64]

    @classmethod
    def of(cls, cells: Cells) -> Times:
        """Room for one run."""
        return cls(np.empty(cells.size), np.empty(cells.size), np.empty(cells.size))


class Room(NamedTuple):
    """Lists that grow while a run goes on, as long as they may get.

    Attributes
    ----------
    heap : ndarray, uint64 [:, 2]
        What is in service, a heap by the day on which it ends: the bits of the day; entity << 32 | stage.
    turns : ndarray, uint64
        What may have its turn in this round: entity << 32 | stage.
    fresh : ndarray, uint64
        Requests of this round: stage << 32 | entity.
    """

    heap: Indices
    turns: Indices
    fresh: Indices

    @classmethod
    def of(cls, length: int) -> Room:
        """Room for so many at once."""
        return cls(*(np.empty(shape, dtype=np.uint64) for shape in ((length, 2), length, length)))


class Compiled:
    """A plan of one pool ready to be run as often as one likes; the room that a run needs is made once."""

    def __init__(self, plan: Plan, cells: Cells | None = None) -> None:
        self.plan, self.cells = plan, cells or Cells.of(plan)
        self.structure = Structure.of(plan, self.cells)
        self.state, self.times = State.of(plan), Times.of(self.cells)
        self.room = Room.of(plan.entities + 64)

    def run(self, plan: Plan, durations: NDArray[np.float64], passed: NDArray[np.bool_]) -> Record:
        """Run on flat tables of draws.

        Parameters
        ----------
        plan : Plan
            The one that this was made for, perhaps with other capacities; several pools are run in parts.
        durations, passed : ndarray [cell]

        Returns
        -------
        Record
            The next run writes over its arrays.
        """
        state, drained = self.state, self.advance(plan.capacity, durations, passed)
        heads, stands = plan.first_entity[:-1], state.flags.reshape(plan.shape[:2])
        if drained:  # nothing waits or is in service: what a cluster has not passed it never will
            lost = plan.on_cluster[None, :] & ((stands[heads] & PASSED) == 0)
        else:
            lost = never(plan, self.ending())[heads]
        return Record(
            plan, self.cells, *self.times, passed, state.flags, state.used, state.departed, state.latched, lost
        )

    def advance(self, capacity: NDArray[np.int64], durations: NDArray[np.float64], passed: NDArray[np.bool_]) -> bool:
        """The loop itself; state and times then hold what happened. Returns whether nothing was left to happen."""
        structure = self.structure._replace(capacity=capacity[0])
        while (end := run_loop(structure, durations, passed, self.state, self.times, self.room)) == MORE:
            self.room = Room.of(2 * len(self.room.turns))
        return bool(end == DRAINED)

    def history(self, passed: NDArray[np.bool_]) -> History:
        """What the last run left behind, in full."""
        plan, cells, state = self.plan, self.cells, self.state
        queued, started, finished = (cells.dense(plan, times, np.nan) for times in self.times)
        verdict = cells.dense(plan, np.where(np.isnan(self.times.finished), UNKNOWN, passed).astype(np.int8), UNKNOWN)
        used = state.used.astype(np.int64).reshape(plan.shape[:2])
        ending = self.ending()
        passed_days = np.full(used.shape, np.inf)
        entity, stage = np.nonzero(ending.passed & plan.has() & (used > 0))
        passed_days[entity, stage] = finished[entity, stage, used[entity, stage] - 1]
        given = plan.given[plan.cluster_of] & plan.has()
        passed_days[given] = plan.given_days[plan.cluster_of][given]
        since = passed_days, ending.departed_days, ending.latched_days
        return History(plan, queued, started, finished, verdict, *since, never(plan, ending))

    def ending(self) -> Ending:
        """How everything stood when the last run ended."""
        state, departed = self.state, self.state.departed.copy()
        flags = state.flags.reshape(self.plan.shape[:2])
        busy = ((flags & BUSY) > 0) & np.isinf(departed)[:, None]
        pending, dead = busy & ((flags & AGAIN) == 0), (flags & DEAD) > 0
        return Ending((flags & PASSED) > 0, departed, state.latched.copy(), pending, busy, dead)
