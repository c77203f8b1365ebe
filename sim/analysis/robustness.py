"""Is a choice good whatever the structure? Choices against alternatives that nothing averages: regret, satisficing.

Every choice is simulated in every structure on the same random numbers, so that what a choice lacks of the best one
there is told pair by pair. Structures have no probabilities: a choice is robust if it is never far from the best
(minimax regret), if it reaches the target in most of them (satisficing), or if its worst is the best (maximin).
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.target import checked_target, with_ends
from sim.errors import BadInput
from sim.experiment import Move, choices, intervals, simulate
from sim.experiment.paired import changed, more
from sim.experiment.responses import RESPONSES
from sim.experiment.runner import Cancelled, Progress
from sim.scenario import Scenario
from sim.streams import key

AS_IT_IS = "as it is"
REPLICATIONS, PROBABILITY = 100, 0.8
MOST_PAIRS = 2_000
Settings = Mapping[str, Any]  # path to what is set
Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Robustness:
    """What each choice brings in each structure.

    Attributes
    ----------
    choices, structures : tuple of str
        Their names.
    shares : ndarray, float64 [choice, structure, replication]
        Of the event's sales at the choice's own lead time, a fraction.
    reached : ndarray, bool [choice, structure, replication]
        Whether the target is reached.
    probability : float
        With which it should be.
    share : float, optional
        The target, a fraction; None: a brand is ready.
    scenario : Scenario, optional
        None for numbers that are not of one.
    settings, worlds : mapping of name to settings
        What the choices set, and what the structures set; a choice and a structure may have the same name.
    seed : int
        Of the resamples; of a scenario that of its random numbers.
    """

    choices: tuple[str, ...]
    structures: tuple[str, ...]
    shares: Floats
    reached: NDArray[np.bool_]
    probability: float
    share: float | None = None
    scenario: Scenario | None = None
    settings: Mapping[str, Settings] = dataclasses.field(default_factory=dict)
    worlds: Mapping[str, Settings] = dataclasses.field(default_factory=dict)
    seed: int = 1

    def __post_init__(self) -> None:
        shape = (len(self.choices), len(self.structures))
        if self.shares.shape[:2] != shape or self.reached.shape != self.shares.shape:
            raise BadInput("robustness", f"must have numbers for {shape[0]} choices and {shape[1]} structures")
        checked_target(self.probability, self.share)

    @functools.cached_property
    def pairs(self) -> pd.DataFrame:
        """One row a structure and choice.

        Returns
        -------
        DataFrame
            `structure`, `choice`; `share` (mean), `reached` (part of the replications) and `regret` (mean share of the
            best choice there less this one's, pair by pair), each with the ends of its 90 % interval (`_low`, `_high`);
            `regret_relative`, in parts of the best one's mean, since structures may measure shares by other sums;
            `best` (the highest mean there); `satisfies` (reached with the probability) and `decided` (whether its
            interval tells).
        """
        rows = [self._row(c, s) for s in range(len(self.structures)) for c in range(len(self.choices))]
        return pd.DataFrame(rows)

    @functools.cached_property
    def summary(self) -> pd.DataFrame:
        """One row a choice, the least maximum regret first.

        Returns
        -------
        DataFrame
            `choice`; `max_regret` with the ends of its 90 % interval (bootstrap of replications; in each resample the
            best choice of every structure and the worst structure are found anew) and the structure it is in
            (`regret_in`), `max_regret_relative`; `satisfied`, structures in which the target is reached with the
            probability, of `structures`; `worst_share`, the least mean share, and where (`worst_in`); `minimax_regret`,
            `maximin` and `most_satisfied`: whether it is the best by that rule.
        """
        low, high = max_regret_ends(self.shares, self.seed)
        rows = [self._summed(*one) for one in zip(self.choices, low.tolist(), high.tolist(), strict=True)]
        table = pd.DataFrame(rows)
        table["minimax_regret"] = table["max_regret"] == table["max_regret"].min()
        table["maximin"] = table["worst_share"] == table["worst_share"].max()
        table["most_satisfied"] = table["satisfied"] == table["satisfied"].max()
        return table.sort_values("max_regret", kind="stable").reset_index(drop=True)

    def _row(self, c: int, s: int) -> dict[str, Any]:
        means = self.shares[:, s].mean(axis=1)
        best = int(means.argmax())
        share = intervals.of_mean(self.shares[c, s])
        reached = intervals.of_proportion(self.reached[c, s])
        regret = intervals.of_mean(more(self.shares[best, s], self.shares[c, s]))
        row: dict[str, Any] = {"structure": self.structures[s], "choice": self.choices[c]}
        for name, one in (("share", share), ("reached", reached), ("regret", regret)):
            row |= with_ends(name, one.estimate, one.low, one.high)
        return row | {
            "regret_relative": float(regret.estimate / means[best]) if means[best] > 0 else 0.0,
            "best": bool(means[c] == means[best]),
            "satisfies": reached.estimate >= self.probability - 1e-9,
            "decided": not reached.low < self.probability < reached.high,
        }

    def _summed(self, choice: str, low: float, high: float) -> dict[str, Any]:
        own = self.pairs[self.pairs["choice"] == choice].reset_index(drop=True)
        most, least = own.loc[int(own["regret"].argmax())], own.loc[int(own["share"].argmin())]
        regret = float(own["regret"].max())
        return {
            "choice": choice,
            **with_ends("max_regret", regret, min(low, regret), max(high, regret)),  # whatever percentiles leave out
            "regret_in": most["structure"],
            "max_regret_relative": own["regret_relative"].max(),
            "satisfied": int(own["satisfies"].sum()),
            "structures": len(own),
            "worst_share": least["share"],
            "worst_in": least["structure"],
        }


def robustness(
    scenario: Scenario | str,
    options: Mapping[str, Settings],
    structures: Mapping[str, Settings] | None = None,
    share: float | None = None,
    probability: float = PROBABILITY,
    replications: int = REPLICATIONS,
    seed: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Robustness:
    """Simulate every choice in every structure, under common random numbers.

    Parameters
    ----------
    scenario : Scenario or str
    options : mapping of name to settings
        The choices, such as ``{"more coaches": {"resources.coach.units": 40}}``; none set is as it is.
    structures : mapping of name to settings, optional
        `alternatives` of the scenario, one at a time, where left out.
    share : float, optional
        The target at each choice's own lead time, a fraction; None: a brand is ready.
    probability : float
        With which the target should be reached, in (0, 1).
    replications : int
    seed : int, optional
        The scenario's where left out.
    progress : callable, optional
        Called with the pairs done, and all.
    cancel : threading.Event, optional

    Raises
    ------
    BadInput
        For fewer than two choices, bad settings, and more pairs than 2,000, before anything is simulated.
    Cancelled
        If `cancel` was set.
    """
    scenario = Scenario.of(scenario)
    worlds = alternatives(scenario) if structures is None else structures
    _check(options, worlds, share, probability)
    tried = [[_set(scenario, world, option) for world in worlds.values()] for option in options.values()]
    base, total = simulate(scenario, replications, seed), len(options) * len(worlds)
    response = RESPONSES["share"]
    shares = np.empty((len(options), len(worlds), base.replications))
    reached = np.empty(shares.shape, dtype=bool)
    for n, (c, s) in enumerate(itertools.product(range(len(options)), range(len(worlds)))):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        result = changed(base, tried[c][s], cancel)
        shares[c, s] = response(result)
        reached[c, s] = RESPONSES["ready"](result) > 0 if share is None else shares[c, s] >= share
        if progress:
            progress(n + 1, total)
    names, said = (tuple(options), tuple(worlds)), (dict(options), dict(worlds))
    return Robustness(*names, shares, reached, probability, share, scenario, *said, base.seed)


def max_regret_ends(shares: Floats, seed: int) -> tuple[Floats, Floats]:
    """The 90 % interval of each choice's maximum regret: bootstrap of replications, percentiles.

    All choices and structures are resampled together, since their random numbers are common, and which choice is best
    and which structure worst is found anew in each resample. Percentiles, since a regret is never below 0 and often 0.

    Parameters
    ----------
    shares : ndarray, float64 [choice, structure, replication]
    seed : int

    Returns
    -------
    low, high : ndarray, float64 [choice]
        From a single replication 0 and infinity.
    """
    choices, structures, count = shares.shape
    if count < 2:
        return np.zeros(choices), np.full(choices, np.inf)
    from scipy import stats

    def max_regret(drawn: NDArray[np.int64], axis: int = -1) -> Floats:
        """Of so many resamples; how often each replication is in one stands for `shares[:, :, drawn]`."""
        some = np.atleast_2d(drawn)
        places = some + count * np.arange(len(some))[:, None]
        often = np.bincount(places.ravel(), minlength=count * len(some)).reshape(len(some), count)
        means = (shares.reshape(-1, count) @ often.T / some.shape[1]).reshape(choices, structures, -1)
        worst: Floats = (means.max(axis=0) - means).max(axis=1)
        return worst if np.ndim(drawn) > 1 else worst[:, 0]

    found = stats.bootstrap(
        (np.arange(count),),
        max_regret,
        n_resamples=intervals.RESAMPLES,
        confidence_level=intervals.CONFIDENCE,
        method="percentile",
        rng=np.random.Generator(np.random.Philox(key=key(seed, "robustness", "max_regret"))),
        batch=999,
    ).confidence_interval
    return np.asarray(found.low), np.asarray(found.high)


def alternatives(
    scenario: Scenario, paths: Sequence[str] | None = None, combined: bool = False
) -> dict[str, dict[str, Any]]:
    """Structures of a scenario: as it is, and its other alternatives.

    Parameters
    ----------
    scenario : Scenario
    paths : sequence of str, optional
        Only of these, such as ``campaign.stock_rule``; None: of all that `sim.experiment.choices` knows.
    combined : bool
        Every combination; else one at a time.

    Raises
    ------
    BadInput
        For a path that has no other alternatives.
    """
    by_path: dict[str, list[Move]] = {}
    for move in choices(scenario):
        by_path.setdefault(move.path, []).append(move)
    wanted = list(by_path) if paths is None else list(paths)
    for path in wanted:
        if path not in by_path:
            remedy = f"there is: {', '.join(by_path) or 'none'}"
            raise BadInput(path, "has no other alternatives in this scenario", remedy=remedy)
    if not combined:
        return {AS_IT_IS: {}} | settings_of(move for path in wanted for move in by_path[path])
    found: dict[str, dict[str, Any]] = {}
    for some in itertools.product(*([None, *by_path[path]] for path in wanted)):
        moved = settings_of(move for move in some if move is not None)
        name = ", ".join(moved) or AS_IT_IS
        found[name] = {path: value for one in moved.values() for path, value in one.items()}
    return found


def settings_of(found: Iterable[Move]) -> dict[str, dict[str, Any]]:
    """Steps, as `sim.experiment.moves` gives them, by name: ``resources.coach.units=13``."""
    return {f"{move.path}={_plain(move.after)}": dict(move.settings) for move in found}


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _set(scenario: Scenario, world: Settings, option: Settings) -> Scenario:
    """The choice in the structure; a path that both set would be neither."""
    for path in option:
        if path in world:
            raise BadInput(path, "is set by a choice and by a structure", remedy="leave it out of one of them")
    return scenario.set_all({**world, **option})


def _check(options: Mapping[str, Settings], worlds: Mapping[str, Settings], share: float | None, p: float) -> None:
    if len(options) < 2:
        raise BadInput("choices", "must be at least two, of which none set is as it is", len(options))
    if not worlds:
        raise BadInput("structures", "must be at least one", 0)
    if len(options) * len(worlds) > MOST_PAIRS:
        rule = f"must be at most {MOST_PAIRS:,} pairs of choice and structure"
        raise BadInput("robustness", rule, len(options) * len(worlds), "take one structure at a time")
    checked_target(p, share)
