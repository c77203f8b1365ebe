"""The page without a browser: what a reader moves, and what then stands there."""

import dataclasses
import datetime
import html
import json
import math
import re
import time

import comm
import ipywidgets as widgets
import pytest

import sim
from sim import cli
from sim.programme.quantity import central
from sim.text import formats
from sim.text.catalogue import speaker
from sim.text.extraction import template
from sim.view import exhibits, names
from sim.view.own_cluster import Form
from sim.view.plan import WAITING, Planner, _all_in
from sim.view.reading import Reading
from sim.view.widgets import Dial
from tests.conftest import Wire
from tests.experiment.test_parts_of_a_run import small_country
from tests.view.conftest import small_scenario

TODAY = datetime.date(2026, 11, 24)
REPLICATIONS = 12
TITLE = "Single Day 11.11 tahun 2028 di Tmall"
PATIENCE = 60


@pytest.fixture(scope="module")
def page(module_wire):
    """One page for all tests that leave the scenario alone."""
    planner = Planner(small_scenario(), replications=REPLICATIONS, today=TODAY)
    yield settled(planner)
    planner.session.close()


@pytest.fixture(scope="module")
def module_wire():
    with pytest.MonkeyPatch.context() as patch:
        wire = Wire()
        patch.setattr(comm, "create_comm", wire.create_comm)
        # A browser test in this process leaves a loop behind that seems to run; nobody would serve it here.
        patch.setattr("sim.view.plan._running_loop", lambda: None)
        yield wire


@pytest.fixture
def wire(module_wire):
    module_wire.sent.clear()
    return module_wire


@pytest.fixture
def planner(wire, page):
    """The page as it was when it opened."""
    if page.campaign_choice.index:
        page.campaign_choice.index = 0
    for control in [*page.panel.controls.values(), *page.target.controls.values()]:
        control.set(control.home)
    settled(page)  # without a kernel's loop the session paints from its own thread
    page.language_choice.value = "id"
    page.dial.value = 49
    return settled(page)


def settled(planner):
    planner.session.settle(PATIENCE)
    end = time.monotonic() + PATIENCE
    while planner._busy is not None and time.monotonic() < end:
        time.sleep(0.01)  # the last news is told after the wish counts as answered
    return planner


def strings(thing):
    """Every text in nested mappings and lists, but for names that only the form itself reads."""
    if isinstance(thing, str):
        return [thing]
    read = {"key", "columns"}
    inner = (
        [v for k, v in thing.items() if k not in read]
        if isinstance(thing, dict)
        else thing
        if isinstance(thing, list)
        else []
    )
    return [text for part in inner for text in strings(part)]


def texts_of(widget):
    """Every text that a widget and all in it puts on the page."""
    found = [
        getattr(widget, name)
        for name in ("value", "description", "tooltip")
        if isinstance(getattr(widget, name, None), str)
    ]
    found += list(getattr(widget, "_options_labels", ()))
    found += [label["text"] for label in getattr(getattr(widget, "_shown", None), "layout", {}).get("annotations", ())]
    if isinstance(widget, Form):
        found += strings(widget.look)
    if isinstance(widget, Dial):
        found += [*widget.texts, *widget.answers["texts"], widget.look["name"]]
        found += [least["label"]] if (least := widget.look["least"]) else []
        found += [mark["label"] for marks in [widget.look["zones"], *widget.look["lines"]] for mark in marks]
    return found + [text for child in getattr(widget, "children", ()) for text in texts_of(child)]


def page_text(planner):
    joined = "\n".join(texts_of(planner))
    joined = re.sub(r'<(\w+) lang="en">.*?</\1>', "", joined)  # what evidence says is quoted, and marked as English
    return html.unescape(re.sub("<[^>]+>", "\n", joined)).replace("\N{NO-BREAK SPACE}", " ")


def plain(widget):
    return html.unescape(re.sub("<[^>]+>", " ", widget.value)).replace("\N{NO-BREAK SPACE}", " ")


def test_the_dial_moves_chart_sentence_and_table_without_simulating(wire, planner, monkeypatch):
    monkeypatch.setattr(sim.experiment.runner, "_simulated", lambda *_args: pytest.fail("simulated"))
    wire.move(planner.dial, value=120)
    share = planner.board.share
    expected = planner.shown.reading.result.share([120]).iloc[0]
    assert share.chart.layout.shapes[0].x0 == 120
    assert formats.weeks(120, "id") in plain(share.sentence)
    assert formats.share(expected["p95"], "id") in plain(share.sentence)
    assert formats.share(expected["p95"], "id") in plain(share.table)
    assert formats.weeks(120, "id") in plain(planner.board.readiness.sentence)
    assert planner.dial.texts[120].startswith(formats.weeks(120, "id"))
    assert planner.board.preparation.chart.layout.shapes[0].x0 == 120


