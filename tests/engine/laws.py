"""Laws that every history obeys, whatever the programme.

Each is a check of the history against the programme, from outside: it knows the rules of the contract,
not how an engine goes about them. `LAWS` lists them all.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim import engine
from sim.engine import Draws, History, Plan
from sim.engine.plan import RETRY, SKIP
from sim.programme import Programme

Law = Callable[["Case"], None]
LAWS: list[Law] = []


def law(check: Law) -> Law:
    """One more law."""
    LAWS.append(check)
    return check


@dataclasses.dataclass(frozen=True)
class Case:
    """A programme with its history, and its history if it had no horizon."""

    programme: Programme
    plan: Plan
    draws: Draws
    history: History
    whole: History

    @classmethod
    def of(cls, programme: Programme, replication: int = 0) -> Case:
        plan = Plan.of(programme)
        draws = Draws.of(plan, programme, 7, replication)
        endless = dataclasses.replace(plan, horizon=float("inf"))
        return cls(programme, plan, draws, engine.run_plan(plan, draws), engine.run_plan(endless, draws))

    @functools.cached_property
    def attempts(self) -> list[Attempt]:
        return [Attempt.of(self, *map(int, cell)) for cell in np.argwhere(~np.isnan(self.history.queued))]

    @functools.cached_property
    def first_passed(self) -> NDArray[np.float64]:
        """When each stage had its first attempt that counts, passed or skipped, behind it; -inf where given."""
        history, skips = self.history, self.plan.on_fail == SKIP
        counts = (history.verdict == 1) | ((history.verdict == 0) & skips[None, :, None])
        first = np.where(counts, history.finished, np.inf).min(axis=2, initial=np.inf)
        first[self.plan.given[self.plan.cluster_of]] = -np.inf
        return first

    @functools.cached_property
    def last_failures(self) -> NDArray[np.bool_]:
        """Failures whose retry would need an attempt that is not there; bool [entity, stage, attempt]."""
        plan, history, redo = self.plan, self.whole, self.plan.redo.lists()
        last = np.zeros(plan.shape, dtype=bool)
        for entity, failing, number in np.argwhere(history.verdict == 0):
            for stage in redo[failing]:
                used = (history.queued[entity, stage] < history.finished[entity, failing, number]).sum()
                given = plan.given[plan.cluster_of[entity], stage]
                last[entity, failing, number] |= not given and used >= plan.limit[stage]
        return last


@dataclasses.dataclass(frozen=True, eq=False)
class Attempt:
    """One attempt that was queued; `started`, `finished` and `withdrawn` are inf where they did not happen.

    `rank` is its place in the order of rule 2.
    """

    stage: int
    entity: int
    pool: int
    needs: NDArray[np.int64]
    queued: float
    started: float
    finished: float
    withdrawn: float
    rank: tuple[int, float, int, int]

    @classmethod
    def of(cls, case: Case, entity: int, stage: int, number: int) -> Attempt:
        history, cell = case.history, (entity, stage, number)
        queued, priority = float(history.queued[cell]), int(case.plan.priority[stage])
        times = queued, _or_never(history.started[cell]), _or_never(history.finished[cell])
        rank = priority, queued, entity, stage
        pool = int(case.plan.pool_of[case.plan.cluster_of[entity]])
        return cls(stage, entity, pool, case.plan.needs[stage], *times, float(history.departed_days[entity]), rank)

    def waits_after(self, time: float) -> bool:
        """Whether it still waits when everything at `time` is over."""
        return self.queued <= time < self.started and time < self.withdrawn

    def works_after(self, time: float) -> bool:
        """Whether it is in service when everything at `time` is over."""
        return self.started <= time < self.finished


INF = float("inf")


def _or_never(time: float) -> float:
    return INF if np.isnan(time) else float(time)


def _instants(case: Case) -> list[float]:
    times = {t for a in case.attempts for t in (a.queued, a.started, a.finished)}
    return sorted(t for t in times if t < INF)


def _free(case: Case, time: float) -> NDArray[np.int64]:
    """Places free when everything at `time` is over; int [pool, resource]."""
    free = case.plan.capacity.copy()
    for attempt in case.attempts:
        if attempt.works_after(time):
            free[attempt.pool] -= attempt.needs
    return free


def _waiting(case: Case, time: float) -> Iterator[tuple[Attempt, bool]]:
    """Who still waits when everything at `time` is over, in the order of rule 2, and whether behind a rival in a
    line."""
    wanted = np.zeros(case.plan.capacity.shape, dtype=bool)
    for attempt in sorted((a for a in case.attempts if a.waits_after(time)), key=lambda a: a.rank):
        yield attempt, case.plan.head_of_line and bool(wanted[attempt.pool, attempt.needs > 0].any())
        wanted[attempt.pool] |= attempt.needs > 0


def _past(case: Case, time: float) -> NDArray[np.bool_]:
    """Whether each stage counts as passed when everything at `time` is over; bool [entity, stage].

    It is so if an attempt that counts has ended by then, and no failure since it was queued has it done again.
    """
    plan, history = case.plan, case.whole
    counts = (history.verdict == 1) | ((history.verdict == 0) & (plan.on_fail == SKIP)[None, :, None])
    since = np.where(counts & (history.finished <= time), history.queued, -INF).max(axis=2, initial=-INF)
    failed = (history.verdict == 0) & (plan.on_fail == RETRY)[None, :, None] & (history.finished <= time)
    failed &= ~case.last_failures  # which send nothing back (A4)
    latest = np.where(failed, history.finished, -INF).max(axis=2, initial=-INF)
    past: NDArray[np.bool_] = since > -INF
    for failing, redo in enumerate(plan.redo):
        past[:, redo] &= since[:, redo] >= latest[:, failing, None]
    return (past | plan.given[plan.cluster_of]) & plan.has()


def _takes_no_time(case: Case) -> bool:
    return bool((case.whole.started == case.whole.finished).any())


@law
def no_resource_is_ever_over_its_capacity(case: Case) -> None:
    for time in _instants(case):
        assert (_free(case, time) >= 0).all()


@law
def at_the_end_of_an_instant_no_request_waits_that_the_discipline_lets_start(case: Case) -> None:
    for time in _instants(case):
        free = _free(case, time)
        for attempt, rivalled in _waiting(case, time):
            assert rivalled or (attempt.needs > free[attempt.pool]).any()


@law
def who_is_served_is_settled_by_the_order_of_rule_2(case: Case) -> None:
    """Whoever still waits would not have fitted in before those that come after it in the order."""
    for time in _instants(case):
        granted = [a for a in case.attempts if a.started == time and a.needs.any()]
        if any(a.finished == time for a in granted):
            continue  # places were granted more than once at this instant
        for attempt, rivalled in _waiting(case, time):
            after = (a.needs for a in granted if a.pool == attempt.pool and a.rank > attempt.rank)
            later = sum(after, np.zeros_like(attempt.needs))
            assert rivalled or (attempt.needs > _free(case, time)[attempt.pool] + later).any()


@law
def of_two_requests_of_one_stage_the_earlier_in_the_order_starts_first(case: Case) -> None:
    waited = [a for a in case.attempts if a.needs.any()]
    for a, b in itertools.permutations(waited, 2):
        if (a.pool, a.stage) == (b.pool, b.stage) and a.rank < b.rank and a.queued < b.started < INF:
            assert a.started <= b.started or a.withdrawn <= b.started


@law
def with_a_line_no_request_passes_an_earlier_one_that_it_shares_a_resource_with(case: Case) -> None:
    waited = [a for a in case.attempts if a.needs.any() and case.plan.head_of_line]
    for a, b in itertools.permutations(waited, 2):
        rivals = a.pool == b.pool and (a.needs * b.needs).any()
        if rivals and a.rank < b.rank and a.queued < b.started < INF:
            assert a.started <= b.started or a.withdrawn <= b.started


@law
def an_attempt_that_needs_nothing_starts_when_it_is_queued(case: Case) -> None:
    for attempt in case.attempts:
        assert attempt.needs.any() or attempt.started == attempt.queued


@law
def every_attempt_takes_as_long_as_was_drawn_and_has_the_verdict_that_was_drawn(case: Case) -> None:
    history, done = case.history, ~np.isnan(case.history.finished)
    assert np.array_equal(history.finished[done], (history.started + case.draws.durations)[done])
    assert np.array_equal(history.verdict[done], case.draws.passed[done])
    assert (history.verdict[~done] == -1).all()


@law
def attempts_are_numbered_without_gaps_one_after_the_other_and_within_their_bound(case: Case) -> None:
    queued, finished = case.history.queued, case.history.finished
    used = (~np.isnan(queued)).sum(axis=2)
    assert (used <= np.minimum(case.plan.bound, case.plan.limit)).all()
    for number in range(1, case.plan.attempts):
        later = ~np.isnan(queued[:, :, number])
        assert (finished[:, :, number - 1][later] <= queued[:, :, number][later]).all()


@law
def nothing_happens_at_or_after_the_horizon(case: Case) -> None:
    history = case.history
    for times in (history.queued, history.started, history.finished, history.departed_days, history.latched_days):
        assert (times[np.isfinite(times)] < case.plan.horizon).all()


@law
def a_horizon_only_cuts_the_history_off(case: Case) -> None:
    for name in ("queued", "started", "finished"):
        whole = getattr(case.whole, name)
        cut = np.where(whole < case.plan.horizon, whole, np.nan)
        assert np.array_equal(getattr(case.history, name), cut, equal_nan=True)


@law
def nobody_is_lost(case: Case) -> None:
    """Without a horizon every stage ends up passed, or never to be passed, and whoever waits has left."""
    passed = case.whole.passed_days < np.inf
    assert np.array_equal(passed | case.whole.never, case.plan.has())
    assert not (passed & case.whole.never).any()
    waits = ~np.isnan(case.whole.queued) & np.isnan(case.whole.finished)
    assert np.isfinite(case.whole.departed_days[waits.any(axis=(1, 2))]).all()


@law
def what_is_never_at_the_horizon_is_not_passed_without_one(case: Case) -> None:
    assert not (case.history.never & (case.whole.passed_days < np.inf)).any()


@law
def every_attempt_is_queued_only_when_all_that_it_waits_for_had_come_true(case: Case) -> None:
    plan, first, latched = case.plan, case.first_passed, case.history.latched_days
    before = list(zip(plan.own_before, plan.cluster_before, plan.counts_before, strict=True))
    for attempt in case.attempts:
        own, clusters, counts = before[attempt.stage]
        cluster = plan.cluster_of[attempt.entity]
        assert (first[attempt.entity, own] <= attempt.queued).all()
        assert (first[plan.entity_of(cluster), clusters] <= attempt.queued).all()
        assert (latched[cluster, counts] <= attempt.queued).all()


@law
def nothing_is_done_again_but_what_lies_between_a_failure_and_where_it_is_retried_from(case: Case) -> None:
    """A stage is done once, and at most once more for each failure that has a part of it done again."""
    plan, history = case.plan, case.whole
    retried = [list(plan.redo.inverse(len(plan.stages)).lists()[s]) for s in range(len(plan.stages))]
    failures = ((history.verdict == 0) & (plan.on_fail == RETRY)[None, :, None]).sum(axis=2)
    for entity, stage in np.argwhere(~np.isnan(history.queued[:, :, 0])):
        assert (~np.isnan(history.queued[entity, stage])).sum() <= 1 + failures[entity, retried[stage]].sum()


@law
def a_count_was_true_when_it_was_latched(case: Case) -> None:
    history, plan = case.history, case.plan
    for cluster, count in np.argwhere(np.isfinite(history.latched_days)):
        time, rows = history.latched_days[cluster, count], plan.workshops(cluster)
        if (history.departed_days[rows] == time).any():
            continue  # before or after the departure at the same instant: a history does not tell
        present = history.departed_days[rows] > time
        past = case.first_passed[rows, plan.counted[count]] <= time
        assert (present & past).sum() >= plan.count_need[count, present.sum()]


@law
def a_count_is_latched_at_the_first_instant_at_which_it_is_true(case: Case) -> None:
    plan = case.plan
    for time in _instants(case):
        past, present = _past(case, time), case.history.departed_days > time
        for cluster, count in np.ndindex(case.history.latched_days.shape):
            rows = plan.workshops(cluster)
            number = (past[rows, plan.counted[count]] & present[rows]).sum()
            latched = case.history.latched_days[cluster, count]
            if number >= plan.count_need[count, present[rows].sum()]:
                assert latched <= time
            else:
                # What came about and was undone in one instant, by work that takes no time, a history does not tell.
                assert latched != time or _takes_no_time(case)


@law
def what_counts_as_passed_at_the_end_has_not_been_sent_back_since(case: Case) -> None:
    if not _takes_no_time(case):
        present = np.isinf(case.whole.departed_days)
        assert np.array_equal(_past(case, INF)[present], (case.whole.passed_days < INF)[present])


@law
def what_is_not_passed_at_the_end_waits_for_something_or_failed_for_good(case: Case) -> None:
    plan, whole = case.plan, case.whole
    passed = whole.passed_days < INF
    before = list(zip(plan.own_before, plan.cluster_before, plan.counts_before, strict=True))
    for entity, stage in np.argwhere(plan.has() & ~passed & np.isinf(whole.departed_days)[:, None]):
        own, clusters, counts = before[stage]
        cluster = plan.cluster_of[entity]
        waits = not (passed[entity, own].all() and passed[plan.entity_of(cluster), clusters].all())
        waits = waits or not np.isfinite(whole.latched_days[cluster, counts]).all()
        failed = (whole.verdict[entity, stage] == 0).any() and plan.on_fail[stage] != SKIP
        assert waits or (plan.is_cluster[entity] and failed)


@law
def nothing_counts_that_ended_after_its_workshop_had_left(case: Case) -> None:
    days = case.history.passed_days
    assert (days[days < INF] <= np.broadcast_to(case.history.departed_days[:, None], days.shape)[days < INF]).all()


@law
def a_workshop_leaves_at_its_last_failure_and_nothing_is_queued_after_it(case: Case) -> None:
    history, plan = case.history, case.plan
    for entity in np.flatnonzero(np.isfinite(history.departed_days)):
        left = history.departed_days[entity]
        failed = (history.verdict[entity] == 0) & (history.finished[entity] == left)
        assert not plan.is_cluster[entity]
        assert failed[plan.on_fail != SKIP].any()
        assert not (history.queued[entity] > left).any()


@law
def a_stage_counts_as_passed_since_its_latest_attempt(case: Case) -> None:
    """What is given has its own day; all else the end of the latest attempt, which passed or was skipped."""
    history, plan = case.history, case.plan
    for entity, stage in np.argwhere(history.passed_days < np.inf):
        day = history.passed_days[entity, stage]
        if plan.given[plan.cluster_of[entity], stage]:
            assert day <= 0
        else:
            done = history.finished[entity, stage]
            latest = int(np.nanargmax(np.where(np.isnan(done), -np.inf, done)[::-1]))
            assert day == done[::-1][latest]
            assert plan.on_fail[stage] == SKIP or history.verdict[entity, stage, ::-1][latest] == 1
