"""`python -m tests.mutation.reached [PIECE…]`: branch coverage of `sim/` outside the view, and which test reached what.

The tests run one folder at a time, so that a piece can be measured again without the rest. Compiled loops show no
lines, hence the piece `uncompiled`: the engine's and the outcomes' tests once more, with nothing compiled.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

from coverage import Coverage, CoverageData

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "build" / "coverage"
UNCOMPILED = "uncompiled"
FOLDERS = "outcomes", "engine", "text", "seeds", "store", "sweeps", "package", "analysis", "experiment", "hosting"
PIECES = {
    UNCOMPILED: ("tests/engine/test_compiled.py", "tests/outcomes", "tests/test_streams.py"),
    **{folder: (f"tests/{folder}",) for folder in FOLDERS},
    "top": ("tests/test_cli.py", "tests/test_streams.py", "tests/test_loops.py"),
}
# What takes minutes uncompiled, or has a loop of its own.
UNCOMPILED_LEAVES_OUT = "not (NUMBA or planted or shipped or mean_path)"


def measure(piece: str) -> None:
    """Run the everyday tests of a piece; keep what they reached and how long each took."""
    plain = piece == UNCOMPILED
    kept = {"COVERAGE_FILE": str(KEPT / f"{piece}.coverage"), "NUMBA_DISABLE_JIT": str(int(plain))}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "0",
        *PIECES[piece],
        "-k",
        UNCOMPILED_LEAVES_OUT if plain else "",
    ]
    command += ["--cov", "--cov-branch", "--cov-context=test", "--cov-report="]
    command += [f"--junitxml={KEPT / piece}.xml", "-o", "junit_family=xunit1"]
    subprocess.run(command, cwd=ROOT, env=os.environ | kept, check=False)  # a test that fails has reached its lines too


def combined(pieces: Iterable[str]) -> CoverageData:
    """What the pieces reached together."""
    together = CoverageData(no_disk=True)
    for piece in pieces:
        read = CoverageData(str(KEPT / f"{piece}.coverage"))
        read.read()
        together.update(read)
    return together


def by_part() -> Iterator[str]:
    """Branch coverage as coverage.py counts it, lines and branches together, a line for each part of `sim/`."""
    whole = Coverage(data_file=None)
    whole.get_data().update(combined([piece for piece in PIECES if (KEPT / f"{piece}.coverage").is_file()]))
    parts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if path.is_relative_to(ROOT / "sim" / "view"):
            continue
        numbers = whole._analyze(str(path)).numbers
        found = (
            numbers.n_statements - numbers.n_missing,
            numbers.n_statements,
            numbers.n_executed_branches,
            numbers.n_branches,
        )
        for name in (part_of(str(path.relative_to(ROOT))), "all"):
            parts[name] = [a + b for a, b in zip(parts[name], found, strict=True)]
    for name, (lines, of_lines, branches, of_branches) in parts.items():
        share = (lines + branches) / (of_lines + of_branches)
        yield f"{name:12} {share:6.1%}  lines {lines} of {of_lines}, branches {branches} of {of_branches}"


def part_of(path: str) -> str:
    """The part of `sim/` that a file belongs to; what lies directly in `sim/` is the base."""
    below = Path(path).parts
    return below[1] if len(below) > 2 else "base"


class Reach:
    """Which tests reach a place, the fastest first, those of the part's own folder before all others."""

    def __init__(self, plain: bool) -> None:
        pieces = [p for p in PIECES if (p == UNCOMPILED) == plain and (KEPT / f"{p}.coverage").is_file()]
        self.data = combined(pieces)
        self.seconds = {name: took for piece in pieces for name, took in _seconds(KEPT / f"{piece}.xml")}

    def tests(self, path: str, line: int) -> list[str]:
        """Tests that reach the statement of a line, or where it runs at import only, what is around it."""
        contexts = self.data.contexts_by_lineno(path)
        for first, last in _around(path, line):
            named = {c.rpartition("|")[0] for at in range(first, last + 1) for c in contexts.get(at, ())} - {""}
            if known := [name for name in named if name in self.seconds and _is_there(name)]:
                return sorted(known, key=lambda name: (not _own(name, path), self.seconds[name]))
        return []


def _seconds(report: Path) -> Iterator[tuple[str, float]]:
    for case in ElementTree.parse(report).iter("testcase"):
        yield f"{case.get('file')}::{case.get('name')}", float(case.get("time", 0))


@cache
def _is_there(test: str) -> bool:
    """Whether a test still has the name under which it was measured."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and f"def {name.partition('[')[0]}(" in path.read_text(encoding="utf-8")


def _own(test: str, path: str) -> bool:
    return test.startswith(
        (f"tests/{part_of(path)}/", f"tests/test_{Path(path).stem}.py", f"tests/test_{part_of(path)}")
    )


@cache
def _statements(path: str) -> list[ast.stmt]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _around(path: str, line: int) -> Iterator[tuple[int, int]]:
    """First and last line of the statements around a line, from the innermost; the head before the whole."""
    last = len((ROOT / path).read_text(encoding="utf-8").splitlines())
    holding = [node for node in _statements(path) if node.lineno <= line <= (node.end_lineno or last)]
    for node in sorted(holding, key=lambda node: -node.lineno):
        body = getattr(node, "body", None)
        if body and not isinstance(node, ast.FunctionDef | ast.ClassDef) and line < body[0].lineno:
            yield node.lineno, body[0].lineno - 1
        yield node.lineno, node.end_lineno or last
    yield 1, last


if __name__ == "__main__":
    KEPT.mkdir(parents=True, exist_ok=True)
    for one in sys.argv[1:] or PIECES:
        measure(one)
    print(*by_part(), sep="\n")
