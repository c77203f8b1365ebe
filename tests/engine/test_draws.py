"""Random numbers: every consequence that the contract draws from keying them by what they are for."""

from __future__ import annotations

import concurrent.futures
import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim import engine
from sim.engine import Draws, Plan
from sim.programme import (
    All,
    Cluster,
    Empirical,
    Exponential,
    Fixed,
    Improving,
    Lognormal,
    Programme,
    Quantity,
    Resource,
    Stage,
    settled,
)

JOIN = Stage("join", duration=Exponential(30), passes=[0.5], on_fail="leave")
COACH = Stage("coach", after="join", needs={"coach": 1}, duration=Lognormal(180, 0.4), again=0.4)
TEST = Stage("test", after="coach", duration=Lognormal(5, 0.3), passes=Improving(0.3, 1.3, 3), retry="coach")
LABEL = Stage("label", on="cluster", duration=Lognormal(45, 0.3), passes=[0.5, 0.5])
STAGES = (JOIN, COACH, TEST, LABEL)
CLUSTERS = (Cluster("cibaduyut", workshops=6), Cluster("jepara", workshops=4))


def programme(stages: Sequence[Stage] = STAGES, clusters: Sequence[Cluster] = CLUSTERS, **more: Any) -> Programme:
    return Programme(stages=stages, clusters=clusters, **{"resources": {"coach": 2}} | more)


def drawn(made: Programme, seed: int = 7, replication: int = 3) -> dict[tuple[str, str], NDArray[np.float64]]:
    """Durations and verdicts by name of entity and stage; float64 [2, attempt]."""
    plan = Plan.of(made)
    draws = Draws.of(plan, made, seed, replication)
    return {
        (plan.name_of(entity), plan.stages[stage]): np.stack(
            [draws.durations[entity, stage, : plan.bound[stage]], draws.passed[entity, stage, : plan.bound[stage]]]
        )
        for entity, stage in np.argwhere(plan.has()).tolist()
    }


def same(mine: dict[Any, NDArray[Any]], others: dict[Any, NDArray[Any]], some: Sequence[Any] | None = None) -> bool:
    """Whether all of mine, or some of them, are among the others with the same numbers."""
    return all(np.array_equal(mine[name], others[name]) for name in some or mine)


def test_adding_a_stage_moves_no_other_number() -> None:
    more = (Stage("first", duration=Exponential(1), passes=[0.5]), *STAGES, Stage("shop", on="cluster"))
    assert same(drawn(programme()), drawn(programme(more)))


def test_adding_a_cluster_moves_no_other_number() -> None:
    assert same(drawn(programme()), drawn(programme(clusters=(Cluster("solo", workshops=9), *CLUSTERS))))


def test_adding_workshops_keeps_the_numbers_of_the_earlier_ones() -> None:
    larger = (Cluster("cibaduyut", workshops=600), Cluster("jepara", workshops=400))
    assert same(drawn(programme()), drawn(programme(clusters=larger)))


def test_the_order_in_which_things_are_listed_has_no_part_in_it() -> None:
    assert same(drawn(programme()), drawn(programme(STAGES[::-1], CLUSTERS[::-1])))


def test_renaming_a_label_or_a_title_moves_no_number() -> None:
    titled = tuple(Stage(**vars(stage) | {"title": {"id": "Lain"}}) for stage in STAGES)
    labelled = tuple(Cluster(c.name, c.workshops, label="Brodo") for c in CLUSTERS)
    assert same(drawn(programme()), drawn(programme(titled, labelled)))


def test_replication_731_is_had_directly_and_does_not_depend_on_any_other() -> None:
    alone = drawn(programme(), replication=731)
    for k in (0, 1, 730):
        drawn(programme(), replication=k)
    assert same(alone, drawn(programme(), replication=731))


def test_a_lever_shares_all_numbers_and_changes_what_it_changes() -> None:
    """Common random numbers: more coaches, another discipline, another horizon, other priorities."""
    urgent = tuple(Stage(**vars(stage) | {"priority": 5}) for stage in STAGES)
    other = programme(urgent, resources={"coach": Resource(4, 13)}, discipline="head-of-line", horizon_days=99)
    assert same(drawn(programme()), drawn(other))


