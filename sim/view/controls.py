"""One labelled control for one lever: name, value in the reader's format, the control, range and source.

Sliders show no number of their own, which would be written the English way; the label above them does. Each control
can be put back to what the scenario says. `front/page.js` gives the handles their names for screen readers.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from sim.text.catalogue import speaker

Value = float | str
FULL = {"width": "auto"}


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

    Attributes
    ----------
    box : Box
        What is put on the page.
    input : Widget
        The control itself.
    home : float or str
        What the scenario says.
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
    ) -> None:
        self._values, self._texts, self.home, self._moved = list(values), list(texts), home, moved
        self._choice = choice
        _ = speaker(language)
        options = [(text, i) for i, text in enumerate(_distinct(self._texts))]
        at = self._values.index(value)
        kind = widgets.Dropdown if choice else widgets.SelectionSlider
        more = {} if choice else {"readout": False, "continuous_update": True}
        self.input = kind(options=options, value=at, layout=FULL, **more)
        self.label, self.reading = widgets.HTML(), widgets.HTML()
        tip = _("Back to the scenario: {value}", value=self._texts[self._values.index(home)])
        self.back = widgets.Button(description="↺", tooltip=tip)
        self.back.add_class("siap-back")
        self.back.on_click(lambda _button: self.set(self.home))
        head = widgets.HBox([self.label, self.back, self.reading])
        head.add_class("siap-control-head")
        self._note = widgets.HTML()
        self.box = widgets.VBox([head, self.input, self._note])
        self.annotate(note)
        self.box.add_class("siap-control")
        self.label.value = f'<span class="siap-name">{html.escape(name)}</span>'
        self._say()
        self.input.observe(self._heard, "value")

    @property
    def value(self) -> Value:
        """The value in force."""
        return self._values[self.input.value]

    def set(self, value: Value) -> None:
        """Move the control, as a reader would."""
        self.input.value = self._values.index(value)

    def annotate(self, note: str) -> None:
        """Set the small text under the control."""
        self._note.value = f"<small>{html.escape(note)}</small>" if note else ""

    def show(self, wanted: bool) -> None:
        """Put the control on the page, or take it off."""
        self.box.layout.display = "" if wanted else "none"

    def _heard(self, _change: Any) -> None:
        self._say()
        self._moved(self.value)

    def _say(self) -> None:
        # A list shows its choice itself; the value is said all the same where nobody sees.
        hidden = " siap-unseen" if self._choice else ""
        self.reading.value = f'<b class="siap-value{hidden}">{html.escape(self._texts[self.input.value])}</b>'
        self.back.layout.visibility = "hidden" if self.value == self.home else "visible"


def _distinct(texts: Sequence[str]) -> list[str]:
    """`texts` with what tells equal ones apart: a slider knows its values by their texts."""
    seen: dict[str, int] = {}
    made = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        made.append(text + "\N{ZERO WIDTH SPACE}" * (seen[text] - 1))
    return made
