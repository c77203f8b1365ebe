"""A workbook for planners: the tables with typed cells and units in the headers; no cell is ever a formula."""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.experiment.extra import library
from sim.package.layout import TABLE_OF, Column, Table

SHEETS = (
    "runs",
    "design",
    "summary",
    "comparisons",
    "readiness",
    "parameters",
    "evidence",
)  # what a sheet can hold; all draws are in the CSV
MOST_ROWS = 100_000  # of a sheet, far below Excel's million, which takes minutes to open
WIDEST, NARROWEST = 60, 10


def workbook(tables: Mapping[str, pd.DataFrame], about: Mapping[str, str], made: datetime.datetime) -> bytes:
    """The workbook as bytes, the same for the same tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
    about : mapping of str to str
        What the first sheet says: a name and a text a line.
    made : datetime
        Written into the file as when it was made.
    """
    excel, out = library("xlsxwriter", "export"), io.BytesIO()
    # Texts stay texts, whatever they begin with.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with excel.Workbook(out, plain) as book:
        book.set_properties({"title": about.get("title", "Siap"), "created": made.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        _about(book, about, head)
        for name in SHEETS:
            _sheet(book, TABLE_OF[name], tables[name], head)
    return out.getvalue()


def _about(book: Any, about: Mapping[str, str], head: Any) -> None:
    sheet, wrapped = book.add_worksheet("about"), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    for row, (name, text) in enumerate(about.items()):
        sheet.write_string(row, 0, name, head)
        sheet.write_string(row, 1, text, wrapped)


def _sheet(book: Any, table: Table, frame: pd.DataFrame, head: Any) -> None:
    sheet, date = book.add_worksheet(table.name), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 1)
    shown = frame.head(MOST_ROWS)
    for i, column in enumerate(table.columns):
        sheet.set_column(i, i, _width(column, shown))
        sheet.write_string(0, i, f"{column.name} ({column.unit})" if column.unit else column.name, head)
        sheet.write_comment(0, i, column.meaning)
        for row, cell in enumerate(shown[column.name], 1):
            _cell(sheet, row, i, cell, date)
    sheet.autofilter(0, 0, max(len(shown), 1), len(table.columns) - 1)
    if len(frame) > MOST_ROWS:
        sheet.write_string(MOST_ROWS + 1, 0, f"… {len(frame) - MOST_ROWS} more rows: see tables/{table.name}.csv")


def _cell(sheet: Any, row: int, column: int, cell: Any, date: Any) -> None:
    """One cell by what it is; nothing where there is nothing."""
    if isinstance(cell, datetime.date):
        sheet.write_datetime(row, column, datetime.datetime(cell.year, cell.month, cell.day), date)
    elif isinstance(cell, str):
        if cell:
            sheet.write_string(row, column, cell)
    elif isinstance(cell, bool) or type(cell).__name__ == "bool":
        sheet.write_boolean(row, column, bool(cell))
    elif cell is not None and math.isfinite(cell):
        sheet.write_number(row, column, float(cell))


def _width(column: Column, frame: pd.DataFrame) -> int:
    longest = max((len(str(cell)) for cell in frame[column.name].head(200)), default=0)
    return max(NARROWEST, min(WIDEST, max(longest, len(column.name) + len(column.unit) + 3)))
