"""The documents: commands run and print what they show, links lead somewhere, numbers are the scenario's."""

import contextlib
import io
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from sim import cli
from sim.programme.quantity import LOG_ABOVE_RATIO, Lever, Quantity, members
from sim.scenario import Scenario, evidence
from sim.scenario.documents import read

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")), ROOT / "seeds" / "README.md"]
TOP = ("README.md", "CONTRIBUTING.md")
SEEDS = ROOT / "seeds"
REFERENCE = Scenario.load(SEEDS / "scenarios" / "cibaduyut-2027.yaml")


@pytest.fixture(autouse=True)
def these_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAP_SEEDS", str(SEEDS))


def blocks(language: str, text: str = README) -> list[str]:
    """Blocks of code in one language; the README's unless another text is given."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


# ── what is shown is what happens ───────────────────────────────────────────────────────────────────


def session() -> Iterator[tuple[str, list[str]]]:
    """Every command of the README with the lines that it is said to print."""
    (console,) = blocks("console")
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield command, [line for line in shown if line != "…"]


def test_every_command_of_the_readme_prints_what_is_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path))
    ran = []
    for command, shown in session():
        program, *arguments = shlex.split(command)
        if program == "export":
            monkeypatch.setenv(*arguments[0].split("="))
            continue
        assert program == "siap"
        with pytest.raises(SystemExit, match=r"^0$"):
            cli.main(arguments)
        printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert [line for line in shown if line not in printed] == [], command
        assert shown != [], command
        ran.append(arguments[0])
    assert set(ran) == {"when", "compare"}


@pytest.mark.slow
def test_the_dask_cluster_of_the_page_of_commands_works(tmp_path: Path):
    page = (ROOT / "docs" / "howto" / "commands.md").read_text(encoding="utf-8")
    (commands,) = [block for block in blocks("sh", page) if "dask" in block]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = commands.replace("siap sweep", "sleep 5; siap sweep")  # a reader is no faster
    process = subprocess.Popen(
        ["bash", "-c", f"{script}code=$?; kill $(jobs -p); exit $code"],
        env=os.environ | {"PATH": path, "SIAP_STORE": str(tmp_path), "SIAP_LANGUAGE": "en"},
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        out, _err = process.communicate(timeout=120)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0
    assert "cibaduyut-2027: 2 points" in out


def test_the_python_of_the_readme_runs():
    (program,) = blocks("python")
    with redirect_stdout(io.StringIO()) as out:
        exec(compile(program, "README.md", "exec"), {})
    assert "p50" in out.getvalue()
    assert len(program.strip().splitlines()) <= 5


def test_every_make_target_that_is_named_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in TOP:
        text = (ROOT / name).read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^ *|`)make ([a-z-]+)", text, re.MULTILINE))
        assert named
        assert named - targets == set(), name


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 120


# ── links, files, evidence rows ─────────────────────────────────────────────────────────────────────


def anchor(heading: str) -> str:
    """The anchor that a heading gets where the documents are read."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path):
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, place = link.partition("#")
        if "://" in path or path.startswith("mailto:"):
            continue
        target = document.parent / path if path else document
        if not target.exists():
            broken.append(link)
        elif place:
            headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE)
            broken += [link] if place not in {anchor(h) for h in headings} else []
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(document: Path):
    named = set(re.findall(r"`((?:sim|tests|docs|seeds|notebooks)/[\w./-]*)`", document.read_text(encoding="utf-8")))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_evidence_row_that_is_cited_exists(document: Path):
    cited = set(re.findall(r"\bE\d{3}\b", document.read_text(encoding="utf-8")))
    assert cited - evidence(SEEDS).keys() == set()


# ── the table of numbers ────────────────────────────────────────────────────────────────────────────

NUMBER = r"-?[\d.]+(?:e\d+)?"
ROW = re.compile(r"^\| `([\w.-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def table() -> dict[str, tuple[str, str]]:
    """Value and origin of every number of docs/model.md, by path."""
    return {path: (value.strip(), origin.strip()) for path, value, _unit, origin in ROW.findall(MODEL)}


def numbers(thing: object, path: str = "") -> Iterator[tuple[str, Quantity | Lever]]:
    """Every number with a source in the scenario, but for those of its case and of rival counts."""
    if isinstance(thing, Quantity | Lever):
        yield path, thing
        return
    for name, inner in members(thing):
        if name not in ("case", "counts"):
            yield from numbers(inner, f"{path}.{name}" if path else name)


def parts(number: Quantity | Lever) -> list[float]:
    """What the table says of a number, in its order."""
    if isinstance(number, Lever):
        return [number.chosen, number.low, number.high]
    return [number.central] if number.certain else [number.low or 0.0, number.central, number.high or 0.0]


def origin(number: Quantity | Lever) -> str:
    rows = ", ".join((number.row or "").split())
    if not rows:
        return "assumption"
    return f"{rows}, adapted" if number.assumption else rows


def test_the_table_holds_every_number_of_the_reference_scenario_and_no_other():
    assert table().keys() == {path for path, _ in numbers(REFERENCE)}


def test_the_table_says_what_the_scenario_says():
    wrong = {}
    for path, number in numbers(REFERENCE):
        value, said_origin = table()[path]
        said = [float(n) for n in re.findall(NUMBER, value)]
        if said != pytest.approx(parts(number), rel=1e-3) or said_origin != origin(number):
            wrong[path] = (value, said_origin, parts(number), origin(number))
    assert wrong == {}


def test_the_counts_of_sources_are_those_of_the_table():
    origins = [origin for _, origin in table().values()]
    adapted, assumed = sum("adapted" in o for o in origins), sum(o == "assumption" for o in origins)
    counts = [len(origins), len(origins) - adapted - assumed, adapted, assumed]
    for text in (README, MODEL):
        (sentence,) = re.findall(r"[Oo]f (?:the )?\d+ numbers.*?assumed", text, re.DOTALL)
        assert [int(n) for n in re.findall(r"\d+", sentence)] == counts


def test_the_numbers_that_are_drawn_on_the_log_are_the_ones_that_are_named():
    (sentence,) = re.findall(r"On the log are drawn (.*?)\.\n", MODEL, re.DOTALL)
    named = re.findall(r"`([\w.-]+)`", sentence)
    drawn = [path for path, number in numbers(REFERENCE) if isinstance(number, Quantity) and on_the_log(number)]
    assert [[path for path in drawn if path.endswith(name)] for name in named].count([]) == 0
    assert len(named) == len(drawn)


def on_the_log(number: Quantity) -> bool:
    wide = number.low is not None and number.high is not None and 0 < LOG_ABOVE_RATIO * number.low < number.high
    return number.scale == "log" or (number.scale is None and wide)


def test_every_alternative_of_structure_can_be_set_as_it_is_written():
    (section,) = re.findall(r"## 13\..*?(?=## 14\.)", MODEL, re.DOTALL)
    rows = [row for row in section.splitlines() if "=" in row and row.startswith("|")]
    assert len(rows) >= 9
    for row in rows:
        first, *others = re.findall(r"`([^`]+)`", row)
        path, value = first.split("=")
        values = [value, *others]
        assert len({REFERENCE.set(path, read(v, row)).digest for v in values}) == len(values)
