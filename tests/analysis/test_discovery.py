"""Where a choice fails: a planted box is found, noise or not, what is said of it is counted, bad cases are refused."""

import dataclasses
import functools
import json
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc

import sim
from sim import cli
from sim.analysis import boxes, discovery, prim
from sim.analysis.boxes import Box, Limit
from sim.analysis.discovery import METHODS, Cases, Discovery, cases, discover, region
from sim.analysis.space import Space
from sim.errors import BadInput
from sim.experiment.intervals import of_count
from sim.text.catalogue import LANGUAGES
from sim.view import discovery as view
from sim.view import figures
from sim.view.widgets import Chart
from tests.store.scenarios import uncertain

WITHIN = 0.06  # of the unit cube: about three halves of what is peeled of 200 cases at a time
NAMES = list("abcdef")
FEWER = NAMES[:3]  # where only sameness is asked: peeling takes as long as there are columns
QUICK: dict[str, Any] = {"resamples": 0, "folds": 0}
COACH, LEAD = "pathway.stages.coach.duration.mean", "lead_weeks"


def cube(count: int = 200, seed: int = 1, names: Sequence[str] = NAMES) -> pd.DataFrame:
    return pd.DataFrame(qmc.LatinHypercube(len(names), rng=seed).random(count), columns=list(names))


def sure(points: pd.DataFrame, fails: Any) -> Cases:
    """Cases that reach their target always or never."""
    return Cases(points, np.where(fails, 0, 100), 100, 0.5)


def noisy(points: pd.DataFrame, fails: Any, replications: int = 30) -> Cases:
    """Cases whose replications reach the target by chance: in 60 of 100 where they are to fail, else in 90."""
    reached = np.random.default_rng(2).binomial(replications, np.where(fails, 0.6, 0.9))
    return Cases(points, reached, replications, 0.75)


def planted(points: pd.DataFrame) -> Any:
    return ((points.a > 0.6) & (points.c < 0.45)).to_numpy()


@functools.cache
def found(method: str, noise: bool) -> Discovery:
    """The planted box as a method finds it, without or with noise; found once, by the first test that asks."""
    points = cube()
    if noise:
        return discover(noisy(points, planted(points)), method, folds=2, resamples=5)
    return discover(sure(points, planted(points)), method, **QUICK)


# ── what is planted is found ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("noise", [False, True], ids=["sure", "noisy"])
@pytest.mark.parametrize("method", METHODS)
def test_a_planted_box_is_found_in_its_two_dimensions_and_in_no_other(method: str, noise: bool):
    (box,) = found(method, noise).boxes
    limits = {limit.path: (limit.low, limit.high) for limit in box.limits}
    assert limits == {
        "a": (pytest.approx(0.6, abs=WITHIN), np.inf),
        "c": (-np.inf, pytest.approx(0.45, abs=WITHIN)),
    }
    least = 0.85 if noise else 0.9
    assert min(box.coverage, box.density) >= least


@pytest.mark.parametrize("method", METHODS)
def test_its_limits_are_found_again_and_hold_for_other_cases(method: str):
    one = found(method, True)
    assert all(limit.reproduced_density >= 0.8 for limit in one.boxes[0].limits)
    assert min(one.held_out.coverage, one.held_out.density) >= 0.8


def test_prim_says_how_probable_each_limit_is_by_luck_and_a_tree_does_not():
    (a, c) = sorted(found("prim", False).boxes[0].limits, key=lambda limit: limit.path)
    assert max(a.luck_low, c.luck_high) < 1e-6
    assert np.isnan([a.luck_high, c.luck_low]).all()
    table = found("cart", False).table
    assert table[["luck_low", "luck_high"]].isna().all(axis=None)


