"""What a chart says, in a sentence and as a table with the same numbers: for those who read, print or listen.

Pure functions of tidy numbers, in the language asked for. Tables are HTML and leave their look to the page.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence

import pandas as pd

from sim.outcomes import Layer
from sim.scenario import Scenario
from sim.text import formats, sentences, words
from sim.text.catalogue import N_, speaker
from sim.view.names import COST_KINDS
from sim.view.preparation import SPANS, Days, Preparation
from sim.view.reading import WEEK
from sim.view.tables import Row, floats, html, row_of, rows_of

Day = datetime.date
TABLE_WEEKS = 13  # between two rows of a table by week
GOODS = {
    "making": N_("making the goods"),
    "shipping": N_("shipping"),
    "waiting": N_("waiting in the warehouse"),
}


def start_of(event_date: Day, weeks: float) -> Day:
    """The date on which a programme starts that has so many weeks until the event."""
    return event_date - datetime.timedelta(days=round(weeks * WEEK))


# ── share ────────────────────────────────────────────────────────────────────────────────────────────


def share_sentence(at: Mapping[str, Row], week: float, start: Day, language: str) -> str:
    """The projected share and sales at a lead time.

    Parameters
    ----------
    at : mapping
        `share` and `sales_idr`, each with p05, p50, p95.
    """
    share, sales = at["share"], at["sales_idr"]
    if share["p95"] <= 0:
        return _nothing_sold(week, start, language)
    return sentences.share_chart(
        weeks=week,
        start=start,
        share=(share["p50"], share["p05"], share["p95"]),
        rupiah=(sales["p50"], sales["p05"], sales["p95"]),
        language=language,
    )


def _nothing_sold(week: float, start: Day, language: str) -> str:
    _ = speaker(language)
    return _(
        "With a lead time of {weeks} (start on {date}) nothing is sold in at least 95% of the replications.",
        weeks=formats.weeks(week, language),
        date=formats.date(start, language),
    )


def share_table(bands: Mapping[Layer, Mapping[str, pd.DataFrame]], week: float, event_date: Day, language: str) -> str:
    """Share and sales by lead time, each with its range, and chance alone where it is at hand."""
    _ = speaker(language)
    mixed, chance = bands["mixed"], bands.get("chance")
    weeks = rows_by_week([float(w) for w in mixed["share"].index], week)
    shares, sales = ([row_of(mixed[kind], w) for w in weeks] for kind in ("share", "sales_idr"))
    columns = {
        _("Lead time"): [formats.weeks(w, language) for w in weeks],
        _("Start"): [formats.date(start_of(event_date, w), language, short=True) for w in weeks],
        _("Share, median"): [formats.share(row["p50"], language) for row in shares],
        _("90% range"): [_span(row, formats.share, language) for row in shares],
        _("Sales, median"): [formats.rupiah(row["p50"], language) for row in sales],
        _("90% range of sales"): [_span(row, formats.rupiah, language) for row in sales],
    }
    if chance is not None:
        alone = [row_of(chance["share"], w) for w in weeks]
        columns[_("90% range, chance alone")] = [_span(row, formats.share, language) for row in alone]
    return html(columns, weeks.index(float(week)))


def rows_by_week(weeks: Sequence[float], week: float) -> list[float]:
    """Rows of a table by week: every quarter of a year, and the lead time chosen."""
    return sorted({*weeks[::TABLE_WEEKS], weeks[-1], float(week)})


def _span(row: Row, form: formats.Form, language: str) -> str:
    return formats.ranged(row["p05"], row["p95"], form, language)


# ── readiness ────────────────────────────────────────────────────────────────────────────────────────


def readiness_sentence(ready: float, needed: Row, week: float, brand: str, language: str) -> str:
    """How likely a brand is to be ready at a lead time, and how long it needs.

    Parameters
    ----------
    ready : float
        Chance at this lead time.
    needed : mapping
        Weeks: p05, p50, p95; and the share `never`.
    brand : str
        Its displayed name.
    """
    return sentences.readiness_chart(
        brand=brand,
        weeks=week,
        probability=ready,
        needed=(needed["p50"], needed["p05"], needed["p95"]),
        never=needed["never"],
        language=language,
    )


def brands_sentence(ready: pd.DataFrame, at_all: pd.Series, week: float, language: str) -> str:
    """How many of several brands are ready at a lead time, on average, and the chance that any is."""
    _ = speaker(language)
    return _(
        "With a lead time of {weeks}, {n} of {all} brands are ready on average; at least one is with a chance of {p}.",
        weeks=formats.weeks(week, language),
        n=formats.number(sum(row_of(ready, float(week)).values()), language, significant=2),
        all=formats.number(ready.shape[1], language),
        p=formats.probability(floats(at_all)[int(week)], language),
    )


def readiness_table(ready: pd.DataFrame, needed: pd.DataFrame, names: Sequence[str], week: float, language: str) -> str:
    """Each brand's chance at a lead time, and the weeks that it needs."""
    _ = speaker(language)
    rows = [row for _name, row in rows_of(needed)]
    at = row_of(ready, float(week)).values()
    columns = {
        _("Brand"): [formats.capital(name) for name in names],
        _("Ready with {weeks}", weeks=formats.weeks(week, language)): [formats.probability(p, language) for p in at],
        _("Median, weeks"): [formats.bare_weeks(row["p50"], language) for row in rows],
        _("90% range"): [_span(row, formats.bare_weeks, language) for row in rows],
        _("Never ready"): [formats.complement(row["never"], language) for row in rows],
    }
    return html(columns)


