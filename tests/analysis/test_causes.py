"""Was it time? The model can answer no, and says what would have changed more."""

import pandas as pd
import pytest

from sim import BadInput
from sim.analysis.calibration import calibrate
from sim.analysis.causes import Change, causes, of_a_label, what_moves
from sim.scenario import Scenario
from sim.view import calibration as view


@pytest.fixture(scope="module")
def otherwise() -> pd.DataFrame:
    return causes(calibrate("single-day-2018", draws=3_000))


@pytest.fixture(scope="module")
def moves() -> pd.DataFrame:
    return what_moves("cibaduyut-2027", lead_weeks=[104.0, 208.0], replications=300)


def test_stock_and_fame_would_have_changed_2018_more_than_a_year(otherwise: pd.DataFrame):
    gain = otherwise.set_index("name")["gain_idr"]
    assert 0 < gain["a-year-more"] < gain["twice-the-stock"]
    assert gain["unknown"] < gain["known-at-home"] < -gain["a-year-more"]
    assert gain["unknown-and-a-year-more"] < -2 * gain["a-year-more"]  # nor would the year have made up for fame


def test_the_stock_rule_did_not_hold_2018_back_and_the_ordinary_gates_would_have(otherwise: pd.DataFrame):
    table = otherwise.set_index("name")
    assert table.loc["no-stock-rule", "verdict"] == "same"
    gains = table["gain_idr"]
    assert gains["no-stock-rule-and-a-year-more"] == gains["a-year-more"] <= gains["two-years-more"]
    assert table.loc["ordinary-access", "brands_in"] == 2
    assert table.loc["ordinary-access", "verdict"] == "less"
    assert table.loc["ordinary-access-and-a-year-more", "brands_in"] == 5  # then, and only then, time was lacking


def test_more_time_helps_a_new_label_that_is_not_ready_and_not_one_that_had_four_years(moves: pd.DataFrame):
    table = moves.set_index(["lead_weeks", "name"])
    assert table.loc[(104.0, "time"), "verdict"] == "more"
    late = table.loc[(208.0, "time")]
    assert late["verdict"] == "open"
    assert late["gain_idr_low"] < 0 < late["gain_idr_high"]


def test_fame_with_the_time_fixed_moves_a_new_label_beyond_doubt_and_most(moves: pd.DataFrame):
    for _weeks, rows in moves.groupby("lead_weeks"):
        table = rows.set_index("name")
        assert table.loc["fame", "gain_idr_low"] > 0
        assert table["gain_idr"].idxmax() == "fame"
        assert table.loc["fame", "verdict"] == "more"


@pytest.mark.parametrize(("language", "no"), [("id", "Tidak"), ("en", "No: more time")])
def test_the_sentence_says_no_where_time_brings_nothing(moves: pd.DataFrame, language: str, no: str):
    early, late = moves[moves["lead_weeks"] == 104.0], moves[moves["lead_weeks"] == 208.0]
    assert no in view.moves_sentence(late, language)
    assert no not in view.moves_sentence(early, language)
    assert len(next(iter(view.moves_columns(moves, language).values()))) == len(moves)
    assert len(view.moves_figure(moves, language).data[0].x) == len(moves)


@pytest.mark.parametrize("language", ["id", "en"])
def test_causes_are_told_in_words_a_table_and_a_chart(otherwise: pd.DataFrame, language: str):
    said = view.causes_sentence(otherwise, language)
    assert view.change_name("twice-the-stock", language) in said
    assert len(next(iter(view.causes_columns(otherwise, language).values()))) == len(otherwise)
    assert set(view.causes_figure(otherwise, language).data[0].x) == set(otherwise["sales_idr_p50"])


def test_only_what_a_scenario_has_can_change():
    label = Scenario.load("cibaduyut-2027").set("demand.brand_class", "known-in-china")
    assert [change.name for change in of_a_label(label)] == ["time", "coaching", "capital", "marketing"]


def test_no_change_and_no_lead_time_are_refused():
    with pytest.raises(BadInput, match="changes: must be at least one"):
        causes(calibrate("single-day-2018", draws=1_500), [])
    with pytest.raises(BadInput, match="lead_weeks: must be at least one"):
        what_moves("cibaduyut-2027", lead_weeks=[])


def test_a_change_of_ones_own_keeps_its_name():
    found = causes(calibrate("single-day-2018", draws=1_500), [Change.of("two years", {"lead_weeks": 104.0})])
    assert found["name"].tolist() == ["as-it-was", "two years"]
    assert view.causes_columns(found, "en")["Change"][1] == "Two years"
