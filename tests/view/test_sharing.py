"""What is said when something shared is opened again, and the lines that give the same numbers in Python."""

import dataclasses
import html

import numpy as np
import pytest

import sim
from sim.view import link, sharing
from sim.view.choice import Choice, settings_between
from sim.view.reading import Reading
from sim.view.session import Shown
from tests.view.conftest import small_scenario


@pytest.fixture(scope="module")
def choice():
    settings = settings_between(sim.Scenario.load("cibaduyut-2027"), small_scenario())
    return Choice("cibaduyut-2027", 120, settings, share=1e-7, probability=0.5)


@pytest.fixture(scope="module")
def shown(choice):
    scenario = choice.scenario(sim.Scenario.load(choice.base))
    return Shown(Reading(sim.simulate(scenario, 20)).prepare(), "full", 1)


@pytest.fixture(scope="module")
def shared(shown, choice):
    return sharing.shared(shown, choice, "id", "<script>alert(1)</script>")


def with_stamp(shared, **fields):
    return dataclasses.replace(shared, stamp=dataclasses.replace(shared.stamp, **fields))


def test_opened_where_nothing_changed_it_says_so(shared, shown):
    found = sharing.reopened(link.opened(link.query(shared)), shown)
    assert found.same
    assert found.same_version
    assert found.same_data
    assert sharing.verdict(found, "id") == "Angka sama persis seperti saat dibagikan."
    assert sharing.verdict(found, "en") == "Same numbers as when it was shared."
    assert sharing.changes(found, "en") == ""


def test_a_model_version_that_changed_is_named_whether_numbers_did_or_not(shared, shown):
    found = sharing.reopened(with_stamp(shared, version="0.0.9"), shown)
    version = sim.experiment.MODEL_VERSION
    assert sharing.verdict(found, "en") == (
        f"Same numbers as when it was shared. It was shared with model version 0.0.9, and this is {version}."
    )
    figures = shared.stamp.figures | {"chance": 0.125}
    found = sharing.reopened(with_stamp(shared, version="0.0.9", figures=figures), shown)
    assert sharing.verdict(found, "en").startswith("These are not the numbers that were shared.")
    assert f"0.0.9, and this is {version}" in sharing.verdict(found, "en")
    assert "12%" in sharing.changes(found, "en") or "13%" in sharing.changes(found, "en")


def test_data_that_changed_are_named(shared, shown):
    found = sharing.reopened(with_stamp(shared, digest="a" * 64), shown)
    assert not found.same_data
    assert "digest aaaaaaaaaaaa, now " + shown.scenario.digest[:12] in sharing.verdict(found, "en")


def test_fewer_replications_are_named(shared, shown):
    more = dataclasses.replace(shared, choice=dataclasses.replace(shared.choice, replications=5_000))
    figures = shared.stamp.figures | {"chance": 0.125}
    said = sharing.verdict(sharing.reopened(with_stamp(more, figures=figures), shown), "en")
    assert "computed 20 replications instead of 5,000" in said


def test_numbers_that_changed_for_no_reason_known_are_not_passed_over(shared, shown):
    figures = shared.stamp.figures | {"all_shares": (shared.stamp.figures["all_shares"] or 0.0) * 1.001 + 1e-12}
    said = sharing.verdict(sharing.reopened(with_stamp(shared, figures=figures), shown), "en")
    assert "a library or the machine must differ" in said
    assert sharing.reopened(with_stamp(shared, figures={}), shown).changed


def test_the_lines_of_python_give_the_same_numbers(shared, shown):
    names: dict = {}
    exec(sharing.python(shared), names)
    assert names["scenario"].digest == shared.stamp.digest == shown.scenario.digest
    ours, theirs = shown.reading.result, names["result"]
    assert (ours.seed, ours.replications) == (theirs.seed, theirs.replications)
    np.testing.assert_array_equal(ours.share([120]), theirs.share([120]))
    assert sim.when(ours, 1e-7, 0.5) == sim.when(theirs, 1e-7, 0.5)


def test_the_lines_of_python_know_the_next_campaign():
    later = Choice("cibaduyut-2027", 60, (("resources.coach.units", 20.0),), campaign="tmall-1111-2028")
    scenario = later.scenario(sim.Scenario.load("cibaduyut-2027"))
    shown = Shown(Reading(sim.simulate(scenario, 4)).prepare(), "full", 1)
    names: dict = {}
    exec(sharing.python(sharing.shared(shown, later, "en")), names)
    assert names["scenario"].digest == scenario.digest


def test_no_text_of_a_link_is_code_in_the_lines_of_python(shared):
    evil = '"); import os; os.abort() #\n\'\\"'
    choice = Choice("cibaduyut-2027", 60, (("title.id", evil), ("name", evil)), seed=1, replications=2)
    names: dict = {}
    exec(sharing.python(dataclasses.replace(shared, choice=choice)), names)
    assert names["scenario"].title["id"] == evil


def test_a_file_is_called_by_letters_and_digits_only(shared):
    assert sharing.file_name(shared) == "siap-script-alert-1-script.json"
    assert sharing.file_name(dataclasses.replace(shared, name="../../étc/passwd")) == "siap-etc-passwd.json"


def test_what_is_in_the_file_opens_again(shared):
    assert link.opened(sharing.document(shared)) == shared


def test_a_link_has_a_qr_code_unless_it_is_too_long_to_be_read(shared):
    code = sharing.qr("http://127.0.0.1:8888/" + link.query(shared))
    assert code.startswith("<svg")
    assert "script" not in html.unescape(code)
    assert sharing.qr("http://x/" + "a" * 4_000) == ""
