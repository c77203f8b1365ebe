"""One replication as counts: nobody is lost, nothing is served without a place, and counts are those of one by one."""

import math

import numpy as np
import pytest
from hypothesis import given, settings

import sim
from sim import engine
from sim.engine import History
from sim.engine.history import FAILED, PASSED
from sim.engine.plan import SKIP
from sim.programme import Programme
from sim.view.replay import MOST_MOMENTS, STATES, Replay, moments, replay
from tests.engine.strategies import wild_programmes

NO_GOODS = [], np.zeros(0)
HALF_DAYS = np.arange(0.0, 60.0, 0.5)  # the programmes below run in whole days, so that every tie is among these


def of(programme: Programme, days: np.ndarray = HALF_DAYS) -> tuple[History, Replay]:
    history = engine.run(programme)
    return history, Replay.of(history, *NO_GOODS, days)


def state(history: History, entity: int, stage: int, day: float) -> str:
    """What becomes of a stage of somebody on a day, attempt by attempt, as the documentation of `Replay` says it."""
    plan, gone = history.plan, history.departed_days[entity]
    asked = [a for a, queued in enumerate(history.queued[entity, stage]) if queued <= day]
    passed = bool(plan.given[plan.cluster_of[entity], stage]) and not asked
    if asked:
        last = asked[-1]
        started, finished = history.started[entity, stage, last], history.finished[entity, stage, last]
        if started <= day and not finished <= day:
            return "served"
        if not started <= day and day < gone:
            return "waiting"
        verdict = history.verdict[entity, stage, last]
        done = verdict == PASSED or (verdict == FAILED and plan.on_fail[stage] == SKIP)
        passed = done and finished <= min(day, gone)
    if passed:
        return "passed"
    return "left" if gone <= day else "to come"


@given(wild_programmes())
@settings(max_examples=60)
def test_counts_are_those_of_looking_at_everybody_one_by_one(programme: Programme) -> None:
    history, made = of(programme, np.array([0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 7.5, 12.0, 20.0, 40.0]))
    plan = history.plan
    for s, name in enumerate(made.stages):
        stage = plan.stages.index(name)
        who = np.flatnonzero(plan.is_cluster == plan.on_cluster[stage])
        for m, day in enumerate(made.days):
            states = [state(history, int(entity), stage, float(day)) for entity in who]
            assert [states.count(one) for one in STATES] == made.by_stage[m, :, s].tolist(), (name, day)


@given(wild_programmes())
@settings(max_examples=120)
def test_every_workshop_is_somewhere_and_none_is_served_without_a_place(programme: Programme) -> None:
    _history, made = of(programme)
    assert (made.by_stage >= 0).all()
    assert (made.by_stage.sum(axis=1) == made.having()).all()
    assert (made.doing >= 0).all()
    assert (made.doing.sum(axis=1) == made.workshops).all()
    assert (made.in_use <= made.places).all()
    assert (made.queue >= 0).all()


@given(wild_programmes())
@settings(max_examples=60)
def test_what_a_workshop_does_follows_from_its_stages(programme: Programme) -> None:
    history, made = of(programme, np.arange(0.0, 40.0, 2.5))
    plan = history.plan
    stages = [int(s) for s in np.flatnonzero(~plan.on_cluster)]
    for m, day in enumerate(made.days):
        found = dict.fromkeys(STATES, 0)
        for entity in np.flatnonzero(~plan.is_cluster):
            states = {state(history, int(entity), s, float(day)) for s in stages}
            through = history.passed_days[entity, stages].max(initial=-math.inf) <= day
            for name, holds in (
                ("served", "served" in states),
                ("waiting", "waiting" in states),
                ("left", history.departed_days[entity] <= day),
                ("passed", through),
                ("to come", True),
            ):
                if holds:
                    found[name] += 1
                    break
        assert [found[name] for name in STATES] == made.doing[m].tolist(), day


@pytest.fixture(scope="module")
def whole() -> tuple[sim.Result, Replay]:
    result = sim.simulate("cibaduyut-2027", replications=4)
    return result, replay(result, 1)


def test_a_few_hundred_moments_at_most_show_all_until_it_has_ended(whole):
    result, made = whole
    assert len(made.days) <= MOST_MOMENTS + 1
    assert set(np.diff(made.days)) == {7.0}
    frame = result.history(1)
    assert made.days[-1] >= frame["finished"].max()
    longer = moments(result.replication(1), [(np.array([20_000.0]), np.array([5.0]))], np.array([5.0]))
    assert len(longer) <= MOST_MOMENTS + 1
    assert longer[-1] >= 20_000
    assert longer[-1] % 7 == 0


def test_stock_is_what_the_closed_form_has_in_the_warehouse(whole):
    result, made = whole
    days = np.broadcast_to(made.days, (result.replications, len(made.days)))
    assert made.items.T.tolist() == result.mixed.supply.stocks.at(days)[1].tolist()
    assert made.items[-1, 0] > 0
    assert made.asked.tolist() == result.mixed.supply.asked_items[1].tolist()


def test_in_the_end_as_many_have_left_and_passed_as_the_history_says(whole):
    result, made = whole
    history = result.replication(1)
    workshops = ~history.plan.is_cluster
    assert made.doing[-1, STATES.index("left")] == np.isfinite(history.departed_days[workshops]).sum() > 0
    assert made.workshops == 254


def test_a_scenario_without_workshops_has_its_clusters():
    made = replay(sim.simulate("single-day-2018-ordinary", replications=1), 0)
    assert (made.workshops, made.clusters) == (0, 5)
    assert made.by_stage[-1, STATES.index("passed")].tolist() == [5] * len(made.stages)
    assert made.items[0].sum() == 5_000_000
