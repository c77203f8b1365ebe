"""Experiments: scenarios simulated, questions answered from the stored replications."""

from sim.experiment.calibrate import Fit, fit
from sim.experiment.compare import Difference, compare
from sim.experiment.design import Design, Factor, Range, factorial, given, latin_hypercube, sobol
from sim.experiment.intervals import Interval
from sim.experiment.margins import margins, ranked
from sim.experiment.moves import Move, choices, moves
from sim.experiment.precision import Enough, Precision, enough
from sim.experiment.reach import Reach, reach
from sim.experiment.remedy import Remedy, remedies
from sim.experiment.report import report
from sim.experiment.result import LEAD_WEEKS, MODEL_VERSION, Result, simulate
from sim.experiment.runner import Cancelled
from sim.experiment.selection import Selection, select
from sim.experiment.tornado import tornado, weakest
from sim.experiment.when import Answer, when

__all__ = [
    "LEAD_WEEKS",
    "MODEL_VERSION",
    "Answer",
    "Cancelled",
    "Design",
    "Difference",
    "Enough",
    "Factor",
    "Fit",
    "Interval",
    "Move",
    "Precision",
    "Range",
    "Reach",
    "Remedy",
    "Result",
    "Selection",
    "choices",
    "compare",
    "enough",
    "factorial",
    "fit",
    "given",
    "latin_hypercube",
    "margins",
    "moves",
    "ranked",
    "reach",
    "remedies",
    "report",
    "select",
    "simulate",
    "sobol",
    "tornado",
    "weakest",
    "when",
]
