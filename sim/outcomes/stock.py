"""From workshops at work to goods in the channel's warehouse, in closed form.

Output is a step function of time, so goods made are piecewise linear. Working capital caps them. A
consignment leaves at fixed intervals from the export documents on, and whenever another full load has
been made; each travels through five legs of its own length. Nothing here knows the event's date.
"""

from __future__ import annotations

import bisect
import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.outcomes.milestones import Ramp
from sim.streams import uniforms

Floats = NDArray[np.float64]
LEGS = ("packing", "sea", "delay", "customs", "putaway")


@dataclasses.dataclass(frozen=True, eq=False)
class Making:
    """Goods made by one cluster: piecewise linear, capped.

    Attributes
    ----------
    days : ndarray, float64 [knot], from 0
    items : ndarray, float64 [knot]
        Made until each day, without the cap.
    rate : ndarray, float64 [knot]
        Items a day from each day on.
    most : float
        What working capital pays for; inf without a cap.
    """

    days: Floats
    items: Floats
    rate: Floats
    most: float

    @classmethod
    def of(cls, ramp: Ramp, items_per_day: float, at_hand: float, most: float) -> Making:
        """From the output of the workshops.

        Parameters
        ----------
        ramp : Ramp
            Output in full rates of one workshop.
        items_per_day : float
            One workshop at its full rate, good items a calendar day, the campaign's share.
        at_hand : float
            Items made before the start.
        most : float
            Items that working capital pays for.
        """
        days, rate = np.append(0.0, ramp.days), items_per_day * np.append(0.0, np.cumsum(ramp.rise))
        rate = np.maximum(rate, 0.0)  # the sum of rises and falls may end a hair below zero
        items = at_hand + np.append(0.0, np.cumsum(rate[:-1] * np.diff(days)))
        return cls(days, items, rate, at_hand + most)

    @property
    def nothing(self) -> bool:
        """Whether nothing is ever made."""
        return bool(self.items[-1] == 0 and self.rate[-1] == 0) or self.most == 0

    def made(self, days: Floats) -> Floats:
        """Items made until each day, within the cap."""
        knot = np.searchsorted(self.days, days, side="right") - 1
        return np.minimum(self.items[knot] + self.rate[knot] * (days - self.days[knot]), self.most)

    def when(self, items: Floats) -> Floats:
        """First day on which so many items are made; inf where they never are."""
        knot = np.searchsorted(self.items, items, side="left")
        before = np.maximum(knot - 1, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = self.days[before] + (items - self.items[before]) / self.rate[before]
        inside = np.where(self.rate[before] > 0, inside, np.inf)
        found = np.where(items <= self.items[0], self.days[0], inside)
        return np.where(items <= self.most, found, np.inf)


@dataclasses.dataclass(frozen=True, eq=False)
class Stock:
    """Goods of one brand sellable in the channel's warehouse: steps up, never down before the event.

    Attributes
    ----------
    days : ndarray, float64 [arrival], sorted
    items : ndarray, float64 [arrival]
        Sellable from each day on.
    left_days : ndarray, float64 [arrival]
        The day on which the consignment that completed each step had left home.
    """

    days: Floats
    items: Floats
    left_days: Floats

    def at(self, days: Floats) -> Floats:
        """Items sellable on each day."""
        return np.append(0.0, self.items)[np.searchsorted(self.days, days, side="right")]

    def when(self, items: float) -> tuple[float, float]:
        """First day with so many items sellable, and the day on which the consignment that makes them so many left."""
        step = bisect.bisect_left(self.items, items)  # for one number faster than numpy's
        if step == len(self.days):
            return np.inf, np.inf
        return float(self.days[step]), float(self.left_days[step])

    @property
    def most(self) -> float:
        """Items sellable in the end."""
        return float(self.items[-1]) if len(self.items) else 0.0

    @property
    def arrives(self) -> bool:
        """Whether anything arrives after the start."""
        return len(self.days) > 0 and self.days[-1] > 0


def departures(making: Making, ready: float, load: float, interval: float, horizon: float) -> tuple[Floats, Floats]:
    """Days on which consignments leave, and the items in each.

    Parameters
    ----------
    making : Making
    ready : float
        Day of the export documents; inf = never.
    load : float
        Items of a full load.
    interval, horizon : float
        Days.
    """
    if not ready < horizon:
        return np.empty(0), np.empty(0)
    full = float(making.when(np.array([making.most]))[0]) if np.isfinite(making.most) else np.inf
    last = min(horizon, max(ready, full) + interval)
    regular = ready + interval * np.arange(np.floor((last - ready) / interval) + 1)
    regular = regular[regular < horizon]
    at_ready, in_the_end = making.made(np.array([ready, last]))
    loads = making.when(at_ready + load * np.arange(1, np.floor((in_the_end - at_ready) / load) + 1))
    days = np.unique(np.concatenate([regular, loads[loads < horizon]]))
    items = np.diff(making.made(days), prepend=0.0)
    return days[items > 0], items[items > 0]


def transit(count: int, means: dict[str, float], variation: float, name: tuple[str | int, ...]) -> Floats:
    """Days from door to sellable of each consignment: five legs, lognormal around their means.

    Parameters
    ----------
    count : int
        Consignments.
    means : dict
        Leg to its mean in days.
    variation : float
        Coefficient of variation of each leg.
    name : tuple
        What names the streams; position is the consignment's number.
    """
    spread = np.sqrt(np.log1p(variation**2))
    total = np.zeros(count)
    for leg in LEGS:
        score = ndtri(uniforms(count, *name, leg)) if spread > 0 and means[leg] > 0 else 0.0
        total += means[leg] * np.exp(spread * score - spread**2 / 2)
    return total


def arrived(left: Floats, travel: Floats, items: Floats, waiting: float) -> Stock:
    """The stock that consignments make, on top of what waited in the warehouse from the start."""
    order = np.argsort(left + travel, kind="stable")
    days, amounts, origin = (left + travel)[order], items[order], left[order]
    if waiting > 0:
        days, amounts, origin = np.append(0.0, days), np.append(waiting, amounts), np.append(0.0, origin)
    return Stock(days, np.cumsum(amounts), origin)
