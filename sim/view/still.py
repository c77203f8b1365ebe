"""The page as a still, for a saved notebook that nobody runs: the answer, one picture, its sentence and table.

Jupyter saves of a widget only which one it was. So the page is followed by an output of its own that any reader of
notebooks can show; it is kept up to date, and hidden for as long as the page itself is alive.
"""

from __future__ import annotations

import html
import re
from typing import Any

from IPython.display import DisplayHandle, display

from sim.text.catalogue import speaker
from sim.view import answer
from sim.view.answer import Setting
from sim.view.exhibits import Share
from sim.view.front import front
from sim.view.picture import picture
from sim.view.session import Shown


class Still:
    """The output after the page.

    Parameters
    ----------
    name : str
        Class by which the page finds its own still, to hide it.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._handle: DisplayHandle | None = None

    def place(self, shown: Shown | None, setting: Setting) -> None:
        """Put it into the notebook, under what was displayed last."""
        self._handle = display(self._bundle(shown, setting), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def keep(self, shown: Shown, setting: Setting) -> None:
        """Bring it up to what is shown."""
        if self._handle is not None:
            self._handle.update(self._bundle(shown, setting), raw=True)  # type: ignore[no-untyped-call]

    def _bundle(self, shown: Shown | None, setting: Setting) -> dict[str, Any]:
        if shown is None:
            said = speaker(setting.language)("Run this cell: the page opens, and its answer is kept here.")
            inside, plain = f"<p>{html.escape(said)}</p>", said
        else:
            inside, plain = still(shown, setting), sentence(shown, setting)
        return {"text/html": f'<div class="siap-still {self.name}">{inside}</div>', "text/plain": plain}


def sentence(shown: Shown, setting: Setting) -> str:
    """The answer alone."""
    found = shown.reading.answer(setting.share, setting.probability)
    return answer.main(shown.reading, found, setting.language, setting.today)


def still(shown: Shown, setting: Setting) -> str:
    """A result as HTML that needs nothing beside it."""
    found, exhibit = shown.reading.answer(setting.share, setting.probability), Share()
    why = [*filter(None, answer.reasons(shown, found, setting, None)), *answer.notes(shown, setting)]
    drawn = picture([exhibit.parts(shown, setting).at(setting.week)], 0).svg
    when = speaker(setting.language)("As it was shown last; run the cell to move it.")
    style = re.sub(r"\s+", " ", front("still.css"))
    return (
        f"<style>{style}</style><p><small>{html.escape(when)}</small></p>"
        f"<h2>{html.escape(sentence(shown, setting))}</h2><p>{html.escape(' '.join(why))}</p>"
        f"<h3>{html.escape(exhibit.title(setting.language))}</h3>{drawn}"
        f"<p>{html.escape(exhibit.sentence(shown, setting))}</p>{exhibit.table(shown, setting)}"
    )
