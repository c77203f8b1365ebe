"""The answer card in words: when to start, how sure that is, on what it rests. No widget."""

from __future__ import annotations

import dataclasses
import datetime
import html
import math

from sim.experiment import Answer
from sim.outcomes.holding import LATER
from sim.outcomes.numbers import at
from sim.scenario import Campaign, Scenario
from sim.text import formats, sentences, words
from sim.text.catalogue import N_, NN_, speaker
from sim.view import levers, names
from sim.view.reading import WEEK, Reading
from sim.view.session import Busy, Shown

PROBABILITY = 0.8  # aimed at where nobody asks for another


@dataclasses.dataclass(frozen=True)
class Setting:
    """What the reader has chosen that no simulation needs.

    Attributes
    ----------
    language : str
    week : int
        Lead time.
    share : float, optional
        The share aimed at; None: being ready at all.
    probability : float
        The chance aimed at.
    today : date
    """

    language: str
    week: int
    share: float | None
    probability: float
    today: datetime.date

    def gone(self, event_date: datetime.date) -> float:
        """Weeks until an event: a longer lead time would have had to start before today.

        Infinite for an event of the past: there every start has gone by, and the question is what might have been.
        """
        days = (event_date - self.today).days
        return days / WEEK if days >= 0 else math.inf


def card(shown: Shown, answer: Answer, setting: Setting, later: Campaign | None) -> str:
    """The answer as HTML: the sentence, its range and reasons, and the notes under it.

    Nothing of it depends on the lead time chosen, so that the dial below stays where it is while it is moved.
    """
    said = main(shown.reading, answer, setting.language, setting.today)
    why = " ".join(part for part in reasons(shown, answer, setting, later) if part)
    return (
        f'<p class="siap-answer">{_text(said)}</p><p class="siap-why">{_text(why)}</p>'
        f'<ul class="siap-notes">{"".join(f"<li>{_text(note)}</li>" for note in notes(shown, setting))}</ul>'
    )


def _text(said: str) -> str:
    return html.escape(formats.unbroken(said))


def main(reading: Reading, answer: Answer, language: str, today: datetime.date | None = None) -> str:
    """When to start for the target, or that no lead time is enough.

    Parameters
    ----------
    today : date, optional
        Decides whether the start has gone by; None where no day is today's, as for a command whose answer is kept.
    """
    scenario = reading.result.scenario
    event, p = names.event(scenario, language), answer.probability
    if answer.start_date is None and next(iter(answer.held_by), None) == LATER:
        return sentences.unfinished(probability=p, days=scenario.horizon_days, language=language)
    if answer.start_date is None:
        return sentences.never(probability=p, cap=holds(reading, answer, language), language=language)
    start, share = answer.start_date, answer.share
    passed = has_passed(start, today, scenario.campaign.event_date)
    if share is not None:
        return sentences.answer(share=share, event=event, probability=p, start=start, language=language, passed=passed)
    return sentences.answer_ready(
        brand=who(scenario, language), event=event, probability=p, start=start, language=language, passed=passed
    )


def has_passed(start: datetime.date, today: datetime.date | None, event_date: datetime.date) -> bool:
    """Whether a start has gone by; of an event of the past every start has, and nobody asks.

    Parameters
    ----------
    today : date, optional
        None: no day is today's, and nothing has gone by.
    """
    return today is not None and start < today <= event_date


def least(answer: Answer, language: str) -> str:
    """The least lead time with its range, or how often the target is reached at all."""
    if answer.never:
        return sentences.reached(
            part=answer.reached, causes=[*answer.held_by.values()], cut=LATER in answer.held_by, language=language
        )
    return sentences.answer_range(
        weeks=answer.least_days / WEEK, low=answer.low_days / WEEK, high=answer.high_days / WEEK, language=language
    )


def who(scenario: Scenario, language: str) -> str:
    """Who is to be ready, in the middle of a sentence."""
    brands = names.brands(scenario, language)
    return brands[0] if len(brands) == 1 else speaker(language)("at least one brand")


def holds(reading: Reading, answer: Answer, language: str) -> str:
    """Displayed name of what holds the replications that never reach the target."""
    label = next(iter(answer.held_by))
    return words.name_of(label, language, words.titles_of(reading.result.scenario))


def reasons(shown: Shown, answer: Answer, setting: Setting, later: Campaign | None) -> list[str]:
    """The range, when more time no longer helps, and that it is too late."""
    said = [least(answer, setting.language), ceiling(shown.reading, answer.share, setting.language)]
    left = setting.gone(shown.scenario.campaign.event_date)
    if left < first_of_use(shown, answer) < math.inf:
        said.append(no_chance(setting, later) if answer.never else too_late(shown, answer, setting, later))
    return said


def ceiling(reading: Reading, share: float | None, language: str) -> str:
    """When more time no longer helps with what is aimed at, a share or being ready; nothing where it always does."""
    week, label = reading.ready_ceiling if share is None else reading.share_ceiling
    if math.isnan(week) or label == LATER:
        return ""
    cap = words.name_of(label, language, words.titles_of(reading.result.scenario)) if label else ""
    say = sentences.ready_ceiling if share is None else sentences.share_ceiling
    return say(week=week, cap=cap, language=language)


