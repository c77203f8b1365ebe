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
WORKBOOK, README, PREVIEW = "workbook.xlsx", "README.md", "ro-crate-preview.html"
SCHEMA = f"{SCENARIOS}/scenario.schema.json"
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
    key : tuple of str
        Columns that no two rows have alike.
    columns : tuple of Column
    rerun : bool
        Whether it comes out of the simulation, so that a rerun must give the same; the others say what a run rests on,
        as the version that wrote them knew it.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    rerun: bool = True


RUN = Column("run", "string", "Id of the run: digest of scenario, seed, replications and model version")
REPLICATION = Column("replication", "integer", "Number of the replication, from 0")
LEAD = Column("lead_weeks", "number", "Lead time: from the start of the programme to the event", "weeks")
UNIT = Column("unit", "string", "Unit of the numbers in this row; empty where they have none")

TABLE_OF = {
    table.name: table
    for table in (
        Table(
            "runs",
            "One row a run",
            ("run",),
            (
                RUN,
                Column("scenario", "string", "Name of the scenario"),
                Column("campaign", "string", "Name of its campaign"),
                Column("file", "string", "Its file in the package"),
                Column("digest", "string", "SHA-256 of the resolved scenario without texts and seed"),
                Column("seed", "integer", "Seed of all random numbers"),
                Column("replications", "integer", "Replications simulated"),
                Column("model_version", "string", "Version of the model"),
                Column("event_date", "date", "Day of the event"),
                Column("lead_weeks", "number", "The scenario's own lead time", "weeks"),
            ),
        ),
        Table(
            "shares",
            "One row a run, replication and lead time",
            ("run", "replication", "lead_weeks"),
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
        ),
        Table(
            "readiness",
            "One row a run, replication and brand",
            ("run", "replication", "brand"),
            (
                RUN,
                REPLICATION,
                Column("brand", "string", "Name of the brand"),
                Column("lead_days", "number", "Shortest lead time that passes every gate; empty where never", "days"),
                Column("never", "boolean", "Whether no lead time is enough"),
                Column("gate", "string", "Gate that binds"),
                Column("binding", "string", "What holds the brand back: a gate, cap, stage or queue"),
            ),
        ),
        Table(
            "summary",
            "One row a run, outcome and lead time",
            ("run", "outcome", "lead_weeks"),
            (
                RUN,
                Column("outcome", "string", "share, sales_idr, brands_in or ready (part of replications)"),
                UNIT,
                LEAD,
                Column("mean", "number", "Mean over replications", "see unit"),
                Column("mean_low", "number", "Low end of the mean's 90 % interval", "see unit"),
                Column("mean_high", "number", "High end of the mean's 90 % interval", "see unit"),
                Column("method", "string", "Of the interval: t (Student) or wilson (a proportion)"),
                Column("p05", "number", "5 % quantile over replications", "see unit"),
                Column("p50", "number", "Median over replications", "see unit"),
                Column("p95", "number", "95 % quantile over replications", "see unit"),
                Column("replications", "integer", "Replications it rests on"),
            ),
        ),
        Table(
            "design",
            "One row a run and place of the scenario that is not the same in all runs of that scenario",
            ("run", "path"),
            (
                RUN,
                Column("path", "string", "Place in the scenario file that is varied"),
                UNIT,
                Column(
                    "number",
                    "number",
                    "Its value there, or its most likely one; empty for a word",
                    "see unit",
                ),
                Column("text", "string", "The word that stands there"),
            ),
        ),
        Table(
            "comparisons",
            "One row a run and outcome: its difference from the first run of the same campaign, seed and replications",
            ("run", "outcome"),
            (
                RUN,
                Column("base", "string", "Run it is compared with, replication by replication"),
                Column("outcome", "string", "share or sales_idr, each run at its scenario's own lead time"),
                UNIT,
                Column("mean", "number", "Mean of the differences, this run less the base", "see unit"),
                Column("mean_low", "number", "Low end of that mean's 90 % interval (paired t)", "see unit"),
                Column("mean_high", "number", "High end of that mean's 90 % interval (paired t)", "see unit"),
                Column("p", "number", "How probable a mean as far from 0 is by luck alone (paired t)", "fraction"),
                Column("p_holm", "number", "The same, corrected for all comparisons of the outcome (Holm)", "fraction"),
                Column(
                    "variance_ratio",
                    "number",
                    "Variance of the differences over that of unpaired ones: below 1 common random numbers helped",
                    "ratio",
                ),
                Column("pairs", "integer", "Replications compared"),
            ),
        ),
        Table(
            "parameters",
            "One row a run and number of its scenario",
            ("run", "path"),
            (
                RUN,
                Column("path", "string", "Where it stands in the scenario file"),
                UNIT,
                Column("value", "number", "Value in force, or most likely value", "see unit"),
                Column("low", "number", "Low end of its range; empty where it is certain", "see unit"),
                Column("high", "number", "High end of its range; empty where it is certain", "see unit"),
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
            ("id",),
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

FRACTION = "fraction"
# What is drawn in each kind of figure, by what its file names end in.
FIGURE_COLUMNS: dict[str, tuple[Column, ...]] = {
    "share": (
        LEAD,
        Column("mean", "number", "Mean share of the event's sales over replications", FRACTION),
        Column("p05", "number", "5 % quantile over replications", FRACTION),
        Column("p50", "number", "Median over replications", FRACTION),
        Column("p95", "number", "95 % quantile over replications", FRACTION),
    ),
    "readiness": (
        LEAD,
        Column("brand", "string", "Name of the brand, or the mean of all where they are many"),
        Column("ready", "number", "Part of the replications in which it passes every gate", FRACTION),
    ),
    "holding": (
        Column("binding", "string", "What holds back the brand that is ready last: a gate, cap, stage or queue"),
        Column("share", "number", "Part of the replications in which it does", FRACTION),
    ),
}
