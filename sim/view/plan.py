"""The planner's page: the answer, the dial, the charts, and the levers that move them.

A thin layer: what is wanted and shown is the session's (`sim.view.session`), what is drawn and said comes from pure
functions. Moving the lead time or the target looks numbers up and is painted at once; other levers ask the session
and are painted when it answers, from its thread by way of the kernel's event loop.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import html
import os
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets as widgets

from sim.errors import BadInput
from sim.scenario import Campaign, Scenario
from sim.text import words
from sim.text.catalogue import check, speaker
from sim.view import answer, campaigns, dial
from sim.view.answer import PROBABILITY, Setting
from sim.view.board import Board
from sim.view.cards import boxed, plain
from sim.view.controls import Value
from sim.view.lever_panel import LeverPanel
from sim.view.reading import LAST_WEEK
from sim.view.session import Busy, Session, Shown
from sim.view.target import Target
from sim.view.widgets import Chart, Dial, Page, Plotly

REST_SECONDS = 0.15  # after which a lead time that has stopped moving is costed
TONGUES = {"ID": "id", "EN": "en"}


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

    Attributes
    ----------
    session : Session
    setting : Setting
    shown : Shown, optional
        The result on the page.
    """

    def __init__(
        self,
        scenario: str | Scenario = "cibaduyut-2027",
        language: str = "id",
        replications: int | None = None,
        today: datetime.date | None = None,
    ) -> None:
        self._base = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
        self._settings: dict[str, Value] = {}
        self._campaigns = _campaigns(self._base)
        week = min(LAST_WEEK, round(self._base.lead_days / 7))
        self.setting = Setting(check(language), week, None, PROBABILITY, today or datetime.date.today())
        self.shown: Shown | None = None
        self._busy: Busy | None = None
        self._refused = ""
        self._rest: asyncio.TimerHandle | None = None
        self._loop = _running_loop()
        self._quiet = False
        self._make()
        super().__init__([self._page, self._plotly, self._head, self._body])
        self.add_class("siap")
        self.session = Session(self._hear, replications or _from_environment())
        self._speak()
        self._want()

    # ── making ───────────────────────────────────────────────────────────────────────────────────────

    def _make(self) -> None:
        self._page, self._plotly = Page(language=self.setting.language), Plotly()
        self.scenario_choice, self.campaign_choice = widgets.Dropdown(), widgets.Dropdown()
        self.language_choice = widgets.ToggleButtons(options=TONGUES, value=self.setting.language)
        self.dial = Dial(value=self.setting.week, most=LAST_WEEK)
        self._answer, self._about = widgets.HTML(), widgets.HTML()
        self._progress = plain("", "siap-progress")
        self.offer = widgets.Button(layout={"width": "auto", "display": "none"})
        self.board = Board(self._redraw_preparation)
        self.panel, self.target = LeverPanel(self._moved), Target(self._aimed)
        brand = plain('<b class="siap-brand">Siap</b>')
        self._names = {choice: widgets.HTML() for choice in (self.scenario_choice, self.campaign_choice)}
        picks = [boxed([name, choice], "siap-pick") for choice, name in self._names.items()]
        self._head = boxed([brand, *picks, self.language_choice], "siap-head")
        card = boxed(
            [self.target.box, self._answer, self.dial, self.offer, self._progress], "siap-card", "siap-card-answer"
        )
        charts = boxed([card, *self.board.boxes, self._about], "siap-charts")
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
        if isinstance(message, dict) and message.get("kind") == "ready":
            for widget in _all_in(self):
                widget.send_state()

    # ── what the reader does ─────────────────────────────────────────────────────────────────────────

    @property
    def scenario(self) -> Scenario:
        """What is wanted: the scenario with the campaign chosen and all that was moved."""
        campaign = self._campaigns[self.campaign_choice.index or 0]
        found = self._base if campaign is self._base.campaign else dataclasses.replace(self._base, campaign=campaign)
        for path, value in self._settings.items():
            found = found.set(path, value)
        return found

    def _dialled(self, change: Any) -> None:
        self.setting = dataclasses.replace(self.setting, week=change["new"])
        if self.shown is None:
            return
        self._offer_later(self.shown)
        self.board.move(self.shown, self.setting)
        self._at_rest(lambda shown: self.board.settle(shown, self.setting))

    def _aimed(self, share: float | None, probability: float) -> None:
        self.setting = dataclasses.replace(self.setting, share=share, probability=probability)
        if self.shown is not None:
            self._paint_answer(self.shown)
            self.board.aim(self.shown, self.setting)

    def _moved(self, path: str, value: Value) -> None:
        before = dict(self._settings)
        self._settings.pop(path, None)  # so that the newest setting is applied last
        if value != self.panel.controls[path].home:  # there a range is a range again, not its middle
            self._settings[path] = value
        try:
            scenario = self.scenario
        except BadInput as error:
            self._settings = before
            self._refuse(error)
            return
        self.panel.follow(scenario, self.setting.language)
        self._want()

    def _chosen(self, change: Any) -> None:
        if self._quiet:
            return
        self._base, self._settings = Scenario.load(change["new"]), {}
        self._campaigns = _campaigns(self._base)
        self._speak(scenario_changed=True)
        self.dial.value = min(LAST_WEEK, round(self._base.lead_days / 7))
        self._want()

    def _recampaigned(self, _change: Any) -> None:
        if not self._quiet:
            self._want()

    def _take_offer(self) -> None:
        self.campaign_choice.index = 1 - (self.campaign_choice.index or 0)

    def _switched(self, change: Any) -> None:
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
        self.session.want(self.scenario)

    def _hear(self, news: Shown | Busy | BadInput | None) -> None:
        """Take news from the session's thread to where the widgets live."""
        if self._loop is not None and self._loop.is_running():
            self._loop.call_soon_threadsafe(self._take, news)
        else:
            self._take(news)

    def _take(self, news: Shown | Busy | BadInput | None) -> None:
        if isinstance(news, Shown):
            self._paint(news)
        elif isinstance(news, BadInput):
            self._refuse(news)
        else:
            self._busy = news
            self._progress.value = self._refused or answer.progress(news, self.setting.language)

    def _refuse(self, error: BadInput) -> None:
        self._refused = f'<p class="siap-refused" role="alert">{html.escape(str(error))}</p>'
        self._progress.value = self._refused

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────

    def _paint(self, shown: Shown) -> None:
        was, self.shown = self.shown, shown
        if self.setting.week > shown.reading.last_week:
            self.dial.value = shown.reading.last_week
        if was is not None and was.reading is shown.reading:
            self.board.preparation.draw(shown, self.setting)  # all that is new of it
        else:
            self._paint_all(shown)
            self._body.remove_class("siap-waiting")

    def _paint_all(self, shown: Shown) -> None:
        self._paint_answer(shown)
        self.board.draw(shown, self.setting)

    def _paint_answer(self, shown: Shown) -> None:
        setting = self.setting
        found = shown.reading.answer(setting.share, setting.probability)
        self._answer.value = answer.card(shown, found, setting, self._later())
        self.target.price(shown.reading.turnover_idr)
        with self.dial.hold_sync():
            for name, value in dial.state(shown, found, setting).items():
                setattr(self.dial, name, value)
        self._offer_later(shown)

    def _offer_later(self, shown: Shown) -> None:
        """Offer the next campaign where the lead time chosen, or the least, is too long for this one."""
        setting = self.setting
        found = shown.reading.answer(setting.share, setting.probability)
        left = setting.gone(shown.scenario.campaign.event_date)
        late = setting.week > left or (not found.never and found.least_days / 7 > left)
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

    def _speak(self, scenario_changed: bool = False) -> None:
        """Say everything that no result is needed for, in the language chosen."""
        _, language = speaker(self.setting.language), self.setting.language
        self._page.language, self._page.title = language, _("Siap: when to start")
        titles = campaigns.titles(language)
        titles.setdefault(self._base.name, words.text_of(self._base.title, language, self._base.name))
        campaign = 0 if scenario_changed else self.campaign_choice.index or 0
        self._quiet = True
        self.scenario_choice.options = [(title, name) for name, title in titles.items()]
        self.scenario_choice.value = self._base.name
        self.campaign_choice.options = [(words.text_of(c.title, language, c.name), c.name) for c in self._campaigns]
        self.campaign_choice.index = campaign
        self._quiet = False
        self._label(_)
        self.board.speak(language)
        self.target.build(self.setting)
        self.panel.build(self._base, self.scenario, self.setting)
        if self.shown is None:
            self._body.add_class("siap-waiting")
        self._progress.value = answer.progress(self._busy, language)

    def _label(self, _: Any) -> None:
        language = self.setting.language
        for name, text in zip(self._names.values(), (_("Scenario"), _("Campaign")), strict=True):
            name.value = f'<span class="siap-name siap-unseen">{html.escape(text)}</span>'
        self.language_choice.tooltips = ["Bahasa Indonesia", "English"]
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


def _campaigns(scenario: Scenario) -> list[Campaign]:
    """The scenario's campaign, and the next one if there is any."""
    later = campaigns.following(scenario.campaign)
    return [scenario.campaign] if later is None else [scenario.campaign, later]


def _from_environment() -> int | None:
    asked = os.environ.get("SIAP_REPLICATIONS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else None


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