def test_a_page_that_begins_to_listen_late_is_told_everything_anew(wire, planner):
    wire.sent.clear()
    planner._page._handle_msg({"content": {"data": {"method": "custom", "content": {"kind": "ready"}}}, "buffers": []})
    told = {message["comm"]: message["data"]["state"] for message in wire.sent}
    preparation = told[planner.board.preparation.box.model_id]
    assert "siap-stale" not in preparation["_dom_classes"]
    assert told[planner._answer.model_id]["value"] == planner._answer.value
    assert told[planner.offer.layout.model_id]["display"] == planner.offer.layout.display
    assert told[planner.dial.model_id]["value"] == planner.dial.value
    assert planner._plotly.model_id not in told  # five megabytes that do not change


def test_the_answer_above_the_dial_stays_while_the_dial_moves(wire, planner):
    before = planner._answer.value
    wire.move(planner.dial, value=33)
    assert planner._answer.value == before


def test_a_lever_is_simulated_and_everything_follows(wire, planner):
    coaches = planner.panel.controls["resources.coach.units"]
    before = planner.board.readiness.chart.data[1].y
    coaches.set(5)
    settled(planner)
    expected = sim.simulate(planner.scenario, replications=REPLICATIONS)
    week = planner.setting.week
    assert planner.shown.scenario.resources["coach"].units.chosen == 5
    drawn = planner.board.readiness.chart.data[1].y
    assert drawn[week] == expected.probability_ready([week]).iloc[0, 0]
    assert len(drawn) == len(before)
    assert "siap-at-home" not in coaches.box._dom_classes
    coaches.back.click()
    assert coaches.value == 12


def test_a_range_that_is_moved_becomes_certain_and_goes_back_to_a_range(wire, planner):
    base = small_scenario().set("finance.working_capital_idr", {"low": 3.5e9, "central": 1.28e10, "high": 4.5e10})
    page = settled(Planner(base, replications=2, today=TODAY))
    capital = page.panel.controls["finance.working_capital_idr"]
    capital.set(4e10)
    assert page.scenario.finance.working_capital_idr == 4e10
    capital.back.click()
    assert page.scenario == base
    page.session.close()


def test_numbers_stand_back_and_say_so_from_the_move_of_a_lever_to_the_answer_to_it(wire, planner, monkeypatch):
    before, wished = planner.shown, planner.wish
    monkeypatch.setattr(planner.session, "want", lambda *_asked: wished + 1)
    planner.panel.controls["resources.coach.units"].set(20)
    assert WAITING in planner._body._dom_classes
    assert (planner._page.behind, planner._page.busy) == ("Angka baru sedang dihitung", True)
    planner._heard(dataclasses.replace(before, reading=Reading(before.reading.result).prepare()))
    assert WAITING in planner._body._dom_classes  # of the wish before
    planner._heard(sim.BadInput("scenario", "cannot be simulated", 1))
    assert WAITING in planner._body._dom_classes
    assert (planner._page.behind, planner._page.busy) == ("Dari setelan sebelumnya", False)
    planner._heard(dataclasses.replace(before, reading=Reading(before.reading.result).prepare(), wish=wished + 1))
    assert WAITING not in planner._body._dom_classes


def test_what_was_worked_out_before_a_lever_was_moved_is_of_an_earlier_setting_at_once(wire, planner):
    card = planner.steps
    card.found, card._of = object(), planner.shown
    card.drop()
    assert card.button.disabled
    assert "setelan sebelumnya" in plain(card.note)
    card.found = None
    card.draw(planner.shown, planner.setting)
    assert (card.button.disabled, plain(card.note)) == (False, "")


def test_the_target_moves_the_answer_and_its_line_at_once(wire, planner, monkeypatch):
    monkeypatch.setattr(sim.experiment.runner, "_simulated", lambda *_args: pytest.fail("simulated"))
    planner.target.controls["probability"].set(0.5)
    assert formats.probability(0.5, "id") in plain(planner._answer)
    planner.target.controls["kind"].set("share")
    planner.target.controls["share"].set(1e-8)
    assert planner.board.share.chart.data[3].visible is True
    found = sim.when(planner.shown.reading.result, 1e-8, 0.5)
    assert (formats.share(1e-8, "id") in plain(planner._answer)) or found.never
    if found.start_date is not None:
        assert formats.date(found.start_date, "id") in plain(planner._answer)


