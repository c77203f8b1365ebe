"""Siap: how long clusters need to get ready for a campaign, and what share of its sales they may reach.

A `Scenario` is one complete setting, `describe` says it in words, `simulate` runs it and keeps the run, `when`
asks how long before the event to start, `compare` what one brings more than another, `select` which of many is the
best, `enough` how many replications a precision takes.
A `Programme` of stages, resources and clusters can be built and run without files: see `sim.engine`.
"""

from sim import engine
from sim.errors import BadInput
from sim.experiment import Answer, Difference, Result, Selection, compare, enough, select, when
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

__version__ = "0.1.0"

__all__ = [
    "All",
    "Answer",
    "BadInput",
    "Cluster",
    "Count",
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
    "Resource",
    "Result",
    "Scenario",
    "Selection",
    "Share",
    "Stage",
    "Triangular",
    "Uniform",
    "compare",
    "describe",
    "engine",
    "enough",
    "select",
    "simulate",
    "when",
]
