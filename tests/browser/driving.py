"""Driving the real page: a Chromium that can reach this machine and no other, and the project's own servers.

Tests drive it (`tests/browser/conftest.py`), and so does who takes the pictures of the documents (`docs/pictures.py`).
"""

import datetime
import os
import re
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

import psutil
from playwright.sync_api import Page, Route, expect

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
PATIENT = 90_000  # milliseconds, for a kernel to start on a busy machine
TOKEN = "known-to-the-tests"
DIAL = ".siap-dial input"


def find_chromium() -> str:
    """Path of a Chromium; `LookupError` where there is none."""
    for name in (os.environ.get("CHROMIUM"), *NAMES):
        if name and (path := shutil.which(name)):
            return path
    raise LookupError(
        "no Chromium found: install it (Debian: apt-get install chromium) or name one with CHROMIUM=/path/to/it"
    )


def only_this_machine(route: Route) -> None:
    """The page must work offline, so nothing else may answer even where there is a network."""
    if route.request.url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        route.continue_()
    else:
        route.abort()


def settled(page: Page) -> None:
    """Wait until nothing is being simulated and the last chart is drawn."""
    expect(page.locator(".siap-progress")).to_have_text(re.compile(r"^\s*$"), timeout=PATIENT)
    expect(page.locator(".siap-card-preparation.siap-stale")).to_have_count(0, timeout=PATIENT)


@contextmanager
def serve(command: str, today: datetime.date | None = None) -> Iterator[str]:
    """Run `siap lab` or `siap app`, if wanted on another day, with nobody's settings but its own; give its address."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        own = {"PORT": str(port), "HOST": "127.0.0.1", "OPEN": "0", "JUPYTER_TOKEN": TOKEN}
        own |= {name: f"{home}/{name}" for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
        if today is not None:
            dated(Path(own["IPYTHONDIR"]), today)
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


def page_server() -> psutil.Process:
    """The process that serves the page, of the one `siap app` that this process runs."""
    (found,) = (child for child in psutil.Process().children(recursive=True) if serves_page(child))
    return found


def serves_page(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() != psutil.STATUS_ZOMBIE and "sim.hosting" in process.cmdline()
    return False


def dated(ipython: Path, today: datetime.date) -> None:
    """Let kernels take a day for today: they run what lies in this folder before anything else."""
    startup = ipython / "profile_default" / "startup"
    startup.mkdir(parents=True)
    year, month, day = today.timetuple()[:3]
    text = (
        f"import datetime\nimport sim.view.plan\nsim.view.plan._today = lambda: datetime.date({year}, {month}, {day})\n"
    )
    (startup / "today.py").write_text(text, encoding="utf-8")


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
    raise RuntimeError(f"the server did not come up on port {port}:\n{log.read_text(errors='replace')[-2000:]}")
