"""A programme lowered to arrays: what both engines read, and all that they read beside the draws.

A plan holds the structure (who waits for whom, who needs what) and no random number. Numbers that
vary by replication are not in it, but for the capacities, which `with_capacity` replaces. Entities,
stages, resources and counts are numbers here; the names are kept only to label results.
"""

from __future__ import annotations

import dataclasses
import fractions
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.programme import graph
from sim.programme.programme import Programme
from sim.programme.quantity import central
from sim.programme.stage import Count, Counted, Share, Stage

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

UNLIMITED = np.iinfo(np.int64).max
IMPOSSIBLE = np.iinfo(np.int64).max  # more workshops than there can be
RETRY, LEAVE, SKIP = 0, 1, 2
FAILURE_CODES = {None: RETRY, "retry": RETRY, "leave": LEAVE, "skip": SKIP}


@dataclasses.dataclass(frozen=True, eq=False)
class Ragged:
    """A list of lists of whole numbers as two arrays, which compiled code can read.

    Attributes
    ----------
    start : ndarray, int64 [rows + 1]
    items : ndarray, int64
        Row i is ``items[start[i]:start[i + 1]]``.
    """

    start: Ints
    items: Ints

    @classmethod
    def of(cls, rows: Sequence[Iterable[int]]) -> Ragged:
        """From any lists of numbers."""
        lists = [list(row) for row in rows]
        start = np.cumsum([0, *(len(row) for row in lists)], dtype=np.int64)
        return cls(start, np.array([item for row in lists for item in row], dtype=np.int64))

    def __iter__(self) -> Iterator[list[int]]:
        return (self.items[a:b].tolist() for a, b in zip(self.start, self.start[1:], strict=False))

    def lists(self) -> list[list[int]]:
        """The rows as plain lists."""
        return list(self)

    def inverse(self, rows: int) -> Ragged:
        """Row j holds the rows of this that hold j."""
        found: list[list[int]] = [[] for _ in range(rows)]
        for i, row in enumerate(self):
            for item in row:
                found[item].append(i)
        return Ragged.of(found)


