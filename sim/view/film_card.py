"""The card that shows one replication as it goes, once somebody asks for it."""

from __future__ import annotations

import html

import ipywidgets as widgets

from sim.text import words
from sim.text.catalogue import speaker
from sim.view.answer import Setting
from sim.view.cards import Card, boxed, key
from sim.view.film import Film, colours, film
from sim.view.preparation import Preparation
from sim.view.replay import Replay, replay
from sim.view.session import Shown
from sim.view.sizing import drawable
from sim.view.widgets import Player


class FilmCard:
    """A button, and behind it the film; nothing of it is made before somebody presses.

    Attributes
    ----------
    box : Box
        What is put on the page.
    button : Button
        Asks for the film.
    why : HTML
        What there is to see, or why there is nothing.
    card : Card, optional
        The film, once it was asked for.
    player : Player, optional
    """

    def __init__(self) -> None:
        self._heading, self.why = widgets.HTML(), widgets.HTML()
        self.button = widgets.Button(disabled=True)
        self.button.on_click(lambda _button: self._open())
        self._offer = boxed([self._heading, self.why, self.button], "siap-card", "siap-card-film")
        self.box = boxed([self._offer], "siap-place")
        self.card: Card | None = None
        self.player: Player | None = None
        self._key = widgets.HTML()
        self._shown: Shown | None = None
        self._language = "id"
        self._known: tuple[Preparation, Replay] | None = None

    @property
    def opened(self) -> bool:
        """Whether the film is on the page."""
        return self.card is not None and self.box.children == (self.card.box,)

    def speak(self, language: str) -> None:
        """Set what does not depend on a result in a language."""
        _ = speaker(language)
        self._heading.value = f"<h2>{html.escape(_('See it run'))}</h2>"
        self.button.description = f"▶ {_('Show one replication')}"
        self._key.value = key(colours(language))

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Take a result: a film of another one is folded away, one of the same is said in the language chosen."""
        self._shown, self._language = shown, setting.language
        possible = drawable(shown.scenario)
        said = _hint(setting.language) if possible else _why_not(setting.language)
        self.why.value = f'<p class="siap-hint">{html.escape(said)}</p>'
        self.button.layout.display = None if possible else "none"
        self.button.disabled = shown.preparation is None
        if self.opened:
            self._refresh(shown)

    def _refresh(self, shown: Shown) -> None:
        if self._known is not None and shown.preparation is self._known[0]:
            self._show(shown, self._known[1])
        else:
            self.box.children = (self._offer,)

    def _open(self) -> None:
        shown = self._shown
        if shown is None or shown.preparation is None:
            return
        if self._known is None or self._known[0] is not shown.preparation:
            self._known = shown.preparation, replay(shown.reading.result, shown.preparation.number)
        self._show(shown, self._known[1])

    def _show(self, shown: Shown, what: Replay) -> None:
        _, language = speaker(self._language), self._language
        made = film(what, words.titles_of(shown.scenario), language)
        card, player = self._made(made)
        card.entitle(_("See it run"), _hint(language))
        player.words = {"play": _("Play"), "pause": _("Pause"), "name": _("Week of the preparation")}
        with player.hold_sync():
            player.frames, player.said = made.frames, made.said
        card.show(made.parts)
        card.tell(made.sentence)
        card.tabulate(made.table, _("As a table"))
        if not self.opened:
            self.box.children = (card.box,)

    def _made(self, made: Film) -> tuple[Card, Player]:
        """The card and its player, made the first time."""
        if self.card is None or self.player is None:
            self.card = Card("film", made.parts, (self._key,))
            self.player = Player(self.card.chart)
            self.card.box.children = (*self.card.box.children[:2], self.player, *self.card.box.children[2:])
        return self.card, self.player


def _hint(language: str) -> str:
    _ = speaker(language)
    return _("Week by week: who waits, who is served, who has passed, and how the stock fills.")


def _why_not(language: str) -> str:
    _ = speaker(language)
    return _("Not shown for so many workshops: it would take the history of each, which is too much for a page.")
