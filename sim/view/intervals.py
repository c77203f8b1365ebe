"""A chart of estimates, each a dot with its interval, a row a name: filled where something can be told, else open."""

from __future__ import annotations

import dataclasses
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.view import drawing
from sim.view.scale import round_step

ROW_PIXELS, EDGE_PIXELS = 34, 110
TITLE_LETTERS = 48  # of a line of an axis title: the axis has half a page


@dataclasses.dataclass(frozen=True)
class Dot:
    """One estimate.

    Attributes
    ----------
    name : str
        What stands before the row.
    at, low, high : float
    told : bool
        Whether it can be told from nothing.
    text : str
        What is said of it where one points at it.
    """

    name: str
    at: float
    low: float
    high: float
    told: bool = True
    text: str = ""


def dots(rows: Sequence[Dot], title: str, language: str, tick: Callable[[float], str] | None = None) -> go.Figure:
    """Estimates with their intervals, the first on top.

    Parameters
    ----------
    rows : sequence of Dot
    title : str
        Of the axis.
    language : str
    tick : callable, optional
        What a number on the axis is called.
    """
    upward = list(reversed(rows))
    trace = go.Scatter(
        x=[row.at for row in upward],
        y=[row.name for row in upward],
        mode="markers",
        marker={
            "size": 10,
            "color": drawing.BLUE,
            "symbol": ["circle" if row.told else "circle-open" for row in upward],
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(row.high - row.at, 0.0) for row in upward],
            "arrayminus": [max(row.at - row.low, 0.0) for row in upward],
            "color": drawing.GREY,
            "thickness": 2,
            "width": 5,
        },
        text=[row.text or row.name for row in upward],
        hoverinfo="text",
    )
    lines = "<br>".join(textwrap.wrap(title, TITLE_LETTERS))
    axis: dict[str, Any] = {
        "title": {"text": lines, "standoff": 8, "font": {"size": 13}},
        "zeroline": True,
        "zerolinecolor": drawing.GREY,
        "automargin": True,
    }
    figure = go.Figure(trace, drawing.sheet(language) | {"height": EDGE_PIXELS + ROW_PIXELS * max(len(rows), 1)})
    figure.update_xaxes(gridcolor=drawing.GRID, **axis)
    figure.update_yaxes(automargin=True, gridcolor=drawing.CLEAR)
    if tick is not None:
        ends = [end for row in rows for end in (row.low, row.at, row.high)]
        figure.update_xaxes(
            tickvals=(places := _ticks(min(0.0, *ends), max(0.0, *ends))), ticktext=[*map(tick, places)]
        )
    return figure


def _ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round places over a range."""
    if not high > low:
        return [low]
    step = round_step((high - low) / count)
    return [float(x) for x in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step]