def first_of_use(shown: Shown, answer: Answer) -> float:
    """Weeks: the least lead time, or where none is enough the least with which any replication reaches the target."""
    return shown.reading.first_week(answer.share) if answer.never else answer.least_days / WEEK


def no_chance(setting: Setting, later: Campaign | None) -> str:
    """That a start today comes too late for every replication, and how long there is until the next campaign."""
    _, language = speaker(setting.language), setting.language
    if later is None:
        return _("Even with a start today no replication reaches it in time.")
    return _(
        "Even with a start today no replication reaches it in time; until {event} there are still {weeks}.",
        event=words.text_of(later.title, language, later.name),
        weeks=formats.weeks(math.floor(setting.gone(later.event_date)), language),
    )


def too_late(shown: Shown, answer: Answer, setting: Setting, later: Campaign | None) -> str:
    """That the start has gone by, and which campaign a start today would still reach.

    The same lead time is taken to do for the later campaign: nothing in the preparation looks at the date.
    """
    language, event_date = setting.language, shown.scenario.campaign.event_date
    needed = datetime.timedelta(days=int(answer.least_days))
    start = answer.start_date or event_date
    if later is not None and later.event_date - needed >= setting.today:
        return sentences.gone_by(
            event=names.event(shown.scenario, language),
            start=start,
            later_event=words.text_of(later.title, language, later.name),
            later_start=later.event_date - needed,
            language=language,
        )
    _ = speaker(language)
    day = setting.today + needed
    year = day.year + ((day.month, day.day) > (event_date.month, event_date.day))
    return _("A start today is in time for the campaign of {year}.", year=year)


def notes(shown: Shown, setting: Setting) -> list[str]:
    """How many replications, the assumption that carries the answer, the stock rule."""
    language, count = setting.language, shown.reading.result.replications
    say = sentences.preview if shown.step == "preview" else sentences.full
    rule = levers.place(shown.scenario, "campaign.stock_rule")
    asked = f"{rule.name(shown.scenario, language)}: {rule.shown(rule.value, language)}"
    return [
        say(replications=count, language=language),
        *assumption(shown.reading, setting.share, language),
        *([asked] if levers.matters(shown.scenario, rule.path) else []),
    ]


def assumption(reading: Reading, share: float | None, language: str) -> list[str]:
    """The assumption that carries the answer; none where there are too few replications to tell."""
    scenario = reading.result.scenario
    if share is not None:
        kind = levers.place(scenario, "demand.brand_class")
        name = speaker(language)("demand: {brand_class}", brand_class=kind.shown(kind.value, language))
        return [sentences.main_assumption(name=name, rows=levers.choice_rows(scenario, kind.path), language=language)]
    path = reading.carrying
    if path is None:
        return []
    name, rows = names.quantity(path, scenario, language), names.rows(path, scenario)
    if (who := getattr(at(scenario, path), "given", None)) is not None:
        return [sentences.main_given(name=name, who=who, language=language)]
    return [sentences.main_assumption(name=name, rows=rows, language=language)]


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────

STEPS = {
    "preview": N_("Preview"),
    "full": N_("Full result"),
    "chance": N_("Computing chance alone"),
    "preparation": N_("Preparation"),
    "compare": N_("Comparison"),
}


def progress(busy: Busy | None, language: str) -> str:
    """How far a simulation is, with an estimate of the time left, as HTML; nothing where none runs."""
    if busy is None:
        return ""
    return bar(progress_text(busy, language), busy.done, busy.total)


def bar(said: str, done: int, total: int) -> str:
    """How far something is, as HTML."""
    part, said = done / max(total, 1), html.escape(said)
    return (
        f'<div class="siap-bar" role="progressbar" aria-label="{said}" aria-valuemin="0" aria-valuemax="{total}" '
        f'aria-valuenow="{done}"><i style="width:{part:.0%}"></i></div><span aria-hidden="true">{said}</span>'
    )


def progress_text(busy: Busy, language: str) -> str:
    """The same as a sentence."""
    _ = speaker(language)
    total = formats.number(busy.replications or busy.total, language)
    if busy.step == "fit":
        what = _("Fitting demand on the known case, once")
    elif busy.replications is not None:  # done piece by piece: none is whole before the last
        done = formats.probability(math.floor(100 * busy.done / busy.total) / 100, language)
        what = _("{step} ({total} replications): {done}", step=_(STEPS[busy.step]), done=done, total=total)
    else:
        done = formats.number(busy.done, language)
        what = _("{step}: {done} of {total} replications", step=_(STEPS[busy.step]), done=done, total=total)
    if busy.seconds_left is None:
        return what
    return _("{what}, about {time} left", what=what, time=seconds(busy.seconds_left, language))


def seconds(x: float, language: str) -> str:
    """A short time, in seconds or minutes."""
    minutes = x >= 90
    n = max(1, round(x / 60 if minutes else x))
    one, many = NN_("{n} minute", "{n} minutes") if minutes else NN_("{n} second", "{n} seconds")
    return speaker(language).ngettext(one, many, n, n=formats.number(n, language))
