"""Libraries of the extra `analysis`, which the model itself can do without."""

from __future__ import annotations

import importlib
from typing import Any

from sim.errors import BadInput


def library(name: str) -> Any:
    """A module of such a library, imported when it is needed.

    Raises
    ------
    BadInput
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        package = name.partition(".")[0].replace("_", "-")
        raise BadInput("analysis", f"needs {package}", remedy="pip install 'siap[analysis]'") from None
