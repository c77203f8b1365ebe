"""Histories worked out on paper from the rules, and compared whole.

Each docstring is the paper. Days are small and whole so that a reader can follow; verdicts are 0 or 1,
or set by hand where two workshops of one cluster must fare differently. A row of a history is (who,
stage, attempt, queued, started, finished, passed); None is what did not happen.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sim import engine
from sim.engine import Draws, History, Plan
from sim.programme import All, Cluster, Count, Fixed, Programme, Resource, Share, Stage

Row = tuple[str, str, int, float, float | None, float | None, bool | None]
ONE = [Cluster("c", workshops=1)]
TWO = [Cluster("c", workshops=2)]
NOBODY = [Cluster("c")]


def ran(programme: Programme, verdicts: Mapping[tuple[str, str], list[bool]] | None = None) -> History:
    """The history of a programme, with the verdicts of some (who, stage) set by hand."""
    plan = Plan.of(programme)
    draws = Draws.of(plan, programme, seed=7, replication=0)
    who = [plan.name_of(entity) for entity in range(plan.entities)]
    for (name, stage), passed in (verdicts or {}).items():
        draws.passed[who.index(name), plan.stages.index(stage), : len(passed)] = passed
    return engine.run_plan(plan, draws)


def rows(history: History, *stages: str) -> list[Row]:
    """A history as rows; of some stages only, where they are named."""
    frame = history.to_frame()
    frame = frame.astype(object).where(frame.notna(), None)
    found = [(history.plan.name_of(row.entity), *row[3:]) for row in frame.itertuples()]
    return [row for row in found if not stages or row[1] in stages]


def stage(name: str, days: float = 1, **more: Any) -> Stage:
    return Stage(name, duration=Fixed(days), **more)


def done(history: History, who: str, name: str) -> float:
    """Since which day a stage counts as passed at the end."""
    names = [history.plan.name_of(entity) for entity in range(history.plan.entities)]
    return float(history.passed_days[names.index(who), history.plan.stages.index(name)])


# Who is served, and when.


def test_the_last_coach_goes_to_the_workshop_with_the_lower_number() -> None:
    """Both ask on day 0. Same priority, same wait: entity 1 (c/0) before entity 2 (c/1), who starts when it is free."""
    programme = Programme(resources={"coach": 1}, stages=[stage("coach", 5, needs={"coach": 1})], clusters=TWO)
    assert rows(ran(programme)) == [("c/0", "coach", 1, 0, 0, 5, True), ("c/1", "coach", 1, 0, 5, 10, True)]


def test_who_has_waited_longer_goes_first_even_with_a_higher_number() -> None:
    """Day 3: c/0 ends a and asks for b. Day 3 is over for rule 1; now c/1 (since 0) goes before c/0 (since 3).
    Day 6: c/1 ends a and asks for b; c/0 (since 3) goes first. Day 9: c/1."""
    both = {"needs": {"coach": 1}}
    programme = Programme(
        resources={"coach": 1}, stages=[stage("a", 3, **both), stage("b", 3, after="a", **both)], clusters=TWO
    )
    assert rows(ran(programme)) == [
        ("c/0", "a", 1, 0, 0, 3, True),
        ("c/0", "b", 1, 3, 6, 9, True),
        ("c/1", "a", 1, 0, 3, 6, True),
        ("c/1", "b", 1, 6, 9, 12, True),
    ]


def test_all_that_ends_on_a_day_has_ended_before_a_place_is_given() -> None:
    """One coach, free. a/0 comes to her on 4 by two short ways, b/0 by one long one, which the clock has had in its
    list since day 0 and so takes off it first. Both have arrived before she is given, and a/0 has the lower
    number."""
    programme = Programme(
        resources={"coach": 1},
        stages=[
            stage("far", 4),
            stage("near", 1),
            stage("nearer", 3, after="near"),
            stage("coach", 2, after=["far", "nearer"], needs={"coach": 1}),
        ],
        clusters=[
            Cluster("a", workshops=1, exempt=["far"]),
            Cluster("b", workshops=1, exempt=["near", "nearer"]),
        ],
    )
    assert rows(ran(programme), "coach") == [("a/0", "coach", 1, 4, 4, 6, True), ("b/0", "coach", 1, 4, 6, 8, True)]


def test_a_lower_priority_number_is_served_before_who_has_waited_longer() -> None:
    """Day 0: samples ask, c/0 gets the laboratory to day 2. Day 1: urgent work asks. Day 2: c/1's sample has waited
    since 0, but urgent goes first: c/0 2-5, c/1 5-8. Then c/1's sample 8-10."""
    programme = Programme(
        resources={"lab": 1},
        stages=[
            stage("sample", 2, needs={"lab": 1}, priority=1),
            stage("notice", 1),
            stage("urgent", 3, after="notice", needs={"lab": 1}),
        ],
        clusters=TWO,
    )
    assert rows(ran(programme), "sample", "urgent") == [
        ("c/0", "sample", 1, 0, 0, 2, True),
        ("c/0", "urgent", 1, 1, 2, 5, True),
        ("c/1", "sample", 1, 0, 8, 10, True),
        ("c/1", "urgent", 1, 1, 5, 8, True),
    ]


