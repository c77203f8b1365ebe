"""Loops over arrays, compiled where numba is installed and plain Python where it is not.

The same source serves both, so that what is read off a run never depends on what is installed; only its speed does
(of the engine itself SimPy takes the place: `sim.engine.chosen`). No fastmath:
sums are taken in the order in which they are written (rule 5 of docs/engine.md). What is compiled is kept on disk,
beside the source or where `NUMBA_CACHE_DIR` says; where no folder can be written it is compiled at each start.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

Loop = Callable[..., Any]

HAS_NUMBA = importlib.util.find_spec("numba") is not None
COMPILES = HAS_NUMBA and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
MADE: list[Any] = []  # every loop that numba compiles when it is first called
UNWRITABLE: list[Path] = []  # folders in which something could not be kept


def loop(function: Loop) -> Loop:
    """Compile a loop over arrays at its first call; it runs without the interpreter's lock."""
    if not COMPILES:
        return function
    made = _compiled(function, "never")
    MADE.append(made)
    return made


def inlined(function: Loop) -> Loop:
    """The same for a few lines that loops call at every step: they become part of the loop."""
    return _compiled(function, "always") if COMPILES else function


def _compiled(function: Loop, inline: Literal["never", "always"]) -> Loop:
    import numba

    made = numba.njit(nogil=True, error_model="numpy", inline=inline)(function)
    try:
        made.enable_caching()
    except RuntimeError:  # none of the folders that numba knows can be written
        asked, beside = os.environ.get("NUMBA_CACHE_DIR"), Path(function.__code__.co_filename).parent / "__pycache__"
        UNWRITABLE.append(Path(asked) if asked else beside)
    else:
        _keep_if_possible(made)
    return made


def _keep_if_possible(made: Any) -> None:
    """Let a loop run that was compiled but could not be kept, on a full disk for example."""
    cache = made._cache
    save = cache.save_overload

    def save_if_possible(*given: Any) -> None:
        try:
            save(*given)
        except OSError:
            UNWRITABLE.append(Path(cache.cache_path))

    cache.save_overload = save_if_possible


def compilations() -> dict[str, int]:
    """How often each loop was compiled in this process, since it was not found on disk."""
    return {made.py_func.__qualname__: sum(made.stats.cache_misses.values()) for made in MADE}


@contextlib.contextmanager
def watched(tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` when the first loop is compiled, before the seconds that it takes, from whichever thread does it.

    Never where all is found on disk.
    """
    if not COMPILES:
        yield
        return
    from numba.core import event

    waiting = [tell]

    class Teller(event.Listener):
        def on_start(self, _: object) -> None:
            with contextlib.suppress(IndexError):  # another thread has told already
                told = waiting.pop()
                told()

        def on_end(self, _: object) -> None:
            """Nothing is said then."""

    with event.install_listener("numba:compile", Teller()):
        yield
