"""Lists of numbers as Arrow columns and back."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Values = NDArray[Any]
COMPRESSION, LEVEL = "zstd", 3


def rows(parts: Sequence[Values]) -> pa.Array:
    """A list of numbers in each row."""
    return pa.ListArray.from_arrays(_offsets([p.size for p in parts]), pa.array(_joined([p.ravel() for p in parts])))


def nested(parts: Sequence[Sequence[Values]]) -> pa.Array:
    """A list of lists in each row."""
    inner = [p.ravel() for row in parts for p in row]
    lists = pa.ListArray.from_arrays(_offsets([p.size for p in inner]), pa.array(_joined(inner)))
    return pa.ListArray.from_arrays(_offsets([len(row) for row in parts]), lists)


def arrays(column: pa.ChunkedArray) -> list[Values]:
    """The numbers of each row."""
    whole = column.combine_chunks()
    return _cut(whole.values.to_numpy(zero_copy_only=False), whole.offsets.to_numpy())


def nested_arrays(column: pa.ChunkedArray) -> list[list[Values]]:
    """The numbers of each list of each row."""
    whole = column.combine_chunks()
    inner = whole.values
    parts = _cut(inner.values.to_numpy(zero_copy_only=False), inner.offsets.to_numpy())
    return [parts[a:b] for a, b in itertools.pairwise(whole.offsets.to_numpy().tolist())]


def to_bytes(parts: Iterable[pa.Table]) -> memoryview:
    """A table as a Parquet file, made of parts of which one at a time is needed; the same bytes for the same parts."""
    out, each = pa.BufferOutputStream(), iter(parts)
    first = next(each)
    # Texts repeat themselves. Of numbers, most of which are different, a dictionary costs as much time as all the rest.
    texts = [field.name for field in first.schema if pa.types.is_string(field.type)]
    how = {"compression": COMPRESSION, "compression_level": LEVEL, "use_dictionary": texts}
    with pq.ParquetWriter(out, first.schema, **how) as file:
        for part in itertools.chain([first], each):
            file.write_table(part)
    return memoryview(out.getvalue()).cast("B")


def from_bytes(data: bytes | memoryview) -> pa.Table:
    """The table of a Parquet file."""
    return pa.concat_tables(parts_of(data))


def parts_of(data: bytes | memoryview) -> Iterator[pa.Table]:
    """The same in the parts of which it was made."""
    with pq.ParquetFile(pa.BufferReader(data)) as file:
        for i in range(file.num_row_groups):
            yield file.read_row_group(i, use_threads=False)  # memory that threads needed would stay theirs


def tidy() -> None:
    """Give back to the system what Arrow needed for a moment and would keep: for a large run, more than the run."""
    pa.default_memory_pool().release_unused()


def _offsets(sizes: Sequence[int]) -> pa.Array:
    return pa.array(np.cumsum([0, *sizes]), type=pa.int32())


def _joined(parts: Sequence[Values]) -> Values:
    return np.concatenate(parts) if parts else np.empty(0)


def _cut(values: Values, offsets: Values) -> list[Values]:
    return [values[a:b].copy() for a, b in itertools.pairwise(offsets.tolist())]  # each can be let go of by itself
