"""Goods made, shipped and sellable: worked on paper, and laws that hold for all of them.

The numbers of the small scenario are worked out in `tests/outcomes/small.py`.
"""

import dataclasses
import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Fixed, Scenario, Stage
from sim.errors import BadInput
from sim.outcomes import goods
from sim.outcomes.milestones import Ramp
from sim.outcomes.stock import Consignments, Stock, Stocks
from sim.outcomes.stock import Making as Makings
from sim.outcomes.transit import Travel, factors
from tests.outcomes.small import LEGS, STAGES, projected, small

INF = np.inf


def a(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=float)


# ── one brand in one replication, as the closed form works it out among many ─────────────────────────────────────────
@dataclasses.dataclass(frozen=True)
class Making:
    """Goods made by one cluster, by the loops that work out all of them."""

    ramp: Ramp
    rate: float
    at_hand: float
    affordable: float

    @functools.cached_property
    def knots(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, int, float]:
        knots = len(self.ramp.days) + 1
        days, items, rates = (np.empty(knots) for _ in range(3))
        goods.curve(self.ramp.days, self.ramp.rise, self.rate, self.at_hand, days, items, rates)
        return days, items, rates, knots, self.at_hand + self.affordable

    @property
    def items(self) -> np.ndarray:
        return self.knots[1]

    def made(self, days: np.ndarray) -> np.ndarray:
        return np.array([goods.made(*self.knots, day) for day in days])

    def when(self, items: np.ndarray) -> np.ndarray:
        return np.array([goods.made_when(*self.knots, asked) for asked in items])


def departures(making: Making, ready: float, load: float, interval: float, horizon: float):
    """Days on which consignments leave, and the items in each."""
    days, rise, ends = making.ramp.days, making.ramp.rise, np.array([len(making.ramp.days)])
    one = [a(x) for x in (making.rate, making.at_hand, making.affordable, ready, load, interval)]
    sent = Makings(days, rise, ends, *one, float(horizon)).consignments()
    assert sent.ends.tolist() == [len(sent.items)]
    return sent.left_days, sent.items


def legs(count: int, variation: float, brand: str = "name") -> Travel:
    """What multiplies the means of a brand's legs."""
    found = factors(1, 0, (brand,), LEGS, np.array([count]), a(variation))
    return Travel(found.legs[:, :count], np.array([count]))


def transit(count: int, means: dict[str, float], variation: float, brand: str = "name") -> np.ndarray:
    """Days from door to sellable of each consignment."""
    return sum(means[leg] * factor for leg, factor in zip(LEGS, legs(count, variation, brand).legs, strict=True))


@dataclasses.dataclass(frozen=True)
class OneStock:
    """The stock of one brand, read off by the loops that read off all of them."""

    stocks: Stocks

    def at(self, days: np.ndarray) -> np.ndarray:
        return self.stocks.at(days[None, :])[0, 0]

    def when(self, items: float) -> tuple[float, float]:
        there, left = self.stocks.when(np.array([[items]]))
        return float(there[0, 0]), float(left[0, 0])

    @property
    def most(self) -> float:
        return float(self.stocks.items[-1]) if len(self.stocks.items) else 0.0


def arrived(left: np.ndarray, travel: np.ndarray, items: np.ndarray, waiting: float) -> OneStock:
    """The stock that consignments make which travel so many days."""
    way = Travel(travel[None, :], np.array([len(travel)]))
    sent = Consignments(left, items, np.array([len(left)]))
    return OneStock(sent.arrived(a(1)[:, None], way, np.array([[waiting]])))


# ── output of workshops ──────────────────────────────────────────────────────────────────────────────────────────────
def total_output(ramp: Ramp, day: float) -> float:
    """Full rates at work on a day, the day's own steps included."""
    return float(ramp.rise[ramp.days <= day].sum())


def with_stages(**changed: Stage):
    """The small scenario with some stages put in the place of those of the same name, others added."""
    scenario = small()
    stages = tuple(changed.pop(s.name, s) for s in STAGES)
    pathway = dataclasses.replace(scenario.pathway, stages=(*stages, *changed.values()))
    return dataclasses.replace(scenario, pathway=pathway)


