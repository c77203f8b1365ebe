"""When the stages of the preparation run: in one replication, and in the median of several.

Read from histories, with what the closed form adds after the stages: goods made, on their way, and in the warehouse
until the gate has closed. No text, no colour.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.experiment import Result

Floats = NDArray[np.float64]
GOODS = ("making", "shipping", "waiting")
SPANS = ("first", "start", "end", "last")


@dataclasses.dataclass(frozen=True, eq=False)
class Days:
    """When the stages of a preparation run.

    Attributes
    ----------
    stages : DataFrame
        One row a stage or kind of goods: `stage`, `on` (workshop, cluster or goods), `first` and `last` (days on which
        the earliest started and the latest ended), `start` and `end` (of the middle one), `happened` (share of the
        replications in which it did).
    goods : str
        ``made``, ``at hand`` from the start, or ``never`` all there; of several replications the commonest.
    share : float
        Share of the replications in which that is so.
    """

    stages: pd.DataFrame
    goods: str
    share: float = 1.0


@dataclasses.dataclass(frozen=True, eq=False)
class Preparation:
    """The preparation in one replication, and in the median of several.

    Attributes
    ----------
    one, median : Days
    number : int
        Which replication `one` is: the one whose readiness is nearest to the median.
    replications : int
        How many the medians are over.
    """

    one: Days
    median: Days
    number: int
    replications: int


def preparation(result: Result, frames: Iterable[pd.DataFrame]) -> Preparation:
    """The preparation from the histories of the first replications.

    Parameters
    ----------
    result : Result
    frames : iterable of DataFrame
        What `Result.history` gives for replications 0, 1, …
    """
    stages = [stage.name for stage in result.scenario.pathway.stages]
    spans, goods = [], []
    for k, frame in enumerate(frames):
        days, status = _goods(result, k)
        spans.append(np.vstack([_spans(frame, stages), days]))
        goods.append(status)
    stacked = np.stack(spans)
    number = _typical(result.mixed.readiness.days[: len(spans)].max(axis=1))
    middle = np.apply_along_axis(_median, 0, stacked)
    commonest = max(set(goods), key=goods.count)
    return Preparation(
        one=Days(_table(result, stacked[number], stacked[number : number + 1]), goods[number]),
        median=Days(_table(result, middle, stacked), commonest, goods.count(commonest) / len(goods)),
        number=number,
        replications=len(spans),
    )


def _table(result: Result, days: Floats, of: Floats) -> pd.DataFrame:
    """Days [stage and goods, span] as a table of those that happened in any of the replications `of`."""
    on = {stage.name: stage.on for stage in result.scenario.pathway.stages} | dict.fromkeys(GOODS, "goods")
    table = pd.DataFrame(days, columns=list(SPANS)).assign(stage=list(on), on=list(on.values()))
    table["happened"] = np.isfinite(of).all(axis=2).mean(axis=0)
    return table[table["happened"] > 0].reset_index(drop=True)


def _median(values: Floats) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else math.nan


def _typical(days: Floats) -> int:
    """Number of the replication nearest to the median; one that is never ready where the median is never."""
    middle = float(np.quantile(days, 0.5, method="inverted_cdf"))
    return int(np.flatnonzero(np.isinf(days))[0]) if math.isinf(middle) else int(np.abs(days - middle).argmin())


def _spans(frame: pd.DataFrame, stages: list[str]) -> Floats:
    """Days by stage: earliest start, median start, median end, latest end; NaN where it did not happen."""
    done = frame.dropna(subset=["started", "finished"])
    started, finished = done.groupby("stage")["started"], done.groupby("stage")["finished"]
    columns = [started.min(), started.median(), finished.median(), finished.max()]
    return np.stack([column.reindex(stages).to_numpy(float) for column in columns], axis=1)


def _goods(result: Result, k: int) -> tuple[Floats, str]:
    """Days on which goods were made, on their way, and waiting for the gate to close; and what became of them.

    Returns
    -------
    ndarray, float64 [kind, span]
        Over all brands; NaN where none was made.
    str
        As `Days.goods`.
    """
    projection = result.mixed
    found, supply = projection.readiness, projection.supply
    gate = next((g for g, gate in enumerate(found.gates) if gate.asks == "stock"), None)
    closes = float(found.deadline_days[k, gate]) if gate is not None else 0.0
    spans, missing = [], False
    asked = supply.asked_items if gate is not None else np.ones_like(supply.asked_items)
    for b, (there, left) in enumerate(np.stack(supply.stocks.when(asked), axis=2)[k].tolist()):
        missing |= not np.isfinite(there)
        if np.isfinite(there) and left > 0:
            made_from = projection.milestones[k].ramps[b].days[:1]
            spans.append([(made_from[0] if len(made_from) else 0.0, left), (left, there), (there, there + closes)])
    if not spans:
        return np.full((len(GOODS), len(SPANS)), math.nan), "never" if missing else "at hand"
    days = np.array(spans)  # [brand, kind, start and end]
    starts, ends = days[:, :, 0], days[:, :, 1]
    return np.stack([starts.min(0), np.median(starts, 0), np.median(ends, 0), ends.max(0)], axis=1), "made"
