"""One step of each lever: what a planner would try next, one thing at a time.

A step is small and of a kind that can be compared: one more of a resource, a tenth more of an amount, a tenth less
time, a tenth more who pass, and of named alternatives each other one. Ranges move with their number, so that
replication by replication a number that is drawn becomes a tenth more than it was.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Callable, Iterator
from typing import Any

from sim.outcomes.numbers import at
from sim.programme import Stage
from sim.programme.quantity import Number, Quantity, central
from sim.programme.stage import Improving
from sim.scenario import Scenario
from sim.scenario.campaign import StockRule
from sim.scenario.currency import Currency
from sim.value import replaced

TENTH = 0.1
MARKETING_IDR = 1e9  # the first step where nothing is spent yet, for each brand
CAPACITY_STEP = 0.05  # of the share of capacity that is given to the campaign
STORE_AGES = (0.0, 30.0, 90.0)  # days that a campaign may ask for: alternatives, no range
DAYS = ("days", "mean", "low", "mode", "high")  # fields of a distribution that are times


@dataclasses.dataclass(frozen=True)
class Move:
    """One step of one lever.

    Attributes
    ----------
    path : str
        The place that is moved; of several alike, such as the price in every cluster, the first.
    before, after : float or str
        What stands there, of a range its most likely value.
    unit : str
        Singular, in English; empty for a named alternative.
    settings : tuple of (path, value)
        What is set.
    priced : bool
        Whether the model knows what the step itself costs.
    """

    path: str
    before: float | str
    after: float | str
    unit: str
    settings: tuple[tuple[str, Any], ...]
    priced: bool

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with the step taken."""
        return scenario.set_all(dict(self.settings))


def moves(scenario: Scenario) -> list[Move]:
    """Every step that can be taken from a scenario, in the order of the page."""
    return [*_resources(scenario), *_money(scenario), *_workshops(scenario), *_stages(scenario), *_rules(scenario)]


def shifted(number: Number, shift: Callable[[float], float]) -> Number:
    """A number with its range, all of it moved; of a lever the value in force, since its range is what is offered."""
    if isinstance(number, Quantity):
        ends = {k: shift(v) for k in ("central", "low", "high") if (v := getattr(number, k)) is not None}
        return replaced(number, **ends)
    return shift(central(number))


def _scaled(
    scenario: Scenario, paths: list[str], factor: float, unit: str, name: str = "", priced: bool = False
) -> Move:
    """All of some numbers a tenth more or less, called after the first of them."""
    numbers: list[Any] = [at(scenario, path) for path in paths]
    before = float(central(numbers[0]))
    settings = tuple((path, shifted(number, lambda x: x * factor)) for path, number in zip(paths, numbers, strict=True))
    return Move(name or paths[0], before, before * factor, unit, settings, priced)


def _resources(scenario: Scenario) -> Iterator[Move]:
    for name, resource in scenario.resources.items():
        path, units = f"resources.{name}.units", float(central(resource.units))
        more = units + max(1.0, round(TENTH * units))  # of thousands one more would show nothing
        yield Move(path, units, more, "unit", ((path, more),), priced=True)


def _money(scenario: Scenario) -> Iterator[Move]:
    yield _scaled(scenario, ["finance.working_capital_idr"], 1 + TENTH, "IDR", priced=True)
    if scenario.finance.budget_idr is not None:
        yield _scaled(scenario, ["finance.budget_idr"], 1 + TENTH, "IDR", priced=True)
    path, spent = "demand.marketing_idr", float(central(scenario.demand.marketing_idr))
    more = spent * (1 + TENTH) if spent else MARKETING_IDR
    yield Move(path, spent, more, "IDR", ((path, more),), priced=True)
    names, in_force = list(scenario.demand.classes), scenario.demand.brand_class
    for better in names[names.index(in_force) + 1 :]:
        yield _instead("demand.brand_class", in_force, better)


def _workshops(scenario: Scenario) -> Iterator[Move]:
    """What clusters make and sell, in all of them at once; prices in all that have theirs in one currency."""
    goods = [f"clusters.{c.name}.goods" for c in scenario.clusters]
    prices: dict[Currency, list[str]] = {}
    for place, cluster in zip(goods, scenario.clusters, strict=True):
        prices.setdefault(cluster.goods.currency, []).append(f"{place}.price_{cluster.goods.currency}")
    for currency, alike in prices.items():
        for factor in (1 + TENTH, 1 - TENTH):
            yield _scaled(scenario, alike, factor, currency.upper())
    yield _scaled(scenario, [f"{path}.unit_cost_idr" for path in goods], 1 - TENTH, "IDR")
    working = [c for c in scenario.clusters if c.workforce is not None and c.workshops > 0]
    if not working:
        return
    crews = [f"clusters.{c.name}.workforce" for c in working]
    yield _scaled(scenario, [f"{path}.items_per_worker_day" for path in crews], 1 + TENTH, "item a worker-day")
    yield _capacity(scenario, [f"{path}.campaign_share" for path in crews])
    invited = [c for c in working if central(c.wave) < central(c.makers)]
    if invited:
        waves = tuple((f"clusters.{c.name}.wave", math.ceil(central(c.wave) * (1 + TENTH))) for c in invited)
        yield Move(waves[0][0], float(central(invited[0].wave)), float(waves[0][1]), "workshop", waves, priced=True)


