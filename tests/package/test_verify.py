"""A package that is whole and right is called so; whatever was changed in one is found and named."""

import dataclasses
import io
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim import cli
from sim.errors import BadInput
from sim.experiment import Cancelled, runner
from sim.package import tables
from sim.package.layout import CHECKSUMS, MANIFEST, TABLE_OF
from sim.package.verify import Verdict, verify
from sim.scenario.documents import read, write
from sim.store import id_of
from tests.package.packages import REPLICATIONS, SEEDS, SOURCED, Files, files, run_stated, sealed, stated, written


@pytest.fixture(scope="module")
def good() -> Files:
    return files()


def verified(tmp_path: Path, made: Files | bytes, **how: Any) -> Verdict:
    return verify(written(tmp_path / "package.zip", made), **how)


def off(verdict: Verdict) -> dict[str, str]:
    """Kind of finding by what differs."""
    return {f.what: f.kind for f in verdict.findings if f.state == "differs"}


def with_frame(made: Files, name: str, column: str, row: int, value: Any, forms: tuple[str, ...]) -> Files:
    """One cell of a table changed, and all sealed again."""
    frame = pq.read_table(io.BytesIO(made[f"tables/{name}.parquet"])).to_pandas()
    frame.loc[row, column] = value
    writers = {"parquet": tables.parquet_bytes, "csv": tables.csv_bytes}
    return sealed(made | {f"tables/{name}.{form}": writers[form](frame, TABLE_OF[name]) for form in forms})


# ── what is right ────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_package_that_nobody_touched_comes_out_again_to_the_last_bit(good: Files, tmp_path: Path):
    verdict = verified(tmp_path, good)
    assert verdict.state == "same"
    compared = [f.what for f in verdict.findings if f.kind == "table-same"]
    assert compared == [f"tables/{name}.{form}" for name in TABLE_OF for form in ("parquet", "csv")]
    assert [f.what for f in verdict.findings if f.state == "unchecked"] == []


def test_what_is_no_table_is_said_to_be_looked_at_by_its_checksum_alone(good: Files, tmp_path: Path):
    verdict = verified(tmp_path, sealed(good | {"figures/a.svg": b"<svg/>", "README.md": b"# A"}))
    assert verdict.state == "same"
    (found,) = (f for f in verdict.findings if f.state == "unchecked")
    assert (found.kind, found.about) == ("no-rerun", {"n": 2})
    assert "2 files" in verdict.table("en")["detail"][verdict.table()["state"] == "unchecked"].iloc[0]


def test_the_runs_are_run_and_not_recalled(good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    ran = []
    real = runner._simulated
    monkeypatch.setattr(runner, "_simulated", lambda run, *rest: ran.append(run.seed) or real(run, *rest))
    pieces: list[tuple[int, int]] = []
    verified(tmp_path, good)
    verified(tmp_path, good, progress=lambda done, total: pieces.append((done, total)))
    assert ran == [*SEEDS, *SEEDS], "the second time as the first"
    assert pieces[-1] == (len(SEEDS) * REPLICATIONS,) * 2
    assert [done for done, _total in pieces] == sorted(done for done, _total in pieces)


def test_it_stops_when_told(good: Files, tmp_path: Path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Cancelled):
        verified(tmp_path, good, cancel=stop)


# ── what was changed ─────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_one_number_changed_in_one_file_is_found_though_the_checksums_are_right(form: str, good: Files, tmp_path: Path):
    changed = with_frame(good, "shares", "sales_idr", 5, 123.5, (form,))
    verdict = verified(tmp_path, changed)
    assert off(verdict) == {f"tables/shares.{form}": "table-differs"}
    (found,) = (f for f in verdict.findings if f.state == "differs")
    assert found.about["columns"] == {"sales_idr": 1}
    assert found.about["row"] == 6
    was = pq.read_table(io.BytesIO(good["tables/shares.parquet"])).to_pandas()["sales_idr"][5]
    assert found.about["largest"] == pytest.approx(abs(was - 123.5) / max(was, 123.5))
    for language in ("id", "en"):
        assert "sales_idr" in verdict.table(language)["detail"][verdict.table()["state"] == "differs"].iloc[0]


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("readiness", "brand", "another"),
        ("readiness", "never", True),
        ("readiness", "lead_days", np.nan),
        ("runs", "digest", "0" * 64),
        ("runs", "seed", 9),
        ("runs", "file", "scenarios/other.yaml"),
        ("runs", "event_date", pd.Timestamp("2031-01-01").date()),
        ("summary", "method", "guess"),
        ("summary", "replications", 5),
        ("shares", "replication", 3),
        ("shares", "run", "0" * 24),
        ("parameters", "high", 123.0),
        ("parameters", "unit", "parsec"),
        ("evidence", "central", "123"),
        ("design", "number", 123.0),
        ("comparisons", "mean", 123.0),
    ],
)
def test_a_cell_of_any_kind_that_was_changed_is_found(
    form: str, name: str, column: str, value: Any, good: Files, tmp_path: Path
):
    before = pq.read_table(io.BytesIO(good[f"tables/{name}.parquet"])).to_pandas()[column][1]
    assert before != value, "else nothing was changed"
    verdict = verified(tmp_path, with_frame(good, name, column, 1, value, (form,)))
    assert off(verdict) == {f"tables/{name}.{form}": "table-differs"}
    (found,) = (f for f in verdict.findings if f.state == "differs")
    assert found.about["columns"] == {column: 1}