def test_another_mean_scales_the_same_uniforms() -> None:
    longer = Stage(**vars(COACH) | {"duration": Lognormal(360, 0.4)})
    mine, others = drawn(programme()), drawn(programme((JOIN, longer, TEST, LABEL)))
    name = ("cibaduyut/0", "coach")
    assert mine[name][0] * 2 == pytest.approx(others[name][0], rel=1e-12)


def test_a_better_chance_never_turns_a_pass_into_a_failure() -> None:
    better = Stage(**vars(TEST) | {"passes": Improving(0.5, 1.3, 3)})
    mine, others = drawn(programme()), drawn(programme((JOIN, COACH, better, LABEL)))
    tested = [name for name in mine if name[1] == "test"]
    assert all((mine[name][1] <= others[name][1]).all() for name in tested)
    assert any((mine[name][1] < others[name][1]).any() for name in tested)


def test_more_attempts_keep_the_numbers_of_the_first_ones() -> None:
    more = Stage(**vars(TEST) | {"passes": Improving(0.3, 1.3, 9)})
    mine, others = drawn(programme()), drawn(programme((JOIN, COACH, more, LABEL)))
    assert all(np.array_equal(mine[name], others[name][:, : mine[name].shape[1]]) for name in mine)


def test_a_workshop_has_the_same_numbers_in_a_cluster_and_on_its_own() -> None:
    singles = [Cluster(f"workshop {i}", workshops=1, origin="cibaduyut", first=i) for i in range(6)]
    mine, others = drawn(programme()), drawn(programme(clusters=singles))
    assert same(others, mine, [name for name in others if name[0].startswith("cibaduyut/")])
    assert sum(name[0].startswith("cibaduyut/") for name in others) == 6 * 3


def test_workshops_of_an_origin_may_be_split_with_gaps_and_in_any_order() -> None:
    parts = [Cluster("late", workshops=2, origin="home", first=7), Cluster("early", workshops=3, origin="home")]
    mine = drawn(programme(clusters=parts))
    whole = drawn(programme(clusters=[Cluster("all", workshops=20, origin="home")]))
    assert same(mine, whole, [name for name in mine if name[0].startswith("home/")])


def test_verdict_and_duration_never_share_a_number() -> None:
    """With one number for both, all passes of a stage that passes half the time would be the short ones."""
    half = Stage("half", duration=Exponential(1), passes=[0.5])
    made = programme([half], clusters=[Cluster("c", workshops=4000)])
    plan = Plan.of(made)
    draws = Draws.of(plan, made, 7, 0)
    days, passed = draws.durations[1:, 0, 0], draws.passed[1:, 0, 0]
    five_standard_errors = 5 / np.sqrt(4000)  # 6 false alarms in 10 million seeds
    assert abs(np.corrcoef(days, passed)[0, 1]) < five_standard_errors


def test_no_two_numbers_of_a_table_are_the_same() -> None:
    """Entities, stages, attempts, seeds and replications all have their own."""
    stages = [Stage(f"s{i}", duration=Exponential(1), passes=[0.5] * 3) for i in range(4)]
    made = programme([*stages, Stage("c", on="cluster", duration=Exponential(1))], clusters=CLUSTERS)
    days = [drawn(made, seed, k) for seed in (1, 2) for k in (0, 1, 2)]
    numbers = np.concatenate([found[0] for table in days for found in table.values()])
    assert len(set(numbers)) == len(numbers) == 6 * (10 * 4 * 3 + 2)


@pytest.mark.parametrize("seed", [1, 2])
def test_replications_differ_from_each_other_and_so_do_their_histories(seed: int) -> None:
    histories = [engine.run(programme(), replication=k, seed=seed) for k in range(5)]
    assert not any(a == b for i, a in enumerate(histories) for b in histories[:i])


def test_seeds_differ_from_each_other() -> None:
    assert engine.run(programme(), seed=1) != engine.run(programme(), seed=2)


def test_a_seed_and_a_replication_are_not_interchangeable() -> None:
    assert engine.run(programme(), seed=1, replication=2) != engine.run(programme(), seed=2, replication=1)


