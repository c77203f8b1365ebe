"""The documentation is built as `make docs` does, without a warning, the network or what is optional."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.pages import ROOT

# Runs Sphinx where neither the optional libraries nor any address can be reached.
CUT_OFF = """
import socket, sys

class Refused(socket.socket):
    def connect(self, address):
        raise OSError(f"the documentation asked for {address}")

socket.socket = Refused
sys.modules.update(dict.fromkeys(sys.argv[1].split(",")))
from sphinx.cmd.build import main
raise SystemExit(main(sys.argv[2:]))
"""


def optional() -> Iterator[str]:
    """The modules that only extras bring."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = {re.split(r"[<>=]", each)[0].lower() for extra in extras.values() for each in extra}
    for module, distributions in packages_distributions().items():
        if {each.lower() for each in distributions} <= wanted:
            yield module


def asked() -> list[str]:
    """What `make docs` gives to Sphinx, but for where it puts the pages."""
    (line,) = re.findall(r"-m sphinx (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    return line.split()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built pages."""
    made = tmp_path_factory.mktemp("docs")
    arguments = [str(made / part) if part.startswith("build/") else part for part in asked()]
    done = subprocess.run(
        [sys.executable, "-c", CUT_OFF, ",".join(optional()), *arguments],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return made / "build" / "docs"


def test_the_documentation_builds_without_a_warning_the_network_or_an_extra(site: Path):
    assert "numba" in set(optional())
    assert (site / "docs" / "index.html").is_file()
    assert 'url=docs/index.html"' in (site / "index.html").read_text("utf-8")


def test_the_built_pages_fetch_nothing(site: Path):
    """No script, style, font, picture or frame has an address; links that a reader may press have."""
    fetched = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="https?:|<link\b[^>]*\bhref="https?:|url\(["\']?https?:'
    )
    files = [*site.rglob("*.html"), *site.rglob("*.css")]
    assert len(files) > 15
    assert [file.name for file in files if fetched.search(file.read_text("utf-8"))] == []


def test_the_page_of_the_command_line_has_every_command_and_option(site: Path):
    from typer.main import get_command

    from sim.cli import app

    page = (site / "docs" / "reference" / "commands.html").read_text("utf-8")
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert len(commands) > 15
    for name, command in commands.items():
        assert f'id="{name}"' in page
        assert [o for option in command.params for o in option.opts if o.startswith("--") and o not in page] == []
