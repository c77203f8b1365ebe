"""Parts of a plan that share no resource: which they are, and that nobody can tell that they were run apart."""

import numpy as np
import pytest
from hypothesis import given, settings

from sim.engine import Draws, History, Plan, run_plan
from sim.engine.parts import Part, parts, split, together
from sim.errors import BadInput
from sim.programme import Cluster, Fixed, Programme, Resource, Stage
from tests.engine.strategies import wild_programme, wild_programmes

COACHED = Stage("coach", needs={"coach": 1}, duration=Fixed(3))
LISTED = Stage("list", on="cluster", needs={"officer": 1}, duration=Fixed(2))


def plan_of(clusters: list[Cluster], stages: tuple[Stage, ...] = (COACHED, LISTED), **more: object) -> Plan:
    return Plan.of(Programme(resources={"coach": 2, "officer": 1}, stages=stages, clusters=clusters, **more))


def split_fully(plan: Plan) -> list[list[int]]:
    return [part.tolist() for part in split(plan, at_least=0)]


def test_clusters_that_share_a_resource_are_one_part():
    assert split_fully(plan_of([Cluster(name, workshops=1) for name in "abc"])) == [[0, 1, 2]]


def test_clusters_meet_through_others():
    """a and b need the coach, b and c the officer; d neither."""
    clusters = [
        Cluster("a", workshops=1, exempt=["list"]),
        Cluster("d", exempt=["list"]),
        Cluster("b", workshops=1),
        Cluster("c"),
    ]
    assert split_fully(plan_of(clusters)) == [[0, 2, 3], [1]]


def test_what_nobody_does_any_more_joins_nobody():
    clusters = [Cluster(name, workshops=1, before_start={"coach": -1}, exempt=["list"]) for name in "ab"]
    assert split_fully(plan_of(clusters)) == [[0], [1]]


def test_pools_that_share_nothing_are_parts():
    clusters = [Cluster(name, workshops=1, pool=pool) for name, pool in (("a", "n"), ("b", "s"), ("c", "n"))]
    assert split_fully(plan_of(clusters, pools={"n": 0.5, "s": 0.5})) == [[0, 2], [1]]


def test_small_parts_of_a_pool_go_together_until_they_are_large_enough():
    clusters = [Cluster(f"c{i}", workshops=9) for i in range(7)]
    assert [part.tolist() for part in split(plan_of(clusters, stages=()), at_least=25)] == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_plan_of_nobody_is_one_part():
    (only,) = parts(plan_of([]))
    assert only.plan.clusters == ()


@settings(max_examples=60)
@given(wild_programmes())
def test_a_history_of_parts_is_the_history_of_the_whole(programme: Programme):
    plan = Plan.of(programme)
    draws = Draws.of(plan, programme, 7, 0)
    apart = [Part.of(plan, clusters) for clusters in split(plan, at_least=0)]
    for engine in ("reference", "compiled"):
        done = [(part, run_plan(part.plan, drawn(part, programme), engine)) for part in apart]
        assert together(plan, done) == run_plan(plan, draws, "reference")


def drawn(part: Part, programme: Programme) -> Draws:
    """The numbers of a part, drawn for it alone."""
    return Draws.of(part.plan, programme, 7, 0)


def test_most_wild_programmes_of_the_test_above_have_more_than_one_part_now_and_then():
    many = [len(split(Plan.of(wild_programme(seed)), at_least=0)) for seed in range(300)]
    assert sum(n > 1 for n in many) > 60


def test_the_draws_of_a_part_are_those_of_the_whole():
    programme = wild_programme(12)
    plan = Plan.of(programme)
    whole = Draws.of(plan, programme, 7, 3)
    for clusters in split(plan, at_least=0):
        part = Part.of(plan, clusters)
        assert np.array_equal(
            Draws.of(part.plan, programme, 7, 3).durations, whole.durations[part.entities], equal_nan=True
        )


# ── pools ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def places(share: float, units: float = 578, each: float = 10, needs: int = 1) -> int:
    programme = Programme(
        resources={"coach": Resource(units, each)},
        stages=[Stage("coach", needs={"coach": needs})],
        clusters=[Cluster("a", pool="p")],
        pools={"p": share},
    )
    return programme.places()[0][0]


@pytest.mark.parametrize(
    ("share", "more", "expected"),
    [
        (0.15, {}, 867),
        (1.0, {}, 5780),
        (0.0, {}, 1),
        (0.0, {"needs": 4}, 4),
        (0.001, {"units": 4}, 1),
        (0.29, {"units": 100, "each": 1}, 29),
    ],
)
def test_a_pool_has_its_share_but_never_less_than_one_place_to_be_served(
    share: float, more: dict[str, float], expected: int
):
    assert places(share, **more) == expected


@pytest.mark.parametrize(
    ("cluster", "pools", "complaint"),
    [
        (Cluster("a"), {"n": 1}, "cluster 'a': pool: is required where the programme has pools, and missing; name one"),
        (Cluster("a", pool="n"), {}, "cluster 'a': pool: no pool has this name; received 'n'"),
        (Cluster("a", pool="nroth"), {"north": 1}, "did you mean 'north'"),
        (Cluster("a", pool="n"), {"n": 0.6, "s": 0.5}, "pools: shares must add up to at most 1; received 1.1"),
    ],
)
def test_pools_that_cannot_be_are_refused(cluster: Cluster, pools: dict[str, float], complaint: str):
    with pytest.raises(BadInput, match=complaint):
        Programme(stages=[], clusters=[cluster], pools=pools)


def test_histories_of_pools_know_that_they_differ():
    """The guard of the tests above: with other pools the history is another one."""
    clusters = [Cluster("n", workshops=2, pool="n"), Cluster("s", workshops=2, pool="s")]
    found: list[History] = []
    for shares in ({"n": 0.5, "s": 0.5}, {"n": 1.0, "s": 0.0}):
        plan = plan_of(clusters, stages=(COACHED,), pools=shares)
        found.append(run_plan(plan, Draws.of(plan, Programme(resources={"coach": 2}, stages=[COACHED]), 7, 0)))
    assert not np.array_equal(found[0].started, found[1].started, equal_nan=True)
