"""Writing a package: made in full, checked by others' validators, then written whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import BadInput
from sim.experiment import MODEL_VERSION, Result
from sim.package import cover, descriptors, figures, stress
from sim.package import tables as made
from sim.package.descriptors import Credits, as_json
from sim.package.layout import (
    CHECKSUMS,
    CRATE,
    DATAPACKAGE,
    ENVIRONMENT,
    FIGURES,
    FORM,
    MANIFEST,
    PREVIEW,
    README,
    SCHEMA,
    TABLE_FORMS,
    TABLE_OF,
    TABLES,
    WORKBOOK,
)
from sim.package.workbook import workbook
from sim.scenario import schema
from sim.scenario.seeds import write_whole
from sim.store import here, run_id

if TYPE_CHECKING:
    import pandas as pd

NOBODY = "Not named"
Progress = Callable[[int, int], None]
MOST_SEED = 2**63
MOST_DRAWN = 12  # runs with figures: of a whole sweep nobody looks at each
TITLES = {  # of what every package has, in words
    "stress-des.md": "STRESS-DES checklist, what the authors must answer first",
    "stress-des.json": "The same as plain data",
    f"{ENVIRONMENT}/environment.json": "Where it was made: system, Python, libraries",
    f"{ENVIRONMENT}/requirements.txt": "Every installed package with its version",
    "LICENSE.txt": "What may be done with it",
    "CITATION.cff": "How to cite it",
    ".zenodo.json": "What Zenodo fills its form with",
    SCHEMA: "JSON Schema of a scenario file",
    WORKBOOK: "Tables for Excel",
    MANIFEST: "Runs with scenario, seed, replications, engine, versions: what siap verify goes by",
    README: "What this is, and how to run it again",
    PREVIEW: "The package as a page",
}
STEPS = 4  # tables, figures, checks, file


def export(
    found: Sequence[Result],
    to: str | Path,
    title: str | None = None,
    authors: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Path:
    """Write a research package of some runs.

    Parameters
    ----------
    found : sequence of Result
    to : str or Path
        The ZIP file; one that is there is replaced, once the new one is whole.
    title : str, optional
    authors : sequence of (str, str)
        Name, and ORCID or an empty text.
    progress : callable, optional
        Called with steps done, and all.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    BadInput
        If there is nothing to write, the same run is there twice, a validator refuses the package, or it cannot be
        written.
    """
    path, runs = Path(to), [run_id(one) for one in found]
    if not found:
        raise BadInput("runs", "must be at least one")
    if (largest := max(one.seed for one in found)) >= MOST_SEED:
        raise BadInput(
            "seed", f"must be below {MOST_SEED} in a package, whose tables have whole numbers of 64 bits", largest
        )
    if len(set(runs)) < len(runs):
        raise BadInput("runs", "has one run twice", max(runs, key=runs.count), "leave one out")
    told = progress or (lambda _done, _all: None)
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    credits = Credits(title or _title(found), tuple(authors) or ((NOBODY, ""),), now, metadata.version("siap"))
    files = contents(found, credits, told)
    told(2, STEPS)
    with tempfile.TemporaryDirectory() as folder:
        for name, data in files.items():
            target = Path(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        descriptors.check(Path(folder))
    told(3, STEPS)
    try:
        write_whole(path, _zipped(files, now))
    except OSError as error:
        raise BadInput(str(path), f"cannot be written ({error.strerror or error})") from None
    told(STEPS, STEPS)
    return path


def contents(found: Sequence[Result], credits: Credits, told: Progress) -> dict[str, bytes]:
    """Every file of a package by its path."""
    system, tables = _system(), made.made(found)
    files, titles = _data(found, tables)
    told(1, STEPS)
    for one in found[:MOST_DRAWN]:
        for figure in figures.of(one):
            stem = f"{FIGURES}/{made.stem_of(one)}-{figure.name}"
            files |= {f"{stem}.svg": figure.svg, f"{stem}.csv": figure.csv}
            titles |= {f"{stem}.svg": figure.alternative, f"{stem}.csv": f"What is drawn in {stem}.svg"}
    items = stress.checklist(found, system)
    about = {"title": credits.title, "made": credits.made.isoformat(), "licence": descriptors.LICENCE["title"]}
    titles |= TITLES
    files |= {
        "stress-des.md": stress.as_markdown(items).encode(),
        "stress-des.json": as_json([vars(item) for item in items]),
        f"{ENVIRONMENT}/environment.json": as_json(system),
        f"{ENVIRONMENT}/requirements.txt": _installed(),
        "LICENSE.txt": cover.licence().encode(),
        "CITATION.cff": cover.citation(credits).encode(),
        ".zenodo.json": cover.zenodo(credits),
        SCHEMA: schema.text("scenario").encode(),
        WORKBOOK: workbook(tables, about, credits.made),
        MANIFEST: as_json(_manifest(found, credits, system)),
        README: cover.readme(found, credits, titles, system).encode(),
        PREVIEW: cover.preview(credits, titles).encode(),
    }
    files[DATAPACKAGE] = descriptors.datapackage(files, credits, found)
    files[CRATE] = descriptors.crate(files, titles, credits, found)
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files[CHECKSUMS] = sums.encode()
    return files


def _data(found: Sequence[Result], tables: Mapping[str, pd.DataFrame]) -> tuple[dict[str, bytes], dict[str, str]]:
    """Scenarios and tables by their paths, and what each file is in words."""
    files: dict[str, bytes] = {made.file_of(one): one.scenario.text.encode() for one in found}
    titles = {made.file_of(one): f"Scenario {one.scenario.name}, every default resolved" for one in found}
    for name, table in TABLE_OF.items():
        files[f"{TABLES}/{name}.parquet"] = made.parquet_bytes(tables[name], table)
        files[f"{TABLES}/{name}.csv"] = made.csv_bytes(tables[name], table)
        titles |= {f"{TABLES}/{name}.{form}": table.title for form in TABLE_FORMS}
    return files, titles


def _system() -> dict[str, Any]:
    """Where this process runs, and with what."""
    found = here()
    return {"platform": found["system"]} | {name: found[name] for name in ("machine", "cores", "python", "libraries")}


def _manifest(found: Sequence[Result], credits: Credits, system: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "form": FORM,
        "siap": credits.version,
        "model_version": MODEL_VERSION,
        "made": credits.made.isoformat(),
        "system": dict(system),
        "runs": [
            {
                "run": run_id(one),
                "file": made.file_of(one),
                "scenario": one.scenario.name,
                "digest": one.scenario.digest,
                "seed": one.seed,
                "replications": one.replications,
                "engine": one.engine,
            }
            for one in found
        ],
    }


def _title(found: Sequence[Result]) -> str:
    return f"Simulation runs: {', '.join(dict.fromkeys(one.scenario.name for one in found))}"


def _installed() -> bytes:
    """Every package of this environment with its version, as pip reads it."""
    names = {(dist.metadata["Name"], dist.version) for dist in metadata.distributions()}
    return "".join(f"{name}=={version}\n" for name, version in sorted(names, key=lambda one: one[0].lower())).encode()


def _zipped(files: Mapping[str, bytes], made_at: datetime.datetime) -> bytes:
    """All files as one, in the order of their names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            file.writestr(info, data)
    return out.getvalue()
