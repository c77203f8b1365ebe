"""What one figure teaches: right where the answer is known in closed form, and honest about 2018."""

import math

import numpy as np
import pandas as pd
import pytest

from sim import BadInput, Scenario
from sim.analysis.calibration import Calibration, Weighed, calibrate, quantile
from sim.view import calibration as view
from tests.analysis.normal import normal

DRAWS = 20_000
LUCK, ERROR, STATED = 0.5, 0.3, math.exp(1.0)
# Normal prior, normal error: what is known after the datum is normal again, with this mean and spread.
GAIN = 1 / (1 + LUCK**2 + ERROR**2)
MEAN, SPREAD = GAIN * 1.0, math.sqrt(1 - GAIN)


def conjugate(seed: int = 1, draws: int = DRAWS) -> Weighed:
    """log y = a + luck, of which y was stated; and a number that it has nothing to do with."""
    a, luck, idle = (normal(draws, seed, name) for name in ("a", "luck", "idle"))
    return Weighed(pd.DataFrame({"a": a, "idle": idle}), np.exp(a + LUCK * luck), STATED, ERROR, seed)


def test_a_conjugate_case_gives_the_posterior_of_the_textbook():
    found = conjugate()
    low, middle, high = (quantile(found.parameters["a"].to_numpy(), p, found.weights) for p in (0.05, 0.5, 0.95))
    assert middle == pytest.approx(MEAN, abs=0.03)
    assert (low, high) == pytest.approx((MEAN - 1.645 * SPREAD, MEAN + 1.645 * SPREAD), abs=0.05)


def test_what_was_learnt_is_told_and_what_was_not_is_not():
    table = conjugate().learnt.set_index("path")
    assert table.loc["a", "told"]
    assert not table.loc["idle", "told"]
    assert table.loc["idle", "learnt_low"] < 0 < table.loc["idle", "learnt_high"]
    assert table.loc["a", "learnt"] == pytest.approx(GAIN, abs=0.12)  # of ranks, which are not quite normal
    assert table.index[0] == "a"


def test_numbers_that_the_figure_tells_of_only_in_common_are_named():
    a, b = normal(DRAWS, 3, "a"), normal(DRAWS, 3, "b")
    found = Weighed(pd.DataFrame({"a": a, "b": b}), np.exp(a + b), STATED, ERROR, 3)
    first = found.tied.iloc[0]
    assert {first["one"], first["other"]} == {"a", "b"}
    assert abs(first["prior"]) < 0.03
    assert first["posterior"] < -0.8


def test_the_posterior_is_drawn_as_often_as_it_weighs():
    found = conjugate()
    drawn = found.parameters["a"].to_numpy()[found.rows]
    assert drawn.mean() == pytest.approx(MEAN, abs=0.03)
    assert drawn.std() == pytest.approx(SPREAD, abs=0.03)


def test_ranges_hold_the_truth_as_often_as_they_say_where_the_truth_is_known():
    interval = conjugate(5, 4_000).recovered("a", trials=300)
    assert interval.low <= 0.90 <= interval.high
    narrow = conjugate(5, 4_000).recovered("a", trials=300, confidence=0.5)
    assert narrow.high < 0.62  # the same test can fail: half the confidence holds it about half as often


def test_a_shift_that_leaves_the_spread_alone_is_told_too():
    a = normal(DRAWS, 4, "a")
    table = Weighed(pd.DataFrame({"a": a, "idle": normal(DRAWS, 4, "idle")}), np.exp(0.3 * a), STATED, 0.9, 4).learnt
    told = table.set_index("path")
    assert told.loc["a", "learnt"] < 0.15
    assert told["told"].to_dict() == {"a": True, "idle": False}


@pytest.mark.slow
def test_hardly_ever_is_a_number_told_that_the_figure_says_nothing_about():
    wrong = [bool(conjugate(seed, 3_000).learnt.set_index("path").loc["idle", "told"]) for seed in range(40)]
    assert sum(wrong) <= 7  # about two are meant; eight would be one in a thousand


def test_means_over_the_posterior_are_as_sure_as_their_intervals_say():
    held = []
    for seed in range(60):
        found = conjugate(seed, 3_000)
        drawn = found.parameters["a"].to_numpy()[found.rows]
        held.append(abs(drawn.mean() - MEAN) <= 1.645 * drawn.std() / math.sqrt(len(drawn)))
        assert len(found.rows) <= found.effective
    assert sum(held) >= 47  # 54 are meant; with as many draws as there are weights, hardly 40 came out


def test_one_number_alone_is_tied_to_none():
    a = normal(2_000, 1, "a")
    assert Weighed(pd.DataFrame({"a": a}), np.exp(a), STATED, ERROR, 1).tied.empty


def test_the_same_seed_gives_the_same_and_another_another():
    assert conjugate(1).rows.tolist() == conjugate(1).rows.tolist()
    assert conjugate(1).learnt.equals(conjugate(1).learnt)
    assert conjugate(2).rows.tolist() != conjugate(1).rows.tolist()


