"""The commands: scenarios listed, checked, run, asked; the notebooks served."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    BAD_INPUT,
    Engine,
    JsonFile,
    Language,
    Probability,
    Replications,
    Seed,
    Settings,
    Share,
    Source,
    Today,
    Workers,
    aimed_at,
    app,
    check_target,
    chosen_for,
    date_of,
    fraction,
    progress_bar,
    refused_as,
    simulated,
    told_if_stopped,
    told_of_compiling,
    with_settings,
    write_json,
)
from sim.errors import BadInput
from sim.shipped import REFERENCE


@app.command()
def scenarios(language: Language = "id") -> None:
    """List the shipped scenarios."""
    from sim.scenario import scenario_names
    from sim.view.terminal import scenario_table, show

    show(scenario_table(scenario_names(), language))


@app.command()
def check(files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Seed files of any kind.")]) -> None:
    """Validate seed files, and what they use; exit code 2 if one is bad."""
    from sim.scenario import Scenario
    from sim.scenario.seeds import opened

    bad = 0
    for file in files:
        try:
            kind, found = opened(file)
        except BadInput as error:
            typer.echo(f"siap: {error}", err=True)
            bad += 1
        else:
            digest = f", digest {found.digest[:12]}" if isinstance(found, Scenario) else ""
            typer.echo(f"{file}: ok, {kind} {found.name}{digest}")
    raise typer.Exit(BAD_INPUT if bad else 0)


@app.command()
def run(
    source: Source,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    json_to: JsonFile = None,
    brands: Annotated[str, typer.Option("--brands", help="all: every brand, however many.")] = "few",
    precision: Annotated[
        float | None,
        typer.Option("--precision", help="Choose the replications: half a 90% interval over its mean, such as 0.05."),
    ] = None,
    language: Language = "id",
) -> None:
    """Simulate: readiness, share against lead time, what holds it back."""
    from sim.experiment import report

    if brands not in ("few", "all"):
        raise BadInput("--brands", "must be few or all", brands)
    asked = source, settings, replications, seed, engine, language
    chosen = None if precision is None else chosen_for(precision, *asked)
    count = chosen.replications if chosen else replications
    result = simulated(source, settings, count, seed, engine, language, chosen)
    if json_to is not None:
        with progress_bar(result.scenario.name) as progress:
            result.simulated_chance(progress)
        write_json(json_to, report(result, brands == "all", chosen))
    if json_to != "-":
        from sim.view.terminal import precision_table, result_tables, show

        show([*result_tables(result, language), *([precision_table(chosen, language)] if chosen else [])])


@app.command(name="when")
def when_command(
    source: Source,
    probability: Probability,
    share: Share = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    json_to: JsonFile = None,
    today: Today = None,
    language: Language = "id",
) -> None:
    """The least lead time, and the latest start date, that reach a share with a probability."""
    from sim.experiment import when
    from sim.experiment.report import answer_report

    target, aimed = aimed_at(share, probability)
    day = date_of(today)
    result = simulated(source, settings, replications, seed, engine, language)
    answer = when(result, target, aimed)
    if json_to is not None:
        write_json(json_to, answer_report(result, answer))
    if json_to != "-":
        from sim.view.terminal import answer_lines

        typer.echo(answer_lines(result, answer, language, day))


@app.command(name="compare")
def compare_command(
    sources: Annotated[list[str], typer.Argument(metavar="SCENARIO…", help="Each is compared with the first.")],
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    json_to: JsonFile = None,
    zone: Annotated[
        str | None,
        typer.Option(
            "--select", metavar="SHARE", help="Select the best; smaller differences, such as 0.001%, are none."
        ),
    ] = None,
    language: Language = "id",
) -> None:
    """What scenarios bring more than the first, each at its own lead time, under common random numbers."""
    from sim.experiment import compare
    from sim.experiment.compare import corrections
    from sim.experiment.report import comparison_report

    if len(sources) < 2:
        raise BadInput("SCENARIO…", "must be at least two", len(sources))
    if zone is not None:
        return select_command(sources, fraction(zone, "--select"), replications, seed, engine, json_to, language)
    if len(sources) > 2:
        corrections()  # refused before a long run, and not after it
    first = simulated(sources[0], None, replications, seed, engine, language)
    same = None, first.replications, first.seed, engine, language
    others = [simulated(source, *same) for source in sources[1:]]
    found = compare([first, *others])
    if json_to is not None:
        write_json(json_to, comparison_report([first, *others], found))
    if json_to != "-":
        from sim.view.terminal import comparison_table, show

        show(comparison_table([first, *others], found, language))


def select_command(
    sources: list[str],
    zone: float,
    most: int | None,
    seed: int | None,
    engine: str | None,
    json_to: str | None,
    language: str,
) -> None:
    """Which scenario has the highest share; at most so many replications of each, if a number is given."""
    from sim.experiment import select
    from sim.experiment.precision import MOST
    from sim.experiment.report import selection_report

    with told_of_compiling(language), progress_bar(sources[0]) as progress:
        found = select(sources, zone, most=MOST if most is None else most, seed=seed, engine=engine, progress=progress)
    if json_to is not None:
        write_json(json_to, selection_report(found))
    if json_to != "-":
        from sim.view.terminal import selection_table, show

        show(selection_table(found, language))


@app.command(name="sweep")
def sweep_command(
    source: Source,
    vary: Annotated[
        list[str],
        typer.Option(
            "--vary",
            metavar="NAME=LIST",
            help="Levels such as 20,40 or 20..60..10, or with --points a range such as 20..60; may be repeated.",
        ),
    ],
    kind: Annotated[str, typer.Option("--design", help="factorial, lhs or sobol.")] = "factorial",
    points: Annotated[int | None, typer.Option("--points", help="How many; for lhs and sobol.")] = None,
    design_seed: Annotated[int, typer.Option("--design-seed", help="Of the sample of points.")] = 1,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    workers: Workers = None,
    dask: Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="A Dask scheduler's.")] = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Simulate a scenario at every point of a design, into the run store; run again, it goes on where it ended."""
    from sim.experiment.design import designed
    from sim.experiment.report import columns
    from sim.scenario import Scenario
    from sim.sweeps import sweep

    design = designed(vary, kind, points, design_seed)
    scenario = with_settings(Scenario.load(source), settings or [])
    with told_if_stopped(language), told_of_compiling(language), progress_bar(scenario.name) as progress:
        found = sweep(scenario, design, replications, seed, workers, dask, progress)
    if json_to is not None:
        write_json(json_to, found.description | {"table": columns(found.table)})
    if json_to != "-":
        from sim.view.terminal import show, sweep_table

        show(sweep_table(found, language))