def test_a_workshop_works_at_half_rate_after_the_pilot_and_at_full_rate_after_full_production():
    ada, bima = projected(small()).milestones[0].ramps
    # Ada: A1 A2 pilot on 25, A3 on 35, A1 A2 full on 45, A3 full on 55. Bima: 35, 45, 55, 65.
    assert [total_output(ada, d) for d in (24.9, 25, 34.9, 35, 44.9, 45, 54.9, 55, 999)] == [
        0,
        1,
        1,
        1.5,
        1.5,
        2.5,
        2.5,
        3,
        3,
    ]
    assert [total_output(bima, d) for d in (34.9, 35, 45, 55, 65, 999)] == [0, 0.5, 1.0, 1.5, 2.0, 2.0]


def test_a_workshop_that_leaves_stops_to_make_goods():
    leaving = Stage("full", after="pilot", duration=Fixed(20), passes=(0.0,), on_fail="leave", output=1.0)
    ada = projected(with_stages(full=leaving)).milestones[0].ramps[0]
    # Half rate from the pilot (25, 25, 35) until the failure 20 days later (45, 45, 55); never the full rate.
    assert [total_output(ada, d) for d in (25, 35, 44.9, 45, 54.9, 55, 999)] == [1, 1.5, 1.5, 0.5, 0.5, 0, 0]


def test_the_largest_output_of_the_stages_passed_counts_in_whatever_order_they_are_passed():
    lesser = Stage("lesser", after="full", duration=Fixed(5), output=0.25)
    plain = projected(small()).milestones[0].ramps[0]
    with_lesser = projected(with_stages(lesser=lesser)).milestones[0].ramps[0]
    days = np.arange(100.0)
    assert [total_output(with_lesser, d) for d in days] == [total_output(plain, d) for d in days]


def test_the_order_in_which_stages_are_listed_changes_no_output():
    scenario = small()
    turned = dataclasses.replace(scenario.pathway, stages=tuple(reversed(STAGES)))
    for plain, other in zip(
        projected(scenario).milestones[0].ramps,
        projected(dataclasses.replace(scenario, pathway=turned)).milestones[0].ramps,
        strict=True,
    ):
        assert [total_output(other, d) for d in np.arange(100.0)] == [total_output(plain, d) for d in np.arange(100.0)]


def test_goods_are_sent_from_the_start_on_where_the_papers_were_there_before():
    before = dict.fromkeys(("organise", "open-store", "list-goods", "export-docs"), -30.0)
    scenario = small()
    ada = dataclasses.replace(scenario.clusters[0], before_start=before)
    found = projected(dataclasses.replace(scenario, clusters=(ada, scenario.clusters[1]))).supply
    assert found.ready_to_ship_days.tolist() == [[0, 60]]
    # Intervals of fifteen days from the start on; the first with goods is that of day 30: 5 days of 4 items.
    assert (found.stocks.one(0, 0).left_days[0], found.stocks.one(0, 0).items[0]) == (30, 20)


def test_a_skipped_stage_counts_as_passed_for_output():
    skipped = Stage("full", after="pilot", duration=Fixed(20), passes=(0.0,), on_fail="skip", output=1.0)
    plain, made = (projected(s).milestones[0].ramps[0] for s in (small(), with_stages(full=skipped)))
    assert np.array_equal(plain.days, made.days)
    assert np.array_equal(plain.rise, made.rise)


# ── making ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def ada_making(most: float = INF, at_hand: float = 0.0) -> Making:
    """Ada's three workshops at 4 items a day: 4 a day from 25, 6 from 35, 10 from 45, 12 from 55."""
    return Making(Ramp(a(25, 35, 45, 55), a(1, 0.5, 1, 0.5)), 4.0, at_hand, most)


def test_goods_made_are_piecewise_linear_in_time():
    days = a(0, 25, 30, 35, 40, 45, 50, 55, 60, 160)
    # 25 to 30: 5 × 4 = 20; 35: 40; 40: 40 + 30; 45: 100; 50: 150; 55: 200; 60: 260; 160: 260 + 1,200.
    assert ada_making().made(days).tolist() == [0, 0, 20, 40, 70, 100, 150, 200, 260, 1460]


