"""What is kept between runs, so that a lever costs only what it changes.

`Memory` keeps milestones: a lever that the engine does not read is answered from them. `Noise` keeps the tables of
draws: a lever that the engine does read fills anew only the columns that it touches.
"""

from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sim.engine.draws import Sources, Tables
from sim.engine.plan import Plan
from sim.outcomes import Milestones

T = TypeVar("T")
REMEMBERED_BYTES = 8_000_000  # of milestones of the latest runs; the objects around them weigh as much again
NOISE_BYTES = 50_000_000  # of tables of draws of one run
LEAST = 2  # runs: chance and knowledge together, and chance alone, of what is on the page
NOISES = 2  # chance and knowledge together, and chance alone


class Known:
    """What was worked out of the latest values, found again by the very value, since scenarios share their parts."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: collections.OrderedDict[int, tuple[Any, Any]] = collections.OrderedDict()

    def get(self, value: T, made: Callable[[T], Any]) -> Any:
        """What `made` makes of `value`, from memory where it is at hand."""
        with self._lock:
            found = self._kept.get(id(value))
        if found is None or found[0] is not value:
            found = value, made(value)
        with self._lock:
            self._kept[id(value)] = found  # it holds the value too, so that no other one can have its number
            self._kept.move_to_end(id(value))
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found[1]


class Memory:
    """The milestones of the latest runs, so that a lever the engine does not read costs no engine time.

    Parameters
    ----------
    most_bytes : int
        Beyond it the longest unused are let go, but never the latest `LEAST`.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._lock = most_bytes, threading.Lock()
        self._kept: collections.OrderedDict[str, tuple[int, list[Milestones]]] = collections.OrderedDict()

    def get(self, key: str) -> list[Milestones] | None:
        """The milestones of a run, if they are at hand."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][1]

    def put(self, key: str, milestones: list[Milestones]) -> None:
        """Keep the milestones of a run; the longest unused are let go."""
        with self._lock:
            self._kept[key] = size(milestones), milestones
            self._kept.move_to_end(key)
            while len(self._kept) > LEAST and sum(n for n, _ in self._kept.values()) > self._most_bytes:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Let all go: the next run is run, whatever was."""
        with self._lock:
            self._kept.clear()


def size(milestones: Sequence[Milestones]) -> int:
    """Bytes of milestones; those that replications share are counted once."""
    return sum({id(m): m.nbytes for m in milestones}.values())


class Noise:
    """The tables of draws of one run, kept so that a lever fills anew only what it touches.

    Parameters
    ----------
    plans : sequence of Plan
        Of each part of the run.
    seed : int
    most_bytes : int
        Replications beyond it get tables that are made again each time, with the same numbers.
    """

    def __init__(self, plans: Sequence[Plan], seed: int, most_bytes: int) -> None:
        self._plans, self._seed, self._left = plans, seed, most_bytes
        self._sources: dict[int, Sources] = {}
        self._kept: dict[tuple[int, int], Tables] = {}
        self._lock = threading.Lock()

    def tables(self, k: int, j: int = 0) -> Tables:
        """The tables of part `j` of replication `k`, filled for whoever had them last."""
        with self._lock:
            if (k, j) in self._kept:
                return self._kept[k, j]
            if j not in self._sources:
                self._sources[j] = Sources.of(self._plans[j])
            made = Tables(self._sources[j], self._seed, k)
            if made.nbytes <= self._left:
                self._left -= made.nbytes
                self._kept[k, j] = made
            return made


class Noises:
    """The noise of the latest runs. It is taken out while a run uses it, so that no two write into one table."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, threading.Lock()
        self._kept: collections.OrderedDict[Any, Noise] = collections.OrderedDict()

    def take(self, key: Any, made: Callable[[], Noise]) -> Noise:
        """The noise of a key, which is not here any more then; made if it was not."""
        with self._lock:
            noise = self._kept.pop(key, None)
        return noise or made()

    def put(self, key: Any, noise: Noise) -> None:
        """Keep the noise of a key; the longest unused is let go."""
        with self._lock:
            self._kept[key] = noise
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
