"""Charts as SVG: the same pieces that the page gives to plotly, drawn for a file that no library comes with.

A picture is as wide as its place and keeps its height, so that text has one size on a desk and on a telephone: what
is placed across is placed in percent, what is placed along the height in pixels, and curves lie in a drawing of their
own that is stretched. What differs between lead times is told apart from what does not: a script changes the first.
"""

from __future__ import annotations

import dataclasses
import html
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from sim.view import drawing as draw
from sim.view.drawing import Label, Parts, Shape, Trace

ABOVE, BELOW, EDGE = 26, 46, 6  # pixels over the plot, under it where it has an axis, and else
CLOSE = 15  # pixels: a tick nearer than this to a label at the left end is not written
TWO_LINES = 40  # pixels under a line across in which two lines of text have room
FINE = 1000  # units of the stretched drawing, each way
BREAK, MARKED = re.compile(r"<br>"), re.compile(r"(</?b>)")
# What the style sheet calls the colours, since those of a line change between light and dark.
COLOURS = {
    draw.BLUE: "var(--accent)",
    draw.VERMILION: "var(--hold)",
    draw.GREEN: "var(--enough)",
    draw.AMBER: "var(--some)",
    draw.GREY: "var(--muted)",
}
Steps = list[str | int | list[str | int]]
ANCHORS = {"left": "start", "center": "middle", "right": "end"}
DASHES = {"dot": "2 4", "dash": "5 4"}
RISE = {"bottom": -7.0, "middle": 4.5, "top": 13.0}  # pixels from a text's place to its base line


@dataclasses.dataclass(frozen=True)
class Element:
    """One SVG element: its tag, its attributes, and its text, in which only <b> is markup."""

    tag: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclasses.dataclass(frozen=True)
class Picture:
    """A chart as SVG.

    Attributes
    ----------
    svg : str
    moves : list
        For each element that is marked `data-moves`, in their order: attributes that go together (or ``text``) to one
        value a lead time, in steps.
    """

    svg: str
    moves: list[dict[str, Steps]]


def picture(frames: Sequence[Parts], chosen: int) -> Picture:
    """A chart that can show several lead times.

    Parameters
    ----------
    frames : sequence of Parts
        The chart at each lead time: as many pieces in each.
    chosen : int
        Number of the one that is drawn.
    """
    drawn = [list(_elements(parts)) for parts in frames]
    moves, body = [], []
    for now, *same in zip(drawn[chosen], *drawn, strict=True):
        differing = _differing(same)
        moves += [differing] if differing else []
        body.append(_tag(now, bool(differing)))
    size = f'width="100%" height="{frames[chosen].height}"'
    return Picture(
        f'<svg class="siap-picture" {size} aria-hidden="true" focusable="false">{"".join(body)}</svg>', moves
    )


def _differing(same: Sequence[Element]) -> dict[str, Steps]:
    """What of an element is not the same at all lead times."""
    first = same[0]
    if all(one == first for one in same):
        return {}
    together: dict[tuple[str, ...], list[str]] = {}
    for name in first.attributes:
        together.setdefault(tuple(one.attributes[name] for one in same), []).append(name)
    found = {" ".join(names): steps(values) for values, names in together.items() if len(set(values)) > 1}
    if any(one.text != first.text for one in same):
        found["text"] = steps([MARKED.sub("", one.text) for one in same])
    return found


def steps(texts: Sequence[str]) -> Steps:
    """Texts that differ little from each to the next, in short.

    Each is 0 where it is as the one before, else whole, or where that is shorter pairs of the number of a word of the
    one before and what it becomes.
    """
    found: Steps = []
    before = ""
    for text in texts:
        old, new = before.split(" "), text.split(" ")
        changed = [part for i, word in enumerate(new) if old[i : i + 1] != [word] for part in (i, word)]
        pairs = sum(len(str(part)) + 2 for part in changed)
        short = len(old) == len(new) and pairs < len(text)
        found.append(0 if text == before else changed if short else text)
        before = text
    return found


def _tag(element: Element, moving: bool) -> str:
    attributes = "".join(f' {name}="{html.escape(value)}"' for name, value in element.attributes.items())
    mark = " data-moves" if moving else ""
    if element.tag == "svg":  # its text is a drawing made here, in which there is no text of anybody's
        return f"<svg{attributes}>{element.text}</svg>"
    return f"<{element.tag}{attributes}{mark}>{_inside(element.text)}</{element.tag}>"


