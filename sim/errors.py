"""What is said when an input cannot be used.

One class and one shape of message: where, which rule, what was received, what to do. Every part of
the product raises this class for bad input, and the command line prints it as it is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

MISSING = object()
LONGEST_VALUE = 60


class BadInput(ValueError):
    """An input that breaks a rule; its text is one line.

    Parameters
    ----------
    where : str
        File and field, or the object, that is wrong.
    rule : str
        The rule it breaks.
    received : object, optional
        The value that broke it, shown shortened.
    remedy : str, optional
        What to do about it.
    """

    def __init__(self, where: str, rule: str, received: Any = MISSING, remedy: str = "") -> None:
        self.where, self.rule, self.received, self.remedy = where, rule, received, remedy
        parts = [f"{where}: {rule}" if where else rule]
        if received is not MISSING:
            parts.append(f"received {shown(received)}")
        if remedy:
            parts.append(remedy)
        super().__init__(one_line("; ".join(parts)))

    def at(self, outer: str) -> BadInput:
        """The same complaint seen from further out: `outer` is put before its place."""
        where = f"{outer}: {self.where}" if self.where else outer
        return BadInput(where, self.rule, self.received, self.remedy)

    def __reduce__(self) -> tuple[Any, ...]:
        received = self.received if self.received is not MISSING else None
        return (_rebuilt, (self.where, self.rule, received, self.received is MISSING, self.remedy))


def _rebuilt(where: str, rule: str, received: Any, missing: bool, remedy: str) -> BadInput:
    return BadInput(where, rule, MISSING if missing else received, remedy)


def one_line(text: str) -> str:
    """`text` without line breaks or control characters, so that a message stays one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shown(value: Any) -> str:
    """`value` as it is shown in a message: its repr, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def unknown(where: str, kind: str, name: str, known: Iterable[str]) -> BadInput:
    """The complaint about a name that does not exist, with the nearest that does."""
    names = sorted(known)
    near = difflib.get_close_matches(str(name), names, n=1, cutoff=0.5)
    listed = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    remedy = f"did you mean {near[0]!r}?" if near else f"there is: {listed or 'nothing'}"
    return BadInput(where, f"no {kind} has this name", name, remedy)