def test_working_capital_caps_what_is_made_and_goods_at_hand_are_paid_for_already():
    assert ada_making(most=150).made(a(45, 50, 51, 500)).tolist() == [100, 150, 150, 150]
    assert ada_making(most=150, at_hand=30).made(a(0, 45, 50, 500)).tolist() == [30, 130, 180, 180]
    assert ada_making(most=0, at_hand=30).made(a(0, 100)).tolist() == [30, 30]


def test_the_day_on_which_so_many_are_made_is_the_first_one():
    making = ada_making(most=260)
    # 40 are made on day 35, at a bend; 41 a sixth of a day later; 260, the cap, on day 60; 260.001 never.
    assert making.when(a(0, 20, 40, 100, 260)).tolist() == [0, 30, 35, 45, 60]
    assert making.when(a(41))[0] == pytest.approx(35 + 1 / 6)
    assert making.when(a(260.001))[0] == INF


def test_goods_that_stop_before_the_number_asked_never_reach_it():
    stopping = Making(Ramp(a(10, 20), a(1, -1)), 5.0, 0.0, INF)
    assert stopping.when(a(49, 50)).tolist() == [19.8, 20.0]
    assert stopping.when(a(50.5))[0] == INF
    assert stopping.made(a(20, 1000)).tolist() == [50, 50]


def test_the_first_day_is_before_a_pause_and_not_after_it():
    paused = Making(Ramp(a(10, 20, 50), a(1, -1, 1)), 5.0, 0.0, INF)
    assert paused.when(a(50, 55)).tolist() == [20, 51]


def test_nothing_leaves_without_workshops_rate_or_money():
    nobody = Ramp(np.empty(0), np.empty(0))
    for making in (Making(nobody, 4.0, 0.0, INF), Making(nobody, 0.0, 0.0, INF), ada_making(most=0)):
        assert len(departures(making, ready=60, load=120, interval=15, horizon=1000)[0]) == 0
    days, items = departures(Making(nobody, 4.0, 7.0, 0.0), ready=60, load=120, interval=15, horizon=1000)
    assert (days.tolist(), items.tolist()) == ([60], [7])


# ── departures ───────────────────────────────────────────────────────────────────────────────────────────────────────
def test_consignments_leave_from_the_papers_on_at_an_interval_and_whenever_a_full_load_is_made():
    days, items = departures(ada_making(most=500), ready=60, load=120, interval=15, horizon=1000)
    # 260 are ready on 60; the loads at 380 and 500 items are full on 70 and 80; the interval gives 75 and 90, on
    # which nothing is left.
    assert days.tolist() == [60, 70, 75, 80]
    assert items.tolist() == [260, 120, 60, 60]


def test_the_last_part_load_leaves_with_the_next_interval_after_the_money_is_spent():
    days, items = departures(ada_making(most=520), ready=60, load=120, interval=15, horizon=1000)
    # 520 are made on 81 2/3: 500 left on 80, the last 20 leave on 90, and no consignment follows.
    assert days.tolist() == [60, 70, 75, 80, 90]
    assert items.tolist() == [260, 120, 60, 60, 20]


def test_a_full_load_far_off_leaves_only_the_interval():
    days, items = departures(ada_making(most=500), ready=60, load=10_000, interval=15, horizon=1000)
    assert days.tolist() == [60, 75, 90]
    assert items.tolist() == [260, 180, 60]


def test_more_than_a_million_consignments_of_a_brand_are_refused():
    with pytest.raises(BadInput, match="more than 1000000 consignments of one brand"):
        departures(ada_making(most=500), ready=60, load=2e-4, interval=15, horizon=1000)


def test_goods_made_before_the_papers_wait_for_them():
    days, items = departures(ada_making(most=100), ready=200, load=30, interval=15, horizon=1000)
    assert days.tolist() == [200]
    assert items.tolist() == [100]


