"""A scenario as a function of some of its numbers: what the libraries of other people want to call.

Called with values it gives the mean responses. For SALib it takes a matrix of places in [0, 1), so that a number has
the distribution that the scenario gives it; the exploratory workbench and optuna hand over values in their own units.
"""

from __future__ import annotations

import dataclasses
import functools
import keyword
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.analysis.space import Dimension, Space
from sim.analysis.workbench import workbench
from sim.errors import BadInput, unknown
from sim.experiment.design import Factor, Range
from sim.experiment.responses import RESPONSES
from sim.experiment.result import QUANTILES, checked, simulate
from sim.experiment.runner import Progress
from sim.programme.quantity import Quantity
from sim.scenario import Scenario
from sim.sweeps import sweep

READINESS = "readiness_weeks"
MEDIAN, NEVER = f"{READINESS}_p50", "never"
USUAL = ("share", "ready", READINESS)
Floats = NDArray[np.float64]
Direction = Literal["maximize", "minimize"]


def as_function(
    scenario: Scenario | str,
    levers: Mapping[str, Iterable[Any] | Range] | None = None,
    uncertainties: Sequence[str] | None = None,
    responses: Sequence[str] = USUAL,
    replications: int | None = None,
    seed: int | None = None,
) -> Function:
    """A scenario as a function of levers and uncertain numbers.

    Parameters
    ----------
    scenario : Scenario or str
    levers : mapping of path to levels or `Range`, optional
    uncertainties : sequence of str, optional
        Paths of uncertain numbers; None: every one that is drawn.
    responses : sequence of str
        Of `sim.experiment.responses.RESPONSES`.
    replications, seed : int, optional
        Those of the scenario where left out; the same in every call, so that random numbers are common.

    Returns
    -------
    Function
        Called with the inputs by name, in the units of the scenario, it gives each output by name.

    Raises
    ------
    BadInput
        For a place that the scenario does not have, a level that breaks a rule, an unknown response.
    """
    scenario = Scenario.of(scenario)
    space = Space.of(scenario, uncertainties, levers)
    seed = scenario.seed if seed is None else checked(scenario, "seed", seed)
    count = scenario.replications if replications is None else checked(scenario, "replications", replications)
    return Function(space, tuple(responses), count, seed)


