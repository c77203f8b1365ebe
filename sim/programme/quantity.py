"""A number with what is known about it: its value or bounds, and where they come from.

A `Quantity` is the knowledge layer of the model: what the programme does not choose and nobody knows
exactly. Its bounds and mode define a PERT distribution, and one draw of it holds for a whole
replication. A `Lever` is a number that the programme chooses, with the range a planner is offered.
Nothing is drawn here; `Quantity.at` maps uniforms to values.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import NoneType
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Discriminator, Tag
from scipy.special import betaincinv

from sim.errors import BadInput
from sim.value import replaced, value

T = TypeVar("T")
PERT_SHAPE = 4.0  # weight of the mode in a PERT distribution (Clark 1962)
PLAIN = (float, int, str, NoneType)  # what has no parts, told first because most leaves are of it
LOG_ABOVE_RATIO = 20.0  # a range whose ends differ by more than this factor is drawn on the log


@value
class Quantity:
    """A number that is known to lie in a range.

    Attributes
    ----------
    central : float
        The most likely value (the mode), used where knowledge is held at its central values.
    low, high : float, optional
        Bounds; both or neither. Without them the number counts as certain.
    row : str, optional
        The evidence rows it rests on ("E761", or "E761 E762").
    assumption : str, optional
        Why the number was assumed, where there is no row or the row was adapted.
    given : str, optional
        Who gave the number, where it is neither published nor assumed here: a district office about its own cluster.
    scale : {"linear", "log"}, optional
        On which scale it is drawn; None: on the log where high / low > 20. Given where the number was
        made from another one that is drawn on that scale.
    """

    central: float
    low: float | None = None
    high: float | None = None
    row: str | None = None
    assumption: str | None = None
    scale: Literal["linear", "log"] | None = None
    given: str | None = None

    def __post_init__(self) -> None:
        if self.scale == "log" and (self.low is None or not self.low > 0):
            raise BadInput("scale", "a number drawn on the log needs a low end above 0", self.low)
        if (self.low is None) != (self.high is None):
            raise BadInput("", "a range needs both low and high", remedy="give both or neither")
        if self.low is not None and self.high is not None and not self.low <= self.central <= self.high:
            received = (self.low, self.central, self.high)
            raise BadInput("", "must have low ≤ central ≤ high", received, "put them in order")

    @property
    def ends(self) -> tuple[float, ...]:
        """Every number in it, for checks against a possible range."""
        return tuple(x for x in (self.low, self.central, self.high) if x is not None)

    @property
    def certain(self) -> bool:
        """Whether there is nothing to draw."""
        return self.low is None or self.low == self.high

    def at(self, uniforms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at the given probabilities: the inverse distribution function of the PERT.

        Parameters
        ----------
        uniforms : ndarray, float64, in (0, 1)

        Returns
        -------
        ndarray, float64, same shape, in the quantity's unit

        Notes
        -----
        On the log where high / low > 20 and low > 0 (unless `scale` says otherwise), so that a range over
        orders of magnitude is not drawn almost only from its upper tenth.
        """
        if self.low is None or self.high is None or self.low == self.high:
            return np.full_like(uniforms, self.central)
        wide = self.low > 0 and self.high / self.low > LOG_ABOVE_RATIO
        if self.scale == "log" or (wide and self.scale is None):
            return np.exp(pert(uniforms, np.log(self.low), np.log(self.central), np.log(self.high)))
        return pert(uniforms, self.low, self.central, self.high)


@value
class Lever:
    """A number that the programme chooses.

    Attributes
    ----------
    chosen : float
        The value in force.
    low, high : float
        The range a slider offers; a value outside it may still be set.
    row, assumption, given : str, optional
        What the value and its range rest on, as in `Quantity`.
    """

    chosen: float
    low: float
    high: float
    row: str | None = None
    assumption: str | None = None
    given: str | None = None

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise BadInput("", "must have low < high", (self.low, self.high), "put them in order")

    @property
    def ends(self) -> tuple[float, ...]:
        """Every number in it, for checks against a possible range."""
        return (self.chosen, self.low, self.high)


