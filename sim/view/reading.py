"""What a result says, as tidy numbers week by week: everything that charts, sentences and tables read.

A reading is made once for a result, away from the page; moving the lead time afterwards only looks numbers
up. No text, no colour, no widget.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiment import Answer, Result, when
from sim.experiment.result import summary
from sim.outcomes import Layer, Projection
from sim.programme import quantities
from sim.view.tables import Row, row_of

Floats = NDArray[np.float64]
WEEK = 7.0
LAST_WEEK = 156  # three years, the dial's range where that is enough
LATE_WEEK, LATEST_WEEK, YEAR = 150, 416, 52  # readiness later than the first asks for a longer dial, up to eight years
FLAT = 0.98  # of what unlimited time brings: from there on more time no longer helps
MOST_BRANDS = 8  # drawn one by one; more are summarised
DRAWS_FOR_RANKS = 40  # below so many replications a rank correlation says little
# Readiness cannot follow from these, whatever chance makes it look like: buyers, the whole market, what is paid.
AFTERWARDS = ("case.", "demand.", "campaign.fees.", "campaign.turnover.", "campaign.presale_share")
COSTS_ONLY = (
    "cost_idr",
    "cost_idr_per_day",
    "cost_idr_per_item",
    "shipping_idr_per_item",
    "interest_per_year",
    "return_rate",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Reading:
    """One result, read for the page.

    Attributes
    ----------
    result : Result
    with_chance : bool
        Whether chance alone is at hand; asking for it otherwise would simulate.
    """

    result: Result
    with_chance: bool = False
    _costs: dict[float, pd.DataFrame] = dataclasses.field(default_factory=dict, repr=False)
    _answers: dict[tuple[float | None, float], Answer] = dataclasses.field(default_factory=dict, repr=False)
    _needed_days: dict[float | None, Floats] = dataclasses.field(default_factory=dict, repr=False)

    @functools.cached_property
    def last_week(self) -> int:
        """Largest lead time that is read: three years, or longer where half of the replications take longer."""
        median = float(np.quantile(self.needed_days(None), 0.5, method="inverted_cdf")) / WEEK
        if not LATE_WEEK < median < math.inf:
            return LAST_WEEK
        return min(LATEST_WEEK, YEAR * math.ceil(1.25 * median / YEAR))

    @functools.cached_property
    def weeks(self) -> Floats:
        """Lead times that are read, in weeks: every one from none to the last."""
        return np.arange(self.last_week + 1.0)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers of uncertainty at hand, the widest first."""
        return ("mixed", "chance") if self.with_chance else ("mixed",)

    def prepare(self) -> Reading:
        """Compute all that a chart needs, so that showing it takes no time."""
        for layer in self.layers:
            self.bands(layer)
        _ = self.share_ceiling, self.ready_ceiling
        _ = self.ready, self.holding, self.path, self.ready_at_all, self.turnover_idr, self.carrying
        return self

    def bands(self, layer: Layer) -> dict[str, pd.DataFrame]:
        """`share` (a fraction) and `sales_idr` by week, each with columns mean, p05, p50, p95."""
        return self._mixed if layer == "mixed" else self._chance

    @functools.cached_property
    def _mixed(self) -> dict[str, pd.DataFrame]:
        return _bands(self.result.mixed, self.weeks)

    @functools.cached_property
    def _chance(self) -> dict[str, pd.DataFrame]:
        return _bands(self.result.chance, self.weeks)

    @functools.cached_property
    def turnover_idr(self) -> float:
        """Sales of everybody in the event, the median: what turns a share into rupiah beside an axis."""
        return float(np.median(self.result.mixed.turnover_idr))

    @functools.cached_property
    def ready(self) -> pd.DataFrame:
        """Chance of being ready by week, one column a brand."""
        return self.result.probability_ready(list(self.weeks))

    @functools.cached_property
    def ready_at_all(self) -> pd.Series:
        """Chance that at least one brand is ready, by week."""
        days = self.result.mixed.ready_days.min(axis=1)
        ready = (days[None, :] <= self.weeks[:, None] * WEEK).mean(axis=1)
        return pd.Series(ready, index=pd.Index(self.weeks, name="lead_weeks"))

    @functools.cached_property
    def needed(self) -> pd.DataFrame:
        """Weeks that each brand needs: p05, p50, p95 (inf = never), and the share `never`."""
        return self.result.readiness_weeks()

    @functools.cached_property
    def needed_together(self) -> dict[str, float]:
        """The same for all brands in all replications together."""
        return self.result.readiness_weeks_together()

    @functools.cached_property
    def needed_by_cluster(self) -> pd.DataFrame:
        """The same for the brands of each cluster document together."""
        return self.result.readiness_weeks_by_cluster()

    @functools.cached_property
    def ready_by_cluster(self) -> pd.DataFrame:
        """Mean chance of being ready of the brands of each cluster document, by week."""
        return self.ready.T.groupby(np.array(self.result.scenario.cluster_of_brand)).mean().T

    @functools.cached_property
    def holding(self) -> pd.Series:
        """How often each label holds the brand that is ready last, the most frequent first."""
        return self.result.binding()

    @functools.cached_property
    def path(self) -> pd.Series:
        """Mean weeks of the critical path by label, in its order; empty where no brand is ever ready."""
        return pd.Series(self.result.mixed.holding.mean_path(), dtype=float) / WEEK

    def needed_days(self, share: float | None) -> Floats:
        """The least lead time with which a target is reached, or any brand is ready; inf = never; [replication]."""
        if share not in self._needed_days:
            projection = self.result.mixed
            days = projection.ready_days.min(axis=1) if share is None else projection.lead_days_for(share)
            self._needed_days.clear()  # a target that is being moved is asked for once
            self._needed_days[share] = days
        return self._needed_days[share]

    def chance_of(self, share: float | None, week: float) -> float:
        """The chance of reaching a target with a lead time."""
        return float((self.needed_days(share) <= week * WEEK).mean())

    def reaching(self, share: float | None) -> list[int]:
        """How many of the replications reach a target, by week."""
        return [int(n) for n in np.searchsorted(np.sort(self.needed_days(share)), self.weeks * WEEK, side="right")]

    def first_week(self, share: float | None) -> float:
        """The least lead time with which any replication reaches a target; inf if none ever does."""
        return float(self.needed_days(share).min()) / WEEK

    @functools.cached_property
    def share_ceiling(self) -> tuple[float, str]:
        """The week from which more time brings no more share in the median, and the label of what holds it then.

        The week is NaN where the median is nothing or still grows at the last week.
        """
        limits = when(
            self.result, 1.0, 0.5
        ).held_by  # the whole event is out of reach: each replication names its limit
        week = self._flat_from(self.bands("mixed")["share"]["p50"].to_numpy())
        return week, next(iter(limits), "cap.demand")

    @functools.cached_property
    def ready_ceiling(self) -> tuple[float, str]:
        """The week from which more time brings no more chance of being ready, and the label of what holds the rest.

        The label is empty where next to every replication is ready by then. The week is NaN where none ever is, where
        the chance still grows at the last week, and where replications that are not ready then would be some day.
        """
        chance = self.ready_at_all.to_numpy()
        week = self._flat_from(chance)
        if chance[-1] >= FLAT:
            return week, ""
        held = when(self.result, None, 0.5).held_by
        never_ready = sum(held.values())
        return (week, next(iter(held))) if never_ready >= FLAT * (1 - chance[-1]) else (math.nan, "")

    def _flat_from(self, curve: Floats) -> float:
        """The week from which a curve over the weeks hardly rises; NaN where it is nothing or rises to its end."""
        enough = np.flatnonzero(curve >= FLAT * curve[-1])
        return float(self.weeks[enough[0]]) if curve[-1] > 0 and enough[0] < 0.9 * self.last_week else math.nan

    @functools.cached_property
    def carrying(self) -> str | None:
        """Path of the quantity that readiness follows most closely; None with few replications, or if no number tells.

        Where every replication comes out alike, as where a rule lets none ever be ready, no number decides.

        By rank correlation over the replications between what was drawn and what came of it.
        """
        if self.result.replications < DRAWS_FOR_RANKS:
            return None
        (names, drawn), needed = self._drawn(), self.needed_days(None)
        return names[_closest(drawn, needed)] if names and len(np.unique(needed)) > 1 else None

    def _drawn(self) -> tuple[list[str], Floats]:
        """Every quantity that may carry readiness with its draws; float64 [quantity, replication]."""
        scenario, numbers = self.result.scenario, self.result.mixed.numbers
        uncertain = [path for path, number in quantities(scenario).items() if not number.certain and may_carry(path)]
        return uncertain, np.array([numbers[path] for path in uncertain])

    def at(self, week: float, layer: Layer = "mixed") -> dict[str, Row]:
        """Share and sales at one lead time, each with mean, p05, p50, p95."""
        return {name: row_of(table, float(week)) for name, table in self.bands(layer).items()}

    def answer(self, share: float | None, probability: float) -> Answer:
        """The least lead time for a target, from the replications at hand."""
        if (share, probability) not in self._answers:
            self._answers.clear()  # as above
            self._answers[share, probability] = when(self.result, share, probability)
        return self._answers[share, probability]

    def cost(self, week: float) -> pd.DataFrame:
        """Cost until the event by kind, at one lead time; rupiah: mean, p05, p50, p95."""
        if week not in self._costs:
            self._costs.clear()  # as above
            self._costs[week] = self.result.cost_idr(float(week))
        return self._costs[week]

    def outcomes(self, week: float) -> pd.DataFrame:
        """What the ministry asks for beside share, at one lead time: mean, p05, p50, p95."""
        return self.result.ministry(float(week))


_QUANTILES = {"p05": 0.05, "p50": 0.50, "p95": 0.95}


def _bands(projection: Projection, weeks: Floats) -> dict[str, pd.DataFrame]:
    sales = projection.sales_idr(weeks * WEEK).sum(axis=1)
    share = sales / projection.turnover_idr[:, None]
    return {"share": summary(share, weeks), "sales_idr": summary(sales, weeks)}


def may_carry(path: str) -> bool:
    """Whether readiness can depend on the number at a path."""
    return not path.startswith(AFTERWARDS) and path.rpartition(".")[2] not in COSTS_ONLY


def _closest(drawn: Floats, outcome: Floats) -> int:
    """Number of the row whose ranks go most closely with those of the outcome."""
    ranks = np.array([_centred_ranks(row) for row in drawn])
    strength = np.abs(ranks @ _centred_ranks(outcome)) / (np.linalg.norm(ranks, axis=1) + 1e-12)
    return int(strength.argmax())


def _centred_ranks(values: Floats) -> Floats:
    """Ranks around nought; equal values, such as several never, share their mean rank."""
    _values, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(count) - (count - 1) / 2)[place]
    return ranks - ranks.mean()
