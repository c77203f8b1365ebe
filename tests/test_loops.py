"""What is compiled is kept, a later process compiles nothing, and where nothing can be kept it works and says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim import cli, loops

ROOT = Path(__file__).parents[1]
RUN = ["-m", "sim.cli", "run", "cibaduyut-2027", "--replications", "2", "--json", "-"]
DOUBLE = """
from sim import loops

@loops.loop
def double(number):
    return 2 * number

def main():
    told = []
    with loops.watched(lambda: told.append(sorted({str(folder) for folder in loops.UNWRITABLE}))):
        made = [double(21), double(0.5)]
    return [made, told, loops.compilations()["double"]]
"""
COUNTED = """
import contextlib, io, json
from sim import cli, compiling, loops
for command in compiling.COMMANDS:
    with contextlib.redirect_stdout(io.StringIO()):
        cli.guarded(lambda: cli.app(args=list(command), standalone_mode=False))
print(json.dumps([sum(loops.compilations().values()), len(loops.MADE)]))
"""


def started(arguments: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True
    )


def double(folder: Path, **settings: str) -> list[object]:
    """What a process says that runs a small loop."""
    (folder / "doubling.py").write_text(DOUBLE)
    program = (
        f"import sys, json; sys.path.insert(0, {str(folder)!r}); import doubling; print(json.dumps(doubling.main()))"
    )
    found: list[object] = json.loads(started(["-c", program], **settings).stdout)
    return found


def nowhere(folder: Path) -> dict[str, str]:
    """Settings with which nothing can be kept, whoever runs it: a folder below a file."""
    (folder / "file").touch()
    below = folder / "file" / "below"
    return {"NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator", "NUMBA_CACHE_DIR": str(below)}


def test_a_loop_that_cannot_be_kept_runs_and_it_is_known_which_folder_could_not_be_written(tmp_path: Path):
    settings = nowhere(tmp_path)
    for _ in range(2):
        assert double(tmp_path, **settings) == [[42, 1.0], [[settings["NUMBA_CACHE_DIR"]]], 2]


def test_a_loop_that_was_kept_is_compiled_once_and_it_is_told_only_then(tmp_path: Path):
    assert double(tmp_path, NUMBA_CACHE_DIR=str(tmp_path)) == [[42, 1.0], [[]], 2]
    assert double(tmp_path, NUMBA_CACHE_DIR=str(tmp_path)) == [[42, 1.0], [], 0]


def test_a_loop_runs_that_could_be_compiled_but_not_be_written(monkeypatch: pytest.MonkeyPatch):
    class Cache:
        cache_path = "full"

        def save_overload(self, *given: object) -> None:
            raise OSError(28, "No space left on device")

    class Made:
        _cache = Cache()

    monkeypatch.setattr(loops, "UNWRITABLE", [])
    loops._keep_if_possible(Made())
    Made._cache.save_overload("signature", "code")
    assert [str(folder) for folder in loops.UNWRITABLE] == ["full"]


@pytest.mark.parametrize(
    ("language", "once", "always"), [("en", "once", "at each start"), ("id", "sekali saja", "setiap kali")]
)
def test_what_is_said_names_the_folder_and_what_can_be_done(
    monkeypatch: pytest.MonkeyPatch, language: str, once: str, always: str
):
    monkeypatch.setattr(loops, "UNWRITABLE", [])
    assert once in cli.about_compiling(language)
    monkeypatch.setattr(loops, "UNWRITABLE", [Path("/some/folder")])
    said = cli.about_compiling(language)
    assert [word for word in (always, "/some/folder", "NUMBA_CACHE_DIR") if word not in said] == []


@pytest.mark.slow
def test_after_setting_up_nothing_is_compiled_and_nothing_is_said(tmp_path: Path):
    settings, store = {"NUMBA_CACHE_DIR": str(tmp_path), "SIAP_LANGUAGE": "en"}, str(tmp_path / "store")
    started(RUN, SIAP_STORE=store)  # a run that is found compiles nothing, so it must not be looked for
    assert started(["-m", "sim.compiling"], **settings, SIAP_STORE=store).stdout == ""
    compiled, loops_made = json.loads(started(["-c", COUNTED], **settings).stdout)
    assert (compiled, loops_made > 10) == (0, True)
    kept = {p.name.split("-")[0].rpartition(".")[2] for p in tmp_path.rglob("*.nbi")}
    assert {made.py_func.__qualname__ for made in loops.MADE} <= kept
    assert started(RUN, **settings).stderr == ""


@pytest.mark.slow
def test_where_nothing_can_be_kept_a_run_says_so_in_one_line_and_works(tmp_path: Path):
    kept, not_kept = started(RUN), started(RUN, **nowhere(tmp_path), SIAP_LANGUAGE="en")
    assert not_kept.stdout == kept.stdout
    assert (not_kept.stderr.count("\n"), "cannot be kept" in not_kept.stderr) == (1, True)
