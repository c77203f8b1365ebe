"""Fitting the one class of brands that is fitted, on the known case that it names.

The case is a single datum, one official's figure of unknown scope. The fit makes the median of the
case's summed sales equal to it and nothing more; the spread stays what it was assumed to be.
"""

from __future__ import annotations

import dataclasses
import functools

import numpy as np

from sim.errors import BadInput
from sim.experiment.runner import Run, milestones
from sim.outcomes import Numbers, Projection
from sim.programme.quantity import central
from sim.scenario import FittedLognormal, Scenario

FIT_DRAWS = 40_000  # standard error of the fitted median about 0.3 %
BRACKET_RMB = (1e3, 1e12)


@dataclasses.dataclass(frozen=True)
class Fit:
    """How a brand class was fitted.

    Attributes
    ----------
    brand_class, case : str
    median_rmb : float
        Fitted median of a new store's gross sales in RMB.
    target_idr, reached_idr : float
        Sales of the case as stated, and the median of the model's after the fit.
    lead_days : float
        Lead time of the case.
    draws : int
        Draws of the closed-form tail behind the median.
    """

    brand_class: str
    case: str
    median_rmb: float
    target_idr: float
    reached_idr: float
    lead_days: float
    draws: int


def fitted_median_rmb(scenario: Scenario) -> float | None:
    """Median of the scenario's brand class where it must be fitted, else None."""
    kind = scenario.demand.classes[scenario.demand.brand_class]
    if not isinstance(kind, FittedLognormal) or kind.median_rmb is not None:
        return None
    return fit(scenario.case or scenario, scenario.demand.brand_class).median_rmb


def fit(case: Scenario, brand_class: str) -> Fit:
    """Fit a brand class so that the median of the case's summed sales is the stated figure.

    Raises
    ------
    BadInput
        If no median reaches the figure: the stock of the case is worth less than it sold.
    """
    return _fit(_Case(case, brand_class))


@dataclasses.dataclass(frozen=True, eq=False)
class _Case:
    """A case to fit on; two are the same if their digests, seeds and classes are."""

    scenario: Scenario
    brand_class: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Case) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[str, int, str]:
        return self.scenario.digest, self.scenario.seed, self.brand_class


@functools.lru_cache(maxsize=16)
def _fit(case: _Case) -> Fit:
    scenario = case.scenario
    kind = scenario.demand.classes[case.brand_class]
    if scenario.demand.brand_class != case.brand_class or not isinstance(kind, FittedLognormal):
        raise BadInput(
            f"{scenario.name}: demand.brand_class", f"a case to fit {case.brand_class} on must be of that class"
        )
    lead, target = np.array([central(kind.fitted_lead_days)]), central(kind.fitted_sales_idr)
    run = Run(scenario, scenario.seed, FIT_DRAWS, "mixed", "reference")
    base = Projection(Numbers(scenario, scenario.seed, 0, FIT_DRAWS), milestones(run), 1.0)
    there, part = base.items_there(lead)[:, :, 0], base.taking_part(lead)[:, :, 0]

    def sales(median_rmb: float) -> float:
        sold = np.minimum(there, base.refitted(median_rmb).items_wanted(lead)[:, :, 0])
        return float(np.median(np.where(part, sold * base.price_idr, 0.0).sum(axis=1)))

    from scipy.optimize import brentq  # slow to import, and only a fit needs it

    low, high = np.log(BRACKET_RMB)
    if not sales(BRACKET_RMB[0]) < target < sales(BRACKET_RMB[1]):
        rule = f"cannot be reached: at most Rp{sales(BRACKET_RMB[1]):,.0f} with the stock and the gates of the case"
        raise BadInput(f"{scenario.name}: fitted_sales_idr", rule, target, "look at the case's stock, price and gates")
    median = float(np.exp(brentq(lambda log: sales(float(np.exp(log))) - target, low, high, xtol=1e-9)))
    return Fit(case.brand_class, scenario.name, median, target, sales(median), float(lead[0]), FIT_DRAWS)
