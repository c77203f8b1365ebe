"""From history to share: everything after the engine, in closed form, for any lead time."""

from sim.outcomes.milestones import Milestones
from sim.outcomes.numbers import Layer, Numbers
from sim.outcomes.projection import Projection

__all__ = ["Layer", "Milestones", "Numbers", "Projection"]
