"""Sensitivity told: sentences, tables, charts and files say what the estimates say, and what they do not tell."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim import cli
from sim.scenario import Scenario
from sim.text import formats
from sim.view import names, paper, sensitivity

DISCOUNT, FEE, COACHING = "demand.discount", "campaign.fees.annual_rmb", "pathway.stages.coach.duration.mean"
ABOUT = {"response": "share", "replications": 4, "seed": 1}


def table(columns: dict, **about: object) -> pd.DataFrame:
    found = pd.DataFrame(columns)
    found.attrs = ABOUT | about
    return found


MORRIS = table(
    {
        "path": [DISCOUNT, COACHING, FEE],
        "mu": [-0.004, 0.0001, 0.0],
        "mu_star": [0.004, 0.001, 0.0],
        "mu_star_low": [0.003, -0.0001, 0.0],
        "mu_star_high": [0.005, 0.0021, 0.0],
        "sigma": [0.001, 0.002, 0.0],
        "told": [True, False, False],
    },
    step=2 / 3,
)
SOBOL = table(
    {
        "path": [DISCOUNT, FEE],
        **{"S1": [0.4, -0.02], "S1_low": [-0.1, -0.2], "S1_high": [0.9, 0.16]},
        **{"ST": [0.6, 0.01], "ST_low": [0.5, -0.1], "ST_high": [0.7, 0.12]},
        **{"S1_told": [False, False], "told": [True, False]},
    },
    screened=3,
)
VARIANCE = table(
    {
        "part": ["knowledge", "chance", "both"],
        "share": [0.7, -0.01, 0.31],
        "low": [0.6, -0.05, 0.2],
        "high": [0.8, 0.02, 0.4],
        "sd": [0.003, 0.0, 0.002],
        "told": [True, False, True],
    },
    points=8,
)


def said(found: pd.DataFrame, scenario: Scenario) -> str:
    return " ".join(sensitivity.said(found, scenario, "en"))


# ── in words ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_morris_is_told_with_its_range_and_with_how_many_cannot_be_told(unsure: Scenario):
    text = said(MORRIS, unsure)
    assert "The discount moves the mean share of sales most" in text
    assert "over two thirds of its range, by 0.4 percentage points on average (90% range: 0.3 to 0.5)" in text
    assert "their luck is in the estimates and not in the ranges" in text
    assert "Of 3 numbers 1 move it by an amount that can be told from zero; that of the others cannot" in text
    assert "4 replications, with 20 weeks" in text


def test_an_effect_in_money_keeps_its_unit_and_another_step_is_told_as_it_is(unsure: Scenario):
    money = MORRIS.assign(**{name: MORRIS[name] * 1e12 for name in ("mu", "mu_star", "mu_star_low", "mu_star_high")})
    money.attrs = MORRIS.attrs | {"response": "sales_idr", "step": 0.6}
    text = said(money, unsure)
    assert "over 60% of its range, by Rp4 billion on average (90% range: Rp3 billion to Rp5 billion)" in text
    assert "percentage points" not in " ".join(sensitivity.columns(money, unsure, "en"))
    assert "Effect (µ*), percentage points" in sensitivity.columns(MORRIS, unsure, "en")


@pytest.mark.parametrize(("found", "column"), [("morris", "mu_star"), ("sobol", "ST")])
def test_what_cannot_be_told_from_the_second_is_most_by_estimate_only(unsure: Scenario, found: str, column: str):
    clear = {"morris": MORRIS, "sobol": SOBOL}[found]
    close = clear.copy()
    close.loc[1, column] = close.loc[0, f"{column}_low"]  # its very end
    second = names.number(clear["path"].iloc[1], unsure, "en")
    assert "by estimate" not in said(clear, unsure)
    assert "most by estimate" in said(close, unsure)
    assert f"it cannot be told from {second}." in said(close, unsure)


def test_where_all_can_be_told_nothing_is_said_of_others(unsure: Scenario):
    text = said(MORRIS.assign(told=True), unsure)
    assert "All 3 numbers move it by an amount that can be told from zero." in text
    assert "the others" not in text


def test_whose_luck_is_in_the_estimates_and_not_in_the_ranges_is_said(unsure: Scenario):
    luck = "All this is for these 4 histories: their luck is in the estimates and not in the ranges."
    assert luck in said(MORRIS, unsure)
    assert luck in said(SOBOL, unsure)
    assert luck not in said(VARIANCE, unsure)  # whose intervals draw histories, too


def test_sobol_is_told_with_what_cannot_be_told_from_zero(unsure: Scenario):
    text = said(SOBOL, unsure)
    assert "Of 3 numbers the 2 strongest of a screening" in text
    assert "with it comes 60% of the variance of the mean share of sales (90% range: 50% to 70%)" in text
    assert "What it accounts for by itself cannot be told from zero." in text
    assert f"The part of these cannot be told from zero: {names.number(FEE, unsure, 'en')}." in text


def test_an_estimate_below_zero_is_said_to_be_untold_and_never_as_a_number(unsure: Scenario):
    text = said(VARIANCE, unsure)
    assert "knowledge alone: 70% (60% to 80%); chance alone: cannot be told from zero; both together: 31%" in text
    assert "-1%" not in text
    assert "knowing these numbers better would narrow the answer most" in text


def test_where_the_largest_part_is_not_sure_to_be_it_nothing_is_made_of_it(unsure: Scenario):
    close = VARIANCE.assign(share=[0.5, -0.01, 0.45], low=[0.4, -0.05, 0.4])
    assert "narrow the answer" not in said(close, unsure)


def test_where_nothing_can_be_told_that_is_said(unsure: Scenario):
    assert "No number moves" in said(MORRIS.assign(told=False), unsure)
    assert "No number's part" in said(SOBOL.assign(told=False), unsure)


@pytest.mark.parametrize("found", [MORRIS, SOBOL, VARIANCE], ids=["morris", "sobol", "variance"])
def test_a_table_has_a_text_for_every_row_in_both_languages(unsure: Scenario, found: pd.DataFrame):
    for language in ("id", "en"):
        columns = sensitivity.columns(found, unsure, language)
        assert {len(column) for column in columns.values()} == {len(found)}
        assert all(text for column in columns.values() for text in column)
    assert list(columns.values())[-1] == [{True: "yes", False: "no"}[one] for one in found["told"]]


# ── as a chart ───────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("found", "wanted"), [(MORRIS, ["mu_star"]), (SOBOL, ["ST", "S1"])], ids=["morris", "sobol"])
def test_bars_and_whiskers_are_the_estimates_and_their_ends(unsure: Scenario, found: pd.DataFrame, wanted: list[str]):
    chart = sensitivity.chart(found, unsure, "en")
    for trace, name in zip(chart.traces, wanted, strict=True):
        assert np.array_equal(trace["x"], found[name])
        assert trace["x"] + trace["error_x"]["array"] == pytest.approx(found[f"{name}_high"].to_numpy())
        assert trace["x"] - trace["error_x"]["arrayminus"] == pytest.approx(found[f"{name}_low"].to_numpy())
        low, high = chart.layout["xaxis"]["range"]
        assert low < found[f"{name}_low"].min()
        assert high > found[f"{name}_high"].max()
    called = [label["text"] for label in chart.layout["annotations"]]
    assert called[0] == formats.capital("the discount")
    assert len(called) == len(found)


def test_the_parts_of_a_variance_are_one_bar_and_one_below_zero_has_no_length(unsure: Scenario):
    chart = sensitivity.chart(VARIANCE, unsure, "en")
    assert [trace["x"].tolist() for trace in chart.traces] == [[0.7], [0.0], [0.31]]
    assert [trace["text"] for trace in chart.traces] == [["70%"], [""], ["31%"]]
    (drawn,) = paper.page(chart).axes
    assert [(round(bar.get_x(), 9), round(bar.get_width(), 9)) for bar in drawn.patches] == [
        (0.0, 0.7),
        (0.7, 0.0),
        (0.7, 0.31),
    ]


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def file(unsure: Scenario, tmp_path: Path) -> str:
    path = tmp_path / "small.yaml"
    unsure.dump(path)
    return str(path)


def ran(*arguments: str) -> int:
    return cli.guarded(lambda: cli.app(args=["sensitivity", *arguments], standalone_mode=False))


@pytest.mark.parametrize(("method", "points"), [("morris", "4"), ("sobol", "8"), ("variance", "8")])
def test_the_command_tells_tables_and_draws(
    file: str, method: str, points: str, kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    figure, data = tmp_path / "it.svg", tmp_path / "it.json"
    wanted = ["--method", method, "--points", points, "--replications", "8", "--workers", "1", "--language", "en"]
    assert ran(file, *wanted, "--figure", str(figure), "--json", str(data)) == 0
    shown = capsys.readouterr().out
    assert "Told from zero" in shown
    assert "8 replications" in " ".join(shown.split())
    written = json.loads(data.read_text(encoding="utf-8"))
    assert written["response"] == "share"
    assert len(written["table"]["told"]) == 3
    assert figure.read_bytes().startswith(b"<?xml")


def test_the_command_takes_some_numbers_only(file: str, kept: Path, capsys: pytest.CaptureFixture[str]):
    numbers = ["--numbers", DISCOUNT, "--numbers", FEE]
    assert ran(file, *numbers, "--points", "2", "--replications", "4", "--workers", "1", "--json", "-") == 0
    assert set(json.loads(capsys.readouterr().out)["table"]["path"]) == {DISCOUNT, FEE}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--method", "moris"], "--method: no method has this name; received 'moris'; did you mean 'morris'?"),
        (["--response", "readiness_weeks"], "readiness may be never"),
        (["--method", "sobol", "--points", "12"], "must be a power of 2"),
        (["--count", "4"], "--count: is for sobol"),
        (["--figure", "it.png"], "--figure: must end in .svg or .pdf; received 'it.png'"),
        (["--numbers", "demand.discounts"], "discount"),
        (["--numbers", DISCOUNT], "must have at least two numbers"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_what_cannot_be_asked_is_one_line(
    file: str, wrong: list[str], said: str, kept: Path, capsys: pytest.CaptureFixture[str]
):
    assert ran(file, *wrong, "--replications", "2", "--workers", "1") == cli.BAD_INPUT
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert len(shown.err.splitlines()) == 1
