"""When does a choice fail? Cases of what nobody knows, each simulated, and the part of the space where most fail.

A case is a point of a Latin hypercube in a `Space`: numbers at one value each, levers, alternatives. All cases are
simulated with the same replications on the same random numbers. What is not varied stays as the scenario has it, and
what of that is uncertain is drawn in the replications. A case fails if the target is reached in too few of them.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis import boxes as parts
from sim.analysis.boxes import Bools, Box, HeldOut
from sim.analysis.cart import branched
from sim.analysis.prim import RESAMPLES, peeled
from sim.analysis.space import Space
from sim.analysis.target import checked_target
from sim.analysis.workbench import PACKAGE, workbench
from sim.errors import BadInput, unknown
from sim.experiment import simulate, tornado
from sim.experiment.extra import library
from sim.experiment.intervals import of_count
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.streams import key
from sim.sweeps import sweep

CASES, REPLICATIONS, PROBABILITY, DENSITY, MOST_BOXES = 200, 30, 0.8, 0.8, 3
RESAMPLED = {"prim": RESAMPLES, "cart": 50}  # a tree grows in milliseconds
METHODS = tuple(RESAMPLED)


@dataclasses.dataclass(frozen=True, eq=False)
class Cases:
    """What was simulated, or planted, and how often each case reached the target.

    Attributes
    ----------
    points : DataFrame
        One row a case, one column a path: what is set, in the unit of the place.
    hits : ndarray, int64 [case]
        Replications that reach the target.
    replications : int
        Of each case.
    probability : float
        A case fails if the target is reached in less than this part of its replications.
    seed : int
        Of the sample of cases, and of what is drawn to analyse them.
    share : float, optional
        The target, a fraction of the event's sales; None: a brand is ready.
    scenario : Scenario, optional
        None for cases that are not of one.
    """

    points: pd.DataFrame
    hits: NDArray[np.int64]
    replications: int
    probability: float
    seed: int = 1
    share: float | None = None
    scenario: Scenario | None = None

    def __post_init__(self) -> None:
        checked_target(self.probability, self.share)
        if self.hits.shape != (len(self.points),):
            raise BadInput("hits", f"must be {len(self.points)}, one a case", self.hits.shape)

    @property
    def failed(self) -> Bools:
        """Which cases fail, by the estimate."""
        missed: Bools = self.hits < self.probability * self.replications - 1e-9
        return missed

    @functools.cached_property
    def table(self) -> pd.DataFrame:
        """One row a case, with the paths, `reached` and its 90 % interval (Wilson), `failed`, `undecided`."""
        found = [of_count(int(n), self.replications) for n in self.hits]
        low, high = (np.array([getattr(one, end) for one in found]) for end in ("low", "high"))
        told = {"reached": self.hits / self.replications, "reached_low": low, "reached_high": high}
        more = told | {"failed": self.failed, "undecided": (low < self.probability) & (self.probability < high)}
        return self.points.assign(**more)

    @property
    def undecided(self) -> int:
        """Cases of which so few replications cannot tell whether they fail."""
        return int(self.table["undecided"].sum())


@dataclasses.dataclass(frozen=True, eq=False)
class Discovery:
    """Where a choice fails.

    Attributes
    ----------
    cases : Cases
    method : str
        ``prim`` or ``cart``.
    boxes : tuple of Box
        The first is the one to tell; there may be none.
    held_out : HeldOut
        How the first does on cases that it was not found on.
    """

    cases: Cases
    method: str
    boxes: tuple[Box, ...]
    held_out: HeldOut

    @property
    def table(self) -> pd.DataFrame:
        """All boxes, one row a limit (see `sim.analysis.boxes.boxes`)."""
        return parts.boxes(self.boxes)

    @property
    def coverage(self) -> float:
        """Of all failures those that lie in any of the boxes."""
        inside = np.zeros(len(self.cases.points), dtype=bool)
        for box in self.boxes:
            inside |= box.holds(self.cases.points)
        return float(inside[self.cases.failed].mean())


def cases(
    space: Space | Scenario | str,
    probability: float = PROBABILITY,
    share: float | None = None,
    count: int = CASES,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Cases:
    """Simulate the cases; kept in the run store, so that the same again goes on where it ended.

    Parameters
    ----------
    space : Space, Scenario or str
        What is varied; of a scenario every uncertain number.
    probability : float
        In (0, 1): a case fails if the target is reached in less than this part of its replications.
    share : float, optional
        The target at the scenario's own lead time, a fraction; None: a brand is ready.
    count : int
        Cases: at least 40, and twice as many as are varied.
    replications : int
    seed : int, optional
        Of the sample and of the simulation; the scenario's where left out.
    workers, progress, cancel : optional
        As for `sim.sweep`.

    Raises
    ------
    BadInput
        For a bad target or too few cases, before anything is simulated.
    """
    checked_target(probability, share)
    if not isinstance(space, Space):
        space = Space.of(Scenario.of(space))
    least = max(parts.LEAST_CASES, parts.LEAST_A_DIMENSION * len(space.paths))
    if count < least:
        raise BadInput("cases", f"must be at least {least}, for {len(space.paths)} that vary", count)
    seed = space.scenario.seed if seed is None else seed
    design = space.design(latin(space.paths, count, seed))
    found = sweep(space.scenario, design, replications, seed, workers, progress=progress, cancel=cancel)
    rows = found.responses()
    reached = rows["ready"] > 0 if share is None else rows["share"] >= share
    hits = reached.to_numpy().reshape(count, found.replications).sum(axis=1)
    points = pd.DataFrame(design.points, columns=list(design.paths))
    return Cases(points, hits, found.replications, probability, seed, share, space.scenario)


def latin(paths: Sequence[str], count: int, seed: int) -> NDArray[np.float64]:
    """A Latin hypercube of places in [0, 1), [case, path], each column by its path alone and not by the others."""
    from scipy.stats import qmc

    streams = [np.random.default_rng(np.random.SeedSequence(key(seed, "discovery", "cases", path))) for path in paths]
    return np.column_stack([qmc.LatinHypercube(1, rng=stream).random(count) for stream in streams])


def strongest(
    scenario: Scenario, count: int, replications: int = 100, seed: int | None = None, progress: Progress | None = None
) -> list[str]:
    """The uncertain numbers that change an answer most, as `tornado` finds them: fewer to vary, and faster."""
    if count < 1:
        raise BadInput("strongest", "must be at least 1", count)
    found = tornado(simulate(scenario, replications, seed), progress=progress)
    paths: list[str] = found["path"].head(count).tolist()
    return paths


def default_method() -> str:
    """PRIM where the workbench is installed, else a tree."""
    return "prim" if importlib.util.find_spec(PACKAGE) else "cart"


def available(method: str | None) -> str:
    """The method by its name, or `default_method`; refused where it is unknown or its library is not installed."""
    method = method or default_method()
    if method not in METHODS:
        raise unknown("method", "method", method, METHODS)
    library("sklearn.tree") if method == "cart" else workbench("analysis.prim")
    return method


def discover(
    cases: Cases,
    method: str | None = None,
    density: float = DENSITY,
    most: int = MOST_BOXES,
    resamples: int | None = None,
    folds: int = parts.FOLDS,
) -> Discovery:
    """Where most of the cases fail.

    Parameters
    ----------
    cases : Cases
    method : str, optional
        ``prim`` (PRIM, extra `discovery`) or ``cart`` (a tree, extra `analysis`); `default_method` where left out.
    density : float
        Part of a box's cases that should fail, in (0, 1); more where about as many fail anyway.
    most : int
        Boxes.
    resamples : int, optional
        On which each box is found again, which tells how stable its limits are: for PRIM random halves of the cases
        (10 where left out), for a tree new draws of the cases (50 where left out); 0 for none.
    folds : int
        Parts of the cases that are held out in turn, at least 2; 0 for none.

    Raises
    ------
    BadInput
        Where all or none fail, there are too few cases, the method is unknown, or its library is not installed; for
        numbers of boxes, resamples or folds that cannot be.
    """
    method = available(method)
    failed, find = cases.failed, peeled if method == "prim" else branched
    count = RESAMPLED[method] if resamples is None else resamples
    _check_counts(most, count, folds, len(failed))
    points = cases.points[sorted(cases.points.columns)]  # so that the order in which paths were given decides nothing
    parts.check(points, failed, density)
    found = find(points, failed, density, most, cases.seed, count)

    def again(points: pd.DataFrame, failed: Bools) -> list[Box]:
        return find(points, failed, density, 1, cases.seed, 0)

    return Discovery(cases, method, tuple(found), parts.held_out(again, points, failed, cases.seed, folds))


def prim(cases: Cases, density: float = DENSITY, most: int = MOST_BOXES) -> Discovery:
    """`discover` with PRIM."""
    return discover(cases, "prim", density, most)


def tree(cases: Cases, density: float = DENSITY, most: int = MOST_BOXES) -> Discovery:
    """`discover` with a tree."""
    return discover(cases, "cart", density, most)


def region(box: Box) -> tuple[float, float] | None:
    """The lead times that a box is limited to, in weeks, either end infinite where it goes on; None if it is not."""
    limit = box.limit("lead_weeks")
    return None if limit is None or limit.allowed is not None else (limit.low, limit.high)


def _check_counts(most: int, resamples: int, folds: int, cases: int) -> None:
    asked: list[tuple[str, Any, int]] = [("most", most, 1), ("resamples", resamples, 0), ("folds", folds, 0)]
    for name, count, least in asked:
        if not isinstance(count, int) or count < least:
            raise BadInput(name, f"must be a whole number from {least} on", count)
    if folds == 1 or folds > cases:
        raise BadInput("folds", f"must be 0 for none, or from 2 to the number of cases, {cases}", folds)
