"""What one figure teaches: the case of 2018 as a posterior, and what it leaves as unknown as before.

Every number that is uncertain, and the median of the class that is fitted, is drawn from its prior; each draw is
weighed by how well the sales it gives agree with those that were stated. That is importance sampling from the prior.
With one datum it wastes few draws and shares none of the choices (distance, threshold, schedule) that sequential
approximate Bayesian computation would bring.
"""

from __future__ import annotations

import dataclasses
import functools
import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from sim import streams
from sim.errors import BadInput
from sim.experiment.intervals import CONFIDENCE, Interval, of_proportion
from sim.experiment.result import WEEK, checked, in_days
from sim.experiment.runner import Run, milestones
from sim.experiment.tornado import uncertain
from sim.outcomes import Milestones, Numbers, Projection
from sim.outcomes.numbers import Knowledge
from sim.programme.quantity import central, quantities
from sim.scenario import FittedLognormal, Scenario
from sim.shipped import KNOWN_CASE

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS, KEPT = 20_000, 4_000  # from the prior, and of those at most so many as the posterior, some more than once
ERROR = 0.2  # standard deviation of the logarithm of a figure as stated: one official's word, an assumption
PRIOR_RMB = (1e5, 6e7)  # of the fitted median: from a label nobody knows (E836) to the class's ceiling (E117)
LEAST_EFFECTIVE = 200.0  # draws that count, below which no range is given
TRIED = 500  # draws in which it is looked whether a number plays a part, at the ends and in the middle
RESAMPLES = 200
LEAST_MOVED = 0.1  # of what is likely: a number of which less is elsewhere after the datum is hardly better known
ENDS = (0.05, 0.50, 0.95)