@app.command(name="brief")
def brief_command(
    source: Source,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The HTML file to write.")],
    probability: Probability = "0.8",
    share: Share = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    today: Today = None,
    language: Language = "id",
) -> None:
    """Write one self-contained page to send: the answer, the dial, charts, tables, sources."""
    from sim.scenario.seeds import write_whole
    from sim.text.catalogue import speaker
    from sim.view.answer import Setting
    from sim.view.brief import brief, shown_of

    (target, aimed), day = aimed_at(share, probability), date_of(today)
    check_target(to, "--to")
    result = simulated(source, settings, replications, seed, engine, language)
    with progress_bar(result.scenario.name) as progress:
        shown = shown_of(result, progress)
    week = min(round(result.scenario.lead_days / 7), shown.reading.last_week)
    text = brief(shown, Setting(language, week, target, aimed, day))
    with refused_as("--to", to):
        write_whole(Path(to), text)
    _ = speaker(language)
    typer.echo(_("Written: {file}, one page to open in any browser, to send or to print.", file=to))


@app.command()
def template(
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="A file that ends in .xlsx or .csv.")],
    language: Language = "id",
) -> None:
    """Write an empty sheet for a cluster of your own, for Excel or as CSV; `siap cluster` reads it."""
    from sim.scenario.seeds import write_whole
    from sim.text.catalogue import speaker
    from sim.view.own_sheet import template as made

    check_target(to, "--to")
    content = made(Path(to).suffix.lower(), language)
    with refused_as("--to", to):
        write_whole(Path(to), content)
    _ = speaker(language)
    typer.echo(_("Written: {file}, a sheet for one cluster; fill in its row, then: siap cluster {file}", file=to))


