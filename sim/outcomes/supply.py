"""Goods of every brand in every replication: made by its workshops, paid for by its capital, on their way.

Puts the closed form of `sim.outcomes.stock` together from a scenario's numbers and the milestones.
"""

from __future__ import annotations

import dataclasses
import hashlib
import operator

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.gathered import Gathered
from sim.outcomes.kept import Kept
from sim.outcomes.money import rate, rate_of_goods
from sim.outcomes.numbers import Numbers
from sim.outcomes.stock import Consignments, Making, Stocks
from sim.outcomes.transit import factors
from sim.programme.quantity import most

Floats = NDArray[np.float64]
CONSIGNMENTS: Kept[Consignments] = Kept(15_000_000)
STOCKS: Kept[Stocks] = Kept(20_000_000)


@dataclasses.dataclass(frozen=True, eq=False)
class Supply:
    """Goods, by replication and brand.

    Attributes
    ----------
    stages : tuple of str
    stocks : Stocks
    price, unit_cost_idr : ndarray, float64 [replication, brand]
        The price in the currency in which the goods are priced.
    affordable_items : ndarray, float64 [replication, brand]
        What working capital pays for, with what there was at the start.
    asked_items : ndarray, float64 [replication, brand]
        What the stock rule asks.
    ready_to_ship_days : ndarray, float64 [replication, brand]
        Day from which consignments may leave.
    """

    stages: tuple[str, ...]
    stocks: Stocks
    price: Floats
    unit_cost_idr: Floats
    affordable_items: Floats
    asked_items: Floats
    ready_to_ship_days: Floats

    @classmethod
    def of(cls, numbers: Numbers, gathered: Gathered, passed_days: Floats) -> Supply:
        """The goods of every brand."""
        stages = tuple(stage.name for stage in numbers.scenario.pathway.stages)
        ships_after = numbers.scenario.pathway.ships_after
        ready = passed_days[:, :, stages.index(ships_after)] if ships_after else np.zeros(passed_days.shape[:2])
        ready = np.maximum(ready, 0.0)
        unit_cost, price = by_brand(numbers, "goods.unit_cost_idr"), prices(numbers)
        affordable = numbers["finance.working_capital_idr"][:, None] / unit_cost
        waiting, at_hand = by_brand(numbers, "warehouse_items"), by_brand(numbers, "made_items")
        return cls(
            stages=stages,
            stocks=_stocks(numbers, gathered, ready, affordable, waiting, at_hand),
            price=price,
            unit_cost_idr=unit_cost,
            affordable_items=affordable + waiting + at_hand,
            asked_items=_asked(numbers, price),
            ready_to_ship_days=ready,
        )

    def stage(self, name: str) -> int:
        """Number of a stage."""
        return self.stages.index(name)


def by_brand(numbers: Numbers, field: str) -> Floats:
    """A number that every cluster has, for every brand; float64 [replication, brand]."""
    return _of_brands(numbers, numbers.of_clusters(field, operator.attrgetter(field)))


def prices(numbers: Numbers) -> Floats:
    """The price of an item of every brand, in its own currency; float64 [replication, brand]."""
    kinds = sorted({cluster.goods.currency for cluster in numbers.scenario.clusters})
    first, *others = (by_brand(numbers, f"goods.price_{kind}") for kind in kinds)
    for other in others:
        first = np.where(np.isnan(first), other, first)
    return first


def goods_or_campaign(numbers: Numbers, field: str, otherwise: str) -> Floats:
    """What a cluster says of its own goods, else what the campaign's shipping assumes; float64 [replication, brand]."""
    own = by_brand(numbers, f"goods.{field}")
    return np.where(np.isnan(own), numbers[f"campaign.shipping.{otherwise}"][:, None], own)


def _of_brands(numbers: Numbers, clusters: Floats) -> Floats:
    """A number of each cluster for every brand of it; float64 [replication, brand]."""
    return np.ascontiguousarray(clusters[:, numbers.scenario.cluster_of_brand])


def items_per_day(numbers: Numbers) -> Floats:
    """Good items of one workshop at its full rate, in a calendar day, the campaign's share.

    workers × items a worker-day × working days / 7 × share for the campaign × (1 − defect rate).

    Returns
    -------
    ndarray, float64 [replication, brand]
        0 where a cluster has no workforce.
    """
    day = _work(numbers, "workers_per_workshop") * _work(numbers, "items_per_worker_day")
    share = _work(numbers, "working_days_per_week") / 7 * _work(numbers, "campaign_share")
    return day * share * (1.0 - by_brand(numbers, "goods.defect_rate"))


def _work(numbers: Numbers, field: str) -> Floats:
    """A number of every brand's workforce, 0 where there is none; float64 [replication, brand]."""
    return _of_brands(numbers, numbers.of_clusters(f"workforce.{field}", lambda c: getattr(c.workforce, field, 0.0)))


def _asked(numbers: Numbers, price: Floats) -> Floats:
    """Items that the stock rule asks of each brand, as the rule counts them."""
    campaign = numbers.scenario.campaign
    if campaign.stock_rule == "items":
        return np.repeat(numbers["campaign.min_stock_items"][:, None], price.shape[1], axis=1)
    kind, amount = campaign.min_stock_value
    if campaign.stock_rule == "value" and most(amount) > 0:  # of nothing there need be no rate of exchange
        value = numbers[f"campaign.min_stock_value_{kind}"][:, None]
        if all(cluster.goods.currency == kind for cluster in numbers.scenario.clusters):
            return value / price
        return value * rate(numbers, kind)[:, None] / (price * rate_of_goods(numbers))
    return np.zeros_like(price)


def _stocks(
    numbers: Numbers, gathered: Gathered, ready: Floats, affordable: Floats, waiting: Floats, at_hand: Floats
) -> Stocks:
    shipping = "campaign.shipping"
    making = Making(
        ramp_days=gathered.ramp_days,
        ramp_rises=gathered.ramp_rises,
        ramp_ends=gathered.ramp_ends,
        items_per_day=items_per_day(numbers).ravel(),
        at_hand=at_hand.ravel(),
        affordable=affordable.ravel(),
        ready_days=ready.ravel(),
        load=goods_or_campaign(numbers, "load_items", "load_items").ravel(),
        interval_days=np.repeat(numbers[f"{shipping}.interval_days"], ready.shape[1]),
        horizon_days=numbers.scenario.horizon_days,
    )
    legs = numbers.scenario.campaign.shipping.legs
    means = np.stack([numbers[f"{shipping}.{leg}_days"] for leg in legs])
    variation, names = numbers[f"{shipping}.variation"], tuple(brand.name for brand, _ in numbers.scenario.lineup)

    # Most levers touch neither making nor shipping: whose goods are the same has them already.
    made = hashlib.blake2b(gathered.ramps_digest)
    for part in making[3:-1]:
        made.update(part.data)
    way = hashlib.blake2b(made.digest())
    for part in (means, variation, np.ascontiguousarray(waiting)):
        way.update(part.data)

    def arrived() -> Stocks:
        sent = CONSIGNMENTS.made((making.horizon_days, made.digest()), making.consignments)
        return sent.arrived(means, factors(numbers.seed, numbers.first, names, legs, sent.counts, variation), waiting)

    return STOCKS.made((numbers.seed, numbers.first, names, making.horizon_days, way.digest()), arrived)
