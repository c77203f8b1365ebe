"""The least cost of a target, and what share costs in money and time: searched on some random numbers, told by others.

Whatever is best of many on the random numbers of a search was also lucky on them. So what a search ends with is
simulated again on fresh numbers, and these alone are its cost and its chance; how much the search promised too much is
said beside them.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import threading
import warnings
from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.offers import LEAD, Levels, bare, in_force, of_others, offered
from sim.analysis.search import Setting, checked, front, unbettered
from sim.analysis.target import checked_target, with_ends
from sim.errors import BadInput
from sim.experiment import Cancelled, Interval, Range, Result
from sim.experiment.extra import library
from sim.experiment.intervals import CONFIDENCE, of_count, of_mean, of_mean_resampled
from sim.experiment.responses import programme_idr, ready, share
from sim.experiment.result import checked as possible
from sim.experiment.result import in_days
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.store import simulate
from sim.streams import key

TRIALS, REPLICATIONS = 120, 100
FRESH_TIMES = 4  # as many replications as the search had
HOPELESS = 3  # looked at again where none reached the target while searching
FORESEEN = 12  # looked at again for the least cost, as progress has it before that is known
MOST_ON_FRONT = 24
TRADED = {"programme_idr": "less", "share": "more", LEAD: "less"}
Floats = NDArray[np.float64]
State = Literal["holds", "open", "fails"]


@dataclasses.dataclass(frozen=True)
class Target:
    """What is to be reached with the lead time of a scenario, and how probably.

    Attributes
    ----------
    share : float, optional
        Of the event's sales, a fraction; None: a brand is ready.
    probability : float
    """

    share: float | None
    probability: float

    def __post_init__(self) -> None:
        checked_target(self.probability, self.share)

    def needed_days(self, result: Result) -> Floats:
        """The least lead time of each replication, as `when` has it; inf = never."""
        mixed = result.mixed
        return mixed.ready_days.min(axis=1) if self.share is None else mixed.lead_days_for(self.share)


@dataclasses.dataclass(frozen=True)
class Drawn:
    """A scenario's settings on one set of random numbers, the same for all of them.

    Attributes
    ----------
    scenario : Scenario
    replications, seed : int
    cancel : threading.Event, optional
    """

    scenario: Scenario
    replications: int
    seed: int
    cancel: threading.Event | None = None

    @classmethod
    def checked(cls, scenario: Scenario, replications: int, seed: int | None, cancel: threading.Event | None) -> Drawn:
        """With the scenario's own seed where none is given; what the scenario could not have is refused."""
        seed = scenario.seed if seed is None else possible(scenario, "seed", seed)
        return cls(scenario, possible(scenario, "replications", replications), seed, cancel)

    def result(self, setting: Mapping[str, Any]) -> Result:
        """The setting simulated, or out of the run store."""
        return self.simulated(self.at(setting))

    def at(self, setting: Mapping[str, Any]) -> Scenario:
        """The scenario with its levers set."""
        return self.scenario.set_all(setting)

    def simulated(self, scenario: Scenario) -> Result:
        """On these random numbers, or out of the run store."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled
        return simulate(scenario, self.replications, self.seed, cancel=self.cancel)

    def fresh(self, replications: int | None) -> Drawn:
        """Other random numbers, named after these, and more of them."""
        asked = FRESH_TIMES * self.replications if replications is None else replications
        try:
            count = possible(self.scenario, "replications", asked)
        except BadInput as wrong:
            raise wrong.at("fresh") from None
        return dataclasses.replace(self, replications=count, seed=key(self.seed, "optimise", "fresh") % 2**32)


@dataclasses.dataclass(frozen=True, eq=False)
class Searched:
    """What a search found, and what of it stood on fresh random numbers.

    Attributes
    ----------
    drawn, fresh : Drawn
        The random numbers of the search, and those that it was told by.
    levers : tuple of str
    trials : int
    tried : DataFrame
        Every setting that was tried, with its searched values.
    table : DataFrame
        Settings simulated again, in the order of their cost: each lever; and of each quantity its `_searched` value,
        the fresh one with the ends of its interval (`_low`, `_high`), and `_optimism`, searched less fresh, with its
        own. Intervals hold in 90 % of cases for a quantity of all settings together that might have been simulated
        again (Bonferroni), since the best is chosen among them.
    """

    drawn: Drawn
    fresh: Drawn
    levers: tuple[str, ...]
    trials: int
    tried: pd.DataFrame
    table: pd.DataFrame

    @property
    def scenario(self) -> Scenario:
        """The one whose levers were moved."""
        return self.drawn.scenario

    @property
    def of_others(self) -> list[str]:
        """Levers whose own cost is not in the programme's."""
        return [path for path in self.levers if of_others(path)]


