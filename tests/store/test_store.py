"""The run store: nothing is run twice, nothing is half-written, nothing damaged is read."""

import dataclasses
import datetime
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import sim
from sim import cli
from sim.experiment import runner
from sim.experiment.memory import Memory, Noises
from sim.experiment.runner import Replications, Run
from sim.outcomes import Milestones
from sim.scenario import Scenario, scenario_names
from sim.store import Store, files, flush, preparations, run_id, simulate
from sim.store.columns import parts_of, to_bytes
from sim.store.writer import MOST_WAITING
from tests.engine.test_compiled import same
from tests.store.processes import ROOT, ended, started, torn, whole, written
from tests.store.scenarios import uncertain

NATIONAL = ("all-centres", "all-ikm")


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Store:
    """A store of its own, in a folder with a difficult name, and a process that remembers nothing."""
    folder = tmp_path / "simpanan é 店" / "runs"
    monkeypatch.setenv("SIAP_STORE", str(folder))
    monkeypatch.setattr(files, "SAID", set())
    forget(monkeypatch)
    return Store(folder)


@pytest.fixture(autouse=True)
def _all_written() -> Iterator[None]:
    """Nothing is written any more once a test has ended."""
    yield
    flush()


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process: this one has written all it had to, and remembers nothing."""
    flush()
    monkeypatch.setattr(runner, "MEMORY", Memory(10**9))
    monkeypatch.setattr(runner, "NOISE", Noises(2))


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The replications that were run, in order."""
    seen: list[int] = []
    milestones = Replications.milestones

    def spied(self: Replications, k: int, j: int = 0) -> Milestones:
        seen.append(k)
        return milestones(self, k, j)

    monkeypatch.setattr(Replications, "milestones", spied)
    monkeypatch.setenv("SIAP_THREADS", "1")
    return seen


def same_result(one: sim.Result, other: sim.Result) -> bool:
    tables = ("share", "sales_idr", "cost_idr", "ministry", "readiness_weeks")
    return one.readiness.equals(other.readiness) and all(
        getattr(one, name)().equals(getattr(other, name)()) for name in tables
    )


# ── nothing is run twice ─────────────────────────────────────────────────────────────────────────────────────────────
def test_what_was_run_before_is_not_run_again(store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch):
    first = simulate(uncertain(), replications=4)
    first.share(layer="chance")
    assert ran == [0, 1, 2, 3] * 2
    forget(monkeypatch)
    ran.clear()
    again = simulate(uncertain(), replications=4)
    assert again.share(layer="chance").equals(first.share(layer="chance"))
    assert ran == []
    assert same_result(first, again)