@pytest.mark.parametrize(
    ("stated", "error", "said"),
    [
        (STATED, 0.0, "error: must be above 0"),
        (-1.0, ERROR, "stated: must be above 0"),
        (1e9, ERROR, "stated: must be near enough to what is predicted"),
    ],
)
def test_a_figure_that_nothing_comes_near_is_refused(stated: float, error: float, said: str):
    a = normal(500, 1, "a")
    with pytest.raises(BadInput, match=said):
        Weighed(pd.DataFrame({"a": a}), np.exp(a), stated, error, 1)


def test_trials_without_end_are_refused():
    with pytest.raises(BadInput, match="trials: must be from 1 to"):
        conjugate(1, 2_000).recovered("a", trials=2_001)


# ── 2018 ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def case() -> Calibration:
    return calibrate("single-day-2018", draws=6_000)


def test_the_posterior_predictive_covers_what_was_told(case: Calibration):
    low, middle, high = np.quantile(case.predictive_idr, [0.05, 0.5, 0.95])
    assert low < 122e9 < high
    assert middle == pytest.approx(122e9, rel=0.08)
    assert high / low > 2  # new luck: not the figure told back


def test_one_datum_teaches_the_median_of_the_class_and_no_price_spread_or_growth(case: Calibration):
    table = case.weighed.learnt.set_index("path")
    assert table.index[table["told"]].tolist() == [case.fitted]
    for path in ("demand.maturity_multiple", "demand.maturity_tau_days", "clusters.yan-ty-ty.goods.price_rmb"):
        assert not table.loc[path, "told"]
    assert "campaign.fees.store_usd" not in table.index  # the sales do not depend on what a store costs


def test_the_fitted_median_lies_within_what_is_known_after_the_figure(case: Calibration):
    row = case.weighed.learnt.set_index("path").loc[case.fitted]
    assert row["posterior_p05"] < 1.6e7 < row["posterior_p95"]  # the point fit finds 16 million
    assert row["prior_p05"] < row["posterior_p05"]


def test_a_case_whose_numbers_are_its_own_gives_them_back_after_other_cases(case: Calibration):
    again = calibrate("single-day-2018", draws=6_000)
    calibrate("single-day-2018", draws=3_000, seed=9)
    assert np.array_equal(again.predictive_idr, case.predictive_idr)


def test_half_the_figure_gives_a_far_lower_median():
    whole, half = (calibrate("single-day-2018", draws=3_000, stated_idr=stated) for stated in (122e9, 61e9))
    middle = [one.weighed.learnt.set_index("path").loc[one.fitted, "posterior_p50"] for one in (whole, half)]
    assert middle[1] < middle[0] / 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_sentences_tables_and_charts_say_the_same(case: Calibration, language: str):
    said = view.learnt_sentence(case, language)
    table = case.weighed.learnt
    assert str(len(table)) in said
    columns = view.learnt_columns(case, language)
    assert len(next(iter(columns.values()))) == min(len(table), view.MOST_ROWS)
    figure = view.learnt_figure(case, language)
    assert sorted(figure.data[0].x) == sorted(table["learnt"].head(view.MOST_ROWS))
    assert "122" in view.predictive_sentence(case, language)
    told = view.predictive_figure(case, language).data[2]
    assert tuple(told.x) == (122.0, 122.0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"case": "cibaduyut-2027"}, "demand.brand_class: must be one that is fitted"),
        ({"prior_rmb": (10.0, 10.0)}, "prior_rmb: must go from an amount above 0 to a higher one"),
        ({"prior_rmb": (1.0, 2.0)}, "stated: must be near enough"),
        ({"draws": 0}, "replications"),
        ({"seed": -1}, "seed"),
    ],
)
def test_what_cannot_be_calibrated_is_refused_in_one_line(arguments: dict, said: str):
    with pytest.raises(BadInput, match=said):
        calibrate(**({"draws": 500} | arguments))


def test_knowledge_of_another_run_comes_with_luck_of_its_own(case: Calibration):
    scenario = Scenario.load("single-day-2018")
    first, again = case.project(scenario), case.project(scenario)
    rows = case.weighed.rows
    multiple = case.weighed.parameters["demand.maturity_multiple"].to_numpy()
    assert np.array_equal(first.numbers["demand.maturity_multiple"], multiple[rows])
    price = case.weighed.parameters["clusters.indomie.goods.price_rmb"].to_numpy()
    assert np.array_equal(first.supply.price[:, -1], price[rows])
    assert np.array_equal(first.demand.awareness_items, again.demand.awareness_items)
    twice = np.flatnonzero(np.diff(rows) == 0)[0]  # one draw of knowledge, two of luck
    assert first.demand.awareness_items[twice, 0] != first.demand.awareness_items[twice + 1, 0]
