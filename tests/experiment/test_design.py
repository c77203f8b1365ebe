"""Designs: every point is where it should be, and a bad design is refused before anything is run."""

import itertools

import numpy as np
import pytest

from sim.errors import BadInput
from sim.experiment.design import MOST_POINTS, Design, Factor, Range, designed, factorial, given, latin_hypercube, sobol
from tests.outcomes.small import small


def test_a_factorial_design_has_every_combination_and_its_last_factor_varies_fastest():
    design = factorial({"lead_weeks": [26, 52], "demand.discount": [0.1, 0.2, 0.3]})
    assert design.paths == ("lead_weeks", "demand.discount")
    assert list(design.points) == list(itertools.product([26, 52], [0.1, 0.2, 0.3]))


def test_a_latin_hypercube_has_one_point_in_each_of_as_many_slices_of_every_factor():
    design = latin_hypercube({"lead_weeks": Range(0, 100), "demand.discount": Range(0.1, 0.5)}, points=25)
    weeks, discounts = np.array(design.points).T
    assert sorted(np.floor(weeks / 4)) == list(range(25))
    assert sorted(np.floor((discounts - 0.1) / 0.016)) == list(range(25))


def test_a_sobol_design_halves_every_factor_in_every_half_of_another():
    design = sobol({"lead_weeks": Range(0, 1), "demand.discount": Range(0, 1)}, points=16)
    quarters = np.floor(np.array(design.points) * 2).astype(int)
    assert np.bincount(quarters @ [2, 1]).tolist() == [4, 4, 4, 4]


@pytest.mark.parametrize("sampled", [latin_hypercube, sobol])
def test_levels_are_sampled_evenly_and_a_sample_goes_by_its_seed(sampled):
    factors = {"grouping": ["cluster", "workshop"], "lead_weeks": Range(10, 20)}
    design = sampled(factors, 16, seed=3)
    assert sorted(point[0] for point in design.points) == ["cluster"] * 8 + ["workshop"] * 8
    assert design == sampled(factors, 16, seed=3)
    assert design.points != sampled(factors, 16, seed=4).points


