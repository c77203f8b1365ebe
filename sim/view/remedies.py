"""The smallest single changes that make a target possible, in words: what `sim.experiment.remedy` found."""

from __future__ import annotations

import dataclasses
import datetime
import html
import threading
from collections.abc import Sequence

from sim.experiment import Remedy, Result, remedies
from sim.experiment.paired import Gain
from sim.experiment.runner import Progress
from sim.scenario import Scenario
from sim.text import formats, words
from sim.text.catalogue import N_, NN_, speaker
from sim.view import levers, names, tables
from sim.view.answer import has_passed
from sim.view.reading import WEEK
from sim.view.steps import of_the_campaign, signed
from sim.view.strips import text

ORDERS = ("cost", "weeks")
DEFINITIONS = ("demand.denominator", "demand.maturity")  # how a share is counted: no change of what is done
UNPRICED = ("demand.brand_class", ".makers", ".wave", ".campaign_share")  # the model knows no price of these
LESS = N_(
    "A minus: at that lead time clusters and channel spend less until the event than without the change, on goods, "
    "shipping, interest and commission together."
)
IN_TIME = NN_(
    "{n} change of a rule that the campaign decides would still be in time.",
    "{n} changes of rules that the campaign decides would still be in time.",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Remedies:
    """What was found for one result and one target.

    Attributes
    ----------
    scenario : Scenario
        In which no lead time is enough.
    share : float, optional
    probability : float
        The target.
    found : tuple of Remedy
        The least costly first.
    tried : int
        Levers.
    today : date
        Decides which starts have gone by.
    """

    scenario: Scenario
    share: float | None
    probability: float
    found: tuple[Remedy, ...]
    tried: int
    today: datetime.date


def remedies_of(
    result: Result,
    share: float | None,
    probability: float,
    today: datetime.date,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> Remedies:
    """Try every lever of the page, as far as its control goes."""
    scenario = result.scenario
    values = {
        place.path: place.values
        for places in levers.groups(scenario).values()
        for place in places
        if place.path not in DEFINITIONS and levers.applies(scenario, place.path)
    }
    found = remedies(result, share, probability, values, progress, cancel)
    return Remedies(scenario, share, probability, tuple(found), len(values), today)


def orders(language: str) -> dict[str, str]:
    """What the changes can be sorted by, as it is offered."""
    _ = speaker(language)
    return {"cost": _("Sorted by: cost to the programme"), "weeks": _("Sorted by: least lead time")}


def body(found: Remedies, by: str, language: str) -> str:
    """Everything on the card under its tools, as HTML."""
    _ = speaker(language)
    ordered = sorted(found.found, key=lambda one: one.answer.least_days) if by == "weeks" else found.found
    own, rules = ([one for one in ordered if of_the_campaign(one.path) is asked] for asked in (False, True))
    parts = [f'<p class="siap-sentence">{text(sentence(found, own, language))}</p>']
    parts += [tables.scrolled(table(found, own, language))] if own else []
    if rules:
        title = html.escape(_("Rules that the campaign decides"))
        parts += [f"<h3>{title}</h3>", tables.scrolled(table(found, rules, language))]
    if any(_unpriced(one) for one in found.found):
        foot = _("* What the change itself costs is not known; this follows from it.")
        parts.append(f"<small>{html.escape(foot)}</small>")
    if any(one.own_idr.mean < 0 for one in found.found):
        parts.append(f"<small>{html.escape(_(LESS))}</small>")
    return "".join(parts)


def sentence(found: Remedies, own: Sequence[Remedy], language: str) -> str:
    """How many single changes are enough, and the first of them."""
    _ = speaker(language)
    tried = formats.number(found.tried, language)
    if not own:
        return _(
            "No single change that the programme can make is enough: {n} levers were tried, each as far as its control "
            "goes.",
            n=tried,
        )
    first = own[0]
    said = _(
        "Of {n} levers tried one by one, {enough} can make it possible without other rules of the campaign. One way: "
        "{change}; then {weeks} are enough.",
        n=tried,
        enough=formats.number(len({one.path for one in own}), language),
        change=change(found.scenario, first, language),
        weeks=formats.enough_weeks(first.answer.least_days / WEEK, language),
    )
    if all(_passed(found, one) for one in own):
        too_late = _("For the campaign chosen it is too late for each of them: its start has passed.")
        said = f"{said} {too_late}"
        if rules := len({one.path for one in found.found if of_the_campaign(one.path) and not _passed(found, one)}):
            in_time = _.ngettext(*IN_TIME, rules, n=formats.number(rules, language))
            said = f"{said} {in_time}"
    return said


def change(scenario: Scenario, remedy: Remedy, language: str) -> str:
    """A change by its name: "coaches: 12 → 20"."""
    place = levers.place(scenario, remedy.path)
    value = place.value
    before = place.shown(value, language) if isinstance(value, str) else words.bare(value, place.unit, language)
    return f"{names.place(remedy.path, scenario, language)}: {before} → {place.shown(remedy.value, language)}"


def table(found: Remedies, rows: Sequence[Remedy], language: str) -> str:
    """Each change with the least lead time and its cost, as HTML."""
    _ = speaker(language)
    columns = {
        _("Change"): [formats.capital(change(found.scenario, one, language)) for one in rows],
        _("Least lead time"): [_least(one, language) for one in rows],
        _("Start no later than"): [_start(found, one, language) for one in rows],
        _("Cost to the programme"): [_paid(one.public_idr, one, language) for one in rows],
        _("Cost to clusters and channel"): [_paid(one.own_idr, one, language) for one in rows],
    }
    return tables.html({head: [formats.unbroken(said) for said in texts] for head, texts in columns.items()})


def _least(remedy: Remedy, language: str) -> str:
    answer = remedy.answer
    low, high = answer.low_days / WEEK, answer.high_days / WEEK
    said = formats.enough_weeks(answer.least_days / WEEK, language)
    if low == high:
        return said
    return f"{said} ({formats.ranged(low, high, lambda x, lang: formats.weeks(x, lang, unit=False), language)})"


def _start(found: Remedies, remedy: Remedy, language: str) -> str:
    said = formats.date(remedy.answer.start_date, language, short=True)
    return speaker(language)("{date}, which has passed", date=said) if _passed(found, remedy) else said


def _passed(found: Remedies, remedy: Remedy) -> bool:
    start = remedy.answer.start_date
    return start is not None and has_passed(start, found.today, found.scenario.campaign.event_date)


def _paid(paid: Gain, remedy: Remedy, language: str) -> str:
    said = signed(paid.mean, language)
    if paid.low < paid.high:
        said = f"{said} ({formats.ranged(paid.low, paid.high, signed, language)})"
    return f"{said} *" if _unpriced(remedy) else said


def _unpriced(remedy: Remedy) -> bool:
    return remedy.path.endswith(UNPRICED)
