"""Runs in parts: nobody can tell from a result; progress counts the parts, and a stopped run leaves nothing behind."""

import threading
from typing import Any

import pytest

import sim
from sim.engine.parts import Part, split
from sim.engine.plan import Plan
from sim.experiment import Cancelled, runner
from sim.experiment.memory import Memory, Noises
from sim.experiment.report import report
from sim.scenario import Scenario

PROVINCES = 34


def apart(at_least: int) -> Any:
    """Parts of at least so many entities."""
    return lambda plan: [Part.of(plan, clusters) for clusters in split(plan, at_least)]


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
    monkeypatch.setattr(runner, "NOISE", Noises(2))


def small_country(workshops: int = 900) -> Scenario:
    """Some centres of furniture and of metal in all provinces, one for every 25 workshops."""
    country = Scenario.load("all-centres")
    *_, furniture, metal = country.plain["clusters"]
    for cluster, part in ((furniture, 0.4), (metal, 0.6)):
        number = round(part * workshops / 25)
        cluster |= {"makers": round(part * workshops), "centres": {"number": number, "smallest": 5, "largest": 200}}
    return country.set("clusters", [furniture, metal])


@pytest.mark.parametrize("threads", ["1", "2", "3"])
def test_a_result_is_the_same_with_and_without_splitting_and_for_any_number_of_threads(
    monkeypatch: pytest.MonkeyPatch, threads: str
):
    eight = Scenario.load("eight-clusters-2027")
    for cluster in eight.clusters:
        eight = eight.set(f"clusters.{cluster.name}.wave", 12)
    # Each cluster has resources to itself: those of the others it does not need.
    alone = eight.set("pathway.stages", [s | {"needs": {}} for s in eight.plain["pathway"]["stages"]])
    found = []
    for at_least, count in ((10**9, "1"), (0, threads)):
        monkeypatch.setattr(runner, "parts", apart(at_least))
        monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
        monkeypatch.setenv("SIAP_THREADS", count)
        result = sim.simulate(alone, replications=3)
        found.append((report(result), result.readiness))
    assert len(runner.parts(Plan.of(alone.programme))) == 8
    assert found[0][0] == found[1][0]
    assert found[0][1].equals(found[1][1])


def test_both_engines_make_the_same_of_provinces():
    country = small_country()
    fast, slow = (sim.simulate(country, replications=2, engine=engine) for engine in ("compiled", "reference"))
    assert fast.readiness.equals(slow.readiness)
    assert {**report(fast), "engine": ""} == {**report(slow), "engine": ""}


def test_a_province_more_or_less_moves_no_other():
    """What the rest of the country does is nothing to a centre whose province has the same places."""
    country = small_country()
    fewer = country.set("resources.coach.units", 578)
    assert sim.simulate(fewer, replications=1).readiness.equals(sim.simulate(country, replications=1).readiness)
    shares = country.plain["pools"] | {"Papua": 0.0}
    without = country.set("pools", shares)
    one, other = (sim.simulate(s, replications=1) for s in (country, without))
    there = [brand.pool for brand, _ in country.lineup]
    same_place = [a == b.pool for a, (b, _) in zip(there, without.lineup, strict=True)]
    where = {name for name, same in zip(one.brands, same_place, strict=True) if same}
    mine, theirs = (r.readiness.set_index("brand").lead_days for r in (one, other))
    provinces = {pool for pool in country.pools if there.count(pool) == [b.pool for b, _ in without.lineup].count(pool)}
    kept = [b.name for b, _ in country.lineup if b.name in where and b.pool in provinces]
    assert len(kept) > 20
    assert mine[kept].equals(theirs[kept])


def test_progress_counts_parts_and_a_stopped_run_is_forgotten(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_THREADS", "1")  # which looks after each part, and not now and then
    country, told = small_country(), []
    with_centres = len(runner.parts(Plan.of(country.programme)))
    assert 10 < with_centres <= PROVINCES
    sim.simulate(country, replications=1, progress=lambda done, total: told.append((done, total)))
    assert {total for _, total in told} == {with_centres}
    assert told[-1] == (with_centres, with_centres)
    assert told == sorted(told)

    cancel, other = threading.Event(), country.set("seed", 1)

    def stop(done: int, total: int) -> None:
        cancel.set()

    with pytest.raises(Cancelled):
        sim.simulate(other, replications=3, progress=stop, cancel=cancel)
    again: list[tuple[int, int]] = []
    sim.simulate(other, replications=3, progress=lambda done, total: again.append((done, total)))
    assert len(again) > 1


@pytest.mark.slow
def test_the_whole_country_is_the_same_for_one_thread_and_for_two(monkeypatch: pytest.MonkeyPatch):
    found = []
    for threads in ("1", "2"):
        monkeypatch.setenv("SIAP_THREADS", threads)
        monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
        found.append(sim.simulate("all-centres", replications=1))
    assert found[0].readiness.equals(found[1].readiness)
    assert report(found[0]) == report(found[1])
    assert len(report(found[0])["readiness_weeks"]) == 7  # a row for each document and one for all


@pytest.mark.slow
def test_a_history_that_would_not_fit_is_refused():
    with pytest.raises(sim.BadInput, match="history: is too large to be had at once"):
        sim.simulate("all-ikm", replications=1).history()
