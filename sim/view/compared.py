"""Settings side by side: which places differ, and what that brings, pair by pair under common random numbers."""

from __future__ import annotations

import contextlib
import dataclasses
import html
import threading
from collections.abc import Callable, Sequence

from sim import engine as engines
from sim.errors import BadInput, shown
from sim.experiment import Difference, Result, compare, simulate
from sim.experiment.runner import Progress
from sim.outcomes.numbers import at
from sim.programme.quantity import Lever, Quantity
from sim.scenario import Scenario, scenario_names
from sim.text import formats, words
from sim.text.catalogue import N_, NN_, Speech, speaker
from sim.view import companions, levers, names, tables, verdicts
from sim.view.choice import Choice, differences, with_campaign
from sim.view.sizing import fitting

ABSENT = "–"
TEXTS = ("title", "about", "name")
UNSAID = {"name", "title", "about", "lead_weeks", "seed", "replications"}  # what it is called and how it is looked at
MOST_MOVED = 12  # named in a sentence
OTHERS = NN_("{n} other entry", "{n} other entries")
VERDICTS = {
    "more": N_("higher share"),
    "less": N_("lower share"),
    "same": N_("the same share"),
    "open": N_("cannot be told apart yet"),
}


@dataclasses.dataclass(frozen=True, eq=False)
class Variant:
    """One of the settings that are compared.

    Attributes
    ----------
    choice : Choice
    scenario : Scenario
        As it was chosen, but for the lead time.
    name : str
        What the reader called it; empty where it has a role instead.
    role : str
        ``baseline`` (as the scenario came), ``mine`` (what is on the page) or ``kept``.
    """

    choice: Choice
    scenario: Scenario
    role: str
    name: str = ""

    def called(self, language: str) -> str:
        """What it is called on the page."""
        _ = speaker(language)
        return {"baseline": _("the baseline"), "mine": _("my setting")}.get(self.role, self.name)

    @property
    def with_lead_time(self) -> Scenario:
        """The scenario with the lead time chosen as its own, at which it is compared."""
        return self.scenario.set("lead_weeks", self.choice.week)


@dataclasses.dataclass(frozen=True, eq=False)
class Comparison:
    """Variants and what came of them, each against the first."""

    variants: tuple[Variant, ...]
    results: tuple[Result, ...]
    differences: tuple[Difference, ...]


def compared(
    variants: Sequence[Variant], replications: int, seed: int, progress: Progress, cancel: threading.Event
) -> Comparison:
    """Simulate what has not been, with one seed and one number of replications.

    Parameters
    ----------
    replications : int
        At most; fewer where the largest variant is larger than a page can wait for.
    """
    engine = engines.chosen(None)
    count = min(replications, *(fitting(one.scenario, replications, engine) for one in variants))
    results = [
        simulate(one.with_lead_time, count, seed, engine, _of_all(progress, i, len(variants)), cancel)
        for i, one in enumerate(variants)
    ]
    return Comparison(tuple(variants), tuple(results), tuple(compare(results)))


def _of_all(progress: Progress, number: int, many: int) -> Callable[[int, int], None]:
    """Progress of one of several runs of which each counts the same."""
    return lambda done, total: progress(number * total + done, many * total)


# ── what is said ─────────────────────────────────────────────────────────────────────────────────────


def sentences_of(found: Comparison, language: str) -> list[str]:
    """A verdict for each variant but the first, and what they rest on."""
    base = found.variants[0].called(language)
    said = [
        formats.capital(verdicts.verdict(one, variant.called(language), base, language))
        for variant, one in zip(found.variants[1:], found.differences, strict=True)
    ]
    return [*said, *verdicts.notes(found.differences, found.results[0].replications, language)]


def table(found: Comparison, language: str) -> str:
    """A row a variant: its share and sales, and what it brings more than the first."""
    _ = speaker(language)
    heads = [_("Setting"), _("Lead time"), _("Share, median"), _("Sales, median")]
    heads += [_("More, mean"), _("90% interval"), _("Verdict")]
    differences: list[Difference | None] = [None, *found.differences]
    rows = [
        _row(variant, result, one, language)
        for variant, result, one in zip(found.variants, found.results, differences, strict=True)
    ]
    return tables.html({head: [formats.unbroken(row[i]) for row in rows] for i, head in enumerate(heads)})


