"""What is drawn or read once and kept, within a bound of memory, so that the next lever finds it.

Nothing that is kept can change an answer: a key says all that the value was made from, and what is not kept is made
again with the same bits.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, Protocol, TypeVar

SHELVES: list[Kept[Any]] = []  # all of them


def forget() -> None:
    """Let everything go that any shelf keeps: what comes after is made anew, with the same bits."""
    for shelf in SHELVES:
        shelf.clear()


class Sized(Protocol):
    """What says how many bytes it takes."""

    @property
    def nbytes(self) -> int:
        """Bytes."""


V = TypeVar("V", bound=Sized)


class Kept(Generic[V]):
    """Values by key; the longest unused are let go where all together take too much.

    Parameters
    ----------
    most_bytes : int
        What all values may take together; a value that takes more alone is not kept at all.
    """

    def __init__(self, most_bytes: int) -> None:
        SHELVES.append(self)
        self.most_bytes, self.nbytes = most_bytes, 0
        self._values: collections.OrderedDict[Hashable, V] = collections.OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """The value of a key, if it is kept."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Hashable, value: V) -> V:
        """Keep a value, in the place of what the key had before; returns it."""
        with self._lock:
            if (old := self._values.pop(key, None)) is not None:
                self.nbytes -= old.nbytes
            if value.nbytes <= self.most_bytes:
                self._values[key] = value
                self.nbytes += value.nbytes
            while self.nbytes > self.most_bytes:
                self.nbytes -= self._values.popitem(last=False)[1].nbytes
        return value

    def made(self, key: Hashable, make: Callable[[], V]) -> V:
        """The value of a key, made and kept where it was not."""
        found = self.get(key)
        return self.put(key, make()) if found is None else found

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._values.clear()
            self.nbytes = 0
