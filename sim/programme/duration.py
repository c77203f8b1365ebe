"""How long something takes: distributions over days, as data.

Each class names a distribution by the parameters a planner knows (a mean, a most likely value, a
coefficient of variation) and offers its inverse distribution function `ppf` and its `average`.
Nothing is drawn here: uniforms come in as an argument, days go out. Parameters may be quantities
with a range; `ppf` asks for plain numbers, so a programme is settled before it is run.
"""

from __future__ import annotations

import itertools
import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import gammaincinv, ndtri

from sim.errors import BadInput
from sim.programme.quantity import Lever, Number, Quantity, central, pert
from sim.value import Measure, value

Days = Annotated[Number, Measure("day", at_least=0.0, at_most=1e9)]
Ratio = Annotated[Number, Measure("ratio", at_least=0.0, at_most=100.0)]
Floats = NDArray[np.float64]

NO_SPREAD = 1e-8  # a coefficient of variation below this is none: the incomplete gamma function gives out there


@value
class Fixed:
    """Always the same number of days.

    Attributes
    ----------
    days : Number
        At least 0.
    """

    days: Days
    kind: Literal["fixed"] = "fixed"

    @property
    def average(self) -> float:
        """Mean, days."""
        return central(self.days)

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        return np.full_like(uniforms, plain(self.days))


@value
class Exponential:
    """Memoryless, the time to an event that may come at any moment.

    Attributes
    ----------
    mean : Number
        Days.
    """

    mean: Days
    kind: Literal["exponential"] = "exponential"

    @property
    def average(self) -> float:
        """Mean, days."""
        return central(self.mean)

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        return -plain(self.mean) * np.log1p(-uniforms)


@value
class Lognormal:
    """Skewed to the right, by its mean and its coefficient of variation.

    Attributes
    ----------
    mean : Number
        Days.
    cv : Number
        Standard deviation over mean.
    """

    mean: Days
    cv: Ratio
    kind: Literal["lognormal"] = "lognormal"

    @property
    def average(self) -> float:
        """Mean, days."""
        return central(self.mean)

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        variance = math.log1p(plain(self.cv) ** 2)  # of the logarithm
        return plain(self.mean) * np.exp(math.sqrt(variance) * ndtri(uniforms) - variance / 2)


@value
class Pert:
    """Between two bounds around a most likely value, smooth; a scaled beta, its mode weighted four-fold.

    Attributes
    ----------
    low, mode, high : Number
        Days, in this order of size.
    """

    low: Days
    mode: Days
    high: Days
    kind: Literal["pert"] = "pert"

    def __post_init__(self) -> None:
        in_order(low=self.low, mode=self.mode, high=self.high)

    @property
    def average(self) -> float:
        """Mean, days."""
        return (central(self.low) + 4 * central(self.mode) + central(self.high)) / 6

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        return pert(uniforms, plain(self.low), plain(self.mode), plain(self.high))


@value
class Triangular:
    """Between two bounds around a most likely value, with straight sides.

    Attributes
    ----------
    low, mode, high : Number
        Days, in this order of size.
    """

    low: Days
    mode: Days
    high: Days
    kind: Literal["triangular"] = "triangular"

    def __post_init__(self) -> None:
        in_order(low=self.low, mode=self.mode, high=self.high)

    @property
    def average(self) -> float:
        """Mean, days."""
        return (central(self.low) + central(self.mode) + central(self.high)) / 3

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        low, mode, high = plain(self.low), plain(self.mode), plain(self.high)
        if high == low:
            return np.full_like(uniforms, low)
        rising = low + np.sqrt(uniforms * (high - low) * (mode - low))
        falling = high - np.sqrt((1 - uniforms) * (high - low) * (high - mode))
        return np.where(uniforms * (high - low) < mode - low, rising, falling)


@value
class Uniform:
    """Anything between two bounds, all equally likely.

    Attributes
    ----------
    low, high : Number
        Days, in this order of size.
    """

    low: Days
    high: Days
    kind: Literal["uniform"] = "uniform"

    def __post_init__(self) -> None:
        in_order(low=self.low, high=self.high)

    @property
    def average(self) -> float:
        """Mean, days."""
        return (central(self.low) + central(self.high)) / 2

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        low, high = plain(self.low), plain(self.high)
        return low + (high - low) * uniforms


@value
class Gamma:
    """Skewed to the right with a lighter tail than the lognormal, by its mean and coefficient of variation.

    Attributes
    ----------
    mean : Number
        Days.
    cv : Number
        Standard deviation over mean.
    """

    mean: Days
    cv: Ratio
    kind: Literal["gamma"] = "gamma"

    @property
    def average(self) -> float:
        """Mean, days."""
        return central(self.mean)

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        mean, cv = plain(self.mean), plain(self.cv)
        if cv < NO_SPREAD:
            return np.full_like(uniforms, mean)
        found: Floats = mean * cv**2 * gammaincinv(cv**-2, uniforms)
        return found


@value
class Empirical:
    """One of the values observed, each equally likely."""

    values: Annotated[tuple[Annotated[float, Measure("day", at_least=0.0, at_most=1e9)], ...], Field(min_length=1)]
    kind: Literal["empirical"] = "empirical"

    @property
    def average(self) -> float:
        """Mean, days."""
        return math.fsum(self.values) / len(self.values)

    def ppf(self, uniforms: Floats) -> Floats:
        """Days at the given probabilities; float64, same shape."""
        ordered = np.sort(np.asarray(self.values, dtype=np.float64))
        return ordered[np.minimum((uniforms * len(ordered)).astype(np.int64), len(ordered) - 1)]


Duration = Annotated[
    Fixed | Exponential | Lognormal | Pert | Triangular | Uniform | Gamma | Empirical, Field(discriminator="kind")
]


def plain(number: Number) -> float:
    """`number`, which must have no range left; a programme is settled before anything is looked up in it."""
    if isinstance(number, Quantity | Lever):
        rule = "there is a range where a plain number is needed"
        raise BadInput("", rule, number.ends, "settle the programme first")
    return number


def in_order(**bounds: Number) -> None:
    """Refuse bounds that are not in order for every value that their ranges allow."""
    named = [(name, ends(number)) for name, number in bounds.items()]
    for (lower, below), (upper, above) in itertools.pairwise(named):
        if max(below) > min(above):
            rule = f"must have {lower} ≤ {upper}, whatever is drawn from their ranges"
            raise BadInput("", rule, (max(below), min(above)), "put them in order")


def ends(number: Number) -> tuple[float, ...]:
    """The bounds of a number: itself, or the ends of its range."""
    return number.ends if isinstance(number, Quantity | Lever) else (number,)
