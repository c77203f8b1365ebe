"""A scenario: one complete, named setting of everything, the unit that is saved, compared and shared.

Frozen: `set` makes another. The digest covers all that can change a number and nothing else.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import functools
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from sim.errors import BadInput, unknown
from sim.programme import Cluster, Programme, Resource, Stage
from sim.programme.programme import Discipline
from sim.programme.quantity import Number, Quantity, central, members, most
from sim.scenario import currency, documents, order, paths
from sim.scenario.brand import Brand
from sim.scenario.campaign import Campaign, Share, Text
from sim.scenario.centres import spread
from sim.scenario.market import Demand, Finance
from sim.value import Measure, parse, replaced, value

SCHEMA_VERSION = 2
MOST_REPLICATIONS = 1_000_000
# What a programme is made from of a brand (`Brand.cluster`), and of one that stands for many.
SEEN = (
    "name",
    "label",
    "makers",
    "wave",
    "workshops",
    "home",
    "pool",
    "centres",
    "first",
    "exempt",
    "before_start",
    "before_start_dates",
)


@value
class Pathway:
    """The network of stages, for workshops and for the cluster itself.

    Attributes
    ----------
    store : str, optional
        The cluster stage that opens the store; its age counts from there. None: open from the start.
    ships_after : str, optional
        The cluster stage after which consignments may leave. None: from the start.
    tested : str, optional
        The workshop stage whose passing the ministry counts ("past the test").
    """

    name: str
    stages: tuple[Stage, ...]
    discipline: Discipline = "first-fit"
    store: str | None = None
    ships_after: str | None = None
    tested: str | None = None
    title: Text = Field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds = {stage.name: stage.on for stage in self.stages}
        for field, kind in (("store", "cluster"), ("ships_after", "cluster"), ("tested", "workshop")):
            name = getattr(self, field)
            if name is not None and kinds.get(name) != kind:
                raise unknown(field, f"{kind} stage", name, [n for n, k in kinds.items() if k == kind])


@value
class Scenario:
    """One complete setting.

    Every number in it is a plain number (certain), a `Quantity` (a range that is drawn) or a lever (chosen, with the
    range that a slider offers), and names where it comes from. A part that is changed gives another scenario.

    Attributes
    ----------
    name : str
        Its id; a fitted brand class may name it as its case.
    campaign : Campaign
        The event: its date, its gates, the way to its warehouse, its turnover and fees.
    pathway : Pathway
        The stages of workshops and clusters.
    clusters : tuple of Brand
        Who takes part; at least one.
    finance, demand : Finance, Demand
        Working capital, interest and budget; what buyers want of a brand, exchange rates, the denominator.
    seed : int
        Of all random numbers; from 0 to 2⁶⁴ − 1.
    resources : dict of str to Resource
        What stages need places of.
    replications : int
        How many are simulated where nobody says otherwise.
    title, about : dict of str to str
        By language; never part of a result.
    lead_weeks : week
        Days from the programme's start to the event, in weeks; the scenario's own lead time.
    grouping : str
        ``cluster``: each cluster under its label. ``workshop``: every workshop is a cluster of one.
    horizon_days : day
        End of the simulated time; it never depends on the lead time.
    pools : dict of str to share
        Provinces, say, each with its part of every resource and of the centres; none: all share everything.
    case : Scenario, optional
        The known case on which a fitted brand class is fitted; None if it is this scenario itself.
    """

    name: str
    campaign: Campaign
    pathway: Pathway
    clusters: tuple[Brand, ...]
    finance: Finance
    demand: Demand
    lead_weeks: Annotated[Number, Measure("week", 0, 1040, slider=(0, 156), step=1)]
    seed: Annotated[int, Field(ge=0, lt=2**64)]
    resources: dict[str, Resource] = Field(default_factory=dict)
    replications: Annotated[int, Field(ge=1, le=MOST_REPLICATIONS)] = 200
    grouping: Literal["cluster", "workshop"] = "cluster"
    horizon_days: Annotated[float, Measure("day", 1, 36_500)] = 7300.0
    pools: dict[str, Share] = Field(default_factory=dict)
    title: Text = Field(default_factory=dict)
    about: Text = Field(default_factory=dict)
    case: Scenario | None = None

    def __post_init__(self) -> None:
        if not self.clusters:
            raise BadInput("clusters", "needs at least one cluster", remedy="add one")
        if self.demand.denominator not in self.campaign.turnover:
            rule = f"must be one of {', '.join(self.campaign.turnover)} for campaign {self.campaign.name}"
            raise BadInput("demand.denominator", rule, self.demand.denominator)
        for cluster in self.clusters if self.grouping == "workshop" else ():
            if cluster.centres is not None:
                rule = "stands for many centres, whose workshops cannot be taken one by one"
                raise BadInput(f"clusters.{cluster.name}", rule, self.grouping, "set grouping to cluster")
            for stock in (cluster.warehouse_items, cluster.made_items):
                if central(stock) > 0:
                    rule = "goods at hand belong to the cluster, and one by one there is none"
                    raise BadInput(f"clusters.{cluster.name}", rule, central(stock), "set it to 0")
        self._check_pools()
        self._check_rates()
        self.programme  # noqa: B018 (refuses what no engine could run)
        known = {stage.name for stage in self.pathway.stages if stage.on == "cluster"}
        if not self.campaign.gates_in_force():
            rule = f"leaves no gate of campaign {self.campaign.name}"
            raise BadInput("campaign.access", rule, self.campaign.access, "set another, or name it at a gate")
        for gate in self.campaign.gates_in_force():
            if gate.stage is not None and gate.stage not in known:
                raise BadInput(
                    f"campaign.gates.{gate.name}.stage",
                    f"is no cluster stage of pathway {self.pathway.name}",
                    gate.stage,
                    f"there is: {', '.join(sorted(known))}",
                )

    def _check_rates(self) -> None:
        """What is given in another currency needs its rate of exchange."""
        campaign, demand = self.campaign, self.demand
        used: dict[str, str] = {}
        used |= {f"campaign.turnover.{name}": whole.currency for name, whole in campaign.turnover.items()}
        used |= {f"demand.classes.{name}": kind.currency for name, kind in demand.classes.items()}
        used |= {f"clusters.{cluster.name}.goods": cluster.goods.currency for cluster in self.clusters}
        used["demand.cost_per_customer"] = currency.one_of(demand, "cost_per_customer")
        used |= {f"campaign.fees.{name}": rate for name, rate, _ in campaign.fees.of_a_store}
        asked, amount = campaign.min_stock_value
        if most(amount) > 0:
            used["campaign.min_stock_value"] = asked
        for where, name in used.items():
            path = currency.rate_path(name)
            if path is not None and getattr(demand, path.rpartition(".")[2]) is None:
                raise BadInput(path, f"is missing, and {where} is given in {name.upper()}", remedy="add the rate")

    def _check_pools(self) -> None:
        """What decides which centre is where is part of the scenario: nothing of it can be drawn."""
        known = {f"pools.{name}": share for name, share in self.pools.items()}
        for cluster in self.clusters:
            if (centres := cluster.centres) is not None:
                known |= {f"clusters.{cluster.name}.centres.{name}": n for name, n in members(centres)}
        for path, number in known.items():
            if isinstance(number, Quantity) and not number.certain:
                rule = "decides who there is, which no replication can draw, so it can have no range"
                raise BadInput(path, rule, (number.low, number.high), "leave low and high out")
        if self.pools and not any(central(share) > 0 for share in self.pools.values()):
            raise BadInput("pools", "at least one share must be above 0", 0, "raise one")

    @classmethod
    def load(cls, source: str | Path) -> Scenario:
        """The scenario of a shipped name or a file.

        Parameters
        ----------
        source : str or Path
            A name that `siap scenarios` lists, or a YAML file; what the file refers to is looked for in the seed folder
            that it lies in, else among the shipped seeds.

        Raises
        ------
        BadInput
            With file, field, rule, the value received and what to do.
        """
        from sim.scenario.seeds import load  # the core knows no files; this one door leads to them

        return load(source)

    @classmethod
    def of(cls, source: Scenario | str | Path) -> Scenario:
        """A scenario as it is, or what `load` finds."""
        return source if isinstance(source, Scenario) else cls.load(source)

    def dump(self, path: str | Path) -> Path:
        """Write the resolved scenario to a YAML file, whole or not at all."""
        from sim.scenario.seeds import write_whole

        return write_whole(Path(path), self.text)

    def set(self, path: str, value: Any) -> Scenario:
        """Another scenario in which the place at `path` holds `value`; what lies beside it is shared.

        Parameters
        ----------
        path : str
            As in the scenario file, members of lists by name: ``resources.coach.units``.
        value : plain value
            A bare number replaces a range by certainty.

        Raises
        ------
        BadInput
            If no such place exists or the value breaks a rule.
        """
        return self.set_all({path: value})

    def set_all(self, settings: Mapping[str, Any]) -> Scenario:
        """Another scenario in which every place holds its value; rules are asked of all of them together.

        Parameters
        ----------
        settings : mapping of path to plain value
            As for `set`; where one place lies in another, the later holds.

        Raises
        ------
        BadInput
            If no such place exists, or the values break a rule.
        """
        try:
            return parse(Scenario, _changed(self._with_case, settings), self.name) if settings else self
        except BadInput:  # said again with what was received as plain data
            return parse(Scenario, _changed(paths.plain(self._with_case), settings), self.name)

    @property
    def _with_case(self) -> Any:
        """What `set` changes: with the scenario itself as case where a class is fitted on it, which no lever must move.

        Only what lies on the path of a change is validated again, and the rules of the whole; the rest is shared.
        """
        fitted = any(getattr(kind, "fitted_on", None) == self.name for kind in self.demand.classes.values())
        if not fitted or self.case is not None:
            return self
        return paths.opened(self) | {"case": self}

    @functools.cached_property
    def plain(self) -> dict[str, Any]:
        """The resolved scenario as mappings, lists and plain values."""
        found: dict[str, Any] = paths.plain(self)
        return found

    @property
    def text(self) -> str:
        """The resolved scenario as YAML."""
        head = {"schema_version": SCHEMA_VERSION, "kind": "scenario"}
        return documents.write(head | self.plain)

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal digits, of everything that can change a number; of no text and no seed.

        Of the order of resources neither: it can change the last bits of their cost, and of two that hold back
        equally long which is named.
        """
        # Mappings are sorted; lists keep their order, which is part of the model (ties), as is that of some mappings.
        form = paths.canonical(self.plain)
        if form.get("case") == {name: part for name, part in form.items() if name != "case"}:
            del form["case"]  # fitted on itself, and nothing was changed
        text = json.dumps(order.settled(form, self), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def lead_days(self) -> float:
        """The scenario's own lead time in days."""
        return central(self.lead_weeks) * 7

    @property
    def start_date(self) -> datetime.date:
        """The date on which the programme starts for the scenario's own lead time."""
        return self.campaign.event_date - datetime.timedelta(days=round(self.lead_days))

    @functools.cached_property
    def lineup(self) -> tuple[tuple[Brand, Brand], ...]:
        """Every brand with the cluster it comes from; they differ where workshops or centres go one by one."""
        if self.grouping == "workshop":
            return tuple((one, cluster) for cluster in self.clusters for one in _one_by_one(cluster))
        return tuple((one, cluster) for cluster in self.clusters for one in _centres(cluster, self.pools))

    @functools.cached_property
    def cluster_of_brand(self) -> list[int]:
        """Number of the cluster that each brand comes from."""
        number = {cluster.name: i for i, cluster in enumerate(self.clusters)}
        return [number[cluster.name] for _, cluster in self.lineup]

    @functools.cached_property
    def programme(self) -> Programme:
        """What the engine runs, quantities not yet settled; that of another scenario where all of it is shared."""
        parts = (self.pathway, *self.resources.values(), *self.clusters)
        dated = any(cluster.before_start_dates for cluster in self.clusters)
        plain = (*self.resources, self.grouping, self.horizon_days, (self.campaign.event_date, self.start_date) * dated)
        plain += tuple(self.pools.items())
        for other in tuple(_LATEST):
            if plain != other.plain or len(parts) != len(other.parts):
                continue
            changed = [pair for pair in zip(parts, other.parts, strict=True) if pair[0] is not pair[1]]
            if not changed:
                self.__dict__["lineup"] = other.lineup
            if all(_same_to_the_engine(one, another) for one, another in changed):
                return other.programme
        made = self._programme()
        _LATEST.append(_Prepared(parts, plain, self.lineup, made))
        return made

    def _programme(self) -> Programme:
        return Programme(
            resources=self.resources,
            stages=self.pathway.stages,
            clusters=self._clusters(),
            discipline=self.pathway.discipline,
            horizon_days=self.horizon_days,
            pools=self.pools,
        )

    def _clusters(self) -> tuple[Cluster, ...]:
        """Every brand as the engine sees it; what many have in common is checked once."""
        of = {c.name: c.cluster(self.campaign.event_date, self.start_date) for c in self.clusters}
        return tuple(
            replaced(
                of[cluster.name],
                name=brand.name,
                workshops=brand.workshops,
                origin=brand.home,
                first=brand.first,
                label=brand.label or brand.name,
                pool=brand.pool,
            )
            for brand, cluster in self.lineup
        )


def _changed(data: Any, settings: Mapping[str, Any]) -> Any:
    for path, given in settings.items():
        data = paths.changed(data, path, given)
    return data


def _centres(cluster: Brand, pools: dict[str, Number]) -> list[Brand]:
    """Every centre of a cluster, the largest first; the cluster itself where it is one."""
    if cluster.centres is None:
        return [cluster]
    try:
        sizes = cluster.centres.sizes(int(central(cluster.makers)))[::-1].tolist()
    except BadInput as error:
        raise error.at(f"clusters.{cluster.name}") from None
    names, count, width = list(pools), len(sizes), len(str(len(sizes)))
    where = spread([central(share) for share in pools.values()], count).tolist() if pools else None
    made = []
    for i in range(count):
        name, label = f"{cluster.name}-{i + 1:0{width}d}", f"{cluster.label or cluster.name} {i + 1}"
        pool = cluster.pool or (names[where[i]] if where else None)
        own = {"name": name, "label": label, "makers": float(sizes[i]), "pool": pool}
        made.append(replaced(cluster, **own, centres=None, origin=None, first=0))
    return made


def _same_to_the_engine(one: object, other: object) -> bool:
    """Whether two parts of scenarios differ only in what the engine does not see: a brand's goods and work."""
    if not (isinstance(one, Brand) and isinstance(other, Brand)):
        return False
    same = (getattr(one, name) == getattr(other, name) for name in SEEN)
    return all(same) and list(one.before_start) == list(other.before_start)


class _Prepared(NamedTuple):
    """A programme, and all that it was made from: values, which must look the same to the engine, and plain values."""

    parts: tuple[object, ...]
    plain: tuple[object, ...]
    lineup: tuple[tuple[Brand, Brand], ...]
    programme: Programme


# Of the latest scenarios: most levers leave the programme alone, and to check it takes longer than all else they do.
_LATEST: collections.deque[_Prepared] = collections.deque(maxlen=4)


def _one_by_one(cluster: Brand) -> list[Brand]:
    """Every workshop of a cluster as a cluster of its own, with the same origin and random numbers."""
    count, width = cluster.workshops, len(str(cluster.workshops))
    return [
        dataclasses.replace(
            cluster,
            name=f"{cluster.name}-{i + 1:0{width}d}",
            label=f"{cluster.name} {i + 1}",
            makers=1.0,
            origin=cluster.origin or cluster.name,
            first=cluster.first + i,
        )
        for i in range(count)
    ]
