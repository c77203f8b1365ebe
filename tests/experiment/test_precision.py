"""How many replications are enough: the precision is reached with them, and what was chosen can be run again."""

import json
import math
import sys
from typing import Any

import numpy as np
import pytest

import sim
from sim import BadInput
from sim.experiment import report
from sim.experiment.precision import FEWEST, OUTCOMES, enough, intervals
from tests.outcomes.small import small

SHIPPED = "single-day-2018"


def test_the_precision_is_reached_with_the_replications_chosen_and_not_with_many_fewer():
    chosen = enough(SHIPPED, 0.05, ["share"])
    (share,) = chosen.outcomes
    assert (share.state, share.replications) == ("reached", chosen.replications)
    assert share.interval is not None
    assert share.interval.relative <= 0.05
    result = sim.simulate(SHIPPED, chosen.replications)
    assert share.interval == intervals(result)["share_mean"]
    values = OUTCOMES["share"](result)
    # Half the interval is t × s / √n: with two thirds of the replications it would be wider by a fifth.
    fewer = values[: chosen.replications * 2 // 3]
    assert 1.65 * fewer.std() / math.sqrt(len(fewer)) / fewer.mean() > 0.05


def test_a_run_of_many_replications_holds_every_run_of_fewer():
    many, few = sim.simulate("cibaduyut-2028", 40), sim.simulate("cibaduyut-2028", 15)
    for of in OUTCOMES.values():
        assert of(many)[:15].tolist() == of(few).tolist()


def test_readiness_counts_the_replications_in_which_a_brand_is_ever_ready():
    chosen = enough("cibaduyut-2028", 0.05, ["readiness"])
    (one,) = chosen.outcomes
    weeks = OUTCOMES["readiness"](sim.simulate("cibaduyut-2028", chosen.replications))
    assert one.interval is not None
    assert one.interval.count == np.isfinite(weeks).sum() < len(weeks)
    assert one.interval.estimate == pytest.approx(weeks[np.isfinite(weeks)].mean())
    assert one.interval.relative <= 0.05


def test_what_the_most_replications_do_not_reach_is_said_to_be_missed():
    chosen = enough("cibaduyut-2028", 0.01, ["share"], most=150)
    assert chosen.replications == 150
    assert (chosen.outcomes[0].state, chosen.outcomes[0].replications) == ("missed", None)


def test_what_is_the_same_in_every_replication_or_never_there_asks_for_no_more():
    certain = enough(small(campaign__stock_rule="none"), 0.05)
    assert {one.state for one in certain.outcomes} == {"constant"}
    never = enough(small(campaign__stock_rule="none", horizon_days=1), 0.05)
    assert [one.state for one in never.outcomes] == ["constant", "never", "constant"]
    assert (never.replications, never.outcomes[1].interval) == (FEWEST, None)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"precision": 5}, "precision: must be between 0 and 1"),
        ({"precision": 0.1, "most": 20}, "replications: must be from 100"),
        ({"precision": 0.1, "outcomes": ["shares"]}, "did you mean 'share'"),
    ],
    ids=["precision", "most", "outcome"],
)
def test_bad_input_gets_one_line(asked: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=said):
        enough(SHIPPED, **asked)


def test_without_the_extra_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "sim_tools.output_analysis", None)
    with pytest.raises(BadInput, match=r"needs sim-tools; pip install 'siap\[analysis\]'$"):
        enough(SHIPPED, 0.05)


def test_the_report_holds_the_choice_and_intervals_as_strict_json():
    chosen = enough(SHIPPED, 0.1, ["share"])
    result = sim.simulate(SHIPPED, chosen.replications)
    printed = json.loads(json.dumps(report(result, chosen=chosen), allow_nan=False))
    assert printed["replications_chosen"]["replications"] == printed["replications"] == chosen.replications
    assert printed["replications_chosen"]["outcomes"][0]["interval"]["method"] == "t"
    assert {one["method"] for one in printed["intervals"].values()} == {"t", "bca", "order", "wilson"}
    assert "replications_chosen" not in report(result)
