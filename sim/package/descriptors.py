"""What says to other programs what lies in a package: a Data Package, and an RO-Crate with one action a run."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import io
import json
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import BadInput
from sim.experiment import Result
from sim.experiment.extra import library
from sim.package.layout import (
    CRATE,
    DATAPACKAGE,
    FIGURE_COLUMNS,
    FIGURES,
    PREVIEW,
    TABLE_FORMS,
    TABLE_OF,
    TABLES,
    Column,
)
from sim.package.tables import file_of
from sim.store import run_id

PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
CRATE_VERSION, CRATE_PROFILE = "1.1", "process-run-crate-0.5"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
LICENCE = {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "CC BY 4.0"}
KEYWORDS = ("discrete-event simulation", "policy analysis", "export readiness", "Indonesia")
RUNS = "runs"  # the table that the others refer to
SOFTWARE = "#siap"  # in the crate; the project has no address of its own yet
MEDIA = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
}


@dataclasses.dataclass(frozen=True)
class Credits:
    """Whose a package is.

    Attributes
    ----------
    title : str
    authors : tuple of (str, str)
        Name, and ORCID or an empty text.
    made : datetime
    version : str
        Of Siap.
    """

    title: str
    authors: tuple[tuple[str, str], ...]
    made: datetime.datetime
    version: str


def datapackage(files: Mapping[str, bytes], credits: Credits, found: Sequence[Result]) -> bytes:
    """`datapackage.json`: every table with its columns, units, sizes and checksums."""
    resources = [
        _resource(name, form, files[f"{TABLES}/{name}.{form}"]) for name in TABLE_OF for form in TABLE_FORMS
    ] + [_figure(path, files[path]) for path in sorted(files) if path.startswith(FIGURES) and path.endswith(".csv")]
    content = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"siap-{hashlib.sha256(''.join(map(run_id, found)).encode()).hexdigest()[:12]}",
        "title": credits.title,
        "version": "1.0.0",
        "created": credits.made.isoformat(),
        "licenses": [LICENCE],
        "contributors": [{"title": name, "roles": ["author"]} for name, _ in credits.authors],
        "sources": [{"title": f"Siap {credits.version}"}],
        "resources": resources,
    }
    return as_json(content)


def _resource(name: str, form: str, data: bytes) -> dict[str, Any]:
    table = TABLE_OF[name]
    head = {
        "name": name if form == "csv" else f"{name}-{form}",
        "path": f"{TABLES}/{name}.{form}",
        "title": table.title,
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "format": form,
        "mediatype": MEDIA[f".{form}"],
    }
    if form != "csv":
        return head | {"type": "file"}  # frictionless would read it as a table, and count no bytes
    schema: dict[str, Any] = _schema(table.columns) | {"primaryKey": list(table.key)}
    if name != RUNS and "run" in (column.name for column in table.columns):
        schema["foreignKeys"] = [{"fields": ["run"], "reference": {"resource": RUNS, "fields": ["run"]}}]
    return head | {"type": "table", "encoding": "utf-8", "schema": schema}


def _schema(columns: Sequence[Column]) -> dict[str, Any]:
    return {"fields": [_field(column) for column in columns], "missingValues": [""]}


def _field(column: Column) -> dict[str, Any]:
    """A column; its unit in words too, since not every reader knows the property."""
    meaning = f"{column.meaning} [{column.unit}]" if column.unit else column.meaning
    found = {"name": column.name, "type": column.kind, "title": column.name, "description": meaning}
    return found | ({"unit": column.unit} if column.unit else {})


def _figure(path: str, data: bytes) -> dict[str, Any]:
    """The numbers that are drawn in a figure, of which the name says the kind."""
    stem = path.removesuffix(".csv")
    kind = stem.rpartition("-")[2]
    return {
        "name": stem.replace("/", "-").lower(),
        "path": path,
        "title": f"What is drawn in {stem}.svg",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "format": "csv",
        "mediatype": MEDIA[".csv"],
        "type": "table",
        "encoding": "utf-8",
        "schema": _schema(FIGURE_COLUMNS[kind]),
    }


def crate(files: Mapping[str, bytes], titles: Mapping[str, str], credits: Credits, found: Sequence[Result]) -> bytes:
    """`ro-crate-metadata.json`: every file with what it is, and each run as an action of the software.

    Parameters
    ----------
    files : mapping of path to bytes
    titles : mapping of path to str
        What a file is, in words; figures have their alternative text here.
    credits : Credits
    found : sequence of Result
    """
    made = library("rocrate.rocrate", "export").ROCrate(version=CRATE_VERSION)
    made.name, made.description = credits.title, "Simulation runs of Siap that `siap verify` reruns and compares."
    made.license, made.datePublished = LICENCE["path"], credits.made
    made.root_dataset["conformsTo"] = {"@id": PROFILE}
    made.root_dataset["author"] = [made.add_jsonld(_person(*author)) for author in credits.authors]
    made.root_dataset["keywords"] = ", ".join(KEYWORDS)
    made.add_jsonld({"@id": PROFILE, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"})
    made.add_jsonld({"@id": LICENCE["path"], "@type": "CreativeWork", "name": LICENCE["title"]})
    software = {"@id": SOFTWARE, "@type": "SoftwareApplication", "name": "Siap"}
    instrument = made.add_jsonld(software | {"softwareVersion": credits.version, "version": credits.version})
    entities = {path: made.add_file(io.StringIO(""), path, properties=_file(path, files, titles)) for path in files}
    entities[PREVIEW]["about"] = {"@id": "./"}
    results = [entities[path] for path in files if path.startswith(f"{TABLES}/")]
    for result in found:
        made.add_action(
            instrument=instrument,
            object=entities[file_of(result)],
            result=results,
            identifier=f"#run-{run_id(result)}",
            properties=_action(result, credits),
        )
    return as_json(made.metadata.generate())


def _person(name: str, orcid: str) -> dict[str, Any]:
    key = f"https://orcid.org/{orcid}" if orcid else f"#author-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return {"@id": key, "@type": "Person", "name": name}


def _file(path: str, files: Mapping[str, bytes], titles: Mapping[str, str]) -> dict[str, Any]:
    media = MEDIA.get(Path(path).suffix, "application/octet-stream")
    size, digest = len(files[path]), hashlib.sha256(files[path]).hexdigest()
    said = {"name": path, "description": titles.get(path, path), "encodingFormat": media}
    return said | {"contentSize": str(size), "sha256": digest}


def _action(result: Result, credits: Credits) -> dict[str, Any]:
    author = _person(*credits.authors[0])["@id"]
    settings = f"{result.replications} replications, seed {result.seed}, engine {result.engine}"
    return {
        "@type": "CreateAction",
        "name": f"Simulation of {result.scenario.name}",
        "description": settings,
        "endTime": credits.made.isoformat(),
        "agent": {"@id": author},
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }


def check(folder: Path) -> None:
    """Refuse a package that others' validators would refuse.

    Parameters
    ----------
    folder : Path
        In which its files lie.

    Raises
    ------
    BadInput
        With the first thing that is wrong.
    """
    report = library("frictionless", "export").validate(str(folder / DATAPACKAGE))
    if not report.valid:
        first = report.flatten(["type", "note"])[0] if report.flatten(["type", "note"]) else report.errors
        raise BadInput(DATAPACKAGE, f"is not valid ({first})", remedy="please report this")
    services, models = library("rocrate_validator.services", "export"), library("rocrate_validator.models", "export")
    with tempfile.TemporaryDirectory() as cache:
        settings = models.ValidationSettings(
            rocrate_uri=models.URI(str(folder)),
            profile_identifier=CRATE_PROFILE,
            offline=True,
            cache_path=_context_in(Path(cache)),
            skip_availability_check=True,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the validator's own, of rdflib
            result = services.validate(settings)
    if not result.passed():
        first = next(iter(result.get_issues())).message
        raise BadInput(CRATE, f"is not valid ({first})", remedy="please report this")


def _context_in(folder: Path) -> str:
    """A cache with the context of crates, since the validator asks for it and there may be no network.

    It is the one that RO-Crate's own library carries, a newer one in which the older's terms mean the same.
    """
    requests_cache, urllib3 = library("requests_cache", "export"), library("urllib3", "export")
    adapters = library("requests.adapters", "export")
    context = (Path(str(library("rocrate", "export").__file__)).parent / "data" / "ro-crate.jsonld").read_bytes()

    class Carried(adapters.HTTPAdapter):  # type: ignore[misc, name-defined]
        def send(self, request: Any, **_options: Any) -> Any:
            headers = {"Content-Type": "application/ld+json"}
            answer = urllib3.HTTPResponse(io.BytesIO(context), headers=headers, status=200, preload_content=False)
            return self.build_response(request, answer)

    name = str(folder / "context")
    with requests_cache.CachedSession(cache_name=name, backend="sqlite", expire_after=-1) as session:
        session.mount("https://", Carried())
        session.get(CONTEXT)
    return name


def as_json(content: Any) -> bytes:
    """Plain data as a file of JSON."""
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()
