"""In docstrings the type of a number is often its unit or a word ("week", "share"): no name, and so no link."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx


def unlinked(_app: Sphinx, document: nodes.document) -> None:
    """Take the links away from words that begin with a small letter; our classes begin with a capital."""
    for link in list(document.findall(addnodes.pending_xref)):
        target = link.get("reftarget", "")
        if link.get("refdomain") == "py" and "." not in target and target[:1].islower():
            link.replace_self(link.children)


def setup(app: Sphinx) -> dict[str, Any]:
    """Do so in every page that was read."""
    app.connect("doctree-read", unlinked)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
