"""What the command line shows: the answer in words, then tables that say the same.

Numbers, money and dates in the reader's language; never a number without its range.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from sim.experiment import Answer, Difference, Enough, Precision, Result, Selection
from sim.experiment.report import MOST_BRANDS
from sim.text import formats, own_cluster, sentences, words
from sim.text.catalogue import N_, speaker
from sim.view import names, sensitivity, verdicts
from sim.view.answer import assumption, least, main
from sim.view.campaigns import titles
from sim.view.names import COST_KINDS
from sim.view.reading import Reading
from sim.view.tables import floats

if TYPE_CHECKING:
    from sim.scenario import Scenario
    from sim.sweeps import Sweep

FEW = 100  # replications
LITTLE_IDR = 1e6  # sales below it are next to nothing
LITTLE_SHARE = 1e-9  # any share: the projection rests on demand
MOST_POINTS = 30  # of a sweep
ROWS = 12  # lead times in the table of shares
WIDTH_WITHOUT_TERMINAL, WIDTH_IN_NOTEBOOK = 110, 84


def show(parts: Iterable[RenderableType]) -> None:
    """Print to standard output, as wide as it is."""
    here = Console()
    width = WIDTH_IN_NOTEBOOK if here.is_jupyter else WIDTH_WITHOUT_TERMINAL
    console = here if here.is_terminal and not here.is_jupyter else Console(width=width)
    for part in parts:
        console.print(part)


def scenario_table(names: Sequence[str], language: str) -> list[RenderableType]:
    """The shipped scenarios with one line each."""
    _ = speaker(language)
    table, known = _table([_("Scenario"), _("What it is")], texts=True), titles(language)
    for name in names:
        table.add_row(name, known[name])
    return [table]


def own_cluster_table(scenario: Scenario, language: str) -> RenderableType:
    """Every number of a cluster of one's own, as it was read or taken over."""
    _ = speaker(language)
    table = _table([_("Number"), _("Value, range and source")], texts=True)
    for name, value in own_cluster.table(scenario, language):
        table.add_row(Text(name), Text(value))
    return table


def result_tables(result: Result, language: str) -> list[RenderableType]:
    """Everything that `siap run` prints."""
    return [
        Text(heading(result, language), style="bold"),
        readiness_table(result, language),
        share_table(result, language),
        binding_table(result, language),
        cost_table(result, language),
        Text("\n".join(caveats(result, language))),
    ]


def caveats(result: Result, language: str) -> list[str]:
    """What a reader of the tables must know: sentences."""
    _ = speaker(language)
    sales = result.sales_idr(list(result.own_weeks)).iloc[0]
    said = [sentences.full(replications=result.replications, language=language)]
    if result.replications < FEW:
        said.append(_("With so few replications the ends of the ranges are rough."))
    if result.brands_in(list(result.own_weeks)).iloc[0] == 0:
        said.append(_("With the scenario's own lead time no brand is ready in any replication."))
    elif sales["p50"] < LITTLE_IDR < sales["p95"]:
        said.append(sentences.almost_nothing(probability=0.05, amount=float(sales["p95"]), language=language))
    return said + assumption(Reading(result), LITTLE_SHARE, language)


def heading(result: Result, language: str) -> str:
    """What was run, and the projection at the scenario's own lead time in a sentence."""
    scenario, weeks = result.scenario, list(result.own_weeks)
    share, sales = result.share(weeks).iloc[0], result.sales_idr(weeks).iloc[0]
    said = sentences.share_chart(
        weeks=weeks[0],
        start=scenario.start_date,
        share=(share["p50"], share["p05"], share["p95"]),
        rupiah=(sales["p50"], sales["p05"], sales["p95"]),
        language=language,
    )
    return f"{words.text_of(scenario.title, language, scenario.name)}. {said}"


def readiness_table(result: Result, language: str) -> Table:
    """Weeks that each brand needs; with many brands, those of a cluster document together, and all."""
    _ = speaker(language)
    table = _table([_("Brand"), _("Median, weeks"), _("90% range"), _("Never ready")], _("Readiness"))
    rows = result.readiness_weeks()
    if len(rows) > MOST_BRANDS:
        everybody = _("all {n} brands", n=formats.number(len(rows), language))
        rows = pd.DataFrame([result.readiness_weeks_together()], index=[everybody])
        if len(result.scenario.clusters) > 1:
            each = result.readiness_weeks_by_cluster()
            rows = pd.concat([each.set_axis(names.groups(result.scenario, language)), rows])
    for name, row in rows.iterrows():
        span = formats.ranged(row["p05"], row["p95"], formats.bare_weeks, language)
        table.add_row(
            _brand(result, str(name), language),
            formats.bare_weeks(row["p50"], language),
            span,
            formats.complement(row["never"], language),
        )
    return table


