"""What finding out is worth: right in a normal case, nothing where nothing depends on it, and less than knowing all."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim import BadInput, Scenario
from sim.analysis.information import Choice, start_date
from sim.view import information as view
from tests.analysis.normal import normal

DRAWS = 4_000


def normal_choice(mean: float, luck: float, seed: int = 1) -> Choice:
    """To do nothing, or something that brings a number nobody knows and some luck."""
    a, noise, idle = (normal(DRAWS, seed, name) for name in ("a", "noise", "idle"))
    benefit = np.stack([np.zeros(DRAWS), mean + a + luck * noise], axis=1)
    return Choice(("wait", "begin"), benefit, pd.DataFrame({"a": a, "idle": idle}), seed)


def loss(mean: float, spread: float) -> float:
    """What knowing a normal benefit is worth, in closed form (the unit normal loss)."""
    z = abs(mean) / spread
    return spread * (norm.pdf(z) - z * norm.sf(z))


@pytest.mark.parametrize("mean", [-0.5, 0.3])
def test_a_normal_choice_is_worth_what_the_textbook_says(mean: float):
    choice = normal_choice(mean, luck=1.0)
    table = choice.partial().set_index("path")
    assert table.loc["a", "worth"] == pytest.approx(loss(mean, 1.0), abs=0.03)
    assert table.loc["a", "told"]
    all_of_it = loss(mean, math.sqrt(2.0))
    assert choice.perfect.low < all_of_it < choice.perfect.high


def test_a_number_that_changes_nothing_is_worth_nothing_that_can_be_told():
    table = normal_choice(0.3, 1.0).partial().set_index("path")
    assert not table.loc["idle", "told"]
    assert table.loc["idle", "worth"] < 0.01
    assert table.index[0] == "a"


def test_one_number_is_worth_no_more_than_everything():
    choice = normal_choice(0.1, luck=0.5)
    assert choice.partial()["part"].max() <= 1.0
    assert choice.best == 1


def test_where_one_alternative_is_always_best_knowing_is_worth_nothing():
    a = normal(DRAWS, 1, "a")
    choice = Choice(("less", "more"), np.stack([a, a + 1.0], axis=1), pd.DataFrame({"a": a}), 1)
    assert choice.perfect.estimate == pytest.approx(0.0, abs=1e-12)
    assert not choice.partial()["told"].any()


@pytest.mark.parametrize(
    ("names", "draws", "said"), [(("one",), 500, "at least two"), (("one", "two"), 50, "at least 100")]
)
def test_a_choice_that_is_none_and_too_few_replications_are_refused(names: tuple[str, ...], draws: int, said: str):
    a = normal(draws, 1, "a")
    with pytest.raises(BadInput, match=said):
        Choice(names, np.stack([a] * len(names), axis=1), pd.DataFrame({"a": a}), 1)


def test_the_start_date_of_a_known_label_hangs_on_its_money():
    scenario = Scenario.load("cibaduyut-2027").set("demand.brand_class", "known-in-china")
    found = start_date(scenario, replications=400, worth=2.0)  # as if each campaign were followed by another like it
    table = found.choice.partial()
    assert table.loc[0, "path"] == "finance.working_capital_idr"
    assert table.loc[0, "told"]
    assert float(str(found.choice.names[found.choice.best])) > 104
    for language, yes in (("id", "ya"), ("en", "yes")):
        said = view.sentence(found, table, language)
        columns = view.columns(found, table, language)
        assert next(iter(columns.values()))[0].lower() in said.lower()
        assert list(columns.values())[-1][0] == yes
    assert len(view.figure(found, table, "en").data[0].x) == view.MOST_ROWS


def test_not_to_begin_costs_nothing_and_brings_nothing():
    found = start_date("cibaduyut-2027", lead_weeks=[0.0, 52.0], replications=100)
    assert not found.choice.benefit[:, 0].any()
    assert found.choice.best == 0


@pytest.mark.parametrize("worth", [0.0, -1.0, math.inf, math.nan])
def test_a_rupiah_worth_nothing_or_without_end_is_refused(worth: float):
    with pytest.raises(BadInput, match="worth: must be above 0 and finite"):
        start_date("cibaduyut-2027", worth=worth)


def test_what_a_number_is_worth_has_nothing_to_do_with_the_order_in_which_numbers_are_asked():
    choice = normal_choice(0.3, 1.0)
    other = Choice(choice.names, choice.benefit, choice.known[["idle", "a"]], choice.seed)
    first, second = (one.partial().set_index("path").sort_index() for one in (choice, other))
    assert first.equals(second)


@pytest.mark.slow
def test_hardly_ever_is_a_number_worth_something_that_nothing_depends_on():
    told = [normal_choice(0.05, 1.0, seed).partial().set_index("path").loc["idle", "told"] for seed in range(12)]
    assert sum(told) <= 4


def test_alternatives_that_cannot_be_told_from_the_best_are_named():
    a, noise = normal(DRAWS, 1, "a"), normal(DRAWS, 1, "noise")
    benefit = np.stack([a, a + 1e-3 * noise, a - 1.0], axis=1)
    choice = Choice(("one", "like it", "worse"), benefit, pd.DataFrame({"a": a}), 1)
    assert set(choice.as_good) | {choice.names[choice.best]} == {"one", "like it"}
    assert len(choice.as_good) == 1
