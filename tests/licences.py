"""The page of licences: every package of the lock, under which licence it is, and what needs it.

`python -m tests.licences` writes it anew, after `make lock`. Licences are what the installed packages say themselves.
"""

import re
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"
# Of packages that the lock has for other systems only, and that are not installed on this one; looked up by hand.
ELSEWHERE = {"appnope": "BSD-2-Clause", "colorama": "BSD-3-Clause", "pywinpty": "MIT"}
USES = ("required", "all", "discovery", "development")
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser General Public|MPL|Mozilla", re.IGNORECASE)
HEAD = """# Licences of dependencies

Siap itself is under the Apache License 2.0. What follows is what each of the {n} packages of `requirements.lock` says
of itself; `.venv/bin/python -m tests.licences` writes the page anew, and a test compares it with the lock.

- *required*: what `pip install siap` brings; *all*: what the extra `all` adds. Nothing in these two is under the GPL or
  AGPL, which a test checks. Under the LGPL or MPL are {lesser}: used unchanged, as libraries,
  they ask nothing of who uses Siap; who changes them and passes them on passes the change on too.
- *discovery*: what the extra `discovery` adds, which is not in `all`. {gpl}
  Who installs that extra and passes the whole on does so under the GPL's terms; Siap does not need it.
- *development*: what tests, formats and builds the project and is not installed with it.

| Package | Licence | For |
| --- | --- | --- |
"""


def locked() -> list[str]:
    """Names of all packages of the lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return sorted({canonicalize_name(name) for name in re.findall(r"^([\w.-]+)==", text, re.MULTILINE)})


def licence(name: str) -> str:
    """What an installed package says of its licence."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ELSEWHERE[name]
    if expression := about.get("License-Expression"):
        return expression
    classes = [c.split(" :: ")[-1] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    named = [c for c in classes if c != "OSI Approved"]
    said = (about.get("License") or "").strip().partition("\n")[0]
    return ", ".join(named) or said[:60] or "not said"


def uses() -> dict[str, str]:
    """What needs each package: the first of `USES` that does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    roots = {
        "required": project["project"]["dependencies"],
        "all": extras["all"],
        "discovery": extras["discovery"],
        "development": project["dependency-groups"]["dev"],
    }
    found: dict[str, str] = {}
    for use in USES:
        for name in _reached(roots[use]):
            found.setdefault(name, use)
    return found


def _reached(wanted: list[str]) -> set[str]:
    """Packages that these requirements bring on this system."""
    seen: set[tuple[str, str]] = set()
    left = [Requirement(line) for line in wanted]
    while left:
        one = left.pop()
        for extra in ("", *one.extras):
            key = canonicalize_name(one.name), extra
            if key in seen:
                continue
            seen.add(key)
            try:
                needs = [Requirement(line) for line in metadata.requires(one.name) or []]
            except metadata.PackageNotFoundError:
                continue
            left += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    return {name for name, _extra in seen}


def copyleft(said: str) -> bool:
    """Whether a licence asks that what uses the package be under it too; one that leaves a choice does not."""
    return all(COPYLEFT.search(part) and not LESSER.search(part) for part in re.split(r"\bOR\b|,", said))


def page() -> str:
    """The whole page."""
    needed = dict.fromkeys(ELSEWHERE, "other systems") | uses()
    names = [name for name in locked() if name in needed]
    said = {name: licence(name) for name in names}
    lesser = [n for n in names if LESSER.search(said[n]) and needed[n] in ("required", "all")]
    gpl = [n for n in names if copyleft(said[n]) and needed[n] == "discovery"]
    head = HEAD.format(
        n=len(names),
        lesser=", ".join(f"`{n}`" for n in lesser) or "None",
        gpl=", ".join(f"`{n}`" for n in gpl) + (" is under the GPL." if len(gpl) == 1 else " are under the GPL."),
    )
    rows = [f"| {name} | {said[name].replace('|', '/')} | {needed[name]} |" for name in names]
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
