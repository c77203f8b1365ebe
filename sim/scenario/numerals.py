"""Numbers as people and spreadsheets write them: decimal commas and points, thousands, Rp, juta.

"1.500" is fifteen hundred to one reader and one and a half to the other. What can be read in two ways is read by the
convention of where it stands, and refused where it goes against that convention: nothing is guessed.
"""

from __future__ import annotations

import math
import re

SCALES = {
    "ribu": 1e3,
    "rb": 1e3,
    "thousand": 1e3,
    "juta": 1e6,
    "jt": 1e6,
    "million": 1e6,
    "miliar": 1e9,
    "milyar": 1e9,
    "billion": 1e9,
    "triliun": 1e12,
    "trillion": 1e12,
}
LONGEST = 60  # characters
SHAPE = re.compile(r"([+-]?)([0-9][0-9.,]*?)(?:[eE]([+-]?[0-9]{1,2}))?", re.ASCII)
MONEY = re.compile(r"(rp\.?|idr|rmb|cny|¥)\s*", re.IGNORECASE)
GROUPED = re.compile(r"(?<=[0-9])\s(?=[0-9]{3}(?:\D|$))")


class NoNumber(ValueError):
    """A text that is no number."""


class Unclear(ValueError):
    """A text that is one number to one reader and another to the next.

    Attributes
    ----------
    one, other : str
        The two, each written so that nobody can mistake it.
    """

    def __init__(self, one: str, other: str) -> None:
        super().__init__(f"{one} or {other}")
        self.one, self.other = one, other


def read(text: str, decimal: str) -> float:
    """The number that a text stands for.

    Parameters
    ----------
    text : str
    decimal : str
        What parts the decimals where it was written: ``,`` or ``.``.

    Raises
    ------
    NoNumber
    Unclear
        If one mark stands before exactly three digits, and it is the one for decimals.
    """
    if len(text) > LONGEST:
        raise NoNumber
    body, times = _unscaled(MONEY.sub("", text.strip(), count=1))
    shape = SHAPE.fullmatch(GROUPED.sub("", body))
    if shape is None:
        raise NoNumber
    sign, digits, power = shape.groups()
    found = float(f"{sign}{_digits(digits, decimal, certain=power is not None)}e{power or 0}") * times
    if not math.isfinite(found):
        raise NoNumber
    return found


def _unscaled(text: str) -> tuple[str, float]:
    """A text without the word of a scale at its end, and what that word stands for."""
    body, _space, word = text.replace("\N{NO-BREAK SPACE}", " ").rpartition(" ")
    return (body.strip(), SCALES[word.lower()]) if word.lower() in SCALES else (text, 1.0)


def _digits(text: str, decimal: str, certain: bool) -> str:
    """Digits with a point for decimals and nothing for thousands."""
    marks = [c for c in text if c in ".,"]
    if not marks:
        return text
    whole, _mark, part = text.rpartition(marks[-1])
    if not part:
        raise NoNumber
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        return f"{_thousands(whole, marks[0])}.{part}"
    if len(marks) > 1:
        return _thousands(text, marks[0])
    if certain or len(part) != 3 or len(whole) > 3 or whole.startswith("0"):
        return f"{whole}.{part}"
    if marks[0] == decimal:
        raise Unclear(whole + part, f"{whole}{decimal}{part.rstrip('0') or '0'}")
    return whole + part


def _thousands(text: str, mark: str) -> str:
    first, *rest = text.split(mark)
    if not 1 <= len(first) <= 3 or first.startswith("0") or any(len(group) != 3 for group in rest):
        raise NoNumber
    return first + "".join(rest)