def _inside(text: str) -> str:
    pieces = MARKED.split(text)
    bold = {"<b>": '<tspan class="siap-bold">', "</b>": "</tspan>"}
    return "".join(bold.get(piece, html.escape(piece)) for piece in pieces)


class _Frame:
    """Where things of a chart are: percent across, pixels from the top."""

    def __init__(self, parts: Parts) -> None:
        x, y = parts.layout["xaxis"], parts.layout["yaxis"]
        self.left, self.right = (float(end) for end in x["range"])
        self.foot, self.head = (float(end) for end in y["range"])
        self.axis = x.get("visible", True)
        self.top = ABOVE if self.axis else EDGE
        self.room = parts.height - self.top - (BELOW if self.axis else EDGE)

    def part(self, x: float) -> float:
        """How much of the width lies to the left."""
        return (x - self.left) / (self.right - self.left)

    def across(self, x: float) -> str:
        """A place on the horizontal axis."""
        return f"{100 * self.part(x):.1f}%"

    def wide(self, x: float) -> str:
        """A width."""
        return f"{100 * x / (self.right - self.left):.1f}%"

    def height(self, y: float) -> float:
        """A place on the vertical axis."""
        return self.top + self.room * (self.head - y) / (self.head - self.foot)

    def down(self, y: float) -> str:
        """The same as an attribute."""
        return f"{self.height(y):.1f}"


def _elements(parts: Parts) -> Iterator[Element]:
    """Everything of a chart from behind to the front."""
    frame, layout = _Frame(parts), parts.layout
    behind = [shape for shape in layout["shapes"] if shape.get("layer") == "below"]
    yield from (_shape(shape, frame) for shape in behind)
    yield from _grid(layout, frame)
    curves = [trace for trace in parts.traces if trace["type"] == "scatter" and trace["visible"]]
    if curves:
        yield _plot(curves, frame)
    for trace in parts.traces:
        if trace["type"] == "bar":
            yield from _bars(trace, frame)
    yield from (_shape(shape, frame) for shape in layout["shapes"] if shape not in behind)
    yield from _marks(layout, frame)
    yield from (_label(label, frame) for label in layout["annotations"])


def _grid(layout: Mapping[str, Any], frame: _Frame) -> Iterator[Element]:
    """Lines across at the ticks of the vertical axis, and the axis itself."""
    for value in layout["yaxis"].get("tickvals", ()):
        y = frame.down(value)
        yield Element("line", {"class": "siap-grid", "x1": "0%", "x2": "100%", "y1": y, "y2": y})
    if frame.axis and "tickvals" not in layout["yaxis"]:
        for week in _ticks(layout["xaxis"]):
            x, ends = frame.across(week), (f"{frame.top}", f"{frame.top + frame.room}")
            yield Element("line", {"class": "siap-grid", "x1": x, "x2": x, "y1": ends[0], "y2": ends[1]})


def _marks(layout: Mapping[str, Any], frame: _Frame) -> Iterator[Element]:
    """What is written beside the axes; on the lines of the vertical one, which then have the whole width."""
    y = layout["yaxis"]
    named = [label["y"] for label in layout["annotations"] if label["x"] == frame.left and "yref" not in label]
    for value, text in zip(y.get("tickvals", ()), y.get("ticktext", ()), strict=True):
        if all(abs(frame.height(value) - frame.height(level)) > CLOSE for level in named):
            yield from _tick(text, frame.height(value), frame)
    if not frame.axis:
        return
    below = frame.top + frame.room + 17
    for week in _ticks(layout["xaxis"]):
        part = frame.part(week)
        anchor = "start" if part < 0.02 else "end" if part > 0.98 else "middle"
        yield Element("text", {"x": frame.across(week), "y": f"{below}", "text-anchor": anchor}, f"{week}")
    title = {"x": "50%", "y": f"{below + 20}", "text-anchor": "middle"}
    yield Element("text", title, layout["xaxis"]["title"]["text"])


def _tick(text: str, height: float, frame: _Frame) -> Iterator[Element]:
    """What a line across stands for, above it; of two parts the second below it, but not on what is under the plot."""
    above, *rest = BREAK.split(text)
    if rest and height + TWO_LINES > frame.top + frame.room:
        above, rest = " · ".join([above, *rest]), []
    for shift, said in zip((-5, 14), [above, *rest], strict=False):
        yield Element("text", {"x": "0%", "y": f"{height + shift:.1f}"}, said)


