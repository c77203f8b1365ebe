"""Sweeps: the same bits whoever works, nothing computed twice, nothing lost when they are stopped."""

import json
import os
import re
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import cli
from sim.errors import BadInput
from sim.experiment import Cancelled, Design, given, runner
from sim.experiment.responses import RESPONSES
from sim.store import Store, files
from sim.sweeps import Task, sweep, task, workers
from tests.store.processes import written
from tests.store.scenarios import uncertain
from tests.store.test_store import forget, ran, said, store

__all__ = ["ran", "store"]  # fixtures
FACTORS = {"resources.coach.units": [1, 3], "demand.discount": [0.1, 0.2, 0.3], "lead_weeks": [2, 20]}
COUNT = 4  # replications


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks of one setting of the engine each; who works does not look at this."""
    monkeypatch.setattr(task, "LEAST_SECONDS", 0.0)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """The address of a Dask scheduler with two workers."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, protocol="tcp"
    ) as cluster:
        yield cluster.scheduler_address


def design() -> Design:
    return sim.factorial(FACTORS)


# ── what comes of it ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_every_point_is_what_its_scenario_gives_alone(store: Store):
    found = sim.sweep(uncertain(), design(), COUNT, seed=7, workers=1)
    rows = found.responses()
    for number, levels in enumerate(found.design.points):
        scenario = uncertain()
        for path, level in zip(found.design.paths, levels, strict=True):
            scenario = scenario.set(path, level)
        alone = sim.experiment.simulate(scenario, COUNT, seed=7)
        mine = rows[rows.point == number]
        assert mine.replication.tolist() == list(range(COUNT))
        for name, response in RESPONSES.items():
            assert np.array_equal(mine[name], response.of(alone)), name
        row = found.table.loc[number]
        assert tuple(row[list(found.design.paths)]) == levels
        assert row.share_mean == response_mean(alone, "share")
        assert row.never == np.isinf(RESPONSES["readiness_weeks"].of(alone)).mean()
        assert row.binding == alone.binding().index[0]


def response_mean(result: sim.Result, name: str) -> float:
    return float(RESPONSES[name].of(result).mean())


def test_the_engine_runs_once_for_all_points_that_it_reads_alike(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    backwards = sim.factorial(dict(reversed(FACTORS.items())))  # what the engine reads varies fastest
    sweep(uncertain(), backwards, COUNT, workers=1)
    assert ran == list(range(COUNT)) * 2


def test_what_the_store_holds_of_a_preparation_is_not_run_again_and_none_is_added(
    store: Store, ran: list[int], monkeypatch: pytest.MonkeyPatch
):
    sim.store.simulate(uncertain().set("resources.coach.units", 1), replications=COUNT)
    sim.store.flush()
    kept = store.preparations.paths()
    forget(monkeypatch)
    ran.clear()
    sweep(uncertain(), design(), COUNT, workers=1)
    assert ran == list(range(COUNT))
    assert store.preparations.paths() == kept


def test_a_scenario_without_an_engine_to_run_can_be_swept(store: Store):
    found = sweep("single-day-2018", sim.factorial({"demand.discount": [0.1, 0.2]}), 50, workers=1)
    assert found.table.share_mean.diff().iloc[1] != 0


# ── whoever works ────────────────────────────────────────────────────────────────────────────────────────────────────
def assert_same_files(monkeypatch: pytest.MonkeyPatch, folder: Path, **way: Any) -> None:
    """Whoever works leaves what this process leaves alone."""
    made = []
    for name, by in (("here", {"workers": 1}), ("other", way)):
        monkeypatch.setenv("SIAP_STORE", str(folder / name))
        assert len(sweep(uncertain(), design(), COUNT, **by).parts) == 2
        made.append(written(folder / name))
    assert made[0] == made[1]
    assert len(made[0]) == 2


def test_two_processes_leave_the_same_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cut: None):
    assert_same_files(monkeypatch, tmp_path, workers=2)


@pytest.mark.slow
def test_a_dask_cluster_leaves_the_same_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cut: None, scheduler: str
):
    assert_same_files(monkeypatch, tmp_path, dask=scheduler)


@pytest.mark.slow
def test_a_store_that_dask_workers_do_not_share_is_noticed(
    store: Store, cut: None, scheduler: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Task, "done", lambda self: False)  # as if their files were elsewhere
    with pytest.raises(BadInput, match=r"SIAP_STORE: must be a folder that all workers and this machine share"):
        sweep(uncertain(), design(), COUNT, dask=scheduler)


def test_a_worker_with_another_model_refuses(store: Store):
    part = Task("a", uncertain(), (), ((0, ()),), 1, 1, store.folder, model_version="0.0.0")
    with pytest.raises(BadInput, match=r"worker: must have version 0\.0\.0 of the model.*install the same version"):
        part.work()


