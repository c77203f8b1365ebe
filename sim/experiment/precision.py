"""How many replications are enough: chosen by the replications algorithm for the outcomes asked for.

Replication k needs none before it, so a run of many holds every run of fewer, and what was chosen can be run again.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput, unknown
from sim.experiment import responses
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE, Interval, of_mean, of_mean_resampled, of_proportion, of_quantile
from sim.experiment.result import Result, simulate
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.scenario.scenario import MOST_REPLICATIONS

FEWEST = 100  # so that what was the same in all of them is the same in 97 % of all there could be
MOST = 5_000
LOOK_AHEAD = 5  # replications in 100 for which the precision must last (Hoad, Robinson & Davies 2010)
State = Literal["reached", "missed", "constant", "never"]
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Precision:
    """How well one outcome is known.

    Attributes
    ----------
    outcome : str
        ``share`` (a fraction, at the scenario's own lead time), ``readiness`` (weeks that the first brand needs, in
        replications in which one is ever ready) or ``ready`` (chance that a brand is, at the own lead time).
    state : str
        ``reached``, ``missed`` (not with the most replications allowed), ``constant`` (one value in all) or ``never``
        (no value in any).
    replications : int, optional
        How many reach the precision and keep it; None where it was missed.
    interval : Interval, optional
        Over all that were chosen; None where there is no value.
    """

    outcome: str
    state: State
    replications: int | None
    interval: Interval | None


@dataclasses.dataclass(frozen=True)
class Enough:
    """A number of replications and why.

    Attributes
    ----------
    replications : int
        Enough for every outcome, or the most allowed.
    precision : float
        Half the width of the interval of a mean over the mean.
    outcomes : tuple of Precision
    """

    replications: int
    precision: float
    outcomes: tuple[Precision, ...]


def enough(
    scenario: Scenario | str,
    precision: float,
    outcomes: Sequence[str] = ("share", "readiness", "ready"),
    most: int = MOST,
    seed: int | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Enough:
    """The number of replications after which each outcome's mean is known to a relative precision.

    Parameters
    ----------
    scenario : Scenario or str
    precision : float
        In (0, 1): half the 90 % interval over the mean.
    outcomes : sequence of str, optional
        Of ``share``, ``readiness``, ``ready``.
    most : int, optional
        Replications after which the search ends.
    seed, engine, progress : optional
        As for `simulate`.

    Returns
    -------
    Enough
        The number chosen, and for each outcome whether it is enough, with its interval.

    Raises
    ------
    BadInput
        For bad arguments, and where sim-tools is not installed.
    """
    if not 0 < precision < 1:
        raise BadInput("precision", "must be between 0 and 1", precision, "for example 0.05")
    if not FEWEST <= most <= MOST_REPLICATIONS:
        raise BadInput("replications", f"must be from {FEWEST} to {MOST_REPLICATIONS} to choose from", most)
    for outcome in outcomes:
        if outcome not in OUTCOMES:
            raise unknown("outcomes", "outcome", outcome, OUTCOMES)
    scenario = Scenario.of(scenario)
    algorithm = library("sim_tools.output_analysis").ReplicationsAlgorithm
    sample = Sample(scenario, most, seed, engine, progress)
    found = {outcome: _needed(algorithm, sample, outcome, precision) for outcome in outcomes}
    chosen = max(most if count is None else count for _, count in found.values())
    rows = [Precision(o, state, n, _interval(o, sample.first(o, chosen))) for o, (state, n) in found.items()]
    return Enough(chosen, precision, tuple(rows))


class Sample:
    """The outcomes of one scenario, replication by replication; twice as many are simulated whenever more are needed.

    Attributes
    ----------
    most : int
        Replications, beyond which nothing is simulated.
    """

    def __init__(
        self, scenario: Scenario, most: int, seed: int | None, engine: str | None, progress: Progress | None = None
    ) -> None:
        self.most = most
        self._scenario, self._seed, self._engine, self._progress = scenario, seed, engine, progress
        self._values: dict[str, Floats] = {}
        self.grow(FEWEST)

    @property
    def count(self) -> int:
        """Replications simulated so far."""
        return len(next(iter(self._values.values())))

    def grow(self, count: int) -> None:
        """Simulate so many replications, or the most allowed."""
        result = simulate(self._scenario, min(count, self.most), self._seed, self._engine, self._progress)
        self._values = {outcome: of(result) for outcome, of in OUTCOMES.items()}

    def first(self, outcome: str, count: int) -> Floats:
        """An outcome in the first replications; float64 [replication]."""
        if count > self.count:
            self.grow(count)
        return self._values[outcome][:count]

    def value(self, outcome: str, i: int) -> float:
        """The i-th value of an outcome that is a number."""
        while i >= len(numbers := self._numbers(outcome)):
            if self.count >= self.most:
                raise Spent
            self.grow(2 * self.count)
        return float(self._values[outcome][numbers[i]])

    def replications_for(self, outcome: str, count: int) -> int:
        """Replications that hold so many values which are numbers."""
        return int(self._numbers(outcome)[count - 1]) + 1

    def _numbers(self, outcome: str) -> NDArray[np.int64]:
        return np.flatnonzero(np.isfinite(self._values[outcome]))


class Spent(Exception):
    """All replications allowed are used up."""


@dataclasses.dataclass(frozen=True)
class _Model:
    """One outcome as sim-tools asks for it."""

    sample: Sample
    outcome: str

    def single_run(self, replication_number: int) -> dict[str, np.float64]:
        return {self.outcome: np.float64(self.sample.value(self.outcome, replication_number))}


def _needed(algorithm: Any, sample: Sample, outcome: str, precision: float) -> tuple[State, int | None]:
    """How many replications one outcome needs: at least the fewest, None where the most are not enough."""
    first = sample.first(outcome, FEWEST)
    numbers = first[np.isfinite(first)]
    if not len(numbers):
        return "never", FEWEST
    if len(numbers) == FEWEST and not np.ptp(numbers):
        return "constant", FEWEST
    search = algorithm(
        alpha=1 - CONFIDENCE,
        half_width_precision=precision,
        initial_replications=max(3, len(numbers)),
        look_ahead=LOOK_AHEAD,
        replication_budget=sample.most,
    )
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", UserWarning)  # said in the state
        try:
            count = search.select(_Model(sample, outcome), [outcome])[0][outcome]
        except Spent:
            return "missed", None
    if count is None:
        return "missed", None
    return "reached", max(FEWEST, sample.replications_for(outcome, count))


def _interval(outcome: str, values: Floats) -> Interval | None:
    numbers = values[np.isfinite(values)]
    if not len(numbers):
        return None
    return of_proportion(numbers > 0) if outcome == "ready" else of_mean(numbers)


def intervals(result: Result) -> dict[str, Interval]:
    """The 90 % intervals of what a result estimates at the scenario's own lead time.

    Shares are fractions, readiness (of the first brand, which may never be) is in weeks.
    """
    share, weeks = responses.share(result), responses.readiness_weeks(result)
    return {
        "share_mean": of_mean(share),
        "share_mean_resampled": of_mean_resampled(share, result.seed, "share"),
        "share_p50": of_quantile(share, 0.5),
        "ready": of_proportion(responses.ready(result) > 0),
        "readiness_weeks_p50": of_quantile(weeks, 0.5),
    }


OUTCOMES = {"share": responses.share, "readiness": responses.readiness_weeks, "ready": responses.ready}
