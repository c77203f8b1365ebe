"""The answer in one short line, for a bar that stays in sight while levers are moved far from the answer. No widget."""

from __future__ import annotations

import datetime
import html

from sim.experiment import Answer
from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.view.answer import Setting, has_passed
from sim.view.reading import WEEK
from sim.view.session import Shown


def bar(shown: Shown, answer: Answer, setting: Setting) -> str:
    """The bar as HTML; a press on it leads back to the answer."""
    preview = shown.step == "preview"
    mark = f" <small>{html.escape(speaker(setting.language)('(preview)'))}</small>" if preview else ""
    said = html.escape(formats.unbroken(line(answer, setting, shown.scenario.campaign.event_date)))
    inside = f'<span>{said}{mark}</span><i aria-hidden="true">↑</i>'
    return f'<button type="button" class="siap-short" data-siap-way="card-answer">{inside}</button>'


def line(answer: Answer, setting: Setting, event_date: datetime.date) -> str:
    """Target, latest start and least lead time, or that no lead time is enough."""
    _, language = speaker(setting.language), setting.language
    p = formats.probability(answer.probability, language)
    target = p if answer.share is None else f"{formats.share(answer.share, language)}, {p}"
    if answer.start_date is None:
        reached = formats.parts([answer.reached, *answer.held_by.values()], language)[0]
        return _("{target}: not with any lead time ({reached} at most)", target=target, reached=reached)
    passed = has_passed(answer.start_date, setting.today, event_date)
    said = N_("{target}: the latest start, {date}, has passed · {weeks}")
    return _(
        said if passed else N_("{target}: start by {date} · {weeks}"),
        target=target,
        date=formats.date(answer.start_date, language, short=True),
        weeks=formats.enough_weeks(answer.least_days / WEEK, language),
    )