def _ticks(axis: Mapping[str, Any]) -> range:
    return range(axis["tick0"], math.floor(axis["range"][1]) + 1, axis["dtick"])


def _plot(curves: Sequence[Trace], frame: _Frame) -> Element:
    """All bands and curves in one drawing that is stretched to the plot."""
    place = {"x": "0", "y": f"{frame.top}", "width": "100%", "height": f"{frame.room}"}
    view = {"viewBox": f"0 0 {FINE} {FINE}", "preserveAspectRatio": "none"}
    return Element("svg", place | view, "".join(_path(trace, frame) for trace in curves))


def _path(trace: Trace, frame: _Frame) -> str:
    x = [FINE * frame.part(float(x)) for x in np.asarray(trace["x"], dtype=float)]
    y = [FINE * (frame.height(float(y)) - frame.top) / frame.room for y in np.asarray(trace["y"], dtype=float)]
    points = "L".join(f"{a:.1f} {b:.1f}" for a, b in zip(x, y, strict=True))
    if "fill" in trace:
        return f'<path d="M{points}Z" fill="{trace["fillcolor"]}"/>'
    line = trace["line"]
    dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line["dash"] in DASHES else ""
    stroke = f'stroke="{_colour(line["color"])}" stroke-width="{line["width"]}"{dash}'
    return f'<path d="M{points}" fill="none" {stroke} vector-effect="non-scaling-stroke"/>'


def _bars(trace: Trace, frame: _Frame) -> Iterator[Element]:
    count = len(trace["y"])
    base = trace.get("base", np.zeros(count))
    colours = trace["marker"]["color"]
    colours = [colours] * count if isinstance(colours, str) else colours
    texts = trace.get("text", [""] * count)
    thick = frame.room * trace["width"] / (frame.head - frame.foot)
    for i, (start, length, row) in enumerate(zip(base, trace["x"], trace["y"], strict=True)):
        place = {"x": frame.across(start), "y": f"{frame.height(row) - thick / 2:.1f}", "width": frame.wide(length)}
        look = {"height": f"{thick:.1f}", "rx": "3", "fill": _colour(colours[i])}
        yield Element("rect", place | look | {"opacity": f"{trace.get('opacity', 1.0)}"})
        if texts[i]:
            beside = {"x": frame.across(start + length), "y": f"{frame.height(row) + 4.5:.1f}", "dx": "6"}
            yield Element("text", beside, texts[i])
        if (error := trace.get("error_x")) is not None:
            low, high = length - error["arrayminus"][i], length + error["array"][i]
            yield _whisker(frame.across(low), frame.across(high), frame.down(row))


def _whisker(low: str, high: str, y: str) -> Element:
    return Element("line", {"class": "siap-whisker", "x1": low, "x2": high, "y1": y, "y2": y})


def _shape(shape: Shape, frame: _Frame) -> Element:
    whole = shape.get("yref") == "paper"
    ends = sorted(
        frame.top + frame.room * (1 - shape[end]) if whole else frame.height(shape[end]) for end in ("y0", "y1")
    )
    top, bottom = (f"{end:.1f}" for end in ends)
    if shape["type"] == "rect":
        place = {"x": frame.across(shape["x0"]), "width": frame.wide(shape["x1"] - shape["x0"])}
        return Element("rect", place | {"y": top, "height": f"{ends[1] - ends[0]:.1f}", "fill": shape["fillcolor"]})
    line, x = shape["line"], frame.across(shape["x0"])
    look = {"stroke": _colour(line["color"]), "stroke-width": f"{line['width']}"}
    dash = {"stroke-dasharray": DASHES[line["dash"]]} if "dash" in line else {}
    return Element("line", {"x1": x, "x2": x, "y1": top, "y2": bottom} | look | dash)


def _label(label: Label, frame: _Frame) -> Element:
    x = 100 * label["x"] if label.get("xref") == "paper" else 100 * frame.part(label["x"])
    paper = label.get("yref") == "paper"
    y = frame.top + frame.room * (1 - label["y"]) if paper else frame.height(label["y"])
    y += RISE[label.get("yanchor", "middle")] - label.get("yshift", 0)
    anchor = ANCHORS[label.get("xanchor", "center")]
    place = {"x": f"{x:.1f}%", "y": f"{y:.1f}", "dx": f"{label.get('xshift', 0)}", "text-anchor": anchor}
    return Element("text", {"class": "siap-said"} | place, label["text"])


def _colour(colour: str) -> str:
    return COLOURS.get(colour, colour)
