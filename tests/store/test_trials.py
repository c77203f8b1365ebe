"""The run store under faults and load. What came out, and when, is in docs/reliability.md."""

import collections
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sim.experiment.runner import Run
from sim.store import Store, simulate
from tests.store.loading import scenario
from tests.store.processes import broken_off, ended, python, started, torn, whole, written
from tests.store.scenarios import digest

pytestmark = pytest.mark.trials

COUNTS = [2, 4, 6, 8, 10, 12]  # replications of the runs of a process that is killed, one after another
FILES = 30  # of these: two preparations, two tables and an entry each
FEW = [2, 4]


def names(folder: Path) -> set[Path]:
    """Files under their final names."""
    return {path for path in folder.glob("*/*") if path.suffix in (".parquet", ".json")}


# ── kill −9 ──────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_process_killed_at_any_of_50_moments_of_writing_loses_nothing_and_the_next_one_ends_with_the_same(
    tmp_path: Path,
):
    ended(started(tmp_path / "earlier", 4, [3]))
    before = written(tmp_path / "earlier")
    shutil.copytree(tmp_path / "earlier", tmp_path / "undisturbed")
    answer = ended(started(tmp_path / "undisturbed", 5, COUNTS))[0].split()[1]
    expected = written(tmp_path / "undisturbed")
    chance, fell, left, spared = random.Random(20181111), [], 0, []
    for trial in range(50):
        folder = tmp_path / f"trial-{trial}"
        shutil.copytree(tmp_path / "earlier", folder)
        earlier = {path: path.read_bytes() for path in names(folder)}
        process = started(folder, 5, COUNTS)
        wait_for_files(process, folder, len(earlier) + chance.randrange(FILES))
        if trial % 2:
            wait_for_a_write(process, folder)
        else:
            time.sleep(chance.uniform(0, 0.015))  # about as long as it is from one file to the next
        seen = names(folder)
        process.send_signal(signal.SIGKILL)
        process.communicate()

        assert seen <= names(folder)
        assert {path: path.read_bytes() for path in earlier} == earlier
        assert before.keys() <= {path.name for path in whole(folder)} <= expected.keys()
        assert torn(Store(folder)) == []
        assert set(broken_off(folder)) <= Store(folder).prunable(0).keys()
        fell.append(len(names(folder)) - len(earlier))
        left += len(broken_off(folder))

        out, complaints = ended(started(folder, 5, COUNTS))
        assert (out.split()[1], complaints) == (answer, "")
        assert written(folder) == expected
        assert torn(Store(folder)) == []
        assert len(Store(folder).entries()) == 1 + len(COUNTS)
        spared.append(int(out.split()[0]))
    inside = sum(0 < n < FILES for n in fell)
    print(f"50 kills: {inside} with more than none and fewer than all of {FILES} files there ({sorted(fell)});")
    print(
        f"{left} in the middle of a file; then the next process ran {min(spared)} to {max(spared)} of 24 replications."
    )
    assert inside >= 40
    assert left >= 10


def wait_for_files(process: subprocess.Popen[str], folder: Path, many: int) -> None:
    while len(names(folder)) < many and process.poll() is None:
        time.sleep(0.0005)


def wait_for_a_write(process: subprocess.Popen[str], folder: Path) -> None:
    """Until a file is in the making, which takes a millisecond: whoever sleeps misses it."""
    shelves = [folder / name for name in ("preparations", "results", "runs")]
    while process.poll() is None:
        if any(name.endswith(".part") for shelf in shelves for name in os.listdir(shelf)):
            return


