"""The inverse question: how long before the event to start, to reach a share with a probability.

For a fixed history the share never falls as the lead time grows, so each replication has one least lead
time, and the answer is an order statistic of them. *Never* is an answer, with what it is that holds.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.experiment.intervals import of_quantile
from sim.experiment.result import Result
from sim.outcomes.supply import items_per_day

CAPACITY, CAPITAL, DEMAND, BUDGET = "cap.capacity", "cap.working_capital", "cap.demand", "cap.budget"
STOCK = "cap.stock"  # where nothing is made any more: what there was at the start
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Answer:
    """The least lead time for a target.

    Attributes
    ----------
    share : float, optional
        The target, a fraction; None: at least one brand takes part.
    probability : float
    least_days : float
        The least lead time with which the target is reached with the probability; inf = never.
    low_days, high_days : float
        90 % interval of `least_days` over replications; inf where it is open.
    start_date : date, optional
        The latest date to start; None = never.
    reached : float
        Share of replications that reach the target with any lead time.
    held_by : dict
        Among replications that never reach it, what holds, as shares of all replications.
    replications : int
    """

    share: float | None
    probability: float
    least_days: float
    low_days: float
    high_days: float
    start_date: datetime.date | None
    reached: float
    held_by: dict[str, float]
    replications: int

    @property
    def never(self) -> bool:
        """Whether no lead time is enough."""
        return bool(np.isinf(self.least_days))


def when(result: Result, share: float | None, probability: float) -> Answer:
    """The least lead time, and the latest start date, that reach a target with a probability.

    Parameters
    ----------
    result : Result
    share : float or None
        A fraction in (0, 1], or None for being ready at all.
    probability : float
        In (0, 1): the part of the replications that must reach the target.

    Returns
    -------
    Answer
        In days and as a date, with the interval of the lead time; *never* (inf, and no date) is an answer too.

    Raises
    ------
    BadInput
        For a share or probability out of its range.
    """
    if share is not None and not 0 < share <= 1:
        raise BadInput("share", "must be above 0 and at most 1 (or a percentage such as 0.03%)", share)
    if not 0 < probability < 1:
        raise BadInput("probability", "must be between 0 and 1", probability, "for example 0.8")
    needed = result.mixed.ready_days.min(axis=1) if share is None else result.mixed.lead_days_for(share)
    found = of_quantile(needed, probability)
    least = float(np.ceil(found.estimate))
    event = result.scenario.campaign.event_date
    return Answer(
        share=share,
        probability=probability,
        least_days=least,
        low_days=float(np.ceil(found.low)),
        high_days=float(np.ceil(found.high)),
        start_date=None if np.isinf(least) else event - datetime.timedelta(days=int(least)),
        reached=float(np.isfinite(needed).mean()),
        held_by=_held_by(result, np.isinf(needed)),
        replications=result.replications,
    )


def _held_by(result: Result, missed: NDArray[np.bool_]) -> dict[str, float]:
    """What holds the replications that never reach the target, as shares of all replications."""
    found: Counter[str] = Counter()
    last = np.array([np.ceil(result.scenario.horizon_days)])
    projection = result.mixed
    wanted, there = projection.items_wanted(last)[:, :, 0], projection.items_there(last)[:, :, 0]
    ready = projection.taking_part(last)[:, :, 0]
    for k in np.flatnonzero(missed):
        if not ready[k].any():
            b = int(projection.readiness.days[k].argmin())  # stores are paid for in this order
            ready_unpaid = np.isfinite(projection.readiness.days[k, b]) and not projection.paid[k, b]
            found[BUDGET if ready_unpaid else projection.holding.label(int(k), b)] += 1
        else:
            found[_cap(result, int(k), wanted[k] * ready[k], there[k] * ready[k], ready[k])] += 1
    return {label: count / result.replications for label, count in found.most_common()}


def _cap(result: Result, k: int, wanted: Floats, there: Floats, ready: NDArray[np.bool_]) -> str:
    """Whether demand or stock, and then capital, capacity or what there was, limits the sales of the ready brands."""
    price = result.mixed.price_idr[k]
    if (np.minimum(wanted, there) * price).sum() >= 0.5 * ((wanted * price).sum() + 1e-9):
        return DEMAND
    most = result.mixed.supply.affordable_items[k]
    if (there >= 0.99 * most).any():
        return CAPITAL
    return CAPACITY if (items_per_day(result.mixed.numbers)[k][ready] > 0).any() else STOCK
