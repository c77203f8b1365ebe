"""A sweep: many settings of what the engine reads times many behind it, against the same in plain SimPy."""

from __future__ import annotations

import os
import statistics
import tempfile

import sim
from benchmarks.engines import fresh_seed, setting
from benchmarks.measure import timed
from benchmarks.section import Section, seconds, size, times
from benchmarks.work import SCENARIO
from sim.experiment.runner import cores

ABOUT = (
    f"sim.sweep({SCENARIO!r}) into an empty run store by {{workers}} processes, their start and the writing included: "
    "so many numbers of coaches times so many discounts. SimPy would simulate every replication of every point; it is "
    "measured on a few replications of the scenario, in the same run, and multiplied."
)


def section(quick: bool) -> Section:
    """One sweep, as a whole."""
    sides, count = (10, 50) if quick else (100, 200)
    units, discounts = [10 + k for k in range(sides)], [k / (2 * sides) for k in range(sides)]
    design = sim.factorial({"resources.coach.units": units, "demand.discount": discounts})
    points = len(design.points)
    slow = statistics.median(timed(lambda: sim.simulate(SCENARIO, 1, fresh_seed(), "reference")) for _ in range(5))
    with tempfile.TemporaryDirectory() as folder, setting("SIAP_STORE", folder):
        took = timed(lambda: sim.sweep(SCENARIO, design, count))
        again = timed(lambda: sim.sweep(SCENARIO, design, count))
        kept = sum(entry.stat().st_size for entry in os.scandir(f"{folder}/points"))
    each = took / points / count
    row = [f"{points:,} × {count}", seconds(took), seconds(took / points), seconds(each), times(slow / each)]
    columns = ["Points × replications", "In all", "A point", "A replication", "Faster than SimPy"]
    notes = [f"Asked again: {seconds(again)}. Kept: {size(kept)}.", f"SimPy: {seconds(slow)} a replication."]
    return Section("A sweep", ABOUT.format(workers=cores()), columns, [row], notes)
