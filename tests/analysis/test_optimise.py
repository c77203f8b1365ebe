"""The least cost of a target and the front of what share costs, against every setting tried one by one."""

import dataclasses
import functools
import json
import threading
import types

import numpy as np
import pandas as pd
import pytest

import sim
from sim import BadInput, Range, Scenario
from sim.analysis import optimise
from sim.analysis.offers import in_force, levers_of, of_others
from sim.analysis.optimise import (
    Target,
    _Again,
    _candidates,
    _cheapest,
    _more_mean,
    _more_proportion,
    least_cost,
    trade_offs,
)
from sim.experiment import Cancelled, when
from sim.outcomes.numbers import at
from sim.programme.quantity import central
from sim.text import formats
from sim.view import optimise as view
from tests.store.scenarios import uncertain
from tests.store.test_store import said, store

__all__ = ["store"]  # a fixture
COACHES, LEAD = "resources.coach.units", "lead_weeks"
LEVERS = {COACHES: [1, 2, 3, 4], LEAD: range(4, 30)}
SHIPPED = ["cibaduyut-2027", "single-day-2018", "eight-clusters-2027", "amazon-black-friday-2027", "all-centres"]


@functools.cache
def cheapest(probability: float = 0.7, share: float | None = None):
    return least_cost(uncertain(), LEVERS, share, probability, trials=12, replications=40, seed=7, fresh=120)


@functools.cache
def traded():
    return trade_offs(uncertain(), LEVERS, trials=80, replications=40, seed=7, fresh=120)


def alone(setting, drawn, share=None):
    """Mean cost and chance of one setting, simulated by itself."""
    scenario = uncertain()
    for path, value in setting.items():
        scenario = scenario.set(path, value)
    result = sim.experiment.simulate(scenario, drawn.replications, drawn.seed)
    weeks = scenario.lead_days / 7
    reached = result.probability_ready([weeks]) if share is None else None
    chance = (
        float(np.mean(result.mixed.share(np.array([weeks * 7])) >= share))
        if share
        else float((result.mixed.ready_days.min(axis=1) <= weeks * 7).mean())
    )
    assert reached is None or chance >= reached.to_numpy().max()  # any brand is ready at least as often as each
    return result.programme_idr().mean(), chance


# ── the least cost ───────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("probability", "share"), [(0.7, None), (0.6, 0.01)])
def test_no_setting_at_all_reaches_the_target_at_less_cost(probability, share):
    found = cheapest(probability, share)
    everything = [{COACHES: units, LEAD: weeks} for units in LEVERS[COACHES] for weeks in LEVERS[LEAD]]
    known = [(*alone(setting, found.drawn, share), setting) for setting in everything]
    least = min(cost for cost, chance, _setting in known if chance >= probability)
    met = found.tried[found.tried.short <= 0]
    assert met.programme_idr.min() == pytest.approx(least)


def test_what_is_told_is_what_the_fresh_numbers_say_and_what_was_searched_what_the_others_said():
    found = cheapest()
    assert found.fresh.seed != found.drawn.seed
    for row in found.table.to_dict("records"):
        setting = {path: row[path] for path in LEVERS}
        assert (row["programme_idr"], row["probability"]) == pytest.approx(alone(setting, found.fresh))
        searched = alone(setting, found.drawn)
        assert (row["programme_idr_searched"], row["probability_searched"]) == pytest.approx(searched)
        assert row["probability_optimism"] == pytest.approx(row["probability_searched"] - row["probability"])
        assert row["programme_idr_optimism"] == pytest.approx(row["programme_idr_searched"] - row["programme_idr"])
        for name in ("probability", "programme_idr", "probability_optimism", "programme_idr_optimism"):
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    assert found.now.probability == pytest.approx(alone({}, found.fresh)[1])


def test_the_best_is_the_least_costly_that_holds_on_fresh_numbers():
    found = cheapest()
    assert found.state == "holds"
    holding = found.table[found.table.probability_low >= 0.7]
    assert found.best.programme_idr == holding.programme_idr.min()
    assert found.table.best.sum() == 1
    assert {type(value) for value in found.setting.values()} == {int}
    assert (found.table.verdict == "holds").tolist() == (found.table.probability_low >= 0.7).tolist()


