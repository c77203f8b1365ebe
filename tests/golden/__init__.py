"""Golden results: what every shipped scenario of everyday size gave at the model version that the files name.

`python -m tests.golden` (or `make golden`) writes them; a change of numbers is then reviewed as a diff.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

import sim
from sim.experiment import MODEL_VERSION, Result
from sim.experiment.report import columns, plain
from sim.scenario import scenario_names

FOLDER = Path(__file__).parent
COUNTRY = {"all-centres", "all-ikm"}  # hundreds of thousands of workshops and more: no everyday size
SCENARIOS = [name for name in scenario_names() if name not in COUNTRY]
REPLICATIONS = 10
CLOSE = 1e-9  # relative; processors differ in the last bits of a logarithm
TABLES = "readiness_weeks", "share", "binding", "cost_idr"


def path_of(name: str) -> Path:
    """The file of a scenario."""
    return FOLDER / f"{name}.json"


def stored(name: str) -> dict[str, Any]:
    """The golden result of a scenario, as its file has it."""
    return json.loads(path_of(name).read_text(encoding="utf-8"))


def golden(name: str, engine: str | None = None) -> dict[str, Any]:
    """The golden result of a scenario, simulated now."""
    result = sim.simulate(name, REPLICATIONS, engine=engine)
    return {
        "scenario": name,
        "model_version": MODEL_VERSION,
        "seed": result.seed,
        "replications": result.replications,
        "readiness_weeks": columns(result.readiness_weeks(), by_row=True),
        "share": columns(result.share(), by_row=True),
        "binding": plain(result.binding().to_dict()),
        "cost_idr": columns(result.cost_idr(), by_row=True),
        "sha256": digest(result),
        "arithmetic": arithmetic(),
    }


def digest(result: Result) -> str:
    """SHA-256 of all bits of the tables: every replication's readiness and share, and all that is summed up."""
    found = hashlib.sha256()
    tables = (
        result.readiness,
        result.shares(),
        result.share(),
        result.sales_idr(),
        result.cost_idr(),
        result.ministry(),
    )
    for table in tables:
        for name, column in table.items():
            numbers = pd.api.types.is_numeric_dtype(column)
            values = column.to_numpy(dtype=float).tobytes() if numbers else "\n".join(column).encode()
            found.update(f"{name}:{len(values)}:".encode() + values)
    return found.hexdigest()


def arithmetic() -> str:
    """SHA-256 of what numpy and SciPy compute here: all bits of results are compared only where it is the same."""
    x = np.linspace(0.001, 0.999, 1009)
    parts = np.log(x), np.exp(x), x**1.7, np.sin(x), special.ndtri(x), special.betaincinv(2.5, 3.5, x)
    return hashlib.sha256(np.concatenate([*parts, [np.sum(x)]]).tobytes()).hexdigest()


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Where the numbers of two golden results of one scenario differ, a line each."""
    found = []
    for table in TABLES:
        old, new = flat(before[table]), flat(now[table])
        found += [f"{table} {place}" for place in sorted(old.keys() ^ new.keys())]
        found += [
            f"{table} {place}: {old[place]} was stored, {new[place]} is simulated"
            for place in sorted(old.keys() & new.keys())
            if not near(old[place], new[place])
        ]
    if not found and before["arithmetic"] == now["arithmetic"] and before["sha256"] != now["sha256"]:
        found.append("last bits of some replication")
    return found


def near(old: float | None, new: float | None) -> bool:
    """Whether two numbers are the same but for the last bits; null, that is never, only equals itself."""
    if old is None or new is None:
        return old is new
    return abs(old - new) <= CLOSE * max(abs(old), abs(new))


def flat(table: dict[str, Any], above: str = "") -> dict[str, float | None]:
    """The numbers of a table by their place."""
    found: dict[str, float | None] = {}
    for name, value in table.items():
        place = f"{above} {name}".strip()
        found |= flat(value, place) if isinstance(value, dict) else {place: value}
    return found


def written(name: str, folder: Path = FOLDER) -> str:
    """Write the golden result of a scenario, and say what was done; refused where the version ought to be raised."""
    path, now = folder / f"{name}.json", golden(name)
    if path.is_file():
        before = json.loads(path.read_text(encoding="utf-8"))
        changed = differences(before, now)
        if changed and before["model_version"] == MODEL_VERSION:
            raise SystemExit(f"{name}: {changed[0]}; {REMEDY}")
        if not changed and before["model_version"] == MODEL_VERSION:
            return f"{name}: unchanged"
    path.write_text(text_of(now), encoding="utf-8")
    return f"{name}: written"


def text_of(result: dict[str, Any]) -> str:
    """A golden result as JSON with a row of a table on each line, so that a diff shows rows."""
    lines = []
    for name, value in result.items():
        if isinstance(value, dict):
            rows = [f"  {json.dumps(row)}: {json.dumps(numbers)}" for row, numbers in value.items()]
            lines.append(f" {json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n }")
        else:
            lines.append(f" {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


REMEDY = (
    "numbers changed: if they were meant to, raise MODEL_VERSION in sim/experiment/result.py, say why under "
    "'Numbers change' in CHANGELOG.md, and run make golden"
)
