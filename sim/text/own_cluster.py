"""What is said of a cluster of one's own: names of its fields, how each number was read, what is wrong with it."""

from __future__ import annotations

from sim.errors import MISSING, BadInput
from sim.programme.quantity import central
from sim.scenario import Brand, Scenario
from sim.scenario.own_cluster import COLUMNS, HIGH, LOW, NUMBERS, Field, Problem, Reading, number_at
from sim.scenario.own_cluster import placed as placed_with_texts
from sim.text import formats, words
from sim.text.catalogue import LANGUAGES, N_, Speech, speaker

TITLES = {
    "name": N_("Name of the cluster"),
    "place": N_("Place"),
    "product": N_("Product"),
    "label": N_("Label under which it sells"),
    "given_by": N_("Who gives these numbers"),
    "like": N_("Most like this cluster"),
    "makers": N_("Workshops"),
    "wave": N_("Workshops in the first wave"),
    "workers_per_workshop": N_("Workers in each workshop"),
    "items_per_worker_day": N_("Items that a worker makes in a day"),
    "working_days_per_week": N_("Working days in a week"),
    "campaign_share": N_("Share of capacity for the campaign"),
    "price_rmb": N_("Price of an item in renminbi"),
    "price_idr": N_("Price of an item in rupiah"),
    "unit_cost_idr": N_("Cost of an item"),
    "defect_rate": N_("Share of items that are faulty"),
    "return_rate": N_("Share of items sent back"),
    "working_capital_idr": N_("Working capital of the whole cluster"),
}
HINTS = {
    "name": N_("for example Magetan leather goods"),
    "place": N_("village and district, for example Selosari, Magetan"),
    "product": N_("for example leather sandals"),
    "label": N_("left empty: the name of the cluster"),
    "given_by": N_("for example Magetan district office of industry, 2026"),
    "like": N_("what you leave empty is taken from there, and is marked so"),
}
UNITS = {
    "workshop": N_("workshops"),
    "worker": N_("workers"),
    "item a worker-day": N_("items"),
    "day a week": N_("days"),
    "share": "%",
    "RMB": "RMB",
    "IDR": "rupiah",
}
# Kind of problem to the rule that was broken and what to do; fields are those of `Problem.about`, and what is below.
RULES = {
    "missing": (N_("is required and missing"), N_("fill it in")),
    "long": (N_("is longer than {most} characters"), N_("shorten it")),
    "unprintable": (N_("holds line breaks or invisible characters"), N_("type it anew")),
    "model": (N_("is no shipped cluster"), N_("choose one of {known}")),
    "number": (N_("is no number"), N_("write it in digits")),
    "unclear": (N_("can be read as {one} and as {other}"), N_("write it as one of the two")),
    "percent": (N_("can mean {small} and {large}"), N_("write it with a percent sign")),
    "range": (N_("must be {range}"), N_("check the number and its unit")),
    "whole": (N_("must be a whole number"), N_("leave the decimals out")),
    "half": (N_("a range needs both a lowest and a highest"), N_("fill in both, or neither")),
    "two-prices": (N_("is given beside the price in renminbi"), N_("leave one of them out")),
    "range-alone": (N_("a range needs the most likely number as well"), N_("fill it in")),
    "order": (
        N_("the lowest ({low}), the most likely ({value}) and the highest ({high}) must rise in this order"),
        N_("put them in order"),
    ),
    "formula": (N_("is a formula, and none is computed here"), N_("type the number itself")),
    "date": (N_("was made a date by the spreadsheet"), N_("set the format of the cell to number and type it anew")),
    "truth": (N_("is true or false, and no number"), N_("type the number itself")),
    "error": (N_("is an error of the spreadsheet"), N_("type the number itself")),
    # of a whole file
    "large": (N_("is larger than {most} bytes"), N_("keep only the sheet of the template")),
    "long-sheet": (N_("has more than {most} rows"), N_("keep only the row of your cluster")),
    "empty": (N_("holds nothing"), N_("start from the template")),
    "no-row": (N_("has no row under its headings"), N_("fill in the row under the remarks")),
    "rows": (N_("has more than one row under its headings"), N_("keep one cluster in a file")),
    "column": (N_("has a heading that is no column of the template"), "{remedy}"),
    "twice": (N_("has a heading twice"), N_("keep one of them")),
    "nameless": (N_("has something in row {row} under no heading"), N_("remove it, or give the heading back")),
    "separator": (N_("names a separator that is none"), N_("use a comma, a semicolon or a tab")),
    "csv": (N_("cannot be read as CSV"), N_("save it once more from the spreadsheet")),
    "excel": (N_("cannot be read as an Excel file (.xlsx)"), N_("save it once more, or as CSV")),
    "no-text": (N_("is neither CSV nor Excel"), N_("save the sheet as .csv or .xlsx")),
}


def title(column: str, language: str) -> str:
    """What a column of the sheet, or a place of the form, is called."""
    _, field = speaker(language), COLUMNS[column]
    if column == field.key + LOW:
        return _("{name}: lowest", name=_(TITLES[field.key]))
    if column == field.key + HIGH:
        return _("{name}: highest", name=_(TITLES[field.key]))
    return _(TITLES[field.key])


def unit(field: Field, language: str) -> str:
    """The unit in which a number is typed."""
    return speaker(language)(UNITS[field.measure.unit]) if field.measure else ""


def possible(field: Field, language: str) -> str:
    """Its possible range in words: "0 sampai 10.000 pekerja"."""
    if field.measure is None:
        return ""
    _, m = speaker(language), field.measure
    low, high = words.bare(m.at_least, m.unit, language), words.amount(m.at_most, m.unit, language)
    return _("{low} to {high}", low=low, high=high)


