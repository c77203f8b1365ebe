"""In which order a scenario lists what it names: part of its digest exactly where it changes an answer."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.experiment import Result, runner
from sim.experiment.memory import Memory
from sim.experiment.moves import moves
from sim.experiment.result import simulate
from sim.scenario import Scenario
from sim.value import parse
from tests import golden


@pytest.fixture(scope="module")
def listed() -> Scenario:
    """The reference with something of each kind that can be listed in two orders."""
    scenario = Scenario.load("cibaduyut-2027").set("pathway.stages.sample-test.needs", {"laboratory": 1, "assessor": 2})
    scenario = scenario.set("clusters.cibaduyut.before_start", {"trademark": -1, "organise": -2})
    return scenario.set("clusters.cibaduyut.before_start_dates", {"halal": "2026-01-02", "gacc": "2026-02-03"})


def turned(scenario: Scenario, where: str) -> Scenario:
    """The scenario with one mapping listed from its end."""
    *path, last = where.split(".")
    data = copy.deepcopy(scenario.plain)
    place: Any = data
    for part in path:
        place = next(one for one in place if one["name"] == part) if isinstance(place, list) else place[part]
    assert len(place[last]) > 1
    place[last] = dict(reversed(place[last].items()))
    return parse(Scenario, data, scenario.name)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[[Scenario], Result]:
    """Simulates as if nothing had been run before."""

    def afresh(scenario: Scenario) -> Result:
        monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
        return simulate(scenario, 10)

    return afresh


@pytest.mark.parametrize(
    "where",
    [
        "campaign.turnover",
        "demand.classes.unknown.rmb",
        "pathway.stages.sample-test.needs",
        "clusters.cibaduyut.before_start",
        "clusters.cibaduyut.before_start_dates",
    ],
)
def test_what_may_be_listed_in_any_order_gives_the_same_digest_and_the_same_bits(
    where: str, listed: Scenario, run: Callable[[Scenario], Result]
):
    other = turned(listed, where)
    assert other.text != listed.text
    assert other.digest == listed.digest
    assert golden.digest(run(other)) == golden.digest(run(listed))


def test_the_order_of_brand_classes_says_which_is_better_known_and_is_part_of_the_digest(
    listed: Scenario, run: Callable[[Scenario], Result]
):
    other = turned(listed, "demand.classes")
    assert other.digest != listed.digest
    steps = [[move.after for move in moves(one) if move.path == "demand.brand_class"] for one in (listed, other)]
    assert steps == [["known-in-china"], ["unknown"]]
    assert golden.digest(run(other)) == golden.digest(run(listed))  # of the run itself not a bit


def test_the_order_of_resources_moves_only_the_last_bits_of_what_they_cost(
    listed: Scenario, run: Callable[[Scenario], Result]
):
    other = turned(listed, "resources")
    assert other.digest == listed.digest
    one, another = run(listed), run(other)
    np.testing.assert_array_equal(one.readiness, another.readiness)
    np.testing.assert_array_equal(one.shares(), another.shares())
    assert one.binding().to_dict() == another.binding().to_dict()
    np.testing.assert_allclose(one.cost_idr(), another.cost_idr(), rtol=1e-14)
