"""The smallest single changes that make a target possible: against trying every value, and on the same numbers."""

import threading

import numpy as np
import pytest

import sim
from sim import Scenario
from sim.experiment import Cancelled, Result, remedies, when
from sim.outcomes.cost import PROGRAMME
from tests.view.conftest import small_scenario

CAPITAL, RULE, COACHES, ITEMS = (
    "finance.working_capital_idr",
    "campaign.stock_rule",
    "resources.coach.units",
    "campaign.min_stock_items",
)
CAPITALS = [5e8, 1e9, 2e9, 3e9, 4e9, 6e9, 1e10, 3e10, 1e11]
CHANCE = 0.6


def poor() -> Scenario:
    """Cibaduyut with a stock rule that its capital cannot meet, so that no lead time is enough."""
    scenario = small_scenario()
    for path, value in {RULE: "items", ITEMS: 20_000, CAPITAL: 1e9}.items():
        scenario = scenario.set(path, value)
    return scenario


@pytest.fixture(scope="module")
def result() -> Result:
    found = sim.simulate(poor(), 16, 3)
    assert when(found, None, CHANCE).never
    return found


def with_value(result: Result, path: str, value: float | str) -> Result:
    return sim.simulate(result.scenario.set(path, value), result.replications, result.seed)


def test_the_smallest_change_is_the_one_that_trying_every_value_finds(result):
    (found,) = remedies(result, None, CHANCE, {CAPITAL: CAPITALS})
    enough = [x for x in CAPITALS if not when(with_value(result, CAPITAL, x), None, CHANCE).never]
    assert found.value == enough[0]
    assert found.value not in (CAPITALS[2], CAPITALS[-1])  # neither the first nor the last that could be tried
    assert found.answer == when(with_value(result, CAPITAL, enough[0]), None, CHANCE)


def test_numbers_are_tried_below_the_one_in_force_as_well(result):
    (found,) = remedies(result, None, CHANCE, {ITEMS: [2_000, 5_000, 10_000, 20_000, 40_000]})
    assert found.value < 20_000
    larger = [x for x in (5_000, 10_000) if x > found.value]
    assert all(when(with_value(result, ITEMS, x), None, CHANCE).never for x in larger)


def test_every_other_name_is_tried_and_what_is_of_no_use_is_left_out(result):
    found = remedies(result, None, CHANCE, {RULE: ["none", "items", "value"], COACHES: [1, 6, 12, 40]})
    assert "none" in [one.value for one in found]
    assert COACHES not in [one.path for one in found]  # coaches make no money


def test_a_share_out_of_reach_of_every_lever_has_no_remedy(result):
    assert remedies(result, 0.5, CHANCE, {CAPITAL: CAPITALS, RULE: ["none", "items"]}) == []


def test_the_cost_is_the_difference_of_pairs_at_the_least_lead_time(result):
    (found,) = remedies(result, None, CHANCE, {CAPITAL: CAPITALS})
    other, days = with_value(result, CAPITAL, found.value), found.answer.least_days
    for gained, public in ((found.public_idr, True), (found.own_idr, False)):
        paid, before = (cost_idr(one, days, public) for one in (other, result))
        assert gained.mean == pytest.approx((paid - before).mean())
        assert gained.low <= gained.mean <= gained.high
    assert found.own_idr.mean > 0  # goods for a store that opens now


def cost_idr(result: Result, days: float, public: bool) -> np.ndarray:
    """What is paid until the event, by the programme or by the others, one a replication."""
    lead = np.array([days])
    part, sales = result.mixed.taking_part(lead)[:, :, 0], result.mixed.sales_idr(lead)[:, :, 0]
    kinds = result.mixed.costs.at(days, sales, part, result.mixed.paid)
    return sum(amount for kind, amount in kinds.items() if (kind in PROGRAMME) is public)


def test_what_the_rules_exclude_is_passed_over(result):
    assert remedies(result, None, CHANCE, {"campaign.access": ["no-such-way"]}) == []


def test_it_says_how_far_it_is_and_stops_when_told(result):
    told = []
    remedies(result, None, CHANCE, {RULE: ["none"], COACHES: [12, 20]}, lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        remedies(result, None, CHANCE, {RULE: ["none"]}, cancel=cancel)
