"""What a visitor who means harm can try on the page without code, and that a second visitor notices nothing of it.

One server for all: the second visitor reads in a real browser, the first has no browser, but connections of his own.
After every attempt the second moves the dial, is answered by his kernel, and finds his answer unchanged.
"""

import base64
import contextlib
import io
import itertools
import json
import re
import socket
import time
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import VIEWPORTS, only_this_machine, serve
from tests.browser.driving import page_server
from tests.browser.test_plan import DIAL, PATIENT, settled
from tests.browser.visitor import PROTOCOL, Line, Visitor, frame

SOMEBODY = "01234567-89ab-cdef-0123-456789abcdef"
NOTHING = (403, 404, 405)
CHART = "document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0"
MOVES = itertools.cycle((("Home", 0), ("ArrowRight", 1)))  # keys of the dial, and the week that each leads to
ZEROS = b"0" * 8_000_000


@pytest.fixture(scope="module")
def address(few: None) -> Iterator[str]:
    """A server with three pages, one for each visitor."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_PAGES", "3")
        with serve("app") as address:
            yield address


@pytest.fixture(scope="module")
def witness(address: str, chromium: Browser) -> Iterator[Page]:
    """Somebody else's page."""
    width, height = VIEWPORTS["wide"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    context.route("**/*", only_this_machine)
    page = context.new_page()
    page.goto(address, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    yield page
    context.close()


@pytest.fixture(scope="module")
def answer(witness: Page) -> str:
    """What his page answers."""
    return witness.locator(".siap-answer").inner_text()


@pytest.fixture(scope="module")
def others(witness: Page) -> str:
    """His kernel, which the visitor who means harm should not know."""
    return json.loads(witness.locator("#jupyter-config-data").text_content() or "")["kernelId"]


@pytest.fixture(scope="module")
def opened(address: str, witness: Page) -> tuple[Visitor, str]:
    """The visitor with a page of his own, for which he wished another template and theme."""
    visitor = Visitor(urllib.parse.urlsplit(address).port or 0)
    wished = urllib.parse.urlencode({"template": "../../../../../../tmp", "theme": "</script><script>alert(1)"})
    return visitor, visitor.open_page(f"/?{wished}")


@pytest.fixture
def visitor(opened: tuple[Visitor, str], witness: Page, answer: str) -> Iterator[Visitor]:
    """The visitor; afterwards the other one looks at his page."""
    yield opened[0]
    key, week = next(MOVES)
    witness.locator(DIAL).focus()
    witness.keyboard.press(key)
    witness.wait_for_function(f"{CHART} === {week}", timeout=PATIENT)
    assert witness.locator(".siap-answer").inner_text() == answer


@pytest.fixture
def line(visitor: Visitor) -> Iterator[Line]:
    """His connection to his own kernel, which answers before and after."""
    with visitor.connected() as line:
        yield line
    with visitor.connected() as again:
        assert again.alive()


def named(line: Line, *keys: str) -> dict[str, str]:
    """Ids of those widgets that have all of these in their state."""
    return {key: state["_name"] for key, state in line.widgets().items() if all(k in state for k in keys)}


def one(line: Line, *keys: str) -> str:
    return next(iter(named(line, *keys)))


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/kernels"),
        ("POST", "/api/kernels"),
        ("GET", "/api/sessions"),
        ("POST", "/api/sessions"),
        ("POST", "/api/terminals"),
        ("GET", "/api/contents/plan.ipynb"),
        ("PUT", "/api/contents/mine.ipynb"),
        ("GET", "/voila/api/contents/"),
        ("GET", "/api/kernelspecs"),
        ("GET", "/api/config/x"),
        ("POST", "/api/shutdown"),
        ("GET", "/metrics"),
        ("GET", "/login"),
        ("GET", "/lab"),
        ("GET", "/voila/tree"),
        ("GET", "/voila/render/explore.ipynb"),
        ("GET", "/explore.ipynb"),
        ("GET", "/voila/files/plan.ipynb"),
        ("GET", "/voila/files/.jupyterlab.json"),
        ("GET", f"/voila/query/{SOMEBODY}"),
        ("GET", f"/voila/execution/{SOMEBODY}"),
        ("PUT", "/"),
        ("POST", "/"),
        ("TRACE", "/"),
    ],
)
def test_there_is_nothing_but_the_page(visitor: Visitor, method: str, path: str):
    status, _, body = visitor.ask(method, path, b"{}" if method in ("POST", "PUT") else None)
    assert status in NOTHING
    assert len(body) < 2_000
    assert b"Traceback" not in body


