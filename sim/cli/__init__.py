"""The command `siap`.

Output for people goes to standard output as tables, progress to standard error. Exit codes: 0 done,
1 a check failed, 2 bad input with one line on standard error.
"""

from __future__ import annotations

import sys

# Each command is known to the application once its module is read.
from sim.cli import calibrate, commands, discover, export, optimise, robust, sensitivity, verify  # noqa: F401
from sim.cli.common import BAD_INPUT, STOPPED, about_compiling, app, guarded

__all__ = ["BAD_INPUT", "STOPPED", "about_compiling", "app", "guarded", "main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    raise SystemExit(guarded(lambda: app(args=arguments or ["--help"], standalone_mode=False)))
