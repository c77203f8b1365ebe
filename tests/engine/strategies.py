"""Small programmes in whole days, where everything coincides: the inputs that find a wrong rule.

Every feature of the contract is in reach: scarce resources, several places a stage, retries over
branches, loops in loops, counts of all kinds, leaving, skipping, zero durations, priorities, clusters
without workshops, stages given from the start, both disciplines, horizons.

There are two ways to them. `programmes` leaves every choice to Hypothesis, which then shrinks what
fails; all choices are whole numbers from strategies made once, because making strategies is what takes
it long. `wild_programmes` leaves it only a seed: nothing shrinks, but the programmes are larger and
more entangled, and there are many more of them in the same time.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from sim.programme import All, Cluster, Count, Empirical, Fixed, Programme, Share, Stage
from sim.programme.duration import Duration

T = TypeVar("T")
STAGES = [3, 4, 5, 6, 6, 6, 2, 1]
UP_TO = [st.integers(0, n) for n in range(256)]
DAYS = [1, 0, 2, 3, 5]
CHANCES = [0.5, 1.0, 0.75, 0.25, 0.0]
SHARES = [1.0, 0.5, 0.34, 0.1]


class Chooser:
    """Choices of one programme."""

    def __init__(self, up_to: Callable[[int], int]) -> None:
        self.up_to = up_to  # a whole number from 0 to the one given

    def number(self, low: int, high: int) -> int:
        return low + self.up_to(high - low)

    def one(self, options: Sequence[T]) -> T:
        return options[self.up_to(len(options) - 1)]

    def some(self, options: Sequence[T], most: int = 8) -> list[T]:
        chosen = self.up_to(2 ** len(options) - 1) if options else 0
        return [option for i, option in enumerate(options) if chosen >> i & 1][:most]

    def often(self, times: int) -> bool:
        """True once in about so many times."""
        return self.up_to(times - 1) == times - 1


@st.composite
def programmes(draw: Callable[[Any], int]) -> Programme:
    """A valid programme, every choice of which Hypothesis makes."""
    return _programme(Chooser(lambda most: draw(UP_TO[most])))


def wild_programmes() -> st.SearchStrategy[Programme]:
    """A valid programme from a seed."""
    return st.integers(0, 2**64 - 1).map(wild_programme)


def wild_programme(seed: int) -> Programme:
    """The programme of a seed."""
    chance = random.Random(seed)
    return _programme(Chooser(lambda most: chance.randint(0, most)))


def _programme(choose: Chooser) -> Programme:
    resources = {name: choose.number(1, 3) for name in "AB"[: choose.number(1, 2)]}
    sizes = [choose.number(0, 4) for _ in range(choose.number(1, 3))]
    stages: list[Stage] = []
    make = _entangled if choose.often(3) else _stage
    for i in range(choose.one(STAGES)):
        stages.append(make(choose, f"s{i}", resources, stages, max(sizes)))
    names = [stage.name for stage in stages]
    # The listed order, which settles ties, need not be the order of work.
    listed = stages[::-1] if choose.often(3) else stages
    clusters = [_cluster(choose, f"c{i}", size, names) for i, size in enumerate(sizes)]
    discipline = choose.one(["first-fit", "head-of-line"])
    horizon = choose.number(0, 12) if choose.often(3) else float("inf")
    pools = {"p": 0.5, "q": choose.one([0.5, 0.0])} if choose.often(4) else {}
    if pools:
        clusters = [dataclasses.replace(cluster, pool=choose.one(["p", "q"])) for cluster in clusters]
    return Programme(
        resources=resources,
        stages=listed,
        clusters=clusters,
        discipline=discipline,
        horizon_days=horizon,
        pools=pools,
    )


def _stage(choose: Chooser, name: str, resources: dict[str, int], earlier: list[Stage], largest: int) -> Stage:
    on = choose.one(["workshop", "workshop", "cluster"])
    after = _after(choose, on, earlier, largest)
    above = sorted(_ancestors(after, on, earlier))
    return Stage(
        name,
        on=on,
        after=after,
        needs={r: choose.number(1, resources[r]) for r in choose.some(list(resources))},
        duration=_duration(choose),
        passes=[choose.one(CHANCES) for _ in range(choose.one([2, 3, 1]))] if choose.number(0, 2) else None,
        on_fail=choose.one([None, "retry", "skip", "leave"]),
        retry=choose.one([*above, None]),
        priority=choose.one([0, 0, 1, -1]),
        again=choose.one([1.0, 1.0, 2.0, 0.0]),
    )


def _entangled(choose: Chooser, name: str, resources: dict[str, int], earlier: list[Stage], largest: int) -> Stage:
    """A stage among others of workshops: first a chain of two, then stages beside each other that send back into it."""
    in_chain = len(earlier) < 2
    after = [stage.name for stage in ([choose.one(earlier[1:])] if earlier[1:] else earlier)]
    return Stage(
        name,
        after=after,
        needs=choose.one([{}, {}, {"A": 1}]),
        duration=Fixed(choose.one([1, 2, 4, 7])),
        passes=None if in_chain else choose.one([[0.25, 0.5, 0.75, 1.0], [0.5] * 4, None]),
        retry=choose.one([*sorted(_ancestors(after, "workshop", earlier)), None]),
    )


def _duration(choose: Chooser) -> Duration:
    days = [choose.one(DAYS) for _ in range(choose.one([1, 3, 2]))]
    return Fixed(days[0]) if len(days) == 1 else Empirical(days)


def _after(choose: Chooser, on: str, earlier: list[Stage], largest: int) -> list[Any]:
    names = [stage.name for stage in earlier if on == "workshop" or stage.on == "cluster"][-5:]
    counted = [stage.name for stage in earlier if stage.on == "workshop"]
    # Mostly chains and branches that meet again, which is where retries get entangled.
    after: list[Any] = choose.one([names[-1:], names[-2:], choose.some(names, most=3), names[-3:], []])
    if counted and choose.often(3):
        after.append(_count(choose, choose.one(counted), largest))
    return after


def _count(choose: Chooser, name: str, largest: int) -> Count | Share | All:
    kind = choose.number(0, 2)
    if kind == 0 and largest:
        return Count(choose.number(1, largest), name)
    return All(name) if kind == 1 else Share(choose.one(SHARES), name)


def _ancestors(after: Sequence[Any], on: str, earlier: list[Stage]) -> set[str]:
    """Names of the stages of the same entity before a stage."""
    direct = [stage for stage in earlier if stage.name in after and stage.on == on]
    return {stage.name for stage in direct}.union(*(_ancestors(s.names_before, on, earlier) for s in direct))


def _cluster(choose: Chooser, name: str, size: int, names: list[str]) -> Cluster:
    """A cluster, sometimes with a head start."""
    head_start = choose.often(3)
    exempt = choose.some(names, most=2) if head_start else []
    before = {name: -choose.number(0, 9) for name in choose.some(names, most=1)} if head_start else {}
    return Cluster(name, workshops=size, exempt=exempt, before_start=before)
