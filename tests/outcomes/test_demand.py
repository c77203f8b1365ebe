"""What buyers want: class quantiles, push, age of the store, quality, marketing. Expected numbers from model.md §6."""

import dataclasses
import functools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from sim import BadInput, Quantity, Scenario
from sim.outcomes import Layer, Numbers
from sim.outcomes.demand import awareness_sales, from_quantiles, maturity
from sim.scenario import Quantiles
from sim.streams import uniforms
from tests.outcomes.small import RMB, projected, small

ADA, BIMA = 0, 1
# model.md §6, gross sales of a newly opened store in RMB.
TABLE = {
    "unknown": {"p05": 0, "p25": 0, "p50": 2e3, "p75": 2e4, "p95": 4e5, "p99": 2e6, "p999": 1e7},
    "known-at-home": {"p05": 5e3, "p25": 5e4, "p50": 2e5, "p75": 7e5, "p95": 4e6, "p99": 1e7, "p999": 2.5e7},
}
PROBABILITY = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95, "p99": 0.99, "p999": 0.999}


@functools.cache
def shipped(brand_class: str) -> Quantiles:
    return Scenario.load("cibaduyut-2027").demand.classes[brand_class]


def at(kind: Quantiles, probability: float) -> float:
    return float(from_quantiles(kind, np.array([probability]))[0])


# ── the classes ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("brand_class", TABLE)
def test_a_class_hits_its_table_at_every_quantile(brand_class: str):
    kind = shipped(brand_class)
    assert set(kind.rmb) == set(TABLE[brand_class])
    for name, rmb in TABLE[brand_class].items():
        assert at(kind, PROBABILITY[name]) == pytest.approx(rmb, rel=1e-9, abs=1e-6), name


@pytest.mark.parametrize("brand_class", TABLE)
def test_a_class_is_bounded_by_its_first_and_last_quantile(brand_class: str):
    kind, table = shipped(brand_class), TABLE[brand_class]
    assert at(kind, 1e-12) == pytest.approx(table["p05"], abs=1e-6)
    assert at(kind, 0.9999) == at(kind, 1 - 1e-12) == pytest.approx(table["p999"])


@pytest.mark.parametrize("brand_class", TABLE)
@given(st.floats(1e-9, 1 - 1e-9), st.floats(1e-9, 1 - 1e-9))
def test_sales_never_fall_as_the_probability_grows(brand_class: str, one: float, other: float):
    low, high = sorted((one, other))
    top = TABLE[brand_class]["p999"] * (1 + 1e-9)
    assert 0 <= at(shipped(brand_class), low) <= at(shipped(brand_class), high) <= top


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(0, 1e8)), min_size=7, max_size=7).map(sorted), st.floats(1e-9, 1 - 1e-9)
)
def test_any_table_is_hit_and_nothing_between_two_quantiles_leaves_them(rmb: list[float], probability: float):
    kind = Quantiles(dict(zip(PROBABILITY, rmb, strict=True)))
    for (name, p), expected in zip(PROBABILITY.items(), rmb, strict=True):
        assert at(kind, p) == pytest.approx(expected, rel=1e-9, abs=1e-6), name
    above = [r for r, p in zip(rmb, PROBABILITY.values(), strict=True) if p >= probability]
    below = [r for r, p in zip(rmb, PROBABILITY.values(), strict=True) if p <= probability]
    found = at(kind, probability)
    assert (below or rmb)[-1 if below else 0] - 1e-6 <= found * (1 + 1e-9)
    assert found <= (above or rmb)[0 if above else -1] * (1 + 1e-9) + 1e-6


def test_most_unknown_labels_sell_almost_nothing():
    sales = from_quantiles(shipped("unknown"), uniforms(100_000, 1, "test"))
    assert (sales < 10_000).mean() == pytest.approx(0.67, abs=0.05)  # 70 % about nothing (E836)
    assert (sales > 1e6).mean() == pytest.approx(0.02, abs=0.01)  # 2 % above RMB 1 m
    assert np.median(sales) == pytest.approx(2000, rel=0.03)


