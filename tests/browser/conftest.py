"""A real Chromium that can reach this machine and no other, and the project's own servers for it to visit."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

# Headless Chromium otherwise calls home, which costs seconds where nobody answers.
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
VIEWPORTS = {"wide": (1440, 900), "narrow": (390, 844)}  # a desk, a telephone
SERVER_SECONDS = 60
TOKEN = "known-to-the-tests"
REPLICATIONS = "24"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies in this folder needs a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


def find_chromium() -> str:
    """Path of a Chromium; where there is none the test is skipped, or fails if one is required."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    missing = "no Chromium found: install it (Debian: apt-get install chromium) or name one with CHROMIUM=/path/to/it"
    if os.environ.get("SIAP_REQUIRE_BROWSER") == "1":
        pytest.fail(f"{missing}; SIAP_REQUIRE_BROWSER=1 asks for one")
    pytest.skip(missing)


# For this package and not the session: Playwright's event loop would still run in tests that have one of their own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


def only_this_machine(route: Route) -> None:
    """The page must work offline, so nothing else may answer even where there is a network."""
    if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        route.continue_()
    else:
        route.abort()


@pytest.fixture
def viewport(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Width and height of the page: wide unless `@pytest.mark.parametrize("viewport", ["narrow"], indirect=True)`."""
    return VIEWPORTS[getattr(request, "param", "wide")]


@pytest.fixture
def page(chromium: Browser, viewport: tuple[int, int]) -> Iterator[Page]:
    """An empty page in a profile of its own. A script error on it fails the test."""
    width, height = viewport
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    context.route("**/*", only_this_machine)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@contextmanager
def serve(command: str) -> Iterator[str]:
    """Run `siap lab` or `siap app` with nobody's settings but its own, and give its address."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        own = {"PORT": str(port), "HOST": "127.0.0.1", "OPEN": "0", "JUPYTER_TOKEN": TOKEN}
        own |= {name: f"{home}/{name}" for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
        log = Path(home, "log")
        siap = Path(sys.executable).with_name("siap")
        with log.open("wb") as out:
            server = subprocess.Popen(
                [siap, command], env=os.environ | own, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            wait_until_up(server, port, log)
            yield f"http://127.0.0.1:{port}/"
        finally:
            stop(server)


def stop(server: subprocess.Popen) -> None:
    """End the command and the Jupyter that it started; where there are no process groups, the command only."""
    if os.name == "posix":
        with suppress(ProcessLookupError):  # it may have ended by itself
            os.killpg(server.pid, signal.SIGTERM)
    else:
        server.terminate()
    server.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(server: subprocess.Popen, port: int, log: Path) -> None:
    end = time.monotonic() + SERVER_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail(f"the server did not come up on port {port}:\n{log.read_text(errors='replace')[-2000:]}")


# As wide a scope as that of the servers, or they would start before it.
@pytest.fixture(scope="package")
def few() -> Iterator[None]:
    """Few replications, in the servers that start after this."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_REPLICATIONS", REPLICATIONS)
        yield


@pytest.fixture(scope="package")
def app() -> Iterator[str]:
    """Address of the page without code, as `make app` serves it."""
    with serve("app") as address:
        yield address


@pytest.fixture(scope="package")
def lab() -> Iterator[str]:
    """Address that logs in to JupyterLab, as `make lab` serves it, and leads to the planner's notebook."""
    with serve("lab") as address:
        yield f"{address}?token={TOKEN}"
