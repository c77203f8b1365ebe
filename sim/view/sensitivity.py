"""Sensitivity told: which numbers carry an answer and what it owes to chance, as sentences, a chart and a table.

Every function takes what `sim.analysis.sensitivity` or `sim.analysis.variance` found, and tells by its columns which.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from sim.scenario import Scenario
from sim.text import formats, sentences
from sim.text.catalogue import N_, speaker
from sim.view import drawing as draw
from sim.view import names
from sim.view.drawing import Floats, Label, Parts, Trace
from sim.view.scale import round_step
from sim.view.tables import floats, records

Kind = Literal["morris", "sobol", "variance"]
MOST_BARS, MOST_NAMED = 12, 6
ROW_PIXELS, EDGE_PIXELS, MOST_TICKS = 54, 92, 5
RESPONSES = {
    "share": N_("the mean share of sales"),
    "sales_idr": N_("mean sales"),
    "ready": N_("the chance that a brand is ready"),
    "brands_in": N_("the mean number of brands that are ready"),
    "programme_idr": N_("what the programme costs"),
}
SINGLE = {  # the same in one replication, for whose variance chance counts too
    "share": N_("the share of sales"),
    "sales_idr": N_("sales"),
    "ready": N_("whether a brand is ready"),
    "brands_in": N_("the number of brands that are ready"),
    "programme_idr": N_("what the programme costs"),
}
IN_POINTS = ("share", "ready")  # fractions, whose effects are differences of fractions
THIRDS = 2 / 3
FORMS: Mapping[str, Callable[[float, str], str]] = {
    "share": formats.share,
    "sales_idr": formats.rupiah,
    "ready": formats.share,
    "brands_in": formats.number,
    "programme_idr": formats.rupiah,
}
PARTS = {"knowledge": N_("knowledge alone"), "chance": N_("chance alone"), "both": N_("both together")}
MEANS = {
    "knowledge": N_("So knowing these numbers better would narrow the answer most."),
    "chance": N_("So the largest part is luck, which knowing more does not remove."),
    "both": N_("So the largest part is luck that weighs more or less depending on numbers that nobody knows."),
}
COLOURS = {"knowledge": draw.BLUE, "chance": draw.AMBER, "both": draw.GREY}


class Series(NamedTuple):
    """Bars of one kind: what they are called, their colour, and the columns of estimate and ends."""

    name: str
    colour: str
    column: str


def kind(table: pd.DataFrame) -> Kind:
    """What a table is of."""
    return "morris" if "mu_star" in table else "sobol" if "ST" in table else "variance"


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def said(table: pd.DataFrame, scenario: Scenario, language: str) -> list[str]:
    """The finding with its uncertainty, in sentences."""
    tell = {"morris": _of_morris, "sobol": _of_sobol, "variance": _of_variance}[kind(table)]
    _ = speaker(language)
    rests = _(
        "At each point {n} replications, with {weeks} of preparation.",
        n=formats.number(table.attrs["replications"], language),
        weeks=formats.weeks(scenario.lead_days / 7, language),
    )
    found = [*tell(table, scenario, language), rests]
    if kind(table) != "variance":  # whose intervals are of histories, too
        found.append(
            _(
                "All this is for these {n} histories: their luck is in the estimates and not in the ranges.",
                n=formats.number(table.attrs["replications"], language),
            )
        )
    return [formats.capital(one) for one in found]


def _of_morris(table: pd.DataFrame, scenario: Scenario, language: str) -> list[str]:
    _, response = speaker(language), table.attrs["response"]
    told, first = table[table["told"]], records(table.head(1))[0]
    if told.empty:
        return [
            _("No number moves {response} by an amount that can be told from zero.", response=_(RESPONSES[response]))
        ]
    fields = {
        "number": names.number(first["path"], scenario, language),
        "response": _(RESPONSES[response]),
        "effect": _effect(first["mu_star"], response, language),
        "step": _step(table, language),
        "level": _level(language),
        "range": formats.ranged(first["mu_star_low"], first["mu_star_high"], _effect_form(response), language),
    }
    if (second := _rival(table, "mu_star")) is None:
        most = _(
            "{number} moves {response} most: when it moves over {step} of its range, by {effect} on average ({level} "
            "range: {range}).",
            **fields,
        )
    else:
        most = _(
            "{number} moves {response} most by estimate: when it moves over {step} of its range, by {effect} on "
            "average ({level} range: {range}); it cannot be told from {second}.",
            **fields,
            second=names.number(second, scenario, language),
        )
    return [most, _of_the_others(len(table), len(told), language)]


def _of_the_others(count: int, told: int, language: str) -> str:
    """How many effects can be told from zero."""
    _, fields = speaker(language), {"all": formats.number(count, language), "n": formats.number(told, language)}
    if told == count:
        return _("All {all} numbers move it by an amount that can be told from zero.", **fields)
    return _(
        "Of {all} numbers {n} move it by an amount that can be told from zero; that of the others cannot be told from "
        "zero.",
        **fields,
    )


def _rival(table: pd.DataFrame, column: str) -> str | None:
    """The number that comes second, where the interval of the first does not lie above its estimate."""
    if len(table) < 2 or table[f"{column}_low"].iloc[0] > table[column].iloc[1]:
        return None
    return str(table["path"].iloc[1])


def _step(table: pd.DataFrame, language: str) -> str:
    """How much of its range a number moved over."""
    step = table.attrs["step"]
    return speaker(language)("two thirds") if math.isclose(step, THIRDS) else formats.share(step, language)


def _effect(effect: float, response: str, language: str) -> str:
    """An effect with its unit: a difference of fractions is in percentage points."""
    shown = _effect_form(response)(effect, language)
    return speaker(language)("{n} percentage points", n=shown) if response in IN_POINTS else shown


def _effect_form(response: str) -> Callable[[float, str], str]:
    """How an effect is written where its unit is said beside it."""
    return _points if response in IN_POINTS else FORMS[response]


def _points(effect: float, language: str) -> str:
    return formats.number(100 * effect, language, 2)


def _of_sobol(table: pd.DataFrame, scenario: Scenario, language: str) -> list[str]:
    _, first = speaker(language), records(table.head(1))[0]
    response = _(RESPONSES[table.attrs["response"]])
    found = []
    if (whole := table.attrs.get("screened", len(table))) > len(table):
        found.append(
            _(
                "Of {all} numbers the {n} strongest of a screening are told apart; the others are drawn as ever.",
                n=formats.number(len(table), language),
                all=formats.number(whole, language),
            )
        )
    if not table["told"].any():
        return [*found, _("No number's part of the variance of {response} can be told from zero.", response=response)]
    fields = {
        "number": names.number(first["path"], scenario, language),
        "part": formats.share(first["ST"], language),
        "response": response,
        "level": _level(language),
        "range": formats.ranged(first["ST_low"], first["ST_high"], formats.share, language),
    }
    if (second := _rival(table, "ST")) is None:
        most = _(
            "{number} accounts for most: with it comes {part} of the variance of {response} ({level} range: {range}).",
            **fields,
        )
    else:
        most = _(
            "{number} accounts for most by estimate: with it comes {part} of the variance of {response} ({level} "
            "range: {range}); it cannot be told from {second}.",
            **fields,
            second=names.number(second, scenario, language),
        )
    return [*found, most, *_alone(table, scenario, language)]


def _alone(table: pd.DataFrame, scenario: Scenario, language: str) -> list[str]:
    """What the first number accounts for by itself, and whose part cannot be told."""
    _, first, found = speaker(language), records(table.head(1))[0], []
    alone = formats.ranged(first["S1_low"], first["S1_high"], formats.share, language)
    if first["S1_told"]:
        found.append(
            _("By itself it accounts for {part} ({range}).", part=formats.share(first["S1"], language), range=alone)
        )
    else:
        found.append(_("What it accounts for by itself cannot be told from zero."))
    untold = [names.number(path, scenario, language) for path in table.loc[~table["told"], "path"]]
    if untold:
        shown = formats.listed(untold[:MOST_NAMED], language)
        found.append(_("The part of these cannot be told from zero: {names}.", names=shown))
    return found


def _of_variance(table: pd.DataFrame, _scenario: Scenario, language: str) -> list[str]:
    _, parts = speaker(language), []
    for row in records(table):
        name = _(PARTS[row["part"]])
        if not row["told"]:
            parts.append(_("{part}: cannot be told from zero", part=name))
            continue
        span = formats.ranged(row["low"], row["high"], formats.share, language)
        parts.append(f"{name}: {formats.share(row['share'], language)} ({span})")
    found = [
        _(
            "Of the variance of {response} ({level} ranges) {parts}.",
            response=_(SINGLE[table.attrs["response"]]),
            level=_level(language),
            parts="; ".join(parts),
        )
    ]
    told = table[table["told"]].sort_values("share", ascending=False, kind="stable")
    if len(told) and (len(told) == 1 or told["low"].iloc[0] > told["share"].iloc[1]):
        found.append(_(MEANS[str(told["part"].iloc[0])]))
    return found


def _level(language: str) -> str:
    return formats.probability(sentences.LEVEL, language)


# ── as a table ───────────────────────────────────────────────────────────────────────────────────────────────────────
def columns(table: pd.DataFrame, scenario: Scenario, language: str) -> dict[str, list[str]]:
    """The table as finished texts, by heading."""
    _, what, rows = speaker(language), kind(table), records(table)
    form = FORMS[table.attrs["response"]]
    if what == "variance":
        first = {_("Part"): [formats.capital(_(PARTS[row["part"]])) for row in rows]}
        spread = {_("Standard deviation"): [form(row["sd"], language) for row in rows]}
        return (
            first
            | _estimates(rows, {_("Of the variance"): "share"}, formats.share, language)
            | spread
            | _told(rows, language)
        )
    found = {_("Number"): [formats.capital(names.number(row["path"], scenario, language)) for row in rows]}
    if what == "sobol":
        wanted = {_("With others (ST)"): "ST", _("Alone (S1)"): "S1"}
        return found | _estimates(rows, wanted, formats.share, language) | _told(rows, language)
    points, form = table.attrs["response"] in IN_POINTS, _effect_form(table.attrs["response"])
    heading = _("Effect (µ*), percentage points") if points else _("Effect (µ*)")
    found |= _estimates(rows, {heading: "mu_star"}, form, language)
    found[_("Mean (µ)")] = [form(row["mu"], language) for row in rows]
    found[_("Differs (σ)")] = [form(row["sigma"], language) for row in rows]
    return found | _told(rows, language)


def _estimates(
    rows: list[dict[str, Any]], wanted: Mapping[str, str], form: Callable[[float, str], str], language: str
) -> dict[str, list[str]]:
    """Each estimate and its range under a heading."""
    return {
        heading: [f"{form(row[name], language)} ({formats.ranged(*_ends(row, name), form, language)})" for row in rows]
        for heading, name in wanted.items()
    }


def _ends(row: Mapping[str, Any], name: str) -> tuple[float, float]:
    """Both ends of an estimate's interval."""
    before = "" if name == "share" else f"{name}_"
    return row[f"{before}low"], row[f"{before}high"]


