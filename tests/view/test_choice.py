"""Undo and redo as values, and a scenario of one's own told from a shipped one."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.view.choice import MOST_STEPS, Choice, History, campaigns_of, origin, settings_between

START = Choice("cibaduyut-2027", 49)


def at(week):
    return dataclasses.replace(START, week=week)


def moved(*weeks, apart=5.0):
    history = History(START)
    for i, week in enumerate(weeks):
        history = history.record(at(week), "week", (i + 1) * apart)
    return history


STEPS = st.lists(st.sampled_from(["undo", "redo"]) | st.integers(0, 156), max_size=40)


@given(STEPS)
def test_undo_and_redo_are_each_other_s_reverse_whatever_was_done_before(steps):
    history = History(START)
    for i, step in enumerate(steps):
        if step == "undo":
            history = history.undone()
        elif step == "redo":
            history = history.redone()
        else:
            history = history.record(at(step), "week", 5.0 * i)
    if history.past:
        assert history.undone().redone().now == history.now
        assert history.undone().redone().past == history.past
    back = history
    for _step in history.past:
        back = back.undone()
    assert back.now == (history.past[0] if history.past else history.now)
    assert back.undone() is back


def test_a_new_step_forgets_what_was_undone():
    history = moved(60, 70).undone().record(at(80), "week", 100.0)
    assert history.future == ()
    assert history.redone() is history
    assert history.undone().now == at(60)


def test_what_one_hand_moved_in_one_go_is_one_step():
    history = moved(50, 51, 52, 53, apart=0.1)
    assert history.now == at(53)
    assert history.undone().now == START
    assert moved(50, 51, apart=5.0).undone().now == at(50)


def test_two_controls_that_are_moved_quickly_are_two_steps():
    other = dataclasses.replace(at(50), probability=0.5)
    history = History(START).record(at(50), "week", 1.0).record(other, "target", 1.1)
    assert history.undone().now == at(50)


def test_the_same_again_is_no_step_and_the_history_is_limited():
    assert moved(49).past == ()
    assert len(moved(*([10, 20] * MOST_STEPS)).past) == MOST_STEPS


def test_a_choice_is_the_scenario_that_its_parts_make():
    base = sim.Scenario.load("cibaduyut-2027")
    later = campaigns_of(base)[1]
    choice = dataclasses.replace(START, settings=(("resources.coach.units", 40),), campaign=later.name, seed=7)
    found = choice.scenario(base)
    assert found.campaign == later
    assert found.resources["coach"].central_capacity > base.resources["coach"].central_capacity
    assert found.seed == 7
    with pytest.raises(sim.BadInput, match="follows"):
        dataclasses.replace(START, campaign="tmall-1111-2018").scenario(base)


def test_a_scenario_of_one_s_own_is_told_from_the_shipped_one_it_came_from():
    own = sim.Scenario.load("cibaduyut-2027")
    own = own.set("name", "brodo-besar").set("title.id", "<b>Brodo</b>").set("resources.coach.units", 33)
    own = (
        own.set("campaign.min_stock_items", 5_000)
        .set("campaign.stock_rule", "none")
        .set("clusters.cibaduyut.makers", 77)
    )
    base = sim.Scenario.load(origin(own))
    assert base.name == "cibaduyut-2027"
    settings = settings_between(base, own)
    found = Choice(base.name, 49, settings).scenario(base)
    assert found.plain == own.plain
    assert found.digest == own.digest
    assert len(settings) < 10


def test_what_no_settings_lead_to_is_refused():
    with pytest.raises(sim.BadInput, match="cannot be told"):
        settings_between(sim.Scenario.load("cibaduyut-2027"), sim.Scenario.load("single-day-2018"))