def test_more_replications_extend_a_run_and_fewer_are_part_of_it(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    simulate(uncertain(), replications=4)
    forget(monkeypatch)
    ran.clear()
    more = simulate(uncertain(), replications=7)
    assert ran == [4, 5, 6]
    forget(monkeypatch)
    ran.clear()
    fewer = simulate(uncertain(), replications=5)
    assert ran == []
    monkeypatch.setenv("SIAP_STORE", "none")
    forget(monkeypatch)
    assert same_result(more, simulate(uncertain(), replications=7))
    assert same_result(fewer, simulate(uncertain(), replications=5))


def test_a_scenario_that_the_engine_reads_alike_finds_the_others_preparation(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    simulate(uncertain(), replications=2)
    forget(monkeypatch)
    ran.clear()
    simulate(uncertain().set("clusters.ada.goods.price_rmb", 99), replications=2)
    assert ran == []
    assert len(store.entries()) == 2


def test_an_engine_asked_for_by_name_runs(store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch):
    simulate(uncertain(), replications=2)
    forget(monkeypatch)
    ran.clear()
    simulate(uncertain(), replications=2, engine="reference")
    assert ran == [0, 1]


def test_a_run_that_is_recorded_is_known_by_its_entry_alone(store: Store, monkeypatch: pytest.MonkeyPatch):
    result = simulate(uncertain(), replications=2)
    before = written(store.folder)
    entry = store.entries()

    def never(*_: Any) -> None:
        raise AssertionError("made again")

    for name in ("shares", "readiness"):
        monkeypatch.setattr(f"sim.store.results.{name}", never)
    monkeypatch.setattr(preparations, "tables", never)
    assert store.record(result, 1.0) == run_id(result)
    store.keep(result.run("mixed"), result.mixed.milestones)
    assert (written(store.folder), store.entries()) == (before, entry)


@pytest.mark.parametrize("path", ["seed", "demand.discount", "resources.coach.units"])
def test_another_run_has_another_id(store: Store, path: str):
    one, other = uncertain(), uncertain().set(path, 2 if path == "seed" else 0.5 if "discount" in path else 9)
    results = [simulate(s, replications=2) for s in (one, other)]
    assert len({run_id(r) for r in results}) == 2
    assert {entry["id"] for entry in store.entries()} == {run_id(r) for r in results}


def test_nothing_is_kept_where_the_setting_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SIAP_STORE", "none")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert Store.default() is None
    simulate(uncertain(), replications=1)
    flush()
    assert list(tmp_path.iterdir()) == []


# ── the same run is the same bytes ───────────────────────────────────────────────────────────────────────────────────
def test_the_same_run_gives_the_same_bytes_with_any_engine_threads_and_way_of_growing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    made = []
    for name, threads, counts in (("a", "1", (5,)), ("b", "3", (5,)), ("c", "2", (2, 5))):
        monkeypatch.setenv("SIAP_STORE", str(tmp_path / name))
        monkeypatch.setenv("SIAP_THREADS", threads)
        for count in counts:
            forget(monkeypatch)
            simulate(uncertain(), replications=count).share(layer="chance")
        made.append(written(tmp_path / name))
    assert made[0] == made[1]
    assert made[0].items() <= made[2].items()
    assert len(made[0]) == 4  # two layers, two tables
    reference = simulate(uncertain(), replications=5, engine="reference")
    assert to_bytes(preparations.tables(reference.mixed.milestones)) == next(
        p.read_bytes()
        for p in (tmp_path / "a" / "preparations").iterdir()
        if written(tmp_path / "a")
        and hashlib.sha256(to_bytes(preparations.tables(reference.mixed.milestones))).hexdigest() in p.name
    )


@pytest.mark.parametrize("name", [n for n in scenario_names() if n not in NATIONAL])
def test_milestones_come_back_bit_by_bit(name: str):
    scenario = Scenario.load(name)
    for cluster in scenario.clusters:
        scenario = scenario.set(f"clusters.{cluster.name}.wave", 9) if cluster.workshops > 9 else scenario
    run = Run(scenario, scenario.seed, 3, "mixed", "compiled")
    found = runner.milestones(run)
    back = preparations.milestones(run, parts_of(to_bytes(preparations.tables(found))))
    assert all(same(one, other) for one, other in zip(found, back, strict=True))
    assert [one.passed_days.dtype for one in found] == [one.passed_days.dtype for one in back]


def test_every_field_of_milestones_is_kept():
    assert {f.name for f in dataclasses.fields(Milestones)} == {
        *preparations.FLAT,
        *preparations.NESTED,
        "ramps",
        "end_days",
    }


# ── notebooks and scripts ────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_notebook_simulates_is_kept_and_found_again(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    first = sim.simulate(uncertain(), replications=3)
    assert [entry["id"] for entry in store.entries()] == [run_id(first)]
    forget(monkeypatch)
    ran.clear()
    assert same_result(first, sim.simulate(uncertain(), replications=3))
    assert ran == []


def test_a_lever_after_the_preparation_waits_for_no_file(store: Store, monkeypatch: pytest.MonkeyPatch):
    wrote: list[str] = []
    for name in ("record", "keep"):
        does = getattr(Store, name)

        def seen(*given: Any, does: Any = does) -> Any:
            wrote.append(threading.current_thread().name)
            return does(*given)

        monkeypatch.setattr(Store, name, seen)
    for k in range(MOST_WAITING // 2):
        sim.simulate(uncertain().set("demand.discount", k / 100), replications=2)
    assert wrote == []  # it is written in the rest after the last one
    assert len(store.entries()) == MOST_WAITING // 2
    assert set(wrote) == {"siap-store"}


def test_asking_the_store_shows_what_this_process_has_just_simulated(store: Store):
    sim.simulate(uncertain(), replications=2)
    assert store.query("select replications from runs").replications.tolist() == [2]


def test_importing_siap_reads_neither_parquet_nor_a_database():
    program = "import sys, sim; print([m for m in sys.modules if m in ('pyarrow.parquet', 'duckdb')])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("harm", ["a byte", "the end", "all of it"])
def test_a_damaged_file_is_named_set_aside_and_computed_again(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str
):
    first = simulate(uncertain(), replications=3)
    flush()
    (path,) = store.preparations.paths()
    data = path.read_bytes()
    middle = len(data) // 2
    path.write_bytes(
        {"a byte": data[:middle] + b"\xff\x00" + data[middle + 2 :], "the end": data[:middle]}.get(harm, b"")
    )
    forget(monkeypatch)
    ran.clear()
    again = simulate(uncertain(), replications=3)
    assert ran == [0, 1, 2]
    assert same_result(first, again)
    flush()
    said = capsys.readouterr().err
    assert path.name in said
    assert "is damaged: it is set aside as" in said
    assert said.count("\n") == 1
    assert path.read_bytes() == data
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_a_store_that_cannot_be_written_stops_nothing_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("in the way")  # holds for root too, unlike permissions
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "file" / "store"))
    monkeypatch.setattr(files, "SAID", set())
    forget(monkeypatch)
    simulate(uncertain(), replications=2)
    simulate(uncertain(), replications=3)
    flush()
    said = capsys.readouterr().err
    assert said.startswith(f"siap: run store: {tmp_path / 'file' / 'store'} cannot be written (Not a directory)")
    assert said.count("\n") == 1


def test_a_write_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    simulate(uncertain(), replications=2)
    flush()
    monkeypatch.undo()
    assert [p for p in store.folder.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("harm", ["a table", "the entry"])
def test_what_is_lacking_of_a_run_is_written_when_it_is_run_again(store: Store, harm: str):
    result = simulate(uncertain(), replications=2)
    before, entry = written(store.folder), store.folder / "runs" / f"{run_id(result)}.json"
    harmed = entry if harm == "the entry" else store.results.paths()[0]
    harmed.write_bytes(b"{")
    assert len(store.query("from shares natural join readiness")) == 0  # finds the damage
    simulate(uncertain(), replications=2)
    assert written(store.folder) == before
    assert torn(store) == []
    assert len(store.query("from shares natural join readiness")) > 0


def test_an_entry_that_cannot_be_read_is_left_out(store: Store, capsys: pytest.CaptureFixture[str]):
    simulate(uncertain(), replications=2)
    flush()
    (store.folder / "runs" / "broken.json").write_text("{")
    assert len(store.entries()) == 1
    assert "broken.json cannot be read" in capsys.readouterr().err


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_all_runs_are_asked_at_once(store: Store):
    results = [simulate(uncertain().set("demand.discount", d), replications=3) for d in (0.1, 0.4)]
    sql = "select id, lead_weeks, avg(share) as share from shares group by all order by id, lead_weeks"
    found = store.query(sql)
    for result in results:
        mine = found[found.id == run_id(result)].set_index("lead_weeks").share
        assert np.allclose(mine.to_numpy(), result.share()["mean"].to_numpy(), rtol=1e-12)
    brands = store.query("select count(distinct brand) as n from readiness join runs using (id) where replications = 3")
    assert brands.n.item() == len(results[0].brands)


def test_an_empty_store_is_empty(store: Store):
    assert store.entries() == []
    assert store.prunable(0) == {}
    assert store.query("select count(*) as n from shares").n.item() == 0


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
def said(*arguments: str) -> str:
    found = CliRunner().invoke(cli.app, [*arguments, "--language", "en"], catch_exceptions=False)
    assert found.exit_code == 0
    return found.output


def test_runs_lists_shows_and_prunes(store: Store):
    older, newer = (simulate(uncertain().set("seed", seed), replications=2) for seed in (1, 2))
    listed = said("runs")
    assert listed.index(run_id(newer)) < listed.index(run_id(older))
    assert run_id(older) not in said("runs", "--limit", "1")
    assert run_id(older) not in said("runs", "--scenario", "another")
    shown = said("runs", run_id(older)[:12])
    assert f"id: {run_id(older)}" in shown
    assert older.scenario.text.rstrip() in shown
    entries = json.loads(said("runs", "--json", "-"))["runs"]
    assert [entry["id"] for entry in entries] == [run_id(newer), run_id(older)]
    many = sum(p.is_file() for p in store.folder.rglob("*"))
    assert f"Would be removed with --yes: {many} files" in said("runs", "--prune", "0")
    assert len(store.entries()) == 2
    assert said("runs", "--prune", "1").startswith("Would be removed with --yes: 0 files")
    assert f"Removed: {many} files" in said("runs", "--prune", "0", "--yes")
    assert [p for p in store.folder.rglob("*") if p.is_file()] == []


def test_pruning_that_stops_anywhere_leaves_no_entry_without_its_tables(store: Store):
    for seed in (1, 2):
        simulate(uncertain().set("seed", seed), replications=2)
    for path in store.prunable(0):
        path.unlink()
        assert torn(store) == []


def test_what_is_put_again_while_it_is_pruned_stays(store: Store, monkeypatch: pytest.MonkeyPatch):
    simulate(uncertain(), replications=2)
    flush()
    prunable = Store._prunable

    def and_then_run_again(self: Store, before: float) -> dict[Path, int]:
        found = prunable(self, before)
        (self.folder / "runs" / f"{self.entries()[0]['id']}.json").unlink()
        simulate(uncertain(), replications=2)
        flush()
        return found

    for path in store.folder.glob("*/*"):
        os.utime(path, (path.stat().st_mtime - 86_400,) * 2)
    monkeypatch.setattr(Store, "_prunable", and_then_run_again)
    assert {path.parent.name for path in store.prune(0.5)} == {"preparations"}
    assert torn(store) == []
    assert len(store.entries()) == 1


def test_a_run_that_is_entered_anew_while_it_is_pruned_keeps_its_results(store: Store, monkeypatch: pytest.MonkeyPatch):
    simulate(uncertain(), replications=2)
    store.entries()
    for path in store.folder.glob("*/*"):
        os.utime(path, (0, 0))
    remove = files.remove

    def entered_meanwhile(path: Path, before: float) -> bool:
        if path.suffix == ".json":
            os.utime(path)
        return remove(path, before)

    monkeypatch.setattr("sim.store.store.remove", entered_meanwhile)
    assert {path.parent.name for path in store.prune(1)} == {"preparations"}
    assert torn(store) == []


def shifted(days: float) -> types.SimpleNamespace:
    """`datetime` on a machine whose clock is wrong by so many days."""

    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime.now(tz) + datetime.timedelta(days=days)

    return types.SimpleNamespace(datetime=Clock, UTC=datetime.UTC)


def test_a_clock_that_jumps_ahead_and_back_changes_no_answer_and_removes_nothing_too_early(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    jumps, files_of = (0.0, 400.0, -400.0), {}
    for seed, days in enumerate(jumps):
        before = set(store.folder.glob("*/*"))
        monkeypatch.setattr("sim.store.store.datetime", shifted(days))
        simulate(uncertain().set("seed", seed), replications=2)
        flush()
        files_of[days] = set(store.folder.glob("*/*")) - before
        for path in files_of[days]:  # the system's own stamps, by the same clock
            os.utime(path, (path.stat().st_mtime + days * 86_400,) * 2)
    assert [entry["seed"] for entry in store.entries()] == [1, 0, 2]
    for now, older, gone in [
        (0, 0, {0, -400}),
        (0, 30, {-400}),
        (-400, 0, {-400}),
        (400, 500, {-400}),
        (400, 0, jumps),
    ]:
        monkeypatch.setattr("sim.store.store.datetime", shifted(now))
        assert store.prunable(older).keys() == set().union(*(files_of[days] for days in gone))
    forget(monkeypatch)
    ran.clear()
    for seed in range(len(jumps)):
        simulate(uncertain().set("seed", seed), replications=2)
    assert ran == []
    assert len(store.entries()) == 3


def test_runs_shows_how_the_number_of_replications_was_chosen(store: Store, tmp_path: Path):
    path = str(uncertain().dump(tmp_path / "mine.yaml"))
    plain = said("run", path, "--replications", "100", "--json", "-")
    assert "replications_chosen" not in plain
    (entry,) = store.entries()
    assert "replications_chosen" not in said("runs", entry["id"])
    chosen = json.loads(said("run", path, "--precision", "0.5", "--json", "-"))["replications_chosen"]
    assert chosen["replications"] == 100
    (entry,) = store.entries()  # the same run, of which more is known now
    assert entry["replications_chosen"] == chosen
    shown = said("runs", entry["id"])
    assert "replications_chosen: 100, for a precision of 0.5" in shown
    for one in chosen["outcomes"]:
        assert f"replications_chosen.{one['outcome']}: {one['state']}" in shown


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["runs", "ffff"], "RUN: is not in the run store; received 'ffff'"),
        (["runs", "--prune", "-1"], "--prune: must be days of at least 0; received -1"),
    ],
)
def test_what_runs_cannot_do_is_said_in_one_line(
    store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
):
    with pytest.raises(SystemExit, match=r"^2$"):
        cli.main(arguments)
    assert complaint in capsys.readouterr().err


