"""Money and demand: what the cluster can pay for, and what buyers want.

Demand for a label is the heart of the projection and its weakest part. Each brand class is a
distribution of the gross sales of a newly opened store without push; `sim.outcomes.demand` draws
from it.
"""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from sim.errors import BadInput, unknown
from sim.programme.quantity import Number, Quantity, central
from sim.scenario import currency
from sim.scenario.campaign import Share, Text
from sim.scenario.currency import Currency
from sim.value import Measure, value

Factor = Annotated[Number, Measure("factor", 0)]


@value
class Quantiles:
    """A brand class given by quantiles of a new store's gross sales.

    Attributes
    ----------
    rmb, idr : dict
        Exactly one, in the currency in which sales are known: quantile by name (``p05``, ``p50``, ``p999``: the
        digits behind the decimal point of its probability) to gross sales; interpolated monotonically, bounded by
        the first and the last.
    pushed : bool
        Whether a state pavilion or an invitation multiplies it.
    """

    rmb: dict[str, Annotated[Number, Measure("RMB", 0)]] = Field(default_factory=dict)
    idr: dict[str, Annotated[Number, Measure("IDR", 0)]] = Field(default_factory=dict)
    pushed: bool = True
    kind: Literal["quantiles"] = "quantiles"
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rmb and self.idr:
            raise BadInput("idr", "is given beside rmb", remedy="leave one of them out")
        for name, sales in self._sales.items():
            if isinstance(sales, Quantity) and not sales.certain:
                where = f"{self.currency}.{name}"
                raise BadInput(where, "a quantile has no range of its own", sales.ends, "give central only")
        points = self._points()
        if len(points) < 2:
            raise BadInput(self.currency, "needs at least two quantiles", len(points))
        for (low_p, low), (high_p, high) in pairwise(points):
            if high < low:
                raise BadInput(self.currency, f"must not fall from probability {low_p:g} to {high_p:g}", (low, high))

    @property
    def currency(self) -> Currency:
        """The currency of the sales."""
        return "idr" if self.idr else "rmb"

    @property
    def most(self) -> Number:
        """The most that a new store can sell, in its own currency."""
        return self.knots()[1][-1]

    @property
    def _sales(self) -> dict[str, Number]:
        return self.idr or self.rmb

    def _points(self) -> list[tuple[float, float]]:
        return sorted((_probability(p, self.currency), central(v)) for p, v in self._sales.items())

    def knots(self) -> tuple[list[float], list[float]]:
        """Probabilities and sales, in order."""
        points = self._points()
        return [p for p, _ in points], [v for _, v in points]


def _probability(name: str, where: str) -> float:
    digits = name.removeprefix("p")
    if not (name.startswith("p") and digits.isdecimal() and digits.isascii() and float(f"0.{digits}") > 0):
        raise BadInput(
            where, "a quantile's name must be p and the digits of its probability", name, "for example p05 or p999"
        )
    return float(f"0.{digits}")


@value
class FittedLognormal:
    """A brand class given by a lognormal whose median is fitted on a known case.

    Attributes
    ----------
    log_sd : standard deviation of the logarithm
    ceiling_rmb : RMB
        Largest sales of a new store.
    median_rmb : RMB, optional
        None: fitted on the scenario `fitted_on` so that the median of its summed sales is
        `fitted_sales_idr`.
    """

    log_sd: Annotated[Number, Measure("log", 0, 5)]
    ceiling_rmb: Annotated[Number, Measure("RMB", 0)]
    fitted_on: str
    fitted_sales_idr: Annotated[Number, Measure("IDR", 0)]
    fitted_lead_days: Annotated[Number, Measure("day", 0)]
    median_rmb: Annotated[Number, Measure("RMB", 0)] | None = None
    pushed: bool = False
    kind: Literal["lognormal"] = "lognormal"
    title: Text = Field(default_factory=dict)

    @property
    def currency(self) -> Currency:
        """The currency of the sales."""
        return "rmb"

    @property
    def most(self) -> Number:
        """The most that a new store can sell, in its own currency."""
        return self.ceiling_rmb


@value
class Demand:
    """What buyers want of a brand, and what a share is a share of.

    Attributes
    ----------
    brand_class : structure
    classes : dict
        Kinds of brands by name, from the least to the best known.
    idr_per_rmb, idr_per_usd : rupiah
        Rates of exchange; needed only where something is given in that currency.
    denominator : name of one of the campaign's turnovers
    maturity : ``saturating`` or ``linear`` growth of demand with the store's age (structure)
    maturity_multiple, maturity_tau_days : how much, and how soon
    push : factor of an invitation or a state pavilion on classes that are pushed
    marketing_idr : rupiah for each brand
    cost_per_customer_usd, cost_per_customer_idr : dollar, rupiah
        What marketing costs for each customer; exactly one.
    """

    _: dataclasses.KW_ONLY
    brand_class: str
    classes: dict[str, Annotated[Quantiles | FittedLognormal, Field(discriminator="kind")]]
    idr_per_rmb: Annotated[Number, Measure("IDR per RMB", 1)] | None = None
    idr_per_usd: Annotated[Number, Measure("IDR per USD", 1)] | None = None
    denominator: str
    maturity: Literal["saturating", "linear"] = "saturating"
    maturity_multiple: Factor = 1.0
    maturity_tau_days: Annotated[Number, Measure("day", 1)] = 60.0
    push: Factor = 1.0
    quality_factor: Factor = 1.0
    discount: Annotated[Number, Measure("share", 0, 0.99)] = 0.0
    marketing_idr: Annotated[Number, Measure("IDR", 0, slider=(0, 50e9))] = 0.0
    cost_per_customer_usd: Annotated[Number, Measure("USD", 0.01)] | None = None
    cost_per_customer_idr: Annotated[Number, Measure("IDR", 1)] | None = None
    items_per_customer: Annotated[Number, Measure("item", 0)] = 1.2
    marketing_ceiling: Factor = 10.0
    second_year_multiple: Factor = 1.0
    name: str = ""
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.brand_class not in self.classes:
            raise unknown("brand_class", "brand class", self.brand_class, self.classes)
        currency.one_of(self, "cost_per_customer")


@value
class Finance:
    """What pays for goods and stores.

    Attributes
    ----------
    working_capital_idr : rupiah, one total for each cluster; caps the stock it can have made
    interest_per_year : share of the capital in use
    budget_idr : rupiah, optional
        What the whole programme may cost; stores are opened in order of readiness until it is spent.
    """

    working_capital_idr: Annotated[Number, Measure("IDR", 0, slider=(3e9, 300e9), logarithmic=True)]
    interest_per_year: Share = 0.0
    budget_idr: Annotated[Number, Measure("IDR", 0)] | None = None
