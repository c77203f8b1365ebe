"""One replication as it goes: at each of some hundred moments who waits, is served, has passed, and what is in stock.

Read from one history and the goods of the same replication. However many workshops there are, a moment is counts: a
few thousand dots could not be told apart, a bar of them can. No text, no colour.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sim.engine import History
from sim.engine.history import PASSED, UNKNOWN
from sim.engine.plan import SKIP
from sim.experiment import Result
from sim.view.reading import WEEK

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Steps = tuple[Floats, Floats]  # days, and items from each on

MOST_MOMENTS = 180
# What may be of a stage, for whoever has it; and of a workshop as a whole. Each time one of these holds, and no other.
STATES = ("passed", "served", "waiting", "left", "to come")
NOT_YET = STATES.index("to come")


@dataclasses.dataclass(frozen=True, eq=False)
class Replay:
    """One replication as counts.

    Attributes
    ----------
    days : ndarray, float64 [moment], days since the start
    stages : tuple of str
        Those that anybody was queued for, in the programme's order.
    on_cluster : ndarray, bool [stage]
    by_stage : ndarray, int64 [moment, state, stage]
        Workshops, or clusters, of which each of `STATES` holds; over states they add up to all that have the stage. A
        stage has been passed while nothing asks for it to be done again; a workshop that left is *left* in what it
        had not passed, once work in service has run to its end.
    workshops, clusters : int
    doing : ndarray, int64 [moment, state]
        Workshops by what they do: *passed* all stages, are *served* in one at least, only *waiting*, have *left*, or
        wait for others or for their turn to begin (*to come*). They add up to `workshops`.
    resources : tuple of str
        Those that a stage above needs.
    places : ndarray, int64 [resource]
    in_use, queue : ndarray, int64 [moment, resource]
        Places taken; requests that wait for one.
    items : ndarray, float64 [moment, brand]
        In the channel's warehouse.
    asked : ndarray, float64 [brand]
        What the stock rule asks; 0 where it asks nothing.
    """

    days: Floats
    stages: tuple[str, ...]
    on_cluster: Bools
    by_stage: Ints
    workshops: int
    clusters: int
    doing: Ints
    resources: tuple[str, ...]
    places: Ints
    in_use: Ints
    queue: Ints
    items: Floats
    asked: Floats

    @classmethod
    def of(cls, history: History, stock: list[Steps], asked: Floats, days: Floats) -> Replay:
        """From a history.

        Parameters
        ----------
        history : History
        stock : list of (days, items)
            For each brand the days on which its stock rises, and to how many items.
        asked : ndarray, float64 [brand]
        days : ndarray, float64 [moment]
        """
        plan, shown = history.plan, np.flatnonzero((~np.isnan(history.queued)).any(axis=(0, 2)))
        by_stage = np.stack([_of_stage(history, int(s), days) for s in shown], axis=2) if len(shown) else _none(days)
        needs = plan.needs[shown]
        used = np.flatnonzero(needs.any(axis=0))
        served, waiting = by_stage[:, STATES.index("served")], by_stage[:, STATES.index("waiting")]
        return cls(
            days=days,
            stages=tuple(plan.stages[s] for s in shown),
            on_cluster=plan.on_cluster[shown],
            by_stage=by_stage,
            workshops=int((~plan.is_cluster).sum()),
            clusters=len(plan.clusters),
            doing=_doing(history, days),
            resources=tuple(plan.resources[r] for r in used),
            places=plan.capacity.sum(axis=0)[used],
            in_use=served @ needs[:, used],
            queue=waiting @ (needs[:, used] > 0).astype(np.int64),
            items=np.array([_in_stock(*steps, days) for steps in stock]).reshape(len(stock), len(days)).T,
            asked=asked,
        )

    @property
    def weeks(self) -> Floats:
        """The moments in weeks since the start; float64 [moment]."""
        return self.days / WEEK

    def having(self) -> Ints:
        """How many have each stage; int64 [stage]."""
        return np.where(self.on_cluster, self.clusters, self.workshops)


def replay(result: Result, number: int) -> Replay:
    """One replication of a result; its history is simulated again."""
    supply = result.mixed.supply
    stocks = [supply.stocks.one(number, b) for b in range(len(result.brands))]
    history, stock, asked = result.replication(number), [(s.days, s.items) for s in stocks], supply.asked_items[number]
    return Replay.of(history, stock, asked, moments(history, stock, asked))


def _none(days: Floats) -> Ints:
    return np.zeros((len(days), len(STATES), 0), dtype=np.int64)


def moments(history: History, stock: list[Steps], asked: Floats) -> Floats:
    """Whole weeks, or as many at a time as keep them few, until all has ended and stock is what the rule asks."""
    last = WEEK
    for times in (history.queued, history.started, history.finished):
        last = max(last, float(np.nanmax(times, initial=last)))
    for (days, items), most in zip(stock, asked, strict=True):
        if len(days):
            last = max(last, float(days[min(np.searchsorted(items, most if most > 0 else items[-1]), len(days) - 1)]))
    weeks = int(np.ceil(last / WEEK))
    step = -(-weeks // MOST_MOMENTS)
    return WEEK * step * np.arange(-(-weeks // step) + 1, dtype=np.float64)


def _of_stage(history: History, stage: int, days: Floats) -> Ints:
    """Those that have a stage, by state; int64 [moment, state]."""
    plan = history.plan
    who = np.flatnonzero(plan.is_cluster == plan.on_cluster[stage])
    queued, started, finished = (times[who, stage] for times in (history.queued, history.started, history.finished))
    verdict, gone = history.verdict[who, stage], history.departed_days[who]
    asked = ~np.isnan(queued)
    started, finished = (np.where(np.isnan(times), np.inf, times) for times in (started, finished))
    again = np.column_stack([queued[:, 1:], np.full(len(who), np.nan)])  # when the next attempt is queued
    again = np.where(np.isnan(again), np.inf, again)
    counts = (verdict == PASSED) | ((verdict != UNKNOWN) & (plan.on_fail[stage] == SKIP))
    counts &= finished <= gone[:, None]

    given = plan.given[plan.cluster_of[who], stage]
    first = np.where(asked[:, 0], queued[:, 0], np.inf)
    last = np.maximum(asked.sum(axis=1) - 1, 0)
    rows = np.arange(len(who))
    kept = np.where(asked[:, 0], counts[rows, last], given)
    ended = np.where(np.isfinite(started[rows, last]), np.maximum(gone, finished[rows, last]), gone)
    lost = np.isfinite(gone) & ~kept

    found = np.empty((len(days), len(STATES)), dtype=np.int64)
    found[:, STATES.index("passed")] = _between(finished[counts], again[counts], days) + _between(
        np.full(int(given.sum()), -np.inf), first[given], days
    )
    found[:, STATES.index("served")] = _between(started[asked], finished[asked], days)
    found[:, STATES.index("waiting")] = _between(queued[asked], np.minimum(started, gone[:, None])[asked], days)
    found[:, STATES.index("left")] = _between(ended[lost], np.full(int(lost.sum()), np.inf), days)
    found[:, NOT_YET] = len(who) - np.delete(found, NOT_YET, axis=1).sum(axis=1)
    return found


def _between(start: Floats, end: Floats, days: Floats) -> Ints:
    """How many of some spans of time hold each moment; int64 [moment]."""
    begun, over = (np.searchsorted(np.sort(times), days, side="right") for times in (start, end))
    return (begun - over).astype(np.int64)


def _doing(history: History, days: Floats) -> Ints:
    """Workshops by what they do; int64 [moment, state]."""
    plan = history.plan
    who = np.flatnonzero(~plan.is_cluster)
    gone = history.departed_days[who]
    queued, started, finished = (times[who] for times in (history.queued, history.started, history.finished))
    until = np.fmin(started, gone[:, None, None])  # a NaN, which is no day, gives way
    served, waiting = _busy(started, finished, days), _busy(queued, until, days)
    through = history.passed_days[who][:, ~plan.on_cluster].max(axis=1, initial=-np.inf)[:, None] <= days
    left = gone[:, None] <= days
    found = np.empty((len(days), len(STATES)), dtype=np.int64)
    taken = np.zeros_like(left)
    for name, here in (("served", served), ("waiting", waiting), ("left", left), ("passed", through)):
        found[:, STATES.index(name)] = (here & ~taken).sum(axis=0)
        taken |= here
    found[:, NOT_YET] = (~taken).sum(axis=0)
    return found


def _busy(start: Floats, end: Floats, days: Floats) -> Bools:
    """Whether any of each workshop's spans of time holds a moment; bool [workshop, moment]."""
    steps = np.zeros((len(start), len(days) + 1), dtype=np.int32)
    entity = np.nonzero(~np.isnan(start))[0]
    for times, change in ((start, 1), (end, -1)):
        place = np.searchsorted(days, times[~np.isnan(start)])  # a NaN, no end, comes after all moments
        np.add.at(steps, (entity, place), change)
    return steps[:, :-1].cumsum(axis=1) > 0


def _in_stock(when: Floats, items: Floats, days: Floats) -> Floats:
    """Items of one brand in the warehouse; float64 [moment]."""
    return np.append(0.0, items)[np.searchsorted(when, days, side="right")]
