"""STRESS-DES (Monks et al. 2019): the checklist for reports of simulations, filled from model and runs.

What only the authors can know is listed as theirs to answer, and not made up.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from sim.experiment import Result
from sim.text.describe import describe

OPEN = "For the authors to answer."


@dataclasses.dataclass(frozen=True)
class Item:
    """One item of the checklist.

    Attributes
    ----------
    number, title : str
    text : str
        The answer, in Markdown.
    open : bool
        Whether the authors must still answer it, or complete it.
    """

    number: str
    title: str
    text: str
    open: bool = False


def checklist(found: Sequence[Result], system: Mapping[str, Any]) -> list[Item]:
    """All twenty items for some runs.

    Parameters
    ----------
    found : sequence of Result
    system : mapping
        Where the runs were made: platform, python, machine, libraries.
    """
    return [*_objectives(found), *_logic(found), *_data(), *_experimentation(found), *_implementation(found, system)]


def _objectives(found: Sequence[Result]) -> list[Item]:
    names = ", ".join(f"`{one.scenario.name}`" for one in found)
    outputs = (
        "Share of the event's sales (fraction), gross sales (rupiah), brands that pass every gate, readiness (the "
        "shortest lead time that passes every gate, in days), what holds a brand back. Definitions: datapackage.json."
    )
    return [
        Item("1.1", "Purpose of the model", _about(found[0]), open=True),
        Item("1.2", "Model outputs", outputs),
        Item("1.3", "Aims of the experimentation", f"Scenarios compared: {names}. Why these: {OPEN}", open=True),
    ]


def _logic(found: Sequence[Result]) -> list[Item]:
    algorithms = "Service order first-fit or strict, rounds within an instant, grants: docs/engine.md."
    return [
        Item("2.1", "Base model overview diagram", f"The stages in their order are under 2.5. {OPEN}", open=True),
        Item("2.2", "Base model logic", "As under 2.5, and docs/model.md."),
        Item("2.3", "Scenario logic", _differences(found)),
        Item("2.4", "Algorithms", algorithms),
        Item("2.5", "Components", "\n\n".join(describe(one.scenario, "en") for one in found)),
    ]


def _data() -> list[Item]:
    inputs = "tables/parameters, with ranges and layers; scenarios/ holds every default resolved."
    assumed = "Numbers with an `assumption` in tables/parameters; docs/model.md lists the others."
    return [
        Item("3.1", "Data sources", "Each number names its evidence rows: tables/parameters, tables/evidence."),
        Item("3.2", "Pre-processing", "What was adapted says so in the column `assumption` of tables/parameters."),
        Item("3.3", "Input parameters", inputs),
        Item("3.4", "Assumptions", assumed),
    ]


def _experimentation(found: Sequence[Result]) -> list[Item]:
    begin = (
        "Terminating: from day 0 with nothing begun but what the scenario says was passed before; no warm-up. It ends "
        "with the event, or with the horizon."
    )
    length = "; ".join(f"`{one.scenario.name}`: at most {one.scenario.horizon_days:g} days" for one in found)
    runs = "; ".join(f"`{one.scenario.name}`: {one.replications} replications, seed {one.seed}" for one in found)
    how = "Means with Student's 90 % interval, proportions with Wilson's; common random numbers across scenarios."
    return [
        Item("4.1", "Initialisation", begin),
        Item("4.2", "Run length", length),
        Item("4.3", "Estimation approach", f"{runs}. {how} Why so many: {OPEN}", open=True),
    ]


def _implementation(found: Sequence[Result], system: Mapping[str, Any]) -> list[Item]:
    libraries = ", ".join(f"{name} {version}" for name, version in system["libraries"].items())
    engines = ", ".join(sorted({one.engine for one in found}))
    sharing = "`siap verify` reruns this package; the software is under the Apache License 2.0 (LICENSE)."
    return [
        Item("5.1", "Software or programming language", f"Python {system['python']}; {libraries}"),
        Item("5.2", "Random sampling", "Philox4x64, a stream for each use by its name (BLAKE2b of seed and names)."),
        Item("5.3", "Model execution", f"Engine: {engines}; both engines give the same histories."),
        Item("5.4", "System specification", f"{system['platform']}, {system['cores']} cores"),
        Item("6.1", "Computer model sharing statement", sharing),
    ]


def as_markdown(items: Sequence[Item]) -> str:
    """The checklist, first what is still open."""
    gaps = "".join(f"- {item.number} {item.title}\n" for item in items if item.open)
    texts = "\n".join(f"## {item.number} {item.title}\n\n{item.text}\n" for item in items)
    return f"# STRESS-DES\n\nFor the authors to answer or to complete:\n\n{gaps}\n{texts}"


def _about(result: Result) -> str:
    return f"{result.scenario.about.get('en', '') if result.scenario.about else ''} {OPEN}".strip()


def _differences(found: Sequence[Result]) -> str:
    """In which numbers the scenarios differ from the first."""
    from sim.package.tables import numbers

    base, lines = numbers(found[0].scenario), []
    for other in found[1:]:
        theirs = numbers(other.scenario)
        changed = sorted(path for path in base.keys() | theirs.keys() if base.get(path) != theirs.get(path))
        lines.append(f"`{other.scenario.name}` differs from `{found[0].scenario.name}` in: {', '.join(changed[:40])}")
    return "\n\n".join(lines) or "One scenario."
