"""One more of each: what a small step of every lever brings, and what it costs.

Each step (`sim.experiment.moves`) is simulated with the random numbers of the scenario itself, so that the difference
of each pair is due to the step alone. What is asked: how many weeks sooner, how many more replications are ever ready,
how much more is sold at a lead time, and at the longest one, where time no longer is what is missing.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.errors import BadInput
from sim.experiment.moves import Move, moves
from sim.experiment.paired import (
    Gain,
    Outcome,
    changed,
    gain,
    lead_and_ceiling,
    more,
    ready_more,
    verdicts,
    weeks_sooner,
)
from sim.experiment.result import LEAD_WEEKS, Result
from sim.experiment.runner import Cancelled, Progress

GAINS = ("weeks", "ready", "share", "sales_idr", "ceiling", "ceiling_idr", "public_idr", "own_idr")
ORDERS = {"weeks": "ready", "ready": "weeks", "sales_idr": "ready", "ceiling_idr": "ready"}  # and what comes second


def margins(
    result: Result,
    lead_weeks: float | None = None,
    ceiling_weeks: float = max(LEAD_WEEKS),
    steps: Sequence[Move] | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """What one step of each lever brings, in the order of the levers; `ranked` sorts it.

    Parameters
    ----------
    result : Result
        Of the scenario as it is; seed, replications and engine of the steps are its own.
    lead_weeks : float, optional
        The lead time at which sales and cost are compared; None: the scenario's own.
    ceiling_weeks : float
        The longest lead time: what is sold then, no lead time passes.
    steps : sequence of Move, optional
        None: all of `moves`.
    progress : callable, optional
        Called with the steps tried, and all.
    cancel : threading.Event, optional

    Returns
    -------
    DataFrame
        One row a step: `path`, `before`, `after`, `unit`, `priced` as in `Move`; the mean gain over pairs and the ends
        of its 90 % interval (`_low`, `_high`) of

        - `weeks`: weeks by which readiness comes sooner, where it comes in both;
        - `ready`: part of the replications that are ready some day, a fraction;
        - `share`, `sales_idr`: at the lead time, a fraction and rupiah;
        - `ceiling`, `ceiling_idr`: the same at the longest lead time;
        - `public_idr`, `own_idr`: what the programme, and the clusters with their channel, pay more until the event.

        `weeks_verdict`, `ready_verdict`, `sales_idr_verdict` and `ceiling_idr_verdict` say ``more``, ``less``,
        ``same`` (equal in every pair) or ``open`` (it cannot be told), allowing for how many steps were tried (Holm).

    Raises
    ------
    Cancelled
        If `cancel` was set.
    """
    tried = list(moves(result.scenario) if steps is None else steps)
    if not tried:
        raise BadInput("steps", "must be at least one", 0)
    weeks = lead_and_ceiling(result, lead_weeks, ceiling_weeks)
    base, found = Outcome.of(result, weeks), []
    for n, move in enumerate(tried):
        if cancel is not None and cancel.is_set():
            raise Cancelled
        other = changed(result, move.on(result.scenario), cancel)
        found.append(_gains(base, Outcome.of(other, weeks)))
        if progress:
            progress(n + 1, len(tried))
    said = {name: verdicts([one[name] for one in found]) for name in ("weeks", "ready", "sales_idr", "ceiling_idr")}
    rows = [_row(move, gains) for move, gains in zip(tried, found, strict=True)]
    return pd.DataFrame(rows).assign(**{f"{name}_verdict": verdict for name, verdict in said.items()})


def ranked(table: pd.DataFrame, by: str = "sales_idr") -> pd.DataFrame:
    """What `margins` found, the step that brings most first: what can be told goes before what cannot.

    Parameters
    ----------
    by : str
        ``weeks``, ``ready``, ``sales_idr`` or ``ceiling_idr``.
    """
    if by not in ORDERS:
        raise BadInput("by", f"must be one of {', '.join(ORDERS)}", by)
    place = {"more": 0, "open": 1, "same": 2, "less": 3}
    keys = pd.DataFrame(
        {
            "class": table[f"{by}_verdict"].map(place),
            "first": -table[by].fillna(0.0),
            "second": -table[ORDERS[by]].fillna(0.0),
        }
    )
    order = keys.sort_values(["class", "first", "second"], kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _gains(base: Outcome, other: Outcome) -> dict[str, Gain]:
    share, sales = more(other.share, base.share), more(other.sales_idr, base.sales_idr)
    return {
        "weeks": weeks_sooner(base, other),
        "ready": ready_more(base, other),
        "share": gain(share[:, 0]),
        "sales_idr": gain(sales[:, 0]),
        "ceiling": gain(share[:, 1]),
        "ceiling_idr": gain(sales[:, 1]),
        "public_idr": gain(more(other.public_idr, base.public_idr)),
        "own_idr": gain(more(other.own_idr, base.own_idr)),
    }


def _row(move: Move, gains: dict[str, Gain]) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(move, name) for name in ("path", "before", "after", "unit", "priced")}
    for name in GAINS:
        one = gains[name]
        row |= {name: one.mean, f"{name}_low": one.low, f"{name}_high": one.high}
    return row
