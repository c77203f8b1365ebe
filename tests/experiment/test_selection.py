"""Ranking and selection: the planted best is found as often as promised, and what cannot be told is said."""

import json
import sys

import numpy as np
import pytest

import sim
from sim import BadInput
from sim.experiment.precision import Spent
from sim.experiment.report import selection_report
from sim.experiment.selection import Selection, Value, indifferent, within_budget
from tests.outcomes.small import small

NAMES = [f"design-{i}" for i in range(4)]
ZONE = 0.5
PLANTED = 2
CASE = "single-day-2018"


def planted(seed: int, together: float, gap: float = ZONE, most: int = 5_000) -> Value:
    """Designs of one mean and one that is better by a gap; part of the variance (1) is common to all of them."""
    rng = np.random.default_rng(seed)
    common, own = rng.standard_normal((most, 1)), rng.standard_normal((most, len(NAMES)))
    values = 10 + np.sqrt(together) * common + np.sqrt(1 - together) * own
    values[:, PLANTED] += gap

    def value(design: int, replication: int) -> float:
        if replication >= most:
            raise Spent
        return float(values[replication, design])

    return value


def chosen(together: float, trials: int, confidence: float = 0.9) -> list[Selection]:
    return [indifferent(NAMES, planted(i, together), ZONE, confidence, first=10) for i in range(trials)]


@pytest.mark.slow
@pytest.mark.parametrize("together", [0.0, 0.8])
def test_a_planted_best_is_selected_at_the_promised_rate(together: float):
    trials = 600
    found = chosen(together, trials)
    right = np.mean([one.best == NAMES[PLANTED] for one in found])
    assert {one.state for one in found} == {"selected"}
    assert right >= 0.9 - 2 * np.sqrt(0.9 * 0.1 / trials)  # as far off as luck may be


def test_common_random_numbers_spare_replications():
    fine = 0.1  # so small a zone takes hundreds of replications
    apart, together = (
        sum(sum(indifferent(NAMES, planted(i, c, gap=fine), fine, 0.9).replications.values()) for i in range(5))
        for c in (0.0, 0.8)
    )
    assert together < apart / 2


def test_two_designs_that_are_the_same_are_tied_and_put_nobody_out_for_luck():
    value = planted(1, 0.5)
    found = indifferent(NAMES[:2], lambda _, k: value(0, k), ZONE, 0.9, first=10)
    assert (found.state, found.still_in, found.probability) == ("tied", tuple(NAMES[:2]), None)


def test_what_the_replications_allowed_do_not_tell_is_left_open():
    found = indifferent(NAMES, planted(1, 0.0, gap=0.001, most=40), 0.001, 0.9, first=10)
    assert found.state == "spent"
    assert len(found.still_in) > 1
    assert found.probability is None
    assert found.best in found.still_in


def test_a_budget_goes_where_it_tells_most():
    found = within_budget(NAMES, planted(3, 0.0, gap=1.0), 800)
    assert found.best == NAMES[PLANTED]
    assert found.probability is not None
    assert found.probability > 0.9
    assert sum(found.replications.values()) == pytest.approx(800, abs=40)
    assert max(found.replications, key=found.replications.__getitem__) == NAMES[PLANTED]


def test_a_budget_is_halved_between_two_and_spread_evenly_where_nothing_varies():
    two = within_budget(NAMES[:2], planted(3, 0.0), 200)
    assert set(two.replications.values()) == {100}
    same = within_budget(NAMES, lambda _design, _k: 1.0, 400)
    assert (same.state, same.still_in, set(same.replications.values())) == ("tied", tuple(NAMES), {100})


def test_the_better_of_two_shipped_scenarios_is_selected_both_ways():
    better = f"{CASE}-a-year-earlier"
    for found in (sim.select([CASE, better], indifference=1e-5), sim.select([CASE, better], budget=200)):
        assert (found.best, found.state) == (better, "selected")
        assert json.loads(json.dumps(selection_report(found), allow_nan=False))["best"] == better
    result = sim.simulate(better, found.replications[better], seed=found.seed)
    assert found.means[better] == pytest.approx(result.share(list(result.own_weeks))["mean"].iloc[0])


@pytest.mark.parametrize(
    ("scenarios", "asked", "said"),
    [
        ([CASE], {"indifference": 0.1}, "at least two"),
        ([CASE, CASE], {"indifference": 0.1}, "different names"),
        ([CASE, small()], {}, "either an indifference zone or a budget"),
        ([CASE, small()], {"indifference": 0.1, "budget": 100}, "either an indifference zone or a budget"),
        ([CASE, small()], {"indifference": 2.0}, "above 0 and below 1"),
        ([CASE, small()], {"budget": 30}, "at least 40 replications a scenario"),
        ([CASE, small()], {"indifference": 0.1, "most": 5}, "at least 100"),
    ],
    ids=["one", "twice", "neither", "both", "zone", "budget", "most"],
)
def test_bad_input_gets_one_line(scenarios: list, asked: dict, said: str):
    with pytest.raises(BadInput, match=said):
        sim.select(scenarios, **asked)


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sim_tools.ovs.indifference_zone", None)
    with pytest.raises(BadInput, match=r"needs sim-tools; pip install 'siap\[analysis\]'$"):
        sim.select([CASE, f"{CASE}-ordinary"], indifference=1e-5)