def test_papers_before_the_first_goods_let_them_leave_with_the_intervals_counted_from_the_papers():
    days, items = departures(ada_making(most=100), ready=2, load=1_000, interval=20, horizon=1000)
    # Intervals 2, 22, 42, 62. On 42: 40 + 7 × 6 = 82; the cap of 100 is reached on 45.
    assert days.tolist() == [42, 62]
    assert items.tolist() == [82, 18]


@pytest.mark.parametrize("ready", [INF, 1000.0, 2000.0])
def test_nothing_leaves_without_papers_within_the_horizon(ready: float):
    days, items = departures(ada_making(), ready=ready, load=120, interval=15, horizon=1000)
    assert (len(days), len(items)) == (0, 0)


def test_nothing_leaves_at_the_horizon_or_after_it():
    days, _ = departures(ada_making(), ready=60, load=1e9, interval=20, horizon=100)
    assert days.tolist() == [60, 80]


# ── the way and the warehouse ────────────────────────────────────────────────────────────────────────────────────────
MEANS = {"packing": 7.0, "sea": 14.0, "delay": 3.0, "customs": 6.0, "putaway": 7.0}  # E505, E503, E504, E506, E507


def test_the_way_is_the_sum_of_its_five_legs():
    assert set(LEGS) == set(MEANS)
    # Without chance 7 + 14 + 3 + 6 + 7 = 37 days: E508, a check and never drawn from.
    assert transit(3, MEANS, 0.0).tolist() == [37, 37, 37]
    assert transit(2, dict.fromkeys(MEANS, 0.0), 0.25).tolist() == [0, 0]


def test_legs_of_a_consignment_are_lognormal_around_their_means_and_independent():
    many = transit(200_000, MEANS, 0.25)
    # Standard deviation of the sum: 0.25 × √(7² + 14² + 3² + 6² + 7²) = 0.25 × √339 = 4.603.
    # Standard error of the mean 0.0103, of the standard deviation about 0.01: four of them.
    assert many.mean() == pytest.approx(37, abs=0.042)
    assert many.std() == pytest.approx(4.603, abs=0.06)
    assert many.min() > 0


def test_a_consignment_keeps_its_days_when_others_are_added_and_each_has_its_own():
    few, many = (transit(n, MEANS, 0.25) for n in (5, 500))
    assert np.array_equal(few, many[:5])
    assert len(set(many)) == 500
    assert not np.array_equal(few, transit(5, MEANS, 0.25, "other"))


def test_goods_are_sellable_from_the_day_they_arrive_on():
    stock = arrived(a(60, 70), a(10, 10), a(260, 120), waiting=0.0)
    assert stock.at(a(0, 69.999, 70, 79.999, 80, 1e6)).tolist() == [0, 0, 260, 260, 380, 380]
    assert stock.most == 380


def test_what_waits_in_the_warehouse_is_sellable_from_the_start_on():
    stock = arrived(a(60), a(10), a(5), waiting=100.0)
    assert stock.at(a(-1, 0, 69, 70)).tolist() == [0, 100, 100, 105]
    assert stock.when(100) == (0, 0)
    assert stock.when(101) == (70, 60)


def test_a_number_of_items_is_there_with_the_consignment_that_makes_it_so_many():
    stock = arrived(a(60, 70, 75), a(10, 10, 10), a(260, 120, 60), waiting=0.0)
    assert stock.when(260) == (70, 60)
    assert stock.when(261) == (80, 70)
    assert stock.when(380) == (80, 70)
    assert stock.when(440) == (85, 75)
    assert stock.when(441) == (INF, INF)


def test_a_consignment_that_is_overtaken_makes_the_number_full_on_its_own_day():
    # The first leaves on 60 and travels 40 days, the second leaves on 70 and travels 10.
    stock = arrived(a(60, 70), a(40, 10), a(200, 100), waiting=0.0)
    assert stock.at(a(79, 80, 99, 100)).tolist() == [0, 100, 100, 300]
    assert stock.when(100) == (80, 70)
    assert stock.when(300) == (100, 60)  # what is waited for left on 60, and not on 70


