"""Robust choices: regret, satisficing and maximin of a planted table are those worked out on paper."""

import dataclasses
import json
import threading
from pathlib import Path

import numpy as np
import pytest

import sim
from sim import cli
from sim.analysis.robustness import AS_IT_IS, Robustness, alternatives, robustness, settings_of
from sim.errors import BadInput
from sim.experiment import Cancelled, moves
from sim.text import formats
from sim.text.catalogue import LANGUAGES
from sim.view import robustness as view
from sim.view.widgets import Chart
from tests.store.scenarios import uncertain

CHANCE = np.array([-1.0, 0.0, 0.0, 1.0])  # the same for all, since random numbers are common
# Mean shares, in percent: by choice, in the structures calm and stormy.
MEANS = {"bold": (10.0, 1.0), "careful": (7.0, 4.0), "idle": (2.0, 2.0)}
REACHED = {"bold": (4, 0), "careful": (4, 3), "idle": (0, 0)}  # of four replications


@pytest.fixture(scope="module")
def planted() -> Robustness:
    shares = np.array([[mean + CHANCE for mean in means] for means in MEANS.values()]) / 100
    reached = np.array([[np.arange(4) < n for n in counts] for counts in REACHED.values()])
    return Robustness(tuple(MEANS), ("calm", "stormy"), shares, reached, probability=0.75)


# ── worked out on paper ──────────────────────────────────────────────────────────────────────────────────────────────
def test_regret_is_what_a_choice_lacks_of_the_best_in_each_structure_pair_by_pair(planted: Robustness):
    table = planted.pairs.pivot_table(index="choice", columns="structure", values="regret")
    assert table.loc[list(MEANS)].to_numpy() == pytest.approx(np.array([[0, 0.03], [0.03, 0], [0.08, 0.02]]))
    widths = planted.pairs["regret_high"] - planted.pairs["regret_low"]
    assert widths.to_numpy() == pytest.approx(0, abs=1e-12)  # chance is common, and so cancels
    assert (planted.pairs["share_high"] > planted.pairs["share_low"]).all()
    assert planted.pairs.loc[planted.pairs["best"], "choice"].tolist() == ["bold", "careful"]


def test_maximum_regret_satisficing_and_maximin_are_those_of_the_table(planted: Robustness):
    table = planted.summary.set_index("choice")
    assert table["max_regret"].to_dict() == pytest.approx({"bold": 0.03, "careful": 0.03, "idle": 0.08})
    assert table["regret_in"].to_dict() == {"bold": "stormy", "careful": "calm", "idle": "calm"}
    assert table["max_regret_relative"].to_dict() == pytest.approx({"bold": 0.75, "careful": 0.3, "idle": 0.8})
    assert table["satisfied"].to_dict() == {"bold": 1, "careful": 2, "idle": 0}
    assert table["worst_share"].to_dict() == pytest.approx({"bold": 0.01, "careful": 0.04, "idle": 0.02})
    assert table.index[table["maximin"]].tolist() == ["careful"]
    assert table.index[table["most_satisfied"]].tolist() == ["careful"]
    assert table.index[-1] == "idle"


def test_a_difference_that_varies_from_pair_to_pair_gives_regret_an_interval():
    shares = np.array([[[0.4, 0.5, 0.6, 0.5]], [[0.1, 0.4, 0.2, 0.1]]])
    (_, row) = Robustness(("a", "b"), ("s",), shares, shares > 0.3, 0.5).pairs.to_dict("records")
    assert row["regret"] == pytest.approx(0.3)
    assert row["regret_low"] < 0.3 < row["regret_high"]


def test_few_replications_leave_undecided_whether_the_target_is_reached(planted: Robustness):
    told = planted.pairs.set_index(["choice", "structure"])["decided"]
    assert not told["careful", "stormy"]  # 3 of 4, asked for 75 %
    assert told["idle", "calm"]
    assert any("cannot be told" in text for text in view.sentences(planted, "en"))


def test_the_interval_of_a_maximum_regret_resamples_replications_jointly_through_best_choice_and_worst_structure():
    chance = np.random.default_rng(3)
    shares = chance.normal(0.5, 0.1, (3, 4, 40))
    found = Robustness(("a", "b", "c"), tuple("stuv"), shares, shares > 0.5, 0.5, seed=5)
    regrets = []
    for _ in range(2_000):
        means = shares[:, :, chance.integers(0, 40, 40)].mean(axis=2)
        regrets.append((means.max(axis=0) - means).max(axis=1))
    low, high = np.quantile(regrets, [0.05, 0.95], axis=0)
    told = found.summary.set_index("choice").loc[["a", "b", "c"]]
    assert told["max_regret_high"].to_numpy() == pytest.approx(high, abs=0.003)
    assert told["max_regret_low"].to_numpy() == pytest.approx(np.minimum(low, told["max_regret"]), abs=0.003)
    assert found.summary.equals(dataclasses.replace(found).summary)
    assert not found.summary.equals(dataclasses.replace(found, seed=6).summary)


