"""The tables of a package: made from results, and written so that the same numbers are always the same bytes."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from sim.experiment import MODEL_VERSION, Result
from sim.experiment.intervals import Interval, holm, of_mean, of_proportion
from sim.experiment.paired import gain, more
from sim.experiment.result import QUANTILES, in_days
from sim.outcomes.measures import unit_of
from sim.package.layout import TABLE_OF, Kind, Table
from sim.programme.quantity import Lever, Quantity, central, members
from sim.scenario import Scenario, evidence
from sim.scenario.paths import LABEL_ONLY, TEXT_FIELDS, canonical, plain
from sim.store import columns, results, run_id

Floats = NDArray[np.float64]
MOST_LETTERS = 60  # of a file name
OUTCOMES = {"share": "fraction", "sales_idr": "rupiah", "brands_in": "brands", "ready": "fraction"}  # with their units
COMPARED = ("share", "sales_idr")
FORMULAS = ("=", "+", "-", "@", "\t", "\r")  # what begins so is computed where a CSV file is opened
ARROW: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def made(found: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """Every table of some runs by name, its columns as the layout has them."""
    tables = simulated(found)
    return tables | derived(tables, {run_id(one): one.scenario for one in found})


def simulated(found: Sequence[Result]) -> dict[str, pd.DataFrame]:
    """The tables that each run has by itself, one after the other."""
    makers: dict[str, Callable[[Result], pd.DataFrame]] = {
        "runs": _run,
        "shares": _shares,
        "readiness": _readiness,
        "summary": _summary,
    }
    return {name: _together(name, [maker(one) for one in found]) for name, maker in makers.items()}


def derived(simulated: Mapping[str, pd.DataFrame], scenarios: Mapping[str, Scenario]) -> dict[str, pd.DataFrame]:
    """The tables that follow from those, and from the scenarios by the ids of their runs.

    What is varied, what the runs differ by, their numbers, and the evidence rows behind them.
    """
    numbers = _together("parameters", [_parameters(run, scenario) for run, scenario in scenarios.items()])
    return {
        "design": _design(scenarios),
        "comparisons": _comparisons(simulated["runs"], simulated["shares"]),
        "parameters": numbers,
        "evidence": _evidence(numbers),
    }


def derived_rows(scenarios: Mapping[str, Scenario]) -> int:
    """How many rows `derived` has at most that grow with scenarios: `parameters`, and `design` if all were varied.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the ids of their runs. One that many runs share is looked through once.
    """
    distinct = {id(scenario): scenario for scenario in scenarios.values()}
    many = {key: len(numbers(scenario)) for key, scenario in distinct.items()}
    rows = sum(many[id(scenario)] for scenario in scenarios.values())
    for alike in _named(scenarios).values():
        own = {id(scenario): scenario for scenario in alike.values()}
        if len(own) > 1:
            rows += len(alike) * len({path for scenario in own.values() for path, _ in _leaves(scenario)})
    return rows


def _evidence(numbers: pd.DataFrame) -> pd.DataFrame:
    """The rows that some numbers rest on, as many as come with this version, in the order of their file."""
    wanted = {row for rows in numbers["rows"] for row in rows.split()}
    return _table("evidence", [{"id": row} | told for row, told in evidence().items() if row in wanted])


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


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a table, which may have none."""
    return pd.DataFrame(rows, columns=[column.name for column in TABLE_OF[name].columns])


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
        "campaign": scenario.campaign.name,
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
        {"run": run_id(result), "outcome": name, "unit": OUTCOMES[name], "lead_weeks": float(week)}
        | _summed(values[:, i])
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


def _design(scenarios: Mapping[str, Scenario]) -> pd.DataFrame:
    """Where runs of one scenario, by its name, are not alike, and what each of them has there."""
    return _table("design", [row for alike in _named(scenarios).values() for row in _varied(alike)])


def _named(scenarios: Mapping[str, Scenario]) -> dict[str, dict[str, Scenario]]:
    """The runs of each scenario, by its name."""
    named: dict[str, dict[str, Scenario]] = {}
    for run, scenario in scenarios.items():
        named.setdefault(scenario.name, {})[run] = scenario
    return named


