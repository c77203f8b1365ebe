"""`python -m sim.compiling`: compile every loop before its first use and keep it on disk; a part of setting up.

For which types of arrays a loop is compiled is up to those who call it, so this runs what `siap` runs, but small.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
import os
import sys

from sim import cli, loops
from sim.shipped import REFERENCE

RUN = ("run", REFERENCE, "--replications", "2", "--language", "en")
# The same loops read the histories of the SimPy engine, which are other arrays.
COMMANDS = ((*RUN, "--json", "-"), (*RUN, "--engine", "reference"))


def main() -> None:
    """Compile, unless there is nothing to compile or nowhere to keep it."""
    os.environ["SIAP_STORE"] = "none"  # a run that is found there compiles nothing, and this one is nobody's
    importlib.import_module("sim.experiment")  # all loops, so that it is known where they can be kept
    if loops.UNWRITABLE:
        sys.stderr.write(f"siap: {cli.about_compiling('en')}\n")
    if loops.UNWRITABLE or not loops.COMPILES:
        return
    for command in COMMANDS:
        with contextlib.redirect_stdout(io.StringIO()):
            code = cli.guarded(functools.partial(cli.app, args=list(command), standalone_mode=False))
        if code:
            raise SystemExit(code)


if __name__ == "__main__":
    main()
