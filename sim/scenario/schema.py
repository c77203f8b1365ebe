"""JSON Schemas of the seed files, generated from the classes that read them.

`python -m sim.scenario.schema docs/schema` writes them; a test compares what is there with the code.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from sim.scenario.scenario import SCHEMA_VERSION
from sim.scenario.seeds import KINDS, write_whole

REFERENCE = {
    "type": "object",
    "description": "The numbers of an evidence row, converted to this place's unit.",
    "required": ["row"],
    "properties": {"row": {"type": "string"}, "times": {"type": "number"}, "assumption": {"type": "string"}},
    "additionalProperties": False,
}
USE = {
    "description": "A document of this kind by its name, or what is put over the one used or over the base's.",
    "anyOf": [{"type": "string"}, {"type": "object", "properties": {"use": {"type": "string"}}}],
}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of one kind of file, as it is written by hand: references and rows allowed."""
    found = TypeAdapter(KINDS[kind]).json_schema()
    if "$ref" in found:  # a class that refers to itself
        found |= found["$defs"][found.pop("$ref").rsplit("/", 1)[1]]
    found["$defs"]["Quantity"] = {"anyOf": [found["$defs"]["Quantity"], REFERENCE], "title": "Quantity"}
    properties = found["properties"]
    properties |= {
        "schema_version": {"type": "integer", "minimum": 1, "maximum": SCHEMA_VERSION},
        "kind": {"const": kind},
    }
    found["required"] = ["schema_version", "kind", *found.get("required", [])]
    if kind == "scenario":
        _loosened(found)
    if kind == "demand":
        properties["name"], properties["title"] = {"type": "string"}, {"type": "object"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Siap {kind}"} | found


def _loosened(found: dict[str, Any]) -> None:
    """A scenario may use other documents, or start from a base and set places."""
    properties = found["properties"]
    for part in ("campaign", "pathway", "demand"):
        properties[part] = {"anyOf": [properties[part], USE]}
    properties["clusters"] = {"type": "array", "items": {"anyOf": [properties["clusters"]["items"], USE]}}
    properties |= {"base": {"type": "string"}, "set": {"type": "object", "description": "Paths to values."}}
    found["required"] = ["schema_version", "kind", "name", "seed"]


def text(kind: str) -> str:
    """The schema of one kind as it is kept in `docs/schema`."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main(folder: str) -> None:
    """Write every schema into a folder."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        write_whole(Path(folder) / f"{kind}.schema.json", text(kind))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs/schema")