def hint(field: Field, like: Brand, base: Scenario, language: str) -> str:
    """The small text beside a field: an example, or its possible range and what it is where it is left empty."""
    _ = speaker(language)
    if field.measure is None:
        return _(HINTS[field.key])
    owner = words.text_of(like.title, language, like.name)
    if (number := number_at(field, like, base)) is None:
        return _("{range}; {cluster} is priced in another currency", range=possible(field, language), cluster=owner)
    now = words.amount(central(number), field.measure.unit, language)
    if field.required:
        return _("{range}; for example {value} ({cluster})", range=possible(field, language), value=now, cluster=owner)
    if field.path.startswith("finance."):
        return _("{range}; left empty: {value}, as in this scenario", range=possible(field, language), value=now)
    return _("{range}; left empty: {value}, as {cluster}", range=possible(field, language), value=now, cluster=owner)


def understood(column: str, amount: float, language: str) -> str:
    """A number as it was read, with its unit, so that a wrong comma is seen: "60 pekerja"."""
    measure = COLUMNS[column].measure
    return words.amount(amount, measure.unit if measure else "", language)


def complaint(problem: Problem, language: str) -> tuple[str, str]:
    """Which rule a cell or a file breaks, and what to do about it."""
    _ = speaker(language)
    rule, remedy = RULES[problem.kind]
    fields = _fields(problem, language)
    return _(rule, **fields), _(remedy, **fields)


def _fields(problem: Problem, language: str) -> dict[str, object]:
    """What the words of a problem are filled with."""
    fields: dict[str, object] = dict(problem.about)
    field = COLUMNS.get(problem.column)
    if field is not None and field.measure is not None:
        fields["range"] = _between(field, language)
        for name in {"low", "value", "high"} & fields.keys():
            fields[name] = words.bare(float(fields[name]), field.measure.unit, language)  # type: ignore[arg-type]
    if problem.kind == "percent":
        fields |= {name: formats.share(problem.about[name] / 100, language) for name in ("small", "large")}
    if isinstance(known := fields.get("known"), list):
        fields["known"] = ", ".join(known)
    if isinstance(most := fields.get("most"), int):
        fields["most"] = formats.number(most, language)
    return fields


def _between(field: Field, language: str) -> str:
    return speaker(language).gettext("from {range}", range=possible(field, language))


def sentence(problem: Problem, language: str) -> str:
    """A problem as it stands beside its field; who reads it sees what was typed."""
    rule, remedy = complaint(problem, language)
    return f"{formats.capital(rule)}: {remedy}."


def refusal(problem: Problem, where: str, language: str = "en") -> BadInput:
    """A problem as the one line that a command ends with."""
    rule, remedy = complaint(problem, language)
    place = ", ".join(part for part in (where, problem.column) if part)
    return BadInput(place, rule, MISSING if problem.received in (None, "") else problem.received, remedy)


def placed(reading: Reading, base: Scenario) -> Scenario:
    """The scenario `base` with the cluster in place of its own, and with a title that says so in both languages.

    Raises
    ------
    BadInput
        If `base` is no scenario for a single cluster.
    """
    titles, abouts = {}, {}
    for language in LANGUAGES:
        _ = speaker(language)
        event = words.text_of(base.campaign.title, language, base.campaign.name)
        titles[language] = f"{reading.texts['name']}, {event}"
        abouts[language] = _about(reading, base, _)
    return placed_with_texts(reading, base, titles, abouts)


def _about(reading: Reading, base: Scenario, _: Speech) -> str:
    assert reading.like is not None  # noqa: S101 (or nothing could be placed)
    given = [words.small(_(TITLES[key])) for key in reading.numbers]
    return _(
        "A cluster of one's own: {name}, {place}. Given by {who}: {given}. All else of the cluster is as {like}; "
        "people, campaign and market are those of the scenario {base}. Nobody has checked the numbers given.",
        name=reading.texts["name"],
        place=reading.texts["place"],
        who=reading.texts["given_by"],
        given=formats.listed(given, _.language),
        like=words.text_of(reading.like.title, _.language, reading.like.name),
        base=words.text_of(base.title, _.language, base.name),
    )


def remarks(language: str) -> list[list[str]]:
    """The rows of a template that only people read: names, units and possible ranges, an example."""
    _ = speaker(language)
    said = []
    for column in COLUMNS:
        field = COLUMNS[column]
        if field.measure is None:
            said.append(_(HINTS[field.key]))
        else:
            need = _("required") if column == field.key and field.required else _("may be left empty")
            said.append("; ".join([possible(field, language), need]))
    return [[title(column, language) for column in COLUMNS], said]


def refusals(language: str) -> dict[str, str]:
    """What Excel says of an impossible cell, by column."""
    found = {}
    for column, field in COLUMNS.items():
        problem = Problem(column, "range") if field.measure else Problem(column, "model", None, {"known": []})
        found[column] = formats.capital(complaint(problem, language)[0]) + "."
    return found


def table(scenario: Scenario, language: str) -> list[tuple[str, str]]:
    """Every number that can be given, as it is in a scenario with one cluster: its name; value, range and source."""
    _ = speaker(language)
    (cluster,) = scenario.clusters
    return [
        (_(TITLES[field.key]), words.quantity(number, field.measure.unit, language))
        for field in NUMBERS
        if field.measure is not None and (number := number_at(field, cluster, scenario)) is not None
    ]
