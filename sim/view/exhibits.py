"""The five exhibits of a result: title, chart, sentence and table, as the page and a brief show them. No widget."""

from __future__ import annotations

import abc

import pandas as pd

from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.view import companions, figures, names
from sim.view import drawing as draw
from sim.view.answer import Setting
from sim.view.drawing import Parts
from sim.view.preparation import Preparation
from sim.view.reading import MOST_BRANDS
from sim.view.session import Shown
from sim.view.tables import floats, rows_of

MOST_ROWS = 32  # brands in a table


class Exhibit(abc.ABC):
    """One of the things that are shown of a result.

    Attributes
    ----------
    key : str
        Tells it from the others, in style sheets too.
    """

    key: str

    @abc.abstractmethod
    def title(self, language: str) -> str:
        """Its heading."""

    def hint(self, _language: str) -> str:
        """A line of explanation under the heading; may be empty."""
        return ""

    def colours(self, _shown: Shown, _language: str) -> dict[str, str]:
        """What each colour stands for, by displayed name; empty where the chart says it itself."""
        return {}

    @abc.abstractmethod
    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """The chart of a result."""

    @abc.abstractmethod
    def sentence(self, shown: Shown, setting: Setting) -> str:
        """What it says at the lead time chosen."""

    @abc.abstractmethod
    def table(self, shown: Shown, setting: Setting) -> str:
        """The same as a table, in HTML."""


class Share(Exhibit):
    """Share and rupiah against lead time."""

    key = "share"

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("Share and sales by lead time")

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """The bands of every layer at hand."""
        reading = shown.reading
        bands = {layer: reading.bands(layer)["share"] for layer in reading.layers}
        gone = setting.gone(shown.scenario.campaign.event_date)
        return figures.share(bands, reading.turnover_idr, setting.share, gone, setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """The projection at the lead time chosen."""
        start = companions.start_of(shown.scenario.campaign.event_date, setting.week)
        return companions.share_sentence(shown.reading.at(setting.week), setting.week, start, setting.language)

    def table(self, shown: Shown, setting: Setting) -> str:
        """A row a quarter, and the lead time chosen."""
        bands = {layer: shown.reading.bands(layer) for layer in shown.reading.layers}
        return companions.share_table(bands, setting.week, shown.scenario.campaign.event_date, setting.language)


class Readiness(Exhibit):
    """Chance of being ready against lead time."""

    key = "readiness"

    def colours(self, shown: Shown, language: str) -> dict[str, str]:
        """What each curve stands for, by its number on the chart, where names have no room there."""
        brands = names.brands(shown.scenario, language)
        if not figures.MOST_NAMED < len(brands) <= MOST_BRANDS:
            return {}
        numbers = figures.marks(brands, language)
        numbered = [f"{number} {name}" for number, name in zip(numbers, brands, strict=True)]
        return dict(zip(numbered, draw.LINES, strict=False))

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("Chance of being ready")

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """One curve a brand, or their spread."""
        brands = names.brands(shown.scenario, setting.language)
        return figures.readiness(shown.reading.ready, brands, setting.probability, setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """The brand's chance, or how many of several are ready."""
        reading, language, week = shown.reading, setting.language, setting.week
        brands = names.brands(shown.scenario, language)
        if len(brands) > 1:
            return companions.brands_sentence(reading.ready, reading.ready_at_all, week, language)
        ready, needed = floats(reading.ready.iloc[:, 0])[week], rows_of(reading.needed)[0][1]
        return companions.readiness_sentence(ready, needed, week, brands[0], language)

    def table(self, shown: Shown, setting: Setting) -> str:
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


class Holding(Exhibit):
    """What holds the brand back that is ready last."""

    key = "holding"

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("What holds us back")

    def hint(self, language: str) -> str:
        """What is counted."""
        return speaker(language).gettext(
            "The longest step of the slowest brand, or what stops it; the answer above names only what stops it"
        )

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """One bar a cause."""
        return figures.holding(causes(shown, setting), setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """The largest causes."""
        return companions.holding_sentence(causes(shown, setting), setting.language)

    def table(self, shown: Shown, setting: Setting) -> str:
        """All causes."""
        return companions.holding_table(causes(shown, setting), setting.language)


def causes(shown: Shown, setting: Setting) -> pd.Series:
    """Displayed name to share of the replications."""
    titles, held = words.titles_of(shown.scenario), shown.reading.holding
    return held.set_axis([words.name_of(str(label), setting.language, titles) for label in held.index])


class Preparing(Exhibit):
    """The preparation as a Gantt chart.

    Attributes
    ----------
    single : bool
        Of one replication, and not of medians.
    """

    key = "preparation"

    def __init__(self, single: bool = False) -> None:
        self.single = single

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("The preparation")

    def hint(self, language: str) -> str:
        """What faint and strong mean."""
        return speaker(language).gettext(
            "Faint: from the first start to the last end. Strong: the middle workshop of each stage."
        )

    def colours(self, _shown: Shown, language: str) -> dict[str, str]:
        """What each colour stands for."""
        _ = speaker(language)
        entries = {"cluster": _("the cluster"), "workshop": _("its workshops"), "goods": _("the goods")}
        return {name: figures.STAGE_COLOURS[on] for on, name in entries.items()}

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """A row a stage."""
        stages, stage_names = self._stages(shown, setting)
        return figures.preparation(stages, stage_names, shown.reading.last_week, setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """Whether it ends in time."""
        return companions.preparation_sentence(_known(shown), self.single, setting.week, setting.language)

    def table(self, shown: Shown, setting: Setting) -> str:
        """The weeks of each stage."""
        return companions.preparation_table(*self._stages(shown, setting), setting.language)

    def _stages(self, shown: Shown, setting: Setting) -> tuple[pd.DataFrame, list[str]]:
        """Rows of the view that is chosen, and their names."""
        stages = (_known(shown).one if self.single else _known(shown).median).stages
        return stages, companions.stage_names(stages, words.titles_of(shown.scenario), setting.language)


def _known(shown: Shown) -> Preparation:
    if shown.preparation is None:
        raise ValueError("the days of the preparation are not known yet")
    return shown.preparation


class Cost(Exhibit):
    """Cost until the day by kind."""

    key = "cost"

    def title(self, language: str) -> str:
        """Its heading."""
        return speaker(language).gettext("Cost until the day")

    def hint(self, language: str) -> str:
        """What the bars are."""
        return speaker(language).gettext("Median with its 90% range, at the lead time chosen")

    def parts(self, shown: Shown, setting: Setting) -> Parts:
        """A bar a kind."""
        return figures.cost(companions.cost_rows(shown.reading.cost(setting.week), setting.language), setting.language)

    def sentence(self, shown: Shown, setting: Setting) -> str:
        """What it costs for each thing it reaches."""
        reading, week = shown.reading, setting.week
        sales = float(reading.at(week)["sales_idr"]["p50"])
        cost, outcomes = reading.cost(week), reading.outcomes(week)
        return companions.cost_sentence(cost, outcomes, sales, shown.scenario, setting.language)

    def table(self, shown: Shown, setting: Setting) -> str:
        """A row a kind, and what is public in all."""
        return companions.cost_table(shown.reading.cost(setting.week), setting.language)
