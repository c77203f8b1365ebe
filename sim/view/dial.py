"""What the dial of lead time shows and says: zones, the least lead time, the calendar, an answer for every week.

Plain values for `front/dial.js`, which asks for nothing more while it is moved. No widget.
"""

from __future__ import annotations

import datetime
import functools
import math
from typing import Any

from sim.experiment import Answer
from sim.experiment.intervals import CONFIDENCE, of_count
from sim.scenario import Feast, feasts
from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.view import companions
from sim.view.answer import Setting, has_passed
from sim.view.reading import WEEK, Reading
from sim.view.session import Shown

YEAR_WEEKS = 52
FOLLOWING_WEEKS = 8  # so soon after the day a feast is what the day is there for, or in its way
FEASTS = {"lebaran": N_("Eid"), "imlek": N_("Lunar New Year")}
SHORT_FEASTS = {"lebaran": N_("Eid ’{year}"), "imlek": N_("Lunar NY ’{year}")}
Mark = dict[str, Any]


def state(shown: Shown, answer: Answer, setting: Setting) -> dict[str, Any]:
    """Everything that the dial is told of a result but the week: `most`, `texts`, `answers`, `look`."""
    most, event_date = shown.reading.last_week, shown.scenario.campaign.event_date
    return {
        "most": most,
        "texts": texts(event_date, most, setting.language, setting.today),
        "answers": answers(shown.reading, setting),
        "look": look(shown, answer, setting),
    }


@functools.lru_cache(maxsize=8)
def texts(event_date: datetime.date, most: int, language: str, today: datetime.date) -> list[str]:
    """What each week is called: the lead time, the start, and whether that has gone by."""
    _ = speaker(language)
    found = []
    for week in range(most + 1):
        start = companions.start_of(event_date, week)
        passed = has_passed(start, today, event_date)
        text = N_("{weeks}, start {date} (passed)") if passed else N_("{weeks}, start {date}")
        found.append(_(text, weeks=formats.weeks(week, language), date=formats.date(start, language, short=True)))
    return found


def answers(reading: Reading, setting: Setting) -> dict[str, list[Any]]:
    """The chance of reaching the target with its interval: the different `texts`, and which is `of` each week."""
    counts = reading.reaching(setting.share)
    different = sorted(set(counts))
    count, language = reading.result.replications, setting.language
    number = {n: i for i, n in enumerate(different)}
    return {
        "texts": [chance(n, count, setting.share, language) for n in different],
        "of": [number[n] for n in counts],
    }


@functools.lru_cache(maxsize=1024)
def chance(reached: int, count: int, share: float | None, language: str) -> str:
    """The chance of reaching a target, from how many of the replications do, with its interval."""
    _ = speaker(language)
    found = of_count(reached, count)
    fields = {
        "p": formats.probability(found.estimate, language),
        "level": formats.probability(CONFIDENCE, language),
        "low": formats.probability(found.low, language),
        "high": formats.probability(found.high, language),
    }
    if share is None:
        text = _("Chance of being ready: {p} ({level} range: {low} to {high}).", **fields)
    else:
        target = formats.share(share, language)
        text = _("Chance of reaching {share}: {p} ({level} range: {low} to {high}).", share=target, **fields)
    return formats.unbroken(text)


def look(shown: Shown, answer: Answer, setting: Setting) -> dict[str, Any]:
    """Zones, the least lead time with its interval, today and the calendar, in weeks before the day."""
    most, event_date = shown.reading.last_week, shown.scenario.campaign.event_date
    gone = setting.gone(event_date)
    return {
        "name": speaker(setting.language)("Lead time"),
        "zones": zones(shown, answer, setting),
        "least": least(answer, most, setting.language),
        "today": gone if gone <= most else None,
        "lines": calendar(event_date, most, gone, setting),
    }


