"""Every uncertain number at its ends: what changes is what a simulation with that end says; the doubt is its rows'."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim import BadInput, Scenario
from sim.experiment import tornado, weakest
from sim.experiment.tornado import standing, uncertain
from sim.programme.quantity import Quantity
from tests.outcomes.small import small

ROWS = {
    "E1": {"confidence": "high", "audit": "confirmed"},
    "E2": {"confidence": "low", "audit": "not-audited"},
}
CAPITAL = "finance.working_capital_idr"


@pytest.fixture(scope="module")
def result():
    capital = {"central": 4_000, "low": 2_500, "high": 6_000}
    interest = {"central": 0.1, "low": 0.05, "high": 0.2, "assumption": "for the test"}
    scenario = small(
        campaign__stock_rule="none", finance__working_capital_idr=capital, finance__interest_per_year=interest
    )
    return sim.simulate(scenario, 40, 7)


def test_an_end_is_what_a_simulation_with_it_says(result):
    found = tornado(result, 20, 40, [CAPITAL]).iloc[0]
    for end, value in (("low", 2_500), ("high", 6_000)):
        other = sim.simulate(result.scenario.set(CAPITAL, value), 40, 7)
        more = other.mixed.share(np.array([140.0])) - result.mixed.share(np.array([140.0]))
        assert found[f"share_at_{end}"] == pytest.approx(more.mean())
        assert found[f"share_at_{end}_from"] < more.mean() < found[f"share_at_{end}_to"]
    assert found["share_at_low"] < 0 < found["share_at_high"]
    assert found["share_told"]
    whole = result.mixed.share(np.array([280.0])).mean()
    assert found["share_effect"] == pytest.approx((found["share_at_high"] - found["share_at_low"]) / whole)


def test_later_is_more_weeks_and_sooner_fewer():
    scenario = Scenario.load("cibaduyut-2027")
    path = "pathway.stages.coach.duration.mean"
    found = tornado(sim.simulate(scenario, 20), 104, 156, [path]).iloc[0]
    assert found["weeks_at_low"] < 0 < found["weeks_at_high"]
    assert found["rows"] == scenario.pathway.stages[2].duration.mean.row


def test_the_number_that_changes_most_comes_first_and_interest_changes_nothing(result):
    table = tornado(result, 20, 40)
    assert table["path"].iloc[0] == CAPITAL
    idle = table[table["path"] == "finance.interest_per_year"].iloc[0]
    assert (idle["effect"], idle["share_told"], idle["weeks_told"]) == (0, False, False)
    assert "finance.interest_per_year" not in list(weakest(table)["path"])


def test_what_is_certain_or_of_the_known_case_or_never_done_is_not_tried(result):
    with pytest.raises(BadInput, match="no uncertain number"):
        tornado(result, 20, 40, ["demand.push"])
    with pytest.raises(BadInput, match="at least one"):
        tornado(result, 20, 40, [])
    paths = uncertain(Scenario.load("cibaduyut-2027"))
    assert "demand.push" in paths
    assert not [p for p in paths if p.startswith(("case.", "pathway.stages.halal."))]


@pytest.mark.parametrize(
    ("row", "assumption", "source", "confidence", "audit"),
    [
        ("E1", None, "taken", "high", "confirmed"),
        ("E1", "rounded", "adapted", "medium", "confirmed"),
        ("E1 E2", None, "taken", "low", "not-audited"),
        ("E2", "halved", "adapted", "low", "not-audited"),
        (None, "a guess", "assumed", "assumption", ""),
    ],
)
def test_a_number_stands_as_well_as_the_least_of_its_rows(row, assumption, source, confidence, audit):
    found = standing(Quantity(2.0, 1.0, 3.0, row=row, assumption=assumption), ROWS)
    assert found == {"rows": row or "", "source": source, "confidence": confidence, "audit": audit}


def test_the_weakest_are_those_of_most_doubt_times_effect():
    table = pd.DataFrame({"path": ["sure", "unsure", "idle"], "effect": [0.5, 0.3, 0.0], "weakness": [0.5, 1.2, 0.0]})
    assert list(weakest(table)["path"]) == ["unsure", "sure"]
    assert list(weakest(table, 1)["path"]) == ["unsure"]
