"""Figures of a package: as vector files, with the numbers that are drawn and a text that says the same."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from sim.experiment import Result
from sim.package.layout import FIGURE_COLUMNS
from sim.text import formats, words
from sim.view import companions, drawing, paper

LANGUAGE = "en"  # of papers


@dataclasses.dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes
    ----------
    name : str
    svg, csv : bytes
        The picture, and what is drawn in it.
    alternative : str
        For who does not see it.
    """

    name: str
    svg: bytes
    csv: bytes
    alternative: str


def of(result: Result) -> list[Figure]:
    """The figures of a run: share and chance of being ready against lead time, and what holds the last brand back."""
    return [_share(result), _ready(result), _holding(result)]


def _share(result: Result) -> Figure:
    table = result.share().reset_index()
    weeks = table["lead_weeks"].tolist()
    band = [
        {"type": "scatter", "x": weeks, "y": table["p05"].tolist(), "mode": "lines", "line": {"width": 0}, "name": ""},
        {
            "type": "scatter",
            "x": weeks,
            "y": table["p95"].tolist(),
            "mode": "lines",
            "line": {"width": 0},
            "fill": "tonexty",
            "fillcolor": drawing.LIGHT,
            "name": "90% range",
        },
    ]
    lines = [_line(table, "p50", "median", "solid"), _line(table, "mean", "mean", "dash")]
    own, longest = result.share(list(result.own_weeks)).iloc[0], table.iloc[-1]
    said = (
        f"Share of the event's sales against lead time for {result.scenario.name}. At the scenario's own "
        f"{formats.weeks(float(result.own_weeks[0]), LANGUAGE)} the median is {_median(own)}, at "
        f"{formats.weeks(float(longest['lead_weeks']), LANGUAGE)} {_median(longest)}."
    )
    return _figure("share", [*band, *lines], "Share of the event's sales", table, said)


def _median(row: pd.Series) -> str:
    between = formats.ranged(row["p05"], row["p95"], formats.share, LANGUAGE)
    return f"{formats.share(row['p50'], LANGUAGE)} (90% range: {between})"


def _ready(result: Result) -> Figure:
    table = result.probability_ready()
    many = table.shape[1] > len(drawing.LINES)
    shown = pd.DataFrame({"mean of brands": table.mean(axis=1)}) if many else table
    shown = shown.reset_index()
    lines = [_line(shown, name, name, "solid", i) for i, name in enumerate(shown.columns[1:])]
    never = formats.probability(float(1 - (result.mixed.readiness.days.min(axis=1) < float("inf")).mean()), LANGUAGE)
    said = (
        f"Chance of passing every gate against lead time for {result.scenario.name}. At "
        f"{formats.weeks(float(shown['lead_weeks'].iloc[-1]), LANGUAGE)} it is "
        f"{formats.probability(float(shown.iloc[-1, 1:].max()), LANGUAGE)} for the likeliest brand. In {never} of the "
        "replications no brand is ever ready."
    )
    tidy = shown.melt("lead_weeks", var_name="brand", value_name="ready")
    return _figure("readiness", lines, "Chance of being ready", tidy, said)


def _holding(result: Result) -> Figure:
    causes = result.binding().sort_values()
    titles = words.titles_of(result.scenario)
    names = [words.name_of(str(name), LANGUAGE, titles) for name in causes.index]
    bar = {"type": "bar", "x": causes.tolist(), "y": names, "orientation": "h", "marker": {"color": drawing.BLUE}}
    most = companions.holding_sentence(pd.Series(causes.to_numpy()[::-1], index=names[::-1]), LANGUAGE)
    said = f"How often each thing holds back the brand that is ready last, for {result.scenario.name}. {most}"
    table = causes.rename("share").rename_axis("binding").reset_index()
    return _figure("holding", [bar], "Share of replications", table, said, weeks=False)


def _line(table: pd.DataFrame, column: str, name: str, dash: str, colour: int = 0) -> dict[str, Any]:
    line = {"color": drawing.LINES[colour % len(drawing.LINES)], "dash": dash, "width": 2}
    x, y = table["lead_weeks"].tolist(), table[column].tolist()
    return {"type": "scatter", "x": x, "y": y, "mode": "lines", "line": line, "name": name}


def _figure(
    name: str, traces: list[dict[str, Any]], axis: str, table: pd.DataFrame, said: str, weeks: bool = True
) -> Figure:
    titles = ("Lead time, weeks", axis) if weeks else (axis, "")
    layout = {
        "xaxis": {"title": {"text": titles[0]}},
        "yaxis": {"title": {"text": titles[1]}},
        "showlegend": len(traces) > 1,
    }
    data = table[[column.name for column in FIGURE_COLUMNS[name]]].to_csv(index=False, lineterminator="\n").encode()
    return Figure(name, paper.content({"data": traces, "layout": layout}, ".svg", said), data, said)
