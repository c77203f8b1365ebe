"""Text to plain data and back: a small, safe part of YAML.

What a planner's file may hold is mappings, lists, text, numbers, true, false, null and ISO dates.
Aliases, tags, duplicate keys, NaN, infinities, deep nesting and large files are refused with the line
on which they stand. `on`, `off`, `yes` and `no` are text here, as in YAML 1.2.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import Resolver
from yaml.scanner import Scanner

from sim.errors import BadInput, one_line

LARGEST_TEXT = 1_000_000  # characters
DEEPEST = 30

_FLOAT = re.compile(r"[-+]?(\d[\d_]*\.[\d_]*|\.\d+|\d[\d_]*)([eE][-+]?\d+)?$")
_INT = re.compile(r"[-+]?\d[\d_]*$")


class _PureEvents(Reader, Scanner, Parser):
    """The events of a text, read by PyYAML itself."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)


# libyaml reads the text where PyYAML was built with it, five times as fast; nodes are composed here either way.
_Events: Any = getattr(yaml.cyaml, "CParser", _PureEvents) if yaml.__with_libyaml__ else _PureEvents


class _Loader(Composer, _Events, SafeConstructor, Resolver):  # type: ignore[misc]
    """PyYAML's safe loader with YAML 1.2's plain values, without aliases and deep nesting."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def __init__(self, text: str) -> None:
        _Events.__init__(self, text)
        Composer.__init__(self)
        SafeConstructor.__init__(self)
        Resolver.__init__(self)
        self.depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        if isinstance(event, yaml.AliasEvent):
            raise BadInput(_line(event), "aliases are not allowed", remedy="write the value out")
        if self.depth >= DEEPEST:
            raise BadInput(_line(event), f"is nested deeper than {DEEPEST} levels")
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BadInput(_line(key), "a key must be plain text")
            if key.value in found:
                raise BadInput(_line(key), "this key stands twice", key.value, "keep one of them")
            found[str(key.value)] = self.construct_object(value, deep=True)
        return found


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _number(loader: Any, node: Any) -> float | int:
    text = node.value.replace("_", "")
    number = int(text) if _INT.match(text) and len(text) < 20 else float(text)
    if not math.isfinite(number):
        raise BadInput(_line(node), "numbers must be finite", node.value)
    return number


def _not_finite(loader: Any, node: Any) -> None:
    raise BadInput(_line(node), "numbers must be finite", node.value)


def _date(loader: Any, node: Any) -> datetime.date:
    try:
        return datetime.date.fromisoformat(node.value)
    except ValueError:
        raise BadInput(_line(node), "is no calendar date", node.value, "write YYYY-MM-DD") from None


def _plain(tag: str, pattern: str | re.Pattern[str], first: str, construct: Any) -> None:
    _Loader.add_implicit_resolver(tag, re.compile(pattern), list(first))
    _Loader.add_constructor(tag, construct)


_plain("tag:yaml.org,2002:bool", r"(true|false)$", "tf", lambda loader, node: node.value == "true")
_plain("tag:yaml.org,2002:null", r"(null|~|)$", "n~", lambda loader, node: None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"$"), [""])
_plain("tag:yaml.org,2002:timestamp", r"\d{4}-\d{2}-\d{2}$", "0123456789", _date)
_plain("tag:yaml.org,2002:float", r"[-+]?\.(nan|NaN|NAN|inf|Inf|INF)$", "-+.", _not_finite)
_plain("tag:siap,2026:number", _FLOAT, "-+.0123456789", _number)


def read(text: str, where: str) -> Any:
    """The plain data that a YAML text stands for.

    Raises
    ------
    BadInput
        With `where` and the line, for anything outside the allowed part of YAML.
    """
    if len(text) > LARGEST_TEXT:
        raise BadInput(where, f"is longer than {LARGEST_TEXT:,} characters", len(text))
    try:
        return _Loader(text).get_single_data()
    except BadInput as error:
        raise error.at(where) from None
    except yaml.MarkedYAMLError as error:
        line = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise BadInput(f"{where}{line}", f"cannot be read as YAML ({one_line(error.problem or 'unknown')})") from None
    except yaml.YAMLError as error:
        raise BadInput(where, f"cannot be read as YAML ({one_line(str(error))})") from None


def write(data: Any) -> str:
    """YAML text that `read` turns back into `data`."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


# libyaml writes it, too, four times as fast.
_Written: Any = getattr(yaml.cyaml, "CSafeDumper", yaml.SafeDumper) if yaml.__with_libyaml__ else yaml.SafeDumper


class _Dumper(_Written):  # type: ignore[misc]
    """PyYAML's safe dumper without aliases; text that `read` would take for another type is quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, text: str) -> Any:
    plain_elsewhere = any(pattern.match(text) for pattern in (_FLOAT, re.compile(r"\d{4}-\d{2}-\d{2}$")))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if plain_elsewhere else None)


def _float(dumper: Any, number: float) -> Any:
    whole = number == int(number) and abs(number) < 1e15
    return dumper.represent_int(int(number)) if whole else yaml.SafeDumper.represent_float(dumper, number)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _float)
