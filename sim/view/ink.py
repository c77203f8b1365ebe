"""Traces, shapes and labels of a plotly figure, drawn in matplotlib: the same numbers, other ink.

What has no counterpart here is refused and never left out, so that a figure in a paper shows all that the page shows.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.experiment.extra import library
from sim.view.drawing import LINES

Floats = NDArray[np.float64]
Part = Mapping[str, Any]
WHERE = "figure"
POINTS = 0.75  # of print in a pixel
DASHES: dict[str, Any] = {
    "solid": "-",
    "dot": ":",
    "dash": "--",
    "dashdot": "-.",
    "longdash": (0, (8, 3)),
    "longdashdot": (0, (8, 3, 1, 3)),
}
MARKERS = {
    "circle": "o",
    "square": "s",
    "diamond": "D",
    "cross": "P",
    "x": "X",
    "triangle-up": "^",
    "triangle-down": "v",
    "star": "*",
    "line-ns": "|",
    "line-ew": "_",
}
MARKER_PIXELS, LINE_PIXELS, BAR_PART = 6.0, 2.0, 0.8  # plotly's own, where nothing is said
FEW_POINTS = 20  # fewer of a curve are marked, unless it says otherwise
BELOW, TRACES, ABOVE = 0.5, 2.0, 4.0  # what lies over what
ACROSS, UP = (
    {"left": "left", "center": "center", "right": "right"},
    {"top": "top", "middle": "center", "bottom": "bottom"},
)


@dataclasses.dataclass(frozen=True, eq=False)
class Sheet:
    """What is drawn on.

    Attributes
    ----------
    axes : matplotlib Axes
    names : mapping of axis to names
        Of an axis of names, which stand at 0, 1, 2 …; empty of one of numbers.
    """

    axes: Any
    names: Mapping[str, Sequence[str]]

    def places(self, values: Any, axis: str) -> Any:
        """Where values stand on an axis: numbers, or times as they are."""
        found = array(values)
        if len(self.names[axis]):
            known = {name: i for i, name in enumerate(self.names[axis])}
            return np.array([float(known[v]) if v in known else float(v) for v in found.tolist()])
        return found

    def transform(self, x: str, y: str) -> Any:
        """From the numbers of a shape or a label to the sheet: those of an axis, or parts of the plot."""
        ends = [
            self.axes.transAxes if ref == "paper" or ref.endswith(" domain") else self.axes.transData for ref in (x, y)
        ]
        return library("matplotlib.transforms").blended_transform_factory(*ends)


def array(values: Any) -> NDArray[Any]:
    """Values of a trace; what is missing is nan."""
    if isinstance(values, Mapping) and "bdata" in values:
        found = np.frombuffer(base64.b64decode(values["bdata"]), dtype=np.dtype(str(values["dtype"])))
        return found.astype(float)
    listed = list(values)
    if any(isinstance(v, str) for v in listed):
        return np.array(listed, dtype=object)
    if any(v is None for v in listed) or not listed:
        return np.array([np.nan if v is None else v for v in listed], dtype=float)
    return np.asarray(listed)


def colour(text: Any, opacity: float = 1.0) -> Any:
    """A colour of plotly as matplotlib has it."""
    found = re.fullmatch(r"rgba?\(([^)]*)\)", str(text).replace(" ", ""))
    try:
        if found:
            red, green, blue, *alpha = (float(part) for part in found[1].split(","))
            return (red / 255, green / 255, blue / 255, (alpha[0] if alpha else 1.0) * opacity)
        return library("matplotlib.colors").to_rgba(text, None if opacity == 1 else opacity)
    except ValueError:
        raise BadInput(WHERE, "has a colour that is none", text, "for example #0072B2") from None


def plain(text: Any) -> str:
    """A text without its markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<br ?/?>", "\n", str(text))))


# ── curves and points ────────────────────────────────────────────────────────────────────────────────────────────────
def curve(sheet: Sheet, trace: Part, number: int, before: tuple[Any, Any] | None) -> tuple[Any, Any]:
    """Draw lines, points, texts and fills of a scatter; gives its points, for the next one to fill up to."""
    y = sheet.places(trace["y"], "y")
    x = sheet.places(trace["x"], "x") if trace.get("x") is not None else np.arange(len(y), dtype=float)
    mode = trace.get("mode") or ("lines+markers" if len(y) < FEW_POINTS else "lines")
    line, marker, opacity = trace.get("line") or {}, trace.get("marker") or {}, float(trace.get("opacity") or 1.0)
    own = line.get("color") or _one_colour(marker.get("color")) or LINES[number % len(LINES)]
    path = _stepped(x, y, line.get("shape") or "linear")
    width, label = POINTS * float(line.get("width", LINE_PIXELS)), named(trace)
    drawn, marked = "lines" in mode and width > 0, "markers" in mode
    _fill(sheet, trace, path, before, own, opacity, None if drawn or marked else label)
    if drawn:
        dash = _of(DASHES, line.get("dash") or "solid", "dash")
        look = {"color": colour(own, opacity), "linewidth": width, "linestyle": dash}
        sheet.axes.plot(*path, **look, zorder=TRACES, label=label)
    if marked:
        _points(sheet, x, y, marker, own, opacity, None if drawn else label)
    if "text" in mode:
        _texts(sheet, x, y, trace)
    whiskers(sheet, trace, x, y, own)
    return path


