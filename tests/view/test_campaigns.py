"""Another campaign of the same channel: which one, and with which lead time."""

import datetime

import pytest

from sim.scenario import Scenario
from sim.view import campaigns
from sim.view.choice import campaigns_of

TODAY = datetime.date(2026, 11, 29)
NEXT, LATER = campaigns_of(Scenario.load("cibaduyut-2027"))


def test_the_same_programme_for_the_later_event_has_the_lead_time_of_the_scenario_that_is_about_it():
    weeks = round(Scenario.load("cibaduyut-2028").lead_days / 7)
    first = round(Scenario.load("cibaduyut-2027").lead_days / 7)
    assert campaigns.same_start(first, NEXT, LATER, TODAY) == weeks
    assert campaigns.same_start(weeks, LATER, NEXT, TODAY) == first


@pytest.mark.parametrize(("week", "weeks"), [(0, 52), (40, 92), (49, 101), (50, 101), (156, 101)])
def test_a_start_stays_where_it_is_or_is_today_where_it_has_passed(week, weeks):
    assert campaigns.same_start(week, NEXT, LATER, TODAY) == weeks


def test_an_earlier_event_than_the_start_has_no_lead_time_left():
    assert campaigns.same_start(10, LATER, NEXT, TODAY) == 0


def test_of_an_event_in_the_past_every_start_may_be_asked_about():
    today = datetime.date(2029, 1, 1)
    assert campaigns.same_start(156, NEXT, LATER, today) == 208
