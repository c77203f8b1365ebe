"""What buyers want of a brand: the heart of the projection, and its weakest part.

Awareness demand is one chance number for each brand through the quantile function of its class. The
store's age multiplies it, quality multiplies it, and marketing adds customers up to a limit. All of it
is known before a lead time is chosen, but for the store's age.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.errors import BadInput
from sim.outcomes.kept import Kept
from sim.outcomes.money import rate
from sim.outcomes.numbers import Numbers
from sim.scenario import FittedLognormal, Quantiles
from sim.scenario.currency import one_of
from sim.streams import each

Floats = NDArray[np.float64]
# Below it, interpolation between quantiles is linear rather than logarithmic; about the same in each currency.
SMALL = {"rmb": 1_000.0, "idr": 2_000_000.0}
CHANCE: Kept[Floats] = Kept(10_000_000)


@dataclasses.dataclass(frozen=True, eq=False)
class Demand:
    """Demand of every brand in every replication, before the store's age is known.

    Attributes
    ----------
    awareness_items : ndarray, float64 [replication, brand]
        Items at the event's price that a newly opened store would sell, quality included.
    marketing_items : ndarray, float64 [replication, brand]
        Items bought by customers that marketing brings.
    multiple, tau_days : ndarray, float64 [replication]
        How much and how soon the store's age multiplies awareness.
    linear : bool
        Whether demand grows linearly with age rather than towards a ceiling.
    """

    awareness_items: Floats
    marketing_items: Floats
    multiple: Floats
    tau_days: Floats
    linear: bool

    def items(self, age_days: Floats) -> Floats:
        """Items wanted by age of the store; float64, shape of `age_days` with [replication, brand] first."""
        extra = (1,) * (age_days.ndim - 2)
        ours = self.awareness_items.shape
        multiple = self.multiple.reshape(-1, 1, *extra)
        tau = self.tau_days.reshape(-1, 1, *extra)
        grown = maturity(np.maximum(age_days, 0.0), multiple, tau, self.linear)
        return self.awareness_items.reshape(*ours, *extra) * grown + self.marketing_items.reshape(*ours, *extra)


def maturity(age_days: Floats, multiple: Floats, tau_days: Floats, linear: bool) -> Floats:
    """How much more a store of this age sells than a newly opened one.

    Saturating: 1 + (M − 1)(1 − exp(−age / τ)). Linear: the same rise at the start, without end:
    1 + (M − 1) age / τ. Source of M: E804, low confidence for this use; of τ: assumption.
    """
    rise = age_days / tau_days if linear else -np.expm1(-age_days / tau_days)
    return 1.0 + np.maximum(multiple - 1.0, 0.0) * rise


def demand(numbers: Numbers, price_idr: Floats, fitted_median_rmb: float | Floats | None) -> Demand:
    """Demand of every brand of the scenario.

    Parameters
    ----------
    numbers : Numbers
    price_idr : ndarray, float64 [replication, brand]
        Selling price of an item, discount taken off.
    fitted_median_rmb : float or ndarray, float64 [replication], optional
        Median of a fitted class, where the scenario's class is one.
    """
    setting = numbers.scenario.demand
    sales, worth = awareness_sales(numbers, fitted_median_rmb), setting.classes[setting.brand_class].currency
    awareness = sales * rate(numbers, worth)[:, None] / price_idr * numbers["demand.quality_factor"][:, None]
    paid_in = one_of(setting, "cost_per_customer")
    cost_idr = numbers[f"demand.cost_per_customer_{paid_in}"] * rate(numbers, paid_in)
    bought = numbers["demand.marketing_idr"] / cost_idr * numbers["demand.items_per_customer"]
    ceiling = numbers["demand.marketing_ceiling"][:, None] * awareness
    return Demand(
        awareness_items=awareness,
        marketing_items=np.minimum(bought[:, None], ceiling),
        multiple=numbers["demand.maturity_multiple"],
        tau_days=numbers["demand.maturity_tau_days"],
        linear=setting.maturity == "linear",
    )


def awareness_sales(numbers: Numbers, fitted_median_rmb: float | Floats | None = None) -> Floats:
    """Gross sales of a newly opened store in the class's currency, push included; float64 [replication, brand]."""
    setting = numbers.scenario.demand
    kind, path = setting.classes[setting.brand_class], f"demand.classes.{setting.brand_class}"
    chance = _chance(numbers)
    if isinstance(kind, Quantiles):
        sales = from_quantiles(kind, chance)
    else:
        sales = _from_lognormal(kind, path, numbers, chance, fitted_median_rmb)
    pushed = kind.pushed and numbers.scenario.campaign.access == "invitation"
    return sales * numbers["demand.push"][:, None] if pushed else sales


def _chance(numbers: Numbers) -> Floats:
    """The chance number of each brand, which no lever moves; float64 [replication, brand]."""
    names = tuple(brand.name for brand, _ in numbers.scenario.lineup)
    seed, first, count = numbers.seed, numbers.first, numbers.count
    return CHANCE.made(
        (seed, first, count, names),
        lambda: np.ascontiguousarray(each(names, count, seed, "demand", start=first).T),
    )


def from_quantiles(kind: Quantiles, chance: Floats) -> Floats:
    """The class's quantile function: monotone, bounded by its first and last quantile.

    Interpolated on the normal score of the probability and the logarithm of the sales (plus a small
    amount, so that zero has one), since sales span orders of magnitude.
    """
    probabilities, sales = kind.knots()
    small = SMALL[kind.currency]
    score = np.interp(ndtri(chance), ndtri(probabilities), np.log(np.array(sales) + small))
    return np.maximum(np.exp(score) - small, 0.0)


def _from_lognormal(
    kind: FittedLognormal, path: str, numbers: Numbers, chance: Floats, fitted_median_rmb: float | Floats | None
) -> Floats:
    median = numbers.of(f"{path}.median_rmb", kind.median_rmb) if kind.median_rmb is not None else fitted_median_rmb
    if median is None:
        raise BadInput(path, "needs its median fitted before it can be drawn", kind.fitted_on)
    spread = numbers[f"{path}.log_sd"][:, None]
    rmb = np.asarray(median).reshape(-1, 1) * np.exp(spread * ndtri(chance))
    return np.minimum(rmb, numbers[f"{path}.ceiling_rmb"][:, None])