@app.command(name="cluster")
def cluster_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A sheet with one row, as `siap template` makes it.")],
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The scenario file to write.")],
    base: Annotated[
        str, typer.Option("--base", metavar="SCENARIO", help="Whose people, campaign and market it gets.")
    ] = REFERENCE,
    language: Language = "id",
) -> None:
    """Make a scenario of a cluster of your own from one row of a sheet; it says which numbers are yours."""
    from sim.scenario import Scenario
    from sim.text.own_cluster import placed
    from sim.view.own_sheet import filled
    from sim.view.terminal import own_cluster_table, show

    check_target(to, "--to")
    if Path(to).suffix not in (".yaml", ".yml"):
        raise BadInput("--to", "must end in .yaml", to, "for example mine.yaml")
    scenario = placed(filled(file), Scenario.load(base))
    with refused_as("--to", to):
        scenario.dump(to)
    show([own_cluster_table(scenario, language)])
    typer.echo(f"{to}: {scenario.name}, digest {scenario.digest[:12]}")


@app.command("runs")
def runs_command(
    run: Annotated[str | None, typer.Argument(metavar="RUN", help="An id, or its beginning: shows that run.")] = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="Only runs of this scenario.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="At most so many; 0 is all.")] = 20,
    prune: Annotated[
        float | None, typer.Option("--prune", metavar="DAYS", help="Free what is older; says what.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="With --prune: remove it.")] = False,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """List what is in the run store, the newest first."""
    from sim.store import ENTRIES, Store
    from sim.view.terminal import prune_lines, run_lines, runs_table, show, sweeps_table

    store = Store.default()
    if store is None:
        raise BadInput("SIAP_STORE", "says that no run is kept", "none", "leave it out, or name a folder")
    if prune is not None:
        if not prune >= 0:
            raise BadInput("--prune", "must be days of at least 0", prune)
        try:
            found = store.prune(prune) if yes else store.prunable(prune)
        except OSError as error:
            raise BadInput("SIAP_STORE", f"cannot be written ({error.strerror})", str(store.folder)) from None
        typer.echo(prune_lines(found.values(), yes, language))
        return
    listed = {kind: store.entries(kind) for kind in ENTRIES}
    wanted = {
        kind: [e for e in entries if scenario in (None, e["scenario"]) and e["id"].startswith(run or "")]
        for kind, entries in listed.items()
    }
    if run is not None and not any(wanted.values()):
        raise BadInput("RUN", "is not in the run store", run, "see siap runs")
    if json_to is not None:
        write_json(json_to, {"store": str(store.folder)} | wanted)
    elif run is not None:
        typer.echo(run_lines([*wanted["runs"], *wanted["sweeps"]][0]))
    else:
        show([runs_table(wanted["runs"][: limit or None], language)])
        if wanted["sweeps"]:
            show([sweeps_table(wanted["sweeps"][: limit or None], language)])


@app.command()
def lab() -> None:
    """Serve JupyterLab on the planner's notebook (settings: PORT, HOST, OPEN=0)."""
    from sim import serve

    raise typer.Exit(serve.lab(*_address()))


@app.command(name="app")
def app_command() -> None:
    """Serve the planner's page without code (settings: PORT, HOST, OPEN=0)."""
    from sim import serve

    raise typer.Exit(serve.app(*_address()))


def _address() -> tuple[str, int, bool]:
    from sim.serve import setting

    port = setting("PORT", "8888")
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65536):
        raise BadInput("PORT", "must be a number from 1 to 65535", port)
    return setting("HOST", "127.0.0.1"), int(port), setting("OPEN", "1") != "0"