def _points(sheet: Sheet, x: Any, y: Any, marker: Part, own: Any, opacity: float, label: str | None) -> None:
    count, opacity = len(x), opacity * float(marker.get("opacity") or 1.0)
    symbols = _for_each(marker.get("symbol") or "circle", count)
    sizes = (POINTS * _for_each(marker.get("size", MARKER_PIXELS), count).astype(float)) ** 2
    colours = marker.get("color")
    if colours is None or isinstance(colours, str):
        inks: Any = [colour(colours or own, opacity)] * count
    elif isinstance(array(colours)[0], str):
        inks = [colour(one, opacity) for one in array(colours)]
    else:
        inks = _mapped(array(colours).astype(float), marker, opacity)
    for symbol in dict.fromkeys(str(one) for one in symbols):  # matplotlib draws one kind of marker at a time
        some = np.flatnonzero(symbols == symbol)
        mine = [inks[n] for n in some]
        look = {"edgecolors": mine, "facecolors": "none"} if symbol.endswith("-open") else {"color": mine}
        kind = _of(MARKERS, symbol.removesuffix("-open"), "symbol")
        place = {"s": sizes[some], "marker": kind, "linewidths": 1.0, "zorder": TRACES + 0.1, "label": label}
        sheet.axes.scatter(x[some], y[some], **look, **place)
        label = None  # once in the key


def _for_each(given: Any, count: int) -> NDArray[Any]:
    """What stands for each point, where it is given once or for each."""
    if isinstance(given, str | float | int):
        return np.array([given] * count, dtype=object)
    return array(given)


def _mapped(values: Floats, marker: Part, opacity: float) -> Any:
    """Numbers as colours: on a scale that is given step by step, or that both libraries have by name."""
    scale, colours, known = marker.get("colorscale"), library("matplotlib.colors"), library("matplotlib").colormaps
    if scale is None or isinstance(scale, str):
        found = {str(one).lower(): known[one] for one in known}.get(str(scale or "plasma").lower())
        if found is None:
            raise BadInput(WHERE, "has a colour scale without a counterpart", scale, "for example Cividis")
    else:
        found = colours.LinearSegmentedColormap.from_list("own", [(at, colour(one)) for at, one in scale])
    low, high = (marker.get(end) for end in ("cmin", "cmax"))
    ends = values.min() if low is None else low, values.max() if high is None else high
    return found(colours.Normalize(*ends)(values), alpha=opacity)


def _fill(
    sheet: Sheet, trace: Part, path: tuple[Any, Any], before: Any, own: Any, opacity: float, label: str | None
) -> None:
    fill = trace.get("fill") or "none"
    if fill == "none":
        return
    (x, y), ink = path, trace.get("fillcolor")
    if fill == "tozeroy":
        edge = (np.array([x[-1], x[0]]), np.zeros(2))
    elif fill == "tonexty" and before is not None:
        edge = (before[0][::-1], before[1][::-1])
    elif fill == "toself":
        edge = (x[:0], y[:0])
    else:
        raise BadInput(WHERE, "has a fill that cannot be drawn for a paper", fill, "toself, tonexty and tozeroy can")
    look = colour(ink, opacity) if ink else colour(own, 0.5 * opacity)
    x, y = np.concatenate([x, edge[0]]), np.concatenate([y, edge[1]])
    sheet.axes.fill(x, y, color=look, linewidth=0, zorder=1, label=label)


def _stepped(x: Any, y: Any, shape: str) -> tuple[Any, Any]:
    """The points of a curve, with those of its steps."""
    if shape == "hv":
        return np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]
    if shape == "vh":
        return np.repeat(x, 2)[:-1], np.repeat(y, 2)[1:]
    if shape != "linear":
        raise BadInput(WHERE, "has a line that cannot be drawn for a paper", shape, "linear, hv and vh can")
    return x, y


