"""Many centres of one product, described together: how many, how large, in which pool.

Ten thousand centres have no document each. A cluster that says how many centres it stands for becomes one brand a
centre. Their sizes follow a bounded Pareto distribution, the usual shape of sizes of firms and towns: its exponent
is what makes the mean right, and every centre has its part of the workshops along the Lorenz curve, so that the
total is exact. Nothing is drawn: which centre is large is part of the scenario.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.programme.quantity import Number, central
from sim.value import Measure, value

Ints = NDArray[np.int64]
STEEPEST = 60.0  # exponent beyond which nearly all centres are of the smallest size, or the largest
LARGEST_LOG = 600.0  # of a power; beyond it a double has no room


@value
class Centres:
    """How many centres a cluster stands for.

    Attributes
    ----------
    number : centre
    smallest, largest : workshop
        Bounds of the size of one.
    """

    number: Annotated[Number, Measure("centre", 1, 1_000_000)]
    smallest: Annotated[Number, Measure("workshop", 1, 1_000_000)]
    largest: Annotated[Number, Measure("workshop", 1, 10_000_000)]

    def sizes(self, workshops: int) -> Ints:
        """Workshops of each centre, the smallest first; they add up to `workshops`.

        Raises
        ------
        BadInput
            If the mean size is not between the smallest and the largest.
        """
        count, low, high = (int(central(n)) for n in (self.number, self.smallest, self.largest))
        most, least = (mean(alpha, low, high) for alpha in _steepest(low, high)) if low < high else (low, low)
        if not least < workshops / count < most:
            rule = f"{workshops} workshops in {count} centres are not between {low} and {high} each"
            raise BadInput("centres", rule, workshops / count, "change the number, the makers or the bounds")
        alpha = exponent(workshops / count, low, high)
        until = workshops * lorenz(np.arange(count + 1) / count, alpha, low, high)
        ends: Ints = np.round(until).astype(np.int64)
        return np.sort(ends[1:] - ends[:-1])  # rounding may turn two neighbours round


def mean(alpha: float, low: float, high: float) -> float:
    """Mean of the bounded Pareto distribution with an exponent."""
    return float(_area(np.array(1.0), alpha, low, high))


def exponent(of_mean: float, low: float, high: float) -> float:
    """The exponent with which the mean is as given."""
    from scipy.optimize import brentq  # slow to import, and only a country needs it

    return float(brentq(lambda alpha: mean(alpha, low, high) - of_mean, *_steepest(low, high)))


def _steepest(low: float, high: float) -> tuple[float, float]:
    """The least and the largest exponent that are tried."""
    steepest = min(STEEPEST, LARGEST_LOG / float(np.log(high / low)))
    return -steepest, steepest


def lorenz(part: NDArray[np.float64], alpha: float, low: float, high: float) -> NDArray[np.float64]:
    """Part of all workshops that is in the smallest `part` of the centres."""
    return _area(part, alpha, low, high) / mean(alpha, low, high)


def _area(part: NDArray[np.float64], alpha: float, low: float, high: float) -> NDArray[np.float64]:
    """Integral of the quantile function low (1 − c u)^(−1/α) from 0 to `part`, with c = 1 − (low / high)^α."""
    alpha = alpha if abs(alpha) > 1e-6 and abs(alpha - 1) > 1e-6 else alpha + 2e-6  # between two smooth branches
    c, power = 1.0 - (low / high) ** alpha, 1.0 - 1.0 / alpha
    return low * (1.0 - (1.0 - c * part) ** power) / (c * power)


def spread(shares: Sequence[float], many: int) -> Ints:
    """Which pool each of `many` gets, so that every pool has its share of any first few; int64 [many].

    The next one goes where most is missing, to the first listed among equals.
    """
    wanted = np.array(shares) / np.sum(shares)
    given, pools = np.zeros(len(shares)), np.empty(many, dtype=np.int64)
    for i in range(many):
        pools[i] = pool = int(np.argmax(wanted * (i + 1) - given))
        given[pool] += 1.0
    return pools
