"""A scenario small enough to be worked out on paper: two clusters, five workshops, fixed durations, round numbers.

How it goes, in days since the start. `coach` has two places; requests are served by waiting time, then by
entity number (cluster Ada, her workshops A1 A2 A3, cluster Bima, his workshops B1 B2).

    coach (10)   A1 A2 from 0 to 10, A3 B1 from 10 to 20, B2 from 20 to 30
    test  (5)    A1 A2 on 15, A3 B1 on 25, B2 on 35
    pilot (10)   A1 A2 on 25, A3 B1 on 35, B2 on 45: half of the full rate
    full  (20)   A1 A2 on 45, A3 B1 on 55, B2 on 65: the full rate
    cluster      organise (20) to 20, open-store (30) to 50; list-goods waits for the store and for one workshop
                 past the test (Ada 15, Bima 25), so (5) to 55; export-docs (5) to 60. The same for both.

A workshop of Ada makes 4 workers × 5 items × 3.5 / 7 days × 0.5 for the campaign × (1 − 0.2) = 4 items a day,
one of Bima 10 × 1 × 7 / 7 × 1 × 1 = 10 items a day.

    Ada    from 25: 2 × 0.5 × 4 = 4 a day; from 35: 6; from 45: 10; from 55: 12
           made until 35: 40; 45: 100; 55: 200; 60: 260; then 12 a day
    Bima   from 35: 0.5 × 10 = 5 a day; from 45: 10; from 55: 15; from 65: 20
           made until 45: 50; 55: 150; 60: 225; 65: 300; then 20 a day

Capital of Rp10,000 pays for 10,000 / 20 = 500 items of Ada (made on day 60 + 240 / 12 = 80) and 10,000 / 10 =
1,000 of Bima (made on day 65 + 700 / 20 = 100). Consignments leave from day 60 every 15 days, and whenever 120
more are made since day 60; the way takes 1 + 2 + 3 + 4 + 0 = 10 days, without chance.

    Ada    leave 60: 260; 70: 120 (a load); 75: 60 (regular); 80: 60 (a load, and the cap)
           sellable 70: 260; 80: 380; 85: 440; 90: 500
    Bima   loads at 345, 465, 585, 705, 825, 945 items: days 67.25, 73.25, 79.25, 85.25, 91.25, 97.25
           leave 60: 225; 67.25: 120; 73.25: 120; 75: 35; 79.25: 85; 85.25: 120; 90: 95; 91.25: 25; 97.25: 120; 105: 55
           sellable ten days later: 225, 345, 465, 500, 585, 705, 800, 825, 945, 1,000

Prices: Ada RMB 10, Bima RMB 40, discount 20 %: RMB 8 and 32, at Rp2 a RMB Rp16 and Rp64. Both classes of
demand are RMB 2,000 for certain: 250 and 62.5 items, times quality 0.8: 200 and 50.
"""

import datetime
import functools
from typing import Any

from sim import Count, Fixed, Resource, Scenario, Stage
from sim.experiment.runner import Run, milestones
from sim.outcomes import Layer, Numbers, Projection
from sim.scenario import (
    Brand,
    Campaign,
    Demand,
    Fees,
    Finance,
    Gate,
    Goods,
    Pathway,
    Quantiles,
    Shipping,
    Turnover,
    Workforce,
    paths,
)
from sim.value import parse

EVENT = datetime.date(2027, 11, 11)
RMB = 2_000.0  # what each class sells for certain
LEGS = ("packing", "sea", "delay", "customs", "putaway")

STAGES = (
    Stage("coach", needs={"coach": 1}, duration=Fixed(10), cost_idr=11),
    Stage("test", after="coach", duration=Fixed(5), cost_idr=7),
    Stage("pilot", after="test", duration=Fixed(10), output=0.5),
    Stage("full", after="pilot", duration=Fixed(20), output=1.0),
    Stage("organise", on="cluster", duration=Fixed(20)),
    Stage("open-store", on="cluster", after="organise", duration=Fixed(30)),
    Stage("list-goods", on="cluster", after=["open-store", Count(1, "test")], duration=Fixed(5)),
    Stage("export-docs", on="cluster", after="list-goods", duration=Fixed(5)),
)

