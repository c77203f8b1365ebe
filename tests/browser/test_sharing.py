"""Settings in a real browser: undone and done again, compared, sent as a link or a file, opened by somebody else."""

import dataclasses
import html
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from nbclient import NotebookClient
from playwright.sync_api import Browser, Page, expect

from sim.experiment import MODEL_VERSION
from sim.package.layout import MANIFEST
from sim.view import link
from tests.browser.conftest import REPLICATIONS, VIEWPORTS, only_this_machine
from tests.browser.test_plan import DIAL, PATIENT, sentence, settled

EVIL = "<script>alert(1)</script>"
LINK = ".siap-out-field[readonly]"
NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "plan.ipynb"
Visit = Callable[[str], Page]


@pytest.fixture(scope="module")
def visit(few: None, chromium: Browser) -> Iterator[Visit]:
    """Open an address in a browser that has never been there; a script error or a dialog fails the test."""
    contexts, wrong = [], []

    def visited(address: str) -> Page:
        width, height = VIEWPORTS["wide"]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="id-ID",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.route("**/*", only_this_machine)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.goto(address, timeout=PATIENT)
        expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
        offered(page)
        return page

    yield visited
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="module")
def desk(visit: Visit, app: str) -> Page:
    return visit(app)


@pytest.fixture
def fresh(desk: Page) -> Page:
    """The page as the scenario came, with nothing said of a link."""
    desk.set_viewport_size({"width": 1440, "height": 900})
    desk.get_by_role("button", name="Kembalikan", exact=True).click()
    expect(desk.locator(DIAL)).to_have_value("49")
    offered(desk)
    return desk


def offered(page: Page) -> str:
    """The link on offer, once the full result is there."""
    expect(page.locator(LINK)).to_have_value(re.compile(r"\?siap="), timeout=PATIENT)
    settled(page)
    # What was changed just before may only now have been heard, and then there is none for a moment.
    filled = page.wait_for_function("(place) => document.querySelector(place).value", arg=LINK, timeout=PATIENT)
    return filled.json_value()


def to_week(page: Page, week: int) -> None:
    page.locator(DIAL).evaluate(
        "(dial, week) => { dial.value = week; dial.dispatchEvent(new Event('input', { bubbles: true })); }", week
    )
    expect(sentence(page, "share")).to_contain_text(f"{week}\N{NO-BREAK SPACE}minggu")


def coaches(page: Page, presses: int) -> None:
    handle = page.get_by_role("slider", name="Pembina", exact=True)
    handle.focus()
    for _press in range(presses):
        page.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", str(12 + presses))


def seen(page: Page) -> dict[str, str]:
    """What the page says of its setting: digest and numbers."""
    places = {"stamp": ".siap-stamp", "answer": ".siap-answer", "why": ".siap-why", "dial": ".siap-dial-answer"}
    texts = {name: page.locator(place).inner_text() for name, place in places.items()}
    cards = ("share", "readiness", "holding", "cost")
    texts |= {card: page.locator(f".siap-card-{card} .siap-sentence").inner_text() for card in cards}
    return texts | {"table": page.locator(".siap-card-share table").text_content() or ""}


def test_a_link_opened_in_a_fresh_browser_shows_the_same_digest_and_numbers(fresh: Page, visit: Visit):
    coaches(fresh, 3)
    to_week(fresh, 110)
    address = offered(fresh)
    fresh.wait_for_timeout(500)
    other = visit(address)
    expect(other.locator(".siap-notice")).to_have_text("Angka sama persis seperti saat dibagikan.")
    assert other.locator(DIAL).input_value() == "110"
    expect(other.get_by_role("slider", name="Pembina", exact=True)).to_have_attribute("aria-valuetext", "15")
    assert seen(other) == seen(fresh)
    assert re.search(r"Sidik [0-9a-f]{12}, .*24.ulangan", seen(other)["stamp"])
    assert offered(other) == address
    other.context.close()


