"""A programme or a scenario in words: all of it, for whoever wants to check what is simulated.

Plain text that is also Markdown. Numbers come with their range, their evidence rows and whether they
are assumptions; order is kept where it matters.
"""

from __future__ import annotations

import functools

from sim.programme import Programme
from sim.scenario import Scenario
from sim.text import of_programme, of_scenario, words
from sim.text.catalogue import DEFAULT, speaker
from sim.text.telling import Voice


@functools.singledispatch
def describe(thing: object, language: str = DEFAULT) -> str:
    """Say the whole of a programme or a scenario in words.

    Parameters
    ----------
    thing : Programme or Scenario
    language : str
        ``id`` or ``en``.

    Returns
    -------
    str
        Markdown, ending with a line break.
    """
    raise TypeError(f"describe() takes a Programme or a Scenario, not {type(thing).__name__} (language {language!r})")


@describe.register
def _programme(thing: Programme, language: str = DEFAULT) -> str:
    voice = Voice(language, words.titles_of(thing))
    return _page(speaker(language).gettext("The programme"), of_programme.lines(thing, voice))


@describe.register
def _scenario(thing: Scenario, language: str = DEFAULT) -> str:
    voice = Voice(language, words.titles_of(thing))
    return _page(words.text_of(thing.title, language, thing.name), of_scenario.lines(thing, voice))


def _page(title: str, lines: list[str]) -> str:
    return "\n".join([f"# {title}", "", *lines]).replace("\n\n\n", "\n\n").rstrip() + "\n"
