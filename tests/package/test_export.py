"""A research package: what others' validators accept, what it holds, and what it refuses."""

import csv
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import frictionless
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim import BadInput, cli
from sim.experiment.design import given
from sim.package import cover, writing
from sim.package.layout import CHECKSUMS, CRATE, DATAPACKAGE, MANIFEST, PREVIEW, TABLE_OF, WORKBOOK
from sim.package.runs import brought_back
from sim.package.tables import csv_bytes, file_of, made, parquet_bytes
from sim.package.verify import verify
from sim.package.workbook import workbook
from sim.package.writing import export
from sim.programme.quantity import central
from sim.store import flush, run_id
from tests.store.scenarios import uncertain

NAMES = ("cibaduyut-2027", "single-day-2018", "amazon-black-friday-2027")


@pytest.fixture(scope="module")
def results() -> list[sim.Result]:
    return [sim.experiment.simulate(name, 20) for name in NAMES]


@pytest.fixture(scope="module")
def package(results: list[sim.Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("package") / "three.zip"
    return export(results, to, "Three shipped scenarios", [("A. Researcher", "0000-0002-1825-0097")])


@pytest.fixture(scope="module")
def folder(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    to = tmp_path_factory.mktemp("opened")
    with zipfile.ZipFile(package) as file:
        file.extractall(to)
    return to


@pytest.fixture
def unvalidated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the validators, which take most of the time and have looked at `package`."""
    monkeypatch.setattr(writing.descriptors, "check", lambda _folder: None)


def test_what_export_writes_is_verified(package: Path):
    verdict = verify(package)
    assert verdict.state == "same"
    (unchecked,) = (f for f in verdict.findings if f.state == "unchecked")
    assert unchecked.kind == "no-rerun"


def test_frictionless_finds_every_table_as_described(folder: Path):
    report = frictionless.validate(str(folder / DATAPACKAGE))
    assert report.valid
    tables = {task.name for task in report.tasks if task.type == "table"}
    assert set(TABLE_OF) <= tables


def test_every_table_that_names_runs_names_those_of_the_table_of_runs(folder: Path):
    described = json.loads((folder / DATAPACKAGE).read_text())["resources"]
    schemas = {one["name"]: one["schema"] for one in described if "schema" in one}
    naming = {name for name, one in schemas.items() if "run" in (field["name"] for field in one["fields"])}
    assert {name for name, one in schemas.items() if "foreignKeys" in one} == naming - {"runs"}
    assert len(naming) > 5


def test_frictionless_notices_one_changed_number(folder: Path, tmp_path: Path):
    table = folder / "tables" / "summary.csv"
    kept = table.read_bytes()
    try:
        table.write_bytes(kept.replace(b"0.0", b"0.1", 1))
        assert not frictionless.validate(str(folder / DATAPACKAGE)).valid
    finally:
        table.write_bytes(kept)


def test_the_crate_has_an_action_a_run_from_its_scenario_to_the_tables(folder: Path, results: list[sim.Result]):
    graph = {one["@id"]: one for one in json.loads((folder / CRATE).read_text())["@graph"]}
    actions = [one for one in graph.values() if one["@type"] == "CreateAction"]
    assert {
        one["object"][0]["@id"] if isinstance(one["object"], list) else one["object"]["@id"] for one in actions
    } == {file_of(result) for result in results}
    assert graph["./"]["author"] == [{"@id": "https://orcid.org/0000-0002-1825-0097"}]
    for path in sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()):
        assert path in graph or path in (CHECKSUMS, CRATE)


def test_the_reporting_says_in_which_numbers_the_scenarios_differ(folder: Path):
    said = (folder / "stress-des.md").read_text(encoding="utf-8")
    for other in NAMES[1:]:
        assert f"`{other}` differs from `{NAMES[0]}` in: " in said
    assert "One scenario." not in said


def test_the_package_is_found_by_the_same_words_wherever_it_is_published(folder: Path):
    crate = json.loads((folder / CRATE).read_text("utf-8"))
    root = next(one for one in crate["@graph"] if one["@id"] == "./")
    words = json.loads((folder / ".zenodo.json").read_text("utf-8"))["keywords"]
    assert root["keywords"].split(", ") == words
    assert "Indonesia" in words


def test_every_other_file_stands_in_the_checksums_and_agrees(folder: Path):
    lines = (folder / CHECKSUMS).read_text().splitlines()
    sums = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert sums.keys() == files - {CHECKSUMS}
    assert all(hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in sums.items())


def test_scenarios_lie_in_it_resolved_and_give_the_same_digest(folder: Path, results: list[sim.Result]):
    manifest = json.loads((folder / MANIFEST).read_text())
    assert [one["run"] for one in manifest["runs"]] == [run_id(result) for result in results]
    for entry, result in zip(manifest["runs"], results, strict=True):
        assert sim.Scenario.load(folder / entry["file"]).digest == entry["digest"] == result.scenario.digest
        assert (entry["seed"], entry["replications"]) == (result.seed, 20)


def test_csv_and_parquet_hold_the_very_numbers_of_the_runs(folder: Path, results: list[sim.Result]):
    tables = made(results)
    for name in (name for name, table in TABLE_OF.items() if table.rerun):
        expected = tables[name]
        found = pq.read_table(folder / "tables" / f"{name}.parquet").to_pandas()
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_exact=True)
    text = pd.read_csv(folder / "tables" / "shares.csv")
    assert (text["share"] == tables["shares"]["share"]).all()
    assert (text["sales_idr"] == tables["shares"]["sales_idr"]).all()


def test_every_column_says_what_it_means_and_in_which_unit(folder: Path):
    schema = pq.read_schema(folder / "tables" / "shares.parquet")
    assert schema.field("sales_idr").metadata[b"unit"] == b"rupiah"
    described = {r["path"]: r for r in json.loads((folder / DATAPACKAGE).read_text())["resources"]}
    for table in TABLE_OF.values():
        fields = described[f"tables/{table.name}.csv"]["schema"]["fields"]
        assert [field["name"] for field in fields] == [column.name for column in table.columns]
        assert all(field["description"] for field in fields)


def test_the_same_results_are_the_same_bytes_but_for_when_they_were_written(results: list[sim.Result]):
    both = [made(results) for _ in range(2)]
    for name, table in TABLE_OF.items():
        if table.rerun:
            frames = [tables[name] for tables in both]
            assert csv_bytes(frames[0], table) == csv_bytes(frames[1], table)
            assert parquet_bytes(frames[0], table) == parquet_bytes(frames[1], table)


def test_the_checklist_has_twenty_items_and_says_first_what_only_the_authors_know(folder: Path):
    items = json.loads((folder / "stress-des.json").read_text())
    assert len(items) == 20
    text = (folder / "stress-des.md").read_text()
    gaps = text.split("## ")[0]
    assert all(item["title"] in gaps for item in items if item["open"])
    assert "20 replications, seed 20271111" in text


def test_what_is_drawn_is_described_as_the_tables_are(folder: Path):
    described = json.loads((folder / DATAPACKAGE).read_text())["resources"]
    drawn = [one for one in described if one["path"].startswith("figures/")]
    assert len(drawn) == 3 * len(NAMES)
    for one in drawn:
        header = (folder / one["path"]).read_text().splitlines()[0].split(",")
        assert [field["name"] for field in one["schema"]["fields"]] == header
    assert {field.get("unit") for one in drawn for field in one["schema"]["fields"]} == {"weeks", "fraction", None}


def test_every_number_of_a_scenario_has_the_unit_of_its_field(folder: Path):
    table = pd.read_csv(folder / "tables" / "parameters.csv")
    units = table.drop_duplicates("path").set_index("path")["unit"]
    assert units["finance.working_capital_idr"] == "IDR"
    assert units["resources.coach.units"] == "unit"
    assert (
        units[units.isna()]
        .index.str.fullmatch(r"seed|replications|campaign\.turnover\..+\.year|clusters\..+\.(first|counts\..+)")
        .all()
    )


def test_the_page_of_the_package_shows_each_figure_with_its_text_and_lets_no_markup_in(folder: Path):
    page = (folder / PREVIEW).read_text()
    assert page.count("<img ") == page.count('alt="') == 3 * len(NAMES)
    assert 'alt="Share of the event&#x27;s sales' in page
    credits = writing.Credits("<script>", (("<b>", ""),), pd.Timestamp("2026-11-25").to_pydatetime(), "0.1.0")
    assert "<script>" not in cover.preview(credits, {"<i>": "<u>"})
    assert "<b>" not in cover.preview(credits, {"<i>": "<u>"})


def test_figures_come_with_their_numbers_and_a_text_that_says_the_same(folder: Path, results: list[sim.Result]):
    stem = f"figures/{NAMES[0]}-{run_id(results[0])}"
    drawn = pd.read_csv(folder / f"{stem}-share.csv")
    assert drawn["p50"].tolist() == pytest.approx(results[0].share()["p50"].tolist())
    graph = {one["@id"]: one for one in json.loads((folder / CRATE).read_text())["@graph"]}
    assert "Share of the event's sales" in graph[f"{stem}-share.svg"]["description"]
    assert "coaching" in graph[f"{stem}-holding.svg"]["description"]
    assert (folder / f"{stem}-share.svg").read_bytes().lstrip().startswith(b"<?xml")


# ── the workbook ─────────────────────────────────────────────────────────────────────────────────────


def test_the_workbook_has_numbers_as_numbers_dates_as_dates_and_units_in_its_headers(folder: Path):
    book = openpyxl.load_workbook(folder / WORKBOOK)
    summary = book["summary"]
    header = [cell.value for cell in summary[1]]
    assert "lead_weeks (weeks)" in header
    assert isinstance(summary.cell(2, header.index("mean (see unit)") + 1).value, int | float)
    runs = book["runs"]
    dates = [cell for cell in runs[2] if cell.is_date]
    assert len(dates) == 1


def test_no_text_of_a_scenario_becomes_a_formula(results: list[sim.Result]):
    odd = '=HYPERLINK("http://example.org")'
    tables = made(results[:1])
    tables["parameters"].loc[0, "assumption"] = odd
    tables["parameters"].loc[1, "assumption"] = "+1-1"
    data = workbook(tables, {"title": "=1+1"}, pd.Timestamp("2026-11-25", tz="UTC").to_pydatetime())
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert odd in {cell.value for cell in cells}
    assert "=1+1" in {cell.value for cell in cells}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_text_in_the_csv_begins_as_a_formula_would(results: list[sim.Result], start: str):
    frame = made(results[:1])["parameters"]
    frame.loc[0, "assumption"] = f"{start}1+1"
    rows = list(csv.reader(io.StringIO(csv_bytes(frame, TABLE_OF["parameters"]).decode())))
    texts = [cell for row in rows[1:] for cell, column in zip(row, TABLE_OF["parameters"].columns, strict=True)
             if column.kind == "string"]  # fmt: skip
    assert [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert f"'{start}1+1" in texts


# ── several runs ─────────────────────────────────────────────────────────────────────────────────────


def test_the_design_says_where_runs_of_a_scenario_differ_and_the_comparison_what_came_of_it():
    base = sim.Scenario.load("single-day-2018")
    other = base.set("lead_weeks", 60).set("campaign.access", "ordinary")
    found = [sim.experiment.simulate(one, 20) for one in (base, other, "cibaduyut-2027")]
    tables, (one, two, _) = made(found), map(run_id, found)
    design = tables["design"].set_index(["run", "path"])
    assert sorted(design.index) == sorted(
        (run, path) for run in (one, two) for path in ("campaign.access", "lead_weeks")
    )
    assert design.loc[(two, "lead_weeks"), ["unit", "number"]].tolist() == ["week", 60]
    assert design.loc[(two, "campaign.access"), "text"] == "ordinary"
    compared = tables["comparisons"].set_index("outcome").loc["share"]
    own = [result.shares(list(result.own_weeks))["share"].to_numpy() for result in found[:2]]
    assert (compared["run"], compared["base"], compared["pairs"]) == (two, one, 20)
    assert compared["mean"] == pytest.approx((own[1] - own[0]).mean())
    assert compared["mean_low"] < compared["mean"] < compared["mean_high"]


@pytest.mark.usefixtures("unvalidated")
def test_a_sweep_is_exported_with_every_point_as_a_run_and_its_design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    design = sim.factorial({"resources.coach.units": [2, 3.5], "campaign.stock_rule": ["items", "none"]})
    swept = sim.sweep(uncertain(), design, 4, workers=1)
    results = brought_back([swept.id[:12]])
    table = made(results)["design"].pivot(index="run", columns="path", values=["number", "text"])
    points = {(number, text) for number, text in zip(
        table[("number", "resources.coach.units")], table[("text", "campaign.stock_rule")], strict=True)}  # fmt: skip
    assert points == set(design.points)
    for point, result in enumerate(results):
        rows = swept.responses().query(f"point == {point}")
        assert rows["share"].tolist() == result.shares(list(result.own_weeks))["share"].tolist()
    assert verify(export(results, tmp_path / "sweep.zip")).state == "same"


@pytest.mark.usefixtures("unvalidated")
def test_factors_that_are_only_allowed_together_are_swept_and_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    units, places, needs = (
        "resources.coach.units",
        "resources.coach.places_per_unit",
        "pathway.stages.coach.needs.coach",
    )
    points = [(1.0, 2, 2.0), (2.0, 1, 1.0)]
    base = uncertain().set(units, 2.0).set(places, 1.0)
    with pytest.raises(BadInput, match="needs 2 places of 'coach' but there are 1"):
        base.set(needs, 2).set(units, 1.0)
    swept = sim.sweep(base, given((units, needs, places), points), 2, workers=1)
    results = brought_back([swept.id[:12]])
    assert [central(r.scenario.resources["coach"].units) for r in results] == [1.0, 2.0]
    assert [len(swept.responses().query(f"point == {n}")) for n in (0, 1)] == [2, 2]


def test_a_sweep_of_too_many_points_or_without_its_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    swept = sim.sweep(uncertain(), sim.factorial({"resources.coach.units": [2, 3]}), 2, workers=1)
    monkeypatch.setattr("sim.package.runs.MOST_POINTS", 1)
    with pytest.raises(BadInput, match="must have at most 1 points to be a package"):
        brought_back([swept.id])
    monkeypatch.undo()
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    for path in (tmp_path / "store" / "results").glob(f"{swept.id}-table*"):
        path.unlink()
    with pytest.raises(BadInput, match="has lost its table of points"):
        brought_back([swept.id])


# ── refused, and nothing half-written ────────────────────────────────────────────────────────────────


def test_no_run_and_one_run_twice_are_refused(results: list[sim.Result], tmp_path: Path):
    with pytest.raises(BadInput, match="runs: must be at least one"):
        export([], tmp_path / "none.zip")
    with pytest.raises(BadInput, match="runs: has one run twice"):
        export([results[0], results[0]], tmp_path / "twice.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("unvalidated")
@pytest.mark.parametrize("name", ["../../x", "/etc/x", "a b/c", "..", "naïve=1"])
def test_no_name_of_a_scenario_leads_out_of_the_package(name: str, tmp_path: Path):
    scenario = sim.Scenario.load("cibaduyut-2027").set("name", name)
    to = export([sim.experiment.simulate(scenario, 2)], tmp_path / "x.zip")
    with zipfile.ZipFile(to) as file:
        assert all(re.fullmatch(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?", path) for path in file.namelist())
        assert not any(".." in path for path in file.namelist())
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]
    assert verify(to).state == "same"


def test_a_seed_that_no_table_can_hold_is_refused(tmp_path: Path):
    result = sim.experiment.simulate("cibaduyut-2027", 2, seed=2**63)
    with pytest.raises(BadInput, match="seed: must be below"):
        export([result], tmp_path / "x.zip")


def test_what_a_validator_refuses_is_not_written(
    results: list[sim.Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writing.descriptors, "datapackage", lambda *_: b'{"resources": [{"path": "../x.csv"}]}')
    with pytest.raises(BadInput, match=r"datapackage\.json: is not valid"):
        export(results[:1], tmp_path / "bad.zip")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("unvalidated")
def test_a_folder_that_is_none_is_one_line(results: list[sim.Result], tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be written"):
        export(results[:1], tmp_path / "nowhere" / "x.zip")


# ── the command ──────────────────────────────────────────────────────────────────────────────────────


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main([str(argument) for argument in arguments])
    return (left.value.code, *capsys.readouterr())


@pytest.mark.usefixtures("no_word_of_compiling", "unvalidated")
def test_the_command_writes_runs_of_the_store(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    name = run_id(sim.simulate("cibaduyut-2027", 10))
    flush()
    to = tmp_path / "one.zip"
    code, out, err = said(capsys, "export", name[:12], "--to", to, "--author", "Somebody", "--language", "en")
    assert (code, err) == (0, "")
    assert "Written and checked" in out
    with zipfile.ZipFile(to) as file:
        assert json.loads(file.read(MANIFEST))["runs"][0]["run"] == name

    for arguments, line in (
        ((name[:8], "--to", to), "needs at least 12 digits"),
        (("0" * 24, "--to", to), "is not in the run store"),
        ((name, "--to", tmp_path / "one.tar"), "must name a .zip file"),
        ((name, "--to", to, "--author", "<>"), "--author: must be a name"),
    ):
        code, out, err = said(capsys, "export", *arguments)
        assert (code, out) == (2, "")
        assert line in err
