"""One more step, the critical path and the weakest numbers on the page: asked for, stopped, in words and in bars."""

import datetime
import html
import logging
import re
import threading

import pytest

import sim
from sim.errors import BadInput
from sim.experiment import Cancelled, moves
from sim.experiment.tornado import uncertain
from sim.text import formats
from sim.view import answer, critical, doubts, names, sources, steps
from sim.view.answer import Setting
from sim.view.asked import StepsCard
from sim.view.errand import Errand, Found, Underway
from sim.view.reading import Reading
from sim.view.session import Shown
from sim.view.strips import Strip, strips
from tests.view.conftest import small_scenario

LANGUAGES = ["id", "en"]
PATIENCE = 120


def at_once(then):
    then()


def plain(text: str) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def result():
    return sim.simulate(small_scenario(), 8)


@pytest.fixture(scope="module")
def found(result):
    return steps.steps(result, 120, 156)


@pytest.fixture(scope="module")
def doubted(result):
    return doubts.doubts(result, 120, 156)


@pytest.fixture
def shown(result):
    return Shown(Reading(result), "full", 1)


def setting(language: str, week: int = 120) -> Setting:
    return Setting(language, week, None, 0.8, datetime.date(2026, 11, 24))


# ── words ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_and_every_number_has_a_name(language):
    for scenario in map(sim.Scenario.load, ("cibaduyut-2027", "single-day-2018", "eight-clusters-2027")):
        paths = [*(move.path for move in moves(scenario)), *uncertain(scenario)]
        assert [path for path in paths if names.place(path, scenario, language) == path] == []


def test_of_several_clusters_a_number_says_whose_it_is():
    path = "clusters.jepara.goods.price_rmb"
    eight = sim.Scenario.load("eight-clusters-2027")
    assert names.number(path, eight, "en") == "the price of an item (Jepara furniture and carving)"
    assert names.place(path, eight, "en") == "the price of an item"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", steps.ORDERS)
def test_the_best_steps_are_said_drawn_and_tabulated_with_their_amounts(found, by, language):
    said = plain(steps.body(found, by, language))
    best = [row for row in steps.tables.records(steps.ranked(found.table, by)) if row[f"{by}_verdict"] == "more"]
    for row in best[:3]:
        assert steps.amount(found, row, by, language) in said
        assert (
            formats.unbroken(steps.named_step(found.scenario, row, language)).replace("\N{NO-BREAK SPACE}", " ") in said
        )
    assert formats.rupiah(found.sales_idr, language) in said
    assert steps.table(found, by, language).count("<tr>") == len(found.table) + 1


def test_a_step_that_nobody_has_a_price_for_says_so(found):
    rows = {row["path"]: row for row in steps.tables.records(found.table)}
    assert "is not known" in steps._cost(rows["pathway.stages.coach.duration"], "en")
    assert steps._cost(rows["resources.coach.units"], "en").startswith("Cost: +Rp")
    assert steps._cost(rows["campaign.access"], "en") == ""  # the campaign's to decide


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("by", doubts.ORDERS)
def test_what_would_change_the_answer_is_said_with_what_it_rests_on(doubted, by, language):
    said = plain(doubts.body(doubted, by, language))
    told = doubted.numbers[doubted.numbers[f"{by}_told"]].sort_values(f"{by}_effect", ascending=False)
    for row in doubts.tables.records(told.head(3)):
        assert names.place(row["path"], doubted.scenario, language) in said
        assert doubts.standing(row, language) in said
    weak = doubts.weak(doubted, language)
    listed = [html.unescape(name) for name in re.findall(r"<li><b>([^<]*)</b>: ", weak)]
    rows = doubts.tables.records(sim.experiment.weakest(doubted.numbers))
    assert listed == [formats.capital(names.place(row["path"], doubted.scenario, language)) for row in rows]
    urls = {row["url"] for row in sim.scenario.evidence().values()}
    assert set(re.findall(r'href="([^"]+)"', html.unescape(weak))) <= urls
    assert "href" in weak


