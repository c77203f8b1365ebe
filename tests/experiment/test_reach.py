"""Every parameter of the shipped scenarios reaches as far as is declared, and the short way gives the same bits."""

import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

import sim
import sim.scenario.scenario as scenario_module
from sim.engine.draws import Tables
from sim.experiment import memory, runner
from sim.experiment.memory import Memory, Noise, Noises
from sim.experiment.reach import Reach, reach
from sim.outcomes import gathered, kept
from sim.programme.quantity import Lever, Quantity, central, members
from sim.scenario import Scenario, scenario_names
from sim.value import parse
from tests.experiment.test_parts_of_a_run import small_country
from tests.shipped import shipped

WEEKS = (20.0, 49.0, 104.0, 300.0)
NATIONAL = ("all-centres", "all-ikm")  # of which `small_country` is a part
NOT_MOVED = ("case", "seed", "replications")


def parameters(scenario: Scenario) -> dict[str, float]:
    """Every number of a scenario by its path."""
    return dict(_numbers(scenario, ""))


def _numbers(thing: object, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(thing, Quantity | Lever):
        yield path, central(thing)
    elif isinstance(thing, int | float) and not isinstance(thing, bool):
        yield path, float(thing)
    else:
        for part, inner in members(thing):
            if path or part not in NOT_MOVED:
                yield from _numbers(inner, f"{path}.{part}" if path else part)


def moved(scenario: Scenario, path: str, number: float) -> Scenario | None:
    """The scenario with another number at a path; None where no other is possible."""
    for other in (number * 0.9, number * 1.1, number + 1, number - 1, number * 0.5):
        whole = path.endswith((".attempts", ".priority", ".first"))
        if other == number:
            continue
        if whole and int(other) == number:
            continue
        try:
            return scenario.set(path, int(other) if whole else other)
        except sim.BadInput:
            continue
    return None


@dataclasses.dataclass
class Watch:
    """What a run computed."""

    runs: int = 0
    noises: int = 0
    columns: set[tuple[int, str]] = dataclasses.field(default_factory=set)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen = Watch()
    simulated, made = runner._simulated, Noise.__init__
    durations, verdicts = Tables._fill_durations, Tables._fill_verdicts

    def run(*args: Any) -> Any:
        seen.runs += 1
        return simulated(*args)

    def noise(*args: Any) -> None:
        seen.noises += 1
        made(*args)

    def fill_durations(self: Tables, number: int, stage: sim.Stage) -> None:
        seen.columns.add((number, "durations"))
        durations(self, number, stage)

    def fill_verdicts(self: Tables, number: int, stage: sim.Stage) -> None:
        seen.columns.add((number, "verdicts"))
        verdicts(self, number, stage)

    monkeypatch.setattr(runner, "_simulated", run)
    monkeypatch.setattr(memory.Noise, "__init__", noise)
    monkeypatch.setattr(Tables, "_fill_durations", fill_durations)
    monkeypatch.setattr(Tables, "_fill_verdicts", fill_verdicts)
    return seen


def answers(scenario: Scenario) -> list[Any]:
    """Every table of a result."""
    found = sim.simulate(scenario, replications=2)
    tables = [
        found.share(WEEKS),
        found.sales_idr(WEEKS),
        found.readiness,
        found.binding(),
        found.probability_ready(WEEKS),
    ]
    return [*tables, found.cost_idr(104.0), found.ministry(104.0)]


def same(one: list[Any], other: list[Any]) -> bool:
    return all(a.equals(b) for a, b in zip(one, other, strict=True))


def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just started."""
    kept.forget()
    gathered._GATHERED.clear()
    scenario_module._LATEST.clear()
    monkeypatch.setattr(runner, "READ", memory.Known(32))
    monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
    monkeypatch.setattr(runner, "NOISE", Noises(4))


def computed(watch: Watch, changed: bool) -> Reach:
    """How far a run had to go."""
    if not watch.runs:
        return Reach.TAIL if changed else Reach.PICTURE
    if watch.noises:
        return Reach.ENTITIES
    assert len(watch.columns) <= 1
    return Reach.COLUMN if watch.columns else Reach.ENGINE


def check(scenario: Scenario, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> dict[str, Reach]:
    """Move every parameter; how far each went."""
    found: dict[str, Reach] = {}
    for path, number in parameters(scenario).items():
        other = moved(scenario, path, number)
        if other is None:
            continue
        forgotten(monkeypatch)
        before = answers(scenario)
        watch.runs, watch.noises, watch.columns = 0, 0, set()
        short = answers(other)
        found[path] = computed(watch, not same(before, short))
        ran = watch.runs > 0  # not so where the number is in force no more: makers beyond the first wave
        forgotten(monkeypatch)
        fresh = parse(Scenario, copy.deepcopy(other.plain))  # of which no part is shared with what was seen before
        assert same(short, answers(fresh)), path
        declared = reach(path)
        assert found[path] <= declared, path
        assert not ran or found[path] == declared or declared == Reach.ENTITIES, path  # of nobody there are none
    return found


def everyday(name: str) -> Scenario:
    scenario = Scenario.load(name)
    for cluster in scenario.clusters:
        if cluster.workshops > 20:
            scenario = scenario.set(f"clusters.{cluster.name}.wave", 20)
    return scenario


def test_every_parameter_of_the_reference_reaches_as_far_as_declared(watch: Watch, monkeypatch: pytest.MonkeyPatch):
    scenario = everyday("cibaduyut-2027")
    found = check(scenario, watch, monkeypatch)
    assert set(found.values()) == set(Reach) - {Reach.EVERYTHING}
    assert len(found) > 0.95 * len(parameters(scenario))


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in scenario_names() if n not in NATIONAL and n != "cibaduyut-2027"])
def test_every_parameter_reaches_as_far_as_declared(name: str, watch: Watch, monkeypatch: pytest.MonkeyPatch):
    scenario = everyday(name)
    assert len(check(scenario, watch, monkeypatch)) > 0.9 * len(parameters(scenario))


@pytest.mark.slow
def test_every_parameter_of_provinces_and_centres_reaches_as_far_as_declared(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
):
    found = check(small_country(300), watch, monkeypatch)
    assert {path.split(".")[0] for path in found} >= {"pools", "clusters", "resources"}
    assert any(".centres." in path for path in found)


# Beside numbers: what else a scenario can be changed in.
STRUCTURE: dict[str, Any] = {
    "clusters.cibaduyut.exempt": ["halal", "gacc", "trademark"],
    "clusters.cibaduyut.before_start": {"organise": -3},
    "clusters.cibaduyut.label": "Another",
    "clusters.cibaduyut.product": "sandals",
    "pathway.discipline": "head-of-line",
    "pathway.stages.coach.needs": {},
    "pathway.stages.coach.after": ["diagnose"],
    "pathway.stages.sample-test.retry": "sample-test",
    "pathway.stages.join.passes": [0.5, 0.5],
    "pathway.tested": "coach",
    "grouping": "workshop",
    "campaign.access": "ordinary",
    "campaign.title": {"en": "Another", "id": "Lain"},
    "campaign.stock_rule": "none",
    "demand.brand_class": "unknown",
    "title": {"en": "Another", "id": "Lain"},
}


@pytest.mark.parametrize("path", STRUCTURE)
def test_what_is_no_number_reaches_as_far_as_declared(path: str, watch: Watch, monkeypatch: pytest.MonkeyPatch):
    scenario = everyday("cibaduyut-2027")
    other = scenario.set(path, STRUCTURE[path])
    forgotten(monkeypatch)
    before = answers(scenario)
    watch.runs, watch.noises, watch.columns = 0, 0, set()
    short = answers(other)
    declared, columns = reach(path), len(watch.columns)
    assert watch.runs == (declared > Reach.TAIL)
    assert columns == 0 or declared == Reach.ENTITIES
    assert same(before, short) or declared > Reach.PICTURE
    forgotten(monkeypatch)
    assert same(short, answers(parse(Scenario, copy.deepcopy(other.plain))))


@pytest.mark.parametrize("name", scenario_names())
def test_every_number_of_every_scenario_has_a_reach(name: str):
    assert {reach(path) for path in parameters(shipped(name))} >= {Reach.TAIL, Reach.ENGINE}


@pytest.mark.parametrize("path", ["", "nothing", "clusters", "clusters.ada", "seeds"])
def test_what_is_no_parameter_has_none(path: str):
    with pytest.raises(sim.BadInput, match="is no parameter of a scenario"):
        reach(path)
