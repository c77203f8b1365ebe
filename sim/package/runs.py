"""Runs of the store, found by their ids and brought back as results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.errors import BadInput
from sim.experiment import MODEL_VERSION, Result
from sim.experiment.runner import Progress
from sim.scenario.seeds import complete
from sim.store import Store, run_id, simulate

FEWEST_DIGITS = 12


def brought_back(asked: Sequence[str], progress: Progress | None = None) -> list[Result]:
    """The results of runs, from what is kept, or simulated again where it was pruned.

    Parameters
    ----------
    asked : sequence of str
        Ids as `siap runs` lists them, or as many of their digits as tell them apart, at least twelve.
    progress : callable, optional

    Raises
    ------
    BadInput
        If there is no store, no such run, more than one, or one that another version of the model made.
    """
    store = Store.default()
    if store is None:
        raise BadInput("SIAP_STORE", "must name a folder, since runs are exported from the run store", "none")
    entries = store.entries()
    return [_brought_back(_entry(one, entries), progress) for one in asked]


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
    if entry["model_version"] != MODEL_VERSION:
        rule = f"was made by version {entry['model_version']} of the model, and this one is {MODEL_VERSION}"
        raise BadInput(where, rule, remedy="run its scenario again, or export it with that version")
    result = simulate(complete(entry["text"], where), entry["replications"], entry["seed"], progress=progress)
    if run_id(result) != entry["id"]:
        raise BadInput(where, "does not come out of its own scenario any more", run_id(result), "run it again")
    return result