def test_points_chosen_elsewhere_are_taken_as_they_are():
    design = given(["lead_weeks", "demand.discount"], [(52, 0.1), (26, 0.1)])
    assert design.points == ((52, 0.1), (26, 0.1))
    assert design.factors == (Factor("lead_weeks", (52, 26)), Factor("demand.discount", (0.1,)))


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("lead_weeks=26,52", (26, 52)),
        ("lead_weeks = 26, 52.5 ", (26, 52.5)),
        ("grouping=cluster,workshop", ("cluster", "workshop")),
        ("lead_weeks=0..10", Range(0.0, 10.0)),
        ("lead_weeks=0..10..5", (0, 5, 10)),
        ("lead_weeks=0..10..4", (0, 4, 8)),
        ("demand.discount=0..0.3..0.1", (0, 0.1, 0.2, 0.3)),
        ("demand.discount=0.79..1..0.07", (0.79, 0.86, 0.93, 1.0)),
        ("lead_weeks=-1..1", Range(-1.0, 1.0)),
        ("lead_weeks=1e1..2e1", Range(10.0, 20.0)),
    ],
)
def test_a_factor_is_read_from_a_command_line(text, levels):
    assert Factor.parse(text).levels == levels


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lead_weeks", "--vary: must be NAME=LIST; received 'lead_weeks'"),
        ("=1,2", "--vary: must be NAME=LIST"),
        ("lead_weeks=", "--vary: must be NAME=LIST"),
        ("lead_weeks=9..3", "--vary lead_weeks: must be LOW..HIGH or LOW..HIGH..STEP"),
        ("lead_weeks=3..9..0", "must be LOW..HIGH or LOW..HIGH..STEP"),
        ("lead_weeks=3..x", "must be LOW..HIGH or LOW..HIGH..STEP"),
        ("lead_weeks=3..inf", "must be LOW..HIGH or LOW..HIGH..STEP"),
        ("lead_weeks=0..9..1..1", "must be LOW..HIGH or LOW..HIGH..STEP"),
        ("lead_weeks=0..9..1e-7", f"must have at most {MOST_POINTS:,} levels"),
        ("lead_weeks=[", "--vary lead_weeks"),
        ("lead_weeks=1,1.0", "lead_weeks: has one level twice; received 1.0"),
    ],
)
def test_a_bad_factor_is_refused(text, complaint):
    with pytest.raises(BadInput) as raised:
        Factor.parse(text)
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("design", "complaint"),
    [
        (lambda: factorial({}), "design: needs at least one factor"),
        (lambda: factorial({"lead_weeks": []}), "lead_weeks: needs at least one level"),
        (lambda: factorial({"lead_weeks": Range(0, 1)}), "lead_weeks: needs levels in a factorial design"),
        (lambda: factorial({"lead_weeks": range(2000), "demand.discount": range(2000)}), "must have at most 1,000,000"),
        (lambda: factorial({"seed": [1, 2]}), "seed: is the same at all points"),
        (lambda: latin_hypercube({"lead_weeks": Range(0, 1)}, 1), "points: must be a whole number from 2 to"),
        (lambda: latin_hypercube({"lead_weeks": Range(0, 1)}, 8.0), "at least two for each factor; received 8.0"),
        (lambda: sobol({"lead_weeks": Range(0, 1)}, 6), "points: must be a power of 2 in a Sobol' design; received 6"),
        (lambda: sobol({"lead_weeks": Range(0, 1)}, 0), "at least two for each factor; received 0"),
        (lambda: given(["lead_weeks"], [(1, 2)]), "points.0: must have 1 levels, one a factor; received 2"),
        (lambda: given(["lead_weeks"], []), "lead_weeks: needs at least one level; received []"),
        (lambda: Range(1, 1), "range: must go from a number to a higher one"),
        (lambda: designed(["lead_weeks=1", "lead_weeks=2"], "factorial"), "lead_weeks: is varied twice"),
        (lambda: designed(["lead_weeks=1..2"], "lhs"), "--points: is required for lhs"),
        (lambda: designed(["lead_weeks=1"], "factorial", 9), "--points: is for lhs and sobol; received 9"),
        (
            lambda: designed(["lead_weeks=1"], "sobl", 8),
            "received 'sobl'; did you mean 'sobol'",
        ),
        (lambda: Design("given", (Factor("lead_weeks", (1,)),), ()), "design: must have from 1 to"),
    ],
)
def test_a_bad_design_is_refused(design, complaint):
    with pytest.raises(BadInput) as raised:
        design()
    assert complaint in str(raised.value)


@pytest.mark.parametrize(
    ("factors", "complaint"),
    [
        ({"resources.couch.units": [1]}, "did you mean 'coach'?"),
        ({"lead_weeks": [1, -1]}, "lead_weeks: must be between 0 and 1040"),
        ({"demand.discount": Range(0, 2)}, "discount: must be between 0"),
        ({"grouping": ["cluster", "house"]}, "grouping: should be"),
    ],
)
def test_a_factor_that_the_scenario_cannot_have_is_refused(factors, complaint):
    design = latin_hypercube(factors, 8)
    with pytest.raises(BadInput) as raised:
        design.check(small())
    assert complaint in str(raised.value)


def test_factors_are_set_in_the_order_of_what_they_invalidate():
    design = factorial({"demand.discount": [0], "lead_weeks": [1], "resources.coach.units": [1], "horizon_days": [9]})
    assert [design.paths[i] for i in design.by_reach()] == [
        "resources.coach.units",
        "horizon_days",
        "demand.discount",
        "lead_weeks",
    ]


def test_the_rule_for_stock_is_set_after_the_least_number_of_items_that_sets_it_too():
    design = factorial({"campaign.stock_rule": ["none", "items"], "campaign.min_stock_items": [5, 9]})
    assert [design.paths[i] for i in design.by_reach()] == ["campaign.min_stock_items", "campaign.stock_rule"]
