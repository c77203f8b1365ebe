"""What the known case teaches and what it does not, in sentences, tables and charts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from numpy.typing import NDArray

from sim.analysis.calibration import Calibration
from sim.outcomes.measures import unit_of
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.view import drawing, names
from sim.view.intervals import Dot, dots
from sim.view.tables import Row, records

Columns = dict[str, list[str]]
Floats = NDArray[np.float64]
MOST_ROWS = 12
SHOWN = np.linspace(0.01, 0.99, 99)  # of a distribution, as a rising line

CHANGES = {
    "as-it-was": N_("as it was"),
    "a-year-more": N_("a year more"),
    "two-years-more": N_("two years more"),
    "no-stock-rule": N_("no stock rule"),
    "no-stock-rule-and-a-year-more": N_("no stock rule and a year more"),
    "twice-the-stock": N_("twice the stock"),
    "ordinary-access": N_("ordinary sign-up"),
    "ordinary-access-and-a-year-more": N_("ordinary sign-up and a year more"),
    "known-at-home": N_("brands known at home only"),
    "known-at-home-and-a-year-more": N_("brands known at home only, and a year more"),
    "unknown": N_("brands nobody knows"),
    "unknown-and-a-year-more": N_("brands nobody knows, and a year more"),
    "time": N_("half a year more"),
    "coaching": N_("twice the coaches"),
    "capital": N_("twice the working capital"),
    "marketing": N_("Rp1 billion more for marketing"),
    "fame": N_("a name that buyers know"),
}


def change_name(name: str, language: str) -> str:
    """What a change is called; one that somebody made up, as it is."""
    return speaker(language)(CHANGES[name]) if name in CHANGES else name


# ── what was learnt ──────────────────────────────────────────────────────────────────────────────────


def learnt_sentence(found: Calibration, language: str) -> str:
    """Which numbers the figure told something about, of how many, and which pairs it only tells in common."""
    _, table = speaker(language), found.weighed.learnt
    told = records(table[table["told"]])
    if not told:
        return _(
            "The figure hardly told anything about any of {all} numbers.", all=formats.number(len(table), language)
        )
    said = _(
        "Of {all} uncertain numbers the one figure told something about {n}: {names}. The others are hardly better "
        "known than before: of none did more than {most} of what is likely move.",
        all=formats.number(len(table), language),
        n=formats.number(len(told), language),
        most=formats.probability(float(table[~table["told"]]["moved"].max()), language),
        names=formats.listed([_title(found.case, row["path"], language) for row in told], language),
    )
    tied = records(found.weighed.tied.query("told").head(1))
    if not tied:
        return said
    together = _(
        "What it tells it tells in common: after it, {one} and {other} move together (rank correlation {r}).",
        one=_title(found.case, tied[0]["one"], language),
        other=_title(found.case, tied[0]["other"], language),
        r=formats.number(tied[0]["posterior"], language, 2),
    )
    return f"{said} {together}"


def learnt_columns(found: Calibration, language: str, most: int = MOST_ROWS) -> Columns:
    """Each number's range before and after the figure, and how much of its variance that took away."""
    _, rows = speaker(language), records(found.weighed.learnt.head(most))
    return {
        _("Number"): [formats.capital(_title(found.case, row["path"], language)) for row in rows],
        _("Before: 90% range"): [_range(found.case, row, "prior", language) for row in rows],
        _("After: 90% range"): [_range(found.case, row, "posterior", language) for row in rows],
        _("Known better by"): [_part(row, language) for row in rows],
    }


def learnt_figure(found: Calibration, language: str, most: int = MOST_ROWS) -> go.Figure:
    """How much better each number is known after the figure, with intervals."""
    rows = [
        Dot(
            _title(found.case, row["path"], language), row["learnt"], row["learnt_low"], row["learnt_high"], row["told"]
        )
        for row in records(found.weighed.learnt.head(most))
    ]
    title = speaker(language)(
        "Part of its variance that the figure took away (hollow: hardly better known than before)"
    )
    return dots(rows, title, language, lambda x: formats.probability(x, language) if 0 <= x <= 1 else "")


def ends(values: Floats) -> dict[str, float]:
    """Some sales in three numbers, as JSON has them."""
    return dict(zip(("p05", "p50", "p95"), np.quantile(values, [0.05, 0.5, 0.95]).tolist(), strict=True))


# ── what might have come ─────────────────────────────────────────────────────────────────────────────


