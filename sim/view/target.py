"""The question at the head of the page: ready, or a share of sales, and with which chance."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence

from sim.errors import BadInput
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import levers, typed
from sim.view.answer import PROBABILITY, Setting
from sim.view.cards import boxed
from sim.view.controls import Control, Looks, Value
from sim.view.lever_panel import closed

PROBABILITIES = tuple(round(0.05 * i, 2) for i in range(1, 20))
SHARES = levers.even_steps(1e-9, 0.1)
FIRST_AIM = 1e-6
READY, SHARE = "ready", "share"


class Target:
    """What is aimed at.

    Parameters
    ----------
    aimed : callable
        Called with the share aimed at (None: being ready) and the chance aimed at.

    Attributes
    ----------
    box : Box
        What is put on the page.
    controls : dict
        ``kind``, ``share`` and ``probability``.
    """

    def __init__(self, aimed: Callable[[float | None, float], None]) -> None:
        self._aimed, self._looks = aimed, Looks()
        self._aim = FIRST_AIM  # kept while being ready is aimed at
        self._turnover_idr = math.nan
        self.controls: dict[str, Control] = {}
        self.box = boxed([], "siap-aims")

    def build(self, setting: Setting) -> None:
        """Make the controls anew, in a language."""
        old = [control.box for control in self.controls.values()]
        self._aim = setting.share or self._aim
        self._setting, self._language = setting, setting.language
        self.controls = {
            "kind": self._kind(setting),
            "share": self._share(setting.language),
            "probability": self._probability(setting),
        }
        self._show_share()
        self.box.children = [control.box for control in self.controls.values()]
        for box in old:
            closed(box)

    def restore(self, setting: Setting) -> None:
        """Bring the controls to another target; made anew where one cannot say it."""
        wanted: dict[str, Value] = {
            "kind": READY if setting.share is None else SHARE,
            "probability": setting.probability,
            **({} if setting.share is None else {"share": setting.share}),
        }
        if not all(self.controls[name].offers(value) for name, value in wanted.items()):
            self.build(setting)
            return
        for name, value in wanted.items():
            self.controls[name].set(value)
        self._aim = setting.share or self._aim
        self._show_share()

    def _typed(self, name: str, text: str) -> None:
        """Aim at what was typed."""
        control, language = self.controls[name], self._language
        try:
            aimed = typed.number(text, "share", control.name, language)
            if not 0 < aimed < 1:
                _ = speaker(language)
                raise BadInput(control.name, _("must be more than 0% and less than 100%"), text)
        except BadInput as error:
            control.complain(str(error))
            return
        if control.offers(aimed):
            control.set(aimed)
            return
        share = aimed if name == "share" else self._aim if self.controls["kind"].value == SHARE else None
        probability = aimed if name == "probability" else float(self.controls["probability"].value)
        self.build(dataclasses.replace(self._setting, share=share, probability=probability))
        self._aim_at()

    def price(self, turnover_idr: float) -> None:
        """Say what the share aimed at is in rupiah, of so much that everybody sells in the event."""
        self._turnover_idr = turnover_idr
        self._say_money()

    def _kind(self, setting: Setting) -> Control:
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

    def _share(self, language: str) -> Control:
        shares = levers.with_value(self._aim, SHARES)
        name = speaker(language)("Share aimed at")
        return self._slider("share", name, shares, self._aim, FIRST_AIM, formats.share)

    def _probability(self, setting: Setting) -> Control:
        chances = levers.with_value(setting.probability, PROBABILITIES)
        name = speaker(setting.language)("Chance aimed at")
        return self._slider("probability", name, chances, setting.probability, PROBABILITY, formats.probability)

    def _slider(
        self, key: str, name: str, values: Sequence[float], value: float, home: float, form: formats.Form
    ) -> Control:
        language = self._language
        return Control(
            name=name,
            values=values,
            texts=[form(x, language) for x in values],
            value=value,
            home=home,
            choice=False,
            note="",
            moved=lambda _value: self._aim_at(),
            language=language,
            looks=self._looks,
            key=f"target.{key}",
            typed=lambda text: self._typed(key, text),
        )

    def _show_share(self) -> None:
        """The share's slider is there only while a share is aimed at."""
        self.controls["share"].show(self.controls["kind"].value == SHARE)
        self._say_money()

    def _say_money(self) -> None:
        if not math.isnan(self._turnover_idr):  # known since the first result
            _, share = speaker(self._language), float(self.controls["share"].value)
            money = formats.rupiah(share * self._turnover_idr, self._language)
            self.controls["share"].annotate(_("about {rupiah} in the event", rupiah=money), "")

    def _aim_at(self) -> None:
        self._show_share()
        self._aim = float(self.controls["share"].value)
        share = self._aim if self.controls["kind"].value == SHARE else None
        self._aimed(share, float(self.controls["probability"].value))
