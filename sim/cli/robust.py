"""`siap robust`: whether a choice is good whatever the structure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    FigureFile,
    JsonFile,
    Language,
    Seed,
    Settings,
    Source,
    app,
    chance,
    check_figure,
    check_target,
    fraction,
    progress_bar,
    save_figure,
    told_of_compiling,
    with_settings,
    write_json,
)
from sim.errors import BadInput

if TYPE_CHECKING:
    from sim.analysis.robustness import Robustness


@app.command(name="robust")
def robust_command(
    source: Source,
    choice: Annotated[
        list[str] | None,
        typer.Option(
            "--choice",
            metavar="'NAME=VALUE …'",
            help="One thing that could be chosen beside the scenario as it is; may be repeated.",
        ),
    ] = None,
    structure: Annotated[
        list[str] | None,
        typer.Option("--structure", metavar="NAME", help="Only its alternatives, one at a time; may be repeated."),
    ] = None,
    share: Annotated[
        str | None, typer.Option("--share", help="A fraction such as 0.0003, or 0.03%; left out: ready at all.")
    ] = None,
    probability: Annotated[
        str, typer.Option("--probability", help="With which the target should be reached: 0.8, or 80%.")
    ] = "0.8",
    settings: Settings = None,
    replications: Annotated[
        int | None, typer.Option("--replications", help="Of each choice in each structure; 100 where left out.")
    ] = None,
    seed: Seed = None,
    figure: FigureFile = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Weigh choices in every structure: by regret, by how often they reach the target, by their worst."""
    from sim.analysis import robustness
    from sim.scenario import Scenario
    from sim.text.catalogue import check as check_language

    check_language(language)
    target = None if share is None else fraction(share)
    aimed = chance(probability)
    check_target(json_to)
    check_figure(figure)
    scenario = with_settings(Scenario.load(source), settings or [])
    options: dict[str, dict[str, Any]] = {robustness.AS_IT_IS: {}} | {text: _settings(text) for text in choice or []}
    structures = robustness.alternatives(scenario, structure or None)
    number = robustness.REPLICATIONS if replications is None else replications
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        found = robustness.robustness(scenario, options, structures, target, aimed, number, seed, progress)
    _told(found, figure, json_to, language)


def _settings(text: str) -> dict[str, Any]:
    """A choice as it is given: one place or several, with a space between."""
    from sim.scenario import documents

    made: dict[str, Any] = {}
    try:
        parts = shlex.split(text)
    except ValueError:
        raise BadInput("--choice", "has a quotation mark that does not end", text) from None
    for part in parts:
        name, equals, value = part.partition("=")
        if not (name and equals and value):
            raise BadInput("--choice", "must be NAME=VALUE, or several with spaces between", text)
        made[name] = documents.read(value, f"--choice {name}")
    if not made:
        raise BadInput("--choice", "must set at least one place", text, "the scenario as it is, is there anyway")
    return made


def _told(found: Robustness, figure: str | None, json_to: str | None, language: str) -> None:
    from sim.experiment.report import columns
    from sim.view import robustness as view
    from sim.view.terminal import findings, show

    if figure is not None:
        save_figure(view.dots(found, language), figure)
    if json_to is not None:
        about = {"probability": found.probability, "share": found.share, "seed": found.seed}
        content = {"summary": columns(found.summary), "pairs": columns(found.pairs)}
        write_json(json_to, {"scenario": found.scenario.name if found.scenario else None} | about | content)
    if json_to != "-":
        shown = {str(name): [str(cell) for cell in column] for name, column in view.table(found, language).items()}
        show(findings("\n".join(view.sentences(found, language)), shown))