BIG_AND_SMALL = [stage("big", 4, needs={"lab": 2}), stage("small", 2, needs={"lab": 1}, priority=1)]


def test_with_first_fit_a_small_request_passes_a_big_one_that_does_not_fit() -> None:
    """Three places. Day 0, in order: big of c/0 takes 2, big of c/1 and c/2 do not fit, small of c/0 takes the last.
    Day 2: one is free, small of c/1. Day 4: all three are free, big of c/1 takes 2, small of c/2 the third.
    Day 8: big of c/2."""
    programme = Programme(resources={"lab": 3}, stages=BIG_AND_SMALL, clusters=[Cluster("c", workshops=3)])
    assert rows(ran(programme)) == [
        ("c/0", "big", 1, 0, 0, 4, True),
        ("c/0", "small", 1, 0, 0, 2, True),
        ("c/1", "big", 1, 0, 4, 8, True),
        ("c/1", "small", 1, 0, 2, 4, True),
        ("c/2", "big", 1, 0, 8, 12, True),
        ("c/2", "small", 1, 0, 4, 6, True),
    ]


def test_with_a_line_a_small_request_waits_behind_a_big_one_that_does_not_fit() -> None:
    """The same in a line. Day 0: big of c/0; big of c/1 does not fit, and all behind it wait. Day 4: big of c/1; big of
    c/2 does not fit. Day 8: big of c/2 takes 2, small of c/0 the third. Day 10: small of c/1. Day 12: small of c/2."""
    programme = Programme(
        resources={"lab": 3},
        stages=BIG_AND_SMALL,
        clusters=[Cluster("c", workshops=3)],
        discipline="head-of-line",
    )
    assert rows(ran(programme)) == [
        ("c/0", "big", 1, 0, 0, 4, True),
        ("c/0", "small", 1, 0, 8, 10, True),
        ("c/1", "big", 1, 0, 4, 8, True),
        ("c/1", "small", 1, 0, 10, 12, True),
        ("c/2", "big", 1, 0, 8, 12, True),
        ("c/2", "small", 1, 0, 12, 14, True),
    ]


@pytest.mark.parametrize(("discipline", "expected"), [("first-fit", (0, 2)), ("head-of-line", (7, 9))])
def test_in_a_line_who_waits_for_one_resource_holds_its_place_for_the_other_too(
    discipline: str, expected: tuple[int, int]
) -> None:
    """p has the coach to day 5. q needs coach and lab and waits. r needs only the lab: with first fit it takes it on
    day 0; in a line it may not pass q, with which it shares the lab. q 5-7 in both; r after it, 7-9.
    s needs neither: it shares nothing with q and starts on day 0 in both."""
    stages = [
        stage("p", 5, needs={"coach": 1}),
        stage("q", 2, needs={"coach": 1, "lab": 1}),
        stage("r", 2, needs={"lab": 1}),
        stage("s", 2, needs={"kit": 1}),
    ]
    resources = {"coach": 1, "lab": 1, "kit": 1}
    history = ran(Programme(resources=resources, stages=stages, clusters=ONE, discipline=discipline))
    assert rows(history, "q", "r", "s") == [
        ("c/0", "q", 1, 0, 5, 7, True),
        ("c/0", "r", 1, 0, *expected, True),
        ("c/0", "s", 1, 0, 0, 2, True),
    ]


def test_in_a_line_who_could_start_but_may_not_pass_holds_up_others_in_its_turn() -> None:
    """One of two coaches is taken to day 5. two wants both and waits; one could have the other coach and the
    laboratory, but may not pass two, and so keeps lab from the laboratory, though that is free. Day 5: two 5-6. Day
    6: one and lab, for there are two laboratories."""
    stages = [
        stage("hold", 5, needs={"coach": 1}),
        stage("two", 1, needs={"coach": 2}),
        stage("one", 1, needs={"coach": 1, "lab": 1}),
        stage("lab", 1, needs={"lab": 1}),
    ]
    resources = {"coach": 2, "lab": 2}
    history = ran(Programme(resources=resources, stages=stages, clusters=ONE, discipline="head-of-line"))
    assert rows(history, "two", "one", "lab") == [
        ("c/0", "two", 1, 0, 5, 6, True),
        ("c/0", "one", 1, 0, 6, 7, True),
        ("c/0", "lab", 1, 0, 6, 7, True),
    ]


