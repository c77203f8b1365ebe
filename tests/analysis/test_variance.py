"""Chance and knowledge told apart: planted variances are found again, with intervals that hold them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.function import Function
from sim.analysis.space import Space
from sim.analysis.variance import PARTS, variance, variance_parts
from sim.errors import BadInput
from sim.scenario import Scenario
from tests.analysis.functions import VARIANCE, Floats, ishigami

DISCOUNT, COACHING, FEE = "demand.discount", "pathway.stages.coach.duration.mean", "campaign.fees.annual_rmb"


def planted(points: int, replications: int, knowledge: float, chance: float, both: float, seed: int = 1) -> Floats:
    """Values of three independent effects with these standard deviations."""
    rng = np.random.default_rng(seed)
    k, c = rng.normal(size=(points, 1)), rng.normal(size=(1, replications))
    return 10.0 + knowledge * k + chance * c + both * rng.normal(size=(points, replications))


def held(table: pd.DataFrame, true: Floats) -> list[bool]:
    return ((table["low"] <= true) & (true <= table["high"])).tolist()


def test_planted_parts_are_found_again():
    found = variance_parts(planted(150, 150, 2.0, 1.0, 1.5, seed=4))
    true = np.array([4.0, 1.0, 2.25]) / 7.25
    assert found["part"].tolist() == list(PARTS)
    assert found["share"].to_numpy() == pytest.approx(true, abs=0.08)
    assert found["sd"].to_numpy() == pytest.approx([2.0, 1.0, 1.5], rel=0.15)
    assert held(found, true) == [True] * 3
    assert found["told"].all()


def test_luck_that_weighs_more_where_a_number_is_high_is_both_together():
    rng = np.random.default_rng(2)
    k, c = rng.normal(size=(150, 1)), rng.normal(size=(1, 150))
    found = variance_parts(k * c).set_index("part")
    assert found.loc["both", "share"] > 0.95
    assert not found.loc[["knowledge", "chance"], "told"].any()


def test_ishigamis_function_under_noise_is_knowledge_and_what_knowledge_cannot_explain():
    rng = np.random.default_rng(3)
    values = ishigami(rng.random((300, 3)))[:, None] + 2.0 * rng.normal(size=(300, 30))
    found = variance_parts(values)
    true = np.array([VARIANCE, 0.0, 4.0]) / (VARIANCE + 4.0)
    assert found["share"].to_numpy() == pytest.approx(true, abs=0.03)
    assert found.set_index("part")["told"].to_dict() == {"knowledge": True, "chance": False, "both": True}


def test_a_part_that_is_not_there_may_be_estimated_below_zero_and_is_not_told():
    found = variance_parts(planted(40, 20, 0.0, 1.0, 1.0, seed=3)).set_index("part")
    assert found.loc["knowledge", "share"] < 0
    assert found.loc["knowledge", "sd"] == 0
    assert not found.loc["knowledge", "told"]
    assert found.loc[["chance", "both"], "told"].all()


def test_where_luck_changes_nothing_all_is_knowledge():
    found = variance_parts(planted(20, 10, 1.0, 0.0, 0.0))
    assert found["share"].tolist() == [1.0, 0.0, 0.0]
    assert found["told"].tolist() == [True, False, False]


@pytest.mark.slow
def test_nine_of_ten_intervals_hold_the_true_part():
    true = np.array([1.0, 1.0, 1.0]) / 3
    times = np.mean([held(variance_parts(planted(32, 20, 1, 1, 1, seed)), true) for seed in range(150)], axis=0)
    assert (times > 0.83).all()
    assert (times < 0.97).all()


def test_the_same_seed_gives_the_same_bits():
    values = planted(16, 10, 1, 1, 1)
    pd.testing.assert_frame_equal(variance_parts(values, 4), variance_parts(values, 4), check_exact=True)
    assert not variance_parts(values, 4).equals(variance_parts(values, 5))


def test_of_a_scenario_that_luck_cannot_touch_all_is_knowledge(unsure: Scenario, kept: Path):
    settled = unsure.set("pathway.stages.coach.duration", {"kind": "fixed", "days": 10})
    found = variance(Space.of(settled), points=8, replications=8, workers=1).set_index("part")
    assert found["share"].to_dict() == {"knowledge": 1.0, "chance": 0.0, "both": 0.0}


def test_the_order_of_numbers_changes_nothing_and_one_more_leaves_the_values_of_the_others(
    unsure: Scenario, kept: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[dict[str, Floats]] = []
    replicated = Function.replicated

    def watched(function: Function, matrix: Floats, *rest: Any) -> dict[str, Floats]:
        seen.append(dict(zip(function.space.paths, matrix.T, strict=True)))
        return replicated(function, matrix, *rest)

    monkeypatch.setattr(Function, "replicated", watched)
    asked = ([COACHING, DISCOUNT], [DISCOUNT, COACHING], [COACHING, FEE, DISCOUNT])
    found = [variance(Space.of(unsure, paths), points=8, replications=8, workers=1) for paths in asked]
    pd.testing.assert_frame_equal(found[0], found[1], check_exact=True)
    for path in (COACHING, DISCOUNT):
        assert np.array_equal(seen[0][path], seen[2][path])
    assert not np.array_equal(seen[0][COACHING], seen[0][DISCOUNT])


def test_a_number_that_is_left_out_counts_as_chance(unsure: Scenario, kept: Path):
    parts = [
        variance(Space.of(unsure, paths), points=12, replications=10, workers=1).set_index("part")["share"]
        for paths in ([DISCOUNT, COACHING], [DISCOUNT])
    ]
    assert parts[1]["chance"] > parts[0]["chance"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((7, 20)), "points: must be at least 8"),
        (np.zeros((20, 7)), "replications: must be at least 8 to tell chance from knowledge"),
        (np.zeros(20), "points: must be at least 8"),
        (np.ones((20, 20)), "is the same at all points and in all replications"),
        (np.full((20, 20), np.inf), "must be finite"),
    ],
    ids=["few points", "few replications", "no table", "constant", "infinite"],
)
def test_what_nothing_can_be_told_from_is_refused(values: Floats, said: str):
    with pytest.raises(BadInput, match=said):
        variance_parts(values)


def test_readiness_and_too_few_points_are_refused_before_anything_is_simulated(unsure: Scenario):
    with pytest.raises(BadInput, match="readiness may be never"):
        variance(Space.of(unsure), "readiness_weeks")
    with pytest.raises(BadInput, match="replications: must be at least 8"):
        variance(Space.of(unsure), replications=4)