def _varied(alike: Mapping[str, Scenario]) -> Iterator[dict[str, Any]]:
    distinct = {id(scenario): scenario for scenario in alike.values()}  # many runs may share one
    values = {key: {p: v for p, v in _leaves(one) if p not in LABEL_ONLY} for key, one in distinct.items()}
    paths = dict.fromkeys(path for of_one in values.values() for path in of_one)
    varied = [path for path in paths if len({_told(of_one.get(path)) for of_one in values.values()}) > 1]
    for run, scenario in alike.items():
        for path in varied:
            value = values[id(scenario)].get(path)
            number = None if value is None or isinstance(value, str) else float(central(value))
            yield {
                "run": run,
                "path": path,
                "unit": "" if number is None else unit_of(scenario, path),
                "number": number,
                "text": value if isinstance(value, str) else "",
            }


def _told(value: Any) -> str:
    """A value, with all of its range: two that are alike say the same."""
    return repr(canonical(plain(value)))


def _comparisons(runs: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Runs of one campaign, seed and number of replications, each against the first of them, pair by pair."""
    rows = []
    of_run = {str(run): rows for run, rows in shares.groupby("run", sort=False)}
    for _, alike in runs.groupby(["campaign", "seed", "replications"], sort=False):
        own = {
            run: of_run[run][of_run[run]["lead_weeks"] == weeks]
            for run, weeks in zip(alike["run"], alike["lead_weeks"], strict=True)
        }
        base, *others = own
        for outcome in COMPARED if others else ():
            found = [_compared(own[other][outcome].to_numpy(), own[base][outcome].to_numpy()) for other in others]
            corrected = holm(np.array([one["p"] for one in found])).tolist()
            rows += [
                {"run": other, "base": base, "outcome": outcome, "unit": OUTCOMES[outcome], "p_holm": p} | one
                for other, one, p in zip(others, found, corrected, strict=True)
            ]
    return _table("comparisons", rows)


def _compared(values: Floats, base: Floats) -> dict[str, Any]:
    """The difference of two outcomes, replication by replication."""
    differences = more(values, base)
    found, unpaired = gain(differences), float(values.var() + base.var())
    return {
        "mean": found.mean,
        "mean_low": found.low,
        "mean_high": found.high,
        "p": found.luck,
        "variance_ratio": float(differences.var()) / unpaired if unpaired > 0 else math.nan,
        "pairs": len(differences),
    }


def _parameters(run: str, scenario: Scenario) -> pd.DataFrame:
    rows = [
        {"run": run, "path": path, "unit": unit_of(scenario, path)} | _number(number)
        for path, number in numbers(scenario).items()
    ]
    return pd.DataFrame(rows)


def numbers(scenario: Scenario) -> dict[str, Quantity | Lever | float]:
    """Every number of a scenario by its path, those that are certain among them."""
    return {path: value for path, value in _leaves(scenario) if not isinstance(value, str)}


def _leaves(thing: Any, path: str = "") -> Iterator[tuple[str, Quantity | Lever | float | str]]:
    """Every number, and every word that can change one, with the path that leads to it."""
    if isinstance(thing, Quantity | Lever):
        yield path, thing
    elif isinstance(thing, bool | datetime.date):
        yield path, str(thing).lower()
    elif isinstance(thing, int | float):
        yield path, float(thing)
    elif isinstance(thing, str):
        if not TEXT_FIELDS.intersection(path.split(".")):
            yield path, thing
    elif not (path and isinstance(thing, Scenario)):
        for part, inner in members(thing):
            yield from _leaves(inner, f"{path}.{part}" if path else part)


def _number(number: Quantity | Lever | float) -> dict[str, Any]:
    if isinstance(number, float):
        return {"value": number, "layer": "certain", "rows": "", "assumption": "", "given": ""}
    texts = {"rows": number.row or "", "assumption": number.assumption or "", "given": number.given or ""}
    if isinstance(number, Lever):
        return {"value": number.chosen, "low": number.low, "high": number.high, "layer": "lever"} | texts
    layer = "certain" if number.certain else "knowledge"
    return {"value": number.central, "low": number.low, "high": number.high, "layer": layer} | texts