def test_a_target_that_none_reaches_is_said_to_be_so_with_the_best_chance():
    impossible = least_cost(uncertain(), {COACHES: [1, 2], LEAD: [4, 8]}, trials=10, replications=20, fresh=30)
    assert impossible.state == "fails"
    assert impossible.best.probability == impossible.table.probability.max()
    said = f"Of the settings looked at again ({len(impossible.table)}) none reaches being ready with a chance of 80%"
    assert said in view.least_cost_lines(impossible, "en")[0]


class Planted(_Again):
    """The seventh setting is the least costly of those that hold; asks nothing of a scenario."""

    def row(self, setting, confidence):
        coaches, asked.confidence = setting.get(COACHES, 0), confidence
        low = 0.9 if coaches >= 7 else 0.6
        named = {"probability": 0.95, "probability_low": low, "probability_high": 1.0}
        return named | {"programme_idr": 1.0 + coaches}


asked = types.SimpleNamespace(confidence=0.0)


def test_settings_are_looked_at_again_in_the_order_of_their_cost_until_one_holds_however_many_there_are():
    chances = np.linspace(0.8, 1.0, 30)
    tried = pd.DataFrame({COACHES: range(1, 31), "programme_idr": np.arange(30.0), "probability": chances})
    tried["short"] = 0.8 - tried.probability
    drawn, told = cheapest().drawn, []
    again = Planted(drawn, drawn, (COACHES,), None, lambda *one: told.append(one), 10)
    found = _cheapest(again, _candidates(tried.sample(frac=1.0, random_state=1)), tried, Target(None, 0.8))
    assert found.table[COACHES].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert (found.state, found.setting) == ("holds", {COACHES: 7})
    row_of_all = again.table(tried).iloc[0]
    assert row_of_all[COACHES] == 1
    assert asked.confidence == pytest.approx(1 - 0.1 / 30)  # of all that might have been looked at
    assert told[6] == (40, 40)


def test_what_no_simulation_can_do_is_said_and_not_searched_around(monkeypatch):
    def refused(*_asked, **_more):
        raise BadInput("goods", "cannot be delivered")

    monkeypatch.setattr(optimise, "simulate", refused)
    for question in (least_cost, trade_offs):
        with pytest.raises(BadInput, match="goods: cannot be delivered"):
            question(uncertain(), LEVERS, trials=10, replications=5)


def test_levels_that_exclude_each_other_everywhere_are_refused(monkeypatch):
    def refused(_self, setting):
        raise BadInput("levels", "exclude each other", setting)

    monkeypatch.setattr(optimise.Drawn, "at", refused)
    for question in (least_cost, trade_offs):
        with pytest.raises(BadInput, match="levers: no setting is possible"):
            question(uncertain(), LEVERS, trials=10, replications=5)


def test_what_the_search_promised_by_luck_does_not_hold_on_fresh_numbers(monkeypatch):
    """On the numbers of the search alone every setting is lucky; what is told must not believe it."""
    honest = optimise._Reaching.read

    def lucky(self, result):
        found = honest(self, result)
        return found | {"probability": np.zeros_like(found["probability"])} if result.replications == 90 else found

    monkeypatch.setattr(optimise._Reaching, "read", lucky)
    found = least_cost(uncertain(), LEVERS, probability=0.7, trials=10, replications=40, seed=7, fresh=90)
    assert found.state == "fails"
    assert found.best.probability_searched >= 0.7
    assert found.best.probability_optimism_low > 0


def test_a_lead_time_alone_is_a_lever_and_its_answer_that_of_when():
    found = least_cost(uncertain(), {LEAD: Range(4, 30)}, probability=0.7, trials=10, replications=40, seed=7, fresh=40)
    result = sim.experiment.simulate(uncertain(), 40, 7)
    assert found.tried[LEAD].min() == np.ceil(when(result, None, 0.7).least_days / 7)


def test_levers_of_others_are_named_because_their_cost_is_not_counted():
    levers = {COACHES: [1, 2], "finance.working_capital_idr": [5_000, 10_000]}
    found = least_cost(uncertain().set(LEAD, 25), levers, trials=10, replications=10, fresh=10)
    assert found.of_others == ["finance.working_capital_idr"]
    assert "Working capital" in view.least_cost_lines(found, "en")[-1]
    assert cheapest().of_others == []


