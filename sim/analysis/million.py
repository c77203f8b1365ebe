"""One million rupiah more for the programme, and where it should go.

Every step that costs money (`sim.experiment.moves`) is simulated on the random numbers of the scenario itself; what it
brings, pair by pair, over what it costs the programme, pair by pair, is what a million brings there. A step is often
worth more than a million: what is told is the average over that step, and not that a part of it can be bought.
"""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.experiment import Cancelled, Move, Result, moves
from sim.experiment.intervals import CONFIDENCE, RESAMPLES
from sim.experiment.paired import Gain, Outcome, gain, more, verdicts
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.store import simulate
from sim.streams import key

AMOUNT_IDR = 1_000_000
BRINGS = ("share", "sales_idr", "ready")
Floats = NDArray[np.float64]
Pairs = Mapping[str, Floats]


def next_million(
    base: Result | Scenario | str,
    amount_idr: float = AMOUNT_IDR,
    lead_weeks: float | None = None,
    replications: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """What more money for the programme brings in each place where it can go, the place that brings most first.

    Parameters
    ----------
    base : Result, Scenario or str
        Of a result also seed and replications are its own.
    amount_idr : float, optional
        Rupiah of the programme.
    lead_weeks : float, optional
        At which gains and cost are compared; None: the scenario's own.
    replications, seed : int, optional
        Those of the scenario where left out.
    progress : callable, optional
        Called with the steps tried, and all.
    cancel : threading.Event, optional

    Returns
    -------
    DataFrame
        One row a step that the model has a price for: `path`, `before`, `after`, `unit`; `programme_idr`, what the step
        costs the programme more until the event, with its 90 % interval (`_low`, `_high`; Student's t over pairs);
        `share` (a fraction), `sales_idr` and `ready` (of the replications, those ready with that lead time): what
        `amount_idr` brings, the mean gain over the mean cost, with its 90 % interval (bootstrap of pairs, BCa, by
        scipy). `share_verdict` and so on: ``more``, ``less``, ``same`` (equal in every pair) or ``open``, which is: not
        told from zero (paired t, Holm). `paid`: whether the step costs the programme anything that can be told; else
        its gains are no return on public money, and are nan. In `attrs`: `amount_idr`,
        `lead_weeks`, `seed`, `replications`.

    Raises
    ------
    BadInput
        For an amount that is not above 0, and where no step has a price.
    Cancelled
        If `cancel` was set.
    """
    if not 0 < amount_idr < math.inf:
        raise BadInput("amount_idr", "must be above 0", amount_idr, "for example 1000000")
    result = base if isinstance(base, Result) else simulate(base, replications, seed, cancel=cancel)
    weeks = float(result.own_weeks[0] if lead_weeks is None else result.weeks([lead_weeks])[0])
    tried = [move for move in moves(result.scenario) if move.priced]
    if not tried:
        raise BadInput("steps", "must be at least one that the model has a price for")
    before, found = Outcome.of(result, [weeks]), []
    for n, move in enumerate(tried):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        other = simulate(move.on(result.scenario), result.replications, result.seed, cancel=cancel)
        found.append(_pairs(before, Outcome.of(other, [weeks]), weeks))
        if progress:
            progress(n + 1, len(tried))
    return _ranked(tried, found, amount_idr, weeks, result)


def _pairs(before: Outcome, after: Outcome, weeks: float) -> Pairs:
    """What a step changes in every replication."""
    return {
        "programme_idr": more(after.public_idr, before.public_idr),
        "share": more(after.share, before.share)[:, 0],
        "sales_idr": more(after.sales_idr, before.sales_idr)[:, 0],
        "ready": (after.weeks <= weeks).astype(float) - (before.weeks <= weeks),
    }


def _ranked(tried: list[Move], found: list[Pairs], amount_idr: float, weeks: float, result: Result) -> pd.DataFrame:
    said = {name: verdicts([gain(one[name]) for one in found]) for name in BRINGS}
    rows = [_row(move, pairs, amount_idr, result.seed) for move, pairs in zip(tried, found, strict=True)]
    table = pd.DataFrame(rows).assign(**{f"{name}_verdict": verdict for name, verdict in said.items()})
    place = {"more": 0, "open": 1, "same": 2, "less": 3}
    keys = {
        "paid": ~table["paid"],
        "class": table[["share_verdict", "ready_verdict"]].map(place.__getitem__).min(axis=1),
        "share": -table["share"].fillna(0.0),
        "ready": -table["ready"].fillna(0.0),
    }
    order = pd.DataFrame(keys).sort_values([*keys], kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    table.attrs = {
        "amount_idr": amount_idr,
        "lead_weeks": weeks,
        "seed": result.seed,
        "replications": result.replications,
    }
    return table


def _row(move: Move, pairs: Pairs, amount_idr: float, seed: int) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(move, name) for name in ("path", "before", "after", "unit")}
    cost = gain(pairs["programme_idr"])
    row |= _three("programme_idr", cost) | {"paid": cost.low > 0}
    for name in BRINGS:
        name_of_chance = (seed, "optimise", "million", move.path, str(move.after), name)
        chance = np.random.Generator(np.random.Philox(key=key(*name_of_chance)))
        found = ratio(pairs[name], pairs["programme_idr"], chance) if row["paid"] else (math.nan,) * 3
        row |= dict(zip((name, f"{name}_low", f"{name}_high"), (amount_idr * x for x in found), strict=True))
    return row


def ratio(brought: Floats, cost: Floats, chance: np.random.Generator) -> tuple[float, float, float]:
    """Mean of what is brought over mean of what it costs, with its 90 % interval: BCa over pairs (Efron 1987).

    Where hardly a pair differs the bootstrap cannot tell: the ends are then infinite.
    """
    whole = float(brought.mean() / cost.mean())
    if np.allclose(brought, whole * cost, rtol=1e-9, atol=0.0):  # the same of every pair: nothing to resample
        return whole, whole, whole
    from scipy import stats

    def of(x: Floats, y: Floats, axis: int = -1) -> Any:
        return x.mean(axis=axis) / y.mean(axis=axis)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", (stats.DegenerateDataWarning, RuntimeWarning))
        interval = stats.bootstrap(
            (brought, cost),
            of,
            paired=True,
            n_resamples=RESAMPLES,
            confidence_level=CONFIDENCE,
            method="BCa",
            rng=chance,
            batch=999,
        ).confidence_interval
    low, high = float(interval.low), float(interval.high)
    if math.isnan(low) or math.isnan(high):
        low, high = -math.inf, math.inf
    return whole, low, high


def _three(name: str, one: Gain) -> dict[str, float]:
    return {name: one.mean, f"{name}_low": one.low, f"{name}_high": one.high}