@pytest.mark.parametrize(
    "root", ["voila/static", "voila/templates/siap/static", "voila/labextensions", "siap", "voila/files"]
)
def test_no_path_leads_out_of_a_folder(visitor: Visitor, root: str):
    up = ["../" * 12, "%2e%2e/" * 12, "..%2f" * 12, "%252e%252e/" * 12, "..\\" * 12, "/", "....//" * 12, "%00/"]
    for way in up:
        for file in ("etc/passwd", "proc/self/environ"):
            status, _, body = visitor.ask("GET", f"/{root}/{way}{file}")
            assert status in (400, 403, 404, 405), way
            assert b"root:" not in body
            assert b"PATH=" not in body


def test_another_template_is_not_taken_and_no_theme_is_written_into_the_page(opened: tuple[Visitor, str]):
    assert "Sebentar, halaman sedang disiapkan" in opened[1]
    assert "alert(1)" not in opened[1]


def test_a_folder_of_templates_is_not_one_of_files(visitor: Visitor):
    for path in (
        "../static/x",
        "..",
        "lab/static/index.css",
        "siap/conf.json",
        "siap/index.html.j2",
        "x",
        "siap/static/",
    ):
        assert visitor.ask("GET", f"/voila/templates/{path}")[0] in NOTHING, path


# ── other people's pages ─────────────────────────────────────────────────────────────────────────────


def test_kernels_are_not_guessed(visitor: Visitor):
    for kernel in (SOMEBODY, "*", "..", "%00", "0" * 36):
        assert visitor.ask("GET", f"/api/kernels/{kernel}")[0] == 404
    assert visitor.refused(SOMEBODY) == 404
    assert visitor.ask("POST", f"/voila/api/shutdown/{SOMEBODY}", b"")[0] == 204  # and nothing is done


def test_a_known_kernel_is_not_interrupted_restarted_or_deleted(visitor: Visitor, others: str):
    for method, path in (("POST", "/interrupt"), ("POST", "/restart"), ("DELETE", ""), ("PATCH", "")):
        assert visitor.ask(method, f"/api/kernels/{others}{path}", b"")[0] in NOTHING


def test_another_site_can_neither_end_a_page_nor_talk_to_it(visitor: Visitor, others: str):
    evil = {"Origin": "http://evil.example"}
    assert visitor.ask("POST", f"/voila/api/shutdown/{others}", b"", evil)[0] == 403
    assert visitor.refused(others, origin="http://evil.example") == 403
    assert visitor.refused(others, origin="null") == 403


def test_a_name_that_leads_here_from_elsewhere_is_refused(visitor: Visitor, others: str):
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.1"):
        assert visitor.ask("GET", "/", headers={"Host": host})[0] == 403
        assert visitor.refused(others, host=host, origin=f"http://{host}") == 403


def test_the_page_is_not_put_into_another(visitor: Visitor):
    headers = visitor.ask("GET", f"/api/kernels/{SOMEBODY}")[1]
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    for place in ("iframe", "frame", "image", "script", "object", "empty"):
        assert visitor.ask("GET", "/", headers={"Sec-Fetch-Dest": place})[0] == 403  # it would take a kernel each


def test_nothing_may_be_fetched_from_or_sent_to_elsewhere(witness: Page, visitor: Visitor):
    tried = """async () => {
      const image = new Promise((yes) => {
        const picture = new Image();
        picture.onerror = () => yes(true);
        picture.src = "http://127.0.0.2:9/";
      });
      const fetched = await fetch("http://127.0.0.2:9/").then(() => false, (error) => true);
      const told = new Promise((yes) => document.addEventListener("securitypolicyviolation", () => yes(true)));
      fetch("http://127.0.0.2:9/").catch(() => {});
      return [await image, fetched, await told];
    }"""
    assert witness.evaluate(tried) == [True, True, True]