def test_stages_that_take_no_time_end_in_the_instant_in_which_they_start() -> None:
    """One coach; a takes no time, b takes 1. Day 0: a of c/0 is granted and over, b of c/0 asks and, by number, goes
    before a of c/1 and c/2, which ask since day 0 too. Day 1: a of c/1 (since 0) over; a of c/2 (since 0) goes before
    b of c/1 (since 1), over; then b of c/1. Day 2: b of c/2."""
    needs = {"coach": 1}
    programme = Programme(
        resources=needs,
        stages=[stage("a", 0, needs=needs), stage("b", 1, after="a", needs=needs)],
        clusters=[Cluster("c", workshops=3)],
    )
    assert rows(ran(programme)) == [
        ("c/0", "a", 1, 0, 0, 0, True),
        ("c/0", "b", 1, 0, 0, 1, True),
        ("c/1", "a", 1, 0, 1, 1, True),
        ("c/1", "b", 1, 1, 1, 2, True),
        ("c/2", "a", 1, 0, 1, 1, True),
        ("c/2", "b", 1, 1, 2, 3, True),
    ]


def test_a_chain_that_takes_no_time_is_all_queued_before_the_first_place_is_given() -> None:
    """A1. c/0 asks for the coach on day 0. c/1 (exempt from nothing, but in a cluster listed first) comes to its own
    request through two stages without duration and without needs, on day 0 too. Rounds 1 to 3 queue all of it; only
    then is the coach given, to the lower entity number: f/0."""
    needs = {"coach": 1}
    stages = [stage("x", 0), stage("y", 0, after="x"), stage("coach", 2, after="y", needs=needs)]
    clusters = [Cluster("f", workshops=1), Cluster("c", workshops=1, exempt=["x", "y"])]
    assert rows(ran(Programme(resources=needs, stages=stages, clusters=clusters)), "coach") == [
        ("f/0", "coach", 1, 0, 0, 2, True),
        ("c/0", "coach", 1, 0, 2, 4, True),
    ]


def test_places_are_units_times_places_per_unit_rounded_down() -> None:
    """One coach and a half with a caseload of 2 is 3 places: c/3 waits until day 5."""
    programme = Programme(
        resources={"coach": Resource(1.5, places_per_unit=2)},
        stages=[stage("coach", 5, needs={"coach": 1})],
        clusters=[Cluster("c", workshops=4)],
    )
    assert [row[4] for row in rows(ran(programme))] == [0, 0, 0, 5]


# Attempts and retries.


def test_a_retry_has_both_branches_between_done_again_and_nothing_else() -> None:
    """coach 0-10, finance 10-13 and equip 10-15, test 15-16 fails: back to coach, which takes 40 % now: 16-20, finance
    20-23, equip 20-25, test 25-26 passes. diagnose lies before coach, visit beside the path: once each."""
    programme = Programme(
        stages=[
            stage("diagnose", 0),
            stage("coach", 10, after="diagnose", again=0.4),
            stage("visit", 1, after="coach"),
            stage("finance", 3, after="coach"),
            stage("equip", 5, after="coach"),
            stage("test", 1, after=["finance", "equip"], passes=[0, 1], retry="coach"),
        ],
        clusters=ONE,
    )
    assert rows(ran(programme)) == [
        ("c/0", "diagnose", 1, 0, 0, 0, True),
        ("c/0", "coach", 1, 0, 0, 10, True),
        ("c/0", "coach", 2, 16, 16, 20, True),
        ("c/0", "visit", 1, 10, 10, 11, True),
        ("c/0", "finance", 1, 10, 10, 13, True),
        ("c/0", "finance", 2, 20, 20, 23, True),
        ("c/0", "equip", 1, 10, 10, 15, True),
        ("c/0", "equip", 2, 20, 20, 25, True),
        ("c/0", "test", 1, 15, 15, 16, False),
        ("c/0", "test", 2, 25, 25, 26, True),
    ]


def test_a_loop_inside_a_loop_counts_its_attempts_through() -> None:
    """Days of 1. a b c: c fails (1st), b c: passes (2nd), d fails: a b c: c fails (3rd), b c: passes (4th), d
    passes."""
    programme = Programme(
        stages=[
            stage("a"),
            stage("b", after="a"),
            stage("c", after="b", passes=[0, 1, 0, 1], retry="b"),
            stage("d", after="c", passes=[0, 1], retry="a"),
        ],
        clusters=ONE,
    )
    assert [row[1:3] + row[5:] for row in sorted(rows(ran(programme)), key=lambda row: row[3])] == [
        ("a", 1, 1, True),
        ("b", 1, 2, True),
        ("c", 1, 3, False),
        ("b", 2, 4, True),
        ("c", 2, 5, True),
        ("d", 1, 6, False),
        ("a", 2, 7, True),
        ("b", 3, 8, True),
        ("c", 3, 9, False),
        ("b", 4, 10, True),
        ("c", 4, 11, True),
        ("d", 2, 12, True),
    ]


