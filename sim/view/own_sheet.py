"""The sheet in which a cluster of one's own is handed over: the empty one to write, a filled one to read."""

from __future__ import annotations

from pathlib import Path

from sim.errors import BadInput
from sim.scenario import sheets
from sim.scenario.own_cluster import Reading, read
from sim.scenario.seeds import clusters
from sim.text import own_cluster
from sim.text.catalogue import speaker

COMMA = frozenset({"id"})  # languages that part decimals by a comma
SUFFIXES = (".xlsx", ".csv")


def decimal(language: str) -> str:
    """What parts decimals in what is typed in a language."""
    return "," if language in COMMA else "."


def template(suffix: str, language: str) -> bytes:
    """An empty sheet.

    Parameters
    ----------
    suffix : str
        ``.xlsx`` or ``.csv``.
    language : str
        Of its remarks; its headings are the same in every language.
    """
    if suffix == ".csv":
        return sheets.empty_csv(own_cluster.remarks(language), language in COMMA)
    if suffix == ".xlsx":
        name = speaker(language).pgettext("sheet", "Cluster")
        return sheets.empty_excel(own_cluster.remarks(language), name, own_cluster.refusals(language))
    raise BadInput("--to", "must end in .xlsx or .csv", suffix, "for example cluster.xlsx")


def filled(path: Path) -> Reading:
    """What stands in a sheet, all of it right.

    Raises
    ------
    BadInput
        About the first thing that is wrong: file, row and column, rule, what was received, what to do.
    """
    try:
        with path.open("rb") as file:
            data = file.read(sheets.LARGEST + 1)
    except OSError as error:
        rule = f"cannot be read ({error.strerror or error.__class__.__name__})"
        raise BadInput(str(path), rule, remedy="siap template writes an empty one") from None
    try:
        row = sheets.row(data)
    except sheets.Refused as refused:
        raise own_cluster.refusal(refused.problem, str(path)) from None
    found = read(row.cells, row.decimal, clusters())
    for problem in found.problems:
        raise own_cluster.refusal(problem, f"{path}: row {row.number}")
    return found
