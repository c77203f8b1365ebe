"""Runs and sweeps of the store, found by their ids and brought back as results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sim.errors import BadInput
from sim.experiment import MODEL_VERSION, Design, Result, given
from sim.experiment.runner import Progress
from sim.scenario import Scenario, documents
from sim.scenario.seeds import complete
from sim.store import Store, run_id, simulate
from sim.sweeps import sweep_id

FEWEST_DIGITS = 12
MOST_POINTS = 200  # of a sweep in a package, each as a run with its scenario


def brought_back(asked: Sequence[str], progress: Progress | None = None) -> list[Result]:
    """The results of runs, from what is kept, or simulated again where it was pruned; of a sweep every point as a run.

    Parameters
    ----------
    asked : sequence of str
        Ids as `siap runs` lists them, or as many of their digits as tell them apart, at least twelve.
    progress : callable, optional
        Of each run in turn; of a sweep called with its points done, and all.

    Raises
    ------
    BadInput
        If there is no store, no such run or sweep, more than one, or one that another version of the model made; for
        a sweep of more than 200 points.
    """
    store = Store.default()
    if store is None:
        raise BadInput("SIAP_STORE", "must name a folder, since runs are exported from the run store", "none")
    entries = [*store.entries("runs"), *store.entries("sweeps")]
    found: list[Result] = []
    for one in asked:
        entry = _entry(one, entries)
        found += _points(entry, store, progress) if "points" in entry else [_brought_back(entry, progress)]
    return found


def _entry(asked: str, entries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if len(asked) < FEWEST_DIGITS:
        raise BadInput("run", f"needs at least {FEWEST_DIGITS} digits of its id", asked, "siap runs lists them")
    found = [entry for entry in entries if entry["id"].startswith(asked.lower())]
    if len(found) != 1:
        rule = "is not in the run store" if not found else "could be several: give more digits"
        raise BadInput("run", rule, asked, "siap runs lists them")
    return found[0]


def _brought_back(entry: dict[str, Any], progress: Progress | None) -> Result:
    where = f"run {entry['id']}"
    result = simulate(_scenario(entry, where), entry["replications"], entry["seed"], progress=progress)
    if run_id(result) != entry["id"]:
        raise BadInput(where, "does not come out of its own scenario any more", run_id(result), "run it again")
    return result


def _scenario(entry: dict[str, Any], where: str) -> Scenario:
    """What was simulated, by this version of the model."""
    if entry["model_version"] != MODEL_VERSION:
        rule = f"was made by version {entry['model_version']} of the model, and this one is {MODEL_VERSION}"
        raise BadInput(where, rule, remedy="run its scenario again, or export it with that version")
    return complete(entry["text"], where)


def _points(entry: dict[str, Any], store: Store, progress: Progress | None) -> Iterator[Result]:
    """Every point of a sweep, simulated as a run."""
    where, count = f"sweep {entry['id']}", entry["points"]
    scenario = _scenario(entry, where)
    if count > MOST_POINTS:
        raise BadInput(where, f"must have at most {MOST_POINTS} points to be a package", count, "export runs of it")
    design = _design(entry, store)
    if design is None or sweep_id(scenario, design, entry["seed"], entry["replications"]) != entry["id"]:
        raise BadInput(where, "has lost its table of points", remedy="run it again")
    for n, levels in enumerate(design.points):
        settings = {design.paths[i]: levels[i] for i in design.by_reach()}  # in the order of the sweep
        yield simulate(scenario.set_all(settings), entry["replications"], entry["seed"])
        if progress:
            progress(n + 1, count)


def _design(entry: dict[str, Any], store: Store) -> Design | None:
    """The points of a sweep as its table has them; the id tells whether they are the very ones."""
    paths = tuple(entry["factors"])
    table = store.table(entry["id"])
    if table is None or not set(paths) <= set(table.columns):
        return None
    columns = [[_level(cell, f"{entry['id']} {path}") for cell in table[path].tolist()] for path in paths]
    return given(paths, list(zip(*columns, strict=True)))


def _level(cell: Any, where: str) -> Any:
    """A level, of which the table of a sweep keeps as text what is no number."""
    return documents.read(cell, where) if isinstance(cell, str) else cell