def test_a_retry_cancels_nothing_and_what_still_runs_is_done_again_after_it() -> None:
    """prep 0-2, s 2-6. f 6-7 fails and retries s: s again 7-11. g 6-9 fails and retries prep: prep again 9-11, and s,
    which runs, ends on 11 without counting (A3) and is done a third time when prep has passed: 11-15. Then f 15-16 and
    g 15-18 pass."""
    programme = Programme(
        stages=[
            stage("prep", 2),
            stage("s", 4, after="prep"),
            stage("f", 1, after="s", passes=[0, 1], retry="s"),
            stage("g", 3, after="s", passes=[0, 1], retry="prep"),
        ],
        clusters=ONE,
    )
    assert rows(ran(programme)) == [
        ("c/0", "prep", 1, 0, 0, 2, True),
        ("c/0", "prep", 2, 9, 9, 11, True),
        ("c/0", "s", 1, 2, 2, 6, True),
        ("c/0", "s", 2, 7, 7, 11, True),
        ("c/0", "s", 3, 11, 11, 15, True),
        ("c/0", "f", 1, 6, 6, 7, False),
        ("c/0", "f", 2, 15, 15, 16, True),
        ("c/0", "g", 1, 6, 6, 9, False),
        ("c/0", "g", 2, 15, 15, 18, True),
    ]


def test_what_waits_on_the_path_of_a_retry_keeps_its_place_in_the_queue_and_is_done_again_afterwards() -> None:
    """Like the last, but s needs the coach, whom k/0 has from 6 to 20: s of c/0 asks again on 7 and waits. g's failure
    on 9 does not take it out of the queue: it starts on 20, ends on 24, does not count, and is done again 24-28."""
    needs = {"coach": 1}
    programme = Programme(
        resources=needs,
        stages=[
            stage("prep", 2),
            stage("s", 4, after="prep", needs=needs),
            stage("f", 1, after="s", passes=[0, 1], retry="s"),
            stage("g", 3, after="s", passes=[0, 1], retry="prep"),
            stage("late", 5),
            stage("hold", 14, after="late", needs=needs),
        ],
        clusters=[
            Cluster("c", workshops=1, exempt=["hold"]),
            Cluster("k", workshops=1, exempt=["s", "prep", "f", "g"]),
        ],
    )
    assert rows(ran(programme), "s", "hold", "prep") == [
        ("c/0", "prep", 1, 0, 0, 2, True),
        ("c/0", "prep", 2, 9, 9, 11, True),
        ("c/0", "s", 1, 2, 2, 6, True),
        ("c/0", "s", 2, 7, 20, 24, True),
        ("c/0", "s", 3, 24, 24, 28, True),
        ("k/0", "hold", 1, 5, 6, 20, True),
    ]


def test_two_failures_in_one_instant_have_what_they_share_done_again_once() -> None:
    """prep 0-2; f and g 2-3 fail both: prep once more 3-5, f and g 5-6."""
    twice = {"after": "prep", "passes": [0, 1], "retry": "prep"}
    programme = Programme(stages=[stage("prep", 2), stage("f", **twice), stage("g", **twice)], clusters=ONE)
    assert rows(ran(programme)) == [
        ("c/0", "prep", 1, 0, 0, 2, True),
        ("c/0", "prep", 2, 3, 3, 5, True),
        ("c/0", "f", 1, 2, 2, 3, False),
        ("c/0", "f", 2, 5, 5, 6, True),
        ("c/0", "g", 1, 2, 2, 3, False),
        ("c/0", "g", 2, 5, 5, 6, True),
    ]


def test_after_its_last_attempt_a_workshop_leaves() -> None:
    """test fails on 1, on 2 and, for the last time, on 3."""
    history = ran(Programme(stages=[stage("test", passes=[0, 0, 0]), stage("sell", after="test")], clusters=ONE))
    assert [row[5:] for row in rows(history)] == [(1, False), (2, False), (3, False)]
    assert history.departed_days.tolist() == [math.inf, 3]
    assert history.never.tolist() == [[False, False], [True, True]]


