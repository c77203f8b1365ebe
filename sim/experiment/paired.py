"""Changes of one scenario, each simulated on the random numbers of the scenario itself and compared pair by pair."""

from __future__ import annotations

import dataclasses
import math
import threading
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.experiment import intervals
from sim.experiment.calibrate import fitted_median_rmb
from sim.experiment.result import WEEK, Result, in_days
from sim.experiment.runner import Run, milestones
from sim.outcomes import Numbers, Projection
from sim.scenario import Scenario

Verdict = Literal["more", "less", "same", "open"]
Floats = NDArray[np.float64]
ROUNDING = 1e-12


class Gain(NamedTuple):
    """A mean difference over pairs, with its 90 % interval (Student's t); nan where there is no pair.

    Attributes
    ----------
    mean, low, high : float
    luck : float
        How probable a mean as far from 0 is by luck alone.
    """

    mean: float
    low: float
    high: float
    luck: float


@dataclasses.dataclass(frozen=True, eq=False)
class Outcome:
    """What is compared of a scenario, in every replication.

    Attributes
    ----------
    weeks : ndarray, float64 [replication]
        The least lead time with which any brand is ready; inf = never.
    share, sales_idr : ndarray, float64 [replication, lead time]
    public_idr, own_idr : ndarray, float64 [replication]
        Cost until the event at the first lead time: of the programme, and of the clusters and their channel.
    """

    weeks: Floats
    share: Floats
    sales_idr: Floats
    public_idr: Floats
    own_idr: Floats

    @classmethod
    def of(cls, result: Result, lead_weeks: Sequence[float]) -> Outcome:
        """Read off a result, at some lead times."""
        days, projection = in_days(np.asarray(lead_weeks, dtype=float)), result.mixed
        sales = projection.sales_idr(days)
        part, first = projection.taking_part(days)[:, :, 0], float(days[0])
        costs = projection.costs.at(first, sales[:, :, 0], part, projection.paid)
        public = result.programme_idr(first)
        return cls(
            weeks=projection.ready_days.min(axis=1) / WEEK,
            share=sales.sum(axis=1) / projection.turnover_idr[:, None],
            sales_idr=sales.sum(axis=1),
            public_idr=public,
            own_idr=np.add.reduce(list(costs.values())) - public,
        )


def lead_and_ceiling(result: Result, lead_weeks: float | None, ceiling_weeks: float) -> list[float]:
    """The lead times at which outcomes are compared: the one asked for, else the scenario's own; and the longest."""
    lead = float(result.own_weeks[0]) if lead_weeks is None else lead_weeks
    return [float(w) for asked in (lead, ceiling_weeks) for w in result.weeks([asked])]


def changed(base: Result, scenario: Scenario, cancel: threading.Event | None = None) -> Result:
    """Another scenario simulated as a result was, with the result's own histories where they rest on the same numbers.

    New ones are not remembered: what is on a page stays at hand, however many changes are tried.

    Raises
    ------
    Cancelled
        If `cancel` was set.
    """
    run = dataclasses.replace(run_of(base), scenario=scenario)
    same = run.key == run_of(base).key
    found = base.mixed.milestones if same else milestones(run, cancel=cancel, remember=False)
    numbers = Numbers(scenario, run.seed, 0, run.replications, run.layer)
    projection = Projection(numbers, found, fitted_median_rmb(scenario))
    return dataclasses.replace(base, scenario=scenario, mixed=projection, archive=None)


def run_of(result: Result) -> Run:
    """The run that a result was made from."""
    return Run(result.scenario, result.seed, result.replications, "mixed", result.engine)


def more(other: Floats, base: Floats) -> Floats:
    """Differences of pairs; 0 where two amounts differ by rounding only."""
    return np.where(np.isclose(other, base, rtol=ROUNDING, atol=0.0), 0.0, other - base)


def gain(differences: Floats) -> Gain:
    """The mean of differences, one a pair, with its interval."""
    if not len(differences):
        return Gain(math.nan, math.nan, math.nan, 1.0)
    found = intervals.of_mean(differences)
    return Gain(found.estimate, found.low, found.high, intervals.by_luck(differences))


def weeks_sooner(base: Outcome, other: Outcome) -> Gain:
    """Weeks by which readiness comes sooner, over the replications that are ready some day in both."""
    both = np.isfinite(base.weeks) & np.isfinite(other.weeks)
    return gain(more(base.weeks[both], other.weeks[both]))


def ready_more(base: Outcome, other: Outcome) -> Gain:
    """By how much larger the part of the replications is that are ready some day."""
    return gain(np.isfinite(other.weeks).astype(float) - np.isfinite(base.weeks))


def verdicts(gains: Sequence[Gain]) -> list[Verdict]:
    """What can be said of each of some gains, so that in 90 % of such families nothing is said by luck (Holm)."""
    corrected = intervals.holm(np.array([one.luck for one in gains]))
    return [_verdict(one, float(p)) for one, p in zip(gains, corrected, strict=True)]


def _verdict(one: Gain, p: float) -> Verdict:
    if one.mean == one.low == one.high == 0 or math.isnan(one.mean):
        return "same"
    if p > 1 - intervals.CONFIDENCE:
        return "open"
    return "more" if one.mean > 0 else "less"
