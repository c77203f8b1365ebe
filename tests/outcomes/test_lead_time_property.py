"""One history answers every lead time: what is prepared, made and shipped never looks at the event's date.

So for a fixed history the share never falls as the lead time grows, and the curve needs no further simulation. The
check is itself checked: stages and consignments that do read the date are planted and must be caught.
"""

import dataclasses
import datetime
import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim import Fixed, Scenario
from sim.experiment.runner import Replications, Run
from sim.outcomes import Milestones, Numbers, Projection, supply
from sim.outcomes.gathered import Gathered
from sim.scenario import scenario_names
from tests.outcomes.small import EVENT, placed, projected, small
from tests.shipped import shipped

LARGEST = 1_000  # brands of an everyday-sized scenario; the national ones have their own suite
MEDIAN_RMB = 1.6e7  # for the fitted class; any number serves a property of the shape
NAMES = [n for n in scenario_names() if not n.startswith("all-")]


@functools.cache
def everyday(name: str, workshops: int = 30) -> Scenario:
    """A shipped scenario, its clusters held at so many workshops that all scenarios fit into seconds."""
    scenario = shipped(name)
    assert len(scenario.lineup) <= LARGEST
    for cluster in scenario.clusters:
        if cluster.workshops > workshops:
            scenario = scenario.set(f"clusters.{cluster.name}.wave", workshops)
    return scenario


def assert_never_falls(projection: Projection, leads: np.ndarray) -> None:
    for curve in (projection.share(leads), projection.brands_in(leads)):
        assert np.isfinite(curve).all()
        assert (np.diff(curve, axis=1) >= -1e-12 * curve.max(initial=1e-300)).all()


# ── the share never falls ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("name", NAMES)
def test_share_and_brands_never_fall_with_lead_time_in_a_shipped_scenario(name: str):
    projection = projected(everyday(name), 3, median_rmb=MEDIAN_RMB)
    assert_never_falls(projection, np.arange(0.0, 7300.0, 3.5))


@pytest.mark.parametrize("name", NAMES)
def test_somebody_sells_something_with_time_and_without_the_caps(name: str):
    # Else the property above would hold of a row of zeros.
    rich = everyday(name).set("finance.working_capital_idr", 1e13).set("campaign.stock_rule", "none")
    if rich.finance.budget_idr is not None:
        rich = rich.set("finance.budget_idr", 1e13)
    projection = projected(rich.set("demand.marketing_idr", 1e9), 3, median_rmb=MEDIAN_RMB)
    curve = projection.share(np.array([0.0, 1500.0, 5000.0]))
    assert (curve[:, 0] < curve[:, 1]).any()
    assert_never_falls(projection, np.arange(0.0, 3000.0, 7.0))


levers = st.fixed_dictionaries(
    {
        "campaign.access": st.sampled_from(["ordinary", "invitation"]),
        "campaign.stock_rule": st.sampled_from(["items", "value", "none"]),
        "campaign.min_store_age_days": st.sampled_from([0, 30, 90]),
        "campaign.inbound_cutoff_days": st.sampled_from([0, 34]),
        "campaign.shipping.variation": st.sampled_from([0, 0.25, 2]),
        "campaign.shipping.interval_days": st.sampled_from([1, 15, 60]),
        "campaign.shipping.load_items": st.sampled_from([1, 120, 1e6]),
        "resources.coach.units": st.integers(1, 5),
        "finance.working_capital_idr": st.sampled_from([0, 500, 8_000, 1e9]),
        "finance.budget_idr": st.sampled_from([0, 510, 540]),
        "demand.marketing_idr": st.sampled_from([0, 1_000, 1e6]),
        "demand.maturity": st.sampled_from(["saturating", "linear"]),
        "demand.maturity_multiple": st.sampled_from([0.5, 1, 3]),
        "demand.discount": st.sampled_from([0, 0.5]),
        "clusters.ada.warehouse_items": st.sampled_from([0, 1, 450]),
        "clusters.bima.made_items": st.sampled_from([0, 70]),
    }
)


@settings(max_examples=50)
@given(levers, st.integers(0, 3))
def test_share_and_brands_never_fall_whatever_the_levers(chosen: dict[str, object], seed: int):
    projection = projected(placed(chosen | {"seed": seed}), 2)
    days = projection.supply.stocks.days
    leads = np.concatenate([np.arange(0.0, 400.0, 5.0), projection.readiness.days.ravel(), days])
    assert_never_falls(projection, np.unique(leads[np.isfinite(leads)]))


