"""Chance and knowledge: drawn by name, once for each replication, told apart; and what a run remembers."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sim
from sim import Lognormal, Quantity, Resource, Scenario
from sim.experiment import runner
from sim.experiment.memory import Memory, Noises
from sim.experiment.runner import Replications, Run, milestones
from sim.outcomes import Layer, Milestones, Numbers, Projection
from sim.programme.quantity import quantities
from tests.outcomes.small import projected, small
from tests.shipped import shipped


@pytest.fixture(autouse=True)
def no_memory_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MEMORY", Memory(10**9))


def drawn(scenario: Scenario, first: int, count: int, layer: Layer = "mixed", seed: int = 5) -> dict[str, np.ndarray]:
    """Every uncertain number of a scenario in some replications, by its path."""
    numbers = Numbers(scenario, seed, first, count, layer)
    return {path: numbers[path] for path, q in quantities(scenario).items() if not q.certain}


CHANGES: dict[str, Any] = {
    "resources.coach.units": 40,
    "pathway.stages.coach.duration.mean": 99.0,
    "campaign.stock_rule": "none",
    "demand.discount": {"central": 0.2, "low": 0.1, "high": 0.9},
    "lead_weeks": 3,
}


# ── knowledge is drawn by name ───────────────────────────────────────────────────────────────────────────────────────
def test_a_replication_has_the_same_numbers_whatever_others_there_are():
    few, more = drawn(shipped("cibaduyut-2027"), 0, 7), drawn(shipped("cibaduyut-2027"), 0, 40)
    alone = drawn(shipped("cibaduyut-2027"), 6, 1)
    assert len(few) > 50
    for path, values in few.items():
        assert np.array_equal(values, more[path][:7]), path
        assert alone[path][0] == values[6], path


def test_another_parameter_moves_no_number():
    before = drawn(shipped("cibaduyut-2027"), 0, 5)
    for path, value in CHANGES.items():
        after = drawn(shipped("cibaduyut-2027").set(path, value), 0, 5)
        moved = {p for p in before.keys() & after.keys() if not np.array_equal(before[p], after[p])}
        assert moved <= {path}, path
        assert before.keys() - after.keys() <= {path}, path


def test_a_cluster_more_and_a_stage_less_move_no_number():
    one, eight = drawn(shipped("cibaduyut-2027"), 0, 3), drawn(shipped("eight-clusters-2027"), 0, 3)
    assert set(one) <= set(eight)
    assert all(np.array_equal(eight[path], values) for path, values in one.items())
    pathway = shipped("cibaduyut-2027").pathway
    fewer = dataclasses.replace(pathway, stages=tuple(s for s in pathway.stages if s.name != "full"))
    less = drawn(dataclasses.replace(shipped("cibaduyut-2027"), pathway=fewer), 0, 3)
    assert all(np.array_equal(values, one[path]) for path, values in less.items())


def test_every_number_and_every_replication_has_a_draw_of_its_own():
    values = drawn(shipped("cibaduyut-2027"), 0, 30)
    assert all(len(set(v)) == 30 for v in values.values())
    places = {
        path: np.argsort(v).tolist() for path, v in values.items()
    }  # order of the replications: a fingerprint of the uniforms
    assert len({tuple(p) for p in places.values()}) == len(places)


def test_numbers_lie_in_their_ranges_and_differ_with_the_seed():
    ranges = quantities(shipped("cibaduyut-2027"))
    values, others = (drawn(shipped("cibaduyut-2027"), 0, 200, seed=seed) for seed in (5, 6))
    for path, found in values.items():
        slack = 1e-12 * abs(ranges[path].high)
        assert ranges[path].low - slack <= found.min() <= found.max() <= ranges[path].high + slack, path
        assert not np.array_equal(found, others[path]), path


def test_what_the_engine_reads_of_replication_k_is_the_same_alone():
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 12)
    many, few = (Replications(Run(scenario, 3, n, "mixed", "reference")) for n in (20, 8))
    assert many.settled(7) == few.settled(7)
    assert many.history(7) == few.history(7)
    assert many.history(7) != many.history(6)
    assert many.settled(7) != many.settled(6)


def test_the_preparation_runs_on_the_same_numbers_that_the_closed_form_reads():
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 2)
    stages = {s.name: s for s in Replications(Run(scenario, 3, 4, "mixed", "reference")).settled(2).stages}
    numbers = Numbers(scenario, 3, 0, 4)
    assert stages["coach"].duration.mean == numbers["pathway.stages.coach.duration.mean"][2]
    assert stages["equip"].cost_idr == numbers["pathway.stages.equip.cost_idr"][2]


def test_knowledge_is_of_the_whole_cluster_and_chance_is_of_each_workshop():
    # Every workshop's coaching differs, and all of them share a mean that the replication drew.
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 200)
    replications = Replications(Run(scenario, 3, 3, "mixed", "reference"))
    means = Numbers(scenario, 3, 0, 3)["pathway.stages.join.duration.mean"]
    for k in range(3):
        frame = replications.history(k).to_frame()
        joined = frame[frame.stage == "join"]
        days = joined.finished - joined.started
        assert days.nunique() == 200
        assert days.mean() == pytest.approx(means[k], rel=4 * 0.3 / 200**0.5)  # cv 0.3, four standard errors


# ── the layers are told apart ────────────────────────────────────────────────────────────────────────────────────────
def test_chance_alone_holds_knowledge_at_its_central_values():
    ranges = quantities(shipped("cibaduyut-2027"))
    for path, values in drawn(shipped("cibaduyut-2027"), 0, 4, "chance").items():
        assert values.tolist() == [ranges[path].central] * 4
    numbers = Numbers(shipped("cibaduyut-2027"), 5, 0, 4, "chance")
    assert numbers.tables("pathway.stages") == [{}] * 4


def test_chance_alone_still_has_chance():
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 30)
    replications = Replications(Run(scenario, 3, 3, "chance", "reference"))
    assert replications.settled(0) == replications.settled(1)
    assert replications.history(0) != replications.history(1)


def test_layers_share_their_chance_and_differ_by_knowledge():
    # The same uniforms: an exponential stage whose mean is known in one and a range in the other.
    stage = dataclasses.replace(small().pathway.stages[4], duration=Lognormal(Quantity(20, 10, 40), 0.3))
    stages = tuple(stage if s.name == "organise" else s for s in small().pathway.stages)
    scenario = dataclasses.replace(small(), pathway=dataclasses.replace(small().pathway, stages=stages))
    mixed, chance = (projected(scenario, 30, layer) for layer in ("mixed", "chance"))
    means = mixed.numbers["pathway.stages.organise.duration.mean"]
    days = [p.passed_days[:, 0, 4] for p in (mixed, chance)]
    assert days[0] / means == pytest.approx(days[1] / 20)
    assert not np.array_equal(*days)


def test_a_scenario_without_ranges_has_the_same_layers():
    mixed, chance = (projected(small(), 3, layer).share(np.array([150.0])) for layer in ("mixed", "chance"))
    assert np.array_equal(mixed, chance)


def spread(name: str, replications: int, of: Callable[[Projection], np.ndarray], **changes: Any) -> list[float]:
    """Variance of a logarithm in the mixed layer and with chance alone."""
    scenario = shipped(name)
    for path, value in changes.items():
        scenario = scenario.set(path.replace("__", "."), value)
    found = [of(projected(scenario, replications, layer, 1.6e7)) for layer in ("mixed", "chance")]
    return [float(np.log(values).var()) for values in found]


def test_chance_alone_spreads_the_sales_of_2018_less_than_chance_and_knowledge():
    # By a twentieth only: what is not known of the means is little beside each brand's own luck.
    mixed, chance = spread("single-day-2018", 2_000, lambda p: p.share(np.array([70.0]))[:, 0])
    assert 0.8 * mixed < chance < mixed


def test_chance_alone_spreads_readiness_less_than_chance_and_knowledge():
    mixed, chance = spread(
        "cibaduyut-2027",
        25,
        lambda p: p.readiness.days[:, 0],
        finance__working_capital_idr=1e14,
        campaign__stock_rule="none",
        clusters__cibaduyut__wave=60,
    )
    assert 0 < chance < 0.8 * mixed


@pytest.mark.slow
def test_chance_alone_spreads_readiness_of_the_whole_reference_less():
    mixed, chance = spread("cibaduyut-2027", 100, lambda p: p.readiness.days[:, 0], finance__working_capital_idr=1e14)
    assert 0 < chance < 0.5 * mixed


def test_a_result_has_both_layers():
    result = sim.simulate(shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 20), replications=6)
    assert result.layer("mixed") is result.mixed
    assert result.layer("chance") is result.chance
    assert result.chance.numbers.layer == "chance"
    assert result.share().index.equals(result.share(layer="chance").index)


def test_structure_is_never_mixed_in():
    # Alternatives of structure are plain choices: none of them is an uncertain number that a run would draw.
    structure = ("campaign.access", "campaign.stock_rule", "campaign.min_store_age_days", "demand.maturity")
    for name in ("cibaduyut-2027", "single-day-2018"):
        uncertain = {p for p, q in quantities(shipped(name)).items() if not q.certain}
        assert not uncertain & {*structure, "demand.brand_class", "clusters.cibaduyut.makers"}
        assert not any(".counts." in path for path in uncertain)


# ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def simulated(
    scenario: Scenario, seed: int = 1, count: int = 3, layer: Layer = "mixed"
) -> tuple[list[Milestones], int]:
    """The milestones of a run, and how many replications the engine ran for them."""
    ran: list[int] = []
    found = milestones(Run(scenario, seed, count, layer, "compiled"), progress=lambda done, of: ran.append(done))
    return found, len(ran) - 1  # the last call says that all are there


def test_a_run_is_remembered():
    first, ran = simulated(small())
    again, ran_again = simulated(small())
    assert (ran, ran_again) == (3, 0)
    assert again is first


TAIL: dict[str, Any] = {
    "lead_weeks": 80,
    "campaign.event_date": "2029-11-11",
    "campaign.access": "ordinary",
    "campaign.stock_rule": "none",
    "campaign.min_stock_items": 7,
    "campaign.min_store_age_days": 90,
    "campaign.gates.listing.deadline_days": 99,
    "campaign.shipping.sea_days": 40,
    "finance.working_capital_idr": 100,
    "finance.budget_idr": 510,
    "demand.brand_class": "known-at-home",
    "demand.denominator": "platforms",
    "demand.maturity": "linear",
    "demand.marketing_idr": 500,
    "demand.discount": 0.5,
    "clusters.ada.goods.price_rmb": 99,
    "clusters.ada.workforce.items_per_worker_day": 2,
    "clusters.ada.warehouse_items": 400,
    "clusters.ada.label": "Another",
    "title": {"en": "Another"},
}


@pytest.mark.parametrize("path", TAIL)
def test_what_the_engine_does_not_read_is_answered_from_memory_bit_for_bit(monkeypatch: pytest.MonkeyPatch, path: str):
    result = sim.simulate(small(), replications=3)
    changed = small().set(path, TAIL[path])
    _, ran = simulated(changed)
    assert ran == 0
    remembered = sim.simulate(changed, replications=3)
    assert remembered.mixed.milestones is result.mixed.milestones
    monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
    fresh = sim.simulate(changed, replications=3)
    assert fresh.mixed.milestones is not result.mixed.milestones
    for table in ("share", "sales_idr", "cost_idr", "ministry", "readiness_weeks", "probability_ready"):
        assert getattr(remembered, table)().equals(getattr(fresh, table)()), table
    assert remembered.binding().equals(fresh.binding())


STRUCTURE: dict[str, Any] = {
    "resources.coach.units": 1,
    "resources.coach.places_per_unit": 2,
    "pathway.stages.coach.duration.days": 11,
    "pathway.stages.coach.priority": 1,
    "pathway.stages.full.output": 0.9,
    "pathway.discipline": "head-of-line",
    "pathway.stages.coach.needs": {},
    "clusters.ada.makers": 2,
    "clusters.ada.exempt": ["organise"],
    "clusters.ada.before_start": {"organise": -3},
    "clusters.ada.before_start_dates": {"organise": "2020-01-01"},
    "clusters.ada.origin": "elsewhere",
    "clusters.ada.first": 4,
    "clusters.ada.name": "ana",
    "horizon_days": 999,
    "grouping": "workshop",
}


@pytest.mark.parametrize("path", STRUCTURE)
def test_what_the_engine_reads_is_run_again(path: str):
    simulated(small())
    assert simulated(small().set(path, STRUCTURE[path]))[1] == 3


@pytest.mark.parametrize("other", [{"seed": 2}, {"count": 4}, {"layer": "chance"}])
def test_another_seed_number_or_layer_is_run_again(other: dict[str, Any]):
    simulated(small())
    assert simulated(small(), **other)[1] == other.get("count", 3)


def test_a_cluster_of_another_name_has_other_numbers_though_its_origin_is_the_same():
    # The cluster's own stages are keyed by its name; the workshops by their origin.
    organise = dataclasses.replace(small().pathway.stages[4], duration=Lognormal(20, 0.5))
    stages = tuple(organise if s.name == "organise" else s for s in small().pathway.stages)
    scenario = dataclasses.replace(small(), pathway=dataclasses.replace(small().pathway, stages=stages))
    one, other = (
        scenario.set("clusters.ada.origin", "village").set("clusters.ada.name", name) for name in ("ada", "ana")
    )
    remembered = [simulated(s)[0][0].passed_days[0, 4] for s in (one, other)]
    assert remembered[0] != remembered[1]
    alone = Replications(Run(other, 1, 3, "mixed", "reference")).milestones(0).passed_days[0, 4]
    assert remembered[1] == alone


def test_a_stage_of_any_name_passed_before_the_start_is_told_from_one_that_is_not():
    # "label" is also the name of a text, which no run depends on.
    label = dataclasses.replace(small().pathway.stages[4], name="label")
    stages = (*small().pathway.stages, label)
    scenario = dataclasses.replace(small(), pathway=dataclasses.replace(small().pathway, stages=stages))
    assert simulated(scenario)[0][0].passed_days[0, -1] == 20
    passed = scenario.set("clusters.ada.before_start", {"label": -5.0})
    assert simulated(passed)[0][0].passed_days[0, -1] == -5


def test_queues_are_named_rightly_when_another_file_lists_the_resources_in_another_order():
    bench = Resource(units=1.0)
    stages = tuple(
        dataclasses.replace(s, needs={"coach": 1}) if s.name == "coach" else s for s in small().pathway.stages
    )
    scenario = dataclasses.replace(small(), pathway=dataclasses.replace(small().pathway, stages=stages))
    coach = dataclasses.replace(scenario.resources["coach"], units=1.0)
    first = dataclasses.replace(scenario, resources={"coach": coach, "bench": bench})
    second = dataclasses.replace(scenario, resources={"bench": bench, "coach": coach})
    assert first.digest == second.digest
    queues = []
    for one in (first, second):
        found = sim.simulate(one.set("campaign.gates.listing.deadline_days", 10), replications=1)
        assert "queue.bench" not in found.mixed.holding.path(0, 1)
        queues.append(found.mixed.holding.path(0, 1))
    assert queues[0] == queues[1]
    assert any(label == "queue.coach" for label in queues[0])


def test_only_the_latest_runs_are_remembered():
    one = sim.simulate(small(), replications=1).mixed.milestones
    memory = Memory(2 * one[0].nbytes)
    memory.put("a", one)
    memory.put("b", one)
    assert memory.get("a") is one  # used, so b is the oldest
    memory.put("c", one)
    assert [memory.get(key) is one for key in "abc"] == [True, False, True]
    small_one = Memory(1)
    small_one.put("a", one)
    assert small_one.get("a") is one  # what was run last is always at hand


def test_one_history_asked_for_does_not_cost_the_next_run_its_tables():
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 20)
    run = Run(scenario, 1, 2, "mixed", "compiled")
    milestones(run)
    before = Replications(run)
    kept = before.noise
    before.close()
    before.history(1)
    after = Replications(run)
    assert after.noise is kept
    after.close()


def test_any_number_of_threads_gives_the_same(monkeypatch: pytest.MonkeyPatch):
    scenario = shipped("cibaduyut-2027").set("clusters.cibaduyut.wave", 20)
    tables = []
    for threads in ("1", "2", "5"):
        monkeypatch.setenv("SIAP_THREADS", threads)
        monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
        monkeypatch.setattr(runner, "NOISE", Noises(2))
        tables.append(sim.simulate(scenario, replications=12).readiness)
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])


@pytest.mark.parametrize("threads", ["0", "-1", "two", "1.5"])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, threads: str):
    monkeypatch.setenv("SIAP_THREADS", threads)
    with pytest.raises(sim.BadInput, match="SIAP_THREADS: must be a whole number from 1 on"):
        runner.threads()


def test_a_cancelled_run_is_not_remembered():
    import threading

    cancel = threading.Event()

    def stop_after_two(done: int, of: int) -> None:
        if done == 2:
            cancel.set()

    with pytest.raises(sim.experiment.Cancelled):
        sim.simulate(small(), replications=3, progress=stop_after_two, cancel=cancel)
    assert simulated(small())[1] == 3