def _capacity(scenario: Scenario, paths: list[str]) -> Move:
    """A little more of every cluster's capacity for the campaign, at most all of it."""
    numbers: list[Any] = [at(scenario, path) for path in paths]
    settings = tuple(
        (p, shifted(n, lambda x: min(1.0, x + CAPACITY_STEP))) for p, n in zip(paths, numbers, strict=True)
    )
    before = float(central(numbers[0]))
    return Move(paths[0], before, min(1.0, before + CAPACITY_STEP), "share", settings, priced=False)


def _stages(scenario: Scenario) -> Iterator[Move]:
    needed = [s for s in scenario.pathway.stages if any(s.name not in c.exempt for c in scenario.clusters)]
    for stage in needed:
        if stage.duration.average > 0:
            path, duration = f"pathway.stages.{stage.name}.duration", stage.duration
            faster = _faster(duration)
            yield Move(path, duration.average, faster.average, "day", ((path, faster),), priced=False)
    for stage in needed:
        yield from _passing(stage)
    shipping = scenario.campaign.shipping
    days = sum(float(central(getattr(shipping, f"{leg}_days"))) for leg in shipping.legs)
    if days > 0:
        paths = [f"campaign.shipping.{leg}_days" for leg in shipping.legs]
        faster_legs = _scaled(scenario, paths, 1 - TENTH, "day", "campaign.shipping")
        yield dataclasses.replace(faster_legs, before=days, after=_a_tenth_less(days))


def _faster(duration: Any) -> Any:
    """A distribution of days, every one of them a tenth less."""
    times = [(name, getattr(duration, name, None)) for name in DAYS]
    fields: dict[str, Any] = {name: shifted(number, _a_tenth_less) for name, number in times if number is not None}
    if (values := getattr(duration, "values", None)) is not None:
        fields["values"] = tuple(_a_tenth_less(day) for day in values)
    return dataclasses.replace(duration, **fields)


def _a_tenth_less(days: float) -> float:
    return days * (1 - TENTH)


def _passing(stage: Stage) -> Iterator[Move]:
    """A tenth more pass at every attempt."""

    def better(chance: float) -> float:
        return min(1.0, chance * (1 + TENTH))

    path = f"pathway.stages.{stage.name}.passes"
    value: Any
    if isinstance(stage.passes, Improving):
        first, end = stage.passes.first, "first"
        value = replaced(stage.passes, first=shifted(first, better))
    elif stage.passes:
        first, end = stage.passes[0], "0"
        value = tuple(shifted(p, better) for p in stage.passes)
    else:
        return
    before = float(central(first))
    if before < 1:
        yield Move(f"{path}.{end}", before, better(before), "share", ((path, value),), priced=False)


def _rules(scenario: Scenario) -> Iterator[Move]:
    """What the programme could only ask for: other rules of the campaign."""
    campaign = scenario.campaign
    for other in campaign.accesses:
        if other != campaign.access:
            yield _instead("campaign.access", campaign.access, other)
    yield from _stock_rules(scenario)
    if any(gate.aged for gate in campaign.gates_in_force()):
        age = float(central(campaign.min_store_age_days))
        for days in STORE_AGES:
            if days != age:
                path = "campaign.min_store_age_days"
                yield Move(path, age, days, "day", ((path, days),), priced=False)


def choices(scenario: Scenario) -> list[Move]:
    """Every other alternative of what is chosen by name or contested: structure, which nothing averages."""
    demand = scenario.demand
    known = [name for name in demand.classes if name != demand.brand_class]
    found = [_instead("demand.brand_class", demand.brand_class, other) for other in known]
    found += [move for move in _rules(scenario) if isinstance(move.after, str)]
    if demand.maturity_multiple != 1.0:
        other = "linear" if demand.maturity == "saturating" else "saturating"
        found.append(_instead("demand.maturity", demand.maturity, other))
    for cluster in scenario.clusters:
        path, makers = f"clusters.{cluster.name}.makers", float(central(cluster.makers))
        rivals = sorted({float(central(count)) for count in cluster.counts.values()} - {makers})
        found += [Move(path, makers, n, "workshop", ((path, n),), priced=False) for n in rivals]
    others = [name for name in scenario.campaign.turnover if name != demand.denominator]
    return found + [_instead("demand.denominator", demand.denominator, other) for other in others]


def _stock_rules(scenario: Scenario) -> Iterator[Move]:
    """The other ways to ask for stock, of which the campaign says how much, and a tenth less of what is asked."""
    campaign = scenario.campaign
    if not any(gate.asks == "stock" for gate in campaign.gates):
        return
    currency, value = campaign.min_stock_value
    asked = {"items": (campaign.min_stock_items, "item"), "value": (value, currency.upper())}
    for other in typing.get_args(StockRule):
        if other != campaign.stock_rule and (other not in asked or central(asked[other][0]) > 0):
            yield _instead("campaign.stock_rule", campaign.stock_rule, other)
    if campaign.stock_rule in asked:
        named = {"items": "campaign.min_stock_items", "value": f"campaign.min_stock_value_{currency}"}
        path = named[campaign.stock_rule]
        yield _scaled(scenario, [path], 1 - TENTH, asked[campaign.stock_rule][1])


def _instead(path: str, before: str, after: str) -> Move:
    return Move(path, before, after, "", ((path, after),), priced=False)