@dataclasses.dataclass(frozen=True, eq=False)
class Weighed:
    """Draws from a prior, each with what it predicts and how much it counts after the datum.

    Attributes
    ----------
    parameters : DataFrame
        One row a draw, one column a number, in the number's unit.
    predicted : ndarray, float64 [draw]
        What the model gives for the datum with each draw.
    stated : float
        The datum, in the same unit.
    error : float
        Standard deviation of the logarithm of the datum around what is predicted.
    seed : int
    """

    parameters: pd.DataFrame
    predicted: Floats
    stated: float
    error: float
    seed: int

    def __post_init__(self) -> None:
        if not (math.isfinite(self.error) and self.error > 0):
            raise BadInput("error", "must be above 0: a figure as stated is never exact", self.error, "for example 0.2")
        if not (math.isfinite(self.stated) and self.stated > 0):
            raise BadInput("stated", "must be above 0", self.stated)
        if self.effective < LEAST_EFFECTIVE:
            rule = f"must be near enough to what is predicted: {LEAST_EFFECTIVE:.0f} draws that count are the fewest"
            raise BadInput("stated", rule, f"{self.effective:.0f} of {len(self.predicted)}", "draw more, or look again")

    @functools.cached_property
    def weights(self) -> Floats:
        """How much each draw counts; they add up to 1. A draw that sells nothing counts for nothing."""
        return _weighed(self.predicted, self.stated, self.error)

    @property
    def effective(self) -> float:
        """How many draws of the posterior these weighed ones are worth (Kish)."""
        squares = float(np.square(self.weights).sum())
        return 1.0 / squares if squares > 0 else 0.0

    @functools.cached_property
    def rows(self) -> Ints:
        """The posterior as numbers of draws, each as often as it counts, evenly spread (systematic resampling).

        No more than the weighed draws are worth, so that what is said of their mean is as sure as it looks.
        """
        start, kept = streams.uniforms(1, self.seed, "posterior")[0], min(KEPT, int(self.effective))
        places = (np.arange(kept) + start) / kept
        return np.minimum(np.searchsorted(np.cumsum(self.weights), places), len(self.weights) - 1)

    @functools.cached_property
    def learnt(self) -> pd.DataFrame:
        """What became of each number: its range before and after, and by how much it is known better.

        Returns
        -------
        DataFrame
            One row a number: `prior_p05` … `posterior_p95`, in its unit; `learnt`, the part of its variance (of its
            ranks among the draws, so that no scale is preferred) that the datum took away, with the ends
            `learnt_low`, `learnt_high` of an interval that allows for how many numbers there are; `moved`, how far
            apart the two distributions are (Kolmogorov and Smirnov's distance); `told`: whether that is further than
            in 95 of 100 rounds any number of them all whose draws were shuffled, and at least a tenth, below which a
            number is hardly better known. The most moved first.
        """
        rng = np.random.Generator(np.random.Philox(key=streams.key(self.seed, "learnt")))
        ranks = self.parameters.rank(pct=True).to_numpy()
        found, draws = _known_better(ranks, self.weights), len(ranks)
        again = rng.multinomial(draws, np.full(draws, 1 / draws), RESAMPLES)
        resampled = np.array([_known_better(ranks, self.weights * counts, counts) for counts in again])
        # Normal, since what is asked for lies further out than so few samples reach; Bonferroni's share for each.
        half = float(ndtri(1 - (1 - CONFIDENCE) / 2 / len(found))) * resampled.std(axis=0, ddof=1)
        ranges = {
            f"{name}_p{round(100 * end):02d}": [quantile(column, end, weights) for column in self._columns]
            for name, weights in (("prior", None), ("posterior", self.weights))
            for end in ENDS
        }
        table = pd.DataFrame({"path": self.parameters.columns} | ranges)
        table["learnt"], table["learnt_low"], table["learnt_high"] = found, found - half, found + half
        table["moved"] = _distance(ranks, self.weights)
        shuffled = [_distance(rng.permuted(ranks, axis=0), self.weights).max() for _ in range(RESAMPLES)]
        table["told"] = table["moved"] > max(float(np.quantile(shuffled, 0.95)), LEAST_MOVED)
        return table.sort_values("moved", ascending=False, kind="stable", ignore_index=True)

    @functools.cached_property
    def tied(self) -> pd.DataFrame:
        """Pairs of numbers that the datum ties together, the most tied first: it tells of them only in common.

        Returns
        -------
        DataFrame
            `one`, `other`, and their rank correlation before (`prior`) and after (`posterior`) the datum; `told`:
            whether it is stronger than that of any pair in 95 of 100 rounds in which draws were shuffled.
        """
        if self.parameters.shape[1] < 2:
            return pd.DataFrame(columns=["one", "other", "prior", "posterior", "told"])
        rng = np.random.Generator(np.random.Philox(key=streams.key(self.seed, "tied")))
        ranks, names = self.parameters.rank(pct=True).to_numpy(), self.parameters.columns
        one, other = np.triu_indices(len(names), k=1)
        table = pd.DataFrame({"one": names[one], "other": names[other]})
        table["prior"] = _correlations(ranks, None)[one, other]
        table["posterior"] = _correlations(ranks, self.weights)[one, other]
        by_luck = [
            np.abs(_correlations(rng.permuted(ranks, axis=0), self.weights)[one, other]).max() for _ in range(RESAMPLES)
        ]
        table["told"] = table["posterior"].abs() > np.quantile(by_luck, 0.95)
        return table.sort_values("posterior", key=np.abs, ascending=False, kind="stable", ignore_index=True)

    def recovered(self, path: str, trials: int = 200, confidence: float = CONFIDENCE) -> Interval:
        """How often the range of a number holds the truth, where the truth is known: data made by the model itself.

        In each trial one draw is the truth, the datum is what it predicts, misstated by chance as `error` says, and
        all other draws are weighed by that.

        Returns
        -------
        Interval
            Wilson's, of the part of trials in which the range of `confidence` held the truth; right is `confidence`.
        """
        if not 1 <= trials <= len(self.predicted):
            raise BadInput("trials", f"must be from 1 to {len(self.predicted)}", trials)
        values, held = self.parameters[path].to_numpy(), []
        possible = np.flatnonzero(self.predicted > 0)
        chance = streams.uniforms(2 * trials, self.seed, "recovery").reshape(2, -1)
        for truth, u in zip(possible[(chance[0] * len(possible)).astype(int)], chance[1], strict=True):
            datum = float(self.predicted[truth]) * math.exp(self.error * float(ndtri(u)))
            others = np.arange(len(values)) != truth
            weights = _weighed(self.predicted[others], datum, self.error)
            low, high = (quantile(values[others], (1 + side * confidence) / 2, weights) for side in (-1, 1))
            held.append(low <= values[truth] <= high)
        return of_proportion(np.array(held))

    @property
    def _columns(self) -> list[Floats]:
        return [self.parameters[path].to_numpy(dtype=float) for path in self.parameters.columns]


@dataclasses.dataclass(frozen=True, eq=False)
class Calibration:
    """The known case after its figure.

    Attributes
    ----------
    case : Scenario
    fitted : str
        Path of the fitted median.
    weighed : Weighed
        Predicted and stated are the case's summed sales in rupiah.
    """

    case: Scenario
    fitted: str
    weighed: Weighed

    def project(self, scenario: Scenario) -> Projection:
        """A scenario with what is known after the figure, and with luck that the figure was not weighed by.

        All scenarios have the same draws and the same luck, so that they can be compared pair by pair.
        """
        rows, draws = self.weighed.rows, len(self.weighed.predicted)
        luck = streams.key(self.weighed.seed, "luck after the figure") % 2**63
        numbers = Numbers(scenario, luck, 0, len(rows), knowledge=Knowledge(self.weighed.seed, rows))
        prepared = milestones(Run(scenario, self.weighed.seed, draws, "mixed", "reference"))
        medians = self.weighed.parameters[self.fitted].to_numpy()[rows]
        return Projection(numbers, [prepared[k] for k in rows.tolist()], medians)

    @functools.cached_property
    def predictive_idr(self) -> Floats:
        """The case's sales as they might have been: knowledge after the figure, new luck; float64 [draw]."""
        return sales_idr(self.project(self.case))


