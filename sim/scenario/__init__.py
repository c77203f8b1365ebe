"""Scenarios: everything that is chosen, known or assumed, as frozen values read from seed files."""

from sim.scenario.brand import Brand, Goods, Workforce
from sim.scenario.campaign import Campaign, Fees, Gate, Shipping, Turnover
from sim.scenario.market import Demand, Finance, FittedLognormal, Quantiles
from sim.scenario.scenario import SCHEMA_VERSION, Pathway, Scenario
from sim.scenario.seeds import Feast, evidence, feasts, scenario_names, shipped_root

__all__ = [
    "SCHEMA_VERSION",
    "Brand",
    "Campaign",
    "Demand",
    "Feast",
    "Fees",
    "Finance",
    "FittedLognormal",
    "Gate",
    "Goods",
    "Pathway",
    "Quantiles",
    "Scenario",
    "Shipping",
    "Turnover",
    "Workforce",
    "evidence",
    "feasts",
    "scenario_names",
    "shipped_root",
]
