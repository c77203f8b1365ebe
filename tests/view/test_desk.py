"""Undo, keep, compare, share and reopen on the page, without a browser."""

import dataclasses
import datetime
import html
import re

import comm
import pytest

import sim
from sim.text import formats
from sim.view import link
from sim.view.brief import brief, shown_of
from sim.view.plan import Planner
from tests.conftest import Wire
from tests.view.conftest import small_scenario
from tests.view.test_planner import settled

TODAY = datetime.date(2026, 11, 24)
EVIL = "<script>alert(1)</script>"
COACHES = "resources.coach.units"


@pytest.fixture
def wire(monkeypatch):
    wire = Wire()
    monkeypatch.setattr(comm, "create_comm", wire.create_comm)
    monkeypatch.setattr("sim.view.plan._running_loop", lambda: None)
    return wire


def opened(scenario="cibaduyut-2027", replications=6, **more):
    return settled(Planner(scenario, replications=replications, today=TODAY, **more))


@pytest.fixture
def planner(wire):
    page = opened()
    yield page
    page.desk.compare.errand.stop()
    page.session.close()


def shared(page):
    settled(page).desk.follow(page.shown)
    assert page.desk.share.shared is not None
    return page.desk.share.shared


def state(page):
    """What a reader sees of the settings."""
    panel, target = page.panel, page.target
    return (
        page.dial.value,
        {path: control.value for path, control in panel.controls.items()},
        {name: control.value for name, control in target.controls.items() if control.shown},
        page.campaign_choice.index,
        page.scenario_choice.value,
        page.scenario.digest,
    )


def test_every_kind_of_step_is_undone_and_done_again(wire, planner):
    seen = [state(planner)]
    steps = [
        lambda: planner.panel.controls[COACHES].set(30.0),
        lambda: setattr(planner.dial, "value", 100),
        lambda: planner.target.controls["kind"].set("share"),
        lambda: setattr(planner.campaign_choice, "index", 1),
        lambda: planner.panel.controls["demand.brand_class"].set("known-in-china"),
        lambda: setattr(planner.scenario_choice, "value", "single-day-2018"),
    ]
    for step in steps:
        step()
        seen.append(state(planner))
    for before in seen[-2::-1]:
        planner.desk.undo.click()
        assert state(planner) == before
    assert planner.desk.undo.disabled
    for after in seen[1:]:
        planner.desk.redo.click()
        assert state(planner) == after
    assert planner.desk.redo.disabled
    assert settled(planner).shown.scenario.digest == planner.scenario.digest


def test_reset_is_one_step_that_can_be_undone(wire, planner):
    fresh = state(planner)
    planner.panel.controls[COACHES].set(30.0)
    planner.dial.value = 100
    moved = state(planner)
    planner.desk.reset.click()
    assert state(planner) == fresh
    planner.desk.undo.click()
    assert state(planner) == moved


def test_the_keys_of_undo_and_redo_do_the_same_as_the_buttons(wire, planner):
    planner.dial.value = 100
    for kind, week in (("undo", 49), ("redo", 100)):
        message = {"content": {"data": {"method": "custom", "content": {"kind": kind}}}, "buffers": []}
        planner.desk.share.widget._handle_msg(message)
        assert planner.dial.value == week


def test_what_was_shared_opens_elsewhere_with_the_same_digest_and_numbers(wire, planner):
    planner.panel.controls[COACHES].set(30.0)
    planner.campaign_choice.index = 1
    planner.dial.value = 111
    planner.target.controls["kind"].set("share")
    planner.target.controls["probability"].set(0.55)
    sent = shared(planner)
    other = opened(replications=4, shared=link.query(sent))
    assert state(other) == state(planner)
    assert other.shown.reading.result.replications == 6
    assert shared(other) == sent
    assert "Angka sama persis" in other.desk.notice.value
    other.dial.value = 90
    assert other.desk.notice.value == ""
    other.session.close()


def test_a_value_between_those_offered_is_restored_and_offered(wire, planner):
    sent = shared(planner)
    choice = dataclasses.replace(sent.choice, settings=((COACHES, 13.5),), probability=0.777)
    planner.desk.open(link.write(dataclasses.replace(sent, choice=choice)))
    assert planner.panel.controls[COACHES].value == 13.5
    assert planner.target.controls["probability"].value == 0.777
    assert planner.scenario.resources["coach"].units.chosen == 13.5