def _shape(raw: Any) -> str:
    """Which alternative of `Number` a raw value is meant to be, so that its errors are about that one."""
    if isinstance(raw, Quantity | Lever):
        return type(raw).__name__
    if isinstance(raw, dict):
        return "Lever" if "chosen" in raw else "Quantity"
    return "number"


Number = Annotated[
    Annotated[float, Tag("number")] | Annotated[Quantity, Tag("Quantity")] | Annotated[Lever, Tag("Lever")],
    Discriminator(_shape),
]


def pert(uniforms: NDArray[np.float64], low: float, mode: float, high: float) -> NDArray[np.float64]:
    """Inverse distribution function of the PERT distribution (a scaled beta) at `uniforms`."""
    if high == low:
        return np.full_like(uniforms, low)
    rise = PERT_SHAPE * (mode - low) / (high - low)
    return low + (high - low) * betaincinv(1.0 + rise, 1.0 + PERT_SHAPE - rise, uniforms)


def central(number: Number) -> float:
    """The value in force of a plain number or lever, the most likely one of a quantity."""
    if isinstance(number, Quantity):
        return number.central
    return number.chosen if isinstance(number, Lever) else number


def least(number: Number) -> float:
    """The lowest value that a run may take; the low end of a lever is only what a slider offers."""
    return number.low if isinstance(number, Quantity) and number.low is not None else central(number)


def most(number: Number) -> float:
    """The highest value that a run may take."""
    return number.high if isinstance(number, Quantity) and number.high is not None else central(number)


def quantities(thing: Any, path: str = "") -> dict[str, Quantity]:
    """Every quantity inside a tree of values, by its path.

    Members of a sequence that have a `name` are addressed by it, so that a path does not change when
    another member is added: ``pathway.stages.coach.duration.mean``.
    """
    if isinstance(thing, Quantity):
        return {path: thing}
    found: dict[str, Quantity] = {}
    for part, inner in members(thing):
        found |= quantities(inner, f"{path}.{part}" if path else part)
    return found


def members(thing: Any) -> list[tuple[str, Any]]:
    """The parts of a value, mapping or sequence, each with the name that addresses it."""
    if hasattr(type(thing), "__dataclass_fields__"):
        return [(name, getattr(thing, name)) for name in type(thing).__dataclass_fields__]
    if isinstance(thing, dict):
        return [(str(k), v) for k, v in thing.items()]
    if isinstance(thing, tuple | list):
        return [(str(getattr(v, "name", i)), v) for i, v in enumerate(thing)]
    return []


def settled(thing: T, numbers: Mapping[str, float], path: str = "") -> T:
    """`thing` with every quantity and lever replaced by a plain number.

    Parameters
    ----------
    thing : value, mapping, sequence or plain
    numbers : mapping
        Path to number; a quantity whose path is absent takes its central value.

    Notes
    -----
    The result is built without validating again: every number lies in a range that was checked.
    """
    return settling(thing, path)(numbers)


def settling(thing: T, path: str = "") -> Callable[[Mapping[str, float]], T]:
    """`settled` for one thing and many draws: where its quantities are is worked out once."""
    return _settling(thing, path) or (lambda numbers: thing)


def _settling(thing: Any, path: str) -> Callable[[Mapping[str, float]], Any] | None:
    """None where nothing in `thing` is to be replaced."""
    if isinstance(thing, Quantity | Lever):
        otherwise = central(thing)
        return lambda numbers: numbers.get(path, otherwise)
    if isinstance(thing, PLAIN):
        return None
    inner = [_settling(v, f"{path}.{part}" if path else part) for part, v in members(thing)]
    if not any(inner):
        return None
    keys = _keys(thing)
    changing = [(key, made) for key, made in zip(keys, inner, strict=True) if made]
    if isinstance(thing, dict):
        return lambda numbers: thing | {key: made(numbers) for key, made in changing}
    if isinstance(thing, tuple | list):
        return lambda numbers: type(thing)(made(numbers) if made else v for v, made in zip(thing, inner, strict=True))
    return lambda numbers: replaced(thing, **{key: made(numbers) for key, made in changing})


def _keys(thing: Any) -> list[Any]:
    """The keys of a mapping or the names of fields, in the order of `members`."""
    return list(thing) if isinstance(thing, dict) else [name for name, _ in members(thing)]
