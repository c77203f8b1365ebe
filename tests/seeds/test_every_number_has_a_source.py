"""Every number in the seeds names an evidence row that exists, or says why it was assumed."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.scenario import evidence
from sim.scenario.documents import read

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = sorted(SEEDS.glob("*/*.yaml"))
ROWS = evidence(SEEDS)
REASON = re.compile(r"\S+ \S+ \S+")  # a reason has at least three words
NUMBERS = {"low", "central", "high", "chosen"}
SOURCES = {"scale", "row", "assumption", "times"}
# Settings of a run, calendar years, and whole numbers of the pathway's structure: how many places a stage holds, how
# many workshops it waits for, how often it may be tried.
STRUCTURE = re.compile(
    r"(^|\.)(schema_version|seed|replications|horizon_days|year|priority|attempts)$"
    r"|\.needs\.[\w-]+$|\.after\.\d+\.(n|share)$"
)


def is_number(thing: Any) -> bool:
    return isinstance(thing, int | float) and not isinstance(thing, bool)


def numbers(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every number of a document with its path: the mapping that gives it its source, or the bare number itself."""
    if isinstance(data, dict) and (NUMBERS | SOURCES) & data.keys():
        yield path, data
    elif isinstance(data, dict):
        for name, inner in data.items():
            yield from numbers(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(data, list):
        for i, inner in enumerate(data):
            yield from numbers(inner, f"{path}.{i}")
    elif is_number(data) and not STRUCTURE.search(path):
        yield path, data


def wrong(number: Any) -> str:
    """What is missing from a number; empty if nothing is."""
    if not isinstance(number, dict):
        return "is a bare number"
    if unknown := number.keys() - NUMBERS - SOURCES:
        return f"has unknown parts {unknown}"
    cited = number.get("row", "").split()
    if missing := [name for name in cited if name not in ROWS]:
        return f"cites rows that do not exist: {missing}"
    if "assumption" in number:
        return "" if REASON.search(number["assumption"]) else "has an empty reason"
    if not cited:
        return "names neither a row nor a reason"
    there = {float(ROWS[name][part]) for name in cited for part in ("low", "central", "high") if ROWS[name][part]}
    strange = [number[part] for part in NUMBERS & number.keys() if number[part] not in there]
    return f"cites {cited} but {strange} stands in none of them, and no reason is given" if strange else ""


def test_every_kind_of_seed_is_there():
    kinds = {path.parent.name for path in FILES}
    assert kinds == {"campaigns", "clusters", "pathways", "demand", "scenarios"}
    assert len(FILES) >= 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_number_names_a_row_or_a_reason(path: Path):
    found = dict(numbers(read(path.read_text(encoding="utf-8"), path.name)))
    assert {place: reason for place, number in found.items() if (reason := wrong(number))} == {}


def test_the_walk_finds_the_numbers():
    counts = {path: len(list(numbers(read(path.read_text(encoding="utf-8"), path.name)))) for path in FILES}
    parts = {path: count for path, count in counts.items() if path.parent.name != "scenarios"}
    assert min(parts.values()) >= 5
    assert sum(counts.values()) > 500


def test_numbers_are_drawn_only_from_rows_that_hold_a_range_or_one_value():
    """Of a bare reference every part is taken; some rows hold three numbers that are no range (seeds/README.md)."""
    no_range = {"E317", "E601", "E722", "E743", "E905", "E508", "E416", "E836"}
    bare = {
        name: path.name
        for path in FILES
        for _, number in numbers(read(path.read_text(encoding="utf-8"), path.name))
        if isinstance(number, dict) and not NUMBERS & number.keys()
        for name in number["row"].split()
    }
    assert len(bare) > 20
    assert {name: file for name, file in bare.items() if name in no_range} == {}


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        (5, "bare number"),
        (0.3, "bare number"),
        ({"central": 5}, "neither"),
        ({"low": 1, "central": 2, "high": 3, "assumption": ""}, "empty reason"),
        ({"central": 5, "assumption": "guess"}, "empty reason"),
        ({"row": "E000"}, "do not exist"),
        ({"row": "E761 E999"}, "do not exist"),
        ({"central": 123456, "row": "E761"}, "stands in none"),
        ({"chosen": 3, "low": 1, "high": 9}, "neither"),
        ({"central": 5, "row": "E105", "because": "of this"}, "unknown parts"),
    ],
)
def test_a_number_without_a_source_would_be_caught(planted: Any, complaint: str):
    (place, number), *_ = numbers({"stages": [{"name": "join", "duration": {"mean": planted}}]})
    assert place == "stages.0.duration.mean"
    assert complaint in wrong(number)
