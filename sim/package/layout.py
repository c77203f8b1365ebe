"""What lies where in a package, and what each column of its tables is.

A package is a ZIP file that is at once an RO-Crate (Process Run Crate 0.5 on RO-Crate 1.1) and a Data Package 2.0.
Whoever writes one and whoever reads one go by this.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

FORM = 1  # of the layout; raised where an older reader could misread it
MANIFEST = "package.json"  # form, versions, and for each run its scenario file, seed, replications and engine
CHECKSUMS = "checksums.sha256"  # of every other file, as sha256sum writes and checks them
CRATE, DATAPACKAGE = "ro-crate-metadata.json", "datapackage.json"
SCENARIOS, TABLES, FIGURES, ENVIRONMENT = "scenarios", "tables", "figures", "environment"
WORKBOOK, README = "workbook.xlsx", "README.md"
TABLE_FORMS = ("parquet", "csv")

Kind = Literal["string", "integer", "number", "boolean", "date"]


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    kind : str
        As Data Package has it.
    meaning : str
    unit : str
        Empty where it has none.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""


@dataclasses.dataclass(frozen=True)
class Table:
    """One table of a package.

    Attributes
    ----------
    name : str
    title : str
    columns : tuple of Column
    rerun : bool
        Whether it comes out of the simulation, so that a rerun must give the same.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rerun: bool


RUN = Column("run", "string", "Id of the run: digest of scenario, seed, replications and model version")
REPLICATION = Column("replication", "integer", "Number of the replication, from 0")
LEAD = Column("lead_weeks", "number", "Lead time: from the start of the programme to the event", "weeks")

TABLE_OF = {
    table.name: table
    for table in (
        Table(
            "runs",
            "One row a run",
            (
                RUN,
                Column("scenario", "string", "Name of the scenario"),
                Column("file", "string", "Its file in the package"),
                Column("digest", "string", "SHA-256 of the resolved scenario without texts and seed"),
                Column("seed", "integer", "Seed of all random numbers"),
                Column("replications", "integer", "Replications simulated"),
                Column("model_version", "string", "Version of the model"),
                Column("event_date", "date", "Day of the event"),
                Column("lead_weeks", "number", "The scenario's own lead time", "weeks"),
            ),
            rerun=True,
        ),
        Table(
            "shares",
            "One row a run, replication and lead time",
            (
                RUN,
                REPLICATION,
                LEAD,
                Column(
                    "share", "number", "Share of the event's sales, chance and knowledge drawn together", "fraction"
                ),
                Column("sales_idr", "number", "Gross sales of all brands", "rupiah"),
                Column("brands_in", "number", "Brands that pass every gate", "brands"),
            ),
            rerun=True,
        ),
        Table(
            "readiness",
            "One row a run, replication and brand",
            (
                RUN,
                REPLICATION,
                Column("brand", "string", "Name of the brand"),
                Column("lead_days", "number", "Shortest lead time that passes every gate; empty where never", "days"),
                Column("never", "boolean", "Whether no lead time is enough"),
                Column("gate", "string", "Gate that binds"),
                Column("binding", "string", "What holds the brand back: a gate, cap, stage or queue"),
            ),
            rerun=True,
        ),
        Table(
            "summary",
            "One row a run, outcome and lead time",
            (
                RUN,
                Column("outcome", "string", "share, sales_idr, brands_in or ready (part of replications)"),
                LEAD,
                Column("mean", "number", "Mean over replications", "of the outcome"),
                Column("mean_low", "number", "Low end of the mean's 90 % interval", "of the outcome"),
                Column("mean_high", "number", "High end of the mean's 90 % interval", "of the outcome"),
                Column("method", "string", "Of the interval: t (Student) or wilson (a proportion)"),
                Column("p05", "number", "5 % quantile over replications", "of the outcome"),
                Column("p50", "number", "Median over replications", "of the outcome"),
                Column("p95", "number", "95 % quantile over replications", "of the outcome"),
                Column("replications", "integer", "Replications it rests on"),
            ),
            rerun=True,
        ),
        Table(
            "parameters",
            "One row a run and number of its scenario",
            (
                RUN,
                Column("path", "string", "Where it stands in the scenario file"),
                Column("value", "number", "Value in force, or most likely value"),
                Column("low", "number", "Low end of its range; empty where it is certain"),
                Column("high", "number", "High end of its range; empty where it is certain"),
                Column("layer", "string", "knowledge (drawn once a replication), lever (chosen) or certain"),
                Column("rows", "string", "Evidence rows it rests on"),
                Column("assumption", "string", "Why it was assumed, where it was"),
                Column("given", "string", "Who gave it, where somebody did"),
            ),
            rerun=False,
        ),
        Table(
            "evidence",
            "Evidence rows that the scenarios rest on",
            (
                Column("id", "string", "Number of the row"),
                Column("topic", "string", "What part of the model it is about"),
                Column("parameter", "string", "What it is a figure of"),
                Column("low", "string", "Low end, as the source has it"),
                Column("central", "string", "Central value, as the source has it"),
                Column("high", "string", "High end, as the source has it"),
                Column("unit", "string", "Unit"),
                Column("year", "string", "Year"),
                Column("source", "string", "Source"),
                Column("url", "string", "Address"),
                Column("confidence", "string", "high, medium, low or assumption"),
                Column("audit", "string", "What the audit found"),
                Column("note", "string", "What is weak about it"),
            ),
            rerun=False,
        ),
    )
}
