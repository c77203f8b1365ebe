"""Gates and readiness: the lead time that each gate asks for, and the gate that binds.

For each gate the lead time needed is the day on which its condition came true, plus the days before the
event at which it closes, plus the age asked. A brand's readiness is the largest over its gates, and
infinite if a condition never comes true.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.gathered import Gathered
from sim.outcomes.numbers import Numbers
from sim.outcomes.stock import Stocks
from sim.scenario import Gate

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, eq=False)
class Readiness:
    """Lead times that the gates ask for.

    Attributes
    ----------
    gates : tuple of Gate
        The gates in force.
    needed_days : ndarray, float64 [replication, brand, gate]
        Lead time that each gate asks for; inf = never.
    deadline_days : ndarray, float64 [replication, gate]
        Days before the event at which it closes, the store's minimum age included where it is asked.
    days : ndarray, float64 [replication, brand]
        Readiness: the shortest lead time that passes every gate of the campaign.
    binding : ndarray, int64 [replication, brand]
        Number of the gate that asks for most.
    presale_days : ndarray, float64 [replication, brand]
        The shortest lead time that does not miss the pre-sale.
    """

    gates: tuple[Gate, ...]
    needed_days: Floats
    deadline_days: Floats
    days: Floats
    binding: NDArray[np.int64]
    presale_days: Floats


def readiness(numbers: Numbers, passed_days: Floats, stocks: Stocks, needed_items: Floats) -> Readiness:
    """What every gate asks of every brand.

    Parameters
    ----------
    numbers : Numbers
    passed_days : ndarray, float64 [replication, brand, stage]
    stocks : Stocks
    needed_items : ndarray, float64 [replication, brand]
        What the stock rule asks.
    """
    gates = numbers.scenario.campaign.gates_in_force()
    deadlines = np.stack([_deadline(numbers, gate) for gate in gates], axis=1)
    needed = np.stack(
        [_needed(numbers, g, passed_days, stocks, needed_items, deadlines[:, i]) for i, g in enumerate(gates)], axis=2
    )
    closing = np.array([gate.closes == "campaign" for gate in gates])
    whole = np.where(closing, needed, -np.inf)
    presale = np.where(closing, -np.inf, needed)
    return Readiness(
        gates=gates,
        needed_days=needed,
        deadline_days=deadlines,
        days=np.maximum(whole.max(axis=2, initial=0.0), 0.0),
        binding=whole.argmax(axis=2),
        presale_days=np.maximum(presale.max(axis=2, initial=0.0), 0.0),
    )


def _deadline(numbers: Numbers, gate: Gate) -> Floats:
    if gate.deadline_days is None:
        return numbers["campaign.inbound_cutoff_days"]
    days = numbers[f"campaign.gates.{gate.name}.deadline_days"]
    return days + numbers["campaign.min_store_age_days"] if gate.aged else days


def _needed(numbers: Numbers, gate: Gate, passed: Floats, stocks: Stocks, items: Floats, deadline: Floats) -> Floats:
    """Lead time that one gate asks of every brand; float64 [replication, brand]."""
    if gate.asks != "stage":
        least = items if gate.asks == "stock" else np.ones_like(items)
        true_on, _ = stocks.when(least)
        return true_on + deadline[:, None]
    stage = [s.name for s in numbers.scenario.pathway.stages].index(str(gate.stage))
    return by_calendar(numbers, str(gate.stage), passed[:, :, stage] + deadline[:, None], deadline)


def by_calendar(numbers: Numbers, stage: str, needed: Floats, deadline: Floats) -> Floats:
    """`needed`, but for brands that passed the stage on a calendar date.

    Their lead time cannot change how old the store is at the event, so that any lead time passes the
    gate or none does.
    """
    event = numbers.scenario.campaign.event_date
    made = needed.copy()
    for b, (brand, _) in enumerate(numbers.scenario.lineup):
        if (date := brand.before_start_dates.get(stage)) is not None:
            made[:, b] = np.where((event - date).days >= deadline, 0.0, np.inf)
    return made


def passed(numbers: Numbers, gathered: Gathered) -> Floats:
    """Day on which each cluster stage was passed; float64 [replication, brand, stage].

    Days before the start are those drawn for the replication, where they are known only as a range.
    """
    days = gathered.passed_days.copy()
    stages = [stage.name for stage in numbers.scenario.pathway.stages]
    for b, (brand, cluster) in enumerate(numbers.scenario.lineup):
        for stage, day in brand.before_start.items():
            days[:, b, stages.index(stage)] = numbers.of(f"clusters.{cluster.name}.before_start.{stage}", day)
        for stage, date in brand.before_start_dates.items():
            days[:, b, stages.index(stage)] = min(0, (date - numbers.scenario.start_date).days)
    return days
