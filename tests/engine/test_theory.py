"""The engine against what queueing and project theory say, where they say it exactly.

Queues: for each system 30 replications of 8,000 customers, the first 1,000 left out. The mean wait of the
others is compared with the formula by a t test over the replications at 99.9 %: with a new seed a right
engine would fail each of these tests with probability 0.001; the seed is fixed. The half-widths are 4 to
15 % of the mean and must not be wider, so that an error of a fifth would be found; one test plants it.
Source of the formulas: D. Gross et al., Fundamentals of Queueing Theory, 4th ed., sections 2.3 (M/M/c),
5.1 (M/G/1, Pollaczek and Khinchine) and 4.1 (series; Burke's theorem).
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from sim import engine
from sim.engine import Draws, History, Plan
from sim.programme import Cluster, Exponential, Fixed, Programme, Stage
from sim.programme.duration import Duration

REPLICATIONS, CUSTOMERS, WARM_UP = 30, 8_000, 1_000
CONFIDENCE = 0.999
RATE = 1.0  # arrivals a day


@dataclasses.dataclass(frozen=True)
class Queue:
    """Stations in a row, each with servers and a service time; customers arrive at random."""

    servers: tuple[int, ...]
    service: tuple[Duration, ...]

    def programme(self) -> Programme:
        names = [f"station {i}" for i in range(len(self.servers))]
        stations = [
            Stage(name, after=before, needs={name: 1}, duration=days)
            for name, before, days in zip(names, ["arrive", *names], self.service, strict=False)
        ]
        return Programme(
            resources=dict(zip(names, self.servers, strict=True)),
            stages=[Stage("arrive", duration=Exponential(1 / RATE)), *stations],
            clusters=[Cluster("customers", workshops=CUSTOMERS)],
        )

    def history(self, replication: int) -> History:
        programme = self.programme()
        plan = Plan.of(programme)
        draws = Draws.of(plan, programme, 7, replication)
        # The exponential gaps, added up, are a Poisson process in the order of the customers' numbers.
        draws.durations[1:, 0, 0] = np.cumsum(draws.durations[1:, 0, 0])
        return engine.run_plan(plan, draws)

    def mean_waits(self) -> NDArray[np.float64]:
        """Mean wait at all stations together, float64 [replication], days."""
        found = []
        for replication in range(REPLICATIONS):
            history = self.history(replication)
            waits = (history.started - history.queued)[1 + WARM_UP :, 1:, 0].sum(axis=1)
            found.append(waits.mean())
        return np.array(found)


def agrees(waits: NDArray[np.float64], expected: float) -> bool:
    """Whether the expected mean lies in the interval of a t test at `CONFIDENCE`, and that interval is narrow."""
    half_width = stats.t.ppf(0.5 + CONFIDENCE / 2, len(waits) - 1) * stats.sem(waits)
    assert half_width < 0.15 * expected
    return bool(abs(waits.mean() - expected) < half_width)


def erlang_wait(servers: int, mean: float) -> float:
    """Mean wait in M/M/c with the given mean service time."""
    load = RATE * mean
    queue = load**servers / math.factorial(servers) / (1 - load / servers)
    delayed = queue / (sum(load**k / math.factorial(k) for k in range(servers)) + queue)
    return delayed * mean / (servers - load)


@pytest.mark.slow
@pytest.mark.parametrize(("servers", "load"), [(1, 0.6), (3, 0.6), (5, 0.6)])
def test_the_mean_wait_of_many_servers_is_erlangs(servers: int, load: float) -> None:
    mean = servers * load / RATE
    assert agrees(Queue((servers,), (Exponential(mean),)).mean_waits(), erlang_wait(servers, mean))


@pytest.mark.slow
def test_the_mean_wait_before_a_fixed_service_is_half_of_that_before_a_random_one() -> None:
    """Pollaczek and Khinchine: load × service / 2 (1 - load)."""
    assert agrees(Queue((1,), (Fixed(0.7),)).mean_waits(), 0.7 * 0.7 / (2 * (1 - 0.7)))


@pytest.mark.slow
def test_two_stations_in_a_row_wait_as_if_each_were_alone() -> None:
    """Burke: what leaves M/M/c is Poisson again."""
    expected = erlang_wait(1, 0.6) + erlang_wait(2, 1.2)
    assert agrees(Queue((1, 2), (Exponential(0.6), Exponential(1.2))).mean_waits(), expected)


@pytest.mark.slow
def test_the_test_of_queues_would_find_a_wait_that_is_a_fifth_wrong() -> None:
    waits = Queue((1,), (Exponential(0.6),)).mean_waits()
    assert not agrees(waits, erlang_wait(1, 0.6) * 1.2)
    assert not agrees(waits, erlang_wait(1, 0.6) * 0.8)


@st.composite
def projects(draw: st.DrawFn) -> list[tuple[int, list[int]]]:
    """Days of each activity, and the earlier ones that it waits for."""
    return [
        (draw(st.integers(0, 9)), sorted(draw(st.sets(st.integers(0, i - 1), max_size=3))) if i else [])
        for i in range(draw(st.integers(1, 12)))
    ]


@given(projects())
@settings(max_examples=60)
def test_with_resources_for_all_the_finish_is_the_length_of_the_critical_path(
    project: list[tuple[int, list[int]]],
) -> None:
    """The longest sum of days along any chain of activities, for the cluster and for each of its workshops."""
    longest: list[int] = []
    for days, before in project:
        longest.append(days + max((longest[i] for i in before), default=0))
    stages = [
        Stage(f"{on} {i}", on=on, after=[f"{on} {j}" for j in before], needs={"officer": 1}, duration=Fixed(days))
        for on in ("cluster", "workshop")
        for i, (days, before) in enumerate(project)
    ]
    clusters = [Cluster("c", workshops=2)]
    history = engine.run(Programme(resources={"officer": 1000}, stages=stages, clusters=clusters))
    assert history.passed_days[0, : len(project)].tolist() == longest
    assert history.passed_days[1:, len(project) :].tolist() == [longest, longest]
