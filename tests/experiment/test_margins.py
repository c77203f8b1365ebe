"""One step of each lever: which steps there are, what they bring on paper, and that pairs are what is compared."""

import threading

import numpy as np
import pytest

import sim
from sim import BadInput, Scenario
from sim.experiment import Cancelled, choices, compare, intervals, margins, moves, ranked
from sim.experiment import runner as runs
from sim.experiment.paired import Gain, changed, verdicts
from sim.outcomes.numbers import at
from sim.programme.quantity import central
from tests.outcomes.small import small

AGE = "campaign.min_store_age_days"
SHIPPED = ["cibaduyut-2027", "single-day-2018", "eight-clusters-2027", "amazon-black-friday-2027", "all-centres"]


def uncertain(**changes: object) -> Scenario:
    """The small scenario with capital that is not known: what is sold differs between replications."""
    capital = {"central": 4_000, "low": 2_500, "high": 6_000}
    return small(campaign__stock_rule="none", finance__working_capital_idr=capital, **changes)


def step(scenario: Scenario, path: str, after: object = None) -> sim.experiment.Move:
    return next(m for m in moves(scenario) if m.path == path and after in (None, m.after))


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "all-centres" else []) for name in SHIPPED]
)
def test_every_step_is_a_scenario_that_differs_in_what_it_says(name):
    scenario = Scenario.load(name)
    tried = [*moves(scenario), *choices(scenario)]
    assert len(tried) > 15
    for move in tried:
        other = move.on(scenario)
        assert other.digest != scenario.digest, move
        assert move.before != move.after
        for path, _value in move.settings:
            assert at(other, path) != at(scenario, path)


def test_a_tenth_more_of_a_range_is_a_tenth_more_in_every_replication():
    scenario = uncertain()
    more = step(scenario, "finance.working_capital_idr").on(scenario)
    base, other = sim.simulate(scenario, 20, 7), sim.simulate(more, 20, 7)
    path = "finance.working_capital_idr"
    assert other.mixed.numbers[path] == pytest.approx(1.1 * base.mixed.numbers[path])


def test_a_stage_a_tenth_faster_takes_a_tenth_less_whatever_its_distribution():
    scenario = Scenario.load("cibaduyut-2027")
    for move in moves(scenario):
        if move.path.endswith(".duration"):
            assert at(move.on(scenario), move.path).average == pytest.approx(0.9 * move.before)


def test_prices_are_moved_together_where_they_are_in_one_currency():
    prices = ["clusters.ada.goods.price_rmb", "clusters.bima.goods.price_rmb"]
    assert [path for path, _value in step(small(), prices[0]).settings] == prices
    goods = {"price_idr": 80.0, "unit_cost_idr": 10.0}
    found = [m for m in moves(small().set("clusters.bima.goods", goods)) if ".goods.price_" in m.path]
    assert [(m.unit, m.before, m.after) for m in found] == [
        ("RMB", 10.0, pytest.approx(11.0)),
        ("RMB", 10.0, pytest.approx(9.0)),
        ("IDR", 80.0, pytest.approx(88.0)),
        ("IDR", 80.0, pytest.approx(72.0)),
    ]
    assert [[path for path, _value in m.settings] for m in found[1:3]] == [
        prices[:1],
        ["clusters.bima.goods.price_idr"],
    ]


def test_of_thousands_a_tenth_more_is_tried_and_of_a_few_one():
    scenario = small()
    assert step(scenario, "resources.coach.units").after == 3
    assert step(scenario.set("resources.coach.units", 400), "resources.coach.units").after == 440


def test_shipping_a_day_shorter_is_a_day_sooner_on_paper():
    # The five legs take 10 days in all, of which a tenth is one; the first brand waits for goods at the cut-off.
    result = sim.simulate(uncertain(), 6, 7)
    found = margins(result, 12, 20, [step(result.scenario, "campaign.shipping")]).iloc[0]
    assert (found["before"], found["after"]) == (10, 9)
    assert (found["weeks"], found["weeks_low"], found["weeks_high"]) == pytest.approx((1 / 7,) * 3)
    assert found["weeks_verdict"] == "more"


def test_another_age_of_a_store_is_a_step_only_where_a_gate_asks_for_one():
    invited = Scenario.load("cibaduyut-2027")
    asked = [
        {m.after for m in moves(s) if m.path == AGE} for s in (invited, invited.set("campaign.access", "ordinary"))
    ]
    assert asked == [set(), {30, 90}]


