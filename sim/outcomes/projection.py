"""One scenario's outcomes in every replication, for any lead time: the closed form put together.

A projection holds what does not depend on the lead time (stock over time, demand before age, what the
gates ask for) and answers for as many lead times as are asked. Nothing is simulated here.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import gates, goods
from sim.outcomes.cost import Costs
from sim.outcomes.demand import Demand, demand
from sim.outcomes.gates import Readiness
from sim.outcomes.gathered import Gathered
from sim.outcomes.holding import Holding
from sim.outcomes.milestones import Milestones
from sim.outcomes.money import rate, rate_of_goods
from sim.outcomes.numbers import Numbers
from sim.outcomes.supply import Supply
from sim.scenario import Scenario

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Projection:
    """Outcomes of a scenario under one layer of uncertainty.

    Attributes
    ----------
    numbers : Numbers
    milestones : list of Milestones, one a replication
    fitted_median_rmb : float or ndarray, float64 [replication], optional
        Median of the brand class, where it is a fitted one.

    Notes
    -----
    Lead times are given as days: an array [lead], the same for all replications, or [replication, lead].
    """

    numbers: Numbers
    milestones: list[Milestones]
    fitted_median_rmb: float | Floats | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario whose outcomes these are."""
        return self.numbers.scenario

    @functools.cached_property
    def passed_days(self) -> Floats:
        """Day on which each cluster stage was passed; float64 [replication, brand, stage]."""
        return gates.passed(self.numbers, self.gathered)

    @functools.cached_property
    def gathered(self) -> Gathered:
        """The milestones of all replications together."""
        return Gathered.of(self.milestones)

    @functools.cached_property
    def supply(self) -> Supply:
        """Goods made, sent and sellable."""
        return Supply.of(self.numbers, self.gathered, self.passed_days)

    @functools.cached_property
    def price_idr(self) -> Floats:
        """Selling price of an item, discount taken off; float64 [replication, brand]."""
        paid = (1.0 - self.numbers["demand.discount"])[:, None] * rate_of_goods(self.numbers)
        return self.supply.price * paid

    @functools.cached_property
    def demand(self) -> Demand:
        """What buyers want, before the store's age is known."""
        return demand(self.numbers, self.price_idr, self.fitted_median_rmb)

    @functools.cached_property
    def readiness(self) -> Readiness:
        """Lead times that the gates ask for."""
        return gates.readiness(self.numbers, self.passed_days, self.supply.stocks, self.supply.asked_items)

    @functools.cached_property
    def turnover_idr(self) -> Floats:
        """Sales of everybody in the event, the denominator of the share; float64 [replication]."""
        name = self.scenario.demand.denominator
        turnover, path = self.scenario.campaign.turnover[name], f"campaign.turnover.{name}"
        years = self.scenario.campaign.event_date.year - turnover.year
        amount = self.numbers[f"{path}.amount_{turnover.currency}"] * rate(self.numbers, turnover.currency)
        growth = (1.0 + self.numbers[f"{path}.growth_per_year"]) ** years
        return amount * self.numbers[f"{path}.portion"] * growth

    @functools.cached_property
    def costs(self) -> Costs:
        """What it all costs."""
        return Costs(self.numbers, self.milestones, self.gathered, self.passed_days, self.supply)

    @functools.cached_property
    def holding(self) -> Holding:
        """What holds each brand back."""
        return Holding(self.scenario, self.milestones, self.gathered, self.supply, self.readiness)

    @functools.cached_property
    def paid(self) -> NDArray[np.bool_]:
        """Brands whose store the budget pays for; all of them without a budget; bool [replication, brand]."""
        return self.costs.stores_paid(self.readiness.days)

    @functools.cached_property
    def ready_days(self) -> Floats:
        """Lead time with which a brand takes part: gates passed, store paid for; float64 [replication, brand]."""
        return np.where(self.paid, self.readiness.days, np.inf)

    def refitted(self, median_rmb: float) -> Projection:
        """The same with another median of the fitted brand class; what it does not touch is not made again."""
        made = dataclasses.replace(self, fitted_median_rmb=median_rmb)
        untouched = {name: v for name, v in self.__dict__.items() if name not in ("demand", "fitted_median_rmb")}
        made.__dict__.update(untouched)
        return made

    def lead(self, lead_days: Floats) -> Floats:
        """Lead times as [replication, lead]."""
        lead_days = np.atleast_1d(np.asarray(lead_days, dtype=float))
        return np.broadcast_to(lead_days, (self.numbers.count, lead_days.shape[-1]))

    def taking_part(self, lead_days: Floats) -> NDArray[np.bool_]:
        """Whether each brand passes every gate; bool [replication, brand, lead]."""
        return self.lead(lead_days)[:, None, :] >= self.ready_days[:, :, None]

    def store_age_days(self, lead_days: Floats) -> Floats:
        """Age of each brand's store at the event; float64 [replication, brand, lead]; not open yet: 0."""
        lead = self.lead(lead_days)[:, None, :]
        store = self.scenario.pathway.store
        if store is None:
            return np.broadcast_to(lead, (lead.shape[0], self.passed_days.shape[1], lead.shape[2]))
        opened = self.passed_days[:, :, self.supply.stage(store)][:, :, None]
        age = lead - np.where(np.isneginf(opened), 0.0, opened)
        event = self.scenario.campaign.event_date
        for b, (brand, _) in enumerate(self.scenario.lineup):
            if (date := brand.before_start_dates.get(store)) is not None:
                age[:, b] = (event - date).days
        return np.maximum(age, 0.0)

    def items_wanted(self, lead_days: Floats) -> Floats:
        """Items buyers want of each brand; float64 [replication, brand, lead]."""
        lead = self.lead(lead_days)[:, None, :]
        lost = self.numbers["campaign.presale_share"][:, None, None]
        in_presale = lead >= self.readiness.presale_days[:, :, None]
        return self.demand.items(self.store_age_days(lead_days)) * np.where(in_presale, 1.0, 1.0 - lost)

    def items_there(self, lead_days: Floats) -> Floats:
        """Items sellable in time; float64 [replication, brand, lead]."""
        return self.supply.stocks.at(self.lead(lead_days) - self.numbers["campaign.inbound_cutoff_days"][:, None])

    def sales_idr(self, lead_days: Floats) -> Floats:
        """Gross sales of each brand, before returns; rupiah, float64 [replication, brand, lead]."""
        sold = np.minimum(self.items_there(lead_days), self.items_wanted(lead_days))
        return np.where(self.taking_part(lead_days), sold * self.price_idr[:, :, None], 0.0)

    def share(self, lead_days: Floats) -> Floats:
        """Share of all brands in the event's sales, a fraction; float64 [replication, lead]."""
        return self.sales_idr(lead_days).sum(axis=1) / self.turnover_idr[:, None]

    def brands_in(self, lead_days: Floats) -> Floats:
        """Brands that pass the gates; float64 [replication, lead]."""
        return self.taking_part(lead_days).sum(axis=1).astype(float)

    def tested(self, day: float) -> NDArray[np.int64]:
        """Workshops of each brand past the test by a day; int64 [replication, brand]."""
        days, ends = self.gathered.tested_days, self.gathered.tested_ends
        return goods.counted(days, ends, np.full(len(ends), day)).reshape(self.numbers.count, -1)

    def lead_days_for(self, share: float) -> Floats:
        """The least whole number of days with which a share is reached, or inf; float64 [replication].

        Notes
        -----
        By bisection: for a fixed history the share never falls as the lead time grows
        (`tests/outcomes/test_lead_time_property.py`).
        """
        most = float(np.ceil(self.scenario.horizon_days))
        low, high = np.zeros(self.numbers.count), np.full(self.numbers.count, most)
        reached = self.share(high[:, None])[:, 0] >= share
        while (high - low).max() > 0.5:
            middle = np.floor((low + high) / 2)
            enough = self.share(middle[:, None])[:, 0] >= share
            low, high = np.where(enough, low, np.minimum(middle + 1, high)), np.where(enough, middle, high)
        return np.where(reached, high, np.inf)
