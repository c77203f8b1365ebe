"""The way of a consignment from the workshop's door to the channel's warehouse: chance, drawn once and kept.

Each leg takes its mean times a lognormal factor of mean 1. The normal score behind a factor depends on the
seed, the replication, the brand, the leg and the consignment's number and on nothing that a lever moves; so factors
are kept from one lever to the next as long as the variation is the same.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.outcomes.kept import Kept
from sim.streams import Members

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROOM = 8  # factors are kept for a few more consignments than were asked for: the next lever may send more


@dataclasses.dataclass(frozen=True, eq=False)
class Travel:
    """Numbers of consignments by leg, those of a pair (a brand in a replication) one after another.

    Attributes
    ----------
    legs : ndarray, float64 [leg, number]
    ends : ndarray, int64 [pair]
    """

    legs: Floats
    ends: Ints

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.legs.nbytes + self.ends.nbytes

    @property
    def starts(self) -> Ints:
        """Where the numbers of each pair begin; int64 [pair]."""
        return np.append(0, self.ends[:-1])


FACTORS: Kept[Travel] = Kept(30_000_000)


def factors(
    seed: int, first: int, brands: tuple[str, ...], legs: tuple[str, ...], counts: Ints, variation: Floats
) -> Travel:
    """What multiplies the mean of every leg, for at least so many consignments of every pair.

    Parameters
    ----------
    seed, first : int
        The run's seed and its first replication.
    brands, legs : tuple of str
    counts : ndarray, int64 [replication × brand]
        Consignments of each pair.
    variation : ndarray, float64 [replication]
        Coefficient of variation of a leg.
    """
    if not variation.any():
        ends = np.cumsum(counts)
        return Travel(np.ones((len(legs), int(ends[-1]))), ends)
    key = (seed, first, brands, legs, variation.tobytes())
    kept = FACTORS.get(key)
    had = np.diff(kept.ends, prepend=0) if kept is not None else np.zeros_like(counts)
    if kept is not None and (had >= counts).all():
        return kept
    room = np.where(counts > 0, counts + ROOM, 0)
    ends = np.cumsum(np.maximum(had, room))
    found = scores(seed, first, brands, legs, ends)
    sent = np.diff(ends, prepend=0).reshape(len(variation), -1).sum(axis=1)
    spread = np.sqrt(np.log1p(variation**2))
    wide, below = np.repeat(spread, sent), np.repeat(spread**2 / 2, sent)
    for leg in found:  # one by one and in place: there may be millions
        np.multiply(leg, wide, out=leg)
        np.subtract(leg, below, out=leg)
        np.exp(leg, out=leg)
    return FACTORS.put(key, Travel(found, ends))


def scores(seed: int, first: int, brands: tuple[str, ...], legs: tuple[str, ...], ends: Ints) -> Floats:
    """Normal scores of every leg: a stream for each replication and leg, of which each brand has a part by its name.

    Parameters
    ----------
    seed, first, brands, legs : as for `factors`
    ends : ndarray, int64 [replication × brand]
        Where the consignments of each pair end, one pair after another.

    Returns
    -------
    ndarray, float64 [leg, consignment]
    """
    drawn = np.empty((len(legs), int(ends[-1]) if len(ends) else 0))
    nothing = [0] * len(brands)
    members = Members.of(brands, nothing, nothing)
    start = 0
    for k, counts in enumerate(np.diff(ends, prepend=0).reshape(-1, len(brands))):
        ours = dataclasses.replace(members, counts=counts, ends=np.cumsum(counts))
        for leg, name in enumerate(legs):
            drawn[leg, start : start + counts.sum()] = ours.uniforms(seed, first + k, "shipping", name)
        start += counts.sum()
    return ndtri(drawn, out=drawn)