def whiskers(sheet: Sheet, trace: Part, x: Any, y: Any, own: Any) -> None:
    """Draw the intervals of a trace."""
    for axis in ("x", "y"):
        error = trace.get(f"error_{axis}") or {}
        if not error or error.get("visible") is False:
            continue
        if error.get("array") is None or error.get("type", "data") != "data":
            raise BadInput(
                WHERE, "has error bars that cannot be drawn for a paper", error.get("type"), "give their array"
            )
        above = array(error["array"]).astype(float)
        below = array(error["arrayminus"]).astype(float) if error.get("arrayminus") is not None else above
        ink, width = colour(error.get("color") or own), POINTS * float(error.get("thickness") or LINE_PIXELS)
        look = {"fmt": "none", "ecolor": ink, "elinewidth": width, "capthick": width}
        cap = POINTS * float(error.get("width") or 4.0)
        sheet.axes.errorbar(x, y, **{f"{axis}err": [below, above]}, **look, capsize=cap, zorder=TRACES + 0.2)


# ── bars ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclasses.dataclass
class Bars:
    """Where the bars of all traces stand: beside, upon or over each other.

    Attributes
    ----------
    mode : str
        plotly's ``barmode``.
    count : int
        Traces of bars.
    """

    mode: str
    count: int
    number: int = 0
    heaps: dict[tuple[float, bool], float] = dataclasses.field(default_factory=dict)

    def draw(self, sheet: Sheet, trace: Part, ink: str) -> None:
        """Draw the bars of the next trace."""
        flat = trace.get("orientation") == "h"
        along, across = ("y", "x") if flat else ("x", "y")
        lengths = sheet.places(trace[across], across).astype(float)
        at = sheet.places(trace[along], along) if trace.get(along) is not None else np.arange(len(lengths))
        at, width = self._beside(np.asarray(at, dtype=float), trace)
        base = self._upon(at, lengths, trace)
        opacity = float(trace.get("opacity") or 1.0)
        inks = (trace.get("marker") or {}).get("color") or ink
        inks = [colour(one, opacity) for one in ([inks] * len(at) if isinstance(inks, str) else list(inks))]
        if flat:
            sheet.axes.barh(at, lengths, width, left=base, color=inks, zorder=TRACES, label=named(trace))
        else:
            sheet.axes.bar(at, lengths, width, bottom=base, color=inks, zorder=TRACES, label=named(trace))
        x, y = (base + lengths, at) if flat else (at, base + lengths)
        whiskers(sheet, trace, x, y, "#444444")
        _bar_texts(sheet, trace, at, base, lengths, flat)

    def _beside(self, at: Floats, trace: Part) -> tuple[Floats, Any]:
        """Places and widths along the axis of names."""
        width, many = trace.get("width"), self.count if self.mode == "group" else 1
        gap = float(np.diff(np.unique(at)).min()) if len(np.unique(at)) > 1 else 1.0
        usual = gap * BAR_PART / many
        each = usual if width is None else np.asarray(width, dtype=float)
        number, self.number = self.number, self.number + 1
        if trace.get("offset") is not None:
            return at + float(trace["offset"]) + np.asarray(each) / 2, each
        return at + (number - (many - 1) / 2) * usual if many > 1 else at, each

    def _upon(self, at: Floats, lengths: Floats, trace: Part) -> Floats:
        """Where each bar begins."""
        base = trace.get("base")
        if base is not None:
            return np.broadcast_to(np.asarray(base, dtype=float), lengths.shape)
        if self.mode not in ("stack", "relative"):
            return np.zeros_like(lengths)
        found = []
        for place, length in zip(at.tolist(), lengths.tolist(), strict=True):
            heap = (round(place, 9), length < 0)
            found.append(self.heaps.get(heap, 0.0))
            self.heaps[heap] = found[-1] + length
        return np.array(found)


def _bar_texts(sheet: Sheet, trace: Part, at: Floats, base: Floats, lengths: Floats, flat: bool) -> None:
    texts = trace.get("text")
    if texts is None or trace.get("textposition") == "none":
        return
    outside = trace.get("textposition") == "outside"
    for text, place, start, length in zip(_each(texts, len(at)), at, base, lengths, strict=True):
        end = start + length if outside else start + length / 2
        spot, shift = ((end, place), (3, 0)) if flat else ((place, end), (0, 3))
        anchor = {"ha": "left" if outside and flat else "center", "va": "bottom" if outside and not flat else "center"}
        ink = "black" if outside else "white"
        offset = {"xytext": shift if outside else (0, 0), "textcoords": "offset points"}
        sheet.axes.annotate(plain(text), spot, **offset, **anchor, color=ink, parse_math=False, zorder=ABOVE)


