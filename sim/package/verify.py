"""Verifying a package: whether it is whole, and whether a rerun gives the same numbers, to the last bit.

What a package says is believed of nothing that can be looked at: names, checksums, digests, ids and every number of
every table that comes out of the simulation.
"""

from __future__ import annotations

import dataclasses
import platform
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sim import loops
from sim.errors import BadInput
from sim.experiment import MODEL_VERSION
from sim.experiment.calibrate import FIT_DRAWS
from sim.experiment.result import LEAD_WEEKS, simulate
from sim.experiment.runner import MEMORY, Progress
from sim.package import tables
from sim.package.archive import Archive
from sim.package.compared import Comparison, compared
from sim.package.layout import CHECKSUMS, FORM, MANIFEST, TABLE_FORMS, TABLE_OF, TABLES
from sim.package.manifest import Manifest, StatedRun, checksums, manifest
from sim.scenario import Scenario
from sim.scenario.market import FittedLognormal
from sim.scenario.seeds import complete
from sim.store import id_of
from sim.text import verified

State = Literal["same", "differs", "last-place", "unchecked"]
MOST_WORK = 5e10  # tries of stages: about an hour on two cores
LEAST_TRIES = 10_000  # a replication of nothing takes as long
MOST_ROWS = 10_000_000  # of all tables, which are held in memory
SLOWER = 100  # times, the engine that fits, and runs where no other is
LARGEST_SCENARIO = 4_000_000  # bytes
MOST_SCENARIOS = 70_000_000  # bytes of all together: a thousand of the whole country, which take minutes to read
FOR_PEOPLE = "…"  # whatever is neither scenario nor table


