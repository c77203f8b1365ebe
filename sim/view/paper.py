"""Figures for papers: what a plotly figure shows, as a vector file drawn by matplotlib from the figure's own numbers.

The same figure gives the same bytes with the same libraries: nothing in a file tells when, where or by whom.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import BadInput
from sim.experiment.extra import library
from sim.scenario.seeds import write_whole
from sim.view import ink
from sim.view.drawing import LINES, Parts
from sim.view.ink import Part, Sheet, array, plain

# What each kind of file would otherwise say of its making.
UNDATED: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
PIXELS_PER_INCH, WIDTH, HEIGHT = 96, 640, 420
STYLE = {
    "svg.hashsalt": "siap",
    "pdf.fonttype": 42,  # letters stay letters
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that all machines have it
    "font.size": 8.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}
KEY_COLUMNS = 4


def save(figure: Any, path: Path | str) -> Path:
    """Write a figure as a vector file, whole or not at all.

    Parameters
    ----------
    figure : plotly Figure, Parts, or mapping with `data` and `layout`
        One pair of axes; lines, points, error bars, filled bands, bars, lines and rectangles, labels.
    path : Path or str
        Ends in ``.svg`` or ``.pdf``.

    Raises
    ------
    BadInput
        For another ending, for what cannot be drawn, and where matplotlib is not installed.
    """
    path = Path(path)
    return write_whole(path, content(figure, suffix(path)))


def suffix(path: Path | str, where: str = "figure") -> str:
    """How the name of a vector file ends; another is refused."""
    found = Path(path).suffix.lower()
    if found not in UNDATED:
        raise BadInput(where, f"must end in {' or '.join(UNDATED)}", Path(path).name, "for example figure.svg")
    return found


def content(figure: Any, kind: str = ".svg", title: str | None = None) -> bytes:
    """The same as bytes; `title` is what the file tells who does not see it."""
    out, told = io.BytesIO(), {"Title": title} if title else {}
    with library("matplotlib").rc_context(STYLE):
        page(figure).savefig(out, format=kind.removeprefix("."), metadata=UNDATED[kind] | told)
    return out.getvalue()


def page(figure: Any) -> Any:
    """The figure as one of matplotlib, for who wants to change its looks."""
    traces, layout = parts(figure)
    shown = [one for one in traces if one.get("visible", True) is True or one.get("visible") is None]
    size = [float(layout.get(k) or most) / PIXELS_PER_INCH for k, most in (("width", WIDTH), ("height", HEIGHT))]
    with library("matplotlib").rc_context(STYLE):
        made = library("matplotlib.figure").Figure(figsize=size, layout="constrained")
        _draw(Sheet(made.add_subplot(), _names(shown, layout)), made, shown, layout)
    return made


def parts(figure: Any) -> tuple[list[Part], Part]:
    """Traces and layout of a figure, as plain mappings."""
    if isinstance(figure, Parts):
        return list(figure.traces), {"height": figure.height} | figure.layout
    whole = figure.to_plotly_json() if hasattr(figure, "to_plotly_json") else figure
    if not (isinstance(whole, Mapping) and "data" in whole):
        raise BadInput("figure", "must be a plotly figure, or have data and layout", type(figure).__name__)
    layout = {key: value for key, value in (whole.get("layout") or {}).items() if key != "template"}
    return list(whole["data"]), layout


def figure(chart: Parts) -> Any:
    """The plotly figure of a chart's pieces, for a notebook: it shows itself."""
    from sim.view.widgets import go

    return go.Figure(chart.traces, {"height": chart.height} | chart.layout)


def _draw(sheet: Sheet, page: Any, traces: Sequence[Part], layout: Part) -> None:
    bars = ink.Bars(layout.get("barmode") or "group", sum(one.get("type") == "bar" for one in traces))
    before = None
    for number, trace in enumerate(traces):
        kind = trace.get("type") or "scatter"
        if trace.get("xaxis", "x") != "x" or trace.get("yaxis", "y") != "y":
            raise BadInput(
                "figure", "must have one pair of axes for a paper", trace.get("xaxis"), "save each by itself"
            )
        if kind in ("scatter", "scattergl"):
            before = ink.curve(sheet, trace, number, before)
        elif kind == "bar":
            bars.draw(sheet, trace, LINES[number % len(LINES)])
        else:
            raise BadInput("figure", "has a trace that cannot be drawn for a paper", kind, "scatter and bar can")
    for axis in "xy":
        _axis(sheet, axis, layout.get(f"{axis}axis") or {}, str(layout.get("separators") or ".,"))
    for one in layout.get("shapes") or ():
        ink.shape(sheet, one)
    for one in layout.get("annotations") or ():
        ink.label(sheet, one)
    if title := _text(layout.get("title")):
        sheet.axes.set_title(title, loc="left", parse_math=False)
    handles, called = sheet.axes.get_legend_handles_labels()
    if called and layout.get("showlegend", len(traces) > 1):
        page.legend(handles, called, loc="outside upper left", ncols=KEY_COLUMNS, frameon=False)


