"""Parts of a plan that have nothing to do with each other, and what they did put together again (A12).

Clusters meet only in the lines before resources. Those that share none, directly or through others, can be run one
after the other, at the same time or on different machines: every number of the history is the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import ARRAYS, History
from sim.engine.plan import Plan

Ints = NDArray[np.int64]
AT_LEAST = 2_000  # entities of a part, if its pool has more: smaller ones cost more to start than to run


@dataclasses.dataclass(frozen=True, eq=False)
class Part:
    """Clusters that share no resource with those outside.

    Attributes
    ----------
    plan : Plan
        Of these clusters alone; it has one pool.
    clusters, entities : ndarray, int64
        Their numbers in the whole plan.
    pool : int
        Number of their pool in the whole plan.
    """

    plan: Plan
    clusters: Ints
    entities: Ints
    pool: int

    @classmethod
    def of(cls, plan: Plan, clusters: Ints) -> Part:
        """The part of a plan that consists of some clusters of one pool."""
        pool = int(plan.pool_of[clusters[0]]) if len(clusters) else 0
        sizes = np.diff(plan.first_entity)[clusters]
        first = np.cumsum([0, *sizes], dtype=np.int64)
        inside = np.arange(first[-1]) - np.repeat(first[:-1], sizes)
        entities = np.repeat(plan.first_entity[:-1][clusters], sizes) + inside
        if len(clusters) == len(plan.clusters) and len(plan.pools) == 1:
            return cls(plan, clusters, entities, pool)
        own = dataclasses.replace(
            plan,
            clusters=tuple(plan.clusters[c] for c in clusters.tolist()),
            homes=tuple(plan.homes[c] for c in clusters.tolist()),
            first_entity=first,
            cluster_of=np.repeat(np.arange(len(clusters)), sizes),
            is_cluster=plan.is_cluster[entities],
            positions=plan.positions[entities],
            pools=(plan.pools[pool],),
            pool_of=np.zeros(len(clusters), dtype=np.int64),
            capacity=plan.capacity[[pool]],
            given=plan.given[clusters],
            given_days=plan.given_days[clusters],
        )
        return cls(own, clusters, entities, pool)


def parts(plan: Plan) -> list[Part]:
    """A plan in parts, in the order of their first clusters."""
    return [Part.of(plan, clusters) for clusters in split(plan)]


def split(plan: Plan, at_least: int = AT_LEAST) -> list[Ints]:
    """Numbers of the clusters of each part; small ones of one pool that follow each other go together.

    Parameters
    ----------
    plan : Plan
    at_least : int
        Entities from which on a part is left alone.
    """
    sizes, found = np.diff(plan.first_entity), _components(plan)
    order, made = np.argsort(found, kind="stable"), []
    open_parts: dict[int, list[Ints]] = {}
    for clusters in np.split(order, np.flatnonzero(np.diff(found[order])) + 1):
        together = open_parts.setdefault(int(plan.pool_of[clusters[0]]) if len(clusters) else 0, [])
        together.append(clusters)
        if sum(int(sizes[c].sum()) for c in together) >= at_least:
            made.append(np.sort(np.concatenate(together)))
            together.clear()
    made += [np.sort(np.concatenate(together)) for together in open_parts.values() if together]
    return sorted(made, key=lambda clusters: int(clusters[0]) if len(clusters) else 0)


def _components(plan: Plan) -> Ints:
    """A number for each cluster; two have the same if they share a resource, directly or through others."""
    clusters, resources = len(plan.clusters), len(plan.resources)
    if clusters <= 1:
        return np.zeros(clusters, dtype=np.int64)
    from scipy.sparse import coo_array  # 9 MB that a page about one cluster does without
    from scipy.sparse.csgraph import connected_components

    has_workshops = np.diff(plan.first_entity) > 1
    does = ~plan.given & (plan.on_cluster | has_workshops[:, None])
    cluster, resource = np.nonzero(does.astype(np.int64) @ (plan.needs > 0))
    counter = clusters + plan.pool_of[cluster] * resources + resource  # each resource of each pool is a node too
    nodes = clusters + len(plan.pools) * resources
    edges = coo_array((np.ones(len(cluster), dtype=np.int8), (cluster, counter)), shape=(nodes, nodes))
    numbers: Ints = connected_components(edges, directed=False)[1][:clusters]
    return numbers


def together(plan: Plan, done: Sequence[tuple[Part, History]]) -> History:
    """The history of a plan from those of its parts."""
    if len(done) == 1 and done[0][0].plan is plan:
        return done[0][1]
    arrays = {}
    for name in ARRAYS:
        of_clusters = name == "latched_days"
        example = getattr(done[0][1], name)
        whole = np.empty((len(plan.clusters) if of_clusters else plan.entities, *example.shape[1:]), example.dtype)
        for part, history in done:
            whole[part.clusters if of_clusters else part.entities] = getattr(history, name)
        arrays[name] = whole
    return History(plan, **arrays)
