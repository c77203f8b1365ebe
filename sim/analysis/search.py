"""The search for what is best, on optuna: of any function, with one aim or several, with or without a condition.

It knows nothing of scenarios: known problems are solved in the tests by the very code that scenarios use.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import BadInput, unknown
from sim.experiment import Cancelled, Range
from sim.experiment.design import Factor
from sim.experiment.extra import library
from sim.experiment.runner import Progress
from sim.streams import key

Setting = dict[str, Any]  # what each lever is set to
Aims = Mapping[str, str]  # what is aimed at, and whether less or more of it is better
DIRECTIONS = {"less": "minimize", "more": "maximize"}  # in optuna's words
FEWEST_TRIALS = 10
GENERATIONS = 10  # of NSGA-II: enough to improve on the first, which is drawn
SMALLEST, LARGEST = 8, 50  # of a generation
STARTUP = 10  # settings that TPE draws before it learns
REPEATS = 3  # as often as there are trials a sampler may ask, since it also asks for what is known already


def front(
    function: Callable[[Setting], Mapping[str, float]],
    over: Mapping[str, Iterable[Any] | Range],
    aims: Aims,
    trials: int = 100,
    seed: int = 1,
    condition: str | None = None,
    first: Sequence[Setting] = (),
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Settings that were tried, and which of them no other one betters in every aim.

    Parameters
    ----------
    function : callable
        Takes a setting, a value for each name in `over`, and gives numbers by name: those aimed at, that of the
        condition, and whatever else is to be kept. It is called once for a setting.
    over : mapping of name to levels or Range
        Levels that are numbers are searched in their order, others without one.
    aims : mapping of name to ``less`` or ``more``
        One: TPE searches (Bergstra et al. 2011). Several: NSGA-II does (Deb et al. 2002).
    trials : int, optional
        Settings, at most; where there are no more than these, all of them are tried.
    seed : int, optional
        The same gives the same settings in the same order.
    condition : str, optional
        A number that is at most 0 where the condition is met; the further above, the worse.
    first : sequence of settings, optional
        Tried before any that is searched for.
    progress : callable, optional
        Called with the trials done, and all.
    cancel : threading.Event, optional

    Returns
    -------
    DataFrame
        One row a setting, in the order in which they were tried: `over`, what the function gave, `met` (the condition)
        and `front` (met, and no other that is met is as good in every aim and better in one).

    Raises
    ------
    BadInput
        For fewer than 10 trials, nothing to vary, a lever of one level, aims that are none, or without optuna.
    Cancelled
        If `cancel` was set.
    """
    factors = checked(over, aims, trials)
    optuna, found = library("optuna"), dict[tuple[Any, ...], Mapping[str, float]]()
    starts = _all(factors) if (whole := _combinations(factors) <= trials) else list(first)
    with quiet(optuna):
        study = _study(optuna, aims, trials, seed)
        for setting in starts:
            study.enqueue_trial({one.path: _code(one, setting[one.path]) for one in factors})
        for _asked in range(len(starts) if whole else REPEATS * trials):
            if cancel is not None and cancel.is_set():
                raise Cancelled
            if len(found) == trials:
                break
            trial = study.ask({one.path: _distribution(optuna, one) for one in factors})
            values = tuple(_value(one, trial.params[one.path]) for one in factors)
            if new := values not in found:
                found[values] = function(dict(zip(over, values, strict=True)))
            if condition is not None:
                trial.set_constraint(condition, found[values][condition])
            study.tell(trial, [found[values][name] for name in aims])
            if progress and new:
                progress(len(found), trials)
    if progress and len(found) < trials:
        progress(trials, trials)
    return _table(found, list(over), aims, condition)


