"""What a programme may not be: each refusal with its whole message; and what looks odd and is allowed."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from sim.engine import Plan
from sim.errors import BadInput
from sim.programme import All, Cluster, Count, Fixed, Improving, Programme, Quantity, Resource, Share, Stage, graph
from sim.value import parse


def programme(*stages: Stage, workshops: int = 3, **more: Any) -> Programme:
    return Programme(stages=stages, **{"clusters": [Cluster("c", workshops=workshops)]} | more)


def workshop(name: str, **more: Any) -> Stage:
    return Stage(name, **more)


def cluster(name: str, **more: Any) -> Stage:
    return Stage(name, on="cluster", **more)


NAMES = "must be 1 to 80 letters, digits, spaces or any of _-'&()+/, starting with a letter or digit"
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "unknown stage in after": (
        lambda: programme(workshop("coach"), workshop("test", after="coahc")),
        "Programme: stage 'test': after: no stage has this name; received 'coahc'; did you mean 'coach'?",
    ),
    "unknown stage in a count": (
        lambda: programme(workshop("test"), cluster("sell", after=[All("tset")])),
        "Programme: stage 'sell': after: no stage has this name; received 'tset'; did you mean 'test'?",
    ),
    "unknown resource": (
        lambda: programme(workshop("coach", needs={"coahces": 1}), resources={"coaches": 1, "lab": 1}),
        "Programme: stage 'coach': needs: no resource has this name; received 'coahces'; did you mean 'coaches'?",
    ),
    "unknown resource, none there": (
        lambda: programme(workshop("coach", needs={"coach": 1})),
        "Programme: stage 'coach': needs: no resource has this name; received 'coach'; there is: nothing",
    ),
    "unknown stage in retry": (
        lambda: programme(workshop("coach"), workshop("test", after="coach", passes=[1], retry="couch")),
        "Programme: stage 'test': retry: no stage has this name; received 'couch'; did you mean 'coach'?",
    ),
    "unknown stage in before_start": (
        lambda: programme(cluster("store"), clusters=[Cluster("c", before_start={"stores": -5})]),
        "Programme: cluster 'c': before_start: no stage has this name; received 'stores'; did you mean 'store'?",
    ),
    "unknown stage in exempt": (
        lambda: programme(cluster("store"), clusters=[Cluster("c", exempt=["xyz"])]),
        "Programme: cluster 'c': exempt: no stage has this name; received 'xyz'; there is: store",
    ),
    "two stages of one name": (
        lambda: programme(workshop("a"), cluster("a")),
        "Programme: stage 'a': is there twice; give every stage its own name",
    ),
    "two clusters of one name": (
        lambda: Programme(clusters=[Cluster("c"), Cluster("c")]),
        "Programme: cluster 'c': is there twice; give every cluster its own name",
    ),
    "no name": (lambda: programme(workshop("")), f"Programme: stage name: {NAMES}; received ''"),
    "a dot, which paths use": (
        lambda: Programme(resources={"a.b": 1}),
        f"Programme: resource name: {NAMES}; received 'a.b'",
    ),
    "a name with a line break": (
        lambda: Programme(clusters=[Cluster("a\nb")]),
        f"Programme: cluster name: {NAMES}; received 'a\\nb'",
    ),
    "a name too long": (
        lambda: programme(workshop("a" * 81)),
        f"Programme: stage name: {NAMES}; received '{'a' * 58}…",
    ),
    "a bad origin": (
        lambda: Programme(clusters=[Cluster("c", origin=" ")]),
        f"Programme: cluster 'c': origin: {NAMES}; received ' '",
    ),
    "a circle": (
        lambda: programme(workshop("b", after="a"), workshop("a", after="c"), workshop("c", after="b")),
        "Programme: after: stages wait for each other in a circle: a → b → c → a; take one of them out of an 'after'",
    ),
    "a stage after itself": (
        lambda: programme(workshop("a", after="a")),
        "Programme: after: a stage waits for itself: a → a; take one of them out of an 'after'",
    ),
    "a circle through a count": (
        lambda: programme(cluster("label", after=[Count(1, "coach")]), workshop("coach", after="label")),
        "Programme: after: stages wait for each other in a circle: coach → label → coach; "
        "take one of them out of an 'after'",
    ),
    "a stage after its own count": (
        lambda: programme(workshop("test", after=[Share(0.5, "test")])),
        "Programme: after: a stage waits for itself: test → test; take one of them out of an 'after'",
    ),
    "more places than there are": (
        lambda: programme(workshop("coach", needs={"coach": 3}), resources={"coach": 2}),
        "Programme: stage 'coach': needs 3 places of 'coach' but there are 2; "
        "raise the resource's units or lower the stage's needs",
    ),
    "more places than there may be": (
        lambda: programme(workshop("a", needs={"r": 2}), resources={"r": Resource(1, Quantity(3, 1.9, 4))}),
        "Programme: stage 'a': needs 2 places of 'r' but there are 1; "
        "raise the resource's units or lower the stage's needs",
    ),
    "a retry from a later stage": (
        lambda: programme(workshop("test", passes=[1], retry="sell"), workshop("sell", after="test")),
        "Programme: stage 'test': retry: must come before it on the same workshop's pathway; received 'sell'; "
        "leave it out to repeat the stage itself",
    ),
    "a retry from beside": (
        lambda: programme(workshop("a"), workshop("b"), workshop("test", after="a", passes=[1], retry="b")),
        "Programme: stage 'test': retry: must come before it on the same workshop's pathway; received 'b'; "
        "name one of: a",
    ),
    "a retry from the cluster": (
        lambda: programme(cluster("label"), workshop("test", after="label", passes=[1], retry="label")),
        "Programme: stage 'test': retry: must come before it on the same workshop's pathway; received 'label'; "
        "leave it out to repeat the stage itself",
    ),
    "a cluster after a workshop stage": (
        lambda: programme(workshop("test"), cluster("sell", after="test")),
        "Programme: stage 'sell': after: a cluster stage cannot wait for a workshop stage by its name alone; "
        "received 'test'; say how many workshops with a count, a share or all",
    ),
    "a count over a cluster stage": (
        lambda: programme(cluster("label"), cluster("sell", after=[All("label")])),
        "Programme: stage 'sell': after: 'all' is over workshops, but this is a stage of the cluster; "
        "received 'label'; name the stage alone",
    ),
    "a count of nobody": (lambda: Count(0, "test"), "Count: n: must be at least 1 workshop; received 0"),
    "a count of more than there are": (
        lambda: programme(workshop("test"), cluster("sell", after=[Count(4, "test")])),
        "Programme: stage 'sell': after: waits for 4 workshops past 'test' but the largest cluster has 3; "
        "lower the count or use a share",
    ),
    "a share of nothing": (lambda: Share(0, "test"), "Share: share: must be above 0 and at most 1; received 0.0"),
    "a share above 1": (lambda: Share(1.5, "test"), "Share: share: must be above 0 and at most 1; received 1.5"),
    "a probability above 1": (
        lambda: Stage("a", passes=[0.5, 1.2]),
        "Stage: passes.1: must be between 0 and 1 probability; received 1.2",
    ),
    "a probability below 0": (
        lambda: Improving(-0.1, 1, 3),
        "Improving: first: must be between 0 and 1 probability; received -0.1",
    ),
    "no attempt": (
        lambda: Stage("a", passes=[]),
        "Stage: passes: must hold the probability of at least one attempt; received []; "
        "leave it out if it always passes",
    ),
    "an entity that does not exist": (
        lambda: Stage("a", on="village"),
        "Stage: on: should be 'workshop' or 'cluster'; received 'village'",
    ),
    "workshops below 0": (
        lambda: Cluster("c", workshops=-1),
        "Cluster: workshops: must be between 0 and 1e+08 workshop; received -1",
    ),
    "a day after the start": (
        lambda: Cluster("c", before_start={"a": 3}),
        "Cluster: before_start.a: must be between -1e+06 and 0 day; received 3.0",
    ),
    "one workshop in two clusters": (
        lambda: Programme(
            clusters=[Cluster("a", workshops=5, origin="home"), Cluster("b", workshops=5, origin="home", first=4)]
        ),
        "Programme: cluster 'b': first: workshop 4 of 'home' is in cluster 'a' already; received 4; "
        "start at 5 or later",
    ),
    "too many to fit in memory": (
        lambda: programme(*(workshop(f"s{i}", passes=[0.5] * 10) for i in range(20)), workshops=1_000_000),
        "Programme: 1000001 entities × 20 stages × 10 attempts are too many to fit in memory; received 200000200; "
        "at most 200000000 in one pool; run the clusters in parts",
    ),
    "a resource that is no number": (
        lambda: Programme(resources={"coach": "two"}),
        "Programme: resources.coach: should be a dictionary or an instance of Resource; received 'two'",
    ),
    "a resource below 0": (
        lambda: Programme(resources={"coach": -2}),
        "Programme: resources.coach.units: must be between 0 and 1e+06 unit; received -2.0",
    ),
    "an unknown discipline": (
        lambda: Programme(discipline="lottery"),
        "Programme: discipline: should be 'first-fit' or 'head-of-line'; received 'lottery'",
    ),
    "a horizon that is no number": (
        lambda: Programme(horizon_days=float("nan")),
        "Programme: horizon_days: must be at least 0 day; received nan",
    ),
    "a field that does not exist": (
        lambda: parse(Programme, {"stages": [{"name": "a", "durations": 1}]}),
        "stages.a: no field has this name; received 'durations'; did you mean 'duration'?",
    ),
}


@pytest.mark.parametrize(("make", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_in_one_line_that_says_where_and_what_to_do(
    make: Callable[[], Any], message: str
) -> None:
    with pytest.raises(BadInput) as error:
        make()
    assert str(error.value) == message


ALLOWED: dict[str, Callable[[], Programme]] = {
    "nothing at all": Programme,
    "no clusters": lambda: Programme(stages=[workshop("a")]),
    "a cluster without workshops": lambda: programme(workshop("a"), cluster("b", after=[Count(9, "a")]), workshops=0),
    "no resources": lambda: programme(workshop("a")),
    "a retry over branches": lambda: programme(
        workshop("a"),
        workshop("b", after="a"),
        workshop("c", after="a"),
        workshop("d", after=["b", "c"], passes=[0.5] * 3, retry="a"),
    ),
    "a loop inside a loop": lambda: programme(
        workshop("a"),
        workshop("b", after="a", passes=[0.5] * 3, retry="a"),
        workshop("c", after="b", passes=[0.5] * 3, retry="a"),
    ),
    "a retry of itself by name": lambda: programme(workshop("a", passes=[0.5, 0.5], retry="a")),
    "no duration and no chance": lambda: programme(workshop("a", duration=Fixed(0), passes=[0, 0])),
    "a need of nothing": lambda: programme(workshop("a", needs={"r": 0}), resources={"r": 0}),
    "the same thing waited for twice": lambda: programme(workshop("a"), workshop("b", after=["a", "a"])),
    "a consequence of what cannot happen": lambda: programme(workshop("a", on_fail="leave")),
    "names from any script": lambda: programme(workshop("Pelatihan (tahap 1)"), clusters=[Cluster("丝绸 & batik")]),
}


@pytest.mark.parametrize("make", ALLOWED.values(), ids=ALLOWED)
def test_what_the_contract_allows_is_not_refused(make: Callable[[], Programme]) -> None:
    assert Plan.of(make()).attempts >= 0


def test_a_file_says_the_same_as_python() -> None:
    raw = {
        "resources": {"coach": 2, "lab": {"units": 3, "places_per_unit": 4}},
        "stages": [
            {"name": "coach", "needs": {"coach": 1}, "duration": {"kind": "fixed", "days": 5}},
            {"name": "test", "after": "coach", "passes": {"first": 0.12, "gain": 1.3, "attempts": 3}, "retry": "coach"},
            {"name": "sell", "on": "cluster", "after": [{"kind": "count", "n": 2, "stage": "test"}]},
            {"name": "show", "on": "cluster", "after": {"kind": "share", "share": 0.5, "stage": "test"}},
            {"name": "end", "on": "cluster", "after": ["sell", {"kind": "all", "stage": "test"}]},
        ],
        "clusters": [{"name": "c", "workshops": 3}],
    }
    made = programme(
        workshop("coach", needs={"coach": 1}, duration=Fixed(5)),
        workshop("test", after=["coach"], passes=Improving(0.12, 1.3, 3), retry="coach"),
        cluster("sell", after=[Count(2, "test")]),
        cluster("show", after=[Share(0.5, "test")]),
        cluster("end", after=["sell", All("test")]),
        resources={"coach": Resource(2), "lab": Resource(units=3, places_per_unit=4)},
    )
    assert parse(Programme, raw) == made


def test_a_programme_is_frozen_and_survives_a_copy_and_a_trip_to_another_process() -> None:
    made = programme(workshop("a", passes=[0.5]))
    with pytest.raises(AttributeError, match="cannot assign"):
        made.discipline = "head-of-line"  # type: ignore[misc]
    assert copy.deepcopy(made) == made
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize(
    ("units", "places", "capacity"),
    [(12, 13, 156), (0.29, 100, 29), (1.5, 1, 1), (2.9999, 1, 2), (0, 5, 0), (3, 0.1, 0)],
)
def test_capacity_is_units_times_places_rounded_down_but_not_by_the_noise_of_binary(
    units: float, places: float, capacity: int
) -> None:
    assert Resource(units, places).capacity == capacity


def test_chances_that_improve_are_capped_at_certainty() -> None:
    assert Improving(0.5, 1.5, 3).probabilities() == (0.5, 0.75, 1.0)


def test_the_bound_of_a_stage_counts_every_failure_that_may_have_it_done_again() -> None:
    """a can be sent back twice by c (3 attempts) and once by d (2 attempts): 1 + 2 + 1. c and d have their own
    limits."""
    stages = [
        workshop("a"),
        workshop("b", after="a"),
        workshop("c", after="b", passes=[0.5] * 3, retry="a"),
        workshop("d", after="c", passes=[0.5] * 2, retry="a"),
        workshop("e", after="d"),
    ]
    plan = Plan.of(programme(*stages))
    assert plan.bound.tolist() == [4, 4, 3, 2, 1]
    assert [[plan.stages[s] for s in redo] for redo in plan.redo] == [[], [], ["a", "b", "c"], ["a", "b", "c", "d"], []]


def test_stages_in_order_come_after_all_that_they_wait_for() -> None:
    stages = [cluster("z", after=[All("y")]), workshop("y", after="x"), workshop("x"), cluster("w", after="z")]
    assert [stages[i].name for i in graph.in_order(graph.befores(stages))] == ["x", "y", "z", "w"]


def test_a_plan_with_fewer_places_than_a_stage_needs_is_refused() -> None:
    plan = Plan.of(programme(workshop("a", needs={"r": 2}), resources={"r": 5}))
    assert plan.with_capacity([[2]]).capacity.tolist() == [[2]]
    assert plan.capacity.tolist() == [[5]]
    with pytest.raises(BadInput, match="stage 'a': needs 2 places of 'r' but there are 1"):
        plan.with_capacity([[1]])


def test_the_tries_of_a_replication_are_those_of_every_stage_of_all_that_it_moves():
    one = programme(workshop("coach", duration=Fixed(1)), workshop("test", after="coach", passes=(0.5, 0.5, 0.5)))
    assert one.tries == (1 + 3) * (1 + 3)
