"""The planner's page: the answer, the dial, the charts, and the levers that move them.

A thin layer: what is wanted and shown is the session's (`sim.view.session`), what is drawn and said comes from pure
functions. Moving the lead time or the target looks numbers up and is painted at once; other levers ask the session
and are painted when it answers, from its thread by way of the kernel's event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import html
import math
import os
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets as widgets
from IPython.display import display

from sim import engine as engines
from sim.errors import BadInput
from sim.scenario import Campaign, Scenario, scenario_names
from sim.shipped import REFERENCE
from sim.text import words
from sim.text.catalogue import N_, check, speaker
from sim.view import answer, campaigns, dial, link, short, sizing
from sim.view.answer import PROBABILITY, Setting
from sim.view.asked import DoubtsCard, RemedyCard, StepsCard
from sim.view.board import Board
from sim.view.cards import FOLLOWS, boxed, plain
from sim.view.choice import Choice, campaigns_of
from sim.view.controls import Value
from sim.view.desk import Desk, Packed
from sim.view.lever_panel import LeverPanel
from sim.view.own_cluster import OwnCluster
from sim.view.reading import LAST_WEEK
from sim.view.session import Busy, Session, Shown
from sim.view.still import Still
from sim.view.target import Target
from sim.view.widgets import Chart, Dial, Page, Plotly

REST_SECONDS = 0.15  # after which a lead time that has stopped moving is costed
TONGUES = {"ID": "id", "EN": "en"}
WAYS = {"levers": N_("To the levers ↓"), "card-answer": N_("Back to the answer ↑")}  # on a telephone
WAITING = "siap-waiting"  # the numbers are of something else than what is chosen, and stand back


class Planner(widgets.Box):  # type: ignore[misc]
    """The planner's page.

    Parameters
    ----------
    scenario : str or Scenario
        A shipped name, a file, or a scenario.
    language : str
        ``id`` or ``en``; can be switched on the page.
    replications : int, optional
        Of the full result; None: what `SIAP_REPLICATIONS` says, else the scenario's own as far as a page can wait.
    today : date, optional
        Decides which starts have gone by; None: the calendar's.
    shared : str, optional
        A link, or the text of one, to open. What the address of the page without code asks for is opened as well.
    packed : callable, optional
        Makes a research package, as `sim.package.packed.packed` does; None: the page offers none.

    Attributes
    ----------
    session : Session
    setting : Setting
    shown : Shown, optional
        The result on the page.
    wish : int
        Number of what was wanted last.
    desk : Desk
    """

    def __init__(
        self,
        scenario: str | Scenario = REFERENCE,
        language: str = "id",
        replications: int | None = None,
        today: datetime.date | None = None,
        shared: str | None = None,
        packed: Packed | None = None,
    ) -> None:
        self._base = Scenario.of(scenario)
        self._name = scenario if isinstance(scenario, str) and scenario in scenario_names() else self._base.digest
        self._own = {} if self._name == scenario else {self._name: self._base}  # by digest, which is no shipped name
        self._settings: dict[str, Value] = {}
        self._campaigns = campaigns_of(self._base)
        self._still = Still(f"siap-still-{secrets.token_hex(8)}")
        self._seed: int | None = None
        self._replications: int | None = None
        self.wish = 0
        self._asked = False  # whether what the address asks for was opened
        week = min(LAST_WEEK, round(self._base.lead_days / 7))
        self._by_calendar = today is None
        self.setting = Setting(check(language), week, None, PROBABILITY, today or _today())
        self.shown: Shown | None = None
        self._busy: Busy | None = None
        self._refused = ""
        self._rest: asyncio.TimerHandle | None = None
        self._loop = _running_loop()
        self._quiet = False
        self._busy_with_new = True  # or else it was refused
        self._make(packed)
        down, back = self._ways.values()
        around = [self._title, self._head, down, self.desk.notice, self._body, back, self._short]
        parts = [self._page, self._plotly, *around]
        super().__init__(parts)
        self.add_class("siap")
        self.session = Session(self._hear, replications or _from_environment())
        self._speak()
        if shared is not None:
            self.desk.open(shared)
        if self.wish == 0:
            self._want()

    # ── making ───────────────────────────────────────────────────────────────────────────────────────

    def _make(self, packed: Packed | None) -> None:
        self._page, self._plotly = Page(language=self.setting.language), Plotly()
        self.scenario_choice, self.campaign_choice = widgets.Dropdown(), widgets.Dropdown()
        self.language_choice = widgets.ToggleButtons(options=TONGUES, value=self.setting.language)
        self.dial = Dial(value=self.setting.week, most=LAST_WEEK)
        self._answer, self._about = widgets.HTML(), widgets.HTML()
        self._progress = plain("", "siap-progress")
        self._title, self._short = plain("", "siap-title"), plain("", "siap-bottom")
        self._ways = {place: plain("", "siap-way") for place in WAYS}
        self.offer = widgets.Button(layout={"width": "auto", "display": "none"})
        self.board = Board(self._redraw_preparation)
        self.remedies, self.steps, self.doubts = RemedyCard(self.soon), StepsCard(self.soon), DoubtsCard(self.soon)
        self.asked = (self.remedies, self.steps, self.doubts)
        self.own = OwnCluster(self._base, self._placed)
        self.panel, self.target = LeverPanel(self._moved), Target(self._aimed)
        brand = plain('<b class="siap-brand">Siap</b>')
        self._names = {choice: widgets.HTML() for choice in (self.scenario_choice, self.campaign_choice)}
        picks = [boxed([name, choice], "siap-pick") for choice, name in self._names.items()]
        self.desk = Desk(self, packed)
        self.desk.share.widget.still = self._still.name
        self._head = boxed([brand, *picks, self.desk.steps, self.language_choice], "siap-head")
        answered = [self.target.box, self._answer, self.dial, self.offer, self._progress]
        card = boxed(answered, "siap-card", FOLLOWS, "siap-card-answer")
        share, holding, path, *others = self.board.boxes
        exhibits = [share, holding, path, self.steps.box, *others, self.doubts.box]
        charts = boxed([card, self.remedies.box, *exhibits, *self.desk.cards, self.own.box, self._about], "siap-charts")
        self._body = boxed([charts, self.panel.box], "siap-body")
        self._listen()

    def _listen(self) -> None:
        self._page.on_msg(self._greeted)
        self.dial.observe(self._dialled, "value")
        self.scenario_choice.observe(self._chosen, "value")
        self.campaign_choice.observe(self._recampaigned, "value")
        self.language_choice.observe(self._switched, "value")
        self.offer.on_click(lambda _button: self._take_offer())

    def _greeted(self, _page: Any, message: Any, _buffers: Any) -> None:
        """Send everything anew to a page that has just begun to listen; charts do so for themselves."""
        kind = message.get("kind") if isinstance(message, dict) else None
        if kind == "typed":
            self._read(str(message.get("key", "")), str(message.get("text", "")))
        elif kind == "ready":
            self._new_day()
            self._open_address(str(message.get("query", "")))
            for widget in _all_in(self):
                widget.send_state()

    def _open_address(self, query: str) -> None:
        """Open what the address asks for: once, since a page that is shown again was used since."""
        if not self._asked and (found := link.in_query(query)) is not None:
            self._asked = True
            self.desk.open(found)

    def _ipython_display_(self) -> None:
        """The page, and under it in a notebook what is kept of it."""
        display(self._repr_mimebundle_(), raw=True)  # type: ignore[no-untyped-call]
        if not _alone():
            self._still.place(self.shown, self.setting)

    def _new_day(self) -> None:
        """A page that was made beforehand may be opened on a later day."""
        if self._by_calendar and self.setting.today != _today():
            self.setting = dataclasses.replace(self.setting, today=_today())
            if self.shown is not None:
                self._paint_all(self.shown)

    # ── what the reader does ─────────────────────────────────────────────────────────────────────────

    @property
    def choice(self) -> Choice:
        """All that was chosen, as one value."""
        later = self.campaign_choice.index or 0
        return Choice(
            self._name,
            self.setting.week,
            tuple(self._settings.items()),
            self._campaigns[later].name if later else "",
            self.setting.share,
            self.setting.probability,
            self._seed,
            self._replications,
        )

    @property
    def scenario(self) -> Scenario:
        """What is wanted: the scenario with the campaign chosen and all that was moved."""
        return self._bearable(self.choice, self._base)

    @staticmethod
    def _bearable(choice: Choice, base: Scenario) -> Scenario:
        """A scenario as it was chosen, unless it is more than a page computes."""
        scenario = choice.scenario(base)
        sizing.check(scenario, engines.chosen(None))
        return scenario

    def base(self, name: str) -> Scenario:
        """The scenario that a choice starts from, as it came."""
        return self._base if name == self._name else self._own.get(name) or Scenario.load(name)

    def fresh(self, name: str) -> Choice:
        """The choice with which a scenario opens."""
        return Choice(name, min(LAST_WEEK, round(self.base(name).lead_days / 7)), probability=PROBABILITY)

    def take(self, choice: Choice, language: str = "") -> None:
        """Show another choice, in a language; where it cannot be, `BadInput`, and nothing is done."""
        base = self.base(choice.base)
        scenario = self._bearable(choice, base)
        changed = base is not self._base
        self._base, self._name, self._settings = base, choice.base, dict(choice.settings)
        self.own.follow(base)
        self._campaigns = campaigns_of(base)
        self._seed, self._replications = choice.seed, choice.replications
        self.setting = dataclasses.replace(
            self.setting,
            language=language or self.setting.language,
            week=choice.week,
            share=choice.share,
            probability=choice.probability,
        )
        with self._by_itself():
            self._turn(choice.week)
            self.language_choice.value = self.setting.language
            if not changed and not language:
                self.campaign_choice.index = 1 if choice.campaign else 0
                self.target.restore(self.setting)
                self.panel.restore(base, scenario, self.setting)
            else:
                self._speak(campaign=1 if choice.campaign else 0)
        self._want()

    @contextlib.contextmanager
    def _by_itself(self) -> Iterator[None]:
        """Within it, what moves on the page was not moved by the reader."""
        before, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = before

    def _turn(self, week: int) -> None:
        """Turn the dial to a lead time, beyond its end if need be."""
        with self._by_itself():
            self.dial.most = max(self.dial.most, week)
            self.dial.value = week

    def _changed(self, touched: str) -> None:
        if not self._quiet:
            self.desk.record(touched)

    def _dialled(self, change: Any) -> None:
        self.setting = dataclasses.replace(self.setting, week=change["new"])
        self._changed("week")
        if self.shown is None or self._quiet:
            return
        self._offer_later(self.shown)
        for asked in self.asked:
            asked.move(self.setting)
        self.board.move(self.shown, self.setting)
        self._at_rest(self._settle)

    def _settle(self, shown: Shown) -> None:
        self.board.settle(shown, self.setting)
        self._follow(shown)

    def _follow(self, shown: Shown) -> None:
        """Bring what is shared, compared and kept up to what is chosen and shown."""
        self.desk.follow(shown)
        if shown.step == "full":
            self._still.keep(shown, self.setting)

    def _aimed(self, share: float | None, probability: float) -> None:
        if self._quiet:
            return
        self.setting = dataclasses.replace(self.setting, share=share, probability=probability)
        self._changed("target")
        if self.shown is not None:
            self._paint_answer(self.shown)
            for asked in self.asked:
                asked.move(self.setting)
            self.board.aim(self.shown, self.setting)
            self._at_rest(self._follow)

    def _moved(self, path: str, value: Value) -> None:
        if self._quiet:
            return
        before = dict(self._settings)
        for known in [known for known in self._settings if f"{known}.".startswith(f"{path}.")]:
            del self._settings[known]  # so that the newest setting is applied last
        if value != self.panel.controls[path].home:  # there a range is a range again, not its middle
            self._settings[path] = value
        try:
            scenario = self.scenario
        except BadInput as error:
            self._settings = before
            self._refuse(error)
            return
        if self.panel.controls[path].offers(value):
            self.panel.follow(scenario, self.setting.language)
        else:  # it was typed
            self.panel.build(self._base, scenario, self.setting)
        self._changed(path)
        self._want()

    def _read(self, key: str, text: str) -> None:
        """Let a control read what was typed in place of its value."""
        aims = {f"target.{name}": control for name, control in self.target.controls.items()}
        control = (self.panel.controls | aims).get(key)
        if control is not None and control.typed is not None:
            control.typed(text)

    def _chosen(self, change: Any) -> None:
        if self._quiet:
            return
        self._stand_back()  # before anything that takes time
        self._show(change["new"])
        self._changed("scenario")

    def _placed(self, scenario: Scenario) -> None:
        """Show a cluster of the reader's own."""
        self._own[scenario.digest] = scenario
        try:
            self._show(scenario.digest)
        except BadInput:
            del self._own[scenario.digest]
            raise
        self._changed("own")

    def _show(self, name: str) -> None:
        """Show a scenario as it came, aiming at what is aimed at."""
        setting = self.setting
        self.take(dataclasses.replace(self.fresh(name), share=setting.share, probability=setting.probability))

    def _recampaigned(self, change: Any) -> None:
        if self._quiet:
            return
        before, now = (next(c for c in self._campaigns if c.name == change[which]) for which in ("old", "new"))
        self._turn(campaigns.same_start(self.setting.week, before, now, self.setting.today))
        self._changed("campaign")
        self._want()

    def _take_offer(self) -> None:
        self.campaign_choice.index = 1 - (self.campaign_choice.index or 0)

    def _switched(self, change: Any) -> None:
        if self._quiet:
            return
        self.setting = dataclasses.replace(self.setting, language=change["new"])
        self._speak()
        if self.shown is not None:
            self._paint_all(self.shown)

    def _redraw_preparation(self) -> None:
        if self.shown is not None:
            self.board.preparation.draw(self.shown, self.setting)

    # ── what the session says ────────────────────────────────────────────────────────────────────────

    def _want(self) -> None:
        self._refused = ""
        for asked in self.asked:
            asked.drop()
        self._stand_back()
        self.desk.compare.follow()
        self.wish = self.session.want(self.scenario, self._replications)

    def _stand_back(self) -> None:
        """Let everything that shows numbers say that they are of something else, and that new ones are on their way."""
        self._body.add_class(WAITING)
        self._busy_with_new = True
        self._say_behind()

    def _catch_up(self, shown: Shown) -> None:
        """What is shown is what was wanted last."""
        if shown.wish >= self.wish:
            self._body.remove_class(WAITING)

    def _say_behind(self) -> None:
        """Say why numbers stand back: new ones are being computed, or could not be."""
        _ = speaker(self.setting.language)
        coming = _("New numbers are being computed"), True
        self._page.behind, self._page.busy = coming if self._busy_with_new else (_("Of an earlier setting"), False)

    def _hear(self, news: Shown | Busy | BadInput | None) -> None:
        """Take news from the session's thread to where the widgets live."""
        self.soon(lambda: self._heard(news))

    def soon(self, then: Callable[[], None]) -> None:
        """Do something where the widgets live; at once where no loop runs."""
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(then)
        else:
            then()

    def _heard(self, news: Shown | Busy | BadInput | None) -> None:
        if isinstance(news, Shown):
            self._paint(news)
        elif isinstance(news, BadInput):
            self._busy_with_new = False
            self._say_behind()
            self._refuse(news)
        else:
            self._busy = news
            self._progress.value = self._refused or answer.progress(news, self.setting.language)

    def _refuse(self, error: BadInput) -> None:
        self._refused = (
            f'<p class="siap-refused" role="alert">{html.escape(sizing.said(error, self.setting.language))}</p>'
        )
        self._progress.value = self._refused

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────

    def _paint(self, shown: Shown) -> None:
        was, self.shown = self.shown, shown
        if self.setting.week > shown.reading.last_week:
            self._turn(shown.reading.last_week)
        if was is not None and was.reading is shown.reading:
            self.board.prepare(shown, self.setting)  # all that is new of it
        else:
            self._paint_all(shown)
            self._catch_up(shown)
        self._follow(shown)

    def _paint_all(self, shown: Shown) -> None:
        self._paint_answer(shown)
        self.board.draw(shown, self.setting)
        for asked in self.asked:
            asked.draw(shown, self.setting)

    def _paint_answer(self, shown: Shown) -> None:
        setting = self.setting
        found = shown.reading.answer(setting.share, setting.probability)
        self._answer.value = answer.card(shown, found, setting, self._later())
        self._short.value = short.bar(shown, found, setting)
        self.target.price(shown.reading.turnover_idr)
        with self.dial.hold_sync():
            for name, value in dial.state(shown, found, setting).items():
                setattr(self.dial, name, value)
        self._offer_later(shown)

    def _offer_later(self, shown: Shown) -> None:
        """Offer the next campaign where the lead time chosen, or the least of any use, is too long for this one."""
        setting = self.setting
        found = shown.reading.answer(setting.share, setting.probability)
        left = setting.gone(shown.scenario.campaign.event_date)
        late = setting.week > left or left < answer.first_of_use(shown, found) < math.inf
        self.offer.layout.display = "" if late and self._later() is not None else "none"

    def _later(self) -> Campaign | None:
        """The campaign after the one chosen, if there is one."""
        return self._campaigns[1] if len(self._campaigns) > 1 and not self.campaign_choice.index else None

    def _at_rest(self, then: Callable[[Shown], None]) -> None:
        """Do something once the reader's hand has come to rest; at once where no loop runs."""
        if self._rest is not None:
            self._rest.cancel()

        def now() -> None:
            if self.shown is not None:
                then(self.shown)

        if self._loop is not None and self._loop.is_running():
            self._rest = self._loop.call_later(REST_SECONDS, now)
        else:
            now()

    def _speak(self, campaign: int | None = None) -> None:
        """Say everything that no result is needed for, in the language chosen; `campaign`: another is chosen."""
        _, language = speaker(self.setting.language), self.setting.language
        self._page.language, self._page.title = language, _("Siap: when to start")
        self._page.ended = {
            "said": _("This page has ended or lost its connection: nothing on it moves any more."),
            "anew": _("Load it again"),
            "kept": _("Load it again with these settings"),
        }
        self._say_behind()
        titles = campaigns.titles(language)
        titles |= {digest: words.text_of(own.title, language, own.name) for digest, own in self._own.items()}
        campaign = self.campaign_choice.index or 0 if campaign is None else campaign
        with self._by_itself():
            self.scenario_choice.options = [(title, name) for name, title in titles.items()]
            self.scenario_choice.value = self._name
            self.campaign_choice.options = [(words.text_of(c.title, language, c.name), c.name) for c in self._campaigns]
            self.campaign_choice.index = campaign
        self._label(_)
        self.board.speak(language)
        for part in (*self.asked, self.own):
            part.speak(language)
        self.target.build(self.setting)
        self.panel.build(self._base, self.scenario, self.setting)
        self.desk.speak(language)
        self._progress.value = answer.progress(self._busy, language)

    def _label(self, _: Any) -> None:
        language = self.setting.language
        for name, text in zip(self._names.values(), (_("Scenario"), _("Campaign")), strict=True):
            name.value = f'<span class="siap-name siap-unseen">{html.escape(text)}</span>'
        self.language_choice.tooltips = ["Bahasa Indonesia", "English"]
        title, lead = html.escape(_("When to start?")), html.escape(_("Move the levers; the answer follows."))
        self._title.value = f"<h1>{title}</h1><p>{lead}</p>"
        for place, text in WAYS.items():
            self._ways[place].value = f'<button type="button" data-siap-way="{place}">{html.escape(_(text))}</button>'
        about = html.escape(words.text_of(self._base.about, language))
        self._about.value = f'<p class="siap-about">{about}</p>'
        later = self._campaigns[-1]
        self.offer.description = _("Look at {event}", event=words.text_of(later.title, language, later.name))


def _all_in(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget, its layout, and all that is in it, but for charts and what draws them."""
    if isinstance(widget, Chart | Plotly):
        return
    yield widget
    if isinstance(widget, widgets.DOMWidget):
        yield widget.layout
    for child in getattr(widget, "children", ()):
        yield from _all_in(child)


def _today() -> datetime.date:
    return datetime.date.today()


def _from_environment() -> int | None:
    asked = os.environ.get("SIAP_REPLICATIONS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else None


def _alone() -> bool:
    """Whether this is the page without code; Voilà says in its kernels whether they were made beforehand."""
    return "VOILA_PREHEAT" in os.environ


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
