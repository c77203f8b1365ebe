"""Which information is worth collecting first: what a choice would gain from knowing a number before it is made.

A choice has a benefit in every replication; without more information the best is the one that is best on average. Who
knew a number first could choose by it. The difference is the most that finding it out is worth (Raiffa & Schlaifer
1961). For one number it is estimated from the runs at hand by regression of the benefits on it (Strong, Oakley &
Brennan 2014), and set against what shuffled numbers seem to be worth.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import threading
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import streams
from sim.errors import BadInput
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE, Interval
from sim.experiment.paired import gain, verdicts
from sim.experiment.result import Result, in_days
from sim.experiment.runner import Cancelled, Progress
from sim.experiment.tornado import uncertain
from sim.scenario import Scenario
from sim.store import simulate

Floats = NDArray[np.float64]
LEAD_WEEKS = tuple(float(week) for week in range(0, 261, 26))  # choices: not at all, half a year, and so on
REPLICATIONS = 1_000
FEWEST = 100
KNOTS, DEGREE = 5, 3  # of the splines: enough for a bend or two, few enough to learn little from noise
SHUFFLES = 40


@dataclasses.dataclass(frozen=True, eq=False)
class Choice:
    """Something to be chosen, with what each alternative brings in every replication.

    Attributes
    ----------
    names : tuple
        Of the alternatives.
    benefit : ndarray, float64 [replication, alternative]
        On the same random numbers for all.
    known : DataFrame
        One row a replication, one column a number that could be found out.
    seed : int
    """

    names: tuple[object, ...]
    benefit: Floats
    known: pd.DataFrame
    seed: int

    def __post_init__(self) -> None:
        count, alternatives = self.benefit.shape
        if alternatives < 2 or alternatives != len(self.names):
            raise BadInput("alternatives", "must be at least two, each with its benefit", alternatives)
        if count < FEWEST or count != len(self.known):
            raise BadInput("replications", f"must be at least {FEWEST}, for benefits and numbers alike", count)

    @property
    def best(self) -> int:
        """The alternative that is best on average, which is chosen without more information."""
        return int(self.benefit.mean(axis=0).argmax())

    @functools.cached_property
    def perfect(self) -> Interval:
        """What it would be worth to know everything, chance included: no information is worth more."""
        from scipy import stats

        rows = np.arange(len(self.benefit))

        def worth(chosen: NDArray[np.int64]) -> float:
            return _worth(self.benefit[chosen])

        rng = np.random.Generator(np.random.Philox(key=streams.key(self.seed, "perfect information")))
        found = stats.bootstrap(
            (rows,), worth, confidence_level=CONFIDENCE, n_resamples=999, method="percentile", vectorized=False, rng=rng
        ).confidence_interval
        return Interval(_worth(self.benefit), float(found.low), float(found.high), CONFIDENCE, "bootstrap", len(rows))

    def partial(self, progress: Progress | None = None, cancel: threading.Event | None = None) -> pd.DataFrame:
        """What it would be worth to know each number alone, the most valuable first.

        Parameters
        ----------
        progress : callable, optional
            Called with the numbers done, and all.
        cancel : threading.Event, optional

        Returns
        -------
        DataFrame
            One row a number: `path`; `worth`, in the unit of the benefit, less what shuffled numbers seem to be worth
            on average, and never below 0; `luck`, what the best of all numbers seemed to be worth when shuffled in at
            most one of ten rounds; `told`: whether it is more than that; `part` of what perfect information is worth.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        """
        worth, by_luck = [], []
        for n, path in enumerate(self.known.columns):
            if cancel is not None and cancel.is_set():
                raise Cancelled
            found, shuffled = self._alone(str(path))
            worth.append(max(found - shuffled.mean(), 0.0))
            by_luck.append(shuffled - shuffled.mean())
            if progress:
                progress(n + 1, self.known.shape[1])
        table = pd.DataFrame({"path": self.known.columns, "worth": worth})
        # Of many numbers one is lucky: each must pass what the best of as many shuffled ones reaches in nine rounds of
        # ten.
        table["luck"] = float(np.quantile(np.max(by_luck, axis=0), CONFIDENCE))
        table["told"] = table["worth"] > table["luck"]
        table["part"] = table["worth"] / self.perfect.estimate if self.perfect.estimate > 0 else 0.0
        return table.sort_values("worth", ascending=False, kind="stable", ignore_index=True)

    def _alone(self, path: str) -> tuple[float, Floats]:
        """What a number seems to be worth, and what it seems to be worth when shuffled, round by round."""
        values = self.known[path].to_numpy(dtype=float)
        if np.ptp(values) == 0:
            return 0.0, np.zeros(SHUFFLES)
        rng = np.random.Generator(np.random.Philox(key=streams.key(self.seed, "shuffled", path)))
        basis = _basis(values)
        shuffled = [_worth(_fitted(basis[rng.permutation(len(basis))], self.benefit)) for _ in range(SHUFFLES)]
        return _worth(_fitted(basis, self.benefit)), np.array(shuffled)

    @functools.cached_property
    def as_good(self) -> tuple[object, ...]:
        """Others that cannot be told from the best: pair by pair, allowing for how many there are (Holm)."""
        others = [i for i in range(len(self.names)) if i != self.best]
        said = verdicts([gain(self.benefit[:, self.best] - self.benefit[:, i]) for i in others])
        return tuple(self.names[i] for i, verdict in zip(others, said, strict=True) if verdict != "more")


@dataclasses.dataclass(frozen=True, eq=False)
class StartDate:
    """The choice of a start date.

    Attributes
    ----------
    scenario : Scenario
    choice : Choice
        Its alternatives are lead times in weeks, benefits and worths in rupiah.
    turnover_idr : float
        Mean sales of everybody in the event: what turns rupiah into a share.
    """

    scenario: Scenario
    choice: Choice
    turnover_idr: float


def start_date(
    scenario: Scenario | str,
    lead_weeks: Sequence[float] = LEAD_WEEKS,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    worth: float = 1.0,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> StartDate:
    """The choice of a start date: what each lead time brings, sales less what the programme costs, in rupiah.

    Parameters
    ----------
    scenario : Scenario or str
    lead_weeks : sequence of float
        Alternatives; 0 is not to begin.
    replications, seed : int, optional
    worth : float
        Of one rupiah of sales, to whom the programme is for: 1 counts all of it, a margin only what is left.
    progress, cancel : optional
        Of the simulation.
    """
    if not 0 < worth < math.inf:
        raise BadInput("worth", "must be above 0 and finite: what one rupiah of sales is worth", worth)
    result = simulate(scenario, replications, seed, progress=progress, cancel=cancel)
    weeks = result.weeks(lead_weeks)
    days = in_days(weeks)
    cost = np.stack([_cost_idr(result, float(one)) for one in days], axis=1)
    benefit = worth * result.mixed.sales_idr(days).sum(axis=1) - cost
    known = pd.DataFrame({path: result.mixed.numbers[path] for path in uncertain(result.scenario)})
    choice = Choice(tuple(float(week) for week in weeks), benefit, known, result.seed)
    return StartDate(result.scenario, choice, float(result.mixed.turnover_idr.mean()))


def _cost_idr(result: Result, lead_days: float) -> Floats:
    """Of the programme; nothing where it does not begin."""
    return result.programme_idr(lead_days) if lead_days > 0 else np.zeros(result.replications)


def _worth(benefit: Floats) -> float:
    """What choosing in each replication brings more than choosing once."""
    return float(benefit.max(axis=1).mean() - benefit.mean(axis=0).max())


def _basis(values: Floats) -> Floats:
    """Splines of a number, with a column for the middle, with knots at its quantiles."""
    preprocessing = library("sklearn.preprocessing")
    splines = preprocessing.SplineTransformer(n_knots=KNOTS, degree=DEGREE, knots="quantile")
    found: Floats = splines.fit_transform(values[:, None])
    return found


def _fitted(basis: Floats, benefit: Floats) -> Floats:
    """What the benefits are on average, given the number."""
    weights, *_ = np.linalg.lstsq(basis, benefit, rcond=None)
    fitted: Floats = basis @ weights
    return fitted
