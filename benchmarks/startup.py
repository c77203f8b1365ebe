"""Start-up: the command line from nothing to an answer, with and without what Python and numba keep on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import timed
from benchmarks.section import Section, seconds, spread

RUN = ("run", "cibaduyut-2027", "--replications", "2")
ABOUT = (
    f"The command siap {' '.join(RUN)} as a process of its own, from its start to its end. Cold: nothing compiled is "
    "on disk, neither Python's bytecode nor numba's machine code, as the first time after the installation. Warm: the "
    "same again. SimPy engine: warm, with --engine reference. Each counted run but the cold one is its engine's second."
)


def section(quick: bool) -> Section:
    """Cold, warm and without the compiled engine, in turn."""
    cold, warm, reference = [], [], []
    for _ in range(1 if quick else 3):
        with tempfile.TemporaryDirectory() as kept:
            cold.append(timed(lambda kept=kept: started(kept)))
            started(kept, "--engine", "reference")
            warm.append(timed(lambda kept=kept: started(kept)))
            reference.append(timed(lambda kept=kept: started(kept, "--engine", "reference")))
    rows = [
        [name, seconds(sorted(taken)[len(taken) // 2]), spread(min(taken), max(taken))]
        for name, taken in (("cold", cold), ("warm", warm), ("SimPy engine", reference))
    ]
    return Section("Start-up", ABOUT, ["Start", "Median", "Fastest to slowest"], rows)


def started(kept: str, *more: str) -> None:
    """Run the command once, with a folder for what Python and numba keep."""
    siap = Path(sys.executable).with_name("siap")
    command = [str(siap)] if siap.exists() else [sys.executable, "-m", "sim.cli"]
    # Without the run store, which would have the answer after the first time.
    settings = os.environ | {"SIAP_STORE": "none"}
    settings |= {"NUMBA_CACHE_DIR": f"{kept}/numba", "PYTHONPYCACHEPREFIX": f"{kept}/python"}
    settings.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([*command, *RUN, *more], env=settings, check=True, capture_output=True)  # noqa: S603 - our own
