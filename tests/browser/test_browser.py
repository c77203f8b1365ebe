"""The browser that the other tests here rely on."""

import pytest
from playwright.sync_api import Page


def test_a_page_that_asks_another_machine_gets_no_answer(page: Page):
    refused = []
    page.on("requestfailed", lambda request: refused.append(request.url))
    page.goto("data:text/html,<h1>Siap</h1><img src='http://elsewhere.example/picture.png'>")
    assert (page.text_content("h1"), refused) == ("Siap", ["http://elsewhere.example/picture.png"])


@pytest.mark.parametrize("viewport", ["wide", "narrow"], indirect=True)
def test_a_page_is_as_wide_as_the_test_asks(page: Page, viewport: tuple[int, int]):
    page.goto("data:text/html,<meta name=viewport content=width=device-width>")
    assert (page.evaluate("innerWidth"), page.evaluate("innerHeight")) == viewport
