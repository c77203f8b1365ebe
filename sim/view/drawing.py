"""The pieces that charts are put together from: axes, bands, lines, bars, labels; plain mappings for plotly.

Text takes its colour from the page (light or dark), backgrounds are transparent, and what is drawn is named on the
chart itself. `sim.view.figures` makes charts of them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.text import formats
from sim.text.catalogue import speaker
from sim.view.scale import Scale

Floats = NDArray[np.float64]
Trace = dict[str, Any]
Label = dict[str, Any]
Shape = dict[str, Any]
Named = tuple[str, float, int]  # text, height on the axis, side: 1 at the left end

# Okabe and Ito's colours, which those who see colours differently can tell apart.
BLUE, VERMILION, GREEN, AMBER, GREY = "#0072B2", "#D55E00", "#009E73", "#E69F00", "#8A929C"
LINES = (BLUE, GREEN, AMBER, "#CC79A7", "#56B4E9", VERMILION, "#999933", GREY)
GRID, CLEAR = "rgba(128,136,146,0.22)", "rgba(0,0,0,0)"
LIGHT, DARK, SHADE = "rgba(0,114,178,0.16)", "rgba(0,114,178,0.34)", "rgba(128,136,146,0.10)"
FONT = 'system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif'
PLOT_SHARE = 0.8  # of a chart's height that is not margin: for keeping labels apart
FONT_PIXELS, LABEL_PIXELS, ABOVE_PIXELS = 13, 17, 11  # of texts, of a label with its space, from a line to its name
ROW_PIXELS, SPAN_PIXELS, BAR_WIDTH = 40, 34, 0.3


def _stands(_week: float) -> tuple[list[Shape], list[Label]]:
    """Nothing moves with the lead time."""
    return [], []


@dataclasses.dataclass(frozen=True)
class Parts:
    """A chart: its traces, always as many and in the same order, its layout, and its height in pixels.

    Attributes
    ----------
    height : int
        Of the place that the chart fills. It is no part of the layout: a chart whose height is set there does not
        follow the width of its place any more.
    moving : callable
        What follows the lead time: lines and labels for a number of weeks. They are shapes and no traces, because
        a moved shape is drawn alone, and for a moved trace the whole chart is.
    """

    traces: list[Trace]
    layout: dict[str, Any]
    height: int
    moving: Callable[[float], tuple[list[Shape], list[Label]]] = _stands

    def at(self, week: float) -> Parts:
        """The chart with a lead time chosen; what does not move is the very same."""
        shapes, labels = self.moving(week)
        layout = self.layout | {
            "shapes": [*shapes, *self.layout["shapes"]],
            "annotations": [*labels, *self.layout["annotations"]],
        }
        return Parts(self.traces, layout, self.height)


def spans(start: Floats, end: Floats, rows: Floats, colours: list[str], opacity: float) -> Trace:
    """Bars from start to end, one a row."""
    return _bars(end - start, rows, colours) | {"base": start, "opacity": opacity}


def bars(names: list[str], values: Floats, texts: list[str], colour: str, language: str) -> Parts:
    """Horizontal bars, each under its name: long names then fit a telephone."""
    rows = np.arange(len(names), dtype=float)[::-1]
    bars = _bars(values, rows, colour) | {"text": texts, "textposition": "outside", "cliponaxis": False}
    bars |= {"constraintext": "none"}  # or it would be as low as the bar
    layout = sheet(language) | {
        "xaxis": {"visible": False, "range": [0, max(float(values.max(initial=0.0)), 1e-9) * 1.18], "fixedrange": True},
        "yaxis": {"visible": False, "range": [-0.5, len(names) - 0.2], "fixedrange": True},
        "annotations": [bar_label(name, row) for name, row in zip(names, rows, strict=True)],
        "margin": {"l": 4, "r": 8, "t": 4, "b": 4},
    }
    return Parts([bars], layout, ROW_PIXELS * max(len(names), 1) + 24)


def _bars(lengths: Floats, rows: Floats, colour: str | list[str]) -> Trace:
    marker = {"color": colour, "line": {"width": 0}}
    place = {"x": lengths, "y": rows, "width": BAR_WIDTH}
    return {"type": "bar", "orientation": "h", **place, "marker": marker, "hoverinfo": "skip"}


def bar_label(name: str, row: float) -> Label:
    """A name above its bar."""
    return _label(formats.capital(name), 0, float(row), xref="paper", xanchor="left", yanchor="bottom", yshift=5)


def span_label(name: str, row: float, start: float, end: float, right: float) -> Label:
    """A name above its bar: from where it starts, or up to where it ends, wherever there is more room."""
    left = start < right - end or start < 0.35 * right
    side = {"x": start, "xanchor": "left"} if left else {"x": end, "xanchor": "right"}
    return bar_label(name, row) | side | {"xref": "x", "yshift": 3}


def _label(text: str, x: float, y: float, **more: Any) -> Label:
    return {"text": text, "x": x, "y": y, "showarrow": False, **more}


QUIET: dict[str, Any] = {
    "gridcolor": GRID,
    "zerolinecolor": GRID,
    "linecolor": GRID,
    "ticks": "",
    "automargin": True,
    "fixedrange": True,
}


def sheet(language: str) -> dict[str, Any]:
    """The layout that all charts share."""
    return {
        "template": {},  # plotly's own would take a second to build, and nothing of it shows
        "autosize": True,
        "margin": {"l": 8, "r": 12, "t": 24, "b": 8},
        "showlegend": False,
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "separators": formats.plotly_separators(language),
        "font": {"size": FONT_PIXELS, "color": GREY, "family": FONT},
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": "#1b2430", "font": {"color": "#fff", "size": FONT_PIXELS}},
        "dragmode": False,
        "shapes": [],
        "barmode": "overlay",
    }


def weeks_axis(last: float, title: str) -> dict[str, Any]:
    """A horizontal axis in weeks, a mark every half year."""
    step = 26 if last <= 210 else 52 * math.ceil(last / 400)
    name = {"text": title, "standoff": 8, "font": {"size": FONT_PIXELS}}
    marks = {"tick0": 0, "dtick": step, "title": name}
    return {"range": [0, 1.005 * last], "zeroline": False, **marks, **QUIET}


def share_axis(scale: Scale, turnover_idr: float, language: str) -> dict[str, Any]:
    """Each tick a share with the rupiah that it means under it."""
    ticks = scale.ticks()
    texts = [f"{formats.share(x, language)}<br>{formats.rupiah(x * turnover_idr, language)}" for x in ticks]
    marks = {"tickvals": [float(scale.place(x)) for x in ticks], "ticktext": texts}
    return {"range": [-0.02 * scale.height, scale.height], **marks, **QUIET}


def chance_axis(top: float, language: str) -> dict[str, Any]:
    """A vertical axis of chances."""
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    texts = [formats.probability(x, language) for x in ticks]
    return {"range": [-0.02, top], "tickvals": ticks, "ticktext": texts, **QUIET}


def band(weeks: Floats, table: pd.DataFrame, scale: Scale, colour: str) -> Trace:
    """The area between p05 and p95."""
    low, high = scale.place(table["p05"].to_numpy()), scale.place(table["p95"].to_numpy())
    outline = line(np.r_[weeks, weeks[::-1]], np.r_[high, low[::-1]], colour, width=0)
    return outline | {"fill": "toself", "fillcolor": colour, "hoverinfo": "skip"}


def line(x: Floats, y: Floats, colour: str, width: float = 2.5, dash: str = "solid") -> Trace:
    """A curve."""
    look = {"color": colour, "width": width, "dash": dash}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": look, "visible": True}


def level(last: float, y: float, shown: bool) -> Trace:
    """A target: a line from side to side."""
    across = line(np.array([0.0, last]), np.array([y, y]), VERMILION, 1.5, "dot")
    return across | {"hoverinfo": "skip", "visible": shown}


def chosen(week: float) -> Shape:
    """The lead time chosen: a line from below to above."""
    line = _upright(week, (0.0, 1.0), GREY, 1.5)
    return line | {"yref": "paper", "line": line["line"] | {"dash": "dash"}}


def range_at(week: float, ends: tuple[float, float]) -> Shape:
    """The range at the lead time chosen, where it crosses the bands."""
    return _upright(week, ends, BLUE, 5.0)


def _upright(week: float, ends: tuple[float, float], colour: str, width: float) -> Shape:
    place = {"x0": float(week), "x1": float(week), "y0": ends[0], "y1": ends[1]}
    return {"type": "line", **place, "line": {"color": colour, "width": width}, "layer": "above"}


def chosen_label(week: float, last: float, language: str, day: bool = False) -> Label:
    """The lead time chosen, above its line; on the side where there is room."""
    _ = speaker(language)
    text = formats.weeks(week, language)
    text = _("the day ({weeks})", weeks=text) if day else text
    anchor = "left" if week < 0.15 * last else "right" if week > 0.85 * last else "center"
    return _label(f"<b>{text}</b>", week, 1, xanchor=anchor, yref="paper", yanchor="bottom")


def past(gone: float, last: float) -> list[Shape]:
    """A shade over the lead times whose start has gone by."""
    if gone >= last:
        return []
    place = {"x0": max(gone, 0.0), "x1": last, "y0": 0, "y1": 1, "yref": "paper"}
    return [{"type": "rect", **place, "fillcolor": SHADE, "line": {"width": 0}, "layer": "below"}]


def labels(named: Sequence[Named], last: float, height: float, pixels: int, spread: bool = False) -> list[Label]:
    """Names at the right end of what they name, pushed apart where they would overlap.

    Parameters
    ----------
    named : sequence of (text, height on the axis, side)
    spread : bool
        Of many short ones each is then as near to its own as can be, if not always above it.
    """
    made, room = [], pixels * PLOT_SHARE
    for side in (0, 1):
        group = [(text, y) for text, y, at in named if at == side]
        places = apart([y / height * room for _text, y in group], LABEL_PIXELS, room - LABEL_PIXELS, spread)
        end = {"xanchor": "left", "xshift": 4} if side else {"xanchor": "right", "xshift": -4}
        for (text, y), place in zip(group, places, strict=True):
            shift = round(place - y / height * room + ABOVE_PIXELS, 1)
            made.append(_label(text, 0 if side else last, y, yanchor="middle", yshift=shift, **end))
    return made


def apart(places: Sequence[float], least: float, most: float, spread: bool = False) -> list[float]:
    """Places moved as little as keeps them at least so far from each other, in their order, none above `most`.

    Those that would overlap rise from the lowest on, or are spread around their middle as far as there is room.
    """
    order = np.argsort(places, kind="stable")
    blocks: list[tuple[float, int]] = []  # where their first one stands, and how many stand close above each other
    for rank, i in enumerate(order):
        blocks.append((places[i] - rank * least, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (low, some), (high, more) = blocks[-2:]
            foot = (low * some + high * more) / (some + more) if spread else low
            blocks[-2:] = [(foot, some + more)]
    feet = [foot for foot, count in blocks for _each in range(count)]
    found, highest = list(places), most - least * (len(order) - 1)
    for rank, (i, foot) in enumerate(zip(order, feet, strict=True)):
        found[i] = min(max(foot, 0.0), highest) + rank * least
    return found


def hover(texts: Sequence[str], bars: bool = False) -> Trace:
    """What is said where the pointer is, one text for each point."""
    shown: Trace = {"hoverinfo": "text", "hovertext": list(texts)}
    return shown if bars else shown | {"hovertemplate": "%{hovertext}<extra></extra>"}
