"""What the closed form keeps of one history: when things were passed, made and left, and why so late.

A history of thousands of workshops is large; its milestones are small, so that every replication can
be kept and every question that does not touch the engine is answered from them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import History
from sim.engine.plan import LEAVE, SKIP, Plan
from sim.outcomes.chain import Chains
from sim.programme import Stage

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Ramp:
    """Output of one cluster over time, in full production rates of one workshop.

    Attributes
    ----------
    days : ndarray, float64 [step], sorted
    rise : ndarray, float64 [step]
        Change of the summed output at each day; falls where a workshop leaves.
    """

    days: Floats
    rise: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class Milestones:
    """What one replication left behind.

    Attributes
    ----------
    passed_days : ndarray, float64 [cluster, stage]
        Day since which a cluster stage counts as passed; inf = not, -inf = exempt; NaN for workshop stages.
    never : ndarray, bool [cluster, stage]
        Whether it cannot come true any more, apart from "later than the horizon".
    ramps : tuple of Ramp, one a cluster
    tested_days : tuple of ndarray, one a cluster
        Sorted days on which workshops passed the test.
    left : ndarray, int64 [cluster, stage]
        Workshops that left the programme at each stage.
    started_days : tuple of ndarray, one a stage
        Sorted days on which attempts started, all clusters together; what a stage costs follows from it.
    end_days : float
        Day of the last thing that happened.
    chain_days : ndarray, float32 [cluster, stage, label]
        Days of the critical path to each cluster stage by label (`sim.outcomes.chain.labels`).
    output_days : tuple of ndarray, float32 [producing workshop, label], one a cluster
        The same to each workshop's first output, in order of beginning.
    blocked_by : ndarray, int64 [cluster, stage]
        Label of what keeps a stage from ever being passed; -1 where it is passed or only late.
    """

    passed_days: Floats
    never: NDArray[np.bool_]
    ramps: tuple[Ramp, ...]
    tested_days: tuple[Floats, ...]
    left: Ints
    started_days: tuple[Floats, ...]
    end_days: float
    chain_days: NDArray[np.float32]
    output_days: tuple[NDArray[np.float32], ...]
    blocked_by: Ints

    @classmethod
    def of(cls, plan: Plan, history: History, stages: Sequence[Stage], tested: str | None) -> Milestones:
        """Read one history.

        Parameters
        ----------
        plan, history : what was run and what came of it
        stages : sequence of Stage
            Settled: their `output` is a plain number.
        tested : str, optional
            The workshop stage that counts as the test.
        """
        clusters = range(len(plan.clusters))
        heads = [plan.entity_of(c) for c in clusters]
        producing = [
            (i, float(s.output)) for i, s in enumerate(stages) if isinstance(s.output, int | float) and s.output > 0
        ]
        chains = Chains(plan, history, [i for i, _ in producing])
        number = plan.stages.index(tested) if tested else None
        return cls(
            passed_days=np.where(plan.on_cluster, history.passed_days[heads], np.nan),
            never=history.never[heads],
            ramps=tuple(ramp(history, plan.workshops(c), producing) for c in clusters),
            tested_days=tuple(_passed_at(history, plan.workshops(c), number) for c in clusters),
            left=np.array([_left(history, plan.workshops(c)) for c in clusters]).reshape(len(heads), len(plan.stages)),
            started_days=tuple(_started(history, s) for s in range(len(plan.stages))),
            end_days=float(np.nanmax(history.finished, initial=0.0)) if np.isfinite(history.finished).any() else 0.0,
            chain_days=np.array([chains.to_cluster_stages(c) for c in clusters], dtype=np.float32),
            output_days=tuple(chains.to_outputs(c).astype(np.float32) for c in clusters),
            blocked_by=np.array([chains.blocked(c) for c in clusters], dtype=np.int64),
        )


def ramp(history: History, workshops: slice, producing: Sequence[tuple[int, float]]) -> Ramp:
    """How the output of a cluster's workshops rises and falls.

    A workshop works at the largest output of the stages it has passed (`producing`: stage number and
    output), and not at all once it left.
    """
    if not producing or workshops.stop <= workshops.start:
        return Ramp(np.empty(0), np.empty(0))
    days = history.passed_days[workshops][:, [i for i, _ in producing]]
    levels = np.broadcast_to([level for _, level in producing], days.shape)
    order = np.argsort(days, axis=1, kind="stable")
    days = np.take_along_axis(days, order, axis=1)
    reached = np.maximum.accumulate(np.take_along_axis(levels, order, axis=1), axis=1)
    left = history.departed_days[workshops][:, None]
    rise = np.where((days < left) & (days < np.inf), np.diff(reached, axis=1, prepend=0.0), 0.0)
    days, rise = np.hstack([days, left]), np.hstack([rise, -rise.sum(axis=1, keepdims=True)])
    felt = (rise != 0) & np.isfinite(days)
    order = np.argsort(days[felt], kind="stable")
    return Ramp(np.maximum(days[felt][order], 0.0), rise[felt][order])


def _passed_at(history: History, workshops: slice, stage: int | None) -> Floats:
    if stage is None:
        return np.empty(0)
    days = history.passed_days[workshops, stage]
    return np.sort(days[np.isfinite(days)])


def _left(history: History, workshops: slice) -> Ints:
    """Workshops that left, each by one stage: that whose failed attempt sent it away on the day it left."""
    plan, gone = history.plan, history.departed_days[workshops]
    failed = (history.verdict[workshops] == 0) & (history.finished[workshops] == gone[:, None, None])
    failed &= (plan.on_fail != SKIP)[None, :, None] & np.isfinite(gone)[:, None, None]
    # Another stage may have failed on the same day and only asked for a retry: what had no attempt left goes first.
    last = np.arange(plan.attempts)[None, :] + 1 >= np.where(plan.on_fail == LEAVE, 0, plan.limit)[:, None]
    guilt = np.where(failed, 1 + last[None], 0).max(axis=2, initial=0)
    stages = guilt.argmax(axis=1)[guilt.any(axis=1)] if len(plan.stages) else np.empty(0, dtype=np.int64)
    return np.bincount(stages, minlength=len(plan.stages)).astype(np.int64)


def _started(history: History, stage: int) -> Floats:
    days = history.started[:, stage, :]
    return np.sort(days[np.isfinite(days)])
