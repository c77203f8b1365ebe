"""A brief in a real browser without a network: opened from disk, moved by keyboard and finger, read, printed."""

import datetime
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

import sim
from sim.experiment.intervals import of_proportion
from sim.text import formats
from sim.view.answer import Setting
from sim.view.brief import brief, shown_of
from sim.view.session import Shown
from tests.browser.conftest import VIEWPORTS
from tests.view.conftest import small_scenario

TODAY = datetime.date(2026, 11, 24)
EVIL = "<script>alert(1)</script>"
SPACE = "\N{NO-BREAK SPACE}"
WEEKS = 104
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def shown() -> Shown:
    return shown_of(sim.simulate(small_scenario(), replications=40))


@pytest.fixture(scope="module")
def files(shown: Shown, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One brief a language, and one whose scenario means harm."""
    folder = tmp_path_factory.mktemp("briefs")
    hostile = small_scenario().set("name", EVIL).set("title", {"id": EVIL}).set("about", {"id": f"=1+1{EVIL}"})
    hostile = hostile.set("clusters.cibaduyut.title", {"id": f"<b>{EVIL}</b>"})
    made = {"id": (shown, "id"), "en": (shown, "en")}
    made |= {"hostile": (shown_of(sim.simulate(hostile, replications=4)), "id")}
    other = shown_of(sim.simulate("halal-ramadan-2028", replications=20))
    made |= {f"halal-{language}": (other, language) for language in ("id", "en")}
    for name, (what, language) in made.items():
        text = brief(what, Setting(language, WEEKS, None, 0.5, TODAY))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


@pytest.fixture
def opened(chromium: Browser, files: dict[str, Path]) -> Iterator[Open]:
    """Opens a brief where nothing answers; whatever it asks for, or complains of, fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_one(name: str = "id", viewport: str = "wide", **options: object) -> Page:
        width, height = VIEWPORTS[viewport]
        context = chromium.new_context(viewport={"width": width, "height": height}, offline=True, **options)
        contexts.append(context)
        page, address = context.new_page(), files[name].as_uri()
        page.on("request", lambda request: request.url == address or wrong.append(request.url))
        page.on("console", lambda message: wrong.append(message.text))  # a breach of the policy, too, is told here
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert wrong == []


def said(page: Page, key: str) -> str:
    return (page.text_content(f"#siap-{key}-said") or "").replace(SPACE, " ")


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_opens_from_disk_and_its_dial_says_what_the_replications_say(opened: Open, shown: Shown, language: str):
    page = opened(language)
    dial = page.locator(".siap-dial input")
    dial.focus()
    page.keyboard.press("Home")
    for press in ("PageUp", "PageUp", *["ArrowRight"] * 5):
        page.keyboard.press(press)
    week = int(dial.input_value())
    assert 0 < week < WEEKS
    for _press in range(WEEKS + 10 - week):
        page.keyboard.press("ArrowRight")
    week = WEEKS + 10
    assert dial.input_value() == str(week)
    chance = of_proportion(shown.reading.needed_days(None) <= week * 7)
    answer = (page.text_content(".siap-dial-answer") or "").replace(SPACE, " ")
    for part in (chance.estimate, chance.low, chance.high):
        assert formats.probability(part, language) in answer
    share = shown.reading.result.share([week]).iloc[0]
    assert formats.share(share["p95"], language) in said(page, "share")
    cost = float(shown.reading.result.cost_idr(week).loc["programme", "p50"])
    assert formats.rupiah(cost, language) in said(page, "cost")
    people = float(shown.reading.result.cost_idr(week).loc["people", "p50"])
    assert formats.rupiah(people, language) in (page.text_content("#siap-cost-drawn") or "")
    label = page.locator("#siap-share-drawn .siap-said.siap-said", has_text=formats.weeks(week, language))
    expect(label).to_have_count(1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["Obral jelang Ramadan 2028", "Auditor halal", "Penerbitan sertifikat halal"]),
        ("en", ["Pre-Ramadan Sale 2028", "Halal auditors", "Issue of the halal certificate"]),
    ],
)
def test_the_brief_of_another_programme_speaks_of_it_and_of_no_other(opened: Open, language: str, words: list[str]):
    page = opened(f"halal-{language}")
    text = (page.text_content("body") or "").replace(SPACE, " ")
    assert [word for word in words if word not in text] == []
    # What is folded away quotes sources, which are about what they are about.
    assert re.findall(r"China|Tiongkok|Tmall|Single Day|Brodo|RMB", page.inner_text("body")) == []


