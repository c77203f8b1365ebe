"""What came of a run, as tables that others can read: a row for each replication and lead time, or brand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.experiment import Result
from sim.experiment.result import in_days

SCHEMAS = {
    "shares": pa.schema(
        {
            "replication": pa.int64(),
            "lead_weeks": pa.float64(),
            "share": pa.float64(),
            "sales_idr": pa.float64(),
            "brands_in": pa.float64(),
        }
    ),
    "readiness": pa.schema(
        {
            "replication": pa.int64(),
            "brand": pa.string(),
            "lead_days": pa.float64(),
            "gate": pa.string(),
            "binding": pa.string(),
        }
    ),
}


def shares(result: Result) -> pa.Table:
    """Share, sales and brands by replication and lead time.

    Columns: `replication`, `lead_weeks`, `share` (fraction), `sales_idr`, `brands_in`.
    """
    weeks = result.weeks(None)
    days, count = in_days(weeks), result.replications
    return pa.table(
        {
            "replication": np.repeat(np.arange(count), len(weeks)),
            "lead_weeks": np.tile(weeks, count),
            "share": result.mixed.share(days).ravel(),
            "sales_idr": result.mixed.sales_idr(days).sum(axis=1).ravel(),
            "brands_in": result.mixed.brands_in(days).ravel(),
        },
        schema=SCHEMAS["shares"],
    )


def readiness(result: Result) -> pa.Table:
    """Readiness by replication and brand: `replication`, `brand`, `lead_days` (inf = never), `gate`, `binding`."""
    table = pa.Table.from_pandas(result.readiness, preserve_index=False, nthreads=1)  # none starts at exit
    return table.cast(SCHEMAS["readiness"]).replace_schema_metadata(None)


def table(found: pd.DataFrame) -> pa.Table:
    """The table of a sweep, a row a point; levels that are no numbers are kept as texts."""
    is_number = pd.api.types.is_numeric_dtype
    made = {name: column if is_number(column) else column.astype(str) for name, column in found.items()}
    return pa.Table.from_pandas(pd.DataFrame(made), preserve_index=False).replace_schema_metadata(None)
