"""What a scenario costs until the event, in rupiah.

Preparation is paid by the programme: people for each day until the last activity, each attempt of a
stage. Stores, fees and marketing are paid for each brand, goods by the clusters. Deposits come back
and are no cost.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.gathered import Gathered
from sim.outcomes.milestones import Milestones
from sim.outcomes.money import rate
from sim.outcomes.numbers import Numbers
from sim.outcomes.supply import Supply, goods_or_campaign

Floats = NDArray[np.float64]
DAYS_PER_YEAR = 365.25


@dataclasses.dataclass(frozen=True, eq=False)
class Costs:
    """Rupiah of one scenario in every replication."""

    numbers: Numbers
    milestones: list[Milestones]
    gathered: Gathered
    passed_days: Floats
    supply: Supply

    def people_idr(self, until_days: Floats) -> Floats:
        """Resources, all units, for each day until `until_days` [replication] or the last activity."""
        ends = np.minimum(until_days, self.gathered.end_days)
        return sum(
            (self._resource_idr_per_day(name) * ends for name in self.numbers.scenario.resources), np.zeros_like(ends)
        )

    def _resource_idr_per_day(self, name: str) -> Floats:
        return self.numbers[f"resources.{name}.units"] * self.numbers[f"resources.{name}.cost_idr_per_day"]

    def attempts_idr(self, until_days: Floats) -> Floats:
        """Attempts of all stages begun by `until_days` [replication]."""
        total, begun = np.zeros(self.numbers.count), self.gathered.begun(self.milestones, until_days)
        for s, stage in enumerate(self.numbers.scenario.pathway.stages):
            total += self.numbers[f"pathway.stages.{stage.name}.cost_idr"] * begun[:, s]
        return total

    @functools.cached_property
    def preparation_idr(self) -> Floats:
        """People and attempts until the last activity, whatever the lead time; rupiah, float64 [replication]."""
        forever = np.full(self.numbers.count, np.inf)
        return self.people_idr(forever) + self.attempts_idr(forever)

    @functools.cached_property
    def store_idr(self) -> Floats:
        """One store for one year, rupiah; float64 [replication]."""
        found = np.zeros(self.numbers.count)
        for name, currency, _fee in self.numbers.scenario.campaign.fees.of_a_store:
            found += self.numbers[f"campaign.fees.{name}"] * rate(self.numbers, currency)
        return found

    def stores_paid(self, readiness_days: Floats) -> NDArray[np.bool_]:
        """Brands whose store the budget pays for, in order of readiness; bool [replication, brand].

        The preparation, to its end, is paid first; without a budget every store is paid for. Nothing here
        depends on the lead time.
        """
        if self.numbers.scenario.finance.budget_idr is None:
            return np.ones_like(readiness_days, dtype=bool)
        left = self.numbers["finance.budget_idr"] - self.preparation_idr
        each = self.store_idr + self.numbers["demand.marketing_idr"]
        affordable = np.floor(np.maximum(left, 0.0) / np.maximum(each, 1.0))
        place = readiness_days.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
        return place < affordable[:, None]

    def at(
        self, lead_days: float, sales_idr: Floats, taking_part: NDArray[np.bool_], paid: NDArray[np.bool_]
    ) -> dict[str, Floats]:
        """Rupiah by kind until an event at one lead time; each float64 [replication].

        Parameters
        ----------
        lead_days : float
        sales_idr : ndarray, float64 [replication, brand]
        taking_part, paid : ndarray, bool [replication, brand]
        """
        until = np.full(self.numbers.count, lead_days)
        goods, interest = self._goods_idr(lead_days)
        fees = self.numbers["campaign.fees.commission"] + self.numbers["campaign.fees.operator"]
        return {
            "people": self.people_idr(until),
            "stages": self.attempts_idr(until),
            "stores": self._stores_open(lead_days, paid) * self.store_idr,
            "marketing": taking_part.sum(axis=1) * self.numbers["demand.marketing_idr"],
            "channel": fees * sales_idr.sum(axis=1),
            "goods": goods,
            "interest": interest,
        }

    def _stores_open(self, lead_days: float, paid: NDArray[np.bool_]) -> Floats:
        """Stores opened by the programme itself until the event; float64 [replication]."""
        store = self.numbers.scenario.pathway.store
        if store is None:
            return np.zeros(self.numbers.count)
        opened = self.passed_days[:, :, self.supply.stage(store)]
        return ((opened > 0) & (opened <= lead_days) & paid).sum(axis=1).astype(float)

    def _goods_idr(self, lead_days: float) -> tuple[Floats, Floats]:
        """Goods that left home by the event, made and shipped, and the interest on them until then."""
        rate = self.numbers["finance.interest_per_year"] / DAYS_PER_YEAR
        tied = self.supply.unit_cost_idr
        each = tied + goods_or_campaign(self.numbers, "shipping_idr_per_item", "cost_idr_per_item")
        worth, item_days = self.supply.stocks.sent_until(lead_days, each, tied)
        return worth, item_days * rate


PROGRAMME = ("people", "stages", "stores", "marketing")  # what the public programme pays for
