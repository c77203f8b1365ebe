"""What the dial shows and says is what the replications and the calendar say."""

import datetime
import itertools
import math

import pytest

from sim.experiment.intervals import of_proportion
from sim.scenario import Feast, evidence, feasts
from sim.text import formats
from sim.view import dial
from sim.view.answer import Setting

TODAY = datetime.date(2026, 11, 24)
EVENT = datetime.date(2027, 11, 11)


def setting(language="en", share=None, probability=0.5, today=TODAY):
    return Setting(language, 49, share, probability, today)


def look(shown, **chosen):
    made = setting(**chosen)
    return dial.look(shown, shown.reading.answer(made.share, made.probability), made)


def spaced(text):
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_the_zones_meet_and_change_where_the_replications_do(shown):
    found = shown.reading.answer(None, 0.5)
    zones = {zone["kind"]: zone for zone in look(shown)["zones"]}
    assert zones["none"]["to"] == zones["some"]["from"] == shown.reading.first_week(None)
    assert zones["some"]["to"] == zones["enough"]["from"] == found.least_days / 7
    assert zones["enough"]["to"] == shown.reading.last_week
    assert zones["gone"]["from"] == pytest.approx((EVENT - TODAY).days / 7)


@pytest.mark.parametrize("share", [None, 1e-9])
def test_the_weeks_that_a_zone_names_are_those_in_which_the_chance_is_what_it_says(shown, share):
    reading, p = shown.reading, 0.5
    zones = {zone["kind"]: spaced(zone["label"]) for zone in look(shown, share=share)["zones"]}
    chances = [reading.chance_of(share, week) for week in range(reading.last_week + 1)]
    none = [w for w, chance in enumerate(chances) if chance == 0]
    some = [w for w, chance in enumerate(chances) if 0 < chance < p]
    enough = [w for w, chance in enumerate(chances) if chance >= p]
    assert none, some
    assert zones["none"].startswith(f"weeks {none[0]} to {none[-1]}: ")
    assert zones["some"].startswith(f"weeks {some[0]} to {some[-1]}: " if enough else f"from week {some[0]} on: ")
    assert enough == [] or zones["enough"].startswith(f"from week {enough[0]} on: ")


def test_where_no_lead_time_is_enough_there_is_no_zone_of_enough_and_no_least(shown):
    found = look(shown, share=0.5, probability=0.8)
    assert {zone["kind"] for zone in found["zones"]} == {"none", "gone"}
    assert spaced(found["zones"][0]["label"]) == "from week 0 on: target reached in no replication"
    assert found["least"] is None


def test_the_least_lead_time_is_marked_with_its_interval(shown):
    found = shown.reading.answer(None, 0.5)
    least = look(shown)["least"]
    assert (least["from"], least["at"]) == (found.low_days / 7, found.least_days / 7)
    assert least["to"] == min(found.high_days / 7, shown.reading.last_week)
    assert least["beyond"] == (found.high_days / 7 > shown.reading.last_week)
    assert formats.enough_weeks(found.least_days / 7, "en") in spaced(least["label"])


@pytest.mark.parametrize("share", [None, 1e-9])
@pytest.mark.parametrize("week", [0, 49, 104, 156])
def test_the_answer_of_every_week_is_the_chance_with_its_interval(shown, share, week):
    answers = dial.answers(shown.reading, setting(share=share))
    expected = of_proportion(shown.reading.needed_days(share) <= week * 7)
    said = spaced(answers["texts"][answers["of"][week]])
    ends = (formats.probability(x, "en") for x in (expected.estimate, expected.low, expected.high))
    assert said.endswith("{} (90% range: {} to {}).".format(*ends))
    assert len(answers["of"]) == shown.reading.last_week + 1


@pytest.mark.parametrize(
    ("language", "first", "late"),
    [
        ("id", "49 minggu · mulai 3 Des 2026", "52 minggu · mulai 12 Nov 2026 (sudah lewat)"),
        ("en", "49 weeks, start 3 Dec 2026", "52 weeks, start 12 Nov 2026 (passed)"),
    ],
)
def test_every_week_has_its_start_and_says_if_that_has_gone_by(language, first, late):
    texts = dial.texts(EVENT, 156, language, TODAY)
    assert (texts[49], texts[52], len(texts)) == (first, late, 157)


def test_an_event_of_the_past_has_no_zone_of_starts_gone_by(shown):
    found = look(shown, today=datetime.date(2028, 1, 1))
    assert "gone" not in {zone["kind"] for zone in found["zones"]}
    assert found["today"] is None


# ── the calendar ─────────────────────────────────────────────────────────────────────────────────────


def lines(today=TODAY, language="en", most=156):
    gone = setting(today=today).gone(EVENT)
    return dial.calendar(EVENT, most, gone, setting(language, today=today))


def test_feasts_stand_at_their_weeks_before_the_day_each_on_a_line_of_its_own():
    years, lebaran, imlek = lines()
    assert [mark["kind"] for mark in (years[0], lebaran[0], imlek[0])] == ["today", "lebaran", "imlek"]
    at = {mark["label"]: mark["week"] for mark in [*lebaran, *imlek]}
    assert at["Eid, 21 Mar 2026"] == (EVENT - datetime.date(2026, 3, 21)).days / 7
    assert at["Lunar New Year, 6 Feb 2027"] == (EVENT - datetime.date(2027, 2, 6)).days / 7
    assert all(0 <= week <= 156 for week in at.values())
    assert len(lebaran) == len(imlek) == 3


def test_a_feast_soon_after_the_day_is_pointed_to_from_the_end_of_the_dial():
    day = datetime.date(2028, 1, 14)  # before Ramadan 1449
    years, lebaran, imlek = dial.calendar(day, 156, 10.0, setting("en", today=TODAY))
    assert "the day, 14 Jan 2028" in {mark["label"] for mark in years}
    assert (lebaran[0]["label"], lebaran[0]["week"]) == ("← Eid, about 27 Feb 2028", 0.0)
    assert imlek[0]["label"].startswith("← Lunar New Year")
    assert not [mark for marks in lines() for mark in marks if "←" in mark["label"]]  # 11.11 is long before both


def test_a_date_that_may_yet_move_is_said_to_be_about():
    assert dial.feast_name(Feast("lebaran", datetime.date(2027, 3, 10), True, "E326"), "en") == "Eid, about 10 Mar 2027"
    assert dial.feast_name(Feast("imlek", datetime.date(2027, 2, 6), False, "E327"), "id") == "Imlek, 6 Feb 2027"


def test_today_is_marked_unless_the_event_is_past_or_further_away_than_the_dial():
    assert lines()[0][0]["label"] == "today, 24 Nov 2026"
    for today in (datetime.date(2028, 1, 1), datetime.date(2020, 1, 1)):
        assert "today" not in {mark["kind"] for mark in lines(today)[0]}
    assert math.isinf(setting(today=datetime.date(2028, 1, 1)).gone(EVENT))


def test_every_feast_has_its_evidence_row_and_they_lie_a_lunar_year_apart():
    known = evidence()
    for name, shortest, longest in (("lebaran", 353, 356), ("imlek", 353, 385)):
        dates = [feast.date for feast in feasts() if feast.name == name]
        gaps = [(b - a).days for a, b in itertools.pairwise(dates)]
        assert len(dates) >= 25
        assert all(shortest <= gap <= longest for gap in gaps), gaps
    assert {feast.row for feast in feasts()} <= set(known)
    assert {feast.name for feast in feasts()} == set(dial.FEASTS)


def test_seeds_without_a_calendar_have_no_feasts(tmp_path):
    assert feasts(tmp_path) == ()