def test_numbers_go_where_names_say_even_if_names_run_together() -> None:
    """Origin "a" with stage "bc" is not origin "ab" with stage "c"."""
    made = programme(
        [Stage("bc", duration=Exponential(1)), Stage("c", duration=Exponential(1))],
        clusters=[Cluster("a", workshops=1), Cluster("ab", workshops=1)],
    )
    found = drawn(made)
    assert not np.array_equal(found["a/0", "bc"], found["ab/0", "c"])


def test_durations_have_the_distribution_that_was_asked_for() -> None:
    made = programme([Stage("a", duration=Exponential(10))], clusters=[Cluster("c", workshops=20_000)])
    plan = Plan.of(made)
    days = Draws.of(plan, made, 7, 0).durations[1:, 0, 0]
    assert days.mean() == pytest.approx(10, abs=5 * 10 / np.sqrt(20_000))  # five standard errors
    assert (days > 10).mean() == pytest.approx(np.exp(-1), abs=5 * 0.5 / np.sqrt(20_000))


def test_every_attempt_after_the_first_takes_the_share_of_its_time_that_was_asked_for() -> None:
    whole = Stage(**vars(COACH) | {"again": 1.0})
    mine, others = drawn(programme()), drawn(programme((JOIN, whole, TEST, LABEL)))
    name = ("jepara/2", "coach")
    assert mine[name][0][0] == others[name][0][0]
    assert np.array_equal(mine[name][0][1:], others[name][0][1:] * 0.4)


def test_what_is_certain_is_not_drawn() -> None:
    made = programme(
        [Stage("a", duration=Fixed(3)), Stage("b", on="cluster", after=[All("a")], duration=Empirical([2]), passes=[1])]
    )
    found = drawn(made)
    assert found["jepara/0", "a"].tolist() == [[3], [1]]
    assert found["jepara", "b"].tolist() == [[2], [1]]


def test_cells_that_no_entity_has_are_empty() -> None:
    made = programme()
    plan = Plan.of(made)
    draws = Draws.of(plan, made, 7, 0)
    cells = plan.has()[:, :, None] & (np.arange(plan.attempts) < plan.bound[:, None])
    assert np.array_equal(~np.isnan(draws.durations), cells)
    assert not draws.passed[~cells].any()


def test_a_plan_made_once_serves_every_replication_of_settled_numbers() -> None:
    """The structure is lowered from ranges; each replication brings its own numbers and capacity."""
    caseload, chance = Quantity(13, 6, 20), Quantity(0.12, 0.03, 0.35)
    uncertain = programme(
        (JOIN, COACH, Stage(**vars(TEST) | {"passes": Improving(chance, 1.3, 3)})),
        resources={"coach": Resource(2, caseload)},
    )
    plan = Plan.of(uncertain)
    numbers = {"resources.coach.places_per_unit": 7.0, "stages.test.passes.first": 0.3}
    plain = settled(uncertain, numbers)
    draws = Draws.of(plan, plain, 7, 3)
    expected = programme(STAGES[:3], resources={"coach": Resource(2, 7)})
    other = Draws.of(Plan.of(expected), expected, 7, 3)
    assert np.array_equal(draws.durations, other.durations, equal_nan=True)
    assert np.array_equal(draws.passed, other.passed)


BARRIER: list[Barrier] = []


def meet(barrier: Barrier) -> None:
    """Hand each worker the barrier at which they wait for each other, so that none does the work of both."""
    BARRIER.append(barrier)


def digest(replication: int) -> tuple[int, str]:
    """The process, and what it drew and ran."""
    BARRIER[0].wait(timeout=100)
    history = engine.run(programme(), replication=replication)
    return os.getpid(), hashlib.sha256(history.started.tobytes() + history.verdict.tobytes()).hexdigest()


def test_one_process_and_many_processes_have_the_same_numbers() -> None:
    context = multiprocessing.get_context("spawn")
    together = {"initializer": meet, "initargs": (context.Barrier(2),)}
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context, **together) as pool:
        found = list(pool.map(digest, range(4)))
    BARRIER[:] = [multiprocessing.Barrier(1)]
    assert [text for _, text in found] == [text for _, text in map(digest, range(4))]
    assert len({process for process, _ in found}) == 2
    assert os.getpid() not in {process for process, _ in found}