def test_what_is_sellable_may_be_asked_for_days_in_any_order():
    days, items, ends = a(10, 20, 5, 30), a(1, 3, 7, 8), np.array([2, 4])
    out = np.empty((2, 5))
    goods.sellable(days, items, ends, 2, np.array([[30.0, 10.0, 9.0, 20.0, 19.0]]), out)
    assert out.tolist() == [[3, 1, 0, 3, 1], [8, 7, 7, 7, 7]]


def test_an_empty_warehouse_never_has_an_item():
    stock = arrived(np.empty(0), np.empty(0), np.empty(0), waiting=0.0)
    assert stock.when(1) == (INF, INF)
    assert stock.most == 0
    assert stock.at(a(0, 100)).tolist() == [0, 0]


# ── put together ─────────────────────────────────────────────────────────────────────────────────────────────────────
def both(scenario: Scenario) -> tuple[Stock, Stock]:
    """The stocks of Ada and Bima."""
    stocks = projected(scenario).supply.stocks
    return stocks.one(0, 0), stocks.one(0, 1)


def test_the_small_scenario_has_the_stock_worked_out_on_paper():
    ada, bima = both(small())
    assert ada.days.tolist() == [70, 80, 85, 90]
    assert ada.items.tolist() == [260, 380, 440, 500]
    assert bima.days.tolist() == [70, 77.25, 83.25, 85, 89.25, 95.25, 100, 101.25, 107.25, 115]
    assert bima.items.tolist() == [225, 345, 465, 500, 585, 705, 800, 825, 945, 1000]


def test_goods_made_before_the_start_leave_with_the_first_consignment_and_come_on_top_of_the_capital():
    ada, _ = both(small(clusters__ada__made_items=50.0))
    # 310 leave on 60; a load each 10 days after it; 500 + 50 are all made on day 80 as before.
    assert ada.items.tolist() == [310, 430, 490, 550]


def test_working_capital_is_one_total_for_each_cluster_divided_by_the_unit_cost():
    ada, bima = both(small(finance__working_capital_idr=4_000))
    assert (ada.items[-1], bima.items[-1]) == (4_000 / 20, 4_000 / 10)


def test_without_workers_only_what_waits_is_sold():
    idle = small(clusters__ada__workforce__items_per_worker_day=0.0, clusters__ada__warehouse_items=33.0)
    ada, bima = both(idle)
    assert (ada.days.tolist(), ada.items.tolist()) == ([0], [33])
    assert bima.items[-1] == 1000


def test_every_part_of_the_rate_multiplies_it():
    # At 60, the first consignment: 260 items of Ada at 4 a day for one workshop.
    halves = {
        "workers_per_workshop": 2.0,
        "items_per_worker_day": 2.5,
        "campaign_share": 0.25,
        "working_days_per_week": 1.75,
    }
    for part, value in halves.items():
        ada, _ = both(small(**{f"clusters__ada__workforce__{part}": value}))
        assert ada.items[0] == pytest.approx(130), part
    ada, _ = both(small(clusters__ada__goods__defect_rate=0.6))
    assert ada.items[0] == pytest.approx(130)


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclasses.dataclass(frozen=True)
class Workshop:
    """Half rate from `pilot`, full rate `later` days after it, until it leaves."""

    pilot: float
    later: float
    left: float | None

    @property
    def steps(self) -> list[tuple[float, float]]:
        full = self.pilot + self.later
        steps = [(day, 0.5) for day in (self.pilot, full) if self.left is None or day < self.left]
        return steps + ([(self.left, -0.5 * len(steps))] if self.left is not None and steps else [])

    def worked(self, day: float) -> float:
        """Days at the full rate until a day."""
        end = day if self.left is None else min(day, self.left)
        return 0.5 * max(0.0, end - self.pilot) + 0.5 * max(0.0, end - self.pilot - self.later)


whole = st.integers(0, 300).map(float)
one = st.builds(Workshop, pilot=whole, later=st.integers(0, 80).map(float), left=st.none() | whole)
workshops = st.lists(one, min_size=1, max_size=6)


