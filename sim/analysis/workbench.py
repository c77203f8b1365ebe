"""The exploratory workbench (ema_workbench), imported without what it says of libraries that nobody asked for."""

from __future__ import annotations

import warnings
from typing import Any

from sim.experiment.extra import library

PACKAGE = "ema_workbench"
EXTRA = "discovery"
# What it says while it is imported: other ways to run experiments, and pictures that answer to the mouse.
UNASKED = (r"ipyparallel not installed", r"altair based interactive inspection not available")


def workbench(module: str = "") -> Any:
    """A module of ema_workbench, imported when it is needed.

    Parameters
    ----------
    module : str
        Within the package, such as ``analysis.prim``; the package itself where left out.

    Raises
    ------
    BadInput
        If it is not installed.
    """
    with warnings.catch_warnings():
        for said in UNASKED:
            warnings.filterwarnings("ignore", message=said)
        return library(f"{PACKAGE}.{module}" if module else PACKAGE, EXTRA)