@pytest.mark.parametrize("method", METHODS)
def test_of_named_alternatives_a_box_says_which(method: str):
    points = cube(120).assign(rule=np.resize(["items", "value", "none"], 120), switch=np.resize([True, False], 120))
    fails = ((points.rule != "none") & (points.b > 0.5)).to_numpy()
    (box,) = discover(sure(points, fails), method, **QUICK).boxes
    assert set(box.paths) == {"rule", "b"}
    assert box.limit("rule").allowed == ("items", "value")  # type: ignore[union-attr]
    assert box.coverage >= 0.9


@pytest.mark.parametrize("method", METHODS)
def test_a_second_box_is_found_beside_the_first_and_together_they_cover_more(method: str):
    points = cube(120)
    one, other = (points.a > 0.7).to_numpy(), (points.d < 0.2).to_numpy()
    two = discover(sure(points, one | other), method, **QUICK)
    assert [box.paths[0] for box in two.boxes[:2]] == ["a", "d"]
    assert two.coverage > 0.9 > two.boxes[0].coverage


@pytest.mark.parametrize("method", METHODS)
def test_where_failures_are_scattered_no_part_is_held_to_be_where_it_fails(method: str):
    fails = np.random.default_rng(3).random(100) < 0.3
    luck = discover(sure(cube(100), fails), method, resamples=0, folds=3)
    assert luck.held_out.density < 0.5 or not luck.boxes


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_boxes_quietly_and_leaves_numpys_own_stream_alone(method: str, capfd):
    np.random.seed(5)  # noqa: NPY002
    before = np.random.get_state()[1].tolist()  # type: ignore[index] # noqa: NPY002
    points = cube(60, names=FEWER)
    one, again = (discover(noisy(points, planted(points)), method, resamples=2, folds=2) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, again.table)
    assert len(one.table)
    assert one.held_out == again.held_out
    assert np.random.get_state()[1].tolist() == before  # type: ignore[index] # noqa: NPY002
    assert capfd.readouterr() == ("", "")


# ── what is said of boxes and cases is counted ───────────────────────────────────────────────────────────────────────
def test_what_is_said_of_a_box_is_counted_on_the_cases():
    points = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "y": ["u", "v", "u", "v"]})
    failed = np.array([False, True, True, True])
    box = Box.of("prim", [Limit("x", low=1.0), Limit("y", allowed=("v",))], points, failed)
    assert (box.cases, box.failed, box.density, box.mass) == (2, 2, 1.0, 0.5)
    assert box.coverage == pytest.approx(2 / 3)
    assert box.paths == ("y", "x")  # the one that narrows the cases most comes first
    assert boxes.boxes([box])["path"].tolist() == ["y", "x"]


def test_cases_near_the_probability_are_undecided_by_wilsons_interval():
    made = Cases(cube(4), np.array([0, 14, 16, 20]), 20, 0.75)
    assert made.failed.tolist() == [True, True, False, False]
    assert made.table["undecided"].tolist() == [False, True, True, False]
    assert made.undecided == 2
    assert made.table["reached_low"].iloc[1] == of_count(14, 20).low


def test_a_case_at_exactly_the_probability_does_not_fail():
    assert not Cases(cube(1), np.array([24]), 30, 0.8).failed[0]


def test_held_out_cases_are_those_that_the_box_was_not_found_on():
    points, seen = cube(100), list[int]()
    failed = (points.a > 0.5).to_numpy()

    def find(some: pd.DataFrame, _failed: Any) -> list[Box]:
        seen.append(len(some))
        return [Box.of("prim", [Limit("a", low=0.5)], points, failed)]

    told = boxes.held_out(find, points, failed, seed=1)
    assert seen == [80] * 5
    assert (told.coverage, told.density, told.cases) == (1.0, 1.0, 50)


def test_where_no_held_out_case_lies_in_the_box_it_covers_nothing_and_that_is_said(simulated: Cases):
    points = cube(100)
    told = boxes.held_out(lambda *_: [], points, (points.a > 0.5).to_numpy(), seed=1)
    assert (told.coverage, told.cases) == (0.0, 0)
    assert np.isnan(told.density)
    assert np.isnan(boxes.held_out(lambda *_: [], points, (points.a > 0.5).to_numpy(), 1, folds=0).coverage)
    found = box_of(simulated, Limit(LEAD, high=20.0))
    text = view.sentences(dataclasses.replace(found, held_out=told), "en")[1]
    assert "; of held-out cases none lies within, coverage 0%)" in text


