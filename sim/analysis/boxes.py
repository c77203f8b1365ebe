"""Boxes: parts of a space in which most cases fail, as plain limits that can be read, checked and drawn.

Whatever finds them, PRIM or a tree, a box says the same: within which limits, how many of all failures lie in it
(coverage), how many of its cases fail (density), and how often other draws or halves of the cases give the same limits.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.streams import key

FOLDS = 5
LEAST_CASES, LEAST_A_DIMENSION = 40, 2
LEAST_IN_BOX = 5  # failed cases, below which there is nothing to look for
Bools = NDArray[np.bool_]
Find = Callable[[pd.DataFrame, Bools], "Sequence[Box]"]
Limits = Mapping[str, "Limit"]  # of one box, by path


@dataclasses.dataclass(frozen=True)
class Limit:
    """What a box asks of one path.

    Attributes
    ----------
    path : str
    low, high : float
        Both within the box, in the unit of the place; infinite where the box goes on.
    allowed : tuple, optional
        Of named alternatives, those within the box; then there is no low or high.
    luck_low, luck_high : float
        Quasi-p of either end (Bryant & Lempert 2010): how probable so many failures within it are by luck, counted on
        the cases that chose the box, and so too small. NaN where there is no such end, and where the method gives
        none; of alternatives `luck_low` is all of it.
    reproduced_coverage, reproduced_density : float
        In what part of the resamples a box of about the same coverage, or density, asks the same of this path (see
        `found_in`); NaN where there were none.
    """

    path: str
    low: float = -math.inf
    high: float = math.inf
    allowed: tuple[Any, ...] | None = None
    luck_low: float = math.nan
    luck_high: float = math.nan
    reproduced_coverage: float = math.nan
    reproduced_density: float = math.nan

    def holds(self, values: pd.Series) -> Bools:
        """Which of some values lie within it."""
        if self.allowed is not None:
            return values.isin(self.allowed).to_numpy(bool)
        numbers = values.to_numpy(float)
        inside: Bools = (numbers >= self.low) & (numbers <= self.high)
        return inside

    def found_in(self, other: Limit | None) -> bool:
        """Whether another box asks the same of the path: it limits the same sides, or allows no other alternatives."""
        if other is None or (self.allowed is None) != (other.allowed is None):
            return False
        if self.allowed is not None and other.allowed is not None:
            return set(other.allowed) <= set(self.allowed)
        ends = ((self.low, other.low), (self.high, other.high))
        return all(math.isfinite(theirs) for ours, theirs in ends if math.isfinite(ours))


@dataclasses.dataclass(frozen=True)
class Box:
    """A part of the space, and what is in it.

    Attributes
    ----------
    method : str
        ``prim`` or ``cart``.
    limits : tuple of Limit
        The one that narrows the cases most first.
    coverage, density, mass : float
        Of all failures those within; of the cases within those that fail; of all cases those within.
    cases, failed : int
        Within it.
    """

    method: str
    limits: tuple[Limit, ...]
    coverage: float
    density: float
    mass: float
    cases: int
    failed: int

    @classmethod
    def of(cls, method: str, limits: Sequence[Limit], points: pd.DataFrame, failed: Bools) -> Box:
        """The box of some limits, measured on cases."""
        ordered = sorted(limits, key=lambda limit: int(limit.holds(points[limit.path]).sum()))
        inside = within(ordered, points)
        count, bad = int(inside.sum()), int(failed[inside].sum())
        return cls(
            method=method,
            limits=tuple(ordered),
            coverage=bad / max(int(failed.sum()), 1),
            density=bad / max(count, 1),
            mass=count / len(points),
            cases=count,
            failed=bad,
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """What it limits."""
        return tuple(limit.path for limit in self.limits)

    def limit(self, path: str) -> Limit | None:
        """What it asks of a path, if anything."""
        return next((limit for limit in self.limits if limit.path == path), None)

    def holds(self, points: pd.DataFrame) -> Bools:
        """Which cases lie within it."""
        return within(self.limits, points)


@dataclasses.dataclass(frozen=True)
class HeldOut:
    """How the first box does on cases that it was not found on: each part of the cases in turn is held out.

    Attributes
    ----------
    coverage : float
        Of all failures those within a box that was found without them: 0 where no case lies in one; NaN only where
        nothing was held out.
    density : float
        Of the held-out cases within those that fail; NaN where there is none.
    cases : int
        Held-out cases within.
    """

    coverage: float
    density: float
    cases: int


def within(limits: Sequence[Limit], points: pd.DataFrame) -> Bools:
    """Which cases lie within all of some limits."""
    inside = np.ones(len(points), dtype=bool)
    for limit in limits:
        inside &= limit.holds(points[limit.path])
    return inside


def sought(density: float, failed: Bools) -> float:
    """The density a box must have: what is asked, and where that many fail anyway half way from there to all."""
    return max(density, (1 + float(failed.mean())) / 2)


def excess(coverage: NDArray[np.float64], mass: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much more of the failures than of the cases a box holds: 0 by chance, whatever part of the cases fails.

    Times the part that fails it is the weighted relative accuracy of subgroup discovery (Lavrač et al. 1999).
    """
    return coverage - mass


