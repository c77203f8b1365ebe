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

from sim.analysis.boxes import LEAST_IN_BOX, Bools, Box, Limit, excess, sought
from sim.analysis.workbench import workbench
from sim.streams import key

THRESHOLD = 0.1  # of the workbench's own: which box is taken is decided here, from all that it peeled
# Ways to peel: what a peel is judged by, and its part of the cases. The workbench stops where no peel makes failures
# denser, which of few cases a small one may not; the original rule goes on, but is fond of named alternatives.
WAYS = (("LENIENT1", 0.05), ("LENIENT1", 0.1), ("LENIENT1", 0.2), ("ORIGINAL", 0.1))
LEAST_MASS = 0.05
MOST_LUCK = 0.05  # a quasi-p above it says that a limit may be luck
RESAMPLES = 10


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
        Halves of the cases on which each box is found again; 0 for none.
    """
    found: list[Box] = []
    left = np.ones(len(points), dtype=bool)
    while len(found) < most and failed[left].sum() >= LEAST_IN_BOX and not failed[left].all():
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
    method, least = workbench("analysis.prim"), sought(density, failed)
    with _alone(*stream):
        tried = []
        for rule, part in WAYS:
            judged = method.PRIMObjectiveFunctions[rule]
            asked = {"threshold": THRESHOLD, "obj_function": judged, "peel_alpha": part, "mass_min": LEAST_MASS}
            box = method.Prim(x, failed.astype(int), **asked).find_box()
            tried.append((box, _chosen(box.peeling_trajectory, least)))
        box, chosen = max(tried, key=lambda one: _score(one[0].peeling_trajectory, least)[one[1]])
        chosen = _without_luck(box, chosen)
        if not box.qp[chosen]:
            return []
        again = box.resample(chosen, iterations=resamples) if resamples else None
        if again is not None and box.peeling_trajectory["coverage"].iloc[chosen] == 1:
            again["reproduce coverage"] = math.nan  # the workbench then looks at the whole space, which limits nothing
    initial, limits = box.box_lims[0], box.box_lims[chosen]
    return [_limit(path, limits[path], initial[path], luck, again) for path, luck in box.qp[chosen].items()]


def _chosen(trajectory: pd.DataFrame, density: float) -> int:
    """Of all boxes that were peeled the one to take."""
    return int(np.argmax(_score(trajectory, density)))


def _score(trajectory: pd.DataFrame, density: float) -> NDArray[np.float64]:
    """What speaks for each box: its excess, and before that whether it is dense enough."""
    coverage, dense, mass = (trajectory[name].to_numpy(float) for name in ("coverage", "density", "mass"))
    return excess(coverage, mass) + (dense >= density)


def _without_luck(box: Any, chosen: int) -> int:
    """The box without the limits that may be luck, the most likely of them left out first."""
    while luck := box.qp[chosen]:
        least = {path: min(p for p in ends if p >= 0) for path, ends in luck.items()}
        path = max(least, key=least.__getitem__)
        if least[path] <= MOST_LUCK:
            break
        box.drop_restriction(path, chosen)
        chosen = len(box.peeling_trajectory) - 1
    return chosen


def _limit(path: str, ends: pd.Series, initial: pd.Series, luck: list[float], again: pd.DataFrame | None) -> Limit:
    low, high = (p if p >= 0 else math.nan for p in luck)
    made = Limit(path, luck_low=low, luck_high=high)
    if again is not None:  # its sums of tenths may come to a little more or less
        parts = np.round(again.loc[[path]].to_numpy(float)[0] / 100, 9)
        made = dataclasses.replace(made, reproduced_coverage=float(parts[0]), reproduced_density=float(parts[1]))
    if isinstance(ends.iloc[0], set):
        return dataclasses.replace(made, allowed=tuple(sorted(ends.iloc[0], key=str)))
    first = float(ends.iloc[0]) if ends.iloc[0] != initial.iloc[0] else -math.inf
    last = float(ends.iloc[1]) if ends.iloc[1] != initial.iloc[1] else math.inf
    return dataclasses.replace(made, low=first, high=last)


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
