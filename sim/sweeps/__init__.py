"""Sweeps: a scenario simulated at many points of a design, by whoever is at hand, into the run store."""

from sim.sweeps.sweeping import Sweep, sweep, sweep_id
from sim.sweeps.task import Task

__all__ = ["Sweep", "Task", "sweep", "sweep_id"]
