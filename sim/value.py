"""What it means to be a value here: frozen, validated when made, and described by its own metadata.

`value` makes a class into one; `Measure` says of a number what it counts, which range is possible
and which range a slider offers. Checks, sliders, tables and schemas all read the same `Measure`.
Nothing here knows the model.
"""

from __future__ import annotations

import dataclasses
import functools
import typing
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform

from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as pydantic_dataclass
from pydantic_core import CoreSchema, core_schema

from sim.errors import BadInput, unknown

T = TypeVar("T")
CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=False)


@dataclasses.dataclass(frozen=True)
class Measure:
    """What a number means: its unit, the range that is possible, the range a slider offers.

    Attributes
    ----------
    unit : str
        Singular, in English ("day", "IDR", "share", "item"); translated where it is shown.
    at_least, at_most : float
        Bounds of what can be true at all; a number outside is refused.
    slider : tuple of float, optional
        Low and high end of the control offered to planners; None if the number is no lever.
    step : float, optional
        Smallest move of that control.
    logarithmic : bool
        Whether equal moves of the control multiply the number.
    """

    unit: str
    at_least: float = float("-inf")
    at_most: float = float("inf")
    slider: tuple[float, float] | None = None
    step: float | None = None
    logarithmic: bool = False

    def check(self, number: float) -> None:
        """Refuse a number outside the possible range."""
        if not self.at_least <= number <= self.at_most:
            raise BadInput("", f"must be {self.range_in_words()}", number)

    def range_in_words(self) -> str:
        """The possible range with its unit, as a message says it."""
        low, high = f"{self.at_least:g}", f"{self.at_most:g}"
        if self.at_most == float("inf"):
            return f"at least {low} {self.unit}" if self.at_least > float("-inf") else f"a number of {self.unit}"
        if self.at_least == float("-inf"):
            return f"at most {high} {self.unit}"
        return f"between {low} and {high} {self.unit}"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def checked(raw: Any, inner: Callable[[Any], Any]) -> Any:
            if isinstance(raw, (str, bool)):
                raise BadInput("", f"must be a plain number ({self.range_in_words()})", raw)
            number = inner(raw)
            for part in _numbers(number):
                self.check(part)
            return number

        return core_schema.no_info_wrap_validator_function(checked, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        found = dict(handler(schema))
        found["x-unit"] = self.unit
        if self.at_least > float("-inf"):
            found["x-at-least"] = self.at_least
        if self.at_most < float("inf"):
            found["x-at-most"] = self.at_most
        if self.slider:
            found["x-slider"] = list(self.slider)
        return found


def _numbers(number: Any) -> tuple[float, ...]:
    """Every plain number inside `number`, which may be a quantity with a range."""
    ends = getattr(number, "ends", None)
    return ends if ends is not None else () if number is None else (number,)


@dataclass_transform(frozen_default=True)
def value(cls: type[T]) -> type[T]:
    """Class decorator: a frozen pydantic dataclass whose errors are `BadInput`, one line each."""
    made: Any = pydantic_dataclass(frozen=True, config=CONFIG)(cls)
    validated = made.__init__
    names = [field.name for field in dataclasses.fields(made)]

    @functools.wraps(validated)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        # Values given by position are named, so that a message says "mean" and not "0".
        if len(args) <= len(names) and not kwargs.keys() & set(names[: len(args)]):
            args, kwargs = (), dict(zip(names, args, strict=False)) | kwargs
        try:
            validated(self, *args, **kwargs)
        except ValidationError as error:
            raise complaint(error, cls.__name__, cls) from None

    made.__init__ = init
    MADE.update({made.__name__, *([made.kind] if isinstance(getattr(made, "kind", None), str) else [])})
    return made


def replaced(thing: T, **fields: Any) -> T:
    """`thing` with other values in some fields, unvalidated: its parts were checked where they came from."""
    made = object.__new__(type(thing))
    # Field by field: what a cached property left in the dictionary is not true of the other.
    made.__dict__.update({name: getattr(thing, name) for name in thing.__dataclass_fields__} | fields)  # type: ignore[attr-defined]
    return made


def parse(kind: type[T], raw: Any, where: str = "") -> T:
    """Make a value of `kind` from plain data; raise one `BadInput` that names the field.

    Parameters
    ----------
    kind : type
        A class made with `value`, or any annotation pydantic understands.
    raw : object
        Mappings, lists and plain values, as a YAML file gives them.
    where : str
        The file, put before the field in the message.
    """
    try:
        return _adapter(kind).validate_python(raw)
    except ValidationError as error:
        raise complaint(error, where, kind, raw) from None


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """The validator of a kind, made once."""
    if kind not in ADAPTERS:
        ADAPTERS[kind] = TypeAdapter(kind)
    return ADAPTERS[kind]


ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def complaint(error: ValidationError, where: str, kind: Any = None, raw: Any = None) -> BadInput:
    """The most telling error of a pydantic validation as one `BadInput`.

    Parameters
    ----------
    error : ValidationError
    where : str
        Put before the place.
    kind : type
        What was to be made; knows the fields that there are.
    raw : object
        What it was to be made from; names the members of lists.
    """
    first = min(error.errors(include_url=False), key=_distraction)
    context, path = first.get("ctx", {}), first["loc"]
    place = _joined(where, _place(path, raw))
    if isinstance(inner := context.get("error"), BadInput):
        return inner.at(place)
    if first["type"] in ("unexpected_keyword_argument", "extra_forbidden"):
        return unknown(_joined(where, _place(path[:-1], raw)), "field", str(path[-1]), _fields_at(kind, path[:-1]))
    if first["type"] == "union_tag_invalid":
        tags = [tag.strip(" '") for tag in str(context["expected_tags"]).split(",")]
        return unknown(f"{place}.kind", "kind", str(context["tag"]), tags)
    if first["type"] == "union_tag_not_found":
        return BadInput(f"{place}.kind", "is required and missing", remedy="add it")
    if first["type"] in ("missing", "missing_argument"):
        return BadInput(place, "is required and missing", remedy="add it")
    return BadInput(place, first["msg"].removeprefix("Value error, ").removeprefix("Input "), first["input"])


# What pydantic says of an alternative of a union that the value could never have been.
PLAINLY_OTHER = ("float_type", "string_type", "none_required", "dataclass_type", "dataclass_exact_type")


def _distraction(error: Any) -> tuple[bool, bool]:
    """How little an error says: the alternatives that could never fit say less than the one that nearly did."""
    other = error["type"] in PLAINLY_OTHER and isinstance(error["input"], dict | list | tuple)
    return other, error["type"] == "dataclass_type"


def _joined(where: str, place: str) -> str:
    return f"{where}: {place}" if where and place else where or place


def _place(path: tuple[int | str, ...], raw: Any) -> str:
    """A place as the file has it: members of lists by their name, without what pydantic put in between."""
    parts = []
    for part in path:
        if isinstance(raw, list | tuple) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
            parts.append(str(raw.get("name", part)) if isinstance(raw, dict) else str(part))
        elif isinstance(raw, dict) and part in raw:
            raw = raw[part]
            parts.append(str(part))
        elif not _internal(str(part)):
            parts.append(str(part))
    return ".".join(parts)


MADE: set[str] = set()  # names of all value classes, and the kinds by which unions tell them apart


def _internal(part: str) -> bool:
    """Whether pydantic put this part into the place itself: a union's member or a wrapper."""
    wrapper = "[" in part or ("-" in part and "function" in part)
    return wrapper or part in ("float", "str", "int", "number") or part in MADE


def _fields_at(kind: Any, path: tuple[int | str, ...]) -> list[str]:
    """Names of the fields of the value class at `path` inside `kind`, as far as it can be followed."""
    for part in path:
        for candidate in _value_classes(kind):
            if part in (candidate.__name__, getattr(candidate, "kind", None)):
                kind = candidate
                break
            hints = typing.get_type_hints(candidate, include_extras=True)
            if part in hints:
                kind = hints[str(part)]
                break
    return sorted({f.name for k in _value_classes(kind) for f in dataclasses.fields(k)})


def _value_classes(annotation: Any) -> list[Any]:
    """The value classes that an annotation mentions, itself included."""
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):  # a validator is an instance of one
        return [annotation]
    return [found for part in typing.get_args(annotation) for found in _value_classes(part)]
