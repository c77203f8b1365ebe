"""Was it time? What each thing that could have been otherwise would have brought, pair by pair.

Of the known case, on what is known after its figure; and of a new label, where time, coaching, money, fame and
marketing are set against each other at lead times from short to long.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.calibration import Calibration, sales_idr
from sim.analysis.target import with_ends
from sim.errors import BadInput
from sim.experiment.paired import Gain, Outcome, changed, gain, more, verdicts
from sim.experiment.result import WEEK, Result
from sim.experiment.runner import Cancelled, Progress
from sim.programme.quantity import central
from sim.scenario import Scenario
from sim.store import simulate

Floats = NDArray[np.float64]
Settings = Mapping[str, Any]
PAIRS = {"p05": 0.05, "p50": 0.50, "p95": 0.95}
LABEL_WEEKS = (104.0, 156.0, 208.0)
MORE_WEEKS, YEAR_WEEKS = 26.0, 52.0


@dataclasses.dataclass(frozen=True)
class Change:
    """One thing that could be otherwise.

    Attributes
    ----------
    name : str
        What it is called in the tables: ``time``, ``stock``, ``fame`` and so on.
    settings : tuple of (path, value)
    """

    name: str
    settings: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, name: str, settings: Settings) -> Change:
        """From what is set, in this order."""
        return cls(name, tuple(settings.items()))

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with it."""
        return scenario.set_all(dict(self.settings))


def of_the_case(case: Scenario) -> list[Change]:
    """What could have been otherwise in a case that is known, time first."""
    there = {f"clusters.{c.name}.warehouse_items": float(central(c.warehouse_items)) for c in case.clusters}
    stock = {path: 2 * items for path, items in there.items() if items}
    later = {"lead_weeks": case.lead_days / WEEK + YEAR_WEEKS}
    shut, unruled = {"campaign.access": "ordinary"}, {"campaign.stock_rule": "none"}
    found: dict[str, dict[str, Any]] = {
        "a-year-more": later,
        "two-years-more": {"lead_weeks": case.lead_days / WEEK + 2 * YEAR_WEEKS},
        "no-stock-rule": unruled,
        "no-stock-rule-and-a-year-more": unruled | later,
        "twice-the-stock": stock,
        "ordinary-access": shut,
        "ordinary-access-and-a-year-more": shut | later,
    }
    classes = list(case.demand.classes)
    for name in reversed(classes[: classes.index(case.demand.brand_class)]):  # each that is less known
        lesser = {"demand.brand_class": name}
        found |= {name: lesser, f"{name}-and-a-year-more": lesser | later}
    return [Change.of(name, settings) for name, settings in found.items() if settings]


def causes(calibration: Calibration, changes: Iterable[Change] | None = None) -> pd.DataFrame:
    """What each change of the known case would have brought, on what is known after its figure.

    Returns
    -------
    DataFrame
        One row a change, the case itself first (`name` is ``as-it-was``). `sales_idr_p05`, `_p50`, `_p95`: what it
        would have sold; `brands_in`: the mean number of brands. `gain_idr`, `gain_idr_low`, `gain_idr_high`: the mean
        difference over pairs with its 90 % interval; `pairs_p05`, `_p50`, `_p95`: between what the pairs lie;
        `verdict`: ``more``, ``less``, ``same`` or ``open``, allowing for how many changes there are (Holm).
    """
    tried = of_the_case(calibration.case) if changes is None else list(changes)
    if not tried:
        raise BadInput("changes", "must be at least one", 0)
    base = calibration.project(calibration.case)
    before, rows, gains = sales_idr(base), [], []
    for change in [Change("as-it-was", ()), *tried]:
        projection = calibration.project(change.on(calibration.case))
        after = sales_idr(projection)
        sold = more(after, before)
        found = gain(sold)
        brands = projection.brands_in(np.array([projection.scenario.lead_days])).mean()
        row = {"name": change.name, **_ends("sales_idr", after), "brands_in": float(brands)}
        rows.append(row | _gained(found) | _ends("pairs", sold))
        gains.append(found)
    return pd.DataFrame(rows).assign(verdict=["", *verdicts(gains[1:])])


