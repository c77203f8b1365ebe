"""Measure all and print it: `python -m benchmarks [--quick] [--write]`."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
from collections.abc import Callable

from rich.console import Console

from benchmarks import ciw_model, cloop, engines, page, reach, scale, session, startup, sweeps
from benchmarks.scale import Point
from benchmarks.section import Section

SECTIONS = ("engine", "ciw", "whole", "reach", "sweep", "scale", "large", "session", "start")


def main() -> None:
    """Run the sections that were asked for."""
    asked = _arguments()
    os.environ["SIAP_STORE"] = "none"  # nothing measured before is to be found; sections that want a store make one
    console, measured = Console(), page.where()
    console.print(measured, markup=False, highlight=False)
    points: list[Point] = []
    with contextlib.ExitStack() as stack:
        todo = _sections(_yardstick(stack), asked.quick, points)
        done = [_shown(console, todo[name]) for name in SECTIONS if name in (asked.only or SECTIONS)]
    if asked.write:
        for path in page.write(measured, done, points):
            console.print(f"Wrote docs/{path.relative_to(page.DOCS)}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="How fast, against what.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller sizes")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its picture")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="these sections alone")
    asked = parser.parse_args()
    if asked.write and asked.only:
        parser.error("--write needs all sections, so it goes without --only")
    return asked


def _yardstick(stack: contextlib.ExitStack) -> ctypes.CDLL | cloop.NoCompiler:
    """The loop in C, or why there is none."""
    try:
        return stack.enter_context(cloop.library())
    except cloop.NoCompiler as error:
        return error


def _sections(
    loaded: ctypes.CDLL | cloop.NoCompiler, quick: bool, points: list[Point]
) -> dict[str, Callable[[], Section]]:
    def grows() -> Section:
        section, found = scale.section(loaded, quick)
        points.extend(found)
        return section

    return {
        "engine": lambda: engines.alone(loaded, quick),
        "ciw": lambda: ciw_model.section(3),
        "whole": lambda: engines.whole(quick),
        "reach": lambda: reach.section(quick),
        "sweep": lambda: sweeps.section(quick),
        "scale": grows,
        "large": scale.large,
        "session": session.section,
        "start": lambda: startup.section(quick),
    }


def _shown(console: Console, section: Callable[[], Section]) -> Section:
    made = section()
    made.show(console)
    return made


if __name__ == "__main__":
    main()
