"""Gates: the lead time each asks for, the one that binds, and *never*.

Days of the small scenario (worked out in `tests/outcomes/small.py`): store 50, list-goods 55; sellable of Ada 260 on
70, 380 on 80, 440 on 85, 500 on 90; of Bima 225 on 70, 345 on 77.25, 465 on 83.25, … 1,000 on 115.
"""

import dataclasses
import datetime

import numpy as np
import pytest

from sim import BadInput, Quantity, Scenario, Stage
from sim.scenario import Gate
from tests.outcomes.small import EVENT, small
from tests.outcomes.small import projected as project

INF = np.inf
ADA, BIMA = 0, 1


def needed(scenario: Scenario, brand: int = ADA) -> dict[str, float]:
    """Lead time in days that each gate asks of a brand."""
    found = project(scenario).readiness
    return dict(zip((g.name for g in found.gates), found.needed_days[0, brand].tolist(), strict=True))


def ready(scenario: Scenario) -> list[float]:
    return project(scenario).readiness.days[0].tolist()


def binding(scenario: Scenario) -> list[str]:
    found = project(scenario).readiness
    return [found.gates[i].name for i in found.binding[0]]


def opened(scenario: Scenario, **places: object) -> Scenario:
    """The scenario with something put over Ada."""
    ada, *others = scenario.clusters
    return dataclasses.replace(scenario, clusters=(dataclasses.replace(ada, **places), *others))


ORDINARY = small(campaign__access="ordinary", campaign__stock_rule="none")


# ── what each kind of gate asks ──────────────────────────────────────────────────────────────────────────────────────
def test_by_invitation_only_listing_and_stock_are_asked_and_goods_on_the_day():
    # Pre-sale 55 + 40; listing 55 + 10; 400 items are sellable on 85 (Ada) and 83.25 (Bima), + 30; goods 70 + 0.
    assert needed(small(), ADA) == {"presale": 95, "listing": 65, "stock": 115, "goods": 70}
    assert needed(small(), BIMA) == {"presale": 95, "listing": 65, "stock": 113.25, "goods": 70}


def test_ordinary_access_asks_for_the_store_at_the_sign_up_and_for_no_stock():
    assert needed(ORDINARY) == {"sign-up": 50 + 20, "presale": 95, "listing": 65, "goods": 70}


@pytest.mark.parametrize("rule", ["items", "value"])
def test_the_stock_gate_exists_only_with_the_invitation(rule: str):
    assert "stock" not in needed(ORDINARY.set("campaign.stock_rule", rule))


def test_the_age_of_the_store_is_asked_on_top_of_the_deadline_at_aged_gates_only():
    plain, aged = needed(ORDINARY), needed(ORDINARY.set("campaign.min_store_age_days", 30))
    assert aged == plain | {"sign-up": 50 + 20 + 30}


def test_readiness_is_the_largest_over_the_gates_and_the_gate_that_asks_for_it_binds():
    assert ready(small()) == [115, 113.25]
    assert binding(small()) == ["stock", "stock"]
    # Sign-up and goods both ask for 70 days; the first in the list is named.
    assert ready(ORDINARY) == [70, 70]
    assert binding(ORDINARY) == ["sign-up", "sign-up"]
    assert binding(ORDINARY.set("campaign.min_store_age_days", 30)) == ["sign-up", "sign-up"]
    assert ready(ORDINARY.set("campaign.gates.listing.deadline_days", 16)) == [71, 71]
    assert binding(ORDINARY.set("campaign.gates.listing.deadline_days", 16)) == ["listing", "listing"]


def test_a_brand_takes_part_at_exactly_its_readiness_and_not_a_moment_before():
    taking_part = project(small()).taking_part(np.array([113.2499, 113.25, 114.9999, 115, 116]))
    assert taking_part[0].astype(int).tolist() == [[0, 0, 0, 1, 1], [0, 1, 1, 1, 1]]


# ── the stock rule ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_rule_by_items_counts_items_of_whatever_is_sold():
    assert needed(small(campaign__min_stock_items=260), ADA)["stock"] == 70 + 30
    assert needed(small(campaign__min_stock_items=261), ADA)["stock"] == 80 + 30
    assert needed(small(campaign__min_stock_items=500), ADA)["stock"] == 90 + 30


def test_the_rule_by_value_counts_goods_at_their_price():
    # RMB 2,400: 240 items of Ada at RMB 10 are sellable on 70; 60 of Bima at RMB 40 on 70.
    scenario = small(campaign__stock_rule="value")
    assert (needed(scenario, ADA)["stock"], needed(scenario, BIMA)["stock"]) == (100, 100)
    # RMB 16,000: 1,600 items of Ada are never there; 400 of Bima on 83.25.
    scenario = scenario.set("campaign.min_stock_value_rmb", 16_000)
    assert (needed(scenario, ADA)["stock"], needed(scenario, BIMA)["stock"]) == (INF, 113.25)


def test_without_a_rule_no_stock_is_asked_but_goods_are():
    scenario = small(campaign__stock_rule="none")
    assert needed(scenario) == {"presale": 95, "listing": 65, "goods": 70}
    assert ready(scenario) == [70, 70]
    assert binding(scenario) == ["goods", "goods"]


