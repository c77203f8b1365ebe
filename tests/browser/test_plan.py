"""The planner's page in a real browser: moved by keyboard and mouse, read by eye and by ear, wide and narrow.

One kernel serves all tests here, so each begins by setting what it needs.
"""

import itertools
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import VIEWPORTS, only_this_machine

REPLICATIONS = "24"
PATIENT = 90_000  # milliseconds, for a kernel to start on a busy machine
DIAL = ".siap-dial input"


# As wide a scope as that of the servers, or they would start before it.
@pytest.fixture(scope="package")
def few() -> Iterator[None]:
    """Few replications, in the servers that start after this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_REPLICATIONS", REPLICATIONS)
        yield


@pytest.fixture(scope="module")
def errors() -> list[str]:
    """Script errors on the page; none is ever expected."""
    return []


@pytest.fixture(scope="module")
def plan(few: None, app: str, chromium: Browser, errors: list[str]) -> Iterator[Page]:
    """The page without code, once its first full result is there."""
    width, height = VIEWPORTS["wide"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    context.route("**/*", only_this_machine)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def wide(plan: Page) -> Page:
    """The page on a desk, in Indonesian, with the lead time that the scenario has."""
    width, height = VIEWPORTS["wide"]
    plan.set_viewport_size({"width": width, "height": height})
    if plan.locator(".siap").get_attribute("lang") != "id":
        plan.get_by_role("button", name="ID", exact=True).click()
        expect(plan.locator(".siap")).to_have_attribute("lang", "id")
    return plan


def settled(page: Page) -> None:
    """Wait until nothing is being simulated and the last chart is drawn."""
    expect(page.locator(".siap-progress")).to_have_text(re.compile(r"^\s*$"), timeout=PATIENT)
    expect(page.locator(".siap-card-preparation.siap-stale")).to_have_count(0, timeout=PATIENT)


def sentence(page: Page, card: str) -> Locator:
    return page.locator(f".siap-card-{card} .siap-sentence")


def drawn_week(page: Page) -> float:
    """Where the line of the lead time stands on the chart of shares, as Plotly has it."""
    return page.evaluate("document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0")


def test_the_dial_is_moved_by_keyboard_and_chart_and_sentence_follow(wide: Page):
    dial = wide.locator(DIAL)
    dial.focus()
    wide.keyboard.press("Home")
    for _press in range(3):
        wide.keyboard.press("ArrowRight")
    expect(sentence(wide, "share")).to_contain_text("3\N{NO-BREAK SPACE}minggu")
    expect(dial).to_have_attribute("aria-valuetext", re.compile("^3 minggu · mulai 21 Okt 2027"))
    wide.wait_for_function("document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0 === 3")
    wide.keyboard.press("End")
    expect(sentence(wide, "share")).to_contain_text("156\N{NO-BREAK SPACE}minggu")
    expect(sentence(wide, "readiness")).to_contain_text("156\N{NO-BREAK SPACE}minggu")


def test_the_dial_answers_with_the_range_and_tells_it_when_the_hand_has_come_to_rest(wide: Page):
    dial, answer = wide.locator(DIAL), wide.locator(".siap-dial-answer")
    dial.focus()
    wide.keyboard.press("Home")
    expect(answer).to_have_text(re.compile(r"^Peluang siap: 0.% \(rentang 90.%: 0.% sampai .*\)\.$"))
    wide.keyboard.press("ArrowRight")
    told = wide.locator(".siap-dial-heard")
    expect(told).to_have_text(re.compile(r"^1 minggu · mulai 4 Nov 2027\. Peluang siap: .* sampai .*\.$"))
    assert told.get_attribute("role") == "status"


@pytest.mark.parametrize("width", [1440, 390, 360])
def test_no_label_of_the_dial_lies_over_another(wide: Page, width: int):
    wide.set_viewport_size({"width": width, "height": 844})
    wide.wait_for_timeout(300)
    for line in wide.locator(".siap-dial-line").all():
        labels = line.locator(".siap-dial-label:not(.siap-dial-hidden)").all()
        boxes = sorted((box["x"], box["x"] + box["width"]) for label in labels if (box := label.bounding_box()))
        assert len(boxes) >= 2
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(boxes))


def test_the_dial_is_moved_by_mouse_and_ends_where_it_was_let_go(wide: Page):
    dial = wide.locator(DIAL)
    box = dial.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    dial.focus()
    wide.keyboard.press("Home")
    wide.mouse.move(box["x"] + 14, y)
    wide.mouse.down()
    for step in range(1, 21):
        wide.mouse.move(box["x"] + 14 + step * (box["width"] - 28) / 40, y)
    wide.mouse.up()
    week = int(dial.input_value())
    assert abs(week - 78) <= 2
    expect(sentence(wide, "share")).to_contain_text(f"{week}\N{NO-BREAK SPACE}minggu")
    wide.wait_for_function(f"document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0 === {week}")
    assert drawn_week(wide) == week


def test_moving_the_dial_never_moves_it_away_from_the_pointer(wide: Page):
    dial = wide.locator(DIAL)
    dial.focus()
    places = set()
    for key in ("Home", "PageUp", "PageUp", "PageUp", "PageUp", "End"):
        wide.keyboard.press(key)
        wide.wait_for_timeout(150)
        places.add((dial.bounding_box() or {})["y"])
    assert len(places) == 1


def test_a_structural_lever_is_previewed_and_then_shown_in_full_and_the_page_says_so(wide: Page):
    notes = wide.locator(".siap-notes")
    handle = wide.get_by_role("slider", name="Laboratorium", exact=True)
    handle.focus()
    wide.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", "5")
    expect(notes).to_contain_text("Pratinjau dari 20\N{NO-BREAK SPACE}ulangan", timeout=PATIENT)
    wide.locator(DIAL).focus()
    wide.keyboard.press("Home")  # the dial answers while the full set is being simulated
    expect(sentence(wide, "share")).to_contain_text("0\N{NO-BREAK SPACE}minggu")
    expect(notes).to_contain_text(f"{REPLICATIONS}\N{NO-BREAK SPACE}ulangan, hasil lengkap", timeout=PATIENT)
    settled(wide)


def test_the_language_is_switched_for_everything_and_back(wide: Page):
    wide.get_by_role("button", name="EN", exact=True).click()
    expect(wide.locator(".siap")).to_have_attribute("lang", "en")
    expect(wide.locator("html")).to_have_attribute("lang", "en")
    expect(wide.get_by_role("heading", name="What holds us back")).to_be_visible()
    expect(sentence(wide, "share")).to_contain_text("lead time")
    expect(wide.get_by_role("slider", name="Coaches", exact=True)).to_have_attribute("aria-valuetext", "12")
    expect(wide.locator(".siap")).not_to_contain_text(
        "minggu", timeout=PATIENT
    )  # one card after the other is said anew
    wide.get_by_role("button", name="ID", exact=True).click()
    expect(wide.get_by_role("heading", name="Apa yang menahan kita")).to_be_visible()
    expect(wide).to_have_title(re.compile("kapan harus mulai"))


def test_a_table_stays_open_while_its_numbers_change(wide: Page):
    fold = wide.locator(".siap-card-share details")
    fold.locator("summary").click()
    table = fold.locator("table")
    expect(table).to_be_visible()
    wide.locator(DIAL).focus()
    wide.keyboard.press("Home")
    wide.keyboard.press("ArrowRight")
    expect(table.locator(".siap-chosen").first).to_have_text("1 minggu")
    expect(table).to_be_visible()
    fold.locator("summary").click()


def test_every_slider_list_and_chart_has_a_name_to_be_read_out(wide: Page):
    for kind in ("[role=slider], input[type=range]", "select", ".js-plotly-plot[role=img]"):
        things = wide.locator(".siap").locator(kind)
        assert things.count() > 4, kind
        for thing in things.all():
            assert (thing.get_attribute("aria-label") or "").strip()


@pytest.mark.parametrize("language", ["ID", "EN"])
def test_axe_finds_nothing_serious(wide: Page, language: str):
    wide.get_by_role("button", name=language, exact=True).click()
    expect(wide.locator(".siap")).to_have_attribute("lang", language.lower())
    wide.wait_for_timeout(500)
    found = Axe().run(wide, ".siap").response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in grave] == []


@pytest.mark.parametrize("width", [1440, 760, 390, 360])
def test_the_page_fits_the_screen_without_scrolling_sideways(wide: Page, width: int):
    wide.set_viewport_size({"width": width, "height": 844})
    wide.wait_for_timeout(600)
    assert wide.evaluate("document.documentElement.scrollWidth") <= width
    charts = wide.locator(".siap .js-plotly-plot")
    for chart in charts.all():
        box = chart.bounding_box()
        assert box is not None
        assert 0 < box["width"] <= min(width, 1100)
        drawn = chart.locator(".main-svg").first.bounding_box()
        assert drawn is not None
        assert drawn["width"] == pytest.approx(box["width"], abs=2)


def test_on_a_telephone_the_levers_come_last_and_beside_the_charts_on_a_desk(wide: Page):
    levers, charts = wide.locator(".siap-levers"), wide.locator(".siap-charts")
    at_desk = [(box.bounding_box() or {}) for box in (charts, levers)]
    assert at_desk[0]["x"] + at_desk[0]["width"] <= at_desk[1]["x"]
    wide.set_viewport_size({"width": 390, "height": 844})
    wide.wait_for_timeout(300)
    on_phone = [(box.bounding_box() or {}) for box in (charts, levers)]
    assert on_phone[0]["y"] + on_phone[0]["height"] <= on_phone[1]["y"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_on_charts_can_be_read_in_light_and_in_dark(wide: Page, scheme: str):
    wide.emulate_media(color_scheme=scheme)
    wide.wait_for_timeout(200)
    ground = wide.evaluate("getComputedStyle(document.querySelector('.siap-card-share')).backgroundColor")
    inks = [
        wide.evaluate(f"getComputedStyle(document.querySelector('.siap-card-share {text}')).fill")
        for text in (".annotation-text", ".xtick text", ".ytick text")
    ]
    below = luminance(ground)
    for above in map(luminance, inks):
        assert (max(below, above) + 0.05) / (min(below, above) + 0.05) >= 4.5
    wide.emulate_media(color_scheme="light")


def luminance(colour: str) -> float:
    """Relative luminance of a colour as browsers compute it (WCAG 2)."""
    parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.slow  # JupyterLab and its kernel take a minute to start on two busy cores
def test_in_jupyterlab_the_notebook_is_run_and_the_dial_moves(few: None, lab: str, page: Page):
    # The notebook is the checkout's own: nothing may be saved into it, least of all on its own after two minutes.
    page.route("**/api/contents/**", lambda route: route.abort() if route.request.method == "PUT" else route.fallback())
    page.goto(lab, timeout=PATIENT)
    expect(page.get_by_text("(ipykernel) | Idle")).to_be_visible(timeout=PATIENT)  # what is run earlier is lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells").first.click()  # another restarts the kernel first
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    expect(page.locator(".siap-card-share .main-svg").first).to_be_visible(timeout=PATIENT)
    dial = page.locator(DIAL)
    dial.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(sentence(page, "share")).to_contain_text("1\N{NO-BREAK SPACE}minggu", timeout=PATIENT)
    page.wait_for_function("document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0 === 1")
