"""A research package as bytes, for a page that hands it to a browser.

The page gets `packed` from the notebook and knows nothing of packages. What writes them is imported when one is asked
for: until then no page carries its weight.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiment.extra import library

if TYPE_CHECKING:
    from sim.experiment import Result

NEEDED = ("rocrate.rocrate", "frictionless", "rocrate_validator", "xlsxwriter", "matplotlib")


def packed(result: Result, progress: Callable[[int, int], None] | None = None) -> bytes:
    """The research package of one run.

    Parameters
    ----------
    result : Result
    progress : callable, optional
        Called with steps done, and all.

    Returns
    -------
    bytes
        Of the ZIP file.

    Raises
    ------
    BadInput
        If what writes packages is not installed, or `sim.package.writing.export` refuses.
    """
    for name in NEEDED:  # before anything is simulated or drawn
        library(name, "export")
    from sim.package.writing import export

    with tempfile.TemporaryDirectory() as folder:
        return export([result], Path(folder, "package.zip"), progress=progress).read_bytes()