def _row(variant: Variant, result: Result, one: Difference | None, language: str) -> list[str]:
    week = [float(variant.choice.week)]
    share, sales = (float(frame["p50"].iloc[0]) for frame in (result.share(week), result.sales_idr(week)))
    cells = [formats.capital(variant.called(language)), formats.weeks(week[0], language)]
    cells += [formats.share(share, language), formats.rupiah(sales, language)]
    if one is None:
        return [*cells, ABSENT, ABSENT, ABSENT]
    interval = formats.ranged(one.low, one.high, formats.share, language)
    return [*cells, formats.share(one.mean, language), interval, speaker(language)(VERDICTS[one.verdict])]


# ── which places differ ──────────────────────────────────────────────────────────────────────────────

Rows = list[tuple[str, list[str]]]


def rows(chosen: Sequence[tuple[Choice, Scenario]], language: str) -> Rows:
    """Every place in which settings differ: its name, and what each has there, in the reader's format."""
    said = [*_around(chosen, language), *_places([scenario for _, scenario in chosen], _paths(chosen), language)]
    return [(name, values) for name, values in said if len(set(values)) > 1]


def _around(chosen: Sequence[tuple[Choice, Scenario]], language: str) -> Rows:
    """What is chosen beside the levers."""
    _ = speaker(language)
    return [
        (_("Scenario"), [words.text_of(one.title, language, one.name) for _, one in chosen]),
        (_("Campaign"), [names.event(one, language) for _, one in chosen]),
        (_("Lead time"), [_lead_time(choice, one, language) for choice, one in chosen]),
        (_("Target"), [_target(choice, language) for choice, _ in chosen]),
    ]


def _lead_time(choice: Choice, scenario: Scenario, language: str) -> str:
    start = companions.start_of(scenario.campaign.event_date, choice.week)
    weeks, date = formats.weeks(choice.week, language), formats.date(start, language, short=True)
    return speaker(language)("{weeks}, start {date}", weeks=weeks, date=date)


def _target(choice: Choice, language: str) -> str:
    _, p = speaker(language), formats.probability(choice.probability, language)
    if choice.share is None:
        return _("being ready, with a chance of {p}", p=p)
    return _("{share}, with a chance of {p}", share=formats.share(choice.share, language), p=p)


def _paths(chosen: Sequence[tuple[Choice, Scenario]]) -> list[str]:
    """Every lever of any of them, and every other place that was set."""
    return _with_levers([one for _, one in chosen], [path for choice, _ in chosen for path, _value in choice.settings])


def _with_levers(scenarios: Sequence[Scenario], paths: Sequence[str]) -> list[str]:
    """Every lever of any scenario, then the paths that none of them tells."""
    found = [place.path for one in scenarios for group in levers.groups(one).values() for place in group]
    places = set(found)  # a place inside a lever, such as the value in force, is that lever
    return list(dict.fromkeys([*found, *(path for path in paths if not _told(path, places))]))


def _told(path: str, places: set[str]) -> bool:
    """Whether a place is told by another row: a lever's, or the scenario's, of which it is a text."""
    return path in places or path.rpartition(".")[0] in places or path.partition(".")[0] in TEXTS


def _places(scenarios: Sequence[Scenario], paths: Sequence[str], language: str) -> Rows:
    found = []
    for path in paths:
        has = next((one for one in scenarios if _value(one, path) is not None), None)
        if has is not None:
            name = formats.capital(_name(has, path, language))
            found.append((name, [_shown(one, path, language) for one in scenarios]))
    return found


def _name(scenario: Scenario, path: str, language: str) -> str:
    called = words.lever_name(path, language, words.titles_of(scenario))
    if called == path:
        return names.quantity(path, scenario, language)
    try:
        return levers.place(scenario, path).name(scenario, language)
    except BadInput:
        return called


