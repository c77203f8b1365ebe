"""What would most change the answer, in words: what `sim.experiment.tornado` found, as a sentence, bars and lists."""

from __future__ import annotations

import dataclasses
import html
import math
import threading
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.experiment import Result, choices, margins, tornado, weakest, when
from sim.experiment.runner import Progress
from sim.experiment.tornado import uncertain
from sim.outcomes.measures import unit_of
from sim.scenario import Scenario, evidence
from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.view import names, sources, steps, tables
from sim.view.strips import Strip, strips, text

MOST_STRIPS, MOST_NAMED = 10, 3
ORDERS, ENDS = ("weeks", "ready", "share"), ("low", "high")
NEVER = 1e-9
SOURCES = {"taken": N_("from the source"), "adapted": N_("adapted from the source"), "assumed": N_("assumption")}
Record = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, eq=False)
class Doubts:
    """How the answer changes with what it rests on.

    Attributes
    ----------
    scenario : Scenario
    numbers : DataFrame
        As `tornado` gives it.
    choices : DataFrame, optional
        Other alternatives of what is chosen by name or contested, as `margins` gives it; None where there is none.
    lead_weeks : float
    ready : float
        Part of the replications that are ever ready.
    """

    scenario: Scenario
    numbers: pd.DataFrame
    choices: pd.DataFrame | None
    lead_weeks: float
    ready: float


