"""The planners' tutorials: their sentences and numbers are what the page shows on the day of the pictures."""

import html
import re
import time
from pathlib import Path

import comm
import pytest

from docs.pictures import CAPITAL, RULE, SCENARIO, TODAY, TYPED
from sim.view.plan import Planner
from tests.conftest import Wire
from tests.view.test_planner import settled, texts_of

ROOT = Path(__file__).parents[2]
LANGUAGES = ("id", "en")
PATIENCE = 240
MOST_PICTURES, MOST_BYTES = 10, 3_000_000
OTHERS_WORDS = {"Run", "Run All Cells"}  # JupyterLab's
NUMBER = re.compile(
    r"(?:Rp|RMB )?\d+(?:[.,]\d+)*(?: ?(?:%|miliar|minggu|barang|ulangan|tuas|billion|weeks|items|replications|levers))?"
)


def tutorial(language: str) -> str:
    return (ROOT / "docs" / "tutorial" / f"planner-{language}.md").read_text(encoding="utf-8")


def plain(text: str) -> str:
    """Without tags, and with ordinary spaces only."""
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", text)).split())


def worked_out(planner: Planner) -> None:
    """Ask what would make the target possible, and wait."""
    card = planner.remedies
    card.button.click()
    end = time.monotonic() + PATIENCE
    while card.errand.running and time.monotonic() < end:
        time.sleep(0.05)
    assert card.found is not None


def in_both(planner: Planner) -> dict[str, str]:
    """All that stands on the page, in each language."""
    said = {}
    for language in LANGUAGES:
        planner.language_choice.value = language
        said[language] = "\n".join(texts_of(settled(planner)))
    return said


@pytest.fixture(scope="module")
def walked() -> dict[str, str]:
    """What the page has shown to who does what the tutorial says, by language; all its runs are the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comm, "create_comm", Wire().create_comm)
        patch.setattr("sim.view.plan._running_loop", lambda: None)
        planner = Planner(SCENARIO, today=TODAY)
        seen = []
        settled(planner)
        worked_out(planner)
        seen.append(in_both(planner))
        planner.language_choice.value = "id"
        planner.panel.controls[CAPITAL].typed(TYPED["id"])
        seen.append(in_both(settled(planner)))
        planner.panel.controls[RULE].set("items")
        settled(planner)
        worked_out(planner)
        seen.append(in_both(planner))
        planner.desk.undo.click()
        seen.append(in_both(settled(planner)))
        planner.session.close()
    return {language: plain("\n".join(one[language] for one in seen)) for language in LANGUAGES}


def quoted(text: str) -> list[str]:
    """What the tutorial says that the page says: its blocks of quotation."""
    return [plain(block.replace("> ", "")) for block in re.findall(r"(?:^> .*\n)+", text, re.MULTILINE)]


def prose(text: str) -> str:
    """What is read: without code, addresses and the numbers of steps."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return plain(re.sub(r"\]\([^)]*\)|`[^`]*`|^## \d+\.", "", text, flags=re.MULTILINE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_is_quoted_stands_on_the_page(walked: dict[str, str], language: str):
    found = quoted(tutorial(language))
    assert len(found) >= 10
    assert [one for one in found if one not in walked[language]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_stands_on_the_page_with_its_unit(walked: dict[str, str], language: str):
    found = set(NUMBER.findall(prose(tutorial(language))))
    assert len(found) >= 30
    assert {one for one in found if not re.search(rf"(?<![\d.,]){re.escape(one)}(?!\d)", walked[language])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_to_be_pressed_or_looked_for_is_called_as_on_the_page(walked: dict[str, str], language: str):
    catalogue = (ROOT / "sim" / "text" / "locales" / "id" / "siap.po").read_text(encoding="utf-8")
    bold = {plain(one) for one in re.findall(r"\*\*([^*]+)\*\*", tutorial(language))} - OTHERS_WORDS
    named = {one for one in bold if not one.endswith("?")}
    assert len(named) >= 12
    assert {one for one in named if one not in walked[language] and f'"{one}"' not in catalogue} == set()


def test_the_pictures_are_few_and_small_and_all_are_shown():
    shown = re.findall(r"\]\((?:\.\./|docs/)images/([\w.-]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    for language in LANGUAGES:
        here = re.findall(r"!\[[^\]]+\]\(\.\./images/([\w.-]+)\)", tutorial(language))
        assert 0 < len(here) <= MOST_PICTURES
        shown += here
    pictures = list((ROOT / "docs" / "images").glob("*.png"))
    assert {path.name for path in pictures} == {name for name in shown if name.endswith(".png")}
    assert sum(path.stat().st_size for path in pictures) <= MOST_BYTES
