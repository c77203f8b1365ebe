"""Whole sentences that planners read, in both languages; no number here stands without its unit.

Each function takes plain values and names already in the reader's language (an event, a lever, what
`words.name_of` gives for a label) and returns one or two finished sentences. Bahasa Indonesia was
written first; neither is a word-for-word translation. Arguments go by keyword; `language` is ``id``
or ``en``. Times are in weeks and infinite where something is never reached, shares and probabilities
are fractions, money is rupiah. Every range is the 90 % one.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from decimal import Decimal

from sim.text import formats
from sim.text.catalogue import N_, speaker
from sim.text.words import small

LEVEL = 0.9  # of every interval that is shown
MOST_CAUSES = 3  # named in a sentence; the chart shows all

DAYS_PER_YEAR = 365.25
Day = datetime.date


def answer(*, share: float, event: str, probability: float, start: Day, language: str, passed: bool = False) -> str:
    """When to start, to reach a share of the event with a probability; or when one should have, if that has passed."""
    _ = speaker(language)
    late = N_(
        "To reach {share} on {event} with a chance of {p}, the preparation would have had to start by {date}, which "
        "has passed."
    )
    return _(
        late if passed else N_("To reach {share} on {event} with a chance of {p}, start no later than {date}."),
        share=formats.share(share, language),
        event=event,
        p=formats.probability(probability, language),
        date=formats.date(start, language),
    )


def answer_ready(*, brand: str, event: str, probability: float, start: Day, language: str, passed: bool = False) -> str:
    """When to start, for a brand to be ready for the event with a probability; or when one should have."""
    _ = speaker(language)
    late = N_(
        "For {brand} to be ready for {event} with a chance of {p}, the preparation would have had to start by {date}, "
        "which has passed."
    )
    return _(
        late if passed else N_("For {brand} to be ready for {event} with a chance of {p}, start no later than {date}."),
        brand=brand,
        event=event,
        p=formats.probability(probability, language),
        date=formats.date(start, language),
    )


def answer_range(*, weeks: float, low: float, high: float, language: str) -> str:
    """The least lead time behind an answer, with its range."""
    _ = speaker(language)
    return _(
        "That is {weeks} before the day ({level} range: {low} to {high}).",
        weeks=formats.enough_weeks(weeks, language),
        level=formats.probability(LEVEL, language),
        low=formats.weeks(low, language, unit=False),
        high=formats.weeks(high, language, unit=False),
    )


def gone_by(*, event: str, start: Day, later_event: str, later_start: Day, language: str) -> str:
    """That the start for an event has passed, and what the next one asks."""
    _ = speaker(language)
    return _(
        "The start for {event} has passed ({date}); for {later}, start no later than {later_date}.",
        event=event,
        date=formats.date(start, language),
        later=later_event,
        later_date=formats.date(later_start, language),
    )


def share_ceiling(*, week: float, cap: str, language: str) -> str:
    """The week from which more time no longer raises the share, and what holds it back then."""
    _ = speaker(language)
    return _(
        "After week {w} more time no longer raises the share: {cap} holds it back.",
        w=formats.weeks(week, language, unit=False),
        cap=small(cap),
    )


def ready_ceiling(*, week: float, cap: str, language: str) -> str:
    """The week from which more time no longer raises the chance of being ready, and what holds the others back.

    Parameters
    ----------
    cap : str
        What holds the replications back that are never ready; empty where next to all are ready some day.
    """
    _, w = speaker(language), formats.weeks(week, language, unit=False)
    if not cap:
        return _("After week {w} more time hardly helps: nearly every replication is ready by then.", w=w)
    return _(
        "After week {w} more time no longer raises the chance of being ready: {cap} holds back the other replications.",
        w=w,
        cap=small(cap),
    )


def unfinished(*, probability: float, days: float, language: str) -> str:
    """That a target is not reached in the time simulated, after which nobody knows."""
    return speaker(language)(
        "Within the {n} years simulated this target is not reached with a chance of {p}: the preparation is not over.",
        n=formats.number(round(days / DAYS_PER_YEAR), language),
        p=formats.probability(probability, language),
    )


def reached(*, part: float, causes: Sequence[float], cut: bool, language: str) -> str:
    """How often a target is reached with any lead time; `cut` where the simulated time ended too early to tell.

    Parameters
    ----------
    part : float
        Fraction of the replications.
    causes : sequence of float
        What holds the others, as fractions of the replications: with `part` they make one whole, see `never_reached`.
    """
    _, p = speaker(language), formats.parts([part, *causes], language)[0]
    if cut:
        return _("Within the simulated time {p} of the replications reach it.", p=p)
    return _("With unlimited time {p} of the replications reach it.", p=p)


def never(
    *, probability: float, cap: str, language: str, lever: str | None = None, before: str = "", after: str = ""
) -> str:
    """That no lead time reaches the target, why, and the smallest single change that would.

    Parameters
    ----------
    lever : str, optional
        The lever to change; None if no single change is known.
    before, after : str
        Its values, with their units (`words.amount`, `words.choice`).
    """
    _ = speaker(language)
    said = _(
        "However long the preparation, this target is not reached with a chance of {p}: {cap} holds it back.",
        p=formats.probability(probability, language),
        cap=small(cap),
    )
    if lever is None:
        return said
    change = _(
        "The smallest single change that makes it possible: {lever} from {a} to {b}.",
        lever=small(lever),
        a=before,
        b=after,
    )
    return f"{said} {change}"


def preview(*, replications: int, language: str) -> str:
    """That what is shown rests on few replications yet."""
    _ = speaker(language)
    return _.ngettext(
        "Preview from {n} replication; the full result follows.",
        "Preview from {n} replications; the full result follows.",
        replications,
        n=formats.number(replications, language),
    )


def full(*, replications: int, language: str) -> str:
    """That all replications are in."""
    _ = speaker(language)
    return _.ngettext(
        "{n} replication, full result.",
        "{n} replications, full result.",
        replications,
        n=formats.number(replications, language),
    )


def compared(*, scenario: str, base: str, gain: float, more: float, less: float, language: str) -> str:
    """Which of two scenarios has the higher share, by how much on average, and in how many of the pairs."""
    _ = speaker(language)
    fields = {
        "scenario": scenario,
        "base": base,
        "gain": formats.share(abs(gain), language),
    }
    fields["more"], fields["less"], _alike = formats.parts([more, less, max(0.0, 1 - more - less)], language)
    if gain > 0:
        return _(
            "{scenario} adds {gain} of the event's sales to what {base} has, on average: more in {more} of the pairs, "
            "less in {less}.",
            **fields,
        )
    return _(
        "{scenario} lacks {gain} of the event's sales of what {base} has, on average: more in {more} of the pairs, "
        "less in {less}.",
        **fields,
    )


def alike(*, scenario: str, base: str, language: str) -> str:
    """That two scenarios have one share in every pair."""
    return speaker(language).gettext(
        "{scenario} and {base} have the same share in every pair.", scenario=scenario, base=base
    )


def cannot_tell(*, replications: int, language: str) -> str:
    """That two results cannot be told apart, and how many more replications would do."""
    _ = speaker(language)
    return _.ngettext(
        "Cannot be told apart yet; about {n} more replication would tell.",
        "Cannot be told apart yet; about {n} more replications would tell.",
        replications,
        n=formats.number(replications, language),
    )


def idle(*, share: float, language: str) -> str:
    """That there is nothing to compare, since neither sells anything."""
    return speaker(language).gettext(
        "Both sell nothing in {p} of the pairs, so there is next to nothing to compare.",
        p=formats.probability(share, language),
    )


def unpaired(*, correlation: float, language: str) -> str:
    """That common random numbers did not make the pairs alike."""
    return speaker(language).gettext(
        "The pairs are hardly more alike than strangers (correlation {r}): common random numbers were out of step and "
        "did not help, so the interval is as wide as without them.",
        r=formats.number(correlation, language, significant=2),
    )


def corrected(*, comparisons: int, language: str) -> str:
    """That verdicts allow for the number of comparisons."""
    return speaker(language).gettext(
        "The verdicts allow for {n} comparisons at once (Holm): the chance that any of them is luck is at most 10%.",
        n=formats.number(comparisons, language),
    )


def selected(*, scenario: str, probability: float, zone: float, language: str) -> str:
    """Which scenario is the best, how surely, and what difference is taken for none."""
    return speaker(language).gettext(
        "{scenario} has the highest share, or one less than {zone} below it, with a chance of at least {p}.",
        scenario=scenario,
        zone=formats.share(zone, language),
        p=formats.probability(probability, language),
    )


def tied(*, scenarios: str, language: str) -> str:
    """That no scenario is better than the others."""
    return speaker(language).gettext("None is better: {scenarios} have the same share.", scenarios=scenarios)


def unselected(*, scenarios: str, replications: int, language: str) -> str:
    """That the replications allowed did not tell which is the best."""
    return speaker(language).gettext(
        "Which is the best cannot be told with {n} replications; still in: {scenarios}.",
        n=formats.number(replications, language, 6),
        scenarios=scenarios,
    )


def main_assumption(*, name: str, rows: Sequence[str], language: str) -> str:
    """Which assumption an answer rests on most, with its evidence rows if it has any."""
    _ = speaker(language)
    if not rows:
        return _("This answer rests most on the assumption about {name}.", name=small(name))
    return _("This answer rests most on the assumption about {name} ({rows}).", name=small(name), rows=", ".join(rows))


def main_given(*, name: str, who: str, language: str) -> str:
    """Which number an answer rests on most, where somebody who knows the cluster gave it."""
    return speaker(language).gettext(
        "This answer rests most on {name}, as given by {who}; nobody has checked it.", name=small(name), who=who
    )


def almost_nothing(*, probability: float, amount: float, language: str) -> str:
    """What is to be expected of a label that nobody knows.

    Parameters
    ----------
    probability : float
        That sales exceed `amount` rupiah.
    """
    _ = speaker(language)
    return _(
        "Most likely almost nothing; with a chance of {p} more than {amount}.",
        p=formats.probability(probability, language),
        amount=formats.rupiah(amount, language),
    )


def share_chart(
    *,
    weeks: float,
    start: Day,
    share: tuple[float, float, float],
    rupiah: tuple[float, float, float],
    language: str,
) -> str:
    """Share against lead time, at the lead time chosen.

    Parameters
    ----------
    share, rupiah : tuple of float
        Median, low and high end.
    """
    _ = speaker(language)
    return _(
        "With a lead time of {weeks} (start on {date}) the projected share is {share} ({level} range: {shares}), "
        "that is {rupiah} ({rupiahs}).",
        weeks=formats.weeks(weeks, language),
        date=formats.date(start, language),
        share=formats.share(share[0], language),
        level=formats.probability(LEVEL, language),
        shares=formats.ranged(share[1], share[2], formats.share, language),
        rupiah=formats.rupiah(rupiah[0], language),
        rupiahs=formats.ranged(rupiah[1], rupiah[2], formats.rupiah, language),
    )


def readiness_chart(
    *,
    brand: str,
    weeks: float,
    probability: float,
    needed: tuple[float, float, float],
    never: float,
    language: str,
) -> str:
    """How likely a brand is to be ready at the lead time chosen, and what it needs.

    Parameters
    ----------
    probability : float
        That the brand is ready within `weeks`.
    needed : tuple of float
        Weeks it needs: median, low and high end; inf where never.
    never : float
        Share of the replications in which it never is.
    """
    _ = speaker(language)
    said = _(
        "With a lead time of {weeks}, {brand} is ready with a chance of {p}.",
        weeks=formats.weeks(weeks, language),
        brand=brand,
        p=formats.probability(probability, language),
    )
    return f"{said} {_needed(needed, never, language)}"


def _needed(needed: tuple[float, float, float], never: float, language: str) -> str:
    _ = speaker(language)
    if never >= 1:
        return _("It is not ready in any replication, however long the lead time.")
    left_out = _("In {p} of the replications it is never ready.", p=formats.complement(never, language))
    if math.isinf(needed[0]):
        return left_out
    said = _(
        "In the median it needs {weeks} ({level} range: {low} to {high}).",
        weeks=formats.weeks(needed[0], language),
        level=formats.probability(LEVEL, language),
        low=formats.weeks(needed[1], language, unit=False),
        high=formats.weeks(needed[2], language, unit=False),
    )
    return f"{said} {left_out}" if never > 0 else said


def holding_chart(*, causes: Sequence[tuple[str, float]], language: str) -> str:
    """What holds back most often.

    Parameters
    ----------
    causes : sequence of (name, fraction of the replications)
        In any order; the largest few are named.
    """
    _ = speaker(language)
    found = sorted((c for c in causes if c[1] > 0), key=lambda c: -c[1])
    if not found:
        return _("Nothing holds it back.")
    said = formats.parts([part for _name, part in found], language)
    return _("What holds back most often: {causes}.", causes=_most(found, said, language))


def _most(causes: Sequence[tuple[str, float]], said: Sequence[str], language: str) -> str:
    """The first few causes, each with its part as it is said."""
    named = [f"{small(name)} ({part})" for (name, _part), part in zip(causes[:MOST_CAUSES], said, strict=False)]
    return formats.listed(named, language)


def never_reached(*, causes: Sequence[tuple[str, float]], language: str) -> str:
    """In how many replications a target is never reached, and what holds it back in them.

    Parameters
    ----------
    causes : sequence of (name, fraction of the replications)
        At least one; together they are the replications that never reach it.
    """
    _ = speaker(language)
    found = sorted(causes, key=lambda c: -c[1])
    never = [part for _name, part in found]
    _reached, *parts = formats.apportioned([max(0.0, 1 - sum(never)), *never])
    said = [formats.percent(part, language) for part in parts]
    return _(
        "In {p} of the replications no lead time is enough; what holds them back: {causes}.",
        p=formats.percent(sum(parts, Decimal(0)), language),
        causes=_most(found, said, language),
    )


def cost_chart(
    *,
    total: float,
    language: str,
    per_brand: float = math.inf,
    per_workshop: float = math.inf,
    tested: str = "",
    per_sales_rupiah: float = math.inf,
) -> str:
    """What the programme costs, in all and for each thing it reaches.

    Parameters
    ----------
    total, per_brand, per_workshop : rupiah
        In all, for each brand that is ready, for each workshop past the stage that counts; inf or NaN where there is
        none.
    tested : str
        Displayed name of that stage.
    per_sales_rupiah : float
        Rupiah of cost for each rupiah of sales; inf or NaN without sales.
    """
    _ = speaker(language)
    cost = formats.rupiah(total, language)
    parts = _cost_parts(per_brand, per_workshop, tested, per_sales_rupiah, language)
    if not parts:
        return _("The programme costs {total}; no brand is ready and nothing is sold.", total=cost)
    return _("The programme costs {total}: {parts}.", total=cost, parts=formats.listed(parts, language))


def _cost_parts(per_brand: float, per_workshop: float, tested: str, per_sales: float, language: str) -> list[str]:
    _ = speaker(language)
    parts = []
    if math.isfinite(per_brand):
        parts.append(_("{amount} for each brand that is ready", amount=formats.rupiah(per_brand, language)))
    if math.isfinite(per_workshop):
        amount = formats.rupiah(per_workshop, language)
        parts.append(_("{amount} for each workshop past “{stage}”", amount=amount, stage=formats.capital(tested)))
    if math.isfinite(per_sales):
        parts.append(_("Rp{n} for each rupiah of sales", n=formats.number(per_sales, language)))
    return parts
