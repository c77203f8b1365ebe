"""Trials of sweeps: killed, interrupted and cut off at any moment, they end with the same files (`make trials`)."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sim.store import Store
from tests.store.processes import ROOT, whole, written
from tests.store.scenarios import uncertain

pytestmark = pytest.mark.trials
BIN = Path(sys.executable).parent
SOME = ["--vary", "resources.coach.units=1..300..1", "--replications", "20"]  # 6 tasks
THOUSAND = ["--vary", "resources.coach.units=1..1000..1", "--replications", "60"]  # 42 tasks
Process = subprocess.Popen[bytes]


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    return str(uncertain().dump(tmp_path / "small.yaml"))


def started(folder: Path, scenario: str, *arguments: str, vary: list[str] = SOME) -> subprocess.Popen[str]:
    """A sweep in a process group of its own, as a terminal gives it one."""
    command = [str(BIN / "siap"), "sweep", scenario, *vary, "--language", "en", *arguments]
    environment = os.environ | {"SIAP_STORE": str(folder)}
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _out, err = process.communicate(timeout=300)
    return process.returncode, err


def files(folder: Path) -> int:
    """How many tasks are done."""
    return len(list(folder.glob("points/*.parquet")))


def wait_for_files(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Until a sweep has left so many files, or has ended."""
    while process.poll() is None and files(folder) < count:
        time.sleep(0.002)


def wait_for_connection(process: subprocess.Popen[str], address: str) -> None:
    """Until a sweep talks to a scheduler: what is interrupted earlier is no sweep yet."""
    port = int(address.rpartition(":")[2])
    watched = psutil.Process(process.pid)
    while not any(one.raddr and one.raddr.port == port for one in watched.net_connections("tcp")):
        assert process.poll() is None
        time.sleep(0.01)


@pytest.fixture
def undisturbed(tmp_path: Path, scenario: str) -> dict[str, str]:
    assert ended(started(tmp_path / "undisturbed", scenario, "--workers", "1"))[0] == 0
    return written(tmp_path / "undisturbed")


@contextlib.contextmanager
def dask(folder: Path, workers: int = 2) -> Iterator[tuple[str, Process, list[Process]]]:
    """A scheduler and workers as the README starts them; the address and the processes."""
    port = 20_000 + random.SystemRandom().randrange(20_000)
    address = f"tcp://127.0.0.1:{port}"
    log = (folder / "dask.log").open("ab")
    environment = os.environ | {"SIAP_THREADS": "1"}

    def start(*arguments: str) -> Process:
        command = [str(BIN / "dask"), *arguments, "--no-dashboard"]
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)

    scheduler = start("scheduler", "--host", "127.0.0.1", "--port", str(port))
    running = [start("worker", address, "--nthreads", "1") for _ in range(workers)]
    try:
        while (folder / "dask.log").read_text().count("Registered to") < workers:
            assert scheduler.poll() is None
            time.sleep(0.1)
        yield address, scheduler, running
    finally:
        for one in [*running, scheduler]:
            one.kill()
            one.wait(30)
        log.close()


def test_a_sweep_killed_at_fifty_moments_loses_nothing_and_ends_with_the_same_files(
    tmp_path: Path, scenario: str, undisturbed: dict[str, str]
):
    chance, within = random.Random(20181111), 0
    for trial in range(50):
        folder = tmp_path / f"trial {trial}"
        workers = "1" if trial % 2 else "2"
        process = started(folder, scenario, "--workers", workers)
        wait_for_files(folder, chance.randrange(len(undisturbed)), process)
        time.sleep(chance.uniform(0, 0.05))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        kept = {path.name for path in whole(folder)}
        assert kept <= undisturbed.keys()
        within += len(kept) < len(undisturbed)
        assert ended(started(folder, scenario, "--workers", workers)) == (0, "")
        assert written(folder) == undisturbed
        assert kept <= {path.name for path in whole(folder)}
    print(f"50 kills, {within} before the last file")
    assert within > 25


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupted_sweep_says_so_and_goes_on(
    tmp_path: Path, scenario: str, undisturbed: dict[str, str], workers: str
):
    for trial in range(5):
        folder = tmp_path / f"trial {trial}"
        process = started(folder, scenario, "--workers", workers)
        wait_for_files(folder, 1 + trial % 3, process)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of the group
        assert ended(process) == (130, "siap: what was done is kept, and the same command goes on.\nsiap: stopped\n")
        assert files(folder) < len(undisturbed) - 1
        assert ended(started(folder, scenario, "--workers", workers)) == (0, "")
        assert written(folder) == undisturbed


def test_a_dask_worker_that_is_killed_is_done_without(tmp_path: Path, scenario: str, undisturbed: dict[str, str]):
    with dask(tmp_path) as (address, _scheduler, running):
        process = started(tmp_path / "store", scenario, "--dask", address)
        wait_for_files(tmp_path / "store", 1, process)
        running[0].kill()
        assert ended(process) == (0, "")
    assert written(tmp_path / "store") == undisturbed


def test_a_dask_scheduler_that_is_killed_is_told_in_one_line_and_the_sweep_goes_on(
    tmp_path: Path, scenario: str, undisturbed: dict[str, str]
):
    with dask(tmp_path) as (address, scheduler, _running):
        process = started(tmp_path / "store", scenario, "--dask", address)
        wait_for_files(tmp_path / "store", 1, process)
        scheduler.kill()
        code, err = ended(process)
        assert (code, err.count("\n")) == (2, 1)
        assert "the scheduler has gone" in err
    assert written(tmp_path / "store").items() <= undisturbed.items()
    assert ended(started(tmp_path / "store", scenario)) == (0, "")
    assert written(tmp_path / "store") == undisturbed


def test_a_thousand_scenarios_on_dask_are_those_of_processes_however_often_interrupted(tmp_path: Path, scenario: str):
    seconds = {}
    begun = time.monotonic()
    assert ended(started(tmp_path / "processes", scenario, vary=THOUSAND)) == (0, "")
    seconds["processes"] = time.monotonic() - begun
    expected = written(tmp_path / "processes")
    with dask(tmp_path) as (address, _scheduler, _running):
        begun = time.monotonic()
        assert ended(started(tmp_path / "dask", scenario, "--dask", address, vary=THOUSAND)) == (0, "")
        seconds["dask"] = time.monotonic() - begun
        assert written(tmp_path / "dask") == expected
        often = tmp_path / "interrupted"
        chance = random.Random(20181111)
        for _trial in range(10):
            process = started(often, scenario, "--dask", address, vary=THOUSAND)
            wait_for_connection(process, address)
            time.sleep(chance.uniform(0, 0.5))
            os.killpg(process.pid, signal.SIGINT)
            assert ended(process)[0] == 130
        assert ended(started(often, scenario, "--dask", address, vary=THOUSAND)) == (0, "")
    tasks = files(often)
    each = (seconds["dask"] - seconds["processes"]) / tasks
    took = ", ".join(f"{name} {wall:.1f} s" for name, wall in seconds.items())
    print(f"{tasks} tasks: {took}, {each:+.2f} s a task by Dask")
    assert written(often) == expected
    assert len(Store(often).entries("sweeps")) == 1
