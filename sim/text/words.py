"""Displayed names: units, choices, levers, and what the model's labels stand for.

The model speaks in short labels ("queue.coach", "first-fit"); readers get words. A scenario's own
titles go before the words known here, and a label nobody knows is shown as it is, with spaces. Whole
sentences are in `sim.text.sentences`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from sim.errors import unknown
from sim.programme import Programme
from sim.programme.quantity import Lever, Number, Quantity, central
from sim.text import formats
from sim.text.catalogue import N_, NN_, speaker

if TYPE_CHECKING:
    from sim.scenario import Scenario

Title = Mapping[str, str]  # language to text
Titles = Mapping[str, Title]  # label, as "stage.coach", to its title

# How the number itself looks, where it is more than digits.
FORMS: dict[str, formats.Form] = {
    "IDR": formats.rupiah,
    "IDR a day": formats.rupiah,
    "IDR per RMB": formats.rupiah,
    "IDR per USD": formats.rupiah,
    "RMB": formats.rmb,
    "RMB a year": formats.rmb,
    "USD": formats.usd,
    "share": formats.share,
    "share a year": formats.share,
    "probability": formats.probability,
    "day": lambda x, language: formats.days(x, language, unit=False),
    "week": lambda x, language: formats.weeks(x, language, unit=False),
}

# What stands around it.
AROUND: dict[str, tuple[str, str]] = {
    "attempt": NN_("{n} attempt", "{n} attempts"),
    "day": NN_("{n} day", "{n} days"),
    "day a week": NN_("{n} day a week", "{n} days a week"),
    "factor": NN_("{n} times", "{n} times"),
    "IDR a day": NN_("{n} a day", "{n} a day"),
    "IDR per RMB": NN_("{n} per RMB", "{n} per RMB"),
    "IDR per USD": NN_("{n} per USD", "{n} per USD"),
    "item": NN_("{n} item", "{n} items"),
    "item a worker-day": NN_("{n} item per worker and day", "{n} items per worker and day"),
    "centre": NN_("{n} centre", "{n} centres"),
    "place": NN_("{n} place", "{n} places"),
    "RMB a year": NN_("{n} a year", "{n} a year"),
    "share a year": NN_("{n} a year", "{n} a year"),
    "week": NN_("{n} week", "{n} weeks"),
    "worker": NN_("{n} worker", "{n} workers"),
    "workshop": NN_("{n} workshop", "{n} workshops"),
}

# Need nothing around.
BARE = frozenset({"IDR", "RMB", "USD", "share", "probability", "ratio", "log", "unit", "priority"})

STAGES = {
    "join": N_("joining the programme"),
    "diagnose": N_("diagnosis"),
    "coach": N_("coaching"),
    "finance": N_("credit"),
    "equip": N_("equipment"),
    "sample-test": N_("quality test"),
    "pilot": N_("pilot production"),
    "full": N_("full production"),
    "organise": N_("cluster organisation"),
    "agree-standard": N_("agreement on label and standard"),
    "trademark": N_("right to the mark"),
    "compliance": N_("product documents"),
    "open-store": N_("opening of the store"),
    "list-goods": N_("listing of the goods"),
    "export-docs": N_("export documents"),
    "shipping": N_("shipping"),
}

RESOURCES = {
    "coach": N_("coaches"),
    "assessor": N_("assessors"),
    "lab": N_("laboratories"),
    "laboratory": N_("laboratories"),
    "loan-officer": N_("loan officers"),
    "equipment-team": N_("equipment teams"),
    "onboarding-officer": N_("onboarding officers"),
    "content-officer": N_("content officers"),
    "export-officer": N_("export officers"),
}

CAPS = {
    "working_capital": N_("working capital"),
    "capacity": N_("production capacity"),
    "stock": N_("the stock at hand"),
    "demand": N_("demand"),
    "budget": N_("the programme's budget"),
    "horizon": N_("the end of the simulated time"),
    "nothing": N_("nothing"),
}

GATES = {
    "sign-up": N_("closing of sign-up"),
    "metrics": N_("locking of store metrics"),
    "registration": N_("closing of shop registration"),
    "presale": N_("registration of pre-sale goods"),
    "spot": N_("registration of spot goods"),
    "listing": N_("listing of the goods"),
    "stock": N_("stock in the warehouse"),
    "goods": N_("goods ready to sell"),
}

KNOWN: dict[str, dict[str, str]] = {
    "stage": STAGES,
    "resource": RESOURCES,
    "cap": CAPS,
    "gate": GATES,
}

CHOICES: dict[str, dict[str, str]] = {
    "access": {"ordinary": N_("ordinary"), "invitation": N_("by invitation")},
    "stock_rule": {"items": N_("by number of items"), "value": N_("by value"), "none": N_("no stock rule")},
    "maturity": {"saturating": N_("levelling off"), "linear": N_("growing steadily")},
    "grouping": {"cluster": N_("one brand per cluster"), "workshop": N_("every workshop on its own")},
    "discipline": {"first-fit": N_("whoever fits may pass"), "head-of-line": N_("nobody passes")},
    "on": {"workshop": N_("workshop"), "cluster": N_("cluster")},
    # Named by the titles of the scenario's own parts.
    "brand_class": {},
    "denominator": {},
    "channel": {},
}

LEVERS = {
    "lead_weeks": N_("lead time"),
    "grouping": N_("grouping"),
    "finance.working_capital_idr": N_("working capital"),
    "finance.budget_idr": N_("budget"),
    "campaign.access": N_("access"),
    "campaign.stock_rule": N_("stock rule"),
    "campaign.min_stock_items": N_("items asked for"),
    "campaign.min_stock_value_rmb": N_("value of goods asked for"),
    "campaign.min_stock_value_idr": N_("value of goods asked for"),
    "campaign.min_store_age_days": N_("least age of the store"),
    "demand.brand_class": N_("brand class"),
    "demand.denominator": N_("what the share is a share of"),
    "demand.maturity": N_("effect of the store's age"),
    "demand.marketing_idr": N_("marketing"),
}


class Parts(NamedTuple):
    """Levers inside a named part of a scenario: the last step of the path to its name."""

    kind: str
    texts: dict[str, str]


PROPER = frozenset({"Alibaba", "Amazon", "China", "Indonesia", "Indonesian", "Taobao", "Tiongkok", "Tmall"})

NAMED_LEVERS = {
    "resources": Parts("resource", {"places_per_unit": N_("places, {name}")}),
    "clusters": Parts(
        "cluster",
        {
            "wave": N_("first wave, {name}"),
            "makers": N_("number of workshops, {name}"),
            "workforce.campaign_share": N_("share of capacity for the campaign, {name}"),
        },
    ),
}


def amount(x: float, unit: str, language: str) -> str:
    """A number with its unit: ``amount(70, "day", "id")`` is "70 hari".

    Parameters
    ----------
    unit : str
        As a `Measure` names it ("IDR", "share", "item a worker-day"); one not known here is put behind.
    """
    n = bare(x, unit, language)
    if unit in BARE:
        return n
    if unit not in AROUND:
        return f"{n} {unit}"
    return speaker(language).ngettext(*AROUND[unit], x, n=n)


def bare(x: float, unit: str, language: str) -> str:
    """The number in the form of its unit, without the word: the ends of a range."""
    return FORMS.get(unit, formats.number)(x, language)


def quantity(number: Number, unit: str, language: str) -> str:
    """A number with its unit, its range and what it rests on: "13 (6 sampai 20; E739)".

    Notes
    -----
    A quantity's range is what may be true, a lever's is what may be chosen, and the words say which.
    Of an assumption only that it is one is said: its reason is written in one language.
    """
    value, known = amount(central(number), unit, language), provenance(number, unit, language)
    return f"{value} ({'; '.join(known)})" if known else value


def provenance(number: Number, unit: str, language: str) -> list[str]:
    """Range and source of a number, each a short text; none for a plain number."""
    if not isinstance(number, Quantity | Lever):
        return []
    return [part for part in (span(number, unit, language), source(number, language)) if part]


def span(number: Number, unit: str, language: str) -> str:
    """The range of a number, what may be true or what may be chosen; nothing where there is none."""
    if (
        not isinstance(number, Quantity | Lever)
        or number.low is None
        or number.high is None
        or number.low == number.high
    ):
        return ""
    text = formats.ranged(number.low, number.high, lambda x, lang: bare(x, unit, lang), language)
    return speaker(language).gettext("choice of {range}", range=text) if isinstance(number, Lever) else text


def source(number: Number, language: str) -> str:
    """The evidence rows of a number, who gave it, and whether it is an assumption: "E739, asumsi"."""
    if not isinstance(number, Quantity | Lever):
        return ""
    _ = speaker(language)
    parts = (number.row or "").split()
    parts += [_("given by {who}", who=number.given)] if number.given else []
    return ", ".join([*parts, _("assumption")] if number.assumption else parts)


def choice(field: str, value: str, language: str, titles: Titles | None = None) -> str:
    """The displayed name of one of the values of a field: ``choice("access", "ordinary", "id")``.

    Parameters
    ----------
    titles : mapping, optional
        The titles of a scenario, from `titles_of`, which name its own brand classes, turnovers and channel.

    Raises
    ------
    BadInput
        If no field of that name has named values. A value not known here is shown as it is.
    """
    if field not in CHOICES:
        raise unknown("choice", "field with named values", field, CHOICES)
    if own := (titles or {}).get(f"{field}.{value}"):
        return text_of(own, language)
    return speaker(language)(CHOICES[field].get(value, _plain(value)))


def lever_name(path: str, language: str, titles: Titles | None = None) -> str:
    """The displayed name of a place that can be set: ``resources.coach.units`` is "pembina"."""
    _ = speaker(language)
    if path in LEVERS:
        return _(LEVERS[path])
    part, _dot, rest = path.partition(".")
    name, _dot, field = rest.partition(".")
    if part == "resources" and field == "units":
        return name_of(f"resource.{name}", language, titles)
    if part in NAMED_LEVERS and field in NAMED_LEVERS[part].texts:
        kind, texts = NAMED_LEVERS[part]
        return _(texts[field], name=name_of(f"{kind}.{name}", language, titles))
    return path


def name_of(label: str, language: str, titles: Titles | None = None) -> str:
    """The displayed name of a label of the model.

    Parameters
    ----------
    label : str
        A kind and a name: "stage.coach", "resource.coach", "queue.coach" (waiting for that resource),
        "cap.working_capital", "gate.sign-up", "cluster.NAME".
    titles : mapping, optional
        The titles of a scenario or programme, from `titles_of`.
    """
    kind, _dot, name = label.partition(".")
    if kind == "queue":
        resource = small(name_of(f"resource.{name}", language, titles))
        return speaker(language).gettext("waiting for {resource}", resource=resource)
    own = (titles or {}).get(label, {})
    if language in own:
        return own[language]
    if name in KNOWN.get(kind, {}):
        return speaker(language)(KNOWN[kind][name])
    return next(iter(own.values()), _plain(name or kind))


def _plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def small(text: str) -> str:
    """`text` with a small letter first, for the middle of a sentence; initials and names of places stay."""
    first = text.partition(" ")[0]
    return text if first in PROPER or text[1:2].isupper() else text[:1].lower() + text[1:]


def text_of(title: Title, language: str, otherwise: str = "") -> str:
    """A text of a scenario in the language asked for, else in any it has, else `otherwise`."""
    return title.get(language) or next(iter(title.values()), otherwise)


def titles_of(thing: Programme | Scenario) -> dict[str, Title]:
    """The titles that a programme or scenario gives its parts, by label; those without one are left out."""
    stages = thing.stages if isinstance(thing, Programme) else thing.pathway.stages
    found: dict[str, Title] = {f"stage.{s.name}": s.title for s in stages}
    found |= {f"resource.{name}": r.title for name, r in thing.resources.items()}
    if not isinstance(thing, Programme):
        campaign = thing.campaign
        found |= {f"gate.{g.name}": g.title for g in campaign.gates}
        found |= {f"denominator.{name}": whole.title for name, whole in campaign.turnover.items()}
        found |= {f"channel.{campaign.channel}": campaign.channel_title}
        found |= {f"brand_class.{name}": kind.title for name, kind in thing.demand.classes.items()}
        found |= {f"cluster.{c.name}": c.title for c in thing.clusters}
        found |= {f"scenario.{s.name}": s.title for s in (thing, thing.case) if s is not None}
    return {label: title for label, title in found.items() if title}
