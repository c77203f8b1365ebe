"""Sales and share of the small scenario on paper: `price × (1 − discount) × min(stock sellable in time, demand)`.

Days, stock and demand before age are worked out in `tests/outcomes/small.py`: Ada is ready on 115 and has 500 items in
the end, Bima on 113.25 and has 1,000; the store opens on 50; a new store sells 200 and 50 items at Rp16 and Rp64. At
M = 3 and τ = 50 an age of 100 days multiplies by 1 + 2 (1 − e⁻²) = 2.729329.
"""

import numpy as np
import pytest

from sim import Scenario
from tests.outcomes.small import projected, small

ADA, BIMA = 0, 1
GROWN = 2.729329433527  # of a store 100 days old, that is with a lead time of 150


def sales(scenario: Scenario, lead_days: float) -> list[float]:
    return projected(scenario).sales_idr(np.array([lead_days]))[0, :, 0].tolist()


def share(scenario: Scenario, lead_days: float) -> float:
    return float(projected(scenario).share(np.array([lead_days]))[0, 0])


def test_what_is_sold_is_the_lesser_of_stock_and_demand_at_the_price_paid():
    # Ada: demand 200 × 2.729 = 546 items, but 500 are there: 500 × Rp16. Bima: demand 136.5 of 1,000, × Rp64.
    assert sales(small(), 150) == pytest.approx([500 * 16, 50 * GROWN * 64])


def test_stock_of_less_than_demand_is_sold_out():
    scenario = small(clusters__bima__goods__unit_cost_idr=100.0, campaign__stock_rule="none")
    assert sales(scenario, 150) == pytest.approx([500 * 16, 100 * 64])  # Rp10,000 pay for 100 items


def test_goods_that_arrive_after_the_event_are_not_sold():
    # Without a stock rule both take part from 70 on. On 80 Ada has 380 items, on 79.9 the first 260 only. The store
    # is 30 days old: 1 + 2 (1 − e^−0.6) = 1.902377 times 200, a quarter lost with the pre-sale: 285.
    scenario = small(campaign__stock_rule="none")
    grown = 1 + 2 * (1 - np.exp(-0.6))
    assert sales(scenario, 79.9)[ADA] == pytest.approx(260 * 16)
    assert sales(scenario, 80)[ADA] == pytest.approx(200 * grown * 0.75 * 16)


def test_a_brand_that_misses_the_pre_sale_sells_less_by_its_part():
    scenario = small(campaign__stock_rule="none")
    # The pre-sale asks for 95 days. Store 44 and 45 days old: 1 + 2 (1 − e^−0.88) = 2.170434, … −0.9 → 2.186861.
    assert sales(scenario, 94) == pytest.approx([200 * 2.170434 * 0.75 * 16, 50 * 2.170434 * 0.75 * 64], rel=1e-6)
    assert sales(scenario, 95) == pytest.approx([200 * 2.186861 * 16, 50 * 2.186861 * 64], rel=1e-6)


def test_a_brand_that_is_not_ready_sells_nothing():
    assert sales(small(), 113.2) == [0, 0]
    # Bima alone: the store is 64 days old, 1 + 2 (1 − e^−1.28) = 2.443925.
    assert sales(small(), 114) == pytest.approx([0, 50 * 2.443925 * 64], rel=1e-6)


@pytest.mark.parametrize(
    ("denominator", "turnover"),
    [
        ("alibaba", 1e6 * 2 * 0.5 * 1.1**2),  # RMB at Rp2, half of it counts, two years of growth by a tenth
        ("platforms", 4e5 * 5),  # USD at Rp5, the event's own year
        ("imports", 3e6 * 0.5),  # rupiah, one year of shrinking by half
    ],
)
def test_the_share_is_of_the_turnover_chosen(denominator: str, turnover: float):
    scenario = small(demand__denominator=denominator)
    assert projected(scenario).turnover_idr.tolist() == pytest.approx([turnover])
    assert share(scenario, 150) == pytest.approx((500 * 16 + 50 * GROWN * 64) / turnover)


def test_an_event_a_year_later_has_another_year_of_growth():
    later = small(campaign__event_date="2028-11-11")
    assert projected(later).turnover_idr[0] == pytest.approx(1e6 * 1.1**3)


def test_a_dearer_yuan_moves_rupiah_and_not_the_share():
    plain, dearer = small(), small(demand__idr_per_rmb=3.0)
    assert sales(dearer, 150) == pytest.approx([1.5 * s for s in sales(plain, 150)])
    assert share(dearer, 150) == pytest.approx(share(plain, 150))


def test_returns_do_not_enter_the_share():
    assert share(small(clusters__ada__goods__return_rate=0.9), 150) == share(small(), 150)


def test_a_discount_sells_more_items_for_the_same_money_until_the_stock_is_gone():
    # RMB 2,000 at RMB 40 × 0.5 are 100 items, × 0.8 quality × 2.729 at Rp40; Ada's 500 are gone at Rp10 each.
    assert sales(small(demand__discount=0.5), 150) == pytest.approx([500 * 10, 80 * GROWN * 40])


def test_marketing_adds_items_as_long_as_there_is_stock():
    # 120 items more of each; Ada has no more than 500.
    assert sales(small(demand__marketing_idr=1_000), 150) == pytest.approx([500 * 16, (50 * GROWN + 120) * 64])


def test_shares_below_a_millionth_are_exact():
    tiny = small(campaign__turnover__alibaba__amount_rmb=1e15)
    assert share(tiny, 150) == pytest.approx((500 * 16 + 50 * GROWN * 64) / 1.21e15)
