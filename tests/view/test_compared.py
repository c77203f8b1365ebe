"""Settings side by side: the numbers of `sim.compare`, and which settings differ."""

import dataclasses
import threading

import pytest

import sim
from sim.text import formats
from sim.view import compared
from sim.view.choice import Choice
from sim.view.compared import Variant
from tests.view.conftest import small_scenario

REPLICATIONS = 30


@pytest.fixture(scope="module")
def variants():
    base = small_scenario()
    start = Choice("", 49)
    richer = Choice("", 130, (("resources.coach.units", 40), ("demand.brand_class", "known-in-china")))
    return [
        Variant(start, base, "baseline"),
        Variant(richer, richer.scenario(base), "mine"),
        Variant(start, base, "kept", "<script>alert(1)</script>"),
    ]


@pytest.fixture(scope="module")
def found(variants):
    return compared.compared(variants, REPLICATIONS, variants[0].scenario.seed, lambda _n, _of: None, threading.Event())


def test_the_differences_are_those_of_a_paired_comparison_at_the_lead_times_chosen(found, variants):
    results = [
        sim.simulate(one.scenario.set("lead_weeks", one.choice.week), REPLICATIONS, variants[0].scenario.seed)
        for one in variants
    ]
    assert list(found.differences) == sim.compare(results)
    assert found.differences[0].verdict == "more"
    assert found.differences[1].verdict == "same"


@pytest.mark.parametrize("language", ["id", "en"])
def test_verdict_sentences_and_table_say_what_the_numbers_are(found, language):
    said, table = compared.sentences_of(found, language), compared.table(found, language)
    more = found.differences[0]
    assert formats.share(more.mean, language) in said[0]
    assert formats.unbroken(formats.share(more.mean, language)) in table
    assert formats.unbroken(formats.ranged(more.low, more.high, formats.share, language)) in table
    assert any("Holm" in one for one in said)
    assert formats.number(REPLICATIONS, language) in said[-1]


def test_what_differs_is_listed_in_the_reader_s_format_and_nothing_else(variants):
    rows = dict(compared.rows([(one.choice, one.scenario) for one in variants[:2]], "id"))
    assert rows["Pembina"] == ["12", "40"]
    assert rows["Kelas merek"] == ["merek dikenal di dalam negeri", "merek dikenal di Tiongkok"]
    assert rows["Waktu persiapan"] == ["49 minggu · mulai 3 Des 2026", "130 minggu · mulai 15 Mei 2025"]
    assert len(rows) == 3


def test_a_rule_that_came_with_another_setting_is_listed_too(variants):
    base = sim.Scenario.load("cibaduyut-2027")
    choice = Choice("cibaduyut-2027", 49, (("campaign.min_stock_items", 100_000),))
    rows = dict(compared.rows([(Choice("cibaduyut-2027", 49), base), (choice, choice.scenario(base))], "en"))
    assert rows["Stock rule"] == ["by value", "by number of items"]
    assert rows["Items asked for"] == ["–", "100,000 items"]


def test_another_scenario_and_its_own_places_can_stand_beside_it():
    one, other = (sim.Scenario.load(name) for name in ("cibaduyut-2027", "single-day-2018"))
    rows = dict(compared.rows([(Choice(one.name, 49), one), (Choice(other.name, 49), other)], "en"))
    assert rows["Coaches"] == ["12", "–"]
    assert rows["Campaign"][1] == "Single Day 11.11 of 2018 on Tmall"


def test_a_place_that_is_no_lever_is_listed_by_its_path_and_a_text_of_a_scenario_is_not(variants):
    base = variants[0].scenario
    choice = Choice("", 49, (("horizon_days", 3650), ("title.id", "<b>x</b>"), ("resources.coach.units.chosen", 13)))
    rows = dict(compared.rows([(variants[0].choice, base), (choice, choice.scenario(base))], "en"))
    assert rows["Horizon_days"] == ["7,300 days", "3,650 days"]
    assert rows["Coaches"] == ["12", "13"]
    assert len(rows) == 2


def test_a_name_is_text_wherever_it_stands(found, variants):
    shown = compared.table(found, "id") + compared.differing_table(variants, "id")
    shown += compared.paragraphs(compared.sentences_of(found, "id"))
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_two_settings_of_one_name_have_a_column_each(variants):
    other = dataclasses.replace(variants[1], role="kept", name=variants[2].name)
    assert compared.differing_table([variants[2], other], "en").count("<th>") == 3


def test_a_step_says_what_was_and_what_is(variants):
    before, after = ((one.choice, one.scenario) for one in variants[:2])
    assert "Coaches: 12 → 40" in compared.step(before, after, "en")


def test_a_comparison_can_be_stopped(variants):
    stop = threading.Event()
    stop.set()
    fresh = [
        variants[0],
        dataclasses.replace(variants[1], scenario=variants[1].scenario.set("resources.laboratory.units", 9)),
    ]
    with pytest.raises(sim.experiment.Cancelled):
        compared.compared(fresh, 50, 4711, lambda _n, _of: None, stop)
