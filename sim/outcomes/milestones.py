"""What the closed form keeps of one history: when things were passed, made and left, and why so late.

A history of thousands of workshops is large; its milestones are small, so that every replication can
be kept and every question that does not touch the engine is answered from them. They are read off a flat
record by loops (`sim.outcomes.readings`).
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import History
from sim.engine.parts import Part
from sim.engine.record import Record
from sim.outcomes import readings
from sim.outcomes.chain import NOTHING, Flat, Ways
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
        Days of the critical path to each cluster stage by label (`sim.outcomes.holding.Holding.labels`).
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
    def of(cls, history: History | Record, stages: Sequence[Stage], tested: str | None) -> Milestones:
        """Read one run.

        Parameters
        ----------
        history : History or Record
        stages : sequence of Stage
            Settled: their `output` is a plain number.
        tested : str, optional
            The workshop stage that counts as the test.
        """
        record = history if isinstance(history, Record) else Record.of(history)
        plan, ways, flat = record.plan, Ways.of(record), Flat.of(record)
        producing = [
            (i, float(s.output)) for i, s in enumerate(stages) if isinstance(s.output, int | float) and s.output > 0
        ]
        makes = np.array([i for i, _ in producing], dtype=np.int64)
        levels = np.array([level for _, level in producing], dtype=np.float64)
        passed_days = np.full(record.never.shape, np.nan)
        readings.heads_passed(ways, flat, plan.given_days, plan.on_cluster, passed_days)
        reached = np.nonzero(np.isfinite(passed_days))
        chain_days = np.zeros((*passed_days.shape, ways.labels), dtype=np.float32)
        chain_days[reached] = _paths(ways, flat, plan.first_entity[reached[0]], reached[1], passed_days[reached])
        who, what, when, begun = readings.first_outputs(ways, flat, plan.given_days, makes)
        outputs = _paths(ways, flat, who, what, when)
        ramp_days, rises, risen = readings.ramps(ways, flat, plan.given_days, makes, levels)
        tests, test_ends = readings.tested_by(
            ways, flat, plan.given_days, plan.stages.index(tested) if tested else NOTHING
        )
        starts, start_ends = readings.starts_by_stage(ways, flat, plan.on_cluster)
        return cls(
            passed_days=passed_days,
            never=record.never,
            ramps=tuple(Ramp(ramp_days[a:b], rises[a:b]) for a, b in _spans(risen)),
            tested_days=tuple(tests[a:b] for a, b in _spans(test_ends)),
            left=readings.left_by_stage(ways, flat, plan.limit, plan.on_fail),
            started_days=tuple(np.sort(starts[a:b]) for a, b in _spans(start_ends)),
            end_days=float(np.nanmax(record.finished, initial=0.0)) if np.isfinite(record.finished).any() else 0.0,
            chain_days=chain_days,
            output_days=tuple(outputs[a:b] for a, b in _spans(begun)),
            blocked_by=readings.blockers(ways, flat, record.never),
        )

    @classmethod
    def together(cls, done: Sequence[tuple[Part, Milestones]]) -> Milestones:
        """The milestones of a run from those of its parts."""
        if len(done) == 1:
            return done[0][1]
        clusters, found = np.concatenate([part.clusters for part, _ in done]), [m for _, m in done]
        back = np.argsort(clusters)  # rows of the parts one after another → rows in the order of the whole

        def rows(name: str) -> Any:
            return np.concatenate([getattr(m, name) for m in found])[back]

        def tuples(name: str) -> tuple[Any, ...]:
            one_by_one = [one for m in found for one in getattr(m, name)]
            return tuple(one_by_one[i] for i in back.tolist())

        return cls(
            passed_days=rows("passed_days"),
            never=rows("never"),
            ramps=tuples("ramps"),
            tested_days=tuples("tested_days"),
            left=rows("left"),
            started_days=tuple(
                np.sort(np.concatenate(of)) for of in zip(*(m.started_days for m in found), strict=True)
            ),
            end_days=max(m.end_days for m in found),
            chain_days=rows("chain_days"),
            output_days=tuples("output_days"),
            blocked_by=rows("blocked_by"),
        )

    @property
    def nbytes(self) -> int:
        """Bytes of all its arrays."""
        parts: list[NDArray[Any]] = [*self.tested_days, *self.started_days, *self.output_days]
        parts += [self.passed_days, self.never, self.left, self.chain_days, self.blocked_by]
        return sum(part.nbytes for part in parts) + sum(r.days.nbytes + r.rise.nbytes for r in self.ramps)


def _spans(ends: Ints) -> Iterator[tuple[int, int]]:
    """Start and end of each part of an array of parts one after another."""
    return itertools.pairwise([0, *ends.tolist()])


def _paths(ways: Ways, flat: Flat, who: Ints, what: Ints, when: Floats) -> NDArray[np.float32]:
    """Days by label until stages were passed; float32 [target, label]."""
    spent = np.zeros((len(who), ways.labels))
    readings.walk_back(ways, flat, who, what, when, spent)
    return spent.astype(np.float32)
