"""Who waits for whom: the pathway as a graph.

Stages are numbered in listed order. Everything here is about the order of stages alone; places,
durations and entities are unknown to it.
"""

from __future__ import annotations

import dataclasses
import graphlib
from collections.abc import Sequence

from sim.programme.stage import Counted, Stage


@dataclasses.dataclass(frozen=True)
class Before:
    """What one stage waits for, by stage number.

    Attributes
    ----------
    own : tuple of int
        Stages of the same entity.
    cluster : tuple of int
        Stages of the cluster, where the stage is a workshop's.
    counts : tuple of Count, Share or All
    counted : tuple of int
        The stage that each count counts.
    """

    own: tuple[int, ...]
    cluster: tuple[int, ...]
    counts: tuple[Counted, ...]
    counted: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        """Every stage that has to do with its start."""
        return tuple(dict.fromkeys(self.own + self.cluster + self.counted))


def befores(stages: Sequence[Stage]) -> list[Before]:
    """What each stage waits for; every name must exist."""
    number = {stage.name: i for i, stage in enumerate(stages)}
    return [_before(stage, stages, number) for stage in stages]


def _before(stage: Stage, stages: Sequence[Stage], number: dict[str, int]) -> Before:
    named = [number[name] for name in stage.names_before]
    return Before(
        own=tuple(i for i in named if stages[i].on == stage.on),
        cluster=tuple(i for i in named if stages[i].on != stage.on),
        counts=stage.counts_before,
        counted=tuple(number[count.stage] for count in stage.counts_before),
    )


def in_order(before: Sequence[Before]) -> list[int]:
    """Stage numbers, each after all that it waits for.

    Raises
    ------
    graphlib.CycleError
        Where stages wait for each other; its second argument is the circle.
    """
    return list(graphlib.TopologicalSorter({i: b.all for i, b in enumerate(before)}).static_order())


def ancestors(before: Sequence[Before]) -> list[int]:
    """For each stage the stages of the same entity that come before it, as a set of bits."""
    found = [0] * len(before)
    for stage in in_order(before):
        for earlier in before[stage].own:
            found[stage] |= found[earlier] | 1 << earlier
    return found


def redone(target: int, failing: int, ancestor: Sequence[int]) -> tuple[int, ...]:
    """The stages on a path from `target` to `failing`, both included: what a retry has done again (rule 9)."""
    upstream = ancestor[failing] | 1 << failing
    return tuple(s for s in range(len(ancestor)) if upstream >> s & 1 and (s == target or ancestor[s] >> target & 1))


def redo_sets(stages: Sequence[Stage], ancestor: Sequence[int]) -> list[tuple[int, ...]]:
    """For each stage what its failure has done again; empty where a failure retries nothing."""
    number = {stage.name: i for i, stage in enumerate(stages)}
    return [
        redone(number[stage.retry or stage.name], i, ancestor) if stage.failure == "retry" else ()
        for i, stage in enumerate(stages)
    ]


def attempt_bounds(stages: Sequence[Stage], redo: Sequence[tuple[int, ...]]) -> list[int]:
    """The most attempts that an entity can make of each stage.

    Each failure of a stage that retries, except its last, has the stages in its redo set done once
    more; nothing else does. A stage with its own limit never goes beyond that (rule 8).
    """
    bounds = [1] * len(stages)
    for failing, again in enumerate(redo):
        for stage in again:
            bounds[stage] += (stages[failing].attempts or 1) - 1
    return [min(bound, stage.attempts or bound) for bound, stage in zip(bounds, stages, strict=True)]


def most_attempts(stages: Sequence[Stage]) -> list[int]:
    """The most attempts that an entity can make of each stage, with those that a later failure has done again."""
    return attempt_bounds(stages, redo_sets(stages, ancestors(befores(stages))))
