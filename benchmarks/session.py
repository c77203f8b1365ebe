"""A planner's session: memory of the process behind one page while levers are moved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from benchmarks.section import Section, size

SCENARIOS = ("cibaduyut-2027", "eight-clusters-2027")
ABOUT = (
    "Resident memory of a process that answers one page (sim.view.session.Session, without the widgets): once it has "
    "loaded what it needs, after its first answer, and after 25 moves of five levers in turn (coaches, the price of "
    "the first cluster, days of coaching, workshops of the first cluster, discount), each answered in full with both "
    "layers of uncertainty and, where it can be drawn, the preparation. The run store is on and empty at first; the "
    "page rests after every fifth move until what it shows is kept, and is measured then."
)
ALONE = """
import json, os, sys
import time
import psutil
import sim
from sim.store import Store
from sim.view.session import Session

def resident():
    return psutil.Process(os.getpid()).memory_info().rss

scenario = sim.Scenario.load(sys.argv[1])
first = scenario.clusters[0].name
levers = (
    ("resources.coach.units", 12), (f"clusters.{first}.goods.price_rmb", 300),
    ("pathway.stages.coach.duration.mean", 150), (f"clusters.{first}.makers", 200), ("demand.discount", 0),
)
session, found = Session(lambda _: None), [resident()]
for move in range(26):
    path, start = levers[move % len(levers)]
    session.want(scenario.set(path, start + move * (0.01 if path == "demand.discount" else 1)))
    session.settle(120)
    while move % 5 == 0 and len(Store.default().entries()) <= move // 5:
        time.sleep(0.1)
    if move in (0, 25):
        found.append(resident())
print(json.dumps(found))
"""


def section() -> Section:
    """Every scenario in a process of its own."""
    rows = []
    for name in SCENARIOS:
        command = [sys.executable, "-c", ALONE, name]
        with tempfile.TemporaryDirectory() as folder:
            settings = os.environ | {"SIAP_STORE": folder}
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=settings)  # noqa: S603 - ours
        rows.append([name, *(size(bytes_) for bytes_ in json.loads(done.stdout))])
    columns = ["Scenario", "Loaded", "First answer", "25 moves later"]
    return Section("A planner's session: memory", ABOUT, columns, rows)
