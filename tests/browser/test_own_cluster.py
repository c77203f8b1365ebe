"""The form for a cluster of one's own in a real browser: filled in wrongly, put right, used, saved; a sheet opened."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

import sim
from sim.view import own_sheet
from tests.browser.conftest import VIEWPORTS, only_this_machine

PATIENT = 90_000  # milliseconds, for a kernel to start on a busy machine
TYPED = {"place": "Selosari", "product": "sandal kulit", "given_by": "Dinas Magetan", "makers": "40"}


@pytest.fixture(scope="module")
def shared(few: None, app: str, chromium: Browser) -> Iterator[Page]:
    width, height = VIEWPORTS["wide"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID", accept_downloads=True)
    context.route("**/*", only_this_machine)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    page.locator(".siap-card-own summary").click()
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def card(shared: Page) -> Locator:
    return shared.locator(".siap-card-own")


def settled(page: Page) -> None:
    expect(page.locator(".siap-progress")).to_have_text(re.compile(r"^\s*$"), timeout=PATIENT)


def place(card: Locator, column: str) -> Locator:
    return card.locator(f"[name={column}]")


def note(card: Locator, column: str) -> Locator:
    return card.locator(f"[id$='-{column}-note']")


def test_the_form_is_filled_in_an_error_seen_and_put_right_and_the_answer_is_the_new_clusters(
    shared: Page, card: Locator, tmp_path: Path
):
    card.get_by_label("Nama klaster").fill("Kulit Magetan")
    price = card.get_by_label("Harga satu barang dalam renminbi", exact=False).first
    price.fill("12o")
    expect(note(card, "price_rmb")).to_have_text("Bukan angka: tulis dengan angka.")
    expect(price).to_have_attribute("aria-invalid", "true")
    assert note(card, "price_rmb").get_attribute("id") in (price.get_attribute("aria-describedby") or "")
    price.fill("1.200")
    expect(note(card, "price_rmb")).to_have_text("RMB 1.200")
    expect(price).to_have_attribute("aria-invalid", "false")
    card.get_by_role("button", name="Pakai").click()
    expect(card.locator(".siap-form-status")).to_have_text("4 isian perlu dibetulkan.")
    expect(place(card, "place")).to_be_focused()
    for column, text in TYPED.items():
        place(card, column).fill(text)
    place(card, "like").select_option("tanggulangin")
    place(card, "makers").press("Enter")
    expect(card.locator(".siap-form-status")).to_contain_text("Sekarang di halaman: Kulit Magetan")
    expect(shared.locator(".siap-head select option:checked").first).to_have_text(re.compile(r"^Kulit\sMagetan,"))
    settled(shared)
    expect(shared.locator(".siap-answer")).to_contain_text("Kulit Magetan", timeout=PATIENT)
    expect(shared.locator(".siap-about")).to_contain_text("Menurut Dinas Magetan: bengkel dan harga satu barang")
    with shared.expect_download() as download:
        card.get_by_role("button", name="Simpan sebagai berkas").click()
    assert download.value.suggested_filename == "kulit-magetan-in-cibaduyut-2027.yaml"
    download.value.save_as(tmp_path / "mine.yaml")
    (cluster,) = sim.Scenario.load(tmp_path / "mine.yaml").clusters
    assert (cluster.makers.central, cluster.makers.given) == (40, "Dinas Magetan")


def test_a_sheet_fills_the_form_and_shows_what_was_understood(shared: Page, card: Locator, tmp_path: Path):
    sheet = tmp_path / "mine.csv"
    sheet.write_text(
        "name;like;makers;price_rmb;price_rmb_low;price_rmb_high\r\nRotan;cirebon;1.500;90;80;100", "utf-8"
    )
    card.locator("input[type=file]").set_input_files(sheet)
    expect(place(card, "name")).to_have_value("Rotan")
    expect(place(card, "makers")).to_have_value("1500")
    expect(note(card, "makers")).to_have_text("1.500 bengkel")
    expect(place(card, "price_rmb_high")).to_be_visible()
    expect(note(card, "place")).to_have_text("Wajib diisi dan belum ada: isilah.")


@pytest.mark.parametrize("suffix", own_sheet.SUFFIXES)
def test_the_empty_sheet_is_downloaded(shared: Page, card: Locator, suffix: str):
    with shared.expect_download() as download:
        card.get_by_role("button", name=suffix, exact=True).click()
    assert download.value.suggested_filename == f"siap-cluster{suffix}"
    assert Path(download.value.path()).read_bytes() == own_sheet.template(suffix, "id") or suffix == ".xlsx"


@pytest.mark.parametrize("language", ["EN", "ID"])
@pytest.mark.parametrize("width", [1440, 390])
def test_the_open_form_is_accessible_and_fits(shared: Page, card: Locator, width: int, language: str):
    shared.set_viewport_size({"width": width, "height": 844})
    shared.get_by_role("button", name=language, exact=True).click()
    expect(shared.locator(".siap")).to_have_attribute("lang", language.lower())
    expect(card.get_by_label({"EN": "Name of the cluster", "ID": "Nama klaster"}[language])).to_be_visible()
    if not card.locator(".siap-form-ranges input").is_checked():
        card.locator(".siap-form-ranges input").check()
    shared.wait_for_timeout(300)
    assert shared.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(shared, context=".siap-card-own")
    grave = [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert grave == []


def test_the_form_is_filled_in_by_keyboard_alone(shared: Page, card: Locator):
    shared.set_viewport_size({"width": 1440, "height": 900})
    place(card, "name").focus()
    for column in ("name", "place", "product", "label", "like", "given_by", "makers", "wave"):
        expect(place(card, column)).to_be_focused()
        shared.keyboard.press("Tab")