def share_table(result: Result, language: str) -> Table:
    """Share and rupiah against lead time."""
    _ = speaker(language)
    columns = [
        _("Lead time"),
        _("Start"),
        _("Brands in"),
        _("Share, median"),
        _("90% range"),
        _("Sales, median"),
        _("90% range"),
    ]
    table = _table(columns, _("Projected share by lead time"))
    weeks = _spread(result)
    share, sales, brands = result.share(weeks), result.sales_idr(weeks), result.brands_in(weeks)
    for at in weeks:
        start = result.scenario.campaign.event_date - datetime.timedelta(days=round(at * 7))
        one, money = (dict(zip(t.columns, t.loc[at].to_numpy(dtype=float), strict=True)) for t in (share, sales))
        table.add_row(
            formats.weeks(at, language),
            formats.date(start, language, short=True),
            formats.number(brands.loc[at], language, significant=2),
            formats.share(one["p50"], language),
            formats.ranged(one["p05"], one["p95"], formats.share, language),
            formats.rupiah(money["p50"], language),
            formats.ranged(money["p05"], money["p95"], formats.rupiah, language),
        )
    return table


def binding_table(result: Result, language: str) -> Table:
    """What holds the brand back that is ready last."""
    _ = speaker(language)
    table = _table([_("What holds us back"), _("Of the replications")])
    titles = words.titles_of(result.scenario)
    causes = result.binding()
    for label, part in zip(causes.index, formats.parts(floats(causes), language), strict=True):
        table.add_row(formats.capital(words.name_of(str(label), language, titles)), part)
    return table


def cost_table(result: Result, language: str) -> Table:
    """Cost until the event at the scenario's own lead time."""
    _ = speaker(language)
    table = _table([_("Cost until the day"), _("Median"), _("90% range")])
    for kind, row in result.cost_idr().iterrows():
        span = formats.ranged(row["p05"], row["p95"], formats.rupiah, language)
        table.add_row(_(COST_KINDS[str(kind)]), formats.rupiah(row["p50"], language), span)
    return table


OUTCOMES = {
    "share": N_("Projected share, mean"),
    "readiness": N_("Weeks until the first brand is ready, mean"),
    "ready": N_("Chance that a brand is ready"),
}


def precision_table(chosen: Enough, language: str) -> Table:
    """How many replications each outcome needs to be known as well as was asked for."""
    _ = speaker(language)
    fields = {
        "n": formats.number(chosen.replications, language, 6),
        "p": formats.probability(chosen.precision, language),
    }
    if any(one.state == "missed" for one in chosen.outcomes):
        title = _("{n} replications are the most allowed: half the 90% interval is above {p} of some mean", **fields)
    else:
        title = _("{n} replications, chosen so that half the 90% interval is at most {p} of the mean", **fields)
    table = _table([_("Outcome"), _("Estimate"), _("90% interval"), _("Replications needed")], title)
    for one in chosen.outcomes:
        form = {"share": formats.share, "readiness": formats.weeks, "ready": formats.probability}[one.outcome]
        cells = ["–", "–"]
        if one.interval is not None:
            span = formats.ranged(one.interval.low, one.interval.high, form, language)
            cells = [form(one.interval.estimate, language), span]
        table.add_row(_(OUTCOMES[one.outcome]), *cells, _needed(one, chosen.replications, language))
    return table


def _needed(one: Precision, most: int, language: str) -> str:
    _ = speaker(language)
    if one.state == "missed":
        return _("more than {n}", n=formats.number(most, language, 6))
    if one.state == "constant":
        return _("the same in each")
    return _("never ready") if one.state == "never" else formats.number(float(one.replications or 0), language, 6)


def comparison_table(results: Sequence[Result], found: Sequence[Difference], language: str) -> list[RenderableType]:
    """Every scenario against the first, paired: a table, and a sentence for each."""
    _ = speaker(language)
    columns = [_("Scenario"), _("Lead time"), _("Share, median"), _("More, mean"), _("90% interval"), _("More in")]
    table = _table([*columns, _("Sales, mean")], _("Compared with {base}", base=results[0].scenario.name))
    differences: list[Difference | None] = [None, *found]
    for result, one in zip(results, differences, strict=True):
        weeks = float(result.own_weeks[0])
        middle = formats.share(result.share([weeks])["p50"].iloc[0], language)
        cells = [result.scenario.name, formats.weeks(weeks, language), middle]
        if one is not None:
            span = formats.ranged(one.low, one.high, formats.share, language)
            cells += [formats.share(one.mean, language), span, formats.probability(one.more, language)]
            cells.append(formats.rupiah(one.mean_idr, language))
        table.add_row(*cells)
    said = [verdicts.verdict(one, one.scenario, one.base, language) for one in found]
    said += verdicts.notes(found, results[0].replications, language)
    return [table, audit_table(found, language), Text("\n".join(said))]


