"""The run store: nothing is run twice, nothing is half-written, nothing damaged is read."""

import dataclasses
import datetime
import hashlib
import json
import os
import types
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
from sim.store import Store, files, preparations, run_id, simulate
from sim.store.columns import from_bytes, to_bytes
from tests.engine.test_compiled import same
from tests.store.processes import ended, started, torn, whole, written
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


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in another process."""
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
    assert to_bytes(preparations.table(reference.mixed.milestones)) == next(
        p.read_bytes()
        for p in (tmp_path / "a" / "preparations").iterdir()
        if written(tmp_path / "a")
        and hashlib.sha256(to_bytes(preparations.table(reference.mixed.milestones))).hexdigest() in p.name
    )


@pytest.mark.parametrize("name", [n for n in scenario_names() if n not in NATIONAL])
def test_milestones_come_back_bit_by_bit(name: str):
    scenario = Scenario.load(name)
    for cluster in scenario.clusters:
        scenario = scenario.set(f"clusters.{cluster.name}.wave", 9) if cluster.workshops > 9 else scenario
    run = Run(scenario, scenario.seed, 3, "mixed", "compiled")
    found = runner.milestones(run)
    back = preparations.milestones(run, from_bytes(to_bytes(preparations.table(found))))
    assert all(same(one, other) for one, other in zip(found, back, strict=True))
    assert [one.passed_days.dtype for one in found] == [one.passed_days.dtype for one in back]


def test_every_field_of_milestones_is_kept():
    assert {f.name for f in dataclasses.fields(Milestones)} == {
        *preparations.FLAT,
        *preparations.NESTED,
        "ramps",
        "end_days",
    }


# ── damage ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("harm", ["a byte", "the end", "all of it"])
def test_a_damaged_file_is_named_set_aside_and_computed_again(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str
):
    first = simulate(uncertain(), replications=3)
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
    said = capsys.readouterr().err
    assert said.startswith(f"siap: run store: {tmp_path / 'file' / 'store'} cannot be written (Not a directory)")
    assert said.count("\n") == 1


def test_a_write_that_fails_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    simulate(uncertain(), replications=2)
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
    prunable = Store.prunable

    def and_then_run_again(self: Store, older_days: float) -> dict[Path, int]:
        found = prunable(self, older_days)
        (self.folder / "runs" / f"{self.entries()[0]['id']}.json").unlink()
        simulate(uncertain(), replications=2)
        return found

    for path in store.folder.glob("*/*"):
        os.utime(path, (path.stat().st_mtime - 86_400,) * 2)
    monkeypatch.setattr(Store, "prunable", and_then_run_again)
    assert {path.parent.name for path in store.prune(0.5)} == {"preparations"}
    assert torn(store) == []
    assert len(store.entries()) == 1


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
def test_two_processes_that_run_the_same_at_once_leave_one_run(tmp_path: Path):
    both = [started(tmp_path, 5, [3, 6]) for _ in range(2)]
    digests = {ended(process)[0].split()[1] for process in both}
    assert len(digests) == 1
    assert len(list(whole(tmp_path))) == 8
    assert len(Store(tmp_path).entries()) == 2
