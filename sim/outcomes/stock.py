"""From workshops at work to goods in the channel's warehouse, in closed form.

A brand's *ramp* says when the output of its workshops rises and falls. Between two steps of it the output is
constant, so that goods made are piecewise linear in time:

    made(t) = at hand + ∫ items a day × output, at most what working capital pays for

A consignment leaves at fixed intervals from the export documents on, and whenever another full load has been made
since then; it takes along all that was made by its day. Each travels through legs of its own length and may
overtake another. What is sellable is therefore a step function: one step up where a consignment arrives, on top of
what waited in the warehouse from the start. Nothing here knows the event's date.

All brands in all replications are worked out at once; the loops are in `sim.outcomes.goods`, the chance of the way
in `sim.outcomes.transit`.
"""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.outcomes import goods
from sim.outcomes.transit import Travel

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Making(NamedTuple):
    """What becomes of goods until they leave. A pair is a brand in a replication.

    Attributes
    ----------
    ramp_days, ramp_rises : ndarray, float64; ramp_ends : ndarray, int64 [pair]
        Output of the workshops in full rates of one: when it changes and by how much, pair after pair.
    items_per_day : ndarray, float64 [pair]
        One workshop at its full rate, good items a calendar day, the campaign's share.
    at_hand : ndarray, float64 [pair]
        Items made before the start.
    affordable : ndarray, float64 [pair]
        Items that working capital pays for, those at hand not counted; inf without a cap.
    ready_days : ndarray, float64 [pair]
        Day of the export documents; inf = never.
    load, interval_days : ndarray, float64 [pair]
        Items of a full load; days between two consignments.
    horizon_days : float
        Nothing leaves from it on.
    """

    ramp_days: Floats
    ramp_rises: Floats
    ramp_ends: Ints
    items_per_day: Floats
    at_hand: Floats
    affordable: Floats
    ready_days: Floats
    load: Floats
    interval_days: Floats
    horizon_days: float

    def consignments(self) -> Consignments:
        """What leaves, and when; `BadInput` where it is more than anybody would send."""
        made = Consignments(*goods.consignments(*self))
        if made.ends.min(initial=0) < 0:
            rule = f"more than {goods.MOST_CONSIGNMENTS} consignments of one brand would leave"
            raise BadInput("goods", rule, remedy="raise load_items, or the days between two consignments")
        return made


class Consignments(NamedTuple):
    """Consignments of all pairs, one pair after another, each in order.

    Attributes
    ----------
    left_days, items : ndarray, float64 [consignment]
    ends : ndarray, int64 [pair]
    """

    left_days: Floats
    items: Floats
    ends: Ints

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.left_days.nbytes + self.items.nbytes + self.ends.nbytes

    @property
    def counts(self) -> Ints:
        """Consignments of each pair; int64 [pair]."""
        return np.diff(self.ends, prepend=0)

    def arrived(self, means: Floats, travel: Travel, waiting: Floats) -> Stocks:
        """The stock that they make.

        Parameters
        ----------
        means : ndarray, float64 [leg, replication]
            Mean days of each leg of the way.
        travel : Travel
            What multiplies them, for each leg of each consignment.
        waiting : ndarray, float64 [replication, brand]
            Items in the warehouse from the start.
        """
        made = goods.arrivals(
            *self, np.ascontiguousarray(means), travel.legs, travel.starts, waiting.ravel(), waiting.shape[1]
        )
        return Stocks(*made, *waiting.shape)


class Stock(NamedTuple):
    """Goods of one brand sellable in the channel's warehouse: steps up, never down before the event.

    Attributes
    ----------
    days : ndarray, float64 [step], sorted
    items : ndarray, float64 [step]
        Sellable from each day on.
    left_days : ndarray, float64 [step]
        The day on which the consignment that completed each step had left home.
    """

    days: Floats
    items: Floats
    left_days: Floats


@dataclasses.dataclass(frozen=True, eq=False)
class Stocks:
    """The stock of every brand in every replication, one after another.

    Attributes
    ----------
    days, items, left_days : ndarray, float64 [step]
        As of one `Stock`.
    ends : ndarray, int64 [replication × brand]
        Where each brand's steps end.
    replications, brands : int
    """

    days: Floats
    items: Floats
    left_days: Floats
    ends: Ints
    replications: int
    brands: int

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        return self.days.nbytes + self.items.nbytes + self.left_days.nbytes + self.ends.nbytes

    def one(self, k: int, brand: int) -> Stock:
        """The stock of one brand in replication `k` of the run."""
        pair = k * self.brands + brand
        steps = slice(self.ends[pair - 1] if pair else 0, self.ends[pair])
        return Stock(self.days[steps], self.items[steps], self.left_days[steps])

    def at(self, days: Floats) -> Floats:
        """Items sellable on each day; `days` [replication, day] → [replication, brand, day]."""
        out = np.empty((len(self.ends), days.shape[1]))
        goods.sellable(self.days, self.items, self.ends, self.brands, np.ascontiguousarray(days), out)
        return out.reshape(self.replications, self.brands, -1)

    def when(self, items: Floats) -> tuple[Floats, Floats]:
        """First day with so many items of each brand sellable, and the day on which what makes them so many had left.

        Parameters
        ----------
        items : ndarray, float64 [replication, brand]

        Returns
        -------
        two ndarrays, float64 [replication, brand]
            inf where there are never so many.
        """
        there, left = np.empty(len(self.ends)), np.empty(len(self.ends))
        goods.sellable_when(self.days, self.items, self.left_days, self.ends, items.ravel(), there, left)
        return there.reshape(items.shape), left.reshape(items.shape)

    def sent_until(self, lead_days: float, each_idr: Floats, tied_idr: Floats) -> tuple[Floats, Floats]:
        """Rupiah of goods that left home by a day, and rupiah times days since; each float64 [replication].

        Parameters
        ----------
        lead_days : float
        each_idr, tied_idr : ndarray, float64 [replication, brand]
            Rupiah of an item, and that part of it which counts by days.
        """
        worth, item_days = np.zeros(self.replications), np.zeros(self.replications)
        goods.sent_until(
            *(self.items, self.left_days, self.ends, self.brands, lead_days),
            *(each_idr.ravel(), tied_idr.ravel(), worth, item_days),
        )
        return worth, item_days