def audit_table(found: Sequence[Difference], language: str) -> Table:
    """Whether common random numbers made the pairs alike, and what that was worth."""
    _ = speaker(language)
    columns = [_("Scenario"), _("Correlation"), _("Variance, of unpaired"), _("Both sell nothing in")]
    table = _table(columns, _("How alike the pairs are"))
    for one in found:
        ratios = [_ratio(one.correlation, language), _ratio(one.variance_ratio, language)]
        table.add_row(one.scenario, *ratios, formats.probability(one.idle, language))
    return table


def _ratio(number: float, language: str) -> str:
    return "–" if math.isnan(number) else formats.number(number, language, significant=2)


def selection_table(found: Selection, language: str) -> list[RenderableType]:
    """What was selected: a sentence, and a table of all scenarios."""
    _ = speaker(language)
    table = _table([_("Scenario"), _("Projected share, mean"), _("Replications"), ""], _("Selected by highest share"))
    for name, mean in sorted(found.means.items(), key=lambda item: -item[1]):
        out = name not in found.still_in
        state = _("out") if out else _("selected") if found.state == "selected" else _("still in")
        table.add_row(name, formats.share(mean, language), formats.number(found.replications[name], language, 6), state)
    if found.state == "selected":
        said = sentences.selected(
            scenario=found.best,
            probability=found.probability or 0.0,
            zone=found.indifference or 0.0,
            language=language,
        )
    else:
        names = formats.listed(found.still_in, language)
        tied = found.state == "tied"
        said = (
            sentences.tied(scenarios=names, language=language)
            if tied
            else (
                sentences.unselected(scenarios=names, replications=max(found.replications.values()), language=language)
            )
        )
    return [table, Text(said)]


def runs_table(entries: Sequence[Mapping[str, Any]], language: str) -> Table:
    """What is in the run store: one row a run."""
    _ = speaker(language)
    columns = [_("Run"), _("Scenario"), _("Replications"), _("Seed"), _("Share, median"), _("90% range"), _("Kept on")]
    table = Table()
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i < 2 else "right", overflow="fold", no_wrap=i == 0)
    for entry in entries:
        table.add_row(
            entry["id"],
            entry["scenario"],
            formats.number(entry["replications"], language),
            str(entry["seed"]),
            formats.share(entry["share_p50"], language),
            formats.ranged(entry["share_p05"], entry["share_p95"], formats.share, language),
            formats.date(_day(entry), language, short=True),
        )
    return table


def sweeps_table(entries: Sequence[Mapping[str, Any]], language: str) -> Table:
    """Which sweeps are in the run store: one row a sweep."""
    _ = speaker(language)
    columns = [_("Sweep"), _("Scenario"), _("Points"), _("Replications"), _("What is varied"), _("Kept on")]
    table = Table()
    for i, column in enumerate(columns):
        table.add_column(column, justify="right" if i in (2, 3) else "left", overflow="fold", no_wrap=i == 0)
    for entry in entries:
        counts = [formats.number(entry[name], language, 6) for name in ("points", "replications")]
        day = formats.date(_day(entry), language, short=True)
        table.add_row(entry["id"], entry["scenario"], *counts, ", ".join(entry["factors"]), day)
    return table


def sweep_table(found: Sweep, language: str) -> list[RenderableType]:
    """What came of a sweep: a row a point, or of many those of the highest shares."""
    _ = speaker(language)
    columns = [_("Share, mean"), _("90% range"), _("Ready"), _("Median, weeks"), _("Programme"), _("Held by")]
    paths, points, shown = found.design.paths, len(found.table), found.table
    title = _("{scenario}: {n} points", scenario=found.scenario.name, n=formats.number(points, language, 6))
    if points > MOST_POINTS:
        shown = shown.sort_values("share_mean", ascending=False, kind="stable").head(MOST_POINTS)
        title += _(", of which the {n} of the highest share", n=formats.number(MOST_POINTS, language))
    table, titles = _table([*_short(paths), *columns], title), words.titles_of(found.scenario)
    for _number, row in shown.iterrows():
        table.add_row(
            *(_level(row[path], language) for path in paths),
            formats.share(row["share_mean"], language),
            formats.ranged(row["share_p05"], row["share_p95"], formats.share, language),
            formats.probability(row["ready_mean"], language),
            formats.bare_weeks(row["readiness_weeks_p50"], language),
            formats.rupiah(row["programme_idr_mean"], language),
            words.name_of(row["binding"], language, titles),
        )
    kept = _("Kept as {id}; siap runs lists it, --json writes all of it.", id=found.id)
    return [table, Text(f"{sentences.full(replications=found.replications, language=language)} {kept}")]


