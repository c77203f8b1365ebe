"""The critical path through one run: what each day of waiting for a stage was spent on.

Walking back from the day a stage was passed: the attempt itself, the queue before it, then whatever
ended on the very day it was queued (a predecessor, the workshop that completed a count, a failure
that sent it back), and so on to the start. Every day on the way has exactly one label:
``stage.NAME`` for work, ``queue.RESOURCE`` for waiting.

The walk itself is a loop (`sim.outcomes.readings.walk_back`); what it reads is here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.record import Record

NOTHING = -1


class Flat(NamedTuple):
    """The arrays of a record, for loops."""

    queued: NDArray[np.float64]
    started: NDArray[np.float64]
    finished: NDArray[np.float64]
    passed: NDArray[np.bool_]
    stands: NDArray[np.uint8]
    used: NDArray[np.uint16]
    departed: NDArray[np.float64]
    latched: NDArray[np.float64]

    @classmethod
    def of(cls, record: Record) -> Flat:
        """Those of a record."""
        return cls(*(getattr(record, name) for name in cls._fields))


class Ways(NamedTuple):
    """What the walk back reads of a plan: who may have caused whom.

    Attributes
    ----------
    own, cluster, counts, sent_back : two ndarrays each, int64
        Starts and items by stage: own stages, stages of the cluster and counts that it waits for; stages whose
        failure has it done again.
    counted : ndarray, int64 [count]
    pool_of : ndarray, int64 [cluster]
    scarce : ndarray, int64 [pool, stage]
        Label of the stage's queue: the resource, of those it needs, with the fewest places for it; or nothing.
    """

    first_entity: NDArray[np.int64]
    cluster_of: NDArray[np.int64]
    base: NDArray[np.int64]
    column: NDArray[np.int64]
    own_start: NDArray[np.int64]
    own: NDArray[np.int64]
    cluster_start: NDArray[np.int64]
    cluster: NDArray[np.int64]
    counts_start: NDArray[np.int64]
    counts: NDArray[np.int64]
    sent_back_start: NDArray[np.int64]
    sent_back: NDArray[np.int64]
    counted: NDArray[np.int64]
    pool_of: NDArray[np.int64]
    scarce: NDArray[np.int64]
    attempts: int
    labels: int

    @classmethod
    def of(cls, record: Record) -> Ways:
        """From the plan of a run."""
        plan, cells = record.plan, record.cells
        return cls(
            first_entity=plan.first_entity,
            cluster_of=plan.cluster_of,
            base=cells.base,
            column=cells.column,
            own_start=plan.own_before.start,
            own=plan.own_before.items,
            cluster_start=plan.cluster_before.start,
            cluster=plan.cluster_before.items,
            counts_start=plan.counts_before.start,
            counts=plan.counts_before.items,
            sent_back_start=plan.sent_back_by.start,
            sent_back=plan.sent_back_by.items,
            counted=plan.counted,
            pool_of=plan.pool_of,
            scarce=np.stack([_scarcest(plan.needs, places, len(plan.stages)) for places in plan.capacity]),
            attempts=max(plan.attempts, 1),
            labels=len(plan.stages) + len(plan.resources),
        )


def _scarcest(needs: NDArray[np.int64], places: NDArray[np.int64], first_label: int) -> NDArray[np.int64]:
    """Label of the scarcest resource of every stage in one pool; int64 [stage]."""
    if not needs.size:
        return np.full(len(needs), NOTHING)
    for_it = np.divide(places, needs, out=np.full(needs.shape, np.inf), where=needs > 0)
    return np.where(needs.any(axis=1), first_label + for_it.argmin(axis=1), NOTHING)