def test_a_retry_that_would_need_an_attempt_that_is_not_there_is_a_last_failure() -> None:
    """A4. c has one attempt in a life and used it. d fails on 3 and would have a, b, c done again: the workshop
    leaves."""
    history = ran(
        Programme(
            stages=[stage("a"), stage("c", after="a", passes=[1]), stage("d", after="c", passes=[0, 1], retry="a")],
            clusters=ONE,
        )
    )
    assert [row[1:3] for row in rows(history)] == [("a", 1), ("c", 1), ("d", 1)]
    assert history.departed_days[1] == 3


def test_a_cluster_that_fails_for_the_last_time_is_never_past_it_and_all_else_goes_on() -> None:
    """label fails on 1 and 2: never. The shop waits for it: never. The trademark and the workshops go on."""
    programme = Programme(
        stages=[
            stage("label", on="cluster", passes=[0, 0]),
            stage("shop", on="cluster", after="label"),
            stage("mark", 5, on="cluster"),
            stage("coach", 4),
            stage("brand", after="label"),
        ],
        clusters=ONE,
    )
    history = ran(programme)
    assert rows(history) == [
        ("c", "label", 1, 0, 0, 1, False),
        ("c", "label", 2, 1, 1, 2, False),
        ("c", "mark", 1, 0, 0, 5, True),
        ("c/0", "coach", 1, 0, 0, 4, True),
    ]
    assert history.never.tolist() == [[True, True, False, False, False], [False, False, False, False, True]]
    assert np.isinf(history.departed_days).all()


def test_a_stage_that_is_skipped_counts_as_passed_and_is_recorded_as_failed() -> None:
    """No credit on 3: goes on without it. Skip holds for the last attempt too (A5), so nobody leaves."""
    history = ran(
        Programme(
            stages=[stage("credit", 3, passes=[0], on_fail="skip"), stage("coach", 2, after="credit")], clusters=ONE
        )
    )
    assert rows(history) == [("c/0", "credit", 1, 0, 0, 3, False), ("c/0", "coach", 1, 3, 3, 5, True)]
    assert done(history, "c/0", "credit") == 3


# Leaving.


def test_who_leaves_gives_up_its_waiting_and_frees_what_it_works_with_only_when_that_ends() -> None:
    """a/0 leaves on 3. It waits for the coach (b/0 has her to 6): withdrawn. Its audit runs on to 5; b/0 asks for the
    auditor on 1 and gets him on 5, not on 3. The audit of a/0 is recorded, but does not count (A9)."""
    programme = Programme(
        resources={"coach": 1, "auditor": 1},
        stages=[
            stage("join", 3, passes=[0], on_fail="leave"),
            stage("coach", 6, needs={"coach": 1}),
            stage("travel", 1),
            stage("audit", 5, after="travel", needs={"auditor": 1}),
            stage("report", 1, after="audit"),
        ],
        clusters=[Cluster("b", workshops=1, exempt=["join"]), Cluster("a", workshops=1, exempt=["travel"])],
    )
    history = ran(programme)
    assert rows(history) == [
        ("b/0", "coach", 1, 0, 0, 6, True),
        ("b/0", "travel", 1, 0, 0, 1, True),
        ("b/0", "audit", 1, 1, 5, 10, True),
        ("b/0", "report", 1, 10, 10, 11, True),
        ("a/0", "join", 1, 0, 0, 3, False),
        ("a/0", "coach", 1, 0, None, None, None),
        ("a/0", "audit", 1, 0, 0, 5, True),
    ]
    assert done(history, "a/0", "audit") == math.inf


def test_a_withdrawn_request_no_longer_holds_up_the_line() -> None:
    """In a line. a/0 wants both laboratories, of which b/0 has one to 9; c/0 behind it wants one. On 3 a/0 leaves, and
    in the same update its request is gone: c/0 starts on 3."""
    programme = Programme(
        resources={"lab": 2},
        stages=[
            stage("join", 3, passes=[0], on_fail="leave"),
            stage("hold", 9, needs={"lab": 1}),
            stage("both", 1, needs={"lab": 2}),
            stage("one", 1, needs={"lab": 1}),
        ],
        clusters=[
            Cluster("b", workshops=1, exempt=["join", "both", "one"]),
            Cluster("a", workshops=1, exempt=["hold", "one"]),
            Cluster("c", workshops=1, exempt=["join", "hold", "both"]),
        ],
        discipline="head-of-line",
    )
    assert rows(ran(programme), "both", "one") == [
        ("a/0", "both", 1, 0, None, None, None),
        ("c/0", "one", 1, 0, 3, 4, True),
    ]


# What a cluster waits for.

THREE_TESTED = stage("test", 4, needs={"lab": 1}, passes=[0.5], on_fail="leave")  # one after the other: 4, 8, 12
PASSES, FAILS = [True], [False]