def test_what_another_version_knew_of_the_numbers_is_no_fault(good: Files, tmp_path: Path):
    for name, column in (("parameters", "high"), ("evidence", "central")):
        older = with_frame(good, name, column, 1, 123.0 if name == "parameters" else "123", ("parquet", "csv"))
        verdict = verified(tmp_path, stated(older, siap="0.0.9"))
        assert verdict.state == "same"
        unchecked = {f.what: f.kind for f in verdict.findings if f.state == "unchecked"}
        assert unchecked == {f"tables/{name}.{form}": "other-version" for form in ("parquet", "csv")}
        assert "0.0.9" in verdict.table("id")["detail"][verdict.table()["state"] == "unchecked"].iloc[0]


def last_place(good: Files, steps: int) -> Files:
    frame = pq.read_table(io.BytesIO(good["tables/shares.parquet"])).to_pandas()
    row = int(np.argmax(frame["sales_idr"].to_numpy() > 0))
    number = frame["sales_idr"][row]
    for _ in range(steps):
        number = np.nextafter(number, np.inf)
    return with_frame(good, "shares", "sales_idr", row, number, ("parquet", "csv"))


def test_the_last_place_on_another_system_is_named_as_that(good: Files, tmp_path: Path):
    system = json.loads(good[MANIFEST])["system"] | {"machine": "riscv64"}
    verdict = verified(tmp_path, stated(last_place(good, 4), system=system))
    assert verdict.state == "last-place"
    assert [f.what for f in verdict.findings if f.state == "last-place"] == [
        "tables/shares.parquet",
        "tables/shares.csv",
    ]
    assert "riscv64" in " ".join(verdict.table()["detail"])


def test_the_last_place_on_the_same_system_differs(good: Files, tmp_path: Path):
    assert verified(tmp_path, last_place(good, 1)).state == "differs"


def test_five_places_on_another_system_differ(good: Files, tmp_path: Path):
    system = json.loads(good[MANIFEST])["system"] | {"machine": "riscv64"}
    assert verified(tmp_path, stated(last_place(good, 5), system=system)).state == "differs"


def test_numbers_that_are_only_written_otherwise_are_the_same(good: Files, tmp_path: Path):
    text = good["tables/shares.csv"].replace(b"\n", b"\r\n").replace(b",0.0,", b",0,")
    assert text != good["tables/shares.csv"]
    assert verified(tmp_path, sealed(good | {"tables/shares.csv": text})).state == "same"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "columns"),
        (b"run,replication\n", "columns"),
        (b"\xff\xfe\x00", "CSV"),
        (b'run,replication,lead_weeks,share,sales_idr,brands_in\n"a', "CSV"),
    ],
)
def test_a_table_that_is_none_is_said_and_the_rest_compared(text: bytes, reason: str, good: Files, tmp_path: Path):
    verdict = verified(tmp_path, sealed(good | {"tables/shares.csv": text}))
    assert off(verdict) == {"tables/shares.csv": "unread"}
    assert reason in verdict.table().query("state == 'differs'")["detail"].iloc[0]
    assert sum(f.kind == "table-same" for f in verdict.findings) == 2 * len(TABLE_OF) - 1


def test_rows_left_out_are_said(good: Files, tmp_path: Path):
    lines = good["tables/shares.csv"].splitlines(keepends=True)
    verdict = verified(tmp_path, sealed(good | {"tables/shares.csv": b"".join(lines[:-1])}))
    assert off(verdict) == {"tables/shares.csv": "unread"}
    assert f"must have {len(lines) - 1} rows; received {len(lines) - 2}" in " ".join(verdict.table()["detail"])


