"""What is worked out or played when it is asked for, in a real browser: by keyboard, on a telephone, accessible."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import VIEWPORTS
from tests.browser.driving import PATIENT

CARDS = ("steps", "doubts")


@pytest.fixture
def asked(wide: Page) -> Page:
    """The page with both cards worked out."""
    for card in CARDS:
        place = wide.locator(f".siap-card-{card}")
        if not place.locator(".siap-strips").count():
            place.locator("button").first.focus()
            wide.keyboard.press("Enter")
            expect(place.locator(".siap-sentence").first).to_be_visible(timeout=PATIENT)
            expect(place.locator("[role=progressbar]")).to_have_count(0, timeout=PATIENT)
    return wide


def test_work_is_asked_for_by_keyboard_and_its_progress_can_be_heard(wide: Page):
    card = wide.locator(".siap-card-doubts")
    card.locator("button").first.focus()
    wide.keyboard.press("Enter")
    bar = card.locator("[role=progressbar]")
    expect(bar).to_have_attribute("aria-label", re.compile("sudah dicoba"), timeout=PATIENT)
    card.locator("button").first.press("Enter")  # stops it
    expect(bar).to_have_count(0)
    expect(card.locator("button").first).to_have_text("Coba setiap angka")


def test_both_cards_are_accessible_and_fit_a_telephone(asked: Page):
    for card in CARDS:
        for opened in asked.locator(f".siap-card-{card} summary").all()[:2]:
            opened.click()
    asked.locator(".siap-source > summary").first.click()
    expect(asked.locator(".siap-source a").first).to_be_visible()
    found = Axe().run(asked, context=".siap")
    bad = [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert bad == []
    width, height = VIEWPORTS["narrow"]
    asked.set_viewport_size({"width": width, "height": height})
    asked.wait_for_timeout(500)
    assert asked.evaluate("document.documentElement.scrollWidth") <= width


def test_what_is_open_at_a_lever_stays_open_while_the_lever_moves(wide: Page):
    source = wide.locator("details[data-siap='source-resources.coach.units']")
    if source.get_attribute("open") is None:
        source.locator("summary").click()
    expect(source).to_have_attribute("open", "")
    handle = wide.locator(".siap-control", has=source).locator("[role=slider]")
    handle.focus()
    wide.keyboard.press("ArrowRight")
    expect(wide.locator(".siap-control", has=source).locator(".siap-value")).to_have_value("13")
    expect(source).to_have_attribute("open", "")
    wide.keyboard.press("ArrowLeft")
    expect(wide.locator(".siap-control", has=source).locator(".siap-value")).to_have_value("12")


def test_a_film_waits_for_a_press_where_the_reader_wishes_no_motion(wide: Page):
    wide.emulate_media(reduced_motion="reduce")
    wide.set_viewport_size({"width": 390, "height": 844})
    wide.locator(".siap-card-film button").click()
    expect(wide.locator(".siap-film-play")).to_contain_text("Putar", timeout=PATIENT)
    wide.wait_for_timeout(500)
    expect(wide.locator(".siap-film-input")).to_have_value("0")
    assert wide.evaluate("document.documentElement.scrollWidth") <= 390
    wide.emulate_media(reduced_motion="no-preference")


def test_a_film_folded_away_by_another_result_plays_again_on_the_chart(wide: Page):
    card, coaches = wide.locator(".siap-card-film"), wide.get_by_role("slider", name="Pembina", exact=True)
    bars = "document.querySelector('.siap-card-film .js-plotly-plot').data.map((trace) => Array.from(trace.x))"
    play, slider = card.locator(".siap-film-play"), card.locator(".siap-film-input")
    for key in ("ArrowRight", "ArrowLeft"):
        coaches.press(key)
        expect(play).to_have_count(0, timeout=PATIENT)
        card.locator("button").click()
        expect(play).to_contain_text("Jeda", timeout=PATIENT)
        play.click()
        card.locator(".js-plotly-plot .main-svg").first.wait_for()
        slider.press("Home")
        wide.wait_for_timeout(300)
        before = wide.evaluate(bars)
        slider.press("End")
        wide.wait_for_timeout(300)
        assert wide.evaluate(bars) != before