# ── what counts as found again, and what as luck ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("limit", "other", "again"),
    [
        (Limit("a", low=0.5), Limit("a", low=0.7), True),
        (Limit("a", low=0.5), Limit("a", high=0.7), False),
        (Limit("a", low=0.5), Limit("a", 0.1, 0.7), True),
        (Limit("a", 0.1, 0.7), Limit("a", low=0.1), False),
        (Limit("a", low=0.5), None, False),
        (Limit("a", allowed=("u", "v")), Limit("a", allowed=("v",)), True),
        (Limit("a", allowed=("u", "v")), Limit("a", allowed=("v", "w")), False),
        (Limit("a", allowed=("u",)), Limit("a", low=0.5), False),
    ],
)
def test_a_limit_is_found_again_where_the_same_side_is_limited(limit: Limit, other: Limit | None, again: bool):
    assert limit.found_in(other) is again


def test_a_resample_that_finds_no_box_has_not_found_the_limit_again():
    limit, same, opposite = Limit("a", low=0.5), {"a": Limit("a", low=0.6)}, {"a": Limit("a", high=0.5)}
    told = boxes.reproduced(limit, [same, opposite, {}, {}], [same, same, same, opposite])
    assert (told.reproduced_coverage, told.reproduced_density) == (0.25, 0.75)
    assert np.isnan(boxes.reproduced(limit, [], []).reproduced_density)


def test_an_end_that_may_be_luck_is_left_out_by_itself_and_the_other_end_stays():
    """The workbench's own box, limited below where it matters and above where nothing but luck speaks for it."""
    points = cube(200)[["a", "b"]]
    failed = (points.a > 0.5).to_numpy()
    with prim._alone(1, 0):
        box = prim._box(points, failed, prim.WAYS[0])
    both = box.box_lims[0].copy()
    both["a"] = [0.5, float(points.a.nlargest(3).iloc[-1])]
    box.update(both, np.flatnonzero(points.a.between(*both["a"])))
    before = box.qp[-1]["a"]
    assert before[0] < 1e-6 < prim.MOST_LUCK < before[1]
    kept = prim._limits(box, prim._without_luck(box, len(box.qp) - 1))
    assert kept == {"a": Limit("a", low=0.5)}
    assert len(box.yi) == failed.sum()


def test_both_quasi_ps_are_told_and_on_which_cases_they_were_counted(simulated: Cases):
    both = box_of(simulated, Limit(LEAD, 5.0, 20.0, luck_low=0.04, luck_high=0.002))
    assert view.table(both, "en")["By luck, counted on the same cases (quasi-p)"].tolist() == ["0.04; 0.002"]
    said = "Quasi-p is counted on the cases that chose the box"
    assert said in " ".join(view.sentences(both, "en"))
    none = box_of(simulated, Limit(LEAD, high=20.0))
    assert view.table(none, "en")["By luck, counted on the same cases (quasi-p)"].tolist() == ["–"]
    assert said not in " ".join(view.sentences(none, "en"))


def test_the_headline_tells_held_out_cases_beside_those_that_chose_the_box(simulated: Cases):
    found = box_of(simulated, Limit(LEAD, high=20.0))
    assert "of the failures; held out 75% and 50%) where lead time" in view.sentences(found, "en")[1]
    nothing = dataclasses.replace(found, held_out=boxes.HeldOut(np.nan, np.nan, 0))
    assert "eld out" not in " ".join(view.sentences(nothing, "en"))


