"""Paired comparison: differences worked out on paper, intervals as SciPy has them, verdicts that follow from them."""

import json

import numpy as np
import pytest
from scipy import stats

import sim
from sim import BadInput, Result, Scenario
from sim.experiment import Difference, compare
from sim.experiment.compare import _more, _verdict
from sim.experiment.report import comparison_report
from tests.outcomes.small import small


def simulated(scenario: Scenario, replications: int = 40, seed: int = 7) -> Result:
    return sim.simulate(scenario, replications, seed)


def uncertain(**changes: object) -> Scenario:
    """The small scenario with capital that is not known: shares differ from replication to replication."""
    capital = {"central": 4_000, "low": 2_500, "high": 6_000}
    return small(campaign__stock_rule="none", finance__working_capital_idr=capital, **changes)


def shares(result: Result) -> np.ndarray:
    return result.mixed.share(np.array([result.scenario.lead_days]))[:, 0]


def test_more_time_brings_what_the_shares_say():
    early, late = simulated(uncertain(lead_weeks=20)), simulated(uncertain(lead_weeks=11))
    (found,) = compare([late, early])
    gain = shares(early) - shares(late)
    assert (gain > 0).any()
    assert found.mean == pytest.approx(gain.mean())
    assert (found.p05, found.p50, found.p95) == pytest.approx(tuple(np.quantile(gain, [0.05, 0.5, 0.95])))
    assert (found.more, found.less) == ((gain > 0).mean(), (gain < 0).mean())
    assert found.variance_ratio == pytest.approx(gain.var() / (shares(early).var() + shares(late).var()))
    turnover = early.mixed.sales_idr(np.array([140.0])).sum(axis=1)[:, 0] / shares(early)
    assert found.mean_idr == pytest.approx((gain * turnover).mean())


def test_the_interval_of_the_mean_is_that_of_students_t():
    base, other = simulated(uncertain(lead_weeks=11)), simulated(uncertain(lead_weeks=20))
    (found,) = compare([base, other])
    gain = shares(other) - shares(base)
    interval = stats.ttest_1samp(gain, 0).confidence_interval(0.90)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.verdict == "more"
    (turned,) = compare([other, base])
    assert (turned.mean, turned.verdict) == (pytest.approx(-found.mean), "less")


def test_a_scenario_is_the_same_as_itself_in_every_pair():
    result = simulated(uncertain(lead_weeks=20))
    (found,) = compare([result, result])
    assert (found.verdict, found.mean, found.more, found.less) == ("same", 0, 0, 0)
    assert found.correlation == pytest.approx(1)


def test_luck_alone_is_not_taken_for_a_difference():
    # Gains of +1 and -1 in turn, once more up than down: 11 pairs say nothing yet.
    gain = np.array([1.0, -1.0] * 5 + [1.0])
    half = float(stats.t.ppf(0.95, 10)) * gain.std(ddof=1) / np.sqrt(11)
    assert _verdict(gain, gain.mean(), half) == "open"
    # The interval is half/mean = 6.3 times too wide, so 6.3² as many pairs are needed.
    assert _more(11, gain.mean(), half) == pytest.approx(11 * ((half / gain.mean()) ** 2 - 1), abs=2)


def test_so_many_more_replications_as_are_named_would_tell():
    count, mean, half = 100, 1.0, 3.0
    needed = count + _more(count, mean, half)
    assert half * np.sqrt(count / needed) < mean <= half * np.sqrt(count / (needed - 2))


def test_one_pair_tells_nothing():
    (found,) = compare([simulated(uncertain(lead_weeks=11), 1), simulated(uncertain(lead_weeks=20), 1)])
    assert found.verdict == "open"
    assert found.more_replications == np.inf


@pytest.mark.parametrize("other", [{"replications": 39}, {"seed": 8}])
def test_what_cannot_be_paired_is_refused(other: dict[str, int]):
    with pytest.raises(BadInput, match="one seed and one number of replications"):
        compare([simulated(uncertain()), simulated(uncertain(), **other)])


def test_the_report_is_strict_json():
    results = [simulated(uncertain(lead_weeks=weeks), 1) for weeks in (11, 20, 30)]
    found: list[Difference] = compare(results)
    printed = json.loads(json.dumps(comparison_report(results, found), allow_nan=False))
    assert [row["lead_weeks"] for row in printed["scenarios"]] == [11, 20, 30]
    assert [row["verdict"] for row in printed["differences"]] == ["open", "open"]
    assert printed["differences"][0]["low"] is None
    assert printed["differences"][0]["mean"] == pytest.approx(found[0].mean)
