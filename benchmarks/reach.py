"""Reach: what a lever costs, by what it touches. Each round moves it to a value that no run has had."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable

import sim
from benchmarks.engines import fresh_seed, setting
from benchmarks.measure import timed
from benchmarks.section import Section, seconds, spread
from benchmarks.work import SCENARIO
from sim.store import flush

ABOUT = (
    f"Time from a lever's new value to the answer: sim.simulate({SCENARIO!r}) with {{count}} replications and its "
    "share at four lead times. Before each measurement the unchanged scenario is simulated, so that it is what was "
    "seen last. Making the changed scenario out of the old one is in the time. The run store is on and empty at first: "
    "a thread of its own keeps all of it meanwhile."
)
WEEKS = [49, 104, 156, 208]


@dataclasses.dataclass(frozen=True)
class Lever:
    """What is moved.

    Attributes
    ----------
    title : str
        What it touches, and where it is.
    path : str, optional
    value : callable
        The value of each round.
    """

    title: str
    path: str | None
    value: Callable[[int], object]


LEVERS = [
    Lever("nothing: asked again", None, lambda k: k),
    Lever("the lead time", "lead_weeks", lambda k: 60 + k),
    Lever("demand: the discount", "demand.discount", lambda k: 0.2 + k / 100),
    Lever("a gate's deadline", "campaign.gates.stock.deadline_days", lambda k: 40 + k),
    Lever("freight", "campaign.shipping.sea_days", lambda k: 12 + k / 4),
    Lever("capacity: coaches", "resources.coach.units", lambda k: 13 + k),
    Lever("durations of one stage: coaching", "pathway.stages.coach.duration.mean", lambda k: 180 + k),
    Lever("verdicts of one stage: joining", "pathway.stages.join.passes", lambda k: [0.4 + k / 100]),
    Lever("workshops of one cluster", "clusters.cibaduyut.makers", lambda k: 260 + k),
]


def section(quick: bool) -> Section:
    """Every lever."""
    with tempfile.TemporaryDirectory() as folder, setting("SIAP_STORE", folder):
        made = _section(quick)
        flush()
    return made


def _section(quick: bool) -> Section:
    count, rounds = (50, 3) if quick else (200, 5)
    scenario = sim.Scenario.load(SCENARIO)
    answered(scenario, count)
    taken: dict[str, list[float]] = {lever.title: [] for lever in LEVERS} | {"everything: a new seed": []}
    for k in range(rounds):
        # What was drawn is at hand again: the last round's new seed may have pushed it out. The first compiles, too.
        answered(scenario.set("resources.assessor.units", 5 + k), count)
        for lever in LEVERS:
            answered(scenario, count)
            taken[lever.title].append(timed(lambda lever=lever, k=k: answered(moved(scenario, lever, k), count)))
        taken["everything: a new seed"].append(timed(lambda: answered(scenario, count, fresh_seed())))
    rows = [[name, *_numbers(times)] for name, times in taken.items()]
    columns = ["What the lever touches", "Median", "Fastest to slowest"]
    return Section("Reach: what a lever costs", ABOUT.format(count=count), columns, rows)


def moved(scenario: sim.Scenario, lever: Lever, k: int) -> sim.Scenario:
    """The scenario with the lever's value of a round."""
    return scenario if lever.path is None else scenario.set(lever.path, lever.value(k))


def answered(scenario: sim.Scenario, replications: int, seed: int | None = None) -> object:
    """From the scenario to the share."""
    return sim.simulate(scenario, replications, seed=seed).share(WEEKS)


def _numbers(times: list[float]) -> list[str]:
    return [seconds(sorted(times)[len(times) // 2]), spread(min(times), max(times))]
