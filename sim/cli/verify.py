"""`siap verify`: a research package run again, and every number compared."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.common import JsonFile, Language, app, progress_bar, told_of_compiling, write_json

DIFFERS = 1


@app.command(name="verify")
def verify_command(
    package: Annotated[str, typer.Argument(metavar="FILE", help="A research package, as siap export writes it.")],
    most_work: Annotated[
        float | None,
        typer.Option("--most-work", help="Tries of stages, 5e10 where left out; what asks for more is refused."),
    ] = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Run a research package again and compare every number; exit code 1 if one differs, 2 if it is no package."""
    from sim.package.verify import MOST_WORK, verify
    from sim.text import verified
    from sim.text.catalogue import speaker
    from sim.view.terminal import findings, show

    with told_of_compiling(language), progress_bar(package) as progress:
        verdict = verify(package, progress, most_work=MOST_WORK if most_work is None else most_work)
    _ = speaker(language)
    rows = verdict.table(language)
    if json_to is not None:
        content = {"package": verdict.package, "state": verdict.state, "siap": verdict.manifest.siap}
        write_json(json_to, content | {"findings": rows.to_dict("records")})
    if json_to != "-":
        columns = {
            _("Part of the package"): rows["what"].tolist(),
            _("Verdict"): [_(verified.STATES[state]) for state in rows["state"]],
            _("Detail"): rows["detail"].tolist(),
        }
        show(findings(verdict.sentence(language), columns))
    raise typer.Exit(DIFFERS if verdict.state == "differs" else 0)