def certified(count: Any, *verdicts: list[bool]) -> History:
    """One laboratory tests the workshops one after the other; the cluster certifies after a count."""
    programme = Programme(
        resources={"lab": 1},
        stages=[THREE_TESTED, stage("certify", 1, on="cluster", after=[count])],
        clusters=[Cluster("c", workshops=len(verdicts))],
    )
    return ran(programme, {(f"c/{i}", "test"): verdict for i, verdict in enumerate(verdicts)})


def test_a_count_comes_true_with_the_last_workshop_that_it_needs() -> None:
    """Past the test on 4, 8 and 12; two are enough on 8."""
    history = certified(Count(2, "test"), PASSES, PASSES, PASSES)
    assert rows(history, "certify") == [("c", "certify", 1, 8, 8, 9, True)]
    assert history.latched_days.tolist() == [[8]]


def test_a_count_that_too_few_are_left_for_is_never() -> None:
    """c/0 passes on 4, c/1 leaves on 8, c/2 on 12: one is left, two were asked for."""
    history = certified(Count(2, "test"), PASSES, FAILS, FAILS)
    assert rows(history, "certify") == []
    assert history.never[0].tolist() == [False, True]
    assert history.latched_days.tolist() == [[math.inf]]


def test_all_is_completed_by_the_departure_of_the_last_one_missing() -> None:
    """c/0 and c/1 pass on 4 and 8; c/2 fails on 12 and leaves: everybody who is left is past it."""
    assert rows(certified(All("test"), PASSES, PASSES, FAILS), "certify") == [("c", "certify", 1, 12, 12, 13, True)]


def test_all_of_nobody_is_never() -> None:
    history = certified(All("test"), FAILS, FAILS)
    assert history.never[0].tolist() == [False, True]


def test_a_share_is_of_those_who_have_not_left_and_rounded_up() -> None:
    """Half of 4 is 2. c/0 passes on 4: 1. c/1 leaves on 8: half of 3 is 2. c/2 leaves on 12: half of 2 is 1, which is
    there. c/3 passes on 16, too late to matter."""
    assert rows(certified(Share(0.5, "test"), PASSES, FAILS, FAILS, PASSES), "certify") == [
        ("c", "certify", 1, 12, 12, 13, True)
    ]


def test_several_counts_of_one_stage_are_taken_apart() -> None:
    """One on 4. c/1 leaves on 8; c/2 passes on 12: two, and half of the three left is two. All of them, with c/3:
    16."""
    programme = Programme(
        resources={"lab": 1},
        stages=[
            THREE_TESTED,
            stage("one", on="cluster", after=[Count(1, "test")]),
            stage("two", on="cluster", after=[Count(2, "test")]),
            stage("half", on="cluster", after=[Share(0.5, "test")]),
            stage("all", on="cluster", after=[All("test")]),
        ],
        clusters=[Cluster("c", workshops=4)],
    )
    verdicts = {(f"c/{i}", "test"): verdict for i, verdict in enumerate([PASSES, FAILS, PASSES, PASSES])}
    assert [row[3] for row in rows(ran(programme, verdicts), "one", "two", "half", "all")] == [4, 12, 12, 16]


def test_a_share_takes_its_number_as_the_decimal_that_is_written() -> None:
    """0.07 of 100 is 7, though 0.07 × 100 is 7.000000000000001 in binary: true on 28 and not on 32."""
    assert rows(certified(Share(0.07, "test"), *[PASSES] * 100), "certify")[0][3] == 28


def test_a_count_that_was_true_stays_true_when_its_workshop_has_to_go_back() -> None:
    """test 0-4: the count is latched. pilot 4-5 fails, back to the test 5-9. The shop is ready on 7, when no workshop
    is past the test; goods are listed on 7 all the same."""
    programme = Programme(
        stages=[
            stage("test", 4),
            stage("pilot", 1, after="test", passes=[0, 1], retry="test"),
            stage("shop", 7, on="cluster"),
            stage("list", 1, on="cluster", after=["shop", Count(1, "test")]),
        ],
        clusters=ONE,
    )
    history = ran(programme)
    assert rows(history, "test", "list") == [
        ("c", "list", 1, 7, 7, 8, True),
        ("c/0", "test", 1, 0, 0, 4, True),
        ("c/0", "test", 2, 5, 5, 9, True),
    ]


