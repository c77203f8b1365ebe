"""A programme: the resources, the pathway and the clusters, as one value.

A programme is frozen, checked when it is made, and changed only by making another. It says what is
to be done by whom with what; which numbers it runs on (draws) and how it runs (the engine) are not
in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.programme import graph
from sim.programme.check import check
from sim.programme.duration import plain
from sim.programme.quantity import Number, central, least
from sim.programme.stage import Stage
from sim.value import Measure, value

Discipline = Literal["first-fit", "head-of-line"]


@value
class Resource:
    """Interchangeable units, shared by all clusters, or by those of each pool.

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
    pool : str, optional
        Whose part of the resources it uses; given where the programme has pools.
    """

    name: str
    workshops: Annotated[int, Measure("workshop", at_least=0, at_most=10**8)] = 0
    origin: str | None = None
    first: Annotated[int, Measure("workshop", at_least=0, at_most=10**12)] = 0
    before_start: dict[str, Annotated[Number, Measure("day", at_least=-1e6, at_most=0.0)]] = Field(default_factory=dict)
    exempt: tuple[str, ...] = ()
    label: str | None = None
    pool: str | None = None

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
    pools : dict of str to share
        Each pool's part of every resource: provinces, say. Clusters of different pools never meet in a line.
        Without pools all clusters share everything.
    """

    resources: dict[str, Annotated[Resource, BeforeValidator(_resource)]] = Field(default_factory=dict)
    stages: tuple[Stage, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    discipline: Discipline = "first-fit"
    horizon_days: Annotated[float, Field(allow_inf_nan=True), Measure("day", at_least=0.0)] = float("inf")
    pools: dict[str, Annotated[Number, Measure("share", at_least=0.0, at_most=1.0)]] = Field(default_factory=dict)

    def __post_init__(self) -> None:
        check(self)

    @property
    def entities(self) -> int:
        """How many workshops and clusters the engine moves; a replication's time goes with it."""
        return sum(1 + cluster.workshops for cluster in self.clusters)

    @property
    def tries(self) -> int:
        """Most attempts at stages that a replication can take, with those that a later failure has done again."""
        return self.entities * sum(graph.most_attempts(self.stages))

    def places(self, of: Callable[[Number], float] = plain) -> list[list[int]]:
        """Places of every resource in every pool, in their orders (A12).

        Parameters
        ----------
        of : callable
            Which number stands for a range; `plain` where none is left.

        Notes
        -----
        A pool has its share of the units, but never fewer places than the neediest stage takes at once, if the whole
        has as many: a service that is spread too thin for one place travels.
        """
        neediest = {name: max((s.needs.get(name, 0) for s in self.stages), default=0) for name in self.resources}
        whole = {name: places(of(r.units), of(r.places_per_unit)) for name, r in self.resources.items()}
        return [
            [
                max(places(of(r.units) * share, of(r.places_per_unit)), min(neediest[name], whole[name]))
                for name, r in self.resources.items()
            ]
            for share in ([central(s) for s in self.pools.values()] or [1.0])
        ]
