"""What would most change the answer: every uncertain number at either end of its range, the others as they are drawn.

One at a time, on the same random numbers: replication by replication only the one number differs. What comes of it is
read together with how well the number is known, which tells which figure is worth looking for first.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import BadInput
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
from sim.programme.quantity import Quantity, quantities
from sim.scenario import Scenario, evidence

ENDS = ("low", "high")
EFFECTS = ("weeks", "ready", "share")
ASKED = ("weeks", "ready", "share", "sales_idr")
DOUBT = {"high": 1, "medium": 2, "low": 3, "assumption": 4}
LOWER = {"high": "medium", "medium": "low", "low": "low", "assumption": "assumption"}
AUDITS = ("not-found", "not-audited", "new", "widened", "corrected", "confirmed")  # the one that says least first
WEAKEST = 10
NO_GAIN = Gain(float("nan"), float("nan"), float("nan"), 1.0)


def tornado(
    result: Result,
    lead_weeks: float | None = None,
    ceiling_weeks: float = max(LEAD_WEEKS),
    paths: Sequence[str] | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """How the answer changes with each uncertain number, the one that changes it most first.

    Parameters
    ----------
    result : Result
        Of the scenario as it is; seed, replications and engine of the others are its own.
    lead_weeks : float, optional
        The lead time at which sales are compared; None: the scenario's own.
    ceiling_weeks : float
        The longest lead time: the mean of what is sold then is what changes of sales are measured by.
    paths : sequence of str, optional
        None: all of `uncertain`.
    progress : callable, optional
        Called with the numbers tried, and all.
    cancel : threading.Event, optional

    Returns
    -------
    DataFrame
        One row a number: `path`, `low`, `central`, `high`; `rows` (evidence), `source` (``taken``, ``adapted``,
        ``assumed``), `confidence` and `audit` as in `standing`. For each end (``low``, ``high``) the mean change over
        pairs, with the ends of its 90 % interval (`_from`, `_to`), of `weeks_at_…` (readiness; more is later; over the
        replications that are ready in both), `ready_at_…` (part that is ever ready), `share_at_…` and `sales_idr_at_…`
        (at the lead time). `weeks_told`: whether either end can be told from no change, allowing
        for how many were tried (Holm); so for `ready` and `share`. `weeks_effect`, `ready_effect` and `share_effect`:
        from the lowest to the highest of both ends and no change, in parts of the median of weeks, of all replications,
        and of the mean share at the longest lead time. `effect` is the largest of those that can be told,
        `weakness` that times the doubt (1 for high confidence to 4 for an assumption).

    Raises
    ------
    Cancelled
        If `cancel` was set.
    """
    tried = uncertain(result.scenario) if paths is None else list(paths)
    if not tried:
        raise BadInput("paths", "must be at least one", 0)
    weeks = lead_and_ceiling(result, lead_weeks, ceiling_weeks)
    base, known, found = Outcome.of(result, weeks), quantities(result.scenario), []
    for n, path in enumerate(tried):
        if path not in known or known[path].certain:
            raise BadInput(path, "is no uncertain number of this scenario")
        found.append({end: _at_end(result, base, weeks, path, getattr(known[path], end), cancel) for end in ENDS})
        if progress:
            progress(n + 1, len(tried))
    rows = [_row(path, known[path], one) for path, one in zip(tried, found, strict=True)]
    return _ranked(pd.DataFrame(rows), base, _told(found))


def uncertain(scenario: Scenario) -> list[str]:
    """Paths of every number that is drawn; those of the known case on which a class is fitted are its own matter."""
    paths = [path for path, number in quantities(scenario).items() if not number.certain]
    exempt = {s.name for s in scenario.pathway.stages if all(s.name in c.exempt for c in scenario.clusters)}
    unused = tuple(f"pathway.stages.{name}." for name in exempt)
    return [path for path in paths if not path.startswith(("case.", *unused))]


def weakest(table: pd.DataFrame, count: int = WEAKEST) -> pd.DataFrame:
    """Of what `tornado` found, the numbers that are known least and change most, the weakest first."""
    moving = table[table["effect"] > 0]
    return moving.sort_values("weakness", ascending=False, kind="stable").head(count).reset_index(drop=True)


def standing(number: Quantity, known: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What a number rests on.

    Parameters
    ----------
    number : Quantity
    known : mapping
        Evidence rows by id.

    Returns
    -------
    dict
        `rows`: ids; `source`: ``taken`` from a row, ``adapted`` from one, or ``assumed``; `confidence`: the lowest of
        its rows', one step lower where it was adapted, and ``assumption`` without a row; `audit`: the mark of its rows
        that says least, empty without one.
    """
    rows = [known[name] for name in (number.row or "").split() if name in known]
    if not rows:
        return {"rows": number.row or "", "source": "assumed", "confidence": "assumption", "audit": ""}
    lowest = max((row["confidence"] for row in rows), key=lambda name: DOUBT.get(name, DOUBT["assumption"]))
    marks = [row["audit"] for row in rows]
    return {
        "rows": number.row or "",
        "source": "adapted" if number.assumption else "taken",
        "confidence": LOWER[lowest] if number.assumption else lowest,
        "audit": next((mark for mark in AUDITS if mark in marks), ""),
    }


