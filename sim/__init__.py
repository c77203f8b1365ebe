"""Siap: how long clusters need to get ready for a campaign, and what share of its sales they may reach.

A `Scenario` is one complete setting, `describe` says it in words, `simulate` runs it and keeps the run, `when` asks
how long before the event to start, `compare` what one brings more than another, `select` which of many is the best,
`enough` how many replications a precision takes, `sweep` what comes of many settings at once (`factorial`,
`latin_hypercube`, `sobol`), `as_function` makes a scenario callable for the libraries of others.
A `Programme` of stages, resources and clusters can be built and run without files: see `sim.engine`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim import engine
from sim.errors import BadInput
from sim.experiment import (
    Answer,
    Design,
    Difference,
    Range,
    Result,
    Selection,
    compare,
    enough,
    factorial,
    latin_hypercube,
    select,
    sobol,
    when,
)
from sim.programme import (
    All,
    Cluster,
    Count,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Improving,
    Lognormal,
    Pert,
    Programme,
    Quantity,
    Resource,
    Share,
    Stage,
    Triangular,
    Uniform,
)
from sim.scenario import Scenario
from sim.store import simulate
from sim.text.describe import describe

if TYPE_CHECKING:
    from sim.analysis.function import as_function
    from sim.sweeps import Sweep, sweep

__version__ = "0.1.0"

__all__ = [
    "All",
    "Answer",
    "BadInput",
    "Cluster",
    "Count",
    "Design",
    "Difference",
    "Empirical",
    "Exponential",
    "Fixed",
    "Gamma",
    "Improving",
    "Lognormal",
    "Pert",
    "Programme",
    "Quantity",
    "Range",
    "Resource",
    "Result",
    "Scenario",
    "Selection",
    "Share",
    "Stage",
    "Sweep",
    "Triangular",
    "Uniform",
    "as_function",
    "compare",
    "describe",
    "engine",
    "enough",
    "factorial",
    "latin_hypercube",
    "select",
    "simulate",
    "sobol",
    "sweep",
    "when",
]


def __getattr__(name: str) -> Any:
    """Sweeps and what rests on them, imported when they are asked for: they bring PyArrow, which takes a while."""
    if name in ("Sweep", "sweep"):
        from sim import sweeps

        return getattr(sweeps, name)
    if name == "as_function":
        from sim.analysis.function import as_function

        return as_function
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
