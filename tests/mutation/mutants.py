"""Faults to put into `sim/`: what cosmic-ray can change at each place, and a random sample of places."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator

import cosmic_ray.plugins as cosmic
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tests.mutation.reached import ROOT, part_of

Place = tuple[str, int, int]  # file, line, column
Span = tuple[tuple[int, int], tuple[int, int]]

ARITHMETIC = {"Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow"}
BITS = {"BitOr", "BitAnd", "BitXor", "LShift", "RShift"}
FEWEST = 6  # places of each part


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One fault: the `occurrence`-th change that an operator of cosmic-ray can make in a file."""

    path: str
    line: int
    column: int
    operator: str
    occurrence: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} {self.operator}"

    def source(self) -> str:
        """The file with the fault in it."""
        operator = cosmic.get_operator(f"core/{self.operator}")()
        changed = mutate_code((ROOT / self.path).read_text(encoding="utf-8"), operator, self.occurrence)
        assert changed is not None, self
        return changed

    def compiles(self) -> bool:
        """Whether it is Python at all: `**` before keywords, for example, is no power to replace."""
        try:
            compile(self.source(), self.path, "exec")
        except SyntaxError:
            return False
        return True

    def change(self) -> tuple[str, str]:
        """The first line that differs, before and after."""
        before = (ROOT / self.path).read_text(encoding="utf-8").splitlines()
        differing = ((a.strip(), b.strip()) for a, b in zip(before, self.source().splitlines(), strict=False) if a != b)
        return next(differing)


def sample(size: int, seed: int) -> list[Mutant]:
    """Places drawn at random, each part of `sim/` by its number of places; of each place one of its faults."""
    parts: dict[str, dict[Place, list[Mutant]]] = defaultdict(dict)
    for path in sorted((ROOT / "sim").rglob("*.py")):
        if not path.is_relative_to(ROOT / "sim" / "view"):
            name = str(path.relative_to(ROOT))
            parts[part_of(name)] |= _in_file(name)
    places = sum(map(len, parts.values()))
    drawn: list[Mutant] = []
    for part, faults in sorted(parts.items()):
        chance = random.Random(f"{seed} {part}")  # what is drawn in a part does not hang on the others
        count = max(FEWEST, round(size * len(faults) / places))
        shuffled = chance.sample(sorted(faults), len(faults))
        able = (mutant for place in shuffled if (mutant := chance.choice(faults[place])).compiles())
        drawn += itertools.islice(able, count)
    return drawn


def _in_file(path: str) -> dict[Place, list[Mutant]]:
    text = (ROOT / path).read_text(encoding="utf-8")
    nodes, unread = list(ast_nodes(get_ast(text))), list(_never_evaluated(text))
    found: dict[Place, list[Mutant]] = defaultdict(list)
    for name in filter(_tells_something, cosmic.operator_names()):
        operator, short = cosmic.get_operator(name)(), name.removeprefix("core/")
        places = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for occurrence, (line, column) in enumerate(places):
            if not any(first <= (line, column) < last for first, last in unread):
                found[path, line, column].append(Mutant(path, line, column, short, occurrence))
    return found


def _tells_something(name: str) -> bool:
    """Leave out what needs arguments, `is` for `==`, and what only raises a TypeError: shifts of real numbers."""
    if cosmic.get_operator(name).arguments():
        return False
    kind, _, rest = name.removeprefix("core/").partition("_")
    before, _, after = rest.partition("_")
    if kind == "ReplaceComparisonOperator":
        return (before in ("Is", "IsNot")) == (after in ("Is", "IsNot"))
    if kind == "ReplaceBinaryOperator":
        return any({before, after} <= family for family in (ARITHMETIC, BITS))
    return True


def _never_evaluated(text: str) -> Iterator[Span]:
    """Annotations: they are kept as texts."""
    for node in ast.walk(ast.parse(text)):
        for name in ("annotation", "returns"):
            note = getattr(node, name, None)
            if note is not None:
                yield (note.lineno, note.col_offset), (note.end_lineno, note.end_col_offset)