def test_what_a_choice_rests_on_and_the_levers_that_go_with_it_follow(wire, planner):
    controls = planner.panel.controls
    assert not controls["campaign.min_stock_items"].shown
    controls["campaign.stock_rule"].set("items")
    assert controls["campaign.min_stock_items"].shown
    assert "E106" in controls["campaign.stock_rule"].note


def test_a_value_that_the_scenario_refuses_is_told_and_not_kept(wire, planner, monkeypatch):
    def refuse(_self, settings):
        raise sim.BadInput(*settings, "cannot be", 0)

    monkeypatch.setattr(sim.Scenario, "set_all", refuse)
    planner.panel.controls["resources.coach.units"].set(7)
    assert "cannot be" in plain(planner._progress)
    assert planner._settings == {}


def test_another_scenario_brings_its_own_levers_lead_time_and_event(wire, small):
    planner = settled(Planner(small, replications=2, today=TODAY))
    wire.move(planner.scenario_choice, index=planner.scenario_choice._options_values.index("cibaduyut-2028"))
    settled(planner)
    assert planner.shown.scenario.name == "cibaduyut-2028"
    assert planner.dial.value == 101
    assert "2028" in planner.dial.texts[0]
    assert planner.panel.controls["clusters.cibaduyut.makers"].value == 254
    planner.session.close()


def test_the_next_campaign_is_offered_where_the_start_has_gone_by(wire, planner):
    wire.move(planner.dial, value=100)
    assert planner.offer.layout.display == ""
    planner.offer.click()
    settled(planner)
    assert planner.shown.scenario.campaign.event_date == datetime.date(2028, 11, 11)
    assert planner.offer.layout.display == "none"
    assert planner.dial.value == (planner.shown.scenario.campaign.event_date - TODAY).days // 7  # a start today
    assert "2026" in planner.dial.texts[100]


def test_where_no_lead_time_is_enough_and_no_start_is_left_the_next_campaign_is_offered_and_the_answer_says_so(wire):
    late = datetime.date(2027, 9, 1)
    planner = settled(Planner(small_scenario(), replications=REPLICATIONS, today=late))
    planner.dial.value = 5
    assert planner.offer.layout.display == ""
    planner.target.controls["probability"].set(0.95)
    assert planner.shown.reading.answer(None, 0.95).never
    assert planner.offer.layout.display == ""
    left = formats.weeks((datetime.date(2028, 11, 11) - late).days // 7, "id")
    assert f"tidak ada ulangan yang mencapainya tepat waktu; sampai {TITLE} masih ada {left}." in spaced(planner)
    planner.offer.click()
    settled(planner)
    assert planner.dial.value == 57  # 5 weeks before the event of 2027
    assert "masih ada" not in spaced(planner)  # no later campaign is known
    planner.session.close()


def spaced(planner):
    return plain(planner._answer).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("language", "other"), [("id", "en"), ("en", "id")])
def test_switching_the_language_says_everything_anew_and_keeps_what_was_moved(wire, planner, language, other):
    if planner.setting.language != other:
        wire.move(planner.language_choice, index=1)
    planner.panel.controls["demand.marketing_idr"].set(1e9)
    wire.move(planner.dial, value=77)
    settled(planner)
    wire.move(planner.language_choice, index=["id", "en"].index(language))
    assert planner.setting.week == 77
    assert planner.panel.controls["demand.marketing_idr"].value == 1e9
    assert planner._page.language == language
    text = page_text(planner)
    assert formats.weeks(77, language) in text
    assert formats.weeks(77, other) not in text


def test_nothing_on_the_indonesian_page_is_left_in_english(wire, planner):
    text = page_text(planner).lower()
    said = speaker("id")
    english = {m.id if isinstance(m.id, str) else m.id[0] for m in template() if m.id}
    # Texts with fields are looked for by their longest piece of plain words.
    pieces = {max(re.split(r"\{.*?\}", e), key=len).strip(" ,.:;()").lower(): e for e in english}
    left = [
        e for piece, e in pieces.items()
        if len(piece) > 6 and re.search(rf"\b{re.escape(piece)}\b", text)
        and piece not in "\n".join(said.entries.get((None, e), (e,))).lower()
    ]  # fmt: skip
    assert left == []