# ── many processes ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_what_a_script_simulated_last_is_kept_though_it_ends_at_once(tmp_path: Path):
    ended(started(tmp_path, 5, [2]))
    assert [entry["replications"] for entry in Store(tmp_path).entries()] == [2]
    assert len(list(whole(tmp_path))) == 4


AT_EXIT = """
import atexit, sys
import sim
from tests.store.scenarios import uncertain
atexit.register(lambda: sim.simulate(uncertain(), replications=int(sys.argv[1])))
"""


@pytest.mark.parametrize("replications", [3, 900])  # Arrow converts a long table with threads, if it may
def test_what_is_simulated_while_a_process_ends_is_kept(tmp_path: Path, replications: int):
    settings = os.environ | {"SIAP_STORE": str(tmp_path), "SIAP_THREADS": "1"}
    subprocess.run([sys.executable, "-c", AT_EXIT, str(replications)], cwd=ROOT, env=settings, check=True)
    assert [entry["replications"] for entry in Store(tmp_path).entries()] == [replications]


WAYS = set(multiprocessing.get_all_start_methods())
FORKING = """
import multiprocessing
import sys
import warnings
import sim
from tests.store.scenarios import uncertain

def run(count):
    sim.simulate(uncertain(), replications=count).share()

if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside other threads, which is what is tested
    run(2)  # it waits to be written while the others are forked
    children = [multiprocessing.get_context(sys.argv[1]).Process(target=run, args=(n,)) for n in (3, 4)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    sys.exit(sum(child.exitcode for child in children))
"""


@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, marks=[pytest.mark.slow] if way == "spawn" and "fork" in WAYS else [])
        for way in sorted({"fork", "spawn"} & WAYS)
    ],
)
def test_child_processes_keep_what_they_simulate(tmp_path: Path, way: str):
    program = tmp_path / "program.py"
    program.write_text(FORKING)
    settings = os.environ | {"SIAP_STORE": str(tmp_path / "store"), "SIAP_THREADS": "1", "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(program), way], cwd=ROOT, env=settings, check=True, timeout=120)
    assert sorted(entry["replications"] for entry in Store(tmp_path / "store").entries()) == [2, 3, 4]
    assert len([path for path in whole(tmp_path / "store") if path.parent.name == "results"]) == 6


def test_two_processes_that_run_the_same_at_once_leave_one_run(tmp_path: Path):
    both = [started(tmp_path, 5, [3, 6]) for _ in range(2)]
    digests = {ended(process)[0].split()[1] for process in both}
    assert len(digests) == 1
    assert len(list(whole(tmp_path))) == 8
    assert len(Store(tmp_path).entries()) == 2
