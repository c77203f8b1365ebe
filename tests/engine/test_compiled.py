"""The compiled engine is the exact copy of the reference engine: whole histories are compared with ==."""

import dataclasses
import inspect
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

import sim
from sim.engine import Draws, Plan, loop, run_plan
from sim.engine import compiled as compiled_engine
from sim.engine.cells import Cells
from sim.engine.compiled import Compiled, Room
from sim.engine.draws import Sources, Tables
from sim.engine.parts import Part, parts
from sim.engine.record import Record
from sim.experiment.runner import Replications, Run
from sim.outcomes import Milestones
from sim.programme import Programme
from sim.scenario import Scenario, scenario_names
from tests.engine.strategies import programmes, wild_programme, wild_programmes

ROOT = Path(__file__).parents[2]


def both(programme: Programme, seed: int = 7) -> bool:
    """Whether both engines make the same of a programme."""
    plan = Plan.of(programme)
    draws = Draws.of(plan, programme, seed, 0)
    return run_plan(plan, draws, "reference") == run_plan(plan, draws, "compiled")


@settings(max_examples=100)
@given(programmes())
def test_both_engines_make_the_same_history(programme: Programme):
    assert both(programme)


@settings(max_examples=250)
@given(wild_programmes())
def test_both_engines_make_the_same_history_of_entangled_programmes(programme: Programme):
    assert both(programme)


@pytest.mark.slow
def test_both_engines_make_the_same_history_of_five_thousand_programmes():
    assert [seed for seed in range(5_000) if not both(wild_programme(seed))] == []


NATIONAL = ("all-centres", "all-ikm")  # of which the reference engine would take minutes and hours
EVERYDAY = ("cibaduyut-2027", "eight-clusters-2027", "cibaduyut-one-by-one", "single-day-2018")


@pytest.mark.parametrize("name", [n for n in scenario_names() if n.startswith(EVERYDAY)])
def test_shipped_scenarios_have_the_same_histories(name: str):
    scenario = Scenario.load(name)
    count = 1 if name.startswith("eight") else 2
    made = [Replications(Run(scenario, scenario.seed, 5, "mixed", engine)) for engine in ("reference", "compiled")]
    for k in range(count):
        assert made[0].history(k) == made[1].history(k)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in scenario_names() if n not in NATIONAL])
def test_every_shipped_scenario_has_the_same_five_histories(name: str):
    scenario = Scenario.load(name)
    made = [Replications(Run(scenario, scenario.seed, 5, "mixed", engine)) for engine in ("reference", "compiled")]
    assert [k for k in range(5) if made[0].history(k) != made[1].history(k)] == []


def test_a_hundred_stages_that_share_places_have_the_same_history():
    resources = {f"r{i}": 1 + i % 3 for i in range(7)}
    stages = [
        sim.Stage(
            f"s{i}",
            after=f"s{i - 9}" if i > 9 else (),
            needs={f"r{i % 7}": 1, f"r{(i + 3) % 7}": 1},
            duration=sim.Fixed(i % 4),
            priority=i % 2,
        )
        for i in range(100)
    ]
    for discipline in ("first-fit", "head-of-line"):
        programme = Programme(
            resources=resources, stages=stages, clusters=[sim.Cluster("c", workshops=6)], discipline=discipline
        )
        assert both(programme)


