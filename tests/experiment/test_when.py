"""The inverse question: the least lead time and the latest start, with an interval, or *never* and what holds."""

import dataclasses
import datetime
import math

import numpy as np
import pytest
from scipy.stats import binom, expon

import sim
from sim import BadInput, Result
from sim.experiment.intervals import of_quantile
from sim.experiment.report import answer_report
from tests.outcomes.small import EVENT, small

INF = np.inf


def quantile_interval(values: np.ndarray, probability: float) -> tuple[float, float, float]:
    found = of_quantile(values, probability)
    return found.estimate, found.low, found.high


# ── a quantile and its interval ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("probability", "quantile"), [(0.05, 1), (0.1, 1), (0.11, 2), (0.5, 5), (0.501, 6), (0.9, 9), (0.99, 10)]
)
def test_the_quantile_is_the_least_value_that_so_many_do_not_exceed(probability: float, quantile: float):
    assert quantile_interval(np.arange(10.0, 0.0, -1), probability)[0] == quantile


@pytest.mark.parametrize(("hundredths", "n"), [(7, 100), (14, 50), (28, 25), (55, 100), (68, 75)])
def test_a_product_a_hair_above_a_whole_number_is_no_rank_too_high(hundredths: int, n: int):
    probability = hundredths / 100
    assert probability * n > hundredths * n // 100  # 0.07 × 100 is 7.000000000000001 in binary
    assert quantile_interval(np.arange(1.0, n + 1), probability)[0] == hundredths * n // 100


def test_the_ends_are_the_order_statistics_of_the_binomial():
    # Twenty fair coins: P(at most 5) = 0.0207, at most 6 = 0.0577, at most 13 = 0.9423, at most 14 = 0.9793. So the
    # 6th value is above the median in 2.07 % of samples, the 7th would be in 5.77 %; the 15th mirrors the 6th.
    assert quantile_interval(np.arange(1.0, 21.0), 0.5) == (10, 6, 15)


def test_an_interval_that_a_small_sample_cannot_close_is_open():
    _, low, high = quantile_interval(np.array([3.0, 4.0, 5.0]), 0.5)
    assert (low, high) == (0, INF)  # three values all lie above the median in an eighth of samples
    assert quantile_interval(np.arange(1.0, 21.0), 0.99)[2] == INF


def test_values_that_are_never_reached_count_as_larger_than_all():
    values = np.array([10.0] * 12 + [INF] * 8)
    assert quantile_interval(values, 0.5)[0] == 10
    assert quantile_interval(values, 0.6)[0] == 10
    assert quantile_interval(values, 0.61)[0] == INF
    assert quantile_interval(values, 0.5)[2] == INF  # the 15th is one of the eight
    assert quantile_interval(np.full(20, INF), 0.5) == (INF, INF, INF)


def coverage(trials: int, n: int, probability: float, never: float) -> tuple[float, float]:
    """How often the interval holds the true quantile, and how often it must by the ranks it takes.

    The values are exponential, but for a share that is infinite.
    """
    truth = expon.ppf(probability / (1 - never))
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(trials):
        values = np.where(rng.random(n) < never, INF, rng.exponential(size=n))
        _, low, high = quantile_interval(values, probability)
        inside += low <= truth <= high
    # At least r of n values below the quantile and fewer than s, each with the probability.
    r, s = binom.ppf(0.05, n, probability), binom.ppf(0.95, n, probability) + 1
    return inside / trials, float(binom.cdf(s - 1, n, probability) - binom.cdf(r - 1, n, probability))


def assert_covered(trials: int, n: int, probability: float, never: float) -> None:
    observed, exact = coverage(trials, n, probability, never)
    assert exact >= 0.90
    # Four standard errors: a false alarm once in 16,000, and the numbers are always the same.
    assert observed == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / trials))


@pytest.mark.parametrize(("n", "probability"), [(60, 0.5), (40, 0.8)])
def test_an_interval_covers_the_truth_as_often_as_it_says(n: int, probability: float):
    assert_covered(60, n, probability, never=0.1)


@pytest.mark.slow
@pytest.mark.parametrize("n", [20, 60, 500])
@pytest.mark.parametrize("probability", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("never", [0.0, 0.15])
def test_an_interval_covers_the_truth_as_often_as_it_says_in_a_thousand_trials(
    n: int, probability: float, never: float
):
    assert_covered(1_000, n, probability, never)


# ── the least lead time ──────────────────────────────────────────────────────────────────────────────────────────────
def uncertain() -> Result:
    """The small scenario with gates, demand and turnover that differ between replications."""
    scenario = small(
        demand__classes__unknown__rmb={"p05": 0.0, "p25": 100.0, "p50": 2_000.0, "p95": 9_000.0},
        campaign__gates__stock__deadline_days={"central": 30, "low": 10, "high": 90},
        campaign__shipping__variation=0.5,
        campaign__turnover__alibaba__amount_rmb={"central": 1e6, "low": 5e5, "high": 2e6},
    )
    return sim.simulate(scenario, replications=40, seed=3)


@pytest.fixture(scope="module")
def result() -> Result:
    return uncertain()


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.6, 0.9])
@pytest.mark.parametrize("share", [1e-6, 0.004, 0.01, 0.02])
def test_the_least_lead_time_is_the_one_found_by_trying_every_day(result: Result, share: float, probability: float):
    reached = (result.mixed.share(np.arange(1001.0)) >= share).mean(axis=0)
    enough = np.flatnonzero(reached >= probability - 1e-12)
    answer = sim.when(result, share, probability)
    assert answer.least_days == (enough[0] if len(enough) else INF)
    assert answer.reached == pytest.approx(reached[-1])


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9, 0.999])
def test_being_ready_at_all_asks_for_one_brand_past_every_gate(result: Result, probability: float):
    reached = (result.mixed.brands_in(np.arange(1001.0)) >= 1).mean(axis=0)
    answer = sim.when(result, None, probability)
    assert answer.least_days == np.flatnonzero(reached >= probability - 1e-12)[0]
    assert (answer.share, answer.reached, answer.held_by) == (None, 1.0, {})


