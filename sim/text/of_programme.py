"""A programme in words: resources, clusters, stages, and the rules by which they meet.

One small function for each kind of thing. Rule numbers are those of the engine contract.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from sim.programme import (
    All,
    Cluster,
    Count,
    Empirical,
    Exponential,
    Fixed,
    Gamma,
    Improving,
    Lognormal,
    Pert,
    Programme,
    Resource,
    Share,
    Stage,
    Triangular,
    Uniform,
)
from sim.programme.quantity import Number, central
from sim.text import formats
from sim.text.catalogue import N_
from sim.text.telling import Voice, bullets, numbered, section


class Sized(Protocol):
    """What has workshops: a cluster of a programme, or a brand of a scenario."""

    @property
    def workshops(self) -> int:
        """How many."""


T = TypeVar("T", bound=Sized)

MOST_CLUSTERS = 40  # listed one by one; of more, only so many and a total

DISCIPLINES = {
    "first-fit": N_(
        "Requests are served by priority, then by who has waited longest. A later one may pass an earlier one "
        "for which there are not enough free places."
    ),
    "head-of-line": N_(
        "Requests are served by priority, then by who has waited longest. None may pass an earlier one that needs "
        "the same resource, even where that one still has to wait."
    ),
}


def lines(programme: Programme, voice: Voice) -> list[str]:
    """The whole programme: resources, clusters, stages, rules."""
    _ = voice.speech
    return [
        *section(_("Resources"), resources(programme.resources, voice)),
        *section(_("Clusters"), clusters(programme.clusters, voice)),
        *preparation(programme.stages, programme.discipline, programme.horizon_days, voice),
    ]


def preparation(stages: Sequence[Stage], discipline: str, horizon_days: float, voice: Voice) -> list[str]:
    """Stages and rules."""
    _ = voice.speech
    rules = [_(DISCIPLINES[discipline]), ties(voice), horizon(horizon_days, voice)]
    return [
        *section(_("Stages"), numbered((stage_heading(s, voice), stage(s, stages, voice)) for s in stages)),
        *section(_("Rules"), bullets(rules)),
    ]


def resources(pools: dict[str, Resource], voice: Voice) -> list[str]:
    """One line for each resource."""
    if not pools:
        return [voice.gettext("None: nobody has to wait for a free place.")]
    return bullets(f"{voice.name(f'resource.{name}')}: {resource(pool, voice)}." for name, pool in pools.items())


def resource(pool: Resource, voice: Voice) -> str:
    """Units, places and cost of one resource."""
    _ = voice.speech
    parts = [voice.quantity(pool.units, "unit")]
    if central(pool.places_per_unit) != 1:
        each, all_ = voice.quantity(pool.places_per_unit, "place"), voice.amount(pool.central_capacity, "place")
        parts.append(_("each offers {each}, {all} altogether", each=each, all=all_))
    if central(pool.cost_idr_per_day) > 0:
        parts.append(_("{cost} for each one and day", cost=voice.quantity(pool.cost_idr_per_day, "IDR")))
    return "; ".join(parts)


def clusters(listed: Sequence[Cluster], voice: Voice) -> list[str]:
    """The clusters in their order, with what was there before the start."""
    return in_order(listed, cluster_heading, cluster, voice)


def in_order(
    listed: Sequence[T], heading: Callable[[T, Voice], str], details: Callable[[T, Voice], list[str]], voice: Voice
) -> list[str]:
    """Clusters with heading and details; the tail of a long list is only counted."""
    _ = voice.speech
    if not listed:
        return [_("None.")]
    shown = numbered((heading(one, voice), details(one, voice)) for one in listed[:MOST_CLUSTERS])
    rest = listed[MOST_CLUSTERS:]
    if not rest:
        return shown
    more = _.ngettext(
        "And {n} more cluster, in the order of the file, with {workshops}.",
        "And {n} more clusters, in the order of the file, with {workshops} in all.",
        len(rest),
        n=formats.number(len(rest), voice.language),
        workshops=voice.amount(sum(one.workshops for one in rest), "workshop"),
    )
    return [*shown, "", more]


def ties(voice: Voice) -> str:
    """What the order of the lists decides (rule 2)."""
    return voice.gettext(
        "The order of the clusters, of the workshops in them and of the stages decides ties: of requests with the "
        "same priority that have waited equally long, the one listed first is served first."
    )


def cluster_heading(cluster: Cluster, voice: Voice) -> str:
    """Name, label and size."""
    _ = voice.speech
    name = formats.capital(voice.name(f"cluster.{cluster.name}"))
    size = voice.amount(cluster.workshops, "workshop")
    if cluster.label and cluster.label not in (cluster.name, name):
        return _("{name}, brand {label}: {size}", name=name, label=cluster.label, size=size)
    return f"{name}: {size}"


def cluster(cluster: Cluster, voice: Voice) -> list[str]:
    """What a cluster has behind it, and what it is spared."""
    return [before(cluster.before_start, voice), exempt(cluster.exempt, voice)]


def before(passed: Mapping[str, Number], voice: Voice) -> str:
    """Stages passed before the start."""
    if not passed:
        return ""
    _ = voice.speech
    named = [f"{voice.stage(stage)} ({days_before(-central(day), voice)})" for stage, day in passed.items()]
    return _("passed before the start: {stages}", stages=voice.listed(named))


def days_before(days: float, voice: Voice) -> str:
    """How long before the start."""
    _ = voice.speech
    return _("{days} earlier", days=voice.amount(days, "day")) if days > 0 else _("on the first day")


def exempt(stages: Sequence[str], voice: Voice) -> str:
    """Stages that need not be passed."""
    if not stages:
        return ""
    return voice.gettext("does not need: {stages}", stages=voice.listed(voice.stage(s) for s in stages))


def horizon(days: float, voice: Voice) -> str:
    """When the simulated time ends (rule 7)."""
    _ = voice.speech
    if math.isinf(days):
        return _("The simulated time ends when nothing is left to happen.")
    return _(
        "The simulated time ends just before day {n}, whatever the lead time; what has not happened by then is "
        "late, not impossible.",
        n=formats.number(days, voice.language),
    )


def stage_heading(stage: Stage, voice: Voice) -> str:
    """Name of a stage and who passes it."""
    _ = voice.speech
    who = _("each workshop") if stage.on == "workshop" else _("the cluster")
    return f"**{formats.capital(voice.name(f'stage.{stage.name}'))}** ({who})"


def stage(stage: Stage, stages: Sequence[Stage], voice: Voice) -> list[str]:
    """All that is said of a stage under its name."""
    return [
        waits(stage, stages, voice),
        needs(stage, voice),
        takes(stage, voice),
        passes(stage, voice),
        fails(stage, voice),
        output(stage, voice),
        costs(stage, voice),
        priority(stage, voice),
    ]


def waits(stage: Stage, stages: Sequence[Stage], voice: Voice) -> str:
    """What must be passed before it."""
    _ = voice.speech
    if not stage.after:
        return _("can start on the first day")
    on = {s.name: s.on for s in stages}
    others = {"cluster"} if stage.on == "workshop" else set()
    named = [_stage_of(a, on.get(a) in others, voice) if isinstance(a, str) else count(a, voice) for a in stage.after]
    return _("waits for: {things}", things=voice.listed(named))


def _stage_of(name: str, of_cluster: bool, voice: Voice) -> str:
    said = voice.stage(name)
    return voice.gettext("{stage} of its cluster", stage=said) if of_cluster else said


@functools.singledispatch
def count(counted: object, voice: Voice) -> str:
    """A number of workshops past a stage (rule 11)."""
    raise TypeError(f"no words for {counted!r} with {voice!r}")


@count.register
def _count(counted: Count, voice: Voice) -> str:
    stage, n = voice.stage(counted.stage), voice.amount(counted.n, "workshop")
    return voice.gettext("at least {n} past {stage}", n=n, stage=stage)


@count.register
def _share(counted: Share, voice: Voice) -> str:
    stage, part = voice.stage(counted.stage), voice.amount(counted.share, "share")
    return voice.gettext("{share} of the workshops still taking part past {stage}", share=part, stage=stage)


@count.register
def _all(counted: All, voice: Voice) -> str:
    stage = voice.stage(counted.stage)
    return voice.gettext("all workshops still taking part past {stage}", stage=stage)


def needs(stage: Stage, voice: Voice) -> str:
    """Places it holds."""
    _ = voice.speech
    if not any(stage.needs.values()):
        return _("needs no resource")
    held = (
        _("{places} of {resource}", places=voice.amount(n, "place"), resource=voice.inside(f"resource.{name}"))
        for name, n in stage.needs.items()
        if n
    )
    return _("needs, for the whole time: {places}", places=voice.listed(held))


def takes(stage: Stage, voice: Voice) -> str:
    """How long an attempt takes."""
    _ = voice.speech
    said = _("takes: {duration}", duration=duration(stage.duration, voice))
    if isinstance(stage.again, int | float) and stage.again == 1:
        return said
    return _("{said}; further attempts take {factor} that", said=said, factor=voice.quantity(stage.again, "factor"))


@functools.singledispatch
def duration(how_long: object, voice: Voice) -> str:
    """A distribution over days."""
    raise TypeError(f"no words for {how_long!r} with {voice!r}")


@duration.register
def _fixed(how_long: Fixed, voice: Voice) -> str:
    if isinstance(how_long.days, int | float) and how_long.days == 0:
        return voice.gettext("no time")
    return voice.gettext("always {days}", days=voice.quantity(how_long.days, "day"))


@duration.register
def _exponential(how_long: Exponential, voice: Voice) -> str:
    mean = voice.quantity(how_long.mean, "day")
    return voice.gettext("{mean} in the mean; may end at any moment (exponential)", mean=mean)


@duration.register
def _lognormal(how_long: Lognormal, voice: Voice) -> str:
    return _around_mean(how_long, "lognormal", voice)


@duration.register
def _gamma(how_long: Gamma, voice: Voice) -> str:
    return _around_mean(how_long, "gamma", voice)


def _around_mean(how_long: Lognormal | Gamma, kind: str, voice: Voice) -> str:
    return voice.gettext(
        "{mean} in the mean, {kind} with a coefficient of variation of {cv}",
        mean=voice.quantity(how_long.mean, "day"),
        cv=voice.quantity(how_long.cv, "ratio"),
        kind=kind,
    )


@duration.register
def _pert(how_long: Pert, voice: Voice) -> str:
    return _around_mode(how_long, "PERT", voice)


@duration.register
def _triangular(how_long: Triangular, voice: Voice) -> str:
    return _around_mode(how_long, voice.gettext("triangular"), voice)


def _around_mode(how_long: Pert | Triangular, kind: str, voice: Voice) -> str:
    return voice.gettext(
        "most likely {mode}, between {low} and {high} ({kind})",
        mode=voice.quantity(how_long.mode, "day"),
        low=voice.quantity(how_long.low, "day"),
        high=voice.quantity(how_long.high, "day"),
        kind=kind,
    )


@duration.register
def _uniform(how_long: Uniform, voice: Voice) -> str:
    low, high = voice.quantity(how_long.low, "day"), voice.quantity(how_long.high, "day")
    return voice.gettext("between {low} and {high}, all equally likely", low=low, high=high)


@duration.register
def _empirical(how_long: Empirical, voice: Voice) -> str:
    _ = voice.speech
    observed = sorted(set(how_long.values))
    if len(observed) > 6:
        low, high = voice.amount(observed[0], "day"), voice.amount(observed[-1], "day")
        n = formats.number(len(how_long.values), voice.language)
        return _("one of {n} observed values between {low} and {high}", n=n, low=low, high=high)
    return _("one of the observed values: {values}", values=voice.listed(voice.amount(v, "day") for v in observed))


def passes(stage: Stage, voice: Voice) -> str:
    """The chance of success of each attempt (rule 8)."""
    _ = voice.speech
    if stage.passes is None:
        return _("always succeeds")
    attempts = voice.amount(stage.attempts or 0, "attempt")
    if isinstance(stage.passes, Improving):
        return _(
            "succeeds with a chance of {first} at first, {gain} that with every further attempt; at most {attempts}",
            first=voice.quantity(stage.passes.first, "share"),
            gain=voice.quantity(stage.passes.gain, "factor"),
            attempts=attempts,
        )
    chances = voice.listed(voice.quantity(p, "share") for p in stage.passes)
    if len(stage.passes) == 1:
        return _("succeeds with a chance of {p}", p=chances)
    return _(
        "succeeds with a chance of {list}, attempt by attempt; at most {attempts}", list=chances, attempts=attempts
    )


def fails(stage: Stage, voice: Voice) -> str:
    """What a failure does (rules 8, 9, 12)."""
    _ = voice.speech
    if stage.failure is None:
        return ""
    if stage.failure == "skip":
        return _("after a failure it goes on without this stage, and that is recorded")
    out = _("the workshop leaves the programme") if stage.on == "workshop" else _("the cluster is never ready")
    if stage.failure == "leave" or stage.attempts == 1:
        return _("after a failure {out}", out=out)
    if stage.retry is None or stage.retry == stage.name:
        return _("after a failure this stage is done again; after the last one {out}", out=out)
    again = voice.stage(stage.retry)
    return _("after a failure it is done again from {stage}; after the last one {out}", stage=again, out=out)


def output(stage: Stage, voice: Voice) -> str:
    """The rate at which a workshop works afterwards."""
    if stage.output is None:
        return ""
    rate = voice.quantity(stage.output, "share")
    return voice.gettext("from then on the workshop produces at {rate} of its full rate", rate=rate)


def costs(stage: Stage, voice: Voice) -> str:
    """What an attempt costs."""
    if central(stage.cost_idr) == 0:
        return ""
    return voice.gettext("costs {cost} for each attempt", cost=voice.quantity(stage.cost_idr, "IDR"))


def priority(stage: Stage, voice: Voice) -> str:
    """Its place in the queue, where it is not the ordinary one (rule 2)."""
    if stage.priority == 0:
        return ""
    return voice.gettext("priority {n} (lower is served first)", n=formats.number(stage.priority, voice.language))