def test_a_choice_that_is_the_best_everywhere_by_luck_has_a_regret_of_nothing_to_something():
    chance = np.random.default_rng(1)
    shares = chance.normal(0.5, 0.1, (2, 1, 30))
    best, other = Robustness(("a", "b"), ("s",), shares, shares > 0.5, 0.5).summary.to_dict("records")
    assert best["max_regret"] == best["max_regret_low"] == 0
    assert best["max_regret_high"] > 0
    assert 0 <= other["max_regret_low"] < other["max_regret"] < other["max_regret_high"]
    alone = Robustness(("a", "b"), ("s",), shares[:, :, :1], shares[:, :, :1] > 0.5, 0.5).summary
    assert (alone["max_regret_low"] == 0).all()
    assert np.isinf(alone["max_regret_high"]).all()


# ── in words and drawn ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_reader_is_told_which_choice_is_robust_by_each_rule(planted: Robustness):
    said = " ".join(view.sentences(planted, "en"))
    assert "has the least maximum regret: at worst its share is 3%" in said
    most = "In 2 of 2 structures, more than with any other choice, a brand is ready for the day with a chance of 75%"
    assert f"{most} with: careful." in said
    assert "By the worst structure the best is careful: 4% on average." in said


def test_a_choice_without_regret_is_one_in_these_replications_and_choices_that_do_as_well_are_told_together():
    chance = np.random.default_rng(1)
    shares = chance.normal(0.5, 0.1, (2, 1, 30))
    found = Robustness(("a", "b"), ("s",), shares, np.ones(shares.shape, dtype=bool), 0.5)
    said = " ".join(view.sentences(found, "en"))
    assert "in these 30 replications another choice's share is higher on average in none of 1 structures" in said
    assert f"maximum regret: 0% to {formats.share(found.summary['max_regret_high'][0], 'en')})." in said
    assert "With every choice a brand is ready for the day with a chance of 50% in 1 of 1 structures." in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chart_has_a_mark_for_each_pair_in_a_form_of_its_own_and_names_every_structure(planted, language: str):
    parts = view.dots(planted, language)
    Chart(parts)
    assert [len(trace["x"]) for trace in parts.traces] == [2, 2, 2]
    assert len({trace["marker"]["symbol"] for trace in parts.traces}) == 3
    assert {"Calm", "Stormy"} <= {label["text"] for label in parts.layout["annotations"]}
    assert len(view.table(planted, language)) == 3


# ── of a scenario ────────────────────────────────────────────────────────────────────────────────────────────────────
OPTIONS = {AS_IT_IS: {}, "more time": {"lead_weeks": 30}}


def test_every_pair_is_what_its_scenario_gives_alone_on_the_same_random_numbers():
    found = robustness(uncertain(), OPTIONS, replications=6, seed=3)
    worlds = alternatives(uncertain())
    assert found.structures == tuple(worlds)
    for s, world in enumerate(worlds.values()):
        for c, option in enumerate(OPTIONS.values()):
            scenario = uncertain()
            for path, value in {**world, **option}.items():
                scenario = scenario.set(path, value)
            alone = sim.experiment.simulate(scenario, 6, seed=3)
            assert np.array_equal(found.shares[c, s], alone.mixed.share(np.array([scenario.lead_days]))[:, 0])
    assert (found.summary["structures"] == len(worlds)).all()


def test_structures_are_one_at_a_time_or_in_every_combination():
    scenario = sim.Scenario.load("cibaduyut-2027")
    paths = ["campaign.stock_rule", "demand.maturity"]
    alone, combined = alternatives(scenario, paths), alternatives(scenario, paths, combined=True)
    assert list(alone) == [
        AS_IT_IS,
        "campaign.stock_rule=items",
        "campaign.stock_rule=none",
        "demand.maturity=linear",
    ]
    assert len(combined) == 3 * 2
    both = {"campaign.stock_rule": "none", "demand.maturity": "linear"}
    assert combined["campaign.stock_rule=none, demand.maturity=linear"] == both


