"""The short answer at the foot of the screen says what the long one says."""

import dataclasses
import datetime
import html
import math

import pytest

from sim.text import formats
from sim.view import short
from sim.view.answer import Setting

SETTING = Setting("en", 104, None, 0.5, datetime.date(2010, 11, 24))
EVENT_DATE = datetime.date(2027, 11, 11)


def test_it_names_chance_start_and_weeks(shown):
    answer = shown.reading.answer(None, 0.5)
    assert answer.start_date is not None
    said = short.line(answer, SETTING, EVENT_DATE)
    date, weeks = formats.date(answer.start_date, "en", short=True), formats.enough_weeks(answer.least_days / 7, "en")
    assert said == f"50%: start by {date} · {weeks}"
    other = dataclasses.replace(SETTING, language="id")
    assert short.line(answer, other, EVENT_DATE).startswith("50 %: mulai paling lambat")


def test_a_start_that_has_passed_is_not_asked_for(shown):
    answer = shown.reading.answer(None, 0.5)
    later = dataclasses.replace(SETTING, today=answer.start_date + datetime.timedelta(days=1))
    date, weeks = formats.date(answer.start_date, "en", short=True), formats.enough_weeks(answer.least_days / 7, "en")
    event_date = shown.scenario.campaign.event_date
    said = f"50%: the latest start, {date}, has passed · {weeks}"
    assert short.line(answer, later, event_date) == said
    assert short.line(answer, later, later.today - datetime.timedelta(days=1)).startswith("50%: start by ")
    assert said in html.unescape(short.bar(shown, answer, later)).replace("\xa0", " ")


def test_a_share_that_is_aimed_at_stands_before_the_chance(shown):
    answer = shown.reading.answer(1e-9, 0.5)
    assert short.line(answer, SETTING, EVENT_DATE).startswith("0.0000001%, 50%: ")


def test_that_no_lead_time_is_enough_is_said_with_how_often_the_target_is_reached(shown):
    answer = dataclasses.replace(
        shown.reading.answer(None, 0.5),
        least_days=math.inf,
        start_date=None,
        reached=0.3,
        probability=0.8,
        held_by={"cap.demand": 0.7},
    )
    assert short.line(answer, SETTING, EVENT_DATE) == "80%: not with any lead time (30% at most)"


@pytest.mark.parametrize(("step", "marked"), [("preview", True), ("full", False)])
def test_a_preview_is_called_one(shown, step, marked):
    bar = short.bar(dataclasses.replace(shown, step=step), shown.reading.answer(None, 0.5), SETTING)
    assert ("(preview)" in bar) == marked
