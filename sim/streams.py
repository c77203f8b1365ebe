"""Random numbers, looked up by name and never drawn in order.

A stream is named by what its numbers are for: seed, then any words and whole numbers that identify
the use ("duration", an origin, a stage, an attempt, a replication). Two uses share numbers exactly
if they have the same name. Numbers inside a stream are told apart by position, and any position can
be had without the ones before it.

Source of the generator: numpy's Philox, a counter-based generator; its 128-bit key is a BLAKE2b
hash of the name, so that neither order of creation nor Python's salted `hash` matters.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Name = str | int
WORDS_PER_BLOCK = 4  # Philox4x64 makes four 64-bit words for each step of its counter


def key(*name: Name) -> int:
    """The 128-bit key of a stream; parts are length-prefixed so that no two names can run together."""
    digest = hashlib.blake2b(digest_size=16)
    for part in name:
        data = f"{'i' if isinstance(part, int) else 's'}{part}".encode()
        digest.update(len(data).to_bytes(4, "little"))
        digest.update(data)
    return int.from_bytes(digest.digest(), "little")


def uniforms(count: int, *name: Name, start: int = 0) -> NDArray[np.float64]:
    """Positions `start` to `start + count - 1` of the stream `name`.

    Returns
    -------
    ndarray, float64 [count]
        In the open interval (0, 1): the inverse of a distribution function is finite on them.
    """
    block, skip = divmod(start, WORDS_PER_BLOCK)
    # numpy steps Philox's counter before it makes a block, so position 0 comes from counter 1.
    words = np.random.Philox(key=key(*name), counter=block).random_raw(skip + count)[skip:]
    # 52 bits moved off zero by half a step, exact in a double: 2**-53 to 1 - 2**-53.
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
