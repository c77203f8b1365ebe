"""A cluster that nobody shipped, from the numbers that a district office knows of it.

What the office leaves out is taken from a shipped cluster that it names as alike. Every number says whose it is: in
the scenario that comes out, those of the office are `given` by it, and the others say from where they were taken.
Unit and possible range are those of the fields of a cluster (`Measure`). Nothing here has words for people; those are
in `sim.text.own_cluster`.
"""

from __future__ import annotations

import dataclasses
import re
import typing
import unicodedata
from collections.abc import Mapping, Set
from typing import Any, NamedTuple

from sim.errors import BadInput
from sim.programme.quantity import Lever, Number, Quantity
from sim.scenario import numerals, paths
from sim.scenario.brand import Brand, Goods, Workforce
from sim.scenario.campaign import Text
from sim.scenario.market import Finance
from sim.scenario.scenario import Scenario
from sim.shipped import REFERENCE
from sim.value import Measure, replaced

LONGEST_TEXT = 120  # characters
LONGEST_NAME = 40  # of the name that paths are made of
LOW, HIGH = "_low", "_high"  # behind the key of a number, the keys of its lowest and highest


class Percent(NamedTuple):
    """A cell of a sheet that shows a percentage."""

    amount: float


class Odd(NamedTuple):
    """A cell of a sheet that holds neither text nor number.

    Attributes
    ----------
    kind : str
        ``formula``, ``date``, ``truth`` or ``error``.
    text : str
    """

    kind: str
    text: str


Cell = str | float | Percent | Odd


def shown(cell: Cell) -> str:
    """A cell as a person sees it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Odd):
        return cell.text
    return f"{cell.amount:g}%" if isinstance(cell, Percent) else f"{cell:.15g}"


class Field(NamedTuple):
    """One thing that a district office can say.

    Attributes
    ----------
    key : str
        Column of a sheet, place in the form.
    path : str
        Where its number stands in a scenario, without the cluster's own part; empty for a text.
    measure : Measure, optional
        None for a text.
    required, ranged, whole : bool
        Whether it must be given, may have a lowest and a highest, has no decimals.
    """

    key: str
    path: str = ""
    measure: Measure | None = None
    required: bool = False
    ranged: bool = False
    whole: bool = False

    @property
    def percent(self) -> bool:
        """Whether people write it in percent."""
        return self.measure is not None and self.measure.unit == "share"

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a sheet: itself, and its lowest and highest."""
        return (self.key, self.key + LOW, self.key + HIGH) if self.ranged else (self.key,)


def _number(
    kind: Any, name: str, path: str, least: float | None = None, most: float | None = None, **rest: bool
) -> Field:
    """A field of a value class, with its own `Measure`; narrower where not all that is possible is of use here."""
    hint = typing.get_type_hints(kind, include_extras=True)[name]
    alternatives = (hint, *typing.get_args(hint))  # of a number that may be left out, it is one
    metadata = (part for one in alternatives for part in getattr(one, "__metadata__", ()))
    measure = next(part for part in metadata if isinstance(part, Measure))
    least, most = (measure.at_least if least is None else least), (measure.at_most if most is None else most)
    return Field(name, path, dataclasses.replace(measure, at_least=least, at_most=most), **rest)


