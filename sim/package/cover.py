"""What goes with the data of a package: licence, citation, what archives read, and pages for people."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiment import Result
from sim.package.descriptors import KEYWORDS, LICENCE, Credits, as_json
from sim.package.layout import FIGURES
from sim.store import run_id

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "figure{margin:2rem 0}img{max-width:100%;height:auto}figcaption{color:#444}"
    "table{border-collapse:collapse;width:100%}"
    "td{padding:.3rem .6rem .3rem 0;vertical-align:top;overflow-wrap:anywhere;border-top:1px solid #ddd}"
)


def licence() -> str:
    """What may be done with it."""
    return (
        "Tables, figures and scenarios in this package: Creative Commons Attribution 4.0 International (CC BY 4.0),\n"
        f"{LICENCE['path']}\n\nThe software that made them, Siap: Apache License 2.0.\n"
    )


def citation(credits: Credits) -> str:
    """How to cite it, as `CITATION.cff`."""
    names = "".join(
        f"  - name: {json.dumps(name, ensure_ascii=False)}\n"
        + (f"    orcid: https://orcid.org/{orcid}\n" if orcid else "")
        for name, orcid in credits.authors
    )
    return (
        "cff-version: 1.2.0\nmessage: If you use these data, please cite them as below.\ntype: dataset\n"
        f"title: {json.dumps(credits.title, ensure_ascii=False)}\nversion: 1.0.0\nlicense: CC-BY-4.0\n"
        f"date-released: {credits.made.date().isoformat()}\nauthors:\n{names}"
    )


def readme(found: Sequence[Result], credits: Credits, titles: Mapping[str, str], system: Mapping[str, Any]) -> str:
    """What it is, how to run it again, and what lies where."""
    runs = "\n".join(
        f"- `{one.scenario.name}`: run `{run_id(one)}`, {one.replications} replications, seed {one.seed}"
        for one in found
    )
    listed = "\n".join(f"- `{path}`: {text}" for path, text in sorted(titles.items()))
    return (
        f"# {credits.title}\n\nMade by Siap {credits.version} on {credits.made.date().isoformat()}, with Python "
        f"{system['python']} on {system['platform']} ({system['cores']} cores).\n\n{runs}\n\n"
        "To run it again and compare every number: `pip install 'siap[all]'`, then `siap verify` with this file.\n\n"
        f"What the authors must still answer stands at the top of `stress-des.md`.\n\n## Files\n\n{listed}\n"
    )


def zenodo(credits: Credits) -> bytes:
    """What Zenodo fills its form with, as `.zenodo.json`."""
    creators = [{"name": name} | ({"orcid": orcid} if orcid else {}) for name, orcid in credits.authors]
    said = {
        "title": credits.title,
        "description": f"Simulation runs of Siap {credits.version}; siap verify reruns and compares them.",
        "upload_type": "dataset",
        "license": "cc-by-4.0",
        "creators": creators,
        "keywords": list(KEYWORDS),
    }
    return as_json(said)


def preview(credits: Credits, titles: Mapping[str, str]) -> str:
    """The package as a page that any browser shows without the network: its figures, then its files."""

    def row(path: str, text: str) -> str:
        return f'<tr><td><a href="{html.escape(path)}">{html.escape(path)}</a></td><td>{html.escape(text)}</td></tr>'

    drawn = "".join(
        f'<figure><img src="{html.escape(path)}" alt="{html.escape(text)}"><figcaption>{html.escape(text)}</figcaption>'
        "</figure>"
        for path, text in sorted(titles.items())
        if path.startswith(FIGURES) and path.endswith(".svg")
    )
    names = ", ".join(html.escape(name) for name, _ in credits.authors)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(credits.title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{html.escape(credits.title)}</h1><p>{names}, {credits.made.date().isoformat()}. "
        f'Licence of the data: <a href="{LICENCE["path"]}">{LICENCE["title"]}</a>. Made by Siap {credits.version}; '
        f"<code>siap verify</code> runs it again and compares every number.</p>"
        f"<h2>Figures</h2>{drawn}<h2>Files</h2><table>"
        f"{''.join(row(*one) for one in sorted(titles.items()))}</table></main></body></html>\n"
    )
