"""The command line: what every command prints, and the one line with which bad input is refused.

Most tests call `sim.cli.main` in this process, which takes a tenth of the time; a few start the real command.
"""

import csv
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from sim import cli
from sim.cli import common
from sim.errors import BadInput
from sim.scenario import Scenario, scenario_names
from sim.scenario.documents import read, write
from sim.scenario.seeds import FOLDERS
from tests.seeds.test_bad_scenarios import CASES, bare

SEEDS = Path(__file__).parents[1] / "seeds"
SIAP = Path(sys.executable).with_name("siap")
REFERENCE = "cibaduyut-2027"
COMMANDS = ["scenarios", "check", "run", "when", "compare", "brief", "runs", "lab", "app"]


class Said(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Siap = Callable[..., Said]


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, no_word_of_compiling: None) -> None:
    """The shipped seeds, whatever the shell that runs the tests has set."""
    for name in ("PORT", "HOST", "OPEN", "SIAP_LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIAP_SEEDS", str(SEEDS))


@pytest.fixture
def siap(capsys: pytest.CaptureFixture[str]) -> Siap:
    """Run a command in this process."""

    def run(*arguments: object) -> Said:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            cli.main([str(a) for a in arguments])
        assert isinstance(left.value.code, int)
        return Said(left.value.code, *capsys.readouterr())

    return run


