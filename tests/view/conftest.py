"""What the tests of the page share: a small scenario that simulates in a moment, and a session that is listened to."""

import threading
from collections.abc import Iterator

import pytest

import sim
from sim.experiment.memory import Memory
from sim.view.preparation import preparation
from sim.view.reading import Reading
from sim.view.session import Busy, Session, Shown

REPLICATIONS = 40
PREVIEW, FULL = 4, 10


def small_scenario() -> sim.Scenario:
    """Cibaduyut with a dozen makers, credit enough and no stock rule, so that most replications are ready some day."""
    scenario = sim.Scenario.load("cibaduyut-2027")
    for path, value in {
        "clusters.cibaduyut.makers": 12,
        "finance.working_capital_idr": 3e11,
        "campaign.stock_rule": "none",
    }.items():
        scenario = scenario.set(path, value)
    return scenario


@pytest.fixture(scope="session")
def small() -> sim.Scenario:
    return small_scenario()


@pytest.fixture(scope="session")
def reading(small: sim.Scenario) -> Reading:
    return Reading(sim.simulate(small, replications=REPLICATIONS), with_chance=True).prepare()


@pytest.fixture(scope="session")
def shown(reading: Reading) -> Shown:
    """The same as the page has it, with the days of the preparation."""
    result = reading.result
    return Shown(reading, "full", 1, preparation(result, [result.history(k) for k in range(4)]))


class Heard:
    """What a session said, in order; `when` does something the first time it says a step of progress."""

    def __init__(self) -> None:
        self.news: list[Shown | Busy | sim.BadInput | None] = []
        self.when: dict[str, object] = {}
        self.lock = threading.Lock()

    def __call__(self, news: Shown | Busy | sim.BadInput | None) -> None:
        with self.lock:
            self.news.append(news)
        if isinstance(news, Busy) and (then := self.when.pop(news.step, None)) is not None:
            then()

    @property
    def shown(self) -> list[Shown]:
        return [news for news in self.news if isinstance(news, Shown)]

    def steps(self) -> list[tuple[str, int, bool, bool]]:
        """Of everything shown: step, replications, whether with chance alone, whether with the days."""
        return [
            (s.step, s.reading.result.replications, s.reading.with_chance, s.preparation is not None)
            for s in self.shown
        ]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def session(heard: Heard, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    fresh = Memory(10**9)
    for place in ("sim.view.session.MEMORY", "sim.experiment.runner.MEMORY"):
        monkeypatch.setattr(place, fresh)
    monkeypatch.setattr("sim.view.session.TIMELY_SECONDS", 0.0)
    # Slow enough to be caught in the middle, and it tells of every replication.
    monkeypatch.setattr("sim.view.session.engines.chosen", lambda _asked: "reference")
    monkeypatch.setattr("sim.view.session.preview_size", lambda _scenario, _engine: PREVIEW)
    session = Session(heard, replications=FULL)
    yield session
    session.close()
