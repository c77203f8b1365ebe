"""A choice as one short text, to save and to send: canonical JSON, and the same packed so that an address can hold it.

What is read may come from anybody: it is looked at as plain data of limited size, names no file and runs nothing, and
whatever is wrong with it is said in one line.
"""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
import zlib
from typing import Annotated, Any

from pydantic import Field

from sim.errors import BadInput, one_line
from sim.scenario.paths import plain
from sim.text.catalogue import check
from sim.value import parse, value
from sim.view.choice import Choice

FORM = 1  # of the text; raised where an older one could be misread
LARGEST = 8_000  # bytes of text, and characters of its packed form
KEY = "siap"  # in an address
MOST_NAME = 80  # characters
WHERE = "shared scenario"
DAMAGED = "is damaged or was cut off"
AGAIN = "copy it whole, or ask for it again"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


@value
class Stamp:
    """What a shared scenario was when it was shared.

    Attributes
    ----------
    digest : str
        Of the scenario, without its seed.
    version : str
        Of the model.
    figures : dict
        Name to number; None where it was infinite.
    """

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    version: Annotated[str, Field(max_length=40)]
    figures: dict[Annotated[str, Field(max_length=40)], float | None]


@value
class Shared:
    """Everything that brings back a page as it was.

    Attributes
    ----------
    choice : Choice
    stamp : Stamp
    language : str
    name : str
        What the reader called it.
    """

    choice: Choice
    stamp: Stamp
    language: str = "id"
    name: Annotated[str, Field(max_length=MOST_NAME)] = ""

    def __post_init__(self) -> None:
        check(self.language)


def write(shared: Shared) -> str:
    """The text: one line, the same for equal things.

    Raises
    ------
    BadInput
        If it would be too long to be read again.
    """
    said = plain(shared) | {KEY: FORM}
    said["stamp"]["figures"] = shared.stamp.figures  # with those that are None
    text = json.dumps(short(said), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    if (size := len(text.encode())) > LARGEST:
        raise BadInput(WHERE, f"must be at most {LARGEST:,} bytes", size, "write it with Scenario.dump")
    return text


def short(thing: Any) -> Any:
    """Plain data in which a whole number is written as one, since 40 and 40.0 are the same setting."""
    if isinstance(thing, dict):
        return {key: short(part) for key, part in thing.items()}
    if isinstance(thing, list | tuple):
        return [short(part) for part in thing]
    whole = isinstance(thing, float) and thing.is_integer() and abs(thing) < 2**53
    return int(thing) if whole else thing


def read(text: str) -> Shared:
    """What a text says.

    Raises
    ------
    BadInput
        In one line, whatever is wrong with it.
    """
    try:
        if len(text.encode()) > LARGEST:
            raise BadInput(WHERE, f"must be at most {LARGEST:,} bytes", len(text.encode()))
        found = json.loads(text, object_pairs_hook=_object, parse_constant=_not_finite, parse_float=_finite)
        json.dumps(found, ensure_ascii=False).encode()  # half of a character in an escape is none
    except BadInput:
        raise
    except (ValueError, RecursionError):
        raise BadInput(WHERE, DAMAGED, text, AGAIN) from None
    form = found.pop(KEY, None) if isinstance(found, dict) else None
    if form is None:
        raise BadInput(WHERE, "is something else", text, "open what Siap saved or copied")
    if form != FORM:
        raise BadInput(WHERE, "has a form that this Siap does not know", form, "a newer one may have written it")
    if isinstance(found.get("name"), str):
        found["name"] = one_line(found["name"])
    return parse(Shared, found, WHERE)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise BadInput(WHERE, "says one thing twice", remedy=AGAIN)
    return made


def _finite(text: str) -> float:
    if text.lstrip("-")[:1].isdigit() and abs(number := float(text)) < float("inf"):
        return number
    return _not_finite(text)


def _not_finite(text: str) -> float:
    raise BadInput(WHERE, "numbers must be finite", text)


def pack(shared: Shared) -> str:
    """The text in letters, digits, ``-`` and ``_``."""
    return base64.urlsafe_b64encode(zlib.compress(write(shared).encode(), 9)).decode().rstrip("=")


def unpack(token: str) -> Shared:
    """What was packed; `BadInput` for anything else."""
    if len(token) > LARGEST:
        raise BadInput(WHERE, f"must be at most {LARGEST:,} characters", len(token))
    if not _TOKEN.fullmatch(token):
        raise BadInput(WHERE, DAMAGED, token, AGAIN)
    try:
        packed = zlib.decompressobj()
        found = packed.decompress(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)), LARGEST + 1)
        if len(found) > LARGEST or not packed.eof or packed.unused_data:
            raise BadInput(WHERE, DAMAGED, token, AGAIN)
        return read(found.decode())
    except (ValueError, zlib.error) as error:  # BadInput is a ValueError
        raise error if isinstance(error, BadInput) else BadInput(WHERE, DAMAGED, token, AGAIN) from None


def query(shared: Shared) -> str:
    """What an address ends with."""
    return f"?{KEY}={pack(shared)}"


def opened(given: str) -> Shared:
    """What a text, a packed text or an address with one says, whichever was given."""
    given = given.strip().removeprefix("\ufeff")
    if given.startswith("{"):
        return read(given)
    token = in_query(given.partition("?")[2]) if "?" in given else given
    if token is None:
        raise BadInput(WHERE, f"this address has no {KEY}=… in it", given, AGAIN)
    return unpack(token)


def in_query(text: str) -> str | None:
    """The packed text in the query of an address, if there is one."""
    asked = urllib.parse.parse_qs(text.partition("#")[0], max_num_fields=100) if text.count("&") < 100 else {}
    return asked.get(KEY, [None])[0]