def of_a_label(scenario: Scenario) -> list[Change]:
    """What could move a new label: more time, twice the coaches, twice the money, marketing, and a known name."""
    coaches, money = "resources.coach.units", "finance.working_capital_idr"
    best = list(scenario.demand.classes)[-1]
    found: dict[str, dict[str, Any]] = {
        "time": {"lead_weeks": scenario.lead_days / WEEK + MORE_WEEKS},
        "coaching": {coaches: 2 * central(scenario.resources["coach"].units)} if "coach" in scenario.resources else {},
        "capital": {money: 2 * float(central(scenario.finance.working_capital_idr))},
        "marketing": {"demand.marketing_idr": float(central(scenario.demand.marketing_idr)) + 1e9},
        "fame": {"demand.brand_class": best} if scenario.demand.brand_class != best else {},
    }
    return [Change.of(name, settings) for name, settings in found.items() if settings]


def what_moves(
    scenario: Scenario | str,
    lead_weeks: Sequence[float] = LABEL_WEEKS,
    replications: int | None = None,
    seed: int | None = None,
    brand_class: str = "unknown",
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """What would move a new label most, at several lead times, on the same random numbers.

    Parameters
    ----------
    scenario : Scenario or str
    lead_weeks : sequence of float
        From which half a year more is asked about, and at which everything else is compared.
    replications, seed : int, optional
        The scenario's where left out.
    brand_class : str
        Of the label; that nobody knows it is what a new one begins with.
    progress : callable, optional
        Called with the changes tried, and all.
    cancel : threading.Event, optional

    Returns
    -------
    DataFrame
        One row a lead time and change: `lead_weeks`, `name`, `ready` (part of the replications at that lead time
        without the change), `gain_idr` and the other columns as in `causes`, `share_gain` with its interval, and
        `ready_gain`, the part more that is ready with it.
    """
    scenario = Scenario.of(scenario)
    label = scenario.set("demand.brand_class", brand_class)
    if not lead_weeks:
        raise BadInput("lead_weeks", "must be at least one", list(lead_weeks))
    bases = [label.set("lead_weeks", weeks) for weeks in lead_weeks]
    result = simulate(bases[0], replications, seed, cancel=cancel)
    rows: list[dict[str, Any]] = []
    gains: list[Gain] = []
    total = sum(len(of_a_label(base)) for base in bases)
    for base in bases:
        before = _outcome(result, base, cancel)
        for change in of_a_label(base):
            if cancel is not None and cancel.is_set():
                raise Cancelled
            scenario = change.on(base)
            found, row = _moved(base, before, scenario, _outcome(result, scenario, cancel))
            rows.append({"lead_weeks": base.lead_days / WEEK, "name": change.name} | row)
            gains.append(found)
            if progress:
                progress(len(rows), total)
    return pd.DataFrame(rows).assign(verdict=verdicts(gains))


def _outcome(result: Result, scenario: Scenario, cancel: threading.Event | None) -> Outcome:
    """Another scenario on the random numbers of a result, at its own lead time."""
    return Outcome.of(changed(result, scenario, cancel), [scenario.lead_days / WEEK])


def _moved(base: Scenario, before: Outcome, scenario: Scenario, after: Outcome) -> tuple[Gain, dict[str, float]]:
    """What a change brings at one lead time."""
    sold = more(after.sales_idr, before.sales_idr)[:, 0]
    share, found = gain(more(after.share, before.share)[:, 0]), gain(sold)
    was, now = before.weeks <= base.lead_days / WEEK, after.weeks <= scenario.lead_days / WEEK
    return found, {
        "ready": float(was.mean()),
        "ready_gain": float(now.mean() - was.mean()),
        **_gained(found),
        **_ends("pairs", sold),
        **with_ends("share_gain", share.mean, share.low, share.high),
    }


def _gained(found: Gain) -> dict[str, float]:
    return with_ends("gain_idr", found.mean, found.low, found.high)


def _ends(name: str, values: Floats) -> dict[str, float]:
    return {f"{name}_{end}": float(np.quantile(values, at)) for end, at in PAIRS.items()}
