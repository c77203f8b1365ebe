"""Streams that are drawn many at once hold what they hold one by one, with and without compilation."""

import numpy as np
import pytest

from sim import loops
from sim.streams import Members, each, uniforms


@pytest.fixture(params=[True, False], ids=["compiled", "plain"])
def _compiled(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "COMPILES", request.param and loops.COMPILES)


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("start", [0, 1, 5, 4002])
def test_many_streams_at_once_are_each_the_stream_of_its_name(start: int):
    names = ["cibaduyut", "jepara", 7]
    found = each(names, 11, 3, "demand", start=start)
    assert found.shape == (3, 11)
    for one, row in zip(names, found, strict=True):
        assert np.array_equal(row, uniforms(11, 3, "demand", one, start=start))


@pytest.mark.usefixtures("_compiled")
def test_no_streams_at_once_are_none():
    assert each([], 5, 1).shape == (0, 5)
    assert each(["a"], 0, 1).shape == (1, 0)


@pytest.mark.usefixtures("_compiled")
def test_members_of_a_stream_have_numbers_of_their_own_at_any_position():
    both = Members.of(["a", "b"], [0, 6], [4, 5]).uniforms(7, "coach")
    later, alone = Members.of(["b"], [8], [3]).uniforms(7, "coach"), Members.of(["a"], [0], [4]).uniforms(7, "coach")
    assert np.array_equal(both[:4], alone)
    assert np.array_equal(both[6:], later)
    assert len(set(both.tolist())) == 9


def test_compiled_and_plain_are_the_same_bits(monkeypatch: pytest.MonkeyPatch):
    members = Members.of(["a", "b", "c"], [0, 3, 10_001], [5, 0, 9])
    found = members.uniforms(7, "coach", 2), each(["x", "y"], 6, 1, start=2)
    monkeypatch.setattr(loops, "COMPILES", False)
    assert np.array_equal(members.uniforms(7, "coach", 2), found[0])
    assert np.array_equal(each(["x", "y"], 6, 1, start=2), found[1])