def test_a_link_of_another_model_version_says_so_and_its_name_stays_text(fresh: Page, visit: Visit):
    sent = link.opened(offered(fresh))
    stamp = dataclasses.replace(sent.stamp, version="0.0.9", figures=sent.stamp.figures | {"chance": 0.71})
    address = offered(fresh).partition("?")[0] + link.query(dataclasses.replace(sent, name=EVIL, stamp=stamp))
    other = visit(address)
    notice = other.locator(".siap-notice")
    expect(notice).to_contain_text(f"Dibagikan dengan model versi 0.0.9, sedangkan ini versi {MODEL_VERSION}.")
    expect(notice).to_contain_text("Angka ini tidak sama dengan yang dibagikan.")
    expect(notice.locator("tr", has_text="Peluang sasaran")).to_contain_text("71 %")
    expect(notice.locator("b")).to_have_text(EVIL)
    assert other.locator(".siap script").count() == 0
    other.get_by_role("button", name="EN", exact=True).click()
    expect(notice).to_contain_text("It was shared with model version 0.0.9")
    grave = [
        v["id"] for v in Axe().run(other, ".siap").response["violations"] if v["impact"] in ("serious", "critical")
    ]
    assert grave == []
    other.context.close()


def test_a_damaged_link_is_refused_in_a_line_and_the_page_opens_all_the_same(fresh: Page, visit: Visit):
    other = visit(offered(fresh)[:-30])
    expect(other.get_by_role("alert")).to_contain_text("Yang dibagikan tidak dapat dibuka.")
    assert other.locator(DIAL).input_value() == "49"
    other.context.close()


def test_undo_redo_and_reset_work_by_button_and_by_key(fresh: Page):
    handle, dial = fresh.get_by_role("slider", name="Pembina", exact=True), fresh.locator(DIAL)
    coaches(fresh, 1)
    to_week(fresh, 90)
    fresh.get_by_role("button", name="Urungkan").click()
    expect(dial).to_have_value("49")
    expect(sentence(fresh, "share")).to_contain_text("49\N{NO-BREAK SPACE}minggu")
    fresh.keyboard.press("Control+z")
    expect(handle).to_have_attribute("aria-valuetext", "12")
    fresh.keyboard.press("Control+Shift+Z")
    expect(handle).to_have_attribute("aria-valuetext", "13")
    dial.focus()
    fresh.keyboard.press("Control+y")
    expect(dial).to_have_value("90")
    expect(fresh.get_by_role("button", name="Ulangi", exact=False).first).to_be_disabled()
    fresh.get_by_role("button", name="Kembalikan", exact=True).click()
    expect(dial).to_have_value("49")
    expect(handle).to_have_attribute("aria-valuetext", "12")
    fresh.get_by_role("button", name="Urungkan").click()
    expect(dial).to_have_value("90")


def test_in_a_text_field_the_keys_undo_what_was_typed(fresh: Page):
    to_week(fresh, 90)
    field = fresh.get_by_label("Nama", exact=True)
    field.fill("pembina")
    field.press("End")
    fresh.keyboard.type("x")
    fresh.keyboard.press("Control+z")
    expect(field).not_to_have_value("pembinax")
    expect(fresh.locator(DIAL)).to_have_value("90")
    field.fill("")


def test_the_link_is_copied_and_the_file_saved_opens_again(fresh: Page, tmp_path: Path):
    to_week(fresh, 101)
    address = offered(fresh)
    fresh.locator(".siap-out-row", has=fresh.locator(LINK)).get_by_role("button", name="Salin").click()
    expect(fresh.locator(".siap-out-said").first).to_have_text("Tersalin")
    assert fresh.evaluate("navigator.clipboard.readText()") == address
    with fresh.expect_download() as download:
        fresh.get_by_role("button", name="Simpan sebagai berkas").click()
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)
    assert link.opened(saved.read_text()) == link.opened(address)
    fresh.get_by_role("button", name="Kembalikan", exact=True).click()
    expect(fresh.locator(DIAL)).to_have_value("49")
    with fresh.expect_file_chooser() as chooser:
        fresh.get_by_role("button", name="Buka berkas").click()
    chooser.value.set_files(saved)
    expect(fresh.locator(DIAL)).to_have_value("101")
    expect(fresh.locator(".siap-notice")).to_have_text("Angka sama persis seperti saat dibagikan.", timeout=PATIENT)
    fresh.get_by_label("Tautan atau teks yang dibagikan").fill("not a link")
    fresh.keyboard.press("Enter")
    expect(fresh.get_by_role("alert")).to_contain_text("tidak dapat dibuka")
    expect(fresh.locator(DIAL)).to_have_value("101")


