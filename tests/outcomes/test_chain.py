"""Every day of a critical path has one label, whatever the programme; the days add up to the day that was reached."""

import numpy as np
import pytest
from hypothesis import given, settings

import sim
from sim.engine import Draws, Plan, run_plan
from sim.engine.history import History
from sim.outcomes import Milestones
from tests.engine.strategies import wild_programmes


def milestones(programme: sim.Programme, seed: int = 3) -> tuple[Plan, History, Milestones]:
    plan = Plan.of(programme)
    history = run_plan(plan, Draws.of(plan, programme, seed, 0))
    return plan, history, Milestones.of(history, programme.stages, None)


@settings(max_examples=150)
@given(wild_programmes())
def test_the_days_of_a_path_add_up_to_the_day_its_stage_was_passed(programme):
    plan, _, found = milestones(programme)
    for cluster, row in enumerate(found.passed_days):
        reached = np.flatnonzero(plan.on_cluster & np.isfinite(row) & ~plan.given[cluster])
        assert found.chain_days[cluster, reached].sum(axis=1) == pytest.approx(row[reached], abs=1e-3)


@settings(max_examples=60)
@given(wild_programmes())
def test_everybody_who_left_left_at_one_stage(programme):
    plan, history, found = milestones(programme)
    gone = [np.isfinite(history.departed_days[plan.workshops(c)]).sum() for c in range(len(plan.clusters))]
    assert found.left.sum(axis=1).tolist() == gone


def test_a_retry_that_takes_no_time_ends():
    stages = [
        sim.Stage("wait", on="cluster", duration=sim.Fixed(4)),
        sim.Stage("a", on="cluster", after="wait"),
        sim.Stage("b", on="cluster", after="a", passes=[0.0, 0.0, 1.0], retry="a"),
    ]
    _, _, found = milestones(sim.Programme(stages=stages, clusters=[sim.Cluster("c")]))
    assert found.passed_days.tolist() == [[4, 4, 4]]
    assert found.chain_days[0, 2].tolist() == [4, 0, 0]


def test_several_counts_that_come_true_on_one_day_name_the_same_workshops():
    # Eighteen names of six attempts: there were once seven places for them.
    counts = [sim.Count(1, "a"), sim.Share(0.5, "a"), sim.All("a")]
    stages = [
        sim.Stage("a", duration=sim.Fixed(2)),
        sim.Stage("b", on="cluster", after=counts, duration=sim.Fixed(1)),
    ]
    _, _, found = milestones(sim.Programme(stages=stages, clusters=[sim.Cluster("c", workshops=6)]))
    assert found.chain_days[0, 1].tolist() == [2, 1]


def test_the_count_that_comes_true_last_names_the_workshop_that_was_waited_for():
    # One place: the workshops are done on 2, 4 and 6. One was enough for the first count, the second asks for all.
    for counts in ([sim.Count(1, "a"), sim.All("a")], [sim.All("a"), sim.Count(1, "a")]):
        stages = [
            sim.Stage("a", needs={"place": 1}, duration=sim.Fixed(2)),
            sim.Stage("b", on="cluster", after=counts, duration=sim.Fixed(1)),
        ]
        programme = sim.Programme(resources={"place": 1}, stages=stages, clusters=[sim.Cluster("c", workshops=3)])
        _, _, found = milestones(programme)
        assert found.chain_days[0, 1].tolist() == [2, 1, 4]  # a, b, and the queue for the place


def test_a_skip_on_the_day_of_leaving_sends_nobody_away():
    stages = [
        sim.Stage("credit", duration=sim.Fixed(5), passes=[0.0], on_fail="skip"),
        sim.Stage("test", duration=sim.Fixed(5), passes=[0.0]),
    ]
    _, _, found = milestones(sim.Programme(stages=stages, clusters=[sim.Cluster("c", workshops=3)]))
    assert found.left.tolist() == [[0, 3]]
