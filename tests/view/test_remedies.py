"""What would make a target possible, in words, and its card: there only where no lead time is enough."""

import dataclasses
import datetime
import html
import re

import pytest

import sim
from sim.text import formats
from sim.view import remedies
from sim.view.answer import Setting
from sim.view.asked import RemedyCard
from sim.view.reading import Reading
from sim.view.session import Shown
from tests.experiment.test_remedy import CHANCE, poor

LANGUAGES = ["id", "en"]
PATIENCE = 120
TODAY = datetime.date(2026, 11, 24)


def plain(text: str) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def result():
    return sim.simulate(poor(), 16, 3)


@pytest.fixture(scope="module")
def found(result):
    return remedies.remedies_of(result, None, CHANCE, TODAY)


def setting(language: str = "en", probability: float = CHANCE) -> Setting:
    return Setting(language, 120, None, probability, TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_is_said_with_its_lead_time_and_its_cost(found, language):
    said = plain(remedies.body(found, "cost", language))
    for one in found.found:
        assert (
            formats.capital(remedies.change(found.scenario, one, language)).replace("\N{NO-BREAK SPACE}", " ") in said
        )
        assert formats.enough_weeks(one.answer.least_days / 7, language).replace("\N{NO-BREAK SPACE}", " ") in said
    assert formats.number(found.tried, language) in said


def test_rules_of_the_campaign_stand_apart_from_what_the_programme_can_do(found):
    own, rules = remedies.body(found, "cost", "en").split("Rules that the campaign decides")
    assert "Working capital" in own
    assert "stock" not in own
    assert "without a stock rule" in plain(rules) or "no stock rule" in plain(rules)


def test_a_definition_of_the_share_is_no_change(found):
    assert not {one.path for one in found.found} & set(remedies.DEFINITIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_enough_that_is_said(found, language):
    none = dataclasses.replace(found, found=())
    said = plain(remedies.body(none, "cost", language))
    assert ("No single change" if language == "en" else "Tidak ada satu perubahan pun") in said
    assert "<table" not in remedies.body(none, "cost", language)


def test_sorted_by_lead_time_the_shortest_comes_first(found):
    said = remedies.body(found, "weeks", "en").split("Rules that")[1]
    rows = [float(x) for x in re.findall(r"<td>([\d.]+)\N{NO-BREAK SPACE}weeks", said)]
    assert rows == sorted(rows)
    assert rows


def test_the_card_is_there_only_where_no_lead_time_is_enough(result):
    card = RemedyCard(lambda then: then())
    shown = Shown(Reading(result), "full", 1)
    assert card.box.layout.display == "none"
    card.draw(shown, setting())
    assert card.box.layout.display == ""
    card.move(setting(probability=0.01))
    assert (card.box.layout.display == "none") is not shown.reading.answer(None, 0.01).never
    card.move(setting())
    card.button.click()
    card.errand.join(PATIENCE)
    assert "Working capital" in plain(card.body.value)
    assert plain(card.note.value).strip() == ""
    card.move(setting(probability=0.9))
    assert "another target" in plain(card.note.value)


def test_a_start_that_has_passed_is_said_to_have(found):
    early = dataclasses.replace(found, today=datetime.date(2000, 1, 1))
    late = dataclasses.replace(found, today=found.scenario.campaign.event_date)
    after = dataclasses.replace(found, today=found.scenario.campaign.event_date + datetime.timedelta(days=1))
    passed = [remedies.body(one, "cost", "en").count("which has passed") for one in (early, late, after)]
    assert passed == [0, len(found.found), 0]
    assert "too late" not in remedies.body(early, "cost", "en")
    assert "too late" in remedies.body(late, "cost", "en")


def test_where_only_rules_of_the_campaign_are_in_time_it_is_said_how_many(found):
    own, rule = ("finance.working_capital_idr", "campaign.stock_rule")
    starts = {one.path: one.answer.start_date for one in found.found}
    day = datetime.timedelta(days=1)
    only = tuple(one for one in found.found if one.path in (own, rule))
    shifted = [
        dataclasses.replace(
            one, answer=dataclasses.replace(one.answer, start_date=starts[own] + day * (one.path == rule))
        )
        for one in only
    ]
    told = dataclasses.replace(found, found=tuple(shifted), today=starts[own] + day)
    assert "1 change of a rule that the campaign decides would still be in time." in plain(
        remedies.body(told, "cost", "en")
    )
    none = dataclasses.replace(told, today=told.today + day)
    assert "still be in time" not in plain(remedies.body(none, "cost", "en"))


@pytest.mark.parametrize(("language", "minus"), [("en", "A minus:"), ("id", "Tanda minus:")])
def test_a_cost_below_nothing_is_explained_and_only_there(found, language, minus):
    one = found.found[0]
    for mean, explained in ((-1e9, True), (1e9, False)):
        gain = one.own_idr._replace(mean=mean)
        told = dataclasses.replace(found, found=(dataclasses.replace(one, own_idr=gain),))
        assert (minus in remedies.body(told, "cost", language)) is explained
