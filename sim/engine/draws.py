"""The random numbers of one replication, as tables that are looked up and never drawn from in order.

Every duration and verdict is filled before an engine runs: inverse distribution functions on
uniforms from streams keyed by what they are for (rule 4). A workshop is keyed by its origin and its
index there, a cluster by its name; displayed names, the order in which things are listed and the
grouping into clusters have no part in it. This is the only place where a run becomes random.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.engine.plan import Plan
from sim.programme.duration import Fixed, plain
from sim.programme.programme import Programme
from sim.programme.stage import Stage
from sim.streams import uniforms

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
        made = cls(np.full(plan.shape, np.nan), np.zeros(plan.shape, dtype=bool))
        blocks = {on: list(_blocks(plan, on)) for on in ("workshop", "cluster")}
        for number, stage in enumerate(programme.stages):
            attempts = int(plan.bound[number])
            for rows, *name, start in blocks[stage.on]:
                source = _Source((seed, replication, *name, stage.name), start, len(made.durations[rows]), attempts)
                made.durations[rows, number, :attempts] = _durations(stage, source)
                made.passed[rows, number, :attempts] = _verdicts(stage, source)
        return made


@dataclasses.dataclass(frozen=True)
class _Source:
    """Uniforms of one stage for a block of entities that are next to each other in their stream."""

    name: tuple[str | int, ...]
    start: int
    count: int
    attempts: int

    def uniforms(self, purpose: str) -> Floats:
        """Float64 [entity, attempt]; each purpose has its own, so that none shares a number with another."""
        return np.stack(
            [uniforms(self.count, *self.name, attempt, purpose, start=self.start) for attempt in range(self.attempts)],
            axis=1,
        )


def _blocks(plan: Plan, on: str) -> Iterator[tuple[NDArray[np.int64], str, str, int]]:
    """Entities that share a stream at positions without gaps: their numbers, the stream's name and first position."""
    if on == "cluster":
        for cluster, name in enumerate(plan.clusters):
            yield plan.first_entity[cluster : cluster + 1], "cluster", name, 0
        return
    members: dict[str, list[NDArray[np.int64]]] = {}
    for cluster, home in enumerate(plan.homes):
        members.setdefault(home, []).append(np.arange(*plan.workshops(cluster).indices(plan.entities)))
    for home, groups in members.items():
        entities = np.concatenate(groups)
        entities = entities[np.argsort(plan.positions[entities], kind="stable")]
        gaps = np.flatnonzero(np.diff(plan.positions[entities]) != 1) + 1
        for block in np.split(entities, gaps):
            if len(block):
                yield block, "workshop", home, int(plan.positions[block[0]])


def _durations(stage: Stage, source: _Source) -> Floats:
    """Days of each attempt, float64 [entity, attempt] or broadcast to it."""
    if isinstance(stage.duration, Fixed):
        days = np.full((1, source.attempts), plain(stage.duration.days))  # nothing to draw
    else:
        days = stage.duration.ppf(source.uniforms("duration"))
    days[:, 1:] *= plain(stage.again)
    return days


def _verdicts(stage: Stage, source: _Source) -> Bools:
    """Whether each attempt passes, bool [entity, attempt] or broadcast to it."""
    if stage.passes is None:
        return np.ones((1, 1), dtype=bool)
    return source.uniforms("verdict") < np.array(stage.probabilities()[: source.attempts])