def _names(traces: Sequence[Part], layout: Part) -> dict[str, list[str]]:
    """Of each axis the names that stand on it, in their order; none of an axis of numbers."""
    found: dict[str, list[str]] = {}
    for axis in "xy":
        look = layout.get(f"{axis}axis") or {}
        values = [v for one in traces if one.get(axis) is not None for v in array(one[axis]).tolist()]
        seen = [v for v in dict.fromkeys(values) if isinstance(v, str)]
        ordered = [str(v) for v in look.get("categoryarray") or ()]
        found[axis] = [*ordered, *(v for v in seen if v not in ordered)] if seen and look.get("type") != "date" else []
    return found


def _axis(sheet: Sheet, axis: str, look: Part, separators: str) -> None:
    """An axis as the layout has it: its kind, ends, ticks, title."""
    drawn, ticker = getattr(sheet.axes, f"{axis}axis"), library("matplotlib.ticker")
    if look.get("type") == "log":
        getattr(sheet.axes, f"set_{axis}scale")("log")
    if (ends := look.get("range")) is not None:
        where = [10.0 ** float(end) for end in ends] if look.get("type") == "log" else sheet.places(ends, axis)
        getattr(sheet.axes, f"set_{axis}lim")(*where)
    elif look.get("autorange") == "reversed":
        drawn.set_inverted(True)
    _ticks(sheet, axis, look)
    if look.get("ticktext") is None and not sheet.names[axis] and look.get("type") not in ("log", "date"):
        drawn.set_major_formatter(ticker.FuncFormatter(_number(look, separators)))
    if (title := _text(look.get("title"))) and look.get("visible") is not False:
        drawn.set_label_text(title, parse_math=False)
    if look.get("visible") is False:
        drawn.set_visible(False)
        sheet.axes.spines["bottom" if axis == "x" else "left"].set_visible(False)
    elif look.get("showgrid") is not False and not sheet.names[axis]:
        drawn.grid(visible=True, color="0.88", linewidth=0.6)


def _ticks(sheet: Sheet, axis: str, look: Part) -> None:
    """Where an axis is marked, and with what."""
    drawn, ticker = getattr(sheet.axes, f"{axis}axis"), library("matplotlib.ticker")
    if (values := look.get("tickvals")) is not None:
        texts = look.get("ticktext")
        drawn.set_ticks(sheet.places(values, axis), None if texts is None else [plain(one) for one in texts])
    elif sheet.names[axis]:
        drawn.set_ticks(range(len(sheet.names[axis])), [plain(name) for name in sheet.names[axis]])
    elif isinstance(look.get("dtick"), int | float) and look.get("type") not in ("log", "date"):
        drawn.set_major_locator(ticker.MultipleLocator(float(look["dtick"]), float(look.get("tick0") or 0.0)))


def _number(look: Part, separators: str) -> Any:
    """How a tick of an axis is written: plotly's format, with the decimal and thousands separators of the layout."""
    form, before, after = (
        str(look.get("tickformat") or ",.10g"),
        look.get("tickprefix") or "",
        look.get("ticksuffix") or "",
    )
    point, thousands = separators[0], separators[1:2]
    swap = str.maketrans({".": point, ",": thousands})

    def written(value: float, _place: int) -> str:
        value = 0.0 if math.isclose(value, 0.0, abs_tol=1e-15) else value
        try:
            return f"{before}{format(value, form).translate(swap)}{after}"
        except ValueError:
            raise BadInput(
                "figure", "has a tickformat that cannot be drawn for a paper", form, "for example .0%"
            ) from None

    return written


def _text(title: Any) -> str:
    """A title, given bare or with its looks."""
    found = title.get("text") if isinstance(title, Mapping) else title
    return plain(found) if found else ""
