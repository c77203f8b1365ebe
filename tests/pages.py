"""The documents as their readers have them: pages, and the blocks of code in them that can be run."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim import cli
from sim.store import flush

ROOT = Path(__file__).parents[1]
PAGES = [*sorted(ROOT.glob("*.md")), ROOT / "seeds" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^(?P<fence>```+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (?P<name>[\w./-]+\.yaml)(?P<more>, at its end)?\n")
LEFT_OUT = "…"


@dataclasses.dataclass(frozen=True)
class Block:
    """A block of code of a page.

    Attributes
    ----------
    page : Path
    line : int
        The first line of its text in the page, from 1.
    language : str
        What stands behind the fence.
    text : str
    """

    page: Path
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start("text")) + 1, found["language"].strip(), found["text"])
        for found in FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """A page without its blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def session(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands of a console, each with the lines that it is said to print."""
    before, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    assert before == "", "a console begins with a command"
    for part in parts:
        command, *shown = part.replace("\\\n", "").splitlines()
        yield command, [line for line in shown if line.strip() != LEFT_OUT]


class Reader:
    """Someone who follows a page from its top: types, saves and runs what it shows, in one folder.

    Parameters
    ----------
    folder : Path
        Where they are: as in a checkout, `seeds` and `sim` lie there, copies that they may change.
    store : Path
        Their run store.
    monkeypatch, capsys
        Of the test: what is exported ends with it, and what is printed is seen.
    """

    def __init__(
        self, folder: Path, store: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys
        self._names: dict[str, object] = {"__name__": "__main__"}
        for part in ("seeds", "sim"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        monkeypatch.chdir(folder)
        monkeypatch.setenv("SIAP_STORE", str(store))
        monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        for name in ("SIAP_LANGUAGE", "SIAP_SEEDS"):
            monkeypatch.delenv(name, raising=False)

    def follow(self, block: Block) -> None:
        """Do what a block shows."""
        if block.language == "python":
            exec(compile("\n" * (block.line - 1) + block.text, str(block.page), "exec"), self._names)
        elif block.language == "console":
            for command, shown in session(block.text):
                printed = self.type(command)
                missing = [line for line in shown if " ".join(line.split()) not in printed]
                assert missing == [], f"{block.name}: {command} printed: {printed}"
        else:
            self.save(block.text)

    def type(self, command: str) -> str:
        """What a command prints, with every gap between words one blank wide."""
        program, *arguments = shlex.split(command)
        if program == "export":
            self._monkeypatch.setenv(*arguments[0].split("=", 1))
            return ""
        self._capsys.readouterr()
        if program == "siap" and not set(command) & set("|&>;$("):
            # The same command, without the seconds that a process takes to start.
            with pytest.raises(SystemExit) as left:
                cli.main(arguments)
            code, printed = left.value.code, "\n".join(self._capsys.readouterr())
        else:
            flush()  # another process sees of the run store what is written
            done = subprocess.run(["bash", "-c", command], text=True, capture_output=True, check=False)
            code, printed = done.returncode, f"{done.stdout}\n{done.stderr}"
        assert code == 0, f"{command} ended with {code}: {printed}"
        return " ".join(printed.split())

    @staticmethod
    def save(text: str) -> None:
        """Save a file under the name in its first line, or put the rest of the text at the end of that file."""
        first = FILE.match(text)
        assert first, "a block that is no command begins with the name of its file"
        path = Path(first["name"])
        path.parent.mkdir(parents=True, exist_ok=True)
        if first["more"]:
            with path.open("a", encoding="utf-8") as out:
                out.write(text[first.end() :])
        else:
            path.write_text(text, encoding="utf-8")
