"""What a planner can move: places of a scenario with their values, units, ranges and sources."""

import hypothesis
import numpy as np
import pytest
from hypothesis import strategies as st

import sim
from sim.programme import quantities
from sim.scenario import scenario_names
from sim.view import levers, names
from sim.view.reading import may_carry
from tests.shipped import shipped

LANGUAGES = ("id", "en")
FIXED = {
    "campaign.access",
    "campaign.min_stock_items",
    "campaign.min_store_age_days",
    "campaign.stock_rule",
    "demand.brand_class",
    "demand.denominator",
    "demand.marketing_idr",
    "demand.maturity",
    "finance.working_capital_idr",
}


def places(name):
    return [place for group in levers.groups(shipped(name)).values() for place in group]


# What can do nothing in a campaign: a stock rule and an age that no gate asks for, the only kind of access or turnover.
IDLE = {
    "amazon-black-friday-2027": {
        "campaign.min_stock_items",
        "campaign.min_store_age_days",
        "campaign.stock_rule",
        "demand.denominator",
    },
    "halal-ramadan-2028": {
        "campaign.access",
        "campaign.min_stock_items",
        "campaign.min_store_age_days",
        "campaign.stock_rule",
    },
}


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_offers_the_levers_of_the_interface_that_do_anything_and_every_resource(name):
    scenario = shipped(name)
    paths = {place.path for place in places(name)}
    assert paths >= {f"resources.{r}.units" for r in scenario.resources}
    assert paths & FIXED == FIXED - IDLE.get(name, set())


@pytest.mark.parametrize("name", IDLE)
def test_a_stock_rule_and_an_age_that_no_gate_asks_for_change_nothing(name):
    base = sim.simulate(shipped(name), 5).shares()
    for path, value in (("campaign.stock_rule", "items"), ("campaign.min_store_age_days", 90)):
        assert sim.simulate(shipped(name).set(path, value), 5).shares().equals(base)


@pytest.mark.parametrize("name", scenario_names())
def test_the_value_in_force_is_among_those_offered_and_all_are_in_order(name):
    for place in places(name):
        assert place.value in place.values
        if not isinstance(place.value, str):
            assert list(place.values) == sorted(set(place.values))
            assert len(place.values) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", scenario_names())
def test_every_lever_has_a_name_and_a_range_or_source_in_both_languages(name, language):
    scenario = shipped(name)
    for place in places(name):
        assert place.name(scenario, language) != place.path
        assert place.note(scenario, language) or not levers.applies(scenario, place.path)
        assert all(place.shown(value, language) for value in place.values)


@pytest.mark.parametrize("name", ["cibaduyut-2027", "amazon-black-friday-2027", "single-day-2018"])
def test_every_value_offered_at_the_ends_is_one_that_the_scenario_takes(name):
    scenario = shipped(name)
    for place in places(name):
        for value in (place.values[0], place.values[-1]):
            moved = scenario.set(place.path, value)
            assert levers.place(moved, place.path).value == value


@hypothesis.given(st.floats(-9, 3), st.floats(0.5, 8))
def test_even_steps_are_round_and_about_equally_far_apart_by_factor(power, width):
    low, high = 10.0**power, 10.0 ** (power + width)
    steps = np.array(levers.even_steps(low, high))
    factors = steps[2:-1] / steps[1:-2]
    assert (steps[0], steps[-1]) == (low, high)
    assert (factors < 1.4).all()
    assert (factors > 1.1).all()
    assert all(float(f"{x:.1e}") == x for x in steps[1:-1])


def test_the_number_of_items_asked_for_counts_only_where_items_are_counted():
    scenario = sim.Scenario.load("cibaduyut-2027")
    assert not levers.applies(scenario, "campaign.min_stock_items")
    assert levers.applies(scenario.set("campaign.stock_rule", "items"), "campaign.min_stock_items")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", scenario_names())
def test_every_uncertain_number_that_may_carry_an_answer_has_a_name(name, language):
    scenario = shipped(name)
    unnamed = [
        path
        for path, quantity in quantities(scenario).items()
        if not quantity.certain and may_carry(path) and names.quantity(path, scenario, language) == path
    ]
    assert unnamed == []
