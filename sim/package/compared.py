"""A table of a package beside the one that a rerun gives: the same to the last bit, or where and by how much not.

Bytes that are equal are equal tables, and are not read at all. Of others every cell is compared: numbers by their
bits, everything else as text. What a table cannot be read for is said and not raised: the rest may still be right.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sim.errors import BadInput, one_line
from sim.package import tables
from sim.package.layout import Table

ULPS = 4  # units in the last place by which processors and libraries may differ
BATCH = 65_536  # rows
Cells = dict[str, NDArray[Any]]  # column to float64, or objects that are texts or None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How one table differs from another.

    Attributes
    ----------
    rows : int
        That there should be.
    unread : str
        Why it cannot be compared cell by cell; empty where it could.
    columns : dict of int
        Cells that differ, by column; empty: none.
    first_row : int
        The first row with one, from 1; 0 where there is none.
    largest : float
        Largest relative difference of two numbers; inf where one of them is missing, 0 where only texts differ.
    ulps : float
        Largest difference in units in the last place; inf where a text, or a number that is missing, differs.
    """

    rows: int
    unread: str = ""
    columns: Mapping[str, int] = dataclasses.field(default_factory=dict)
    first_row: int = 0
    largest: float = 0.0
    ulps: float = 0.0

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.unread and not self.columns

    @property
    def last_place(self) -> bool:
        """Whether whatever differs does so in the last places of numbers only."""
        return not self.unread and bool(self.columns) and self.ulps <= ULPS


def compared(data: bytes, form: str, expected: pd.DataFrame, table: Table) -> Comparison:
    """Compare a file of a package with what a rerun gives.

    Parameters
    ----------
    data : bytes
        The file, from anybody.
    form : str
        ``parquet`` or ``csv``.
    expected : DataFrame
        Of the rerun.
    table : Table
    """
    write, read = {
        "parquet": (tables.parquet_bytes, _of_parquet),
        "csv": (tables.csv_bytes, _of_csv),
    }[form]
    mine = write(expected, table)
    if data == mine:
        return Comparison(len(expected))
    try:
        return differences(read(data, table, mine, len(expected)), read(mine, table, mine, len(expected)))
    except BadInput as error:
        return Comparison(len(expected), unread=str(error))


def differences(found: Cells, expected: Cells) -> Comparison:
    """Compare columns of as many cells each."""
    counts: dict[str, int] = {}
    rows, largest, ulps = 0, 0.0, 0.0
    first: list[int] = []
    for name, mine in expected.items():
        theirs, rows = found[name], len(mine)
        other = _other_bits(theirs, mine) if mine.dtype == np.float64 else theirs != mine
        if not other.any():
            continue
        counts[name] = int(other.sum())
        first.append(int(np.argmax(other)) + 1)
        if mine.dtype == np.float64:
            largest = max(largest, _relative(theirs[other], mine[other]))
            ulps = max(ulps, _ulps(theirs[other], mine[other]))
        else:
            ulps = np.inf
    return Comparison(rows, "", counts, min(first, default=0), largest, ulps)


def _other_bits(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    return (a.view(np.int64) != b.view(np.int64)) & ~(np.isnan(a) & np.isnan(b))


def _relative(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        off = np.abs(a / 2 - b / 2) / (np.maximum(np.abs(a), np.abs(b)) / 2)
    off = np.where(a == b, 0.0, np.where(np.isfinite(off), off, np.inf))
    return float(off.max())


def _ulps(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("inf")
    one, other = _order(a), _order(b)
    return float((np.maximum(one, other) - np.minimum(one, other)).max())


def _order(numbers: NDArray[np.float64]) -> NDArray[np.uint64]:
    """The place of each number among all floats."""
    bits = np.ascontiguousarray(numbers).view(np.uint64)
    return np.where(bits >> np.uint64(63), ~bits, bits | np.uint64(1 << 63))


def _of_csv(data: bytes, table: Table, _mine: bytes, rows: int) -> Cells:
    """The cells of a CSV file."""
    try:
        lines = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadInput("", f"cannot be read as CSV ({one_line(str(error))})") from None
    names = [column.name for column in table.columns]
    _same_header(lines[0] if lines else [], names)
    _as_many_rows(len(lines) - 1, rows)
    for number, line in enumerate(lines[1:], 1):
        if len(line) != len(names):
            raise BadInput(f"row {number}", f"must have {len(names)} cells", len(line))
    made: Cells = {}
    for i, column in enumerate(table.columns):
        texts = [line[i] for line in lines[1:]]
        made[column.name] = _numbers(texts, column.name) if column.kind == "number" else _objects(texts)
    return made


def _numbers(texts: list[str], column: str) -> NDArray[np.float64]:
    made = np.full(len(texts), np.nan)
    for i, text in enumerate(texts):
        try:
            if text:
                made[i] = float(text)
        except ValueError:
            raise BadInput(f"row {i + 1}, {column}", "is no number", text) from None
        if text and (np.isnan(made[i]) or "_" in text or text != text.strip()):
            raise BadInput(f"row {i + 1}, {column}", "is no number", text)
    return made


def _objects(texts: list[Any]) -> NDArray[Any]:
    made = np.empty(len(texts), dtype=object)
    made[:] = texts
    return made


def _of_parquet(data: bytes, table: Table, mine: bytes, rows: int) -> Cells:
    """The cells of a Parquet file; texts stay as they lie there, each once, so that few bytes never become many."""
    texts = [column.name for column in table.columns if column.kind == "string"]
    try:
        schema = pq.read_schema(pa.BufferReader(mine))
        with pq.ParquetFile(pa.BufferReader(data), read_dictionary=texts) as file:
            _same_header(file.schema_arrow.names, schema.names)
            for field in schema:
                if (kind := str(_bare(file.schema_arrow.field(field.name).type))) != str(field.type):
                    raise BadInput(field.name, f"must be {field.type}", kind)
            _as_many_rows(file.metadata.num_rows, rows)
            batches, seen = [], 0
            for batch in file.iter_batches(BATCH, use_threads=False):
                if (seen := seen + batch.num_rows) > rows:
                    break
                batches.append(
                    {column.name: _cells(batch.column(column.name), column.kind) for column in table.columns}
                )
            _as_many_rows(seen, rows)
    except BadInput:
        raise
    except Exception as error:  # what a forged file makes Arrow raise is of many kinds
        raise BadInput("", f"cannot be read as Parquet ({one_line(str(error)):.80})") from None
    return {c.name: np.concatenate([batch[c.name] for batch in batches] or [np.empty(0)]) for c in table.columns}


def _bare(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _cells(column: pa.Array, kind: str) -> NDArray[Any]:
    if kind == "number":
        return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    if not pa.types.is_dictionary(column.type):
        return _objects(column.to_pylist())
    words = _objects([*column.dictionary.to_pylist(), None])
    places = column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
    found: NDArray[Any] = words[places]
    return found


def _same_header(found: list[str], expected: list[str]) -> None:
    if found != expected:
        raise BadInput("", f"must have the columns {', '.join(expected)}", found)


def _as_many_rows(found: int, expected: int) -> None:
    if found != expected:
        raise BadInput("", f"must have {expected} rows", found)
