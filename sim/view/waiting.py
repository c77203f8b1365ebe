"""How far long work is, in a notebook: a bar, and in words how much is done and about how long the rest takes."""

from __future__ import annotations

import time

import ipywidgets as widgets

from sim.text import formats
from sim.text.catalogue import check, speaker
from sim.view.answer import seconds


class Waiting(widgets.HBox):  # type: ignore[misc]
    """A report of progress to give to `sim.sweep`; the kernel's own stop (■) ends the work.

    Parameters
    ----------
    language : str
        ``id`` or ``en``.
    """

    def __init__(self, language: str = "id") -> None:
        self._language = check(language)
        self._first: tuple[float, int] | None = None  # when it was called first, and what had been done before
        self.bar, self.label = widgets.IntProgress(value=0, max=1), widgets.Label()
        super().__init__([self.bar, self.label])

    def __call__(self, done: int, total: int) -> None:
        """Show that so many points of all are done."""
        self._first = self._first or (time.monotonic(), done)
        self.bar.max, self.bar.value = total, done
        self.label.value = self._words(done, total, *self._first)

    def _words(self, done: int, total: int, began: float, before: int) -> str:
        _ = speaker(self._language)
        counts = [formats.number(n, self._language, 6) for n in (done, total)]
        what = _("{done} of {total} points", done=counts[0], total=counts[1])
        if not before < done < total:
            return what
        left = (time.monotonic() - began) / (done - before) * (total - done)
        return _("{what}, about {time} left", what=what, time=seconds(left, self._language))