def test_what_a_step_brings_is_what_a_paired_comparison_says():
    base = sim.simulate(uncertain(lead_weeks=20), 40, 7)
    move = step(base.scenario, "finance.working_capital_idr")
    found = margins(base, steps=[move]).iloc[0]
    (difference,) = compare([base, sim.simulate(move.on(base.scenario), 40, 7)])
    assert difference.verdict == "more"
    assert found["share"] == pytest.approx(difference.mean)
    assert (found["share_low"], found["share_high"]) == pytest.approx((difference.low, difference.high))
    assert found["sales_idr"] == pytest.approx(difference.mean_idr)


def test_sales_at_the_longest_lead_time_are_compared_there():
    base = sim.simulate(uncertain(), 30, 7)
    move = step(base.scenario, "finance.working_capital_idr")
    other = sim.simulate(move.on(base.scenario), 30, 7)
    found = margins(base, 12, 40, [move]).iloc[0]
    more = (other.sales_idr([12, 40])["mean"] - base.sales_idr([12, 40])["mean"]).tolist()
    assert [found["sales_idr"], found["ceiling_idr"]] == pytest.approx(more)
    assert more[0] < more[1]


def test_a_resource_costs_what_the_programme_pays_more():
    base = sim.simulate(Scenario.load("cibaduyut-2027"), 5)
    move = step(base.scenario, "resources.coach.units")
    found = margins(base, 49, 156, [move]).iloc[0]
    other = sim.simulate(move.on(base.scenario), 5)
    assert found["priced"]
    assert found["public_idr"] == pytest.approx((other.programme_idr(343) - base.programme_idr(343)).mean())
    assert found["public_idr"] > 0


def test_trying_steps_forgets_nothing_that_is_on_a_page():
    base = sim.simulate(uncertain(), 5, 7)
    kept = dict(runs.MEMORY._kept)
    margins(base, 12, 20)
    assert dict(runs.MEMORY._kept) == kept


def test_a_change_that_the_engine_does_not_read_is_answered_from_the_same_histories():
    base = sim.simulate(uncertain(), 5, 7)
    other = changed(base, base.scenario.set("finance.working_capital_idr", 4_000))
    assert other.mixed.milestones is base.mixed.milestones
    again = sim.simulate(other.scenario, 5, 7)
    assert (other.mixed.share(np.array([140.0])) == again.mixed.share(np.array([140.0]))).all()


def test_steps_are_reported_and_can_be_stopped():
    base, told, cancel = sim.simulate(uncertain(), 3, 7), [], threading.Event()

    def report(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            cancel.set()

    with pytest.raises(Cancelled):
        margins(base, 12, 20, progress=report, cancel=cancel)
    assert told == [(1, len(moves(base.scenario))), (2, len(moves(base.scenario)))]


def test_what_can_be_told_goes_before_what_cannot_and_the_largest_first():
    base = sim.simulate(uncertain(), 20, 7)
    for by in ("weeks", "ready", "sales_idr", "ceiling_idr"):
        table = ranked(margins(base, 12, 20), by)
        place = table[f"{by}_verdict"].map({"more": 0, "open": 1, "same": 2, "less": 3})
        assert place.is_monotonic_increasing
        best = table[table[f"{by}_verdict"] == "more"][by]
        assert best.is_monotonic_decreasing
        assert (best > 0).all()
    with pytest.raises(BadInput, match="must be one of"):
        ranked(table, "beauty")
    with pytest.raises(BadInput, match="at least one"):
        margins(base, steps=[])


def test_verdicts_allow_for_how_many_were_tried():
    doubtful = Gain(1.0, 0.1, 1.9, 0.04)
    assert verdicts([doubtful]) == ["more"]
    assert verdicts([doubtful] * 3) == ["open"] * 3
    assert verdicts([Gain(0.0, 0.0, 0.0, 1.0), Gain(-1.0, -1.1, -0.9, 0.0)]) == ["same", "less"]


def test_holm_is_that_of_statsmodels():
    multitest = pytest.importorskip("statsmodels.stats.multitest")
    p = np.array([0.04, 0.001, 0.2, 0.03, 0.9, 0.03])
    assert intervals.holm(p) == pytest.approx(multitest.multipletests(p, method="holm")[1])


def test_other_choices_are_every_other_alternative():
    found = {(m.path, m.after) for m in choices(Scenario.load("cibaduyut-2027"))}
    assert {("demand.brand_class", "unknown"), ("demand.brand_class", "known-in-china")} < found
    assert {("clusters.cibaduyut.makers", 50.0), ("clusters.cibaduyut.makers", 697.0)} < found
    assert {("campaign.stock_rule", "none"), ("campaign.access", "ordinary"), ("demand.maturity", "linear")} < found
    assert central(Scenario.load("cibaduyut-2027").clusters[0].makers) == 254