def check(points: pd.DataFrame, failed: Bools, density: float) -> None:
    """Refuse cases of which no box can be told."""
    least = max(LEAST_CASES, LEAST_A_DIMENSION * points.shape[1])
    if len(points) < least:
        rule = f"must be at least {least}, for {points.shape[1]} that vary"
        raise BadInput("cases", rule, len(points), "simulate more, or vary less")
    if not 0 < density < 1:
        raise BadInput("density", "must be between 0 and 1", density, "for example 0.8")
    if not failed.any():
        remedy = "ask for a higher probability or share, or leave less time"
        raise BadInput("cases", f"none of {len(failed)} fails (0%), so that there is nothing to find", remedy=remedy)
    if failed.all():
        remedy = "ask for a lower probability or share, leave more time, or vary more"
        raise BadInput("cases", f"all {len(failed)} fail (100%), so that no part of them stands out", remedy=remedy)
    for name, count in (("fail", int(failed.sum())), ("do not fail", int((~failed).sum()))):
        if count < LEAST_IN_BOX:
            rule = f"must be at least {LEAST_IN_BOX} that {name}, of {len(failed)} cases"
            raise BadInput("cases", rule, count, "simulate more, or ask for another probability or share")


def held_out(find: Find, points: pd.DataFrame, failed: Bools, seed: int, folds: int = FOLDS) -> HeldOut:
    """How the first box that `find` gives does on the cases that were left out."""
    order = np.random.default_rng(np.random.SeedSequence(key(seed, "discovery", "folds"))).permutation(len(points))
    count = bad = 0
    for part in np.array_split(order, folds) if folds else ():
        rest = np.setdiff1d(order, part)
        found = find(points.iloc[rest].reset_index(drop=True), failed[rest])
        if found:
            inside = found[0].holds(points.iloc[part])
            count, bad = count + int(inside.sum()), bad + int(failed[part][inside].sum())
    density = bad / count if count else math.nan
    return HeldOut(bad / max(int(failed.sum()), 1) if folds else math.nan, density, count)


def reproduced(limit: Limit, coverage: Sequence[Limits], density: Sequence[Limits]) -> Limit:
    """A limit with the part of the resamples that find it again.

    Parameters
    ----------
    coverage, density : sequence of mapping of path to Limit
        One a resample: what its box of about the same coverage, or density, limits; empty where it found none.
    """
    parts = [
        sum(limit.found_in(one.get(limit.path)) for one in found) / len(found) if found else math.nan
        for found in (coverage, density)
    ]
    return dataclasses.replace(limit, reproduced_coverage=parts[0], reproduced_density=parts[1])


def boxes(found: Sequence[Box]) -> pd.DataFrame:
    """A tidy table: one row a box and path that it limits.

    Returns
    -------
    DataFrame
        `box` (from 1), `method`, `path`, `low`, `high` (in the unit of the place), `allowed`, `luck_low`, `luck_high`,
        `reproduced_coverage`, `reproduced_density`; of the box `coverage`, `density`, `mass` (fractions), `cases`,
        `failed`.
    """
    rows = [
        {"box": n, "method": box.method}
        | dataclasses.asdict(limit)
        | {name: getattr(box, name) for name in ("coverage", "density", "mass", "cases", "failed")}
        for n, box in enumerate(found, 1)
        for limit in box.limits
    ]
    names = ["box", "method", *(field.name for field in dataclasses.fields(Limit))]
    return pd.DataFrame(rows, columns=[*names, "coverage", "density", "mass", "cases", "failed"])
