"""Plain data and the paths into it: ``resources.coach.units``, ``clusters.NAME.wave``.

Members of a list are addressed by their name. A path that leads nowhere is refused with the nearest
that exists.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from sim.errors import BadInput, unknown

TEXT_FIELDS = frozenset(
    {"title", "about", "label", "row", "assumption", "given", "counts", "place", "product", "channel", "channel_title"}
)
BY_NAME = frozenset(
    {"resources", "pools", "needs", "turnover", "classes", "rmb", "idr", "before_start", "before_start_dates"}
)
WHOLE = frozenset({"case", "campaign", "pathway", "demand"})  # documents, whose own name changes nothing
LABEL_ONLY = frozenset({"name", "seed", "replications"})  # of a scenario, not of its parts


def plain(thing: Any) -> Any:
    """`thing` as mappings, lists and plain values; fields that are None or empty are left out."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        pairs = ((f.name, plain(getattr(thing, f.name))) for f in dataclasses.fields(thing))
        return {name: v for name, v in pairs if v is not None and v != {} and v != []}
    if isinstance(thing, dict):
        return {k: plain(v) for k, v in thing.items()}
    if isinstance(thing, tuple | list):
        return [plain(v) for v in thing]
    return thing


def opened(thing: Any) -> Any:
    """One level of `thing` as a mapping or list of its own, what is inside as it is; a plain value is itself."""
    if dataclasses.is_dataclass(thing):
        fields = ((f.name, getattr(thing, f.name)) for f in dataclasses.fields(thing))
        return {name: v for name, v in fields if v is not None and v != {} and v != ()}
    if isinstance(thing, dict):
        return dict(thing)
    return list(thing) if isinstance(thing, list | tuple) else thing


def canonical(data: Any, top: bool = True, by_name: bool = False) -> Any:
    """What of plain data can change a number: no texts, seeds or evidence; every number a float.

    Parameters
    ----------
    top : bool
        Whether `data` is a whole document, whose own name changes nothing.
    by_name : bool
        Whether the keys of `data` are names that somebody chose, such as those of resources, and not fields.
    """
    if isinstance(data, dict):
        if by_name:
            return {k: canonical(v, top=False) for k, v in data.items()}
        certain = data.get(
            "chosen", data["central"] if data.get("low") == data.get("high") and "central" in data else None
        )
        if certain is not None:
            return canonical(certain)
        hidden = TEXT_FIELDS | (LABEL_ONLY if top else frozenset())
        return {k: canonical(v, k in WHOLE, k in BY_NAME) for k, v in data.items() if k not in hidden}
    if isinstance(data, list):
        return [canonical(v, top=False) for v in data]
    if isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return data.isoformat() if isinstance(data, datetime.date) else data


def put(data: Any, path: str, value: Any) -> dict[str, Any]:
    """A copy of `data` in which the place at `path` holds `value`.

    Parameters
    ----------
    data : mapping or value
        Plain data, or a value such as a scenario. Only what lies on the path is copied, and taken apart where it is
        a value; everything beside it is shared, so that values there need no second validation.
    path : str
    value : plain value

    Raises
    ------
    BadInput
        If the path, up to its last part, leads nowhere. An unknown last part is left to validation,
        which knows the fields that were left out because they are empty.
    """
    made: dict[str, Any] = opened(data)
    *parents, last = split(path)
    place: Any = made
    for depth, part in enumerate(parents):
        key = _key(place, part, ".".join(parents[: depth + 1]))
        place[key] = opened(place[key])
        place = place[key]
    if isinstance(place, list):
        place[_index(place, last, path)] = value
    elif isinstance(place, dict):
        place[last] = _kept_range(place.get(last), value)
    else:
        raise BadInput(path, "is no place that can be set", remedy="see `siap check` for the fields of a scenario")
    return made


def changed(data: Any, path: str, value: Any) -> dict[str, Any]:
    """`put`, with what follows from it: who sets a least number of items means the rule that counts them."""
    made = put(data, path, value)
    return put(made, "campaign.stock_rule", "items") if path == "campaign.min_stock_items" else made


def split(path: str) -> list[str]:
    """The parts of a path; refuses one with nothing between its dots."""
    parts = path.split(".")
    if not all(parts):
        raise BadInput("name", "must be parts joined by single dots", path, "for example resources.coach.units")
    return parts


def _kept_range(old: Any, value: Any) -> Any:
    """A lever that is moved keeps the range and the source it is offered with, but is no longer what somebody gave."""
    old = plain(old) if hasattr(old, "chosen") else old
    if isinstance(old, dict) and "chosen" in old and not isinstance(value, dict):
        return {**{k: v for k, v in old.items() if k != "given" or old["chosen"] == value}, "chosen": value}
    return value


def _key(place: Any, part: str, path: str) -> Any:
    """Where `place` has a part that a path leads into."""
    if isinstance(place, list):
        return _index(place, part, path)
    if not isinstance(place, dict):
        raise BadInput(path, "leads into a plain value", place)
    if not _has_parts(place.get(part)):
        raise unknown(path, "part of a scenario", part, [k for k, v in place.items() if _has_parts(v)])
    return part


def _has_parts(thing: Any) -> bool:
    return dataclasses.is_dataclass(thing) or isinstance(thing, dict | list | tuple)


def _index(place: list[Any], part: str, path: str) -> int:
    names = [str(_name(v, i)) for i, v in enumerate(place)]
    if part not in names:
        raise unknown(path, "member of this list", part, names)
    return names.index(part)


def _name(member: Any, number: int) -> Any:
    """The name of a member of a list, or its number where it has none."""
    return member.get("name", number) if isinstance(member, dict) else getattr(member, "name", number)
