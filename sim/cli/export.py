"""`siap export`: runs of the store as one research package."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Language, app, check_target, progress_bar, told_of_compiling
from sim.errors import BadInput

ORCID = re.compile(r"(?P<name>[^<>]+?)\s*(?:<(?:https://orcid\.org/)?(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])>)?")


@app.command(name="export")
def export_command(
    runs: Annotated[list[str], typer.Argument(metavar="RUN…", help="Ids from `siap runs`, twelve digits or more.")],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The ZIP file to write.")],
    title: Annotated[str | None, typer.Option("--title", help="Of the package.")] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(
            "--author", metavar="NAME", help="'Name' or 'Name <0000-0000-0000-0000>' (ORCID); may be repeated."
        ),
    ] = None,
    language: Language = "id",
) -> None:
    """Write runs as one file that anybody can read, cite, and rerun to the last bit."""
    from sim.package.runs import brought_back
    from sim.package.writing import export
    from sim.text.catalogue import speaker

    check_target(to, "--to")
    if Path(to).suffix != ".zip":
        raise BadInput("--to", "must name a .zip file", to, "for example package.zip")
    authors = [_author(one) for one in author or []]
    with told_of_compiling(language), progress_bar(Path(to).name) as progress:
        found = brought_back(runs, progress)
        export(found, to, title, authors, progress)
    _ = speaker(language)
    typer.echo(_("Written and checked: {file}. siap verify reruns it and compares every number.", file=to))


def _author(text: str) -> tuple[str, str]:
    found = ORCID.fullmatch(text.strip())
    if found is None:
        raise BadInput("--author", "must be a name, with an ORCID in angle brackets or none", text)
    return found["name"], found["orcid"] or ""
