"""A scenario in words: the campaign with its dates and gates, the clusters, demand and money.

One small function for each kind of thing; the preparation is said by `sim.text.of_programme`.
"""

from __future__ import annotations

import datetime
import functools

from sim.programme.quantity import Number, central
from sim.scenario import Brand, Campaign, Demand, Fees, FittedLognormal, Gate, Quantiles, Scenario, Turnover
from sim.scenario.currency import one_of
from sim.text import formats, of_programme, words
from sim.text.catalogue import N_
from sim.text.telling import Voice, bullets, section

PLACES = {
    "Central Java": N_("Central Java"),
    "East Java": N_("East Java"),
    "West Java": N_("West Java"),
    # As the pools of the shipped scenarios are named, the largest of them.
    "Jawa Tengah": N_("Central Java"),
    "Jawa Timur": N_("East Java"),
    "Jawa Barat": N_("West Java"),
    "Sumatera Utara": N_("North Sumatra"),
}
MOST_POOLS = 5  # named
LEGS = {
    "packing": N_("packing and papers"),
    "road": N_("by road"),
    "sea": N_("sea"),
    "delay": N_("delays of the schedule"),
    "customs": N_("import customs and inspection"),
    "putaway": N_("put-away in the warehouse"),
}


def lines(scenario: Scenario, voice: Voice) -> list[str]:
    """The whole scenario."""
    _ = voice.speech
    return [
        words.text_of(scenario.about, voice.language),
        *section(_("Campaign"), bullets(campaign(scenario, voice))),
        *section(_("Conditions, counted back from the day"), bullets(gates(scenario.campaign, voice))),
        *section(_("Resources"), [*of_programme.resources(scenario.resources, voice), *pools(scenario.pools, voice)]),
        *section(_("Clusters"), clusters(scenario, voice)),
        *of_programme.preparation(scenario.pathway.stages, scenario.pathway.discipline, scenario.horizon_days, voice),
        *section(_("From the workshop to the warehouse"), bullets(shipping(scenario.campaign, voice))),
        *section(_("Demand"), bullets(demand(scenario, voice))),
        *section(_("Money"), bullets(money(scenario, voice))),
    ]


def campaign(scenario: Scenario, voice: Voice) -> list[str]:
    """The event, when the programme starts for it, and the rules of access."""
    _ = voice.speech
    event, language = scenario.campaign, voice.language
    return [
        _(
            "{title}, on {date}, by way of {channel}",
            title=words.text_of(event.title, language, event.name),
            date=formats.date(event.event_date, language),
            channel=words.choice("channel", event.channel, language, voice.titles),
        ),
        _(
            "lead time: {weeks}, so the programme starts on {date}",
            weeks=voice.quantity(scenario.lead_weeks, "week"),
            date=formats.date(scenario.start_date, language),
        ),
        _("access: {access}", access=words.choice("access", event.access, language)),
        stock_rule(event, voice),
        presale(event, voice),
    ]


def stock_rule(event: Campaign, voice: Voice) -> str:
    """What must lie in the warehouse."""
    _ = voice.speech
    if event.stock_rule == "items":
        items = voice.quantity(event.min_stock_items, "item")
        return _("stock rule: each brand has {items} in the warehouse", items=items)
    if event.stock_rule == "value":
        currency, amount = event.min_stock_value
        value = voice.quantity(amount, currency.upper())
        return _("stock rule: each brand has goods worth {value} in the warehouse", value=value)
    return _("no stock rule")


def presale(event: Campaign, voice: Voice) -> str:
    """How much of the sales the pre-sale makes, where there is one."""
    if central(event.presale_share) == 0:
        return ""
    part = voice.quantity(event.presale_share, "share")
    return voice.gettext("the pre-sale makes {share} of a store's sales", share=part)


def gates(event: Campaign, voice: Voice) -> list[str]:
    """The gates in force, and what counts as arriving in time."""
    said = [gate(g, event, voice) for g in event.gates_in_force()]
    if central(event.inbound_cutoff_days) > 0:
        cutoff = voice.quantity(event.inbound_cutoff_days, "day")
        said.append(voice.gettext("goods that can be sold later than {days} before the day do not count", days=cutoff))
    return said


def gate(gate: Gate, event: Campaign, voice: Voice) -> str:
    """One gate: when it closes, what it asks, what a brand loses that misses it."""
    _ = voice.speech
    loses = _("the whole campaign") if gate.closes == "campaign" else _("the pre-sale")
    return _(
        "{gate}, {when}: {asks}; who misses it loses {what}",
        gate=voice.name(f"gate.{gate.name}"),
        when=closes(event.deadline_days(gate), event.event_date, voice),
        asks=asks(gate, event, voice),
        what=loses,
    )