def _told(rows: list[dict[str, Any]], language: str) -> dict[str, list[str]]:
    _ = speaker(language)
    return {_("Told from zero"): [_("yes") if row["told"] else _("no") for row in rows]}


# ── as a chart ───────────────────────────────────────────────────────────────────────────────────────────────────────
def chart(table: pd.DataFrame, scenario: Scenario, language: str) -> Parts:
    """Bars with their intervals, the strongest above; of a variance its parts in one bar."""
    _, response = speaker(language), table.attrs["response"]
    if kind(table) == "variance":
        return _stacked(table, _("part of the variance of {response}", response=_(SINGLE[response])), language)
    shown = table.head(MOST_BARS)
    called = [names.number(path, scenario, language) for path in shown["path"]]
    if kind(table) == "morris":
        title = _(
            "effect on {response} of {step} of the range", response=_(RESPONSES[response]), step=_step(table, language)
        )
        title = _("{effect}, percentage points", effect=title) if response in IN_POINTS else title
        return _bars(shown, called, [Series("", draw.BLUE, "mu_star")], title, _effect_form(response), language)
    series = [Series(_("with others (ST)"), draw.BLUE, "ST"), Series(_("alone (S1)"), draw.AMBER, "S1")]
    title = _("part of the variance of {response}", response=_(RESPONSES[response]))
    return _bars(shown, called, series, title, formats.share, language)


