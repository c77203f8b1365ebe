"""The state behind the page: what is simulated, what is shown, and in which order. No browser, no widget."""

import time

import pytest

import sim
from sim.experiment import runner
from sim.store import Store, flush, run_id
from sim.view import session as module
from sim.view.session import Busy
from sim.view.sizing import drawable, fitting, preview_size
from tests.view.conftest import FULL, PREVIEW


@pytest.fixture
def runs(monkeypatch):
    """How often the engine was run."""
    counted = []
    original = runner.engines.run_plan
    monkeypatch.setattr(runner.engines, "run_plan", lambda *args: counted.append(1) or original(*args))
    return counted


def test_a_scenario_is_previewed_then_shown_in_full_then_with_its_days_then_with_chance_alone(session, heard, small):
    session.want(small)
    session.settle()
    assert heard.steps() == [
        ("preview", PREVIEW, False, False),
        ("full", FULL, False, False),
        ("full", FULL, False, True),
        ("full", FULL, True, True),
    ]
    assert heard.news[-1] is None


def test_the_full_result_is_the_one_that_simulate_gives(session, small):
    session.want(small)
    shown = session.settle()
    expected = sim.simulate(small, replications=FULL)
    assert shown.reading.at(104)["share"] == expected.share([104]).iloc[0].to_dict()
    assert list(shown.reading.holding.items()) == list(expected.binding().items())


def test_what_the_engine_does_not_read_is_shown_in_full_at_once_without_simulating(session, heard, small, runs):
    session.want(small)
    session.settle()
    before = len(runs)
    for path, value in {
        "demand.denominator": "imports",
        "demand.brand_class": "unknown",
        "demand.marketing_idr": 1e9,
        "campaign.access": "ordinary",
        "campaign.min_store_age_days": 90,
        "clusters.cibaduyut.goods.price_rmb": 500,
        "finance.working_capital_idr": 5e9,
    }.items():
        seen = len(heard.shown)
        session.want(small.set(path, value))
        assert session.settle().scenario == small.set(path, value)
        assert [step for step, *_rest in heard.steps()[seen:]] == ["full", "full", "full"], path
    assert len(runs) == before


def test_what_the_engine_reads_is_simulated(session, small, runs):
    session.want(small)
    session.settle()
    before = len(runs)
    session.want(small.set("resources.coach.units", 2))
    session.settle()
    assert len(runs) > before


def test_the_newest_wish_wins_and_a_full_simulation_that_it_outdates_is_stopped(session, heard, small):
    newer = small.set("resources.coach.units", 3)
    heard.when["full"] = lambda: session.want(newer)
    session.want(small)
    assert session.settle().scenario == newer
    assert [s.step for s in heard.shown if s.scenario == small] == ["preview"]


def test_a_preview_that_was_begun_is_shown_even_if_a_newer_wish_has_come(session, heard, small):
    newer = small.set("resources.coach.units", 3)
    heard.when["preview"] = lambda: session.want(newer)
    session.want(small)
    session.settle()
    assert [(s.step, s.scenario == newer) for s in heard.shown][:3] == [
        ("preview", False),
        ("preview", True),
        ("full", True),
    ]


def test_a_price_moved_during_a_simulation_is_shown_before_that_has_ended_and_does_not_stop_it(session, heard, small):
    dearer = small.set("clusters.cibaduyut.goods.price_rmb", 900)
    heard.when["full"] = lambda: session.want(dearer)
    session.want(small)
    session.settle()
    first = next(i for i, news in enumerate(heard.news) if getattr(news, "scenario", None) == dearer)
    last_of_full = max(i for i, news in enumerate(heard.news) if isinstance(news, Busy) and news.step == "full")
    assert first < last_of_full
    assert heard.shown[-1].scenario == dearer
    assert not [s for s in heard.shown[heard.shown.index(heard.news[first]) :] if s.scenario == small]


def test_progress_counts_up_to_the_replications_of_its_step_and_estimates_the_time_left(session, heard, small):
    session.want(small)
    session.settle()
    full = [news for news in heard.news if isinstance(news, Busy) and news.step == "full"]
    assert [busy.done for busy in full] == sorted({busy.done for busy in full})
    assert {busy.total for busy in full} == {FULL}
    assert full[0] == Busy("full", 0, FULL)  # at once, since the first replication may take long
    assert all(busy.seconds_left is not None and busy.seconds_left >= 0 for busy in full[1:])


