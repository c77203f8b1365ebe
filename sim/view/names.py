"""Displayed names of what is only seen in results: kinds of cost, numbers that an answer rests on, brands, events."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from sim.outcomes.numbers import at
from sim.programme.quantity import Lever, Quantity
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import N_, speaker
from sim.view import levers

# The end of a path to what stands there; {name} is the stage, resource, gate or cluster it belongs to.
ENDS = {
    "duration.mean": N_("how long {name} takes"),
    "places_per_unit": N_("how many each of the {name} can serve"),
    "deadline_days": N_("when this closes: {name}"),
    "inbound_cutoff_days": N_("the last day on which goods may arrive"),
    "workforce.workers_per_workshop": N_("workers in each workshop"),
    "workforce.items_per_worker_day": N_("items that a worker makes in a day"),
    "workforce.campaign_share": N_("the share of capacity that workshops give to the campaign"),
    "workforce.working_days_per_week": N_("working days in a week"),
    "goods.price_rmb": N_("the price of an item"),
    "goods.price_idr": N_("the price of an item"),
    "goods.unit_cost_idr": N_("the cost of an item"),
    "goods.defect_rate": N_("the share of items that are faulty"),
    "min_stock_value_rmb": N_("the value of goods that the stock rule asks for"),
    "min_stock_value_idr": N_("the value of goods that the stock rule asks for"),
    "presale_share": N_("the share of sales that the pre-sale makes"),
    "load_items": N_("the size of a consignment"),
    "interval_days": N_("the time between two consignments"),
    "finance.working_capital_idr": N_("working capital"),
    "finance.budget_idr": N_("the programme's budget"),
    "finance.interest_per_year": N_("interest in a year"),
    "duration": N_("how long {name} takes"),
    "cost_idr_per_day": N_("what each of the {name} costs in a day"),
    "shipping.cost_idr_per_item": N_("what shipping an item costs"),
    "shipping_idr_per_item": N_("what shipping an item costs"),
    "cost_idr": N_("what an attempt costs: {name}"),
    "goods.return_rate": N_("the share of items that are sent back"),
    "shipping.packing_days": N_("packing"),
    "shipping.road_days": N_("the way by road"),
    "shipping.sea_days": N_("the sea passage"),
    "shipping.delay_days": N_("delays at sea and in port"),
    "shipping.customs_days": N_("customs"),
    "shipping.putaway_days": N_("putting away in the warehouse"),
    "demand.push": N_("how much an invitation or a pavilion multiplies sales"),
    "demand.maturity_multiple": N_("how much more an old store sells than a new one"),
    "demand.maturity_tau_days": N_("how soon a store grows old enough"),
    "demand.quality_factor": N_("what quality does to demand"),
    "demand.discount": N_("the discount"),
    "demand.cost_per_customer_usd": N_("what marketing costs for each customer"),
    "demand.cost_per_customer_idr": N_("what marketing costs for each customer"),
    "demand.items_per_customer": N_("items that a customer takes"),
    "demand.second_year_multiple": N_("sales in the second year"),
    "demand.idr_per_rmb": N_("rupiah for a renminbi"),
    "demand.idr_per_usd": N_("rupiah for a dollar"),
    "log_sd": N_("how much brands of one class differ"),
    "fitted_sales_idr": N_("the sales of the known case"),
    "growth_per_year": N_("how fast everybody's sales grow"),
    ".portion": N_("which part of the market counts"),
    "fees.store_usd": N_("what opening a store costs"),
    "fees.store_idr": N_("what opening a store costs"),
    "fees.deposit_usd": N_("the deposit of a store"),
    "fees.annual_rmb": N_("the yearly fee of a store"),
    "fees.commission": N_("the channel's commission"),
    "fees.operator": N_("the operator's part"),
}
TURNOVER = N_("everybody's sales in the event")
COST_KINDS = {
    "people": N_("People"),
    "stages": N_("Stages of the preparation"),
    "stores": N_("Stores"),
    "marketing": N_("Marketing"),
    "channel": N_("Commission and operators"),
    "goods": N_("Goods and shipping"),
    "interest": N_("Interest"),
    "programme": N_("Public programme in all"),
}
PARTS = {"stages": "stage", "resources": "resource", "gates": "gate", "clusters": "cluster"}
PASSES, SHIPPING = N_("the pass rate of “{name}” at each attempt"), N_("how long shipping takes")


def place(path: str, scenario: Scenario, language: str) -> str:
    """What a lever or an uncertain number is called, for the middle of a sentence; one cluster need not be named."""
    if path.endswith(".units") or path in words.LEVERS:
        return words.small(words.lever_name(path, language, words.titles_of(scenario)))
    if path.endswith((".makers", ".wave")):
        return words.small(levers.place(scenario, path).name(scenario, language))
    return quantity(path, scenario, language)


def number(path: str, scenario: Scenario, language: str) -> str:
    """The same for one number: with the cluster it belongs to, where there are several."""
    called, parts = place(path, scenario, language), path.split(".")
    if parts[0] != "clusters" or len(scenario.clusters) == 1:
        return called
    return f"{called} ({words.name_of(f'cluster.{parts[1]}', language, words.titles_of(scenario))})"


def quantity(path: str, scenario: Scenario, language: str) -> str:
    """What the uncertain number at a path is called, for the middle of a sentence."""
    _ = speaker(language)
    if ".passes." in path:
        return _(PASSES, name=_owner(path, scenario, language))
    if path == "campaign.shipping":
        return _(SHIPPING)
    if path.startswith("campaign.turnover.") and ".amount_" in path:
        return _(TURNOVER)
    text = next((text for end, text in ENDS.items() if path.endswith(end)), None)
    return path if text is None else _(text, name=_owner(path, scenario, language))


def _owner(path: str, scenario: Scenario, language: str) -> str:
    """Displayed name of the stage, resource, gate or cluster that a path leads through."""
    parts = path.split(".")
    for part, name in pairwise(parts):
        if part in PARTS:
            return words.small(words.name_of(f"{PARTS[part]}.{name}", language, words.titles_of(scenario)))
    return ""


def rows(path: str, scenario: Scenario) -> list[str]:
    """Evidence rows of the number at a path."""
    number = at(scenario, path)
    return (number.row or "").split() if isinstance(number, Quantity | Lever) else []


def brands(scenario: Scenario, language: str) -> list[str]:
    """Displayed names of the brands, in their order."""
    titles = words.titles_of(scenario)
    return [
        words.name_of(f"cluster.{brand.name}", language, titles) if brand is cluster else brand.label or brand.name
        for brand, cluster in scenario.lineup
    ]


def groups(scenario: Scenario, language: str) -> list[str]:
    """Displayed names of the clusters that have brands, with how many each stands for, in their order."""
    _, titles, of = speaker(language), words.titles_of(scenario), Counter(scenario.cluster_of_brand)
    return [
        _(
            "{cluster}, {n} brands",
            cluster=formats.capital(words.name_of(f"cluster.{cluster.name}", language, titles)),
            n=formats.number(of[i], language),
        )
        for i, cluster in enumerate(scenario.clusters)
        if of[i]
    ]


def event(scenario: Scenario, language: str) -> str:
    """Displayed name of the campaign."""
    return words.text_of(scenario.campaign.title, language, scenario.campaign.name)