FIELDS = (
    Field("name", required=True),
    Field("place", required=True),
    Field("product", required=True),
    Field("label"),
    Field("given_by", required=True),
    Field("like", required=True),
    _number(Brand, "makers", "makers", least=1, required=True, whole=True),
    # More workshops than this in the first wave are more than a page can wait for.
    _number(Brand, "wave", "wave", least=1, most=20_000, whole=True),
    _number(Workforce, "workers_per_workshop", "workforce.workers_per_workshop", ranged=True),
    _number(Workforce, "items_per_worker_day", "workforce.items_per_worker_day", ranged=True),
    _number(Workforce, "working_days_per_week", "workforce.working_days_per_week", ranged=True),
    _number(Workforce, "campaign_share", "workforce.campaign_share", ranged=True),
    _number(Goods, "price_rmb", "goods.price_rmb", ranged=True),
    _number(Goods, "price_idr", "goods.price_idr", ranged=True),
    _number(Goods, "unit_cost_idr", "goods.unit_cost_idr", most=1e12, ranged=True),
    _number(Goods, "defect_rate", "goods.defect_rate", ranged=True),
    _number(Goods, "return_rate", "goods.return_rate", ranged=True),
    _number(Finance, "working_capital_idr", "finance.working_capital_idr", most=1e15, ranged=True),
)
TEXTS = tuple(field for field in FIELDS if field.measure is None)
NUMBERS = tuple(field for field in FIELDS if field.measure is not None)
COLUMNS = {column: field for field in FIELDS for column in field.columns}
PRICES = ("price_rmb", "price_idr")  # of which a cluster has one
OF_THE_SCENARIO = "finance."  # what begins so is no part of the cluster


class Problem(NamedTuple):
    """What is wrong with one cell, or with a whole sheet.

    Attributes
    ----------
    column : str
        Empty for a whole sheet.
    kind : str
        Which rule it breaks; `sim.text.own_cluster` has the words.
    received : object
        None where there was nothing.
    about : mapping
        What the words need: the two readings of an unclear number, say.
    """

    column: str
    kind: str
    received: Any = None
    about: Mapping[str, Any] = {}


