"""Scripts and styles of what is seen in a browser, as text: on the page by way of anywidget, in a brief as they are."""

from __future__ import annotations

import functools
from pathlib import Path

FOLDER = Path(__file__).parent


@functools.cache
def front(name: str) -> str:
    """The text of a file of this folder."""
    return (FOLDER / name).read_text(encoding="utf-8")
