"""What all commands share: the application, its options, running with progress, and refusals in one line."""

from __future__ import annotations

import contextlib
import datetime
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.errors import BadInput, one_line

if TYPE_CHECKING:
    import pandas as pd

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
Today = Annotated[str | None, typer.Option("--today", metavar="DATE", help="Seen from this day, such as 2026-11-24.")]
Share = Annotated[
    str | None, typer.Option("--share", help="Aimed at: a fraction such as 0.0003, or 0.03%; left out: ready at all.")
]
Probability = Annotated[str, typer.Option("--probability", help="Aimed at: between 0 and 1, or such as 80%.")]
Numbers = Annotated[
    list[str] | None, typer.Option("--numbers", metavar="PATH", help="Only this uncertain number; may be repeated.")
]
Workers = Annotated[int | None, typer.Option("--workers", help="Processes; one a core where left out.")]


def _language(language: str) -> str:
    from sim.text.catalogue import check

    check(language)
    return language


def _json(target: str | None) -> str | None:
    check_target(target)
    return target


def _figure(figure: str | None) -> str | None:
    if figure is not None:
        from sim.experiment.extra import library
        from sim.view import paper

        check_target(figure, "--figure")
        paper.suffix(figure, "--figure")
        library("matplotlib")
    return figure


# These refuse what cannot be as they are read: before a long run, and not after it.
Language = Annotated[str, typer.Option("--language", envvar="SIAP_LANGUAGE", help="id or en.", callback=_language)]
JsonFile = Annotated[
    str | None, typer.Option("--json", metavar="FILE", help="Write JSON; - prints only JSON.", callback=_json)
]
FigureFile = Annotated[
    str | None,
    typer.Option("--figure", metavar="FILE", help="Write the chart too: FILE.svg or FILE.pdf.", callback=_figure),
]


def simulated(
    source: str,
    settings: list[str] | None,
    replications: int | None,
    seed: int | None,
    engine: str | None,
    language: str,
    chosen: Enough | None = None,
) -> Result:
    """Load, change and simulate, with progress on standard error."""
    from sim import engine as engines
    from sim.scenario import Scenario
    from sim.store import simulate

    best = engines.chosen(engine)  # before anything is read, so that the one line is about it
    if engine is None and best == "reference":
        typer.echo(
            "siap: numba is not installed, so SimPy runs this, more slowly: pip install 'siap[compiled]'", err=True
        )
    scenario = with_settings(Scenario.load(source), settings or [])
    with told_of_compiling(language), progress_bar(scenario.name) as progress:
        result = simulate(scenario, replications, seed, engine, progress, chosen=chosen)
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
    """The scenario with every NAME=VALUE of the command line applied, all at once."""
    return scenario.set_all(places(settings, "--set"))


def places(texts: Iterable[str], option: str) -> dict[str, Any]:
    """What NAME=VALUE texts set, by place; a value is read as YAML."""
    from sim.scenario import documents

    found: dict[str, Any] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if not (name and value):
            raise BadInput(option, "must be NAME=VALUE", text, "for example resources.coach.units=40")
        found[name] = documents.read(value, f"{option} {name}")
    return found


def fraction(text: str, option: str = "--share") -> float:
    """A share given as a fraction or as a percentage."""
    number = _part(text)
    if not 0 < number <= 1:
        raise BadInput(option, "must be a fraction above 0 and at most 1, or a percentage such as 0.03%", text)
    return number


def chance(text: str) -> float:
    """A probability given as a fraction or as a percentage; refused before a long run and not after it."""
    number = _part(text)
    if not 0 < number < 1:
        raise BadInput("--probability", "must be between 0 and 1", text, "for example 0.8 or 80%")
    return number


def _part(text: str) -> float:
    """A part of one, with a point or a comma; NaN where it is no number.

    A comma never stands before thousands here, since nothing above 1 or 100% is accepted.
    """
    bare = text.strip()
    try:
        number = float(bare.removesuffix("%").replace(",", "."))
    except ValueError:
        return math.nan
    return number / 100 if bare.endswith("%") else number


def aimed_at(share: str | None, probability: str) -> tuple[float | None, float]:
    """What `--share` and `--probability` say: the share, None where it is to be ready at all, and its chance."""
    return None if share is None else fraction(share), chance(probability)


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


@contextlib.contextmanager
def told_if_stopped(language: str) -> Iterator[None]:
    """Whoever stops what is inside reads that the same command goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        from sim.text.catalogue import speaker

        _ = speaker(language)
        typer.echo(f"siap: {_('what was done is kept, and the same command goes on.')}", err=True)
        raise


def tell(said: Iterable[str], table: pd.DataFrame, content: dict[str, Any], json_to: str | None) -> None:
    """What was found: JSON where it is asked for; sentences, then the table, if it has rows."""
    if json_to is not None:
        write_json(json_to, content)
    if json_to != "-":
        from sim.view.terminal import findings, show

        columns = {str(name): [str(cell) for cell in column] for name, column in table.items()}
        show(findings("\n".join(said), columns if len(table) else {}))


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


def write_json(target: str, content: dict[str, Any]) -> None:
    """Write JSON to a file, whole or not at all, or print it for -."""
    text = json.dumps(content, allow_nan=False, ensure_ascii=False, indent=2)
    if target == "-":
        typer.echo(text)
        return
    from sim.scenario.seeds import write_whole

    with refused_as("--json", target):
        write_whole(Path(target), text + "\n")


def save_figure(drawn: Any, figure: str) -> None:
    """Write a chart where `--figure` says."""
    from sim.view import paper

    with refused_as("--figure", figure):
        paper.save(drawn, figure)


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