class Given(NamedTuple):
    """A number as somebody gave it, in the unit of its field; `low` and `high` are None where it has no range."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclasses.dataclass(frozen=True)
class Reading:
    """What was understood of the cells, and what was wrong with them.

    Attributes
    ----------
    texts : dict of str
    like : Brand, optional
        The shipped cluster from which the rest is taken.
    numbers : dict of Given
        Only what was given, and nothing of which was wrong.
    amounts : dict of float
        Every single cell that could be read, by column, in the unit of its field.
    problems : tuple of Problem
        In the order of the columns; at most one of each.
    """

    texts: dict[str, str]
    like: Brand | None
    numbers: dict[str, Given]
    amounts: dict[str, float]
    problems: tuple[Problem, ...]


def models(clusters: Mapping[str, Brand]) -> dict[str, Brand]:
    """The clusters that another can be said to be like: workshops of one place."""
    return {name: c for name, c in clusters.items() if c.workforce is not None and c.centres is None}


def read(cells: Mapping[str, Cell], decimal: str, clusters: Mapping[str, Brand]) -> Reading:
    """Understand what was typed, or what stands in the row of a sheet.

    Parameters
    ----------
    cells : mapping
        Column to what stands there; columns that are missing or empty were left out.
    decimal : str
        What parts decimals where this was written: ``,`` or ``.``.
    clusters : mapping
        The shipped clusters by name.
    """
    filled = {column: cell for column, cell in cells.items() if not _empty(cell)}
    problems: dict[str, Problem] = {}
    texts = {field.key: _text(field, filled, problems) for field in TEXTS}
    amounts: dict[str, float] = {}
    numbers: dict[str, Given] = {}
    for field in NUMBERS:
        if (given := _given(field, filled, decimal, amounts, problems)) is not None:
            numbers[field.key] = given
    if "price_rmb" in numbers and "price_idr" in numbers:
        problems["price_idr"] = Problem("price_idr", "two-prices")
    like = models(clusters).get(texts["like"])
    if like is None and "like" not in problems:
        problems["like"] = Problem("like", "model", texts["like"], {"known": list(models(clusters))})
    ordered = tuple(problems[column] for column in COLUMNS if column in problems)
    return Reading(texts, like, numbers, amounts, ordered)


def _empty(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _text(field: Field, cells: Mapping[str, Cell], problems: dict[str, Problem]) -> str:
    """A text; of a formula its letters, which nobody computes."""
    cell = cells.get(field.key, "")
    if isinstance(cell, Odd) and cell.kind != "formula":
        problems[field.key] = Problem(field.key, cell.kind, cell.text)
        return ""
    text = unicodedata.normalize("NFC", shown(cell).strip())
    if not text and field.required:
        problems[field.key] = Problem(field.key, "missing")
    elif len(text) > LONGEST_TEXT:
        problems[field.key] = Problem(field.key, "long", text, {"most": LONGEST_TEXT})
    elif not text.isprintable():
        problems[field.key] = Problem(field.key, "unprintable", text)
    return text


def _given(
    field: Field, cells: Mapping[str, Cell], decimal: str, amounts: dict[str, float], problems: dict[str, Problem]
) -> Given | None:
    """A number with its range; None where it was left out or something is wrong with it."""
    for column in field.columns:
        if column in cells:
            try:
                amounts[column] = _amount(field, column, cells[column], decimal)
            except _Wrong as wrong:
                problems[column] = wrong.problem
    if field.key not in cells:
        if any(column in cells for column in field.columns):
            problems.setdefault(field.key, Problem(field.key, "range-alone"))
        elif field.required:
            problems[field.key] = Problem(field.key, "missing")
        return None
    if any(column in problems for column in field.columns):
        return None
    value, low, high = (amounts.get(field.key + end) for end in ("", LOW, HIGH))
    assert value is not None  # noqa: S101 (or there would be a problem)
    if (low is None) != (high is None):
        column = field.key + (LOW if low is None else HIGH)
        problems[column] = Problem(column, "half")
        return None
    if low is not None and high is not None and not low <= value <= high:
        column = field.key + (LOW if low > value else HIGH)
        problems[column] = Problem(column, "order", cells[column], {"low": low, "value": value, "high": high})
        return None
    return Given(value, low, high)


class _Wrong(Exception):
    def __init__(self, column: str, kind: str, received: Any, **about: Any) -> None:
        self.problem = Problem(column, kind, received, about)


def _amount(field: Field, column: str, cell: Cell, decimal: str) -> float:
    """The number in one cell, in the unit of the field."""
    assert field.measure is not None  # noqa: S101 (texts are read elsewhere)
    amount = _share(column, cell, decimal) if field.percent else _plain(column, cell, decimal)
    if not field.measure.at_least <= amount <= field.measure.at_most:
        raise _Wrong(column, "range", shown(cell))
    if field.whole and amount != int(amount):
        raise _Wrong(column, "whole", shown(cell))
    return amount


def _share(column: str, cell: Cell, decimal: str) -> float:
    """A share, which people write in percent: 5% or 5, and not 0.05, which may be either."""
    if isinstance(cell, Percent):
        return cell.amount / 100
    if isinstance(cell, str) and cell.strip().endswith("%"):
        return _plain(column, cell.strip()[:-1], decimal) / 100
    amount = _plain(column, cell, decimal)
    if 0 < amount <= 1:
        raise _Wrong(column, "percent", shown(cell), small=amount, large=amount * 100)
    return amount / 100


def _plain(column: str, cell: Cell, decimal: str) -> float:
    if isinstance(cell, Odd):
        raise _Wrong(column, cell.kind, cell.text)
    if isinstance(cell, Percent):
        raise _Wrong(column, "number", shown(cell))
    if isinstance(cell, float):
        return cell
    try:
        return numerals.read(cell, decimal)
    except numerals.Unclear as unclear:
        raise _Wrong(column, "unclear", cell, one=unclear.one, other=unclear.other) from None
    except numerals.NoNumber:
        raise _Wrong(column, "number", cell) from None


def name_in_paths(name: str) -> str:
    """A name of small letters, digits and hyphens, for paths and files."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].rstrip("-") or "own"