def test_steps_of_levers_are_choices_under_a_name_that_the_reader_gets_in_words():
    scenario = sim.Scenario.load("cibaduyut-2027")
    options = settings_of(move for move in moves(scenario) if move.path == "resources.coach.units")
    ((name, settings),) = options.items()
    assert name.startswith("resources.coach.units=")
    made = Robustness(
        (AS_IT_IS, name), ("s",), np.zeros((2, 1, 3)), np.zeros((2, 1, 3), bool), 0.5, None, scenario, options
    )
    assert view.named(made, name, "en") == f"coaches: {settings['resources.coach.units']:g}"
    assert view.named(made, "s", "en") == "s"


def test_a_choice_and_a_structure_of_one_name_each_keep_what_they_set():
    options = {"late": {"lead_weeks": 30}, AS_IT_IS: {}}
    worlds = {"late": {"demand.maturity": "linear"}}
    found = robustness(uncertain(), options, worlds, replications=2, seed=4)
    assert (found.settings, found.worlds, found.seed) == (options, worlds, 4)


@pytest.mark.parametrize(
    ("options", "asked", "said"),
    [
        ({AS_IT_IS: {}}, {}, "choices: must be at least two"),
        (OPTIONS, {"structures": {}}, "structures: must be at least one"),
        (OPTIONS, {"probability": 0.0}, "probability: must be between 0 and 1"),
        (OPTIONS, {"share": 2.0}, "target: must be a fraction"),
        (OPTIONS, {"structures": {"late": {"lead_weeks": 9}}}, "set by a choice and by a structure"),
        ({AS_IT_IS: {}, "no": {"resources.nobody.units": 3}}, {}, "resources.nobody"),
    ],
    ids=["one", "structures", "probability", "share", "both", "path"],
)
def test_bad_questions_are_refused_in_one_line(options, asked, said: str):
    with pytest.raises(BadInput, match=said):
        robustness(uncertain(), options, replications=2, **asked)


def test_alternatives_of_what_has_none_are_refused():
    with pytest.raises(BadInput, match="has no other alternatives in this scenario; there is: "):
        alternatives(uncertain(), ["lead_weeks"])


def test_it_can_be_stopped_and_tells_how_far_it_is():
    told, stop = [], threading.Event()

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        stop.set()

    with pytest.raises(Cancelled):
        robustness(uncertain(), OPTIONS, {"a": {}, "b": {}}, replications=2, progress=progress, cancel=stop)
    assert told == [(1, 4)]


# ── the command ──────────────────────────────────────────────────────────────────────────────────────────────────────
def siap(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main(["robust", *arguments, "--language", "en"])
    return (int(left.value.code or 0), *capsys.readouterr())


@pytest.mark.usefixtures("no_word_of_compiling")
def test_the_command_weighs_choices_beside_the_scenario_as_it_is(capsys, tmp_path: Path):
    uncertain().dump(tmp_path / "small.yaml")
    files = ("--json", str(tmp_path / "found.json"), "--figure", str(tmp_path / "found.svg"))
    choices = ("--choice", "lead_weeks=40", "--choice", "lead_weeks=60 resources.coach.units=3")
    how = ("--structure", "campaign.stock_rule", "--probability", "0.5", "--replications", "4")
    code, out, err = siap(capsys, str(tmp_path / "small.yaml"), *choices, *how, *files)
    assert (code, err) == (0, "")
    assert "</svg>" in (tmp_path / "found.svg").read_text("utf-8")
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert set(found["summary"]["choice"]) == {"as it is", "lead_weeks=40", "lead_weeks=60 resources.coach.units=3"}
    assert (found["scenario_digest"], found["replications"]) == (uncertain().digest, 4)
    assert set(found["pairs"]["structure"]) == set(alternatives(uncertain(), ["campaign.stock_rule"]))
    assert "maximum regret" in " ".join(out.split())


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ((), "choices: must be at least two"),
        (("--choice", "lead_weeks"), "--choice: must be NAME=VALUE"),
        (("--choice", "lead_weeks="), "--choice: must be NAME=VALUE"),
        (("--choice", " "), "--choice: must set at least one place"),
        (("--choice", "lead_weeks=9", "--structure", "lead_weeks"), "has no other alternatives"),
        (("--choice", "lead_weeks=9", "--probability", "2"), "--probability: must be between 0 and 1"),
        (("--choice", "no_such_place=1"), "no_such_place"),
        (("--choice", "'"), "--choice"),
    ],
)
def test_the_command_refuses_in_one_line(more: tuple[str, ...], line: str, capsys):
    code, out, err = siap(capsys, "single-day-2018", *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert line in err