# ── too much ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_page_is_refused_in_a_sentence_and_others_find_room(visitor: Visitor):
    with visitor.connected():  # a page that nobody looks at would make room for it
        status, headers, body = visitor.ask("GET", "/")
    assert (status, headers["Retry-After"]) == (503, "120")
    assert "Semua halaman sedang dipakai." in body.decode()
    assert "All pages are in use." in body.decode()


def test_giant_requests_are_not_read(visitor: Visitor):
    for path, headers in ((f"/?siap={'A' * 100_000}", {}), ("/", {"Cookie": "a" * 100_000})):
        with contextlib.suppress(OSError):  # it may be closed while it is being sent
            assert visitor.ask("GET", path, headers=headers)[0] in (400, 431)
    with contextlib.suppress(OSError):
        assert visitor.ask("POST", f"/voila/api/shutdown/{SOMEBODY}", bytes(50_000_000))[0] in (400, 413)


def test_headers_are_not_split(visitor: Visitor):
    status, headers, _ = visitor.ask("GET", "/api/kernels/%0d%0aSet-Cookie:%20a=b")
    assert status == 404
    assert "a=b" not in str(headers)


def test_connections_that_say_nothing_keep_nobody_out(visitor: Visitor):
    held = []
    for _ in range(300):
        plug = socket.create_connection(("127.0.0.1", visitor.port), 10, (visitor.address, 0))
        plug.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        held.append(plug)
    time.sleep(0.5)
    kept = 0
    for plug in held:
        plug.setblocking(False)
        try:
            kept += plug.recv(1) != b""
        except BlockingIOError:
            kept += 1
        except OSError:
            pass
    assert 200 < kept <= 256
    assert Visitor(visitor.port, "127.0.0.3").ask("GET", f"/api/kernels/{SOMEBODY}")[0] == 404
    for plug in held:
        plug.close()


def test_many_small_requests_at_once_are_answered_or_refused(visitor: Visitor):
    plug = socket.create_connection(("127.0.0.1", visitor.port), 30, (visitor.address, 0))
    plug.sendall(b"GET /nothing HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 500)
    got = b""
    while got.count(b"HTTP/1.1 404") < 500:
        got += plug.recv(65_536)
    plug.close()


def test_a_page_listens_to_a_few_connections_only(visitor: Visitor):
    with visitor.connected(), visitor.connected(), visitor.connected(), visitor.connected():
        assert visitor.refused(visitor.kernel) == 429


# ── messages ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind",
    [
        "execute_request",
        "complete_request",
        "inspect_request",
        "history_request",
        "is_complete_request",
        "debug_request",
        "interrupt_request",
        "shutdown_request",
        "input_reply",
        "usage_request",
        "create_subshell_request",
    ],
)
def test_no_code_is_run_and_no_kernel_ended(visitor: Visitor, kind: str, tmp_path: Path):
    mark = tmp_path / "mark"
    code = f"open({str(mark)!r}, 'w')"
    content = {"code": code, "silent": True, "cursor_pos": 1, "detail_level": 1, "restart": False, "value": code}
    content |= {"command": "evaluate", "arguments": {"expression": code}, "type": "request", "seq": 1}
    for channel in ("shell", "control", "stdin", "iopub", "nowhere"):
        with visitor.connected() as line:
            line.say(kind, content, channel)
            assert line.closed()
    assert not mark.exists()


def test_a_message_of_two_kinds_is_none(line: Line, tmp_path: Path):
    mark = tmp_path / "mark"
    header = b'{"msg_type":"comm_info_request","msg_id":"1","session":"s","username":"","version":"5.4","date":"",'
    content = json.dumps({"code": f"open({str(mark)!r}, 'w')", "silent": True}).encode()
    line.socket.send_binary(frame(b"shell", header + b'"msg_type":"execute_request"}', b"{}", b"{}", content))
    assert line.closed()
    assert not mark.exists()


