"""What the describing modules share: a voice that knows the language and the titles, and lines of text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from sim.programme.quantity import Number
from sim.text import formats, words
from sim.text.catalogue import Speech, speaker
from sim.text.words import Titles


@dataclasses.dataclass(frozen=True)
class Voice:
    """A language and the titles of the parts of what is described."""

    language: str
    titles: Titles

    @property
    def speech(self) -> Speech:
        """Says English texts in this language."""
        return speaker(self.language)

    def gettext(self, message: str, /, **fields: object) -> str:
        """`message` in this language."""
        return self.speech(message, **fields)

    def name(self, label: str) -> str:
        """The name of a part: "stage.coach", "resource.coach"."""
        return words.name_of(label, self.language, self.titles)

    def stage(self, name: str) -> str:
        """The name of a stage in the middle of a sentence, in quotation marks."""
        return f"“{formats.capital(self.name(f'stage.{name}'))}”"

    def inside(self, label: str) -> str:
        """The name of a part in the middle of a sentence."""
        return words.small(self.name(label))

    def quantity(self, number: Number, unit: str) -> str:
        """A number with unit, range and source."""
        return words.quantity(number, unit, self.language)

    def amount(self, x: float, unit: str) -> str:
        """A plain number with its unit."""
        return words.amount(x, unit, self.language)

    def listed(self, parts: Iterable[str]) -> str:
        """Several things in a sentence."""
        return formats.listed(list(parts), self.language)


def section(heading: str, lines: Iterable[str], depth: int = 2) -> list[str]:
    """A heading with its lines under it; nothing where there are no lines."""
    body = list(lines)
    return ["", f"{'#' * depth} {heading}", "", *body] if body else []


def bullets(lines: Iterable[str], indent: str = "") -> list[str]:
    """Each line as an item of a list; empty ones are left out."""
    return [f"{indent}- {formats.capital(line)}" for line in lines if line]


def numbered(items: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """Items in their order, each with what is said under it."""
    return [line for n, (head, under) in enumerate(items, 1) for line in (f"{n}. {head}", *bullets(under, "   "))]