# ── shapes and labels ────────────────────────────────────────────────────────────────────────────────────────────────
def shape(sheet: Sheet, one: Part) -> None:
    """Draw a line or a rectangle."""
    patches, kind, line = library("matplotlib.patches"), one.get("type"), one.get("line") or {}
    refs = str(one.get("xref") or "x"), str(one.get("yref") or "y")
    x, y = (_ends(sheet, one, axis, ref) for axis, ref in zip("xy", refs, strict=True))
    opacity = float(one.get("opacity") or 1.0)
    look = {
        "linewidth": POINTS * float(line.get("width", LINE_PIXELS)),
        "linestyle": _of(DASHES, line.get("dash") or "solid", "dash"),
        "transform": sheet.transform(*refs),
        "zorder": BELOW if one.get("layer") == "below" else ABOVE - 1,
    }
    ink = colour(line.get("color") or "#444444", opacity)
    if kind == "line":
        sheet.axes.add_line(library("matplotlib.lines").Line2D(x, y, color=ink, **look))
    elif kind == "rect":
        fill = colour(one["fillcolor"], opacity) if one.get("fillcolor") else "none"
        edge = {"edgecolor": ink if look["linewidth"] else "none", "facecolor": fill}
        sheet.axes.add_patch(patches.Rectangle((x[0], y[0]), x[1] - x[0], y[1] - y[0], **edge, **look))
    else:
        raise BadInput(WHERE, "has a shape that cannot be drawn for a paper", kind, "line and rect can")


def _ends(sheet: Sheet, one: Part, axis: str, ref: str) -> Any:
    ends = [one[f"{axis}0"], one[f"{axis}1"]]
    return np.array(ends, dtype=float) if ref == "paper" or ref.endswith(" domain") else sheet.places(ends, axis)


def label(sheet: Sheet, one: Part) -> None:
    """Draw a text, with its arrow where it has one."""
    if one.get("visible") is False or not one.get("text"):
        return
    refs = str(one.get("xref") or "x"), str(one.get("yref") or "y")
    spot = tuple(_ends(sheet, {f"{a}0": one[a], f"{a}1": one[a]}, a, r)[0] for a, r in zip("xy", refs, strict=True))
    shift, arrow = [POINTS * float(one.get(f"{axis}shift") or 0.0) for axis in "xy"], None
    if one.get("showarrow", True):
        arrow = {"arrowstyle": "-", "color": "#444444", "linewidth": 0.8}
        shift = [POINTS * float(one.get("ax", -10)), -POINTS * float(one.get("ay", -30))]
    across, up = ACROSS.get(str(one.get("xanchor")), "center"), UP.get(str(one.get("yanchor")), "center")
    sheet.axes.annotate(
        plain(one["text"]),
        spot,
        xycoords=sheet.transform(*refs),
        xytext=shift,
        textcoords="offset points",
        ha=across,
        va=up,
        rotation=-float(one.get("textangle") or 0.0),
        weight="bold" if str(one["text"]).startswith("<b>") else "normal",
        arrowprops=arrow,
        annotation_clip=False,
        parse_math=False,
        zorder=ABOVE,
    )


def _texts(sheet: Sheet, x: Any, y: Any, trace: Part) -> None:
    """Texts at the points of a curve."""
    up, _space, across = str(trace.get("textposition") or "middle center").partition(" ")
    # A text that plotly puts to the right of its point begins there, and so on.
    across_by, up_by = {"left": ("right", -3), "right": ("left", 3)}, {"top": ("bottom", 3), "bottom": ("top", -3)}
    (ha, right), (va, above) = across_by.get(across, ("center", 0)), up_by.get(up, ("center", 0))
    look = {"xytext": (right, above), "textcoords": "offset points", "ha": ha, "va": va, "parse_math": False}
    for text, *spot in zip(_each(trace.get("text") or "", len(x)), x, y, strict=True):
        sheet.axes.annotate(plain(text), spot, **look, zorder=ABOVE)


# ── small readings ───────────────────────────────────────────────────────────────────────────────────────────────────
def named(trace: Part) -> str | None:
    """What a trace is called in the legend; None of one that is not in it."""
    return plain(trace["name"]) if trace.get("name") and trace.get("showlegend") is not False else None


def _each(texts: Any, count: int) -> list[str]:
    return [texts] * count if isinstance(texts, str) else [str(text) for text in texts]


def _one_colour(given: Any) -> str | None:
    return given if isinstance(given, str) else None


def _of(known: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise BadInput(WHERE, f"has a {what} that cannot be drawn for a paper", name, f"there is: {', '.join(known)}")
    return known[name]