def test_what_was_allowed_on_shell_is_not_on_other_channels(line: Line):
    line.say("comm_info_request", {}, "control")
    assert line.closed()


@pytest.mark.parametrize("offered", [[], ["x" + PROTOCOL], [PROTOCOL + "x", "v2"]], ids=["none", "before", "after"])
def test_the_older_protocol_is_not_spoken(visitor: Visitor, offered: list[str]):
    """Its frames are read by a reader that believes them: a hundred bytes can claim to have a hundred million parts."""
    assert visitor.refused(visitor.kernel, subprotocols=offered) == 400


HEADER = b'{"msg_type":"kernel_info_request","msg_id":"1","session":"s","username":"","version":"5.4","date":""}'
CROOKED = {
    "more parts than there are bytes": b"\xff" * 8,
    "many parts": (2**40).to_bytes(8, "little") + bytes(64),
    "nothing": b"",
    "a part that ends before it begins": frame(b"shell", HEADER, b"{}", b"{}", b"{}").replace(b"\x38", b"\xff", 1),
    "a header that is no object": frame(b"shell", b"[]", b"{}", b"{}", b"{}"),
    "a header without a kind": frame(b"shell", b"{}", b"{}", b"{}", b"{}"),
    "a kind that is no text": frame(b"shell", b'{"msg_type":["comm_msg"]}', b"{}", b"{}", b"{}"),
    "a header that is nested without end": frame(b"shell", b"[" * 200_000, b"{}", b"{}", b"{}"),
    "a channel that is no text": frame(b"\xff\xfe", HEADER, b"{}", b"{}", b"{}"),
    "thirty buffers": frame(b"shell", HEADER, b"{}", b"{}", b"{}", *[b"x"] * 30),
}


@pytest.mark.parametrize("crooked", CROOKED)
def test_a_crooked_frame_is_refused_at_once(line: Line, crooked: str):
    line.socket.send_binary(CROOKED[crooked])
    assert line.closed()


def test_text_is_no_frame(line: Line):
    line.socket.send(json.dumps({"header": {"msg_type": "execute_request"}, "channel": "shell"}))
    assert line.closed()


def test_content_that_cannot_be_read_stops_nothing(line: Line):
    for content in (b"[" * 100_000, b"\xff\xfe", b"null", b'"x"', b'{"comm_id":{}}', b"1e999"):
        line.socket.send_binary(
            frame(b"shell", HEADER.replace(b"kernel_info_request", b"comm_msg"), b"{}", b"{}", content)
        )
    assert line.alive()


def test_a_giant_message_is_refused(line: Line):
    with contextlib.suppress(ConnectionError):  # cut off while it is still being said
        line.say("comm_msg", {"comm_id": "x", "data": {}}, buffers=(bytes(3_000_000),))
    assert line.closed()


def test_a_flood_of_messages_is_cut_off(line: Line):
    with contextlib.suppress(OSError):
        for _ in range(5_000):
            line.say("comm_info_request", {})
    assert line.closed()


# ── widgets ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "target", ["jupyter.widget", "jupyter.widget.version", "anywidget", "", None, ["x"], "os.system"]
)
def test_a_visitor_makes_no_widgets(line: Line, target: object):
    state = {"_model_module": "@jupyter-widgets/controls", "_model_name": "FileUploadModel", "_view_name": "x"}
    line.say("comm_open", {"comm_id": "mine", "target_name": target, "target_module": "os", "data": {"state": state}})
    assert line.closed()


def test_states_of_the_wrong_kind_are_not_taken(line: Line):
    dial = one(line, "most", "texts", "answers")
    for wrong in ("x", None, [1], {"a": 1}, 1e300, -(10**30), True):
        line.set(dial, {"value": wrong})
    line.set(dial, {"_esm": "alert(1)", "comm": "x", "keys": [], "__class__": "x", "_model_name": "x", "layout": "x"})
    line.set(dial, {"value": "IPY_MODEL_" + "x" * 32})
    line.say("comm_msg", {"comm_id": dial, "data": {"method": "no such"}})
    line.say("comm_msg", {"comm_id": dial, "data": {"method": "update", "state": [], "buffer_paths": [["a", {}]]}})
    line.say("comm_msg", {"comm_id": dial, "data": "x"})
    assert line.alive()
    value = line.widgets()[dial]["value"]
    assert isinstance(value, int)


