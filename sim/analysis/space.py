"""The space an analysis looks at: numbers that nobody knows, levers and alternatives, each as a place in [0, 1).

A number that is uncertain is spread as its distribution has it, a lever evenly over the range that is offered, and of
alternatives each has the same part. Methods that want uniform inputs (SALib, Sobol' sequences) then need no more.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.experiment import Design, Range, given
from sim.experiment.design import Factor
from sim.experiment.tornado import uncertain
from sim.outcomes.numbers import at as place
from sim.programme.quantity import Quantity, quantities
from sim.scenario import Scenario

Floats = NDArray[np.float64]
LEAST = 2.0**-53  # as in sim.streams


@dataclasses.dataclass(frozen=True)
class Dimension:
    """One direction of a space.

    Attributes
    ----------
    path : str
        As in `Scenario.set`.
    over : Quantity, or Factor
        A number with its distribution, or what a lever or an alternative can be.
    """

    path: str
    over: Quantity | Factor

    def at(self, units: Floats) -> list[Any]:
        """What stands at places in [0, 1]: values that `Scenario.set` takes."""
        if isinstance(self.over, Quantity):
            # Both ends have values, but between 0 and the least uniform number the inverse distribution has none.
            found: list[Any] = self.over.at(np.where(units < LEAST, 0.0, units)).tolist()
            return found
        return [self.over.at(float(unit)) for unit in units]

    @property
    def named(self) -> bool:
        """Whether it has alternatives that are no numbers."""
        return isinstance(self.over, Factor) and any(isinstance(level, str | bool) for level in self.over.ends)


@dataclasses.dataclass(frozen=True)
class Space:
    """What is varied around a scenario, all else staying as it is.

    Attributes
    ----------
    scenario : Scenario
    dimensions : tuple of Dimension
    """

    scenario: Scenario
    dimensions: tuple[Dimension, ...]

    def __post_init__(self) -> None:
        if not self.dimensions:
            raise BadInput("space", "needs at least one number, lever or alternative to vary")
        for i, path in enumerate(self.paths):
            if path in self.paths[:i]:
                raise BadInput(path, "is varied twice", remedy="leave one out")

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        uncertainties: Sequence[str] | None = None,
        levers: Mapping[str, Iterable[Any] | Range] | None = None,
    ) -> Space:
        """The space of some uncertain numbers and levers.

        Parameters
        ----------
        scenario : Scenario
        uncertainties : sequence of str, optional
            Paths of numbers with a range; None: every one that is drawn.
        levers : mapping of path to levels or Range, optional

        Raises
        ------
        BadInput
            For a path that is no uncertain number, a place the scenario does not have, or a level that breaks a rule.
        """
        known, found = quantities(scenario), []
        for path in uncertain(scenario) if uncertainties is None else uncertainties:
            if path not in known or known[path].certain:
                place(scenario, path)  # a name that is none is refused with those that are near
                raise BadInput(path, "is no uncertain number of this scenario", remedy="vary it as a lever")
            found.append(Dimension(path, known[path]))
        for path, over in (levers or {}).items():
            factor = Factor(path, over if isinstance(over, Range) else tuple(over))
            for level in factor.ends:
                scenario.set(path, level)
            found.append(Dimension(path, factor))
        return cls(scenario, tuple(found))

    @property
    def paths(self) -> tuple[str, ...]:
        """What is varied."""
        return tuple(dimension.path for dimension in self.dimensions)

    def values(self, units: Floats) -> list[tuple[Any, ...]]:
        """What is set at each point.

        Parameters
        ----------
        units : ndarray, float64 [point, dimension], in [0, 1]
        """
        columns = [one.at(units[:, i]) for i, one in enumerate(self.dimensions)]
        return list(zip(*columns, strict=True))

    def design(self, units: Floats) -> Design:
        """The same as a design, for `sim.sweep`."""
        return given(self.paths, self.values(units))
