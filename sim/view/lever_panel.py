"""The column of levers: one control for each place that can be moved, in groups, and the target."""

from __future__ import annotations

import html
from collections.abc import Callable

import ipywidgets as widgets

from sim.scenario import Scenario
from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.view import levers
from sim.view.answer import PROBABILITY, Setting
from sim.view.cards import boxed
from sim.view.controls import Control, Looks, Value

PROBABILITIES = tuple(round(0.05 * i, 2) for i in range(1, 20))
SHARES = levers.even_steps(1e-9, 0.1)
FIRST_AIM = 1e-6
TARGET = N_("The target")
READY, SHARE = "ready", "share"


class LeverPanel:
    """Every control of the page but the dial.

    Parameters
    ----------
    moved : callable
        Called with a path and its new value.
    aimed : callable
        Called with the share aimed at (None: being ready) and the chance aimed at.

    Attributes
    ----------
    box : Box
        What is put on the page.
    controls : dict
        Path to control.
    """

    def __init__(self, moved: Callable[[str, Value], None], aimed: Callable[[float | None, float], None]) -> None:
        self._moved, self._aimed, self._looks = moved, aimed, Looks()
        self._aim = FIRST_AIM  # kept while being ready is aimed at
        self.controls: dict[str, Control] = {}
        self.target: dict[str, Control] = {}
        self.box = boxed([], "siap-card", "siap-levers")

    def build(self, base: Scenario, current: Scenario, setting: Setting) -> None:
        """Make the controls of a scenario anew, in a language.

        Parameters
        ----------
        base, current : Scenario
            As it was loaded, and with what has been moved since.
        """
        old = [control.box for control in [*self.controls.values(), *self.target.values()]]
        self.controls = {}
        parts = [self._group(name, places, base, current, setting) for name, places in levers.groups(base).items()]
        self.box.children = [*(part for part in parts if part is not None), self._targets(setting)]
        self.follow(current, setting.language)
        for box in old:
            _close(box)

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
        )

    def follow(self, current: Scenario, language: str) -> None:
        """Show what belongs to the rules in force: levers that only they use, and what each choice rests on."""
        for path, control in self.controls.items():
            control.show(levers.applies(current, path))
            if isinstance(control.value, str):
                control.annotate(levers.choice_note(current, path, language))

    def _targets(self, setting: Setting) -> widgets.Box:
        _ = speaker(setting.language)
        self._aim = setting.share or self._aim
        self.target = {
            "kind": self._target_kind(setting),
            "share": self._target_share(setting.language),
            "probability": self._target_probability(setting),
        }
        self._show_share()
        return _section(_(TARGET), [control.box for control in self.target.values()])

    def _target_kind(self, setting: Setting) -> Control:
        _ = speaker(setting.language)
        kinds = {READY: _("being ready for the campaign"), SHARE: _("a share of sales")}
        return Control(
            name=_("Target"),
            values=list(kinds),
            texts=list(kinds.values()),
            value=READY if setting.share is None else SHARE,
            home=READY,
            choice=True,
            note="",
            moved=lambda _value: self._aim_at(),
            language=setting.language,
            looks=self._looks,
        )

    def _target_share(self, language: str) -> Control:
        shares = levers.with_value(self._aim, SHARES)
        return Control(
            name=speaker(language)("Share aimed at"),
            values=shares,
            texts=[formats.share(x, language) for x in shares],
            value=self._aim,
            home=FIRST_AIM,
            choice=False,
            note=formats.ranged(SHARES[0], SHARES[-1], formats.share, language),
            moved=lambda _value: self._aim_at(),
            language=language,
            looks=self._looks,
        )

    def _target_probability(self, setting: Setting) -> Control:
        language = setting.language
        return Control(
            name=speaker(language)("Chance aimed at"),
            values=PROBABILITIES,
            texts=[formats.probability(x, language) for x in PROBABILITIES],
            value=setting.probability,
            home=PROBABILITY,
            choice=False,
            note=formats.ranged(PROBABILITIES[0], PROBABILITIES[-1], formats.probability, language),
            moved=lambda _value: self._aim_at(),
            language=language,
            looks=self._looks,
        )

    def _show_share(self) -> None:
        """The share's slider is there only while a share is aimed at."""
        wanted = self.target["kind"].value == SHARE
        self.target["share"].show(wanted)

    def _aim_at(self) -> None:
        self._show_share()
        self._aim = float(self.target["share"].value)
        share = self._aim if self.target["kind"].value == SHARE else None
        self._aimed(share, float(self.target["probability"].value))


def _section(title: str, children: list[widgets.Box]) -> widgets.Box:
    return boxed([widgets.HTML(f"<h2>{html.escape(title)}</h2>"), *children], "siap-group")


def _close(box: widgets.Box) -> None:
    """Let go of a box and all in it, here and on the page."""
    for child in getattr(box, "children", ()):
        _close(child)
    box.close()
