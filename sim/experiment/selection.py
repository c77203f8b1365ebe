"""Ranking and selection: which of many scenarios has the highest share, with no more replications than it takes.

Two procedures of sim-tools, both under common random numbers: KN++ (Kim & Nelson 2006), which promises a probability of
being right for differences that matter, and OCBA (Chen & Lee 2011), which spends a given number of replications where
they tell most.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sim.errors import BadInput
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE
from sim.experiment.precision import FEWEST, MOST, Sample, Spent
from sim.experiment.runner import Progress
from sim.scenario import Scenario

FIRST_OF_BUDGET = 20  # replications of each scenario before OCBA looks where more would tell
State = Literal["selected", "tied", "spent"]
Floats = NDArray[np.float64]
Value = Callable[[int, int], float]  # the value of a design (by its number) in a replication


@dataclasses.dataclass(frozen=True)
class Selection:
    """What was selected, and how sure that is.

    Attributes
    ----------
    best : str
        The scenario with the highest mean share of those still in.
    state : str
        ``selected``; ``tied`` (those still in have one mean share); ``spent`` (the most replications were not enough).
    still_in : tuple of str
        Scenarios that may be the best; only one where it was selected.
    means : dict
        Mean share of each at its own lead time, a fraction, over its replications.
    replications : dict
        Of each scenario.
    probability : float, optional
        KN++: at least how probably the best is right or within the indifference zone, promised. OCBA: how probably it
        is right, estimated (Bonferroni). None where nothing was selected.
    indifference : float, optional
        KN++: differences of share below it do not matter.
    seed : int, optional
        Of every scenario.
    """

    best: str
    state: State
    still_in: tuple[str, ...]
    means: dict[str, float]
    replications: dict[str, int]
    probability: float | None
    indifference: float | None
    seed: int | None = None


def select(
    scenarios: Sequence[Scenario | str],
    indifference: float | None = None,
    budget: int | None = None,
    most: int = MOST,
    seed: int | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
) -> Selection:
    """The scenario with the highest mean share, each at its own lead time.

    Parameters
    ----------
    scenarios : sequence of Scenario or str
        At least two, of different names.
    indifference : float, optional
        A fraction of the event's sales: KN++ finds the best, or one that lacks less than this, with 90 %.
    budget : int, optional
        Or replications of all scenarios together, which OCBA shares out. Exactly one of the two is given.
    most : int, optional
        Replications of one scenario, after which KN++ gives up.
    seed : int, optional
        The first scenario's where left out.
    engine, progress : optional
        As for `simulate`.

    Returns
    -------
    Selection
        The best, those that may still be it, and how sure that is.

    Raises
    ------
    BadInput
        For bad arguments, and where sim-tools is not installed.
    """
    found = [Scenario.of(one) for one in scenarios]
    names = [one.name for one in found]
    _check(names, indifference, budget, most)
    library("sim_tools.ovs.indifference_zone")  # refused before a long run, and not after it
    seed = found[0].seed if seed is None else seed
    limit = most if budget is None else 2 * budget
    samples = [Sample(one, max(limit, FEWEST), seed, engine, progress) for one in found]

    def value(design: int, replication: int) -> float:
        return samples[design].value("share", replication)

    if budget is None:
        selected = indifferent(names, value, float(indifference or 0), CONFIDENCE)
    else:
        selected = within_budget(names, value, budget)
    return dataclasses.replace(selected, seed=seed)


def _check(names: Sequence[str], indifference: float | None, budget: int | None, most: int) -> None:
    if len(names) < 2:
        raise BadInput("select", "must have at least two scenarios", len(names))
    if len(set(names)) < len(names):
        raise BadInput("select", "must have scenarios of different names", names)
    if (indifference is None) == (budget is None):
        raise BadInput("select", "must have either an indifference zone or a budget", (indifference, budget))
    if indifference is not None and not 0 < indifference < 1:
        raise BadInput("indifference", "must be above 0 and below 1", indifference, "for example 0.00001")
    if budget is not None and budget < 2 * FIRST_OF_BUDGET * len(names):
        raise BadInput("budget", f"must be at least {2 * FIRST_OF_BUDGET} replications a scenario", budget)
    if most < FEWEST:
        raise BadInput("replications", f"must be at least {FEWEST} to select from", most)


class Bench:
    """The designs as sim-tools asks for them, one value after another, each design's replications from the first on."""

    def __init__(self, designs: int, value: Value) -> None:
        self._value, self._observers = value, list[Any]()
        self.values: list[list[float]] = [[] for _ in range(designs)]

    def register_observer(self, observer: Any) -> None:
        """Whoever is told of every value."""
        self._observers.append(observer)

    def simulate(self, design: int) -> None:
        """Run the next replication of a design."""
        found = self._value(design, len(self.values[design]))
        self.values[design].append(found)
        for observer in self._observers:
            observer.feedback(self, design, found)

    def spread_of_difference(self, i: int, j: int) -> float:
        """Variance of the differences of two designs over the replications that both have."""
        count = min(len(self.values[i]), len(self.values[j]))
        return float(np.var(np.subtract(self.values[i][:count], self.values[j][:count]), ddof=1))

    def selection(self, names: Sequence[str], state: State, still_in: Sequence[int], **more: Any) -> Selection:
        """What came of it, with the best by its mean."""
        means = [float(np.mean(values)) for values in self.values]
        best = max(still_in, key=means.__getitem__)
        return Selection(
            best=names[best],
            state=state,
            still_in=tuple(names[i] for i in still_in),
            means=dict(zip(names, means, strict=True)),
            replications={name: len(values) for name, values in zip(names, self.values, strict=True)},
            **more,
        )


