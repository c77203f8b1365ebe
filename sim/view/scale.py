"""The vertical axis of shares, which span six orders of magnitude and are often nought."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SPANS_ORDERS = 30.0  # shares that differ by more than this factor are drawn on a logarithmic axis


@dataclasses.dataclass(frozen=True)
class Scale:
    """Where a share stands on the vertical axis.

    Attributes
    ----------
    top : float
        Largest value shown.
    floor : float, optional
        None: a linear axis. Else a logarithmic one above `floor`; nought has a place of its own below it, since a
        share of nothing is the commonest answer and has no logarithm.
    """

    top: float
    floor: float | None = None

    @classmethod
    def of(cls, levels: Sequence[float]) -> Scale:
        """A scale on which every level can be told from the others and from nought."""
        positive = [x for x in levels if x > 0 and math.isfinite(x)]
        top = max(positive, default=1e-6)
        least = max(min(positive, default=top), top * 1e-6)
        if top / least <= SPANS_ORDERS:
            return cls(top * 1.12)
        floor = 10.0 ** math.floor(math.log10(least))
        return cls(top * 2.0, floor / 10 if least < 3 * floor else floor)

    @property
    def logarithmic(self) -> bool:
        """Whether equal steps multiply."""
        return self.floor is not None

    def place(self, x: Floats | float) -> Floats:
        """Height of values on the axis; below the floor it is linear, so that nought is at nought."""
        x = np.asarray(x, dtype=float)
        if self.floor is None:
            return x
        return np.where(x < self.floor, x / self.floor, 1.0 + np.log10(np.maximum(x, self.floor) / self.floor))

    @property
    def height(self) -> float:
        """Height of the whole axis."""
        return float(self.place(self.top))

    def ticks(self) -> list[float]:
        """Values to write beside the axis."""
        if self.floor is None:
            step = round_step(self.top / 4)
            return [step * i for i in range(int(self.top / step) + 1)]
        decades = math.floor(math.log10(self.top / self.floor) + 1e-9)
        each = 1 if decades <= 4 else 2
        return [0.0, *(self.floor * 10.0**d for d in range(0, decades + 1, each))]


def round_step(x: float) -> float:
    """The nearest of 1, 2, 2.5, 5 times a power of ten that is not below `x`."""
    power = 10.0 ** math.floor(math.log10(x))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= x * (1 - 1e-9))