class Deadly(Task):
    """A task that kills its process, once or whenever it is tried."""

    def work(self, cancel: threading.Event | None = None) -> None:
        sign = self.folder / "died"
        if self.seed or not sign.exists():
            sign.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        super().work(cancel)


@pytest.mark.parametrize("always", [False, True])
def test_a_process_that_dies_is_replaced_unless_it_dies_of_every_task(store: Store, always: bool):
    store.folder.mkdir(parents=True)
    deadly = Deadly("b", uncertain(), (), ((1, ()),), int(always), 1, store.folder)
    if always:
        with pytest.raises(BadInput, match=r"--workers: must leave each enough memory, and one was killed"):
            list(workers.processes([deadly], 1, threading.Event()))
        return
    harmless = Task("a", uncertain(), (), ((0, ()),), 1, 1, store.folder)
    done = list(workers.processes([harmless, deadly], 1, threading.Event()))
    assert sorted(one.key for one in done) == ["a", "b"]
    assert len(store.points.paths()) == 2


# ── stopped ──────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("count", [1, 2])
def test_a_sweep_that_is_cancelled_goes_on_where_it_ended(
    store: Store, cut: None, count: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    many = sim.factorial({"resources.coach.units": list(range(1, 9)), "lead_weeks": [2, 20]})
    stop, told = threading.Event(), []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        stop.set()

    with pytest.raises(Cancelled):
        sweep(uncertain(), many, COUNT, workers=count, progress=progress, cancel=stop)
    assert told[0] == (2, 16)
    kept = written(store.folder)
    assert 0 < len(kept) < 8
    assert store.entries("sweeps") == []
    told.clear()
    found = sweep(uncertain(), many, COUNT, workers=count, progress=lambda *now: told.append(now))
    missing = 16 - 2 * len(kept)
    assert told == [(n, missing) for n in range(2, missing + 1, 2)]
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "undisturbed"))
    undisturbed = sweep(uncertain(), many, COUNT, workers=1)
    assert written(store.folder) == written(tmp_path / "undisturbed")
    assert found.table.equals(undisturbed.table)


def test_what_was_swept_before_costs_nothing(store: Store, ran: list[int]):
    first = sweep(uncertain(), design(), COUNT, workers=1)
    ran.clear()
    told: list[object] = []
    again = sweep(uncertain(), design(), COUNT, progress=lambda *now: told.append(now))
    assert (ran, told) == ([], [])
    assert again.table.equals(first.table)
    assert len(store.entries("sweeps")) == 1


def test_a_damaged_file_of_a_sweep_is_computed_again(store: Store, capsys: pytest.CaptureFixture[str]):
    first = sweep(uncertain(), design(), COUNT, workers=1)
    before = written(store.folder)
    (path,) = store.points.paths()
    path.write_bytes(path.read_bytes()[:-9])
    assert sweep(uncertain(), design(), COUNT, workers=1).table.equals(first.table)
    assert written(store.folder) == before
    assert "is damaged: it is set aside" in capsys.readouterr().err


def test_another_seed_scenario_or_design_is_another_sweep(store: Store):
    some = given(["lead_weeks"], [(2,), (20,)])
    asked = [
        sweep(uncertain(), some, 2, seed=1, workers=1),
        sweep(uncertain(), some, 2, seed=2, workers=1),
        sweep(uncertain(), some, 3, seed=1, workers=1),
        sweep(uncertain().set("demand.discount", 0.5), some, 2, seed=1, workers=1),
        sweep(uncertain(), given(["lead_weeks"], [(20,), (2,)]), 2, seed=1, workers=1),
    ]
    assert len({one.id for one in asked}) == len(asked)
    assert sweep(uncertain(), given(["lead_weeks"], [(2.0,), (20.0,)]), 2, seed=1, workers=1).id == asked[0].id


def test_a_design_that_is_cut_in_another_way_takes_no_file_of_the_other_for_its_own(
    store: Store, cut: None, monkeypatch: pytest.MonkeyPatch
):
    ranges = {"resources.coach.units": sim.Range(1, 9), "lead_weeks": sim.Range(2, 20)}
    spread = sim.latin_hypercube(ranges, 12)
    same = given(spread.paths, spread.points[::-1])
    again = given(same.paths, same.points[::-1])
    stop = threading.Event()
    with pytest.raises(Cancelled):
        sweep(uncertain(), spread, COUNT, workers=1, progress=lambda *_: stop.set(), cancel=stop)
    monkeypatch.setattr(task, "LEAST_SECONDS", 0.1)  # as if another version cut it
    found = sweep(uncertain(), again, COUNT, workers=1)
    assert found.id == sweep(uncertain(), spread, COUNT, workers=1).id
    whole = sweep(uncertain(), spread, COUNT, workers=1).table
    assert found.table.equals(whole)
    assert whole.index.tolist() == list(range(12))


