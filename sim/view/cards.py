"""A card of the page: a heading, one chart, and what it says in a sentence and a table."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

import ipywidgets as widgets

from sim.view.drawing import Parts
from sim.view.tables import scrolled
from sim.view.widgets import Chart

FOLLOWS = "siap-follows"  # a card whose numbers are of what is chosen, or else say that they are not


class Card:
    """One panel with its one figure.

    Parameters
    ----------
    key : str
        Tells the card's table from others, so that it stays open while its numbers change.
    parts : Parts
        What the chart shows first.
    tools : sequence of Widget
        Controls that belong to this chart alone; between heading and chart.

    Attributes
    ----------
    box : Box
        What is put on the page.
    """

    def __init__(self, key: str, parts: Parts, tools: Sequence[widgets.Widget] = ()) -> None:
        self.key, self.chart = key, Chart(parts)
        self.heading, self.sentence, self.table = widgets.HTML(), widgets.HTML(), widgets.HTML()
        self._frame = boxed([self.chart], "siap-frame")
        self._frame.layout.height = f"{parts.height}px"
        self.box = boxed(
            [self.heading, *tools, self._frame, self.sentence, self.table], "siap-card", FOLLOWS, f"siap-card-{key}"
        )

    def entitle(self, title: str, hint: str = "") -> None:
        """Set the heading, and a line of explanation under it."""
        small = f'<p class="siap-hint">{hint}</p>' if hint else ""
        self.heading.value = f"<h2>{html.escape(title)}</h2>{small}"

    def show(self, parts: Parts) -> None:
        """Show another state of the chart, in a place of the height that it needs."""
        self._frame.layout.height = f"{parts.height}px"
        self.chart.show_parts(parts)

    def tell(self, sentence: str) -> None:
        """Set the sentence."""
        self.sentence.value = f'<p class="siap-sentence">{html.escape(sentence)}</p>'

    def tabulate(self, table: str, summary: str) -> None:
        """Set the table; `summary` is what opens it."""
        self.table.value = (
            f'<details data-siap="{self.key}"><summary>{html.escape(summary)}</summary>{scrolled(table)}</details>'
        )


def key(colours: Mapping[str, str]) -> str:
    """What each colour stands for, by displayed name, as HTML."""
    swatch = '<li><i style="background:{}"></i>{}</li>'
    items = [swatch.format(colour, html.escape(name)) for name, colour in colours.items()]
    return f'<ul class="siap-key">{"".join(items)}</ul>'


def boxed(children: Sequence[widgets.Widget], *classes: str) -> widgets.Box:
    """Widgets in a box whose look the page's style sheet decides."""
    box = widgets.Box(children)
    for name in classes:
        box.add_class(name)
    return box


def plain(text: str, *classes: str) -> widgets.HTML:
    """A piece of HTML on the page."""
    made = widgets.HTML(text)
    for name in classes:
        made.add_class(name)
    return made