def findings(sentence: str, columns: Mapping[str, Sequence[str]]) -> list[RenderableType]:
    """A sentence, and the table that says the same."""
    if not columns:
        return [Text(sentence)]
    table = _table(list(columns), texts=True)
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*map(Text, cells))  # as they are: what others named may look like markup
    return [Text(sentence), table]


def sensitivity_table(found: pd.DataFrame, scenario: Scenario, language: str) -> list[RenderableType]:
    """Which numbers carry an answer, or what it owes to chance: the sentences, then the estimates."""
    _, columns = speaker(language), sensitivity.columns(found.head(ROWS), scenario, language)
    parts = findings(" ".join(sensitivity.said(found, scenario, language)), columns)
    if len(found) > ROWS:
        parts.append(_("These are the {n} strongest; --json writes all of them.", n=formats.number(ROWS, language)))
    return parts


def _short(paths: Sequence[str]) -> list[str]:
    """The ends of paths, as long as it takes to tell them apart, from two parts on."""
    cut = [[".".join(path.split(".")[-n:]) for n in range(2, path.count(".") + 2)] or [path] for path in paths]
    ends = [path for tails in cut for path in set(tails)]
    return [next((tail for tail in tails if ends.count(tail) == 1), tails[-1]) for tails in cut]


def _level(level: Any, language: str) -> str:
    plain = isinstance(level, bool) or not isinstance(level, int | float)
    return str(level) if plain else formats.number(float(level), language, 6)


def run_lines(entry: Mapping[str, Any]) -> str:
    """One run in full: what was run, when, with what; then the scenario as a file."""
    parts = ("text", "files", "libraries", "replications_chosen")
    said = [f"{name}: {value}" for name, value in entry.items() if name not in parts]
    if (chosen := entry.get("replications_chosen")) is not None:
        said.append(f"replications_chosen: {chosen['replications']}, for a precision of {chosen['precision']}")
        for one in chosen["outcomes"]:
            needed = "" if one["replications"] is None else f" with {one['replications']}"
            said.append(f"replications_chosen.{one['outcome']}: {one['state']}{needed}")
    said += [f"{name}: {version}" for name, version in entry["libraries"].items()]
    return "\n".join([*said, "", entry["text"].rstrip()])


def prune_lines(sizes: Collection[int], removed: bool, language: str) -> str:
    """What pruning frees: how many files, and how much with their sizes in bytes."""
    _ = speaker(language)
    size = formats.number(round(sum(sizes) / 1e6, 1), language)
    n = formats.number(len(sizes), language)
    if removed:
        return _("Removed: {n} files, {size} MB.", n=n, size=size)
    return _("Would be removed with --yes: {n} files, {size} MB.", n=n, size=size)


def _day(entry: Mapping[str, Any]) -> datetime.date:
    return datetime.datetime.fromisoformat(entry["kept_at"]).astimezone().date()


def answer_lines(result: Result, answer: Answer, language: str, today: datetime.date) -> str:
    """The answer to `siap when`, seen from a day: sentences, each on its line."""
    reading, titles = Reading(result), words.titles_of(result.scenario)
    lines = [main(reading, answer, language, today), least(answer, language)]
    if answer.start_date is not None and answer.start_date < result.scenario.start_date:
        lines.append(_too_late(result, language))
    causes = [(words.name_of(label, language, titles), part) for label, part in answer.held_by.items()]
    if causes:
        lines.append(sentences.never_reached(causes=causes, language=language))
    lines += assumption(reading, answer.share, language)
    return "\n".join([*lines, sentences.full(replications=answer.replications, language=language)])


def _too_late(result: Result, language: str) -> str:
    _ = speaker(language)
    return _(
        "The scenario starts on {date}: too late for that.",
        date=formats.date(result.scenario.start_date, language),
    )


def _brand(result: Result, name: str, language: str) -> str:
    return next((b.label or name for b, _c in result.scenario.lineup if b.name == name), name)


def _spread(result: Result) -> list[float]:
    """A dozen lead times over the range of the slider, the scenario's own among them."""
    weeks = result.weeks(None)
    step = max(1, math.ceil(len(weeks) / ROWS))
    return sorted({*weeks[::step], float(weeks[-1]), float(result.own_weeks[0])})


def _table(columns: Sequence[str], title: str | None = None, texts: bool = False) -> Table:
    """A table whose first column is text; with `texts` the others are too."""
    table = Table(title=title, title_justify="left", title_style="bold")
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 or texts else "right", overflow="fold")
    return table