@dataclasses.dataclass(frozen=True)
class Finding:
    """What came of one look at a package.

    Attributes
    ----------
    what : str
        A file of the package, or the id of a run.
    state : str
        ``same``, ``differs``, ``last-place`` or ``unchecked``.
    kind : str
        Which sentence says it (`sim.text.verified`).
    about : mapping
        What the sentence needs.
    """

    what: str
    state: State
    kind: str
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What came of verifying a package.

    Attributes
    ----------
    package : str
        Name of its file.
    manifest : Manifest
    findings : tuple of Finding
        In the order in which they were looked at.
    """

    package: str
    manifest: Manifest
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """The worst of all: ``differs``, else ``last-place``, else ``unchecked`` if no table was compared."""
        states = [finding.state for finding in self.findings]
        if "differs" in states:
            return "differs"
        if "last-place" in states:
            return "last-place"
        return "same" if any(f.kind == "table-same" for f in self.findings) else "unchecked"

    def table(self, language: str = "en") -> pd.DataFrame:
        """One row a finding: `what`, `state`, `detail` (a sentence)."""
        rows = [(f.what, f.state, verified.detail(f.kind, f.about, language)) for f in self.findings]
        return pd.DataFrame(rows, columns=["what", "state", "detail"])

    def sentence(self, language: str = "en") -> str:
        """The verdict."""
        count = sum(finding.state == self.state for finding in self.findings)
        return verified.verdict(self.state, count, self.manifest.siap, language)


def verify(
    path: str | Path,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    most_work: float = MOST_WORK,
) -> Verdict:
    """Look at a package from anybody, run it again, and compare every number.

    A number that is off by at most 4 units in the last place, in a package from another system (processor, operating
    system, Python or libraries), is ``last-place``: their elementary functions round differently, and the model gave
    the same. That is no failure. On the same system it ``differs``.

    Parameters
    ----------
    path : str or Path
        A ZIP file; nothing of it is unpacked onto the disk or executed.
    progress : callable, optional
        Called with replications done, and all.
    cancel : threading.Event, optional
    most_work : float
        Tries of stages: workshops and clusters × stages and their attempts × replications. What asks for more is
        refused before it is run.

    Returns
    -------
    Verdict
        Every look taken, and what all of them amount to.

    Raises
    ------
    BadInput
        If it is no research package, is not safe to read, has a bad scenario, or asks for too much work.
    Cancelled
        If `cancel` was set.
    """
    with Archive(path) as package:
        stated, listed = manifest(package), checksums(package)
        findings = [Finding(MANIFEST, "same", "manifest", {"form": FORM, "siap": stated.siap, "made": stated.made})]
        findings += _whole(package, listed)
        scenarios = _scenarios(package, stated)
        _check_work(scenarios, stated, most_work, package.path.name)
        for run in stated.runs:
            findings += _stated(run, scenarios.get(run.run), stated.model_version)
        findings += _elsewhere(stated)
        findings += _for_people(package, stated)
        if len(scenarios) == len(stated.runs):
            findings += _compared(package, stated, _rerun(stated, scenarios, progress, cancel))
        else:
            names = [f"{TABLES}/{name}.{form}" for name in TABLE_OF for form in TABLE_FORMS]
            findings += [Finding(name, "unchecked", "not-rerun") for name in names if name in package.entries]
        return Verdict(package.path.name, stated, tuple(findings))


def _whole(package: Archive, listed: Mapping[str, str]) -> Iterator[Finding]:
    """Whether every file is there, no other, and each as it was written."""
    there = set(package.entries) - {CHECKSUMS}
    off = {name: "missing" for name in listed if name not in there}
    off |= {name: "extra" for name in there if name not in listed}
    off |= {name: "changed" for name in there & listed.keys() if package.digest(name) != listed[name]}
    for name in sorted(off):
        yield Finding(name, "differs", off[name])
    if not off:
        yield Finding(CHECKSUMS, "same", "whole", {"n": len(listed)})


def _scenarios(package: Archive, stated: Manifest) -> dict[str, Scenario]:
    """The scenario of each run that has one; a file that several runs share is read once."""
    there = [run for run in stated.runs if run.file in package.entries]
    files = dict.fromkeys(run.file for run in there)
    if (size := sum(package.entries[file].size for file in files)) > MOST_SCENARIOS:
        rule = f"has scenarios of more than {MOST_SCENARIOS:,} bytes together"
        raise BadInput(package.path.name, rule, size, "verify its runs in parts")
    read = {file: complete(package.text(file, LARGEST_SCENARIO), f"{package.path.name}: {file}") for file in files}
    return {run.run: read[run.file] for run in there}


def _check_work(scenarios: Mapping[str, Scenario], stated: Manifest, most: float, where: str) -> None:
    """Refuse what would run for hours or fill the memory, before it runs: a few bytes can ask for any work."""
    cases = {case.digest: case for s in scenarios.values() if (case := _case(s)) is not None}
    rows, work = tables.derived_rows(scenarios), sum(SLOWER * FIT_DRAWS * _tries(case) for case in cases.values())
    for run in stated.runs:
        if run.run in scenarios:
            slower = 1 if _engine(run) == "compiled" else SLOWER
            work += slower * run.replications * _tries(scenarios[run.run])
            rows += run.replications * (2 * len(LEAD_WEEKS) + len(scenarios[run.run].lineup))
    if rows > MOST_ROWS:
        raise BadInput(where, f"asks for tables of more than {MOST_ROWS:,} rows", rows, "verify its runs in parts")
    if work > most:
        rule = f"asks for more work than {most:.3g} tries of stages, which is about an hour"
        raise BadInput(where, rule, float(f"{work:.3g}"), "raise it with --most-work if you trust where it is from")


def _case(scenario: Scenario) -> Scenario | None:
    """On what its brand class is fitted, if it is."""
    kind = scenario.demand.classes.get(scenario.demand.brand_class)
    fitted = isinstance(kind, FittedLognormal) and kind.median_rmb is None
    return (scenario.case or scenario) if fitted else None


def _tries(scenario: Scenario) -> int:
    """Most tries of stages in a replication."""
    return LEAST_TRIES + scenario.programme.tries


def _stated(run: StatedRun, scenario: Scenario | None, version: str) -> Iterator[Finding]:
    """Whether a run is what its package says it is."""
    if scenario is None:
        yield Finding(run.file, "differs", "no-scenario", {"run": run.run})
        return
    if scenario.digest != run.digest:
        yield Finding(run.file, "differs", "digest", {"found": scenario.digest[:12], "stated": run.digest[:12]})
    elif scenario.name != run.scenario:
        yield Finding(run.file, "differs", "name", {"found": scenario.name, "stated": run.scenario})
    else:
        yield Finding(run.file, "same", "scenario", {"digest": run.digest[:12]})
    if id_of(run.digest, run.seed, run.replications, version) != run.run:
        yield Finding(run.run, "differs", "id", {"seed": run.seed, "replications": run.replications})
    if (engine := _engine(run)) != run.engine:
        yield Finding(run.run, "unchecked", "engine", {"stated": run.engine, "used": engine})


def _engine(run: StatedRun) -> str:
    """The engine that a run was made with, if it is here; both give the same numbers."""
    return run.engine if loops.HAS_NUMBA else "reference"


def _elsewhere(stated: Manifest) -> Iterator[Finding]:
    """What is different here from where the package was made."""
    if stated.model_version != MODEL_VERSION:
        yield Finding(MANIFEST, "unchecked", "model", {"stated": stated.model_version, "used": MODEL_VERSION})
    if differences := _other_system(stated):
        yield Finding(MANIFEST, "unchecked", "system", {"differences": differences})


def _other_system(stated: Manifest) -> list[tuple[str, str, str]]:
    """Name, there and here, of every part of the system that could round otherwise."""
    found: dict[str, tuple[str, str]] = {
        "platform": (stated.system.platform, platform.platform()),
        "machine": (stated.system.machine, platform.machine()),
        "python": (stated.system.python, platform.python_version()),
    }
    for name, version in stated.system.libraries.items():
        try:
            found[name] = (version, metadata.version(name))
        except (metadata.PackageNotFoundError, ValueError):
            found[name] = (version, "")
    return [(name, there, here) for name, (there, here) in found.items() if there != here]


def _for_people(package: Archive, stated: Manifest) -> Iterator[Finding]:
    """What is there beside scenarios and tables, of which no number was made again."""
    read = {CHECKSUMS, MANIFEST} | {run.file for run in stated.runs}
    read |= {f"{TABLES}/{name}.{form}" for name in TABLE_OF for form in TABLE_FORMS}
    if others := len(set(package.entries) - read):
        yield Finding(FOR_PEOPLE, "unchecked", "no-rerun", {"n": others})


def _rerun(
    stated: Manifest, scenarios: Mapping[str, Scenario], progress: Progress | None, cancel: threading.Event | None
) -> dict[str, pd.DataFrame]:
    """The tables as they come out here, under the ids and file names that the package has for its runs."""
    MEMORY.clear()  # or a run that this process has made would only be compared with itself
    parts: dict[str, list[pd.DataFrame]] = {}
    total, done = sum(run.replications for run in stated.runs), 0
    for run in stated.runs:
        told = None if progress is None else _part(progress, done, run.replications, total)
        result = simulate(scenarios[run.run], run.replications, run.seed, _engine(run), told, cancel)
        for name, frame in tables.simulated([result]).items():
            parts.setdefault(name, []).append(frame.assign(run=run.run))
        done += run.replications
    made = {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    made["runs"] = made["runs"].assign(file=[run.file for run in stated.runs], model_version=stated.model_version)
    return made | tables.derived(made, scenarios)


def _part(progress: Progress, before: int, many: int, total: int) -> Callable[[int, int], None]:
    return lambda count, pieces: progress(before + many * count // max(pieces, 1), total)


def _compared(package: Archive, stated: Manifest, made: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Every table of the package, in both of its forms, against the one that was made again."""
    other = _other_system(stated)
    for name, table in TABLE_OF.items():
        for form in TABLE_FORMS:
            file = f"{TABLES}/{name}.{form}"
            if file not in package.entries:
                yield Finding(file, "differs", "no-table")
                continue
            found = compared(package.read(file), form, made[name], table)
            if not table.rerun and not found.same and stated.siap != metadata.version("siap"):
                yield Finding(file, "unchecked", "other-version", {"stated": stated.siap})
            else:
                yield _finding(file, found, other)


def _finding(file: str, found: Comparison, other: Sequence[tuple[str, str, str]]) -> Finding:
    if found.unread:
        return Finding(file, "differs", "unread", {"reason": found.unread})
    about: dict[str, Any] = {"rows": found.rows}
    if found.same:
        return Finding(file, "same", "table-same", about)
    about |= {"columns": dict(found.columns), "row": found.first_row, "largest": found.largest, "ulps": found.ulps}
    if found.last_place and other:
        return Finding(file, "last-place", "table-last-place", about)
    return Finding(file, "differs", "table-differs", about)
