"""The published JSON Schemas are those of the code, and the shipped files follow them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sim.scenario import documents, schema
from sim.scenario.seeds import FOLDERS

ROOT = Path(__file__).parents[2]
FILES = [(kind, file) for kind, folder in FOLDERS.items() for file in sorted((ROOT / "seeds" / folder).glob("*.yaml"))]


def plain(data: Any) -> Any:
    """Dates as JSON has them: text."""
    if isinstance(data, dict):
        return {k: plain(v) for k, v in data.items()}
    if isinstance(data, list):
        return [plain(v) for v in data]
    return data.isoformat() if isinstance(data, date) else data


def test_there_are_files_of_every_kind():
    assert {kind for kind, _ in FILES} == set(schema.KINDS)


def test_the_command_writes_every_schema_as_it_is_published(tmp_path: Path):
    schema.main(str(tmp_path / "schema"))
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / "schema").iterdir()}
    assert written == {f"{kind}.schema.json": schema.text(kind) for kind in schema.KINDS}


@pytest.mark.parametrize("kind", schema.KINDS)
def test_the_published_schema_is_the_codes(kind):
    published = ROOT / "docs" / "schema" / f"{kind}.schema.json"
    assert published.read_text(encoding="utf-8") == schema.text(kind), "run python -m sim.scenario.schema docs/schema"


@pytest.mark.parametrize(("kind", "file"), FILES, ids=[f"{k}: {f.stem}" for k, f in FILES])
def test_a_shipped_file_follows_its_schema(kind, file):
    jsonschema.validate(plain(documents.read(file.read_text(encoding="utf-8"), file.name)), schema.schema(kind))


def test_the_schema_refuses_what_the_loader_refuses():
    kind, file = next((k, f) for k, f in FILES if k == "cluster")
    data = plain(documents.read(file.read_text(encoding="utf-8"), file.name))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data | {"workshop": 3}, schema.schema(kind))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({k: v for k, v in data.items() if k != "goods"}, json.loads(schema.text(kind)))