GATES = (
    Gate("sign-up", 20.0, stage="open-store", aged=True, access=("ordinary",)),
    Gate("presale", 40.0, stage="list-goods", closes="presale"),
    Gate("listing", 10.0, stage="list-goods"),
    Gate("stock", 30.0, asks="stock", access=("invitation",)),
    Gate("goods", 0.0, asks="goods"),
)

ADA = Brand(
    name="ada",
    makers=3.0,
    goods=Goods(price_rmb=10.0, unit_cost_idr=20.0, defect_rate=0.2),
    workforce=Workforce(
        workers_per_workshop=4.0, items_per_worker_day=5.0, campaign_share=0.5, working_days_per_week=3.5
    ),
)
BIMA = Brand(
    name="bima",
    makers=2.0,
    goods=Goods(price_rmb=40.0, unit_cost_idr=10.0),
    workforce=Workforce(
        workers_per_workshop=10.0, items_per_worker_day=1.0, campaign_share=1.0, working_days_per_week=7.0
    ),
)


def small(**changes: Any) -> Scenario:
    """The scenario; `changes` maps paths to values, dots written as double underscores."""
    return placed({path.replace("__", "."): value for path, value in changes.items()})


def placed(changes: dict[str, Any]) -> Scenario:
    """The scenario with values put at paths, all of them before it is checked."""
    if not changes:
        return _plain()
    data = _plain().plain
    for path, value in changes.items():
        data = paths.put(data, path, value)
    return parse(Scenario, data)


@functools.cache
def _plain() -> Scenario:
    certain = Quantiles({"p05": RMB, "p95": RMB})
    return Scenario(
        name="small",
        campaign=Campaign(
            name="fair",
            event_date=EVENT,
            channel="fair",
            gates=GATES,
            access="invitation",
            stock_rule="items",
            min_stock_items=400.0,
            min_stock_value_rmb=2_400.0,
            presale_share=0.25,
            shipping=Shipping(
                packing_days=1.0,
                sea_days=2.0,
                delay_days=3.0,
                customs_days=4.0,
                putaway_days=0.0,
                variation=0.0,
                load_items=120.0,
                interval_days=15.0,
                cost_idr_per_item=1.0,
            ),
            turnover={
                "alibaba": Turnover(year=2025, amount_rmb=1e6, portion=0.5, growth_per_year=0.1),
                "platforms": Turnover(year=2027, amount_usd=4e5),
                "imports": Turnover(year=2026, amount_idr=3e6, growth_per_year=-0.5),
            },
            fees=Fees(store_usd=4.0, annual_rmb=5.0, commission=0.05, operator=0.1),
        ),
        pathway=Pathway(name="small", stages=STAGES, store="open-store", ships_after="export-docs", tested="test"),
        clusters=(ADA, BIMA),
        finance=Finance(working_capital_idr=10_000.0, interest_per_year=0.36525),
        demand=Demand(
            brand_class="unknown",
            classes={"unknown": certain, "known-at-home": certain},
            idr_per_rmb=2.0,
            idr_per_usd=5.0,
            denominator="alibaba",
            maturity_multiple=3.0,
            maturity_tau_days=50.0,
            push=1.0,
            quality_factor=0.8,
            discount=0.2,
            marketing_idr=0.0,
            cost_per_customer_usd=2.0,
            items_per_customer=1.2,
            second_year_multiple=2.0,
        ),
        lead_weeks=20.0,
        seed=1,
        resources={"coach": Resource(units=2.0, cost_idr_per_day=3.0)},
        replications=3,
        horizon_days=1_000.0,
    )


def projected(
    scenario: Scenario, replications: int = 1, layer: Layer = "mixed", median_rmb: float | None = None
) -> Projection:
    """The closed form over the scenario's histories, without fitting a brand class."""
    run = Run(scenario, scenario.seed, replications, layer, "reference")
    return Projection(Numbers(scenario, scenario.seed, 0, replications, layer), milestones(run), median_rmb)
