"""The card in which an official adds a cluster: a form that is checked as it is typed, or one row of a sheet.

The form knows no rule: it sends what stands in its places, and shows what it is told about each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from sim.errors import BadInput
from sim.scenario import Scenario, sheets
from sim.scenario.own_cluster import (
    COLUMNS,
    FIELDS,
    PRICES,
    Cell,
    Field,
    Odd,
    Percent,
    Reading,
    models,
    name_in_paths,
    read,
)
from sim.scenario.seeds import clusters
from sim.text import formats, own_cluster, words
from sim.text.catalogue import N_, speaker
from sim.view import own_sheet, sizing
from sim.view.cards import boxed
from sim.view.front import FOLDER

GROUPS = {
    N_("The cluster"): ("name", "place", "product", "label", "like", "given_by"),
    N_("Workshops and work"): (
        "makers",
        "wave",
        "workers_per_workshop",
        "items_per_worker_day",
        "working_days_per_week",
        "campaign_share",
    ),
    N_("Goods and money"): (*PRICES, "unit_cost_idr", "defect_rate", "return_rate", "working_capital_idr"),
}
OF = {field.key: field for field in FIELDS}


class Form(anywidget.AnyWidget):
    """Labelled places to type in, a message at each, buttons, and a place for a file.

    Attributes
    ----------
    look : dict
        Every word of the form, and its places in groups.
    values : dict of str
        What is typed, by column.
    notes : dict
        What is said of each column: `text`, and whether it is `bad`.
    status : dict
        What is said of the whole: `text`, `bad`.
    """

    _esm = FOLDER / "form.js"
    _css = FOLDER / "form.css"
    look = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    notes = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)


class OwnCluster:
    """The card.

    Parameters
    ----------
    base : Scenario
        Whose people, campaign and market the cluster gets.
    use : callable
        Called with the scenario that is to be shown.

    Attributes
    ----------
    box : Box
        What is put on the page.
    form : Form
    """

    def __init__(self, base: Scenario, use: Callable[[Scenario], None]) -> None:
        self._base, self._use, self._language = base, use, "id"
        self._made: set[str] = set()  # digests of the scenarios that are from here
        self._clusters = clusters()
        self._asked = False  # whether what is still missing is said as well
        self.form = Form(values={"like": self._first_model})
        self.form.observe(lambda _change: self._say(), "values")
        self.form.on_msg(self._told)
        self.box = boxed([self.form], "siap-card", "siap-card-own")

    def follow(self, base: Scenario) -> None:
        """Take another scenario to put the cluster into, unless it is itself one from here."""
        if base.digest not in self._made:
            untouched = self.form.values == {"like": self._first_model}
            self._base = base
            if untouched:
                self.form.values = {"like": self._first_model}

    @property
    def _first_model(self) -> str:
        """The cluster that is offered first as the most alike: the scenario's own."""
        known = models(self._clusters)
        return next((cluster.name for cluster in self._base.clusters if cluster.name in known), next(iter(known)))

    def speak(self, language: str) -> None:
        """Say everything in a language; what was typed stays, and is read as that language writes numbers."""
        self._language = language
        self.form.status = {}
        self._say()

    # ── what the form sends ──────────────────────────────────────────────────────────────────────────

    def _told(self, _form: Any, message: Any, buffers: Any) -> None:
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind in ("use", "save") and isinstance(message.get("values"), dict):
            self.form.values = message["values"]
        if kind == "use":
            self._placed(self._shown)
        elif kind == "save":
            self._placed(self._sent)
        elif kind == "template" and message.get("suffix") in own_sheet.SUFFIXES:
            suffix = message["suffix"]
            self._send_file(f"siap-cluster{suffix}", own_sheet.template(suffix, self._language))
        elif kind == "file" and buffers:
            self._opened(str(message.get("name", "")), bytes(buffers[0]))

    def _opened(self, name: str, data: bytes) -> None:
        """Fill the form from a sheet; each cell as this language writes it."""
        _ = speaker(self._language)
        try:
            row = sheets.row(data)
        except sheets.Refused as refused:
            said = own_cluster.sentence(refused.problem, self._language)
            self._report(f"{name}: {said}", bad=True)
            return
        self._asked = True
        found = read(row.cells, row.decimal, self._clusters)
        self.form.values = {column: self._typed(column, cell, found) for column, cell in row.cells.items()}
        self.form.send({"kind": "filled"})
        self._say()
        self._report(_("Read from {file}; look at what was understood.", file=name), bad=False)

    def _typed(self, column: str, cell: Cell, found: Reading) -> str:
        """A cell as it would have been typed into the form; what could not be read stays as it was."""
        if column in found.amounts:
            amount = found.amounts[column] * (100 if COLUMNS[column].percent else 1)
            digits = f"{round(amount, 10):.15g}".replace(".", own_sheet.decimal(self._language))
            return f"{digits}%" if COLUMNS[column].percent else digits
        if isinstance(cell, Odd):
            return cell.text
        return f"{cell.amount:g}%" if isinstance(cell, Percent) else str(cell)

    # ── what is understood of it ─────────────────────────────────────────────────────────────────────

    @property
    def reading(self) -> Reading:
        """What stands in the form."""
        cells = {column: str(text) for column, text in self.form.values.items() if column in COLUMNS}
        return read(cells, own_sheet.decimal(self._language), self._clusters)

    def _placed(self, then: Callable[[Scenario], None]) -> None:
        """Do something with the scenario, or say everything that is in the way."""
        _ = speaker(self._language)
        found, self._asked = self.reading, True
        self._say()
        if found.problems:
            n = len(found.problems)
            text = _.ngettext("{n} entry is to be put right.", "{n} entries are to be put right.", n, n=n)
            self._report(text, bad=True)
            self.form.send({"kind": "wrong", "column": found.problems[0].column})
            return
        try:
            then(own_cluster.placed(found, self._base))
        except BadInput as error:
            self._report(sizing.said(error, self._language), bad=True)

    def _shown(self, scenario: Scenario) -> None:
        self._made.add(scenario.digest)
        try:
            self._use(scenario)
        except BadInput:
            self._made.discard(scenario.digest)
            raise
        name = words.text_of(scenario.title, self._language, scenario.name)
        self._report(speaker(self._language)("On the page now: {name}.", name=name), bad=False)
        self.form.send({"kind": "used"})

    def _sent(self, scenario: Scenario) -> None:
        name = f"{name_in_paths(scenario.name)}.yaml"
        self._send_file(name, scenario.text.encode())
        self._report(speaker(self._language)("Saved as {file}.", file=name), bad=False)

    def _send_file(self, name: str, data: bytes) -> None:
        self.form.send({"kind": "download", "name": name}, buffers=[data])

    def _report(self, text: str, bad: bool) -> None:
        self.form.status = {"text": text, "bad": bad}

    # ── what it says ─────────────────────────────────────────────────────────────────────────────────

    def _say(self) -> None:
        found = self.reading
        like = found.like or self._clusters[self._first_model]
        with self.form.hold_sync():
            self.form.look = look(like, self._base, self._clusters, self._language)
            self.form.notes = notes(found, self._language, self._asked)