def doubts(
    result: Result,
    lead_weeks: float,
    ceiling_weeks: float,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Doubts:
    """Try every uncertain number at either end, and every other choice."""
    paths, others = uncertain(result.scenario), choices(result.scenario)
    total = len(paths) + len(others)

    def after(before: int) -> Progress:
        return lambda done, _all: progress(before + done, total) if progress else None

    found = margins(result, lead_weeks, ceiling_weeks, others, after(0), cancel) if others else None
    numbers = tornado(result, lead_weeks, ceiling_weeks, paths, after(len(others)), cancel)
    return Doubts(result.scenario, numbers, found, lead_weeks, when(result, None, 0.5).reached)


def orders(found: Doubts, language: str) -> dict[str, str]:
    """What can be asked about, as it is offered."""
    _ = speaker(language)
    weeks = formats.weeks(found.lead_weeks, language)
    return {
        "weeks": _("Effect on: weeks until ready"),
        "ready": _("Effect on: chance of ever being ready"),
        "share": _("Effect on: share with {weeks}", weeks=weeks),
    }


def first_order(found: Doubts) -> str:
    """The first answer that any number is known to change."""
    return next((by for by in ORDERS if found.numbers[f"{by}_told"].any()), ORDERS[0])


def body(found: Doubts, by: str, language: str) -> str:
    """Everything on the card under its tools, as HTML."""
    _ = speaker(language)
    shown = [_strip(found, row, by, language) for row in _moving(found, by)[:MOST_STRIPS]]
    ends = {"low": _("at the low end of its range"), "high": _("at the high end")}
    keys = "".join(f'<li><i class="siap-strip-{end}"></i>{html.escape(text)}</li>' for end, text in ends.items())
    bars = f'<ul class="siap-key">{keys}</ul>{strips(shown, orders(found, language)[by])}' if shown else ""
    return (
        f'<p class="siap-sentence">{text(sentence(found, by, language))}</p>{bars}{_chosen(found, by, language)}'
        f"<h3>{html.escape(_('The ten weakest numbers'))}</h3>{weak(found, language)}"
        f'<details data-siap="doubts"><summary>{html.escape(_("All numbers as a table"))}</summary>'
        f"{tables.scrolled(table(found, by, language))}</details>"
    )


def sentence(found: Doubts, by: str, language: str) -> str:
    """Which numbers change an answer most."""
    _ = speaker(language)
    rows = _moving(found, by)
    if not rows:
        return _("No number changes this by an amount that can be told from chance.")
    named = [names.number(row["path"], found.scenario, language) for row in rows[:MOST_NAMED]]
    return _(
        "What would change it most: {names}. Of {all} uncertain numbers {n} change it by an amount that can be told "
        "from chance.",
        names=formats.listed(named, language),
        all=formats.number(len(found.numbers), language),
        n=formats.number(len(rows), language),
    )


def weak(found: Doubts, language: str) -> str:
    """The numbers that are known least and change most, each with what it rests on, as an HTML list."""
    rows = tables.records(weakest(found.numbers))
    return f'<ol class="siap-weak">{"".join(_weak(found, row, language) for row in rows)}</ol>'


def _weak(found: Doubts, row: Record, language: str) -> str:
    _ = speaker(language)
    name = formats.capital(names.number(row["path"], found.scenario, language))
    value = f"{_amount(found, row, 'central', language)} ({_range(found, row, language)})"
    told = [by for by in ORDERS if row[f"{by}_told"]]
    effects = [
        f"{_amount(found, row, end, language)}: "
        + ", ".join(_effect(found, _at(row, end), by, language) for by in told)
        for end in ENDS
    ]
    known = evidence()
    rows = {row_id: known[row_id] for row_id in row["rows"].split() if row_id in known}
    rests = html.escape(standing(row, language))
    opened = f"<small>{rests}</small>"
    if rows:
        key, listed = html.escape(row["path"]), sources.listed(rows, language, named=False)
        opened = f'<details data-siap="weak-{key}"><summary>{rests}</summary>{listed}</details>'
    effect = "; ".join(effects) if told else _("nothing that can be told from chance")
    return f"<li><b>{text(name)}</b>: {text(value)}<br>{text(effect)}{opened}</li>"


def standing(row: Record, language: str) -> str:
    """What a number rests on: rows, how it was taken from them, confidence and audit."""
    _ = speaker(language)
    if row["source"] == "assumed":
        return formats.capital(_(SOURCES["assumed"]))
    judged = [_(SOURCES[row["source"]]), _(sources.CONFIDENCE[row["confidence"]])]
    if row["confidence"] == "assumption":
        judged = [_("the row itself is an assumption")]
    marks = [_(sources.AUDIT[row["audit"]])] if row["audit"] in sources.AUDIT else []
    return f"{', '.join(row['rows'].split())}: {', '.join([*judged, *marks])}"


def table(found: Doubts, by: str, language: str) -> str:
    """Every uncertain number with what it rests on and what it changes, as HTML."""
    _ = speaker(language)
    effect = f"{by}_effect"
    rows = tables.records(found.numbers.sort_values(effect, ascending=False, kind="stable"))
    heads = orders(found, language)
    columns = {
        _("Number"): [formats.capital(names.number(row["path"], found.scenario, language)) for row in rows],
        _("Range"): [_range(found, row, language) for row in rows],
        _("Rests on"): [standing(row, language) for row in rows],
    }
    columns |= {heads[name]: [_cell(found, row, name, language) for row in rows] for name in ORDERS}
    return tables.html({head: [formats.unbroken(text) for text in texts] for head, texts in columns.items()})


def _moving(found: Doubts, by: str) -> list[dict[str, Any]]:
    """Numbers that change an answer by more than chance, the one that changes it most first."""
    told = found.numbers[found.numbers[f"{by}_told"]]
    return tables.records(told.sort_values(f"{by}_effect", ascending=False, kind="stable"))


def _strip(found: Doubts, row: Record, by: str, language: str) -> Strip:
    return Strip(
        name=formats.capital(names.number(row["path"], found.scenario, language)),
        said=_effects(found, row, by, language),
        spans=tuple((row[f"{by}_at_{end}"], end) for end in ENDS),
        note=standing(row, language),
    )


def _at(row: Record, end: str) -> dict[str, float]:
    """What changes at one end, by what is asked."""
    return {name: row[f"{name}_at_{end}"] for name in (*ORDERS, "sales_idr")}


def _effects(found: Doubts, row: Record, by: str, language: str) -> str:
    """What either end changes: "122 days: 13 weeks sooner; 365 days: 29 weeks later"."""
    parts = [f"{_amount(found, row, end, language)}: {_effect(found, _at(row, end), by, language)}" for end in ENDS]
    return "; ".join(parts)


def _effect(found: Doubts, changes: Mapping[str, float], by: str, language: str) -> str:
    _, change = speaker(language), changes[by]
    if math.isnan(change):  # ready in no replication of both, so that no pair tells the weeks
        return _("never ready") if found.ready + changes["ready"] < NEVER else _("no data")
    if change == 0:
        return _("no change")
    if by == "weeks":
        return steps.later(change, language)
    if by == "ready":
        return steps.ever_ready(found.ready, change, language)
    share = ("+" if change > 0 else "") + formats.share(change, language)
    sales = changes["sales_idr"]
    return f"{share} ({steps.signed(sales, language)})" if sales else share


def _cell(found: Doubts, row: Record, by: str, language: str) -> str:
    _ = speaker(language)
    if all(row[f"{by}_at_{end}"] == 0 for end in ENDS):
        return _("no change")
    said = _effects(found, row, by, language)
    return said if row[f"{by}_told"] else f"{said}; {_('cannot be told')}"


def _amount(found: Doubts, row: Record, end: str, language: str) -> str:
    return words.amount(row[end], _unit(found, row), language)


def _range(found: Doubts, row: Record, language: str) -> str:
    low, high = words.bare(row["low"], _unit(found, row), language), _amount(found, row, "high", language)
    return speaker(language)("{low} to {high}", low=low, high=high)


def _unit(found: Doubts, row: Record) -> str:
    return unit_of(found.scenario, row["path"])


def _chosen(found: Doubts, by: str, language: str) -> str:
    """What other choices would change, as HTML; nothing where there is none."""
    _ = speaker(language)
    if found.choices is None:
        return ""
    rows = [row for row in tables.records(found.choices) if not _unchanged(row, by)]
    shown = []
    for row in sorted(rows, key=lambda row: -abs(row[by]) if not math.isnan(row[by]) else -math.inf):
        changes = {name: row[name] for name in ("ready", "share", "sales_idr")} | {"weeks": -row["weeks"]}
        name = formats.capital(steps.named_step(found.scenario, row, language))
        shown.append(Strip(name, _effect(found, changes, by, language), ((changes[by], "more"),)))
    title = html.escape(_("Choices, which no range covers"))
    if not shown:
        return f"<h3>{title}</h3><p>{html.escape(_('None of them changes this.'))}</p>"
    return f"<h3>{title}</h3>{strips(shown, title)}"


def _unchanged(row: Record, by: str) -> bool:
    return bool(row[by] == 0 and row[f"{by}_low"] == row[f"{by}_high"])