# ── no room, no right to write ───────────────────────────────────────────────────────────────────────────────────────
class Disk:
    """A disk of its own, in memory, whose size and rights can be changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = self.mount("-t", "tmpfs", "-o", "size=4k", "tmpfs")
        self.mounted = not self.said

    def mount(self, *options: str) -> str:
        command = ["mount", *options, str(self.folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip()

    def becomes(self, options: str) -> None:
        said = self.mount("-o", f"remount,{options}")
        assert said == ""

    def emptied(self) -> None:
        for path in sorted(self.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root of a Linux may mount a small disk")
    (tmp_path / "disk").mkdir()
    disk = Disk(tmp_path / "disk")
    if not disk.mounted:
        pytest.skip(f"this machine does not let root mount a disk: {disk.said}")
    yield disk
    subprocess.run(["umount", str(disk.folder)], check=True)


def assert_one_line(complaints: str, store: Path, reason: str) -> None:
    line = f"siap: run store: {store} cannot be written ({reason}); what is not kept is computed again\n"
    assert complaints == line


def undisturbed(folder: Path) -> tuple[str, dict[str, str]]:
    """What a run says and what it writes where nothing is in its way."""
    answer = ended(started(folder, 5, FEW))[0].split()[1]
    return answer, written(folder)


def assert_next_keeps_all(store: Path, answer: str, expected: dict[str, str]) -> None:
    out, complaints = ended(started(store, 5, FEW))
    assert (out.split()[1], complaints) == (answer, "")
    assert written(store) == expected
    assert torn(Store(store)) == []
    assert len(Store(store).entries()) == len(FEW)


# 16 pages of 4 kB hold all; of inodes it takes one for the disk, three for folders and ten for files.
FULL = [f"size={4 * pages}k,nr_inodes=1000" for pages in range(1, 16)]
NO_NAMES = [f"size=1m,nr_inodes={inodes}" for inodes in range(1, 14, 2)]


def test_a_full_disk_stops_no_simulation_and_leaves_nothing_half_written(disk: Disk, tmp_path: Path):
    answer, expected = undisturbed(tmp_path / "undisturbed")
    store, kept = disk.folder / "store", []
    for room in FULL + NO_NAMES:
        disk.becomes(room)
        out, complaints = ended(started(store, 5, FEW))
        assert out.split()[1] == answer
        assert_one_line(complaints, store, "No space left on device")
        assert {path.name for path in whole(store)} <= expected.keys()
        assert broken_off(store) == []
        assert torn(Store(store)) == []
        kept.append(len(names(store)))
        disk.becomes("size=1m,nr_inodes=1000")
        assert_next_keeps_all(store, answer, expected)
        disk.emptied()
    print(f"{len(kept)} full disks: {kept} of 10 files kept, nothing half-written, then all.")
    assert len(set(kept)) > 5


def test_a_limit_on_the_size_of_files_stops_no_simulation_and_leaves_nothing_half_written(tmp_path: Path):
    resource = pytest.importorskip("resource", reason="this system limits no file's size")
    answer, expected = undisturbed(tmp_path / "undisturbed")
    sizes = sorted(path.stat().st_size for path in whole(tmp_path / "undisturbed"))
    for most in (1, sizes[0], sizes[len(sizes) // 2] - 1, sizes[-1] - 1):  # bytes: so the largest is never written
        store = tmp_path / f"limit-{most}"
        process = started(
            store, 5, FEW, preexec_fn=lambda most=most: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        )
        out, complaints = ended(process)
        assert out.split()[1] == answer
        assert_one_line(complaints, store, "File too large")
        assert {path.name for path in whole(store)} < expected.keys()
        assert broken_off(store) == []
        assert torn(Store(store)) == []
        assert_next_keeps_all(store, answer, expected)


def test_a_store_that_is_read_only_is_read_and_stops_no_simulation(disk: Disk, tmp_path: Path):
    answer, _ = undisturbed(tmp_path / "undisturbed")
    store = disk.folder / "store"
    disk.becomes("size=1m")
    assert ended(started(store, 5, FEW))[0].split()[1] == answer
    disk.becomes("ro")
    kept = written(store)

    assert ended(started(store, 5, FEW)) == (f"0 {answer}\n", "")
    more, complaints = ended(started(store, 5, [6]))
    assert more == ended(started(tmp_path / "other", 5, [6]))[0].replace("12", "4", 1)
    assert_one_line(complaints, store, "Read-only file system")
    listed = json.loads(ended(python(store, ["sim.cli", "runs", "--json", "-"]))[0])["runs"]
    assert [entry["replications"] for entry in listed] == [4, 2]
    refused = python(store, ["sim.cli", "runs", "--prune", "0", "--yes"])
    assert refused.communicate()[1].startswith("siap: SIAP_STORE: cannot be written (Read-only file system)")
    assert refused.returncode == 2
    assert written(store) == kept

    disk.becomes("rw")
    damaged = Store(store).preparations.paths()[0]
    damaged.write_bytes(damaged.read_bytes()[:-1])
    disk.becomes("ro")
    out, complaints = ended(started(store, 5, FEW))
    assert out.split()[1] == answer
    assert f"{damaged} is damaged and is not read; it cannot be set aside (Read-only file system)\n" in complaints


# ── load ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
PROCESSES, SECONDS = 20, 60


def loaded(store: Path, prune_seconds: float, meanwhile: Callable[[], None]) -> dict[str, list]:
    """Twenty processes work with one store for a minute; returns each run made, which came out the same for all."""
    did: collections.Counter[str] = collections.Counter()
    made: dict[str, list] = {}
    with contextlib.ExitStack() as opened:
        asked = [["tests.store.loading", str(seed), str(SECONDS), str(prune_seconds)] for seed in range(PROCESSES)]
        workers = [opened.enter_context(python(store, one)) for one in asked]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("\n")
            worker.stdin.flush()
        end = time.monotonic() + SECONDS / 2  # what has begun then is over before the workers are
        while time.monotonic() < end:
            meanwhile()
            time.sleep(2)
        said = [ended(worker) for worker in workers]
    assert [complaints for _, complaints in said if complaints] == []
    for found in (json.loads(out) for out, _ in said):
        did.update(found["did"])
        for name, came_out in found["made"].items():
            assert made.setdefault(name, came_out) == came_out
    print(f"{PROCESSES} processes, {SECONDS} s, {len(made)} runs; in all it {dict(did)}.")
    return made


def assert_right(made: dict[str, list]) -> None:
    """Some runs, made again without a store, come out the same."""
    for seed, price, count, came_out in random.Random(20181111).sample(list(made.values()), 40):
        assert digest(simulate(scenario(seed, price), replications=count), "mixed") == came_out


def assert_in_order(store: Store) -> None:
    """Every file proves itself, is there once, and nothing else is there."""
    keys = [path.name.split(".")[0] for path in whole(store.folder)]
    assert len(keys) == len(set(keys))
    assert torn(store) == []
    assert set(store.folder.glob("*/*")) == names(store.folder)


def test_twenty_processes_at_once_for_a_minute_make_no_error_no_duplicate_and_lose_nothing(tmp_path: Path):
    store = Store(tmp_path)

    def look() -> None:
        assert torn(store) == []

    made = loaded(tmp_path, float("inf"), look)
    assert_in_order(store)
    assert sorted(entry["id"] for entry in store.entries()) == sorted(made)
    for seed, price, count, _ in made.values():
        assert len(store.recall(Run(scenario(seed, price), seed, count, "mixed", "compiled"))) == count
    assert_right(made)


def test_twenty_processes_at_once_for_a_minute_bear_that_the_store_is_pruned_meanwhile(tmp_path: Path):
    older, said = 10.0, []  # seconds: no write takes so long

    def prune() -> None:
        command = ["sim.cli", "runs", "--prune", f"{older / 86_400:.9f}", "--yes", "--language", "en"]
        out, complaints = ended(python(tmp_path, command))
        assert complaints == ""
        said.append(out.strip())

    made, store = loaded(tmp_path, older, prune), Store(tmp_path)
    print(f"From the command line: {' '.join(said)} At the end {len(store.entries())} runs were there.")
    assert_in_order(store)
    assert set() < {entry["id"] for entry in store.entries()} < made.keys()
    assert_right(made)