def _shown(scenario: Scenario, path: str, language: str) -> str:
    """What a scenario has at a place; a dash where it has no such place, or a rule in force leaves it unread."""
    found = _value(scenario, path)
    if found is None or not levers.applies(scenario, path):
        return ABSENT
    field = path.rpartition(".")[2]
    if isinstance(found, str) and field in words.CHOICES:
        return words.choice(field, found, language, words.titles_of(scenario))
    if isinstance(found, float | int | Quantity | Lever):
        place = levers.place(scenario, path)
        return place.shown(place.value, language)
    return shown(getattr(found, "name", found))


def _value(scenario: Scenario, path: str) -> object:
    try:
        return at(scenario, path)
    except BadInput:
        return None


def differing_table(found: Sequence[Variant], language: str) -> str:
    """Which settings differ, one column a variant; empty where none do."""
    rows_of = rows([(one.choice, one.scenario) for one in found], language)
    if not rows_of:
        return ""
    heads = [formats.capital(one.called(language)) for one in found]
    columns = {speaker(language)("Setting"): [name for name, _ in rows_of]}
    for i, head in enumerate(heads):
        columns[_apart(head, columns)] = [values[i] for _, values in rows_of]
    return tables.html(columns)


def _apart(head: str, columns: dict[str, list[str]]) -> str:
    """A heading that no other column has."""
    return head if head not in columns else _apart(head + "\N{ZERO WIDTH SPACE}", columns)


def step(before: tuple[Choice, Scenario], after: tuple[Choice, Scenario], language: str) -> str:
    """What one step of a reader changed: "Coaches: 12 → 20"."""
    said = [f"{name}: {old} → {new}" for name, (old, new) in rows([before, after], language)]
    return "; ".join(said)


# ── what was moved in a shipped scenario ─────────────────────────────────────────────────────────────


def moved(scenario: Scenario, language: str) -> str:
    """What is other than in the shipped scenario of that name, as a sentence; empty where nothing is, or there is none.

    What it is called and how it is looked at (lead time, seed, replications) is no change of it.
    """
    if scenario.name not in scenario_names():
        return ""
    _ = speaker(language)
    said = [text for one in _moved(Scenario.load(scenario.name), scenario, language) if (text := _instead(*one, _))]
    if not said:
        return ""
    if more := said[MOST_MOVED:]:
        others = _.ngettext(*OTHERS, len(more), n=formats.number(len(more), language))
        said = [*said[:MOST_MOVED], others]
    return _("Changed: {changes}.", changes="; ".join(said))


def _moved(base: Scenario, scenario: Scenario, language: str) -> Rows:
    """Each place that differs, and what the shipped and the other scenario have there."""
    events = [names.event(one, language) for one in (base, scenario)]
    campaign = [(speaker(language)("Campaign"), events)]
    with contextlib.suppress(BadInput):  # else it is a campaign of the reader's own: what differs in it is listed
        base = with_campaign(base, scenario.campaign.name)
    paths = [path for path, _ in differences(base.plain, scenario.plain) if not UNSAID & set(path.split("."))]
    whole = _with_levers([base, scenario], [_whole(scenario, path) for path in paths])
    found = _places([base, scenario], whole, language)
    return [(name, values) for name, values in [*campaign, *found] if values[0] != values[1]]


def _whole(scenario: Scenario, path: str) -> str:
    """The number of which a path leads to a part, such as its low end; else the path."""
    number = path.rpartition(".")[0]
    return number if isinstance(_value(scenario, number), Quantity | Lever) else path


def _instead(name: str, values: Sequence[str], _: Speech) -> str:
    """One change in a sentence; empty where nothing reads the place any more."""
    if values[1] == ABSENT:
        return ""
    before, after = (_quoted(value) for value in values)
    if values[0] == ABSENT:
        return f"{words.small(name)} {after}"
    return _("{name} {after} instead of {before}", name=words.small(name), after=after, before=before)


def _quoted(value: str) -> str:
    """A named alternative in quotation marks, since it stands in the midst of words; an amount as it is."""
    return value if any(map(str.isdigit, value)) else f"“{value}”"


def paragraphs(said: Sequence[str]) -> str:
    """Sentences as HTML."""
    return "".join(f'<p class="siap-sentence">{html.escape(formats.unbroken(one))}</p>' for one in said)
