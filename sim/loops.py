"""Loops over arrays, compiled where numba is installed and plain Python where it is not.

The same source serves both, so that what is read off a run never depends on what is installed; only its speed does
(of the engine itself SimPy takes the place: `sim.engine.chosen`). No fastmath:
sums are taken in the order in which they are written (rule 5 of docs/engine.md). What is compiled is kept on disk.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from typing import Any, Literal

Loop = Callable[..., Any]

HAS_NUMBA = importlib.util.find_spec("numba") is not None
COMPILES = HAS_NUMBA and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")


def loop(function: Loop) -> Loop:
    """Compile a loop over arrays at its first call; it runs without the interpreter's lock."""
    return _compiled(function)


def inlined(function: Loop) -> Loop:
    """The same for a few lines that loops call at every step: they become part of the loop."""
    return _compiled(function, "always")


def _compiled(function: Loop, inline: Literal["never", "always"] = "never") -> Loop:
    if not HAS_NUMBA:
        return function
    import numba

    made: Loop = numba.njit(cache=True, nogil=True, error_model="numpy", inline=inline)(function)
    return made
