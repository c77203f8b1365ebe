"""What every page needs until its first chart and after its first lever: importing this module loads it, for `stem`.

Nothing that is done here may leave a thread behind: a process that is split off has none but the one that asked.
"""

from __future__ import annotations

import contextlib
import gc

import ipykernel.ipkernel
import ipykernel.kernelapp  # noqa: F401

import sim.hosting.stem
import sim.package.packed
import sim.view.plan
from sim.errors import BadInput
from sim.experiment import simulate

with contextlib.suppress(BadInput):  # what is amiss with the settings the page says itself
    simulate(
        sim.view.plan.REFERENCE, 1
    )  # compiled loops are read at their first use; for one replication by one thread
gc.collect()
gc.freeze()  # so that no later collection writes to what is shared
