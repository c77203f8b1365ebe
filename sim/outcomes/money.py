"""Amounts in rupiah: what is given in another currency, times the scenario's rate of exchange."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.numbers import Numbers
from sim.scenario.currency import rate_path

Floats = NDArray[np.float64]


def rate(numbers: Numbers, currency: str) -> Floats:
    """Rupiah for one unit of a currency; float64 [replication]."""
    path = rate_path(currency)
    return np.ones(numbers.count) if path is None else numbers[path]


def rate_of_goods(numbers: Numbers) -> Floats:
    """Rupiah for one unit of the currency in which each brand's goods are priced; float64 [replication, brand]."""
    scenario = numbers.scenario
    kinds = [cluster.goods.currency for cluster in scenario.clusters]
    rates = {kind: rate(numbers, kind) for kind in set(kinds)}
    if len(rates) == 1:
        return next(iter(rates.values()))[:, None]
    return np.stack([rates[kinds[i]] for i in scenario.cluster_of_brand], axis=1)
