"""Paired comparison: differences worked out on paper, intervals as SciPy has them, verdicts that follow from them."""

import dataclasses
import json
import sys

import numpy as np
import pytest
from scipy import stats

import sim
from sim import BadInput, Result, Scenario
from sim.experiment import Difference, compare
from sim.experiment.compare import _corrected, _difference, _more, _verdict
from sim.experiment.report import comparison_report
from sim.view.terminal import comparison_table
from tests.outcomes.small import small

DOUBTFUL = Difference(
    scenario="doubtful",
    base="base",
    mean=1.0,
    low=0.05,
    high=1.95,
    p05=0.0,
    p50=1.0,
    p95=2.0,
    mean_idr=0.0,
    more=0.9,
    less=0.1,
    correlation=0.5,
    variance_ratio=0.5,
    verdict="more",
    more_replications=0.0,
    pairs=30,
    idle=0.0,
    p=0.06,
    p_holm=0.06,
    synchrony="kept",
)


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


# ── many comparisons, and whether the pairing helped ────────────────────────────────────────────────
CASE = "single-day-2018"
VARIANTS = [f"{CASE}-{name}" for name in ("a-year-earlier", "twice-the-stock", "known-at-home", "ordinary")]


def test_many_comparisons_are_corrected_by_holm():
    results = [simulated(uncertain(lead_weeks=weeks)) for weeks in (11, 12, 20, 30)]
    found = compare(results)
    p = [one.p for one in found]
    assert p[0] == pytest.approx(stats.ttest_rel(shares(results[1]), shares(results[0])).pvalue)
    # By hand: in ascending order times 3, 2, 1, never falling, at most 1.
    order = np.argsort(p)
    steps = np.minimum(1, np.maximum.accumulate(np.array(p)[order] * [3, 2, 1]))
    assert [found[i].p_holm for i in order] == pytest.approx(steps.tolist())
    (alone,) = compare(results[:2])
    assert (alone.p, alone.p_holm) == (found[0].p, found[0].p)


def test_what_would_do_for_one_comparison_may_not_do_for_many():
    one, *others = (dataclasses.replace(DOUBTFUL, scenario=str(i)) for i in range(3))
    assert one.verdict == "more"
    corrected = _corrected([one, *others])
    assert [(c.verdict, round(c.p_holm, 3)) for c in corrected] == [("open", 0.18)] * 3
    # At 0.10 / 3 the interval of 30 pairs is 2.236 / 1.699 as wide as at 0.10.
    half = 0.95 * 2.2362 / 1.6991
    assert corrected[0].more_replications == pytest.approx(30 * (half**2 - 1), abs=1.5)


def test_without_statsmodels_two_are_compared_and_three_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "statsmodels.stats.multitest", None)
    results = [simulated(uncertain(lead_weeks=weeks), 5) for weeks in (11, 20, 30)]
    assert len(compare(results[:2])) == 1
    with pytest.raises(BadInput, match=r"needs statsmodels; pip install 'siap\[analysis\]'$"):
        compare(results)


def test_pairs_are_less_uncertain_than_strangers_on_shipped_scenarios():
    base, *others = (sim.simulate(name, 400, 7) for name in (CASE, *VARIANTS))
    for found, result in zip(compare([base, *others]), others, strict=True):
        stranger = sim.simulate(result.scenario, 400, 8)  # another seed: nothing in common
        paired, unpaired = (np.var(shares(one) - shares(base)) for one in (result, stranger))
        assert paired < unpaired
        assert found.variance_ratio == pytest.approx(paired / (np.var(shares(result)) + np.var(shares(base))))
        assert found.variance_ratio < 1
        assert found.synchrony == "kept"
    # What was changed least has most in common.
    ratios = [one.variance_ratio for one in compare([base, *others])]
    assert ratios[1] < ratios[0] < 0.2 < ratios[2] < ratios[3]


def test_a_lost_synchronisation_is_told():
    base, other = (sim.simulate(CASE, 400, seed) for seed in (7, 8))
    found = _difference(other, base)  # as if streams had changed their names
    assert abs(found.correlation) < 0.1
    assert found.synchrony == "lost"


def test_nothing_to_compare_is_told():
    results = [sim.simulate(name, 20, 7) for name in ("cibaduyut-2027", "cibaduyut-2027-items")]
    (found,) = compare(results)
    assert (found.idle, found.synchrony, found.verdict) == (1, "idle", "same")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["out of step", "Both sell nothing in 100%"]), ("id", ["tidak sejalan", "keduanya tidak menjual apa pun"])],
)
def test_the_table_says_what_the_audit_found(language: str, said: list[str]):
    base = sim.simulate(CASE, 400, 7)
    lost = [_difference(sim.simulate(CASE, 400, 8), base)]
    idle = [sim.simulate(name, 400, 7) for name in ("cibaduyut-2027", "cibaduyut-2027-items")]
    texts = [str(comparison_table([base, base], lost, language)[-1])]
    texts.append(str(comparison_table(idle, compare(idle), language)[-1]).replace("\N{NO-BREAK SPACE}", " "))
    assert [part for part, text in zip(said, texts, strict=True) if part not in text] == []