# ── one history answers every lead time ──────────────────────────────────────────────────────────────────────────────
def same(one: object, other: object) -> bool:
    """Whether two values are the same bit for bit."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one)
        )
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(same(a, b) for a, b in zip(one, other, strict=True))
    return one == other


def without_dates(scenario: Scenario, milestones: Milestones) -> Milestones:
    """The milestones without the days of stages passed on a calendar date, which count back from the start."""
    days = milestones.passed_days.copy()
    stages = [stage.name for stage in scenario.pathway.stages]
    for b, (brand, _) in enumerate(scenario.lineup):
        for stage in brand.before_start_dates:
            days[b, stages.index(stage)] = 0.0
    return dataclasses.replace(milestones, passed_days=days)


def assert_reads_no_date(scenario: Scenario) -> None:
    """Neither lead time nor date of the event moves a history or the goods; nothing is taken from memory here."""
    event = scenario.campaign.event_date
    others = [scenario.set("lead_weeks", weeks) for weeks in (0, 23, 151)]
    others += [scenario.set("campaign.event_date", event + datetime.timedelta(days=d)) for d in (-9, 40, 400)]

    def outcome(one: Scenario) -> tuple[str, list[Milestones], list[object]]:
        run = Run(one, one.seed, 2, "mixed", "reference")
        replications = Replications(run)
        found = [without_dates(one, replications.milestones(k)) for k in range(2)]
        goods = Projection(Numbers(one, one.seed, 0, 2), found).supply
        return run.key, found, [goods.stocks, goods.ready_to_ship_days, goods.affordable_items, goods.asked_items]

    key, milestones, goods = outcome(scenario)
    for other in others:
        other_key, other_milestones, other_goods = outcome(other)
        assert key == other_key
        assert same(milestones, other_milestones)
        assert same(goods, other_goods)


@pytest.mark.parametrize("name", NAMES)
def test_neither_lead_time_nor_date_moves_a_history_of_a_shipped_scenario(name: str):
    assert_reads_no_date(everyday(name, 4))


def test_neither_lead_time_nor_date_moves_the_history_of_the_small_scenario():
    assert_reads_no_date(small())


# ── planted: what reads the date is caught ───────────────────────────────────────────────────────────────────────────
def plant(monkeypatch: pytest.MonkeyPatch, stage: str, days: object) -> None:
    """Make the duration of a stage what `days` says of the scenario."""
    original = Scenario.programme.func

    def programme(self: Scenario):
        found = original(self)
        stages = [
            dataclasses.replace(s, duration=Fixed(float(days(self)))) if s.name == stage else s for s in found.stages
        ]
        return dataclasses.replace(found, stages=tuple(stages))

    planted = functools.cached_property(programme)
    planted.__set_name__(Scenario, "programme")
    monkeypatch.setattr(Scenario, "programme", planted)


@pytest.mark.parametrize("stage", ["coach", "full", "organise", "export-docs"])
def test_a_planted_stage_that_hurries_when_time_is_short_is_caught(monkeypatch: pytest.MonkeyPatch, stage: str):
    plant(monkeypatch, stage, lambda scenario: min(30.0, scenario.lead_days / 4))
    with pytest.raises(AssertionError):
        assert_reads_no_date(small())


def test_a_planted_stage_that_waits_for_a_season_is_caught(monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, "pilot", lambda scenario: 10 + scenario.campaign.event_date.month)
    with pytest.raises(AssertionError):
        assert_reads_no_date(small())


def test_a_stage_planted_the_same_way_that_reads_no_date_passes(monkeypatch: pytest.MonkeyPatch):
    plant(monkeypatch, "coach", lambda scenario: 10.0)
    assert_reads_no_date(small())


def test_planted_consignments_that_count_back_from_the_event_are_caught(monkeypatch: pytest.MonkeyPatch):
    original = supply.Supply.of.__func__

    def of(cls, numbers: Numbers, gathered: Gathered, passed_days: np.ndarray) -> supply.Supply:
        late = np.maximum(passed_days, numbers.scenario.lead_days - 60)
        return original(cls, numbers, gathered, late)

    monkeypatch.setattr(supply.Supply, "of", classmethod(of))
    with pytest.raises(AssertionError):
        assert_reads_no_date(small())


def test_a_planted_share_that_falls_is_caught():
    projection = projected(small(campaign__stock_rule="none"))
    stocks = projection.supply.stocks
    falling = dataclasses.replace(stocks, items=np.append([260.0, 380.0, 300.0, 10.0], stocks.items[4:]))
    projection.__dict__["supply"] = dataclasses.replace(projection.supply, stocks=falling)
    with pytest.raises(AssertionError):
        assert_never_falls(projection, np.arange(0.0, 300.0))


def test_the_event_of_the_small_scenario_is_where_this_file_thinks_it_is():
    assert small().campaign.event_date == EVENT
