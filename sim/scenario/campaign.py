"""The sales event: its date, its gates, the way to its warehouse, its turnover and its fees.

A gate is a deadline counted in days before the event with what must be true by then. Nothing here
computes; `sim.outcomes.gates` reads these values.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field

from sim.errors import BadInput
from sim.programme.quantity import Number, central, most
from sim.scenario import currency
from sim.scenario.currency import Currency
from sim.value import Measure, value

Access = Literal["ordinary", "invitation"]
StockRule = Literal["items", "value", "none"]
Text = dict[str, str]  # language to text

LeadDays = Annotated[Number, Measure("day", 0, 400)]
TransitDays = Annotated[Number, Measure("day", 0, 400)]
Share = Annotated[Number, Measure("share", 0, 1)]
LEGS = ("packing", "road", "sea", "delay", "customs", "putaway")  # of the way to the warehouse, in their order


@value
class Gate:
    """A deadline of a campaign.

    Attributes
    ----------
    deadline_days : day before the event, optional
        None, for goods: the campaign's inbound cut-off.
    asks : str
        ``stage``: the cluster stage `stage` is passed; ``stock``: the quantity of the stock rule is
        sellable; ``goods``: at least one item is sellable.
    aged : bool
        Whether the store's minimum age is asked at the deadline as well.
    access : tuple of str
        The kinds of access that meet this gate.
    closes : str
        What a brand loses that misses it: the whole campaign, or only the pre-sale.
    """

    name: str
    deadline_days: LeadDays | None = None
    asks: Literal["stage", "stock", "goods"] = "stage"
    stage: str | None = None
    aged: bool = False
    access: tuple[Access, ...] = ("ordinary", "invitation")
    closes: Literal["campaign", "presale"] = "campaign"
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.deadline_days is None and self.asks != "goods":
            raise BadInput(f"gate {self.name}: deadline_days", "is required and missing", remedy="add it")
        if (self.asks == "stage") != (self.stage is not None):
            raise BadInput(f"gate {self.name}", "names a stage exactly when it asks for one", self.stage)


@value
class Shipping:
    """From the workshop's door to sellable in the channel's warehouse.

    Attributes
    ----------
    packing_days, road_days, sea_days, delay_days, customs_days, putaway_days : day
        Means of the legs, each drawn again for every consignment; None: this way has no such leg.
    variation : coefficient of variation of a leg around its mean
    load_items : item
        A consignment leaves when so many more items are made since the last full load.
    interval_days : day
        A consignment also leaves at this interval after the export documents.
    cost_idr_per_item : rupiah
    """

    _: dataclasses.KW_ONLY
    packing_days: TransitDays
    road_days: TransitDays | None = None
    sea_days: TransitDays | None = None
    delay_days: TransitDays | None = None
    customs_days: TransitDays | None = None
    putaway_days: TransitDays | None = None
    load_items: Annotated[Number, Measure("item", 1)]
    interval_days: Annotated[Number, Measure("day", 1, 400)]
    variation: Annotated[Number, Measure("ratio", 0, 3)] = 0.25
    cost_idr_per_item: Annotated[Number, Measure("IDR", 0)] = 0.0

    @property
    def legs(self) -> tuple[str, ...]:
        """The legs of this way, in their order."""
        return tuple(leg for leg in LEGS if getattr(self, f"{leg}_days") is not None)


@value
class Turnover:
    """Sales of everybody in the event: what a share is a share of.

    Exactly one of the amounts is given. `growth_per_year` carries it from `year` to the event's year.
    """

    year: int
    amount_idr: Annotated[Number, Measure("IDR", 1)] | None = None
    amount_rmb: Annotated[Number, Measure("RMB", 1)] | None = None
    amount_usd: Annotated[Number, Measure("USD", 1)] | None = None
    portion: Annotated[Number, Measure("share", 1e-9, 1)] = 1.0
    growth_per_year: Annotated[Number, Measure("share a year", -0.5, 1)] = 0.0
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        self.currency  # noqa: B018 (refuses none and two)

    @property
    def currency(self) -> Currency:
        """The currency of the amount."""
        return currency.one_of(self, "amount")


@value
class Fees:
    """What the channel and its operators take.

    Attributes
    ----------
    store_usd, store_idr : dollar, rupiah
        To open a store; in rupiah with its first year, and then neither in dollars nor with a yearly fee.
    deposit_usd, annual_rmb : dollar, renminbi a year
    commission, operator : share of the sales
    """

    store_usd: Annotated[Number, Measure("USD", 0)] = 0.0
    deposit_usd: Annotated[Number, Measure("USD", 0)] = 0.0
    annual_rmb: Annotated[Number, Measure("RMB a year", 0)] = 0.0
    store_idr: Annotated[Number, Measure("IDR", 0)] | None = None
    commission: Share = 0.0
    operator: Share = 0.0

    def __post_init__(self) -> None:
        for other in ("store_usd", "annual_rmb") if self.store_idr is not None else ():
            if most(getattr(self, other)) > 0:
                raise BadInput("store_idr", f"is given beside {other}", remedy="leave one of them out")

    @property
    def of_a_store(self) -> tuple[tuple[str, Currency, Number], ...]:
        """What a store costs with its first year: field, currency and amount of each fee that is asked."""
        fees: tuple[tuple[str, Currency], ...] = (("store_usd", "usd"), ("annual_rmb", "rmb"), ("store_idr", "idr"))
        found = ((name, unit, getattr(self, name)) for name, unit in fees)
        return tuple((name, unit, fee) for name, unit, fee in found if fee is not None and most(fee) > 0)


@value
class Campaign:
    """One sales event of one channel.

    Attributes
    ----------
    event_date : date
    access : str
        ``ordinary`` or ``invitation``; which gates hold depends on it (structure).
    stock_rule : str
        How the stock gate counts: ``items``, ``value`` or ``none`` (structure).
    min_stock_items, min_stock_value_rmb, min_stock_value_idr : what the rule asks of each brand
        Of the two values at most one.
    min_store_age_days : day
        Asked on top of the deadline at gates that are `aged` (structure: 0, 30 or 90).
    inbound_cutoff_days : day before the event
        Goods sellable later than this do not count for the event.
    presale_share : share of a store's event sales that is made in the pre-sale
    turnover : dict
        Name of the denominator to its `Turnover`.
    channel : name of the market place, which links one year's event to the next
    channel_title : dict of str
        What it is called, by language.
    """

    name: str
    event_date: Annotated[datetime.date, Field(ge=datetime.date(1990, 1, 1), le=datetime.date(2200, 12, 31))]
    gates: tuple[Gate, ...]
    shipping: Shipping
    turnover: dict[str, Turnover]
    channel: str
    access: Access = "ordinary"
    stock_rule: StockRule = "none"
    min_stock_items: Annotated[Number, Measure("item", 0, slider=(1_000, 1_000_000), logarithmic=True)] = 0.0
    min_stock_value_rmb: Annotated[Number, Measure("RMB", 0)] = 0.0
    min_stock_value_idr: Annotated[Number, Measure("IDR", 0)] | None = None
    min_store_age_days: Annotated[Number, Measure("day", 0, 3650, slider=(0, 90), step=30)] = 0.0
    inbound_cutoff_days: LeadDays = 0.0
    presale_share: Share = 0.0
    fees: Fees = Field(default_factory=Fees)
    title: Text = Field(default_factory=dict)
    channel_title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.min_stock_value_idr is not None and central(self.min_stock_value_rmb) > 0:
            rule = "is given in two currencies"
            raise BadInput(f"campaign {self.name}: min_stock_value_idr", rule, remedy="leave one of them out")
        names = [gate.name for gate in self.gates]
        for name in names:
            if names.count(name) > 1:
                raise BadInput(f"campaign {self.name}: gates", "every gate needs its own name", name)

    def deadline_days(self, gate: Gate) -> Number:
        """Days before the event at which a gate closes."""
        return self.inbound_cutoff_days if gate.deadline_days is None else gate.deadline_days

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The kinds of access that some gate is met by; who could come by another would meet no gate at all."""
        met = {access for gate in self.gates for access in gate.access} | {self.access}
        kinds: tuple[Access, ...] = get_args(Access)
        return tuple(access for access in kinds if access in met)

    @property
    def min_stock_value(self) -> tuple[str, Number]:
        """What the stock rule asks for by value: its currency and the amount."""
        if self.min_stock_value_idr is not None:
            return "idr", self.min_stock_value_idr
        return "rmb", self.min_stock_value_rmb

    def gates_in_force(self) -> tuple[Gate, ...]:
        """The gates that this campaign's access and stock rule leave standing, in listed order."""
        return tuple(
            gate
            for gate in self.gates
            if self.access in gate.access and not (gate.asks == "stock" and self.stock_rule == "none")
        )
