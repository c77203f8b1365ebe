"""The run store: a folder in which runs are kept, for whoever simulates the same again, and for whoever asks.

What is kept never changes and is named by what it is: preparations (the milestones of a run, by all that the engine
reads), results (tables of what came of it, by scenario, seed, replications and model version) and one JSON entry a
run that says when, with what and where, to which is added how its number of replications was chosen. Nobody holds a
lock: any number of processes read and write at once.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sim.experiment.precision import Enough
from sim.experiment.report import chosen_report
from sim.experiment.result import MODEL_VERSION, Result
from sim.experiment.runner import Run
from sim.outcomes import Milestones
from sim.scenario.seeds import write_whole
from sim.store.files import Shelf, say
from sim.store.writer import WRITER

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 24  # of an id: enough that no two runs ever share one
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "numba", "simpy")
NONE = "none"  # as SIAP_STORE: nothing is kept
# Of an entry, as a table of runs has them.
COLUMNS = (
    "id",
    "scenario",
    "scenario_digest",
    "seed",
    "replications",
    "engine",
    "model_version",
    "own_lead_weeks",
    "share_p05",
    "share_p50",
    "share_p95",
    "kept_at",
    "seconds",
)


@dataclasses.dataclass(frozen=True)
class Store:
    """A run store.

    Attributes
    ----------
    folder : Path
        Made when the first run is kept.
    """

    folder: Path

    @classmethod
    def default(cls) -> Store | None:
        """The store that `SIAP_STORE` names, else the one of the user; None where it says ``none``."""
        asked = os.environ.get("SIAP_STORE", "")
        if asked == NONE:
            return None
        if asked:
            return cls(Path(asked))
        import platformdirs

        return cls(platformdirs.user_data_path("siap", appauthor=False) / "store")

    @property
    def preparations(self) -> Shelf:
        """Milestones of runs."""
        return Shelf(self.folder / "preparations")

    @property
    def results(self) -> Shelf:
        """Tables of what came of runs."""
        return Shelf(self.folder / "results")

    # ── what a run asks for ──────────────────────────────────────────────────────────────────────────

    def recall(self, run: Run) -> list[Milestones]:
        """The milestones of the first replications of a run, as many as are kept."""
        for kept in self._kept(run):
            data = self.preparations.get(_key(run, kept))
            if data is not None:
                from sim.store import columns, preparations

                found = preparations.milestones(run, columns.parts_of(data))
                columns.tidy()
                return found
        return []

    def holds(self, run: Run) -> bool:
        """Whether the milestones of all replications of a run are kept."""
        return any(kept >= run.replications for kept in self._kept(run))

    def keep(self, run: Run, found: list[Milestones]) -> None:
        """Keep the milestones of a run, unless they are; where that cannot be done, one line says so."""
        if self.holds(run):
            return
        from sim.store import preparations

        self._put(self.preparations, _key(run, run.replications), preparations.tables(found))

    def _kept(self, run: Run) -> list[int]:
        """Numbers of replications that are kept of a run: the least that suffices first, then the most below."""
        names = (path.name.split(".")[0] for path in self.preparations.folder.glob(f"{_series(run)}-*.parquet"))
        many = sorted({int(name.rsplit("-", 1)[1]) for name in names})
        enough = [n for n in many if n >= run.replications]
        return enough + [n for n in reversed(many) if n < run.replications]

    def _put(self, shelf: Shelf, key: str, parts: Iterable[pa.Table]) -> str | None:
        from sim.store import columns

        try:
            return shelf.put(key, columns.to_bytes(parts)).name
        except OSError as error:
            say(f"{shelf.folder} cannot be written ({error.strerror or error}); nothing is kept of this run")
            return None

    # ── what came of it ──────────────────────────────────────────────────────────────────────────────

    def record(self, result: Result, seconds: float, chosen: Enough | None = None) -> str:
        """Keep the tables of a result and its entry, with why so many replications; returns the id of the run."""
        name = run_id(result)
        entry = self.folder / "runs" / f"{name}.json"
        why = {} if chosen is None else {"replications_chosen": chosen_report(chosen)}
        if entry.exists():
            if why and (said := _read(entry)):
                self._write(entry, said | why)
            return name
        from sim.store import results

        tables = {"shares": results.shares(result), "readiness": results.readiness(result)}
        files = {kind: self._put(self.results, f"{name}-{kind}", [table]) for kind, table in tables.items()}
        if None in files.values():
            return name
        self._write(entry, _entry(result, files, seconds) | why)
        return name

    def _write(self, entry: Path, content: dict[str, Any]) -> None:
        try:
            entry.parent.mkdir(parents=True, exist_ok=True)
            write_whole(entry, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            say(f"{entry.parent} cannot be written ({error.strerror or error}); the run is not listed")

    # ── what frees space ─────────────────────────────────────────────────────────────────────────────

    def prunable(self, older_days: float) -> list[Path]:
        """Files that were last written so many days ago or before, and what a broken-off write left behind.

        Entries go with their results. Nothing is removed here.
        """
        WRITER.flush()
        before = datetime.datetime.now(datetime.UTC).timestamp() - older_days * 86_400
        found = [p for p in self.folder.glob("*/*") if p.is_file() and p.stat().st_mtime <= before]
        kept = {p.name.split(".")[0].split("-")[0] for p in (self.folder / "runs").glob("*.json") if p not in found}
        # A result whose entry stays, stays too.
        return sorted(p for p in found if p.parent.name != "results" or p.name.split("-")[0] not in kept)

    # ── what others ask ──────────────────────────────────────────────────────────────────────────────

    def entries(self) -> list[dict[str, Any]]:
        """One entry a run, the newest first; one that cannot be read is said and left out.

        What this process simulated before is among them.
        """
        WRITER.flush()
        found = [entry for path in (self.folder / "runs").glob("*.json") if (entry := _read(path))]
        return sorted(found, key=lambda entry: (entry["kept_at"], entry["id"]), reverse=True)

    def query(self, sql: str) -> pd.DataFrame:
        """Ask all runs at once: tables `runs`, `shares` and `readiness`, the last two with the `id` of the run.

        Parameters
        ----------
        sql : str
            As DuckDB has it. It works in memory on what is there now; damaged files are set aside first.
        """
        import duckdb

        with duckdb.connect(":memory:") as asked:
            listed = self.entries()
            asked.register(
                "runs", pd.DataFrame([{name: entry.get(name) for name in COLUMNS} for entry in listed], columns=COLUMNS)
            )
            for kind in ("shares", "readiness"):
                asked.register(kind, self._together(kind, listed))
            found: pd.DataFrame = asked.sql(sql).df()
        return found

    def _together(self, kind: str, listed: list[dict[str, Any]]) -> pa.Table:
        import pyarrow as pa

        from sim.store import columns, results

        tables = []
        for entry in listed:
            data = self.results.get(f"{entry['id']}-{kind}")
            if data is not None:
                table = columns.from_bytes(data)
                tables.append(table.append_column("id", pa.array([entry["id"]] * len(table), type=pa.string())))
        empty = results.SCHEMAS[kind].append(pa.field("id", pa.string())).empty_table()
        return pa.concat_tables([empty, *tables])


def run_id(result: Result) -> str:
    """What names a run: the digest of scenario, seed, replications and model version."""
    of = [result.scenario.digest, result.seed, result.replications, MODEL_VERSION]
    return hashlib.sha256(json.dumps(of).encode()).hexdigest()[:DIGITS]


def _series(run: Run) -> str:
    """What names all runs whose histories are the same as far as they go."""
    return hashlib.sha256(json.dumps([run.histories, MODEL_VERSION]).encode()).hexdigest()[:DIGITS]


def _key(run: Run, replications: int) -> str:
    return f"{_series(run)}-{replications}"


def _entry(result: Result, files: dict[str, str | None], seconds: float) -> dict[str, Any]:
    """What is said of a run beside its results: all that may differ between two who run the same."""
    share = result.share(list(result.own_weeks)).iloc[0]
    return {
        "id": run_id(result),
        "scenario": result.scenario.name,
        "scenario_digest": result.scenario.digest,
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "model_version": MODEL_VERSION,
        "own_lead_weeks": float(result.own_weeks[0]),
        "share_p05": float(share["p05"]),
        "share_p50": float(share["p50"]),
        "share_p95": float(share["p95"]),
        "kept_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
        "seconds": round(seconds, 3),
        **_here(),
        "files": files,
        "text": result.scenario.text,
    }


def _read(entry: Path) -> dict[str, Any]:
    """What an entry says; nothing where it is gone meanwhile or cannot be read, which is said."""
    try:
        found: dict[str, Any] = json.loads(entry.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        say(f"{entry} cannot be read ({error.__class__.__name__}); its results are still there")
        return {}
    return found


@functools.cache
def _here() -> dict[str, Any]:
    """Where this process runs, and with what: the same for all its runs."""
    versions = {name: _version(name) for name in LIBRARIES}
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "commit": _commit(),
        "libraries": {name: version for name, version in versions.items() if version is not None},
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the checkout that this runs from, if it is one."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None
    try:
        command = ["git", "-C", str(root), "rev-parse", "HEAD"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=5)  # noqa: S603 - no input
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
