"""One labelled control for one lever: name, value in the reader's format, the control, range and source.

Sliders show no number of their own, which would be written the English way; the label above them does, and there
another number can be typed. Each control can be put back to what the scenario says. `front/page.js` gives the handles
their names for screen readers, and says what was typed.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from sim.text.catalogue import speaker

Value = float | str
AT_HOME, ABSENT = "siap-at-home", "siap-absent"


class Looks:
    """Layout and styles that many controls share: a page with hundreds of their own would take seconds to load."""

    def __init__(self) -> None:
        self.layout = widgets.Layout(width="auto")
        self.text, self.button = widgets.HTML().style, widgets.Button().style
        self.slider, self.list = widgets.SelectionSlider(options=[0]).style, widgets.Dropdown().style


class Control:
    """A control with its label.

    Parameters
    ----------
    name : str
        Displayed name.
    values : sequence
        What can be chosen, in order.
    texts : sequence of str
        How each value is shown; with a unit.
    value, home : float or str
        The value in force, and the one that the scenario says.
    choice : bool
        A list to choose from rather than a slider.
    note : str
        Range and source, as small text.
    moved : callable
        Called with the new value when a reader moves the control.
    looks : Looks
    source : str
        What opens under the note, as HTML: where the value comes from.
    key : str
        Tells it from others: what is open stays open while numbers change, and what is typed is known to be its own.
    typed : callable, optional
        Called with what a reader typed in place of the value; None: nothing can be typed.

    Attributes
    ----------
    box : Box
        What is put on the page.
    input : Widget
        The control itself.
    name : str
    home : float or str
        What the scenario says.
    typed : callable, optional
    """

    def __init__(
        self,
        name: str,
        values: Sequence[Value],
        texts: Sequence[str],
        value: Value,
        home: Value,
        choice: bool,
        note: str,
        moved: Callable[[Value], None],
        language: str,
        looks: Looks,
        source: str = "",
        key: str = "",
        typed: Callable[[str], None] | None = None,
    ) -> None:
        self._source, self._key, self.typed, self._complaint = source, key, typed, ""
        self._values, self._texts, self.home, self._moved = list(values), list(texts), home, moved
        self.name, self._note, self._choice = name, note, choice
        self.input = self._made_input(self._values.index(value), looks)
        self.label = widgets.HTML(layout=looks.layout, style=looks.text)
        tip = speaker(language)("Back to the scenario: {value}", value=self._texts[self._values.index(home)])
        self.back = widgets.Button(description="↺", tooltip=tip, layout=looks.layout, style=looks.button)
        self.back.add_class("siap-back")
        self.back.on_click(lambda _button: self.set(self.home))
        self.box = widgets.Box([self.label, self.back, self.input], layout=looks.layout)
        self.box.add_class("siap-control")
        self._say()
        self.input.observe(self._heard, "value")

    def _made_input(self, at: int, looks: Looks) -> widgets.Widget:
        options = [(text, i) for i, text in enumerate(_distinct(self._texts))]
        if self._choice:
            return widgets.Dropdown(options=options, value=at, layout=looks.layout, style=looks.list)
        return widgets.SelectionSlider(
            options=options, value=at, readout=False, layout=looks.layout, style=looks.slider
        )

    @property
    def value(self) -> Value:
        """The value in force."""
        return self._values[self.input.value]

    @property
    def note(self) -> str:
        """The small text under the control."""
        return self._note

    def set(self, value: Value) -> None:
        """Move the control, as a reader would."""
        self.input.value = self._values.index(value)

    def offers(self, value: Value) -> bool:
        """Whether a value can be set."""
        return value in self._values

    def annotate(self, note: str, source: str) -> None:
        """Set the small text under the control, and what opens under it."""
        if (note, source) != (self._note, self._source):
            self._note, self._source = note, source
            self._say()

    def show(self, wanted: bool) -> None:
        """Put the control on the page, or take it off."""
        _mark(self.box, ABSENT, not wanted)

    @property
    def shown(self) -> bool:
        """Whether it is on the page."""
        return ABSENT not in self.box._dom_classes

    def complain(self, complaint: str) -> None:
        """Say what is wrong with what was typed, until the control is moved."""
        self._complaint = complaint
        self._say()

    def _heard(self, _change: Any) -> None:
        self._complaint = ""
        self._say()
        self._moved(self.value)

    def _say(self) -> None:
        """Name, value and note in one piece; the style sheet puts the control between them."""
        complaint = f'<small class="siap-refused" role="alert">{html.escape(self._complaint)}</small>'
        self.label.value = (
            f'<span class="siap-name">{html.escape(self.name)}</span>{self._shown()}'
            f"{complaint if self._complaint else ''}{self._small()}"
        )
        _mark(self.box, AT_HOME, self.value == self.home)

    def _shown(self) -> str:
        shown = self._texts[self.input.value]
        if self.typed is None:
            # A list shows its choice itself; the value is said all the same where nobody sees.
            hidden = " siap-unseen" if self._choice else ""
            return f'<b class="siap-value{hidden}">{html.escape(shown)}</b>'
        return (
            f'<input class="siap-value siap-typed" data-siap-typed="{html.escape(self._key)}" size="{len(shown)}" '
            f'value="{html.escape(shown)}" aria-label="{html.escape(self.name)}" autocomplete="off" spellcheck="false">'
        )

    def _small(self) -> str:
        note = html.escape(self._note)
        if not self._source:
            return f"<small>{note}</small>"
        opened = f"<summary>{note}</summary>{self._source}"
        return f'<details class="siap-source" data-siap="source-{html.escape(self._key)}">{opened}</details>'


def _mark(widget: widgets.Widget, name: str, wanted: bool) -> None:
    (widget.add_class if wanted else widget.remove_class)(name)


def _distinct(texts: Sequence[str]) -> list[str]:
    """`texts` with what tells equal ones apart: a slider knows its values by their texts."""
    seen: dict[str, int] = {}
    made = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        made.append(text + "\N{ZERO WIDTH SPACE}" * (seen[text] - 1))
    return made
