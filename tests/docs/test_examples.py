"""Every command and snippet of README and docs does what the page shows.

A console's commands must succeed and print the lines below them (`…` is what was left out), Python runs, a file whose
first line is a comment with its name is saved; a page is followed from its top in one folder. What cannot be run
stands in `NOT_RUN` with the reason.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from click import Command
from typer.main import get_command

from sim import cli
from tests.pages import PAGES, ROOT, Block, Reader, blocks, prose, session

RUN = {"console", "python", "yaml"}
SERVERS = {"lab", "app"}  # tests/browser starts them
NO_CODE = {"", "text", "math"}  # formulas, diagrams, what a program printed
# What begins a block, in which language, and why it is not run here.
NOT_RUN = {
    "sh make ": "servers, which tests/browser starts, and the tests themselves",
    "ini ": "a unit of systemd, which was not tried; the page says so",
    "nginx ": "tests/browser/test_team.py, where nginx is installed",
    'sh export SIAP_STORE="$PWD/store"': "several processes: tests/docs/test_cluster.py, among the slow tests",
}


# Pages that take a processor over ten seconds.
LONG = {
    "docs/analysis.md",
    "docs/howto/cluster.md",
    "docs/howto/language.md",
    "docs/packages.md",
    "docs/tutorial/researcher.md",
}


def is_run(block: Block) -> bool:
    """Whether a block is code that a reader would run; directives of the site are none."""
    if block.language.startswith("{") or block.language in NO_CODE:
        return False
    return not any(f"{block.language} {block.text}".startswith(start) for start in NOT_RUN)


def to_run(page: Path) -> list[Block]:
    """The blocks of a page that are run."""
    return [block for block in blocks(page) if is_run(block)]


def named(page: Path) -> str:
    """A page as tests are told apart."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run store for all pages: what one has computed another finds."""
    return tmp_path_factory.mktemp("store")


def followed() -> list[Any]:
    """The pages with something to run; long ones are followed by the slow tests."""
    pages = [page for page in PAGES if to_run(page)]
    return [pytest.param(p, id=named(p), marks=[pytest.mark.slow] if named(p) in LONG else []) for p in pages]


@pytest.mark.parametrize("page", followed())
def test_a_page_followed_from_its_top_does_what_it_shows(
    page: Path,
    tmp_path: Path,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    no_word_of_compiling: None,
):
    reader = Reader(tmp_path, store, monkeypatch, capsys)
    for block in to_run(page):
        assert block.language in RUN, f"{block.name}: {block.language} is run by nothing; say why in NOT_RUN"
        reader.follow(block)


def test_every_command_is_run_by_some_page():
    consoles = [block.text for page in PAGES for block in to_run(page) if block.language == "console"]
    typed = [command.split() for text in consoles for command, _shown in session(text)]
    ran = {words[1] for words in typed if words[0] == "siap"}
    assert set(get_command(cli.app).commands) - ran == SERVERS  # type: ignore[attr-defined]


def test_what_is_not_run_is_still_shown_somewhere():
    shown = [f"{block.language} {block.text}" for page in PAGES for block in blocks(page)]
    assert [start for start in NOT_RUN if not any(text.startswith(start) for text in shown)] == []


# ── commands within a sentence ──────────────────────────────────────────────────────────────────────


def named_commands(page: Path) -> list[str]:
    """What stands in backticks and begins like a command of ours."""
    return re.findall(r"`siap ([a-z][^`]*)`", prose(page).replace("\n", " "))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_a_sentence_names_exists_with_its_options(page: Path):
    commands: dict[str, Command] = get_command(cli.app).commands  # type: ignore[attr-defined]
    for named in named_commands(page):
        name = named.split()[0]
        assert name in commands, named
        known = {"--help"} | {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", named)) - known == set(), named


def test_commands_are_named_in_sentences():
    assert len({named.split()[0] for page in PAGES for named in named_commands(page)}) > 10
