"""Processes that share a run store, and what their store must hold whenever one looks into it."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.store import Store, files, flush

ROOT = Path(__file__).parents[2]
PATIENCE = 300.0  # seconds that a process may take on a busy machine


def started(folder: Path, seed: int, counts: list[int], **settings: Any) -> subprocess.Popen[str]:
    """A process that simulates the small scenario so often; `settings` are those of `Popen`."""
    return python(folder, ["tests.store.simulating", str(seed), *map(str, counts)], **settings)


def python(folder: Path, module: list[str], **settings: Any) -> subprocess.Popen[str]:
    """A process that runs a module with a run store."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    environment = os.environ | {"SIAP_STORE": str(folder)}
    return subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, env=environment, **pipes | settings)


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a process said on standard output and standard error; it must have done its work."""
    out, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, complaints
    return out, complaints


def written(folder: Path) -> dict[str, str]:
    """Every Parquet file of a store by name, with what it holds."""
    flush()
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*/*.parquet")}


def whole(folder: Path) -> Iterator[Path]:
    """Parquet files of a store, every one of which must prove itself."""
    for path in folder.glob("*/*.parquet"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() == files.checksum_of(path)
        yield path


def broken_off(folder: Path) -> list[Path]:
    """What writes that never ended have left, under names that nobody reads."""
    return list(folder.glob("*/.*.part"))


def torn(store: Store) -> list[str]:
    """Runs whose entry cannot be read, or names a table that is not there."""
    listed = {path.stem for path in (store.folder / "runs").glob("*.json")}  # first: others may add to it
    entries = {entry["id"]: entry for entry in store.entries()}
    lacking = {
        name
        for name, entry in entries.items()
        if not all((store.results.folder / file).exists() for file in entry["files"].values())
    }
    return sorted(listed - entries.keys() | lacking)