def test_a_choice_with_which_nothing_is_ever_ready_says_never():
    changes = {"weeks": float("nan"), "ready": -0.5, "share": 0.0, "sales_idr": 0.0}
    half = doubts.Doubts(small_scenario(), None, None, 120, 0.5)
    assert doubts._effect(half, changes, "weeks", "en") == "never ready"
    assert doubts._effect(half, changes | {"ready": -0.4}, "weeks", "en") == "no data"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_critical_path_is_said_drawn_and_tabulated(shown, language):
    exhibit, path = critical.CriticalPath(), shown.reading.path
    said = exhibit.sentence(shown, setting(language))
    assert formats.weeks(float(path.sum()), language) in said
    (trace,) = exhibit.parts(shown, setting(language)).traces
    assert trace["base"][0] == 0
    assert trace["base"][1:] == pytest.approx((trace["base"] + trace["x"])[:-1])  # each begins where the last ended
    assert sum(trace["x"]) == pytest.approx(path.sum())
    assert exhibit.table(shown, setting(language)).count("<tr>") == len(path) + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_ever_ready_the_critical_path_says_so(language):
    never = Shown(Reading(sim.simulate("cibaduyut-2027-items", 3)), "full", 1)
    exhibit = critical.CriticalPath()
    assert exhibit.sentence(never, setting("en")) == "No brand is ever ready, so there is no path to the day."
    assert len(exhibit.parts(never, setting(language)).traces[0]["x"]) == 0


def test_a_bar_lies_between_nought_and_its_number_and_names_are_text():
    made = strips([Strip("<b>bold</b>", "1", ((-1.0, "low"), (3.0, "high")), whisker=(2.0, 3.0))], "all")
    assert "&lt;b&gt;bold" in made
    assert 'class="siap-strip-low" style="left:0.00%;width:25.00%"' in made
    assert 'class="siap-strip-high" style="left:25.00%;width:75.00%"' in made
    assert 'class="siap-strip-range" style="left:75.00%;width:25.00%"' in made
    assert "siap-strip-range" not in strips([Strip("a", "1", (), whisker=(float("-inf"), float("inf")))], "all")


# ── sources at the levers ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lever_opens_value_range_rows_with_publisher_and_link_and_the_reason_of_what_is_assumed(language):
    scenario = sim.Scenario.load("cibaduyut-2027")
    opened, row = sources.at_lever(scenario, "resources.coach.units", language), sim.scenario.evidence()["E721"]
    lever = scenario.resources["coach"].units
    for text in (html.escape(row["source"]), f'href="{html.escape(row["url"])}"', html.escape(lever.assumption)):
        assert text in opened
    assert "12" in plain(opened)
    assert "60" in plain(opened)
    assert answer.speaker(language)(sources.CONFIDENCE[row["confidence"]]) in opened
    assert answer.speaker(language)(sources.AUDIT[row["audit"]]) in opened
    assert ' id="' not in opened  # a row may stand on the page twice


def test_a_lever_without_a_row_says_that_it_is_an_assumption():
    opened = plain(sources.at_lever(sim.Scenario.load("cibaduyut-2027"), "resources.assessor.units", "en"))
    assert "An assumption; nobody published it" in opened


def test_a_choice_opens_the_rows_of_the_alternative_in_force():
    scenario = sim.Scenario.load("cibaduyut-2027")
    assert "<b>E124</b>" in sources.at_lever(scenario, "campaign.stock_rule", "en")
    unknown = sources.at_lever(scenario.set("demand.brand_class", "unknown"), "demand.brand_class", "en")
    assert "<b>E815</b>" in unknown
    assert "<b>E815</b>" not in sources.at_lever(scenario, "demand.brand_class", "en")


# ── work in a thread ─────────────────────────────────────────────────────────────────────────────────


def test_work_is_reported_and_what_it_found_is_told():
    told, begun = [], threading.Event()
    errand = Errand(at_once, told.append)

    def work(report, _cancel):
        begun.wait(PATIENCE)
        report(2, 2)
        return "found"

    errand.start(work)
    assert errand.running
    begun.set()
    errand.join(PATIENCE)
    assert [news.value for news in told if isinstance(news, Found)] == ["found"]
    assert not errand.running


def test_work_that_is_done_is_not_thrown_away_however_long_it_took(monkeypatch):
    monkeypatch.setattr("sim.view.errand.LONGEST_SECONDS", -1)
    told = []
    errand = Errand(at_once, told.append)

    def work(report, _cancel):
        report(2, 2)
        return "found"

    errand.start(work)
    errand.join(PATIENCE)
    assert [getattr(news, "value", news) for news in told] == ["found"]


def test_progress_comes_with_the_time_left(monkeypatch):
    monkeypatch.setattr("sim.view.errand.TIMELY_SECONDS", 0.0)
    told = []
    errand = Errand(at_once, told.append)
    errand.start(lambda report, _cancel: [report(n, 4) for n in (1, 2, 3)])
    errand.join(PATIENCE)
    underway = [news for news in told if isinstance(news, Underway)]
    assert [(news.done, news.total) for news in underway] == [(1, 4), (2, 4), (3, 4)]
    assert all(news.seconds_left >= 0 for news in underway)


