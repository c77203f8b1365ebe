"""Sensitivity: what is known of a function is found again; what matters in a scenario is told from what does not."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.sensitivity import morris, morris_effects, sobol, sobol_indices
from sim.analysis.space import Space
from sim.errors import BadInput
from sim.scenario import Scenario
from tests.analysis.functions import ALONE, IN_ALL, NAMES, ishigami

COUNT = 4  # replications
FEE, DISCOUNT, COACHING = "campaign.fees.annual_rmb", "demand.discount", "pathway.stages.coach.duration.mean"


# ── known answers ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_sobols_indices_of_ishigamis_function_are_those_on_paper():
    assert pytest.approx((0.314, 0.442, 0.0), abs=5e-4) == ALONE
    assert pytest.approx((0.558, 0.442, 0.244), abs=5e-4) == IN_ALL
    found = sobol_indices(ishigami, NAMES, points=2048, seed=3).set_index("path").loc[list(NAMES)]
    assert found["S1"].to_numpy() == pytest.approx(ALONE, abs=0.02)
    assert found["ST"].to_numpy() == pytest.approx(IN_ALL, abs=0.02)
    for column, true in (("S1", np.array(ALONE)), ("ST", np.array(IN_ALL))):
        assert ((found[f"{column}_low"] <= true) & (true <= found[f"{column}_high"])).all()


def test_what_acts_only_with_another_is_told_in_all_and_not_alone():
    found = sobol_indices(ishigami, NAMES, points=1024).set_index("path")
    assert found["S1_told"].to_dict() == {"one": True, "two": True, "three": False}
    assert found["told"].all()


def test_an_index_estimated_below_zero_is_not_told():
    found = sobol_indices(ishigami, NAMES, points=256).set_index("path").loc["three"]
    assert found["S1"] < 0
    assert not found["S1_told"]


def test_morriss_effects_of_ishigamis_function_are_those_on_paper():
    """On four levels: steps of two thirds, of which every sine is a half times the root of three, or nothing."""
    root, high, low = np.sqrt(3) / 2, np.pi**4, (np.pi / 3) ** 4
    expected = {
        "one": root * (1 + 0.1 * (high + low) / 2),
        "two": 7 * root**2,
        "three": 0.1 * (high - low) * root / 2,
    }
    tables = [morris_effects(ishigami, NAMES, trajectories=400, seed=n).set_index("path") for n in range(30)]
    for name, true in expected.items():
        estimates = np.array([table.loc[name, "mu_star"] for table in tables])
        held = [table.loc[name, "mu_star_low"] <= true * (1 + 1e-9) for table in tables]
        held = [
            one and table.loc[name, "mu_star_high"] >= true * (1 - 1e-9)
            for one, table in zip(held, tables, strict=True)
        ]
        assert estimates.mean() == pytest.approx(true, rel=0.03)  # three standard errors
        assert sum(held) >= 22  # 27 are meant; fewer than 22 come of an interval of 90 % three times in a thousand
    assert abs(np.mean([table.loc["three", "mu"] for table in tables])) < 0.5  # up as often as down


def test_of_a_plain_sum_morris_finds_the_weights_and_what_has_none_is_not_told():
    found = morris_effects(lambda places: 3 * places[:, 0] - 2 * places[:, 1], NAMES, trajectories=4)
    assert found["path"].tolist() == list(NAMES)
    assert found["mu"].tolist() == pytest.approx([2, -4 / 3, 0])  # over two thirds of the range
    assert found["mu_star"].tolist() == pytest.approx([2, 4 / 3, 0])
    assert found["sigma"].tolist() == pytest.approx([0, 0, 0])
    assert found["told"].tolist() == [True, True, False]


@pytest.mark.parametrize(("levels", "step"), [(2, 1.0), (4, 2 / 3), (6, 0.6)])
def test_an_effect_is_that_of_the_step_that_was_taken_and_not_drawn_out_to_the_whole_range(levels: int, step: float):
    found = morris_effects(lambda places: (places[:, 0] >= 0.5) + 0.3 * places[:, 1], NAMES, 10, levels)
    assert found.attrs["step"] == pytest.approx(step)
    table = found.set_index("path")
    assert table["mu_star"].to_dict() == pytest.approx({"one": 1.0, "two": 0.3 * step, "three": 0.0})
    assert table.loc["one", ["mu", "sigma", "mu_star_low", "mu_star_high"]].tolist() == pytest.approx([1, 0, 1, 1])


@pytest.mark.parametrize(("analysis", "size"), [(sobol_indices, 32), (morris_effects, 4)])
def test_the_order_in_which_inputs_are_given_changes_nothing(analysis: Any, size: int):
    given, order = list(NAMES), [2, 0, 1]
    turned = [given[i] for i in order]
    back = [turned.index(name) for name in given]
    found = analysis(ishigami, given, size)
    again = analysis(lambda places: ishigami(places[:, back]), turned, size)
    pd.testing.assert_frame_equal(found, again, check_exact=True)


def test_the_same_seed_gives_the_same_bits_and_another_one_does_not():
    for analysis, size in ((sobol_indices, 64), (morris_effects, 6)):
        tables = [analysis(ishigami, NAMES, size, seed=seed) for seed in (5, 5, 6)]
        pd.testing.assert_frame_equal(tables[0], tables[1], check_exact=True)
        assert not tables[0].equals(tables[2])


# ── of a scenario ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_morris_of_a_scenario_tells_what_moves_the_share_from_what_does_not(unsure: Scenario, kept: Path):
    found = morris(Space.of(unsure), "share", trajectories=10, replications=COUNT, workers=1)
    table = found.set_index("path")
    assert table["told"].to_dict() == {DISCOUNT: True, COACHING: True, FEE: False}
    assert table.loc[FEE, "mu_star"] == 0
    assert (found.attrs["response"], found.attrs["replications"]) == ("share", COUNT)
    turned = morris(
        Space.of(unsure, [FEE, COACHING, DISCOUNT]), "share", trajectories=10, replications=COUNT, workers=1
    )
    pd.testing.assert_frame_equal(turned, found)  # the order of the numbers is nobody's business


def test_of_a_chance_no_effect_and_no_end_of_a_range_is_more_than_all_of_it(unsure: Scenario, kept: Path):
    short = Space.of(unsure.set("lead_weeks", 15))  # in time or not by how long coaching takes
    for levels, effect in ((4, 1.0), (6, 0.75)):
        found = morris(short, "ready", 3, levels, replications=COUNT, seed=1, workers=1).set_index("path")
        assert found.loc[COACHING, "mu_star"] == pytest.approx(effect)
        assert found.loc[COACHING, "mu_star_high"] == 1.0  # with six levels, its interval went on to 1.09


def test_sobol_asks_of_the_strongest_numbers_only(unsure: Scenario, kept: Path):
    found = sobol(Space.of(unsure), "share", points=8, count=2, replications=COUNT, workers=1)
    assert set(found["path"]) == {DISCOUNT, COACHING}
    assert found.attrs["screened"] == 3
    whole = sobol(Space.of(unsure), "share", points=8, count=None, replications=COUNT, workers=1)
    assert set(whole["path"]) == {DISCOUNT, COACHING, FEE}
    assert not whole.set_index("path").loc[FEE, "told"]


def test_progress_tells_of_every_point(unsure: Scenario, kept: Path):
    seen: list[tuple[int, int]] = []
    morris(Space.of(unsure), trajectories=2, replications=COUNT, workers=1, progress=lambda *told: seen.append(told))
    assert seen[-1] == (8, 8)  # two trajectories of three numbers


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("analysis", "wrong", "said"),
    [
        (morris, {"trajectories": 1}, "trajectories: must be at least 2"),
        (morris, {"levels": 3}, "levels: must be an even number"),
        (morris, {"response": "readiness_weeks"}, "readiness may be never; .*ready says how often"),
        (morris, {"response": "shares"}, "did you mean 'share'"),
        (morris, {"replications": 0}, "replications"),
        (sobol, {"points": 12}, "points: must be a power of 2 .*; received 12; for example 16"),
        (sobol, {"points": 0}, "points: must be a power of 2"),
        (sobol, {"count": 1}, "count: must be at least 2 numbers"),
        (sobol, {"response": "readiness_weeks"}, "must be finite"),
    ],
    ids=lambda one: getattr(one, "__name__", None) or str(one)[:30],
)
def test_a_bad_design_is_refused_before_anything_is_simulated(
    unsure: Scenario, analysis: Any, wrong: dict[str, Any], said: str
):
    with pytest.raises(BadInput, match=said) as refused:  # without a run store, a sweep would be refused for that
        analysis(Space.of(unsure), **wrong)
    assert "\n" not in str(refused.value)


def test_alternatives_without_an_order_are_refused_by_morris(unsure: Scenario):
    space = Space.of(unsure, levers={"campaign.access": ["invitation", "ordinary"]})
    with pytest.raises(BadInput, match=r"campaign\.access: has alternatives without an order"):
        morris(space)


def test_one_number_alone_is_nothing_to_compare(unsure: Scenario):
    for analysis in (morris, sobol):
        with pytest.raises(BadInput, match="must have at least two numbers"):
            analysis(Space.of(unsure, [DISCOUNT]), replications=COUNT)


def test_a_response_that_is_the_same_everywhere_is_said_to_be_so(unsure: Scenario, kept: Path):
    with pytest.raises(BadInput, match=r"is the same at all points.*ask at a lead time at which something is sold"):
        morris(Space.of(unsure.set("lead_weeks", 1)), trajectories=2, replications=COUNT, workers=1)
    for analysis in (morris_effects, sobol_indices):
        with pytest.raises(BadInput, match="must be finite at all points"):
            analysis(lambda places: np.full(len(places), np.inf), NAMES)