# ── the front ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_front_is_told_by_fresh_numbers_and_what_fell_off_it_is_flagged():
    found = traded()
    table = found.table
    assert table.programme_idr.is_monotonic_increasing
    for i, row in table.iterrows():
        others = table.drop(index=i)
        as_good = (
            (others.programme_idr <= row.programme_idr) & (others.share >= row.share) & (others[LEAD] <= row[LEAD])
        )
        better = (others.programme_idr < row.programme_idr) | (others.share > row.share) | (others[LEAD] < row[LEAD])
        assert row.dominated == (as_good & better).any()
    some = table.iloc[len(table) // 2]
    cost, chance = alone({path: some[path] for path in LEVERS}, found.fresh)
    assert (some.programme_idr, some.probability_ready) == pytest.approx((cost, chance))
    assert (table.share_low >= 0).all()


def test_hardly_a_setting_of_all_betters_one_of_the_front_by_much():
    found = traded()
    front = found.tried[found.tried.front]
    for units in LEVERS[COACHES]:
        scenario = uncertain().set(COACHES, units)
        result = sim.experiment.simulate(scenario, 40, 7)
        for weeks in (16, 20, 24, 28):
            cost = result.programme_idr(weeks * 7.0).mean()
            share = result.share([weeks])["mean"].iloc[0]
            near = front[(front.programme_idr <= 1.25 * cost) & (front[LEAD] <= weeks + 3)]
            assert near.share.max() >= 0.85 * share


# ── shared ───────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_same_seed_gives_the_same_bits_and_another_another():
    again = least_cost(uncertain(), LEVERS, None, 0.7, trials=12, replications=40, seed=7, fresh=120)
    pd.testing.assert_frame_equal(again.table, cheapest().table)
    other = dataclasses.replace(again.drawn, seed=8).fresh(None)
    assert other.seed != again.fresh.seed


def test_intervals_of_differences_hold_zero_as_often_as_they_say():
    chance, inside = np.random.default_rng(1), np.zeros(2)
    for _ in range(400):
        one, other = chance.exponential(1.0, 60), chance.exponential(1.0, 150)
        mean = _more_mean(one, other, 0.9)
        part = _more_proportion((one < 1.5).astype(float), (other < 1.5).astype(float), 0.9)
        inside += [mean.low <= 0 <= mean.high, part.low <= 0 <= part.high]
    assert (np.abs(inside / 400 - 0.9) < 0.045).all()  # three standard errors


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name == "all-centres" else []) for name in SHIPPED]
)
def test_every_level_offered_is_possible_and_what_is_in_force_is_among_them(name):
    scenario = Scenario.load(name)
    offered = levers_of(scenario)
    for path, levels in offered.items():
        assert len(levels) == len(set(levels)) > 1, path
        assert list(levels) == sorted(levels)
        for level in (levels[0], levels[-1]):
            scenario.set(path, level)
        assert not of_others(path)
    assert in_force(scenario, offered) == {path: float(central(at(scenario, path))) for path in offered}


def test_of_a_resource_every_unit_of_its_range_is_offered_and_of_invitations_each_part_of_the_cluster():
    scenario = Scenario.load("cibaduyut-2027")
    levers = levers_of(scenario)
    coaches = scenario.resources["coach"].units
    assert levers[COACHES][0] == coaches.low
    assert levers[COACHES][-1] == coaches.high
    cluster = scenario.clusters[0]
    waves = levers["clusters.cibaduyut.wave"]
    assert waves[0] == cluster.wave.low
    assert waves[-1] == cluster.wave.chosen >= central(cluster.makers)  # all of them
    assert len([wave for wave in waves if wave < central(cluster.makers)]) > 2


def test_of_a_front_too_long_to_show_both_ends_stay():
    rows = pd.DataFrame({"cost": range(50)})
    assert optimise._thinned(rows, 5)["cost"].tolist() == [0, 12, 24, 37, 49]
    assert optimise._thinned(rows, 60)["cost"].tolist() == list(range(50))


