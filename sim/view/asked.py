"""Cards whose content takes long and is worked out when somebody asks: with progress, a way to stop, and a date.

What was found stays until something newer is: paler once the setting is another one, and said to be of the lead time
that it was worked out for.
"""

from __future__ import annotations

import abc
import html
from typing import Generic, TypeVar

import ipywidgets as widgets

from sim.errors import BadInput
from sim.text import formats
from sim.text.catalogue import speaker
from sim.view import answer, doubts, remedies, sizing, steps
from sim.view.answer import Setting
from sim.view.cards import boxed, plain
from sim.view.doubts import Doubts
from sim.view.errand import Errand, Found, News, Post, Underway, Work
from sim.view.remedies import Remedies
from sim.view.session import Shown
from sim.view.steps import Steps

F = TypeVar("F")


class AskedCard(abc.ABC, Generic[F]):
    """A card with a button that starts long work and stops it, and a list of what to sort by.

    Parameters
    ----------
    key : str
        Tells the card from others, in style sheets too.
    post : callable
        Has something done where the widgets live.

    Attributes
    ----------
    box : Box
        What is put on the page.
    found : Steps, Doubts or Remedies, optional
        What the work found last.
    kind : type
        Of what it finds.
    """

    kind: type[F]
    found: F | None = None

    def __init__(self, key: str, post: Post) -> None:
        self.heading, self.body = widgets.HTML(), widgets.HTML()
        self.button = widgets.Button(disabled=True)
        self.order, self._named = widgets.Dropdown(), widgets.HTML()
        self.progress, self.note = plain("", "siap-effort"), widgets.HTML()
        self._sort = boxed([self._named, self.order], "siap-pick")
        tools = boxed([self.button, self._sort], "siap-tools")
        parts = [self.heading, tools, self.progress, self.note, self.body]
        self.box = boxed(parts, "siap-card", "siap-asked", f"siap-card-{key}")
        self.errand = Errand(post, self._take)
        self._shown: Shown | None = None
        self._asking: Shown | None = None
        self._of: Shown | None = None  # what was found is of this one
        self._setting: Setting | None = None
        self._awaiting = False  # another result than the one that is known
        self._quiet = False
        self.button.on_click(lambda _button: self._pressed())
        self.order.observe(self._sorted, "value")

    # ── what differs between cards ───────────────────────────────────────────────────────────────────

    @abc.abstractmethod
    def title(self, language: str) -> tuple[str, str]:
        """Heading, and a line of explanation."""

    @abc.abstractmethod
    def ask(self, language: str) -> str:
        """What stands on the button."""

    @abc.abstractmethod
    def work(self, shown: Shown, setting: Setting) -> Work:
        """What is to be done for a result, a lead time and a target."""

    @abc.abstractmethod
    def orders(self, found: F, language: str) -> dict[str, str]:
        """What can be chosen to sort by."""

    @abc.abstractmethod
    def first_order(self, found: F) -> str:
        """What it is sorted by at first."""

    @abc.abstractmethod
    def of_another(self, found: F, setting: Setting) -> str:
        """That what was found is of another lead time or target; nothing where it is not."""

    @abc.abstractmethod
    def said(self, found: F, by: str, language: str) -> str:
        """All of it as HTML."""

    # ── what the page tells ──────────────────────────────────────────────────────────────────────────

    def speak(self, language: str) -> None:
        """Set what does not depend on a result in a language."""
        title, hint = self.title(language)
        self.heading.value = f'<h2>{html.escape(title)}</h2><p class="siap-hint">{html.escape(hint)}</p>'
        sort = html.escape(speaker(language)("Sorted by"))
        self._named.value = f'<span class="siap-name siap-unseen">{sort}</span>'
        self._look(language)

    def draw(self, shown: Shown, setting: Setting) -> None:
        """Know of a result; nothing is worked out before it is asked for."""
        if self._of is not None and self._of.scenario.name != shown.scenario.name:
            self.found = self._of = None  # another scenario's, which even chosen again may have other settings
            self.body.value = ""
        self._shown, self._setting, self._awaiting = shown, setting, False
        self._look(setting.language)
        self._write()

    def move(self, setting: Setting) -> None:
        """Know of another lead time or target."""
        self._setting = setting
        self._look(setting.language)

    def drop(self) -> None:
        """Something else is wanted: give up what is under way, and begin nothing before it is there."""
        self._awaiting = True
        self._give_up()

    # ── what the reader does ─────────────────────────────────────────────────────────────────────────

    def _give_up(self) -> None:
        self.errand.stop()
        self.progress.value = ""
        if self._setting is not None:
            self._look(self._setting.language)

    def _pressed(self) -> None:
        if self.errand.running:
            self._give_up()
        elif self._shown is not None and self._setting is not None:
            self._asking = self._shown
            self.errand.start(self.work(self._shown, self._setting))
            self._look(self._setting.language)

    def _sorted(self, _change: object) -> None:
        if not self._quiet:
            self._write()

    # ── what the work tells ──────────────────────────────────────────────────────────────────────────

    def _take(self, news: News) -> None:
        language = self._setting.language if self._setting else "en"
        _ = speaker(language)
        if isinstance(news, Underway):
            left = answer.seconds(news.seconds_left, language)
            counts = {name: formats.number(getattr(news, name), language) for name in ("done", "total")}
            said = _("{done} of {total} tried, about {time} left", **counts, time=left)
            self.progress.value = answer.bar(said, news.done, news.total)
            return
        self.progress.value = ""
        if isinstance(news, BadInput):
            self.progress.value = f'<p class="siap-refused" role="alert">{html.escape(sizing.said(news, language))}</p>'
        elif isinstance(news, Found):
            self._keep(news.value)
        self._look(language)
        self._write()

    def _keep(self, value: object) -> None:
        if isinstance(value, self.kind):
            first = self.found is None
            self.found, self._of = value, self._asking
            if first:
                self._offer(self.first_order(value))

    # ── painting ─────────────────────────────────────────────────────────────────────────────────────

    def _offer(self, by: str | None = None) -> None:
        """Write the list of what to sort by in the language, with what is chosen kept."""
        if self.found is None or self._setting is None:
            return
        offered = self.orders(self.found, self._setting.language)
        by = by or self.order.value
        self._quiet = True
        self.order.options = [(text, name) for name, text in offered.items()]
        self.order.value = by
        self._quiet = False

    def _write(self) -> None:
        if self.found is not None and self._setting is not None:
            self._offer()
            self.body.value = self.said(self.found, self.order.value, self._setting.language)

    def _look(self, language: str) -> None:
        """The button, and whether what stands there is of what is shown."""
        _ = speaker(language)
        again = _("Once more") if self.found is not None else self.ask(language)
        self.button.description = _("Stop") if self.errand.running else again
        full = self._shown is not None and self._shown.step == "full" and not self._awaiting
        self.button.disabled = not self.errand.running and not full
        self._sort.layout.display = None if self.found is not None else "none"
        note = self._outdated(language)
        self.note.value = f'<p class="siap-hint" role="status">{html.escape(note)}</p>' if note else ""
        (self.body.add_class if note else self.body.remove_class)("siap-stale")

    def _outdated(self, language: str) -> str:
        """Why what stands there is not of what is shown; nothing where it is."""
        _ = speaker(language)
        if self.found is None or self._of is None or self._shown is None or self._setting is None:
            return ""
        if self._awaiting or self._of.reading.result is not self._shown.reading.result:
            return _("These numbers are of an earlier setting.")
        return self.of_another(self.found, self._setting)


