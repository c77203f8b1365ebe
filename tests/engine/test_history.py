"""The way in (`sim.engine.run`) and the way out (`History`): its table, its equality, and what it refuses."""

from __future__ import annotations

import dataclasses
import math
import pickle
from typing import Any

import numpy as np
import pytest

from sim import engine
from sim.engine import Draws, Plan
from sim.errors import BadInput
from sim.programme import Cluster, Fixed, Lognormal, Programme, Quantity, Resource, Stage

PROGRAMME = Programme(
    resources={"coach": Resource(units=1, places_per_unit=2)},
    stages=[
        Stage("label", on="cluster", duration=Lognormal(45, 0.3)),
        Stage("coach", after="label", needs={"coach": 1}, duration=Lognormal(180, 0.4)),
        Stage("test", after="coach", duration=Fixed(5), passes=[0.5, 0.5], retry="coach"),
    ],
    clusters=[Cluster("cibaduyut", workshops=3), Cluster("jepara", workshops=2)],
    horizon_days=700,
)


def test_the_table_has_a_row_for_each_attempt_in_the_order_of_entity_stage_and_attempt() -> None:
    frame = engine.run(PROGRAMME).to_frame()
    columns = ["cluster", "entity", "stage", "attempt", "queued", "started", "finished", "passed"]
    assert frame.columns.tolist() == columns
    stages = frame.stage.map({"label": 0, "coach": 1, "test": 2})
    order = list(zip(frame.entity, stages, frame.attempt, strict=True))
    assert order == sorted(set(order))
    assert frame.attempt.min() == 1
    assert frame.cluster[frame.entity == 0].tolist() == ["cibaduyut"]
    assert set(frame.cluster[frame.entity > 3]) == {"jepara"}
    assert frame.queued.notna().all()


def test_what_did_not_happen_before_the_horizon_is_missing_in_the_table() -> None:
    frame = engine.run(dataclasses.replace(PROGRAMME, horizon_days=100)).to_frame()
    running = frame[frame.finished.isna()]
    assert len(running) > 0
    assert running.passed.isna().all()
    assert (running.started.isna() | (running.started < 100)).all()


def test_an_empty_history_has_a_table_with_all_columns_and_no_rows() -> None:
    assert engine.run(Programme()).to_frame().shape == (0, 8)


@pytest.mark.parametrize("name", ["queued", "started", "finished", "passed_days", "departed_days"])
def test_histories_that_differ_in_the_last_place_of_one_number_are_not_equal(name: str) -> None:
    history = engine.run(PROGRAMME)
    assert history == pickle.loads(pickle.dumps(history))
    changed = getattr(history, name).copy()
    place = tuple(np.argwhere(changed < np.inf)[-1]) if (changed < np.inf).any() else (0,)
    changed[place] = np.nextafter(changed[place], -np.inf)
    assert history != dataclasses.replace(history, **{name: changed})


@pytest.mark.parametrize("name", ["verdict", "never"])
def test_histories_that_differ_in_one_flag_are_not_equal(name: str) -> None:
    history = engine.run(PROGRAMME)
    changed = getattr(history, name).copy()
    changed.flat[-1] = not changed.flat[-1]
    assert history != dataclasses.replace(history, **{name: changed})
    assert history != "a history"


def test_running_changes_neither_the_plan_nor_the_draws() -> None:
    plan = Plan.of(PROGRAMME)
    draws = Draws.of(plan, PROGRAMME, 7, 0)
    before = pickle.dumps((plan, draws))
    assert engine.run_plan(plan, draws) == engine.run_plan(plan, draws)
    assert pickle.dumps((plan, draws)) == before


def test_numbers_with_a_range_are_held_at_their_most_likely_value() -> None:
    ranged = dataclasses.replace(PROGRAMME, resources={"coach": Resource(1, Quantity(2, 1, 9))})
    assert engine.run(ranged) == engine.run(PROGRAMME)


def test_a_numpy_number_names_the_same_replication() -> None:
    assert engine.run(PROGRAMME, replication=np.int64(3)) == engine.run(PROGRAMME, replication=3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine": "referenz"}, "engine: no engine has this name; received 'referenz'; did you mean 'reference'?"),
        ({"seed": -1}, "seed: must be a whole number, at least 0; received -1"),
        ({"seed": 1.5}, "seed: must be a whole number, at least 0; received 1.5"),
        ({"replication": True}, "replication: must be a whole number, at least 0; received True"),
        ({"replication": "3"}, "replication: must be a whole number, at least 0; received '3'"),
    ],
)
def test_what_cannot_be_run_is_refused_in_one_line(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput) as error:
        engine.run(PROGRAMME, **arguments)
    assert str(error.value) == message


def test_an_engine_that_is_missing_is_refused_and_never_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.loops.HAS_NUMBA", False)
    with pytest.raises(BadInput, match="the compiled engine needs numba, which is not installed"):
        engine.run(PROGRAMME, engine="compiled")
    assert engine.chosen(None) == "reference"


def test_the_compiled_engine_is_the_one_that_runs_where_it_is_there() -> None:
    assert engine.chosen(None) == "compiled"
    assert engine.run(PROGRAMME, engine="reference") == engine.run(PROGRAMME)


def test_a_history_that_memory_could_not_hold_is_refused_before_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan.of(PROGRAMME)
    monkeypatch.setattr(engine, "MOST_CELLS", math.prod(plan.shape))
    assert engine.run(PROGRAMME).plan.entities == plan.entities
    monkeypatch.setattr(engine, "MOST_CELLS", math.prod(plan.shape) - 1)
    with pytest.raises(BadInput, match="history: is too large to be had at once"):
        engine.run(PROGRAMME)


def test_the_same_numbers_in_another_type_are_another_history() -> None:
    history = engine.run(PROGRAMME)
    assert history != dataclasses.replace(history, queued=history.queued.astype(np.float32))
