"""Money and demand: what the cluster can pay for, and what buyers want.

Demand for a label is the heart of the projection and its weakest part. Each brand class is a
distribution of the gross sales of a newly opened store without push; `sim.outcomes.demand` draws
from it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field

from sim.errors import BadInput, unknown
from sim.programme.quantity import Number, Quantity, central
from sim.scenario.campaign import Share, Text
from sim.value import Measure, value

ClassName = Literal["unknown", "known-at-home", "known-in-china"]
Factor = Annotated[Number, Measure("factor", 0)]


@value
class Quantiles:
    """A brand class given by quantiles of a new store's gross sales, in RMB.

    Attributes
    ----------
    rmb : dict
        Quantile by name (``p05``, ``p50``, ``p999``: the digits behind the decimal point of its
        probability) to gross sales in RMB; interpolated monotonically, bounded by the first and the last.
    pushed : bool
        Whether a state pavilion or an invitation multiplies it.
    """

    rmb: dict[str, Annotated[Number, Measure("RMB", 0)]]
    pushed: bool = True
    kind: Literal["quantiles"] = "quantiles"

    def __post_init__(self) -> None:
        for name, sales in self.rmb.items():
            if isinstance(sales, Quantity) and not sales.certain:
                raise BadInput(f"rmb.{name}", "a quantile has no range of its own", sales.ends, "give central only")
        points = sorted((_probability(p), central(v)) for p, v in self.rmb.items())
        if len(points) < 2:
            raise BadInput("rmb", "needs at least two quantiles", len(points))
        for (low_p, low), (high_p, high) in pairwise(points):
            if high < low:
                raise BadInput("rmb", f"must not fall from probability {low_p:g} to {high_p:g}", (low, high))

    def knots(self) -> tuple[list[float], list[float]]:
        """Probabilities and sales in RMB, in order."""
        points = sorted((_probability(p), central(v)) for p, v in self.rmb.items())
        return [p for p, _ in points], [v for _, v in points]


def _probability(name: str) -> float:
    digits = name.removeprefix("p")
    if not (name.startswith("p") and digits.isdecimal() and digits.isascii() and float(f"0.{digits}") > 0):
        raise BadInput(
            "rmb", "a quantile's name must be p and the digits of its probability", name, "for example p05 or p999"
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


@value
class Demand:
    """What buyers want of a brand, and what a share is a share of.

    Attributes
    ----------
    brand_class : structure
    denominator : name of one of the campaign's turnovers
    maturity : ``saturating`` or ``linear`` growth of demand with the store's age (structure)
    maturity_multiple, maturity_tau_days : how much, and how soon
    push : factor of an invitation or a state pavilion on classes that are pushed
    marketing_idr : rupiah for each brand
    """

    brand_class: ClassName
    classes: dict[ClassName, Annotated[Quantiles | FittedLognormal, Field(discriminator="kind")]]
    idr_per_rmb: Annotated[Number, Measure("IDR per RMB", 1)]
    idr_per_usd: Annotated[Number, Measure("IDR per USD", 1)]
    denominator: str = "alibaba"
    maturity: Literal["saturating", "linear"] = "saturating"
    maturity_multiple: Factor = 1.0
    maturity_tau_days: Annotated[Number, Measure("day", 1)] = 60.0
    push: Factor = 1.0
    quality_factor: Factor = 1.0
    discount: Annotated[Number, Measure("share", 0, 0.99)] = 0.0
    marketing_idr: Annotated[Number, Measure("IDR", 0, slider=(0, 50e9))] = 0.0
    cost_per_customer_usd: Annotated[Number, Measure("USD", 0.01)] = 12.0
    items_per_customer: Annotated[Number, Measure("item", 0)] = 1.2
    marketing_ceiling: Factor = 10.0
    second_year_multiple: Factor = 1.0
    name: str = ""
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.brand_class not in self.classes:
            raise unknown("brand_class", "brand class", self.brand_class, self.classes)


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
