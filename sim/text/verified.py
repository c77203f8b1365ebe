"""What is said of a research package that was verified: a sentence for the whole, and one for each look at it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.text import formats
from sim.text.catalogue import N_, speaker

STATES = {
    "same": N_("the same"),
    "differs": N_("differs"),
    "last-place": N_("differs in the last place"),
    "unchecked": N_("not checked"),
}
# Kind of finding to what is said; fields are those of what was found, and what is below.
DETAILS = {
    "manifest": N_("Form {form}, written by Siap {siap} at {made}."),
    "whole": N_("Each of the {n} files is as it was written, and there is no other."),
    "missing": N_("Is listed, and not in the package."),
    "extra": N_("Is in the package, and not listed."),
    "changed": N_("Is not what was written: its checksum is another."),
    "no-scenario": N_("Run {run} has no scenario in the package."),
    "scenario": N_("Its digest {digest} is the one stated."),
    "digest": N_("Its digest is {found}, and {stated} is stated."),
    "name": N_("Is called {found}, and {stated} is stated."),
    "id": N_("This id does not belong to the scenario with seed {seed} and {replications} replications."),
    "engine": N_("Made with engine {stated}, which is not here; run again with {used}, which gives the same numbers."),
    "model": N_("Made by version {stated} of the model, and run again with {used}: numbers may rightly differ."),
    "system": N_("Made on another system: {differences}. The last places of numbers may differ."),
    "not-rerun": N_("Nothing to compare it with, since not every run could be run again."),
    "no-rerun": N_("The other {n} files: figures, texts, workbook. Only their checksums were looked at."),
    "other-version": N_("Is not what this version of Siap would say of the runs; Siap {stated} wrote it."),
    "no-table": N_("Is not in the package."),
    "unread": N_("Cannot be compared: {reason}"),
    "table-same": N_("Comes out again to the last bit; rows: {rows}."),
    "table-last-place": N_(
        "Of {rows} rows, cells that differ by at most {ulps} units in the last place: {columns}; the first in row "
        "{row}. Another processor or library rounds so; the model gave the same."
    ),
    "table-differs": N_("Of {rows} rows, cells that differ: {columns}; the first in row {row}; {largest}."),
}


def detail(kind: str, about: Mapping[str, Any], language: str) -> str:
    """What is said of one finding.

    Parameters
    ----------
    kind : str
        One of `DETAILS`.
    about : mapping
        Its fields, as they were found.
    """
    _ = speaker(language)
    fields = dict(about)
    for name in ("n", "rows", "row", "replications"):
        if name in fields:
            fields[name] = formats.number(fields[name], language)
    if "columns" in fields:
        cells = [f"{column} ({formats.number(n, language)})" for column, n in fields["columns"].items()]
        fields["columns"] = formats.listed(cells, language)
        fields["largest"] = _largest(fields["largest"], fields["ulps"], language)
        fields["ulps"] = f"{fields['ulps']:g}"  # said where they are few
    if "differences" in fields:
        pairs = [f"{name} {there} → {here or '–'}" for name, there, here in fields["differences"]]
        fields["differences"] = "; ".join(pairs)
    return _(DETAILS[kind], **fields)


def _largest(largest: float, ulps: float, language: str) -> str:
    _ = speaker(language)
    if math.isinf(largest):
        return _("a number stands where there is none, or the other way round")
    if largest == 0 and math.isinf(ulps):
        return _("they are texts")
    return _("the largest relative difference is {n}", n=_small(largest, language))


def _small(number: float, language: str) -> str:
    """A number of any size with two digits: 3.1e-16 has too many noughts to be written out."""
    if number == 0 or number >= 1e-6:
        return formats.number(number, language, 2)
    digits, power = f"{number:.1e}".split("e")
    return f"{formats.number(float(digits), language, 2)}e{int(power)}"


def verdict(state: str, count: int, siap: str, language: str) -> str:
    """The verdict on a package.

    Parameters
    ----------
    state : str
        Of the whole.
    count : int
        Findings that are in it.
    siap : str
        Version that wrote it.
    """
    _ = speaker(language)
    n = formats.number(count, language)
    if state == "same":
        return _("The package is whole, and a rerun gives every number again, to the last bit.")
    if state == "last-place":
        return _(
            "The package is whole, and a rerun gives its numbers again, but for last places; tables with such: {n}.",
            n=n,
        )
    if state == "unchecked":
        return _("The package is whole, but nothing of it could be run again.")
    return _("The package is not what it says it is; parts that differ: {n}. Siap {siap} wrote it.", n=n, siap=siap)
