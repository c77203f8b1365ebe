"""The base case entered twice: the shipped scenarios against numbers typed from the evidence, blind."""

import math

import pytest

from sim.outcomes.numbers import at
from sim.programme.quantity import Lever, Quantity, central
from sim.scenario import Scenario
from tests.seeds.blind_base_case import CIBADUYUT_2027, DOUBTFUL, SINGLE_DAY_2018

ENTRIES = [
    (scenario, path, entry)
    for scenario, entries in (("cibaduyut-2027", CIBADUYUT_2027), ("single-day-2018", SINGLE_DAY_2018))
    for path, entry in entries.items()
]

# Where the two entries differed, both were read again against the source; what was decided, and why.
SETTLED = {
    "pathway.stages.equip.cost_idr": "E760 is a refund for machines; hand machines cost less. Assumption.",
    "pathway.stages.sample-test.passes.gain": "30 % better is the factor 1.3 of this field.",
    "pathway.stages.compliance.cost_idr": "E415 is a whole certificate; the bonded route asks for none (E420).",
    "pathway.stages.export-docs.duration.mean": "E424 is the certificate alone; registration adds a visit (its note).",
    "resources.coach.places_per_unit": "6 to 13 firms for technical work; the middle, not the row's centre.",
    **{
        f"clusters.{name}.makers": "A firm with its own factories; the field counts workshops to coach."
        for name in ("kapal-api", "richeese-nabati", "papatonk", "yan-ty-ty", "indomie")
    },
}


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    return {name: Scenario.load(name) for name in ("cibaduyut-2027", "single-day-2018")}


def test_the_second_entry_is_not_small():
    assert len(ENTRIES) > 150


def test_what_the_second_person_doubted_is_not_entered():
    assert not set(DOUBTFUL) & ({path for _, path, _ in ENTRIES})


def test_every_settled_difference_is_still_one(scenarios):
    paths = {path: (scenario, entry) for scenario, path, entry in ENTRIES}
    agreed = [p for p in SETTLED if math.isclose(central(at(scenarios[paths[p][0]], p)), paths[p][1][1], rel_tol=1e-3)]
    assert agreed == []


OPEN = [entry for entry in ENTRIES if entry[1] not in SETTLED]


@pytest.mark.parametrize(("scenario", "path", "entry"), OPEN, ids=[f"{s}: {p}" for s, p, _ in OPEN])
def test_both_entries_agree_on_every_number(scenarios, scenario, path, entry):
    ours = at(scenarios[scenario], path)
    low, middle, high = entry
    assert math.isclose(central(ours), middle, rel_tol=1e-3, abs_tol=1e-12)
    if low is not None and high is not None and isinstance(ours, Quantity):
        assert (ours.low, ours.high) == pytest.approx((low, high), rel=1e-3)
    if low is not None and high is not None and low < high:
        assert isinstance(ours, Quantity | Lever), "a range was entered"