def notes(found: Reading, language: str, asked: bool) -> dict[str, dict[str, Any]]:
    """What is said of each column: how its number was read, or what is wrong with it.

    Parameters
    ----------
    asked : bool
        Whether it is also said that something is missing; while a form is being filled in nobody wants to hear it.
    """
    said: dict[str, dict[str, Any]] = {
        column: {"text": own_cluster.understood(column, amount, language), "bad": False}
        for column, amount in found.amounts.items()
    }
    for problem in found.problems:
        if problem.kind != "missing" or asked:
            said[problem.column] = {"text": own_cluster.sentence(problem, language), "bad": True}
    return said


def look(like: Any, base: Scenario, known: Any, language: str) -> dict[str, Any]:
    """Every word of the form."""
    _ = speaker(language)

    def place(field: Field) -> dict[str, Any]:
        return {
            "key": field.key,
            "columns": list(field.columns),
            "name": own_cluster.title(field.key, language),
            "names": [own_cluster.title(column, language) for column in field.columns],
            "unit": own_cluster.unit(field, language),
            "hint": formats.unbroken(own_cluster.hint(field, like, base, language)),
            "required": field.required,
            "number": field.measure is not None,
        }

    other = {key for key in PRICES if key != f"price_{base.clusters[0].goods.currency}"}
    shown = {name: [key for key in keys if key not in other] for name, keys in GROUPS.items()}
    groups = [{"name": _(name), "fields": [place(OF[key]) for key in keys]} for name, keys in shown.items()]
    options = [[name, words.text_of(brand.title, language, name)] for name, brand in models(known).items()]
    return {
        "title": _("Add your own cluster"),
        "about": _(
            "Fill in what you know of your cluster; the rest is taken from the cluster most like it, and the scenario "
            "says which numbers are yours. It takes the people, the campaign and the market of: {scenario}.",
            scenario=words.text_of(base.title, language, base.name),
        ),
        "sheet": _("From a sheet (.xlsx or .csv)"),
        "templates": _("Empty sheet to fill in:"),
        "ranges": _("I also know the lowest and the highest"),
        "required": _("required"),
        "likely": _("most likely"),
        "low": _("lowest"),
        "high": _("highest"),
        "use": _("Use it"),
        "save": _("Save as a file"),
        "groups": groups,
        "options": options,
        "suffixes": list(own_sheet.SUFFIXES),
    }