def test_levels_out_of_an_array_are_numbers_as_any_others(store: Store):
    plain = sweep(uncertain(), sim.factorial({"lead_weeks": [2, 20]}), 1, workers=1)
    assert sweep(uncertain(), sim.factorial({"lead_weeks": np.arange(2, 21, 18)}), 1, workers=1).id == plain.id


# ── what cannot be done ──────────────────────────────────────────────────────────────────────────────────────────────
def test_a_point_that_cannot_be_is_named(store: Store):
    together = given(["grouping", "clusters.ada.warehouse_items"], [("cluster", 5), ("workshop", 0), ("workshop", 5)])
    with pytest.raises(BadInput, match=r"point 2: .*goods at hand belong to the cluster"):
        sweep(uncertain(), together, 1, workers=1)


def test_a_store_that_cannot_be_written_stops_a_sweep_with_one_line(store: Store, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(BadInput, match=r"points: cannot be written \(No space left on device\); free it and run"):
        sweep(uncertain(), design(), 1, workers=1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--vary", "resources.couch.units=1,2"], "did you mean 'coach'?"),
        (["--vary", "lead_weeks=-3,2"], "lead_weeks: must be between 0 and 1040 week; received -3"),
        (["--vary", "lead_weeks=1..9", "--design", "lhs", "--points", "1"], "points: must be from 2"),
        (["--vary", "lead_weeks=3", "--workers", "0"], "workers: must be at least 1; received 0"),
        (["--vary", "lead_weeks=3", "--replications", "0"], "replications"),
        (["--vary", "lead_weeks=3", "--dask", "tcp://127.0.0.1:1"], "--dask: must be a scheduler, and nobody answers"),
        (["--vary", "lead_weeks=3", "--dask", "here"], "--dask: must be an address; received 'here'"),
        (["--vary", "lead_weeks=3", "--dask", "tcp://127.0.0.1:99999"], "--dask: must be an address"),
        (["--vary", "lead_weeks=3", "--set", "lead_weeks"], "--set: must be NAME=VALUE"),
    ],
)
def test_a_bad_sweep_is_refused_in_one_line(
    store: Store, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
):
    with pytest.raises(SystemExit, match=r"^2$"):
        cli.main(["sweep", "cibaduyut-2027", *arguments])
    err = capsys.readouterr().err
    assert complaint in err
    assert err.count("\n") == 1
    assert written(store.folder) == {}


def test_a_sweep_wants_a_store(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_STORE", "none")
    with pytest.raises(BadInput, match=r"SIAP_STORE: must name a folder"):
        sweep(uncertain(), design(), 1)


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def scenario_file(tmp_path: Path) -> str:
    return str(uncertain().dump(tmp_path / "small.yaml"))


def test_the_command_prints_a_table_and_writes_all_of_it(store: Store, scenario_file: str, tmp_path: Path):
    vary = ["--vary", "resources.coach.units=1,2", "--vary", "lead_weeks=0..60..2"]
    out = tmp_path / "sweep.json"
    asked = ["sweep", scenario_file, *vary, "--replications", "2", "--workers", "1", "--json", str(out)]
    printed = said(*asked)
    assert "62 points, of which the 30 of the highest share" in printed
    assert len(re.findall(r"^│ [12] ", printed, re.MULTILINE)) == 30
    written_json = json.loads(out.read_text(encoding="utf-8"))
    assert written_json["id"] in printed
    assert written_json["factors"]["lead_weeks"] == list(range(0, 61, 2))
    assert len(written_json["table"]["share_mean"]) == 62
    assert written_json["table"]["resources.coach.units"] == [1] * 31 + [2] * 31


def test_runs_lists_shows_and_prunes_sweeps(store: Store, scenario_file: str):
    said("sweep", scenario_file, "--vary", "lead_weeks=1,2", "--replications", "2", "--workers", "1")
    (entry,) = store.entries("sweeps")
    assert entry["id"] in said("runs")
    shown = said("runs", entry["id"][:12])
    assert "design: factorial" in shown
    assert uncertain().text.rstrip() in shown
    assert said("runs", "--prune", "0").startswith("Would be removed with --yes: 2 files")
    said("runs", "--prune", "0", "--yes")
    assert written(store.folder) == {}


def test_an_interrupted_command_says_that_it_goes_on(
    store: Store, scenario_file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "milestones", interrupted)
    monkeypatch.setattr("sim.experiment.result.milestones", interrupted)
    with pytest.raises(SystemExit, match=r"^130$"):
        cli.main(["sweep", scenario_file, "--vary", "lead_weeks=1", "--workers", "1", "--language", "en"])
    assert capsys.readouterr().err == ("siap: what was done is kept, and the same command goes on.\nsiap: stopped\n")
