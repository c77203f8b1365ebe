"""The patient rule induction method (PRIM, Friedman & Fisher 1999) of the exploratory workbench: failures in a box."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.boxes import LEAST_IN_BOX, Bools, Box, Limit, Limits, excess, reproduced, sought, within
from sim.analysis.workbench import workbench
from sim.streams import key

THRESHOLD = 0.1  # of the workbench's own: which box is taken is decided here, from all that it peeled
# Ways to peel: what a peel is judged by, and its part of the cases. The workbench stops where no peel makes failures
# denser, which of few cases a small one may not; the original rule goes on, but is fond of named alternatives.
WAYS = (("LENIENT1", 0.05), ("LENIENT1", 0.1), ("LENIENT1", 0.2), ("ORIGINAL", 0.1))
LEAST_MASS = 0.05
MOST_LUCK = 0.05  # a quasi-p above it says that a limit may be luck
RESAMPLES = 10
ROUNDING = 1e-9  # coverages that differ by less are the same


def peeled(points: pd.DataFrame, failed: Bools, density: float, most: int, seed: int, resamples: int) -> list[Box]:
    """Boxes of failures, one after the other, each found on the cases that are in none before.

    Parameters
    ----------
    points : DataFrame
        One row a case, one column a path: numbers, or named alternatives.
    failed : ndarray, bool [case]
    density : float
        Of the boxes that reach it the one of the largest `excess` is taken; of all where none does.
    most : int
        Boxes.
    seed : int
        Of the resamples.
    resamples : int
        Random halves of the cases on which each box is found again; 0 for none.
    """
    found: list[Box] = []
    left = np.ones(len(points), dtype=bool)
    while len(found) < most and failed[left].sum() >= LEAST_IN_BOX and not failed[left].all():
        with _alone(seed, len(found)):
            limits = _first(_numbers(points[left]), failed[left], density, (seed, len(found)), resamples)
        inside = Box.of("prim", limits, points[left], failed[left])
        if not limits or (found and inside.density < density):
            break
        found.append(Box.of("prim", limits, points, failed))
        left &= ~found[-1].holds(points)
    return found


def _numbers(points: pd.DataFrame) -> pd.DataFrame:
    """The cases as the workbench takes them: numbers as such, all else as names."""
    plain = points.select_dtypes("number").columns
    return points.astype(dict.fromkeys(plain, float)).reset_index(drop=True)


def _first(x: pd.DataFrame, failed: Bools, density: float, stream: tuple[int, int], resamples: int) -> list[Limit]:
    """The limits of one box."""
    least = sought(density, failed)
    tried = []
    for way in WAYS:
        box = _box(x, failed, way)
        tried.append((box, int(np.argmax(_score(box.peeling_trajectory, least))), way))
    box, chosen, way = max(tried, key=lambda one: _score(one[0].peeling_trajectory, least)[one[1]])
    chosen = _without_luck(box, chosen)
    limits, trajectory = _limits(box, chosen), box.peeling_trajectory.iloc[chosen]
    halves = [_half(x, failed, way, (*stream, n)) for n in range(resamples if limits else 0)]
    cover = [_nearest(half, "coverage", trajectory["coverage"]) for half in halves]
    dense = [_nearest(half, "density", trajectory["density"]) for half in halves]
    return [reproduced(_with_luck(limit, box.qp[chosen][path]), cover, dense) for path, limit in limits.items()]


def _box(x: pd.DataFrame, failed: Bools, way: tuple[str, float]) -> Any:
    """All boxes that the workbench peels, as it has them."""
    method, (rule, part) = workbench("analysis.prim"), way
    asked = {"obj_function": method.PRIMObjectiveFunctions[rule], "peel_alpha": part, "mass_min": LEAST_MASS}
    return method.Prim(x, failed.astype(int), threshold=THRESHOLD, **asked).find_box()


def _half(x: pd.DataFrame, failed: Bools, way: tuple[str, float], stream: tuple[int, int, int]) -> Any:
    """The same on a random half of the cases; None where none of it fails."""
    seed, box, number = stream
    chance = np.random.default_rng(np.random.SeedSequence(key(seed, "discovery", "prim", box, "half", number)))
    rows = np.sort(chance.permutation(len(x))[: len(x) // 2])
    return _box(x.iloc[rows].reset_index(drop=True), failed[rows], way) if failed[rows].any() else None


def _nearest(box: Any, name: str, value: float) -> Limits:
    """What the box limits whose coverage or density is nearest: of those with the same coverage the smallest."""
    if box is None:
        return {}
    far = np.abs(box.peeling_trajectory[name].to_numpy(float) - value)
    near = np.flatnonzero(far <= far.min() + ROUNDING)
    return _limits(box, int(near[-1] if name == "coverage" else near[0]))


def _score(trajectory: pd.DataFrame, density: float) -> NDArray[np.float64]:
    """What speaks for each box: its excess, and before that whether it is dense enough."""
    coverage, dense, mass = (trajectory[name].to_numpy(float) for name in ("coverage", "density", "mass"))
    return excess(coverage, mass) + (dense >= density)


def _without_luck(box: Any, chosen: int) -> int:
    """The box without the ends that may be luck, each by itself, the most likely of them left out first."""
    while luck := [(p, path, end) for path, ends in box.qp[chosen].items() for end, p in enumerate(ends) if p >= 0]:
        worst, path, end = max(luck)
        if worst <= MOST_LUCK:
            break
        limits, whole = box.box_lims[chosen].copy(), box.box_lims[0]
        ends = [0, 1] if isinstance(whole[path].iloc[0], set) else [end]
        for one in ends:
            limits.at[one, path] = whole.at[one, path]
        kept = within(list(_between(limits, whole).values()), box.prim.x)
        box.update(limits, np.flatnonzero(kept))
        chosen = len(box.peeling_trajectory) - 1
    return chosen


def _limits(box: Any, number: int) -> Limits:
    """What one of its boxes limits."""
    return _between(box.box_lims[number], box.box_lims[0])


def _between(ends: pd.DataFrame, whole: pd.DataFrame) -> Limits:
    """What some ends limit of the whole space."""
    found: dict[str, Limit] = {}
    for path in whole.columns:
        (low, high), (least, most) = ends[path], whole[path]
        if isinstance(low, set):
            limit = Limit(path, allowed=tuple(sorted(low, key=str)))
            limited = low != least
        else:
            limit = Limit(path, float(low) if low != least else -math.inf, float(high) if high != most else math.inf)
            limited = low != least or high != most
        if limited:
            found[path] = limit
    return found


def _with_luck(limit: Limit, ends: list[float]) -> Limit:
    low, high = (p if p >= 0 else math.nan for p in ends)
    return dataclasses.replace(limit, luck_low=low, luck_high=high)


@contextlib.contextmanager
def _alone(seed: int, number: int) -> Iterator[None]:
    """Within it, the workbench draws from a stream of its own, and what pandas is to drop some day is not said."""
    before = np.random.get_state()  # noqa: NPY002 (the workbench draws from numpy's one old stream)
    np.random.seed(key(seed, "discovery", "prim", number) % 2**32)  # noqa: NPY002
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            warnings.simplefilter("ignore", FutureWarning)
            yield
    finally:
        np.random.set_state(before)  # noqa: NPY002
