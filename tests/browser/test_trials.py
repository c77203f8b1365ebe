"""How fast the page answers, alone and with ten planners at once: measured in the browser, reported, with no limit.

Times are those of the page itself, from the event to the frame that shows what came of it.
"""

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import VIEWPORTS, serve
from tests.browser.driving import DIAL, PATIENT, settled

pytestmark = pytest.mark.trials
PLANNERS, ROUNDS, OPENED, MOVES = 10, 4, 12, 50  # rounds: coaches from 13 to 52, which the slider offers
CROWDED = 300_000  # milliseconds that a page may take among others
BREATH = 16  # seconds in which the server prepares the next page
SETTINGS = ("SIAP_REPLICATIONS", "SIAP_STORE")  # of the tests; here the page has those of its users

# When the first chart was drawn; and a clock from a move to the next frame after something else stands in a place.
CLOCK = """
new MutationObserver((_, watcher) => {
  if (!document.querySelector(".js-plotly-plot .main-svg .scatterlayer path")) return;
  watcher.disconnect();
  requestAnimationFrame(() => { window.siapFirst = performance.now(); });
}).observe(document, { subtree: true, childList: true });
window.siapUntil = (place, done) => new Promise((resolve) => {
  const begun = performance.now();
  const end = () => resolve(performance.now() - begun);
  const look = () => requestAnimationFrame(done(document.querySelector(place)) ? end : look);
  look();
});
"""
DIAL_MOVED = """
async () => {
  const dial = document.querySelector(".siap-dial-input"), answer = document.querySelector(".siap-dial-now");
  const before = answer.textContent, begun = performance.now();
  dial.value = Number(dial.value) + 1;
  dial.dispatchEvent(new Event("input", { bubbles: true }));
  while (answer.textContent === before) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}
"""
CHART_MOVED = """
async () => {
  const dial = document.querySelector(".siap-dial-input");
  const chart = document.querySelector(".siap-card-share .js-plotly-plot");
  const wanted = Number(dial.value) + 1, begun = performance.now();
  dial.value = wanted;
  dial.dispatchEvent(new Event("input", { bubbles: true }));
  while (chart.layout.shapes[0].x0 !== wanted) await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - begun;
}
"""

PREVIEWED = """
void (window.siapMoved = window.siapUntil(".siap-notes", (notes) => /Pratinjau/.test(notes?.textContent)))
"""


@pytest.fixture(scope="module")
def page_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as its users have it, with a run store that has seen the reference once."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
        with serve("app") as address:
            yield address


def visited(chromium: Browser, **options: object) -> tuple[BrowserContext, Page]:
    width, height = VIEWPORTS["wide"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID", **options)
    # No request is looked at here, as other tests do: that would be some hundred more steps of this process each time.
    context.add_init_script(CLOCK)
    return context, context.new_page()


def first_seconds(page: Page) -> float:
    page.wait_for_function("window.siapFirst !== undefined", timeout=CROWDED)
    return page.evaluate("window.siapFirst") / 1000


def told(name: str, seconds: list[float]) -> None:
    middle, late = statistics.median(seconds), float(np.percentile(seconds, 95))
    print(f"{name}: median {1000 * middle:.0f} ms, 95th percentile {1000 * late:.0f} ms, of {len(seconds)}")


def test_the_first_chart_and_the_dial_come_to_one_planner(chromium: Browser, page_server: str):
    first = []
    for _ in range(OPENED + 1):
        time.sleep(BREATH)
        context, page = visited(chromium)
        page.goto(page_server, timeout=PATIENT)
        first.append(first_seconds(page))
        if len(first) <= OPENED:
            context.close()
    told("First chart of a page that was run before", first[1:])  # the very first had nothing prepared
    settled(page)
    page.locator(DIAL).focus()
    page.keyboard.press("Home")
    for name, moved in (("Dial, label and answer", DIAL_MOVED), ("Dial, chart by way of the kernel", CHART_MOVED)):
        page.wait_for_timeout(1000)
        told(name, [page.evaluate(moved) / 1000 for _ in range(MOVES)])
    context.close()


def test_ten_planners_at_once_get_their_answers(chromium: Browser, page_server: str):
    planners_at_once([visited(chromium) for _ in range(PLANNERS)], page_server)


def planners_at_once(opened: list[tuple[BrowserContext, Page]], address: str) -> None:
    """Let all of them open the page, and then each set a lever, round after round; print what they waited for."""
    for _, page in opened:
        page.goto(address, timeout=CROWDED, wait_until="commit")
    told(f"First chart, {len(opened)} at once", [first_seconds(page) for _, page in opened])
    for _, page in opened:
        expect(page.locator(".siap-notes")).to_contain_text("hasil lengkap", timeout=CROWDED)
        settled(page)
    seconds = []
    for n in range(ROUNDS):
        for place, (_, page) in enumerate(opened):  # each another lever value, so that nobody finds what another made
            page.locator("input[data-siap-typed='resources.coach.units']").fill(str(13 + len(opened) * n + place))
            page.evaluate(PREVIEWED)
            page.keyboard.press("Enter")
        for _, page in opened:
            seconds.append(page.evaluate("window.siapMoved") / 1000)
        for _, page in opened:
            expect(page.locator(".siap-notes")).to_contain_text("hasil lengkap", timeout=CROWDED)
            settled(page)
    told(f"Lever to new numbers, {len(opened)} at once", seconds)
    found = kernels()
    for name, sizes in (
        ("resident", sorted(kernel.memory_info().rss / 1e6 for kernel in found)),
        ("of its own", sorted(kernel.memory_full_info().uss / 1e6 for kernel in found)),
        ("with its part of what they share", sorted(kernel.memory_full_info().pss / 1e6 for kernel in found)),
    ):
        print(f"Memory of {len(sizes)} kernels, {name}: {sizes[0]:.0f} to {sizes[-1]:.0f} MB")
    for context, page in opened:
        expect(page.locator(".siap-refused:not(:empty)")).to_have_count(0)
        expect(page.locator(".siap-answer")).to_have_text(re.compile(r"\w"))
        context.close()
    assert len(found) >= len(opened)


def kernels() -> list[psutil.Process]:
    """Those that the server of this process has split off from its stem."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if split_off(child)]


def split_off(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        parent = process.parent()
        return parent is not None and all("forkserver" in " ".join(one.cmdline()) for one in (process, parent))
    return False