def predictive_sentence(found: Calibration, language: str) -> str:
    """Between what the case's sales would lie if it happened again, and whether what was told lies there."""
    _, (low, middle, high) = speaker(language), np.quantile(found.predictive_idr, [0.05, 0.5, 0.95])
    told = found.weighed.stated
    covered = (
        _("What was told, {told}, lies within.", told=formats.rupiah(told, language))
        if low <= told <= high
        else _("What was told, {told}, lies outside: the model does not fit.", told=formats.rupiah(told, language))
    )
    said = _(
        "Were it to happen again, with what is known after the figure and new luck, sales would be {middle} in the "
        "median (90% range: {range}).",
        middle=formats.rupiah(float(middle), language),
        range=formats.ranged(float(low), float(high), formats.rupiah, language),
    )
    return f"{said} {covered}"


def predictive_figure(found: Calibration, language: str) -> go.Figure:
    """Sales before and after the figure as rising lines, and the figure itself."""
    _ = speaker(language)
    before, after = (np.quantile(values, SHOWN) / 1e9 for values in (found.weighed.predicted, found.predictive_idr))
    key = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
    figure = go.Figure(layout=drawing.sheet(language) | {"height": 380, "showlegend": True, "legend": key})
    for name, x, colour, dash in (
        (_("before the figure"), before, drawing.GREY, "dash"),
        (_("after it, with new luck"), after, drawing.BLUE, "solid"),
    ):
        figure.add_scatter(x=x, y=SHOWN, mode="lines", name=name, line={"color": colour, "dash": dash, "width": 2.5})
    told = found.weighed.stated / 1e9
    name = _("what was told")
    figure.add_scatter(
        x=[told, told], y=[0, 1], mode="lines", name=name, line={"color": drawing.VERMILION, "dash": "dot"}
    )
    axis = {"gridcolor": drawing.GRID, "automargin": True}
    figure.update_xaxes(title={"text": _("Sales, billion rupiah"), "font": {"size": 13}}, **axis)
    figure.update_yaxes(
        title={"text": _("Chance that it is at most that"), "font": {"size": 13}}, tickformat=".0%", **axis
    )
    return figure


# ── was it time? ─────────────────────────────────────────────────────────────────────────────────────


def causes_sentence(table: pd.DataFrame, language: str) -> str:
    """Whether time was what was lacking, set against what else could have been otherwise."""
    _, rows = speaker(language), {row["name"]: row for row in records(table)}
    base, later = rows["as-it-was"]["sales_idr_p50"], rows.get("a-year-more")
    if later is None:
        return ""
    said = _(
        "A year more would have brought {gain} on average (90% range of that: {range}), from {before} to {after} in "
        "the median.",
        gain=formats.rupiah(later["gain_idr"], language),
        range=formats.ranged(later["gain_idr_low"], later["gain_idr_high"], formats.rupiah, language),
        before=formats.rupiah(base, language),
        after=formats.rupiah(later["sales_idr_p50"], language),
    )
    year = max(abs(later["gain_idr_low"]), abs(later["gain_idr_high"]))
    alone = [row for name, row in rows.items() if "-more" not in name and _least(row) > year]
    if not alone:
        return said
    parts = [f"{change_name(row['name'], language)} ({formats.rupiah(row['gain_idr'], language)})" for row in alone]
    more = _("These would have changed more with the time there was: {parts}.", parts=formats.listed(parts, language))
    if any(row["gain_idr"] > 0 for row in alone):
        more = f"{more} {_('So time was not what was lacking most.')}"
    return f"{said} {more}"


def causes_columns(table: pd.DataFrame, language: str) -> Columns:
    """What each change would have sold and brought."""
    _, rows = speaker(language), records(table)
    return {
        _("Change"): [formats.capital(change_name(row["name"], language)) for row in rows],
        _("Brands"): [formats.number(row["brands_in"], language) for row in rows],
        _("Sales, median"): [formats.rupiah(row["sales_idr_p50"], language) for row in rows],
        _("90% range"): [_between(row, "sales_idr_p05", "sales_idr_p95", language) for row in rows],
        _("Difference, mean"): [_gain_with_ends(row, language) for row in rows],
        _("90% of pairs"): [_between(row, "pairs_p05", "pairs_p95", language) for row in rows],
    }


def causes_figure(table: pd.DataFrame, language: str) -> go.Figure:
    """What would have been sold with each change, with its range."""
    rows = [
        Dot(change_name(row["name"], language), *(row[f"sales_idr_{end}"] for end in ("p50", "p05", "p95")))
        for row in records(table)
    ]
    title = speaker(language)("Sales (median, 90% range)")
    return dots(rows, title, language, lambda x: formats.rupiah(x, language))


