"""What every page needs until its first chart and after its first lever: importing this module loads it, for `stem`.

Nothing that is done here may leave a thread behind: a process that is split off has none but the one that asked.
"""

from __future__ import annotations

import contextlib
import gc
import sys

import ipykernel.ipkernel
import ipykernel.kernelapp  # noqa: F401

import sim.hosting.stem
import sim.package.packed
import sim.view.plan
from sim import loops
from sim.errors import BadInput
from sim.experiment import simulate


def _tell() -> None:
    from sim.cli.common import about_compiling

    sys.stderr.write(f"siap: {about_compiling('en')}\n")


# Compiled loops are read at their first use. What is amiss with the settings the page says itself.
with contextlib.suppress(BadInput), loops.watched(_tell):
    simulate(sim.view.plan.REFERENCE, 1)  # one, which no other thread does
gc.collect()
gc.freeze()  # so that no later collection writes to what is shared