@pytest.mark.parametrize(
    ("column", "text"), [("share", "nan"), ("share", "0x1p3"), ("sales_idr", "1,5"), ("brands_in", "many")]
)
def test_a_cell_that_is_no_number_is_said(column: str, text: str, good: Files, tmp_path: Path):
    head, first, *rest = good["tables/shares.csv"].decode().splitlines()
    cells = dict(zip(head.split(","), first.split(","), strict=True)) | {column: f'"{text}"'}
    changed = "\n".join([head, ",".join(cells.values()), *rest, ""]).encode()
    verdict = verified(tmp_path, sealed(good | {"tables/shares.csv": changed}))
    assert f"row 1, {column}: is no number" in " ".join(verdict.table()["detail"])


def test_a_parquet_file_of_other_columns_or_kinds_is_said(good: Files, tmp_path: Path):
    other = sealed(good | {"tables/shares.parquet": good["tables/summary.parquet"]})
    assert off(verified(tmp_path, other)) == {"tables/shares.parquet": "unread"}
    frame = pq.read_table(io.BytesIO(good["tables/shares.parquet"])).to_pandas().astype({"share": "float32"})
    out = io.BytesIO()
    frame.to_parquet(out, index=False)
    verdict = verified(tmp_path, sealed(good | {"tables/shares.parquet": out.getvalue()}))
    assert "share: must be double; received 'float'" in " ".join(verdict.table()["detail"])


def test_one_seed_changed_is_found(good: Files, tmp_path: Path):
    verdict = verified(tmp_path, run_stated(good, seed=9))
    run = json.loads(good[MANIFEST])["runs"][0]["run"]
    assert off(verdict)[run] == "id"
    assert off(verdict)["tables/shares.parquet"] == "table-differs"


def test_one_seed_changed_is_found_though_the_id_was_made_to_fit(good: Files, tmp_path: Path):
    run = json.loads(good[MANIFEST])["runs"][0]
    forged = run_stated(good, seed=9, run=id_of(run["digest"], 9, REPLICATIONS))
    verdict = verified(tmp_path, forged)
    assert "shares" in " ".join(off(verdict))
    about = next(f.about for f in verdict.findings if f.what == "tables/shares.csv")
    assert {"run", "sales_idr"} <= about["columns"].keys()


def test_a_scenario_that_was_changed_is_found(good: Files, tmp_path: Path):
    name = next(name for name in good if name.startswith("scenarios/"))
    data = read(good[name].decode(), name)
    changed = sealed(good | {name: write(data | {"lead_weeks": 1.0}).encode()})
    assert off(verified(tmp_path, changed))[name] == "digest"


def test_a_scenario_of_another_name_is_found(good: Files, tmp_path: Path):
    name = next(name for name in good if name.startswith("scenarios/"))
    data = read(good[name].decode(), name)
    changed = sealed(good | {name: write(data | {"name": "other"}).encode()})
    assert off(verified(tmp_path, changed))[name] == "name"


@pytest.mark.parametrize(
    ("name", "kind"), [("tables/parameters.csv", "changed"), ("tables/evidence.csv", "missing"), ("note.txt", "extra")]
)
def test_one_file_changed_removed_or_added_is_named(name: str, kind: str, good: Files, tmp_path: Path):
    made = dict(good)
    if kind == "missing":
        del made[name]
    else:
        made[name] = made.get(name, b"") + b"one more line\n"
    found = {f.what: f.kind for f in verified(tmp_path, made).findings if f.kind in ("changed", "missing", "extra")}
    assert found == {name: kind}


def test_a_table_that_is_not_there_is_named_though_it_is_not_listed(good: Files, tmp_path: Path):
    made = sealed({name: data for name, data in good.items() if name != "tables/summary.csv"})
    assert off(verified(tmp_path, made)) == {"tables/summary.csv": "no-table"}


def test_without_a_scenario_nothing_is_run_and_all_tables_are_said_to_be_unchecked(good: Files, tmp_path: Path):
    name = next(name for name in good if name.startswith("scenarios/"))
    made = sealed({other: data for other, data in good.items() if other != name})
    verdict = verified(tmp_path, made)
    assert off(verdict) == {name: "no-scenario"}
    assert sum(f.kind == "not-rerun" for f in verdict.findings) == 2 * len(TABLE_OF)
    assert verdict.state == "differs"


