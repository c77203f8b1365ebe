"""A real Chromium that can reach this machine and no other, and the project's own servers for it to visit."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.driving import PATIENT, QUIET, TOKEN, VIEWPORTS, find_chromium, only_this_machine, serve, settled

REPLICATIONS = "24"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What lies in this folder needs a browser."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


def chromium_or_skip() -> str:
    """Path of a Chromium; where there is none the test is skipped, or fails if one is required."""
    try:
        return find_chromium()
    except LookupError as missing:
        if os.environ.get("SIAP_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{missing}; SIAP_REQUIRE_BROWSER=1 asks for one")
        pytest.skip(str(missing))


# For this package and not the session: Playwright's event loop would still run in tests that have one of their own.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = chromium_or_skip()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


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


@pytest.fixture(scope="module")
def plan(few: None, app: str, chromium: Browser) -> Iterator[Page]:
    """The page without code, once its first full result is there."""
    width, height = VIEWPORTS["wide"]
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID")
    context.route("**/*", only_this_machine)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(app, timeout=PATIENT)
    expect(page.locator(".siap-answer")).to_be_visible(timeout=PATIENT)
    settled(page)
    yield page
    context.close()
    assert errors == []


@pytest.fixture
def wide(plan: Page) -> Page:
    """That page on a desk, in Indonesian; whoever needs more sets it."""
    width, height = VIEWPORTS["wide"]
    plan.set_viewport_size({"width": width, "height": height})
    if plan.locator(".siap").get_attribute("lang") != "id":
        plan.get_by_role("button", name="ID", exact=True).click()
        expect(plan.locator(".siap")).to_have_attribute("lang", "id", timeout=PATIENT)
    return plan
