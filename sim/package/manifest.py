"""What a package says of itself, and the checksums of its files: read as plain data of limited size, then validated."""

from __future__ import annotations

import datetime
import json
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from sim.errors import BadInput
from sim.package.archive import Archive, check_name, check_unique
from sim.package.layout import CHECKSUMS, FORM, MANIFEST, SCENARIOS
from sim.scenario.scenario import MOST_REPLICATIONS
from sim.value import parse, value

LARGEST = 5_000_000  # bytes of either
MOST_RUNS = 1_000
CHECKSUM = re.compile(r"([0-9a-f]{64}) [ *]([^\n]+)")


def _line(text: str) -> str:
    if not text.isprintable():
        raise BadInput("", "must be one line of printable characters", text)
    return text


def _time(text: str) -> str:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("", "is no time as ISO 8601 has it", text) from None
    return text


Line = Annotated[str, Field(max_length=200), AfterValidator(_line)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@value
class System:
    """Where a package was made, and with what.

    Attributes
    ----------
    libraries : dict
        Version by name.
    cores : int, optional
    """

    platform: Line
    python: Line
    machine: Line
    libraries: dict[Line, Line] = Field(default_factory=dict, max_length=200)
    cores: int | None = None


@value
class StatedRun:
    """A run as a package states it.

    Attributes
    ----------
    run : str
        Its id.
    file : str
        The scenario's, in the package.
    scenario : str
        Its name.
    """

    run: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
    file: Line
    scenario: Line
    digest: Sha256
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**63)]  # as the tables can hold it
    replications: Annotated[int, Field(strict=True, ge=1, le=MOST_REPLICATIONS)]
    engine: Literal["compiled", "reference"]

    def __post_init__(self) -> None:
        check_name(self.file, self.run)
        if not self.file.startswith(f"{SCENARIOS}/"):
            raise BadInput("file", f"must be in the folder {SCENARIOS}", self.file)


@value
class Manifest:
    """What a package says of itself.

    Attributes
    ----------
    siap : str
        Version that wrote it.
    made : str
        When, as ISO 8601.
    """

    form: Annotated[int, Field(strict=True)]
    siap: Line
    model_version: Line
    made: Annotated[Line, AfterValidator(_time)]
    system: System
    runs: Annotated[tuple[StatedRun, ...], Field(min_length=1, max_length=MOST_RUNS)]

    def __post_init__(self) -> None:
        ids = [run.run for run in self.runs]
        if (twice := next((name for name in ids if ids.count(name) > 1), None)) is not None:
            raise BadInput("runs", "one run stands twice", twice)


def manifest(package: Archive) -> Manifest:
    """What a package says of itself.

    Raises
    ------
    BadInput
        If it is no research package, one of a form that this Siap does not know, or says something impossible.
    """
    if MANIFEST not in package.entries:
        raise BadInput(package.path.name, f"is no research package: it has no {MANIFEST}")
    where = f"{package.path.name}: {MANIFEST}"
    raw = _json(package.text(MANIFEST, LARGEST), where)
    if not isinstance(raw, dict):
        raise BadInput(where, "must be a mapping", raw)
    form = raw.get("form")
    if isinstance(form, int) and form is not True and form > FORM:
        with_what = f"verify it with Siap {raw.get('siap')!s:.40}, which wrote it, or a later one"
        raise BadInput(f"{where}: form", f"must be at most {FORM}", form, with_what)
    if type(form) is not int or form < 1:
        raise BadInput(f"{where}: form", f"must be a whole number from 1 to {FORM}", form)
    return parse(Manifest, raw, where)


def _json(text: str, where: str) -> Any:
    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            raise BadInput(where, "says one thing twice", [key for key, _ in pairs])
        return made

    def not_finite(said: str) -> float:
        raise BadInput(where, "numbers must be finite", said)

    def finite(said: str) -> float:
        return number if abs(number := float(said)) < float("inf") else not_finite(said)

    try:
        found = json.loads(text, object_pairs_hook=mapping, parse_constant=not_finite, parse_float=finite)
        json.dumps(found, ensure_ascii=False).encode()  # half of a character in an escape is none
    except BadInput:
        raise
    except (ValueError, RecursionError):
        raise BadInput(where, "cannot be read as JSON") from None
    return found


def checksums(package: Archive) -> dict[str, str]:
    """SHA-256 by name of every file that is listed.

    Raises
    ------
    BadInput
        If there is no list, or something in it is none.
    """
    where = f"{package.path.name}: {CHECKSUMS}"
    if CHECKSUMS not in package.entries:
        raise BadInput(package.path.name, f"is no research package: it has no {CHECKSUMS}")
    found: dict[str, str] = {}
    for number, line in enumerate(package.text(CHECKSUMS, LARGEST).removesuffix("\n").split("\n"), 1):
        match = CHECKSUM.fullmatch(line)
        if match is None:
            raise BadInput(f"{where}, line {number}", "must be a checksum, two spaces and a name", line)
        check_name(match[2], f"{where}, line {number}")
        if match[2] in found or match[2] == CHECKSUMS:
            raise BadInput(f"{where}, line {number}", "this file cannot stand here, or stands here twice", match[2])
        found[match[2]] = match[1]
    check_unique(list(found), where)
    return found
