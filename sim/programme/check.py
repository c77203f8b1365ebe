"""What a programme must fulfil as a whole, beyond what each of its values checks for itself.

Every refusal is one line that names the place, the rule, what was received and what to do. What the
engine contract allows is not refused: retries over branches, loops in loops, zero durations,
probability 0, clusters without workshops, programmes without resources.
"""

from __future__ import annotations

import graphlib
import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sim.errors import BadInput, unknown
from sim.programme import graph
from sim.programme.quantity import central
from sim.programme.stage import Count, Stage

if TYPE_CHECKING:
    from sim.programme.programme import Cluster, Programme

LONGEST_NAME = 80
MOST_CELLS = 200_000_000  # entities × stages × attempts of one pool; a history of them takes some 5 GB
CELL_BYTES = 25
SLACK = 1e-9  # of shares that are written as decimals
NAME = re.compile(r"[^\W_]([\w '&()+/-]*[\w')+])?")
NAME_RULE = f"must be 1 to {LONGEST_NAME} letters, digits, spaces or any of _-'&()+/, starting with a letter or digit"


def check(programme: Programme) -> None:
    """Raise `BadInput` for the first rule that the programme breaks; later rules rely on earlier ones."""
    _names(programme)
    _stages_named(programme)
    _needs(programme)
    before = graph.befores(programme.stages)
    _circles(programme.stages, before)
    ancestor = graph.ancestors(before)
    _retries(programme.stages, ancestor)
    _counts(programme)
    _workshops_once(programme.clusters)
    _pools(programme)
    _size(programme, graph.most_attempts(programme.stages))


def _names(programme: Programme) -> None:
    """Names are sane and, within their kind, unique."""
    _unique("resource", programme.resources)
    _unique("stage", [stage.name for stage in programme.stages])
    _unique("cluster", [cluster.name for cluster in programme.clusters])
    _unique("pool", programme.pools)
    for cluster in programme.clusters:
        _sane(f"cluster '{cluster.name}': origin", cluster.home)


def _unique(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        _sane(f"{kind} name", name)
        if name in seen:
            raise BadInput(f"{kind} '{name}'", "is there twice", remedy=f"give every {kind} its own name")
        seen.add(name)


def _sane(where: str, name: str) -> None:
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name):
        raise BadInput(where, NAME_RULE, name)


def _stages_named(programme: Programme) -> None:
    """Every stage that is referred to exists, and is on an entity that can be meant."""
    known = {stage.name: stage for stage in programme.stages}
    for stage in programme.stages:
        _after_named(stage, known)
        if stage.retry is not None and stage.retry not in known:
            raise unknown(f"stage '{stage.name}': retry", "stage", stage.retry, known)
    for cluster in programme.clusters:
        for field, names in (("before_start", cluster.before_start), ("exempt", cluster.exempt)):
            for name in names:
                if name not in known:
                    raise unknown(f"cluster '{cluster.name}': {field}", "stage", name, known)


def _after_named(stage: Stage, known: dict[str, Stage]) -> None:
    where = f"stage '{stage.name}': after"
    for name in [*stage.names_before, *(count.stage for count in stage.counts_before)]:
        if name not in known:
            raise unknown(where, "stage", name, known)
    for name in stage.names_before:
        if stage.on == "cluster" and known[name].on == "workshop":
            remedy = "say how many workshops with a count, a share or all"
            raise BadInput(where, "a cluster stage cannot wait for a workshop stage by its name alone", name, remedy)
    for count in stage.counts_before:
        if known[count.stage].on == "cluster":
            rule = f"'{count.kind}' is over workshops, but this is a stage of the cluster"
            raise BadInput(where, rule, count.stage, "name the stage alone")


def _needs(programme: Programme) -> None:
    """Every resource needed exists and is large enough, even with its ranges at their lowest."""
    for stage in programme.stages:
        for name, needed in stage.needs.items():
            if name not in programme.resources:
                raise unknown(f"stage '{stage.name}': needs", "resource", name, programme.resources)
            least = programme.resources[name].least_capacity
            if needed > least:
                rule = f"needs {needed} places of '{name}' but there are {least}"
                remedy = "raise the resource's units or lower the stage's needs"
                raise BadInput(f"stage '{stage.name}'", rule, remedy=remedy)


