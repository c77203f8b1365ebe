"""The command `siap sensitivity`: which numbers carry an answer, and what it owes to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    FigureFile,
    JsonFile,
    Language,
    Numbers,
    Replications,
    Seed,
    Settings,
    Source,
    Workers,
    app,
    progress_bar,
    save_figure,
    told_if_stopped,
    told_of_compiling,
    with_settings,
    write_json,
)
from sim.errors import BadInput, unknown

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.space import Space
    from sim.experiment.runner import Progress
    from sim.scenario import Scenario

METHODS = ("morris", "sobol", "variance")


@app.command(name="sensitivity")
def sensitivity_command(
    source: Source,
    response: Annotated[
        str, typer.Option("--response", help="share, sales_idr, ready, brands_in or programme_idr.")
    ] = "share",
    method: Annotated[
        str,
        typer.Option("--method", help="morris (screening), sobol (parts of the variance) or variance (chance or not)."),
    ] = "morris",
    points: Annotated[
        int | None,
        typer.Option("--points", help="morris: trajectories; sobol: a power of 2; variance: points of knowledge."),
    ] = None,
    numbers: Numbers = None,
    count: Annotated[
        int | None, typer.Option("--count", help="sobol: so many of the strongest; 8 where left out.")
    ] = None,
    figure: FigureFile = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Which uncertain numbers carry an answer, each with its interval; or what of it is chance, and what knowledge."""
    from sim.analysis.space import Space
    from sim.scenario import Scenario

    _check(method, count)
    scenario = with_settings(Scenario.load(source), settings or [])
    space = Space.of(scenario, numbers or None)
    with told_if_stopped(language), told_of_compiling(language), progress_bar(scenario.name) as progress:
        found = _found(method, space, response, points, count, (replications, seed, workers), progress)
    _told(found, scenario, figure, json_to, language)


def _check(method: str, count: int | None) -> None:
    """Refuse what cannot be, before a long run and not after it."""
    from sim.experiment.extra import library

    if method not in METHODS:
        raise unknown("--method", "method", method, METHODS)
    if count is not None and method != "sobol":
        raise BadInput("--count", "is for sobol", count, "add --method sobol, or leave it out")
    if method != "variance":
        library("SALib")


def _found(
    method: str,
    space: Space,
    response: str,
    points: int | None,
    count: int | None,
    how: tuple[int | None, int | None, int | None],
    progress: Progress | None,
) -> pd.DataFrame:
    """What the method finds; where nothing is said, with as many points as it takes by itself."""
    from sim.analysis import sensitivity, variance

    if method == "morris":
        size = sensitivity.TRAJECTORIES if points is None else points
        return sensitivity.morris(space, response, size, sensitivity.LEVELS, *how, progress)
    if method == "sobol":
        size = sensitivity.POINTS if points is None else points
        most = sensitivity.STRONGEST if count is None else count
        return sensitivity.sobol(space, response, size, most, *how, progress)
    return variance.variance(space, response, variance.POINTS if points is None else points, *how, progress)


def _told(found: pd.DataFrame, scenario: Scenario, figure: str | None, json_to: str | None, language: str) -> None:
    """Write and print what was found."""
    from sim.experiment.report import columns
    from sim.view import sensitivity

    if figure is not None:
        save_figure(sensitivity.chart(found, scenario, language), figure)
    if json_to is not None:
        about = {str(name): value for name, value in found.attrs.items()}
        write_json(json_to, {"scenario": scenario.name} | about | {"table": columns(found)})
    if json_to != "-":
        from sim.view.terminal import sensitivity_table, show

        show(sensitivity_table(found, scenario, language))
