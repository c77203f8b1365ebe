"""The five charts of the page, each a card that is drawn anew for a result and only moved for a lead time."""

from __future__ import annotations

import abc
from collections.abc import Callable

import ipywidgets as widgets
import numpy as np
import pandas as pd

from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.view import companions, figures, names
from sim.view.answer import Setting
from sim.view.cards import Card, boxed
from sim.view.drawing import Parts
from sim.view.preparation import SPANS, Preparation
from sim.view.reading import LAST_WEEK
from sim.view.session import Shown
from sim.view.sizing import drawable
from sim.view.tables import floats, rows_of

MOST_ROWS = 32  # brands in a table
NOTHING = pd.DataFrame(0.0, index=np.arange(LAST_WEEK + 1.0), columns=["mean", "p05", "p50", "p95"])


class Panel(Card, abc.ABC):
    """A card that knows what it shows of a result."""

    def __init__(self, key: str, parts: Parts, tools: tuple[widgets.Widget, ...] = ()) -> None:
        super().__init__(key, parts.at(0), tools)
        self._parts = parts

    @abc.abstractmethod
    def speak(self, language: str) -> None:
        """Set what does not depend on a result in a language."""

    @abc.abstractmethod
    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """The chart of a result."""

    @abc.abstractmethod
    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """What it says at the lead time chosen."""

    @abc.abstractmethod
    def table_of(self, shown: Shown, setting: Setting) -> str:
        """The same as a table."""

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Show a result."""
        self._parts = self.parts(shown, setting)
        self.move(shown, setting)
        self.settle(shown, setting)

    def move(self, shown: Shown, setting: Setting) -> None:
        """Show the same result at another lead time."""
        self.show(self._parts.at(setting.week))
        self.tell(formats.unbroken(self.sentence_of(shown, setting)))

    def settle(self, shown: Shown, setting: Setting) -> None:
        """Bring the table up to the lead time, once that has come to rest: few look, and it is long."""
        self.tabulate(self.table_of(shown, setting), speaker(setting.language)("As a table"))


class SharePanel(Panel):
    """Share and rupiah against lead time."""

    def __init__(self) -> None:
        super().__init__("share", figures.share({"mixed": NOTHING}, 1.0, None, LAST_WEEK, "en"))

    def speak(self, language: str) -> None:
        """Set the heading."""
        _ = speaker(language)
        self.entitle(_("Share and sales by lead time"))

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """The bands of every layer at hand."""
        reading = shown.reading
        bands = {layer: reading.bands(layer)["share"] for layer in reading.layers}
        gone = setting.gone(shown.scenario.campaign.event_date)
        return figures.share(bands, reading.turnover_idr, setting.share, gone, setting.language)

    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """The projection at the lead time chosen."""
        start = companions.start_of(shown.scenario.campaign.event_date, setting.week)
        return companions.share_sentence(shown.reading.at(setting.week), setting.week, start, setting.language)

    def table_of(self, shown: Shown, setting: Setting) -> str:
        """A row a quarter, and the lead time chosen."""
        bands = {layer: shown.reading.bands(layer) for layer in shown.reading.layers}
        return companions.share_table(bands, setting.week, shown.scenario.campaign.event_date, setting.language)


class ReadinessPanel(Panel):
    """Chance of being ready against lead time."""

    def __init__(self) -> None:
        super().__init__("readiness", figures.readiness(NOTHING[["mean"]], [""], 0.8, "en"))

    def speak(self, language: str) -> None:
        """Set the heading."""
        _ = speaker(language)
        self.entitle(_("Chance of being ready"))

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """One curve a brand, or their spread."""
        brands = names.brands(shown.scenario, setting.language)
        return figures.readiness(shown.reading.ready, brands, setting.probability, setting.language)

    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """The brand's chance, or how many of several are ready."""
        reading, language, week = shown.reading, setting.language, setting.week
        brands = names.brands(shown.scenario, language)
        if len(brands) > 1:
            return companions.brands_sentence(reading.ready, reading.ready_at_all, week, language)
        ready, needed = floats(reading.ready.iloc[:, 0])[week], rows_of(reading.needed)[0][1]
        return companions.readiness_sentence(ready, needed, week, brands[0], language)

    def table_of(self, shown: Shown, setting: Setting) -> str:
        """A row a brand; with very many, one row for those of each cluster document, and one for all."""
        reading, language, week = shown.reading, setting.language, setting.week
        brands = names.brands(shown.scenario, language)
        if len(brands) <= MOST_ROWS:
            return companions.readiness_table(reading.ready, reading.needed, brands, week, language)
        ready, together = reading.ready.mean(axis=1).to_frame(), pd.DataFrame([reading.needed_together])
        rows = [speaker(language)("all {n} brands", n=formats.number(len(brands), language))]
        if len(shown.scenario.clusters) > 1:
            ready = pd.concat([reading.ready_by_cluster, ready], axis=1)
            together = pd.concat([reading.needed_by_cluster, together])
            rows = [*names.groups(shown.scenario, language), *rows]
        return companions.readiness_table(ready.set_axis(rows, axis=1), together, rows, week, language)