def _circles(stages: tuple[Stage, ...], before: list[graph.Before]) -> None:
    """No stage waits, in whatever roundabout way, for itself."""
    try:
        graph.in_order(before)
    except graphlib.CycleError as error:
        circle = [stages[i].name for i in error.args[1]]
        start = circle.index(min(circle))  # so that the message does not depend on the search
        turned = circle[start:-1] + circle[:start] + [circle[start]]
        rule = "stages wait for each other in a circle" if len(turned) > 2 else "a stage waits for itself"
        raise BadInput("after", f"{rule}: {' → '.join(turned)}", remedy="take one of them out of an 'after'") from None


def _retries(stages: tuple[Stage, ...], ancestor: list[int]) -> None:
    """A retry starts from the failing stage itself or from one of the same entity before it (rule 9)."""
    number = {stage.name: i for i, stage in enumerate(stages)}
    for i, stage in enumerate(stages):
        if stage.retry is not None and stage.retry != stage.name and not ancestor[i] >> number[stage.retry] & 1:
            there = [stages[j].name for j in range(len(stages)) if ancestor[i] >> j & 1]
            remedy = f"name one of: {', '.join(there)}" if there else "leave it out to repeat the stage itself"
            rule = f"must come before it on the same {stage.on}'s pathway"
            raise BadInput(f"stage '{stage.name}': retry", rule, stage.retry, remedy)


def _counts(programme: Programme) -> None:
    """No count asks for more workshops than the largest cluster has."""
    largest = max((cluster.workshops for cluster in programme.clusters), default=0)
    for stage in programme.stages:
        for count in stage.counts_before:
            if isinstance(count, Count) and count.n > largest > 0:
                rule = f"waits for {count.n} workshops past '{count.stage}' but the largest cluster has {largest}"
                raise BadInput(f"stage '{stage.name}': after", rule, remedy="lower the count or use a share")


def _workshops_once(clusters: tuple[Cluster, ...]) -> None:
    """No workshop of an origin is in two clusters: both would have the same random numbers."""
    last: dict[str, tuple[int, str]] = {}
    for cluster in sorted((c for c in clusters if c.workshops), key=lambda c: (c.home, c.first)):
        end, other = last.get(cluster.home, (0, ""))
        if cluster.first < end:
            rule = f"workshop {cluster.first} of '{cluster.home}' is in cluster '{other}' already"
            raise BadInput(f"cluster '{cluster.name}': first", rule, cluster.first, f"start at {end} or later")
        last[cluster.home] = (cluster.first + cluster.workshops, cluster.name)


def _pools(programme: Programme) -> None:
    """Every cluster is in a pool that there is, and the pools' shares are no more than the whole."""
    for cluster in programme.clusters:
        where = f"cluster '{cluster.name}': pool"
        if cluster.pool is None and programme.pools:
            remedy = f"name one of: {', '.join(programme.pools)}"
            raise BadInput(where, "is required where the programme has pools, and missing", remedy=remedy)
        if cluster.pool is not None and cluster.pool not in programme.pools:
            raise unknown(where, "pool", cluster.pool, programme.pools)
    whole = math.fsum(central(share) for share in programme.pools.values())
    if whole > 1.0 + SLACK:
        raise BadInput("pools", "shares must add up to at most 1", whole, "lower them")


def _size(programme: Programme, bounds: list[int]) -> None:
    """The history of a pool, which is run as a whole, fits in memory."""
    largest = _largest_pool(programme)
    cells = largest * len(bounds) * max(bounds, default=0)
    if cells > MOST_CELLS:
        rule = f"{largest} entities × {len(bounds)} stages × {max(bounds)} attempts are too many to fit in memory"
        raise BadInput("", rule, cells, f"at most {MOST_CELLS} in one pool; run the clusters in parts")


def history_bytes(programme: Programme) -> int:
    """About how much memory the history of the largest pool takes, bytes."""
    bounds = graph.most_attempts(programme.stages)
    return _largest_pool(programme) * len(bounds) * max(bounds, default=0) * CELL_BYTES


def _largest_pool(programme: Programme) -> int:
    """Entities of the pool that has most."""
    entities: Counter[str | None] = Counter()
    for cluster in programme.clusters:
        entities[cluster.pool] += 1 + cluster.workshops
    return max(entities.values(), default=0)
