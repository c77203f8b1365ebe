"""The engine alone and the whole simulation: SimPy, compiled, and the yardstick in C."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import itertools
import os
from collections.abc import Callable, Iterator

import numpy as np

import sim
from benchmarks.cloop import CLoop, NoCompiler
from benchmarks.measure import Case, Cores, Taken, alternating, calls_for, in_turn, repeated
from benchmarks.section import Section, digits, seconds, spread, times
from benchmarks.work import SCENARIO, TIMES, Engine, Work, scenario_work

ABOUT_ALONE = (
    f"Eight clusters ({SCENARIO}) on numbers drawn before: no drawing, no outcomes, only the run. SimPy is the "
    "definition; compiled is its copy by numba; two threads are two engines at the same time, and the time is that of "
    "one run of all that were done; C is the same rules by hand (benchmarks/loop.c, gcc -O3 -march=native), a measure "
    "of how much is left to gain. An attempt is one time that an entity does a stage."
)
ABOUT_WHOLE = (
    f"sim.simulate({SCENARIO!r}), a new seed each time, so that nothing is remembered: numbers drawn, engine, "
    "milestones, outcomes. SimPy runs few replications, so that what is done once weighs more on it."
)
_seeds = itertools.count(1_000)


def fresh_seed() -> int:
    """A seed that no run of this process has had."""
    return next(_seeds)


def two_threads(engines: list[Engine], work: Work, runs: int) -> Case:
    """So many runs by each of several engines at the same time."""

    def all_at_once() -> None:
        with concurrent.futures.ThreadPoolExecutor(len(engines)) as pool:
            done = [pool.submit(repeated(in_turn(engine.run, work.tables), runs)) for engine in engines]
        for one in done:
            one.result()

    return all_at_once


def same(work: Work, loop: CLoop | None) -> bool:
    """Whether SimPy, compiled and C (if present) have the same times, bit by bit."""
    for draws, table in zip(work.draws, work.tables, strict=True):
        history = work.reference(draws)
        work.compiled.run(*table)
        for name in TIMES:
            flat = work.compiled.made.cells.flat(work.plan, getattr(history, name))
            if not np.array_equal(flat, work.compiled.times(name), equal_nan=True):
                return False
        if loop is not None and not same_as_c(work, loop, table):
            return False
    return True


def same_as_c(work: Work, loop: CLoop, table: tuple[np.ndarray, np.ndarray]) -> bool:
    """Whether compiled and C have the same times on one table, bit by bit."""
    work.compiled.run(*table)
    loop.run(*table)
    return all(np.array_equal(work.compiled.times(name), getattr(loop, name), equal_nan=True) for name in TIMES)


def alone(loaded: ctypes.CDLL | NoCompiler, quick: bool) -> Section:
    """The engine alone."""
    work = scenario_work(2 if quick else 4)
    loop = CLoop(loaded, work.plan) if isinstance(loaded, ctypes.CDLL) else None
    agree = same(work, loop)
    if not agree:
        raise SystemExit("The engines differ, so that comparing their speed would mean nothing.")
    taken, cores = _taken_alone(work, loop, 3 if quick else 7)
    columns = ["Engine", "Median per run", "Fastest to slowest", "Per attempt", "Faster than SimPy"]
    rows = [
        [
            name,
            seconds(taken.median(name)),
            spread(*taken.spread(name)),
            seconds(taken.median(name) / work.attempts),
            times(taken.ratio("SimPy", name)),
        ]
        for name in taken.seconds
    ]
    notes = [
        f"{work.workshops:,} workshops, {work.attempts:,.0f} attempts a run; times the same in all, bit by bit.",
        f"Two threads had {digits(cores.had)} cores; less than 2 means that others used the machine.",
    ]
    if loop is None:
        notes.append(f"C was skipped: {loaded}.")
    else:
        notes.append(f"Compiled takes {times(taken.ratio('compiled, one thread', 'C, one thread'))} as long as C.")
    return Section("The engine alone", ABOUT_ALONE, columns, rows, notes)


def _taken_alone(work: Work, loop: CLoop | None, rounds: int) -> tuple[Taken, Cores]:
    """Every engine on all tables, in turn, and the cores that two threads had."""
    tables, own = len(work.tables), Engine(work.plan)
    one = in_turn(own.run, work.tables)
    runs = calls_for(one, 0.2)
    both = Cores(two_threads([Engine(work.plan), Engine(work.plan)], work, runs))
    cases: dict[str, Case] = {
        "SimPy": in_turn(work.reference, [(draws,) for draws in work.draws]),
        "compiled, one thread": repeated(one, runs),
        "compiled, two threads": both,
    }
    pieces = {"SimPy": tables, "compiled, one thread": tables * runs, "compiled, two threads": 2 * tables * runs}
    if loop is not None:
        cases["C, one thread"] = repeated(in_turn(loop.run, work.tables), runs)
        pieces["C, one thread"] = tables * runs
    return alternating(cases, rounds, pieces), both


def whole(quick: bool) -> Section:
    """A whole simulation, per replication."""
    scenario = sim.Scenario.load(SCENARIO)
    many, few = (50, 2) if quick else (200, 5)
    all_cores = Cores(_simulation(scenario, many, "compiled"))
    cases: dict[str, Case] = {
        "reference": _simulation(scenario, few, "reference"),
        "compiled, one thread": with_threads("1", _simulation(scenario, many, "compiled")),
        "compiled": all_cores,
    }
    _simulation(scenario, 2, "compiled")()  # compiles what is not compiled yet
    pieces = {"reference": few, "compiled, one thread": many, "compiled": many}
    taken = alternating(cases, 3 if quick else 5, pieces)
    columns = ["Engine", "Replications", "Median per replication", "Fastest to slowest", "Faster than SimPy"]
    rows = [
        [
            name,
            str(pieces[name]),
            seconds(taken.median(name)),
            spread(*taken.spread(name)),
            times(taken.ratio("reference", name)),
        ]
        for name in cases
    ]
    notes = [
        f"The last row runs a thread on each core ({os.cpu_count()}) and had {digits(all_cores.had)} cores on average."
    ]
    return Section("A whole simulation", ABOUT_WHOLE, columns, rows, notes)


def _simulation(scenario: sim.Scenario, replications: int, engine: str) -> Callable[[], object]:
    return lambda: sim.simulate(scenario, replications, seed=fresh_seed(), engine=engine)


def with_threads(count: str, case: Case) -> Case:
    """The same with so many threads."""

    def limited() -> None:
        with setting("SIAP_THREADS", count):
            case()

    return limited


@contextlib.contextmanager
def setting(name: str, value: str) -> Iterator[None]:
    """Within it, a setting of the environment has this value."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