def closes(deadline_days: Number, event_date: datetime.date, voice: Voice) -> str:
    """Days before the event, with the date."""
    _ = voice.speech
    days = central(deadline_days)
    if days == 0:
        return _("on the day itself")
    date = formats.date(event_date - datetime.timedelta(days=round(days)), voice.language)
    return _("{days} before the day, about {date}", days=voice.quantity(deadline_days, "day"), date=date)


def asks(gate: Gate, event: Campaign, voice: Voice) -> str:
    """What must be true by then."""
    _ = voice.speech
    if gate.asks == "stock":
        return _("the stock that the rule asks for can be sold")
    if gate.asks == "goods":
        return _("at least one item can be sold")
    done = _("{stage} is done", stage=voice.stage(gate.stage or gate.name))
    if not gate.aged or central(event.min_store_age_days) == 0:
        return done
    age = voice.quantity(event.min_store_age_days, "day")
    return _("{done}, and that at least {age} ago", done=done, age=age)


def shipping(event: Campaign, voice: Voice) -> list[str]:
    """The legs of the way, and when a consignment leaves."""
    _ = voice.speech
    way = event.shipping
    return [
        *(f"{_(LEGS[leg])}: {voice.quantity(getattr(way, f'{leg}_days'), 'day')}" for leg in way.legs),
        _("each leg varies with a coefficient of variation of {cv}", cv=voice.quantity(way.variation, "ratio")),
        _(
            "a consignment leaves with {items}, and every {days} with what there is",
            items=voice.quantity(way.load_items, "item"),
            days=voice.quantity(way.interval_days, "day"),
        ),
        _("freight: {cost} for each item", cost=voice.quantity(way.cost_idr_per_item, "IDR")),
    ]


def pools(shares: dict[str, Number], voice: Voice) -> list[str]:
    """Who shares the resources, where not all do; the largest pools by name."""
    _ = voice.speech
    if not shares:
        return []
    largest = sorted(shares, key=lambda name: -central(shares[name]))[:MOST_POOLS]
    said = _(
        "Shared only within each of {n} pools, which have their parts of every resource and of the centres: {pools}.",
        n=formats.number(len(shares), voice.language),
        pools=voice.listed([f"{place(name, voice)} {voice.quantity(shares[name], 'share')}" for name in largest]),
    )
    if len(shares) > MOST_POOLS:
        more = len(shares) - MOST_POOLS
        said += " " + _.ngettext(
            "And {n} smaller one.", "And {n} smaller ones.", more, n=formats.number(more, voice.language)
        )
    return ["", said]


def clusters(scenario: Scenario, voice: Voice) -> list[str]:
    """The clusters in their order, and whether each goes under one brand."""
    grouping = formats.capital(words.choice("grouping", scenario.grouping, voice.language))
    return [f"{grouping}.", "", *of_programme.in_order(scenario.clusters, cluster_heading, cluster, voice)]


def cluster_heading(brand: Brand, voice: Voice) -> str:
    """Name, place, brand and size."""
    _ = voice.speech
    name = formats.capital(voice.name(f"cluster.{brand.name}"))
    size = voice.amount(brand.workshops, "workshop")
    where = f" ({place(brand.place, voice)})" if brand.place else ""
    return _("{name}, brand {label}: {size}", name=f"**{name}**{where}", label=brand.label or brand.name, size=size)


def place(text: str, voice: Voice) -> str:
    """A place with the names of provinces as they are called in the language."""
    return ", ".join(voice.speech(PLACES.get(part, part)) for part in text.split(", "))


def cluster(brand: Brand, voice: Voice) -> list[str]:
    """Makers, work, goods, and what was there before the start."""
    _ = voice.speech
    return [
        makers(brand, voice),
        centres(brand, voice),
        work(brand, voice),
        goods(brand, voice),
        of_programme.before(brand.before_start, voice),
        dated(brand, voice),
        stock(brand, voice),
        of_programme.exempt(brand.exempt, voice),
    ]


def makers(brand: Brand, voice: Voice) -> str:
    """How many makers there are, how many are invited, and what other counts say."""
    _ = voice.speech
    if central(brand.makers) == 0:
        return ""
    said = _("makers: {n}", n=voice.quantity(brand.makers, "workshop"))
    if central(brand.wave) < central(brand.makers) or not isinstance(brand.wave, int | float):
        said = _("{said}; first wave at most {n}", said=said, n=voice.quantity(brand.wave, "workshop"))
    rivals = [voice.quantity(n, "workshop") for n in brand.counts.values() if central(n) != central(brand.makers)]
    return _("{said}; other counts: {counts}", said=said, counts=voice.listed(rivals)) if rivals else said


