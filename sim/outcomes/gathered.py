"""The milestones of all replications in flat arrays, for loops and for whole-array work."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import threading
import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.milestones import Milestones

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DAYS_KEPT = 8  # lead times of which the attempts begun are remembered: a page has few, a sweep one for many prices


@dataclasses.dataclass(frozen=True, eq=False)
class Gathered:
    """What replications left behind, all together. A pair is a brand in a replication.

    Attributes
    ----------
    passed_days : ndarray, float64 [replication, cluster, stage]
    end_days : ndarray, float64 [replication]
    left : ndarray, float64 [replication, stage]
        Workshops of all clusters that left at each stage.
    blocked_by : ndarray, int64 [replication, cluster, stage]
    ramp_days, ramp_rises : ndarray, float64; ramp_ends : ndarray, int64 [pair]
        Ramps of all pairs, one after another, and where each ends.
    tested_days, tested_ends : the same of days on which workshops passed the test
    longest : ndarray, int64 [replication, cluster, stage]
        Label with most days on the critical path to each stage.
    longest_days : ndarray, float32, same shape
    begun_days, begun_longest_days : ndarray, float32; begun_longest, begun_ends : ndarray, int64
        Of every workshop that produces, by pair: when it began, the label with most days on its path, and how many.
    """

    passed_days: Floats
    end_days: Floats
    left: Floats
    blocked_by: Ints
    ramp_days: Floats
    ramp_rises: Floats
    ramp_ends: Ints
    tested_days: Floats
    tested_ends: Ints
    longest: Ints
    longest_days: NDArray[np.float32]
    begun_days: NDArray[np.float32]
    begun_longest: Ints
    begun_longest_days: NDArray[np.float32]
    begun_ends: Ints
    _begun: dict[bytes, Ints] = dataclasses.field(default_factory=dict, repr=False)

    @functools.cached_property
    def ramps_digest(self) -> bytes:
        """What tells these ramps from others."""
        digest = hashlib.blake2b()
        for part in (self.ramp_days, self.ramp_rises, self.ramp_ends):
            digest.update(part.data)
        return digest.digest()

    def begun(self, milestones: Sequence[Milestones], until_days: Floats) -> Ints:
        """Attempts of each stage begun by a day of each replication; int64 [replication, stage].

        Parameters
        ----------
        milestones : sequence of Milestones
            Those that were gathered.
        until_days : ndarray, float64 [replication]
        """
        if (found := self._begun.get(key := until_days.tobytes())) is None:
            found = np.array(
                [
                    [s.searchsorted(day, "right") for s in m.started_days]
                    for m, day in zip(milestones, until_days, strict=True)
                ]
            )
            if len(self._begun) >= DAYS_KEPT:
                self._begun.clear()
            self._begun[key] = found
        return found

    @classmethod
    def of(cls, milestones: Sequence[Milestones]) -> Gathered:
        """Those of a run; found again as long as the run's milestones are there."""
        with _LOCK:
            seen, found = _GATHERED.get(milestones[0], ((), None))
        if found is not None and [one() for one in seen] == list(milestones):  # they equal only themselves
            return found
        found = cls._of(milestones)
        with _LOCK:
            _GATHERED[milestones[0]] = tuple(weakref.ref(m) for m in milestones), found
        return found

    @classmethod
    def _of(cls, milestones: Sequence[Milestones]) -> Gathered:
        ramps = [ramp for m in milestones for ramp in m.ramps]
        tested = [days for m in milestones for days in m.tested_days]
        outputs = [paths for m in milestones for paths in m.output_days]
        chains = [m.chain_days for m in milestones]
        return cls(
            passed_days=np.stack([m.passed_days for m in milestones]),
            end_days=np.array([m.end_days for m in milestones]),
            left=np.stack([m.left.sum(axis=0) for m in milestones]).astype(float),
            blocked_by=np.stack([m.blocked_by for m in milestones]),
            ramp_days=np.concatenate([ramp.days for ramp in ramps]),
            ramp_rises=np.concatenate([ramp.rise for ramp in ramps]),
            ramp_ends=_ends([ramp.days for ramp in ramps]),
            tested_days=np.concatenate(tested),
            tested_ends=_ends(tested),
            longest=np.stack([c.argmax(axis=2) for c in chains]),
            longest_days=np.stack([c.max(axis=2, initial=0.0) for c in chains]),
            begun_days=np.concatenate([paths.sum(axis=1) for paths in outputs]),
            begun_longest=np.concatenate([paths.argmax(axis=1) for paths in outputs]),
            begun_longest_days=np.concatenate([paths.max(axis=1, initial=0.0) for paths in outputs]),
            begun_ends=_ends(outputs),
        )


def _ends(parts: Sequence[NDArray[np.float64] | NDArray[np.float32]]) -> Ints:
    """Where each part ends in all of them one after another."""
    return np.cumsum([len(part) for part in parts], dtype=np.int64)


# By the first of a run's milestones; the others are looked at, since two runs may share the first.
_GATHERED: weakref.WeakKeyDictionary[Milestones, tuple[tuple[weakref.ref[Milestones], ...], Gathered]] = (
    weakref.WeakKeyDictionary()
)
_LOCK = threading.Lock()