def test_setting_the_least_stock_makes_the_rule_one_by_items():
    scenario = small(campaign__stock_rule="value").set("campaign.min_stock_items", 260)
    assert scenario.campaign.stock_rule == "items"
    assert needed(scenario)["stock"] == 100


def test_stock_that_capital_cannot_pay_for_is_never_there_whatever_the_lead_time():
    # Rp7,999 pay for 399.95 items of Ada, and for 799.9 of Bima.
    scenario = small(finance__working_capital_idr=7_999)
    assert ready(scenario) == [INF, 113.25]
    assert needed(scenario)["stock"] == INF
    assert binding(scenario)[ADA] == "stock"
    assert ready(small(finance__working_capital_idr=8_000))[ADA] < INF


def test_an_item_in_the_warehouse_on_the_very_day_of_the_goods_gate_is_enough():
    scenario = small(campaign__stock_rule="none", campaign__presale_share=0)
    there = project(scenario).items_there(np.array([69.9, 70.0]))[0, ADA]
    assert there.tolist() == [0, 260]
    assert ready(scenario)[ADA] == 70


def test_goods_that_wait_in_the_warehouse_count_from_the_start():
    scenario = small(clusters__ada__warehouse_items=400.0)
    # 400 are there on day 0, so the stock asks for 30 days; what binds is the listing, 65.
    assert needed(scenario) == {"presale": 95, "listing": 65, "stock": 30, "goods": 0}
    assert (ready(scenario)[ADA], binding(scenario)[ADA]) == (65, "listing")


def test_goods_for_the_inbound_cut_off_must_be_in_by_then():
    goods = tuple(
        dataclasses.replace(g, deadline_days=None) if g.asks == "goods" else g for g in small().campaign.gates
    )
    scenario = small(campaign__stock_rule="none", campaign__inbound_cutoff_days=25)
    scenario = dataclasses.replace(scenario, campaign=dataclasses.replace(scenario.campaign, gates=goods))
    assert needed(scenario)["goods"] == 70 + 25
    # And what comes later than the cut-off is not sold: 25 days before an event on day 100 only 260 are in.
    assert project(scenario).items_there(np.array([94.9, 95, 100, 105]))[0, ADA].tolist() == [0, 260, 260, 380]


def test_the_cut_off_of_a_replication_is_the_same_number_for_the_gate_and_for_the_goods():
    goods = tuple(
        dataclasses.replace(g, deadline_days=None) if g.asks == "goods" else g for g in small().campaign.gates
    )
    campaign = dataclasses.replace(
        small(campaign__stock_rule="none").campaign, gates=goods, inbound_cutoff_days=Quantity(34, 23, 41)
    )
    projection = project(dataclasses.replace(small(), campaign=campaign), 50)
    needed_days = projection.readiness.needed_days[:, ADA, -1]
    assert len(set(needed_days)) == 50
    assert (projection.items_there(needed_days[:, None] + 1e-9)[:, ADA, 0] == 260).all()
    assert (projection.items_there(needed_days[:, None] - 1e-3)[:, ADA, 0] == 0).all()


# ── the pre-sale ─────────────────────────────────────────────────────────────────────────────────────────────────────
def test_missing_the_pre_sale_closes_only_the_pre_sale():
    scenario = small(campaign__gates__presale__deadline_days=300)
    assert ready(scenario) == ready(small())
    assert project(scenario).readiness.presale_days[0].tolist() == [355, 355]
    assert project(scenario).taking_part(np.array([120.0])).all()


def test_a_pre_sale_that_can_never_be_met_does_not_make_a_brand_never_ready():
    never = Stage("never", on="cluster", passes=(0.0,), on_fail="leave")
    scenario = small()
    pathway = dataclasses.replace(scenario.pathway, stages=(*scenario.pathway.stages, never))
    gates = tuple(dataclasses.replace(g, stage="never") if g.name == "presale" else g for g in scenario.campaign.gates)
    scenario = dataclasses.replace(
        scenario, pathway=pathway, campaign=dataclasses.replace(scenario.campaign, gates=gates)
    )
    assert needed(scenario)["presale"] == INF
    assert ready(scenario) == [115, 113.25]
    lost = project(scenario).items_wanted(np.array([1000.0])) / project(small()).items_wanted(np.array([1000.0]))
    assert lost.ravel().tolist() == [0.75, 0.75]


# ── before the start ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_stage_passed_so_many_days_before_the_start_moves_with_it():
    # A store 100 days old at the start is old enough for any sign-up: −100 + 20 asks for nothing.
    scenario = opened(ORDINARY, before_start={"open-store": -100.0})
    assert needed(scenario)["sign-up"] == -80
    # Listing then waits for the first workshop past the test on 15: 20, + 10; goods leave on 25, sellable on 40.
    assert needed(scenario)["listing"] == 30
    old = scenario.set("campaign.min_store_age_days", 90)
    assert needed(old)["sign-up"] == -100 + 20 + 90
    assert needed(scenario, BIMA) == needed(ORDINARY, BIMA)


