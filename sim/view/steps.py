"""One more of each, and the ceiling, in words: what `sim.experiment.margins` found, as sentences, bars and a table."""

from __future__ import annotations

import dataclasses
import html
import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from sim.experiment import Result, margins, ranked, when
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import NN_, speaker
from sim.view import names, tables
from sim.view.strips import Strip, strips, text

MOST_STRIPS, MOST_NAMED, MOST_CAUSES = 8, 3, 3
ORDERS = ("weeks", "ready", "sales_idr", "ceiling_idr")
SOONER = NN_("{n} week sooner", "{n} weeks sooner")
LATER = NN_("{n} week later", "{n} weeks later")
Record = Mapping[str, Any]


@dataclasses.dataclass(frozen=True, eq=False)
class Steps:
    """What one step of each lever brings to one result.

    Attributes
    ----------
    scenario : Scenario
    table : DataFrame
        As `margins` gives it.
    lead_weeks, ceiling_weeks : float
        The lead time chosen, and the longest.
    share, sales_idr : float
        Means at the longest lead time.
    ready : float
        Part of the replications that are ever ready.
    causes : dict
        What limits sales with all the time there is: label to part of the replications.
    replications : int
    """

    scenario: Scenario
    table: pd.DataFrame
    lead_weeks: float
    ceiling_weeks: float
    share: float
    sales_idr: float
    ready: float
    causes: dict[str, float]
    replications: int