# ── what could not be looked at ──────────────────────────────────────────────────────────────────────────────────────
def test_another_version_of_the_model_is_run_all_the_same_and_named(good: Files, tmp_path: Path):
    manifest = json.loads(good[MANIFEST])
    ids = {run["run"]: id_of(run["digest"], run["seed"], run["replications"], "0.0.9") for run in manifest["runs"]}
    made = {name: data for name, data in good.items() if name != CHECKSUMS}
    frames = {}
    for name in TABLE_OF:
        frames[name] = pq.read_table(io.BytesIO(good[f"tables/{name}.parquet"])).to_pandas()
        for column in {"run", "base"} & set(frames[name].columns):
            frames[name][column] = frames[name][column].map(ids)
    frames["runs"]["model_version"] = "0.0.9"
    for name, frame in frames.items():
        made[f"tables/{name}.parquet"] = tables.parquet_bytes(frame, TABLE_OF[name])
        made[f"tables/{name}.csv"] = tables.csv_bytes(frame, TABLE_OF[name])
    runs = [run | {"run": ids[run["run"]]} for run in manifest["runs"]]
    verdict = verified(tmp_path, stated(made, runs=runs, model_version="0.0.9"))
    assert verdict.state == "same"
    assert [f.kind for f in verdict.findings if f.what == MANIFEST] == ["manifest", "model"]
    assert "0.0.9" in " ".join(verdict.table()["detail"])


def test_where_the_engine_is_missing_the_other_one_is_used_and_said(
    good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sim.loops.HAS_NUMBA", False)
    verdict = verified(tmp_path, good)
    assert sum(f.kind == "engine" for f in verdict.findings) == (
        json.loads(good[MANIFEST])["runs"][0]["engine"] == "compiled"
    ) * len(SEEDS)
    assert verdict.state == "same"


def test_another_library_is_named(good: Files, tmp_path: Path):
    system = json.loads(good[MANIFEST])["system"]
    system["libraries"] |= {"numpy": "1.0", "no-such-library": "3"}
    verdict = verified(tmp_path, stated(good, system=system))
    said = verdict.table()["detail"][[f.kind == "system" for f in verdict.findings]].iloc[0]
    assert "numpy 1.0 → " in said
    assert "no-such-library 3 → –" in said
    assert verdict.state == "same"


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_command_says_so_and_leaves_with_the_code(
    language: str, good: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    right = written(tmp_path / "right.zip", good)
    wrong = written(tmp_path / "wrong[red].zip", good | {"[red]x[/red].txt": b"new"})
    codes = []
    for path in (right, wrong, tmp_path / "none.zip"):
        with pytest.raises(SystemExit) as left:
            cli.main(["verify", str(path), "--language", language])
        codes.append(left.value.code)
    out, err = capsys.readouterr()
    assert codes == [0, 1, 2]
    assert "[red]x[/red].txt" in out, "what others named is shown as it is"
    assert err.count("\n") == 1
    assert "none.zip: no such file" in err


def test_the_command_writes_the_findings_as_json(good: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = written(tmp_path / "package.zip", good)
    with pytest.raises(SystemExit) as left:
        cli.main(["verify", str(path), "--json", "-", "--language", "en"])
    said = json.loads(capsys.readouterr().out)
    assert (left.value.code, said["state"], said["package"]) == (0, "same", "package.zip")
    assert {tuple(row) for row in said["findings"]} == {("what", "state", "detail")}


def test_a_verdict_is_frozen(good: Files, tmp_path: Path):
    with pytest.raises(dataclasses.FrozenInstanceError):
        verified(tmp_path, good).package = "other"  # type: ignore[misc]


def test_more_work_than_is_allowed_is_refused_before_anything_runs(good: Files, tmp_path: Path):
    with pytest.raises(BadInput, match=r"asks for more work than 10 tries of stages.*--most-work"):
        verified(tmp_path, good, most_work=10)


def test_the_rows_that_are_counted_beforehand_are_no_fewer_than_those_that_come_out():
    found = {f"{i}": SOURCED.set("resources.coach.units", units) for i, units in enumerate((3, 5, 5))}
    found["again"] = found["0"]
    made = {name: len(tables._parameters("run", one)) for name, one in found.items()}
    design = tables._design(found)
    assert set(design["path"]) == {"resources.coach.units"}
    assert sum(made.values()) + len(design) <= tables.derived_rows(found)
    assert tables.derived_rows({"only": SOURCED, "again": SOURCED}) == 2 * len(tables._parameters("run", SOURCED))