def placed(reading: Reading, base: Scenario, title: Text, about: Text) -> Scenario:
    """The scenario `base` with the cluster in place of its own.

    Parameters
    ----------
    reading : Reading
        One without problems.
    title, about : dict of str
        Of the scenario, by language.

    Raises
    ------
    BadInput
        If `base` is no scenario for a single cluster.
    """
    if reading.problems or reading.like is None:
        raise ValueError("there are problems left")
    if base.pools:
        rule = "divides its people between provinces, among which a cluster of your own has no place"
        raise BadInput("base", rule, base.name, f"start from {REFERENCE}")
    who, name = reading.texts["given_by"], name_in_paths(reading.texts["name"])
    brand = _brand(reading, reading.like, name, {stage.name for stage in base.pathway.stages})
    capital = _sourced(
        base.finance.working_capital_idr,
        reading.numbers.get("working_capital_idr"),
        who,
        f"As in the scenario {base.name}",
    )
    return dataclasses.replace(
        base,
        name=f"{name}-in-{base.name}",
        clusters=(brand,),
        finance=dataclasses.replace(base.finance, working_capital_idr=capital),
        title=title,
        about=about,
        case=base.case or (base if _fitted_on_itself(base) else None),
    )


def _fitted_on_itself(scenario: Scenario) -> bool:
    return any(getattr(kind, "fitted_on", None) == scenario.name for kind in scenario.demand.classes.values())


def _brand(reading: Reading, like: Brand, name: str, stages: Set[str]) -> Brand:
    texts, who = reading.texts, reading.texts["given_by"]
    otherwise = f"As {like.title.get('en', like.name)}"
    brand = _own(like, "", reading.numbers, who, otherwise)
    return dataclasses.replace(
        brand,
        name=name,
        title={"id": texts["name"], "en": texts["name"]},
        label=texts["label"] or texts["name"],
        product=texts["product"],
        place=texts["place"],
        workforce=_own(like.workforce, "workforce.", reading.numbers, who, otherwise),
        goods=_own(like.goods, "goods.", reading.numbers, who, otherwise),
        exempt=tuple(stage for stage in like.exempt if stage in stages),
        # What the other cluster had behind it, counted or in stock is its own.
        origin=None,
        first=0,
        pool=None,
        counts={},
        before_start={},
        before_start_dates={},
        warehouse_items=0.0,
        made_items=0.0,
    )


def _own(part: Any, path: str, numbers: Mapping[str, Given], who: str, otherwise: str) -> Any:
    """A part of a cluster with the numbers that were given, and with a word at every other from where it is."""
    of = {field.path: numbers.get(field.key) for field in NUMBERS}
    made: dict[str, Any] = {}
    priced = [key for key in PRICES if numbers.get(key) is not None]
    for name in type(part).__dataclass_fields__:
        number = getattr(part, name)
        if path == "goods." and name in PRICES and priced and name not in priced:
            made[name] = None  # the office gave it in another currency
        elif number is None and of.get(path + name) is None:
            continue
        elif path + name in of or isinstance(number, Quantity | Lever):
            made[name] = _sourced(number, of.get(path + name), who, otherwise)
    return dataclasses.replace(part, **made)


def _sourced(before: Number, given: Given | None, who: str, otherwise: str) -> Number:
    """The number of the office, else the one before with a word from where it is.

    Where the programme chooses it, it keeps the range that a slider offered.
    """
    if given is None:
        number = before if isinstance(before, Quantity | Lever) else Quantity(before)
        reason = f"{otherwise}, since none was given. {number.assumption or ''}".strip()
        return replaced(number, assumption=reason)
    if isinstance(before, Lever):
        return Lever(given.value, min(before.low, given.value), max(before.high, given.value), given=who)
    return Quantity(given.value, given.low, given.high, given=who)


def number_at(field: Field, cluster: Brand, scenario: Scenario) -> Number | None:
    """What stands at the place of a field, in a cluster or in the scenario; None for a price in another currency."""
    found: Any = scenario if field.path.startswith(OF_THE_SCENARIO) else cluster
    for part in paths.split(field.path):
        found = getattr(found, part)
    return found