def _bars(
    table: pd.DataFrame,
    called: list[str],
    series: list[Series],
    title: str,
    form: Callable[[float, str], str],
    language: str,
) -> Parts:
    """Horizontal bars with intervals, each group under its name."""
    rows, width = np.arange(len(table), dtype=float)[::-1], 0.44 / len(series)
    traces, least, most = [], 0.0, 0.0
    for i, one in enumerate(series):
        middle, low, high = (np.array(floats(table[f"{one.column}{end}"])) for end in ("", "_low", "_high"))
        traces.append(_bar(one, middle, rows - i * width, width) | _whiskers(middle, low, high))
        texts = [
            f"{form(m, language)} ({formats.ranged(a, b, form, language)})"
            for m, a, b in zip(middle, low, high, strict=True)
        ]
        traces[-1] |= draw.hover(
            [f"{formats.capital(name)}: {text}" for name, text in zip(called, texts, strict=True)], bars=True
        )
        least, most = min(least, float(low.min())), max(most, float(high.max()))
    layout = draw.sheet(language) | {
        "xaxis": _axis(least, most, title, form, language),
        "yaxis": {"visible": False, "range": [-0.5 - width, len(table) - 0.35], "fixedrange": True},
        "annotations": [_above(name, row + width / 2) for name, row in zip(called, rows, strict=True)],
        "shapes": [_upright(0.0)],
    }
    return Parts(traces, layout | _key(len(series) > 1), ROW_PIXELS * len(table) + EDGE_PIXELS)