def steps(
    result: Result,
    lead_weeks: float,
    ceiling_weeks: float,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Steps:
    """Try every step; takes a simulation for each that the engine has to know of."""
    table = margins(result, lead_weeks, ceiling_weeks, progress=progress, cancel=cancel)
    limit = when(result, 1.0, 0.5)  # the whole event is out of reach: each replication names what limits it
    return Steps(
        scenario=result.scenario,
        table=table,
        lead_weeks=lead_weeks,
        ceiling_weeks=ceiling_weeks,
        share=float(result.share([ceiling_weeks])["mean"].iloc[0]),
        sales_idr=float(result.sales_idr([ceiling_weeks])["mean"].iloc[0]),
        ready=when(result, None, 0.5).reached,
        causes=limit.held_by,
        replications=result.replications,
    )


def orders(found: Steps, language: str) -> dict[str, str]:
    """What the steps can be sorted by, as it is offered."""
    _ = speaker(language)
    lead, longest = (formats.weeks(w, language) for w in (found.lead_weeks, found.ceiling_weeks))
    return {
        "weeks": _("Sorted by: weeks sooner ready"),
        "ready": _("Sorted by: chance of ever being ready"),
        "sales_idr": _("Sorted by: sales with {weeks}", weeks=lead),
        "ceiling_idr": _("Sorted by: sales with {weeks}", weeks=longest),
    }


def first_order(found: Steps) -> str:
    """The first thing in which any step is known to bring something."""
    return next((by for by in ORDERS if (found.table[f"{by}_verdict"] == "more").any()), ORDERS[0])


def body(found: Steps, by: str, language: str) -> str:
    """Everything on the card under its tools, as HTML."""
    _ = speaker(language)
    own, rules = (
        [row for row in _better(found, by) if of_the_campaign(row["path"]) is asked] for asked in (False, True)
    )
    parts = [f'<p class="siap-sentence">{text(sentence(found, by, language))}</p>']
    if own:
        shown = [_strip(found, row, by, language) for row in own[:MOST_STRIPS]]
        parts.append(strips(shown, orders(found, language)[by]))
    if rules:
        title = _("Rules that the campaign decides")
        shown = [_strip(found, row, by, language) for row in rules]
        parts.append(f"<h3>{html.escape(title)}</h3>{strips(shown, title)}")
    parts.append(f'<p class="siap-sentence">{text(ceiling(found, language))}</p>')
    parts.append(
        f'<details data-siap="steps"><summary>{html.escape(_("All steps as a table"))}</summary>'
        f"{tables.scrolled(table(found, by, language))}</details>"
    )
    return "".join(parts)


def _better(found: Steps, by: str) -> list[dict[str, Any]]:
    """Steps that bring more than chance alone might, the one that brings most first."""
    return [row for row in tables.records(ranked(found.table, by)) if row[f"{by}_verdict"] == "more"]


def of_the_campaign(path: str) -> bool:
    """Whether the programme could only ask for what stands there."""
    return path.startswith("campaign.") and not path.startswith("campaign.shipping")


def sentence(found: Steps, by: str, language: str) -> str:
    """What brings most of what the programme does itself, and how many steps bring nothing that can be told."""
    _ = speaker(language)
    best = [row for row in _better(found, by) if not of_the_campaign(row["path"])]
    own = [row for row in tables.records(found.table) if not of_the_campaign(row["path"])]
    if not best:
        return _("No single step brings more of it by an amount that can be told from chance.")
    most = _listed(found, best, by, language)
    if len(best) == len(own):
        return _("What brings most: {steps}.", steps=most)
    count = formats.number(len(own) - len(best), language)
    return _(
        "What brings most: {steps}. The other {n} steps bring no more than chance alone might.", steps=most, n=count
    )


def _listed(found: Steps, rows: Sequence[Record], by: str, language: str) -> str:
    """The first few steps with what they bring, in a sentence."""
    named = [
        f"{named_step(found.scenario, row, language)} ({amount(found, row, by, language)})" for row in rows[:MOST_NAMED]
    ]
    return formats.listed(named, language)


def ceiling(found: Steps, language: str) -> str:
    """What no lead time passes, what limits it, and what would lift it."""
    _ = speaker(language)
    said = _(
        "The ceiling: even with {weeks} sales are {sales} on average ({share}).",
        weeks=formats.weeks(found.ceiling_weeks, language),
        sales=formats.rupiah(found.sales_idr, language),
        share=formats.share(found.share, language),
    )
    titles = words.titles_of(found.scenario)
    named = [words.small(words.name_of(label, language, titles)) for label in found.causes]
    parts = formats.parts([*found.causes.values()], language)
    causes = [f"{name} ({part})" for name, part in list(zip(named, parts, strict=True))[:MOST_CAUSES]]
    if causes:
        limits = _("What limits them, however long the preparation: {causes}.", causes=formats.listed(causes, language))
        said = f"{said} {limits}"
    best = _better(found, "ceiling_idr")
    if not best:
        return f"{said} {_('No single step lifts it by an amount that can be told from chance.')}"
    most = _listed(found, best, "ceiling_idr", language)
    return f"{said} {_('What would lift it most: {steps}.', steps=most)}"


def table(found: Steps, by: str, language: str) -> str:
    """Every step with all that it brings and costs, as HTML."""
    _ = speaker(language)
    rows = tables.records(ranked(found.table, by))
    lead, longest = (formats.weeks(w, language) for w in (found.lead_weeks, found.ceiling_weeks))
    brings = {
        _("Readiness"): "weeks",
        _("Ever ready"): "ready",
        _("Sales with {weeks}", weeks=lead): "sales_idr",
        _("Sales with {weeks}", weeks=longest): "ceiling_idr",
    }
    columns = {_("Step"): [formats.capital(named_step(found.scenario, row, language)) for row in rows]}
    columns |= {head: [_cell(found, row, name, language) for row in rows] for head, name in brings.items()}
    columns[_("Cost to the programme")] = [_paid(row, "public_idr", language) for row in rows]
    columns[_("Cost to clusters and channel")] = [_paid(row, "own_idr", language) for row in rows]
    foot = html.escape(_("* What the step itself costs is not known; this follows from it."))
    made = tables.html({head: [formats.unbroken(text) for text in texts] for head, texts in columns.items()})
    return f"{made}<small>{foot}</small>"


def named_step(scenario: Scenario, row: Record, language: str) -> str:
    """A step by its name: "coaches: 12 → 13"."""
    name, unit = names.place(row["path"], scenario, language), row["unit"]
    if isinstance(row["after"], str):
        field = row["path"].rpartition(".")[2]
        titles = words.titles_of(scenario)
        before, after = (words.choice(field, row[end], language, titles) for end in ("before", "after"))
    else:
        before, after = words.bare(row["before"], unit, language), words.amount(row["after"], unit, language)
    return f"{name}: {before} → {after}"


def amount(found: Steps, row: Record, by: str, language: str) -> str:
    """What a step brings, in words."""
    if by == "weeks":
        return later(-row["weeks"], language)
    if by == "ready":
        return ever_ready(found.ready, row["ready"], language)
    return signed(row[by], language)


def later(weeks: float, language: str) -> str:
    """So many weeks later, or sooner."""
    return speaker(language).ngettext(
        *(LATER if weeks > 0 else SOONER), abs(weeks), n=formats.weeks(abs(weeks), language, unit=False)
    )


def ever_ready(before: float, more: float, language: str) -> str:
    """In how many replications a brand is ever ready, before and after."""
    parts = [formats.probability(min(max(part, 0.0), 1.0), language) for part in (before, before + more)]
    return speaker(language)("ever ready: {before} → {after}", before=parts[0], after=parts[1])


def signed(idr: float, language: str) -> str:
    """Rupiah more or less."""
    return ("+" if idr > 0 else "") + formats.rupiah(idr, language)


def _strip(found: Steps, row: Record, by: str, language: str) -> Strip:
    _ = speaker(language)
    span = _span(row, by, language)
    said = amount(found, row, by, language)
    return Strip(
        name=formats.capital(named_step(found.scenario, row, language)),
        said=f"{said} ({_('90%: {range}', range=span)})" if span else said,
        spans=((row[by], "more"),),
        whisker=(row[f"{by}_low"], row[f"{by}_high"]),
        note=_cost(row, language),
    )


def _span(row: Record, by: str, language: str) -> str:
    """The interval in the form of its amount."""
    low, high = row[f"{by}_low"], row[f"{by}_high"]
    if low == high:
        return ""
    if by == "weeks":
        return formats.ranged(low, high, lambda x, lang: formats.weeks(x, lang, unit=False), language)
    if by == "ready":
        form = formats.share  # of a difference of chances, which may be negative
        return formats.ranged(low, high, form, language)
    return formats.ranged(low, high, signed, language)


def _cost(row: Record, language: str) -> str:
    _ = speaker(language)
    if of_the_campaign(row["path"]):
        return ""
    if row["priced"]:
        public, own = (signed(row[name], language) for name in ("public_idr", "own_idr"))
        return _("Cost: {public} to the programme, {own} to clusters and channel.", public=public, own=own)
    own = signed(row["public_idr"] + row["own_idr"], language)
    return _("What the step itself costs is not known; what follows from it costs {own}.", own=own)


def _cell(found: Steps, row: Record, by: str, language: str) -> str:
    """One number of the table with its interval, and whether it can be told from chance."""
    _ = speaker(language)
    verdict = row[f"{by}_verdict"]
    if verdict == "same":
        return _("no change")
    said = amount(found, row, by, language)
    span = _span(row, by, language)
    said = f"{said} ({span})" if span else said
    return f"{said}; {_('cannot be told')}" if verdict == "open" else said


def _paid(row: Record, name: str, language: str) -> str:
    said = signed(row[name], language)
    return said if row["priced"] else f"{said} *"
