"""The search on problems whose answer is known: it comes near, in the same way each time, and refuses in one line."""

import sys
import threading

import numpy as np
import optuna
import pandas as pd
import pytest

from sim import BadInput, Range
from sim.analysis.search import front, unbettered
from sim.experiment import Cancelled

BOTH = {"a": "less", "b": "less"}
CORNER = 1.1  # the point from which the area over a front is measured


def schaffer(setting):
    return {"a": setting["x"] ** 2, "b": (setting["x"] - 2) ** 2}


def zdt1(setting):
    """Zitzler, Deb & Thiele (2000): on the front b = 1 − √a, and all numbers but the first are 0."""
    first, *others = setting.values()
    far = 1 + 9 * np.mean(others)
    return {"a": first, "b": far * (1 - np.sqrt(first / far))}


def area(found: pd.DataFrame) -> float:
    """What a front covers up to the corner (its hypervolume)."""
    points = found[(found.a < CORNER) & (found.b < CORNER)].sort_values("a")
    return float((np.diff([*points.a, CORNER]) * (CORNER - points.b)).sum())


def test_the_front_of_schaffer_is_found_from_end_to_end():
    tried = front(schaffer, {"x": Range(-10, 10)}, BOTH, 300, seed=1)
    found = tried[tried.front]
    assert np.abs(np.sqrt(found.a) + np.sqrt(found.b) - 2).max() < 0.2  # 0 on the front, up to 20 off it
    assert found.a.min() < 0.1
    assert found.b.min() < 0.1
    assert len(found) > 15


def test_the_front_of_zdt1_is_covered_as_chance_alone_does_not_cover_it():
    over = {name: Range(0, 1) for name in "xyz"}
    tried = front(zdt1, over, BOTH, 1_000, seed=1)
    found = tried[tried.front]
    true = CORNER**2 - 1 / 3
    assert 0.85 * true < area(found) < true
    assert (found.b - (1 - np.sqrt(found.a))).median() < 0.1
    chance = np.random.default_rng(1).random((1_000, 3))
    drawn = pd.DataFrame([zdt1(dict(zip("xyz", row, strict=True))) for row in chance])
    assert area(drawn[unbettered(drawn.to_numpy(), ["less", "less"])]) < 0.7 * true


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_least_cost_under_a_condition_is_found_exactly(seed):
    def cost(setting):
        x, y = setting["x"], setting["y"]
        return {"cost": 3 * x + 2 * y + 5 * (setting["way"] == "dear"), "short": 12 - x * y}

    over = {"x": range(1, 11), "y": range(1, 11), "way": ["dear", "cheap"]}
    tried = front(cost, over, {"cost": "less"}, 100, seed, condition="short")
    (best,) = tried[tried.front].to_dict("records")
    assert (best["x"], best["y"], best["way"], best["cost"]) == (3, 4, "cheap", 17)
    assert (tried[tried.cost < 17].short > 0).all()


def test_where_nothing_meets_the_condition_nothing_is_on_the_front():
    tried = front(lambda s: {"a": s["x"], "short": 1.0}, {"x": [1, 2]}, {"a": "less"}, 10, condition="short")
    assert not tried.met.any()
    assert not tried.front.any()


def test_more_is_better_where_it_is_said_so_and_what_comes_first_is_tried_first():
    def same(setting):
        return {"a": setting["x"], "b": setting["x"]}

    tried = front(same, {"x": range(50)}, {"a": "more", "b": "less"}, 30, first=[{"x": 33}])
    assert tried.x.iloc[0] == 33
    assert tried.front.all()
    assert list(front(same, {"x": range(20)}, {"a": "more"}, 20).query("front").x) == [19]


def test_where_there_are_no_more_settings_than_trials_all_are_tried_once():
    told = []
    over = {"x": [0, 1, 2], "way": ["a", "b", "c", "d"]}
    tried = front(schaffer, over, BOTH, 12, progress=lambda *said: told.append(said))
    assert len(tried) == len(tried[["x", "way"]].drop_duplicates()) == 12
    assert told[-1] == (12, 12)


def test_what_is_unbettered_is_what_optuna_says():
    values = np.random.default_rng(3).integers(0, 6, (60, 3)).astype(float)
    study = optuna.create_study(directions=["minimize", "maximize", "minimize"])
    for row in values:
        study.add_trial(optuna.trial.create_trial(values=list(row)))
    theirs = {tuple(trial.values) for trial in study.best_trials}
    mine = values[unbettered(values, ["less", "more", "less"])]
    assert {tuple(row) for row in mine.tolist()} == theirs


def test_one_seed_gives_one_search_and_another_another_and_no_setting_is_asked_for_twice():
    asked = []

    def told(setting):
        asked.append(tuple(setting.values()))
        return schaffer(setting)

    over = {"x": range(-20, 20), "y": ["p", "q"]}
    one = front(told, over, BOTH, 40, seed=5)
    assert len(asked) == len(set(asked)) == len(one) == 40
    pd.testing.assert_frame_equal(one, front(schaffer, over, BOTH, 40, seed=5))
    wide = {"x": Range(-10, 10)}
    assert list(front(schaffer, wide, BOTH, 12, 5).x) != list(front(schaffer, wide, BOTH, 12, 6).x)


def test_it_is_as_quiet_as_it_was_and_says_how_far_it_is(capsys):
    before, told = optuna.logging.get_verbosity(), []
    front(schaffer, {"x": Range(0, 1)}, BOTH, 10, progress=lambda *said: told.append(said))
    assert told == [(n, 10) for n in range(1, 11)]
    assert optuna.logging.get_verbosity() == before
    assert capsys.readouterr().err == ""


def test_it_can_be_stopped():
    stop = threading.Event()
    with pytest.raises(Cancelled):
        front(schaffer, {"x": Range(0, 1)}, BOTH, 10, progress=lambda *_: stop.set(), cancel=stop)


@pytest.mark.parametrize(
    ("over", "aims", "trials", "said"),
    [
        ({}, BOTH, 10, "levers: must be at least one"),
        ({"x": [1]}, BOTH, 10, "x: needs at least two levels to choose from"),
        ({"x": []}, BOTH, 10, "x: needs at least one level"),
        ({"x": [1, 2]}, BOTH, 9, "trials: must be a whole number of at least 10"),
        ({"x": [1, 2]}, {"a": "lower"}, 10, "a: no direction has this name"),
        ({"x": [1, 2]}, {}, 10, "aims: must be at least one"),
    ],
)
def test_a_bad_search_is_refused_in_one_line(over, aims, trials, said):
    with pytest.raises(BadInput, match=said) as refused:
        front(schaffer, over, aims, trials)
    assert "\n" not in str(refused.value)


def test_without_optuna_it_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(BadInput, match=r"analysis: needs optuna; pip install 'siap\[analysis\]'"):
        front(schaffer, {"x": Range(0, 1)}, BOTH, 10)