def calibrate(
    case: Scenario | str = KNOWN_CASE,
    draws: int = DRAWS,
    seed: int | None = None,
    error: float = ERROR,
    stated_idr: float | None = None,
    prior_rmb: tuple[float, float] = PRIOR_RMB,
) -> Calibration:
    """Weigh what is known of a case by what it sold.

    Parameters
    ----------
    case : Scenario or str
        Of a class of brands that is fitted.
    draws : int
        From the prior.
    seed : int, optional
        The scenario's where left out.
    error : float
        Standard deviation of the logarithm of the figure.
    stated_idr : float, optional
        What it sold in rupiah; None: the figure that the class is fitted on.
    prior_rmb : (float, float)
        Between what the fitted median lies, every order of magnitude alike.

    Raises
    ------
    BadInput
        If the scenario's class is not a fitted one, for a prior that is no range, and where hardly a draw comes near
        what was stated.
    """
    case = Scenario.of(case)
    kind = case.demand.classes[case.demand.brand_class]
    seed, draws = checked(case, "seed", case.seed if seed is None else seed), checked(case, "replications", draws)
    if not isinstance(kind, FittedLognormal):
        raise BadInput(f"{case.name}: demand.brand_class", "must be one that is fitted", case.demand.brand_class)
    low, high = prior_rmb
    if not 0 < low < high < math.inf:
        raise BadInput("prior_rmb", "must go from an amount above 0 to a higher one", prior_rmb)
    fitted = f"demand.classes.{case.demand.brand_class}.median_rmb"
    numbers = Numbers(case, seed, 0, draws)
    medians = low * (high / low) ** streams.uniforms(draws, seed, "prior", fitted)
    prepared = milestones(Run(case, seed, draws, "mixed", "reference"))
    base = Projection(numbers, prepared, medians)
    known = {path: numbers[path] for path in _told_of(case, seed, prepared[:TRIED], medians[:TRIED])}
    stated = central(kind.fitted_sales_idr) if stated_idr is None else stated_idr
    return Calibration(
        case, fitted, Weighed(pd.DataFrame({fitted: medians} | known), sales_idr(base), stated, error, seed)
    )


def _told_of(case: Scenario, seed: int, prepared: list[Milestones], medians: Floats) -> list[str]:
    """Paths of the uncertain numbers that the case's sales depend on at all; of costs the sales tell nothing."""
    found, known = [], quantities(case)
    for path in uncertain(case):
        low, middle, high = (
            sales_idr(Projection(Numbers(case.set(path, end), seed, 0, len(prepared)), prepared, medians))
            for end in (known[path].low, known[path].central, known[path].high)
        )
        if not (np.array_equal(low, high) and np.array_equal(low, middle)):
            found.append(path)
    return found


def sales_idr(projection: Projection) -> Floats:
    """Sales of all brands at the scenario's own lead time, in rupiah; float64 [draw]."""
    lead = in_days(np.array([projection.scenario.lead_days / WEEK]))
    return projection.sales_idr(lead).sum(axis=1)[:, 0]


def quantile(values: Floats, probability: float, weights: Floats | None = None) -> float:
    """A quantile of draws that count differently: the smallest value that this part of them does not exceed."""
    return float(np.quantile(values, probability, weights=weights, method="inverted_cdf"))


def _distance(ranks: Floats, weights: Floats) -> Floats:
    """How far apart each column is before and after it is weighed, at most 1; float64 [column]."""
    order = np.argsort(ranks, axis=0)
    steps = np.arange(1, len(ranks) + 1)[:, None] / len(ranks)
    found: Floats = np.abs(np.cumsum(weights[order], axis=0) - steps).max(axis=0)
    return found


def _correlations(ranks: Floats, weights: Floats | None) -> Floats:
    """Of every column with every other; float64 [column, column]."""
    covariance = np.cov(ranks, rowvar=False, aweights=weights)
    spread = np.sqrt(np.diag(covariance))
    found: Floats = covariance / np.outer(spread, spread)
    return found


def _weighed(predicted: Floats, stated: float, error: float) -> Floats:
    """How much each draw counts, adding up to 1: normal on the logarithm; nothing sold counts for nothing."""
    with np.errstate(divide="ignore"):
        away = (np.log(predicted) - math.log(stated)) / error
    likely = np.where(np.isfinite(away), np.exp(-0.5 * np.square(away)), 0.0)
    return likely / total if (total := likely.sum()) > 0 else likely


def _known_better(ranks: Floats, weights: Floats, counts: Ints | None = None) -> Floats:
    """Which part of the variance of each column the weights take away; float64 [column]."""

    def variance(of: Floats | Ints | None) -> Floats:
        middle = np.average(ranks, axis=0, weights=of)
        found: Floats = np.average(np.square(ranks - middle), axis=0, weights=of)
        return found

    return 1.0 - variance(weights) / variance(counts)