def test_the_brief_is_saved_from_the_page(fresh: Page, tmp_path: Path):
    with fresh.expect_download(timeout=PATIENT) as coming:
        fresh.get_by_role("button", name="Simpan ringkasan").click()
    assert coming.value.suggested_filename == "siap-cibaduyut-2027-id.html"
    coming.value.save_as(tmp_path / "brief.html")
    text = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert fresh.locator(".siap-answer").inner_text().replace("\N{NO-BREAK SPACE}", " ") in html.unescape(
        text.replace("\N{NO-BREAK SPACE}", " ")
    )


def test_the_research_package_is_saved_from_the_page_and_is_the_run_that_it_shows(fresh: Page, tmp_path: Path):
    button = fresh.get_by_role("button", name="Simpan paket penelitian")
    with fresh.expect_download(timeout=2 * PATIENT) as coming:
        button.click()
        expect(fresh.get_by_role("button", name="Paket sedang dibuat")).to_be_disabled()
    expect(button).to_be_enabled()
    assert coming.value.suggested_filename == "siap-cibaduyut-2027.zip"
    coming.value.save_as(tmp_path / "package.zip")
    with zipfile.ZipFile(tmp_path / "package.zip") as package:
        (run,) = json.loads(package.read(MANIFEST))["runs"]
    assert link.opened(offered(fresh)).stamp.digest == run["digest"]
    assert run["replications"] == int(REPLICATIONS)


def test_the_qr_code_and_the_lines_of_python_are_there_on_request(fresh: Page):
    card = fresh.locator(".siap-card-share-out")
    card.locator("summary", has_text="Python").click()
    expect(card.locator("pre")).to_contain_text('sim.Scenario.load("cibaduyut-2027")')
    expect(card.locator("pre")).to_contain_text(f"replications={REPLICATIONS}")
    card.locator("summary", has_text="QR").click()
    picture = card.get_by_role("img", name="Kode QR")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    for name in ("Python", "QR"):
        card.locator("summary", has_text=name).click()


def test_settings_are_kept_and_compared_side_by_side_on_a_desk_and_on_a_telephone(fresh: Page):
    coaches(fresh, 3)
    fresh.get_by_label("Nama", exact=True).fill(EVIL)
    fresh.get_by_role("button", name="Simpan setelan ini").click()
    card = fresh.locator(".siap-card-compare")
    expect(card.locator(".siap-kept")).to_contain_text(EVIL)
    to_week(fresh, 150)
    offered(fresh)
    card.get_by_role("button", name="Bandingkan").click()
    differing = card.locator("table").nth(1)
    expect(differing).to_be_visible(timeout=PATIENT)
    expect(differing.locator("tr", has_text="Pembina").locator("td")).to_have_text(["Pembina", "12", "15", "15"])
    expect(differing.locator("th")).to_have_text(["Setelan", "Acuan", "Setelan saya", EVIL])
    expect(card.locator(".siap-sentence", has_text=re.compile("ulangan, hasil lengkap"))).to_be_visible()
    fresh.set_viewport_size({"width": 360, "height": 844})
    fresh.wait_for_timeout(400)
    assert fresh.evaluate("document.documentElement.scrollWidth") <= 360
    grave = [v for v in Axe().run(fresh, ".siap").response["violations"] if v["impact"] in ("serious", "critical")]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in grave] == []
    card.get_by_role("button", name="Hapus").click()
    expect(card.locator(".siap-kept")).not_to_contain_text(EVIL)


def test_a_saved_notebook_shows_answer_picture_and_table_where_nothing_runs(page: Page, tmp_path: Path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    wait = "import asyncio\nplanner.session.settle(300)\nawait asyncio.sleep(3)\nprint(planner.shown.scenario.digest)"
    notebook.cells.append(nbformat.v4.new_code_cell(wait))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_REPLICATIONS", REPLICATIONS)
        patch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    stills = [out.data["text/html"] for out in outputs if "siap-still" in out.get("data", {}).get("text/html", "")]
    assert len(stills) == 1
    page.set_content(f"<!doctype html><title>x</title><body>{stills[0]}")
    expect(page.locator("h2")).to_contain_text("peluang 80")
    expect(page.get_by_text("49 minggu").first).to_be_visible()
    expect(page.locator("svg.siap-picture path").first).to_be_visible()
    assert page.locator("table tr").count() > 10