@dataclasses.dataclass(frozen=True, eq=False)
class Plan:
    """The structure of a programme as arrays.

    Attributes
    ----------
    clusters, stages, resources : tuple of str
        Names, in listed order.
    first_entity : ndarray, int64 [cluster + 1]
        Entity number of each cluster; its workshops follow it. The last is the number of entities.
    cluster_of : ndarray, int64 [entity]
    is_cluster : ndarray, bool [entity]
    homes : tuple of str, one a cluster
        Origin of its workshops, which keys their draws.
    positions : ndarray, int64 [entity]
        Index of a workshop in its origin; -1 for clusters.
    on_cluster : ndarray, bool [stage]
    needs : ndarray, int64 [stage, resource], places
    pools : tuple of str
        Whose parts of the resources there are; one without a name where all clusters share everything.
    pool_of : ndarray, int64 [cluster]
    capacity : ndarray, int64 [pool, resource], places
    priority : ndarray, int64 [stage]
    bound : ndarray, int64 [stage]
        Attempts that an entity can make at most; the size of every [entity, stage, attempt] array is their largest.
    limit : ndarray, int64 [stage]
        Attempts that rule 8 allows; `UNLIMITED` where the stage always passes.
    on_fail : ndarray, int8 [stage]
        `RETRY`, `LEAVE` or `SKIP`.
    redo : Ragged [stage]
        Stages that a failure has done again, the failing one included (rule 9).
    sent_back_by : Ragged [stage]
        The inverse: stages whose failure has it done again.
    own_before, cluster_before, counts_before : Ragged [stage]
        What each stage waits for: stages of its entity, stages of its cluster (of workshop stages), counts.
    own_after, cluster_after : Ragged [stage]
        The inverse of the first two.
    counts_after : Ragged [count]
        Stages that wait for each count.
    counts : tuple of Count, Share or All
        Every different count in the programme.
    counted : ndarray, int64 [count]
        The workshop stage that each counts.
    count_need : ndarray, int64 [count, present + 1]
        Workshops past the stage that make it true, by the number that have not left; `IMPOSSIBLE` where none do.
    given : ndarray, bool [cluster, stage]
        Stages that count as passed from the start: exempt, or passed before the start.
    given_days : ndarray, float64 [cluster, stage], days
        The day of each, -inf where exempt, NaN where not given.
    order : ndarray, int64 [stage]
        Stage numbers, each after all that it waits for.
    head_of_line : bool
    horizon : float, days
    """

    clusters: tuple[str, ...]
    stages: tuple[str, ...]
    resources: tuple[str, ...]
    first_entity: Ints
    cluster_of: Ints
    is_cluster: Bools
    homes: tuple[str, ...]
    positions: Ints
    on_cluster: Bools
    needs: Ints
    pools: tuple[str, ...]
    pool_of: Ints
    capacity: Ints
    priority: Ints
    bound: Ints
    limit: Ints
    on_fail: NDArray[np.int8]
    redo: Ragged
    sent_back_by: Ragged
    own_before: Ragged
    cluster_before: Ragged
    counts_before: Ragged
    own_after: Ragged
    cluster_after: Ragged
    counts_after: Ragged
    counts: tuple[Counted, ...]
    counted: Ints
    count_need: Ints
    given: Bools
    given_days: Floats
    order: Ints
    head_of_line: bool
    horizon: float

    @classmethod
    def of(cls, programme: Programme) -> Plan:
        """Lower a programme; where a capacity has a range its most likely value holds."""
        return cls(**_entities(programme), **_stages(programme), **_waits(programme), **_given(programme))  # type: ignore[arg-type]

    @property
    def entities(self) -> int:
        """How many entities there are."""
        return len(self.cluster_of)

    @property
    def attempts(self) -> int:
        """Size of the attempt axis of every array."""
        return int(self.bound.max(initial=0))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Entities, stages, attempts: the shape of draws and histories."""
        return self.entities, len(self.stages), self.attempts

    def entity_of(self, cluster: int) -> int:
        """Entity number of a cluster."""
        return int(self.first_entity[cluster])

    def workshops(self, cluster: int) -> slice:
        """Entity numbers of a cluster's workshops."""
        return slice(int(self.first_entity[cluster]) + 1, int(self.first_entity[cluster + 1]))

    def name_of(self, entity: int) -> str:
        """Readable id: the cluster's name, or its origin and the workshop's index there."""
        cluster = int(self.cluster_of[entity])
        return self.clusters[cluster] if self.is_cluster[entity] else f"{self.homes[cluster]}/{self.positions[entity]}"

    def has(self) -> Bools:
        """Whether an entity has a stage; bool [entity, stage]."""
        return self.is_cluster[:, None] == self.on_cluster[None, :]

    def with_capacity(self, capacity: Sequence[Sequence[int]] | Ints) -> Plan:
        """The same plan with other numbers of places, int [pool, resource]."""
        places = np.asarray(capacity, dtype=np.int64).reshape(self.capacity.shape)
        short = np.argwhere(self.needs > places.min(axis=0, initial=UNLIMITED))
        if len(short):
            stage, resource = short[0]
            needed, name = self.needs[stage, resource], self.resources[resource]
            rule = f"needs {needed} places of '{name}' but there are {places[:, resource].min()}"
            raise BadInput(f"stage '{self.stages[stage]}'", rule)
        return dataclasses.replace(self, capacity=places)


def _entities(programme: Programme) -> dict[str, object]:
    """Rule: each cluster before its workshops, both in listed order."""
    sizes = [cluster.workshops + 1 for cluster in programme.clusters]
    first = np.cumsum([0, *sizes], dtype=np.int64)
    cluster_of = np.repeat(np.arange(len(sizes)), sizes)
    index = np.arange(first[-1]) - first[cluster_of] - 1  # -1 for the cluster itself
    starts = np.array([cluster.first for cluster in programme.clusters], dtype=np.int64)
    pools: dict[str | None, int] = {name: i for i, name in enumerate(programme.pools)}
    return {
        "clusters": tuple(cluster.name for cluster in programme.clusters),
        "pools": tuple(programme.pools) or ("",),
        "pool_of": np.array([pools.get(cluster.pool, 0) for cluster in programme.clusters], dtype=np.int64),
        "homes": tuple(cluster.home for cluster in programme.clusters),
        "first_entity": first,
        "cluster_of": cluster_of.astype(np.int64),
        "is_cluster": index < 0,
        "positions": np.where(index < 0, -1, index + starts[cluster_of]).astype(np.int64),
    }