def centres(brand: Brand, voice: Voice) -> str:
    """How many centres a cluster stands for, and how large they are."""
    _ = voice.speech
    if (found := brand.centres) is None:
        return ""
    return _(
        "stands for {n}, each with its own brand: the smallest with {low}, the largest with {high}, most of them small",
        n=voice.quantity(found.number, "centre"),
        low=voice.quantity(found.smallest, "workshop"),
        high=voice.quantity(found.largest, "workshop"),
    )


def work(brand: Brand, voice: Voice) -> str:
    """What a workshop can make."""
    _ = voice.speech
    if brand.workforce is None or central(brand.makers) == 0:
        return ""
    return _(
        "each workshop: {workers}, {items}, {days}, {share} of capacity for the campaign",
        workers=voice.quantity(brand.workforce.workers_per_workshop, "worker"),
        items=voice.quantity(brand.workforce.items_per_worker_day, "item a worker-day"),
        days=voice.quantity(brand.workforce.working_days_per_week, "day a week"),
        share=voice.quantity(brand.workforce.campaign_share, "share"),
    )


def goods(brand: Brand, voice: Voice) -> str:
    """Price, cost and flaws of an item."""
    _ = voice.speech
    return _(
        "an item: price {price}, cost {cost}, defects {defects}, returns {returns}",
        price=voice.quantity(brand.goods.price, brand.goods.currency.upper()),
        cost=voice.quantity(brand.goods.unit_cost_idr, "IDR"),
        defects=voice.quantity(brand.goods.defect_rate, "share"),
        returns=voice.quantity(brand.goods.return_rate, "share"),
    )


def dated(brand: Brand, voice: Voice) -> str:
    """Stages passed on a calendar date."""
    if not brand.before_start_dates:
        return ""
    _ = voice.speech
    dates = brand.before_start_dates.items()
    named = [f"{voice.stage(stage)} ({formats.date(date, voice.language)})" for stage, date in dates]
    return _("passed on a calendar date: {stages}", stages=voice.listed(named))


def stock(brand: Brand, voice: Voice) -> str:
    """Goods that are there at the start."""
    _ = voice.speech
    kinds = ((_("in the warehouse"), brand.warehouse_items), (_("at home"), brand.made_items))
    there = [f"{voice.quantity(n, 'item')} {where}" for where, n in kinds if central(n) > 0]
    return _("stock at the start: {stock}", stock=voice.listed(there)) if there else ""


def demand(scenario: Scenario, voice: Voice) -> list[str]:
    """What buyers want, and what the share is a share of."""
    _ = voice.speech
    wanted, language = scenario.demand, voice.language
    named = words.choice("brand_class", wanted.brand_class, language, voice.titles)
    return [
        f"{named}: {brand_class(wanted.classes[wanted.brand_class], voice)}",
        push(wanted, voice),
        maturity(wanted, voice),
        _("factor of quality: {factor}", factor=voice.quantity(wanted.quality_factor, "ratio")),
        _("discount: {share}", share=voice.quantity(wanted.discount, "share")),
        marketing(wanted, voice),
        _(
            "the share is a share of {what}: {amount}",
            what=words.choice("denominator", wanted.denominator, language, voice.titles),
            amount=turnover(scenario.campaign.turnover[wanted.denominator], voice),
        ),
        _("second year: {factor}", factor=voice.quantity(wanted.second_year_multiple, "factor")),
    ]


@functools.singledispatch
def brand_class(kind: object, voice: Voice) -> str:
    """How much a new store sells without push."""
    raise TypeError(f"no words for {kind!r} with {voice!r}")


@brand_class.register
def _quantiles(kind: Quantiles, voice: Voice) -> str:
    _ = voice.speech
    unit = kind.currency.upper()
    steps = [
        _("{p} sell at most {sales}", p=voice.amount(p, "probability"), sales=voice.amount(sales, unit))
        for p, sales in zip(*kind.knots(), strict=True)
    ]
    return _("of new stores without push {steps}", steps=voice.listed(steps))