def test_progress_goes_on_to_the_end_and_it_can_be_stopped():
    told = []
    least_cost(uncertain(), LEVERS, trials=10, replications=5, fresh=5, progress=lambda *one: told.append(one))
    assert [done for done, _total in told] == sorted(done for done, _total in told)
    assert told[-1][0] == told[-1][1]
    stop = threading.Event()
    stop.set()
    for question in (least_cost, trade_offs):
        with pytest.raises(Cancelled):
            question(uncertain(), LEVERS, trials=10, replications=5, cancel=stop)


def test_what_was_tried_is_kept_in_the_run_store(store):
    found = least_cost(uncertain(), {COACHES: [1, 2]}, trials=10, replications=5, fresh=6)
    sim.store.flush()
    kept = {(one["seed"], one["replications"]) for one in store.entries("runs")}
    assert kept == {(found.drawn.seed, 5), (found.fresh.seed, 6)}


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        ({"share": 0.0}, "target: must be a fraction"),
        ({"share": 1.5}, "target: must be a fraction"),
        ({"replications": 0}, "replications"),
        ({"seed": -1}, "seed"),
        ({"fresh": 0}, "fresh: "),
        ({"levers": {LEAD: Range(120.2, 120.8)}}, "lead_weeks: must have a whole week"),
        ({"probability": 1.0}, "probability: must be between 0 and 1"),
        ({"trials": 9}, "trials: must be a whole number of at least 10"),
        ({"levers": {}}, "levers: must be at least one"),
        ({"levers": {COACHES: [2]}}, "needs at least two levels"),
        ({"levers": {"resources.coahc.units": [1, 2]}}, "coach"),
        ({"levers": {"replications": [10, 20]}}, "is the same for all settings"),
        ({"levers": {COACHES: [-1, 2]}}, COACHES),
    ],
)
def test_a_bad_question_is_refused_in_one_line_before_anything_is_simulated(asked, rule, monkeypatch):
    monkeypatch.setattr(optimise, "simulate", None)
    with pytest.raises(BadInput, match=rule) as refused:
        least_cost(uncertain(), **asked)
    assert "\n" not in str(refused.value)


def test_a_target_needs_the_lead_time_that_when_says():
    result = sim.experiment.simulate(uncertain(), 20, 7)
    days = Target(0.01, 0.5).needed_days(result)
    assert np.ceil(np.quantile(days, 0.5, method="inverted_cdf")) == when(result, 0.01, 0.5).least_days


# ── words and figure ─────────────────────────────────────────────────────────────────────────────────────────────────
def test_the_sentences_say_cost_chance_setting_and_what_was_promised():
    found = cheapest()
    finding, setting, promised, now = view.least_cost_lines(found, "en")
    assert f"a chance of at least 70% costs the programme Rp{round(found.best.programme_idr)}" in finding
    assert "on 120 fresh replications" in finding
    assert f"Lead time {found.setting[LEAD]} weeks" in setting
    assert formats.probability(found.best.probability_searched, "en") in promised
    assert formats.probability(found.now.probability, "en") in now
    assert len(view.least_cost_table(found, "id")) == len(found.table)
    for line in view.trade_off_lines(traded(), "id"):
        assert "{" not in line


def test_how_many_settings_no_other_betters_is_said_apart_from_how_many_were_looked_at_again():
    some = dataclasses.replace(traded(), table=traded().table.head(3))
    kept = int((~some.table.dominated).sum())
    said = view.trade_off_lines(some, "en")[0]
    front = int(traded().tried.front.sum())
    assert front > 3
    assert f"of which {front} are bettered by no other" in said
    assert f"3 of these were simulated again on fresh random numbers, and {kept} are still bettered by none" in said


@pytest.mark.parametrize("asked_for", [{"replications": 0}, {"seed": -1}, {"fresh": 0}])
def test_numbers_that_cannot_be_drawn_are_refused_before_a_front_is_searched_for(asked_for, monkeypatch):
    monkeypatch.setattr(optimise, "simulate", None)
    with pytest.raises(BadInput, match=next(iter(asked_for))):
        trade_offs(uncertain(), LEVERS, **asked_for)


def test_an_open_answer_says_that_it_cannot_be_told():
    open_one = dataclasses.replace(cheapest(), state="open")
    assert "cannot be told from 120 fresh" in view.least_cost_lines(open_one, "en")[0]