def test_the_start_is_so_many_days_before_the_event():
    answer = sim.when(sim.simulate(small(), replications=2), None, 0.5)
    # Bima is ready with 113.25 days, so the least whole number is 114: 20 July 2027.
    assert answer.least_days == 114
    assert answer.start_date == EVENT - datetime.timedelta(days=114) == datetime.date(2027, 7, 20)
    assert not answer.never


def test_the_least_lead_time_set_as_the_lead_time_reaches_the_target():
    # Days go through weeks and back: 115 / 7 × 7 is a hair below 115, and 115 is what Ada asks for.
    for days in (115, 122, 230, 460, 481):
        scenario = small(campaign__gates__stock__deadline_days=days - 85.0)
        result = sim.simulate(scenario.set("lead_weeks", days / 7), replications=1)
        assert result.mixed.readiness.days[0, 0] == days
        assert result.brands_in([days / 7]).tolist() == [2]
        assert result.brands_in(result.own_weeks).tolist() == [2]
        assert result.brands_in([(days - 0.01) / 7]).tolist() == [1]


def test_the_interval_holds_the_answer(result: Result):
    for probability in (0.2, 0.5, 0.8):
        answer = sim.when(result, 0.004, probability)
        assert answer.low_days <= answer.least_days <= answer.high_days


# ── never ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def never(share: float | None, **changes: object) -> sim.Answer:
    return sim.when(sim.simulate(small(**changes), replications=20), share, 0.5)


def test_a_share_beyond_demand_is_never_reached_and_demand_holds():
    answer = never(0.5)
    assert (answer.never, answer.start_date, answer.reached) == (True, None, 0)
    assert (answer.least_days, answer.low_days, answer.high_days) == (INF, INF, INF)
    assert answer.held_by == {"cap.demand": 1.0}


def test_goods_that_cannot_be_paid_for_are_named():
    # With the rule nobody can have 400 items; without it only 10 and 20 are there for hundreds that are wanted.
    assert never(None, finance__working_capital_idr=200).held_by == {"cap.working_capital": 1.0}
    assert never(0.5, finance__working_capital_idr=200, campaign__stock_rule="none").held_by == {
        "cap.working_capital": 1.0
    }


def test_workshops_that_are_too_slow_are_named():
    slow = {
        "clusters__ada__workforce__items_per_worker_day": 0.01,
        "clusters__bima__workforce__items_per_worker_day": 0.002,
    }
    # 0.024 and 0.04 items a day for all: 22 and 37 in the whole horizon of 1,000 days, while the money buys more.
    assert never(0.5, campaign__stock_rule="none", **slow).held_by == {"cap.capacity": 1.0}
    assert never(None, **slow).held_by == {"cap.capacity": 1.0}


def test_of_brands_that_make_nothing_the_stock_is_named_and_not_production():
    # A million of each brand's goods lies ready, and after that nothing is made; buyers want more.
    answer = sim.when(sim.simulate("single-day-2018", replications=20), 0.01, 0.5)
    assert set(answer.held_by) <= {"cap.stock", "cap.demand"}
    assert answer.held_by["cap.stock"] > 0


def test_a_brand_whose_store_is_not_paid_for_does_not_take_part_and_the_budget_is_named():
    # 390 of people and 90 of attempts come first; a store costs 30.
    answer = never(None, finance__budget_idr=509)
    assert (answer.never, answer.reached, answer.held_by) == (True, 0, {"cap.budget": 1.0})
    assert never(None, finance__budget_idr=510).least_days == 114


def test_what_holds_adds_up_to_what_never_reaches_the_target(result: Result):
    answer = sim.when(result, 0.02, 0.9)
    assert 0 < answer.reached < 0.9
    assert answer.never
    assert sum(answer.held_by.values()) == pytest.approx(1 - answer.reached)


def test_never_is_null_in_the_report(result: Result):
    report = answer_report(result, sim.when(result, 0.9, 0.5))
    assert report["never"] is True
    assert (report["least_lead_weeks"], report["interval_weeks"], report["start_date"]) == (None, [None, None], None)
    found = answer_report(result, sim.when(result, None, 0.5))
    assert found["never"] is False
    assert found["least_lead_weeks"] * 7 == pytest.approx(sim.when(result, None, 0.5).least_days)


# ── bad inputs ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("share", [0, -0.1, 1.0001, 30, math.nan, INF])
def test_a_share_that_is_no_fraction_is_refused(result: Result, share: float):
    with pytest.raises(BadInput, match="share"):
        sim.when(result, share, 0.5)


@pytest.mark.parametrize("probability", [0, 1, -1, 1.5, 80, math.nan])
def test_a_probability_that_is_none_is_refused(result: Result, probability: float):
    with pytest.raises(BadInput, match="probability"):
        sim.when(result, 0.01, probability)


def test_the_whole_event_may_be_asked_for(result: Result):
    assert sim.when(result, 1, 0.5).never


def test_an_answer_is_a_frozen_value(result: Result):
    answer = sim.when(result, 0.01, 0.5)
    with pytest.raises(dataclasses.FrozenInstanceError):
        answer.share = 0.5
    assert answer == sim.when(result, 0.01, 0.5)