@st.composite
def makings(draw: st.DrawFn) -> tuple[list[Workshop], float, float, float, Making]:
    """Workshops, rate, goods at hand, what capital pays for, and the making of it."""
    group = draw(workshops)
    rate = draw(st.sampled_from([0.25, 1.0, 3.0, 17.5]))
    at_hand, most = draw(st.sampled_from([0.0, 40.0])), draw(st.sampled_from([25.0, 300.0, 4000.0, INF]))
    steps = sorted(step for workshop in group for step in workshop.steps)
    ramp = Ramp(a(*(d for d, _ in steps)), a(*(r for _, r in steps)))
    return group, rate, at_hand, most, Making(ramp, rate, at_hand, most)


DAYS = np.arange(0.0, 500.0, 2.5)


@given(makings())
def test_goods_made_are_the_days_worked_within_the_cap_and_never_fall(case):
    group, rate, at_hand, most, making = case
    made = making.made(DAYS)
    by_hand = [min(at_hand + rate * sum(w.worked(d) for w in group), at_hand + most) for d in DAYS]
    assert made == pytest.approx(by_hand, rel=1e-9, abs=1e-7)
    assert (np.diff(made) >= -1e-9).all()
    assert (made <= at_hand + most).all()


@given(makings(), st.floats(0.001, 1.2))
def test_the_day_of_a_number_is_the_inverse_of_the_number_of_a_day(case, part: float):
    _, _, _, _, making = case
    all_made = float(making.made(a(1e6))[0])
    asked = part * all_made
    day = float(making.when(a(asked))[0])
    if asked > all_made * (1 + 1e-9):
        assert day == INF or making.made(a(day))[0] >= asked * (1 - 1e-9)
    elif np.isfinite(day):
        assert making.made(a(day))[0] == pytest.approx(asked, rel=1e-9, abs=1e-6) or asked < making.items[0]
        before = max(day - 0.01, 0.0)
        assert making.made(a(before))[0] < asked or day < 0.01
    else:
        assert asked == pytest.approx(all_made, rel=1e-9)  # a hair above all that is ever made


shipping = st.tuples(
    st.integers(0, 200).map(float), st.sampled_from([20.0, 137.0, 5000.0]), st.sampled_from([7.0, 14.0, 28.0])
)


@given(makings(), shipping)
def test_what_left_by_a_departure_is_what_was_made_by_then(case, way: tuple[float, float, float]):
    making, (ready, load, interval) = case[-1], way
    days, items = departures(making, ready, load, interval, horizon=600.0)
    assert (items > 0).all()
    assert (days >= ready).all()
    assert (np.diff(days) > 0).all()
    assert np.cumsum(items) == pytest.approx(making.made(days), rel=1e-9, abs=1e-6)


@given(makings(), shipping)
def test_no_item_waits_longer_than_an_interval_and_no_more_than_a_load_waits(case, way: tuple[float, float, float]):
    making, (ready, load, interval) = case[-1], way
    days, items = departures(making, ready, load, interval, horizon=600.0)
    left = OneStock(Stocks(days, np.cumsum(items), days, np.array([len(days)]), 1, 1))
    looked = DAYS[(ready <= DAYS) & (DAYS + interval < 600)]
    assert (left.at(looked + interval + 1e-6) >= making.made(looked) - 1e-6).all()
    assert (making.made(looked) - left.at(looked + 1e-6) <= load + 1e-6).all()


@given(makings(), shipping, st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([0.0, 55.0]))
def test_nothing_is_sellable_that_was_not_made_and_all_of_it_arrives(
    case, way: tuple[float, float, float], variation: float, waiting: float
):
    making, (ready, load, interval) = case[-1], way
    days, items = departures(making, ready, load, interval, horizon=600.0)
    stock = arrived(days, transit(len(days), MEANS, variation, "way"), items, waiting)
    curve = stock.at(DAYS)
    assert (np.diff(curve) >= 0).all()
    assert (curve <= making.made(DAYS) + waiting + 1e-6).all()
    assert stock.most == pytest.approx(items.sum() + waiting)
    for there, so_many in zip(stock.stocks.days, stock.stocks.items, strict=True):
        day, left = stock.when(so_many)
        assert stock.at(a(day))[0] >= so_many
        assert day <= there
        assert left <= day
