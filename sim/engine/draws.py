"""The random numbers of one replication, as tables that are looked up and never drawn from in order.

Every duration and verdict is filled before an engine runs: inverse distribution functions on
uniforms from streams keyed by what they are for (rule 4). A workshop is keyed by its origin and its
index there, a cluster by its name; displayed names, the order in which things are listed and the
grouping into clusters have no part in it. This is the only place where a run becomes random.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.cells import Cells
from sim.engine.plan import Plan
from sim.programme.duration import Fixed, plain
from sim.programme.programme import Programme
from sim.programme.stage import Stage
from sim.streams import Members

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclasses.dataclass(frozen=True, eq=False)
class Draws:
    """Numbers for every entity, stage and attempt that could come about.

    Attributes
    ----------
    durations : ndarray, float64 [entity, stage, attempt], days
        NaN where the entity has no such stage or the stage no such attempt.
    passed : ndarray, bool [entity, stage, attempt]
        Verdicts; True where the stage always passes, False where there is no such attempt.
    """

    durations: Floats
    passed: Bools

    @classmethod
    def of(cls, plan: Plan, programme: Programme, seed: int, replication: int) -> Draws:
        """Fill the tables of one replication.

        Parameters
        ----------
        plan : Plan
            The structure.
        programme : Programme
            The numbers: a programme of the same structure, settled (no ranges left).
        seed, replication : int
            Together with ids they name every stream; replication k needs none of those before it.
        """
        tables = Tables(Sources.of(plan), seed, replication)
        tables.fill(programme.stages)
        return tables.draws()


@dataclasses.dataclass(frozen=True, eq=False)
class Sources:
    """Who draws from which places of a stream; the same for every replication of a plan.

    Attributes
    ----------
    plan : Plan
    cells : Cells
    workshops, clusters : Members
        A workshop's place is its index in its origin.
    """

    plan: Plan
    cells: Cells
    workshops: Members
    clusters: Members

    @classmethod
    def of(cls, plan: Plan, cells: Cells | None = None) -> Sources:
        """From the origins that a plan names."""
        sizes = np.diff(plan.first_entity) - 1
        firsts = [
            int(plan.positions[first + 1]) if n else 0 for first, n in zip(plan.first_entity, sizes, strict=False)
        ]
        clusters = len(plan.clusters)
        return cls(
            plan,
            cells or Cells.of(plan),
            Members.of(plan.homes, firsts, sizes.tolist()),
            Members.of(plan.clusters, [0] * clusters, [1] * clusters),
        )


class Tables:
    """The flat tables of one replication, kept so that another value of a parameter fills only what it touches.

    Attributes
    ----------
    durations : ndarray, float64 [cell], days
    passed : ndarray, bool [cell]
    """

    def __init__(self, sources: Sources, seed: int, replication: int) -> None:
        self.sources, self._named = sources, (seed, replication)
        self.durations, self.passed = np.empty(sources.cells.size), np.empty(sources.cells.size, dtype=bool)
        self._filled: list[tuple[object, object] | None] = [None] * len(sources.plan.stages)

    @property
    def nbytes(self) -> int:
        """Bytes of both tables."""
        return self.durations.nbytes + self.passed.nbytes

    def fill(self, stages: tuple[Stage, ...]) -> None:
        """Look up the numbers of settled stages; only those are made anew that differ."""
        for number, stage in enumerate(stages):
            days, verdicts = (stage.duration, stage.again), stage.passes
            before, self._filled[number] = self._filled[number], None  # whoever stops half-way leaves nothing filled
            if before is None or before[0] != days:
                self._fill_durations(number, stage)
            if before is None or before[1] != verdicts:
                self._fill_verdicts(number, stage)
            self._filled[number] = days, verdicts

    def draws(self) -> Draws:
        """The same as dense arrays."""
        plan, cells = self.sources.plan, self.sources.cells
        return Draws(cells.dense(plan, self.durations, np.nan), cells.dense(plan, self.passed, False))

    def _fill_durations(self, number: int, stage: Stage) -> None:
        again = plain(stage.again)
        for attempt, column in enumerate(self._columns(self.durations, number)):
            if isinstance(stage.duration, Fixed):
                days: Any = plain(stage.duration.days)  # nothing to draw
            else:
                days = stage.duration.ppf(self._uniforms(stage, attempt, "duration"))
            column[:] = days * again if attempt else days

    def _fill_verdicts(self, number: int, stage: Stage) -> None:
        chances = stage.probabilities() if stage.passes is not None else None
        for attempt, column in enumerate(self._columns(self.passed, number)):
            column[:] = True if chances is None else self._uniforms(stage, attempt, "verdict") < chances[attempt]

    def _uniforms(self, stage: Stage, attempt: int, purpose: str) -> Floats:
        """Each purpose has its own stream, so that none shares a number with another."""
        members = self.sources.clusters if stage.on == "cluster" else self.sources.workshops
        return members.uniforms(*self._named, stage.on, stage.name, attempt, purpose)

    def _columns(self, table: NDArray[Any], stage: int) -> list[NDArray[Any]]:
        """The attempts of a stage, for all who have it; views into a table."""
        cells, plan = self.sources.cells, self.sources.plan
        whole = cells.of_clusters(table) if plan.on_cluster[stage] else cells.of_workshops(table)
        first = int(cells.column[stage])
        return [whole[:, first + attempt] for attempt in range(int(plan.bound[stage]))]
