"""Normal numbers for cases whose answer is known, by name as all random numbers are."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.streams import uniforms


def normal(count: int, *name: str | int) -> NDArray[np.float64]:
    """Standard normal numbers."""
    return ndtri(uniforms(count, *name))
