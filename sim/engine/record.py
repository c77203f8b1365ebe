"""What happened in one run, flat: the times of every attempt and how everything stood, as loops over arrays read it.

The same as a `History`, cell by cell (`sim.engine.cells`), without room for what could not happen. Of what can *never*
come true it keeps the clusters' part, which outcomes ask for.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sim.engine.cells import Cells
from sim.engine.history import PASSED, History
from sim.engine.plan import Plan

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Record:
    """One run.

    Attributes
    ----------
    plan : Plan
    cells : Cells
    queued, started, finished : ndarray, float64 [cell], days since the start
        NaN where it did not happen.
    passed : ndarray, bool [cell]
        Verdict of an attempt that finished.
    stands : ndarray, uint8 [entity × stage]
        Its last bit says whether the stage counts as passed at the end.
    used : ndarray, uint16 [entity × stage]
        Attempts that were queued.
    departed : ndarray, float64 [entity], days
    latched : ndarray, float64 [cluster, count], days
    never : ndarray, bool [cluster, stage]
        Whether a cluster's stage cannot be passed any more.
    """

    plan: Plan
    cells: Cells
    queued: Floats
    started: Floats
    finished: Floats
    passed: NDArray[np.bool_]
    stands: NDArray[np.uint8]
    used: NDArray[np.uint16]
    departed: Floats
    latched: Floats
    never: NDArray[np.bool_]

    @classmethod
    def of(cls, history: History) -> Record:
        """The same run as a history."""
        plan = history.plan
        cells = Cells.of(plan)
        return cls(
            plan=plan,
            cells=cells,
            queued=cells.flat(plan, history.queued),
            started=cells.flat(plan, history.started),
            finished=cells.flat(plan, history.finished),
            passed=cells.flat(plan, history.verdict == PASSED),
            stands=(history.passed_days < np.inf).astype(np.uint8).ravel(),
            used=(~np.isnan(history.queued)).sum(axis=2).astype(np.uint16).ravel(),
            departed=history.departed_days,
            latched=history.latched_days,
            never=history.never[plan.first_entity[:-1]],
        )