def test_bad_input_that_only_a_simulation_finds_is_told_and_the_next_wish_is_answered(
    session, heard, small, monkeypatch
):
    error = sim.BadInput("here", "cannot be")
    original = module.simulate
    refuse = iter([error])

    def refusing(*args, **kwargs):
        for refused in refuse:
            raise refused
        return original(*args, **kwargs)

    monkeypatch.setattr(module, "simulate", refusing)
    session.want(small)
    with pytest.raises(TimeoutError):
        session.settle(seconds=20)
    assert error in heard.news
    session.want(small.set("resources.coach.units", 2))
    assert session.settle().step == "full"


def test_a_closed_session_says_nothing_more(session, heard, small):
    session.want(small)
    session.close()
    session._thread.join(30)
    told = len(heard.news)
    assert not session._thread.is_alive()
    session.want(small)
    assert len(heard.news) == told


@pytest.mark.parametrize("name", ["cibaduyut-2027", "cibaduyut-one-by-one", "eight-clusters-2027", "single-day-2018"])
def test_a_page_never_waits_for_more_replications_than_it_can_bear(name):
    scenario = sim.Scenario.load(name)
    full, slow = (fitting(scenario, scenario.replications, engine) for engine in ("compiled", "reference"))
    assert full == min(200, scenario.replications)
    assert 20 <= slow <= full
    assert slow * scenario.programme.entities <= 51_000 or slow == 20
    assert 4 <= preview_size(scenario, "reference") <= preview_size(scenario, "compiled") <= 20


def test_a_country_has_no_chart_of_its_stages():
    assert drawable(sim.Scenario.load("eight-clusters-2027"))
    assert not drawable(sim.Scenario.load("all-centres"))


# ── the run store ────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def store(monkeypatch, tmp_path):
    """A run store of its own, for sessions that begin after it; a page is at rest after a moment."""
    monkeypatch.setenv("SIAP_STORE", str(tmp_path))
    monkeypatch.setattr(module, "REST_SECONDS", 0.2)
    return Store(tmp_path)


def kept(store, count):
    """The entries of a store, once there are so many."""
    deadline = time.monotonic() + 30
    while len(found := store.entries()) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_a_page_at_rest_keeps_its_full_result_with_both_layers(store, session, small):
    session.want(small)
    shown = session.settle()
    (entry,) = kept(store, 1)
    assert entry["id"] == run_id(shown.reading.result)
    assert entry["replications"] == FULL
    assert {layer: store.holds(shown.reading.result.run(layer)) for layer in ("mixed", "chance")} == {
        "mixed": True,
        "chance": True,
    }
    assert len(store.preparations.paths()) == 2  # no preview


def test_what_a_drag_passes_through_is_not_kept(store, session, small):
    for price in range(300, 320):
        session.want(small.set("clusters.cibaduyut.goods.price_rmb", price))
        session.settle()  # each is answered in full, and none is rested on
    (entry,) = kept(store, 1)
    assert entry["id"] == run_id(session.shown.reading.result)
    time.sleep(2 * module.REST_SECONDS)
    assert len(store.entries()) == 1


def test_a_page_opened_on_what_was_run_before_shows_it_in_full_at_once_and_the_engine_does_not_run(
    store, session, heard, small, monkeypatch
):
    result = sim.simulate(small, replications=FULL)
    result.share(layer="chance")
    flush()
    runner.MEMORY._kept.clear()  # as in another process
    ran = []
    monkeypatch.setattr(runner.Replications, "milestones", lambda *given: ran.append(given))
    session.want(small)
    shown = session.settle()
    assert [(step, count) for step, count, *_rest in heard.steps()] == [("full", FULL)] * 3
    assert ran == []
    assert shown.reading.at(104)["share"] == result.share([104]).iloc[0].to_dict()


def test_what_a_page_rested_on_is_there_for_the_next_page_and_for_a_notebook(store, session, heard, small, monkeypatch):
    session.want(small)
    session.settle()
    kept(store, 1)
    runner.MEMORY._kept.clear()
    ran = []
    monkeypatch.setattr(runner.Replications, "milestones", lambda *given: ran.append(given))
    sim.simulate(small, replications=FULL).share(layer="chance")
    assert ran == []


def test_fewer_replications_in_the_store_are_gone_on_from(store, session, small, monkeypatch):
    sim.simulate(small, replications=FULL - 3)
    flush()
    runner.MEMORY._kept.clear()
    ran, milestones = [], runner.Replications.milestones

    def spied(self, k, j=0):
        ran.append((self.run.layer, k))
        return milestones(self, k, j)

    monkeypatch.setattr(runner.Replications, "milestones", spied)
    session.want(small)
    session.settle()
    assert [k for layer, k in ran if layer == "mixed"] == [FULL - 3, FULL - 2, FULL - 1]
