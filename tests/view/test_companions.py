"""Sentences and tables say the numbers that the charts draw."""

import datetime
import html
import math
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sim
from sim.text import formats
from sim.view import answer, companions, dial, names
from sim.view.answer import Setting
from sim.view.preparation import Days, Preparation
from sim.view.reading import Reading
from sim.view.session import Busy
from sim.view.tables import row_of

LANGUAGES = ("id", "en")
TODAY = datetime.date(2026, 11, 24)
EVENT = datetime.date(2027, 11, 11)


def cells(table: str) -> list[list[str]]:
    """Texts of an HTML table, row by row, the heading first."""
    rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
    return [[html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def setting(language="id", week=104, share=None, probability=0.8, today=TODAY):
    return Setting(language, week, share, probability, today)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("week", [52, 104])
def test_the_share_is_the_same_in_sentence_table_and_result(reading, language, week):
    sentence = companions.share_sentence(reading.at(week), week, companions.start_of(EVENT, week), language)
    bands = {layer: reading.bands(layer) for layer in reading.layers}
    table = companions.share_table(bands, week, EVENT, language)
    share, sales = (reading.result.share([week]).iloc[0], reading.result.sales_idr([week]).iloc[0])
    (row,) = (row for row in cells(table) if row[0] == formats.weeks(week, language))
    middle, money = formats.share(share["p50"], language), formats.rupiah(sales["p50"], language)
    assert row[2] == middle
    assert row[4] == money
    assert row[3] == formats.ranged(share["p05"], share["p95"], formats.share, language)
    if share["p95"] > 0:
        assert middle in sentence
        assert money in sentence
    set_off = re.findall(r'<td class="siap-chosen">(.*?)</td>', table)
    assert [html.unescape(cell) for cell in set_off] == row
    assert "style=" not in table


def test_a_table_by_week_has_a_row_a_quarter_and_the_lead_time_chosen(reading):
    assert companions.rows_by_week([float(w) for w in range(157)], 49) == sorted({*range(0, 157, 13), 49, 156})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chance_of_being_ready_is_the_same_in_sentence_table_and_result(reading, language):
    expected = formats.probability(float(reading.result.probability_ready([120]).iloc[0, 0]), language)
    needed = row_of(reading.needed, "cibaduyut")
    sentence = companions.readiness_sentence(reading.chance_of(None, 120), needed, 120, "Brodo", language)
    table = companions.readiness_table(reading.ready, reading.needed, ["Brodo"], 120, language)
    assert expected in sentence
    assert cells(table)[1][1] == expected
    assert cells(table)[1][2] == formats.weeks(reading.result.readiness_weeks()["p50"].iloc[0], language, unit=False)


def test_of_several_brands_the_mean_number_and_the_chance_of_any_are_said():
    weeks = pd.Index([0.0, 1.0])
    ready = pd.DataFrame({"a": [0.0, 0.5], "b": [0.0, 0.75]}, index=weeks)
    said = companions.brands_sentence(ready, pd.Series([0.0, 0.9], index=weeks), 1, "en")
    assert said == (
        "With a lead time of 1 week, 1.3 of 2 brands are ready on average; at least one is with a chance of 90%."
    )


def test_what_holds_back_is_the_same_in_sentence_and_table():
    causes = pd.Series({"credit": 0.25, "time": 0.75})
    assert companions.holding_sentence(causes, "en") == "What holds back most often: time (75%) and credit (25%)."
    assert cells(companions.holding_table(causes, "en"))[1:] == [["Credit", "25%"], ["Time", "75%"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_costs_are_the_same_in_sentence_chart_and_table(reading, language):
    cost = reading.cost(104)
    total = formats.rupiah(float(cost.loc["programme", "p50"]), language)
    sentence = companions.cost_sentence(cost, reading.outcomes(104), 0.0, reading.result.scenario, language)
    rows = companions.cost_rows(cost, language)
    table = cells(companions.cost_table(cost, language))
    assert total in sentence
    assert table[-1][1] == total
    assert [row[0] for row in table[1:-1]] == list(rows.index)
    assert [row[1] for row in table[1:-1]] == [formats.rupiah(x, language) for x in rows["p50"]]


# ── the preparation ──────────────────────────────────────────────────────────────────────────────────


def test_the_days_of_one_replication_are_those_of_its_history(reading, shown):
    one = shown.preparation.one.stages.set_index("stage")
    history = reading.result.history(shown.preparation.number).dropna(subset=["finished"])
    for stage, attempts in history.groupby("stage"):
        assert one.loc[stage, "first"] == attempts["started"].min()
        assert one.loc[stage, "last"] == attempts["finished"].max()


def test_the_goods_end_on_the_day_on_which_the_brand_is_ready(reading, shown):
    one, number = shown.preparation.one, shown.preparation.number
    if one.goods == "made":
        days = reading.result.mixed.readiness.days[number, 0]
        goods = one.stages.set_index("stage")
        # Without a stock rule one item in time is enough, so that the last gate is the listing or the goods.
        assert goods.loc["waiting", "last"] <= days + 1e-9
        assert goods.loc["shipping", "first"] == goods.loc["making", "last"]


@pytest.mark.parametrize("single", [False, True])
def test_the_sentence_of_the_preparation_says_when_the_goods_are_there(shown, single):
    days = shown.preparation.one if single else shown.preparation.median
    said = companions.preparation_sentence(shown.preparation, single, 156, "en")
    if days.goods == "made":
        weeks = days.stages.loc[days.stages["on"] == "goods", "last"].max() / 7
        assert formats.weeks(weeks, "en") in said
    assert ("One replication" in said) == single


@pytest.mark.parametrize(
    ("goods", "share", "said"),
    [
        ("at hand", 1.0, "The goods are there from the start."),
        ("never", 1.0, "The goods are never all in the warehouse."),
        ("never", 0.75, "In 75% of them the goods are never all in the warehouse."),
    ],
)
def test_goods_that_are_not_made_in_time_are_said_to_be_at_hand_or_never_there(goods, share, said):
    days = Days(pd.DataFrame({"on": [], "last": []}), goods, share)
    assert companions.preparation_sentence(Preparation(days, days, 0, 4), False, 50, "en").endswith(said)


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_answer_names_the_latest_start_with_its_range_and_what_it_rests_on(shown, language):
    found = shown.reading.answer(None, 0.5)
    card = answer.card(shown, found, setting(language, probability=0.5), None)
    text = html.unescape(re.sub("<[^>]+>", " ", card)).replace("\N{NO-BREAK SPACE}", " ")
    assert formats.date(found.start_date, language) in text
    assert formats.enough_weeks(found.least_days / 7, language) in text
    assert {"id": "40 ulangan, hasil lengkap.", "en": "40 replications, full result."}[language] in text
    assert names.quantity(shown.reading.carrying, shown.scenario, language) in text


def test_where_a_rule_lets_nobody_ever_be_ready_the_answer_is_not_said_to_rest_on_a_number(small):
    scenario = small.set("campaign.stock_rule", "items").set("campaign.min_stock_items", 1e6)
    reading = Reading(sim.simulate(scenario, replications=40))
    assert reading.answer(None, 0.5).reached == 0
    assert answer.assumption(reading, None, "en") == []


def test_a_start_is_asked_for_only_until_it_has_passed_and_of_a_past_event_nobody_asks(shown):
    found, event = shown.reading.answer(None, 0.5), shown.scenario.campaign.event_date
    day = datetime.timedelta(days=1)
    days = [None, found.start_date, found.start_date + day, event, event + day]
    said = [answer.main(shown.reading, found, "en", today) for today in days]
    date = formats.date(found.start_date, "en")
    asked, late = f"start no later than {date}.", f"would have had to start by {date}, which has passed."
    assert [one.endswith(late) for one in said] == [False, False, True, True, False]
    assert [one.endswith(asked) for one in said] == [True, True, False, False, True]


def test_a_target_that_no_time_reaches_is_said_never_with_what_holds_it(shown):
    said = answer.main(shown.reading, shown.reading.answer(0.5, 0.8), "en")
    assert said == (
        "However long the preparation, this target is not reached with a chance of 80%: demand holds it back."
    )


def test_when_more_time_no_longer_helps_is_said_of_what_is_aimed_at(shown):
    demand = (70.0, "cap.demand")  # which holds back a share, and can never hold back who gets ready
    reading = SimpleNamespace(share_ceiling=demand, ready_ceiling=(39.0, ""), result=shown.reading.result)
    assert answer.ceiling(reading, 1e-9, "en").startswith("After week 70 more time no longer raises the share: demand")
    assert answer.ceiling(reading, None, "en").startswith("After week 39 more time hardly helps: nearly every")
    for week, label in ((math.nan, ""), (39.0, "cap.horizon")):
        assert answer.ceiling(SimpleNamespace(ready_ceiling=(week, label), result=reading.result), None, "en") == ""


@pytest.mark.parametrize(
    ("days", "week", "label"),
    [
        ([70.0] * 40, 10, ""),  # all are ready
        ([70.0] * 30 + [math.inf] * 10, 10, "cap.working_capital"),  # some never are, and that is why
        ([70.0] * 30 + [7000.0] * 10, math.nan, ""),  # the others only take longer than is read
        ([*range(200, 1100, 23)], math.nan, ""),  # ever more are ready
        ([math.inf] * 40, math.nan, "cap.working_capital"),
    ],
)
def test_the_chance_of_being_ready_is_flat_from_a_week_on_and_held_by_what_makes_it_never(
    monkeypatch, small, days, week, label
):
    reading = Reading(sim.simulate(small, replications=40))
    days = np.array(days[:40])
    chance = (days[None, :] <= 7 * np.arange(157.0)[:, None]).mean(axis=1)
    never = float(np.isinf(days).mean())
    held = {"cap.working_capital": never} if never else {}
    monkeypatch.setattr("sim.view.reading.when", lambda *_asked: SimpleNamespace(held_by=held))
    reading.__dict__.update(ready_at_all=pd.Series(chance), last_week=156, weeks=np.arange(157.0))
    found = reading.ready_ceiling
    assert found == (pytest.approx(week, nan_ok=True), label)


def test_a_start_that_has_gone_by_names_the_next_campaign_that_can_still_be_reached(shown):
    found = shown.reading.answer(None, 0.5)
    said = answer.too_late(shown, found, setting("en"), None)
    day = TODAY + datetime.timedelta(days=int(found.least_days))
    assert f"campaign of {day.year + ((day.month, day.day) > (11, 11))}" in said


def test_an_event_of_the_past_has_no_start_that_could_still_be_caught(shown):
    assert setting(today=datetime.date(2028, 1, 1)).gone(EVENT) == math.inf
    texts = dial.texts(EVENT, 3, "en", datetime.date(2028, 1, 1))
    assert not [text for text in texts if "passed" in text]


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("busy", "language", "said"),
    [
        (Busy("full", 40, 200, 12.2), "id", "Hasil lengkap: 40 dari 200 ulangan, sekitar 12 detik lagi"),
        (Busy("preview", 1, 20, None), "en", "Preview: 1 of 20 replications"),
        (Busy("chance", 1, 200, 250.0), "en", "Computing chance alone: 1 of 200 replications, about 4 minutes left"),
        # Provinces are run apart: of 680 pieces 679 are no whole replications.
        (Busy("full", 679, 680, None, 20), "id", "Hasil lengkap (20 ulangan): 99 %"),
    ],
    ids=lambda value: f"{value.step}-{value.total}" if isinstance(value, Busy) else "",
)
def test_progress_is_said_with_the_time_left(busy, language, said):
    assert answer.progress_text(busy, language) == said
    assert f'aria-valuenow="{busy.done}"' in answer.progress(busy, language)
