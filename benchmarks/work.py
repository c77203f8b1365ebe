"""What the engines are given: a programme, its plan and its draws, made before any clock starts."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
from numpy.typing import NDArray

import sim
from sim.engine.compiled import Compiled
from sim.engine.draws import Draws
from sim.engine.plan import Plan
from sim.engine.reference import Reference
from sim.programme import Programme, settled

SCENARIO = "eight-clusters-2027"
SEED = 7
TIMES = ("queued", "started", "finished")

Flat = tuple[NDArray[np.float64], NDArray[np.bool_]]


@dataclasses.dataclass(frozen=True, eq=False)
class Work:
    """A programme ready for every engine.

    Attributes
    ----------
    programme : Programme
        Numbers with a range at their most likely value.
    plan : Plan
    draws : list of Draws
        Of replications 0, 1, …
    """

    programme: Programme
    plan: Plan
    draws: list[Draws]

    @classmethod
    def of(cls, programme: Programme, replications: int) -> Work:
        """Prepare a programme."""
        plain = settled(programme, {})
        plan = Plan.of(plain)
        return cls(plain, plan, [Draws.of(plan, plain, SEED, k) for k in range(replications)])

    @functools.cached_property
    def compiled(self) -> Engine:
        """An engine to ask about the layout of tables, and to check against."""
        return Engine(self.plan)

    @functools.cached_property
    def tables(self) -> list[Flat]:
        """The draws as the flat tables of the compiled engine."""
        flat = self.compiled.made.cells.flat
        return [(flat(self.plan, d.durations), flat(self.plan, d.passed)) for d in self.draws]

    @property
    def workshops(self) -> int:
        """How many there are."""
        return int((~self.plan.is_cluster).sum())

    @functools.cached_property
    def attempts(self) -> float:
        """Attempts that end in a run, on average."""
        return float(np.mean([self.ended(table) for table in self.tables]))

    def ended(self, table: Flat) -> int:
        """Attempts that end in the run on one table."""
        self.compiled.run(*table)
        return int((~np.isnan(self.compiled.times("finished"))).sum())

    def reference(self, draws: Draws) -> sim.engine.History:
        """One run of the SimPy engine."""
        return Reference(self.plan, draws).run()


class Engine:
    """The compiled engine without its outcomes: the loop alone, on flat tables."""

    def __init__(self, plan: Plan) -> None:
        self.made = Compiled(plan)

    def run(self, durations: NDArray[np.float64], passed: NDArray[np.bool_]) -> None:
        """Run once."""
        self.made.advance(self.made.plan.capacity, durations, passed)

    def times(self, name: str) -> NDArray[np.float64]:
        """Days of every attempt in the last run, flat."""
        return getattr(self.made.times, name)

    @property
    def nbytes(self) -> int:
        """Bytes of the arrays that a run writes, beside the times."""
        made = self.made
        return sum(array.nbytes for arrays in (made.state, made.room) for array in arrays)


def scenario_work(replications: int) -> Work:
    """The work of the scenario that everything here is measured on."""
    return Work.of(sim.Scenario.load(SCENARIO).programme, replications)
