"""What a reader does with whole settings: undo, redo and reset them, keep and compare them, share and reopen them.

The page tells the desk what was chosen and what is shown; the desk asks the page to show another choice.
"""

from __future__ import annotations

import dataclasses
import html
import itertools
import time
from collections.abc import Callable
from typing import Protocol, cast

import ipywidgets as widgets

from sim.errors import BadInput, unknown
from sim.scenario import Scenario, scenario_names
from sim.scenario.own_cluster import name_in_paths
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import compared, link, sharing, sizing, tables
from sim.view.answer import Setting
from sim.view.brief import brief, shown_of
from sim.view.cards import boxed, plain
from sim.view.choice import Choice, History, origin
from sim.view.compare_card import MOST_TOLD, CompareCard
from sim.view.compared import Variant
from sim.view.errand import Errand, Found, News, Underway
from sim.view.link import Shared
from sim.view.session import Shown
from sim.view.share_card import ShareCard
from sim.view.sharing import Reopened


class Page(Protocol):
    """What the desk asks of the page."""

    shown: Shown | None
    setting: Setting
    wish: int

    @property
    def choice(self) -> Choice:
        """What is chosen."""

    def base(self, name: str) -> Scenario:
        """The scenario that a choice starts from, as it came."""

    def fresh(self, name: str) -> Choice:
        """The choice with which a scenario opens."""

    def take(self, choice: Choice, language: str = "") -> None:
        """Show another choice, in a language; where it cannot be, `BadInput`, and nothing is done."""

    def soon(self, then: Callable[[], None]) -> None:
        """Do something where the widgets live."""


