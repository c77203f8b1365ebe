"""Scale: cost and memory per workshop as the programme grows, and the largest scenarios end to end."""

from __future__ import annotations

import ctypes
import dataclasses
import json
import subprocess
import sys
import tracemalloc

import sim
from benchmarks.cloop import CLoop, NoCompiler
from benchmarks.engines import same_as_c
from benchmarks.measure import Case, Taken, alternating, calls_for, repeated
from benchmarks.section import Section, seconds, size, times
from benchmarks.work import Work
from sim.programme import Programme, Resource, settled

REFERENCE = "cibaduyut-2027"
WORKSHOPS = 43  # of each cluster
LARGE = ("all-centres", "all-ikm")
ABOUT = (
    f"Made from the reference pathway: clusters of {WORKSHOPS} workshops, and of every resource as many places a "
    "workshop as the reference has, in one pool. Time of the engine alone, per workshop and run. Memory, also per "
    "workshop: what compiled and C write while they run, beside the tables that both read (9 bytes for each attempt "
    "that could be made) and the times that both leave (24 bytes for each); for SimPy its peak, with the times it "
    "leaves, measured with tracemalloc, and only where that is quick."
)
ABOUT_LARGE = (
    "One replication of the whole country, run in parts, a province each, by as many threads as there are cores: from "
    "the scenario at hand to its share at one lead time, in a process of its own that has started up and run a small "
    "scenario before. Memory is the peak of the process. Making the scenario from its files is told apart."
)
ALONE = """
import json, resource, sys, time
import sim
sim.simulate("cibaduyut-2027", replications=2).share([104])
start = time.perf_counter()
scenario = sim.Scenario.load(sys.argv[1])
workshops = sum(brand.workshops for brand, _ in scenario.lineup)
made = time.perf_counter()
sim.simulate(scenario, replications=1).share([104])
taken = time.perf_counter() - made
try:
    lines = open("/proc/self/status").read().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024
except OSError:  # not Linux; there, ru_maxrss would count the process that started this one
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps([workshops, made - start, taken, peak]))
"""


@dataclasses.dataclass(frozen=True)
class Point:
    """Seconds per workshop of each engine at one size."""

    workshops: int
    seconds: dict[str, float]


def grown(clusters: int) -> Programme:
    """So many clusters along the reference pathway, sharing places in proportion."""
    reference = settled(sim.Scenario.load(REFERENCE).programme, {})
    share = WORKSHOPS * clusters / sum(cluster.workshops for cluster in reference.clusters)
    resources = {name: Resource(max(1, round(r.capacity * share))) for name, r in reference.resources.items()}
    kind = reference.clusters[0]
    made = (
        dataclasses.replace(kind, name=f"{kind.name}-{i}", origin=None, first=0, workshops=WORKSHOPS)
        for i in range(clusters)
    )
    return dataclasses.replace(reference, resources=resources, clusters=tuple(made))


def section(loaded: ctypes.CDLL | NoCompiler, quick: bool) -> tuple[Section, list[Point]]:
    """Engines as the programme grows."""
    columns = ["Workshops", "SimPy", "compiled", "C", "compiled faster than SimPy", "C faster than compiled"]
    columns += ["Memory: SimPy", "compiled", "C"]
    rows, points = [], []
    for clusters in (1, 10, 100) if quick else (1, 10, 100, 1_000):
        work = Work.of(grown(clusters), 1)
        loop = CLoop(loaded, work.plan) if isinstance(loaded, ctypes.CDLL) else None
        taken = _taken(work, loop, 3 if clusters < 1_000 else 1)
        rows.append([f"{work.workshops:,}", *_times(taken), *_memory(work, loop)])
        points.append(Point(work.workshops, {name: taken.median(name) for name in taken.seconds}))
    notes = [f"C was skipped: {loaded}."] if isinstance(loaded, NoCompiler) else []
    return Section("Scale: the engine alone, per workshop", ABOUT, columns, rows, notes), points


def _taken(work: Work, loop: CLoop | None, rounds: int) -> Taken:
    """Every engine, per workshop."""
    table = work.tables[0]
    runs = calls_for(lambda: work.compiled.run(*table), 0.1)
    cases: dict[str, Case] = {
        "SimPy": lambda: work.reference(work.draws[0]),
        "compiled": repeated(lambda: work.compiled.run(*table), runs),
    }
    pieces = {"SimPy": work.workshops, "compiled": work.workshops * runs}
    if loop is not None:
        if not same_as_c(work, loop, table):
            raise SystemExit("The engines differ, so that comparing their speed would mean nothing.")
        cases["C"], pieces["C"] = repeated(lambda: loop.run(*table), runs), work.workshops * runs
    return alternating(cases, rounds, pieces)


def _times(taken: Taken) -> list[str]:
    has_c = "C" in taken.seconds
    return [
        *(seconds(taken.median(name)) for name in ("SimPy", "compiled")),
        seconds(taken.median("C")) if has_c else "–",
        times(taken.ratio("SimPy", "compiled")),
        times(taken.ratio("compiled", "C")) if has_c else "–",
    ]


def _memory(work: Work, loop: CLoop | None) -> list[str]:
    """Bytes per workshop of each engine."""
    return [
        size(_peak(work) / work.workshops) if work.workshops < 1_000 else "–",
        size(work.compiled.nbytes / work.workshops),
        size(loop.nbytes / work.workshops) if loop is not None else "–",
    ]


def _peak(work: Work) -> int:
    """Bytes that a run of the SimPy engine takes at its height."""
    tracemalloc.start()
    try:
        work.reference(work.draws[0])
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def large() -> Section:
    """The largest scenarios."""
    columns = ["Scenario", "Workshops", "Made in", "Answered in", "a workshop", "Memory", "a workshop"]
    rows, notes = [], []
    for name in LARGE:
        command = [sys.executable, "-c", ALONE, name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own code
        if done.returncode:
            notes.append(f"{name} did not end well: {done.stderr.strip().splitlines()[-1]}")
            continue
        workshops, made, taken, peak = json.loads(done.stdout)
        times_and_sizes = [
            seconds(made),
            seconds(taken),
            seconds(taken / workshops),
            size(peak),
            size(peak / workshops),
        ]
        rows.append([name, f"{workshops:,}", *times_and_sizes])
    return Section("Scale: the whole country", ABOUT_LARGE, columns, rows, notes)
