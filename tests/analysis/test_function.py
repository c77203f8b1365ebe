"""A scenario as a function: one number whoever calls it, under names that Python takes."""

import math
from pathlib import Path

import numpy as np
import optuna
import pytest
from SALib import ProblemSpec

import sim
from sim.analysis.function import Function, identifier, whole
from sim.analysis.workbench import workbench
from sim.errors import BadInput
from sim.experiment.design import Factor
from sim.experiment.responses import RESPONSES
from sim.scenario import Scenario

COACHES, DISCOUNT, COACHING = "resources.coach.units", "demand.discount", "pathway.stages.coach.duration.mean"
LEVERS = {COACHES: [1, 2, 3], DISCOUNT: sim.Range(0.1, 0.3), "campaign.access": ["invitation", "ordinary"]}
COUNT = 4  # replications
optuna.logging.set_verbosity(optuna.logging.WARNING)


@pytest.fixture
def function(unsure: Scenario) -> Function:
    return sim.as_function(unsure, LEVERS, [COACHING], replications=COUNT)


# ── what a call gives ────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_call_gives_what_the_scenario_so_set_gives(function: Function, unsure: Scenario):
    found = function(resources__coach__units=1, demand__discount=np.float64(0.25))
    result = sim.experiment.simulate(unsure.set(COACHES, 1).set(DISCOUNT, 0.25), COUNT)
    weeks = RESPONSES["readiness_weeks"](result)
    assert found == {
        "share": RESPONSES["share"](result).mean(),
        "ready": RESPONSES["ready"](result).mean(),
        "readiness_weeks_p50": np.sort(weeks)[COUNT // 2 - 1],
        "never": np.isinf(weeks).mean(),
    }


def test_what_is_left_out_stays_as_the_scenario_has_it(function: Function, unsure: Scenario):
    assert function()["share"] == RESPONSES["share"](sim.experiment.simulate(unsure, COUNT)).mean()
    assert function()["share"] != function(resources__coach__units=1)["share"]


def test_readiness_that_is_never_is_infinite_and_counted(function: Function, unsure: Scenario):
    never = sim.as_function(unsure.set("horizon_days", 30), LEVERS, [], ("readiness_weeks",), COUNT)
    assert never() == {"readiness_weeks_p50": math.inf, "never": 1.0}


def test_many_points_at_once_give_what_each_gives_alone(function: Function, kept: Path):
    places = np.random.default_rng(1).random((3, 4))
    found = function.evaluate(places, workers=1)
    for row, values in zip(found, function.space.values(places), strict=True):
        alone = function(**dict(zip(function.inputs, values, strict=True)))
        assert row.tolist() == pytest.approx(list(alone.values()), rel=1e-12)


def test_names_are_identifiers_and_tell_their_paths(function: Function):
    assert all(name.isidentifier() for name in function.inputs)
    assert function.inputs[identifier(COACHING)] == COACHING
    assert identifier("pathway.stages.sample-test.passes.0") == "pathway__stages__sample_test__passes__0"
    assert identifier("lambda") == "lambda_"


# ── other people's libraries ─────────────────────────────────────────────────────────────────────────────────────────
def test_salib_samples_evaluates_and_analyses_it(unsure: Scenario, kept: Path):
    function = sim.as_function(unsure, responses=["share"], replications=COUNT)
    problem = ProblemSpec(function.problem)
    problem.sample_latin(32, seed=1).evaluate(function.evaluate).analyze_rbd_fast(seed=1)
    assert problem.results.shape == (32,)
    strength = dict(zip(function.inputs, problem.analysis["S1"], strict=True))
    assert max(strength, key=strength.__getitem__) == identifier(DISCOUNT)


def test_the_exploratory_workbench_runs_experiments_on_it(function: Function):
    model = function.ema_model()
    kinds = workbench("em_framework")
    assert [type(one) for one in model.levers] == [
        kinds.IntegerParameter,
        kinds.RealParameter,
        kinds.CategoricalParameter,
    ]
    assert [(one.name, one.lower_bound, one.upper_bound) for one in model.uncertainties] == [
        (identifier(COACHING), 5.0, 20.0)
    ]
    experiments, outcomes = kinds.perform_experiments(model, scenarios=2, policies=2)
    assert len(experiments) == 4
    first = experiments.iloc[0]
    expected = function(**{name: first[name] for name in function.inputs})
    assert {name: values[0] for name, values in outcomes.items()} == pytest.approx(expected)


def test_optuna_finds_the_better_of_two_numbers_of_coaches(unsure: Scenario):
    levers = {COACHES: [1, 2], "campaign.access": ["invitation"], "finance.interest_per_year": sim.Range(0.1, 0.4)}
    function = sim.as_function(unsure, levers, [], replications=COUNT)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.RandomSampler(seed=2))
    study.optimize(function.objective("share", "maximize"), n_trials=6)
    assert set(study.best_params) == set(function.inputs)
    assert study.best_params[identifier(COACHES)] == 2
    assert study.best_value == function(**study.best_params)["share"]


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_a_study_that_goes_the_other_way_is_refused(function: Function):
    study = optuna.create_study(direction="minimize")
    with pytest.raises(BadInput, match="direction: must be maximize alone in the study too; received 'minimize'"):
        study.optimize(function.objective(), n_trials=1)


def test_an_objective_needs_a_lever_and_an_output(function: Function, unsure: Scenario):
    with pytest.raises(BadInput, match="levers: must be at least one"):
        sim.as_function(unsure).objective()
    with pytest.raises(BadInput, match="no output has this name; received 'sales'"):
        function.objective("sales")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"levers": {"resources.coach.unit": [1, 2]}}, "no field has this name"),
        ({"levers": {COACHES: [-1]}}, "resources.coach.units"),
        ({"uncertainties": [COACHES]}, "is no uncertain number of this scenario"),
        ({"uncertainties": []}, "needs at least one number, lever or alternative"),
        ({"responses": ["shares"]}, "did you mean 'share'"),
        ({"responses": []}, "responses: must be at least one"),
        ({"replications": 0}, "replications"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_function_of_what_is_not_there_is_refused_in_one_line(unsure: Scenario, wrong: dict, said: str):
    with pytest.raises(BadInput) as refused:
        sim.as_function(unsure, **wrong)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_names_that_would_be_one_are_refused(unsure: Scenario):
    twins = unsure.set("resources.co-ach", {"units": 1}).set("resources.co_ach", {"units": 1})
    with pytest.raises(BadInput, match="would have the same name as"):
        sim.as_function(twins, {"resources.co-ach.units": [1], "resources.co_ach.units": [1]}, [])


def test_only_whole_numbers_without_a_gap_are_a_range_of_whole_numbers():
    asked = {(3, 1, 2): (1, 3), (1, 3): None, (2,): None, (1.0, 2.0): None, (True, False): None}
    assert {levels: whole(Factor("x", levels)) for levels in asked} == asked


def test_an_unknown_input_and_a_matrix_that_is_none_are_refused(function: Function):
    with pytest.raises(BadInput, match="did you mean 'resources__coach__units'"):
        function(resources__coach__unit=1)
    with pytest.raises(BadInput, match="must have rows of 4 places"):
        function.evaluate(np.zeros((2, 3)))
    with pytest.raises(BadInput, match="must have places from 0 to 1"):
        function.evaluate(np.full((2, 4), 1.5))
