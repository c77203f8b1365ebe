"""Random numbers, looked up by name and never drawn in order.

A stream is named by what its numbers are for: seed, then any words and whole numbers that identify
the use ("duration", an origin, a stage, an attempt, a replication). Two uses share numbers exactly
if they have the same name. Numbers inside a stream are told apart by position, and any position can
be had without the ones before it.

Source of the generator: numpy's Philox, a counter-based generator; its 128-bit key is a BLAKE2b
hash of the name, so that neither order of creation nor Python's salted `hash` matters.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim import loops, philox

Name = str | int
Floats = NDArray[np.float64]
WORDS_PER_BLOCK = 4  # Philox4x64 makes four 64-bit words for each step of its counter


def key(*name: Name) -> int:
    """The 128-bit key of a stream; parts are length-prefixed so that no two names can run together."""
    digest = hashlib.blake2b(digest_size=16)
    for part in name:
        data = f"{'i' if isinstance(part, int) else 's'}{part}".encode()
        digest.update(len(data).to_bytes(4, "little"))
        digest.update(data)
    return int.from_bytes(digest.digest(), "little")


def uniforms(count: int, *name: Name, start: int = 0) -> Floats:
    """Positions `start` to `start + count - 1` of the stream `name`.

    Returns
    -------
    ndarray, float64 [count]
        In the open interval (0, 1): the inverse of a distribution function is finite on them.
    """
    return _from(key(*name), 0, start, count)


def each(last: Sequence[Name], count: int, *name: Name, start: int = 0) -> Floats:
    """The same positions of many streams that differ in the last part of their names; float64 [stream, position]."""
    if not loops.COMPILES:
        return np.array([uniforms(count, *name, one, start=start) for one in last]).reshape(len(last), count)
    keys = np.array([_words(key(*name, one)) for one in last], dtype=np.uint64).reshape(-1, 2)
    starts, counts = (np.full(len(last), n, dtype=np.int64) for n in (start, count))
    out = np.empty((len(last), count))
    philox.fill(keys, np.zeros_like(keys), starts, counts, np.cumsum(counts), out.reshape(-1))
    return out


@dataclasses.dataclass(frozen=True, eq=False)
class Members:
    """Many that draw from streams of the same names, each at places of its own.

    Attributes
    ----------
    ids : ndarray, uint64 [member, 2]
        What tells the members of a stream apart: a hash of each one's name, in the upper half of the counter.
    starts, counts : ndarray, int64 [member]
        The first position of each, and how many follow.
    ends : ndarray, int64 [member]
        Where each ends in the numbers of all, one member after another.
    """

    ids: NDArray[np.uint64]
    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, names: Sequence[Name], starts: Sequence[int], counts: Sequence[int]) -> Members:
        """From the name of each, its first position and its count."""
        ids = [_words(key("member", name)) for name in names]
        return cls(
            np.array(ids, dtype=np.uint64).reshape(-1, 2),
            np.array(starts, dtype=np.int64),
            np.array(counts, dtype=np.int64),
            np.cumsum(counts, dtype=np.int64),
        )

    def uniforms(self, *name: Name) -> Floats:
        """The numbers of all members in the stream `name`, one member after another; float64 [sum of counts]."""
        out = np.empty(int(self.ends[-1]) if len(self.ends) else 0)
        stream = key(*name)
        if loops.COMPILES:
            keys = np.tile(np.array(_words(stream), dtype=np.uint64), (len(self.ids), 1))
            philox.fill(keys, self.ids, self.starts, self.counts, self.ends, out)
            return out
        for (low, high), start, count, end in zip(self.ids, self.starts, self.counts, self.ends, strict=True):
            out[end - count : end] = _from(stream, int(low) << 128 | int(high) << 192, int(start), int(count))
        return out


def _words(number: int) -> tuple[int, int]:
    """A 128-bit number as two words, the lower one first."""
    return number & (2**64 - 1), number >> 64


def _from(stream: int, above: int, start: int, count: int) -> Floats:
    """Numbers of the generator with a key, from a position on; `above` is added to its counter."""
    block, skip = divmod(start, WORDS_PER_BLOCK)
    # numpy steps Philox's counter before it makes a block, so position 0 comes from counter 1.
    words = np.random.Philox(key=stream, counter=above + block).random_raw(skip + count)[skip:]
    # 52 bits moved off zero by half a step, exact in a double: 2**-53 to 1 - 2**-53.
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
