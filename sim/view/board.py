"""The five exhibits on the page, each a card that is drawn anew for a result and only moved for a lead time."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
import pandas as pd

from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import exhibits, figures
from sim.view.answer import Setting
from sim.view.cards import Card, boxed
from sim.view.drawing import Parts
from sim.view.exhibits import Exhibit
from sim.view.preparation import SPANS
from sim.view.reading import LAST_WEEK
from sim.view.session import Shown
from sim.view.sizing import drawable

NOTHING = pd.DataFrame(0.0, index=np.arange(LAST_WEEK + 1.0), columns=["mean", "p05", "p50", "p95"])


class Panel(Card):
    """A card that shows an exhibit.

    Parameters
    ----------
    parts : Parts
        What the chart shows before there is a result.
    """

    def __init__(self, exhibit: Exhibit, parts: Parts, tools: tuple[widgets.Widget, ...] = ()) -> None:
        super().__init__(exhibit.key, parts.at(0), tools)
        self.exhibit, self._parts = exhibit, parts

    def speak(self, language: str) -> None:
        """Set what does not depend on a result in a language."""
        self.entitle(self.exhibit.title(language), self.exhibit.hint(language))

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Show a result."""
        self._parts = self.exhibit.parts(shown, setting)
        self.move(shown, setting)
        self.settle(shown, setting)

    def move(self, shown: Shown, setting: Setting) -> None:
        """Show the same result at another lead time."""
        self.show(self._parts.at(setting.week))
        self.tell(formats.unbroken(self.exhibit.sentence(shown, setting)))

    def settle(self, shown: Shown, setting: Setting) -> None:
        """Bring the table up to the lead time, once that has come to rest: few look, and it is long."""
        self.tabulate(self.exhibit.table(shown, setting), speaker(setting.language)("As a table"))


class PreparationPanel(Panel):
    """The preparation, of one replication or of medians."""

    exhibit: exhibits.Preparing

    def __init__(self, changed: Callable[[], None]) -> None:
        self.kind = widgets.ToggleButtons(options=[("", False), (" ", True)], value=False)
        self.kind.observe(lambda _change: self._chosen(changed), "value")
        self._key = widgets.HTML()
        nothing = pd.DataFrame({"stage": [], "on": [], "happened": []} | {span: [] for span in SPANS}, dtype=float)
        parts = figures.preparation(nothing, [], LAST_WEEK, "en")
        super().__init__(exhibits.Preparing(), parts, (self.kind, self._key))

    def _chosen(self, changed: Callable[[], None]) -> None:
        self.exhibit = exhibits.Preparing(bool(self.kind.value))
        changed()

    def speak(self, language: str) -> None:
        """Set the heading, the two views and the key of colours."""
        _ = speaker(language)
        super().speak(language)
        with self.kind.hold_trait_notifications():
            value = self.kind.value
            self.kind.options = [(_("Medians"), False), (_("One replication"), True)]
            self.kind.value = value
        swatch = '<li><i style="background:{}"></i>{}</li>'
        items = [swatch.format(colour, name) for name, colour in self.exhibit.colours(language).items()]
        self._key.value = f'<ul class="siap-key">{"".join(items)}</ul>'

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Show a result; what is there stays, paler, until the days of the new one are known.

        There is no chart of a country: nobody could read it, and it takes every attempt of every workshop.
        """
        waiting = shown.preparation is None
        self.box.layout.display = None if drawable(shown.scenario) else "none"
        (self.box.add_class if waiting else self.box.remove_class)("siap-stale")
        if not waiting:
            super().draw(shown, setting)

    def move(self, shown: Shown, setting: Setting) -> None:
        """Move the day."""
        if shown.preparation is not None:
            super().move(shown, setting)


class Board:
    """All charts of the page.

    Attributes
    ----------
    box : Box
        What is put on the page.
    """

    def __init__(self, redraw_preparation: Callable[[], None]) -> None:
        costs = pd.DataFrame({"p05": [0.0], "p50": [0.0], "p95": [0.0]}, index=[""])
        self.share = Panel(exhibits.Share(), figures.share({"mixed": NOTHING}, 1.0, None, LAST_WEEK, "en"))
        self.readiness = Panel(exhibits.Readiness(), figures.readiness(NOTHING[["mean"]], [""], 0.8, "en"))
        self.holding = Panel(exhibits.Holding(), figures.holding(pd.Series([0.0], index=[""]), "en"))
        self.preparation = PreparationPanel(redraw_preparation)
        self.cost = Panel(exhibits.Cost(), figures.cost(costs, "en"))
        pair = boxed([self.holding.box, self.readiness.box], "siap-pair")
        self.boxes = [self.share.box, pair, self.preparation.box, self.cost.box]

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel."""
        return self.share, self.readiness, self.holding, self.preparation, self.cost

    def speak(self, language: str) -> None:
        """Set what does not depend on a result in a language."""
        for panel in self.panels:
            panel.speak(language)

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Show a result."""
        for panel in self.panels:
            panel.draw(shown, setting)

    def move(self, shown: Shown, setting: Setting) -> None:
        """Follow the lead time with what stands beside the dial; the rest waits until the hand does, see `settle`."""
        self.share.move(shown, setting)

    def settle(self, shown: Shown, setting: Setting) -> None:
        """The lead time has come to rest: move the charts further down, and write the tables."""
        self.readiness.move(shown, setting)
        self.preparation.move(shown, setting)
        self.share.settle(shown, setting)
        self.readiness.settle(shown, setting)
        self.cost.draw(shown, setting)

    def aim(self, shown: Shown, setting: Setting) -> None:
        """Follow the target."""
        self.share.draw(shown, setting)
        self.readiness.draw(shown, setting)
