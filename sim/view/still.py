"""The page as a still: the answer, one picture, its sentence and table, for a saved notebook that nobody runs."""

from __future__ import annotations

from sim.view import answer
from sim.view.answer import Setting
from sim.view.exhibits import Share
from sim.view.front import front
from sim.view.picture import picture
from sim.view.session import Shown


def still(shown: Shown, setting: Setting) -> str:
    """The still as HTML that needs nothing beside it."""
    found = shown.reading.answer(setting.share, setting.probability)
    exhibit = Share()
    drawn = picture([exhibit.parts(shown, setting).at(setting.week)], 0).svg
    card = answer.card(shown, found, setting, None)
    return (
        f"<style>{front('still.css')}</style>{card}<h3>{exhibit.title(setting.language)}</h3>{drawn}"
        f"<p>{exhibit.sentence(shown, setting)}</p>{exhibit.table(shown, setting)}"
    )
