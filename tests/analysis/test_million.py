"""The next million: what a step brings over what it costs, pair by pair, and what cannot be told from nothing."""

import functools
import threading

import numpy as np
import pytest

import sim
from sim import BadInput
from sim.analysis.million import next_million, ratio
from sim.experiment import Cancelled, moves
from sim.view import optimise as view
from tests.store.scenarios import uncertain
from tests.store.test_store import said, store

__all__ = ["store"]  # a fixture
COACHES, MARKETING, CAPITAL = "resources.coach.units", "demand.marketing_idr", "finance.working_capital_idr"
WEEKS = 130.0


@functools.cache
def base():
    return sim.experiment.simulate("cibaduyut-2027", 40)


@functools.cache
def found():
    return next_million(base(), lead_weeks=WEEKS)


def row(path):
    return found().set_index("path").loc[path]


def test_a_gain_is_the_mean_of_pairs_over_the_mean_of_what_they_cost():
    move = next(m for m in moves(base().scenario) if m.path == MARKETING)
    other = sim.experiment.simulate(move.on(base().scenario), 40)
    cost = other.programme_idr(WEEKS * 7) - base().programme_idr(WEEKS * 7)
    sales = [one.mixed.sales_idr(np.array([WEEKS * 7])).sum(axis=1)[:, 0] for one in (base(), other)]
    one = row(MARKETING)
    assert one.programme_idr == pytest.approx(cost.mean())
    assert one.sales_idr == pytest.approx(1e6 * (sales[1] - sales[0]).mean() / cost.mean())
    assert one.sales_idr_low < one.sales_idr < one.sales_idr_high
    assert one.sales_idr_verdict == "more"


def test_what_brings_most_comes_first_and_what_changes_nothing_is_told_from_what_is_open():
    table = found()
    assert table.path.iloc[0] == MARKETING
    assert not table.paid.iloc[-1]
    same = table[(table.share_verdict == "same") & table.paid]
    assert len(same) > 2
    assert (same[["share", "share_low", "share_high"]] == 0).all(axis=None)
    open_ones = table[(table.share_verdict == "open") & table.paid]
    assert len(open_ones)
    assert ((open_ones.share_low <= 0) | (open_ones.share_verdict == "open")).all()


def test_what_costs_the_programme_nothing_is_no_return_on_its_money():
    one = row(CAPITAL)
    assert not one.paid
    assert np.isnan(one.share)
    assert "costs the programme nothing" in view.million_table(found(), base().scenario, "en").to_string()


def test_twice_the_amount_brings_twice_as_much_in_the_same_place():
    double = next_million(base(), 2e6, lead_weeks=WEEKS)
    assert list(double.path) == list(found().path)
    assert double.sales_idr.dropna().tolist() == pytest.approx((2 * found().sales_idr.dropna()).tolist())
    assert double.sales_idr_high.dropna().tolist() == pytest.approx((2 * found().sales_idr_high.dropna()).tolist())


def test_a_scenario_and_a_result_of_it_give_the_same():
    scenario = uncertain()
    one = next_million(scenario, lead_weeks=20, replications=12, seed=7)
    other = next_million(sim.experiment.simulate(scenario, 12, 7), lead_weeks=20)
    assert one.equals(other)
    assert one.attrs == {"amount_idr": 1_000_000, "lead_weeks": 20.0, "seed": 7, "replications": 12}


def test_the_interval_of_a_ratio_holds_the_truth_as_often_as_it_says(monkeypatch):
    monkeypatch.setattr("sim.analysis.million.RESAMPLES", 499)
    chance, inside = np.random.default_rng(1), 0
    for _ in range(200):
        cost = chance.lognormal(2.0, 0.3, 50)
        brought = 0.5 * cost + chance.normal(0.0, 2.0, 50)
        _mean, low, high = ratio(brought, cost, chance)
        inside += low <= 0.5 <= high
    assert abs(inside / 200 - 0.9) < 0.065  # three standard errors


def test_a_ratio_that_is_the_same_in_every_pair_is_known_and_one_of_nothing_is_nothing():
    cost, chance = np.array([1.0, 2.0, 5.0]), np.random.default_rng(1)
    assert ratio(2 * cost, cost, chance) == (2.0, 2.0, 2.0)
    assert ratio(0 * cost, cost, chance) == (0.0, 0.0, 0.0)


def test_the_sentences_name_the_place_and_say_when_none_can_be_told():
    lines = view.million_lines(found(), base().scenario, "en")
    assert lines[0].startswith("With a lead time of 130 weeks, Rp1 million more brings most sales in Marketing: Rp")
    nothing = next_million(base(), lead_weeks=4)
    assert view.million_lines(nothing, base().scenario, "en")[0].startswith(
        "With a lead time of 4 weeks no place can be told"
    )


def test_the_command_ranks_the_places(store):
    out = said("optimise", "cibaduyut-2027", "--million", "--set", "lead_weeks=130", "--replications", "30")
    assert "more brings most sales in Marketing" in out
    assert "130" in out


@pytest.mark.parametrize("amount", [0, -1.0, float("inf")])
def test_an_amount_that_is_none_is_refused(amount):
    with pytest.raises(BadInput, match="amount_idr: must be above 0"):
        next_million(base(), amount)


def test_it_can_be_stopped_and_says_how_far_it_is():
    told, stop = [], threading.Event()
    next_million(uncertain(), lead_weeks=20, replications=5, progress=lambda *one: told.append(one))
    assert told[-1] == (len(told), len(told))
    stop.set()
    with pytest.raises(Cancelled):
        next_million(uncertain(), replications=5, cancel=stop)