def test_what_is_stopped_is_not_heard_of_again_and_bad_input_is():
    told, stopped = [], threading.Event()
    errand = Errand(at_once, told.append)

    def work(_report, cancel):
        stopped.set()
        cancel.wait(PATIENCE)
        return "too late"

    errand.start(work)
    stopped.wait(PATIENCE)
    errand.stop()
    errand.join(PATIENCE)
    assert told == []

    def refused(_report, _cancel):
        raise BadInput("here", "is wrong")

    errand.start(refused)
    errand.join(PATIENCE)
    assert isinstance(told[-1], BadInput)

    def cancelled(_report, _cancel):
        raise Cancelled

    errand.start(cancelled)
    errand.join(PATIENCE)
    assert len(told) == 1


# ── the card ─────────────────────────────────────────────────────────────────────────────────────────


def worked_out(shown: Shown, language: str = "en") -> StepsCard:
    card = StepsCard(at_once)
    card.speak(language)
    card.draw(shown, setting(language))
    card.button.click()
    card.errand.join(PATIENCE)
    return card


def test_nothing_is_worked_out_before_it_is_asked_for_and_a_preview_cannot_be_asked(shown):
    card = StepsCard(at_once)
    card.speak("en")
    assert card.button.disabled
    card.draw(Shown(shown.reading, "preview", 1), setting("en"))
    assert card.button.disabled
    card.draw(shown, setting("en"))
    assert not card.button.disabled
    assert (card.button.description, card.body.value, card._sort.layout.display) == ("Try every step", "", "none")


def test_a_card_shows_what_it_found_sorted_as_asked_in_the_language_of_the_page(shown):
    card = worked_out(shown)
    assert "What brings most" in card.body.value
    before = card.body.value
    card.order.value = "sales_idr"
    assert card.body.value == steps.body(card.found, "sales_idr", "en") != before
    card.speak("id")
    card.draw(shown, setting("id"))
    assert card.body.value == steps.body(card.found, "sales_idr", "id")
    assert card.order.value == "sales_idr"


def test_a_card_says_when_its_numbers_are_of_another_lead_time_or_setting(shown, result):
    card = worked_out(shown)
    assert card.note.value == ""
    card.move(setting("en", 90))
    assert "for a lead time of 120 weeks" in plain(card.note.value)
    assert "siap-stale" in card.body._dom_classes
    card.move(setting("en"))
    assert "siap-stale" not in card.body._dom_classes
    other = sim.simulate(result.scenario.set("resources.coach.units", 5), 8)
    card.draw(Shown(Reading(other), "full", 2), setting("en"))
    assert "of an earlier setting" in card.note.value


def test_work_that_fails_says_so_in_the_language_of_the_page_and_the_log_says_where(shown, monkeypatch, caplog):
    def broken(*_asked):
        raise PermissionError(13, "Permission denied", "/srv/siap/store/runs")

    monkeypatch.setattr("sim.view.steps.steps", broken)
    monkeypatch.setattr("sim.view.errand.get_logger", lambda: logging.getLogger("kernel"))
    card = StepsCard(at_once)
    card.speak("id")
    card.draw(shown, setting("id"))
    card.button.click()
    card.errand.join(PATIENCE)
    assert "Ini tidak berhasil (PermissionError)." in plain(card.progress.value)
    assert "/srv" not in card.progress.value
    assert "/srv/siap/store/runs" in caplog.text
    assert "in broken" in caplog.text


def test_what_was_found_of_another_scenario_is_gone(shown, result):
    card = worked_out(shown)
    card.draw(Shown(Reading(sim.simulate(result.scenario.set("name", "another"), 8)), "full", 2), setting("en"))
    assert (card.found, card.body.value, card.note.value) == (None, "", "")
    card.draw(shown, setting("en"))
    assert card.body.value == ""


def test_a_card_is_stopped_by_its_button_and_by_a_newer_wish(shown, monkeypatch):
    begun = threading.Event()

    def slow(_result, _lead, _longest, _progress, cancel):
        begun.set()
        cancel.wait(PATIENCE)
        raise Cancelled

    monkeypatch.setattr("sim.view.steps.steps", slow)
    card = StepsCard(at_once)
    card.speak("en")
    card.draw(shown, setting("en"))
    for stop in (card.button.click, card.drop):
        begun.clear()
        card.button.click()
        assert card.button.description == "Stop"
        begun.wait(PATIENCE)
        stop()
        card.errand.join(PATIENCE)
        assert card.button.description == "Try every step"
        assert card.found is None