def test_a_brand_has_one_chance_number_in_every_class_and_scenario():
    plain = projected(small(), 50)
    spread = small(demand__classes__unknown__rmb={"p00001": 10.0, "p5": 1_000.0, "p99999": 1e5})
    drawn = projected(spread, 50).demand.awareness_items
    other = projected(spread.set("campaign.access", "ordinary").set("resources.coach.units", 1), 50)
    assert len(np.unique(drawn)) == 100  # each brand and replication its own
    assert np.array_equal(drawn, other.demand.awareness_items)
    assert (plain.demand.awareness_items == plain.demand.awareness_items[0]).all()


# ── push ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def awareness(scenario: Scenario, **rest: object) -> list[float]:
    return projected(scenario, **rest).demand.awareness_items[0].tolist()


def test_awareness_in_items_is_sales_over_the_price_paid_times_quality():
    # RMB 2,000 at RMB 10 × 0.8 and RMB 40 × 0.8: 250 and 62.5 items; quality 0.8: 200 and 50.
    assert awareness(small()) == pytest.approx([200, 50])
    assert awareness(small(demand__quality_factor=1.0)) == pytest.approx([250, 62.5])
    assert awareness(small(demand__discount=0.0)) == pytest.approx([160, 40])


def test_an_invitation_multiplies_the_classes_that_are_pushed():
    assert awareness(small(demand__push=3)) == pytest.approx([600, 150])


def test_without_an_invitation_nothing_is_pushed():
    assert awareness(small(demand__push=3, campaign__access="ordinary")) == pytest.approx([200, 50])


def test_a_class_that_is_not_pushed_stays_as_it_is():
    scenario = small(demand__push=3, demand__classes__unknown__pushed=False)
    assert awareness(scenario) == pytest.approx([200, 50])


def test_the_shipped_classes_known_in_china_is_not_pushed_and_the_others_are():
    classes = Scenario.load("cibaduyut-2027").demand.classes
    assert {name: kind.pushed for name, kind in classes.items()} == {
        "unknown": True,
        "known-at-home": True,
        "known-in-china": False,
    }


def test_push_is_drawn_on_the_log_from_1_to_30_around_3():
    push = Scenario.load("cibaduyut-2027").demand.push
    assert (push.low, push.central, push.high) == (1, 3, 30)
    drawn = push.at(np.array([0.5]))[0]
    # PERT of the logarithm: a beta of 1 + 4 ln 3 / ln 30 = 2.292 and 3.708 over 0 to ln 30, its median about
    # (2.292 − 1/3) / (6 − 2/3) = 0.3673 of it.
    assert math.log(drawn) == pytest.approx(0.3673 * math.log(30), abs=0.01)


# ── the store's age ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_demand_grows_with_age_towards_a_multiple():
    ages = np.array([0.0, 50.0, 100.0, 1e6])
    # M = 3, τ = 50: 1, 1 + 2 (1 − e⁻¹) = 2.26424, 1 + 2 (1 − e⁻²) = 2.72933, 3.
    assert maturity(ages, np.array(3.0), np.array(50.0), linear=False) == pytest.approx([1, 2.264241, 2.729329, 3])


def test_linear_growth_starts_as_steeply_and_has_no_ceiling():
    ages = np.array([0.0, 50.0, 100.0, 1000.0])
    assert maturity(ages, np.array(3.0), np.array(50.0), linear=True) == pytest.approx([1, 3, 5, 41])
    little = np.array([0.01])
    assert maturity(little, np.array(3.0), np.array(50.0), True) == pytest.approx(
        maturity(little, np.array(3.0), np.array(50.0), False), abs=1e-6
    )


@pytest.mark.parametrize(("kind", "age_100"), [("saturating", 2.729329), ("linear", 5.0)])
def test_the_scenario_says_how_demand_grows_with_age(kind: str, age_100: float):
    wanted = projected(small(demand__maturity=kind)).items_wanted(np.array([150.0]))[0, :, 0]  # the store is 100 old
    assert wanted == pytest.approx([200 * age_100, 50 * age_100], rel=1e-6)


def test_a_multiple_below_one_does_not_make_an_old_store_sell_less():
    assert maturity(np.array([0.0, 100.0]), np.array(0.5), np.array(50.0), linear=False).tolist() == [1, 1]


def test_missing_the_pre_sale_loses_its_part_of_demand():
    # The pre-sale asks for 95 days (list-goods on 55, + 40); a quarter is sold in it.
    wanted = projected(small(demand__maturity_multiple=1)).items_wanted(np.array([94.9, 95.0]))[0]
    assert wanted.tolist() == [pytest.approx([150, 200]), pytest.approx([37.5, 50])]


