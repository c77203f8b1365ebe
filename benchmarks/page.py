"""The page `docs/benchmarks.md` and its picture."""

from __future__ import annotations

import datetime
import importlib.metadata
import importlib.util
import math
import os
import platform
import subprocess
from html import escape
from pathlib import Path

from benchmarks.scale import Point
from benchmarks.section import Section, digits

DOCS = Path(__file__).resolve().parent.parent / "docs"
LIBRARIES = ("numpy", "numba", "simpy", "ciw")
HEAD = """# Benchmarks

How fast, against what; made by `python -m benchmarks --write`, which measures all anew. {where}

Measured in turn (A B A B …), and every ratio is the median of the ratios within a round, so that a slow moment of the
machine strikes all alike. Times are medians. They are of this machine; the ratios travel better.

![Cost per workshop against the number of workshops](images/benchmarks.svg)
"""
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 420, 76, 110, 44, 56
COLOURS = {"SimPy": "#b3543a", "compiled": "#1f6f8b", "C": "#5b5b5b"}
LINE = 16  # of text
INK, GRID, FONT = "#333333", "#dddddd", 'font-family="sans-serif" font-size="13"'


def where() -> str:
    """Date, cores and versions in a sentence."""
    found = [name for name in LIBRARIES if importlib.util.find_spec(name)]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in found)
    load = f", load {digits(os.getloadavg()[0])} before the start" if hasattr(os, "getloadavg") else ""
    today = datetime.date.today().isoformat()
    python = platform.python_version()
    return f"{today}, {os.cpu_count()} cores{load}, {system()}, Python {python}, {versions}, {compiler()}."


def system() -> str:
    """The operating system, in words that do not name the machine."""
    if platform.system() != "Linux":
        return f"{platform.system()} {platform.release()} {platform.machine()}"
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        name = "Linux"
    return f"{name} {platform.machine()}"


def compiler() -> str:
    """The C compiler's version."""
    try:
        done = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)  # noqa: S607
    except (OSError, subprocess.CalledProcessError):
        return "no gcc"
    return f"gcc {done.stdout.strip()}"


def write(measured: str, sections: list[Section], points: list[Point]) -> list[Path]:
    """Write both files."""
    page, picture = DOCS / "benchmarks.md", DOCS / "images" / "benchmarks.svg"
    picture.write_text(drawing(points), encoding="utf-8")
    body = "\n".join(section.markdown() for section in sections)
    tried = (Path(__file__).parent / "tried.md").read_text(encoding="utf-8")
    page.write_text(f"{HEAD.format(where=f'Measured on: {measured}')}\n{body}\n{tried}", encoding="utf-8")
    return [page, picture]


class Axes:
    """From workshops and seconds, both on the log, to places in the picture."""

    def __init__(self, points: list[Point]) -> None:
        costs = [cost for point in points for cost in point.seconds.values()]
        self.across = _decades([point.workshops for point in points])
        self.up = _decades(costs)

    def x(self, workshops: float) -> float:
        """Where a number of workshops is."""
        return LEFT + _part(workshops, self.across) * (WIDTH - LEFT - RIGHT)

    def y(self, cost: float) -> float:
        """Where a cost is."""
        return HEIGHT - BOTTOM - _part(cost, self.up) * (HEIGHT - TOP - BOTTOM)

    def grid(self) -> list[str]:
        """A line and a label at every power of ten."""
        made = []
        for power in range(self.across[0], self.across[1] + 1):
            x = self.x(10.0**power)
            made += [_line(x, TOP, x, HEIGHT - BOTTOM), _text(x, HEIGHT - BOTTOM + 20, f"{10**power:,}", "middle")]
        for power in range(self.up[0], self.up[1] + 1):
            y = self.y(10.0**power)
            made += [_line(LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, _power(power), "end")]
        return made


def drawing(points: list[Point]) -> str:
    """Cost per workshop against size, both on the log, each line labelled at its end."""
    axes = Axes(points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        f'<title>Cost per workshop against size</title><rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 24, "Time of one run per workshop, engine alone", "start"),
        *axes.grid(),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "workshops in the programme", "middle"),
    ]
    curves = {name: [(axes.x(p.workshops), axes.y(p.seconds[name])) for p in points] for name in points[0].seconds}
    labels = apart({name: places[-1][1] for name, places in curves.items()})
    for name, places in curves.items():
        parts += _curve(name, places, labels[name])
    return "\n".join([*parts, "</svg>"]) + "\n"


def apart(heights: dict[str, float]) -> dict[str, float]:
    """Where names stand whose lines end at some heights: the higher stays, the lower gives way until both are read."""
    found: dict[str, float] = {}
    for name in sorted(heights, key=heights.__getitem__):
        found[name] = max([heights[name], *(above + LINE for above in found.values())])
    return found


def _curve(name: str, places: list[tuple[float, float]], label_y: float) -> list[str]:
    colour = COLOURS[name]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in places]
    label = _text(places[-1][0] + 10, label_y + 4, name, "start", colour)
    label = label.replace("<text", '<text paint-order="stroke" stroke="white" stroke-width="4"')  # over the grid
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots, label]


def _decades(values: list[float] | list[int]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _part(value: float, decades: tuple[int, int]) -> float:
    low, high = decades
    return (math.log10(value) - low) / max(1, high - low)


def _power(power: int) -> str:
    unit, base = next((u, b) for u, b in (("s", 0), ("ms", -3), ("µs", -6), ("ns", -9)) if power >= b)
    return f"{10 ** (power - base)} {unit}"


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{GRID}"/>'


def _text(x: float, y: float, words: str, anchor: str, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'
