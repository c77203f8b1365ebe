"""`siap discover`: where a choice fails."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.common import (
    FigureFile,
    JsonFile,
    Language,
    Numbers,
    Replications,
    Seed,
    Settings,
    Share,
    Source,
    Workers,
    aimed_at,
    app,
    progress_bar,
    save_figure,
    tell,
    told_if_stopped,
    told_of_compiling,
    with_settings,
)

if TYPE_CHECKING:
    from sim.analysis.discovery import Cases, Discovery
    from sim.analysis.space import Space


@app.command(name="discover")
def discover_command(
    source: Source,
    probability: Annotated[
        str, typer.Option("--probability", help="A case fails if the target is reached in less: 0.8, or 80%.")
    ] = "0.8",
    share: Share = None,
    count: Annotated[int, typer.Option("--cases", help="How many; at least 40, and twice as many as vary.")] = 200,
    method: Annotated[
        str | None, typer.Option("--method", help="prim, or cart (a tree); prim where it is installed if left out.")
    ] = None,
    numbers: Numbers = None,
    strongest: Annotated[
        int | None, typer.Option("--strongest", metavar="N", help="Or only the N that change an answer most.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="NAME=LIST", help="Vary this, too: levels, or a range such as 52..208."),
    ] = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    figure: FigureFile = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """When a choice fails: the part of what nobody knows in which the target is mostly missed."""
    from sim.analysis import discovery
    from sim.errors import unknown
    from sim.view import discovery as view

    target, aimed = aimed_at(share, probability)
    if method is not None and method not in discovery.METHODS:
        raise unknown("--method", "method", method, discovery.METHODS)
    method = discovery.available(method)  # before a long run, and not after it
    space = _space(source, settings, numbers, strongest, vary, seed, language)
    number = discovery.REPLICATIONS if replications is None else replications
    with told_if_stopped(language), told_of_compiling(language), progress_bar(space.scenario.name) as progress:
        cases = discovery.cases(space, aimed, target, count, number, seed, workers, progress)
    found = discovery.discover(cases, method)
    if figure is not None:
        _draw(found, figure, language)
    tell(view.sentences(found, language), view.table(found, language), report(found), json_to)


def _space(
    source: str,
    settings: list[str] | None,
    numbers: list[str] | None,
    strongest: int | None,
    vary: list[str] | None,
    seed: int | None,
    language: str,
) -> Space:
    """What is varied, as the options have it."""
    from sim.analysis import discovery
    from sim.analysis.space import Space
    from sim.errors import BadInput
    from sim.experiment.design import Factor
    from sim.scenario import Scenario

    if numbers and strongest is not None:
        raise BadInput("--strongest", "cannot be given with --numbers", strongest)
    scenario = with_settings(Scenario.load(source), settings or [])
    factors = [Factor.parse(text) for text in vary or []]
    if strongest is not None:
        with told_of_compiling(language), progress_bar(scenario.name) as progress:
            numbers = discovery.strongest(scenario, strongest, seed=seed, progress=progress)
    varied = {factor.path for factor in factors}
    if numbers is None:  # what is varied as a lever is no uncertain number beside it
        from sim.experiment.tornado import uncertain

        numbers = [path for path in uncertain(scenario) if path not in varied]
    numbers = [path for path in numbers if strongest is None or path not in varied]
    return Space.of(scenario, numbers, {factor.path: factor.levels for factor in factors})


def _draw(found: Discovery, figure: str, language: str) -> None:
    """The cases over what the first box limits most; without a box there is nothing to draw them over."""
    from sim.text.catalogue import speaker
    from sim.view.discovery import scatter

    if found.boxes:
        save_figure(scatter(found, language), figure)
        return
    _ = speaker(language)
    typer.echo(f"siap: {_('no chart is written, since no part stands out.')}", err=True)


def report(found: Discovery) -> dict[str, Any]:
    """What was found as plain data; what does not limit or is not known is null."""
    from sim.experiment.report import plain

    cases: Cases = found.cases
    described = {
        "scenario": None if cases.scenario is None else cases.scenario.name,
        "scenario_digest": None if cases.scenario is None else cases.scenario.digest,
        "method": found.method,
        "probability": cases.probability,
        "share": cases.share,
        "seed": cases.seed,
        "replications": cases.replications,
        "cases": len(cases.points),
        "failed": int(cases.failed.sum()),
        "undecided": cases.undecided,
        "coverage": found.coverage,
    }
    held = dataclasses.asdict(found.held_out)
    content = {"held_out": held, "boxes": found.table.to_dict("records"), "table": cases.table.to_dict("list")}
    return described | plain(content)
