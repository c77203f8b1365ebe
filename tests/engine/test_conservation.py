"""Hypothesis looks for a programme whose history breaks a law, among small ones in whole days."""

from __future__ import annotations

import collections

import numpy as np
import pytest
from hypothesis import given, settings

from sim import engine
from sim.engine.plan import LEAVE, RETRY, SKIP, Plan
from sim.programme import All, Cluster, Count, Exponential, Fixed, Programme, Resource, Share, Stage
from tests.engine.laws import LAWS, Case
from tests.engine.strategies import programmes, wild_programme, wild_programmes

EVERYDAY, MANY = 100, 3_000


def obeys_the_laws(programme: Programme) -> None:
    case = Case.of(programme)
    for law in LAWS:
        law(case)


@given(programmes())
@settings(max_examples=EVERYDAY)
def test_every_history_obeys_every_law(programme: Programme) -> None:
    obeys_the_laws(programme)


@given(wild_programmes())
@settings(max_examples=3 * EVERYDAY)
def test_every_history_of_a_larger_programme_obeys_every_law(programme: Programme) -> None:
    obeys_the_laws(programme)


@pytest.mark.slow
@given(programmes())
@settings(max_examples=MANY)
def test_many_histories_obey_every_law(programme: Programme) -> None:
    obeys_the_laws(programme)


@pytest.mark.slow
@given(wild_programmes())
@settings(max_examples=2 * MANY)
def test_many_histories_of_larger_programmes_obey_every_law(programme: Programme) -> None:
    obeys_the_laws(programme)


@given(wild_programmes())
@settings(max_examples=EVERYDAY)
def test_the_same_programme_has_the_same_history_again(programme: Programme) -> None:
    assert engine.run(programme, replication=3) == engine.run(programme, replication=3)


def test_the_programmes_reach_every_feature_of_the_contract() -> None:
    """A law that was never put to the test says nothing."""
    cases = (Case.of(wild_programme(seed)) for seed in range(3 * EVERYDAY))
    seen = collections.Counter(name for case in cases for name in features(case))
    assert {name for name, times in seen.items() if times > 1} == FEATURES, seen


FEATURES = {
    *("waits", "waits behind a rival", "leaves", "leaves while waiting", "leaves while working", "skips", "retries"),
    *("retries over branches", "a cluster fails for good", "takes no time", "third attempt", "several places"),
    *("counts one", "counts a share", "counts all", "a count that never comes", "a stage is given"),
    *("is cut at the horizon", "a cluster without workshops", "serves by priority"),
    "finishes an attempt that does not count",
}


def features(case: Case) -> set[str]:
    """What comes about in a history."""
    plan, history = case.plan, case.history
    failed, done = history.verdict == 0, ~np.isnan(history.finished)
    code = np.broadcast_to(plan.on_fail[None, :, None], failed.shape)
    left = history.departed_days[:, None, None]
    retried = (failed & (code == RETRY)).any(axis=(0, 2))
    latched = np.isfinite(history.latched_days).any(axis=0)
    kinds = {type(count) for count, true in zip(plan.counts, latched, strict=True) if true}
    used = done.sum(axis=2)
    waits = [a for a in case.attempts if a.started > a.queued]
    found = {
        "waits": bool(waits),
        "waits behind a rival": bool(waits) and plan.head_of_line,
        "leaves": np.isfinite(left).any(),
        "leaves while waiting": any(a.withdrawn < a.started for a in case.attempts),
        "leaves while working": any(a.started < a.withdrawn < a.finished for a in case.attempts),
        "skips": (failed & (code == SKIP)).any(),
        "retries": retried.any(),
        "retries over branches": any(retried[f] and len(redo) > 2 for f, redo in enumerate(plan.redo)),
        "a cluster fails for good": (failed & plan.is_cluster[:, None, None] & (code == LEAVE)).any(),
        "takes no time": (history.started == history.finished).any(),
        "counts one": Count in kinds,
        "counts a share": Share in kinds,
        "counts all": All in kinds,
        "a count that never comes": bool(plan.counts) and np.isinf(case.whole.latched_days).any(),
        "a stage is given": plan.given.any(),
        "is cut at the horizon": not np.array_equal(history.finished, case.whole.finished, equal_nan=True),
        "several places": any(a.needs.max(initial=0) > 1 for a in case.attempts),
        "third attempt": (used > 2).any(),
        "a cluster without workshops": (np.diff(plan.first_entity) == 1).any(),
        "serves by priority": len({a.rank[0] for a in waits}) > 1,
        "finishes an attempt that does not count": any(_overtaken(case, f, s) for f, s in _between(plan)),
    }
    return {name for name, true in found.items() if true}


def _between(plan: Plan) -> list[tuple[int, int]]:
    """Each failing stage with each other stage that it has done again."""
    return [(f, s) for f, redo in enumerate(plan.redo) for s in redo if s != f]


def _overtaken(case: Case, failing: int, stage: int) -> bool:
    """Whether an attempt of `stage` passed although a failure while it ran had it done again."""
    history = case.history
    failed = np.where(history.verdict[:, failing] == 0, history.finished[:, failing], np.nan)[:, :, None]
    started, finished = history.started[:, stage, None], history.finished[:, stage, None]
    return bool(((started < failed) & (failed < finished) & (history.verdict[:, stage, None] == 1)).any())


@pytest.mark.parametrize("seed", range(3))
def test_littles_law_holds_on_the_path(seed: int) -> None:
    """The area under the number waiting is the sum of all waits: an identity of every path that ends empty."""
    coach = Stage("coach", after="join", needs={"coach": 1}, duration=Fixed(1))
    stages = [Stage("join", duration=Exponential(20)), coach]
    programme = Programme(resources={"coach": Resource(2)}, stages=stages, clusters=[Cluster("c", workshops=100)])
    history = engine.run(programme, seed=seed)
    queued, started = (np.sort(times[1:, 1, 0]) for times in (history.queued, history.started))
    times = np.unique(np.concatenate([queued, started]))
    number = np.searchsorted(queued, times, "right") - np.searchsorted(started, times, "right")
    area = (number[:-1] * np.diff(times)).sum()
    assert area > 0
    assert area == pytest.approx((started - queued).sum(), rel=1e-12)
