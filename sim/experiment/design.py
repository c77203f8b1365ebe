"""Designs: which settings of a scenario an experiment tries, chosen before anything is simulated.

A factor is a place of the scenario with the levels it takes, or with a range. A factorial design has every combination
of levels; a Latin hypercube and a Sobol' sequence spread a chosen number of points evenly over all factors at once.
"""

from __future__ import annotations

import dataclasses
import decimal
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from sim.errors import BadInput, unknown
from sim.experiment.reach import reach
from sim.scenario import Scenario, documents
from sim.streams import key

MOST_POINTS = 1_000_000
LEAST_POINTS_A_FACTOR = 2
SAMPLERS = {"lhs": "LatinHypercube", "sobol": "Sobol"}  # of scipy.stats.qmc
STOCK_RULE = "campaign.stock_rule"
OF_THE_SWEEP = ("seed", "replications")  # the same at all points, so that random numbers are common


@dataclasses.dataclass(frozen=True)
class Range:
    """Every number from `low` to `high`, in the unit of the place it is for."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise BadInput("range", "must go from a number to a higher one", (self.low, self.high))


@dataclasses.dataclass(frozen=True)
class Factor:
    """What is varied.

    Attributes
    ----------
    path : str
        As in `Scenario.set`.
    levels : tuple of plain values, or Range
    """

    path: str
    levels: tuple[Any, ...] | Range

    def __post_init__(self) -> None:
        if isinstance(self.levels, Range):
            return
        if not self.levels:
            raise BadInput(self.path, "needs at least one level", list(self.levels))
        seen: set[str] = set()
        for level in self.levels:
            if repr(_number(level)) in seen:
                raise BadInput(self.path, "has one level twice", level, "leave one out")
            seen.add(repr(_number(level)))

    @classmethod
    def parse(cls, text: str, option: str = "--vary") -> Factor:
        """From NAME=20,40 (levels), NAME=20..40 (a range) or NAME=20..40..5 (levels, a step apart)."""
        path, equals, listed = (part.strip() for part in text.partition("="))
        if not (path and equals and listed):
            raise BadInput(option, "must be NAME=LIST", text, "for example resources.coach.units=20,40")
        if ".." in listed:
            return cls(path, _stretch(listed, f"{option} {path}"))
        found = documents.read(f"[{listed}]", f"{option} {path}")
        return cls(path, tuple(found))

    @property
    def ends(self) -> tuple[Any, ...]:
        """The levels, or both ends of the range: what must be possible for the others to be."""
        return (self.levels.low, self.levels.high) if isinstance(self.levels, Range) else self.levels

    def at(self, unit: float) -> Any:
        """The level at a place in [0, 1): levels share it evenly."""
        if isinstance(self.levels, Range):
            return self.levels.low + unit * (self.levels.high - self.levels.low)
        return self.levels[min(int(unit * len(self.levels)), len(self.levels) - 1)]


@dataclasses.dataclass(frozen=True)
class Design:
    """All points of an experiment, in their order.

    Attributes
    ----------
    kind : str
        ``factorial``, ``lhs``, ``sobol`` or ``given``.
    factors : tuple of Factor
    points : tuple of tuple
        The level of each factor, point by point.
    seed : int, optional
        Of the sample; None where nothing was drawn.
    """

    kind: str
    factors: tuple[Factor, ...]
    points: tuple[tuple[Any, ...], ...]
    seed: int | None = None

    def __post_init__(self) -> None:
        if not self.factors:
            raise BadInput("design", "needs at least one factor", remedy="for example resources.coach.units=20,40")
        for i, path in enumerate(self.paths):
            if path in self.paths[:i]:
                raise BadInput(path, "is varied twice", remedy="give all its levels at once")
            if path in OF_THE_SWEEP:
                raise BadInput(path, "is the same at all points, so that random numbers are common")
        if not 0 < len(self.points) <= MOST_POINTS:
            raise BadInput("design", f"must have from 1 to {MOST_POINTS:,} points", len(self.points))

    @property
    def paths(self) -> tuple[str, ...]:
        """What is varied."""
        return tuple(factor.path for factor in self.factors)

    def check(self, scenario: Scenario) -> None:
        """Refuse a factor that the scenario does not have, and a level that breaks a rule, before anything is run."""
        for factor in self.factors:
            for level in factor.ends:
                scenario.set(factor.path, level)

    def by_reach(self) -> list[int]:
        """Numbers of the factors, those that invalidate most first: so set, neighbours share what was computed.

        The rule for stock comes last, since who sets a least number of items sets the rule that counts them with it.
        """
        return sorted(range(len(self.paths)), key=lambda i: (-reach(self.paths[i]), self.paths[i] == STOCK_RULE))


def factorial(factors: Mapping[str, Iterable[Any] | Range]) -> Design:
    """Every combination of the levels of all factors; the last one varies fastest.

    Parameters
    ----------
    factors : mapping of path to levels
        Values that `Scenario.set` takes, in the unit of the place.

    Raises
    ------
    BadInput
        For a `Range`, which has no list of levels, and for more points than a sweep may have.
    """
    return _combined(_factors(factors))


def latin_hypercube(factors: Mapping[str, Iterable[Any] | Range], points: int, seed: int = 1) -> Design:
    """So many points of which each factor's values are spread evenly, whatever the others are.

    Parameters
    ----------
    factors : mapping of path to levels or `Range`
    points : int
        At least twice as many as factors.
    seed : int
        Of the sample; the simulation has its own.
    """
    return _sampled("lhs", _factors(factors), points, seed)


def sobol(factors: Mapping[str, Iterable[Any] | Range], points: int, seed: int = 1) -> Design:
    """So many points of a scrambled Sobol' sequence; a power of 2, without which it would not be balanced.

    Parameters
    ----------
    factors, points, seed : as for `latin_hypercube`
    """
    return _sampled("sobol", _factors(factors), points, seed)


def designed(vary: Sequence[str], kind: str, points: int | None = None, seed: int = 1) -> Design:
    """The design of a command line: factors as `Factor.parse` reads them.

    Raises
    ------
    BadInput
        For an unknown kind, bad factors, and points where none or where some are asked for.
    """
    factors = [Factor.parse(text) for text in vary]
    if kind == "factorial":
        if points is not None:
            raise BadInput("--points", "is for lhs and sobol", points, "add --design lhs, or leave it out")
        return _combined(factors)
    if kind not in SAMPLERS:
        raise unknown("--design", "design", kind, ("factorial", *SAMPLERS))
    if points is None:
        raise BadInput("--points", f"is required for {kind}", remedy="for example --points 64")
    return _sampled(kind, factors, points, seed)


def given(paths: Sequence[str], points: Iterable[Sequence[Any]]) -> Design:
    """Points that were chosen elsewhere: the level of each factor, point by point."""
    made = tuple(tuple(map(_bare, point)) for point in points)
    for i, point in enumerate(made):
        if len(point) != len(paths):
            raise BadInput(f"points.{i}", f"must have {len(paths)} levels, one a factor", len(point))
    levels = [tuple({repr(_number(point[i])): point[i] for point in made}.values()) for i in range(len(paths))]
    return Design("given", tuple(Factor(*one) for one in zip(paths, levels, strict=True)), made)


def _combined(factors: list[Factor]) -> Design:
    for factor in factors:
        if isinstance(factor.levels, Range):
            remedy = "for example 20,40,60 or 20..60..10"
            raise BadInput(factor.path, "needs levels in a factorial design", remedy=remedy)
    if (count := math.prod(len(factor.ends) for factor in factors)) > MOST_POINTS:
        raise BadInput("design", f"must have at most {MOST_POINTS:,} points", count, "sample it: lhs or sobol")
    return Design("factorial", tuple(factors), tuple(itertools.product(*(factor.ends for factor in factors))))


def _sampled(kind: str, factors: list[Factor], points: int, seed: int) -> Design:
    from scipy.stats import qmc

    least = LEAST_POINTS_A_FACTOR * len(factors)
    if type(points) is not int or not least <= points <= MOST_POINTS:
        rule = f"must be a whole number from {least} to {MOST_POINTS:,}, at least two for each factor"
        raise BadInput("points", rule, points)
    if kind == "sobol" and points & (points - 1):
        near = 1 << points.bit_length()
        raise BadInput("points", "must be a power of 2 in a Sobol' design", points, f"for example {near}")
    chance = np.random.default_rng(np.random.SeedSequence(key(seed, "design", kind)))
    sample = getattr(qmc, SAMPLERS[kind])(len(factors), rng=chance).random(points)
    made = tuple(tuple(f.at(float(u)) for f, u in zip(factors, row, strict=True)) for row in sample)
    return Design(kind, tuple(factors), made, seed)


def _factors(factors: Mapping[str, Iterable[Any] | Range]) -> list[Factor]:
    return [Factor(path, of if isinstance(of, Range) else tuple(map(_bare, of))) for path, of in factors.items()]


def _stretch(text: str, where: str) -> Range | tuple[float, ...]:
    """A range, or with a step all that lie a step apart from its low end on, none of them beyond the high one."""
    try:
        low, high, *steps = (decimal.Decimal(part.strip()) for part in text.split(".."))
        number = [float(part) for part in (low, high, *steps)]
    except (ValueError, decimal.InvalidOperation):
        low, high, steps, number = decimal.Decimal(0), decimal.Decimal(0), [], []
    if len(steps) > 1 or not all(map(math.isfinite, number)) or not low < high or not all(s > 0 for s in steps):
        raise BadInput(where, "must be LOW..HIGH or LOW..HIGH..STEP", text, "for example 20..60 or 20..60..10")
    if not steps:
        return Range(float(low), float(high))
    if (high - low) / steps[0] >= MOST_POINTS:
        raise BadInput(where, f"must have at most {MOST_POINTS:,} levels", text)
    # In decimals, as they are written: a tenth three times is 0.3.
    return tuple(_written(low + i * steps[0]) for i in range(int((high - low) / steps[0]) + 1))


def _written(number: decimal.Decimal) -> float:
    """A number as a file has it: whole, or with a point."""
    return int(number) if number == number.to_integral_value() and "." not in str(number) else float(number)


def _bare(level: Any) -> Any:
    """A level as Python's own number, where it comes out of an array."""
    return level.item() if isinstance(level, np.generic) else level


def _number(level: Any) -> Any:
    """A level so that 40 and 40.0 are one."""
    return float(level) if isinstance(level, int) and not isinstance(level, bool) else level
