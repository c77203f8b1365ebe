"""Every command of docs/analysis.md prints what is shown there."""

import re
import shlex
from pathlib import Path

import pytest

from sim import cli

TEXT = (Path(__file__).parents[2] / "docs" / "analysis.md").read_text(encoding="utf-8")
COMMANDS = {"sensitivity", "discover", "calibrate", "optimise"}


def sessions() -> list[list[str]]:
    (console,) = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
    return [part.splitlines() for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]]


def test_each_of_the_four_experiments_is_shown_once():
    assert sorted(shlex.split(command)[1] for command, *_ in sessions()) == sorted(COMMANDS)


@pytest.mark.parametrize("session", sessions(), ids=lambda session: shlex.split(session[0])[1])
def test_a_command_of_the_page_prints_what_is_shown(
    session: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path))
    monkeypatch.setenv("SIAP_LANGUAGE", "en")
    command, *shown = session
    with pytest.raises(SystemExit, match=r"^0$"):
        cli.main(shlex.split(command)[1:])
    printed = " ".join(capsys.readouterr().out.split())
    assert shown
    assert [line for line in shown if line not in printed] == []