def _at_end(
    result: Result, base: Outcome, weeks: Sequence[float], path: str, value: float, cancel: threading.Event | None
) -> dict[str, Gain]:
    """What changes with one number at one end; nothing is known where the rules exclude it while others stay."""
    if cancel is not None and cancel.is_set():
        raise Cancelled
    try:
        scenario = result.scenario.set(path, value)
    except BadInput:
        return dict.fromkeys(ASKED, NO_GAIN)
    other = Outcome.of(changed(result, scenario, cancel), weeks)
    return {
        "weeks": weeks_sooner(other, base),  # the other way round: weeks later
        "ready": ready_more(base, other),
        "share": gain(more(other.share, base.share)[:, 0]),
        "sales_idr": gain(more(other.sales_idr, base.sales_idr)[:, 0]),
    }


def _row(path: str, number: Quantity, found: Mapping[str, Mapping[str, Gain]]) -> dict[str, Any]:
    row: dict[str, Any] = {"path": path, "low": number.low, "central": number.central, "high": number.high}
    row |= standing(number, evidence())
    for end in ENDS:
        for name in ASKED:
            one, column = found[end][name], f"{name}_at_{end}"
            row |= {column: one.mean, f"{column}_from": one.low, f"{column}_to": one.high}
    return row


def _told(found: Sequence[Mapping[str, Mapping[str, Gain]]]) -> dict[str, list[bool]]:
    """By response: of which numbers the change is no luck, at either end."""
    told = {}
    for name in EFFECTS:
        said = verdicts([one[end][name] for one in found for end in ENDS])
        plain = [one in ("more", "less") for one in said]
        told[name] = [any(plain[i : i + len(ENDS)]) for i in range(0, len(plain), len(ENDS))]
    return told


def _ranked(table: pd.DataFrame, base: Outcome, told: Mapping[str, list[bool]]) -> pd.DataFrame:
    """The table with effects and doubt, in its order."""
    median = float(np.quantile(base.weeks, 0.5, method="inverted_cdf"))
    earliest = float(base.weeks.min())
    whole = {"weeks": median if np.isfinite(median) else earliest, "ready": 1.0, "share": base.share[:, 1].mean()}
    for name, most in whole.items():
        table[f"{name}_told"] = told[name]
        table[f"{name}_effect"] = _spread(table, name) / most if 0 < most < np.inf else 0.0
    told_ones = [table[f"{name}_effect"].where(table[f"{name}_told"], 0.0) for name in EFFECTS]
    table["effect"] = np.maximum.reduce([one.to_numpy() for one in told_ones])
    table["weakness"] = table["effect"] * [DOUBT[name] for name in table["confidence"]]
    return table.sort_values("effect", ascending=False, kind="stable").reset_index(drop=True)


def _spread(table: pd.DataFrame, name: str) -> pd.Series:
    """From the lowest to the highest of both ends and no change."""
    ends = table[[f"{name}_at_{end}" for end in ENDS]].fillna(0.0)
    return ends.max(axis=1).clip(lower=0.0) - ends.min(axis=1).clip(upper=0.0)
