"""Running a programme: draws in, history out. `run` is the way in; what the rules are is in docs/engine.md."""

from __future__ import annotations

import math
import numbers
from typing import TYPE_CHECKING

from sim import loops
from sim.engine.draws import Draws
from sim.engine.history import History
from sim.engine.parts import Part, parts, together
from sim.engine.plan import Plan
from sim.errors import BadInput, unknown
from sim.programme.check import MOST_CELLS
from sim.programme.quantity import settled

if TYPE_CHECKING:
    from sim.programme.programme import Programme

ENGINES = ("reference", "compiled")

__all__ = ["ENGINES", "Draws", "History", "Plan", "check_size", "chosen", "run", "run_plan"]


def run(programme: Programme, replication: int = 0, seed: int = 7, engine: str | None = None) -> History:
    """Run one replication of any programme.

    Parameters
    ----------
    programme : Programme
        Numbers with a range are held at their most likely value.
    replication, seed : int
        Which random numbers; any replication is had directly.
    engine : {"reference", "compiled"}, optional
        None: the best one present.

    Raises
    ------
    BadInput
        For an engine that does not exist or is not present, or a number that is not whole.
    """
    named = _whole("seed", seed), _whole("replication", replication)
    engine = chosen(engine)
    plain = settled(programme, {})
    plan = Plan.of(plain)
    check_size(plan)
    return run_plan(plan, Draws.of(plan, plain, *named), engine)


def _whole(name: str, number: int) -> int:
    if isinstance(number, bool) or not isinstance(number, numbers.Integral) or number < 0:
        raise BadInput(name, "must be a whole number, at least 0", number)
    return int(number)  # a numpy integer would name other streams


def check_size(plan: Plan) -> None:
    """Refuse a plan whose whole history does not fit in memory; its parts, one after the other, may."""
    if math.prod(plan.shape) > MOST_CELLS:
        raise BadInput("history", "is too large to be had at once", f"{plan.entities} clusters and workshops")


def run_plan(plan: Plan, draws: Draws, engine: str | None = None) -> History:
    """Run a plan on its draws; both engines return the same history."""
    if chosen(engine) == "reference":
        from sim.engine.reference import Reference

        return Reference(plan, draws).run()
    return together(plan, [(part, _compiled(part, draws)) for part in parts(plan)])


def _compiled(part: Part, draws: Draws) -> History:
    from sim.engine.compiled import Compiled

    made = Compiled(part.plan)
    durations, passed = (made.cells.flat(part.plan, d[part.entities]) for d in (draws.durations, draws.passed))
    made.advance(part.plan.capacity, durations, passed)
    return made.history(passed)


def chosen(engine: str | None) -> str:
    """The engine that is meant: the one asked for if it is present, else the best one present."""
    if engine is None:
        return "compiled" if loops.HAS_NUMBA else "reference"
    if engine not in ENGINES:
        raise unknown("engine", "engine", engine, ENGINES)
    if engine == "compiled" and not loops.HAS_NUMBA:
        remedy = "pip install 'siap[compiled]', use 'reference' or leave it out"
        raise BadInput("engine", "the compiled engine needs numba, which is not installed", engine, remedy)
    return engine