# ── marketing ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_marketing_buys_customers_at_their_cost():
    # Rp1,000 at USD 2 × Rp5 a customer are 100 customers of 1.2 items each; ten times awareness is 2,000 and 500.
    bought = projected(small(demand__marketing_idr=1_000)).demand.marketing_items[0]
    assert bought == pytest.approx([120, 120])


def test_marketing_brings_at_most_so_many_times_what_awareness_brings():
    bought = projected(small(demand__marketing_idr=1_000, demand__marketing_ceiling=2)).demand.marketing_items[0]
    assert bought == pytest.approx([120, 100])  # twice 200, twice 50
    flood = projected(small(demand__marketing_idr=1e9)).demand.marketing_items[0]
    assert flood == pytest.approx([2000, 500])  # ten times


def test_without_awareness_money_finds_nobody():
    nobody = small(demand__marketing_idr=1e9, demand__classes__unknown__rmb={"p05": 0.0, "p95": 0.0})
    assert projected(nobody).items_wanted(np.array([500.0])).ravel().tolist() == [0, 0]


def test_marketing_is_not_multiplied_by_the_age_of_the_store():
    wanted = projected(small(demand__marketing_idr=1_000)).items_wanted(np.array([150.0]))[0, :, 0]
    assert wanted == pytest.approx([200 * 2.729329 + 120, 50 * 2.729329 + 120], rel=1e-6)


# ── the fitted class ─────────────────────────────────────────────────────────────────────────────────────────────────
def in_china(**changes: object) -> Scenario:
    kind = {
        "kind": "lognormal",
        "log_sd": 0.8,
        "ceiling_rmb": 9e3,
        "fitted_on": "elsewhere",
        "fitted_sales_idr": 1.0,
        "fitted_lead_days": 70.0,
    }
    classes = small().plain["demand"]["classes"] | {"known-in-china": kind | changes}
    return small().set("demand.classes", classes).set("demand.brand_class", "known-in-china")


def sales_rmb(scenario: Scenario, layer: Layer = "mixed", count: int = 20_000) -> np.ndarray:
    """Gross sales of Ada's new store with a fitted median of RMB 2,000."""
    return awareness_sales(Numbers(scenario, 1, 0, count, layer), RMB)[:, ADA]


def test_a_brand_known_in_china_is_lognormal_around_the_fitted_median_below_a_ceiling():
    free = sales_rmb(in_china(ceiling_rmb=1e9))
    assert np.log(free / RMB) / 0.8 == pytest.approx(norm.ppf(uniforms(20_000, 1, "demand", "ada")), abs=1e-9)
    capped = sales_rmb(in_china())
    assert capped == pytest.approx(np.minimum(free, 9_000))
    assert (capped == 9_000).mean() == pytest.approx(1 - norm.cdf(math.log(4.5) / 0.8), abs=0.005)


def test_its_spread_is_knowledge_and_its_median_is_not_pushed():
    scenario = in_china(log_sd=Quantity(0.8, 0.4, 1.2), ceiling_rmb=1e9).set("demand.push", 10)
    mixed, chance = (np.log(sales_rmb(scenario, layer, 100_000) / RMB) for layer in ("mixed", "chance"))
    assert (np.median(mixed), np.median(chance)) == pytest.approx((0, 0), abs=0.015)
    # A PERT of 0.4 / 0.8 / 1.2 is 0.4 + 0.8 × beta(3, 3), whose variance is 9 / (36 × 7) = 1 / 28 of 0.8²; so the
    # mean of the squared spread is 0.64 (1 + 1 / 28).
    assert chance.std() == pytest.approx(0.8, rel=0.01)
    assert (mixed.std() / chance.std()) ** 2 == pytest.approx(1 + 1 / 28, abs=0.03)


def test_a_median_given_needs_no_fit_and_one_missing_is_asked_for():
    assert projected(in_china(median_rmb=2_000.0, log_sd=0.0)).demand.awareness_items[0] == pytest.approx([200, 50])
    with pytest.raises(BadInput, match="fitted"):
        projected(in_china()).demand  # noqa: B018


def test_quantiles_that_fall_are_refused():
    with pytest.raises(BadInput, match="fall"):
        Quantiles({"p05": 10.0, "p50": 5.0})
    assert dataclasses.is_dataclass(Quantiles({"p05": 5.0, "p50": 5.0}))
