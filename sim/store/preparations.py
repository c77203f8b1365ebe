"""Milestones of a run as a table and back, bit by bit: one row a replication."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyarrow as pa

from sim.experiment.runner import Run
from sim.outcomes.milestones import Milestones, Ramp
from sim.store import columns

FLAT = ("passed_days", "never", "left", "chain_days", "blocked_by")
PART_BYTES = 4_000_000
NESTED = ("tested_days", "started_days", "output_days")


def tables(found: list[Milestones]) -> Iterator[pa.Table]:
    """All milestones of a run, some replications at a time: a copy of them all would be large."""
    many = max(1, PART_BYTES // found[0].nbytes)
    for first in range(0, len(found), many):
        yield _table(found[first : first + many], first)


def _table(found: list[Milestones], first: int) -> pa.Table:
    made = {name: columns.rows([getattr(m, name) for m in found]) for name in FLAT}
    made |= {name: columns.nested([getattr(m, name) for m in found]) for name in NESTED}
    for name in ("days", "rise"):
        made[f"ramp_{name}"] = columns.nested([[getattr(ramp, name) for ramp in m.ramps] for m in found])
    return pa.table(
        {"replication": pa.array(range(first, first + len(found))), "end_days": [m.end_days for m in found]} | made
    )


def milestones(run: Run, parts: Iterable[pa.Table]) -> list[Milestones]:
    """The milestones that tables hold, of as many replications as the run has."""
    found: list[Milestones] = []
    for part in parts:
        found += _milestones(run, part)
        if len(found) >= run.replications:
            break
    return found[: run.replications]


def _milestones(run: Run, table: pa.Table) -> list[Milestones]:
    plan = run.scenario.programme
    shape, labels = (len(plan.clusters), len(plan.stages)), len(plan.stages) + len(plan.resources)
    flat = {name: columns.arrays(table[name]) for name in FLAT}
    lists = {name: columns.nested_arrays(table[name]) for name in NESTED}
    days, rises = (columns.nested_arrays(table[f"ramp_{name}"]) for name in ("days", "rise"))
    shapes = dict.fromkeys(FLAT, shape) | {"chain_days": (*shape, labels)}
    return [
        Milestones(
            **{name: flat[name][k].reshape(shapes[name]) for name in FLAT},
            tested_days=tuple(lists["tested_days"][k]),
            started_days=tuple(lists["started_days"][k]),
            output_days=tuple(paths.reshape(-1, labels) for paths in lists["output_days"][k]),
            ramps=tuple(Ramp(*ramp) for ramp in zip(days[k], rises[k], strict=True)),
            end_days=float(table["end_days"][k].as_py()),
        )
        for k in range(len(table))
    ]
