"""The run store: a folder in which runs are kept, for whoever simulates the same again, and for whoever asks.

What is kept never changes and is named by what it is: preparations (the milestones of a run, by all that the engine
reads), results (tables of what came of it, by scenario, seed, replications and model version) and one JSON entry a
run that says when, with what and where, to which is added how its number of replications was chosen. Nobody holds a
lock: any number of processes read and write at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import json
import os
import platform
import stat
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
from sim.store.files import Shelf, remove, say
from sim.store.writer import WRITER

if TYPE_CHECKING:
    import pyarrow as pa

DIGITS = 24  # of an id: enough that no two runs ever share one
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "numba", "simpy")
ENTRIES = ("runs", "sweeps")
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
            return cls(Path(asked).absolute())  # one folder, wherever the processes that share it work
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

    @property
    def points(self) -> Shelf:
        """What came of sweeps, some points a file."""
        return Shelf(self.folder / "points")

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
            self._say_unwritable(error)
            return None

    # ── what came of it ──────────────────────────────────────────────────────────────────────────────

    def record(self, result: Result, seconds: float, chosen: Enough | None = None) -> str:
        """Keep the tables of a result and its entry, with why so many replications; returns the id of the run."""
        name = run_id(result)
        entry = self._entry("runs", name)
        why = {} if chosen is None else {"replications_chosen": chosen_report(chosen)}
        if self._is_complete(entry):
            if why and (said := _read(entry)):
                self._write(entry, said | why)
            return name
        from sim.store import results

        tables = {"shares": results.shares(result), "readiness": results.readiness(result)}
        files = {kind: self._put(self.results, f"{name}-{kind}", [table]) for kind, table in tables.items()}
        if None not in files.values():
            self.enter("runs", name, _entry(result, files, seconds) | why)
        return name

    def enter(self, kind: str, name: str, entry: dict[str, Any]) -> None:
        """Write the entry of a run or a sweep, with when and where it was made."""
        when = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        self._write(self._entry(kind, name), {"id": name, "kept_at": when} | here() | entry)

    def _write(self, path: Path, content: dict[str, Any]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
        except OSError as error:
            self._say_unwritable(error)

    def tabulate(self, name: str, table: pd.DataFrame) -> None:
        """Keep the table of a sweep, unless it is kept."""
        if self.results.get(f"{name}-table") is None:
            from sim.store import results

            self._put(self.results, f"{name}-table", [results.table(table)])

    def table(self, name: str) -> pd.DataFrame | None:
        """The table of a sweep by its id, one row a point; None where there is none."""
        if (data := self.results.get(f"{name}-table")) is None:
            return None
        from sim.store import columns

        found: pd.DataFrame = columns.from_bytes(data).to_pandas().rename_axis("point")
        return found

    def has_entry(self, kind: str, name: str) -> bool:
        """Whether a run or a sweep is listed."""
        return self._entry(kind, name).exists()

    def _entry(self, kind: str, name: str) -> Path:
        return self.folder / kind / f"{name}.json"

    def _is_complete(self, entry: Path) -> bool:
        """Whether a run needs nothing more: tables that were damaged are set aside, and then written anew."""
        try:
            kept = json.loads(entry.read_text(encoding="utf-8"))["files"].values()
        except (OSError, ValueError):
            return False
        return all((self.results.folder / name).exists() for name in kept)

    def _say_unwritable(self, error: OSError) -> None:
        """The same words for whatever could not be kept, so that a full disk is one line and not one a file."""
        say(f"{self.folder} cannot be written ({error.strerror or error}); what is not kept is computed again")

    # ── what frees space ─────────────────────────────────────────────────────────────────────────────

    def prunable(self, older_days: float) -> dict[Path, int]:
        """Files that were last written so many days ago or before, and what a broken-off write left behind.

        Entries go with their results. Nothing is removed here.

        Returns
        -------
        dict
            Bytes by file, in the order in which to remove them: an entry before its results, so that whoever stops
            in between leaves none that refers to what is gone.
        """
        return self._prunable(_time(older_days))

    def _prunable(self, before: float) -> dict[Path, int]:
        WRITER.flush()
        found = {}
        for path in self.folder.glob("*/*"):
            with contextlib.suppress(FileNotFoundError):  # another process has renamed it, or taken it away
                seen = path.stat()
                if stat.S_ISREG(seen.st_mode) and seen.st_mtime <= before:
                    found[path] = seen.st_size
        kept = {p.stem for kind in ENTRIES for p in (self.folder / kind).glob("*.json") if p not in found}
        # A result whose entry stays, stays too.
        gone = [p for p in found if p.parent.name not in ("results", "points") or _id_in(p) not in kept]
        return {p: found[p] for p in sorted(gone, key=lambda p: (p.parent.name not in ENTRIES, p))}

    def prune(self, older_days: float) -> dict[Path, int]:
        """Remove what is prunable, while others read and write; returns what is gone, with its bytes.

        Raises
        ------
        OSError
            If the store cannot be written.
        """
        before, gone, renewed = _time(older_days), {}, set()
        for path, size in self._prunable(before).items():
            if _id_in(path) in renewed:
                continue
            if remove(path, before):
                gone[path] = size
            elif path.parent.name in ENTRIES:  # somebody has just entered it anew, and counts on its results
                renewed.add(path.stem)
        return gone

    # ── what others ask ──────────────────────────────────────────────────────────────────────────────

    def entries(self, kind: str = "runs") -> list[dict[str, Any]]:
        """One entry a run, or a sweep, the newest first; one that cannot be read is said and left out.

        What this process simulated before is among them.
        """
        WRITER.flush()
        found = [entry for path in (self.folder / kind).glob("*.json") if (entry := _read(path))]
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


def _time(days_ago: float) -> float:
    """Seconds since 1970, so many days ago."""
    return datetime.datetime.now(datetime.UTC).timestamp() - days_ago * 86_400


def run_id(result: Result) -> str:
    """What names a run: the digest of scenario, seed, replications and model version."""
    return id_of(result.scenario.digest, result.seed, result.replications)


def id_of(digest: str, seed: int, replications: int, model_version: str = MODEL_VERSION) -> str:
    """The same, before it is run; another model version names it otherwise."""
    of = [digest, seed, replications, model_version]
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
        "seconds": round(seconds, 3),
        "files": files,
        "text": result.scenario.text,
    }


def _id_in(path: Path) -> str:
    """The id of the run or sweep that a file of results belongs to."""
    return path.name.split(".")[0].split("-")[0]


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
def here() -> dict[str, Any]:
    """Where this process runs, and with what: the same for all its runs."""
    versions = {name: _version(name) for name in LIBRARIES}
    return {
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "machine": platform.machine(),
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
