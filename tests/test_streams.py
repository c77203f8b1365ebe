"""Streams that are drawn many at once hold what they hold one by one, with and without compilation."""

import hashlib

import numpy as np
import pytest

from sim import loops, philox
from sim.streams import Members, each, key, uniforms


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


def test_a_stream_is_named_by_all_its_parts_their_kinds_and_their_lengths():
    said = b"\4\0\0\0" + b"scoo" + b"\2\0\0\0" + b"i7"
    assert key("coo", 7) == int.from_bytes(hashlib.blake2b(said, digest_size=16).digest(), "little")
    assert len({key("coo", 7), key("coo", "7"), key("co", "o", 7), key("coo7"), key(7, "coo")}) == 5


def test_compiled_and_plain_are_the_same_bits(monkeypatch: pytest.MonkeyPatch):
    members = Members.of(["a", "b", "c"], [0, 3, 10_001], [5, 0, 9])
    found = members.uniforms(7, "coach", 2), each(["x", "y"], 6, 1, start=2)
    monkeypatch.setattr(loops, "COMPILES", False)
    assert np.array_equal(members.uniforms(7, "coach", 2), found[0])
    assert np.array_equal(each(["x", "y"], 6, 1, start=2), found[1])


def test_the_generator_read_line_by_line_is_numpys():
    keys = np.array([[1, 2], [2**64 - 1, 3]], dtype=np.uint64)
    ids, starts, counts = np.array([[5, 6], [2**63, 7]], dtype=np.uint64), np.array([6, 0]), np.array([7, 4])
    found, plain = np.empty(11), getattr(philox.fill, "py_func", philox.fill)
    with np.errstate(over="ignore"):  # numbers of 64 bits that wrap around
        plain(keys, ids, starts, counts, np.cumsum(counts), found)
    first = np.random.Philox(key=keys[0], counter=np.array([1, 0, 5, 6], dtype=np.uint64)).random_raw(9)[2:]
    second = np.random.Philox(key=keys[1], counter=np.array([0, 0, 2**63, 7], dtype=np.uint64)).random_raw(4)
    # The middle of one of 2⁵² equal parts of the interval from 0 to 1: neither end can be drawn.
    assert found.tolist() == [((int(raw) >> 12) + 0.5) / 2**52 for raw in (*first, *second)]