def _stacked(table: pd.DataFrame, title: str, language: str) -> Parts:
    """One bar of parts, of which one below zero has no length."""
    traces = []
    for row in records(table):
        name = speaker(language)(PARTS[row["part"]])
        length, text = np.array([max(row["share"], 0.0)]), formats.share(row["share"], language)
        bar = _bar(Series(name, COLOURS[row["part"]], "share"), length, np.zeros(1), 0.6)
        span = formats.ranged(row["low"], row["high"], formats.share, language)
        label = {"text": [text if row["told"] else ""], "textposition": "inside"}
        traces.append(bar | label | draw.hover([f"{formats.capital(name)}: {text} ({span})"], bars=True))
    layout = draw.sheet(language) | {
        "xaxis": _axis(0.0, 1.0, title, formats.share, language),
        "yaxis": {"visible": False, "range": [-0.6, 0.6], "fixedrange": True},
        "annotations": [],
        "barmode": "stack",
    }
    return Parts(traces, layout | _key(True), ROW_PIXELS + EDGE_PIXELS)


def _bar(series: Series, lengths: Floats, rows: Floats, width: float) -> Trace:
    bar = draw.spans(np.zeros_like(lengths), lengths, rows, [series.colour] * len(rows), opacity=1.0)
    del bar["base"]
    return bar | {"width": width, "name": series.name, "showlegend": bool(series.name)}


def _whiskers(middle: Floats, low: Floats, high: Floats) -> Trace:
    ends = {"type": "data", "symmetric": False, "array": high - middle, "arrayminus": middle - low}
    return {"error_x": ends | {"color": draw.GREY, "thickness": 1.5, "width": 4}}


def _axis(low: float, high: float, title: str, form: Callable[[float, str], str], language: str) -> dict[str, Any]:
    """A horizontal axis whose ticks are written as its numbers are."""
    span = (high - low) or 1.0
    step = round_step(span / MOST_TICKS)
    ticks = [float(step * i) for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    marks = {"tickvals": ticks, "ticktext": [form(tick, language) for tick in ticks], "title": {"text": title}}
    return draw.QUIET | marks | {"range": [low - 0.02 * span, high + 0.04 * span], "zeroline": False}


def _above(name: str, row: float) -> Label:
    return draw.bar_label(name, row) | {"yshift": 3}


def _upright(at: float) -> dict[str, Any]:
    """A line from below to above."""
    place = {"x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **place, "line": {"color": draw.GREY, "width": 1}, "layer": "below"}


def _key(shown: bool) -> dict[str, Any]:
    """The legend, over the plot."""
    place = {"orientation": "h", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "traceorder": "normal"}
    return {"showlegend": shown, "legend": place, "margin": {"l": 8, "r": 12, "t": 36 if shown else 12, "b": 8}}
