"""How sure an estimate from replications is: intervals of a mean, a proportion, a quantile.

A run is terminating: it begins with the first application and ends with the event, or with the horizon. Nothing of it
is a steady state, so no warm-up is cut off, and each replication gives one independent value of an outcome.

Distributions are those of scipy.special, on which scipy.stats rests: each kernel that shows the planner's page needs
intervals, and would need 40 MB more for scipy.stats, which is imported where a bootstrap asks for it.
"""

from __future__ import annotations

import dataclasses
import math
import warnings
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, ndtri, stdtr, stdtrit

from sim import streams
from sim.errors import BadInput

CONFIDENCE = 0.90
RESAMPLES = 9_999
Method = Literal["t", "bca", "wilson", "order", "bootstrap"]
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Interval:
    """An estimate and between what the true value lies.

    Attributes
    ----------
    estimate, low, high : float
        In the unit of the values; the ends may be infinite.
    confidence : float
        How often such intervals hold the true value.
    method : str
        ``t`` (Student), ``bca`` (bootstrap, bias-corrected and accelerated), ``bootstrap`` (percentiles), ``wilson`` or
        ``order`` (statistics).
    count : int
        Values it rests on.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    method: Method
    count: int

    @property
    def relative(self) -> float:
        """Half the width over the estimate; nan for an estimate of 0."""
        return (self.high - self.low) / 2 / abs(self.estimate) if self.estimate else math.nan


def of_mean(values: Floats, confidence: float = CONFIDENCE) -> Interval:
    """Student's interval of a mean; infinite where a single value says nothing of the spread."""
    count, mean = _counted(values, confidence), float(values.mean())
    half = 0.0 if count > 1 and not np.ptp(values) else half_width(values, confidence)
    return Interval(mean, mean - half, mean + half, confidence, "t", count)


def half_width(values: Floats, confidence: float = CONFIDENCE) -> float:
    """Half the interval of a mean, in the unit of the values."""
    if len(values) < 2:
        return math.inf
    spread = float(values.std(ddof=1)) / math.sqrt(len(values))
    return float(stdtrit(len(values) - 1, (1 + confidence) / 2)) * spread


def of_mean_resampled(values: Floats, *name: streams.Name, confidence: float = CONFIDENCE) -> Interval:
    """The bootstrap's interval of a mean, BCa (Efron 1987): for values too skewed for Student's.

    Parameters
    ----------
    values : ndarray, float64 [replication]
    name : str or int
        Of the stream of its random numbers, the seed first: the same name gives the same interval.
    confidence : float, optional
    """
    plain = of_mean(values, confidence)
    if plain.count < 2 or plain.low == plain.high:
        return dataclasses.replace(plain, method="bca")
    from scipy import stats

    rng = np.random.Generator(np.random.Philox(key=streams.key(*name, "bootstrap")))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # its ends are nan then
        found = stats.bootstrap(
            (values,), np.mean, n_resamples=RESAMPLES, confidence_level=confidence, method="BCa", rng=rng, batch=999
        ).confidence_interval
    low, high = (float(end) for end in (found.low, found.high))
    if math.isnan(low) or math.isnan(high):  # hardly a value differs from the others
        low, high = -math.inf, math.inf
    return Interval(plain.estimate, low, high, confidence, "bca", plain.count)


def of_proportion(happened: NDArray[np.bool_], confidence: float = CONFIDENCE) -> Interval:
    """Wilson's interval of a proportion, which stays within 0 and 1 and has a width even there."""
    return of_count(int(happened.sum()), _counted(happened, confidence), confidence)


def of_count(happened: int, count: int, confidence: float = CONFIDENCE) -> Interval:
    """The same from how often something happened (Wilson 1927, without correction for continuity)."""
    z, p = float(ndtri((1 + confidence) / 2)), happened / count
    middle, half = p + z * z / (2 * count), z * math.sqrt(p * (1 - p) / count + (z / (2 * count)) ** 2)
    low, high = ((middle + side * half) / (1 + z * z / count) for side in (-1, 1))
    return Interval(p, low if happened else 0.0, high if happened < count else 1.0, confidence, "wilson", count)


def of_quantile(values: Floats, probability: float, confidence: float = CONFIDENCE) -> Interval:
    """The order-statistic interval of a quantile, which may end at infinity, as may values.

    Parameters
    ----------
    values : ndarray, float64 [replication]
        Infinite where a replication never gets there.
    probability : float
        In (0, 1): the estimate is the smallest value that at least this share of values do not exceed.
    confidence : float, optional

    Notes
    -----
    The ranks are those of the exact binomial interval (Conover 1999, 3.2), as in
    `scipy.stats.quantile_test`, which does not take infinities.
    """
    ordered, n = np.sort(values), _counted(values, confidence)
    tail = (1 - confidence) / 2
    rank = int(np.ceil(probability * n - 1e-9))
    below = bdtr(np.arange(n + 1), n, probability)  # how probably at most so many values lie below the quantile
    low, high = int(np.searchsorted(below, tail)), int(np.searchsorted(below, 1 - tail)) + 1
    ends = (float(ordered[low - 1]) if low >= 1 else 0.0, float(ordered[high - 1]) if high <= n else np.inf)
    return Interval(float(ordered[max(rank, 1) - 1]), *ends, confidence, "order", n)


def by_luck(gain: Floats) -> float:
    """How probable a mean at least as far from 0 is where there is no difference: paired t, both sides."""
    if len(gain) < 2 or not gain.any():
        return 1.0
    if not np.ptp(gain):
        return 0.0
    error = float(gain.std(ddof=1)) / math.sqrt(len(gain))
    return float(2 * stdtr(len(gain) - 1, -abs(float(gain.mean())) / error))


def holm(p: Floats) -> Floats:
    """Probabilities by luck alone, corrected for how many comparisons were made (Holm 1979).

    As statsmodels has it, which is an extra that the page does without.

    Parameters
    ----------
    p : ndarray, float64 [comparison]
    """
    order, many = np.argsort(p, kind="stable"), len(p)
    corrected = np.empty(many)
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(many, 0, -1)), 1.0)
    return corrected


def _counted(values: NDArray[np.generic], confidence: float) -> int:
    if not 0 < confidence < 1:
        raise BadInput("confidence", "must be between 0 and 1", confidence, "for example 0.9")
    if not len(values):
        raise BadInput("values", "must be at least one", 0)
    return len(values)
