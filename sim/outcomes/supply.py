"""Goods of every brand in every replication: made by its workshops, paid for by its capital, on their way.

Puts the closed form of `sim.outcomes.stock` together from a scenario's numbers and the milestones.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.milestones import Milestones
from sim.outcomes.numbers import Numbers
from sim.outcomes.stock import LEGS, Making, Stock, arrived, departures, transit
from sim.scenario import Brand

Floats = NDArray[np.float64]
NONE: Floats = np.empty(0)


@dataclasses.dataclass(frozen=True, eq=False)
class Supply:
    """Goods, by replication and brand.

    Attributes
    ----------
    stages : tuple of str
    stocks : list of list of Stock
    price_rmb, unit_cost_idr : ndarray, float64 [replication, brand]
    affordable_items : ndarray, float64 [replication, brand]
        What working capital pays for, with what there was at the start.
    asked_items : ndarray, float64 [replication, brand]
        What the stock rule asks.
    ready_to_ship_days : ndarray, float64 [replication, brand]
        Day from which consignments may leave.
    """

    stages: tuple[str, ...]
    stocks: list[list[Stock]]
    price_rmb: Floats
    unit_cost_idr: Floats
    affordable_items: Floats
    asked_items: Floats
    ready_to_ship_days: Floats

    @classmethod
    def of(cls, numbers: Numbers, milestones: list[Milestones], passed_days: Floats) -> Supply:
        """The goods of every brand."""
        stages = tuple(stage.name for stage in numbers.scenario.pathway.stages)
        ships_after = numbers.scenario.pathway.ships_after
        ready = passed_days[:, :, stages.index(ships_after)] if ships_after else np.zeros(passed_days.shape[:2])
        ready = np.maximum(ready, 0.0)
        unit_cost, price = by_brand(numbers, "goods.unit_cost_idr"), by_brand(numbers, "goods.price_rmb")
        affordable = numbers["finance.working_capital_idr"][:, None] / unit_cost
        waiting, at_hand = by_brand(numbers, "warehouse_items"), by_brand(numbers, "made_items")
        return cls(
            stages=stages,
            stocks=_stocks(numbers, milestones, ready, affordable, waiting, at_hand),
            price_rmb=price,
            unit_cost_idr=unit_cost,
            affordable_items=affordable + waiting + at_hand,
            asked_items=_asked(numbers, price),
            ready_to_ship_days=ready,
        )

    def stage(self, name: str) -> int:
        """Number of a stage."""
        return self.stages.index(name)

    def sellable(self, days: Floats) -> Floats:
        """Items of each brand in the channel's warehouse; `days` [replication, day] → [replication, brand, day]."""
        waiting = np.array([[stock.most for stock in row] for row in self.stocks])
        there = np.where(days[:, None, :] >= 0, waiting[:, :, None], 0.0)  # right where nothing ever arrives
        for k, row in enumerate(self.stocks):
            for b, stock in enumerate(row):
                if stock.arrives:
                    there[k, b] = stock.at(days[k])
        return there


def by_brand(numbers: Numbers, field: str) -> Floats:
    """A number that every cluster has, for every brand; float64 [replication, brand]."""
    clusters = {cluster.name: numbers[f"clusters.{cluster.name}.{field}"] for _, cluster in numbers.scenario.lineup}
    return np.stack([clusters[cluster.name] for _, cluster in numbers.scenario.lineup], axis=1)


def goods_or_campaign(numbers: Numbers, cluster: Brand, field: str, otherwise: str) -> Floats:
    """What a cluster says of its own goods, else what the campaign's shipping assumes; float64 [replication]."""
    if getattr(cluster.goods, field) is not None:
        return numbers[f"clusters.{cluster.name}.goods.{field}"]
    return numbers[f"campaign.shipping.{otherwise}"]


def items_per_day(numbers: Numbers, cluster: str) -> Floats:
    """Good items of one workshop at its full rate, in a calendar day, the campaign's share; float64 [replication].

    workers × items a worker-day × working days / 7 × share for the campaign × (1 − defect rate).
    """
    work = f"clusters.{cluster}.workforce"
    day = numbers[f"{work}.workers_per_workshop"] * numbers[f"{work}.items_per_worker_day"]
    share = numbers[f"{work}.working_days_per_week"] / 7 * numbers[f"{work}.campaign_share"]
    return day * share * (1.0 - numbers[f"clusters.{cluster}.goods.defect_rate"])


def _asked(numbers: Numbers, price_rmb: Floats) -> Floats:
    """Items that the stock rule asks of each brand, as the rule counts them."""
    campaign = numbers.scenario.campaign
    if campaign.stock_rule == "items":
        return np.broadcast_to(numbers["campaign.min_stock_items"][:, None], price_rmb.shape)
    if campaign.stock_rule == "value":
        return numbers["campaign.min_stock_value_rmb"][:, None] / price_rmb
    return np.zeros_like(price_rmb)


def _stocks(
    numbers: Numbers, milestones: list[Milestones], ready: Floats, affordable: Floats, waiting: Floats, at_hand: Floats
) -> list[list[Stock]]:
    lineup = numbers.scenario.lineup
    rates = {c.name: items_per_day(numbers, c.name) for _, c in lineup if c.workforce is not None}
    shipping = _Shipping(numbers)

    def stock(k: int, b: int) -> Stock:
        brand, cluster = lineup[b]
        rate = float(rates[cluster.name][k]) if cluster.name in rates else 0.0
        if rate == 0 and at_hand[k, b] == 0:
            return shipping.only_waiting(waiting[k, b])
        making = Making.of(milestones[k].ramps[b], rate, at_hand[k, b], affordable[k, b])
        return shipping.stock(k, brand, cluster, making, ready[k, b], waiting[k, b])

    return [[stock(k, b) for b in range(len(lineup))] for k in range(len(milestones))]


class _Shipping:
    """The campaign's way to its warehouse, with its numbers at hand."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        part = "campaign.shipping"
        self.means = {leg: numbers[f"{part}.{leg}_days"] for leg in LEGS}
        self.variation = numbers[f"{part}.variation"]
        self.load = {
            c.name: goods_or_campaign(numbers, c, "load_items", "load_items") for _, c in numbers.scenario.lineup
        }
        self.interval = numbers[f"{part}.interval_days"]
        self.waiting: dict[float, Stock] = {}  # goods that only wait are the same in every replication

    def stock(self, k: int, brand: Brand, cluster: Brand, making: Making, ready: float, waiting: float) -> Stock:
        """The stock of one brand in replication `k` of the run."""
        if making.nothing:
            return self.only_waiting(waiting)
        days, items = departures(
            making, ready, self.load[cluster.name][k], self.interval[k], self.numbers.scenario.horizon_days
        )
        name = (self.numbers.seed, self.numbers.first + k, "shipping", brand.name)
        means = {leg: float(values[k]) for leg, values in self.means.items()}
        return arrived(days, transit(len(days), means, self.variation[k], name), items, waiting)

    def only_waiting(self, waiting: float) -> Stock:
        """Goods in the warehouse from the start and nothing more: the same in every replication."""
        if waiting not in self.waiting:
            self.waiting[waiting] = arrived(NONE, NONE, NONE, waiting)
        return self.waiting[waiting]
