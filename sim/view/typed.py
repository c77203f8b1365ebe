"""A number that a reader types in place of what stands there: read as its language writes it, in the unit shown."""

from __future__ import annotations

from sim.errors import BadInput
from sim.scenario import numerals
from sim.text import formats, words
from sim.text.catalogue import speaker
from sim.text.own_cluster import RULES
from sim.view.levers import Place
from sim.view.own_sheet import decimal

PERCENT = frozenset({"share", "probability"})  # shown in percent
DIGITS = 12  # a percentage over a hundred is not the number that a file says to the last bit


def number(text: str, unit: str, name: str, language: str) -> float:
    """The number that a text stands for.

    Parameters
    ----------
    text : str
        With its unit or without.
    unit : str
        As a `Measure` names it.
    name : str
        What it is a number of, for the refusal.

    Raises
    ------
    BadInput
        If it is no number, or is one to one reader and another to the next.
    """
    bare = _without_unit(" ".join(text.split()), unit, language)
    try:
        found = numerals.read(bare, decimal(language))
    except numerals.NoNumber:
        raise _refused("number", name, text, language) from None
    except numerals.Unclear as unclear:
        raise _refused("unclear", name, text, language, one=unclear.one, other=unclear.other) from None
    return float(f"{found / 100:.{DIGITS}g}") if unit in PERCENT else found


def check(value: float, place: Place, name: str, text: str, language: str) -> None:
    """Refuse a number outside what a slider offers: more often a slip, such as 16 for 16 billion, than meant.

    Raises
    ------
    BadInput
    """
    low, high = float(place.values[0]), float(place.values[-1])
    if not low <= value <= high:
        ends = formats.ranged(low, high, lambda x, lang: words.bare(x, place.unit, lang), language)
        raise _refused("range", name, text, language, range=ends)


def _refused(kind: str, name: str, text: str, language: str, **about: str) -> BadInput:
    """The same words as for a number in the form for a cluster of one's own."""
    _, (rule, remedy) = speaker(language), RULES[kind]
    return BadInput(name, _(rule, **about), text, _(remedy))


def _without_unit(text: str, unit: str, language: str) -> str:
    """A text without the words around its number that this unit is shown with."""
    for n in (1.0, 2.0):
        shown = words.amount(n, unit, language).replace("\N{NO-BREAK SPACE}", " ")
        before, _mark, after = shown.partition(words.bare(n, unit, language).replace("\N{NO-BREAK SPACE}", " "))
        text = text.removeprefix(before).removesuffix(after)
    return text.removesuffix("%").strip() if unit in PERCENT else text.strip()