def zones(shown: Shown, answer: Answer, setting: Setting) -> list[Mark]:
    """Where no replication reaches the target, where too few do, where enough do, and where it is too late to start."""
    _, language, most = speaker(setting.language), setting.language, float(shown.reading.last_week)
    first = min(shown.reading.first_week(setting.share), most)
    enough = min(max(answer.least_days / WEEK, first), most)
    gone, p = setting.gone(shown.scenario.campaign.event_date), formats.probability(setting.probability, language)
    ready = setting.share is None
    names = {
        "none": _("ready in no replication") if ready else _("target reached in no replication"),
        "some": _("ready with a chance below {p}", p=p) if ready else _("target reached with a chance below {p}", p=p),
        "enough": _("ready with a chance of {p} or more", p=p)
        if ready
        else _("target reached with a chance of {p} or more", p=p),
        "gone": _("the start has passed"),
    }
    ends = {"none": (0.0, first), "some": (first, enough), "enough": (enough, most), "gone": (gone, most)}
    return [
        {"from": a, "to": b, "kind": kind, "label": formats.unbroken(f"{_extent(a, b, most, language)}: {names[kind]}")}
        for kind, (a, b) in ends.items()
        if a < most and (b >= most or math.ceil(b) > math.ceil(a))  # at least one week of the dial lies in it
    ]


def _extent(low: float, high: float, most: float, language: str) -> str:
    """From which week to which a zone reaches, whole weeks that lie in it."""
    _ = speaker(language)
    first, last = math.ceil(low), math.ceil(high) - 1
    if high >= most:
        return _("from week {low} on", low=formats.number(first, language))
    return _("weeks {range}", range=formats.ranged(first, last, formats.number, language))


def least(answer: Answer, most: int, language: str) -> Mark | None:
    """The least lead time and its interval; none where even its low end is beyond the dial."""
    if answer.low_days / WEEK >= most:
        return None
    at = answer.least_days / WEEK
    return {
        "from": answer.low_days / WEEK,
        "to": min(answer.high_days / WEEK, float(most)),
        "beyond": answer.high_days / WEEK > most,
        "at": at if at <= most else None,
        "label": formats.unbroken(_interval(answer, language)),
    }


def _interval(answer: Answer, language: str) -> str:
    low, high = answer.low_days / WEEK, answer.high_days / WEEK
    return speaker(language).gettext(
        "least lead time: {weeks} ({level} range: {range})",
        weeks=formats.enough_weeks(answer.least_days / WEEK, language),
        level=formats.probability(CONFIDENCE, language),
        range=formats.ranged(low, high, formats.bare_weeks, language),
    )


def calendar(event_date: datetime.date, most: int, gone: float, setting: Setting) -> list[list[Mark]]:
    """Lines of marks, in each the more important first: today and the years before the day, then each feast.

    A feast soon after the day lies beyond the end of the dial, where an arrow points to it.
    """
    return [_years(event_date, most, gone, setting), *_feasts(event_date, most, setting.language)]


def _years(event_date: datetime.date, most: int, gone: float, setting: Setting) -> list[Mark]:
    _ = speaker(setting.language)
    day = formats.date(event_date, setting.language, short=True)
    found = [_mark(0.0, _("the day, {date}", date=day), "year", _("the day"))]
    if 0 < gone <= most:
        today = formats.date(setting.today, setting.language, short=True)
        found.insert(0, _mark(gone, _("today, {date}", date=today), "today", _("today")))
    for year in range(1, most // YEAR_WEEKS + 1, 1 if most < 5 * YEAR_WEEKS else 2):
        n = formats.number(year, setting.language)
        found.append(_mark(float(year * YEAR_WEEKS), _.ngettext("{n} year", "{n} years", year, n=n), "year"))
    return found


def _feasts(event_date: datetime.date, most: int, language: str) -> list[list[Mark]]:
    lines: dict[str, list[Mark]] = {name: [] for name in FEASTS}
    for feast in feasts():
        week = (event_date - feast.date).days / WEEK
        if -FOLLOWING_WEEKS <= week < 0:
            lines[feast.name].insert(
                0, _mark(0.0, f"← {feast_name(feast, language)}", feast.name, f"← {_short(feast, language)}")
            )
        elif 0 <= week <= most:
            lines[feast.name].append(_mark(week, feast_name(feast, language), feast.name, _short(feast, language)))
    return [line for line in lines.values() if line]


def feast_name(feast: Feast, language: str) -> str:
    """A feast with its date, and whether that may yet move."""
    _ = speaker(language)
    fields = {"feast": _(FEASTS[feast.name]), "date": formats.date(feast.date, language, short=True)}
    return _("{feast}, about {date}", **fields) if feast.expected else _("{feast}, {date}", **fields)


def _short(feast: Feast, language: str) -> str:
    return speaker(language)(SHORT_FEASTS[feast.name], year=f"{feast.date.year % 100:02d}")


def _mark(week: float, label: str, kind: str, short: str | None = None) -> Mark:
    return {"week": week, "label": label, "kind": kind} | ({} if short is None else {"short": short})
