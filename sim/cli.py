"""The command `siap`: scenarios listed, checked, run, asked; the notebooks served.

Output for people goes to standard output as tables, progress to standard error. Exit codes: 0 done,
1 a check failed, 2 bad input with one line on standard error.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import BadInput, one_line

if TYPE_CHECKING:
    from sim.experiment import Enough, Result
    from sim.experiment.runner import Progress
    from sim.scenario import Scenario

BAD_INPUT, STOPPED = 2, 130
app = typer.Typer(
    name="siap",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="How long clusters need to get ready for a campaign, and what share of its sales they may reach.",
)

Source = Annotated[str, typer.Argument(metavar="SCENARIO", help="A shipped name (see `siap scenarios`) or a file.")]
Settings = Annotated[
    list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Change one place; may be repeated.")
]
Replications = Annotated[
    int | None,
    typer.Option("--replications", help="The scenario's where left out; with --precision or --select, the most."),
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed; the scenario's where left out.")]
Engine = Annotated[
    str | None, typer.Option("--engine", help="compiled or reference; the best one present where left out.")
]
JsonFile = Annotated[str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - prints only JSON.")]
Language = Annotated[str, typer.Option("--language", envvar="SIAP_LANGUAGE", help="id or en.")]


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
    from sim.text.catalogue import check as check_language

    check_language(language)
    if brands not in ("few", "all"):
        raise BadInput("--brands", "must be few or all", brands)
    check_target(json_to)
    asked = source, settings, replications, seed, engine, language
    chosen = None if precision is None else chosen_for(precision, *asked)
    result = simulated(source, settings, chosen.replications if chosen else replications, seed, engine, language)
    if json_to is not None:
        with progress_bar(result.scenario.name) as progress:
            result.simulated_chance(progress)
        _write_json(json_to, report(result, brands == "all", chosen))
    if json_to != "-":
        from sim.view.terminal import precision_table, result_tables, show

        show([*result_tables(result, language), *([precision_table(chosen, language)] if chosen else [])])


@app.command(name="when")
def when_command(
    source: Source,
    probability: Annotated[float, typer.Option("--probability", help="Between 0 and 1.")],
    share: Annotated[
        str | None, typer.Option("--share", help="A fraction such as 0.0003, or 0.03%; left out: ready at all.")
    ] = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """The least lead time, and the latest start date, that reach a share with a probability."""
    from sim.experiment import when
    from sim.experiment.report import answer_report
    from sim.text.catalogue import check as check_language

    check_language(language)
    target = None if share is None else fraction(share)
    check_probability(probability)
    check_target(json_to)
    result = simulated(source, settings, replications, seed, engine, language)
    answer = when(result, target, probability)
    if json_to is not None:
        _write_json(json_to, answer_report(result, answer))
    if json_to != "-":
        from sim.view.terminal import answer_lines

        typer.echo(answer_lines(result, answer, language))


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
    from sim.text.catalogue import check as check_language

    check_language(language)
    if len(sources) < 2:
        raise BadInput("SCENARIO…", "must be at least two", len(sources))
    check_target(json_to)
    if zone is not None:
        return select_command(sources, fraction(zone, "--select"), replications, seed, engine, json_to, language)
    if len(sources) > 2:
        corrections()  # refused before a long run, and not after it
    first = simulated(sources[0], None, replications, seed, engine, language)
    same = None, first.replications, first.seed, engine, language
    others = [simulated(source, *same) for source in sources[1:]]
    found = compare([first, *others])
    if json_to is not None:
        _write_json(json_to, comparison_report([first, *others], found))
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
        _write_json(json_to, selection_report(found))
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
    workers: Annotated[int | None, typer.Option("--workers", help="Processes; one a core where left out.")] = None,
    dask: Annotated[str | None, typer.Option("--dask", metavar="ADDRESS", help="A Dask scheduler's.")] = None,
    json_to: JsonFile = None,
    language: Language = "id",
) -> None:
    """Simulate a scenario at every point of a design, into the run store; run again, it goes on where it ended."""
    from sim.experiment.design import designed
    from sim.experiment.report import columns
    from sim.scenario import Scenario
    from sim.sweeps import sweep
    from sim.text.catalogue import check as check_language
    from sim.text.catalogue import speaker

    check_language(language)
    check_target(json_to)
    design = designed(vary, kind, points, design_seed)
    scenario = with_settings(Scenario.load(source), settings or [])
    try:
        with told_of_compiling(language), progress_bar(scenario.name) as progress:
            found = sweep(scenario, design, replications, seed, workers, dask, progress)
    except KeyboardInterrupt:
        _ = speaker(language)
        typer.echo(f"siap: {_('what was done is kept, and the same command goes on.')}", err=True)
        raise
    if json_to is not None:
        _write_json(json_to, found.description | {"table": columns(found.table)})
    if json_to != "-":
        from sim.view.terminal import show, sweep_table

        show(sweep_table(found, language))


@app.command(name="brief")
def brief_command(
    source: Source,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="The HTML file to write.")],
    probability: Annotated[float, typer.Option("--probability", help="Aimed at; between 0 and 1.")] = 0.8,
    share: Annotated[
        str | None, typer.Option("--share", help="Aimed at, such as 0.03%; left out: ready at all.")
    ] = None,
    settings: Settings = None,
    replications: Replications = None,
    seed: Seed = None,
    engine: Engine = None,
    today: Annotated[
        str | None, typer.Option("--today", metavar="DATE", help="Seen from this day, such as 2026-11-24.")
    ] = None,
    language: Language = "id",
) -> None:
    """Write one self-contained page to send: the answer, the dial, charts, tables, sources."""
    from sim.scenario.seeds import write_whole
    from sim.text.catalogue import check as check_language
    from sim.view.answer import Setting
    from sim.view.brief import brief, shown_of

    check_language(language)
    target, day = None if share is None else fraction(share), date_of(today)
    check_probability(probability)
    check_target(to, "--to")
    result = simulated(source, settings, replications, seed, engine, language)
    with progress_bar(result.scenario.name) as progress:
        shown = shown_of(result, progress)
    week = min(round(result.scenario.lead_days / 7), shown.reading.last_week)
    text = brief(shown, Setting(language, week, target, probability, day))
    with refused_as("--to", to):
        write_whole(Path(to), text)


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

    check_target(json_to)
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
        _write_json(json_to, {"store": str(store.folder)} | wanted)
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


def simulated(
    source: str,
    settings: list[str] | None,
    replications: int | None,
    seed: int | None,
    engine: str | None,
    language: str,
) -> Result:
    """Load, change and simulate, with progress on standard error."""
    from sim import engine as engines
    from sim.scenario import Scenario
    from sim.store import simulate

    chosen = engines.chosen(engine)  # before anything is read, so that the one line is about it
    if engine is None and chosen == "reference":
        typer.echo(
            "siap: numba is not installed, so SimPy runs this, more slowly: pip install 'siap[compiled]'", err=True
        )
    scenario = with_settings(Scenario.load(source), settings or [])
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        result = simulate(scenario, replications, seed, engine, progress)
        result.binding(), result.cost_idr()  # the loops of the closed form, too, compile where it is said
    return result


def chosen_for(
    precision: float,
    source: str,
    settings: list[str] | None,
    most: int | None,
    seed: int | None,
    engine: str | None,
    language: str,
) -> Enough:
    """How many replications reach a precision; at most so many, if a number is given."""
    from sim.experiment import enough
    from sim.experiment.precision import MOST
    from sim.scenario import Scenario

    scenario = with_settings(Scenario.load(source), settings or [])
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        return enough(
            scenario, precision, most=MOST if most is None else most, seed=seed, engine=engine, progress=progress
        )


def told_of_compiling(language: str) -> contextlib.AbstractContextManager[None]:
    """Within it, a line on standard error says so where the engine is being compiled."""
    from sim import loops

    return loops.watched(lambda: typer.echo(f"siap: {about_compiling(language)}", err=True))


def about_compiling(language: str) -> str:
    """Why it takes longer than usual before anything happens, and what can be done about it."""
    from sim import loops
    from sim.text.catalogue import speaker

    _ = speaker(language)
    if not loops.UNWRITABLE:
        return _("compiling the engine, which takes about half a minute, once; what is made is kept.")
    return _(
        "compiling the engine, which takes about half a minute, at each start: what is made cannot be kept, since "
        "{folder} cannot be written; set NUMBA_CACHE_DIR to a folder that can.",
        folder=loops.UNWRITABLE[0],
    )


def with_settings(scenario: Scenario, settings: list[str]) -> Scenario:
    """The scenario with every NAME=VALUE of the command line applied, in order."""
    from sim.scenario import documents

    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise BadInput("--set", "must be NAME=VALUE", setting, "for example resources.coach.units=40")
        scenario = scenario.set(name.strip(), documents.read(text, f"--set {name.strip()}"))
    return scenario


def fraction(text: str, option: str = "--share") -> float:
    """A share given as a fraction or as a percentage."""
    percent = text.strip().endswith("%")
    try:
        number = float(text.strip().removesuffix("%")) / (100 if percent else 1)
    except ValueError:
        number = -1.0
    if not 0 < number <= 1:
        raise BadInput(option, "must be a fraction above 0 and at most 1, or a percentage such as 0.03%", text)
    return number


def check_probability(probability: float) -> None:
    """Refuse a probability that is none, before a long run and not after it."""
    if not 0 < probability < 1:
        raise BadInput("--probability", "must be between 0 and 1", probability, "for example 0.8")


def date_of(text: str | None) -> datetime.date:
    """The day that counts as today."""
    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise BadInput("--today", "must be a date", text, "for example 2026-11-24") from None


@contextlib.contextmanager
def progress_bar(name: str) -> Iterator[Progress | None]:
    """A bar on standard error with an estimate of the time left; nothing where nobody looks."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(one_line(name)), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def check_target(target: str | None, option: str = "--json") -> None:
    """Refuse a file that cannot be written, before a long run and not after it."""
    if target is None or (target == "-" and option == "--json"):
        return
    path = Path(target)
    with refused_as(option, target):
        there = path.is_dir()
    if there or not path.name:
        raise BadInput(option, "must name a file, and this is a directory", target)
    if not path.parent.is_dir():
        raise BadInput(option, "must be in a directory that exists", target, "make it first")


@contextlib.contextmanager
def refused_as(option: str, target: str) -> Iterator[None]:
    """What the system says against a file, as one line about the option that names it."""
    try:
        yield
    except OSError as error:
        raise BadInput(option, f"cannot be written ({error.strerror or error.__class__.__name__})", target) from None


def _write_json(target: str, content: dict[str, Any]) -> None:
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, indent=2)
    if target == "-":
        typer.echo(text)
        return
    from sim.scenario.seeds import write_whole

    with refused_as("--json", target):
        write_whole(Path(target), text + "\n")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    raise SystemExit(guarded(lambda: app(args=arguments or ["--help"], standalone_mode=False)))


def guarded(command: Callable[[], Any]) -> int:
    """Run a command; bad input becomes one line on standard error and exit code 2."""
    try:
        code = command()
    except BadInput as error:
        typer.echo(f"siap: {error}", err=True)
        return BAD_INPUT
    except typer.TyperException as error:  # a wrong option or argument
        typer.echo(f"siap: {one_line(error.format_message())}", err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        code = STOPPED
    if code == STOPPED:  # typer makes this code of an interruption, without a word
        typer.echo("siap: stopped", err=True)
    return code if isinstance(code, int) else 0


if __name__ == "__main__":
    main()
