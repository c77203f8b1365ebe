"""How much a page computes, and what is said of more."""

import datetime
import threading

import pytest

import sim
from sim.scenario import scenario_names
from sim.view import errand, link, sizing
from sim.view.choice import Choice, Settings
from sim.view.errand import Errand
from sim.view.plan import Planner
from tests.shipped import shipped
from tests.view.conftest import small_scenario

TODAY = datetime.date(2026, 11, 24)


MILLIONS = (("clusters.cibaduyut.makers", 3_000_000), ("clusters.cibaduyut.wave", 3_000_000))


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_is_one_that_a_page_computes(name: str):
    scenario = shipped(name)
    sizing.check(scenario, "compiled")
    count = sizing.fitting(scenario, scenario.replications, "compiled")
    assert 1 <= count * scenario.programme.tries <= sizing.MOST_TRIES["compiled"]


def test_as_many_replications_as_the_work_allows_whoever_asks_for_a_million():
    for name in ("cibaduyut-2027", "all-centres"):
        scenario = sim.Scenario.load(name)
        count = sizing.fitting(scenario, 1_000_000, "compiled")
        assert count * scenario.programme.tries <= sizing.MOST_TRIES["compiled"]


def test_of_the_largest_scenarios_a_page_shows_so_many_replications():
    shown = {name: sizing.fitting(shipped(name), 1_000_000, "compiled") for name in ("all-centres", "all-ikm")}
    assert shown == {"all-centres": 11, "all-ikm": 1}


@pytest.mark.parametrize(
    ("base", "settings", "engine", "most"),
    [
        ("cibaduyut-2027", MILLIONS, "compiled", ("1,500", "1.500")),
        ("all-ikm", (), "reference", ("11,000,000", "11.000.000")),
    ],
)
def test_more_than_a_page_computes_is_refused_in_one_line_that_names_the_command(
    base: str, settings: Settings, engine: str, most: tuple[str, str]
):
    with pytest.raises(sizing.TooMuch) as refused:
        sizing.check(Choice(base, 88, settings).scenario(shipped(base)), engine)
    said = {language: sizing.said(refused.value, language) for language in ("id", "en")}
    assert said["en"] == str(refused.value)
    assert f"at most {most[0]}" in said["en"]
    assert f"paling banyak {most[1]}" in said["id"]
    assert all("siap run" in line and "\n" not in line for line in said.values())


def test_a_link_that_asks_for_too_much_is_refused_and_the_page_stays_as_it_was(
    wire: object, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sim.view.plan._running_loop", lambda: None)
    planner = Planner(small_scenario(), replications=4, today=TODAY)
    planner.session.settle()
    before, wish = planner.choice, planner.wish
    choice = Choice("cibaduyut-2027", 88, MILLIONS)
    planner.desk.open(link.write(link.Shared(choice, link.Stamp("0" * 64, "1", {}))))
    assert planner.choice == before
    assert planner.wish == wish
    assert "siap run" in planner.desk.notice.value
    planner.session.close()


def test_long_work_ends_with_a_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(errand, "LONGEST_SECONDS", 0)
    heard: list[object] = []

    def endless(progress: errand.Progress, cancel: threading.Event) -> object:
        while not cancel.wait(0.01):
            progress(1, 100)
        return None

    work = Errand(lambda then: then(), heard.append)
    work.start(endless)
    work.join(20)
    (news,) = heard
    assert isinstance(news, sizing.TooMuch)
    assert "Dihentikan" in sizing.said(news, "id")
    assert not work.running