@pytest.mark.parametrize(("fields", "said"), [({"version": "0.0.9"}, "0.0.9"), ({"digest": "a" * 64}, "aaaaaaaaaaaa")])
def test_what_changed_since_it_was_shared_is_named(wire, planner, fields, said):
    sent = shared(planner)
    sent = dataclasses.replace(sent, name=EVIL, stamp=dataclasses.replace(sent.stamp, **fields))
    planner.desk.open(link.query(sent))
    settled(planner).desk.follow(planner.shown)
    notice = planner.desk.notice.value
    assert said in notice
    assert "<script" not in notice
    assert html.escape(EVIL) in notice


def test_what_cannot_be_opened_is_refused_in_one_line_and_changes_nothing(wire, planner):
    planner.dial.value = 77
    before, sent = state(planner), shared(planner)
    bad = [
        "rubbish",
        link.query(sent)[:-9],
        link.write(dataclasses.replace(sent, choice=dataclasses.replace(sent.choice, base="../../etc/passwd"))),
        link.write(dataclasses.replace(sent, choice=dataclasses.replace(sent.choice, base=""))),
        link.write(dataclasses.replace(sent, choice=dataclasses.replace(sent.choice, settings=(("no.such", 1),)))),
        link.write(dataclasses.replace(sent, choice=dataclasses.replace(sent.choice, settings=((COACHES, "many"),)))),
        link.write(dataclasses.replace(sent, choice=dataclasses.replace(sent.choice, campaign="no-such"))),
    ]
    for text in bad:
        planner.desk.open(text)
        assert 'role="alert"' in planner.desk.notice.value
        assert "\n" not in planner.desk.notice.value
        assert state(planner) == before


def test_a_page_whose_link_is_damaged_opens_as_usual_and_says_so(wire):
    page = opened(shared="?siap=rubbish")
    assert page.shown is not None
    assert 'role="alert"' in page.desk.notice.value
    page.session.close()


def test_what_the_address_asks_for_is_opened_once(wire, planner):
    planner.dial.value = 99
    query = link.query(shared(planner))[1:]
    page = opened()
    greet(page, "")
    assert page.dial.value == 49
    greet(page, query)
    assert settled(page).dial.value == 99
    page.dial.value = 60
    greet(page, query)
    assert settled(page).dial.value == 60
    page.session.close()


def greet(page, query):
    """What the browser tells once the page listens, see front/page.js."""
    content = {"data": {"method": "custom", "content": {"kind": "ready", "query": query}}}
    page._page._handle_msg({"content": content, "buffers": []})


def test_a_scenario_of_one_s_own_is_shared_as_what_differs_from_a_shipped_one(wire):
    own = small_scenario().set("title.id", EVIL)
    page = opened(own)
    page.desk._search.join(60)
    page.panel.controls[COACHES].set(30.0)
    sent = shared(page)
    assert sent.choice.base == "cibaduyut-2027"
    other = opened(shared=link.query(sent))
    assert other.scenario.digest == page.scenario.digest
    assert "Angka sama persis" in other.desk.notice.value
    assert "<script" not in other.desk.compare._steps.value
    page.desk.reset.click()
    assert page.scenario.digest == own.digest
    for one in (page, other):
        one.session.close()


def test_a_setting_is_kept_compared_shown_and_removed(wire, planner):
    compare = planner.desk.compare
    compare.compare.click()
    assert "Belum ada yang dapat dibandingkan" in compare.result.value
    planner.panel.controls["demand.brand_class"].set("known-in-china")
    compare.name.value = EVIL
    compare.keep.click()
    planner.dial.value = 150
    settled(planner)
    compare.compare.click()
    planner.desk.compare.errand.join(60)
    assert [one.role for one in compare.found.variants] == ["baseline", "mine", "kept"]
    assert "<script" not in compare.result.value
    assert html.escape(EVIL) in compare.result.value
    expected = sim.compare(list(compare.found.results))
    assert list(compare.found.differences) == expected
    assert "sebelum perubahan terakhir" not in compare.result.value
    planner.dial.value = 20
    planner.desk.follow(planner.shown)
    assert "sebelum perubahan terakhir" in compare.result.value
    show, remove = compare.rows.children[0].children[1:]
    show.click()
    assert planner.dial.value == 49
    assert shared(planner).name == EVIL
    remove.click()
    assert compare.rows.children == ()