def moves_sentence(table: pd.DataFrame, language: str) -> str:
    """At each lead time, what would move a new label most, and whether time is among what can be told."""
    _, said = speaker(language), []
    for weeks, rows in ((float(str(w)), records(rows)) for w, rows in table.groupby("lead_weeks")):
        told = [row for row in rows if row["verdict"] in ("more", "less")]
        time = next((row for row in rows if row["name"] == "time"), None)
        parts = [
            f"{change_name(row['name'], language)} ({formats.rupiah(row['gain_idr'], language)})"
            for row in sorted(told, key=lambda row: -row["gain_idr"])
        ]
        said.append(
            _("With {weeks}: {parts}.", weeks=formats.weeks(weeks, language), parts=formats.listed(parts, language))
            if parts
            else _("With {weeks} nothing can be told from no change.", weeks=formats.weeks(weeks, language))
        )
        if time is not None and time["verdict"] in ("open", "same"):
            said.append(
                _(
                    "No: more time then brings nothing that can be told from none ({range}).",
                    range=formats.ranged(time["gain_idr_low"], time["gain_idr_high"], formats.rupiah, language),
                )
            )
    return " ".join(said)


def moves_columns(table: pd.DataFrame, language: str) -> Columns:
    """What each change brings a new label at each lead time."""
    _, rows = speaker(language), records(table)
    return {
        _("Lead time"): [formats.weeks(row["lead_weeks"], language) for row in rows],
        _("Ready"): [formats.probability(row["ready"], language) for row in rows],
        _("Change"): [formats.capital(change_name(row["name"], language)) for row in rows],
        _("Difference, mean"): [_gain(row, language) for row in rows],
        _("90% interval"): [_between(row, "gain_idr_low", "gain_idr_high", language) for row in rows],
        _("Told from none, of all together?"): [
            _("yes") if row["verdict"] in ("more", "less") else _("no") for row in rows
        ],
    }


def moves_figure(table: pd.DataFrame, language: str) -> go.Figure:
    """What each change brings a new label, with intervals, at each lead time."""
    rows = [
        Dot(
            f"{change_name(row['name'], language)} · {formats.weeks(row['lead_weeks'], language)}",
            row["gain_idr"],
            row["gain_idr_low"],
            row["gain_idr_high"],
            row["verdict"] in ("more", "less"),
        )
        for row in records(table.sort_values("name", kind="stable"))
    ]
    title = speaker(language)("Sales more (mean over pairs, 90% interval; hollow: cannot be told from none)")
    return dots(rows, title, language, lambda x: formats.rupiah(x, language))


# ── cells ────────────────────────────────────────────────────────────────────────────────────────────


def _title(case: Scenario, path: str, language: str) -> str:
    """What a number is called; the fitted median is no number of the scenario's file until it is set."""
    if path.endswith(".median_rmb"):
        kind = words.choice("brand_class", path.split(".")[-2], language, words.titles_of(case))
        return speaker(language)("what a new store sells in the median ({kind})", kind=kind)
    return names.number(path, case, language)


def _unit(case: Scenario, path: str) -> str:
    return "RMB" if path.endswith(".median_rmb") else unit_of(case, path)


def _range(case: Scenario, row: Row, when: str, language: str) -> str:
    unit = _unit(case, str(row["path"]))

    def form(x: float, language: str) -> str:
        return words.amount(x, unit, language)

    return formats.ranged(row[f"{when}_p05"], row[f"{when}_p95"], form, language)


def _part(row: Mapping[str, float], language: str) -> str:
    if not row["told"]:
        return speaker(language)("hardly")
    low, high = (float(np.clip(row[f"learnt_{end}"], 0.0, 1.0)) for end in ("low", "high"))
    shown = formats.ranged(low, high, formats.probability, language)
    return f"{formats.probability(float(np.clip(row['learnt'], 0.0, 1.0)), language)} ({shown})"


def _least(row: Mapping[str, float]) -> float:
    """How much a change changes at the least, whichever way, as far as its interval goes."""
    return max(row["gain_idr_low"], -row["gain_idr_high"], 0.0)


def _gain_with_ends(row: Mapping[str, float], language: str) -> str:
    if row["gain_idr_low"] == row["gain_idr_high"]:
        return _gain(row, language)
    return f"{_gain(row, language)} ({_between(row, 'gain_idr_low', 'gain_idr_high', language)})"


def _gain(row: Mapping[str, float], language: str) -> str:
    return formats.rupiah(row["gain_idr"], language)


def _between(row: Mapping[str, float], low: str, high: str, language: str) -> str:
    return formats.ranged(row[low], row[high], formats.rupiah, language)
