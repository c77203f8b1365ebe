"""One row of a spreadsheet, from the bytes of a CSV or an Excel file; and the empty sheet to fill in.

No formula is ever computed: of a cell that holds one there are only its letters. CSV is read as spreadsheets write it
in any country: with commas, semicolons or tabs, in UTF-8, UTF-16 or the old code page of Windows.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sim.errors import one_line, unknown
from sim.scenario.own_cluster import COLUMNS, Cell, Odd, Percent, Problem, models, shown
from sim.scenario.seeds import clusters

LARGEST = 1_000_000  # bytes of a file
LARGEST_UNPACKED = 10_000_000  # bytes in an Excel file
MOST_ROWS, MOST_COLUMNS = 200, 200
REMARK = "#"  # begins a row that is only read by people
ZIP = b"PK\x03\x04"
SEPARATORS = ";,\t"
COMMA_COUNTRIES = ";\t"  # separators that are used where the comma is taken, for decimals


class Refused(ValueError):
    """A file that cannot be used at all."""

    def __init__(self, kind: str, received: Any = None, **about: Any) -> None:
        super().__init__(kind)
        self.problem = Problem("", kind, received, about)


class Row(NamedTuple):
    """The one row of a sheet.

    Attributes
    ----------
    cells : dict
        Column to what stands there.
    decimal : str
        What parts decimals in its texts.
    number : int
        Of the row in the sheet, from 1.
    """

    cells: dict[str, Cell]
    decimal: str
    number: int


def row(data: bytes) -> Row:
    """The row with the cluster.

    Raises
    ------
    Refused
    """
    if len(data) > LARGEST:
        raise Refused("large", len(data), most=LARGEST)
    lines, decimal = (_excel(data), ".") if data.startswith(ZIP) else _csv(data)
    filled = [(i, cells) for i, cells in enumerate(lines, 1) if not _skipped(cells)]
    if not filled:
        raise Refused("empty")
    (_, header), rows = filled[0], filled[1:]
    columns = _columns(header)
    if len(rows) != 1:
        raise Refused("rows", len(rows)) if rows else Refused("no-row")
    number, cells = rows[0]
    nameless = [cell for i, cell in enumerate(cells) if not _blank(cell) and (i >= len(columns) or not columns[i])]
    if nameless:
        raise Refused("nameless", shown(nameless[0]), row=number)
    return Row({name: cell for name, cell in zip(columns, cells, strict=False) if name}, decimal, number)


def _skipped(cells: Sequence[Cell]) -> bool:
    """Whether a row is empty, or for people only."""
    first = cells[0] if cells else ""
    return all(map(_blank, cells)) or (isinstance(first, str) and first.lstrip().startswith(REMARK))


def _blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip()


def _columns(header: Sequence[Cell]) -> list[str]:
    """The names over the columns, empty where there is none."""
    names = [shown(cell).strip().lower() for cell in header]
    for name in names:
        if name and name not in COLUMNS:
            raise Refused("column", name, remedy=unknown("", "column", name, COLUMNS).remedy)
        if name and names.count(name) > 1:
            raise Refused("twice", name)
    while names and not names[-1]:
        names.pop()
    return names


def _csv(data: bytes) -> tuple[list[list[Cell]], str]:
    text = _decoded(data)
    first, _end, rest = text.partition("\n")
    named = first.strip().lower()
    if named.startswith("sep=") and len(named) == 5:  # how Excel is told, and what it then leaves in the file
        separator, text = named[4], rest
    else:
        separator = max(SEPARATORS, key=first.count)
    if separator not in SEPARATORS:
        raise Refused("separator", separator)
    try:
        lines: list[list[Cell]] = [
            list(line) for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        ]
    except csv.Error as error:
        raise Refused("csv", one_line(str(error))) from None
    if len(lines) > MOST_ROWS:
        raise Refused("long-sheet", len(lines), most=MOST_ROWS)
    return lines, "," if separator in COMMA_COUNTRIES else "."


def _decoded(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    for name in (encoding, "cp1252"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Refused("no-text")


def _excel(data: bytes) -> list[list[Cell]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise Refused("large", unpacked, most=LARGEST_UNPACKED)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        found = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS)
        lines = [[_cell(cell) for cell in line] for line in found]
    except Refused:
        raise
    except Exception:  # what a broken file makes openpyxl raise is of any kind
        raise Refused("excel") from None
    if len(lines) > MOST_ROWS:
        raise Refused("long-sheet", len(lines), most=MOST_ROWS)
    return lines


# What openpyxl says of a cell that holds neither text nor number.
ODD = {"f": "formula", "e": "error", "b": "truth", "d": "date"}


def _cell(cell: Any) -> Cell:
    """What stands in a cell of Excel; a formula is not computed, and what was computed before is not looked at."""
    found = cell.value
    if found is None:
        return ""
    if (kind := ODD.get(cell.data_type)) is not None:
        return Odd(kind, str(getattr(found, "text", found)))
    if isinstance(found, int | float):
        return Percent(float(found) * 100) if "%" in str(cell.number_format) else float(found)
    return str(found)


def empty_csv(remarks: Iterable[Sequence[str]], comma: bool) -> bytes:
    """A CSV file to fill in.

    Parameters
    ----------
    remarks : iterable of sequence of str
        Rows that only people read, a text for each column.
    comma : bool
        Whether the comma parts decimals where it will be opened, so that semicolons part the cells.
    """
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=";" if comma else ",", lineterminator="\r\n")
    lines.writerows([list(COLUMNS), *_marked(remarks)])
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another code page


def _marked(remarks: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    for first, *rest in remarks:
        yield [f"{REMARK} {first}", *rest]


def empty_excel(remarks: Iterable[Sequence[str]], sheet_name: str, refusals: dict[str, str]) -> bytes:
    """An Excel file to fill in, which itself refuses what is out of range.

    Parameters
    ----------
    remarks : iterable of sequence of str
        Rows that only people read, a text for each column.
    sheet_name : str
    refusals : dict
        Column to what is said when its cell is filled with something impossible.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = sheet_name
    for line in [list(COLUMNS), *_marked(remarks)]:
        sheet.append(line)
    mine = sheet.max_row + 1
    for number, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 26
        sheet.cell(1, number).font = Font(bold=True)
        for above in range(2, mine):
            sheet.cell(above, number).font = Font(color="666666", italic=True)
            sheet.cell(above, number).alignment = Alignment(wrap_text=True, vertical="top")
        target = sheet.cell(mine, number)
        target.fill = PatternFill("solid", fgColor="FFF4CE")
        field = COLUMNS[column]
        target.number_format = "0.##%" if field.percent else "General" if field.measure else "@"
        if (rule := _rule(column, refusals[column])) is not None:
            sheet.add_data_validation(rule)
            rule.add(f"{letter}{mine}")
    sheet.freeze_panes = sheet.cell(2, 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _rule(column: str, refusal: str) -> Any:
    """What Excel itself checks in a cell; None where anything goes."""
    from openpyxl.worksheet.datavalidation import DataValidation

    field = COLUMNS[column]
    if column == "like":
        names = ",".join(models(clusters()))
        return DataValidation("list", formula1=f'"{names}"', error=refusal, showErrorMessage=True)
    if field.measure is None:
        return None
    low, high = f"{field.measure.at_least:.15g}", f"{field.measure.at_most:.15g}"
    kind = "whole" if field.whole else "decimal"
    return DataValidation(
        kind, operator="between", formula1=low, formula2=high, error=refusal, showErrorMessage=True, allow_blank=True
    )