@pytest.mark.parametrize(
    ("name", "makers"),
    [
        ("cibaduyut-one-by-one", 12),
        pytest.param("cibaduyut-one-by-one", 254, marks=pytest.mark.slow),
        pytest.param("eight-clusters-2027", 254, marks=pytest.mark.slow),
        pytest.param("single-day-2018", None, marks=pytest.mark.slow),
    ],
)
def test_many_brands_and_many_replications_are_summarised(wire, name, makers):
    scenario = sim.Scenario.load(name)
    scenario = scenario.set("clusters.cibaduyut.makers", makers) if makers else scenario
    planner = settled(Planner(scenario, replications=None if name == "single-day-2018" else 2, today=TODAY))
    assert planner.shown.reading.result.replications <= 200
    assert len(planner.board.readiness.chart.data) == 10
    assert plain(planner.board.readiness.sentence)
    assert len(planner.board.readiness.table.value) < 20_000
    planner.session.close()


def test_a_country_is_shown_whole_on_every_card(wire, monkeypatch):
    """Found by a newcomer: what came after the table of brands stayed as it had been for the scenario before."""
    monkeypatch.setattr("sim.view.sizing.MOST_DRAWN", 100)
    planner = settled(Planner(small_country(workshops=2_000), replications=2, today=TODAY))
    shown = planner.shown
    assert len(shown.scenario.lineup) > 32
    assert shown.preparation is None
    assert planner.board.preparation.box.layout.display == "none"
    table = planner.board.readiness.table.value
    for name in names.groups(shown.scenario, planner.setting.language):
        assert name in html.unescape(table)
    causes = exhibits.causes(shown, planner.setting)
    assert len(causes)
    assert all(str(name).lower() in plain(planner.board.holding.table).lower() for name in causes.index)
    cost = formats.rupiah(shown.reading.result.cost_idr(planner.setting.week).loc["programme", "p50"], "id")
    assert cost.replace("\N{NO-BREAK SPACE}", " ") in plain(planner.board.cost.table)
    planner.session.close()


def test_the_number_of_replications_can_come_from_outside(wire, small, monkeypatch):
    monkeypatch.setenv("SIAP_REPLICATIONS", "5")
    planner = settled(Planner(small, today=TODAY))
    assert planner.shown.reading.result.replications == 5
    planner.session.close()


def test_one_plotly_is_sent_for_all_charts(wire, small):
    planner = Planner(small, replications=2, today=TODAY)
    opened = [message for message in wire.sent if message["type"] == "comm_open"]
    sizes = [len(str(one["data"])) + sum(memoryview(b).nbytes for b in one["buffers"] or []) for one in opened]
    heavy = [size for size in sizes if size > 1_000_000]
    assert len(heavy) == 1
    settled(planner).session.close()


def test_one_more_step_is_worked_out_when_asked_and_dropped_when_a_lever_moves(wire, planner):
    steps = planner.steps
    steps.button.click()
    steps.errand.join(PATIENCE)
    assert "siap-strips" in steps.body.value
    assert plain(steps.note).strip() == ""
    steps.button.click()
    planner.panel.controls["resources.coach.units"].set(5)
    assert not steps.errand.running
    settled(planner)
    assert "setelan sebelumnya" in plain(steps.note)


def test_no_two_things_that_open_share_a_name_or_they_would_open_together(wire, planner):
    planner.panel.controls["resources.coach.units"].set(5)
    settled(planner)
    planner.steps.button.click()
    planner.steps.errand.join(PATIENCE)
    said = [widget.value for widget in _all_in(planner) if isinstance(widget, widgets.HTML)]
    folds = re.findall(r'<details[^>]* data-siap="([^"]+)"', "".join(said))
    assert {"steps", "history", "share"} <= set(folds)
    assert sorted(folds) == sorted(set(folds))


def test_every_lever_of_the_page_opens_where_its_value_comes_from(wire, planner):
    for path, control in planner.panel.controls.items():
        opened = control.label.value
        assert f'data-siap="source-{path}"' in opened, path
        assert "Dalam skenario" in opened


def test_a_page_made_beforehand_and_opened_on_a_later_day_counts_from_that_day(wire, monkeypatch):
    planner = settled(Planner(small_scenario(), replications=REPLICATIONS))
    monkeypatch.setattr("sim.view.plan._today", lambda: datetime.date(2027, 6, 1))
    planner._page._handle_msg({"content": {"data": {"method": "custom", "content": {"kind": "ready"}}}, "buffers": []})
    planner.session.close()
    event = planner.scenario.campaign.event_date
    assert planner.dial.look["today"] == pytest.approx((event - datetime.date(2027, 6, 1)).days / 7)


def told(planner, key, text):
    """What the browser tells when a number was typed, see front/page.js."""
    content = {"data": {"method": "custom", "content": {"kind": "typed", "key": key, "text": text}}}
    planner._page._handle_msg({"content": content, "buffers": []})
    return settled(planner)


