"""The seed folder: evidence rows and documents, and how a scenario is put together from them.

The only module of the core's inputs that touches files. A document may `use` another and override
parts of it; a scenario may start from a `base` and `set` paths. A number may be nothing but a
reference to its evidence row. All of that is resolved here, so that a `Scenario` is complete.
"""

from __future__ import annotations

import csv
import datetime
import functools
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from sim.errors import BadInput, unknown
from sim.scenario import documents, paths
from sim.scenario.brand import Brand
from sim.scenario.campaign import Campaign
from sim.scenario.market import Demand
from sim.scenario.scenario import SCHEMA_VERSION, Pathway, Scenario
from sim.value import parse

FOLDERS = {
    "campaign": "campaigns",
    "cluster": "clusters",
    "pathway": "pathways",
    "demand": "demand",
    "scenario": "scenarios",
}
KINDS: dict[str, Any] = {
    "campaign": Campaign,
    "cluster": Brand,
    "pathway": Pathway,
    "demand": Demand,
    "scenario": Scenario,
}
SUFFIXES = (".yaml", ".yml")
Plain = dict[str, Any]


def shipped_root() -> Path:
    """The seed folder in use: `SIAP_SEEDS`, or the one beside the package, or the one inside it."""
    if given := os.environ.get("SIAP_SEEDS"):
        root = Path(given)
        if not (root / "evidence.csv").is_file():
            raise BadInput("SIAP_SEEDS", "must name a folder with evidence.csv", given)
        return root
    package = Path(__file__).parents[1]
    beside = package.parent / "seeds"
    return beside if (beside / "evidence.csv").is_file() else package / "seeds"


def scenario_names(root: Path | None = None) -> list[str]:
    """Names of the scenarios of a seed folder, sorted."""
    return sorted(p.stem for p in ((root or shipped_root()) / "scenarios").glob("*.yaml"))


def clusters(root: Path | None = None) -> dict[str, Brand]:
    """Every cluster of a seed folder by its name."""
    root = root or shipped_root()
    found = {path.stem: opened(path)[1] for path in sorted((root / "clusters").glob("*.yaml"))}
    return {name: brand for name, brand in found.items() if isinstance(brand, Brand)}


def load(source: str | Path) -> Scenario:
    """The scenario of a shipped name or a path, with every reference resolved and every rule checked."""
    path = Path(source)
    if path.suffix in SUFFIXES or path.is_file():
        return _loaded(path, _root_above(path), ())
    root = shipped_root()
    if str(source) not in scenario_names(root):
        raise unknown("scenario", "shipped scenario", str(source), scenario_names(root))
    return _loaded(root / "scenarios" / f"{source}.yaml", root, ())


def complete(text: str, where: str) -> Scenario:
    """The scenario of a text that says all by itself, as `Scenario.text` does; it leads to no other file.

    Raises
    ------
    BadInput
        For a text that rests on seed files, too.
    """
    raw = _bare(checked(documents.read(text, where), "scenario", where))
    for part in ("base", "set"):
        if part in raw:
            rule = "must be resolved: this scenario may rest on no other file"
            raise BadInput(f"{where}: {part}", rule, raw[part], "write it with Scenario.dump")
    return parse(Scenario, raw, where)


def opened(path: Path) -> tuple[str, Any]:
    """The kind of a seed file and what it describes, with every reference resolved and every rule checked."""
    if not (path.exists() or path.suffix in SUFFIXES):  # a shipped name
        return "scenario", load(path)
    raw = documents.read(_text(path), path.name)
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if kind == "scenario" or kind is None:
        return "scenario", load(path)
    if kind not in KINDS:
        raise unknown(f"{path.name}: kind", "kind of file", str(kind), KINDS)
    known = evidence(_root_above(path))
    return kind, parse(KINDS[kind], _evidenced(_bare(checked(raw, kind, path.name)), known, path.name), path.name)


def _bare(raw: Plain) -> Plain:
    """A document without what says which kind it is."""
    return {k: v for k, v in raw.items() if k not in ("schema_version", "kind")}


def _root_above(path: Path) -> Path:
    """The seed folder that a file stands in, else the shipped one."""
    above = (p for p in path.absolute().parents if (p / "evidence.csv").is_file())
    return next(above, None) or shipped_root()


