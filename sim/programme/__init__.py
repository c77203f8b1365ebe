"""What a programme is: values that say it, check it and map uniforms to its numbers. Nothing runs here."""

from sim.programme.duration import (
    Duration,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
)
from sim.programme.programme import Cluster, Programme, Resource
from sim.programme.quantity import Number, Quantity, central, quantities, settled
from sim.programme.stage import All, Count, Improving, Share, Stage

__all__ = [
    "All",
    "Cluster",
    "Count",
    "Duration",
    "Empirical",
    "Exponential",
    "Fixed",
    "Gamma",
    "Improving",
    "Lognormal",
    "Number",
    "Pert",
    "Programme",
    "Quantity",
    "Resource",
    "Share",
    "Stage",
    "Triangular",
    "Uniform",
    "central",
    "quantities",
    "settled",
]
