"""The page behind a proxy with a password, with the very configuration that docs/team.md gives."""

import os
import re
import shutil
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.driving import DIAL, PATIENT, free_port, page_server, serve, settled
from tests.browser.test_trials import PLANNERS, SETTINGS, planners_at_once, visited
from tests.browser.visitor import Visitor

PAGE = Path(__file__).parents[2] / "docs" / "team.md"
NAME, PASSWORD = "rencana", "rahasia"
KEY = {"username": NAME, "password": PASSWORD}
AROUND = """
{user} daemon off; pid {folder}/pid; error_log {folder}/errors; worker_processes 1;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    {of_the_page}
}}
"""


def of_the_page() -> str:
    """The configuration that the page gives."""
    (found,) = re.findall(r"```nginx\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return found


def name_of_the_page() -> str:
    """The name under which it is reached there."""
    return re.findall(r"server_name (\S+);", of_the_page())[0]


@contextmanager
def proxied(app: str, folder: Path) -> Iterator[str]:
    """nginx before an address; the address of nginx."""
    nginx, htpasswd = (
        shutil.which(name, path="/usr/sbin:/usr/bin:/bin:/usr/local/bin") for name in ("nginx", "htpasswd")
    )
    if nginx is None or htpasswd is None:
        pytest.skip("no nginx or no htpasswd found (Debian: apt-get install nginx-light apache2-utils)")
    folder.chmod(0o755)
    port, passwords = free_port(), folder / "passwords"
    subprocess.run([htpasswd, "-cb", passwords, NAME, PASSWORD], check=True, capture_output=True)
    text, changes = of_the_page(), 0
    for ours, mine in (
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
        ("http://127.0.0.1:8888", app.rstrip("/")),
        ("/etc/siap/passwords", str(passwords)),
    ):
        changes += text.count(ours) == 1
        text = text.replace(ours, mine)
    assert changes == 3
    # Workers of root would be somebody else, who may not read where tests keep their files.
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(user=user, folder=folder, of_the_page=text), encoding="utf-8")
    server = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors"])
    try:
        wait_for(port)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            Visitor(port, "127.0.0.1").ask("GET", "/")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nginx did not come up")


@pytest.fixture(scope="module")
def team(few: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_NAMES", name_of_the_page())
        with serve("app") as app, proxied(app, tmp_path_factory.mktemp("nginx")) as address:
            yield address


def test_without_the_password_there_is_nothing(team: str):
    visitor = Visitor(urllib.parse.urlsplit(team).port or 0, "127.0.0.1")
    kernel = "01234567-89ab-cdef-0123-456789abcdef"
    for path in ("/", "/voila/static/voila.js", f"/api/kernels/{kernel}"):
        assert visitor.ask("GET", path)[0] == 401
    assert visitor.refused(kernel) == 401


def test_the_page_is_reached_under_its_name_and_no_other(team: str):
    visitor = Visitor(urllib.parse.urlsplit(team).port or 0, "127.0.0.1")
    kernel = "/api/kernels/01234567-89ab-cdef-0123-456789abcdef"
    key = {"Authorization": "Basic cmVuY2FuYTpyYWhhc2lh"}
    assert visitor.ask("GET", kernel, headers=key | {"Host": name_of_the_page()})[0] == 404
    assert visitor.ask("GET", kernel, headers=key | {"Host": "evil.example"})[0] == 403


def test_with_it_the_page_answers_and_its_chart_follows_the_dial(team: str, chromium: Browser):
    context, page = visited(chromium, http_credentials=KEY)
    page.goto(team, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    page.locator(DIAL).focus()
    page.keyboard.press("Home")
    chart = "document.querySelector('.siap-card-share .js-plotly-plot').layout.shapes[0].x0"
    page.wait_for_function(f"{chart} === 0", timeout=PATIENT)
    context.close()


@pytest.mark.trials
def test_ten_planners_at_once_by_way_of_the_proxy(chromium: Browser, tmp_path: Path):
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        patch.setenv("SIAP_STORE", str(tmp_path / "store"))
        patch.setenv("SIAP_NAMES", name_of_the_page())
        patch.setenv("SIAP_PAGES", str(2 * PLANNERS + 2))  # all of them are one visitor here
        with serve("app") as app, proxied(app, tmp_path) as address:
            planners_at_once([visited(chromium, http_credentials=KEY) for _ in range(PLANNERS)], address)
            print(f"Memory of the server: {page_server().memory_info().rss / 1e6:.0f} MB")