@pytest.mark.parametrize(
    ("method", "said"), [("prim", "random halves of the cases"), ("cart", "new draws of the cases")]
)
def test_what_was_drawn_to_find_it_again_is_said_as_it_is(simulated: Cases, method: str, said: str):
    found = box_of(simulated, Limit(LEAD, high=20.0, reproduced_density=0.9))
    told = " ".join(view.sentences(dataclasses.replace(found, method=method), "en"))
    assert f"How often the same side is limited in {said}: lead time (90%)." in told


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_paths_changes_no_box(method: str):
    points = cube(80, names=FEWER)
    fails = planted(points)
    one, other = (discover(noisy(p, fails), method, resamples=2, folds=2) for p in (points, points[FEWER[::-1]]))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.held_out == other.held_out


def test_each_column_of_the_cases_is_spread_by_its_path_alone():
    one, other, more = (discovery.latin(paths, 50, 3) for paths in (["a", "b"], ["b", "a"], ["c", "a", "b"]))
    assert np.array_equal(one, other[:, ::-1])
    assert np.array_equal(one, more[:, 1:])
    assert np.array_equal(np.sort(np.floor(more * 50), axis=0), np.tile(np.arange(50.0)[:, None], 3))
    assert abs(np.corrcoef(more.T) - np.eye(3)).max() < 0.5  # no two columns in the same order
    assert not np.array_equal(one, discovery.latin(["a", "b"], 50, 4))


# ── refused in one line ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("fails", "count", "density", "said"),
    [
        (True, 60, 0.8, r"all 60 fail \(100%\).*lower probability"),
        (False, 60, 0.8, r"none of 60 fails \(0%\).*higher probability"),
        (None, 30, 0.8, "at least 40"),
        (None, 60, 1.0, "density: must be between 0 and 1"),
    ],
    ids=["all", "none", "few", "density"],
)
@pytest.mark.parametrize("method", METHODS)
def test_cases_that_tell_nothing_are_refused(fails: bool | None, count: int, density: float, said: str, method: str):
    points = cube(count)
    with pytest.raises(BadInput, match=said):
        discover(sure(points, planted(points) if fails is None else np.full(count, fails)), method, density)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"probability": 1.0}, "probability: must be between 0 and 1"),
        ({"share": 0.0}, "target: must be a fraction"),
        ({"count": 39}, "cases: must be at least 40"),
    ],
    ids=["probability", "share", "count"],
)
def test_bad_questions_are_refused_before_anything_is_simulated(asked: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=said):  # no store here, which a sweep would say
        cases(Space.of(uncertain(), [COACH]), **asked)


def test_twice_as_many_cases_as_vary_are_asked_for():
    points = pd.DataFrame(np.random.default_rng(1).random((60, 40)))
    with pytest.raises(BadInput, match="at least 80, for 40 that vary"):
        boxes.check(points, np.resize([True, False], 60), 0.8)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"folds": -1}, "folds: must be a whole number from 0 on; received -1"),
        ({"folds": 1}, "folds: must be 0 for none, or from 2 to the number of cases, 60; received 1"),
        ({"folds": 61}, "folds: must be 0 for none"),
        ({"most": 0}, "most: must be a whole number from 1 on; received 0"),
        ({"resamples": -2}, "resamples: must be a whole number from 0 on; received -2"),
        ({"resamples": 2.5}, "resamples: must be a whole number"),
    ],
    ids=str,
)
def test_counts_that_cannot_be_are_refused_in_one_line(asked: dict[str, Any], said: str):
    points = cube(60)
    with pytest.raises(BadInput, match=said) as refused:
        discover(sure(points, planted(points)), "cart", **asked)
    assert "\n" not in str(refused.value)


def test_a_method_that_is_none_is_named_and_a_missing_library_says_what_installs_it(monkeypatch: pytest.MonkeyPatch):
    points = cube(60)
    with pytest.raises(BadInput, match="did you mean 'prim'"):
        discover(sure(points, planted(points)), "prime")
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    with pytest.raises(BadInput, match=r"pip install 'siap\[discovery\]'"):
        discover(sure(points, planted(points)), "prim")


