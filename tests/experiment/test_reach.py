"""Every parameter of the shipped scenarios reaches as far as is declared, and the short way gives the same bits."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

import sim
from sim.engine.draws import Tables
from sim.experiment import memory, runner
from sim.experiment.memory import Memory, Noise, Noises
from sim.experiment.reach import Reach, reach
from sim.programme.quantity import Lever, Quantity, central, members
from sim.scenario import Scenario, scenario_names

WEEKS = (20.0, 49.0, 104.0, 300.0)
NATIONAL = ("all-centres", "all-ikm")  # whose document's parameters are those of cibaduyut-2027 and of centres
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
        assert same(short, answers(other)), path
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


@pytest.mark.parametrize("name", scenario_names())
def test_every_number_of_every_scenario_has_a_reach(name: str):
    assert {reach(path) for path in parameters(Scenario.load(name))} >= {Reach.TAIL, Reach.ENGINE}


@pytest.mark.parametrize("path", ["", "nothing", "clusters", "clusters.ada", "seeds"])
def test_what_is_no_parameter_has_none(path: str):
    with pytest.raises(sim.BadInput, match="is no parameter of a scenario"):
        reach(path)
