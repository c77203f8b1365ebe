"""The mean critical path: it adds up to the readiness of the brand that is ready last, in the order of the pathway."""

import numpy as np
import pytest

import sim


@pytest.mark.parametrize("name", ["cibaduyut-2027", "eight-clusters-2027", "single-day-2018"])
def test_the_mean_path_adds_up_to_the_mean_readiness_of_the_brand_ready_last(name):
    result = sim.simulate(name, 12)
    days = result.mixed.readiness.days
    some = np.isfinite(days).any(axis=1)
    last = np.where(np.isfinite(days), days, -np.inf).max(axis=1)[some]
    assert some.any()
    assert sum(result.mixed.holding.mean_path().values()) == pytest.approx(last.mean(), rel=1e-5)


def test_it_goes_from_the_start_by_way_of_making_and_shipping_to_the_gate():
    labels = list(sim.simulate("cibaduyut-2027", 12).mixed.holding.mean_path())
    places = [labels.index(label) for label in ("stage.organise", "stage.coach", "cap.capacity", "stage.shipping")]
    assert places == sorted(places)
    assert labels.index("queue.coach") == labels.index("stage.coach") - 1
    assert labels[-1].startswith("gate.")


def test_where_no_brand_is_ever_ready_there_is_no_path():
    assert sim.simulate("cibaduyut-2027-items", 5).mixed.holding.mean_path() == {}
