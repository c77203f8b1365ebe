"""The widgets that ipywidgets does not have: the dial, the chart that shares one Plotly, its player, the page's helper.

Each is a small anywidget; its other half lies in `front/`.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets

from sim.view.drawing import Parts
from sim.view.front import FOLDER, front


@contextlib.contextmanager
def _without(modules: Iterable[str]) -> Iterator[None]:
    """Let optional imports of modules fail, unless they are there already."""
    absent = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for module in absent:
            del sys.modules[module]


SERVED = "SIAP_PAGE" in os.environ

# By way of nbformat and jsonschema, plotly would compile a grammar of web addresses, which takes seconds at every
# start and which nothing here reads. nbformat itself and PIL, 25 MB, are for `Figure.show` and for images, which no
# served page has.
with _without(["rfc3987_syntax", *(["nbformat", "PIL"] if SERVED else [])]):
    go = importlib.import_module("plotly.graph_objects")
    basewidget = importlib.import_module("plotly.basewidget")
PLOTLY = Path(str(basewidget.__file__)).parent / "package_data" / "widgetbundle.js"


def listen() -> None:
    """Let the kernel answer pages that ask for all widgets at once.

    ipywidgets sees to that when it is imported; where that was before there was a kernel, a page would ask for each.
    """
    ipywidgets.register_comm_target()


class Page(anywidget.AnyWidget):
    """Looks after the whole page: language, theme, names for screen readers, widths. Shows nothing itself.

    Attributes
    ----------
    language, title : str
    behind : str
        What cards say whose numbers are not of what is chosen.
    busy : bool
        Whether new numbers are on their way to them.
    ended : dict
        What is `said` when the server has ended the page, and what its link is called: `anew`, or `kept` where it leads
        to the same settings.
    """

    _esm = FOLDER / "page.js"
    _css = front("look.css") + front("page.css")
    language = traitlets.Unicode("id").tag(sync=True)
    title = traitlets.Unicode("Siap").tag(sync=True)
    behind = traitlets.Unicode("").tag(sync=True)
    busy = traitlets.Bool(True).tag(sync=True)
    ended = traitlets.Dict().tag(sync=True)


class Dial(anywidget.AnyWidget):
    """The lead-time slider over its zones and its calendar; what it is told comes from `sim.view.dial`.

    Attributes
    ----------
    value, most : int
        Weeks.
    texts : list of str
        What each week is called: "88 minggu · mulai 6 Mar 2027".
    answers : dict
        `texts`, and the number of the one that is `of` each week.
    look : dict
        `name`, `zones` (from, to, kind, label), `least` (from, to, at, label) or None, `today` (week) or None, `lines`
        of marks (week, label, short, kind).
    """

    _esm = FOLDER / "dial.js"
    _css = FOLDER / "dial.css"
    value = traitlets.Int(0).tag(sync=True)
    most = traitlets.Int(156).tag(sync=True)
    texts = traitlets.List(traitlets.Unicode()).tag(sync=True)
    answers = traitlets.Dict().tag(sync=True)
    look = traitlets.Dict().tag(sync=True)


class Sharing(anywidget.AnyWidget):
    """What only a browser can do with a setting: copy, save and open it; and the keys of undo and redo.

    Attributes
    ----------
    texts : dict
        Everything that is said, by what it is said of.
    state : dict
        `query` (the end of an address), `document` and `file` (text and name of a file), `python`; empty while nothing
        can be shared.
    problem : str
        Why it cannot, where that is known.
    files : list of dict
        What can be made and saved of what is on the page: `kind`, the `text` on its button, and whether it is `busy`.
    refused : str
        Why none came of the one that was asked for.
    qr : str
        SVG, once it was asked for; ``-`` where the address is too long for one.
    still : str
        Class of the still that is hidden as long as the page is alive.
    """

    _esm = FOLDER / "sharing.js"
    texts = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    files = traitlets.List(traitlets.Dict()).tag(sync=True)
    refused = traitlets.Unicode("").tag(sync=True)
    qr = traitlets.Unicode("").tag(sync=True)
    still = traitlets.Unicode("").tag(sync=True)


class Plotly(anywidget.AnyWidget):
    """Plotly itself, sent to the page once for all charts; the page without code has it from its server.

    Attributes
    ----------
    code : bytes
        Of the module; none where the page has it already.
    """

    _esm = FOLDER / "library.js"
    code = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self) -> None:
        super().__init__(code=b"" if SERVED else PLOTLY.read_bytes())


class Chart(go.FigureWidget):  # type: ignore[misc, name-defined]
    """A figure that is changed in place: `show` sends only what differs from what it shows already."""

    # FigureWidget's own would bring five megabytes with every chart.
    _esm = front("chart.js")

    def __init__(self, parts: Parts) -> None:
        super().__init__(data=parts.traces, layout=parts.layout)
        self._config = {"displayModeBar": False, "responsive": True}
        self._shown = parts
        self.on_msg(self._greeted)

    def _greeted(self, _chart: Any, message: Any, _buffers: Any) -> None:
        """Send everything anew to a front end that has just begun to listen."""
        if isinstance(message, dict) and message.get("kind") == "ready":
            for number, trace in enumerate(self._data):
                self._send_restyle_msg({key: [v] for key, v in trace.items() if key not in ("type", "uid")}, number)
            self._send_relayout_msg(dict(self._layout))

    def show_parts(self, parts: Parts) -> None:
        """Show another state of the same chart."""
        was, self._shown = self._shown, parts
        with self.batch_update():
            for trace, old, new in zip(self.data, was.traces, parts.traces, strict=True):
                _change(trace, old, new)
            _change(self.layout, was.layout, parts.layout)


class Player(anywidget.AnyWidget):
    """Button and slider that show a chart moment after moment, in the browser alone.

    Attributes
    ----------
    chart : str
        Reference to the `Chart`.
    frames : list of dict
        As in `sim.view.film.Film`.
    said : list of str
        Each moment in words.
    words : dict
        `play` and `pause`, for the button, and `name`, of the slider.
    """

    _esm = FOLDER / "film.js"
    chart = traitlets.Unicode().tag(sync=True)
    frames = traitlets.List(traitlets.Dict()).tag(sync=True)
    said = traitlets.List(traitlets.Unicode()).tag(sync=True)
    words = traitlets.Dict().tag(sync=True)

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart=f"IPY_MODEL_{chart.model_id}")


def _change(thing: Any, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Set what differs, leaf by leaf: a part set whole would take its untouched neighbours with it."""
    for path, value in _differing(old, new):
        thing[path] = value


def _differing(old: dict[str, Any], new: dict[str, Any], at: str = "") -> Iterator[tuple[str, Any]]:
    """Paths and values in which two states of a part of a figure differ; None where something went."""
    if old is new:
        return
    for key in [*new, *(key for key in old if key not in new)]:
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _differing(before, after, f"{at}{key}.")
        elif _alike(before, after):
            for i, (one, other) in enumerate(zip(before, after, strict=True)):  # type: ignore[arg-type]
                yield from _differing(one, other, f"{at}{key}[{i}].")
        elif not _same(before, after):
            yield f"{at}{key}", after


def _alike(a: Any, b: Any) -> bool:
    """Whether both are lists of as many parts, such as labels, so that each can be changed by itself."""
    lists = isinstance(a, list) and isinstance(b, list) and len(a) == len(b) > 0
    return lists and all(isinstance(part, dict) for part in [*a, *b])


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return a is not None and b is not None and np.array_equal(a, b)
    return a is b or bool(a == b)
