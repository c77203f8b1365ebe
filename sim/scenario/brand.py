"""A cluster as it appears at the campaign: one label, its workshops, their work and their goods.

The engine sees only the cluster's name, size and what was passed before the start; the closed form
after the engine reads the rest.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Annotated

from pydantic import Field

from sim.errors import BadInput
from sim.programme import Cluster
from sim.programme.quantity import Number, central
from sim.scenario import currency
from sim.scenario.campaign import Share, Text
from sim.scenario.centres import Centres
from sim.scenario.currency import Currency
from sim.value import Measure, value


@value
class Workforce:
    """What one workshop of a cluster can make.

    Attributes
    ----------
    workers_per_workshop : worker
    items_per_worker_day : item a worker and working day
    working_days_per_week : day a week
    campaign_share : share of capacity that is given to the campaign
    """

    workers_per_workshop: Annotated[Number, Measure("worker", 0, 10_000)]
    items_per_worker_day: Annotated[Number, Measure("item a worker-day", 0, 100_000)]
    campaign_share: Annotated[Number, Measure("share", 0, 1, slider=(0.1, 1.0), step=0.05)]
    working_days_per_week: Annotated[Number, Measure("day a week", 0, 7)] = 6.0


@value
class Goods:
    """What is sold: price, cost and flaws of one item at the label's standard.

    Attributes
    ----------
    price_rmb, price_idr : renminbi, rupiah
        Exactly one, in the currency in which the price is known.
    load_items, shipping_idr_per_item : optional
        Items that fill a consignment, and freight for each; None: the campaign's.
    """

    _: dataclasses.KW_ONLY
    price_rmb: Annotated[Number, Measure("RMB", 0.01, 1_000_000)] | None = None
    price_idr: Annotated[Number, Measure("IDR", 1, 1e10)] | None = None
    unit_cost_idr: Annotated[Number, Measure("IDR", 1)]
    defect_rate: Share = 0.0
    return_rate: Share = 0.0
    load_items: Annotated[Number, Measure("item", 1)] | None = None
    shipping_idr_per_item: Annotated[Number, Measure("IDR", 0)] | None = None

    def __post_init__(self) -> None:
        self.currency  # noqa: B018 (refuses none and two)

    @property
    def currency(self) -> Currency:
        """The currency of the price."""
        return currency.one_of(self, "price")

    @property
    def price(self) -> Number:
        """The price of an item, in its own currency."""
        found: Number = getattr(self, f"price_{self.currency}")
        return found


@value
class Brand:
    """One cluster under one label.

    Attributes
    ----------
    makers : workshop
        Workshops that exist in the cluster, or in all of its centres; what is true may be contested (structure).
    wave : workshop
        The largest number invited into the first wave.
    counts : dict
        Rival counts of the makers by name, each with its evidence row.
    before_start : dict
        Cluster stage to the day (zero or negative) on which it was passed.
    before_start_dates : dict
        Cluster stage to the calendar date on which it was passed; it does not move with the start.
    exempt : tuple of str
        Stages that this product does not need.
    centres : Centres, optional
        Where it stands for many centres of its product: each is a brand of its own.
    pool : str, optional
        Whose part of the resources it uses, where the scenario has pools and the cluster is one centre.
    warehouse_items, made_items : item
        Stock already sellable in the channel's warehouse, and stock made but still at home, at the start.
    """

    name: str
    makers: Annotated[Number, Measure("workshop", 0, 10_000_000)]
    goods: Goods
    workforce: Workforce | None = None
    wave: Annotated[Number, Measure("workshop", 0, 10_000_000, slider=(10, 500), step=10)] = 10_000_000.0
    label: str = ""
    product: str = ""
    place: str = ""
    origin: str | None = None
    first: int = 0
    counts: dict[str, Number] = Field(default_factory=dict)
    before_start: dict[str, Annotated[Number, Measure("day", -36_500, 0)]] = Field(default_factory=dict)
    before_start_dates: dict[str, datetime.date] = Field(default_factory=dict)
    exempt: tuple[str, ...] = ()
    warehouse_items: Annotated[Number, Measure("item", 0)] = 0.0
    made_items: Annotated[Number, Measure("item", 0)] = 0.0
    centres: Centres | None = None
    pool: str | None = None
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.centres is not None and (central(self.warehouse_items) > 0 or central(self.made_items) > 0):
            rule = "stands for many centres, which cannot share goods at hand"
            raise BadInput(f"cluster {self.name}", rule, remedy="set warehouse_items and made_items to 0")
        if self.workshops > 0 and self.workforce is None:
            raise BadInput(
                f"cluster {self.name}", "has workshops but says nothing of their work", remedy="add workforce"
            )

    @property
    def home(self) -> str:
        """Where its workshops come from, which keys their random numbers."""
        return self.origin or self.name

    @property
    def workshops(self) -> int:
        """Workshops invited: the makers that exist, at most the wave."""
        return int(min(central(self.makers), central(self.wave)))

    def cluster(self, event_date: datetime.date, start_date: datetime.date) -> Cluster:
        """What the engine needs of this brand.

        A calendar date becomes the day it has for the scenario's own start; the engine only takes
        from it that the stage is passed, never when (`docs/model.md`, "Before the start").
        """
        days: dict[str, Number] = {stage: central(day) for stage, day in self.before_start.items()}
        for stage, date in self.before_start_dates.items():
            days[stage] = float(min(0, (date - start_date).days))
        return Cluster(
            self.name,
            workshops=self.workshops,
            origin=self.home,
            first=self.first,
            before_start=days,
            exempt=self.exempt,
            label=self.label or self.name,
            pool=self.pool,
        )