def _loaded(path: Path, root: Path, chain: tuple[str, ...]) -> Scenario:
    raw = resolved(path, root, chain)
    name, case = raw.get("name"), _case_name(raw)
    if case is None or case == name or raw.get("case") is not None:
        return parse(Scenario, raw, path.name)
    if case in chain:
        raise BadInput(path.name, "is fitted on a scenario that is fitted on it", case)
    fitted_on = _loaded(_file(root, "scenario", case, path.name), root, (*chain, str(name)))
    return parse(Scenario, raw | {"case": fitted_on.plain}, path.name)


def _case_name(raw: Plain) -> str | None:
    """The scenario on which a brand class is fitted; what is no mapping is left to validation."""
    demand = raw.get("demand")
    classes = demand.get("classes") if isinstance(demand, dict) else None
    names = {
        str(c["fitted_on"])
        for c in (classes.values() if isinstance(classes, dict) else ())
        if isinstance(c, dict) and c.get("median_rmb") is None and "fitted_on" in c
    }
    return next(iter(sorted(names)), None)


def resolved(path: Path, root: Path, chain: tuple[str, ...] = ()) -> Plain:
    """The plain data of a scenario file with base, references and evidence rows filled in."""
    raw = _bare(document(path, "scenario"))
    changes = raw.pop("set", {})
    if "base" in raw:
        raw = _on_base(path, root, raw, chain)
    else:
        raw = _with_uses(path, root, raw)
    raw = _evidenced(raw, evidence(root), path.name)
    if not isinstance(changes, dict):
        raise BadInput(f"{path.name}: set", "must be a mapping of paths to values", changes)
    for place, value in _evidenced(changes, evidence(root), f"{path.name}: set").items():
        try:
            raw = paths.changed(raw, place, value)
        except BadInput as error:
            raise error.at(f"{path.name}: set") from None
    return raw


def _on_base(path: Path, root: Path, raw: Plain, chain: tuple[str, ...]) -> Plain:
    base = raw.pop("base")
    if base in chain:
        raise BadInput(f"{path.name}: base", "leads back to itself", " → ".join((*chain, base)))
    below = resolved(_file(root, "scenario", base, f"{path.name}: base"), root, (*chain, base))
    kept = {part: v for part, v in below.items() if not _names_another(raw.get(part))}
    return _merged(kept, _with_uses(path, root, raw))


def _names_another(part: Any) -> bool:
    """Whether a part says which document it uses, and so replaces the base's whole."""
    return isinstance(part, str) or (isinstance(part, dict) and "use" in part)


def _with_uses(path: Path, root: Path, raw: Plain) -> Plain:
    """The scenario's parts with the documents they use filled in."""
    made = dict(raw)
    for part in ("campaign", "pathway", "demand"):
        if part in made:
            made[part] = _used(root, part, made[part], f"{path.name}: {part}")
    if isinstance(made.get("clusters"), list):
        made["clusters"] = [
            _used(root, "cluster", c, f"{path.name}: clusters.{i}") for i, c in enumerate(made["clusters"])
        ]
    return made


def _used(root: Path, kind: str, part: Any, where: str) -> Any:
    part = {"use": part} if isinstance(part, str) else part
    if not isinstance(part, dict) or "use" not in part:
        return part
    rest = {k: v for k, v in part.items() if k != "use"}
    return _merged(_bare(document(_file(root, kind, part["use"], where), kind)), rest)


def _merged(below: Plain, above: Plain) -> Plain:
    """`below` with what `above` says put over it, mapping by mapping."""
    made = dict(below)
    for key, value in above.items():
        whole = (
            not (isinstance(value, dict) and isinstance(made.get(key), dict)) or "row" in value or "central" in value
        )
        made[key] = value if whole else _merged(made[key], value)
    return made


def _file(root: Path, kind: str, name: Any, where: str) -> Path:
    """The file of a named document; a name can never be a path."""
    known = {p.stem: p for p in (root / FOLDERS[kind]).glob("*.yaml")}
    if not isinstance(name, str) or name not in known:
        raise unknown(where, kind, str(name), known)
    return known[name]