def _of_another_lead_time(weeks: float, setting: Setting) -> str:
    """That what was found is of another lead time; nothing where it is not."""
    said = formats.weeks(weeks, setting.language)
    other = speaker(setting.language)("These numbers are for a lead time of {weeks}.", weeks=said)
    return other if weeks != setting.week else ""


class StepsCard(AskedCard[Steps]):
    """One more of each, and the ceiling."""

    kind = Steps

    def __init__(self, post: Post) -> None:
        super().__init__("steps", post)

    def title(self, language: str) -> tuple[str, str]:
        """Heading, and a line of explanation."""
        _ = speaker(language)
        hint = _(
            "What one small step of each lever brings by itself, on the same random numbers, with its cost and a 90% "
            "interval; and what no lead time brings."
        )
        return _("One step more"), hint

    def ask(self, language: str) -> str:
        """What stands on the button."""
        return speaker(language).gettext("Try every step")

    def work(self, shown: Shown, setting: Setting) -> Work:
        """Every step."""
        result, last, week = shown.reading.result, float(shown.reading.last_week), float(setting.week)
        return lambda progress, cancel: steps.steps(result, week, last, progress, cancel)

    def orders(self, found: Steps, language: str) -> dict[str, str]:
        """What can be chosen to sort by."""
        return steps.orders(found, language)

    def first_order(self, found: Steps) -> str:
        """What it is sorted by at first."""
        return steps.first_order(found)

    def of_another(self, found: Steps, setting: Setting) -> str:
        """That it is of another lead time."""
        return _of_another_lead_time(found.lead_weeks, setting)

    def said(self, found: Steps, by: str, language: str) -> str:
        """All of it as HTML."""
        return steps.body(found, by, language)


