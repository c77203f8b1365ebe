"""Places of a space: every one has a value, the very ends too."""

import numpy as np

from sim.analysis.space import Space
from sim.experiment import Range
from sim.programme.quantity import quantities
from sim.scenario import Scenario


def test_the_ends_of_a_space_are_the_ends_of_its_ranges_and_nothing_between_is_without_a_value():
    space = Space.of(Scenario.load("cibaduyut-2027"), levers={"lead_weeks": Range(52, 156)})
    values = np.array(space.values(np.array([[place] * len(space.paths) for place in (0.0, 1e-300, 0.5, 1.0)])))
    known = quantities(space.scenario)
    ends = [(known[path].low, known[path].high) for path in space.paths[:-1]] + [(52, 156)]
    assert np.allclose(values[[0, 3]], np.array(ends).T, rtol=1e-12)
    assert (values[0] < values[2]).all()
    assert (values[2] < values[3]).all()
    assert np.isfinite(values).all()
