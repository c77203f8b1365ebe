"""A result as the strict JSON object that `siap run --json` prints: null, never NaN or Infinity."""

from __future__ import annotations

import dataclasses
import datetime
import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sim.experiment.compare import Difference
from sim.experiment.precision import Enough, intervals
from sim.experiment.result import MODEL_VERSION, Result
from sim.experiment.selection import Selection
from sim.experiment.when import Answer
from sim.outcomes import Layer
from sim.programme.quantity import central, quantities
from sim.scenario import FittedLognormal, Scenario

MOST_BRANDS = 50  # with more, per-brand objects are summarised unless all are asked for


def report(result: Result, all_brands: bool = False, chosen: Enough | None = None) -> dict[str, Any]:
    """Everything that identifies a run, what came of it, and how many replications were chosen, if they were."""
    weeks = result.weeks(None)
    return ({} if chosen is None else {"replications_chosen": chosen_report(chosen)}) | {
        "scenario": result.scenario.name,
        "scenario_digest": result.scenario.digest,
        "model_version": MODEL_VERSION,
        "seed": result.seed,
        "replications": result.replications,
        "engine": result.engine,
        "event_date": result.scenario.campaign.event_date.isoformat(),
        "denominator": result.scenario.demand.denominator,
        "lead_weeks": plain(list(weeks)),
        "own_lead_weeks": plain(float(result.own_weeks[0])),
        "share": _bands(result, "mixed"),
        "layers": {"chance": _bands(result, "chance")},
        "sales_idr": columns(result.sales_idr()),
        "readiness_weeks": _readiness(result, all_brands),
        "brands_in": plain(list(result.brands_in())),
        "intervals": {name: plain(dataclasses.asdict(one)) for name, one in intervals(result).items()},
        "binding": plain(result.binding().to_dict()),
        "cost_idr": columns(result.cost_idr(), by_row=True),
        "ministry": columns(result.ministry(), by_row=True),
        "warnings": warnings(result),
    }


def chosen_report(chosen: Enough) -> dict[str, Any]:
    """How many replications were chosen and why, as strict JSON."""
    found: dict[str, Any] = plain(dataclasses.asdict(chosen))
    return found


def warnings(result: Result) -> list[str]:
    """What a reader of the numbers must know, in English; one sentence each."""
    scenario, found = result.scenario, []
    never = float((result.mixed.ready_days.min(axis=1) == math.inf).mean())
    if never > 0:
        found.append(f"in {never:.0%} of the replications no brand is ever ready")
    kind = scenario.demand.classes[scenario.demand.brand_class]
    if not isinstance(kind, FittedLognormal):
        rows = dict.fromkeys(row for q in quantities(kind).values() for row in (q.row or "").split())
        seen = f" (see {', '.join(rows)})" if rows else ""
        found.append(
            f"demand of class {scenario.demand.brand_class} is an assumption{seen}; it carries the projected share"
        )
    for brand, _ in scenario.lineup:
        for stage, date in brand.before_start_dates.items():
            if date > scenario.start_date:
                found.append(
                    f"{brand.name} passed {stage} on {date}, after this start date; the engine takes it as passed"
                )
    found += _spread_thin(scenario)
    if result.replications < 100:
        found.append(f"only {result.replications} replications: the ends of the ranges are rough")
    return found


def _spread_thin(scenario: Scenario) -> list[str]:
    """Resources of which the pools have other places together than the whole, since none has less than one."""
    found = []
    for i, (name, resource) in enumerate(scenario.resources.items()):
        pools, whole = sum(row[i] for row in scenario.programme.places(central)), resource.central_capacity
        if scenario.pools and pools != whole:
            found.append(
                f"{name}: the pools have {pools} places together, the whole has {whole} (rounding; at least one)"
            )
    return found


def _bands(result: Result, layer: Layer) -> dict[str, Any]:
    return columns(result.share(layer=layer))


def _readiness(result: Result, all_brands: bool) -> dict[str, Any]:
    table = result.readiness_weeks()
    if len(table) <= MOST_BRANDS or all_brands:
        return columns(table, by_row=True)
    found = {f"all {len(table)} brands": plain(result.readiness_weeks_together())}
    if len(result.scenario.clusters) == 1:
        return found
    return found | columns(result.readiness_weeks_by_cluster(), by_row=True)


def columns(table: pd.DataFrame, by_row: bool = False) -> dict[str, Any]:
    """A table as an object of lists, or of an object a row."""
    if by_row:
        return {str(name): plain(row.to_dict()) for name, row in table.iterrows()}
    return {str(name): plain(list(values)) for name, values in table.items()}


def plain(thing: Any) -> Any:
    """`thing` with plain numbers, dates as texts, and null for what is not finite."""
    if isinstance(thing, dict):
        return {str(k): plain(v) for k, v in thing.items()}
    if isinstance(thing, list | tuple):
        return [plain(v) for v in thing]
    if isinstance(thing, str) or thing is None:
        return thing
    if isinstance(thing, datetime.date):
        return thing.isoformat()
    number = float(thing)
    return (int(number) if number == int(number) and abs(number) < 2**53 else number) if math.isfinite(number) else None


def answer_report(result: Result, answer: Answer) -> dict[str, Any]:
    """The answer to `when` as a strict JSON object."""
    start = answer.start_date.isoformat() if answer.start_date else None
    return {
        "scenario": result.scenario.name,
        "scenario_digest": result.scenario.digest,
        "model_version": MODEL_VERSION,
        "seed": result.seed,
        "replications": answer.replications,
        "event_date": result.scenario.campaign.event_date.isoformat(),
        "target_share": answer.share,
        "probability": answer.probability,
        "never": answer.never,
        "least_lead_weeks": plain(answer.least_days / 7),
        "interval_weeks": plain([answer.low_days / 7, answer.high_days / 7]),
        "start_date": start,
        "reached": answer.reached,
        "held_by": plain(answer.held_by),
    }


def comparison_report(results: Sequence[Result], found: Sequence[Difference]) -> dict[str, Any]:
    """A paired comparison as a strict JSON object."""
    return {
        "model_version": MODEL_VERSION,
        "seed": results[0].seed,
        "replications": results[0].replications,
        "base": results[0].scenario.name,
        "scenarios": [
            {
                "scenario": result.scenario.name,
                "scenario_digest": result.scenario.digest,
                "lead_weeks": plain(float(result.own_weeks[0])),
                "share": columns(result.share(list(result.own_weeks))),
            }
            for result in results
        ],
        "differences": [plain(dataclasses.asdict(one)) for one in found],
    }


def selection_report(found: Selection) -> dict[str, Any]:
    """What was selected as a strict JSON object."""
    return {"model_version": MODEL_VERSION} | plain(dataclasses.asdict(found))
