"""Paired comparison: what one scenario brings more than another, under common random numbers.

Draws are keyed by names, so replication k of two scenarios has the same chances and the same knowledge wherever both
have the same names; what differs is what was changed. The difference of each pair is therefore much less uncertain
than either share. Whether that held is part of the answer: correlation, ratio of variances, and a warning where not.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from sim.errors import BadInput
from sim.experiment import responses
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE, by_luck, half_width
from sim.experiment.result import Result

Verdict = Literal["more", "less", "same", "open"]
Synchrony = Literal["kept", "lost", "idle"]
IDLE = 0.95  # of the pairs
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Difference:
    """The projected share of one scenario less that of the first, replication by replication.

    Attributes
    ----------
    scenario, base : str
        Names.
    mean : float
        Mean of the differences of share, a fraction.
    low, high : float
        90 % interval of that mean (Student's t).
    p05, p50, p95 : float
        Quantiles of the differences themselves.
    mean_idr : float
        Mean difference of gross sales.
    more, less : float
        Parts of the pairs in which the share is higher, and lower.
    correlation : float
        Of the two shares over the pairs; nan where one of them does not vary.
    variance_ratio : float
        Variance of the differences over that of unpaired ones: below 1 the pairing helped; nan where nothing varies.
    verdict : str
        ``more``, ``less``, ``same`` (equal in every pair) or ``open`` (the interval holds 0).
    more_replications : float
        Where open, about how many more would tell, were the mean what it is now; inf where it is 0.
    pairs : int
    idle : float
        Part of the pairs in which both shares are 0.
    p, p_holm : float
        How probable a mean as far from 0 is by luck alone (paired t), and the same corrected for all comparisons made
        (Holm); the verdict goes by the latter.
    synchrony : str
        ``idle`` (both sell nothing in nearly all pairs), ``lost`` (both vary, but no more alike than strangers: the
        pairing did not help) or ``kept``.
    """

    scenario: str
    base: str
    mean: float
    low: float
    high: float
    p05: float
    p50: float
    p95: float
    mean_idr: float
    more: float
    less: float
    correlation: float
    variance_ratio: float
    verdict: Verdict
    more_replications: float
    pairs: int
    idle: float
    p: float
    p_holm: float
    synchrony: Synchrony


def compare(results: Sequence[Result]) -> list[Difference]:
    """Every result against the first, each at its own lead time.

    Parameters
    ----------
    results : sequence of Result
        At least two, with one seed and one number of replications.

    Returns
    -------
    list of Difference
        One for each result after the first, in their order; shares are fractions of the event's sales.

    Raises
    ------
    BadInput
        If they cannot be paired; if there are more than two and statsmodels, which corrects for many comparisons,
        is not installed.
    """
    if len(results) < 2:
        raise BadInput("compare", "must have at least two scenarios", len(results))
    base = results[0]
    for result in results[1:]:
        if (result.seed, result.replications) != (base.seed, base.replications):
            raise BadInput(
                "compare", "must have one seed and one number of replications", (result.seed, result.replications)
            )
    found = [_difference(result, base) for result in results[1:]]
    return found if len(found) == 1 else _corrected(found)


def _corrected(found: Sequence[Difference]) -> list[Difference]:
    """The differences with verdicts of which, in 90 % of families of comparisons, none is made by luck (Holm 1979)."""
    corrected = corrections().multipletests([one.p for one in found], method="holm")[1]
    return [_allowing(one, float(p), len(found)) for one, p in zip(found, corrected, strict=True)]


def corrections() -> Any:
    """The module of statsmodels that corrects for many comparisons, refused where it is not installed."""
    return library("statsmodels.stats.multitest")


def _allowing(one: Difference, p_holm: float, comparisons: int) -> Difference:
    """A difference whose verdict allows for the number of comparisons."""
    if (one.verdict in ("more", "less") and p_holm <= 1 - CONFIDENCE) or one.verdict == "same":
        return dataclasses.replace(one, p_holm=p_holm)
    more = _more(one.pairs, one.mean, _wider(one, comparisons))
    return dataclasses.replace(one, p_holm=p_holm, verdict="open", more_replications=more)


def _wider(one: Difference, comparisons: int) -> float:
    """Half of an interval that is right together with those of all comparisons (Bonferroni)."""
    if one.pairs < 2:
        return math.inf
    wide, narrow = (stdtrit(one.pairs - 1, 1 - (1 - CONFIDENCE) / 2 / m) for m in (comparisons, 1))
    return (one.high - one.low) / 2 * float(wide / narrow)


def _difference(result: Result, base: Result) -> Difference:
    share, base_share = responses.share(result), responses.share(base)
    gain = share - base_share
    mean = float(gain.mean())
    half = half_width(gain)
    p05, p50, p95 = (float(q) for q in np.quantile(gain, [0.05, 0.5, 0.95]))
    unpaired = float(share.var() + base_share.var())
    varies = bool(share.std() > 0 and base_share.std() > 0)
    verdict = _verdict(gain, mean, half)
    correlation = float(np.corrcoef(share, base_share)[0, 1]) if varies else math.nan
    ratio = float(gain.var()) / unpaired if unpaired > 0 else math.nan
    idle, p = float(((share == 0) & (base_share == 0)).mean()), by_luck(gain)
    return Difference(
        scenario=result.scenario.name,
        base=base.scenario.name,
        mean=mean,
        low=mean - half,
        high=mean + half,
        p05=p05,
        p50=p50,
        p95=p95,
        mean_idr=float((responses.sales_idr(result) - responses.sales_idr(base)).mean()),
        more=float((gain > 0).mean()),
        less=float((gain < 0).mean()),
        correlation=correlation,
        variance_ratio=ratio,
        verdict=verdict,
        more_replications=_more(len(gain), mean, half) if verdict == "open" else 0.0,
        pairs=len(gain),
        idle=idle,
        p=p,
        p_holm=p,
        synchrony="idle" if idle >= IDLE else _synchrony(correlation, ratio, len(gain)),
    )


def _synchrony(correlation: float, variance_ratio: float, pairs: int) -> Synchrony:
    """Lost where two shares that both vary are as alike as those of strangers may be (two standard errors)."""
    if math.isnan(correlation) or pairs < 3:
        return "kept"
    return "lost" if variance_ratio >= 1 or correlation < 2 / math.sqrt(pairs) else "kept"


def _verdict(gain: Floats, mean: float, half: float) -> Verdict:
    if not gain.any():
        return "same"
    if abs(mean) <= half:
        return "open"
    return "more" if mean > 0 else "less"


def _more(count: int, mean: float, half: float) -> float:
    """More replications after which an interval of this spread would end at 0: its width falls with their root."""
    if mean == 0 or math.isinf(half):
        return math.inf
    return math.ceil(count * ((half / mean) ** 2 - 1)) + 1