def test_no_lead_time_is_below_zero():
    everything = dict.fromkeys(("organise", "open-store", "list-goods", "export-docs"), -500.0)
    scenario = opened(ORDINARY, before_start=everything, warehouse_items=9.0)
    assert ready(scenario)[ADA] == 0
    assert project(scenario).taking_part(np.array([0.0]))[0, ADA].tolist() == [True]


def test_a_store_opened_on_a_calendar_date_passes_with_any_lead_time_or_with_none():
    gate_days = 20 + 30  # sign-up, and the age asked
    scenario = ORDINARY.set("campaign.min_store_age_days", 30)
    just = opened(scenario, before_start_dates={"open-store": EVENT - datetime.timedelta(days=gate_days)})
    short = opened(scenario, before_start_dates={"open-store": EVENT - datetime.timedelta(days=gate_days - 1)})
    assert needed(just)["sign-up"] == 0
    assert needed(short)["sign-up"] == INF
    for weeks in (1, 10, 150):  # the lead time does not change how old the store is at the event
        assert needed(just.set("lead_weeks", weeks))["sign-up"] == 0
        assert needed(short.set("lead_weeks", weeks))["sign-up"] == INF
    assert (ready(short)[ADA], binding(short)[ADA]) == (INF, "sign-up")


def test_the_age_of_a_store_counts_from_its_opening_day_or_date():
    leads = np.array([30.0, 50.0, 80.0, 200.0])
    plain = project(small()).store_age_days(leads)[0, ADA]
    assert plain.tolist() == [0, 0, 30, 150]  # opens on day 50
    moving = project(opened(small(), before_start={"open-store": -100.0})).store_age_days(leads)[0, ADA]
    assert moving.tolist() == [130, 150, 180, 300]
    dated = opened(small(), before_start_dates={"open-store": EVENT - datetime.timedelta(days=700)})
    assert project(dated).store_age_days(leads)[0, ADA].tolist() == [700] * 4


def test_a_day_before_the_start_that_is_known_only_as_a_range_is_drawn_for_the_replication():
    scenario = opened(ORDINARY, before_start={"open-store": Quantity(-100, -900, -10)})
    mixed, chance = project(scenario, 200), project(scenario, 5, layer="chance")
    signed_up = mixed.readiness.needed_days[:, ADA, 0]
    assert len(set(signed_up)) == 200
    assert (signed_up >= -900 + 20).all()
    assert (signed_up <= -10 + 20).all()
    assert chance.readiness.needed_days[:, ADA, 0].tolist() == [-80] * 5
    age = mixed.store_age_days(np.array([0.0]))[:, ADA, 0]
    assert age == pytest.approx(20 - signed_up)


def test_an_exempt_stage_counts_as_always_passed():
    scenario = opened(ORDINARY, exempt=("open-store",))
    assert needed(scenario)["sign-up"] == -INF
    assert ready(scenario)[ADA] < ready(ORDINARY)[ADA]


# ── never ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_condition_that_never_comes_true_makes_the_readiness_infinite():
    failing = dataclasses.replace(small().pathway.stages[1], passes=(0.0,), on_fail="leave")
    stages = tuple(failing if s.name == "test" else s for s in small().pathway.stages)
    scenario = small()
    scenario = dataclasses.replace(scenario, pathway=dataclasses.replace(scenario.pathway, stages=stages))
    found = project(scenario)
    assert needed(scenario) == {"presale": INF, "listing": INF, "stock": INF, "goods": INF}
    assert ready(scenario) == [INF, INF]
    assert not found.taking_part(np.array([1e9])).any()
    assert found.share(np.array([1e9])).tolist() == [[0]]


def test_later_than_the_horizon_is_never_too():
    # What makes 400 items sellable leaves on 75 (Ada) and on 73.25 (Bima).
    assert ready(small(horizon_days=73)) == [INF, INF]
    assert ready(small(horizon_days=74)) == [INF, 113.25]
    assert ready(small(horizon_days=75)) == [INF, 113.25]  # an event at exactly the horizon does not happen
    assert ready(small(horizon_days=76)) == [115, 113.25]


def test_a_deadline_known_only_as_a_range_is_drawn_once_for_all_brands():
    scenario = small()
    stock = Gate("stock", Quantity(45, 30, 60), asks="stock", access=("invitation",))
    gates = tuple(stock if g.name == "stock" else g for g in scenario.campaign.gates)
    scenario = dataclasses.replace(scenario, campaign=dataclasses.replace(scenario.campaign, gates=gates))
    found = project(scenario, 100).readiness.needed_days[:, :, 2]
    assert len(set(found[:, ADA])) == 100
    assert found[:, ADA] - found[:, BIMA] == pytest.approx(85 - 83.25)


def test_a_gate_names_a_stage_exactly_when_it_asks_for_one():
    with pytest.raises(BadInput, match="stage"):
        Gate("listing", 10.0)
    with pytest.raises(BadInput, match="stage"):
        Gate("goods", 10.0, asks="goods", stage="list-goods")