# ── planted faults ───────────────────────────────────────────────────────────────────────────────────────────────────
MUTANTS = {
    "ties the other way round": (
        "(day == best_day and entity < first_in[best])",
        "(day == best_day and entity > first_in[best])",
    ),
    "grant before all has ended": (
        "while in_service > ZERO and heap[0, 0] == bits:",
        "if in_service > ZERO and heap[0, 0] == bits:",
    ),
    "one place too many": ("free[:] = p.capacity", "free[:] = p.capacity + 1"),
    "counts that are not latched": (
        "if latched[cluster, count] < np.inf or past[cluster, counted[count]] < need:",
        "if past[cluster, counted[count]] < need:",
    ),
    "skip that does not count as passed": ("not passed[cell] and on_fail[stage] != SKIP", "not passed[cell]"),
    "a newcomer at the end of the line": ("while after != NOBODY and after < entity:", "while after != NOBODY:"),
    "priorities that are not looked at": (
        "or priority[stage] < priority[lined[best]]",
        "or priority[stage] < priority[stage]",
    ),
    "a retry that cancels what runs": ("flag | AGAIN if flag & BUSY else flag", "flag"),
    "places that come back unnoticed": (
        "first_in[line] != NOBODY and not is_stirred[line]",
        "first_in[line] == NOBODY and not is_stirred[line]",
    ),
    "a newcomer that is not looked at": ("if not is_stirred[line]:", "if is_stirred[line]:"),
    "two stages of one entity the other way round": (
        "entity == first_in[best] and line < best",
        "entity == first_in[best] and line > best",
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_fault_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch):
    right, wrong = MUTANTS[name]
    source = inspect.getsource(loop)
    assert source.count(right) >= 1
    faulty: dict[str, object] = {}
    plain = source.replace(right, wrong).replace("from sim.loops import inlined, loop", "inlined = loop = lambda f: f")
    with np.errstate(all="ignore"):
        exec(compile(plain, "faulty.py", "exec"), faulty)
        monkeypatch.setattr(compiled_engine, "run_loop", faulty["run_loop"])
        assert any(not both(wild_programme(seed)) for seed in range(400))


# ── without compilation, and with every index looked at ──────────────────────────────────────────────────────────────
PROGRAM = """
from tests.engine.strategies import wild_programme
from tests.engine.test_compiled import both, read_both_ways
programmes = [wild_programme(seed) for seed in range({count})]
print([seed for seed, one in enumerate(programmes) if not (both(one) and read_both_ways(one))])
"""


@pytest.mark.parametrize(
    ("setting", "count"),
    [("NUMBA_DISABLE_JIT", 60), pytest.param("NUMBA_BOUNDSCHECK", 150, marks=pytest.mark.slow)],
)
def test_the_copy_is_exact_without_compilation_and_within_bounds(setting: str, count: int, tmp_path: Path):
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(count=count)],
        cwd=ROOT,
        env=os.environ | {setting: "1", "NUMBA_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.stdout.strip(), found.returncode) == ("[]", 0), found.stderr


# ── flat and dense ───────────────────────────────────────────────────────────────────────────────────────────────────
def same(one: object, other: object) -> bool:
    """Whether two values hold the same numbers."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other


def read_both_ways(programme: Programme) -> bool:
    """Whether milestones are the same read off a history and off the arrays of the loop."""
    plan = Plan.of(programme)
    history = run_plan(plan, Draws.of(plan, programme, 7, 0), "reference")
    # Each part on its own, drawn for it alone: nothing of the whole is known to it.
    records = [(part, _record(part, programme)) for part in parts(plan)]
    of_parts = [(part, Milestones.of(record, programme.stages, None)) for part, record in records]
    queued = all(same(_in_part(history.queued, part), record.queued) for part, record in records)
    return queued and same(Milestones.together(of_parts), Milestones.of(history, programme.stages, None))


def _record(part: Part, programme: Programme) -> Record:
    tables = Tables(Sources.of(part.plan), 7, 0)
    tables.fill(programme.stages)
    return Compiled(part.plan).run(part.plan, tables.durations, tables.passed)


def _in_part(values: np.ndarray, part: Part) -> np.ndarray:
    return Cells.of(part.plan).flat(part.plan, values[part.entities])


@settings(max_examples=60)
@given(wild_programmes())
def test_milestones_are_the_same_read_off_a_history_and_off_the_loops_own_arrays(programme: Programme):
    assert read_both_ways(programme)


def test_a_run_that_outgrows_its_room_begins_again_with_more_and_ends_the_same():
    grown = []
    for seed in range(25):
        programme = wild_programme(seed)
        for part in parts(Plan.of(programme)):
            plain = _record(part, programme)
            tables = Tables(Sources.of(part.plan), 7, 0)
            tables.fill(programme.stages)
            cramped = Compiled(part.plan)
            cramped.room = Room.of(1)
            assert same(cramped.run(part.plan, tables.durations, tables.passed), plain)
            grown.append(len(cramped.room.turns) > 1)
    assert sum(grown) > 20


def test_a_run_uses_no_more_than_150_bytes_of_scratch_a_workshop():
    plan = Plan.of(Scenario.load("eight-clusters-2027").programme)
    made = Compiled(plan)
    assert sum(part.nbytes for part in (*made.state, *made.room)) / plan.entities <= 150


# ── tables that are filled anew where something differs ──────────────────────────────────────────────────────────────
def test_tables_that_were_filled_for_others_hold_what_fresh_ones_do():
    for seed in range(40):
        one = wild_programme(seed)
        plan, tables = Plan.of(one), Tables(Sources.of(Plan.of(one)), 7, 0)
        tables.fill(one.stages)
        changed = tuple(
            dataclasses.replace(s, passes=None, on_fail=None, retry=None, again=1.0) if i % 2 else s
            for i, s in enumerate(one.stages)
        )
        bounds = [int(b) for b in plan.bound]
        if [int(b) for b in Plan.of(dataclasses.replace(one, stages=changed)).bound] != bounds:
            continue
        tables.fill(changed)
        fresh = Tables(Sources.of(plan), 7, 0)
        fresh.fill(changed)
        assert np.array_equal(tables.durations, fresh.durations)
        assert np.array_equal(tables.passed, fresh.passed)


def test_what_does_not_differ_is_not_filled_again():
    programme = wild_programme(3)
    tables = Tables(Sources.of(Plan.of(programme)), 7, 0)
    tables.fill(programme.stages)
    tables.durations[:] = -1.0
    tables.fill(programme.stages)
    assert (tables.durations == -1.0).all()


def test_what_was_left_half_filled_is_filled_again(monkeypatch: pytest.MonkeyPatch):
    programme = wild_programme(3)
    tables, fresh = (Tables(Sources.of(Plan.of(programme)), 7, 0) for _ in range(2))
    fresh.fill(programme.stages)
    tables.fill(programme.stages)
    other = tuple(dataclasses.replace(s, duration=sim.Fixed(99)) for s in programme.stages)

    def interrupted(number: int, stage: sim.Stage) -> None:
        tables.durations[:] = np.nan
        raise KeyboardInterrupt

    monkeypatch.setattr(tables, "_fill_durations", interrupted)
    with pytest.raises(KeyboardInterrupt):
        tables.fill(other)
    monkeypatch.undo()
    tables.fill(programme.stages)
    first = tables._columns(tables.durations, 0)
    assert all(map(np.array_equal, first, fresh._columns(fresh.durations, 0)))