def test_the_dial_has_name_value_and_what_is_new_is_told_with_its_range(opened: Open):
    page = opened("en")
    dial = page.get_by_role("slider", name="Lead time")
    assert dial.get_attribute("aria-valuetext") == "104 weeks, start 13 Nov 2025 (passed)"
    described = page.locator(f"#{dial.get_attribute('aria-describedby')}")
    expect(described).to_contain_text("Chance of being ready")
    expect(page.get_by_role("status")).to_have_text("")
    dial.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("status")).to_have_text(
        re.compile(r"^103 weeks, start 20 Nov 2025 \(passed\)\. Chance of being ready: .* range: .* to .*\)\.$")
    )


def test_a_finger_moves_the_dial(opened: Open):
    page = opened("id", "narrow", has_touch=True, is_mobile=True)
    dial = page.locator(".siap-dial input")
    dial.scroll_into_view_if_needed()  # a finger reaches what is in sight
    box = dial.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    page.touchscreen.tap(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    assert abs(int(dial.input_value()) - 36) <= 3
    assert f"{dial.input_value()} minggu" in said(page, "share")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(opened: Open, language: str, scheme: str):
    page = opened(language, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    assert ("siap-dark" in (page.get_attribute(".siap", "class") or "")) == (scheme == "dark")
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in grave] == []


@pytest.mark.parametrize("width", [1440, 760, 390, 360])
@pytest.mark.parametrize("language", ["id", "en"])
def test_it_fits_the_screen_and_no_label_of_the_dial_lies_over_another(opened: Open, width: int, language: str):
    page = opened(language)
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for line in page.locator(".siap-dial-line").all():
        labels = line.locator(".siap-dial-label:not(.siap-dial-hidden)").all()
        boxes = sorted((box["x"], box["x"] + box["width"]) for label in labels if (box := label.bounding_box()))
        assert len(boxes) >= 2
        assert all(end < start for (_, end), (start, _) in itertools.pairwise(boxes))
        assert boxes[0][0] >= 0
        assert boxes[-1][1] <= width


def test_on_paper_it_is_white_and_open_and_has_no_buttons(opened: Open):
    page = opened("id", color_scheme="dark")
    table, save = page.locator(".siap-card-share table"), page.locator("#siap-save")
    expect(table).to_be_hidden()
    expect(save).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(table).to_be_visible()
    expect(save).to_be_hidden()
    expect(page.locator("#siap-scenario")).to_be_hidden()
    expect(page.locator(".siap-sources li").last).to_be_visible()
    assert "siap-dark" not in (page.get_attribute(".siap", "class") or "")
    page.emulate_media(media="screen")
    expect(table).to_be_hidden()


def test_it_prints_on_sheets_of_a4_with_all_that_was_folded(opened: Open):
    page = opened("en", color_scheme="dark")
    printed = page.pdf(prefer_css_page_size=True)
    assert 7 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 14
    assert set(re.findall(rb"/MediaBox\s*\[([^\]]*)\]", printed)) == {b"0 0 594.95996 841.91998"}
    expect(page.locator(".siap-card-share table")).to_be_hidden()  # as it was before


def test_without_scripts_it_still_answers(opened: Open):
    page = opened("en", java_script_enabled=False)
    expect(page.locator(".siap-answer")).to_be_visible()
    expect(page.locator("#siap-dial")).to_contain_text("104 weeks, start 13 Nov 2025 (passed). Chance of being ready")
    expect(page.locator("#siap-share-drawn svg").first).to_be_visible()


def test_the_scenario_is_saved_as_it_was(opened: Open, shown: Shown, tmp_path: Path):
    page = opened("id")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Simpan skenarionya").click()
    path = tmp_path / "scenario.yaml"
    saving.value.save_as(path)
    assert saving.value.suggested_filename == "scenario.yaml"
    assert sim.Scenario.load(path).digest == shown.scenario.digest


def test_a_name_that_means_harm_is_shown_and_does_none(opened: Open):
    page = opened("hostile")
    expect(page.get_by_role("heading", level=1)).to_have_text(EVIL)
    expect(page).to_have_title(re.compile(re.escape(EVIL)))
    page.locator(".siap-dial input").focus()
    page.keyboard.press("End")
    assert f"<b>{EVIL}</b>" in said(page, "readiness")
    assert page.locator("script").count() == 2


def test_a_row_that_is_named_leads_to_its_source(opened: Open):
    page = opened("en")
    page.locator(".siap-card-sources > p a").first.click()
    expect(page.locator(".siap-sources li:target")).to_be_visible()