# ── what holds back ──────────────────────────────────────────────────────────────────────────────────


def holding_sentence(causes: pd.Series, language: str) -> str:
    """What holds back most often; `causes` by displayed name."""
    return sentences.holding_chart(
        causes=[(str(name), float(part)) for name, part in causes.items()], language=language
    )


def holding_table(causes: pd.Series, language: str) -> str:
    """What holds back, and in how many of the replications."""
    _ = speaker(language)
    names = [formats.capital(str(name)) for name in causes.index]
    parts = formats.parts(floats(causes), language)
    return html({_("What holds us back"): names, _("Of the replications"): parts})


# ── the preparation ──────────────────────────────────────────────────────────────────────────────────


def stage_names(stages: pd.DataFrame, titles: words.Titles, language: str) -> list[str]:
    """Displayed names of the rows of a preparation."""
    _ = speaker(language)
    return [
        _(GOODS[stage]) if on == "goods" else words.name_of(f"stage.{stage}", language, titles)
        for stage, on in zip(stages["stage"], stages["on"], strict=True)
    ]


def preparation_sentence(preparation: Preparation, single: bool, week: float, language: str) -> str:
    """What the Gantt chart shows, and whether it ends before the day."""
    _ = speaker(language)
    n = formats.number(preparation.replications, language)
    if single:
        said, days = _("One replication of {n}, the one nearest to the median.", n=n), preparation.one
    else:
        said, days = _("Medians over {n} replications.", n=n), preparation.median
    return f"{said} {_end(days, week, language)}"


def _end(days: Days, week: float, language: str) -> str:
    """What becomes of the goods, and whether in time."""
    _ = speaker(language)
    if days.goods == "at hand":
        return _("The goods are there from the start.")
    if days.goods == "never" and days.share == 1:
        return _("The goods are never all in the warehouse.")
    if days.goods == "never":
        part = formats.probability(days.share, language)
        return _("In {p} of them the goods are never all in the warehouse.", p=part)
    end = float(days.stages.loc[days.stages["on"] == "goods", "last"].max()) / WEEK
    last = _(
        "The goods are in the warehouse, and counted where stock is asked for, after {weeks}.",
        weeks=formats.weeks(end, language),
    )
    enough = _("That is in time for the day.") if end <= week else _("That is too late for the lead time chosen.")
    return f"{last} {enough}"


def preparation_table(stages: pd.DataFrame, names: Sequence[str], language: str) -> str:
    """Weeks in which each stage runs."""
    _ = speaker(language)
    who = {"cluster": _("cluster"), "workshop": _("workshop"), "goods": _("goods")}
    first, start, end, last = ([day / WEEK for day in floats(stages[span])] for span in SPANS)
    columns = {
        _("Stage"): [formats.capital(name) for name in names],
        _("Of"): [who[on] for on in stages["on"]],
        _("From week"): [formats.number(week, language, significant=2) for week in first],
        _("to week"): [formats.number(week, language, significant=2) for week in last],
        _("The middle one"): [
            formats.ranged(a, b, formats.bare_weeks, language) for a, b in zip(start, end, strict=True)
        ],
        _("Happens in"): [formats.probability(part, language) for part in floats(stages["happened"])],
    }
    return html(columns)


# ── cost ─────────────────────────────────────────────────────────────────────────────────────────────


def cost_rows(cost: pd.DataFrame, language: str, kinds: Sequence[str] | None = None) -> pd.DataFrame:
    """Costs by displayed name, these kinds or those that there are; the sum of what is public is not among them."""
    _ = speaker(language)
    shown = cost.drop(index="programme")
    shown = shown[shown["p95"] > 0] if kinds is None else shown.loc[[kind for kind in shown.index if kind in kinds]]
    return shown.set_axis([_(COST_KINDS[str(kind)]) for kind in shown.index])


def cost_sentence(
    cost: pd.DataFrame, outcomes: pd.DataFrame, sales_idr: float, scenario: Scenario, language: str
) -> str:
    """What the programme costs, in all and for each thing it reaches."""
    total, brands = row_of(cost, "programme")["p50"], row_of(outcomes, "brands_in")["mean"]
    return sentences.cost_chart(
        total=total,
        per_brand=total / brands if brands > 0 else math.inf,
        per_workshop=row_of(outcomes, "programme_idr_per_tested")["p50"],
        tested=words.name_of(f"stage.{scenario.pathway.tested}", language, words.titles_of(scenario)),
        per_sales_rupiah=total / sales_idr if sales_idr > 0 else math.inf,
        language=language,
    )


def cost_table(cost: pd.DataFrame, language: str) -> str:
    """Costs by kind with their ranges, and the sum of what is public."""
    _ = speaker(language)
    total = cost.loc[["programme"]].set_axis([_(COST_KINDS["programme"])])
    rows = rows_of(pd.concat([cost_rows(cost, language), total]))
    columns = {
        _("Cost until the day"): [name for name, _row in rows],
        _("Median"): [formats.rupiah(row["p50"], language) for _name, row in rows],
        _("90% range"): [_span(row, formats.rupiah, language) for _name, row in rows],
    }
    return html(columns, len(rows) - 1)