@dataclasses.dataclass(frozen=True)
class Function:
    """A scenario that is called with values of what is varied.

    Attributes
    ----------
    space : Space
    responses : tuple of str
    replications, seed : int
        The same in every call.
    """

    space: Space
    responses: tuple[str, ...]
    replications: int
    seed: int

    def __post_init__(self) -> None:
        if not self.responses:
            raise BadInput("responses", "must be at least one", remedy="for example share")
        for name in self.responses:
            if name not in RESPONSES:
                raise unknown("responses", "response", name, RESPONSES)
        taken: dict[str, str] = {}
        for path in self.space.paths:
            name = identifier(path)
            if name in taken:
                raise BadInput(path, f"would have the same name as {taken[name]}", name, "leave one out")
            taken[name] = path

    def __call__(self, **values: Any) -> dict[str, float]:
        """The responses at some values, in the units of the scenario; what is left out stays as the scenario has it."""
        settings: dict[str, Any] = {}
        for name, value in values.items():
            if (path := self.inputs.get(name, name)) not in self.space.paths:
                raise unknown("input", "input", name, self.inputs)
            settings[path] = value.item() if isinstance(value, np.generic) else value
        result = simulate(self.space.scenario.set_all(settings), self.replications, self.seed)
        return self._summary({name: RESPONSES[name](result) for name in self.responses})

    @functools.cached_property
    def inputs(self) -> dict[str, str]:
        """The name of each input, and the path in the scenario that it stands for."""
        return {identifier(path): path for path in self.space.paths}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what a call returns; means, but of readiness the median (inf = never) and the part never ready."""
        return tuple(n for name in self.responses for n in ((MEDIAN, NEVER) if name == READINESS else (name,)))

    @property
    def problem(self) -> dict[str, Any]:
        """The same for SALib, its inputs as places from 0 to 1, at which a number takes its own distribution."""
        names, outputs = list(self.inputs), list(self.outputs)
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names), "outputs": outputs}

    def evaluate(
        self,
        matrix: Floats,
        workers: int | None = None,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> Floats:
        """The outputs at many points.

        Parameters
        ----------
        matrix : ndarray, float64 [point, input]
            Places from 0 to 1, as `problem` has it.
        workers, progress, cancel : optional
            As in `sim.sweep`.

        Returns
        -------
        ndarray, float64 [point], or [point, output] where there are several
        """
        many = self.replicated(matrix, workers, progress, cancel)
        rows = [self._summary({name: values[i] for name, values in many.items()}) for i in range(len(matrix))]
        found = np.array([[row[name] for name in self.outputs] for row in rows])
        return found[:, 0] if len(self.outputs) == 1 else found

    def replicated(
        self,
        matrix: Floats,
        workers: int | None = None,
        progress: Progress | None = None,
        cancel: threading.Event | None = None,
    ) -> dict[str, Floats]:
        """Each response at many points in every replication: float64 [point, replication]; kept in the run store."""
        design = self.space.design(_places(matrix, len(self.space.dimensions)))
        swept = sweep(
            self.space.scenario, design, self.replications, self.seed, workers, progress=progress, cancel=cancel
        )
        rows = swept.responses()
        return {name: rows[name].to_numpy(float).reshape(-1, self.replications) for name in self.responses}

    def ema_model(self, name: str = "siap") -> Any:
        """The same as a model of the exploratory workbench: its uncertainties, its levers, an outcome for each output.

        Notes
        -----
        Its inputs are in the units of the scenario, and the workbench spreads them evenly from end to end.
        """
        model = workbench("em_framework").Model(name, function=self)
        chosen = [one for one in self._named if isinstance(one[1].over, Factor)]
        model.uncertainties = [_parameter(*one) for one in self._named if one not in chosen]
        model.levers = [_parameter(*one) for one in chosen]
        model.outcomes = [workbench("em_framework").ScalarOutcome(output) for output in self.outputs]
        return model

    def objective(self, response: str = "share", direction: Direction = "maximize") -> Callable[[Any], float]:
        """What optuna optimises: a trial to one output, each lever being suggested and nothing else set.

        Parameters
        ----------
        response : str
            One of `outputs`.
        direction : {"maximize", "minimize"}
            A study that goes the other way is refused.
        """
        levers = [(name, one.over) for name, one in self._named if isinstance(one.over, Factor)]
        if not levers:
            raise BadInput("levers", "must be at least one, so that there is something to choose")
        if response not in self.outputs:
            raise unknown("response", "output", response, self.outputs)

        def objective(trial: Any) -> float:
            goes = [str(one.name).lower() for one in trial.study.directions]
            if goes != [direction]:
                raise BadInput("direction", f"must be {direction} alone in the study too", ", ".join(goes))
            return self(**{name: _suggested(trial, name, lever) for name, lever in levers})[response]

        return objective

    @property
    def _named(self) -> list[tuple[str, Dimension]]:
        return list(zip(self.inputs, self.space.dimensions, strict=True))

    def _summary(self, values: Mapping[str, Floats]) -> dict[str, float]:
        """Of the values of each response in every replication, what a call returns."""
        found: dict[str, float] = {}
        for name, one in values.items():
            if name == READINESS:
                found[MEDIAN] = float(np.quantile(one, QUANTILES["p50"], method="inverted_cdf"))
                found[NEVER] = float(np.isinf(one).mean())
            else:
                found[name] = float(one.mean())
        return found


def identifier(path: str) -> str:
    """A path as a name that Python takes: ``resources.loan-officer.units`` is ``resources__loan_officer__units``."""
    name = re.sub(r"\W", "_", path.replace(".", "__"))
    return f"{name}_" if keyword.iskeyword(name) else name


def whole(factor: Factor) -> tuple[int, int] | None:
    """The ends of levels that are whole numbers one after another; None of others."""
    levels = factor.levels
    if isinstance(levels, Range) or not all(type(level) is int for level in levels):
        return None
    low, high = min(levels), max(levels)
    return (low, high) if len(levels) > 1 and high - low == len(levels) - 1 else None


def _parameter(name: str, dimension: Dimension) -> Any:
    """An input as the workbench has it."""
    kinds, over = workbench("em_framework"), dimension.over
    if isinstance(over, Quantity):
        return kinds.RealParameter(name, over.low, over.high)
    if isinstance(over.levels, Range):
        return kinds.RealParameter(name, over.levels.low, over.levels.high)
    if (ends := whole(over)) is not None:
        return kinds.IntegerParameter(name, *ends)
    if len(over.levels) == 1:
        raise BadInput(dimension.path, "needs at least two levels for the workbench", list(over.levels))
    return kinds.CategoricalParameter(name, over.levels)


def _suggested(trial: Any, name: str, lever: Factor) -> Any:
    """What an optuna trial suggests for a lever."""
    if isinstance(lever.levels, Range):
        return trial.suggest_float(name, lever.levels.low, lever.levels.high)
    if (ends := whole(lever)) is not None:
        return trial.suggest_int(name, *ends)
    return trial.suggest_categorical(name, list(lever.levels))


def _places(matrix: Floats, count: int) -> Floats:
    """A matrix of places, refused where it is none."""
    places = np.asarray(matrix, dtype=float)
    if places.ndim != 2 or places.shape[1] != count or not len(places):
        raise BadInput("matrix", f"must have rows of {count} places, one an input", places.shape)
    if not (np.isfinite(places).all() and places.min() >= 0 and places.max() <= 1):
        raise BadInput("matrix", "must have places from 0 to 1", (float(places.min()), float(places.max())))
    return places
