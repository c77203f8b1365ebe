"""A scenario in words, as HTML: nothing of it is lost, nothing of it is markup."""

import html
import re
from xml.etree import ElementTree

import pytest

import sim
from sim.text.describe import describe
from sim.view.prose import from_markdown, linked


@pytest.mark.parametrize("language", ["id", "en"])
def test_everything_that_is_described_is_said_again_in_order(language):
    text = describe(sim.Scenario.load("cibaduyut-2027"), language)
    made = from_markdown(text, 3)
    said = html.unescape(re.sub(r"<[^>]+>", "", made)).split()
    plain = re.sub(r"^( *)(-|\d+\.|#+) ", r"\1", text.split("\n", 1)[1], flags=re.MULTILINE)
    assert said == plain.replace("**", "").split()
    ElementTree.fromstring(f"<div>{made}</div>")  # every list and item is closed where it should be


def test_lists_lie_in_the_items_that_they_belong_to():
    made = from_markdown("# Title\n\n## Part\n\n1. **a**\n   - b\n   - c\n2. d\n\nend", 3).replace("\n", "")
    assert made == ("<h3>Part</h3><ol><li><b>a</b><ul><li>b</li><li>c</li></ul></li><li>d</li></ol><p>end</p>")


def test_markup_in_a_text_stays_text():
    assert from_markdown("- <b>x</b>", 2).replace("\n", "") == "<ul><li>&lt;b&gt;x&lt;/b&gt;</li></ul>"


def test_only_rows_that_are_listed_are_linked():
    assert linked("E101, E999", frozenset({"E101"})) == '<a href="#E101">E101</a>, E999'