# ── of a scenario ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Cases:
    """The small scenario, in which coaching and lead time decide whether a brand is ready."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
        space = Space.of(uncertain(), [COACH], {LEAD: sim.Range(2, 40), "campaign.stock_rule": ["items", "none"]})
        return cases(space, 0.8, None, 60, 8, seed=3, workers=1)


def test_cases_are_what_their_points_give_alone_on_common_random_numbers(simulated: Cases):
    for n in (0, 17, 42):
        scenario = uncertain()
        for path, value in simulated.points.iloc[n].items():
            scenario = scenario.set(str(path), value)
        alone = sim.experiment.simulate(scenario, 8, seed=3)
        assert simulated.hits[n] == (alone.mixed.brands_in(np.array([scenario.lead_days]))[:, 0] > 0).sum()
    assert 0 < simulated.failed.mean() < 1
    assert all(len(simulated.points[path].unique()) == 60 for path in (COACH, LEAD))


@pytest.mark.parametrize("method", METHODS)
def test_too_short_a_lead_time_is_where_it_fails_and_the_reader_is_told_in_weeks(simulated: Cases, method: str):
    found = discover(simulated, method, folds=2)
    shortest = min((box.limit(LEAD).high for box in found.boxes if box.limit(LEAD)), default=np.inf)  # type: ignore[union-attr]
    assert 2 < shortest < 40
    in_english, in_indonesian = (" ".join(view.sentences(found, language)) for language in ("en", "id"))
    assert "lead time is below" in in_english
    assert "weeks" in in_english
    assert "minggu" in in_indonesian
    assert f"{int(simulated.failed.sum())} of 60 cases fail" in in_english
    assert ("too close to tell" in in_english) == (simulated.undecided > 0)


def box_of(simulated: Cases, *limits: Limit) -> Discovery:
    box = Box.of("cart", limits, simulated.points, simulated.failed)
    return Discovery(simulated, "cart", (box,), boxes.HeldOut(0.5, 0.75, 20))


def test_a_limit_is_said_as_a_planner_says_it(simulated: Cases):
    scenario = simulated.scenario
    assert scenario is not None
    told = {
        Limit(COACH, low=14.0): "takes longer than 14 days",
        Limit(COACH, 10.0, 14.0): "takes from 10 days to 14 days",
        Limit(LEAD, high=20.0): "lead time is below 20 weeks",
        Limit("campaign.stock_rule", allowed=("items", "value")): "stock rule is by number of items or by value",
    }
    for limit, text in told.items():
        assert text in view.said(limit, scenario, "en")


def test_a_limit_that_few_resamples_find_again_is_named_as_one_that_may_be_chance(simulated: Cases):
    weak, strong = (Limit(LEAD, high=20.0, reproduced_density=part) for part in (0.3, 0.9))
    assert "What may be chance: lead time." in view.sentences(box_of(simulated, weak), "en")
    clear = Limit(LEAD, high=20.0, reproduced_density=0.3, luck_high=1e-6)  # half of the cases were too few to see it
    for limit in (strong, clear):
        assert not any("chance:" in text for text in view.sentences(box_of(simulated, limit), "en"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "limits",
    [
        (Limit(LEAD, high=20.0), Limit(COACH, low=9.0)),
        (Limit("campaign.stock_rule", allowed=("items",)), Limit(LEAD, high=20.0)),
        (Limit(LEAD, high=20.0),),
    ],
    ids=["numbers", "alternative", "one"],
)
def test_every_case_is_a_point_on_the_chart_and_those_in_the_box_lie_in_its_frame(simulated, limits, language: str):
    found = box_of(simulated, *limits)
    parts = view.scatter(found, language)
    Chart(parts)  # plotly takes it
    assert sum(len(trace["x"]) for trace in parts.traces) == 60
    assert len({trace["marker"]["symbol"] for trace in parts.traces}) == 3
    x, y = (np.concatenate([trace[axis] for trace in parts.traces]) for axis in ("x", "y"))
    (frame,) = parts.layout["shapes"]
    framed = ((x >= frame["x0"]) & (x <= frame["x1"]) & (y >= frame["y0"]) & (y <= frame["y1"])).sum()
    if len(limits) > 1:
        assert framed == found.boxes[0].cases
    assert 0 < framed < 60


def test_a_box_over_lead_times_is_a_named_region_on_the_readiness_chart_and_any_other_changes_nothing():
    weeks = pd.DataFrame({"a": np.linspace(0, 1, 53)}, index=np.arange(53.0))
    parts = figures.readiness(weeks, ["Ada"], 0.8, "en")
    points, failed = pd.DataFrame({LEAD: np.arange(60.0), "x": np.arange(60.0)}), np.arange(60) < 20
    shaded = view.with_region(parts, Box.of("prim", [Limit(LEAD, high=20.0)], points, failed), "en")
    Chart(shaded)
    (rect,) = shaded.layout["shapes"]
    assert (rect["x0"], rect["x1"], rect["type"]) == (0.0, 20.0, "rect")
    assert "fails mostly, 0 to 20 weeks" in [label["text"] for label in shaded.layout["annotations"]]
    assert view.with_region(parts, Box.of("prim", [Limit("x", low=3.0)], points, failed), "en") is parts
    assert region(Box.of("prim", [Limit(LEAD, low=4.0)], points, failed)) == (4.0, np.inf)


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
ASKED = ("discover", "cibaduyut-2027", "--numbers", "finance.working_capital_idr", "--vary", "lead_weeks=52..208")


def siap(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main([*ASKED, *arguments])
    return (int(left.value.code or 0), *capsys.readouterr())


def test_the_command_says_where_it_fails_and_writes_the_same_as_json(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    asked = ("--probability", "0.5", "--cases", "40", "--replications", "6", "--workers", "1", "--method", "cart")
    to = ("--json", str(tmp_path / "found.json"), "--figure", str(tmp_path / "found.svg"))
    code, out, _err = siap(capsys, *asked, "--language", "en", *to)
    assert "</svg>" in (tmp_path / "found.svg").read_text("utf-8")
    written = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert code == 0
    assert f"{written['failed']} of 40 cases fail" in out
    assert "lead time is below" in out
    assert {row["path"] for row in written["boxes"]} <= {"finance.working_capital_idr", "lead_weeks"}
    assert len(written["table"]["lead_weeks"]) == written["cases"] == 40
    assert written["held_out"]["cases"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--probability", "1.5"), "--probability: must be between 0 and 1"),
        (("--share", "nothing"), "--share: must be a fraction"),
        (("--method", "rime"), "did you mean 'prim'"),
        (("--strongest", "3"), "--strongest: cannot be given with --numbers"),
        (("--cases", "12"), "cases: must be at least 40"),
    ],
    ids=["probability", "share", "method", "strongest", "cases"],
)
def test_the_command_refuses_in_one_line(arguments: tuple[str, ...], said: str, capsys):
    code, out, err = siap(capsys, *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err


def test_the_command_refuses_a_method_that_is_not_installed_before_it_simulates_anything(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ema_workbench.analysis.prim", None)
    for wasted in ("cases", "strongest"):
        monkeypatch.setattr(discovery, wasted, lambda *_, **__: pytest.fail("simulated in vain"))
    code, out, err = siap(capsys, "--method", "prim")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "pip install 'siap[discovery]'" in err


@pytest.mark.slow
def test_the_strongest_numbers_are_those_of_the_tornado(monkeypatch: pytest.MonkeyPatch):
    paths = discovery.strongest(uncertain(), 2, replications=20, seed=3)
    assert paths == sim.experiment.tornado(sim.experiment.simulate(uncertain(), 20, seed=3))["path"].head(2).tolist()