def indifferent(names: Sequence[str], value: Value, zone: float, confidence: float, first: int = FEWEST) -> Selection:
    """The best by KN++; `value` raises `Spent` where there is no more.

    Notes
    -----
    Two things differ from sim-tools and are as in the paper: how far a mean may lie below another before it is out is
    never negative, since else two equal designs put each other out; and it comes of the variance of the *differences*,
    which common random numbers make small.
    """
    bench = Bench(len(names), value)

    class Paired(library("sim_tools.ovs.indifference_zone").KNPlusPlus):  # type: ignore[misc]
        def _elimination_distance(self, i: int, j: int) -> float:
            spread = bench.spread_of_difference(i, j)
            return max(0.0, self._h_squared * spread / (2 * self._n * self._delta) - self._delta / 2)

        def _stopping(self) -> bool:
            return len(self.still_in) == 1 or np.ptp(self._means[self._contenders]) == 0

        @property
        def still_in(self) -> list[int]:
            return [int(i) for i in self._contenders]

    search = Paired(bench, len(names), zone, alpha=1 - confidence, n_0=first)
    try:
        search.solve()
        state: State = "selected" if len(search.still_in) == 1 else "tied"
    except Spent:
        state = "spent"
    sure = confidence if state == "selected" else None
    return bench.selection(names, state, search.still_in, probability=sure, indifference=zone)


def within_budget(names: Sequence[str], value: Value, budget: int) -> Selection:
    """The best by OCBA, after all replications were spent where they told most.

    Notes
    -----
    Two scenarios, and those whose values do not vary or whose means are equal, have no ratios that OCBA could go by:
    all then get the same.
    """
    count, bench = len(names), Bench(len(names), value)
    step = count * max(1, budget // (20 * count))
    whole = count * FIRST_OF_BUDGET + (budget - count * FIRST_OF_BUDGET) // step * step

    class Guarded(library("sim_tools.ovs.fixed_budget").OCBA):  # type: ignore[misc]
        def _allocate(self) -> Any:
            try:
                with np.errstate(all="raise"):
                    shares = super()._allocate() if count > 2 else None
            except FloatingPointError:
                shares = None
            return np.full(count, step // count) if shares is None else shares.astype(int)

    Guarded(bench, count, whole, step, n_0=FIRST_OF_BUDGET, obj="max").solve()
    sure = _correct(bench.values)
    tied = np.ptp([np.mean(values) for values in bench.values]) == 0
    state: State = "tied" if tied else "selected"
    best = int(np.argmax([np.mean(values) for values in bench.values]))
    still_in = list(range(count)) if tied else [best]
    return bench.selection(names, state, still_in, probability=None if tied else sure, indifference=None)


def _correct(values: Sequence[Sequence[float]]) -> float:
    """About how probably the highest mean is that of the best: 1 less the chance of each other to be above it."""
    means = np.array([np.mean(one) for one in values])
    errors = np.array([np.var(one, ddof=1) / len(one) for one in values])
    best = int(means.argmax())
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = (means[best] - means) / np.sqrt(errors + errors[best])
    wrong = ndtr(-np.where(np.isnan(apart), 0.0, apart))
    return max(0.0, 1.0 - float(np.delete(wrong, best).sum()))
