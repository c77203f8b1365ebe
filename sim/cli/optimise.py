"""`siap optimise`: the least cost of a target, what share costs, where the next million should go."""

from __future__ import annotations

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
    progress_bar,
    save_figure,
    tell,
    told_of_compiling,
    with_settings,
)
from sim.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiment.runner import Progress
    from sim.scenario import Scenario

# What a question does not ask for, by parameter.
IDLE = {"million": ("share", "probability", "vary", "trials", "fresh"), "front": ("share", "probability")}
Lines = tuple[list[str], "pd.DataFrame", Any, dict[str, Any]]  # sentences, the table for people, chart, JSON's content


@app.command(name="optimise")
def optimise_command(
    context: typer.Context,
    source: Source,
    share: Share = None,
    probability: Probability = "0.8",
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary", metavar="NAME=LIST", help="Levels such as 20,40 or 20..60..10, or 20..60; may be repeated."
        ),
    ] = None,
    whole_front: Annotated[bool, typer.Option("--front", help="Cost, share and lead time against each other.")] = False,
    million: Annotated[bool, typer.Option("--million", help="Where one million rupiah more should go.")] = False,
    trials: Annotated[int | None, typer.Option("--trials", help="Settings to try.")] = None,
    settings: Settings = None,
    replications: Annotated[
        int | None, typer.Option("--replications", help="Of each setting while searching; 100 where left out.")
    ] = None,
    fresh: Annotated[
        int | None, typer.Option("--fresh", help="Of what was found, on fresh random numbers; four times as many.")
    ] = None,
    seed: Seed = None,
    figure: FigureFile = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """The least cost with which a target is reached, searched, then told by fresh random numbers."""
    from sim.experiment.design import Factor
    from sim.scenario import Scenario

    if whole_front and million:
        raise BadInput("--front", "is one question and --million another", remedy="leave one out")
    _check(context, "million" if million else "front" if whole_front else "")
    target, aimed = aimed_at(share, probability)
    found = [Factor.parse(text) for text in vary or []]
    levers = {one.path: one.levels for one in found} if found else None
    scenario = with_settings(Scenario.load(source), settings or [])
    count = {"replications": replications} if replications is not None else {}
    asked: dict[str, Any] = {"seed": seed, **count}
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        if million:
            lines = _million(scenario, asked, language, progress)
        else:
            searched = asked | {"levers": levers, "fresh": fresh} | ({} if trials is None else {"trials": trials})
            aim = None if whole_front else {"share": target, "probability": aimed}
            lines = _searched(scenario, aim, searched, language, progress)
    said, table, chart, content = lines
    if figure is not None:
        save_figure(chart, figure)
    tell(said, table, content, json_to)


def _check(context: typer.Context, question: str) -> None:
    """Refuse what a question would pass over in silence."""
    for name in IDLE.get(question, ()):
        source = context.get_parameter_source(name)
        if source is not None and source.name != "DEFAULT":
            raise BadInput(f"--{name}", f"is not for --{question}", remedy="leave one of the two out")


def _searched(
    scenario: Scenario, aim: dict[str, Any] | None, asked: dict[str, Any], language: str, progress: Progress | None
) -> Lines:
    from sim.analysis.optimise import least_cost, trade_offs
    from sim.experiment.report import columns, plain
    from sim.view import optimise as view

    if aim is None:
        traded = trade_offs(scenario, progress=progress, **asked)
        said, shown = view.trade_off_lines(traded, language), view.trade_off_table(traded, language)
        chart, more = view.trade_off_figure(traded, language), {}
        found: Any = traded
    else:
        cheapest = least_cost(scenario, progress=progress, **aim, **asked)
        said, shown = view.least_cost_lines(cheapest, language), view.least_cost_table(cheapest, language)
        chart = view.least_cost_figure(cheapest, language)
        more = {**aim, "state": cheapest.state, "best": plain(cheapest.setting), "now": plain(cheapest.now.to_dict())}
        found = cheapest
    content = {
        "scenario": scenario.name,
        "scenario_digest": scenario.digest,
        "seed": found.drawn.seed,
        "replications": found.drawn.replications,
        "fresh_seed": found.fresh.seed,
        "fresh_replications": found.fresh.replications,
        "trials": found.trials,
        **more,
        "table": columns(found.table),
        "tried": columns(found.tried),
    }
    return said, shown, chart, content


def _million(scenario: Scenario, asked: dict[str, Any], language: str, progress: Progress | None) -> Lines:
    from sim.analysis.million import next_million
    from sim.experiment.report import columns
    from sim.view import optimise as view

    table = next_million(scenario, progress=progress, **asked)
    said, shown = view.million_lines(table, scenario, language), view.million_table(table, scenario, language)
    content: dict[str, Any] = {"scenario": scenario.name, "scenario_digest": scenario.digest}
    content |= {str(name): value for name, value in table.attrs.items()} | {"table": columns(table)}
    return said, shown, view.million_figure(table, scenario, language), content
