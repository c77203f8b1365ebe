"""A section of the report: a table with what its rows mean, printed here and written to the page."""

from __future__ import annotations

import dataclasses

from rich.console import Console
from rich.table import Table


@dataclasses.dataclass(frozen=True)
class Section:
    """One table.

    Attributes
    ----------
    title, about : str
    columns : list of str
        The first holds words, the others numbers.
    rows : list of list of str
    notes : list of str
        What was checked, left out or skipped.
    """

    title: str
    about: str
    columns: list[str]
    rows: list[list[str]]
    notes: list[str] = dataclasses.field(default_factory=list)

    def show(self, console: Console) -> None:
        """Print it."""
        table = Table(title=self.title, title_style="bold", title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left", overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        console.print()
        console.print(table if self.rows else self.title)
        for text in (self.about, *self.notes):
            console.print(text, markup=False, highlight=False)

    def markdown(self) -> str:
        """The same for the page."""
        rule = ["---", *("---:" for _ in self.columns[1:])]
        table = "".join(f"| {' | '.join(cells)} |\n" for cells in (self.columns, rule, *self.rows) if self.rows)
        notes = "".join(f"- {note}\n" for note in self.notes)
        return "\n".join(part for part in (f"## {self.title}\n", f"{self.about}\n", table, notes) if part)


def seconds(value: float) -> str:
    """A time with three digits and the unit that suits it."""
    for unit, size in (("ns", 1e-9), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0)):
        if value < 999.5 * size or unit == "s":
            return f"{digits(value / size)} {unit}"
    raise AssertionError(value)


def spread(low: float, high: float) -> str:
    """The fastest and the slowest of several times."""
    return f"{seconds(low)} to {seconds(high)}"


def times(value: float) -> str:
    """A ratio."""
    return f"{digits(value)} ×"


def size(value: float) -> str:
    """A number of bytes."""
    for unit, step in (("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9)):
        if value < 999.5 * step or unit == "GB":
            return f"{digits(value / step)} {unit}"
    raise AssertionError(value)


def digits(value: float) -> str:
    """Three digits, and never an exponent."""
    for bound, places in ((9.995, 2), (99.95, 1)):
        if abs(value) < bound:
            return f"{value:.{places}f}"
    return f"{value:,.0f}"
