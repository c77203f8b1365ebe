"""Tidy numbers to charts: pure functions, no widget, nothing simulated.

Every chart has the same number of traces whatever it shows, so that one figure is changed in place, and says with
`Parts.at` what follows the lead time. `sim.view.companions` says in words and tables what is drawn here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import numpy as np
import pandas as pd

from sim.outcomes import Layer
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import drawing as draw
from sim.view.drawing import Floats, Label, Parts, Shape, Trace
from sim.view.reading import MOST_BRANDS, WEEK
from sim.view.scale import Scale
from sim.view.tables import floats, row_of

HEIGHT, LOW_HEIGHT = 380, 300
MOST_BARS = 8
MOST_NAMED = 3  # curves whose names have room on the chart
PAST_NAMED = 0.7
CERTAIN = 1.04  # top of an axis of chances, a little above certainty
EARLY = 1 / 3  # of the axis: curves that pass the target so soon leave no room for its name on the left
LIKELY, NAME_ROOM = 0.85, 0.08  # for each curve that ends so high, so much more, or its name would lie on it
STAGE_COLOURS = {"cluster": draw.BLUE, "workshop": draw.GREEN, "goods": draw.AMBER}


def share(
    bands: Mapping[Layer, pd.DataFrame], turnover_idr: float, target: float | None, gone: float, language: str
) -> Parts:
    """Share and rupiah against lead time, with the layers of uncertainty.

    Parameters
    ----------
    bands : mapping of layer to DataFrame
        By week, columns p05, p50, p95; ``chance`` may be absent.
    turnover_idr : float
        Sales of everybody in the event: writes rupiah under each share.
    target : float, optional
        The share aimed at.
    gone : float
        Lead times above this one would have had to start before today.
    """
    _ = speaker(language)
    mixed, inner = bands["mixed"], bands.get("chance")
    weeks, last = mixed.index.to_numpy(float), float(mixed.index[-1])
    levels = [table[q].iloc[-1] for table in bands.values() for q in ("p05", "p50", "p95")]
    scale = Scale.of([*levels, *([target] if target else [])])
    median = draw.line(weeks, scale.place(mixed["p50"].to_numpy()), draw.BLUE)
    traces = [
        draw.band(weeks, mixed, scale, draw.LIGHT),
        draw.band(weeks, mixed if inner is None else inner, scale, draw.DARK) | {"visible": inner is not None},
        median | draw.hover(_share_hover(mixed, turnover_idr, language)),
        draw.level(last, float(scale.place(target or 0.0)), shown=bool(target)),
    ]
    named = [(_("chance and knowledge, 90%"), mixed["p95"], 0), (_("median"), mixed["p50"], 0)]
    named += [(_("chance alone, 90%"), inner["p95"], 0)] if inner is not None else []
    if not any(column.iloc[-1] for _text, column, _side in named):  # all are one line
        named = [(_("nothing sold"), mixed["p50"], 0)]
    ends = [(text, float(scale.place(column.iloc[-1])), side) for text, column, side in named]
    if target:
        ends.append((_("target {share}", share=formats.share(target, language)), float(scale.place(target)), 1))
    if gone <= PAST_NAMED * last:  # the shade is wide enough for its name, which keeps clear of the others
        ends.append((_("start passed"), 0.0, 0))
    layout = draw.sheet(language) | {
        "xaxis": draw.weeks_axis(last, _("weeks before the day")),
        "yaxis": draw.share_axis(scale, turnover_idr, language),
        "annotations": draw.labels(ends, last, scale.height, HEIGHT),
        "shapes": draw.past(gone, last),
    }

    def moving(week: float) -> tuple[list[Shape], list[Label]]:
        row = row_of(mixed, float(week))
        ends = float(scale.place(row["p05"])), float(scale.place(row["p95"]))
        return [draw.chosen(week), draw.range_at(week, ends)], [draw.chosen_label(week, last, language)]

    return Parts(traces, layout, HEIGHT, moving)


def readiness(ready: pd.DataFrame, names: Sequence[str], probability: float, language: str) -> Parts:
    """Chance of being ready against lead time, for each brand; with many brands their spread and mean.

    Parameters
    ----------
    ready : DataFrame
        By week, one column a brand, fractions.
    names : sequence of str
        Displayed names of the brands.
    probability : float
        The chance aimed at.
    """
    _ = speaker(language)
    weeks, last, many = ready.index.to_numpy(float), float(ready.index[-1]), ready.shape[1] > MOST_BRANDS
    shown = {name: floats(ready.iloc[:, i]) for i, name in enumerate(names)}
    if many:
        shown = {_("mean of {n} brands", n=formats.number(len(names), language)): floats(ready.mean(axis=1))}
    spread = pd.DataFrame({"p05": ready.min(axis=1), "p95": ready.max(axis=1)})
    traces = [
        draw.band(weeks, spread, Scale(1.0), draw.LIGHT) | {"visible": many},
        *_lines(weeks, shown, language),
        draw.level(last, probability, shown=True),
    ]
    named = [(mark, line[-1], 0) for mark, line in zip(marks(list(shown), language), shown.values(), strict=True)]
    named = named if len(names) > 1 else []
    early = float(spread["p95"].loc[: last * EARLY].max())
    aim = _("target {share}", share=formats.probability(probability, language))
    named.append((aim, probability, 0 if early >= probability else 1))
    if many:
        named.append((_("from the last to the first brand"), float(spread["p95"].iloc[-1]), 0))
    top = CERTAIN + NAME_ROOM * sum(y > LIKELY for _name, y, side in named if side == 0)
    layout = draw.sheet(language) | {
        "xaxis": draw.weeks_axis(last, _("weeks before the day")),
        "yaxis": draw.chance_axis(top, language),
        "annotations": draw.labels(named, last, top, LOW_HEIGHT, spread=len(names) > MOST_NAMED),
    }

    def moving(week: float) -> tuple[list[Shape], list[Label]]:
        return [draw.chosen(week)], [draw.chosen_label(week, last, language)]

    return Parts(traces, layout, LOW_HEIGHT, moving)


def marks(names: Sequence[str], language: str) -> list[str]:
    """What stands at the end of each curve: its name, or of many a number, which a key beside the chart explains."""
    return list(names) if len(names) <= MOST_NAMED else [formats.number(i + 1, language) for i in range(len(names))]


def _lines(weeks: Floats, shown: Mapping[str, list[float]], language: str) -> list[Trace]:
    """One curve for each name, and empty ones up to the most there can be."""
    empty = draw.line(weeks[:1], np.zeros(1), draw.GREY) | draw.hover([""]) | {"visible": False}
    lines = [
        draw.line(weeks, np.array(line), colour) | draw.hover(_ready_hover(name, weeks, line, language))
        for colour, (name, line) in zip(draw.LINES, shown.items(), strict=False)
    ]
    return [*lines, *[empty] * (MOST_BRANDS - len(lines))]


def holding(causes: pd.Series, language: str) -> Parts:
    """What holds back, as bars: displayed names by how often, the most frequent on top, the rest together."""
    _ = speaker(language)
    shown, parts = causes.iloc[:MOST_BARS], formats.apportioned(floats(causes))
    if len(causes) > MOST_BARS:
        rest = pd.Series({_("others"): causes.iloc[MOST_BARS - 1 :].sum()})
        shown = pd.concat([causes.iloc[: MOST_BARS - 1], rest])
        parts[MOST_BARS - 1 :] = [sum(parts[MOST_BARS - 1 :], Decimal(0))]
    texts = [formats.percent(part, language) for part in parts]
    return draw.bars(list(shown.index), shown.to_numpy(float), texts, draw.VERMILION, language)


def cost(rows: pd.DataFrame, language: str, top: float | None = None) -> Parts:
    """Cost by kind, as bars with their ranges.

    Parameters
    ----------
    rows : DataFrame
        By displayed name: p05, p50, p95 in rupiah.
    top : float, optional
        The largest amount that has room; None: the largest of the rows.
    """
    middle = rows["p50"].to_numpy(float)
    # The range ends where a text beside the bar would stand, so that the amount goes into the name.
    amounts = [formats.rupiah(x, language) for x in middle]
    names = [f"{name}: <b>{amount}</b>" for name, amount in zip(rows.index, amounts, strict=True)]
    parts = draw.bars(names, middle, [""] * len(names), draw.BLUE, language)
    low, high = rows["p05"].to_numpy(float), rows["p95"].to_numpy(float)
    whisker = {"array": high - middle, "arrayminus": middle - low, "type": "data", "symmetric": False}
    parts.traces[0]["error_x"] = whisker | {"color": draw.GREY, "thickness": 1.5, "width": 4}
    parts.layout["xaxis"]["range"] = [0, max(float(rows["p95"].max()) if top is None else top, 1.0) * 1.05]
    return parts


def preparation(stages: pd.DataFrame, names: Sequence[str], last_week: float, language: str) -> Parts:
    """The preparation as a Gantt chart: each stage from its first start to its last end, the middle one darker.

    Parameters
    ----------
    stages : DataFrame
        `on`, and the days `first`, `start`, `end`, `last`, one row a stage.
    names : sequence of str
        Displayed names of the stages.
    last_week : float
        At least so many weeks are shown.
    """
    _ = speaker(language)
    order = np.lexsort((stages["last"], stages["first"], stages["on"] == "goods"))
    rows, weeks = (
        np.arange(len(stages), dtype=float)[::-1],
        stages[["first", "start", "end", "last"]].iloc[order] / WEEK,
    )
    colours = [STAGE_COLOURS[on] for on in stages["on"].iloc[order]]
    first, start, end, last = (weeks[column].to_numpy() for column in weeks)
    whole = draw.spans(first, last, rows, colours, opacity=0.35)
    right = max(float(last.max(initial=0.0)), last_week) * 1.02
    top = len(stages) - 0.2
    layout = draw.sheet(language) | {
        "xaxis": draw.weeks_axis(right, _("weeks since the start")),
        "yaxis": {"visible": False, "range": [-0.6, top], "fixedrange": True},
        "annotations": [
            draw.span_label(names[i], row, *ends, right)
            for i, row, ends in zip(order, rows, zip(first, last, strict=True), strict=True)
        ],
    }
    traces = [
        whole | draw.hover([_span_hover(names[i], stages.iloc[i], language) for i in order], bars=True),
        draw.spans(start, end, rows, colours, opacity=1.0),
    ]

    def moving(week: float) -> tuple[list[Shape], list[Label]]:
        return [draw.chosen(week)], [draw.chosen_label(week, right, language, day=True)]

    return Parts(traces, layout, draw.SPAN_PIXELS * max(len(stages), 1) + 90, moving)


def _share_hover(mixed: pd.DataFrame, turnover_idr: float, language: str) -> list[str]:
    said = []
    for week, (low, middle, high) in zip(mixed.index, mixed[["p05", "p50", "p95"]].to_numpy(), strict=True):
        span = formats.ranged(low, high, formats.share, language)
        money = formats.rupiah(middle * turnover_idr, language)
        said.append(f"{formats.weeks(float(week), language)}: {formats.share(middle, language)} ({span})<br>≈ {money}")
    return said


def _ready_hover(name: str, weeks: Floats, line: Sequence[float], language: str) -> list[str]:
    chances = [formats.probability(p, language) for p in line]
    times = [formats.weeks(float(week), language) for week in weeks]
    return [f"{formats.capital(name)}, {time}: {p}" for time, p in zip(times, chances, strict=True)]


def _span_hover(name: str, row: pd.Series, language: str) -> str:
    span = formats.ranged(row["first"] / WEEK, row["last"] / WEEK, formats.bare_weeks, language)
    return f"{formats.capital(name)}: {speaker(language)('weeks {range}', range=span)}"