def test_a_workshop_that_has_to_go_back_is_not_past_the_stage_until_it_passes_again() -> None:
    """c/0 passes the test on 4, fails its pilot on 5 and waits for the laboratory. c/1 passes the test on 8: it is
    the only one past it. On 12 c/0 is so again, and that makes two."""
    programme = Programme(
        resources={"lab": 1},
        stages=[
            stage("test", 4, needs={"lab": 1}),
            stage("pilot", 1, after="test", passes=[0.5, 0.5], retry="test"),
            stage("list", 1, on="cluster", after=[Count(2, "test")]),
        ],
        clusters=TWO,
    )
    history = ran(programme, {("c/0", "pilot"): [False, True], ("c/1", "pilot"): [True]})
    assert rows(history, "list") == [("c", "list", 1, 12, 12, 13, True)]


def test_a_count_is_taken_after_everything_of_the_instant_has_been_applied() -> None:
    """Day 4: c/0 passes the test and c/1, in the same instant, fails it and leaves. All of those left are past: day
    4."""
    programme = Programme(
        stages=[stage("test", 4, passes=[0.5], on_fail="leave"), stage("certify", on="cluster", after=[All("test")])],
        clusters=TWO,
    )
    history = ran(programme, {("c/0", "test"): PASSES, ("c/1", "test"): FAILS})
    assert rows(history, "certify") == [("c", "certify", 1, 4, 4, 5, True)]


def test_workshops_may_wait_for_a_count_too() -> None:
    """A first wave of one: the fair opens to everyone when the first of three is past the test, on 4."""
    programme = Programme(
        resources={"lab": 1},
        stages=[stage("test", 4, needs={"lab": 1}), stage("fair", 1, after=[Count(1, "test")])],
        clusters=TWO,
    )
    assert rows(ran(programme), "fair") == [("c/0", "fair", 1, 4, 4, 5, True), ("c/1", "fair", 1, 4, 4, 5, True)]


def test_workshops_look_at_their_cluster_when_they_would_be_queued_and_keep_what_they_have() -> None:
    """A6. standard 0-2, audit 2-3 fails: standard again 3-5, audit 5-6. coach is queued on 2 and not taken back. visit
    is through with travel on 4, when the standard is being redone: it waits to 5."""
    programme = Programme(
        stages=[
            stage("standard", 2, on="cluster"),
            stage("audit", 1, on="cluster", after="standard", passes=[0, 1], retry="standard"),
            stage("coach", 6, after="standard"),
            stage("travel", 4),
            stage("visit", 1, after=["travel", "standard"]),
        ],
        clusters=ONE,
    )
    assert rows(ran(programme), "standard", "coach", "visit") == [
        ("c", "standard", 1, 0, 0, 2, True),
        ("c", "standard", 2, 3, 3, 5, True),
        ("c/0", "coach", 1, 2, 2, 8, True),
        ("c/0", "visit", 1, 5, 5, 6, True),
    ]


# Before the start, and at the end.


def test_what_was_done_before_the_start_and_what_is_exempt_counts_from_the_start() -> None:
    """The shop was opened 100 days before; the mark is not asked of this cluster. Goods are listed on 0."""
    programme = Programme(
        stages=[
            stage("mark", 50, on="cluster"),
            stage("shop", 75, on="cluster", after="mark"),
            stage("list", 3, on="cluster", after="shop"),
        ],
        clusters=[Cluster("old", before_start={"shop": -100}, exempt=["mark"]), Cluster("new")],
    )
    history = ran(programme)
    assert rows(history, "list") == [("old", "list", 1, 0, 0, 3, True), ("new", "list", 1, 125, 125, 128, True)]
    assert history.passed_days[0].tolist() == [-math.inf, -100, 3]


def test_a_retry_goes_through_an_exempt_stage_and_leaves_it_as_it_is() -> None:
    """A10. a 0-1, b exempt, d 1-2 fails and retries a: a 2-3, d 3-4. Where a is exempt too, d is simply repeated."""
    stages = [stage("a"), stage("b", 9, after="a"), stage("d", after=["a", "b"], passes=[0, 1], retry="a")]
    clusters = [Cluster("p", workshops=1, exempt=["b"]), Cluster("q", workshops=1, exempt=["a", "b"])]
    assert rows(ran(Programme(stages=stages, clusters=clusters))) == [
        ("p/0", "a", 1, 0, 0, 1, True),
        ("p/0", "a", 2, 2, 2, 3, True),
        ("p/0", "d", 1, 1, 1, 2, False),
        ("p/0", "d", 2, 3, 3, 4, True),
        ("q/0", "d", 1, 0, 0, 1, False),
        ("q/0", "d", 2, 1, 1, 2, True),
    ]


def test_a_given_stage_of_the_workshops_is_counted_for_all_of_them() -> None:
    """Both workshops are exempt from the test: all of them are past it on day 0."""
    stages = [stage("test"), stage("certify", on="cluster", after=[All("test")])]
    programme = Programme(stages=stages, clusters=[Cluster("c", workshops=2, exempt=["test"])])
    assert rows(ran(programme)) == [("c", "certify", 1, 0, 0, 1, True)]


