"""Which numbers carry an answer: Morris's screening and Sobol's indices over what nobody knows.

Morris moves one number at a time along random paths and is cheap; Sobol's indices say which part of the variance a
number accounts for, alone and together with others. Both look at the mean over N histories whose luck is the same at
all points. That luck is in the estimates: they are those of these N histories, and others would give others. The
intervals are SALib's, of where the points lie alone; they do not hold the luck of the histories, which only more of
them make smaller. What an answer owes to luck is told by `sim.analysis.variance`.

An effect of Morris's is told as it was seen: how far the response moved while a number moved by one step, and never
drawn out to the whole range. What is told of a number does not depend on the order in which numbers are given.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import streams
from sim.analysis.function import READINESS, Function
from sim.analysis.space import Space
from sim.errors import BadInput, unknown
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE
from sim.experiment.responses import RESPONSES
from sim.experiment.result import checked
from sim.experiment.runner import Progress

TRAJECTORIES, LEVELS = 10, 4  # of Morris, as Campolongo et al. (2007) recommend
POINTS = 64  # of Sobol', before each number is exchanged
STRONGEST = 8  # numbers that Sobol's indices are asked of, unless told otherwise
RESAMPLES = 999
FRACTIONS = ("share", "ready")  # responses that are at most 1, so that no effect is more
ROUNDING = 1e-12  # of the largest value: what differs by less is the same
Floats = NDArray[np.float64]
Places = Callable[[Floats], Floats]  # places in [0, 1], [point, input], to one response a point


def morris(
    space: Space,
    response: str = "share",
    trajectories: int = TRAJECTORIES,
    levels: int = LEVELS,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Screen numbers: how far the mean response moves when one of them moves by a step, over two thirds of its range.

    Parameters
    ----------
    space : Space
        At least two dimensions, none of named alternatives; all uncertain numbers are `Space.of(scenario)`.
    response : str
        Of `RESPONSES`; not `readiness_weeks`, which may be never.
    trajectories : int
        Paths, each with one point more than there are dimensions; at least 2.
    levels : int
        Places that each number can take, even; a step goes over ``levels / (2 * (levels - 1))`` of its range: over two
        thirds where there are 4. Range is meant by its distribution: a third of it is as likely as any other third.
    replications, seed : int, optional
        Those of the scenario where left out; the seed is that of simulation, sample and intervals.
    workers, progress, cancel : optional
        As in `sim.sweep`.

    Returns
    -------
    DataFrame
        As `morris_effects`, in the unit of the response, the strongest first; for these replications (see above).
    """
    function = mean_response(space, response, replications, seed)
    for one in space.dimensions:
        if one.named:
            raise BadInput(
                one.path, "has alternatives without an order, which Morris cannot step through", remedy="sobol"
            )
    table = morris_effects(
        lambda places: function.evaluate(places, workers, progress, cancel),
        space.paths,
        trajectories,
        levels,
        function.seed,
    )
    if response in FRACTIONS:
        table["mu_star_high"] = table["mu_star_high"].clip(upper=1.0)
    return _noted(table, function)