def _stages(programme: Programme) -> dict[str, object]:
    stages, resources = programme.stages, tuple(programme.resources)
    needs = [[stage.needs.get(name, 0) for name in resources] for stage in stages]
    return {
        "stages": tuple(stage.name for stage in stages),
        "resources": resources,
        "on_cluster": np.array([stage.on == "cluster" for stage in stages], dtype=bool),
        "needs": np.array(needs, dtype=np.int64).reshape(len(stages), len(resources)),
        "capacity": np.array(programme.places(central), dtype=np.int64).reshape(
            -1 if resources else max(1, len(programme.pools)), len(resources)
        ),
        "priority": np.array([stage.priority for stage in stages], dtype=np.int64),
        "limit": np.array([stage.attempts or UNLIMITED for stage in stages], dtype=np.int64),
        "on_fail": np.array([FAILURE_CODES[stage.failure] for stage in stages], dtype=np.int8),
        "head_of_line": programme.discipline == "head-of-line",
        "horizon": float(programme.horizon_days),
    }


def _waits(programme: Programme) -> dict[str, object]:
    stages, before = programme.stages, graph.befores(programme.stages)
    redo = graph.redo_sets(stages, graph.ancestors(before))
    counts = tuple(dict.fromkeys(count for b in before for count in b.counts))
    number = {count: i for i, count in enumerate(counts)}
    sends_back = Ragged.of(redo)
    own, cluster = Ragged.of([b.own for b in before]), Ragged.of([b.cluster for b in before])
    counted = Ragged.of([[number[count] for count in b.counts] for b in before])
    return {
        "redo": sends_back,
        "sent_back_by": sends_back.inverse(len(stages)),
        "bound": np.array(graph.attempt_bounds(stages, redo), dtype=np.int64),
        "order": np.array(graph.in_order(before), dtype=np.int64),
        "own_before": own,
        "own_after": own.inverse(len(stages)),
        "cluster_before": cluster,
        "cluster_after": cluster.inverse(len(stages)),
        "counts_before": counted,
        "counts_after": counted.inverse(len(counts)),
        "counts": counts,
        "counted": np.array([_number(stages, count.stage) for count in counts], dtype=np.int64),
        "count_need": _count_need(counts, max((c.workshops for c in programme.clusters), default=0)),
    }


def _number(stages: Sequence[Stage], name: str) -> int:
    return next(i for i, stage in enumerate(stages) if stage.name == name)


def _count_need(counts: Sequence[Counted], largest: int) -> Ints:
    """Rule 11 as a table, so that engines only add and compare."""
    table = np.full((len(counts), largest + 1), IMPOSSIBLE, dtype=np.int64)
    present = np.arange(1, largest + 1)
    for row, count in zip(table, counts, strict=True):
        if isinstance(count, Count):
            row[count.n :] = count.n
        elif isinstance(count, Share):
            row[1:] = [share_of(count.share, int(n)) for n in present]
        else:
            row[1:] = present
    return table


def share_of(share: float, present: int) -> int:
    """Workshops that make up a share of those present: rounded up, at least one.

    The share is taken as the decimal that is written, so that 0.1 of 30 is 3 and not 4.
    """
    part, whole = fractions.Fraction(repr(share)).as_integer_ratio()
    return max(1, -(-part * present // whole))


def _given(programme: Programme) -> dict[str, object]:
    days = _given_days(programme)
    return {"given": ~np.isnan(days), "given_days": days}


def _given_days(programme: Programme) -> Floats:
    number = {stage.name: i for i, stage in enumerate(programme.stages)}
    days = np.full((len(programme.clusters), len(number)), np.nan)
    for row, cluster in zip(days, programme.clusters, strict=True):
        row[[number[name] for name in cluster.exempt]] = -np.inf
        for name, day in cluster.before_start.items():
            row[number[name]] = central(day)
    return days