def test_an_event_at_exactly_the_horizon_does_not_happen() -> None:
    """a ends on 5. Horizon 5: it is still running. A moment later: it has ended, and b has begun."""
    programme = Programme(stages=[stage("a", 5), stage("b", 5, after="a")], clusters=ONE, horizon_days=5)
    assert rows(ran(programme)) == [("c/0", "a", 1, 0, 0, None, None)]
    longer = dataclasses.replace(programme, horizon_days=5.5)
    assert rows(ran(longer)) == [("c/0", "a", 1, 0, 0, 5, True), ("c/0", "b", 1, 5, 5, None, None)]


def test_never_is_kept_apart_from_later_than_the_horizon() -> None:
    """Day 10. The mark was refused for good on 2, so the shop is never; export is only late. c/1 left on 3, so its
    coach is never; c/0 is still at it. Two past the test can no longer be; one could."""
    programme = Programme(
        stages=[
            stage("mark", 2, on="cluster", passes=[0]),
            stage("shop", on="cluster", after="mark"),
            stage("export", 20, on="cluster"),
            stage("join", 3, passes=[0.5], on_fail="leave"),
            stage("coach", 30, after="join"),
            stage("two", on="cluster", after=[Count(2, "coach")]),
            stage("one", on="cluster", after=[Count(1, "coach")]),
        ],
        clusters=TWO,
        horizon_days=10,
    )
    history = ran(programme, {("c/0", "join"): PASSES, ("c/1", "join"): FAILS})
    never = {
        (history.plan.name_of(entity), history.plan.stages[stage])
        for entity, stage in np.argwhere(history.never).tolist()
    }
    assert never == {("c", "mark"), ("c", "shop"), ("c", "two"), ("c/1", "join"), ("c/1", "coach")}


def test_a_programme_of_nothing_has_an_empty_history() -> None:
    assert rows(ran(Programme())) == []
    assert (
        rows(ran(Programme(clusters=NOBODY, stages=[stage("test"), stage("c", on="cluster", after=[All("test")])])))
        == []
    )


def test_a_horizon_of_nothing_lets_nothing_happen() -> None:
    assert rows(ran(Programme(stages=[stage("a", 0)], clusters=ONE, horizon_days=0))) == []


def test_pools_have_lines_of_their_own() -> None:
    """A12, two coaches, half of them in each pool. Day 0: n/0 takes the north's, n/1 waits though it is the south's
    that s/0 takes. Day 5: n/1. Without pools n/0 and n/1 begin on 0 and s/0 on 5."""
    clusters = [Cluster("n", workshops=2, pool="north"), Cluster("s", workshops=1, pool="south")]
    programme = Programme(
        resources={"coach": 2},
        stages=[stage("coach", 5, needs={"coach": 1})],
        clusters=clusters,
        pools={"north": 0.5, "south": 0.5},
    )
    begun = {"n/0": 0.0, "n/1": 5.0, "s/0": 0.0}
    assert {row[0]: row[4] for row in rows(ran(programme))} == begun
    shared = dataclasses.replace(
        programme, pools={}, clusters=[dataclasses.replace(one, pool=None) for one in clusters]
    )
    assert {row[0]: row[4] for row in rows(ran(shared))} == begun | {"n/1": 0.0, "s/0": 5.0}


def test_a_cluster_of_which_nothing_waits_or_runs_has_no_more_to_come() -> None:
    """A11, on day 10: c's one workshop fails and leaves on 3, so that `half` of nobody never comes true. d is still
    coached. What c has not passed is *never*, although d goes on."""
    programme = Programme(
        stages=[
            stage("join", 3, passes=[0.5], on_fail="leave"),
            stage("coach", 30, after="join"),
            stage("half", on="cluster", after=[Share(0.5, "coach")]),
        ],
        clusters=[Cluster("c", workshops=1), Cluster("d", workshops=1)],
        horizon_days=10,
    )
    history = ran(programme, {("c/0", "join"): FAILS, ("d/0", "join"): PASSES})
    half = history.plan.stages.index("half")
    assert history.never[:, half].tolist() == [True, False, False, False]


def test_no_history_has_more_attempts_than_a_programme_says_it_can_take() -> None:
    """Each of three workshops fails b twice and does a again with it: a three times, b three times, 18 attempts.
    With a counted once, four entities × (1 + 3) would be 16."""
    again = [stage("a"), stage("b", after="a", passes=(0, 0, 1), retry="a")]
    programme = Programme(stages=again, clusters=[Cluster("c", workshops=3)])
    assert len(rows(ran(programme))) == 18
    assert programme.tries == 4 * (3 + 3)
