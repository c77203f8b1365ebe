"""Every command and snippet of README and docs does what the page shows.

A console's commands must succeed and print the lines below them (`…` is what was left out), Python runs, a file whose
first line is a comment with its name is saved; a page is followed from its top in one folder. What cannot be run
stands in `NOT_RUN` with the reason.
"""

import re
from pathlib import Path

import pytest
from click import Command
from typer.main import get_command

from sim import cli
from tests.pages import PAGES, ROOT, Block, Reader, blocks, prose, session

RUN = {"console", "python", "yaml", "csv"}
NO_CODE = {"", "text", "math"}  # formulas, diagrams, what a program printed
# The first line of a block, and why it is not run here.
NOT_RUN = {
    "make lab     # sets up everything and opens JupyterLab on the planner's notebook; there: Run, Run All Cells": (
        "a server; tests/test_serve.py and tests/browser start both, and CI runs `make test` itself"
    ),
    "dask scheduler --no-dashboard &": "several processes: tests/docs/test_cluster.py, among the slow tests",
    'export SIAP_STORE="$PWD/store"': "several processes: tests/docs/test_cluster.py, among the slow tests",
}


def to_run(page: Path) -> list[Block]:
    """The blocks of a page that a reader would run; directives of the site are none."""
    return [
        block
        for block in blocks(page)
        if not block.language.startswith("{")
        and block.language not in NO_CODE
        and block.text.splitlines()[0] not in NOT_RUN
    ]


def named(page: Path) -> str:
    """A page as tests are told apart."""
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run store for all pages: what one has computed another finds."""
    return tmp_path_factory.mktemp("store")


@pytest.mark.parametrize("page", [page for page in PAGES if to_run(page)], ids=named)
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


@pytest.mark.parametrize(
    ("page", "commands"),
    [
        ("README.md", {"scenarios", "run", "when", "compare", "sweep"}),
        ("docs/analysis.md", {"sensitivity", "discover", "calibrate", "optimise"}),
    ],
)
def test_the_commands_that_a_page_is_about_are_shown_there_and_run(page: str, commands: set[str]):
    consoles = [block.text for block in to_run(ROOT / page) if block.language == "console"]
    assert commands - {command.split()[1] for text in consoles for command, _shown in session(text)} == set()


def test_what_is_not_run_is_still_shown_somewhere():
    shown = {block.text.splitlines()[0] for page in PAGES for block in blocks(page) if block.text.strip()}
    assert NOT_RUN.keys() - shown == set()


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
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", named)) - known == set(), named


def test_commands_are_named_in_sentences():
    assert len({named.split()[0] for page in PAGES for named in named_commands(page)}) > 10
