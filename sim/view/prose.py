"""The Markdown that `sim.text.describe` writes, as HTML: headings, lists in lists, paragraphs, bold. Nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

ITEM = re.compile(r"( *)(-|\d+\.) (.*)")
BOLD = re.compile(r"\*\*(.+?)\*\*")
ROW = re.compile(r"\bE\d{3}\b")


def from_markdown(text: str, heading: int) -> str:
    """A text as HTML.

    Parameters
    ----------
    text : str
    heading : int
        Level of what is marked ``##``; its title, marked ``#``, is left out.
    """
    return "\n".join(_lines(text.splitlines(), heading))


def _lines(lines: list[str], heading: int) -> Iterator[str]:
    open_lists: list[tuple[int, str]] = []  # indentation and tag, the innermost last
    for line in lines:
        found = ITEM.fullmatch(line)
        depth = len(found[1]) if found else -1
        while open_lists and open_lists[-1][0] > depth:
            yield f"</li></{open_lists.pop()[1]}>"
        if found:
            if open_lists and open_lists[-1][0] == depth:
                yield "</li>"
            else:
                open_lists.append((depth, "ul" if found[2] == "-" else "ol"))
                yield f"<{open_lists[-1][1]}>"
            yield f"<li>{_inline(found[3])}"
        elif line.startswith("##"):
            level = heading + len(line.split(" ")[0]) - 2
            yield f"<h{level}>{_inline(line.lstrip('# '))}</h{level}>"
        elif line and not line.startswith("# "):
            yield f"<p>{_inline(line)}</p>"
    for _depth, tag in reversed(open_lists):
        yield f"</li></{tag}>"


def _inline(text: str) -> str:
    return BOLD.sub(r"<b>\1</b>", html.escape(text))


def linked(text: str, rows: frozenset[str]) -> str:
    """HTML in which the evidence rows that are listed lead to their place in the list."""
    return ROW.sub(lambda row: f'<a href="#{row[0]}">{row[0]}</a>' if row[0] in rows else row[0], text)
