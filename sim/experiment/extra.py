"""Libraries of the extras, which the model itself can do without."""

from __future__ import annotations

import importlib
from typing import Any

from sim.errors import BadInput


def library(name: str, extra: str = "analysis") -> Any:
    """A module of such a library, imported when it is needed.

    Parameters
    ----------
    name : str
    extra : str
        What installs it.

    Raises
    ------
    BadInput
        If it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        package = name.partition(".")[0].replace("_", "-")
        raise BadInput(extra, f"needs {package}", remedy=f"pip install 'siap[{extra}]'") from None