class Desk:
    """The parts of the page that deal with whole settings.

    Parameters
    ----------
    page : Page

    Attributes
    ----------
    steps, notice : widget
        Undo, redo, reset; what is said of a shared setting that was opened.
    cards : list of Box
    writer : Errand
        Writes a brief.
    history : History
    """

    def __init__(self, page: Page) -> None:
        self._page, self._language, self._name = page, "id", ""
        self._origins: dict[str, str] = {}  # of scenarios of the reader's own, as far as they were asked for
        self._sought = ""
        self._opened: Shared | None = None
        self._found: Reopened | BadInput | None = None
        self.history = History(page.choice)
        self._told_of: History | None = None
        self.undo, self.redo, self.reset = widgets.Button(), widgets.Button(), widgets.Button()
        self.undo.on_click(lambda _button: self.step("undo"))
        self.redo.on_click(lambda _button: self.step("redo"))
        self.reset.on_click(lambda _button: self._reset())
        self.steps = boxed([self.undo, self.redo, self.reset], "siap-steps")
        self.notice = plain("", "siap-notice")
        self._search = Errand(page.soon, self._found_origin)
        self.compare = CompareCard(self._variants, self._counts, self._show_kept, page.soon)
        self.share = ShareCard(self.open, self.step, self._write_brief)
        self.writer = Errand(page.soon, self._written)
        self.cards = [self.compare.box, self.share.box]

    # ── what the reader does ─────────────────────────────────────────────────────────────────────────

    def record(self, touched: str) -> None:
        """Something was moved."""
        self._keep(self.history.record(self._page.choice, touched, time.monotonic()))
        self._unless_full()

    def step(self, which: str) -> None:
        """One step back, or one undone step again."""
        history = self.history.undone() if which == "undo" else self.history.redone()
        if history is not self.history:
            self._take(history.now)
            self._keep(history)

    def _reset(self) -> None:
        """Everything as the scenario came."""
        self._go(self._page.fresh(self._page.choice.base), "reset")

    def _show_kept(self, variant: Variant) -> None:
        self._go(variant.choice, f"kept {variant.name}")
        self._name = variant.name

    def _go(self, choice: Choice, touched: str) -> None:
        self._take(choice)
        self._keep(self.history.record(self._page.choice, touched, time.monotonic()))

    def _take(self, choice: Choice, language: str = "") -> None:
        self._unless_full()
        self._page.take(choice, language)

    def open(self, text: str) -> None:
        """Open what was shared: a link, the text of a file, or what is between."""
        try:
            shared = link.opened(text)
            if shared.choice.base not in scenario_names():  # never what a link says where it may be a path
                raise unknown(link.WHERE, "shipped scenario", shared.choice.base, scenario_names())
            self._take(shared.choice, shared.language)
        except BadInput as error:
            self._opened, self._found = None, error
        else:
            self._opened, self._found, self._name = shared, None, shared.name
            self._keep(self.history.record(self._page.choice, "open", time.monotonic()))
        self._tell()
        if self._page.shown is not None:
            self.follow(self._page.shown)

    # ── what the page shows ──────────────────────────────────────────────────────────────────────────

    def follow(self, shown: Shown) -> None:
        """The page shows something, or something of it was chosen that needs no new result."""
        if shown.step == "full" and shown.wish >= self._page.wish:
            if self._opened is not None and self._found is None:
                self._found = sharing.reopened(self._opened, shown)
                self._tell()
            self.share.offer(self._shared(shown))
        self._tell_steps()
        self.compare.follow()

    def _shared(self, shown: Shown) -> Shared | BadInput | None:
        choice = self._page.choice
        try:
            if choice.base not in scenario_names():
                own = self._page.base(choice.base)
                if choice.base not in self._origins:
                    self._seek(choice.base, own)
                    return None
                choice = sharing.portable(choice, own, self._origins[choice.base])
            found = sharing.shared(shown, choice, self._language, self._name)
            link.write(found)  # refuses what is too long
        except BadInput as error:
            return error
        return found

    def _seek(self, name: str, own: Scenario) -> None:
        """Look for the shipped scenario that is nearest to one of the reader's own; it takes seconds."""
        if self._sought != name:
            self._sought = name
            self._search.start(lambda _progress, _cancel: (name, origin(own)))

    def _found_origin(self, news: News) -> None:
        if isinstance(news, Found):
            name, nearest = cast("tuple[str, str]", news.value)
            self._origins[name] = nearest
            if self._page.shown is not None:
                self.follow(self._page.shown)

    def _unless_full(self) -> None:
        """What is on offer, its name and what was said of a link are of the choice before."""
        self._name = ""
        self.share.offer(None)
        if self._opened is not None or self._found is not None:
            self._opened = self._found = None
            self._tell()

    def _keep(self, history: History) -> None:
        self.history = history
        self.undo.disabled, self.redo.disabled = not history.past, not history.future

    def _tell_steps(self) -> None:
        """List the latest steps, unless they are listed already: to put them into words takes a while."""
        if self._told_of is not self.history:
            self._told_of = self.history
            self.compare.tell(self._told())

    def _told(self) -> list[str]:
        """The latest steps in words, the latest first."""
        choices = [*self.history.past, self.history.now][-MOST_TOLD - 1 :]
        whole = [(choice, choice.scenario(self._page.base(choice.base))) for choice in choices]
        told = [compared.step(one, other, self._language) for one, other in itertools.pairwise(whole)]
        return [step for step in reversed(told) if step]

    def _variants(self) -> list[Variant]:
        """The baseline, and what is on the page where it is another."""
        choice = self._page.choice
        base = self._page.base(choice.base)
        first = dataclasses.replace(self._page.fresh(choice.base), seed=choice.seed, replications=choice.replications)
        baseline = Variant(first, base, "baseline")
        mine = Variant(choice, choice.scenario(base), "mine")
        return [baseline] if choice == first else [baseline, mine]

    def _counts(self) -> tuple[int, int]:
        shown = self._page.shown
        if shown is None:
            scenario = self._variants()[0].scenario
            return scenario.replications, scenario.seed
        return shown.reading.result.replications, shown.reading.result.seed

    # ── the brief ────────────────────────────────────────────────────────────────────────────────────

    def _write_brief(self) -> None:
        """Write what is on the page as a brief, unless one is being written; the same as the command writes."""
        shown, setting = self._page.shown, self._page.setting
        if shown is not None and not self.writer.running:
            self.share.writing(True)
            result = shown.reading.result
            name = f"siap-{name_in_paths(shown.scenario.name)}-{setting.language}"
            self.writer.start(lambda progress, _cancel: (f"{name}.html", brief(shown_of(result, progress), setting)))

    def _written(self, news: News) -> None:
        if isinstance(news, Underway):
            return
        self.share.writing(False)
        if isinstance(news, Found):
            self.share.send(*cast("tuple[str, str]", news.value))
        else:
            self.notice.value = (
                f'<p class="siap-refused" role="alert">{html.escape(sizing.said(news, self._language))}</p>'
            )

    # ── words ────────────────────────────────────────────────────────────────────────────────────────

    def speak(self, language: str) -> None:
        """Say everything in a language."""
        _, self._language = speaker(language), language
        self.undo.description, self.redo.description = f"↶ {_('Undo')}", f"↷ {_('Redo')}"
        self.undo.tooltip, self.redo.tooltip = _("Undo (Ctrl+Z)"), _("Redo (Ctrl+Shift+Z)")
        self.reset.description, self.reset.tooltip = _("Reset"), _("Everything as the scenario came")
        self.compare.speak(language)
        self.share.speak(language)
        self._keep(self.history)
        self._told_of = None
        self._tell_steps()
        self._tell()

    def _tell(self) -> None:
        """Say what came of a shared setting that was opened."""
        _, found = speaker(self._language), self._found
        if isinstance(found, BadInput):
            said = html.escape(f"{_('What was shared cannot be opened.')} {sizing.said(found, self._language)}")
            self.notice.value = f'<p class="siap-refused" role="alert">{said}</p>'
        elif found is not None:
            name = f"<b>{html.escape(found.shared.name)}</b>: " if found.shared.name else ""
            kind = "same" if found.same and found.same_version and found.same_data else "changed"
            said = html.escape(formats.unbroken(sharing.verdict(found, self._language)))
            table = sharing.changes(found, self._language)
            scroll = tables.scrolled(table) if table else ""
            self.notice.value = f'<div class="siap-opened siap-{kind}" role="status">{name}{said}{scroll}</div>'
        elif self._opened is not None:
            said = html.escape(_("What was shared is being computed again."))
            self.notice.value = f'<div class="siap-opened" role="status">{said}</div>'
        else:
            self.notice.value = ""