def sobol(
    space: Space,
    response: str = "share",
    points: int = POINTS,
    count: int | None = STRONGEST,
    replications: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Which part of the variance of the mean response each number accounts for, alone (S1) and in all (ST).

    Parameters
    ----------
    space : Space
    response : str
        As in `morris`.
    points : int
        A power of 2; simulated are so many times the dimensions and two.
    count : int, optional
        Of a larger space only so many dimensions, the strongest of `morris`, are taken; None: all. The others are
        drawn as ever, so that the variance is that of the response on average over them.
    replications, seed, workers, progress, cancel : optional
        As in `morris`.

    Returns
    -------
    DataFrame
        As `sobol_indices`, the strongest first; ``attrs["screened"]`` is how many numbers there were before `count`.
    """
    function = mean_response(space, response, replications, seed)
    whole = len(space.dimensions)
    _check_points(points)
    if count is not None and count < 2:
        raise BadInput("count", "must be at least 2 numbers", count)
    if count is not None and count < whole:
        screened = morris(
            space, response, TRAJECTORIES, LEVELS, function.replications, function.seed, workers, progress, cancel
        )
        space = strongest(space, screened, count)
        function = mean_response(space, response, function.replications, function.seed)
    table = sobol_indices(
        lambda places: function.evaluate(places, workers, progress, cancel), space.paths, points, function.seed
    )
    table = _noted(table, function)
    table.attrs["screened"] = whole
    return table


def strongest(space: Space, screened: pd.DataFrame, count: int) -> Space:
    """The dimensions that `morris` found strongest, in their order in the space."""
    kept = set(screened["path"].head(count))
    return Space(space.scenario, tuple(one for one in space.dimensions if one.path in kept))


def morris_effects(
    function: Places, names: Sequence[str], trajectories: int = TRAJECTORIES, levels: int = LEVELS, seed: int = 1
) -> pd.DataFrame:
    """Morris's effects of any function of places in [0, 1].

    Parameters
    ----------
    function : callable
        float64 [point, input] to float64 [point].
    names : sequence of str
        Of the inputs.
    trajectories, levels, seed : int

    Returns
    -------
    DataFrame
        `path`; `mu`: mean change of the function over one step up, `mu_star`: of its absolute value, with its 90 %
        interval (`mu_star_low`, `mu_star_high`); `sigma`: how much the change differs from place to place; `told`:
        whether the interval lies above zero. ``attrs["step"]``: how much of its range an input moves in a step.

    Notes
    -----
    SALib divides each change by the step, as if it went on to the end of the range; here it is multiplied back.
    """
    if trajectories < 2:
        raise BadInput("trajectories", "must be at least 2", trajectories, f"for example {TRAJECTORIES}")
    if levels < 2 or levels % 2:
        raise BadInput("levels", "must be an even number from 2 on", levels, f"for example {LEVELS}")
    problem, key = _problem(names), streams.key(seed, "sensitivity", "morris")
    places = library("SALib.sample.morris").sample(problem, trajectories, num_levels=levels, seed=key)
    values = _finite(function(places[:, _back(problem, names)]))
    found = library("SALib.analyze.morris").analyze(
        problem, places, values, RESAMPLES, CONFIDENCE, num_levels=levels, seed=key
    )
    step = levels / (2 * (levels - 1))
    table = step * _bounds("mu_star", found).assign(sigma=np.asarray(found["sigma"], dtype=float))
    table.insert(0, "mu", step * np.asarray(found["mu"], dtype=float))
    table.insert(0, "path", problem["names"])
    table["told"] = table["mu_star_low"] > ROUNDING * np.abs(values).max()
    table.attrs["step"] = step
    return _ordered(table, "mu_star")


def sobol_indices(function: Places, names: Sequence[str], points: int = POINTS, seed: int = 1) -> pd.DataFrame:
    """Sobol's indices of any function of places in [0, 1], by Saltelli's design.

    Returns
    -------
    DataFrame
        `path`; `S1`: the part of the variance that the input accounts for alone, `ST`: with all that it does together
        with others, each with its 90 % interval (`_low`, `_high`); `S1_told`, `told`: whether that of S1, of ST, lies
        above zero. An estimate may be negative, and is then not told.
    """
    _check_points(points)
    problem, key = _problem(names), streams.key(seed, "sensitivity", "sobol")
    places = library("SALib.sample.sobol").sample(problem, points, calc_second_order=False, seed=key)
    values = _finite(function(places[:, _back(problem, names)]))
    found = library("SALib.analyze.sobol").analyze(problem, values, False, RESAMPLES, CONFIDENCE, seed=key)
    table = pd.DataFrame({"path": problem["names"]}).join([_bounds("S1", found), _bounds("ST", found)])
    table["S1_told"], table["told"] = table["S1_low"] > 0, table["ST_low"] > 0
    return _ordered(table, "ST")


def mean_response(space: Space, response: str, replications: int | None, seed: int | None) -> Function:
    """One response of a scenario as a function of a space; refused where it may be infinite.

    Raises
    ------
    BadInput
        For an unknown response, and for `readiness_weeks`.
    """
    if response not in RESPONSES:
        raise unknown("response", "response", response, RESPONSES)
    if response == READINESS:
        remedy = "ready says how often it is in time"
        raise BadInput("response", "must be finite, and readiness may be never", response, remedy)
    scenario = space.scenario
    seed = scenario.seed if seed is None else checked(scenario, "seed", seed)
    count = scenario.replications if replications is None else checked(scenario, "replications", replications)
    return Function(space, (response,), count, seed)


def _problem(names: Sequence[str]) -> dict[str, Any]:
    """As SALib has it, in the order of the names, so that no number's places depend on where it was given."""
    if len(names) < 2:
        raise BadInput("space", "must have at least two numbers to tell apart", len(names), "see sim.analysis.space")
    return {"num_vars": len(names), "names": sorted(names), "bounds": [[0.0, 1.0]] * len(names)}


def _back(problem: dict[str, Any], names: Sequence[str]) -> list[int]:
    """Where in SALib's columns each input stands."""
    return [problem["names"].index(name) for name in names]


def _check_points(points: int) -> None:
    if points < 2 or points & (points - 1):
        near = 1 << max(points, 2).bit_length()
        raise BadInput("points", "must be a power of 2 for Sobol's indices", points, f"for example {near}")


def _finite(values: Floats) -> Floats:
    """Responses that something can be told from."""
    found = np.asarray(values, dtype=float)
    if not np.isfinite(found).all():
        raise BadInput("response", "must be finite at all points")
    if np.ptp(found) <= ROUNDING * np.abs(found).max():
        remedy = "ask at a lead time at which something is sold, or for another response"
        raise BadInput("response", "is the same at all points, so that nothing can be told", float(found[0]), remedy)
    return found


def _bounds(name: str, found: Any) -> pd.DataFrame:
    """An estimate of SALib with the ends of its interval, which lie as far to either side."""
    middle, half = (np.asarray(found[key], dtype=float) for key in (name, f"{name}_conf"))
    return pd.DataFrame({name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half})


def _ordered(table: pd.DataFrame, by: str) -> pd.DataFrame:
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _noted(table: pd.DataFrame, function: Function) -> pd.DataFrame:
    """What a table is of, beside its numbers."""
    (response,) = function.responses
    table.attrs |= {"response": response, "replications": function.replications, "seed": function.seed}
    return table
