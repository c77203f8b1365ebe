"""Numbers out of tables, and tables of finished texts as HTML."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, cast

import pandas as pd

Row = Mapping[str, float]


def row_of(table: pd.DataFrame, key: Hashable) -> Row:
    """One row of a table of numbers, by column."""
    return rows_of(table.loc[[key]])[0][1]


def rows_of(table: pd.DataFrame) -> list[tuple[str, Row]]:
    """Every row of a table of numbers: its name, and its numbers by column."""
    columns = [str(column) for column in table]
    lines = (dict(zip(columns, line, strict=True)) for line in table.to_numpy(float).tolist())
    return list(zip(map(str, table.index), lines, strict=True))


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Every row of a table of anything, by column."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def floats(column: object) -> list[float]:
    """A column of numbers as plain ones."""
    return [float(x) for x in cast("pd.Series", column).to_numpy(float)]


def html(columns: Mapping[str, list[str]], chosen: int | None = None) -> str:
    """A table of finished texts as HTML.

    Parameters
    ----------
    columns : mapping of heading to texts
    chosen : int, optional
        The row to set off.
    """
    table = pd.DataFrame(dict(columns))
    text = table.to_html(index=False, escape=True, border=0, classes="siap-table", justify="unset")
    row = "    <tr>\n"
    head, *rows = text.split(row)
    head = head.replace('<tr style="text-align: unset;">', "<tr>")  # a brief allows no style but its sheet's
    if chosen is not None:
        rows[chosen] = rows[chosen].replace("<td>", '<td class="siap-chosen">')
    return row.join([head, *rows])


def scrolled(table: str) -> str:
    """A table that scrolls by itself, also by keys, where it is wider than its place."""
    return f'<div class="siap-scroll" tabindex="0">{table}</div>'
