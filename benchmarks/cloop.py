"""The yardstick in C (`loop.c`): compiled where it runs, into a folder that does not stay, and called with ctypes."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.engine.cells import Cells
from sim.engine.plan import Plan

SOURCE = Path(__file__).with_name("loop.c")
FLAGS = ("-O3", "-march=native", "-shared", "-fPIC")
Floats = NDArray[np.float64]

NUMBERS = ("entities", "stages", "clusters", "counts", "resources", "widest", "cells", "head_of_line")
FIRST = ("first_entity", "cluster_of", "column", "base", "capacity", "needs", "priority", "limit", "bound")
BYTES = ("on_fail", "on_cluster", "given")
RAGGED = ("redo", "own_before", "cluster_before", "counts_before", "own_after", "cluster_after", "counts_after")
LAST = (*(name for ragged in RAGGED for name in (f"{ragged}_start", ragged)), "counted", "count_need")


class Lowered(ctypes.Structure):
    """`Plan` of loop.c, field by field."""

    _fields_ = (
        *((name, ctypes.c_int64) for name in NUMBERS),
        ("horizon", ctypes.c_double),
        *((name, ctypes.c_void_p) for name in (*FIRST, *BYTES, *LAST)),
    )


class NoCompiler(Exception):
    """There is no gcc, or it did not manage; the message says which."""


@contextlib.contextmanager
def library() -> Iterator[ctypes.CDLL]:
    """Compile the yardstick and load it.

    Raises
    ------
    NoCompiler
    """
    gcc = shutil.which("gcc")
    if gcc is None:
        raise NoCompiler("there is no gcc")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "loop.so"
        command = [gcc, *FLAGS, str(SOURCE), "-o", str(made), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own source
        if done.returncode:
            raise NoCompiler(f"gcc did not manage: {done.stderr.strip().splitlines()[0]}")
        yield typed(ctypes.CDLL(str(made)))


def typed(loaded: ctypes.CDLL) -> ctypes.CDLL:
    """The library with the types of its functions."""
    loaded.loop_new.restype, loaded.loop_new.argtypes = ctypes.c_void_p, [ctypes.POINTER(Lowered)]
    loaded.loop_run.restype, loaded.loop_run.argtypes = ctypes.c_int, [ctypes.c_void_p] * 6
    loaded.loop_free.restype, loaded.loop_free.argtypes = None, [ctypes.c_void_p]
    loaded.loop_bytes.restype, loaded.loop_bytes.argtypes = ctypes.c_int64, [ctypes.c_void_p]
    return loaded


def arrays(plan: Plan, cells: Cells) -> dict[str, NDArray[np.generic]]:
    """Every array of a plan by its name in loop.c, whole numbers as int64."""
    found: dict[str, NDArray[np.generic]] = {"column": cells.column, "base": cells.base}
    for name in RAGGED:
        found |= {f"{name}_start": getattr(plan, name).start, name: getattr(plan, name).items}
    for name in (*FIRST, *BYTES, "counted", "count_need"):
        found.setdefault(name, getattr(plan, name, None))
    types = dict.fromkeys(found, np.int64) | dict(zip(BYTES, (np.int8, np.bool_, np.bool_), strict=True))
    return {name: np.ascontiguousarray(values, dtype=types[name]) for name, values in found.items()}


class CLoop:
    """A plan ready to be run by the yardstick, as often as one likes.

    Attributes
    ----------
    queued, started, finished : ndarray, float64 [cell]
        Times of the last run; the next writes over them.
    """

    def __init__(self, loaded: ctypes.CDLL, plan: Plan) -> None:
        cells = Cells.of(plan)
        self._loaded, self._kept = loaded, arrays(plan, cells)
        numbers = (
            *(plan.entities, len(plan.stages), len(plan.clusters), len(plan.counts), len(plan.resources)),
            *(plan.count_need.shape[1], cells.size, int(plan.head_of_line)),
        )
        lowered = Lowered(horizon=plan.horizon, **dict(zip(NUMBERS, numbers, strict=True)))
        for name, values in self._kept.items():
            setattr(lowered, name, values.ctypes.data)
        self._loop = loaded.loop_new(ctypes.byref(lowered))
        if not self._loop:
            raise NoCompiler("the yardstick takes no more than 64 stages, resources and counts")
        self.queued, self.started, self.finished = (np.empty(cells.size) for _ in range(3))

    def run(self, durations: Floats, passed: NDArray[np.bool_]) -> bool:
        """Run on flat tables of draws; whether nothing was left to happen."""
        ended = self._call(*(array.ctypes.data for array in (durations, passed)))
        if ended > 1:
            raise MemoryError
        return bool(ended)

    @functools.cached_property
    def _call(self) -> functools.partial[int]:
        times = [array.ctypes.data for array in (self.queued, self.started, self.finished)]
        return functools.partial(self._run, times)

    def _run(self, times: list[int], durations: int, passed: int) -> int:
        return int(self._loaded.loop_run(self._loop, durations, passed, *times))

    @property
    def nbytes(self) -> int:
        """Bytes that it holds beside the tables of draws and times."""
        return int(self._loaded.loop_bytes(self._loop))

    def __del__(self) -> None:
        if getattr(self, "_loop", None):
            self._loaded.loop_free(self._loop)
