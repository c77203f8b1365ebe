"""What is kept between levers: the same as what is made afresh, and never more than its bound."""

import inspect
import re

import numpy as np
import pytest
from scipy.special import ndtri

from sim import Scenario
from sim.outcomes import demand, goods, numbers, supply, transit
from sim.outcomes.gathered import Gathered
from sim.outcomes.kept import Kept
from sim.outcomes.numbers import Numbers
from sim.scenario import Brand
from sim.scenario.scenario import SEEN
from sim.streams import Members
from tests.outcomes.small import LEGS, placed, projected

KEPT = {
    "knowledge": (numbers, "KNOWLEDGE"),
    "columns": (numbers, "COLUMNS"),
    "chance": (demand, "CHANCE"),
    "factors": (transit, "FACTORS"),
    "consignments": (supply, "CONSIGNMENTS"),
    "stocks": (supply, "STOCKS"),
}
LEADS = np.arange(0.0, 400.0, 7.0)


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins with empty shelves, and leaves what others keep alone."""
    keep(monkeypatch, 10**8)


def keep(monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> None:
    for module, name in KEPT.values():
        monkeypatch.setattr(module, name, Kept(most_bytes))


def uncertain(changes: dict[str, object]) -> Scenario:
    """The small scenario with chance on the way and knowledge that is drawn, and a lever moved."""
    drawn = {"central": 300.0, "low": 200.0, "high": 500.0}
    return placed({"campaign.shipping.variation": 0.5, "campaign.min_stock_items": drawn} | changes)


def answers(scenario: Scenario) -> list[bytes]:
    found = projected(scenario, 6)
    stocks, labels = found.supply.stocks, found.holding.numbers
    costs = found.costs.at(150.0, found.sales_idr(LEADS)[:, :, 5], found.taking_part(LEADS)[:, :, 5], found.paid)
    return [
        part.tobytes()
        for part in (stocks.days, stocks.items, stocks.left_days, found.share(LEADS), labels, *costs.values())
    ]


LEVERS: list[dict[str, object]] = [
    {},
    {"campaign.shipping.sea_days": 9.0},
    {"campaign.shipping.load_items": 11.0},
    {"campaign.shipping.interval_days": 3.0},
    {"campaign.shipping.variation": 0.0},
    {"campaign.shipping.variation": {"central": 0.5, "low": 0.1, "high": 2.0}},
    {"clusters.ada.goods.price_rmb": 11.0},
    {"clusters.bima.warehouse_items": 7.0},
    {"campaign.min_stock_items": {"central": 300.0, "low": 250.0, "high": 500.0}},
    {"finance.working_capital_idr": 6_000.0},
    {"horizon_days": 95.0},
]


def test_a_lever_finds_what_is_kept_and_answers_as_if_nothing_were(monkeypatch: pytest.MonkeyPatch):
    scenarios = [uncertain(lever) for lever in LEVERS]
    kept = [answers(scenario) for scenario in scenarios]
    assert [answers(scenario) for scenario in scenarios[::-1]] == kept[::-1]
    for most_bytes in (0, 2_000):
        keep(monkeypatch, most_bytes)
        assert [answers(scenario) for scenario in scenarios] == kept
        assert all(getattr(module, name).nbytes <= most_bytes for module, name in KEPT.values())


def test_plain_loops_give_the_same_bits_as_compiled_ones(monkeypatch: pytest.MonkeyPatch):
    compiled = [answers(uncertain(lever)) for lever in LEVERS]
    keep(monkeypatch, 0)
    for name in [n for n in vars(goods) if hasattr(getattr(goods, n), "py_func")]:
        monkeypatch.setattr(goods, name, getattr(goods, name).py_func)
    monkeypatch.setattr("sim.loops.COMPILES", False)  # and the numbers are drawn by numpy
    assert [answers(uncertain(lever)) for lever in LEVERS] == compiled


def test_what_is_drawn_of_a_quantity_is_kept_by_its_bounds():
    one = uncertain({})
    first, again = (Numbers(one, 1, 0, 9)["campaign.min_stock_items"] for _ in range(2))
    assert first is again
    assert not first.flags.writeable
    moved = uncertain(LEVERS[8])
    assert not np.array_equal(Numbers(moved, 1, 0, 9)["campaign.min_stock_items"], first)
    assert np.array_equal(Numbers(one, 1, 4, 5)["campaign.min_stock_items"], first[4:])


def test_a_score_is_found_by_the_name_of_its_brand_and_its_number_whoever_else_ships():
    counts = np.array([3, 0, 40, 2])
    found = transit.scores(5, 7, ("ada", "bima"), LEGS, np.cumsum(counts))
    for start, count, brand, replication in ((0, 3, "ada", 7), (3, 40, "ada", 8), (43, 2, "bima", 8)):
        for leg, name in enumerate(LEGS):
            alone = Members.of([brand], [0], [count]).uniforms(5, replication, "shipping", name)
            assert np.array_equal(found[leg, start : start + count], ndtri(alone))


def test_factors_that_are_kept_grow_and_stay_what_they_were():
    variation = np.array([0.5, 0.1])
    few = transit.factors(5, 0, ("ada",), LEGS, np.array([3, 4]), variation)
    assert transit.factors(5, 0, ("ada",), LEGS, np.array([4, 1]), variation) is few
    many = transit.factors(5, 0, ("ada",), LEGS, np.array([2, 500]), variation)
    assert many is transit.factors(5, 0, ("ada",), LEGS, np.array([3, 4]), variation)
    for pair, count in ((0, 3), (1, 4)):
        one, other = (found.legs[:, found.starts[pair] : found.starts[pair] + count] for found in (few, many))
        assert np.array_equal(one, other)


def test_the_longest_unused_is_let_go():
    kept: Kept[np.ndarray] = Kept(80)
    for name in "abc":
        kept.put(name, np.zeros(4))  # 32 bytes each
        kept.get("a")
    assert [kept.get(name) is not None for name in "abc"] == [True, False, True]
    kept.put("large", np.zeros(11))
    assert kept.get("large") is None
    kept.put("a", np.zeros(2))
    assert kept.nbytes == 48


def test_the_milestones_of_a_run_are_gathered_once_and_those_of_another_anew():
    run = projected(uncertain({}), 3).milestones
    assert Gathered.of(run) is Gathered.of(list(run))
    assert Gathered.of(run[:2]) is not Gathered.of(run)
    assert len(Gathered.of([run[0], run[0], run[1]]).end_days) == 3


def test_the_label_of_every_brand_is_the_longest_thing_on_its_path():
    for changes in (
        {},
        {"campaign.stock_rule": "none"},
        {"campaign.access": "ordinary"},
        {"clusters.ada.made_items": 9},
    ):
        found = projected(uncertain(changes), 6)
        ready = np.argwhere(np.isfinite(found.readiness.days))
        assert len(ready)
        for k, b in ready.tolist():
            path = found.holding.path(k, b)
            assert found.holding.label(k, b) == max(path, key=lambda name: path[name])


def test_scenarios_share_a_programme_only_where_all_of_it_is_shared():
    one = uncertain({})
    assert one.set("demand.discount", 0.3).programme is one.programme
    assert one.set("lead_weeks", 9).programme is one.programme  # no stage was passed on a date
    assert one.set("lead_weeks", 9).lineup is one.lineup
    dearer = one.set("clusters.ada.goods.price_rmb", 12.0)
    assert dearer.programme is one.programme
    assert dearer.lineup[0][0].goods.price_rmb == 12.0
    for path, value in (("resources.coach.units", 3.0), ("horizon_days", 900.0), ("clusters.ada.makers", 2.0)):
        other = one.set(path, value).programme
        assert other is not one.programme
        assert other != one.programme
    dated = one.set("clusters.ada.before_start_dates", {"organise": "2027-06-01"})
    assert dated.set("lead_weeks", 9).programme is not dated.programme
    assert dated.set("demand.discount", 0.3).programme is dated.programme
    assert one.set("grouping", "workshop").lineup != one.lineup


def test_a_programme_is_shared_by_all_that_it_reads_of_a_brand():
    read = set(re.findall(r"self\.(\w+)", inspect.getsource(Brand.cluster)))
    assert read | {"centres", "makers", "wave"} == set(SEEN)  # by which centres are told apart
