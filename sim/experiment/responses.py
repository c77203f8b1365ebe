"""Responses: what an experiment measures of a run, one number for each replication, at the scenario's own lead time.

Each takes a result and gives float64 [replication], in the unit that its name or its docstring says.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.experiment.result import WEEK, Result, in_days

Floats = NDArray[np.float64]


def share(result: Result) -> Floats:
    """Share of the event's sales, a fraction."""
    return result.mixed.share(in_days(result.own_weeks))[:, 0]


def sales_idr(result: Result) -> Floats:
    """Gross sales of all brands in rupiah."""
    return result.mixed.sales_idr(in_days(result.own_weeks)).sum(axis=1)[:, 0]


def brands_in(result: Result) -> Floats:
    """Brands that pass every gate."""
    return result.mixed.brands_in(in_days(result.own_weeks))[:, 0].astype(float)


def ready(result: Result) -> Floats:
    """1 where a brand passes every gate, else 0."""
    return (brands_in(result) > 0).astype(float)


def readiness_weeks(result: Result) -> Floats:
    """Weeks that the first brand needs; inf where none is ever ready."""
    return result.mixed.ready_days.min(axis=1) / WEEK


def programme_idr(result: Result) -> Floats:
    """Public cost of the programme until the event, in rupiah."""
    return result.programme_idr()


RESPONSES: dict[str, Callable[[Result], Floats]] = {
    "share": share,
    "sales_idr": sales_idr,
    "ready": ready,
    "brands_in": brands_in,
    "readiness_weeks": readiness_weeks,
    "programme_idr": programme_idr,
}