def test_the_figure_shows_every_setting_with_its_intervals_and_its_lead_time():
    found = traded()
    figure = view.trade_off_figure(found, "en")
    on, off = figure.data
    rows = found.table[~found.table.dominated]
    assert len(on.x) + len(off.x) == len(found.table)
    assert on.x == pytest.approx(rows.programme_idr / 1e9)
    assert np.add(on.y, on.error_y.array) == pytest.approx(rows.share_high)
    assert np.subtract(on.x, on.error_x.arrayminus) == pytest.approx(rows.programme_idr_low / 1e9)
    assert [float(text) for text in on.text] == pytest.approx(list(rows[LEAD].astype(float)))
    longest, shortest = rows[LEAD].to_numpy().argmax(), rows[LEAD].to_numpy().argmin()
    assert on.marker.size[longest] > on.marker.size[shortest]
    assert all("weeks" in text for text in on.hovertext)
    assert {trace.type for trace in figure.data} == {"scatter"}


def test_the_figure_of_the_least_cost_shows_each_setting_the_chance_aimed_at_and_which_one_is_told():
    found = cheapest()
    figure = view.least_cost_figure(found, "en")
    others, told = figure.data
    assert (len(told.x), len(others.x)) == (1, len(found.table) - 1)
    assert (told.x[0], told.y[0]) == pytest.approx((found.best.programme_idr / 1e9, found.best.probability))
    assert np.subtract(told.y, told.error_y.arrayminus) == pytest.approx([found.best.probability_low])
    assert figure.layout.shapes[0].y0 == found.target.probability
    assert (found.state, told.name) == ("holds", "the least costly")
    unsure = view.least_cost_figure(dataclasses.replace(found, state="open"), "id")
    assert unsure.data[1].name == "yang disebut dalam teks"


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
SMALL = ["--vary", "lead_weeks=100..156..4", "--vary", f"{COACHES}=12,20,30", "--trials", "10", "--replications", "10"]


def test_the_command_gives_the_least_cost_as_python_does(store):
    out = said("optimise", "cibaduyut-2027", "--probability", "0.4", "--fresh", "20", *SMALL, "--json", "-")
    found = json.loads(out)
    levers = {LEAD: range(100, 157, 4), COACHES: [12, 20, 30]}
    mine = least_cost("cibaduyut-2027", levers, probability=0.4, trials=10, replications=10, fresh=20)
    assert found["best"] == mine.setting
    assert found["table"]["programme_idr"] == pytest.approx(list(mine.table.programme_idr))
    assert (found["state"], found["fresh_seed"]) == (mine.state, mine.fresh.seed)


@pytest.mark.parametrize("question", [(), ("--front",), ("--million", "--set", "lead_weeks=104")], ids=str)
def test_the_command_writes_the_chart_of_each_question_as_a_vector_file(store, tmp_path, question):
    searched = () if "--million" in question else SMALL
    drawn = tmp_path / "it.svg"
    said("optimise", "cibaduyut-2027", *question, *searched, "--replications", "10", "--figure", drawn)
    assert "</svg>" in drawn.read_text("utf-8")


def test_the_command_shows_the_front_and_refuses_two_questions_at_once(store, capsys):
    out = said("optimise", "cibaduyut-2027", "--front", *SMALL)
    assert "settings were tried" in out
    with pytest.raises(SystemExit) as code:
        sim.cli.main(["optimise", "cibaduyut-2027", "--front", "--million"])
    assert code.value.code == 2
    assert capsys.readouterr().err.startswith("siap: --front: is one question and --million another")


@pytest.mark.parametrize(
    ("question", "idle"),
    [
        ("--million", ("--share", "0.01%")),
        ("--million", ("--probability", "0.8")),
        ("--million", ("--vary", "lead_weeks=100,120")),
        ("--million", ("--trials", "10")),
        ("--million", ("--fresh", "20")),
        ("--front", ("--share", "0.01%")),
        ("--front", ("--probability", "0.8")),
    ],
    ids=str,
)
def test_the_command_refuses_what_a_question_would_pass_over(question, idle, capsys):
    with pytest.raises(SystemExit) as code:
        sim.cli.main(["optimise", "cibaduyut-2027", question, *idle])
    out, err = capsys.readouterr()
    assert (code.value.code, out) == (2, "")
    assert err == f"siap: {idle[0]}: is not for {question}; leave one of the two out\n"