class DoubtsCard(AskedCard[Doubts]):
    """What would most change the answer, and the ten weakest numbers."""

    kind = Doubts

    def __init__(self, post: Post) -> None:
        super().__init__("doubts", post)

    def title(self, language: str) -> tuple[str, str]:
        """Heading, and a line of explanation."""
        _ = speaker(language)
        hint = _(
            "Every uncertain number at either end of its range, the others as they are drawn, on the same random "
            "numbers."
        )
        return _("What would most change this answer"), hint

    def ask(self, language: str) -> str:
        """What stands on the button."""
        return speaker(language).gettext("Try every number")

    def work(self, shown: Shown, setting: Setting) -> Work:
        """Every number, and every other choice."""
        result, last, week = shown.reading.result, float(shown.reading.last_week), float(setting.week)
        return lambda progress, cancel: doubts.doubts(result, week, last, progress, cancel)

    def orders(self, found: Doubts, language: str) -> dict[str, str]:
        """What can be chosen to sort by."""
        return doubts.orders(found, language)

    def first_order(self, found: Doubts) -> str:
        """What it is sorted by at first."""
        return doubts.first_order(found)

    def of_another(self, found: Doubts, setting: Setting) -> str:
        """That it is of another lead time."""
        return _of_another_lead_time(found.lead_weeks, setting)

    def said(self, found: Doubts, by: str, language: str) -> str:
        """All of it as HTML."""
        return doubts.body(found, by, language)


class RemedyCard(AskedCard[Remedies]):
    """What would make the target possible; on the page only where no lead time is enough."""

    kind = Remedies

    def __init__(self, post: Post) -> None:
        super().__init__("remedies", post)
        self.box.layout.display = "none"

    def _look(self, language: str) -> None:
        super()._look(language)
        if self._shown is not None and self._setting is not None:
            never = self._shown.reading.answer(self._setting.share, self._setting.probability).never
            self.box.layout.display = "" if never else "none"

    def title(self, language: str) -> tuple[str, str]:
        """Heading, and a line of explanation."""
        _ = speaker(language)
        hint = _(
            "The smallest change of each lever, by itself, with which some lead time is enough: on the same random "
            "numbers, with what it costs the programme."
        )
        return _("What would make it possible"), hint

    def ask(self, language: str) -> str:
        """What stands on the button."""
        return speaker(language).gettext("Find the smallest changes")

    def work(self, shown: Shown, setting: Setting) -> Work:
        """Every lever, as far as its control goes."""
        result, share, probability = shown.reading.result, setting.share, setting.probability
        return lambda progress, cancel: remedies.remedies_of(
            result, share, probability, setting.today, progress, cancel
        )

    def orders(self, found: Remedies, language: str) -> dict[str, str]:
        """What can be chosen to sort by."""
        return remedies.orders(language)

    def first_order(self, found: Remedies) -> str:
        """What it is sorted by at first."""
        return remedies.ORDERS[0]

    def of_another(self, found: Remedies, setting: Setting) -> str:
        """That it is of another target."""
        other = (found.share, found.probability) != (setting.share, setting.probability)
        return speaker(setting.language)("These changes are for another target.") if other else ""

    def said(self, found: Remedies, by: str, language: str) -> str:
        """All of it as HTML."""
        return remedies.body(found, by, language)