def test_the_comparison_is_said_anew_in_the_other_language(wire, planner):
    planner.dial.value = 150
    planner.desk.compare.compare.click()
    planner.desk.compare.errand.join(60)
    assert "acuan" in planner.desk.compare.result.value
    planner.language_choice.value = "en"
    text = re.sub("<[^>]+>", " ", planner.desk.compare.result.value)
    assert "the baseline" in text
    assert "acuan" not in text


def test_the_history_says_what_was_and_what_is(wire, planner):
    planner.panel.controls[COACHES].set(30.0)
    planner.dial.value = 100
    planner.desk.follow(planner.shown)
    steps = re.findall("<li>(.*?)</li>", planner.desk.compare._steps.value)
    assert steps[1] == "Pembina: 12 → 30"
    assert steps[0].startswith("Waktu persiapan: 49")


def test_every_widget_that_is_left_can_be_sent_to_a_page_that_opens_late(wire, planner):
    """Found in the browser: groups of levers that were made anew stayed behind, and no page could load after them."""
    from ipywidgets import Widget

    planner.desk.open(link.query(shared(planner)))
    settled(planner)  # without a loop its thread paints too
    planner.language_choice.value = "en"
    planner.desk.compare.keep.click()
    planner.desk.compare.rows.children[0].children[2].click()
    Widget.get_manager_state()


def pressed(page, kind):
    content = {"data": {"method": "custom", "content": {"kind": kind}}}
    page.desk.share.widget._handle_msg({"content": content, "buffers": []})


def busy(page):
    return [file["kind"] for file in page.desk.share.widget.files if file["busy"]]


@pytest.fixture
def sent(monkeypatch):
    """Names and contents of the files that were handed to the browser."""
    found = []
    monkeypatch.setattr(
        "sim.view.share_card.ShareCard.send", lambda _card, name, content: found.append((name, content))
    )
    return found


def test_the_page_is_saved_as_the_brief_that_the_command_would_write(wire, planner, sent):
    pressed(planner, "brief")
    assert busy(planner) == ["brief"]
    pressed(planner, "brief")  # a second press writes no second one
    planner.desk.writers["brief"].join(120)
    ((name, text),) = sent
    assert name == "siap-cibaduyut-2027-id.html"
    assert text.decode() == brief(shown_of(planner.shown.reading.result), planner.setting)
    assert busy(planner) == []


def test_a_research_package_is_made_of_the_run_on_the_page_with_progress(wire, sent):
    made = []

    def packed(result, progress):
        progress(1, 4)
        made.append([formats.unbroken(file["text"]) for file in page.desk.share.widget.files])
        return result.scenario.digest.encode()

    page = opened(packed=packed)
    page.panel.controls[COACHES].set(30.0)
    settled(page)
    pressed(page, "package")
    page.desk.writers["package"].join(120)
    assert sent == [("siap-cibaduyut-2027.zip", page.scenario.digest.encode())]
    assert made == [["Simpan ringkasan untuk dikirim atau dicetak", formats.unbroken("Paket sedang dibuat: 0 %")]]
    page.session.close()


REFUSED = sim.BadInput("export", "needs rocrate", remedy=EVIL)


# Of what was not foreseen a visitor reads the kind alone; its text may have folders of the server.
@pytest.mark.parametrize(("error", "said"), [(REFUSED, str(REFUSED)), (OSError("/srv/siap"), "(OSError)")])
def test_a_package_that_cannot_be_made_says_why_beside_its_button_and_can_be_asked_for_again(wire, sent, error, said):
    asked = []

    def packed(result, _progress):
        asked.append(result)
        raise error

    page = opened(packed=packed)
    pressed(page, "package")
    page.desk.writers["package"].join(120)
    assert said in page.desk.share.widget.refused
    assert "/srv" not in page.desk.share.widget.refused
    assert busy(page) == sent == []
    pressed(page, "package")
    page.desk.writers["package"].join(120)
    assert len(asked) == 2
    page.session.close()


def test_a_page_without_what_makes_packages_offers_none(wire, planner, sent):
    assert [file["kind"] for file in planner.desk.share.widget.files] == ["brief"]
    pressed(planner, "package")
    assert busy(planner) == sent == []
