"""The column of levers: one control for each place that can be moved, in groups."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets as widgets

from sim.errors import BadInput
from sim.scenario import Scenario
from sim.text.catalogue import speaker
from sim.view import levers, sources, typed
from sim.view.answer import Setting
from sim.view.cards import boxed
from sim.view.controls import Control, Looks, Value


class LeverPanel:
    """Every control of the page but the dial.

    Parameters
    ----------
    moved : callable
        Called with a path and its new value.

    Attributes
    ----------
    box : Box
        What is put on the page.
    controls : dict
        Path to control.
    """

    def __init__(self, moved: Callable[[str, Value], None]) -> None:
        self._moved, self._looks = moved, Looks()
        self.controls: dict[str, Control] = {}
        self.box = boxed([], "siap-card", "siap-levers")

    def build(self, base: Scenario, current: Scenario, setting: Setting) -> None:
        """Make the controls of a scenario anew, in a language.

        Parameters
        ----------
        base, current : Scenario
            As it was loaded, and with what has been moved since.
        """
        old = self.box.children  # whole groups: one left alive with closed controls could be sent to no page
        self.controls = {}
        parts = [self._group(name, places, base, current, setting) for name, places in levers.groups(base).items()]
        self.box.children = [part for part in parts if part is not None]
        self.follow(current, setting.language)
        for group in old:
            closed(group)

    def _group(
        self, name: str, places: list[levers.Place], base: Scenario, current: Scenario, setting: Setting
    ) -> widgets.Box | None:
        language = setting.language
        for place in places:
            self.controls[place.path] = self._control(place, base, current, language)
        made = [self.controls[place.path].box for place in places]
        return _section(speaker(language)(name), made) if made else None

    def _control(self, place: levers.Place, base: Scenario, current: Scenario, language: str) -> Control:
        now = levers.place(current, place.path).value
        values = place.values if now in place.values else levers.with_value(float(now), place.values)
        return Control(
            name=place.name(base, language),
            values=values,
            texts=[place.shown(v, language) for v in values],
            value=now,
            home=place.value,
            choice=place.choice,
            note=place.note(current, language),
            moved=lambda value: self._moved(place.path, value),
            language=language,
            looks=self._looks,
            source=sources.at_lever(base, place.path, language),
            key=place.path,
            typed=None if place.choice else lambda text: self._typed(place, text, language),
        )

    def _typed(self, place: levers.Place, text: str, language: str) -> None:
        """Set a lever to what was typed, which its slider need not offer."""
        control = self.controls[place.path]
        try:
            value = typed.number(text, place.unit, control.name, language)
            if not control.offers(value):
                typed.check(value, place, control.name, text, language)
        except BadInput as error:
            control.complain(str(error))
            return
        if control.offers(value):
            control.set(value)
        else:
            self._moved(place.path, value)

    def restore(self, base: Scenario, current: Scenario, setting: Setting) -> None:
        """Bring every control to a scenario of the same base; made anew where one cannot say it."""
        wanted = {path: levers.place(current, path).value for path in self.controls}
        if not all(self.controls[path].offers(value) for path, value in wanted.items()):
            self.build(base, current, setting)
            return
        for path, value in wanted.items():
            self.controls[path].set(value)
        self.follow(current, setting.language)

    def follow(self, current: Scenario, language: str) -> None:
        """Show what belongs to the rules in force: levers that only they use, and what each choice rests on."""
        for path, control in self.controls.items():
            control.show(levers.applies(current, path))
            if isinstance(control.value, str):
                control.annotate(levers.choice_note(current, path, language), sources.at_lever(current, path, language))


def _section(title: str, children: list[widgets.Box]) -> widgets.Box:
    return boxed([widgets.HTML(f"<h2>{html.escape(title)}</h2>"), *children], "siap-group")


def closed(box: widgets.Box) -> None:
    """Let go of a box and all in it, here and on the page."""
    for child in getattr(box, "children", ()):
        closed(child)
    box.close()