def document(path: Path, kind: str) -> Plain:
    """The plain data of one file, brought to the present schema version."""
    return checked(documents.read(_text(path), path.name), kind, path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput(str(path), "no such file", remedy="`siap scenarios` lists the shipped names") from None
    except IsADirectoryError:
        raise BadInput(str(path), "must be a file, and this is a directory") from None
    except UnicodeDecodeError:
        raise BadInput(str(path), "is no text in UTF-8") from None
    except OSError as error:
        raise BadInput(str(path), f"cannot be read ({error.strerror or error.__class__.__name__})") from None


def checked(raw: Any, kind: str, where: str) -> Plain:
    """`raw` if it is a document of this kind, migrated to the present schema version."""
    if not isinstance(raw, dict):
        raise BadInput(where, f"must be a mapping that describes a {kind}", raw)
    if raw.get("kind") != kind:
        raise BadInput(f"{where}: kind", f"must be {kind!r}", raw.get("kind"))
    version = raw.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= SCHEMA_VERSION:
        remedy = "a newer Siap may have written it" if isinstance(version, int) and version > SCHEMA_VERSION else ""
        raise BadInput(
            f"{where}: schema_version", f"must be a whole number from 1 to {SCHEMA_VERSION}", version, remedy
        )
    for step in range(version, SCHEMA_VERSION):
        raw = MIGRATIONS[step](dict(raw))
    return raw | {"schema_version": SCHEMA_VERSION}


def _lead_in_weeks(raw: Plain) -> Plain:
    """Version 1 wrote the lead time in days; what is no number is left to validation."""
    if "lead_days" in raw:
        days = raw.pop("lead_days")
        parts = {k: _a_seventh(v) for k, v in days.items()} if isinstance(days, dict) else None
        raw["lead_weeks"] = parts or _a_seventh(days)
    return raw


def _a_seventh(number: Any) -> Any:
    return number / 7 if isinstance(number, int | float) and not isinstance(number, bool) else number


MIGRATIONS: dict[int, Callable[[Plain], Plain]] = {1: _lead_in_weeks}


@functools.cache
def _evidence(root: Path, changed: int) -> dict[str, Plain]:
    with (root / "evidence.csv").open(encoding="utf-8", newline="") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def evidence(root: Path | None = None) -> dict[str, Plain]:
    """Every evidence row of a seed folder by its id, as text fields."""
    root = root or shipped_root()
    return _evidence(root, (root / "evidence.csv").stat().st_mtime_ns)


class Feast(NamedTuple):
    """A feast at which workshops or ports stand still; it marks the calendar, and no result knows it.

    Attributes
    ----------
    name : str
        ``lebaran`` or ``imlek``.
    date : date
    expected : bool
        Whether it was computed ahead and may yet move by a day.
    row : str
        Its evidence row.
    """

    name: str
    date: datetime.date
    expected: bool
    row: str


@functools.cache
def _feasts(root: Path, changed: int) -> tuple[Feast, ...]:
    with (root / "calendar.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return tuple(
        Feast(row["feast"], datetime.date.fromisoformat(row["date"]), row["expected"] == "yes", row["row"])
        for row in rows
    )


def feasts(root: Path | None = None) -> tuple[Feast, ...]:
    """Every feast of a seed folder by date; none where it has no calendar."""
    calendar = (root or shipped_root()) / "calendar.csv"
    return _feasts(calendar.parent, calendar.stat().st_mtime_ns) if calendar.is_file() else ()


def _evidenced(data: Any, rows: dict[str, Plain], where: str) -> Any:
    """`data` with every bare reference to an evidence row replaced by the row's numbers."""
    if isinstance(data, list):
        return [_evidenced(v, rows, where) for v in data]
    if not isinstance(data, dict):
        return data
    if "row" not in data:
        return {k: _evidenced(v, rows, f"{where}.{k}") for k, v in data.items()}
    for name in str(data["row"]).split():
        if name not in rows:
            raise unknown(f"{where}.row", "evidence row", name, rows)
    if "central" in data or "chosen" in data:
        return data
    return _numbers_of(data, rows, where)


def _numbers_of(data: Plain, rows: dict[str, Plain], where: str) -> Plain:
    """The numbers of the one row that `data` refers to, in the unit that `times` converts them to."""
    names = str(data["row"]).split()
    if len(names) != 1:
        raise BadInput(f"{where}.row", "numbers can only be taken from one row", data["row"], "give central as well")
    row, times = rows[names[0]], data.get("times", 1)
    if isinstance(times, bool) or not isinstance(times, int | float):
        raise BadInput(f"{where}.times", "must be a number", times)
    if not row["central"]:
        raise BadInput(f"{where}.row", "this row has no central number", names[0], "give central with a reason")
    ends = {k: float(row[k]) * times for k in ("central", "low", "high") if row[k]}
    rest = {k: v for k, v in data.items() if k != "times"}
    return rest | (ends if len(ends) == 3 else {"central": ends["central"]})


def write_whole(path: Path, content: str | bytes | memoryview) -> Path:
    """Write a file, whole or not at all: under another name, flushed, then renamed."""
    data = content.encode() if isinstance(content, str) else content
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return path
