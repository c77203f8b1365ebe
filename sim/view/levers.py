"""Which places of a scenario a planner can move on the page, and to which values: no widget, no wording of its own.

A lever is a path of the scenario with the values that its control offers. Unit and range come from the metadata of
the field (`Measure`) and from the number itself (`Lever`, `Quantity`), choices from the field's type. Values that
span orders of magnitude are offered in steps that feel even.
"""

from __future__ import annotations

import bisect
import dataclasses
import math
import typing
from collections.abc import Sequence

from sim.errors import BadInput
from sim.outcomes.measures import annotation_of, measure_of
from sim.outcomes.numbers import at
from sim.programme.quantity import Lever, Number, Quantity, central, least, most, quantities
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.value import Measure
from sim.view.scale import round_step

ROUND = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # within each power of ten
LEAST_MONEY = 1e8  # the smallest amount above nothing that a slider from nothing offers
MOST_CLUSTERS = 3  # whose own levers are offered
MOST_STEPS = 60
STRUCTURE: dict[str, tuple[float, ...]] = {"campaign.min_store_age_days": (0.0, 30.0, 90.0)}  # alternatives, no range

OF_THE_CLUSTER = {
    ".makers": N_("number of workshops"),
    ".wave": N_("first wave"),
    ".campaign_share": N_("share of capacity for the campaign"),
}
PROGRAMME, CLUSTERS, RULES, MARKET = (
    N_("The programme"),
    N_("The clusters"),
    N_("The campaign's rules"),
    N_("The market"),
)


@dataclasses.dataclass(frozen=True)
class Place:
    """One place of a scenario that can be moved.

    Attributes
    ----------
    path : str
    value : float or str
        The value in force; a range counts as its most likely value.
    values : tuple of float or str
        What the control offers, in order, `value` among them.
    choice : bool
        Whether the values are named alternatives and not amounts.
    number : Number, optional
        The number with its range and source, where it is one.
    unit : str
    titles : mapping
        Of the scenario's own parts.
    """

    path: str
    value: float | str
    values: tuple[float | str, ...]
    choice: bool
    number: Number | None = None
    unit: str = ""
    titles: words.Titles = dataclasses.field(default_factory=dict, compare=False, repr=False)

    @property
    def field(self) -> str:
        """Last part of the path: under it `words` knows the names of the values."""
        return self.path.rpartition(".")[2]

    def name(self, scenario: Scenario, language: str) -> str:
        """Displayed name; where there is one cluster, it need not be named."""
        own = next((text for end, text in OF_THE_CLUSTER.items() if self.path.endswith(end)), None)
        if own is not None and len(scenario.clusters) == 1:
            return formats.capital(speaker(language)(own))
        return formats.capital(words.lever_name(self.path, language, words.titles_of(scenario)))

    def shown(self, value: float | str, language: str) -> str:
        """One of its values with its unit."""
        if isinstance(value, str):
            return words.choice(self.field, value, language, self.titles)
        return words.amount(value, self.unit, language)

    def note(self, scenario: Scenario, language: str) -> str:
        """Range and source, as small text."""
        if self.number is None:
            return choice_note(scenario, self.path, language)
        return " · ".join(words.provenance(self.number, self.unit, language))


def groups(scenario: Scenario) -> dict[str, list[Place]]:
    """The levers of a scenario by group, in the order of the page; groups are marked texts."""
    found = {
        PROGRAMME: [f"resources.{name}.units" for name in scenario.resources],
        CLUSTERS: ["finance.working_capital_idr", *_of_clusters(scenario)],
        RULES: ["campaign.access", "campaign.stock_rule", "campaign.min_stock_items", "campaign.min_store_age_days"],
        MARKET: ["demand.brand_class", "demand.marketing_idr", "demand.maturity", "demand.denominator"],
    }
    return {
        group: [place(scenario, path) for path in paths if matters(scenario, path)] for group, paths in found.items()
    }


def _of_clusters(scenario: Scenario) -> list[str]:
    working = [cluster for cluster in scenario.clusters if cluster.workforce is not None and cluster.workshops > 0]
    if len(working) > MOST_CLUSTERS:
        return []
    found = []
    for cluster in working:
        found += [f"clusters.{cluster.name}.makers"] if cluster.counts else []
        found += [f"clusters.{cluster.name}.wave"] if isinstance(cluster.wave, Lever) else []
        found.append(f"clusters.{cluster.name}.workforce.campaign_share")
    return found


def matters(scenario: Scenario, path: str) -> bool:
    """Whether a rule can be other than it is in this campaign and market, and would then do anything."""
    campaign, demand = scenario.campaign, scenario.demand
    useless = {
        "campaign.access": len(campaign.accesses) < 2,
        "campaign.stock_rule": not any(gate.asks == "stock" for gate in campaign.gates),
        "campaign.min_stock_items": not any(gate.asks == "stock" for gate in campaign.gates),
        "campaign.min_store_age_days": not any(gate.aged for gate in campaign.gates),
        "demand.brand_class": len(demand.classes) < 2,
        "demand.maturity": demand.maturity_multiple == 1,
        "demand.denominator": len(campaign.turnover) < 2,
    }
    return not useless.get(path, False)


