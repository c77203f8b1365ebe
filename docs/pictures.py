"""Pictures of the real page for README and the tutorials: `make pictures`.

A Chromium walks through the planners' tutorial, in both languages, on a page that takes one day for today. Each
picture is of a fixed width with few colours; one whose pixels are the same stays untouched, and what changed is named.
"""

import datetime
import io
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, expect, sync_playwright

import sim
from sim.text import formats, sentences
from sim.text.catalogue import speaker
from sim.view import campaigns, levers
from tests.browser.driving import PATIENT, QUIET, find_chromium, only_this_machine, serve, settled

FOLDER = Path(__file__).parent / "images"
TODAY = datetime.date(2026, 12, 1)
SCENARIO, CAPITAL, RULE = "cibaduyut-2028", "finance.working_capital_idr", "campaign.stock_rule"
TYPED = {"id": "20 miliar", "en": "20 billion"}
VIEW = {"width": 1200, "height": 860}
COLOURS = 256  # with all of them a picture is three times as large
FAINT = 16  # of 255: edges are not smoothed alike every time
RARE_TOO = Image.Quantize.MAXCOVERAGE  # or a small green zone would become blue
WORK = 4 * PATIENT  # for what is tried one by one


def full(page: Page, language: str) -> None:
    """Wait for the full result of what was chosen."""
    count = sim.Scenario.load(SCENARIO).replications
    said = re.compile(r"\s".join(map(re.escape, sentences.full(replications=count, language=language).split())))
    page.wait_for_timeout(500)
    expect(page.locator(".siap-notes")).to_contain_text(said, timeout=PATIENT)
    expect(page.locator(".siap-body.siap-waiting")).to_have_count(0, timeout=PATIENT)
    settled(page)


def worked_out(card: Locator, language: str) -> Locator:
    """A card on which something is tried when asked, once that is done."""
    card.locator("button").first.click()
    expect(card.locator(".siap-stale")).to_have_count(0, timeout=WORK)  # what was found before stands there until then
    expect(card.locator(".siap-sentence").first).to_be_visible(timeout=WORK)
    expect(card.locator("button").first).to_have_text(speaker(language)("Once more"), timeout=WORK)
    return card


def lever(page: Page, path: str) -> Locator:
    """The control of one place, by its path."""
    return page.locator(".siap-control", has=page.locator(f"[data-siap='source-{path}']"))


def walk(page: Page, address: str, language: str) -> Iterator[tuple[str, Page | Locator]]:
    """Do what the tutorial says, and give what is to be seen: a name, and the page or a part of it."""
    answer, remedies = page.locator(".siap-card-answer"), page.locator(".siap-card-remedies")
    page.goto(address, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    page.get_by_role("button", name=language.upper(), exact=True).click()
    expect(page.locator(".siap")).to_have_attribute("lang", language)
    full(page, language)
    title = campaigns.titles(language)[SCENARIO]
    page.locator(".siap-pick select").first.select_option(label=formats.unbroken(title))
    full(page, language)
    yield "plan", page
    yield "holding", page.locator(".siap-card-holding")
    yield "remedies", worked_out(remedies, language)
    place = lever(page, CAPITAL).locator("input.siap-typed")
    place.fill(TYPED[language])
    place.press("Enter")
    full(page, language)
    yield "lever", lever(page, CAPITAL)
    yield "late", answer
    by_items = levers.place(sim.Scenario.load(SCENARIO), RULE).shown("items", language)
    lever(page, RULE).locator("select").select_option(label=formats.unbroken(by_items))
    expect(page.locator(".siap-notes")).to_contain_text(by_items, timeout=PATIENT)  # a busy machine takes its time
    full(page, language)
    yield "million", answer
    yield "none", worked_out(remedies, language)
    page.locator(".siap-steps button").first.click()
    full(page, language)
    card = page.locator(".siap-card-share-out")
    link = card.locator("input[readonly]")
    expect(link).to_have_value(re.compile("siap="), timeout=PATIENT)
    link.evaluate(
        "link => (link.value = link.value.replace(/:[0-9]+/, ':8888'))"
    )  # as where nobody asks for another port
    yield "send", card
    with page.expect_download(timeout=WORK) as saving:
        card.get_by_role("button", name=speaker(language)("Save a brief to send or print")).click()
    with tempfile.TemporaryDirectory() as folder:
        brief = Path(folder, saving.value.suggested_filename)
        saving.value.save_as(brief)
        page.goto(brief.as_uri())
        yield "brief", page


def take(thing: Page | Locator) -> bytes:
    """A picture of the window, or of one part of the page and nothing that lies over it."""
    if isinstance(thing, Locator):
        thing.page.mouse.move(0, 0)
        thing.page.evaluate("document.activeElement?.blur()")
        thing.scroll_into_view_if_needed()
        thing.page.add_style_tag(content=".siap-bottom { display: none !important }")
    return thing.screenshot(animations="disabled")


def keep(name: str, picture: bytes) -> str:
    """Write a picture unless it is there already; what is told of it."""
    path = FOLDER / f"{name}.png"
    new = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, RARE_TOO, dither=Image.Dither.NONE)
    if not path.exists():
        told = "new"
    else:
        with Image.open(path) as old:
            told = difference(old.convert("RGB"), new.convert("RGB"))
    if told != "the same":
        new.save(path, optimize=True)
    return f"{name}: {told}, {path.stat().st_size / 1000:.0f} kB"


def difference(old: Image.Image, new: Image.Image) -> str:
    """What changed between two pictures, in words."""
    if old.size != new.size:
        return f"changed from {old.width} × {old.height} to {new.width} × {new.height}"
    box = ImageChops.difference(old, new).convert("L").point(lambda x: 255 * (x > FAINT)).getbbox()
    return "the same" if box is None else f"changed within {box}"


def main() -> None:
    """Take every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    with serve("app", TODAY) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        for language in TYPED:
            context = browser.new_context(viewport=VIEW, locale="id-ID", color_scheme="light")
            context.route(re.compile("^https?:"), only_this_machine)
            page = context.new_page()
            for name, thing in walk(page, address, language):
                print(keep(f"{name}-{language}", take(thing)), flush=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
