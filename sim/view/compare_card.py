"""The card on which settings stand side by side: the baseline, what is on the page, and what the reader kept."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import ipywidgets as widgets

from sim.errors import BadInput
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import answer, compared, sizing
from sim.view.cards import boxed, plain
from sim.view.compared import Comparison, Variant
from sim.view.errand import Errand, News, Post, Underway
from sim.view.session import Busy
from sim.view.tables import scrolled

MOST_KEPT = 5
MOST_NAME = 40  # characters
MOST_TOLD = 8  # steps of the history


class CompareCard:
    """Kept settings and a comparison on request.

    Parameters
    ----------
    now : callable
        Gives the baseline, and what is on the page; the first alone where they are the same.
    counts : callable
        Gives replications and seed of what is on the page.
    reopen : callable
        Shows a kept setting on the page.
    post : callable
        Has something done where the widgets live.

    Attributes
    ----------
    errand : Errand
    box : Box
        What is put on the page.
    kept : list of Variant
    """

    def __init__(
        self,
        now: Callable[[], list[Variant]],
        counts: Callable[[], tuple[int, int]],
        reopen: Callable[[Variant], None],
        post: Post,
    ) -> None:
        self._now, self._counts, self._reopen = now, counts, reopen
        self.errand = Errand(post, self._take)
        self.kept: list[Variant] = []
        self.found: Comparison | None = None
        self._fresh, self._language, self._counted = True, "id", 0
        self._heading, self._steps = widgets.HTML(), widgets.HTML()
        self.name, self.keep = widgets.Text(continuous_update=True), widgets.Button()
        self.compare, self.stop = widgets.Button(), widgets.Button()
        self.progress, self.result = plain("", "siap-comparing"), plain("", "siap-compared")
        self.rows = boxed([], "siap-kept")
        self.keep.on_click(lambda _button: self._keep())
        self.compare.on_click(lambda _button: self.run())
        self.stop.on_click(lambda _button: self._stopped())
        keeping = boxed([self.name, self.keep], "siap-tools")
        running = boxed([self.compare, self.stop], "siap-tools")
        parts = [self._heading, keeping, self.rows, running, self.progress, self.result, self._steps]
        self.box = boxed(parts, "siap-card", "siap-card-compare")
        self._running(False)

    # ── what the reader does ─────────────────────────────────────────────────────────────────────────

    def _keep(self) -> None:
        *_baseline, mine = self._now()
        self._counted += 1
        name = " ".join(self.name.value.split())[:MOST_NAME]
        name = name or speaker(self._language)("Setting {n}", n=self._counted)
        self.kept.append(Variant(mine.choice, mine.scenario, "kept", name))
        self.name.value = ""
        self._list()

    def _forget(self, variant: Variant) -> None:
        self.kept.remove(variant)
        self._list()

    def run(self) -> None:
        """Compare what there is, beside the page."""
        variants = [*self._now(), *self.kept]
        _ = speaker(self._language)
        if len(variants) < 2:
            said = _("There is nothing to compare yet: move a lever or the lead time, or keep a setting.")
            self.result.value = compared.paragraphs([said])
            return
        replications, seed = self._counts()
        self._running(True)
        self.progress.value = answer.progress(Busy("compare", 0, 1), self._language)
        self.errand.start(lambda progress, cancel: compared.compared(variants, replications, seed, progress, cancel))

    def _stopped(self) -> None:
        self.errand.stop()
        self._running(False)

    def _running(self, running: bool) -> None:
        self.compare.layout.display, self.stop.layout.display = ("none", "") if running else ("", "none")
        if not running:
            self.progress.value = ""

    def _take(self, news: News) -> None:
        if isinstance(news, Underway):
            busy = Busy("compare", news.done, news.total, news.seconds_left)
            self.progress.value = answer.progress(busy, self._language)
            return
        self._running(False)
        if isinstance(news, BadInput):
            self.result.value = (
                f'<p class="siap-refused" role="alert">{html.escape(sizing.said(news, self._language))}</p>'
            )
        elif isinstance(news.value, Comparison):
            self.found = news.value
            self._show(self.found)
            self.follow()

    # ── what is shown ────────────────────────────────────────────────────────────────────────────────

    def speak(self, language: str) -> None:
        """Say everything in a language."""
        _, self._language = speaker(language), language
        hint = _(
            "The baseline is the scenario as it came. All have the same random numbers, so each replication is paired."
        )
        self._heading.value = f'<h2>{html.escape(_("Compare"))}</h2><p class="siap-hint">{html.escape(hint)}</p>'
        self.name.description, self.name.placeholder = _("Name"), _("such as: an earlier start")
        self.keep.description, self.compare.description, self.stop.description = _("Keep this"), _("Compare"), _("Stop")
        self._list()
        if self.found is not None:
            self._show(self.found)

    def follow(self) -> None:
        """Say whether what is compared is still what is on the page."""
        if self.found is None:
            return
        mine = [one.choice for one in self._now()]
        fresh = mine == [one.choice for one in self.found.variants if one.role != "kept"]
        if fresh != self._fresh:
            self._fresh = fresh
            self._show(self.found)

    def tell(self, steps: Sequence[str]) -> None:
        """List what the reader changed, the latest first."""
        _ = speaker(self._language)
        if not steps:
            self._steps.value = ""
            return
        items = "".join(f"<li>{html.escape(formats.unbroken(one))}</li>" for one in steps[:MOST_TOLD])
        self._steps.value = (
            f'<details data-siap="history"><summary>{html.escape(_("History"))}</summary>'
            f'<ol class="siap-history" reversed>{items}</ol></details>'
        )

    def _show(self, found: Comparison) -> None:
        _, language = speaker(self._language), self._language
        stale = (
            "" if self._fresh else compared.paragraphs([_("Compared before the latest change; press Compare again.")])
        )
        differing = compared.differing_table(found.variants, language)
        what = f"<h3>{html.escape(_('What differs'))}</h3>{scrolled(differing)}" if differing else ""
        said = compared.paragraphs(compared.sentences_of(found, language))
        shown = f"{said}{scrolled(compared.table(found, language))}{what}"
        self.result.value = f'{stale}<div class="{"" if self._fresh else "siap-stale"}">{shown}</div>'

    def _list(self) -> None:
        """A row for each kept setting, with what can be done with it."""
        old = self.rows.children
        self.rows.children = [self._row(variant) for variant in self.kept]
        self.keep.disabled = len(self.kept) >= MOST_KEPT
        for row in old:
            for part in (*row.children, row):
                part.close()

    def _row(self, variant: Variant) -> widgets.Box:
        _ = speaker(self._language)
        reopen, forget = widgets.Button(description=_("Show")), widgets.Button(description=_("Remove"))
        reopen.tooltip, forget.tooltip = (
            _("Show {name}", name=variant.name),
            _("Remove {name}", name=variant.name),
        )
        reopen.on_click(lambda _button: self._reopen(variant))
        forget.on_click(lambda _button: self._forget(variant))
        return boxed([plain(f"<b>{html.escape(variant.name)}</b>"), reopen, forget], "siap-tools")
