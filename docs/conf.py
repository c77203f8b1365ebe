"""How the documentation is made: `make docs`, from the whole checkout, so that no page exists twice.

The pages are those that a code host shows, where they lie; Sphinx takes the checkout as its source and this list of
them. Nothing is fetched, neither while it is built nor when it is read.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE / "site")]

import sim  # noqa: E402

project = "Siap"
author = "The Siap contributors"
copyright = "the Siap contributors"
version = release = sim.__version__
language = "en"

root_doc = "docs/index"
include_patterns = ["*.md", "seeds/README.md", "docs/**.md", "docs/**.rst"]
exclude_patterns = [".*", "build", "dist", "benchmarks", "evidence", "notebooks", "sim", "tests", "**/__pycache__"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "commands", "mathml", "units"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4  # the places that links on a code host name

# Every name of ours must lead somewhere; those of numpy or pandas would need the network to look up, and in "sequence
# of Result" most words are no names.
nitpicky = True
nitpick_ignore_regex = [("py:.*", r"(?!sim\.).*")]

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings name the types
autodoc_class_signature = "mixed"
napoleon_google_docstring = False
napoleon_use_rtype = False
smartquotes = False  # options begin with two hyphens
default_role = "code"  # what docstrings have in backticks

html_theme = "furo"
html_title = f"Siap {release}"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_copy_source = False
html_additional_pages = {"index": "to_first_page.html"}  # the first page lies in docs/
templates_path = ["site/templates"]
