"""Numbers out of tables, and tables of finished texts as HTML."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import cast

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
