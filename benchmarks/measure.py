"""Measuring in turn: A B A B …, so that a slow moment of the machine strikes all alike."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable, Iterable, Mapping

Case = Callable[[], object]


@dataclasses.dataclass(frozen=True)
class Taken:
    """Seconds that each case took, one for each round.

    Attributes
    ----------
    seconds : dict of str to list of float
        Of one piece of work: what a case took as a whole, divided by its pieces.
    """

    seconds: dict[str, list[float]]

    def median(self, name: str) -> float:
        """The median over the rounds."""
        return statistics.median(self.seconds[name])

    def spread(self, name: str) -> tuple[float, float]:
        """The fastest and the slowest round."""
        return min(self.seconds[name]), max(self.seconds[name])

    def ratio(self, slow: str, fast: str) -> float:
        """How many times longer one took than another: the median of the ratios within a round."""
        pairs = zip(self.seconds[slow], self.seconds[fast], strict=True)
        return statistics.median(a / b for a, b in pairs)


def alternating(cases: Mapping[str, Case], rounds: int, pieces: Mapping[str, int] | None = None) -> Taken:
    """Measure every case once a round, in turn.

    Parameters
    ----------
    cases : dict of str to callable
        Each should take a few hundredths of a second at least.
    rounds : int
    pieces : dict of str to int, optional
        How many pieces of work a call of each case does; 1 where left out.
    """
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, case in cases.items():
            seconds[name].append(timed(case) / (pieces or {}).get(name, 1))
    return Taken(seconds)


def timed(case: Case) -> float:
    """Seconds that one call takes."""
    start = time.perf_counter()
    case()
    return time.perf_counter() - start


class Cores:
    """A case that also keeps how many cores this process had meanwhile, on average.

    Two threads on a machine that others use as well get no two cores; without this number their time could not be read.
    """

    def __init__(self, case: Case) -> None:
        self._case, self._busy, self._passed = case, 0.0, 0.0

    def __call__(self) -> None:
        """Run the case once."""
        """Run it once."""
        busy, passed = time.process_time(), time.perf_counter()
        self._case()
        self._busy += time.process_time() - busy
        self._passed += time.perf_counter() - passed

    @property
    def had(self) -> float:
        """Seconds of all cores for each second that passed."""
        return self._busy / self._passed


def calls_for(case: Case, seconds: float) -> int:
    """How often to call something so that it takes about so long; the first call is not counted, as it may compile."""
    case()
    return max(1, round(seconds / max(timed(case), 1e-7)))


def repeated(case: Case, times: int) -> Case:
    """The same, so many times in a row."""

    def again() -> None:
        for _ in range(times):
            case()

    return again


def in_turn(run: Callable[..., object], inputs: Iterable[tuple[object, ...]]) -> Case:
    """One call for each of several inputs."""
    kept = list(inputs)

    def all_of_them() -> None:
        for given in kept:
            run(*given)

    return all_of_them
