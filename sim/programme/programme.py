"""A programme: the resources, the pathway and the clusters, as one value.

A programme is frozen, checked when it is made, and changed only by making another. It says what is
to be done by whom with what; which numbers it runs on (draws) and how it runs (the engine) are not
in it.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.programme.check import check
from sim.programme.duration import plain
from sim.programme.quantity import Number, central, least
from sim.programme.stage import Stage
from sim.value import Measure, value

Discipline = Literal["first-fit", "head-of-line"]


@value
class Resource:
    """A pool of interchangeable units, shared by all clusters.

    Attributes
    ----------
    units : Number
        How many there are: coaches, assessors, laboratories.
    places_per_unit : Number
        Places that each offers: a coach's caseload.
    cost_idr_per_day : Number
        Rupiah for each unit and day.
    title : dict of str to str
        Displayed name by language.
    """

    units: Annotated[Number, Measure("unit", at_least=0.0, at_most=1e6, slider=(0.0, 60.0), step=1.0)]
    places_per_unit: Annotated[Number, Measure("place", at_least=0.0, at_most=1e3, slider=(1.0, 30.0), step=1.0)] = 1.0
    cost_idr_per_day: Annotated[Number, Measure("IDR", at_least=0.0)] = 0.0
    title: dict[str, str] = Field(default_factory=dict)

    @property
    def capacity(self) -> int:
        """Places in all; its numbers must be plain ones."""
        return places(plain(self.units), plain(self.places_per_unit))

    @property
    def central_capacity(self) -> int:
        """Places in all with every range at its most likely value."""
        return places(central(self.units), central(self.places_per_unit))

    @property
    def least_capacity(self) -> int:
        """Places in all with every range at its low end."""
        return places(least(self.units), least(self.places_per_unit))


def places(units: float, places_per_unit: float) -> int:
    """Whole places that so many units offer: floor(units × places per unit).

    A product within half a billionth of a whole number counts as that number, since 0.29 × 100 is
    28.999999999999996 in binary and a planner means 29.
    """
    return math.floor(round(units * places_per_unit, 9))


@value
class Cluster:
    """A group of workshops of one product under one label.

    Attributes
    ----------
    name : str
        Its id: unique, part of the keys of its random numbers.
    workshops : int
        How many workshops it has; may be 0.
    origin : str, optional
        Where the workshops come from; with their index it keys their random numbers. None: `name`.
    first : int
        Index of its first workshop in the origin.
    before_start : dict of str to float
        Stages passed before the programme starts, each with its day, which is negative or zero.
    exempt : list of str
        Stages that it need not pass.
    label : str, optional
        The brand as displayed; never part of a key.
    """

    name: str
    workshops: Annotated[int, Measure("workshop", at_least=0, at_most=10**8)] = 0
    origin: str | None = None
    first: Annotated[int, Measure("workshop", at_least=0, at_most=10**12)] = 0
    before_start: dict[str, Annotated[Number, Measure("day", at_least=-1e6, at_most=0.0)]] = Field(default_factory=dict)
    exempt: tuple[str, ...] = ()
    label: str | None = None

    @property
    def home(self) -> str:
        """The origin of its workshops."""
        return self.name if self.origin is None else self.origin


def _resource(raw: Any) -> Any:
    """A plain number stands for so many units with one place each."""
    return {"units": raw} if isinstance(raw, (int, float)) and not isinstance(raw, bool) else raw


@value
class Programme:
    """Everything that is decided or assumed about the preparation.

    Attributes
    ----------
    resources : dict of str to Resource or number
    stages : list of Stage
        In listed order, which settles ties (rule 2).
    clusters : list of Cluster
        In listed order, which settles ties (rule 2).
    discipline : {"first-fit", "head-of-line"}
        Whether a later request may pass one that does not fit (rule 2).
    horizon_days : float
        Days after the start when the run ends; an event at exactly the horizon does not happen (rule 7).
    """

    resources: dict[str, Annotated[Resource, BeforeValidator(_resource)]] = Field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    discipline: Discipline = "first-fit"
    horizon_days: Annotated[float, Field(allow_inf_nan=True), Measure("day", at_least=0.0)] = float("inf")

    def __post_init__(self) -> None:
        check(self)