def test_giant_states_are_held_by_ones_own_page_only(line: Line):
    chosen = one(line, "_options_labels", "index")
    line.set(chosen, {"index": 10**9, "_options_labels": ["x" * 1000] * 1500})
    form = one(line, "values", "notes", "status")
    line.set(form, {"values": {f"k{i}": "v" * 100 for i in range(10_000)}})
    line.set(
        form, {"values": {"makers": "9" * 100_000, "name": "<script>alert(1)</script>", "like": "../../etc/passwd"}}
    )
    assert line.alive()
    notes = line.widgets()[form]["notes"]
    assert notes["makers"]["bad"]


def bomb() -> bytes:
    """An Excel file that unpacks to far more than it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as parts:
        for n in range(8):
            parts.writestr(f"xl/worksheets/sheet{n}.xml", ZEROS)
    return made.getvalue()


FILES: dict[str, bytes | Callable[[], bytes]] = {
    "a million rows": b"name,makers\n" + b"a,1\n" * 450_000,
    "a file of almost two megabytes": bytes(1_900_000),
    "an Excel file that unpacks to 64 megabytes": bomb,
    "an archive within an archive": b"PK\x03\x04" + b"PK\x05\x06" * 1000,
    "a formula": b"name,makers\n\"=cmd|' /C calc'!A0\",40\n",
    "a script": b"name,makers\n<script>alert(1)</script>,40\n",
    "quotes without end": b'"' * 500_000,
    "nothing": b"",
}


@pytest.mark.parametrize("file", FILES)
def test_a_file_is_read_within_limits_or_refused_in_a_line(line: Line, file: str):
    form = one(line, "values", "notes", "status")
    made = FILES[file]
    content = made if isinstance(made, bytes) else made()
    line.tell(form, {"kind": "file", "name": "../../<img src=x onerror=alert(1)>.xlsx"}, content)
    assert line.alive()
    said = line.widgets()[form]["status"].get("text", "")
    assert len(said) < 2_000
    assert "Traceback" not in said


def test_fifty_megabytes_of_a_file_do_not_get_through(line: Line):
    form = one(line, "values", "notes", "status")
    with contextlib.suppress(OSError):
        line.tell(form, {"kind": "file", "name": "a.csv"}, bytes(50_000_000))
    assert line.closed()


def packed(text: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text, 9)).decode().rstrip("=")


def wish(**changed: object) -> str:
    choice = {"base": "cibaduyut-2027", "week": 88, "settings": [], **changed}
    stamp = {"digest": "0" * 64, "version": "1", "figures": {}}
    return json.dumps({"siap": 1, "choice": choice, "stamp": stamp, "language": "en"})


LINKS = {
    "giant": "siap=" + "A" * 1_000_000,
    "damaged": "?siap=eNoAAAA",
    "that unpacks to eight megabytes": "?siap=" + packed(ZEROS),
    "nested without end": "[" * 7_000,
    "to a file": wish(base="../../../../etc/passwd"),
    "to a file, packed": "?siap=" + packed(wish(base="/etc/passwd").encode()),
    "with a script": wish(base="<img src=x onerror=alert(1)>"),
    "with no number": wish(week=float("nan")),
    "that runs a tag of YAML": "!!python/object/apply:os.system ['id']",
    "with a hundred million workshops": wish(settings=[["clusters.cibaduyut.makers", 1e8]]),
    "with three million workshops": wish(
        settings=[["clusters.cibaduyut.makers", 3e6], ["clusters.cibaduyut.wave", 3e6]],
    ),
    "with ten thousand attempts": wish(settings=[["programme.stages.coaching.attempts", 10_000]]),
    "to a place that is none": wish(settings=[["__class__.__init__.__globals__", "x"]]),
    "that sets everything twice": wish(settings=[["lead_weeks", 1], ["lead_weeks", 2]]),
}


@pytest.mark.parametrize("link", LINKS)
def test_a_hostile_link_is_refused_in_a_line(line: Line, link: str):
    desk = one(line, "qr", "problem", "texts")
    line.tell(desk, {"kind": "open", "text": LINKS[link]})
    assert line.alive()
    refused = [state["value"] for state in line.widgets().values() if "tidak dapat dibuka" in str(state.get("value"))]
    assert len(refused) == 1
    assert "<img" not in refused[0]
    assert len(refused[0]) < 2_000


def test_an_extreme_scenario_is_cut_to_what_a_page_computes(line: Line):
    desk = one(line, "qr", "problem", "texts")
    line.tell(desk, {"kind": "open", "text": wish(replications=1_000_000)})
    assert line.alive()
    settle(line)
    notes = [state["value"] for state in line.widgets().values() if "siap-notes" in str(state.get("value"))]
    assert notes
    assert not any("1.000.000\N{NO-BREAK SPACE}ulangan, hasil" in note for note in notes)


def test_typed_values_without_end_are_refused(line: Line):
    page = one(line, "language", "title")
    for key, text in (
        ("resources.coach.units", "9" * 500_000),
        ("x" * 100_000, "1"),
        ("target.share", "1e999"),
        ({}, []),
    ):
        line.tell(page, {"kind": "typed", "key": key, "text": text})
    for strange in (None, [], "x", 1, {"kind": []}, {"kind": "ready", "query": "&" * 100_000}):
        line.tell(page, strange)
    assert line.alive()


def test_long_work_pressed_and_stopped_again_and_again_stops_only_itself(line: Line):
    buttons = [key for key, name in named(line, "description", "icon").items() if name == "ButtonModel"]
    for _ in range(5):
        for key in buttons:
            line.tell(key, {"event": "click"})
    settle(line)
    assert line.alive()


def settle(line: Line) -> None:
    """Wait until the kernel has done what it was asked for."""
    for _ in range(3):
        assert line.alive()


def test_a_kernel_says_nothing_of_the_machine_it_runs_on(line: Line):
    line.set(one(line, "most", "texts", "answers"), {"value": {}})  # raises in the kernel
    line.say("kernel_info_request", {})
    for header, content, _ in line.hear():
        assert header["msg_type"] not in ("stream", "error", "execute_input")
        assert not re.search(r"Traceback|site-packages", json.dumps(content))
        if header["msg_type"] == "kernel_info_reply":
            break


@pytest.mark.trials
def test_a_full_house_has_room_again_when_somebody_leaves_and_who_does_not_read_is_cut_off(few: None):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_PAGES", "2")
        with serve("app") as address:
            port = urllib.parse.urlsplit(address).port or 0
            first, second, third = (Visitor(port, f"127.0.0.{n}") for n in (5, 6, 7))
            first.open_page()
            second.open_page()
            assert third.ask("GET", "/")[0] == 503
            assert first.ask("POST", f"/voila/api/shutdown/{first.kernel}", b"")[0] == 204
            third.open_page()
            assert first.ask("GET", f"/api/kernels/{first.kernel}")[0] == 404
            before = memory()
            with second.connected() as line:
                with contextlib.suppress(OSError):  # cut off on the way
                    for n in range(400):
                        name = f"{n}"
                        line.say("comm_open", {"comm_id": name, "target_name": "jupyter.widget.control", "data": {}})
                        line.say("comm_msg", {"comm_id": name, "data": {"method": "request_states"}})
                        time.sleep(0.02)
                time.sleep(20)
                grown = memory() - before
                assert line.closed()
            print(f"Memory of the server, 400 answers asked for and none read: {grown / 1e6:+.0f} MB")
            assert grown < 400e6
            with third.connected() as line:
                assert line.alive()


def memory() -> int:
    """Bytes of the server of this process."""
    return page_server().memory_info().rss
