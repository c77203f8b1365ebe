"""Failures in the branches of a tree (CART, Breiman et al. 1984) of scikit-learn: every branch is a box."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.boxes import LEAST_IN_BOX, Bools, Box, Limit, Limits, excess, reproduced, sought
from sim.experiment.extra import library
from sim.streams import key

MOST_DEPTH = 5
LEAST_MASS = 0.05
Column = tuple[str, Any]  # a path, and of named alternatives one of them


@dataclasses.dataclass(frozen=True)
class Branch:
    """A node of the tree: what leads to it, and what comes to it."""

    number: int
    parents: frozenset[int]
    limits: Mapping[str, Limit]
    coverage: float
    density: float
    mass: float


def branched(points: pd.DataFrame, failed: Bools, density: float, most: int, seed: int, resamples: int) -> list[Box]:
    """Boxes of failures: the branches of the largest excess that are dense enough, none within another.

    Parameters
    ----------
    points : DataFrame
        One row a case, one column a path: numbers, or named alternatives.
    failed : ndarray, bool [case]
    density : float
        That a box should reach; where none does the one of the largest `excess` is taken.
    most : int
        Boxes.
    seed : int
        Of the tree, and of the resamples.
    resamples : int
        Draws with replacement on which a tree is grown again; 0 for none.
    """
    grown = _branches(points, failed, seed)
    if not grown:
        return []
    dense = [one for one in grown if one.density >= sought(density, failed)]
    found: list[Branch] = []
    for one in sorted(dense, key=_excess, reverse=True):
        apart = all(one.number not in other.parents and other.number not in one.parents for other in found)
        if apart and len(found) < most and one.coverage * failed.sum() >= LEAST_IN_BOX:
            found.append(one)
    found = found or [max(grown, key=_excess)]
    others = [_branches(*_drawn(points, failed, seed, n), seed) for n in range(resamples)]
    return [Box.of("cart", _told(one, others), points, failed) for one in found]


def _excess(one: Branch) -> float:
    return float(excess(np.array(one.coverage), np.array(one.mass)))


def _drawn(points: pd.DataFrame, failed: Bools, seed: int, number: int) -> tuple[pd.DataFrame, Bools]:
    chance = np.random.default_rng(np.random.SeedSequence(key(seed, "discovery", "cart", number)))
    rows = chance.integers(len(points), size=len(points))
    return points.iloc[rows].reset_index(drop=True), failed[rows]


def _told(one: Branch, others: list[list[Branch]]) -> list[Limit]:
    """The limits of a branch, with how often a tree grown on another draw has them where it is about the same."""
    cover = [_nearest(other, lambda branch: abs(branch.coverage - one.coverage)) for other in others]
    dense = [_nearest(other, lambda branch: abs(branch.density - one.density)) for other in others]
    return [reproduced(limit, cover, dense) for limit in one.limits.values()]


def _nearest(branches: list[Branch], far: Callable[[Branch], float]) -> Limits:
    """What the nearest branch limits: nothing where no tree grew."""
    return min(branches, key=far).limits if branches else {}


def _branches(points: pd.DataFrame, failed: Bools, seed: int) -> list[Branch]:
    """Every node of a tree but its root."""
    if failed.all() or not failed.any():
        return []
    columns, numbers = _columns(points)
    least = max(LEAST_IN_BOX, math.ceil(LEAST_MASS * len(points)))
    state = key(seed, "discovery", "tree") % 2**32
    kind = library("sklearn.tree").DecisionTreeClassifier
    grown = kind(max_depth=MOST_DEPTH, min_samples_leaf=least, random_state=state).fit(numbers, failed).tree_
    levels = {path: tuple(sorted(set(points[path]), key=str)) for path, level in columns if level is not None}
    found: list[Branch] = []
    waiting: list[tuple[int, frozenset[int], dict[str, Limit]]] = [(0, frozenset(), {})]
    while waiting:
        node, parents, limits = waiting.pop()
        bad = float(grown.value[node][0][1])
        if node:
            count = float(grown.n_node_samples[node])
            coverage = bad * count / float(failed.sum())
            found.append(Branch(node, parents, limits, coverage, bad, count / len(failed)))
        if grown.children_left[node] >= 0:
            column, cut = columns[grown.feature[node]], float(grown.threshold[node])
            for child, left in ((grown.children_left[node], True), (grown.children_right[node], False)):
                below = limits | {column[0]: _narrowed(limits.get(column[0]), column, cut, left, levels)}
                waiting.append((int(child), parents | {node}, below))
    return found


def _narrowed(
    limit: Limit | None, column: Column, cut: float, left: bool, levels: Mapping[str, tuple[Any, ...]]
) -> Limit:
    """A limit after one more split."""
    path, level = column
    limit = limit or Limit(path, allowed=None if level is None else levels[path])
    if limit.allowed is not None:
        kept = tuple(one for one in limit.allowed if (one == level) is not left)
        return dataclasses.replace(limit, allowed=kept)
    end = {"high": min(limit.high, cut)} if left else {"low": max(limit.low, cut)}
    return dataclasses.replace(limit, **end)  # type: ignore[arg-type]


def _columns(points: pd.DataFrame) -> tuple[list[Column], np.ndarray[Any, np.dtype[np.float64]]]:
    """The cases as numbers: one column a path, and of named alternatives one for each."""
    columns: list[Column] = []
    numbers = []
    plain = set(points.select_dtypes("number").columns)
    for path in points.columns:
        levels: list[Hashable] = [None] if path in plain else sorted(set(points[path]), key=str)
        columns += [(path, level) for level in levels]
        numbers += [(points[path] if level is None else points[path] == level).to_numpy(float) for level in levels]
    return columns, np.column_stack(numbers)
