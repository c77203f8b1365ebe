"""The documents: links lead somewhere, what is named exists, numbers are the scenario's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.programme.quantity import LOG_ABOVE_RATIO, Lever, Quantity, members
from sim.scenario import Scenario, evidence
from sim.scenario.documents import read
from sim.text.catalogue import read as read_catalogue
from tests.pages import PAGES, ROOT, prose

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
TOP = ("README.md", "CONTRIBUTING.md")
SEEDS = ROOT / "seeds"
REFERENCE = Scenario.load(SEEDS / "scenarios" / "cibaduyut-2027.yaml")


@pytest.fixture(autouse=True)
def these_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAP_SEEDS", str(SEEDS))


# ── commands of make, length ────────────────────────────────────────────────────────────────────────
# What is shown is followed by tests/docs/test_examples.py.


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


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path):
    text = prose(document)
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


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(document: Path):
    named = set(re.findall(r"`((?:sim|tests|docs|seeds|notebooks)/[\w./-]*)`", document.read_text(encoding="utf-8")))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
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


# ── the glossary ────────────────────────────────────────────────────────────────────────────────────

OF_THEORY = {"ketidakpastian"}  # a word of the documents alone


def test_the_glossary_has_the_words_that_commands_and_page_say():
    said = [str(message.string) for message in read_catalogue("id") if message.id]
    titles = [path.read_text(encoding="utf-8") for path in SEEDS.rglob("*.yaml")]
    spoken = "\n".join([*said, *titles]).lower()
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)
    words = {word.lower() for row in rows[2:] for word in row.split(", ")}
    assert len(words) > 50
    assert {word for word in words if word not in spoken} == OF_THEORY
