"""What the numbers of a scenario are measured in: unit and ranges, from the metadata of their fields."""

from __future__ import annotations

import functools
import typing
from collections.abc import Hashable
from typing import Any, cast

from sim.outcomes.numbers import at
from sim.scenario import Scenario
from sim.value import Measure


def measure_of(scenario: Scenario, path: str) -> Measure:
    """Unit and ranges of the number at a path, from its field's metadata; of a member, from its list's or mapping's."""
    return _measure(annotation_of(scenario, path)) or Measure("")


def unit_of(scenario: Scenario, path: str) -> str:
    """The unit that a number at a path is written in: chances as shares, whose small ones keep two digits."""
    unit = measure_of(scenario, path).unit
    return "share" if unit == "probability" else unit


def _measure(annotation: Any) -> Measure | None:
    found = [m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Measure)]
    inside = (_measure(part) for part in typing.get_args(annotation))
    return found[0] if found else next((measure for measure in inside if measure is not None), None)


def annotation_of(scenario: Scenario, path: str) -> Any:
    """The type that the field at a path is declared with; of a member that of its list or mapping."""
    parent, _dot, field = path.rpartition(".")
    fields = _hints(cast(Hashable, type(at(scenario, parent) if parent else scenario)))
    return fields[field] if field in fields else annotation_of(scenario, parent)


@functools.cache
def _hints(kind: Hashable) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)