def applies(scenario: Scenario, path: str) -> bool:
    """Whether a lever does anything under the rules in force: how many items counts only where items are counted."""
    return path != "campaign.min_stock_items" or scenario.campaign.stock_rule == "items"


def place(scenario: Scenario, path: str) -> Place:
    """One lever of a scenario.

    Raises
    ------
    BadInput
        If nothing that a control could move stands at the path.
    """
    found = at(scenario, path)
    if isinstance(found, str):
        return Place(path, found, alternatives(scenario, path), choice=True, titles=words.titles_of(scenario))
    if not isinstance(found, float | int | Quantity | Lever):
        raise BadInput(path, "is no place that a control can move", found)
    measure = measure_of(scenario, path)
    value = float(central(found))
    if path.endswith(".makers"):
        return Place(path, value, with_value(value, _counts(scenario, path)), True, found, measure.unit)
    if path in STRUCTURE:
        return Place(path, value, with_value(value, STRUCTURE[path]), True, found, measure.unit)
    return Place(path, value, with_value(value, _steps(found, measure)), False, found, measure.unit)


def alternatives(scenario: Scenario, path: str) -> tuple[str, ...]:
    """The values of a field that holds one of several words."""
    if path == "demand.denominator":
        return tuple(scenario.campaign.turnover)
    if path == "demand.brand_class":
        return tuple(scenario.demand.classes)
    if path == "campaign.access":
        return scenario.campaign.accesses
    return typing.get_args(annotation_of(scenario, path))


def _counts(scenario: Scenario, path: str) -> tuple[float, ...]:
    """Rival counts of a cluster's makers."""
    cluster = next(c for c in scenario.clusters if c.name == path.split(".")[1])
    return tuple(sorted({float(central(n)) for n in cluster.counts.values()}))


def _steps(number: Number, measure: Measure) -> tuple[float, ...]:
    """The values that a slider offers: the lever's own range, else the field's and what may be true."""
    low, high = (number.low, number.high) if isinstance(number, Lever) else measure.slider or (0.0, 1.0)
    low, high = min(low, least(number)), max(high, most(number))
    wide = low == 0 and high > 1e6
    if measure.logarithmic or wide:
        return ((0.0,) if wide else ()) + even_steps(max(low, LEAST_MONEY if wide else low), high)
    step = measure.step or (high - low) / 50
    if (high - low) / step > MOST_STEPS:  # a whole country's resources are not chosen one by one
        step = round_step((high - low) / MOST_STEPS)
    return tuple(round(low + step * i, 10) for i in range(math.floor((high - low) / step + 1e-9) + 1))


def even_steps(low: float, high: float) -> tuple[float, ...]:
    """Round values from `low` to `high`, ten to every power of ten, so that equal moves multiply about equally."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    # By way of text: 3 × 10⁻⁸ as a product is not the number that "3e-08" is.
    inside = [x for p in powers for m in ROUND if low < (x := float(f"{m:g}e{p}")) < high]
    return (low, *inside, high)


def with_value(value: float, values: Sequence[float | str]) -> tuple[float, ...]:
    """`values` with one more among them: whatever a file says must be offered."""
    found = [float(x) for x in values]
    if value not in found:
        bisect.insort(found, value)
    return tuple(found)


def _behind(scenario: Scenario, path: str) -> tuple[Number, str] | None:
    """The number that a choice brings into play, with its unit; None where it is not one number."""
    campaign = scenario.campaign
    if path == "campaign.stock_rule" and campaign.stock_rule == "items":
        return campaign.min_stock_items, "item"
    if path == "campaign.stock_rule" and campaign.stock_rule == "value":
        currency, amount = campaign.min_stock_value
        return amount, currency.upper()
    return None


def choice_note(scenario: Scenario, path: str, language: str) -> str:
    """What the alternative in force rests on."""
    if (behind := _behind(scenario, path)) is not None:
        return words.quantity(*behind, language)
    return ", ".join(choice_rows(scenario, path)) or speaker(language)("assumption")


def choice_rows(scenario: Scenario, path: str) -> list[str]:
    """Evidence rows behind the alternative in force."""
    return list(dict.fromkeys(_rows(scenario, path).split()))


def _rows(scenario: Scenario, path: str) -> str:
    if (behind := _behind(scenario, path)) is not None:
        return getattr(behind[0], "row", None) or ""
    campaign, demand = scenario.campaign, scenario.demand
    rests_on: dict[str, object] = {
        "campaign.access": tuple(
            gate for gate in campaign.gates_in_force() if len(gate.access) < len(campaign.accesses)
        ),
        "demand.denominator": campaign.turnover[demand.denominator],
        "demand.brand_class": demand.classes[demand.brand_class],
        "demand.maturity": {"multiple": demand.maturity_multiple},
    }
    return " ".join(q.row or "" for q in quantities(rests_on.get(path)).values())
