"""What an answer owes to chance and what to knowledge: its variance taken apart, by the law of total variance.

Every point of knowledge meets every replication, whose random numbers are the same at all points. So the variance falls
into that of the means of points (knowledge alone), of the means of replications (chance alone), and what neither
explains (both together: luck that weighs more where a number is high).
"""

from __future__ import annotations

import threading
import warnings

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import streams
from sim.analysis.sensitivity import ROUNDING, mean_response
from sim.analysis.space import Space
from sim.errors import BadInput
from sim.experiment.intervals import CONFIDENCE
from sim.experiment.runner import Progress

PARTS = ("knowledge", "chance", "both")
POINTS, FEWEST = 64, 8  # of knowledge, and of either at least
RESAMPLES, BATCH = 1_999, 100  # the latter at a time
Floats = NDArray[np.float64]


def variance(
    space: Space,
    response: str = "share",
    points: int = POINTS,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Which part of the variance of a response comes of knowledge, which of chance, which of both together.

    Parameters
    ----------
    space : Space
        What is not known; a number that is left out is drawn in every replication and counts as chance.
    response : str
        Of `RESPONSES`; not `readiness_weeks`, which may be never.
    points : int
        Of knowledge, drawn independently; at least 8.
    replications, seed : int, optional
        Those of the scenario where left out; the seed is that of simulation, points and intervals.
    workers, progress, cancel : optional
        As in `sim.sweep`.

    Returns
    -------
    DataFrame
        As `variance_parts`.
    """
    function = mean_response(space, response, replications, seed)
    _check(points, function.replications)
    # By its path, so that no number's values depend on where it was given, or on which others are varied.
    columns = [streams.uniforms(points, function.seed, "variance", "points", path) for path in space.paths]
    places = np.stack(columns, axis=1)
    values = function.replicated(places, workers, progress, cancel)[response]
    table = variance_parts(values, function.seed)
    table.attrs |= {"response": response, "points": points, "replications": function.replications}
    return table


def variance_parts(values: Floats, seed: int = 1) -> pd.DataFrame:
    """The parts of the variance of values in a crossed design.

    Parameters
    ----------
    values : ndarray, float64 [point, replication]
        Points independent of each other, and replications too; each replication with the same luck at all points.
    seed : int
        Of the intervals.

    Returns
    -------
    DataFrame
        One row a part (`part`: ``knowledge``, ``chance``, ``both``): `share`, the part of the total, with its 90 %
        interval (`low`, `high`); `sd`, the root of that variance in the unit of the values, 0 where it is estimated
        below; `told`: whether the interval lies above zero. ``attrs``: `mean` and `sd` in all, `seed`.

    Notes
    -----
    Two-way random effects: mean squares set equal to what is expected of them (Searle, Casella & McCulloch 1992), so an
    estimate may be negative. The intervals (BCa) resample points and replications both, since few replications leave
    the part of chance as uncertain as few points that of knowledge: resampling points alone would hold the true value
    in half of the cases only.
    """
    found = np.asarray(values, dtype=float)
    _check(*(found.shape if found.ndim == 2 else (0, 0)))
    if not np.isfinite(found).all():
        raise BadInput("response", "must be finite in all replications")
    if np.ptp(found) <= ROUNDING * np.abs(found).max():
        raise BadInput("response", "is the same at all points and in all replications", float(found.flat[0]))
    components = _components(found)
    total = components.sum()
    low, high = _intervals(found, seed)
    table = pd.DataFrame({"part": list(PARTS), "share": components / total, "low": low, "high": high})
    table["sd"] = np.sqrt(np.maximum(components, 0.0))
    table["told"] = table["low"] > ROUNDING
    table.attrs = {"mean": float(found.mean()), "sd": float(np.sqrt(total)), "seed": seed}
    return table


def _components(values: Floats) -> Floats:
    """Variances of knowledge, chance and both, [part, …], of values [… point, replication]."""
    points, replications = values.shape[-2:]
    rows, columns = values.mean(axis=-1), values.mean(axis=-2)
    left = values - rows[..., :, None] - columns[..., None, :] + values.mean(axis=(-2, -1))[..., None, None]
    both = (left**2).sum(axis=(-2, -1)) / ((points - 1) * (replications - 1))
    knowledge = rows.var(axis=-1, ddof=1) - both / replications
    chance = columns.var(axis=-1, ddof=1) - both / points
    found = np.stack([knowledge, chance, both])
    return np.where(np.abs(found) <= ROUNDING * np.abs(found).max(axis=0), 0.0, found)


def _intervals(values: Floats, seed: int) -> tuple[Floats, Floats]:
    """The ends of the interval of each part."""
    from scipy import stats

    def shares(points: Floats, replications: Floats, axis: int = -1) -> Floats:
        rows, columns = points.astype(np.int64), replications.astype(np.int64)
        components = _components(values[rows[..., :, None], columns[..., None, :]])
        with np.errstate(invalid="ignore", divide="ignore"):  # one point, or replication, drawn every time
            return components / components.sum(axis=0)

    rng = np.random.Generator(np.random.Philox(key=streams.key(seed, "variance", "bootstrap")))
    numbers = tuple(np.arange(count, dtype=float) for count in values.shape)
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)  # its ends are nan then
        found = stats.bootstrap(
            numbers, shares, n_resamples=RESAMPLES, confidence_level=CONFIDENCE, method="BCa", rng=rng, batch=BATCH
        )
    # Where no resample differs, the part is what it is: of chance there is none, say. Where too few values differ for
    # an end, it may be any part.
    same = np.ptp(found.bootstrap_distribution, axis=-1) <= ROUNDING
    middle, ends = found.bootstrap_distribution[..., 0], found.confidence_interval
    low = np.where(same, middle, np.nan_to_num(ends.low, nan=0.0))
    high = np.where(same, middle, np.nan_to_num(ends.high, nan=1.0))
    return low, high


def _check(points: int, replications: int) -> None:
    if points < FEWEST:
        raise BadInput("points", f"must be at least {FEWEST}", points, f"for example {POINTS}")
    if replications < FEWEST:
        raise BadInput("replications", f"must be at least {FEWEST} to tell chance from knowledge", replications)
