"""`siap robust`: whether a choice is good whatever the structure."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    FigureFile,
    JsonFile,
    Language,
    Probability,
    Seed,
    Settings,
    Share,
    Source,
    aimed_at,
    app,
    places,
    progress_bar,
    save_figure,
    tell,
    told_of_compiling,
    with_settings,
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
    share: Share = None,
    probability: Probability = "0.8",
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

    target, aimed = aimed_at(share, probability)
    scenario = with_settings(Scenario.load(source), settings or [])
    options: dict[str, dict[str, Any]] = {robustness.AS_IT_IS: {}} | {text: _settings(text) for text in choice or []}
    structures = robustness.alternatives(scenario, structure or None)
    number = robustness.REPLICATIONS if replications is None else replications
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        found = robustness.robustness(scenario, options, structures, target, aimed, number, seed, progress)
    _told(found, figure, json_to, language)


def _settings(text: str) -> dict[str, Any]:
    """A choice as it is given: one place or several, with a space between."""
    try:
        parts = shlex.split(text)
    except ValueError:
        raise BadInput("--choice", "has a quotation mark that does not end", text) from None
    if not parts:
        raise BadInput("--choice", "must set at least one place", text, "the scenario as it is, is there anyway")
    return places(parts, "--choice")


def _told(found: Robustness, figure: str | None, json_to: str | None, language: str) -> None:
    from sim.experiment.report import columns
    from sim.view import robustness as view

    if figure is not None:
        save_figure(view.dots(found, language), figure)
    content = {
        "scenario": found.scenario.name if found.scenario else None,
        "scenario_digest": found.scenario.digest if found.scenario else None,
        "probability": found.probability,
        "share": found.share,
        "seed": found.seed,
        "replications": found.shares.shape[2],
        "summary": columns(found.summary),
        "pairs": columns(found.pairs),
    }
    tell(view.sentences(found, language), view.table(found, language), content, json_to)
