"""What happened in one run: the times and verdict of every attempt, and how everything stood at the end.

Both engines fill the same history, and two histories are equal when every number is (rule 6); there
is no tolerance anywhere. Measures (waiting, readiness, cost) are made from it elsewhere.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.engine.plan import IMPOSSIBLE, Plan

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Verdicts = NDArray[np.int8]

UNKNOWN, FAILED, PASSED = -1, 0, 1


@dataclasses.dataclass(frozen=True, eq=False)
class History:
    """One run.

    Attributes
    ----------
    plan : Plan
        What was run; labels the axes and takes no part in equality.
    queued, started, finished : ndarray, float64 [entity, stage, attempt], days since the start
        NaN where it did not happen before the horizon, or not at all.
    verdict : ndarray, int8 [entity, stage, attempt]
        `PASSED`, `FAILED`, or `UNKNOWN` where the attempt did not finish.
    passed_days : ndarray, float64 [entity, stage], days
        Since when the stage counts as passed at the end of the run: a negative day or zero if before the
        start, -inf if exempt, inf if it does not.
    departed_days : ndarray, float64 [entity], days
        When the workshop left; inf where it stays.
    latched_days : ndarray, float64 [cluster, count], days
        When the count came true; inf where it has not.
    never : ndarray, bool [entity, stage]
        Whether the stage cannot be passed any more, however long one waits; told apart from *later than
        the horizon* (rule 7). False for stages that the entity does not have.
    """

    plan: Plan
    queued: Floats
    started: Floats
    finished: Floats
    verdict: Verdicts
    passed_days: Floats
    departed_days: Floats
    latched_days: Floats
    never: Bools

    def __eq__(self, other: object) -> bool:
        """Whether every number of two histories is the same."""
        if not isinstance(other, History):
            return NotImplemented
        return all(_same(getattr(self, name), getattr(other, name)) for name in ARRAYS)

    __hash__ = None  # type: ignore[assignment]

    def to_frame(self) -> pd.DataFrame:
        """One row for each attempt that was queued.

        Returns
        -------
        DataFrame
            `cluster` (name), `entity` (number: each cluster before its workshops), `stage` (name), `attempt`
            (from 1), `queued`, `started`, `finished` (days since the start, NaN = did not happen), `passed`
            (nullable boolean). Sorted by entity, stage (in the programme's order) and attempt.
        """
        import pandas as pd

        entity, stage, attempt = np.nonzero(~np.isnan(self.queued))
        cells = entity, stage, attempt
        verdict = self.verdict[cells]
        return pd.DataFrame(
            {
                "cluster": np.array(self.plan.clusters, dtype=object)[self.plan.cluster_of[entity]],
                "entity": entity,
                "stage": np.array(self.plan.stages, dtype=object)[stage],
                "attempt": attempt + 1,
                "queued": self.queued[cells],
                "started": self.started[cells],
                "finished": self.finished[cells],
                "passed": pd.arrays.BooleanArray(verdict == PASSED, verdict == UNKNOWN),
            }
        )


ARRAYS = tuple(field.name for field in dataclasses.fields(History) if field.name != "plan")


def _same(mine: NDArray[np.generic], others: NDArray[np.generic]) -> bool:
    if mine.dtype != others.dtype:
        return False
    return np.array_equal(mine, others, equal_nan=mine.dtype.kind == "f")


@dataclasses.dataclass(frozen=True, eq=False)
class Ending:
    """How everything stood when a run ended; what `never` is worked out from.

    Attributes
    ----------
    passed : ndarray, bool [entity, stage]
        Whether it counts as passed.
    departed_days : ndarray, float64 [entity], days
    latched_days : ndarray, float64 [cluster, count], days
    pending : ndarray, bool [entity, stage]
        Waiting or in service, with an outcome that will count.
    busy : ndarray, bool [entity, stage]
        Waiting or in service, of who has not left: what may still have consequences.
    dead : ndarray, bool [entity, stage]
        Stages of a cluster that failed for the last time.
    """

    passed: Bools
    departed_days: Floats
    latched_days: Floats
    pending: Bools
    busy: Bools
    dead: Bools


def never(plan: Plan, ending: Ending) -> Bools:
    """Which stages cannot be passed any more; bool [entity, stage].

    Notes
    -----
    Of a cluster of which nothing waits or is in service, all that is not passed. Where the horizon cut
    its preparation, what has failed for good, has left, or waits for something that is *never*: a stage
    is followed through what it waits for, a count through the workshops that could still come past (rule
    11). That is never wrong, but a share that only improbable departures could complete is not called
    *never* before the end.
    """
    unpassed = plan.has() & ~ending.passed
    at_work = np.bincount(plan.cluster_of[ending.busy.any(axis=1)], minlength=len(plan.clusters)) > 0
    over = ~at_work[plan.cluster_of] if plan.horizon > 0 else np.zeros(plan.entities, dtype=bool)  # else: not begun
    lost = unpassed & (ending.dead | (np.isfinite(ending.departed_days) | over)[:, None])
    before = list(zip(plan.own_before, plan.cluster_before, plan.counts_before, strict=True))
    for stage in plan.order:
        own, cluster, counts = before[stage]
        blocked = lost[:, own].any(axis=1) | lost[_clusters(plan)][:, cluster].any(axis=1)
        for count in counts:
            blocked |= _impossible(plan, ending, lost, count)[plan.cluster_of]
        lost[:, stage] |= unpassed[:, stage] & blocked & ~ending.pending[:, stage]
    return lost


def _clusters(plan: Plan) -> NDArray[np.int64]:
    """Entity number of each entity's cluster."""
    return plan.first_entity[plan.cluster_of]


def _impossible(plan: Plan, ending: Ending, lost: Bools, count: int) -> Bools:
    """Clusters in which a count has not come true and cannot, however many more come past; bool [cluster]."""
    present = ~plan.is_cluster & np.isinf(ending.departed_days)
    possible = present & ~lost[:, plan.counted[count]]
    here, able = (np.bincount(plan.cluster_of[who], minlength=len(plan.clusters)) for who in (present, possible))
    table = plan.count_need[count]
    # A share of fewer workshops is fewer workshops: what the smallest number that could be left would need.
    least = np.minimum(table[here], table[np.minimum(able, here)])
    return np.isinf(ending.latched_days[:, count]) & ((able < least) | (least == IMPOSSIBLE))
