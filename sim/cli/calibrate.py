"""`siap calibrate`: what the known case teaches, whether time was lacking there, and what would move a new label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    FigureFile,
    JsonFile,
    Language,
    Replications,
    Seed,
    app,
    progress_bar,
    save_figure,
    told_of_compiling,
    write_json,
)
from sim.shipped import KNOWN_CASE, REFERENCE

if TYPE_CHECKING:
    from sim.scenario import Scenario


@app.command(name="calibrate")
def calibrate_command(
    source: Annotated[str, typer.Argument(metavar="CASE", help="A scenario of a fitted class of brands.")] = KNOWN_CASE,
    draws: Annotated[int, typer.Option("--draws", help="From what is known before the figure.")] = 20_000,
    error: Annotated[
        float, typer.Option("--error", help="How far a figure as stated is off: standard deviation of its logarithm.")
    ] = 0.2,
    label: Annotated[
        str | None, typer.Option("--label", metavar="SCENARIO", help="Ask too what would move this new label.")
    ] = None,
    information: Annotated[
        bool, typer.Option("--information", help="With --label: ask too which information is worth collecting first.")
    ] = False,
    replications: Replications = None,
    seed: Seed = None,
    figure: FigureFile = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Weigh what is known of a case by what it sold: what was learnt, what was not, was it time."""
    from sim.analysis.calibration import calibrate
    from sim.analysis.causes import causes
    from sim.errors import BadInput
    from sim.experiment.report import columns
    from sim.scenario import Scenario
    from sim.view import calibration as view
    from sim.view.terminal import findings, show

    if information and label is None:
        raise BadInput("--information", "needs a label to ask about", remedy=f"for example --label {REFERENCE}")
    if label is None and replications is not None:
        raise BadInput("--replications", "is for a label", replications, "draws of the case are --draws")
    new = None if label is None else Scenario.load(label)
    with told_of_compiling(language):
        found = calibrate(source, draws, seed, error)
        otherwise = causes(found)
    content: dict[str, Any] = {
        "case": found.case.name,
        "stated_idr": found.weighed.stated,
        "error": error,
        "draws": draws,
        "effective_draws": found.weighed.effective,
        "predictive_idr": view.ends(found.predictive_idr),
        "learnt": columns(found.weighed.learnt),
        "causes": columns(otherwise),
    }
    parts = [
        *findings(view.learnt_sentence(found, language), view.learnt_columns(found, language)),
        *findings(view.predictive_sentence(found, language), {}),
        *findings(view.causes_sentence(otherwise, language), view.causes_columns(otherwise, language)),
    ]
    if new is not None:
        content["label"], more = _of_label(new, information, replications, seed, language)
        parts += more
    if figure is not None:
        save_figure(view.causes_figure(otherwise, language), figure)
    if json_to is not None:
        write_json(json_to, content)
    if json_to != "-":
        show(parts)


def _of_label(
    scenario: Scenario, information: bool, replications: int | None, seed: int | None, language: str
) -> tuple[dict[str, Any], list[Any]]:
    """What would move a new label, and what is worth finding out before its start."""
    from sim.analysis.causes import what_moves
    from sim.analysis.information import REPLICATIONS, start_date
    from sim.experiment.report import columns
    from sim.view import calibration
    from sim.view import information as voi
    from sim.view.terminal import findings

    with progress_bar(scenario.name) as progress:
        moves = what_moves(scenario, replications=replications, seed=seed, progress=progress)
    content: dict[str, Any] = {"scenario": scenario.name, "moves": columns(moves)}
    parts = findings(calibration.moves_sentence(moves, language), calibration.moves_columns(moves, language))
    if information:
        with progress_bar(scenario.name) as progress:
            start = start_date(scenario, replications=replications or REPLICATIONS, seed=seed)
            worth = start.choice.partial(progress)
        content["information"] = {"perfect_idr": start.choice.perfect.estimate, "numbers": columns(worth)}
        parts += findings(voi.sentence(start, worth, language), voi.columns(start, worth, language))
    return content, parts
