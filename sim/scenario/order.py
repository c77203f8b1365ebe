"""The order in which a scenario lists what it names, where it is part of the model.

Most mappings mean the same however they are listed. Two do not: of pools the order settles which centre is where, of
brand classes which is better known than another, and so which steps are offered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.programme.quantity import central
from sim.scenario import currency

if TYPE_CHECKING:
    from sim.scenario.market import Demand
    from sim.scenario.scenario import Scenario


def settled(form: dict[str, Any], scenario: Scenario) -> dict[str, Any]:
    """A scenario's canonical form, in which such a mapping is a list of pairs; classes only where sales say another."""
    found = dict(form)
    if scenario.pools:
        found["pools"] = list(form["pools"].items())
    if list(scenario.demand.classes) != _by_sales(scenario.demand):
        found["demand"] = form["demand"] | {"classes": list(form["demand"]["classes"].items())}
    return found


def _by_sales(demand: Demand) -> list[str]:
    """Names of brand classes by the most that a new store of each can sell, in rupiah."""

    def most(name: str) -> tuple[float, str]:
        kind = demand.classes[name]
        path = currency.rate_path(kind.currency)
        rate = 1.0 if path is None else central(getattr(demand, path.rpartition(".")[2]))
        return central(kind.most) * rate, name

    return sorted(demand.classes, key=most)
