"""Where no lead time reaches a target: the smallest single changes that make it possible, and what they cost.

Every change is simulated with the same random numbers as the result that falls short. Along the values of a lever the
search is by halving, which finds the smallest change where more of it never makes things worse again.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping, Sequence

from sim.errors import BadInput
from sim.experiment.paired import Gain, Outcome, changed, gain, more
from sim.experiment.result import WEEK, Result
from sim.experiment.runner import Cancelled, Progress
from sim.experiment.when import Answer, when
from sim.outcomes.numbers import at
from sim.programme.quantity import central
from sim.scenario import Scenario

Value = float | str


@dataclasses.dataclass(frozen=True)
class Remedy:
    """One change of one lever that makes a target possible.

    Attributes
    ----------
    path : str
    value : float or str
        The nearest to the value in force that is enough.
    answer : Answer
        The least lead time with it.
    public_idr, own_idr : Gain
        What the programme, and the clusters with their channel, pay more with it until the event, at that least lead
        time; pair by pair, with a 90 % interval.
    """

    path: str
    value: Value
    answer: Answer
    public_idr: Gain
    own_idr: Gain


def remedies(
    result: Result,
    share: float | None,
    probability: float,
    values: Mapping[str, Sequence[Value]],
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[Remedy]:
    """The smallest change of each lever that lets some lead time reach a target, the least costly first.

    Parameters
    ----------
    result : Result
        In which no lead time does.
    share, probability : as in `when`
    values : mapping of path to sequence
        What each lever can be set to: numbers in order, or names.
    progress : callable, optional
        Called with the levers tried and all.
    cancel : threading.Event, optional

    Raises
    ------
    Cancelled
        If `cancel` was set.
    """
    found = []
    for n, (path, offered) in enumerate(values.items()):
        search = _Search(result, share, probability, path, cancel)
        found += [remedy for remedy in search.nearest(offered) if remedy is not None]
        if progress:
            progress(n + 1, len(values))
    return sorted(found, key=lambda remedy: (remedy.public_idr.mean, remedy.answer.least_days))


@dataclasses.dataclass(frozen=True)
class _Search:
    """The trials of one lever."""

    result: Result
    share: float | None
    probability: float
    path: str
    cancel: threading.Event | None

    def nearest(self, offered: Sequence[Value]) -> list[Remedy | None]:
        """What is enough: of named values each, of numbers the nearest above and below the one in force."""
        in_force = _in_force(self.result.scenario, self.path)
        if isinstance(in_force, str):
            return [self.tried(value) for value in offered if value != in_force]
        numbers = [value for value in offered if not isinstance(value, str)]
        above = sorted(value for value in numbers if value > in_force)
        below = sorted((value for value in numbers if value < in_force), reverse=True)
        return [self.halving(above), self.halving(below)]

    def halving(self, ordered: Sequence[float]) -> Remedy | None:
        """The first of ordered values, from the one in force outwards, that is enough; None where the last is not."""
        if not ordered or (best := self.tried(ordered[-1])) is None:
            return None
        short, enough = -1, len(ordered) - 1
        while enough - short > 1:
            middle = (short + enough) // 2
            remedy = self.tried(ordered[middle])
            if remedy is None:
                short = middle
            else:
                enough, best = middle, remedy
        return best

    def tried(self, value: Value) -> Remedy | None:
        """The remedy of one value, if it is one."""
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled
        base = self.result
        try:
            scenario = base.scenario.set(self.path, value)
        except BadInput:  # a value that the rules of this scenario exclude
            return None
        other = changed(base, scenario, self.cancel)
        answer = when(other, self.share, self.probability)
        if answer.never:
            return None
        now, then = (Outcome.of(result, [answer.least_days / WEEK]) for result in (other, base))
        public, own = more(now.public_idr, then.public_idr), more(now.own_idr, then.own_idr)
        return Remedy(self.path, value, answer, gain(public), gain(own))


def _in_force(scenario: Scenario, path: str) -> Value:
    """The value in force of a lever: a name, or a number, of a range its most likely one."""
    found = at(scenario, path)
    return found if isinstance(found, str) else float(central(found))  # type: ignore[arg-type]