def strictly(text: str) -> Any:
    """JSON without NaN and Infinity, which Python would read."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(text, parse_constant=refuse)


def refused(said: Said, *parts: str) -> None:
    """Assert exit code 2, nothing on standard output, and one clear line on standard error that holds the parts."""
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert said.err.startswith("siap: ")
    assert said.err[:-1].isprintable()
    assert "Traceback" not in said.err
    assert [part for part in parts if part not in said.err] == [], said.err


# ── what is listed and checked ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "line"), [("id", "Skenario"), ("en", "Scenario")])
def test_scenarios_lists_every_shipped_one_with_a_line_in_the_readers_language(siap: Siap, language: str, line: str):
    said = siap("scenarios", "--language", language)
    assert (said.code, said.err) == (0, "")
    assert line in said.out.splitlines()[1]
    for name in scenario_names():
        (row,) = (row for row in said.out.splitlines() if f" {name} " in row)
        assert row.split("│")[2].strip() == Scenario.load(name).title[language]


def test_the_language_is_bahasa_indonesia_unless_the_environment_says_otherwise(siap: Siap, monkeypatch):
    assert "Skenario" in siap("scenarios").out
    monkeypatch.setenv("SIAP_LANGUAGE", "en")
    assert "Skenario" not in siap("scenarios").out


def test_check_says_of_a_good_file_what_it_is(siap: Siap):
    files = [SEEDS / "scenarios" / f"{name}.yaml" for name in (REFERENCE, "single-day-2018-ordinary")]
    said = siap("check", *files)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        f"{file}: ok, scenario {file.stem}, digest {Scenario.load(file).digest[:12]}" for file in files
    ]


def test_check_takes_seed_files_of_every_kind(siap: Siap, tmp_path: Path):
    kinds = {"campaign": "tmall-1111-2027", "cluster": "cibaduyut", "pathway": "one-label", "demand": "single-day"}
    files = [SEEDS / FOLDERS[kind] / f"{name}.yaml" for kind, name in kinds.items()]
    said = siap("check", *files)
    assert (said.code, said.err) == (0, "")
    wanted = [f"{file}: ok, {kind} {file.stem}" for kind, file in zip(kinds, files, strict=True)]
    assert said.out.splitlines() == wanted
    bad = tmp_path / "mine.yaml"
    bad.write_text(files[1].read_text(encoding="utf-8").replace("makers:", "maker:"), encoding="utf-8")
    refused(siap("check", bad), "mine.yaml", "maker")
    bad.write_text("schema_version: 2\nkind: clutser\n", encoding="utf-8")
    refused(siap("check", bad), "mine.yaml: kind", "clutser", "cluster")


@pytest.fixture(scope="module")
def good() -> dict[str, Any]:
    """What the bad files of `tests/seeds` are made from: see there."""
    scenario = Scenario.load(SEEDS / "scenarios" / f"{REFERENCE}.yaml")
    fitted = scenario.set("clusters.cibaduyut.wave", 20).set("demand.classes.known-in-china.median_rmb", 1e7)
    return bare(read(fitted.text, "good")) | {"title": {"en": "Good"}}


@pytest.mark.parametrize("name", list(CASES)[::3])  # the others would tell nothing new of the command
def test_check_refuses_a_bad_file_with_one_line(siap: Siap, name: str, good: dict[str, Any], tmp_path: Path):
    change, parts = CASES[name]
    content = change(good)
    file = tmp_path / "bad.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    refused(siap("check", file), "bad.yaml", *parts)


def test_there_are_enough_bad_files():
    assert len(list(CASES)[::3]) >= 40


def test_check_goes_on_after_a_bad_file_and_fails_in_the_end(siap: Siap, good: dict[str, Any], tmp_path: Path):
    bad, missing = tmp_path / "bad.yaml", tmp_path / "missing.yaml"
    bad.write_text(write(good | {"seed": -1}), encoding="utf-8")
    said = siap("check", bad, SEEDS / "scenarios" / f"{REFERENCE}.yaml", missing)
    assert said.code == 2
    assert [line.split(":")[1].strip() for line in said.out.splitlines()] == [
        f"ok, scenario {REFERENCE}, digest {Scenario.load(REFERENCE).digest[:12]}"
    ]
    assert [("bad.yaml: seed" in line, "no such file" in line) for line in said.err.splitlines()] == [
        (True, False),
        (False, True),
    ]


# ── simulating ──────────────────────────────────────────────────────────────────────────────────────

BANDS = {"mean", "p05", "p50", "p95"}


RUN_OF_FOUR = ("run", REFERENCE, "--replications", "4", "--seed", "5")


@pytest.fixture
def printed(siap: Siap) -> dict[str, Any]:
    """What `siap run … --json -` prints."""
    said = siap(*RUN_OF_FOUR, "--json", "-", "--engine", "compiled")
    assert (said.code, said.err) == (0, "")
    return strictly(said.out)


def test_run_prints_only_json_where_json_is_asked_for(printed: dict[str, Any]):
    named = {
        "scenario",
        "scenario_digest",
        "model_version",
        "seed",
        "replications",
        "engine",
        "lead_weeks",
        "share",
        "layers",
        "readiness_weeks",
        "brands_in",
        "binding",
        "event_date",
        "warnings",
    }
    assert named - printed.keys() == set()
    assert printed["scenario"] == REFERENCE
    assert printed["scenario_digest"] == Scenario.load(REFERENCE).digest
    assert (printed["seed"], printed["replications"], printed["engine"]) == (5, 4, "compiled")
    assert printed["event_date"] == "2027-11-11"


def test_the_json_has_one_number_for_each_lead_time_the_scenarios_own_among_them(printed: dict[str, Any]):
    count = len(printed["lead_weeks"])
    assert 49 in printed["lead_weeks"]
    assert printed["lead_weeks"] == sorted(set(printed["lead_weeks"]))
    assert len(printed["brands_in"]) == count
    for bands in (printed["share"], printed["layers"]["chance"]):
        assert bands.keys() >= BANDS
        assert {len(values) for values in bands.values()} == {count}
        assert all(0 <= share <= 1 for values in bands.values() for share in values)


def test_the_json_says_never_with_null_and_binding_adds_up_to_one(printed: dict[str, Any]):
    ready = printed["readiness_weeks"]["cibaduyut"]
    assert ready.keys() == {"p05", "p50", "p95", "never"}
    assert (ready["p95"] is None) == (ready["never"] > 0.05)
    assert sum(printed["binding"].values()) == pytest.approx(1)
    kinds = {label.split(".")[0] for label in printed["binding"]}
    assert kinds <= {"gate", "cap", "stage", "queue"}
    assert any("replications" in warning for warning in printed["warnings"])


def test_the_real_command_prints_the_same_and_nothing_else(printed: dict[str, Any]):
    done = subprocess.run([SIAP, *RUN_OF_FOUR, "--json", "-"], capture_output=True, text=True, check=True)
    assert strictly(done.stdout) == printed
    assert done.stderr == "", "progress is for people at a terminal"


@pytest.mark.parametrize(
    ("language", "tables"),
    [
        ("id", ["Kesiapan", "Waktu", "Apa yang menahan kita", "Biaya sampai hari-H", "4 ulangan"]),
        ("en", ["Readiness", "Lead time", "What holds us back", "Cost until the day", "4 replications"]),
    ],
)
def test_run_shows_tables_in_the_readers_language(siap: Siap, language: str, tables: list[str]):
    said = siap(*RUN_OF_FOUR, "--language", language)
    assert (said.code, said.err) == (0, "")
    assert [table for table in tables if table not in said.out] == []
    assert max(len(line) for line in said.out.splitlines()) <= 110


def test_run_writes_json_to_a_file_and_shows_the_tables_as_well(siap: Siap, printed: dict[str, Any], tmp_path: Path):
    said = siap(*RUN_OF_FOUR, "--json", tmp_path / "result.json")
    assert "Kesiapan" in said.out
    assert strictly((tmp_path / "result.json").read_text(encoding="utf-8")) == printed
    assert list(tmp_path.iterdir()) == [tmp_path / "result.json"], "no half-written file is left behind"


def test_set_may_be_repeated_and_the_last_of_two_for_the_same_place_holds(siap: Siap):
    changes = ("resources.coach.units=40", "campaign.stock_rule=none", "resources.coach.units=41")
    given = [part for change in changes for part in ("--set", change)]
    found = strictly(siap("run", REFERENCE, "--replications", 1, "--json", "-", *given).out)
    wanted = Scenario.load(REFERENCE).set("resources.coach.units", 41).set("campaign.stock_rule", "none")
    assert found["scenario_digest"] == wanted.digest


@pytest.mark.parametrize("value", ["1e15", "1_000_000_000_000_000", "{central: 1e15, assumption: money does not bind}"])
def test_set_reads_values_as_the_scenario_file_does(siap: Siap, value: str):
    given = ("--set", f"finance.working_capital_idr={value}")
    found = strictly(siap("run", REFERENCE, "--replications", 1, "--json", "-", *given).out)
    assert found["scenario_digest"] == Scenario.load(REFERENCE).set("finance.working_capital_idr", 1e15).digest


def test_asking_for_a_million_items_makes_the_rule_count_items(siap: Siap):
    given = ("--set", "campaign.min_stock_items=1000000")
    found = strictly(siap("run", REFERENCE, "--replications", 1, "--json", "-", *given).out)
    items = Scenario.load("cibaduyut-2027-items").digest
    assert found["scenario_digest"] == items


def test_many_brands_are_summarised_unless_all_are_asked_for(siap: Siap):
    given = ["--set", "clusters.cibaduyut.makers=51", "--replications", 1, "--json", "-"]
    few = strictly(siap("run", "cibaduyut-one-by-one", *given).out)["readiness_weeks"]
    assert list(few) == ["all 51 brands"]
    every = strictly(siap("run", "cibaduyut-one-by-one", *given, "--brands", "all").out)["readiness_weeks"]
    assert list(every) == [f"cibaduyut-{i:02d}" for i in range(1, 52)]
    assert every["cibaduyut-01"].keys() == few["all 51 brands"].keys()


def test_a_file_of_ones_own_runs_like_a_shipped_name(siap: Siap, tmp_path: Path):
    mine = Scenario.load(REFERENCE).set("resources.coach.units", 20).dump(tmp_path / "mine.yaml")
    found = strictly(siap("run", mine, "--replications", 1, "--json", "-").out)
    assert found["scenario_digest"] == Scenario.load(REFERENCE).set("resources.coach.units", 20).digest


# ── the inverse question ────────────────────────────────────────────────────────────────────────────

TEN = ("--replications", 10)


@pytest.mark.parametrize(
    ("language", "words"), [("id", ["mulailah paling lambat", "minggu"]), ("en", ["start no later than", "weeks"])]
)
def test_when_gives_a_date_and_an_interval(siap: Siap, language: str, words: list[str]):
    asked = ("when", REFERENCE, "--probability", 0.3, *TEN, "--language", language)
    said = siap(*asked, "--today", "2019-01-01")
    assert (said.code, said.err) == (0, "")
    assert [word for word in words if word not in said.out] == []
    late = siap(*asked, "--today", "2027-11-01").out
    assert words[0] not in late
    assert {"id": "sudah lewat", "en": "has passed"}[language] in late


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ["Berapa pun waktunya", "modal kerja yang menahan", "0 %"]),
        ("en", ["However long the preparation", "working capital holds it back", "0%"]),
    ],
)
def test_when_says_never_and_why_and_that_is_no_failure(siap: Siap, language: str, words: list[str]):
    given = ("--share", "0.0001%", "--probability", 0.5, *TEN, "--language", language)
    said = siap("when", "cibaduyut-2027-items", *given)
    assert (said.code, said.err) == (0, "")
    assert [word for word in words if word not in said.out] == []


def test_it_is_said_once_that_numba_is_missing_and_simpy_takes_its_place(siap: Siap, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sim.loops.HAS_NUMBA", False)
    said = siap("run", REFERENCE, "--replications", "1", "--json", "-")
    assert (said.code, strictly(said.out)["engine"]) == (0, "reference")
    assert (said.err.count("\n"), "numba is not installed" in said.err) == (1, True)
    assert siap("run", REFERENCE, "--replications", "1", "--engine", "reference", "--json", "-").err == ""


@pytest.mark.parametrize(("language", "late"), [("id", "sudah terlambat"), ("en", "too late for that")])
def test_when_says_that_the_scenario_starts_too_late_for_it(siap: Siap, language: str, late: str):
    ask = ("when", REFERENCE, "--probability", "0.25", "--replications", "4", "--language", language)
    assert late in siap(*ask).out
    assert late not in siap(*ask, "--set", "lead_weeks=156").out


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", ["lebih dari 200", "minggu", "sama di setiap ulangan"]),
        ("en", ["more than 200", "weeks", "same in each"]),
    ],
)
def test_run_chooses_the_replications_for_a_precision_and_says_what_for(siap: Siap, language: str, said: list[str]):
    ask = ("run", "single-day-2018", "--precision", 0.02, "--replications", 200, "--language", language)
    shown = siap(*ask)
    assert (shown.code, shown.err) == (0, "")
    assert [part for part in said if part not in " ".join(shown.out.split())] == []
    found = strictly(siap(*ask, "--json", "-").out)
    assert (found["replications"], found["replications_chosen"]["replications"]) == (200, 200)
    assert [row["state"] for row in found["replications_chosen"]["outcomes"]] == ["missed", "constant", "constant"]


@pytest.mark.parametrize(
    ("language", "verdict"), [("id", "sama pangsanya di setiap pasangan"), ("en", "the same share in every pair")]
)
def test_compare_sets_scenarios_against_the_first(siap: Siap, language: str, verdict: str):
    said = siap("compare", REFERENCE, f"{REFERENCE}-items", "--replications", "2", "--language", language)
    assert (said.code, said.err) == (0, "")
    assert verdict in said.out


def test_compare_runs_the_others_as_often_as_the_first_and_prints_json(siap: Siap):
    said = siap("compare", REFERENCE, "amazon-black-friday-2027", "--replications", "2", "--json", "-")
    printed = strictly(said.out)
    assert (printed["base"], printed["replications"]) == (REFERENCE, 2)
    assert [row["scenario"] for row in printed["differences"]] == ["amazon-black-friday-2027"]


@pytest.mark.parametrize(
    ("language", "said", "open_"),
    [("id", "berpangsa tertinggi", "masih bertahan: "), ("en", "has the highest share", "still in: ")],
)
def test_compare_selects_the_best_or_says_who_is_still_in(siap: Siap, language: str, said: str, open_: str):
    case = "single-day-2018"
    ask = ("compare", case, f"{case}-twice-the-stock", f"{case}-ordinary", "--select", "0.001%", "--language", language)
    shown = siap(*ask)
    assert (shown.code, shown.err) == (0, "")
    assert f"{case}-twice-the-stock {said}" in " ".join(shown.out.split())
    found = strictly(siap(*ask, "--json", "-").out)
    assert (found["best"], found["state"], found["probability"]) == (f"{case}-twice-the-stock", "selected", 0.9)
    few = ("compare", "cibaduyut-2027", "cibaduyut-2028", "--select", "0.00001%", "--replications", 100)
    assert open_ in siap(*few, "--language", language).out
    tied = siap("compare", REFERENCE, f"{REFERENCE}-items", "--select", "1%", "--language", language)
    assert f"{REFERENCE}-items" in tied.out


def test_when_prints_only_json_where_json_is_asked_for(siap: Siap):
    found = strictly(
        siap("when", "cibaduyut-2027-items", "--share", 1e-6, "--probability", 0.5, *TEN, "--json", "-").out
    )
    assert found["target_share"] == 1e-6
    assert (found["never"], found["least_lead_weeks"], found["start_date"]) == (True, None, None)
    assert found["held_by"] == {"cap.working_capital": 1}
    date = strictly(siap("when", REFERENCE, "--probability", 0.3, *TEN, "--json", "-").out)
    assert date["never"] is False
    assert date["start_date"] < date["event_date"]
    assert date["interval_weeks"][0] <= date["least_lead_weeks"]


def test_a_share_and_a_chance_may_be_a_fraction_or_a_percentage_with_a_point_or_a_comma(siap: Siap):
    ways = [("1e-6", "0.5"), ("1e-4 %", "50%"), ("0,0001%", "0,5"), ("0.0001%", "50 %")]
    said = [
        siap("when", "cibaduyut-2027-items", "--share", share, "--probability", chance, *TEN, "--json", "-").out
        for share, chance in ways
    ]
    assert [strictly(one) for one in said] == [strictly(said[0])] * len(ways)


@pytest.mark.parametrize("text", ["0", "0%", "1,5", "1.000,5%", "101%", "nan", "half", "%", "0,1,2"])
def test_what_is_no_part_of_one_is_refused(text: str):
    for part, option in ((common.fraction, "--share"), (common.chance, "--probability")):
        with pytest.raises(BadInput, match=f"^{option}: must be .*received '{text}'"):
            part(text)


def test_a_brief_is_written_whole_and_the_same_again(siap: Siap, tmp_path: Path):
    first, again = tmp_path / "first.html", tmp_path / "again.html"
    ask = ("--set", "resources.coach.units=40", *TEN, "--today", "2026-11-24", "--language", "en")
    for path in (first, again):
        said = siap("brief", REFERENCE, "--to", path, *ask, "--seed", 5, "--share", "1e-7", "--probability", 0.5)
        assert said == (0, f"Written: {path}, one page to open in any browser, to send or to print.\n", "")
    text = first.read_text(encoding="utf-8")
    assert text == again.read_text(encoding="utf-8")
    assert Scenario.load(REFERENCE).set("resources.coach.units", 40).digest in text
    assert "--share 1e-07 --replications 10 --seed 5" in text
    assert {path.name for path in tmp_path.iterdir()} == {"first.html", "again.html"}


# ── bad input ───────────────────────────────────────────────────────────────────────────────────────

RUN, WHEN = ("run", REFERENCE), ("when", REFERENCE, "--share", "0.001%")
BRIEF = ("brief", REFERENCE, "--to")

BAD: dict[str, tuple[tuple[object, ...], list[str]]] = {
    "no-such-command": (("scenaros",), ["'scenaros'", "'scenarios'"]),
    "no-such-option": ((*RUN, "--replication", 5), ["--replication", "--replications"]),
    "an-option-of-another-command": ((*RUN, "--probability", 0.5), ["--probability"]),
    "one-argument-too-many": ((*RUN, "cibaduyut-2028"), ["cibaduyut-2028"]),
    "no-scenario": (("run",), ["SCENARIO"]),
    "no-file": (("check",), ["FILE"]),
    "a-scenario-misspelt": (("run", "cibaduyut-2072"), ["'cibaduyut-2072'", "did you mean 'cibaduyut-20"]),
    "a-scenario-like-no-other": (("run", "xyz"), ["'xyz'", "there is: ", "cibaduyut-2027"]),
    "an-empty-scenario": (("run", ""), ["no shipped scenario", "''"]),
    "a-file-that-is-not-there": (("run", "nowhere.yaml"), ["nowhere.yaml", "no such file"]),
    "a-folder": (("check", SEEDS), ["seeds", "must be a file"]),
    "no-value-for-set": ((*RUN, "--set"), ["--set"]),
    "set-without-equals": ((*RUN, "--set", "coach"), ["--set", "NAME=VALUE", "'coach'"]),
    "set-without-name": ((*RUN, "--set", "=3"), ["--set", "NAME=VALUE", "'=3'"]),
    "set-without-value": ((*RUN, "--set", "resources.coach.units="), ["--set: must be NAME=VALUE", "coach.units="]),
    "set-an-unknown-part": ((*RUN, "--set", "resources.couch.units=3"), ["couch", "did you mean 'coach'?"]),
    "set-an-unknown-field": ((*RUN, "--set", "resources.coach.unit=3"), ["'unit'", "did you mean 'units'?"]),
    "set-an-unknown-place": ((*RUN, "--set", "led_weeks=3"), ["'led_weeks'", "did you mean 'lead_weeks'?"]),
    "set-a-word-for-a-number": ((*RUN, "--set", "lead_weeks=many"), ["lead_weeks", "'many'"]),
    "set-not-a-number": ((*RUN, "--set", "lead_weeks=.nan"), ["lead_weeks", "finite", ".nan"]),
    "set-infinitely-many": ((*RUN, "--set", "resources.coach.units=1e999"), ["coach.units", "finite"]),
    "set-half-a-list": ((*RUN, "--set", "clusters=[1, 2"), ["--set clusters", "YAML"]),
    "set-an-unknown-choice": (
        (*RUN, "--set", "campaign.access=open"),
        ["access", "'ordinary' or 'invitation'", "'open'"],
    ),
    "set-too-little": ((*RUN, "--set", "resources.laboratory.units=0"), ["laboratory", "sample-test"]),
    "the-second-set-is-bad": ((*RUN, "--set", "lead_weeks=9", "--set", "lead_weeks=-9"), ["lead_weeks", "-9"]),
    "no-replications": ((*RUN, "--replications", 0), ["replications", "0"]),
    "fewer-than-none": ((*RUN, "--replications", -1), ["replications", "-1"]),
    "a-billion-times-a-thousand": ((*RUN, "--replications", 10**12), ["replications", "1000000000000"]),
    "half-a-replication": ((*RUN, "--replications", "1.5"), ["--replications"]),
    "replications-in-words": ((*RUN, "--replications", "many"), ["--replications"]),
    "a-negative-seed": ((*RUN, "--seed", -1), ["seed", "-1"]),
    "a-seed-beyond-64-bits": ((*RUN, "--seed", 2**64), ["seed", str(2**64)]),
    "half-a-seed": ((*RUN, "--seed", "0.5"), ["--seed"]),
    "an-engine-misspelt": ((*RUN, "--engine", "refrence"), ["'refrence'", "did you mean 'reference'?"]),
    "an-unknown-language": ((*RUN, "--language", "xx"), ["language", "'xx'", "en, id"]),
    "no-precision": ((*RUN, "--precision", 0), ["precision", "between 0 and 1", "0"]),
    "precision-of-too-few": ((*RUN, "--precision", 0.1, "--replications", 10), ["replications", "from 100", "10"]),
    "a-zone-of-nothing": (("compare", REFERENCE, "cibaduyut-2028", "--select", "0%"), ["--select", "'0%'"]),
    "one-to-select-from-twice": (("compare", REFERENCE, REFERENCE, "--select", "1%"), ["select", "different names"]),
    "one-scenario-to-compare": (("compare", REFERENCE), ["at least two"]),
    "an-unknown-language-for-the-list": (("scenarios", "--language", "xx"), ["language", "'xx'", "en, id"]),
    "an-unknown-language-for-an-answer": ((*WHEN, "--probability", 0.5, "--language", "xx"), ["'xx'", "en, id"]),
    "neither-few-nor-all": ((*RUN, "--brands", "some"), ["--brands", "'some'"]),
    "json-into-no-folder": ((*RUN, "--json", "nowhere/result.json"), ["--json", "nowhere/result.json"]),
    "json-over-a-folder": ((*RUN, "--json", SEEDS), ["--json", "irectory"]),
    "an-answer-into-no-folder": (
        (*WHEN, "--probability", 0.5, "--json", "nowhere/a.json"),
        ["--json", "nowhere/a.json"],
    ),
    "no-probability": (WHEN, ["--probability"]),
    "probability-zero": ((*WHEN, "--probability", 0), ["--probability", "between 0 and 1", "0"]),
    "probability-one": ((*WHEN, "--probability", 1), ["--probability", "between 0 and 1", "1"]),
    "probability-two": ((*WHEN, "--probability", 2), ["--probability", "between 0 and 1", "2"]),
    "probability-below-zero": ((*WHEN, "--probability", -0.5), ["--probability", "between 0 and 1", "-0.5"]),
    "no-number-as-probability": ((*WHEN, "--probability", "nan"), ["--probability", "between 0 and 1", "nan"]),
    "probability-in-words": ((*WHEN, "--probability", "high"), ["--probability"]),
    **{
        f"share-{name}": (
            ("when", REFERENCE, "--probability", 0.5, "--share", share),
            ["--share", "fraction", f"'{share}'"],
        )
        for name, share in {
            "zero": "0",
            "of-nothing": "0%",
            "below-zero": "-1",
            "of-more-than-all": "101%",
            "above-one": "1.01",
            "in-words": "a third",
            "of-no-number": "nan",
            "infinite": "inf",
            "twice-a-percentage": "5%%",
            "empty": "",
        }.items()
    },
    "a-brief-without-a-file": (("brief", REFERENCE), ["--to"]),
    "a-brief-into-no-folder": ((*BRIEF, "nowhere/brief.html"), ["--to", "exists", "nowhere/brief.html"]),
    "a-brief-over-a-folder": ((*BRIEF, SEEDS), ["--to", "irectory"]),
    "a-brief-to-too-long-a-name": ((*BRIEF, "x" * 300), ["--to", "cannot be written", "too long"]),
    "a-brief-to-no-name": ((*BRIEF, ""), ["--to", "''"]),
    "a-brief-of-no-day": ((*BRIEF, "b.html", "--today", "24-11-2026"), ["--today", "'24-11-2026'", "2026-11-24"]),
    "when-of-no-day": ((*WHEN, "--probability", 0.5, "--today", "soon"), ["--today", "'soon'", "2026-11-24"]),
    "a-brief-of-certainty": ((*BRIEF, "b.html", "--probability", 1), ["--probability", "between 0 and 1"]),
    "a-brief-of-no-share": ((*BRIEF, "b.html", "--share", "0%"), ["--share", "'0%'"]),
    "a-brief-in-no-language": ((*BRIEF, "b.html", "--language", "xx"), ["'xx'", "en, id"]),
    "a-brief-of-a-scenario-misspelt": (("brief", "cibaduyut-2072", "--to", "b.html"), ["did you mean 'cibaduyut-20"]),
    "lab-with-an-argument": (("lab", "plan.ipynb"), ["plan.ipynb"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_one_line_and_before_anything_is_simulated(
    siap: Siap, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    arguments, parts = BAD[name]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sim.engine.run_plan", lambda *_: pytest.fail("simulated"))
    refused(siap(*arguments), *parts)


@pytest.mark.parametrize("name", ["run", "when", "scenarios", "check"])
def test_seeds_that_are_not_there_are_refused_by(
    siap: Siap, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("SIAP_SEEDS", str(tmp_path))
    more = {"scenarios": (), "when": (REFERENCE, "--probability", 0.5)}.get(name, (REFERENCE,))
    refused(siap(name, *more), "SIAP_SEEDS", "evidence.csv", str(tmp_path.name)[:8])


def test_a_language_of_the_environment_that_does_not_exist_is_refused(siap: Siap, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_LANGUAGE", "xx")
    refused(siap("scenarios"), "language", "'xx'")


def test_a_case_whose_figure_cannot_be_reached_is_refused(siap: Siap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Sales beyond all the stock there was: no brand class explains them."""
    rows = list(csv.reader((SEEDS / "evidence.csv").read_text(encoding="utf-8").splitlines()))
    for row in rows:
        row[4] = "900" if row[0] == "E101" else row[4]
    for folder in ("campaigns", "clusters", "pathways", "demand", "scenarios"):
        (tmp_path / folder).symlink_to(SEEDS / folder)
    with (tmp_path / "evidence.csv").open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    monkeypatch.setenv("SIAP_SEEDS", str(tmp_path))
    monkeypatch.setattr("sim.experiment.calibrate.FIT_DRAWS", 200)
    refused(
        siap("run", "single-day-2018", "--replications", 5), "fitted_sales_idr", "cannot be reached", "900000000000"
    )


