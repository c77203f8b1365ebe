"""Functions of which everything is known."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
A, B = 7.0, 0.1
NAMES = ("one", "two", "three")
VARIANCE = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
ALONE = (0.5 * (1 + B * np.pi**4 / 5) ** 2 / VARIANCE, A**2 / 8 / VARIANCE, 0.0)
TOGETHER = 8 * B**2 * np.pi**8 / 225 / VARIANCE  # of one with three
IN_ALL = (ALONE[0] + TOGETHER, ALONE[1], TOGETHER)


def ishigami(places: Floats) -> Floats:
    """Ishigami & Homma (1990), of places in [0, 1]."""
    one, two, three = (np.pi * (2 * places.T[i] - 1) for i in range(3))
    return np.sin(one) + A * np.sin(two) ** 2 + B * three**4 * np.sin(one)
