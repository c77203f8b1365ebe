"""The currency in which something is given changes its name only; a leg that a way does not have takes no time."""

from typing import Any

import numpy as np
import pytest

from sim import BadInput, Scenario
from sim.outcomes.money import rate_of_goods
from tests.outcomes.small import RMB, placed, projected, small

LEADS = np.arange(0.0, 300.0, 7.0)
# All that the small scenario gives in renminbi and dollars, at its Rp2 and Rp5.
IN_RUPIAH: dict[str, Any] = {
    "clusters.ada.goods": {"price_idr": 20.0, "unit_cost_idr": 20.0, "defect_rate": 0.2},
    "clusters.bima.goods": {"price_idr": 80.0, "unit_cost_idr": 10.0},
    "demand.classes": {
        name: {"kind": "quantiles", "idr": {"p05": 2 * RMB, "p95": 2 * RMB}} for name in ("unknown", "known-at-home")
    },
    "demand.cost_per_customer_usd": None,
    "demand.cost_per_customer_idr": 10.0,
    "campaign.min_stock_value_rmb": 0.0,
    "campaign.min_stock_value_idr": 4_800.0,
    "campaign.turnover": {"alibaba": {"year": 2025, "amount_idr": 2e6, "portion": 0.5, "growth_per_year": 0.1}},
    "campaign.fees": {"store_idr": 30.0, "commission": 0.05, "operator": 0.1},
    "demand.idr_per_rmb": None,
    "demand.idr_per_usd": None,
}
RULES = {"campaign.stock_rule": "value", "demand.marketing_idr": 500.0}


def outcomes(scenario: Scenario) -> list[np.ndarray]:
    """Sales, share and cost at many lead times, and when brands are ready."""
    projection = projected(scenario)
    lead = np.array([170.0])
    sales, part = projection.sales_idr(lead)[:, :, 0], projection.taking_part(lead)[:, :, 0]
    costs = projection.costs.at(170.0, sales, part, projection.paid)
    return [projection.sales_idr(LEADS), projection.share(LEADS), projection.ready_days, np.array([*costs.values()])]


def test_a_programme_in_rupiah_alone_needs_no_rate_and_comes_out_the_same():
    home, abroad = outcomes(placed(IN_RUPIAH | RULES)), outcomes(placed(RULES))
    assert abroad[0].max() > 0
    for one, other in zip(home, abroad, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_rule_by_value_that_asks_for_nothing_needs_no_rate_either():
    nothing = RULES | {"campaign.min_stock_value_rmb": 0.0}
    home = outcomes(placed(IN_RUPIAH | nothing | {"campaign.min_stock_value_idr": None}))
    for one, other in zip(home, outcomes(placed(nothing)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_each_brand_may_be_priced_in_its_own_currency():
    mixed = placed(RULES | {"clusters.bima.goods": IN_RUPIAH["clusters.bima.goods"]})
    assert rate_of_goods(projected(mixed).numbers).tolist() == [[2.0, 1.0]]
    for one, other in zip(outcomes(mixed), outcomes(placed(RULES)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("clusters.ada.goods", {"price_rmb": 10.0, "unit_cost_idr": 20.0}, "clusters.ada.goods"),
        ("campaign.turnover.alibaba", {"year": 2025, "amount_rmb": 1e6}, "campaign.turnover.alibaba"),
        ("campaign.fees", {"annual_rmb": 5.0}, "campaign.fees.annual_rmb"),
        ("demand.classes.unknown", {"kind": "quantiles", "rmb": {"p05": 1.0, "p95": 2.0}}, "demand.classes.unknown"),
    ],
)
def test_what_is_given_in_a_currency_without_a_rate_is_refused(path: str, value: Any, where: str):
    with pytest.raises(BadInput, match=f"demand.idr_per_rmb: is missing, and {where} is given in RMB; add the rate"):
        placed(IN_RUPIAH | {path: value})


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("clusters.ada.goods.price_idr", 20.0, "exactly one of price_idr, price_rmb"),
        ("demand.cost_per_customer_idr", 10.0, "exactly one of cost_per_customer_idr, cost_per_customer_usd"),
        ("demand.classes.unknown.idr", {"p05": 1.0, "p95": 2.0}, "given beside rmb"),
        ("campaign.min_stock_value_idr", 9.0, "given in two currencies"),
        (
            "campaign.fees",
            {"store_idr": 9.0, "store_usd": 1.0},
            "fees: store_idr: is given beside store_usd; leave one",
        ),
        ("campaign.fees", {"store_idr": 9.0, "annual_rmb": {"low": 0, "central": 0, "high": 1}}, "beside annual_rmb"),
        ("campaign.turnover.imports.amount_rmb", 9.0, "exactly one of amount_idr, amount_rmb, amount_usd"),
    ],
)
def test_what_is_given_in_two_currencies_is_refused(path: str, value: Any, said: str):
    with pytest.raises(BadInput, match=said):
        small().set(path, value)


def test_a_way_by_road_has_the_legs_that_it_has():
    by_sea = small()
    legs = {f"campaign.shipping.{leg}_days": None for leg in ("sea", "delay", "customs", "putaway")}
    by_road = placed(legs | {"campaign.shipping.road_days": 9.0})  # and 1 of packing: 10 days, as by sea
    assert by_road.campaign.shipping.legs == ("packing", "road")
    one, other = (projected(scenario).supply.stocks for scenario in (by_sea, by_road))
    days = np.array([70.0, 79.9, 80.0, 90.0])
    assert np.array_equal(one.at(np.tile(days, (1, 1))), other.at(np.tile(days, (1, 1))))