# ── help, and the command as a process ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_no_arguments_show_what_there_is(siap: Siap, arguments: tuple[str, ...]):
    said = siap(*arguments)
    assert (said.code, said.err) == (0, "")
    assert [command for command in COMMANDS if f" {command} " not in said.out] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_what_it_does(siap: Siap, command: str):
    said = siap(command, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"siap {command}" in said.out or f"{command} [OPTIONS]" in said.out


def test_the_command_leaves_with_the_code_and_prints_the_one_line():
    done = subprocess.run([SIAP, "run", "cibaduyut-2072"], capture_output=True, text=True, check=False)
    refused(Said(done.returncode, done.stdout, done.stderr), "did you mean")


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
def test_a_run_that_is_stopped_says_so_in_one_line():
    run = subprocess.Popen(
        [sys.executable, "-c", STOPPABLE, "run", REFERENCE, "--replications", "100000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    assert run.stderr.readline() == "simulating\n"
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out, err) == (130, "", "siap: stopped\n")


STOPPABLE = """
import signal, sys
from sim import cli, experiment
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what it leaves behind with it ignored
simulate = experiment.simulate
def announced(*arguments):
    print("simulating", file=sys.stderr, flush=True)
    return simulate(*arguments)
experiment.simulate = announced
cli.main()
"""


def test_progress_goes_to_standard_error_and_only_where_somebody_looks(siap: Siap, monkeypatch: pytest.MonkeyPatch):
    assert siap("run", REFERENCE, "--replications", 2, "--json", "-").err == ""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with common.progress_bar(REFERENCE) as progress:
        assert progress is not None
        progress(1, 2)


# ── serving ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["lab", "app"])
@pytest.mark.parametrize("port", ["abc", "0", "-1", "65536", "8888.0", "", "٣"])
def test_a_port_that_is_none_is_refused(siap: Siap, command: str, port: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PORT", port)
    refused(siap(command), "PORT", "1 to 65535", repr(port))


@pytest.mark.parametrize("command", ["lab", "app"])
def test_a_port_that_is_taken_is_refused(siap: Siap, command: str, monkeypatch: pytest.MonkeyPatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        refused(siap(command), "PORT", "127.0.0.1", "set PORT to a free one")


def test_a_host_that_is_none_is_refused(siap: Siap, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOST", "no.such.host.invalid")
    refused(siap("app"), "no.such.host.invalid")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="Windows has no such signal")
@pytest.mark.parametrize("command", ["lab", "app"])
def test_the_server_answers_on_this_machine_only_and_leaves_nobody_behind_when_it_is_ended(
    command: str, tmp_path: Path
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {"PORT": str(port), "OPEN": "0", "JUPYTER_TOKEN": "known"}
    own |= {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    log = tmp_path / "log"
    with log.open("wb") as out:
        server = psutil.Popen([SIAP, command], env=os.environ | own, stdout=out, stderr=out)
    try:
        # Either of these starts a kernel, which is a process of its own.
        ask = b"GET /" if command == "app" else b"POST /api/kernels?token=known"
        answer = answered(port, server, ask, seconds=90)
        assert answer.split(maxsplit=2)[1] in (b"200", b"201"), log.read_text(errors="replace")
        assert {c.laddr.ip for c in server.net_connections("inet") if c.status == "LISTEN"} == {"127.0.0.1"}
        started = server.children(recursive=True)
        assert started != []
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
    _, left = psutil.wait_procs(started, timeout=20)
    assert left == []
    said = log.read_text(errors="replace")
    assert [noise for noise in ("not trusted", "without encryption", "ping_timeout") if noise in said] == []


def answered(port: int, server: psutil.Popen, ask: bytes, seconds: float) -> bytes:
    """All that a server on this machine answers, once it listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=seconds) as wire:
                wire.sendall(ask + b" HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
                return b"".join(iter(lambda: wire.recv(65_536), b""))
        except OSError:
            time.sleep(0.2)
    return b"no answer"


# ── a cluster of one's own ──────────────────────────────────────────────────────────────────────────

OWN = (
    "name;place;product;given_by;like;makers;workers_per_workshop;defect_rate\r\n"
    "=Kulit Magetan;Selosari;sandal;Dinas Magetan, 2026;tanggulangin;1.060;3,5;6%\r\n"
)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    sheet = tmp_path / "own.csv"
    sheet.write_text(OWN, encoding="utf-8-sig", newline="")
    return sheet


def test_a_row_of_a_sheet_becomes_a_scenario_that_says_which_numbers_are_the_officials(siap: Siap, own: Path):
    to = own.with_name("mine.yaml")
    said = siap("cluster", own, "--to", to)
    assert (said.code, said.err) == (0, "")
    assert "1.060 bengkel (menurut Dinas Magetan, 2026)" in said.out
    assert re.search(r"250 bengkel \(.*10 sampai 500; E645, asumsi\)", said.out)
    assert said.out.splitlines()[-1].startswith(f"{to}: kulit-magetan-in-cibaduyut-2027, digest ")
    (cluster,) = Scenario.load(to).clusters
    assert (cluster.title["id"], cluster.workshops) == ("=Kulit Magetan", 250)
    assert siap("check", to).code == 0


def test_the_cluster_goes_into_the_scenario_named(siap: Siap, own: Path):
    to = own.with_name("mine.yaml")
    assert siap("cluster", own, "--to", to, "--base", "cibaduyut-2028").code == 0
    assert Scenario.load(to).campaign == Scenario.load("cibaduyut-2028").campaign


@pytest.mark.parametrize(
    ("was", "is_", "parts"),
    [
        ("1.060", "1,060", ["row 2, makers", "can be read as 1060 and as 1,06", "received '1,060'", "write it as one"]),
        ("1.060", "0", ["row 2, makers", "must be from 1 to 10,000,000 workshops", "received '0'"]),
        ("6%", "0,06", ["row 2, defect_rate", "0.06% and 6%", "percent sign"]),
        ("tanggulangin", "tangulangin", ["row 2, like", "is no shipped cluster", "cibaduyut", "tasikmalaya"]),
        ("Selosari", "", ["row 2, place", "is required and missing"]),
        ("makers", "maker", ["has a heading that is no column", "received 'maker'", "did you mean 'makers'?"]),
    ],
)
def test_a_sheet_with_something_wrong_is_refused_with_one_line(
    siap: Siap, own: Path, was: str, is_: str, parts: list[str]
):
    own.write_text(OWN.replace(was, is_), encoding="utf-8", newline="")
    to = own.with_name("mine.yaml")
    refused(siap("cluster", own, "--to", to), "own.csv", *parts)
    assert not to.exists()


def test_a_cluster_of_ones_own_is_refused_where_it_cannot_be_read_or_written(siap: Siap, own: Path):
    to = own.with_name("mine.yaml")
    refused(siap("cluster", own.with_name("absent.csv"), "--to", to), "absent.csv", "cannot be read")
    refused(siap("cluster", own, "--to", own.with_name("mine.csv")), "--to", "must end in .yaml")
    refused(siap("cluster", own, "--to", to, "--base", "nowhere"), "no shipped scenario", "nowhere")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_is_a_sheet_that_only_wants_its_row(siap: Siap, tmp_path: Path, suffix: str):
    sheet = tmp_path / f"cluster{suffix}"
    said = siap("template", "--to", sheet)
    assert said == (0, f"Ditulis: {sheet}, lembar untuk satu klaster; isi barisnya, lalu: siap cluster {sheet}\n", "")
    refused(siap("cluster", sheet, "--to", tmp_path / "mine.yaml"), sheet.name, "no row", "under the remarks")
    refused(siap("template", "--to", tmp_path / "cluster.txt"), "--to", "must end in .xlsx or .csv", ".txt")
