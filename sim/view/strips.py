"""Bars drawn in HTML: each under a name that may be long and breaks as it must, all on one scale around nought."""

from __future__ import annotations

import dataclasses
import html
import math
from collections.abc import Sequence

from sim.text import formats


@dataclasses.dataclass(frozen=True)
class Strip:
    """One row.

    Attributes
    ----------
    name, said : str
        What it is, and the amount in words.
    spans : tuple of (number, kind)
        Bars from nought to a number; the kind (``more``, ``low``, ``high``) is their colour.
    whisker : tuple of float, optional
        A range across the bar.
    note : str
        Small text under it.
    """

    name: str
    said: str
    spans: tuple[tuple[float, str], ...]
    whisker: tuple[float, float] | None = None
    note: str = ""

    @property
    def numbers(self) -> list[float]:
        """All that has to find room."""
        found = [number for number, _kind in self.spans] + list(self.whisker or ())
        return [number for number in found if math.isfinite(number)]


def strips(rows: Sequence[Strip], named: str) -> str:
    """Rows as an HTML list; the bars are for the eye, all they show is said beside them.

    Parameters
    ----------
    named : str
        What the list is called, for those who hear it.
    """
    numbers = [0.0, *(number for row in rows for number in row.numbers)]
    low, high = min(numbers), max(numbers)
    room = (high - low) or 1.0
    items = "".join(_item(row, low, room) for row in rows)
    return f'<ul class="siap-strips" aria-label="{html.escape(named)}">{items}</ul>'


def _item(row: Strip, low: float, room: float) -> str:
    def across(number: float) -> float:
        return 100 * (number - low) / room

    drawn = [_placed(f"siap-strip-{kind}", across(0.0), across(end)) for end, kind in row.spans if math.isfinite(end)]
    if row.whisker is not None and all(map(math.isfinite, row.whisker)):
        drawn.append(_placed("siap-strip-range", *map(across, row.whisker)))
    drawn.append(f'<i class="siap-strip-nought" style="left:{across(0.0):.2f}%"></i>')
    note = f"<small>{text(row.note)}</small>" if row.note else ""
    return (
        f'<li><span class="siap-strip-name">{text(row.name)}</span> <b>{text(row.said)}</b>'
        f'<span class="siap-strip" aria-hidden="true">{"".join(drawn)}</span>{note}</li>'
    )


def _placed(kind: str, start: float, end: float) -> str:
    left, width = min(start, end), abs(end - start)
    return f'<i class="{kind}" style="left:{left:.2f}%;width:{width:.2f}%"></i>'


def text(said: str) -> str:
    """A text as HTML, in which no line ends between a number and its unit."""
    return html.escape(formats.unbroken(said))
