"""A small research package as a mapping of files, to be changed, sealed again and zipped in any way."""

import hashlib
import io
import json
import platform
import zipfile
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.experiment import MODEL_VERSION
from sim.experiment.result import simulate
from sim.package import tables
from sim.package.layout import CHECKSUMS, FORM, MANIFEST, TABLE_OF
from sim.store import run_id
from tests.store.scenarios import uncertain

Files = dict[str, bytes]
REPLICATIONS = 4
SEEDS = (7, 8, 7)
SOURCED = (  # as if two of its numbers rested on evidence
    uncertain()
    .set("demand.discount", {"central": 0.2, "low": 0.1, "high": 0.3, "row": "E108"})
    .set("campaign.gates.stock.deadline_days", {"central": 45, "low": 30, "high": 60, "row": "E302"})
)


def files() -> Files:
    """Two runs of the small scenario and one with more coaches, as a package has them, but for what is for people."""
    scenarios = [SOURCED, SOURCED, SOURCED.set("resources.coach.units", 5)]
    found = [simulate(one, REPLICATIONS, seed) for one, seed in zip(scenarios, SEEDS, strict=True)]
    made: Files = {tables.file_of(one): one.scenario.text.encode() for one in found}
    for name, frame in tables.made(found).items():
        made[f"tables/{name}.parquet"] = tables.parquet_bytes(frame, TABLE_OF[name])
        made[f"tables/{name}.csv"] = tables.csv_bytes(frame, TABLE_OF[name])
    runs = [
        {
            "run": run_id(one),
            "file": tables.file_of(one),
            "scenario": one.scenario.name,
            "digest": one.scenario.digest,
            "seed": one.seed,
            "replications": one.replications,
            "engine": one.engine,
        }
        for one in found
    ]
    head = {"form": FORM, "siap": "0.1.0", "model_version": MODEL_VERSION, "made": "2026-11-25T01:00:00+00:00"}
    made[MANIFEST] = json.dumps(head | {"system": here(), "runs": runs}).encode()
    return sealed(made)


def here() -> dict[str, Any]:
    names = ("numpy", "scipy", "pandas", "pyarrow")
    return {
        "platform": platform.platform(),
        "machine": platform.machine(),
        "cores": 2,
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in names},
    }


def sealed(made: Files) -> Files:
    """The same with checksums that are right."""
    rest = {name: data for name, data in made.items() if name != CHECKSUMS}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(rest.items()))
    return rest | {CHECKSUMS: sums.encode()}


def stated(made: Files, **changes: Any) -> Files:
    """The same with other things in its manifest, sealed again."""
    manifest = json.loads(made[MANIFEST]) | changes
    return sealed(made | {MANIFEST: json.dumps(manifest).encode()})


def run_stated(made: Files, number: int = 0, **changes: Any) -> Files:
    """The same with other things said of one of its runs, sealed again."""
    runs = json.loads(made[MANIFEST])["runs"]
    runs[number] |= changes
    return stated(made, runs=runs)


def zipped(made: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in made.items():
            file.writestr(name, data)
    return out.getvalue()


def written(path: Path, made: Files | bytes) -> Path:
    path.write_bytes(made if isinstance(made, bytes) else zipped(made))
    return path
