"""The critical path through one history: what each day of waiting for a cluster stage was spent on.

Walking back from the day a stage was passed: the attempt itself, the queue before it, then whatever
ended on the very day it was queued (a predecessor, the workshop that completed a count, a failure
that sent it back), and so on to the start. Every day on the way has exactly one label:
``stage.NAME`` for work, ``queue.RESOURCE`` for waiting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.history import History
from sim.engine.plan import Plan

Attempt = tuple[int, int, int]  # entity, stage, attempt
Days = NDArray[np.float64]


def labels(plan: Plan) -> tuple[str, ...]:
    """Everything a day on a critical path can be spent on, in the order of the arrays."""
    return tuple(f"stage.{s}" for s in plan.stages) + tuple(f"queue.{r}" for r in plan.resources)


class Chains:
    """Critical paths of one history, each part computed once.

    Parameters
    ----------
    plan : Plan
    history : History
    producing : sequence of int
        Numbers of the workshop stages after which a workshop produces.
    """

    def __init__(self, plan: Plan, history: History, producing: Sequence[int]) -> None:
        self.plan, self.history, self.producing = plan, history, list(producing)
        self.size = len(plan.stages) + len(plan.resources)
        self._known: dict[Attempt, Days] = {}
        self._own_before = plan.own_before.lists()
        self._cluster_before = plan.cluster_before.lists()
        self._counts_before = plan.counts_before.lists()
        self._sent_back_by = plan.redo.inverse(len(plan.stages)).lists()
        self._scarce = [_scarcest(plan, s) for s in range(len(plan.stages))]

    def to_cluster_stages(self, cluster: int) -> Days:
        """Days by label to each stage of a cluster that was passed; float64 [stage, label]."""
        found = np.zeros((len(self.plan.stages), self.size))
        head = self.plan.entity_of(cluster)
        for stage in np.flatnonzero(self.plan.on_cluster):
            found[stage] = self._to_passing(head, int(stage))
        return found

    def to_outputs(self, cluster: int) -> Days:
        """Days by label until each workshop of a cluster that ever produces begins to, in order of beginning.

        Returns
        -------
        ndarray, float64 [producing workshop, label]
            A row adds up to the day on which the workshop begins.
        """
        rows = self.plan.workshops(cluster)
        days = self.history.passed_days[rows][:, self.producing]
        if not days.size:
            return np.zeros((0, self.size))
        begins, which = days.min(axis=1), days.argmin(axis=1)
        order = [int(w) for w in np.argsort(begins, kind="stable") if np.isfinite(begins[w])]
        return np.array([self._to_passing(rows.start + w, self.producing[which[w]]) for w in order]).reshape(
            -1, self.size
        )

    def blocked(self, cluster: int) -> NDArray[np.int64]:
        """Label of what keeps each stage of a cluster from ever being passed, or -1; [stage]."""
        head = self.plan.entity_of(cluster)
        return np.array(
            [self._blocker(head, s) if self.plan.on_cluster[s] else -1 for s in range(len(self.plan.stages))]
        )

    def _to_passing(self, entity: int, stage: int) -> Days:
        day = self.history.passed_days[entity, stage]
        attempts = self._ended(entity, stage, day)
        return self._to(attempts[0]) if attempts else np.zeros(self.size)

    def _to(self, attempt: Attempt) -> Days:
        """Days by label until the end of an attempt."""
        path: list[Attempt] = []
        step: Attempt | None = attempt
        while step is not None and step not in self._known:
            path.append(step)
            step = self._cause(step)
        total = self._known[step] if step is not None else np.zeros(self.size)
        for entity, stage, number in reversed(path):
            history, total = self.history, total.copy()
            at = (entity, stage, number)
            total[stage] += history.finished[at] - history.started[at]
            if self._scarce[stage] is not None:
                total[self._scarce[stage]] += history.started[at] - history.queued[at]
            self._known[at] = total
        return self._known[attempt]

    def _cause(self, attempt: Attempt) -> Attempt | None:
        """The attempt whose end let this one be queued; None at the start.

        What was queued and ended on that very day took no time, so it is passed over: whoever caused it
        caused this one too. Only so does the walk come to an end where retries take no time.
        """
        day, seen, same_day = self.history.queued[attempt], {attempt}, [attempt]
        for asking in same_day:  # grows while it is walked
            for found in self._candidates(*asking[:2], day):
                if self.history.queued[found] < day:
                    return found
                if found not in seen:
                    seen.add(found)
                    same_day.append(found)
        return None

    def _candidates(self, entity: int, stage: int, day: float) -> Iterator[Attempt]:
        """Attempts that ended on a day and for which a stage may have waited."""
        cluster = int(self.plan.cluster_of[entity])
        head = self.plan.entity_of(cluster)
        for before in self._own_before[stage]:
            yield from self._ended(entity, before, day)
        for before in self._cluster_before[stage]:
            yield from self._ended(head, before, day)
        for count in self._counts_before[stage]:
            if self.history.latched_days[cluster, count] == day:
                yield from self._completed(cluster, int(self.plan.counted[count]), day)
        for failing in self._sent_back_by[stage]:
            yield from self._ended(entity, failing, day)

    def _ended(self, entity: int, stage: int, day: float) -> list[Attempt]:
        """The attempts of a stage that ended on exactly this day, the latest first."""
        numbers = np.flatnonzero(self.history.finished[entity, stage] == day)
        return [(entity, stage, int(number)) for number in numbers[::-1]]

    def _completed(self, cluster: int, stage: int, day: float) -> list[Attempt]:
        """Attempts of workshops that completed a count on this day: by passing, else by leaving."""
        rows = self.plan.workshops(cluster)
        passed = np.argwhere(self.history.finished[rows, stage] == day)
        if len(passed):
            return [(rows.start + int(w), stage, int(number)) for w, number in passed]
        left = np.flatnonzero(self.history.departed_days[rows] == day)
        ends = np.argwhere(self.history.finished[rows][left] == day)
        return [(rows.start + int(left[w]), int(s), int(number)) for w, s, number in ends]

    def _blocker(self, entity: int, stage: int) -> int:
        """The label at the root of a *never*: the stage that failed for good, or whose workshops never came."""
        if not self.history.never[entity, stage]:
            return -1
        for before in self._own_before[stage]:
            if self.history.never[entity, before]:
                return self._blocker(entity, before)
        cluster = int(self.plan.cluster_of[entity])
        for count in self._counts_before[stage]:
            if not np.isfinite(self.history.latched_days[cluster, count]):
                return int(self.plan.counted[count])
        return stage


def _scarcest(plan: Plan, stage: int) -> int | None:
    """Label of a stage's queue: the resource, of those it needs, with the fewest places for it."""
    needed = np.flatnonzero(plan.needs[stage])
    if not len(needed):
        return None
    return len(plan.stages) + int(needed[np.argmin(plan.capacity[needed] / plan.needs[stage, needed])])
