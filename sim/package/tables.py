"""The tables of a package: made from results, and written so that the same numbers are always the same bytes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sim.experiment import MODEL_VERSION, Result
from sim.experiment.intervals import Interval, of_mean, of_proportion
from sim.experiment.result import QUANTILES, in_days
from sim.package.layout import TABLE_OF, Kind, Table
from sim.programme.quantity import Lever, Quantity, members
from sim.scenario import Scenario, evidence
from sim.store import columns, results, run_id

Floats = NDArray[np.float64]
MOST_LETTERS = 60  # of a file name
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what begins so is computed where a CSV file is opened
ARROW: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def made(found: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """Every table that a rerun must give again, by name, its columns as the layout has them."""
    makers: dict[str, Callable[[Result], pd.DataFrame]] = {
        "runs": _run,
        "shares": _shares,
        "readiness": _readiness,
        "summary": _summary,
    }
    return {name: _together(name, [maker(one) for one in found]) for name, maker in makers.items()}


def documented(found: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """The tables that say what the runs rest on: their numbers, and the evidence rows behind them."""
    numbers = _together("parameters", [_parameters(one) for one in found])
    known = evidence()
    wanted = sorted({row for rows in numbers["rows"] for row in rows.split()}, key=list(known).index)
    rows = [{"id": row} | known[row] for row in wanted]
    return {"parameters": numbers, "evidence": _together("evidence", [pd.DataFrame(rows)])}


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A table as CSV: UTF-8, commas, every digit that tells two numbers apart, empty where there is nothing.

    A text that a spreadsheet would take for a formula has an apostrophe before it; in Parquet it stands as it is.
    """
    shown = frame[[column.name for column in table.columns]].copy()
    for column in table.columns:
        if column.kind == "string":
            shown[column.name] = [f"'{t}" if str(t).startswith(FORMULAS) else t for t in shown[column.name]]
        if column.kind == "boolean":
            shown[column.name] = shown[column.name].map({True: "true", False: "false"})
    text: str = shown.to_csv(index=False, lineterminator="\n")
    return text.encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """The same as Parquet, with the meaning and unit of each column in the file."""
    fields = [
        pa.field(c.name, ARROW[c.kind], metadata={"description": c.meaning} | ({"unit": c.unit} if c.unit else {}))
        for c in table.columns
    ]
    made = pa.Table.from_pandas(frame[[c.name for c in table.columns]], schema=pa.schema(fields), preserve_index=False)
    return bytes(columns.to_bytes([made.replace_schema_metadata(None)]))


def _together(name: str, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True).reindex(columns=[column.name for column in TABLE_OF[name].columns])


def file_of(result: Result) -> str:
    """Where the scenario of a run lies in a package."""
    return f"scenarios/{stem_of(result)}.yaml"


def stem_of(result: Result) -> str:
    """What names the files of a run: its scenario's name, of which no letter can lead out of a folder, and its id."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", result.scenario.name).strip("-")[:MOST_LETTERS]
    return f"{plain or 'scenario'}-{run_id(result)}"


def _run(result: Result) -> pd.DataFrame:
    scenario = result.scenario
    row = {
        "run": run_id(result),
        "scenario": scenario.name,
        "file": file_of(result),
        "digest": scenario.digest,
        "seed": result.seed,
        "replications": result.replications,
        "model_version": MODEL_VERSION,
        "event_date": scenario.campaign.event_date,
        "lead_weeks": float(result.own_weeks[0]),
    }
    return pd.DataFrame([row])


def _shares(result: Result) -> pd.DataFrame:
    return results.shares(result).to_pandas().assign(run=run_id(result))


def _readiness(result: Result) -> pd.DataFrame:
    found = result.readiness.assign(run=run_id(result), never=lambda table: np.isinf(table["lead_days"]))
    found["lead_days"] = found["lead_days"].where(~found["never"])
    return found


def _summary(result: Result) -> pd.DataFrame:
    weeks = result.weeks(None)
    days, projection = in_days(weeks), result.mixed
    brands = projection.brands_in(days)
    outcomes = {
        "share": projection.share(days),
        "sales_idr": projection.sales_idr(days).sum(axis=1),
        "brands_in": brands,
        "ready": brands > 0,
    }
    rows = [
        {"run": run_id(result), "outcome": name, "lead_weeks": float(week)} | _summed(values[:, i])
        for name, values in outcomes.items()
        for i, week in enumerate(weeks)
    ]
    return pd.DataFrame(rows)


def _summed(values: NDArray[Any]) -> dict[str, Any]:
    interval: Interval = of_proportion(values) if values.dtype == bool else of_mean(values)
    ends = np.quantile(values.astype(float), list(QUANTILES.values()))
    return {
        "mean": interval.estimate,
        "mean_low": interval.low,
        "mean_high": interval.high,
        "method": interval.method,
        **dict(zip(QUANTILES, ends.tolist(), strict=True)),
        "replications": len(values),
    }


def _parameters(result: Result) -> pd.DataFrame:
    rows = [
        {"run": run_id(result), "path": path} | _number(number) for path, number in numbers(result.scenario).items()
    ]
    return pd.DataFrame(rows)


def numbers(scenario: Scenario) -> dict[str, Quantity | Lever | float]:
    """Every number of a scenario by its path, those that are certain among them."""
    found: dict[str, Quantity | Lever | float] = {}

    def look(thing: Any, path: str) -> None:
        if isinstance(thing, Quantity | Lever):
            found[path] = thing
        elif isinstance(thing, int | float) and not isinstance(thing, bool):
            found[path] = float(thing)
        elif not isinstance(thing, datetime.date | Scenario):
            for part, inner in members(thing):
                look(inner, f"{path}.{part}" if path else part)

    for part, inner in members(scenario):
        look(inner, part)
    return found


def _number(number: Quantity | Lever | float) -> dict[str, Any]:
    if isinstance(number, float):
        return {"value": number, "layer": "certain", "rows": "", "assumption": "", "given": ""}
    texts = {"rows": number.row or "", "assumption": number.assumption or "", "given": number.given or ""}
    if isinstance(number, Lever):
        return {"value": number.chosen, "low": number.low, "high": number.high, "layer": "lever"} | texts
    layer = "certain" if number.certain else "knowledge"
    return {"value": number.central, "low": number.low, "high": number.high, "layer": layer} | texts