def test_a_typed_number_does_what_the_slider_does(wire, planner):
    told(planner, "resources.coach.units", "20")
    assert planner.panel.controls["resources.coach.units"].value == 20
    assert central(planner.scenario.resources["coach"].units) == 20
    typed = planner.shown.scenario.digest
    planner.panel.controls["resources.coach.units"].set(5.0)
    planner.panel.controls["resources.coach.units"].set(20.0)
    assert settled(planner).shown.scenario.digest == typed


def test_a_typed_number_that_the_slider_does_not_offer_is_set_all_the_same_and_can_be_undone(wire, planner):
    path = "finance.working_capital_idr"
    before = planner.panel.controls[path].value
    told(planner, path, "Rp12,34 miliar")
    assert central(planner.scenario.finance.working_capital_idr) == 12.34e9
    assert planner.panel.controls[path].value == 12.34e9
    planner.desk.undo.click()
    assert settled(planner).panel.controls[path].value == before


def test_what_cannot_be_typed_is_said_at_the_lever_and_changes_nothing(wire, planner):
    path, digest = "resources.coach.units", planner.scenario.digest
    for text in ("banyak", "-3", "500", "<em>"):
        told(planner, path, text)
        said = planner.panel.controls[path].label.value
        assert 'role="alert"' in said
        assert "<em>" not in said
        assert planner.scenario.digest == digest
    planner.panel.controls[path].set(13.0)
    assert 'role="alert"' not in planner.panel.controls[path].label.value


def test_the_target_is_typed_too(wire, planner):
    told(planner, "target.probability", "77%")
    assert planner.setting.probability == 0.77
    assert "77" in plain(planner._answer)
    told(planner, "target.probability", "100%")
    assert planner.setting.probability == 0.77
    assert 'role="alert"' in planner.target.controls["probability"].label.value
    planner.target.controls["kind"].set("share")
    told(planner, "target.share", "0,00123%")
    assert planner.setting.share == 1.23e-5
    told(planner, "no.such", "1")


def test_every_number_on_a_slider_can_be_typed_over_and_no_list(wire, planner):
    for path, control in planner.panel.controls.items():
        assert ("<input" in control.label.value) is (control.typed is not None), path
    kinds = {control.typed is None for control in planner.panel.controls.values()}
    assert kinds == {True, False}


def test_another_programme_has_the_levers_that_do_anything_in_it_and_answers(wire):
    planner = settled(Planner("halal-ramadan-2028", "en", replications=REPLICATIONS, today=TODAY))
    controls = planner.panel.controls
    shut = {"campaign.access", "campaign.stock_rule", "campaign.min_stock_items", "campaign.min_store_age_days"}
    assert shut & controls.keys() == set()
    assert {"resources.auditor.units", "demand.brand_class", "demand.denominator"} <= controls.keys()
    assert "Pre-Ramadan Sale 2028" in plain(planner._answer).replace("\N{NO-BREAK SPACE}", " ")
    before = planner.shown.reading.at(58)["share"]["p50"]
    controls["demand.brand_class"].set("known-nationwide")
    assert settled(planner).shown.reading.at(58)["share"]["p50"] > 2 * before
    assert [field["key"] for group in planner.own.form.look["groups"] for field in group["fields"]].count(
        "price_rmb"
    ) == 0
    assert planner.own.form.values == {"like": "kerupuk-sidoarjo"}
    planner.session.close()


@pytest.mark.parametrize("share", [None, 1e-7])
def test_the_page_answers_as_the_command_does(wire, planner, tmp_path, capsys, share):
    planner.target.controls["kind"].set("ready" if share is None else "share")
    if share is not None:
        told(planner, "target.share", f"{100 * share:.9f}%".replace(".", ","))
    told(planner, "target.probability", "60%")
    answer = planner.shown.reading.answer(planner.setting.share, planner.setting.probability)
    asked = ["when", str(planner.scenario.dump(tmp_path / "mine.yaml")), "--probability", "0.6", "--json", "-"]
    asked += ["--replications", str(REPLICATIONS)] + ([] if share is None else ["--share", str(share)])
    capsys.readouterr()
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main(asked)
    said = json.loads(capsys.readouterr().out)
    days = [answer.least_days, answer.low_days, answer.high_days]
    assert [said["least_lead_weeks"], *said["interval_weeks"]] == [x / 7 if math.isfinite(x) else None for x in days]
    assert said["start_date"] == answer.start_date.isoformat()
    assert said["reached"] == answer.reached
    assert formats.date(answer.start_date, "id") in plain(planner._answer).replace("\N{NO-BREAK SPACE}", " ")