class HoldingPanel(Panel):
    """What holds the brand back that is ready last."""

    def __init__(self) -> None:
        super().__init__("holding", figures.holding(pd.Series([0.0], index=[""]), "en"))

    def speak(self, language: str) -> None:
        """Set the heading."""
        _ = speaker(language)
        self.entitle(_("What holds us back"), _("The longest step of the slowest brand, or what stops it"))

    def causes(self, shown: Shown, setting: Setting) -> pd.Series:
        """Displayed name to share of the replications."""
        titles = words.titles_of(shown.scenario)
        held = shown.reading.holding
        return held.set_axis([words.name_of(str(label), setting.language, titles) for label in held.index])

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """One bar a cause."""
        return figures.holding(self.causes(shown, setting), setting.language)

    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """The largest causes."""
        return companions.holding_sentence(self.causes(shown, setting), setting.language)

    def table_of(self, shown: Shown, setting: Setting) -> str:
        """All causes."""
        return companions.holding_table(self.causes(shown, setting), setting.language)


class PreparationPanel(Panel):
    """The preparation as a Gantt chart, of one replication or of medians."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.kind = widgets.ToggleButtons(options=[("", False), (" ", True)], value=False)
        self.kind.observe(lambda _change: changed(), "value")
        self._key = widgets.HTML()
        nothing = pd.DataFrame({"stage": [], "on": [], "happened": []} | {span: [] for span in SPANS}, dtype=float)
        super().__init__("preparation", figures.preparation(nothing, [], LAST_WEEK, "en"), (self.kind, self._key))

    def speak(self, language: str) -> None:
        """Set the heading, the two views and the key of colours."""
        _ = speaker(language)
        key = _("Faint: from the first start to the last end. Strong: the middle workshop of each stage.")
        self.entitle(_("The preparation"), key)
        with self.kind.hold_trait_notifications():
            value = self.kind.value
            self.kind.options = [(_("Medians"), False), (_("One replication"), True)]
            self.kind.value = value
        entries = {"cluster": _("the cluster"), "workshop": _("its workshops"), "goods": _("the goods")}
        swatch = '<li><i style="background:{}"></i>{}</li>'
        items = [swatch.format(figures.STAGE_COLOURS[on], name) for on, name in entries.items()]
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

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """A row a stage."""
        stages, stage_names = self._stages(shown, setting)
        return figures.preparation(stages, stage_names, shown.reading.last_week, setting.language)

    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """Whether it ends in time."""
        single = bool(self.kind.value)
        return companions.preparation_sentence(_known(shown), single, setting.week, setting.language)

    def table_of(self, shown: Shown, setting: Setting) -> str:
        """The weeks of each stage."""
        return companions.preparation_table(*self._stages(shown, setting), setting.language)

    def _stages(self, shown: Shown, setting: Setting) -> tuple[pd.DataFrame, list[str]]:
        """Rows of the view that is chosen, and their names."""
        stages = (_known(shown).one if self.kind.value else _known(shown).median).stages
        return stages, companions.stage_names(stages, words.titles_of(shown.scenario), setting.language)


def _known(shown: Shown) -> Preparation:
    if shown.preparation is None:
        raise ValueError("the days of the preparation are not known yet")
    return shown.preparation


class CostPanel(Panel):
    """Cost until the day by kind."""

    def __init__(self) -> None:
        super().__init__(
            "cost", figures.cost(pd.DataFrame({"p05": [0.0], "p50": [0.0], "p95": [0.0]}, index=[""]), "en")
        )

    def speak(self, language: str) -> None:
        """Set the heading."""
        _ = speaker(language)
        self.entitle(_("Cost until the day"), _("Median with its 90% range, at the lead time chosen"))

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """A bar a kind."""
        return figures.cost(companions.cost_rows(shown.reading.cost(setting.week), setting.language), setting.language)

    def sentence_of(self, shown: Shown, setting: Setting) -> str:
        """What it costs for each thing it reaches."""
        reading, week = shown.reading, setting.week
        sales = float(reading.at(week)["sales_idr"]["p50"])
        return companions.cost_sentence(reading.cost(week), reading.outcomes(week), sales, setting.language)

    def table_of(self, shown: Shown, setting: Setting) -> str:
        """A row a kind, and what is public in all."""
        return companions.cost_table(shown.reading.cost(setting.week), setting.language)


class Board:
    """All charts of the page.

    Attributes
    ----------
    box : Box
        What is put on the page.
    """

    def __init__(self, redraw_preparation: Callable[[], None]) -> None:
        self.share, self.readiness, self.holding = SharePanel(), ReadinessPanel(), HoldingPanel()
        self.preparation, self.cost = PreparationPanel(redraw_preparation), CostPanel()
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