def checked(over: Mapping[str, Iterable[Any] | Range], aims: Aims, trials: int) -> list[Factor]:
    """What is varied, or a refusal."""
    if type(trials) is not int or trials < FEWEST_TRIALS:
        raise BadInput("trials", f"must be a whole number of at least {FEWEST_TRIALS}", trials)
    if not over:
        raise BadInput("levers", "must be at least one", remedy="for example resources.coach.units=12,20,40")
    if not aims:
        raise BadInput("aims", "must be at least one")
    for name, direction in aims.items():
        if direction not in DIRECTIONS:
            raise unknown(name, "direction", direction, DIRECTIONS)
    factors = [Factor(path, of if isinstance(of, Range) else tuple(of)) for path, of in over.items()]
    for one in factors:
        if len(one.ends) < 2:
            raise BadInput(one.path, "needs at least two levels to choose from", list(one.ends), "set it instead")
    return factors


def unbettered(values: NDArray[np.float64], directions: Sequence[str]) -> NDArray[np.bool_]:
    """Which rows no other row betters: none is as good in every column and better in one.

    Parameters
    ----------
    values : ndarray, float64 [row, column]
    directions : sequence of ``less`` or ``more``, one a column
    """
    low = values * np.where(np.array(directions) == "less", 1.0, -1.0)
    as_good = (low[:, None, :] <= low[None, :, :]).all(axis=2)
    better = (low[:, None, :] < low[None, :, :]).any(axis=2)
    return np.logical_not(np.any(as_good & better, axis=0))


@contextlib.contextmanager
def quiet(optuna: Any) -> Iterator[None]:
    """Without the line that optuna would print for every trial; how much it says otherwise stays its user's matter."""
    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        yield
    finally:
        optuna.logging.set_verbosity(before)


def _study(optuna: Any, aims: Aims, trials: int, seed: int) -> Any:
    chance = key(seed, "optimise", "sampler") % 2**32
    if len(aims) == 1:
        sampler = optuna.samplers.TPESampler(seed=chance, multivariate=True, n_startup_trials=STARTUP)
    else:
        generation = min(max(trials // GENERATIONS, SMALLEST), LARGEST)
        sampler = optuna.samplers.NSGAIISampler(seed=chance, population_size=generation)
    return optuna.create_study(directions=[DIRECTIONS[way] for way in aims.values()], sampler=sampler)


def _combinations(factors: Sequence[Factor]) -> float:
    """How many settings there are."""
    return math.prod(math.inf if isinstance(one.levels, Range) else len(one.levels) for one in factors)


def _all(factors: Sequence[Factor]) -> list[Setting]:
    """Every setting."""
    paths = [one.path for one in factors]
    return [dict(zip(paths, values, strict=True)) for values in itertools.product(*(one.ends for one in factors))]


def _ordered(factor: Factor) -> bool:
    return all(isinstance(level, int | float) and not isinstance(level, bool) for level in factor.ends)


def _distribution(optuna: Any, factor: Factor) -> Any:
    """Of a range its numbers, of levels their places."""
    if isinstance(factor.levels, Range):
        return optuna.distributions.FloatDistribution(factor.levels.low, factor.levels.high)
    if _ordered(factor):
        return optuna.distributions.IntDistribution(0, len(factor.levels) - 1)
    return optuna.distributions.CategoricalDistribution(tuple(range(len(factor.levels))))


def _levels(factor: Factor) -> tuple[Any, ...]:
    """The levels, numbers in order."""
    return tuple(sorted(factor.ends)) if _ordered(factor) else factor.ends


def _value(factor: Factor, code: Any) -> Any:
    return code if isinstance(factor.levels, Range) else _levels(factor)[code]


def _code(factor: Factor, value: Any) -> Any:
    return value if isinstance(factor.levels, Range) else _levels(factor).index(value)


def _table(
    found: Mapping[tuple[Any, ...], Mapping[str, float]], paths: list[str], aims: Aims, condition: str | None
) -> pd.DataFrame:
    table = pd.DataFrame([dict(zip(paths, values, strict=True)) | dict(said) for values, said in found.items()])
    table["met"] = True if condition is None else table[condition] <= 0
    table["front"], met = False, table["met"].to_numpy()
    if met.any():
        table.loc[met, "front"] = unbettered(table.loc[met, list(aims)].to_numpy(dtype=float), list(aims.values()))
    return table
