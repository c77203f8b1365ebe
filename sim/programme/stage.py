"""A stage of the pathway, and what it may wait for.

A stage is one activity of one entity (a workshop or its cluster): what must come before it, which
places it needs, how long it takes, whether it may fail and what then. Rule numbers are those of the
engine contract. This module says what a stage *is*; what happens in it is the engine's.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.errors import BadInput
from sim.programme.duration import Duration, Fixed, plain
from sim.programme.quantity import Number
from sim.value import Measure, value

Probability = Annotated[Number, Measure("probability", at_least=0.0, at_most=1.0)]
Places = Annotated[int, Measure("place", at_least=0, at_most=10**9)]
OnFail = Literal["retry", "leave", "skip"]


@value
class Count:
    """Wait until so many workshops of the own cluster are past a stage (rule 11).

    Attributes
    ----------
    n : int
        At least 1.
    stage : str
        A stage of workshops.
    """

    n: Annotated[int, Measure("workshop", at_least=1)]
    stage: str
    kind: Literal["count"] = "count"


@value
class Share:
    """Wait until a share of the cluster's workshops that have not left is past a stage; at least one (rule 11).

    Attributes
    ----------
    share : float
        A fraction in (0, 1]; the number of workshops is rounded up.
    stage : str
        A stage of workshops.
    """

    share: Annotated[float, Measure("share")]
    stage: str
    kind: Literal["share"] = "share"

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise BadInput("share", "must be above 0 and at most 1", self.share)


@value
class All:
    """Wait until every workshop of the cluster that has not left is past a stage; at least one (rule 11).

    Attributes
    ----------
    stage : str
        A stage of workshops.
    """

    stage: str
    kind: Literal["all"] = "all"


Counted = Count | Share | All


@value
class Improving:
    """Chances of success that grow with every attempt.

    Attributes
    ----------
    first : Number
        Probability of success of the first attempt.
    gain : Number
        Factor from each attempt to the next; the result is capped at 1.
    attempts : int
        Most attempts in an entity's life.
    """

    first: Probability
    gain: Annotated[Number, Measure("ratio", at_least=0.0, at_most=1000.0)]
    attempts: Annotated[int, Measure("attempt", at_least=1, at_most=10_000)]

    def probabilities(self) -> tuple[float, ...]:
        """Probability of success of each attempt in turn; the parameters must be plain numbers."""
        first, gain = plain(self.first), plain(self.gain)
        return tuple(min(1.0, first * gain**attempt) for attempt in range(self.attempts))


def _listed(raw: Any) -> Any:
    """A single thing to wait for may be written without the list around it."""
    return (raw,) if isinstance(raw, (str, Count, Share, All, dict)) else raw


After = Annotated[
    tuple[str | Annotated[Count | Share | All, Field(discriminator="kind")], ...], BeforeValidator(_listed)
]


@value
class Stage:
    """One activity of the pathway.

    Attributes
    ----------
    name : str
        Unique in the programme.
    on : {"workshop", "cluster"}
        The entity that passes it.
    after : str, Count, Share, All, or a list of them
        What must be passed before it: stages of the same entity, stages of its cluster, counts of the
        cluster's workshops.
    needs : dict of str to int
        Places of each resource, held for the whole duration; none makes it a pure delay.
    duration : Duration
        Days, of each attempt.
    passes : list of probability, Improving, or None
        Probability of success of the first attempt, the second, …; its length is the most attempts in an
        entity's life (rule 8). None: always passes, however often it is done.
    on_fail : {"retry", "leave", "skip"}, optional
        What a failure does (rules 8, 9, 12); left out, it retries.
    retry : str, optional
        The stage of the same entity from which a retry starts again; None is the stage itself.
    output : Number, optional
        Share of its full production rate at which a workshop works once past this stage.
    priority : int
        Lower is served first (rule 2).
    again : Number
        Factor on the duration of every attempt after the first.
    cost_idr : Number
        Rupiah for each attempt.
    title : dict of str to str
        Displayed name by language; never part of a key.
    """

    name: str
    on: Literal["workshop", "cluster"] = "workshop"
    after: After = ()
    needs: dict[str, Places] = Field(default_factory=dict)
    duration: Duration = Fixed(0.0)
    passes: Improving | tuple[Probability, ...] | None = None
    on_fail: OnFail | None = None
    retry: str | None = None
    output: Annotated[Number, Measure("share", at_least=0.0, at_most=1.0)] | None = None
    priority: Annotated[int, Measure("priority", at_least=-(10**9), at_most=10**9)] = 0
    again: Annotated[Number, Measure("ratio", at_least=0.0, at_most=1000.0)] = 1.0
    cost_idr: Annotated[Number, Measure("IDR", at_least=0.0)] = 0.0
    title: dict[str, str] = Field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.passes, tuple) and not self.passes:
            rule = "must hold the probability of at least one attempt"
            raise BadInput("passes", rule, [], "leave it out if it always passes")

    @property
    def failure(self) -> OnFail | None:
        """What a failure does; None where it cannot fail."""
        return None if self.passes is None else self.on_fail or "retry"

    @property
    def attempts(self) -> int | None:
        """Most attempts in an entity's life; None where nothing bounds them."""
        if self.passes is None:
            return None
        return self.passes.attempts if isinstance(self.passes, Improving) else len(self.passes)

    @property
    def names_before(self) -> tuple[str, ...]:
        """The stages it waits for by name, without counts; each once."""
        return tuple(dict.fromkeys(a for a in self.after if isinstance(a, str)))

    @property
    def counts_before(self) -> tuple[Counted, ...]:
        """The counts it waits for; each once."""
        return tuple(dict.fromkeys(a for a in self.after if not isinstance(a, str)))

    def probabilities(self) -> tuple[float, ...]:
        """Probability of success of each attempt in turn, plain numbers; empty where it always passes."""
        if isinstance(self.passes, Improving):
            return self.passes.probabilities()
        return tuple(plain(p) for p in self.passes or ())