@dataclasses.dataclass(frozen=True, eq=False)
class LeastCost(Searched):
    """The least mean public cost until the event with which a target is reached.

    Attributes
    ----------
    target : Target
    state : str
        ``holds``: on fresh numbers the chance of `best` is at least that asked for, its interval too. ``open``: its
        interval has the chance asked for within it. ``fails``: none of `table` reaches it.
    best : Series
        The row of `table`: the least costly of those that hold; else of those that are open and reach the chance at
        their estimate; else the one with the best chance.
    now : Series
        The scenario as it is, on the same fresh numbers.

    Notes
    -----
    Simulated again is, in the order of its cost while searching, each setting that reached the target at a cost and
    with a chance that no other bettered, until one holds. What costs more is not looked at again.
    """

    target: Target
    state: State
    best: pd.Series
    now: pd.Series

    @property
    def setting(self) -> Setting:
        """What the levers of `best` are set to."""
        return _settings(self.table.loc[self.table["best"]], self.levers)[0]


@dataclasses.dataclass(frozen=True, eq=False)
class TradeOffs(Searched):
    """The front between cost, share and lead time; `dominated` in `table` says what fell off it on fresh numbers."""


def least_cost(
    scenario: Scenario | str,
    levers: Levels | None = None,
    share: float | None = None,
    probability: float = 0.8,
    trials: int = TRIALS,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    fresh: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> LeastCost:
    """The least programme cost with which a target is reached with a probability.

    Parameters
    ----------
    scenario : Scenario or str
    levers : mapping of path to levels or Range, optional
        None: all that `levers_of` finds.
    share : float, optional
        The target, a fraction; None: a brand is ready.
    probability : float, optional
        In (0, 1).
    trials, replications : int, optional
        Of the search; all settings have the same random numbers.
    seed : int, optional
        The scenario's where left out; of the search and, by name, of its sampler and of the fresh numbers.
    fresh : int, optional
        Replications of the fresh numbers; four times as many where left out.
    progress, cancel : optional

    Notes
    -----
    A lead time among the levers is not searched for: neither cost nor chance falls as it grows, so that of each setting
    the least that is enough is read off its histories.

    Raises
    ------
    BadInput
        For a bad target, seed or number of replications, fewer than 10 trials, no lever, a lever that the scenario
        lacks or that has one level, and levers of which no setting is possible.
    Cancelled
        If `cancel` was set.
    """
    target, scenario = Target(share, probability), Scenario.of(scenario)
    library("statsmodels.stats.proportion")  # refused before a long run, and not after it
    over = offered(scenario, levers)
    checked(over, {"programme_idr": "less"}, trials)
    drawn = Drawn.checked(scenario, replications, seed, cancel)
    told_by = drawn.fresh(fresh)
    found = _Reaching(drawn, target, _weeks(over.get(LEAD)))
    search = {path: levels for path, levels in over.items() if path != LEAD}
    if search:
        first, told = in_force(scenario, search), _further(progress, FORESEEN)
        aim = {"programme_idr": "less"}
        front(found, search, aim, trials, drawn.seed, "short", [first] if first else [], told, cancel)
    else:
        found({})
    if not found.tried:
        raise _impossible()
    tried = pd.DataFrame(found.tried).drop_duplicates(list(over), ignore_index=True)
    again = _Again(drawn, told_by, tuple(over), found.read, progress, trials)
    return _cheapest(again, _candidates(tried), tried, target)


def trade_offs(
    scenario: Scenario | str,
    levers: Levels | None = None,
    trials: int = 2 * TRIALS,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    fresh: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> TradeOffs:
    """What share costs in money and time: settings that no other betters in cost, mean share and lead time together.

    Parameters
    ----------
    As for `least_cost`.

    Returns
    -------
    TradeOffs
        Of many settings some, spread over their cost; `front` in `tried` has them all.
    """
    scenario = Scenario.of(scenario)
    over = offered(scenario, levers)
    checked(over, TRADED, trials)
    drawn = Drawn.checked(scenario, replications, seed, cancel)
    told_by = drawn.fresh(fresh)
    first, told = in_force(scenario, over), _further(progress, MOST_ON_FRONT)
    tried = front(_Traded(drawn), over, TRADED, trials, drawn.seed, None, [first] if first else [], told, cancel)
    if not np.isfinite(tried["programme_idr"]).any():
        raise _impossible()
    kept = _thinned(tried[tried["front"]].sort_values("programme_idr", kind="stable"), MOST_ON_FRONT)
    again = _Again(drawn, told_by, tuple(over), _shares, progress, trials)
    table = again.table(kept)
    table[LEAD] = kept[LEAD].to_numpy()
    aimed = table[list(TRADED)].to_numpy(dtype=float)
    table["dominated"] = ~unbettered(aimed, list(TRADED.values()))
    table = table.sort_values("programme_idr", kind="stable", ignore_index=True)
    return TradeOffs(drawn, again.fresh, tuple(over), trials, tried, table)


@dataclasses.dataclass
class _Reaching:
    """Of each setting the cost of reaching the target; keeps what is worth to be looked at again."""

    drawn: Drawn
    target: Target
    weeks: Floats | None
    tried: list[Setting] = dataclasses.field(default_factory=list)

    def __call__(self, setting: Setting) -> dict[str, float]:
        try:
            scenario = self.drawn.at(setting)
        except BadInput:  # levels that the rules of this scenario exclude together
            return {"programme_idr": math.inf, "probability": 0.0, "short": 1.0}
        result = self.drawn.simulated(scenario)
        needed = self.target.needed_days(result)
        weeks = result.own_weeks if self.weeks is None else self.weeks
        chances = (needed[:, None] <= in_days(weeks)).mean(axis=0)
        found = [self._at(result, weeks, chances, at) for at in self._worth(chances)]
        self.tried += [setting | one for one in found]
        return found[0]

    def _worth(self, chances: Floats) -> list[int]:
        """The first lead time that is enough, and the first that is so for certain; else the one with most chance."""
        count, asked = self.drawn.replications, self.target.probability
        sure = [of_count(round(p * count), count).low >= asked for p in chances]
        enough = (chances >= asked - 1e-12, np.array(sure))
        return [int(one.argmax()) for one in enough if one.any()] or [int(chances.argmax())]

    def _at(self, result: Result, weeks: Floats, chances: Floats, at: int) -> dict[str, float]:
        cost = float(result.programme_idr(float(in_days(weeks)[at])).mean())
        p = float(chances[at])
        lead = {} if self.weeks is None else {LEAD: bare(weeks[at])}
        return {**lead, "programme_idr": cost, "probability": p, "short": self.target.probability - p - 1e-12}

    def read(self, result: Result) -> dict[str, Floats]:
        """Cost and whether the target is reached, with the scenario's own lead time; float64 [replication]."""
        reached = self.target.needed_days(result) <= in_days(result.own_weeks)
        return {"programme_idr": programme_idr(result), "probability": reached.astype(float)}


@dataclasses.dataclass
class _Traded:
    """Of each setting its mean cost and share, and its lead time."""

    drawn: Drawn

    def __call__(self, setting: Setting) -> dict[str, float]:
        try:
            scenario = self.drawn.at(setting)
        except BadInput:
            return {"programme_idr": math.inf, "share": 0.0, LEAD: math.inf}
        result = self.drawn.simulated(scenario)
        means = {name: float(values.mean()) for name, values in _shares(result).items()}
        return means | {LEAD: bare(float(result.own_weeks[0]))}


def _shares(result: Result) -> dict[str, Floats]:
    return {"programme_idr": programme_idr(result), "share": share(result), "probability_ready": ready(result)}


@dataclasses.dataclass(frozen=True)
class _Again:
    """Settings looked at on the numbers of the search and on fresh ones."""

    drawn: Drawn
    fresh: Drawn
    levers: tuple[str, ...]
    read: Any
    progress: Progress | None
    done: int

    def table(self, settings: pd.DataFrame, enough: Callable[[Setting], bool] = lambda row: False) -> pd.DataFrame:
        """One row a setting, up to the first that is enough; intervals of all of them together, whichever is."""
        rows, count = list[Setting](), len(settings)
        for n, setting in enumerate(_settings(settings, self.levers)):
            rows.append(setting | self.row(setting, 1 - (1 - CONFIDENCE) / count))
            last = n + 1 == count or enough(rows[-1])
            if self.progress:
                self.progress(self.done + (count if last else n + 1), self.done + count)
            if last:
                break
        return pd.DataFrame(rows)

    def row(self, setting: Setting, confidence: float) -> dict[str, float]:
        """Searched, fresh, and the difference, of each quantity that is read."""
        searched, fresh = (self.read(one.result(setting)) for one in (self.drawn, self.fresh))
        row: dict[str, float] = {}
        for name, values in fresh.items():
            more = _more_proportion if name.startswith("probability") else _more_mean
            row[f"{name}_searched"] = float(searched[name].mean())
            found = {name: self._interval(name, values, confidence)}
            found[f"{name}_optimism"] = more(searched[name], values, confidence)
            for column, one in found.items():
                row |= with_ends(column, one.estimate, one.low, one.high)
        return row

    def _interval(self, name: str, values: Floats, confidence: float) -> Interval:
        """Wilson's of a proportion, the bootstrap's of a share, which is skewed and never below 0, else Student's."""
        if name.startswith("probability"):
            return of_count(int(values.sum()), len(values), confidence)
        if name != "share":
            return of_mean(values, confidence)
        found = of_mean_resampled(values, self.fresh.seed, "optimise", name, confidence=confidence)
        return dataclasses.replace(found, low=max(found.low, 0.0))


def _more_mean(one: Floats, other: Floats, confidence: float) -> Interval:
    """By how much one mean is above another of other random numbers (Welch 1947)."""
    from scipy import stats

    gap = float(one.mean() - other.mean())
    if not (np.ptp(one) or np.ptp(other)):
        return Interval(gap, gap, gap, confidence, "t", len(one))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # values that hardly differ
        found = stats.ttest_ind(one, other, equal_var=False).confidence_interval(confidence)
    return Interval(gap, float(found.low), float(found.high), confidence, "t", len(one))


def _more_proportion(one: Floats, other: Floats, confidence: float) -> Interval:
    """By how much one proportion is above another of other random numbers (Newcombe 1998)."""
    of = library("statsmodels.stats.proportion").confint_proportions_2indep
    counts = (one.sum(), len(one), other.sum(), len(other))
    low, high = of(*counts, method="newcomb", compare="diff", alpha=1 - confidence)
    return Interval(float(one.mean() - other.mean()), float(low), float(high), confidence, "wilson", len(one))


def _candidates(tried: pd.DataFrame) -> pd.DataFrame:
    """What reaches the target at a cost and with a chance that no other betters; else what has the best chances."""
    met = tried[tried["short"] <= 0]
    if not len(met):
        best_first = tried.sort_values(["probability", "programme_idr"], ascending=[False, True], kind="stable")
        return best_first.head(HOPELESS)
    best = unbettered(met[["programme_idr", "probability"]].to_numpy(dtype=float), ["less", "more"])
    return met[best].sort_values("programme_idr", kind="stable")


def _settings(rows: pd.DataFrame, levers: tuple[str, ...]) -> list[Setting]:
    """What the levers are set to in each row, in Python's own numbers."""
    return [{str(path): value for path, value in one.items()} for one in rows[list(levers)].to_dict("records")]


def _thinned(rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """At most so many rows, evenly spread over their order, both ends among them."""
    places = np.unique(np.linspace(0, len(rows) - 1, min(most, len(rows))).round().astype(int))
    return rows.iloc[places]


def _cheapest(again: _Again, candidates: pd.DataFrame, tried: pd.DataFrame, target: Target) -> LeastCost:
    """The least costly that holds on fresh numbers, as `LeastCost.best` says."""
    asked = target.probability
    table = again.table(candidates, lambda row: bool(row["probability_low"] >= asked))
    table = table.sort_values("programme_idr", kind="stable", ignore_index=True)
    low, p, high = (table[f"probability{end}"].to_numpy() for end in ("_low", "", "_high"))
    table["verdict"] = np.select([low >= asked, high < asked], ["holds", "fails"], "open")
    state: State = next((one for one in ("holds", "open") if (table["verdict"] == one).any()), "fails")
    eligible = {"holds": low >= asked, "open": (high >= asked) & (p >= asked), "fails": np.zeros(len(p), dtype=bool)}
    at = int(eligible[state].argmax()) if eligible[state].any() else int(p.argmax())
    table["best"] = np.arange(len(table)) == at
    now = pd.Series(again.row({}, CONFIDENCE))
    return LeastCost(
        again.drawn, again.fresh, again.levers, again.done, tried, table, target, state, table.iloc[at], now
    )


def _weeks(over: tuple[Any, ...] | Range | None) -> Floats | None:
    """Lead times to choose from, in order; of a range whole weeks, of which there must be one."""
    if isinstance(over, Range):
        weeks = np.arange(math.ceil(over.low), math.floor(over.high) + 1, dtype=float)
        if not len(weeks):
            raise BadInput(LEAD, "must have a whole week in its range", (over.low, over.high), "widen it")
        return weeks
    return None if over is None else np.sort(np.array(over, dtype=float))


def _impossible() -> BadInput:
    """Every setting tried breaks a rule of the scenario."""
    return BadInput("levers", "no setting is possible", remedy="look at what their levels exclude together")


def _further(progress: Progress | None, more: int) -> Progress | None:
    """Progress of what has so much more after it."""
    return None if progress is None else functools.partial(_reported, progress, more)


def _reported(progress: Progress, more: int, done: int, total: int) -> None:
    progress(done, total + more)
