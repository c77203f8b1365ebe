"""The planner's page in a real browser: moved by keyboard and mouse, read by eye and by ear, wide and narrow.

One kernel serves all tests here, so each begins by setting what it needs.
"""

import itertools
import re
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from tests.browser.conftest import REPLICATIONS
from tests.browser.driving import DIAL, PATIENT, only_this_machine, settled

# All that stands in the notes from now on, until it is disconnected.
NOTED = """() => {
  window.siapNoted = [];
  const note = () => siapNoted.push(document.querySelector(".siap-notes")?.textContent ?? "");
  window.siapNoting = new MutationObserver(note);
  siapNoting.observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


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
    wide.evaluate(NOTED)  # a preview may stand there for less than a look takes
    handle = wide.get_by_role("slider", name="Laboratorium", exact=True)
    handle.focus()
    wide.keyboard.press("ArrowRight")
    expect(handle).to_have_attribute("aria-valuetext", "5")
    preview = "Pratinjau dari 20\N{NO-BREAK SPACE}ulangan"
    wide.wait_for_function(
        "(preview) => siapNoted.some((said) => said.includes(preview))", arg=preview, timeout=PATIENT
    )
    wide.evaluate("siapNoting.disconnect()")
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
            named = (
                "thing => thing.getAttribute('aria-label') || [...thing.labels ?? []].map((l) => l.textContent).join()"
            )
            assert thing.evaluate(named).strip()


def test_one_replication_is_played_stopped_and_moved_through_by_key(wide: Page):
    wide.locator(".siap-card-film button").click()
    play, slider = wide.locator(".siap-film-play"), wide.locator(".siap-film-input")
    said, chart = wide.locator(".siap-film-said"), wide.locator(".siap-card-film .js-plotly-plot")
    expect(play).to_contain_text("Jeda", timeout=PATIENT)  # it begins by itself: somebody has just asked to see it
    expect(slider).to_have_value(re.compile("^[1-9]"))
    play.click()
    expect(play).to_contain_text("Putar")
    slider.focus()
    wide.keyboard.press("Home")
    expect(said).to_have_text(re.compile(r"^Minggu ke-0: dari 254\sbengkel, 254\ssedang dilayani"))
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Minggu ke-0: "))
    lengths = "document.querySelector('.siap-card-film .js-plotly-plot').data.map((trace) => Array.from(trace.x))"
    chart.locator(".main-svg").first.wait_for()
    wide.keyboard.press("PageUp")
    expect(said).not_to_have_text(re.compile("^Minggu ke-0: "))
    wide.wait_for_timeout(300)
    early = wide.evaluate(lengths)
    assert sum(bars[1] for bars in early[:-1]) == pytest.approx(1, abs=0.001)  # of joining: everybody is somewhere
    wide.keyboard.press("End")
    wide.wait_for_timeout(300)
    assert wide.evaluate(lengths) != early


def test_the_short_answer_is_in_sight_while_the_long_one_is_not_and_leads_back_to_it(wide: Page):
    wide.set_viewport_size({"width": 390, "height": 844})
    short, answer = wide.locator(".siap-short"), wide.locator(".siap-answer")
    answer.scroll_into_view_if_needed()
    expect(short).to_be_hidden()
    wide.get_by_role("slider", name="Laboratorium", exact=True).scroll_into_view_if_needed()
    expect(short).to_be_in_viewport()
    expect(short).to_contain_text("80\N{NO-BREAK SPACE}%: ")
    short.click()
    expect(answer).to_be_in_viewport()
    expect(short).to_be_hidden()


def test_on_a_telephone_a_way_leads_to_the_levers_and_another_back_by_key_too(wide: Page):
    there, back = (wide.locator(f"[data-siap-way={place}]").first for place in ("levers", "card-answer"))
    expect(there).to_be_hidden()
    wide.set_viewport_size({"width": 390, "height": 844})
    there.focus()
    wide.keyboard.press("Enter")
    levers, answer = wide.locator(".siap-levers"), wide.locator(".siap-card-answer")
    expect(levers).to_be_focused()
    expect(wide.get_by_role("slider", name="Pembina", exact=True)).to_be_in_viewport()
    back.focus()
    wide.keyboard.press("Enter")
    expect(answer).to_be_focused()
    expect(wide.locator(".siap-answer")).to_be_in_viewport()


@pytest.mark.slow
def test_a_page_stays_connected_longer_than_the_server_waits_for_a_sign_of_life(app: str, chromium: Browser):
    context = chromium.new_context(locale="id-ID")
    page = context.new_page()
    opened: list[str] = []
    page.on("websocket", lambda connection: opened.append(connection.url))
    page.goto(app, timeout=PATIENT)
    settled(page)
    page.wait_for_timeout(70_000)  # it pings twice in a minute
    context.close()
    assert len(opened) == 1


def test_a_page_gets_its_widgets_at_once_and_plotly_beside_them(app: str, chromium: Browser):
    context = chromium.new_context(locale="id-ID")
    page = context.new_page()
    sent: list[int] = []
    received: list[int] = []
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))

    def listen(line: WebSocket) -> None:
        line.on("framesent", lambda frame: sent.append(len(frame)))
        line.on("framereceived", lambda frame: received.append(len(frame)))

    page.on("websocket", listen)
    page.goto(app, timeout=PATIENT)
    expect(page.locator(".siap-card-share .js-plotly-plot .main-svg").first).to_be_visible(timeout=PATIENT)
    assert fetched.count(f"{app}siap/widgetbundle.js") == 1
    assert 0 < len(sent) < 100  # some hundred, each to be answered, where every widget is asked for by itself
    assert 100_000 < sum(received) < 4_000_000  # with Plotly it would be more than five
    context.close()


def test_a_page_that_the_server_has_ended_says_so_and_leads_to_the_same_settings(app: str, chromium: Browser):
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="id-ID")
    context.route("**/*", only_this_machine)
    page = context.new_page()
    kernels: list[str] = []
    page.on("websocket", lambda socket: kernels.extend(re.findall(r"api/kernels/([0-9a-f-]{36})", socket.url)))
    page.goto(app, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    notice = page.locator(".siap-ended")
    expect(notice).to_have_count(0)
    page.request.post(f"{app}voila/api/shutdown/{kernels[0]}", headers={"Origin": app.rstrip("/")})
    expect(notice).to_contain_text("Halaman ini sudah berakhir", timeout=PATIENT)
    expect(notice).to_have_attribute("role", "alert")
    link = notice.get_by_role("link", name="Muat lagi dengan setelan ini")
    expect(link).to_have_attribute("href", re.compile(re.escape(app) + r"\?siap="))
    context.close()


def test_the_page_asks_nobody_else_and_is_headed_in_the_language_chosen(wide: Page, app: str):
    with urllib.request.urlopen(app) as answer:
        source = answer.read().decode()
    assert re.findall(r"(?:href|src)=.https?://(?!127\.0\.0\.1)[^ >]*", source) == []
    expect(wide.get_by_role("heading", level=1)).to_have_text("Kapan harus mulai?")
    wide.get_by_role("button", name="EN", exact=True).click()
    expect(wide.get_by_role("heading", level=1)).to_have_text("When to start?")


# Keeps whether the numbers have stood back, and what stood there then: too short to be seen from outside.
STOOD_BACK = """() => {
  const body = document.querySelector(".siap-body");
  window.stoodBack = [];
  const look = () => {
    if (body.classList.contains("siap-waiting")) stoodBack.push(document.querySelector(".siap-answer").textContent);
  };
  new MutationObserver(look).observe(body, { attributes: true, attributeFilter: ["class"] });
}"""


def test_every_card_with_numbers_says_that_new_ones_come_when_a_lever_is_moved(wide: Page):
    wide.evaluate(
        """() => {
            window.said = {};
            const cards = [...document.querySelectorAll(".siap-follows, .siap-bottom")];
            const look = () => cards.forEach((card) => {
                const [name] = card.className.match(/siap-card-\\w+|siap-bottom/);
                if (card.ariaBusy === "true") window.said[name] = card.dataset.siapBehind;
            });
            window.watcher = new MutationObserver(look);
            for (const card of cards) window.watcher.observe(card, { attributes: true });
        }"""
    )
    cards = wide.locator(".siap-follows, .siap-bottom").count()
    handle = wide.get_by_role("slider", name="Asesor", exact=True)
    handle.focus()
    wide.keyboard.press("ArrowRight")
    wide.wait_for_function("Object.keys(window.said).length > 0")
    settled(wide)
    expect(wide.locator("[data-siap-behind]")).to_have_count(0, timeout=PATIENT)
    said = wide.evaluate("window.watcher.disconnect(), window.said")
    assert len(said) == cards >= 8
    assert set(said.values()) == {"Angka baru sedang dihitung"}
    wide.keyboard.press("ArrowLeft")
    settled(wide)


def test_another_programme_is_chosen_and_answers_in_its_own_words_in_both_languages_once_it_has_numbers(wide: Page):
    wide.evaluate(STOOD_BACK)
    wide.get_by_label("Skenario", exact=True).select_option(label="Pangan halal jelang Ramadan 2028")
    expect(wide.locator(".siap-answer")).to_contain_text("Obral jelang Ramadan 2028", timeout=PATIENT)
    settled(wide)
    stood_back = wide.evaluate("stoodBack")
    assert stood_back
    assert "Ramadan" not in stood_back[0]  # the numbers that were there
    expect(wide.locator(".siap-body.siap-waiting")).to_have_count(0)
    levers = wide.locator(".siap-levers")
    expect(levers).to_contain_text("Auditor halal")
    expect(levers).not_to_contain_text("Aturan persediaan")  # no gate asks for stock
    expect(wide.locator(".siap-charts")).to_contain_text("Penyiapan bahan dan berkas halal")
    wide.get_by_role("button", name="EN", exact=True).click()
    expect(wide.locator(".siap-answer")).to_contain_text("Pre-Ramadan Sale 2028", timeout=PATIENT)
    expect(levers).to_contain_text("speciality known in its region")
    words = wide.locator(".siap-charts").inner_text() + levers.inner_text()
    assert re.findall(r"China|Tmall|Single Day|shoes|RMB|pairs of", words) == []
    wide.get_by_role("button", name="ID", exact=True).click()
    wide.get_by_label("Skenario", exact=True).select_option(label="Sepatu Cibaduyut di Single Day 2027")
    expect(wide.locator(".siap-answer")).not_to_contain_text("Ramadan", timeout=PATIENT)
    expect(wide.locator(".siap-body.siap-waiting")).to_have_count(0, timeout=PATIENT)
    settled(wide)


@pytest.mark.parametrize("language", ["ID", "EN"])
def test_axe_finds_nothing_serious(wide: Page, language: str):
    wide.get_by_role("button", name=language, exact=True).click()
    expect(wide.locator(".siap")).to_have_attribute("lang", language.lower())
    expect(wide.locator("[role=slider]:not([aria-label])")).to_have_count(0)  # in the frame after they are made
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


def test_a_number_is_typed_in_place_of_a_sliders_and_seen_in_both(wide: Page):
    lever = wide.locator(".siap-control", has=wide.get_by_role("slider", name="Pembina", exact=True))
    place, handle = lever.locator("input.siap-typed"), lever.locator("[role=slider]")
    before = place.input_value()
    place.focus()
    wide.keyboard.type("27")
    wide.keyboard.press("Enter")
    expect(handle).to_have_attribute("aria-valuetext", "27", timeout=PATIENT)
    expect(place).to_have_value("27")
    expect(place).to_be_focused()
    wide.keyboard.type("banyak")
    wide.keyboard.press("Enter")
    expect(lever.get_by_role("alert")).to_contain_text("bukan angka")
    expect(place).to_have_value("27")
    place.fill("9")
    wide.keyboard.press("Escape")
    expect(place).to_have_value("27")
    lever.locator(".siap-back").click()
    expect(place).to_have_value(before, timeout=PATIENT)
    expect(lever.get_by_role("alert")).to_have_count(0)
    settled(wide)