@brand_class.register
def _fitted(kind: FittedLognormal, voice: Voice) -> str:
    _ = voice.speech
    return _(
        "lognormal with a standard deviation of the logarithm of {sd}; fitted so that the scenario {case} sells "
        "{sales} in the median at a lead time of {days}; at most {ceiling} a brand",
        sd=voice.quantity(kind.log_sd, "log"),
        case=f"“{voice.name(f'scenario.{kind.fitted_on}')}”",
        sales=voice.quantity(kind.fitted_sales_idr, "IDR"),
        days=voice.quantity(kind.fitted_lead_days, "day"),
        ceiling=voice.quantity(kind.ceiling_rmb, "RMB"),
    )


def push(wanted: Demand, voice: Voice) -> str:
    """What an invitation or a pavilion multiplies, where the class is pushed."""
    if not wanted.classes[wanted.brand_class].pushed:
        return ""
    return voice.gettext(
        "an invitation or a state pavilion multiplies this by {factor}", factor=voice.quantity(wanted.push, "ratio")
    )


def maturity(wanted: Demand, voice: Voice) -> str:
    """How demand grows with the store's age."""
    _ = voice.speech
    return _(
        "effect of the store's age: {how}, up to {factor}, with a time constant of {days}",
        how=words.choice("maturity", wanted.maturity, voice.language),
        factor=voice.quantity(wanted.maturity_multiple, "factor"),
        days=voice.quantity(wanted.maturity_tau_days, "day"),
    )


def marketing(wanted: Demand, voice: Voice) -> str:
    """What marketing costs and brings."""
    _, paid_in = voice.speech, one_of(wanted, "cost_per_customer")
    return _(
        "marketing: {budget} for each brand; a customer costs {cost} and buys {items}; at most {ceiling} the demand "
        "without it",
        budget=voice.quantity(wanted.marketing_idr, "IDR"),
        cost=voice.quantity(getattr(wanted, f"cost_per_customer_{paid_in}"), paid_in.upper()),
        items=voice.quantity(wanted.items_per_customer, "item"),
        ceiling=voice.quantity(wanted.marketing_ceiling, "factor"),
    )


def turnover(whole: Turnover, voice: Voice) -> str:
    """What everybody sells in the event."""
    _ = voice.speech
    amount = getattr(whole, f"amount_{whole.currency}")
    said = _("{amount} in {year}", amount=voice.quantity(amount, whole.currency.upper()), year=whole.year)
    if central(whole.portion) != 1:
        said = _("{part} of {whole}", part=voice.quantity(whole.portion, "share"), whole=said)
    if central(whole.growth_per_year) != 0 or not isinstance(whole.growth_per_year, int | float):
        said = _("{said}, growing by {rate}", said=said, rate=voice.quantity(whole.growth_per_year, "share a year"))
    return said


def money(scenario: Scenario, voice: Voice) -> list[str]:
    """What pays for goods and stores, what the channel takes, and the rates of exchange."""
    _ = voice.speech
    finance, fees = scenario.finance, scenario.campaign.fees
    return [
        _("working capital of each cluster: {amount}", amount=voice.quantity(finance.working_capital_idr, "IDR")),
        _("interest: {share} a year", share=voice.quantity(finance.interest_per_year, "share")),
        budget(scenario, voice),
        store(fees, voice),
        _(
            "of sales, {channel} go to the channel and {operator} to the operator",
            channel=voice.quantity(fees.commission, "share"),
            operator=voice.quantity(fees.operator, "share"),
        ),
        rates(scenario.demand, voice),
    ]


def store(fees: Fees, voice: Voice) -> str:
    """What a store costs, where it costs anything."""
    _ = voice.speech
    if fees.store_idr is not None:
        return _("a store: {opening} to open it and for its first year", opening=voice.quantity(fees.store_idr, "IDR"))
    if not fees.of_a_store:
        return _("opening a store costs nothing")
    return _(
        "a store: {opening} to open it, {deposit} of deposit, {yearly}",
        opening=voice.quantity(fees.store_usd, "USD"),
        deposit=voice.quantity(fees.deposit_usd, "USD"),
        yearly=voice.quantity(fees.annual_rmb, "RMB a year"),
    )


def rates(wanted: Demand, voice: Voice) -> str:
    """The rates of exchange that the scenario has."""
    given = ((wanted.idr_per_rmb, "IDR per RMB"), (wanted.idr_per_usd, "IDR per USD"))
    said = [voice.quantity(number, unit) for number, unit in given if number is not None]
    return voice.gettext("rates of exchange: {rates}", rates="; ".join(said)) if said else ""


def budget(scenario: Scenario, voice: Voice) -> str:
    """What the whole programme may cost, if that is bounded."""
    limit = scenario.finance.budget_idr
    if limit is None:
        return ""
    return voice.gettext("budget of the whole programme: {amount}", amount=voice.quantity(limit, "IDR"))
