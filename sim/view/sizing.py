"""How much a page computes: how many replications it can wait for, and what it leaves to the command line.

It goes by the size of the scenario and the engine, not by the clock, so that a slow machine shows the same numbers.
"""

from __future__ import annotations

from typing import Any

from sim.errors import BadInput
from sim.programme.check import history_bytes
from sim.scenario import Scenario
from sim.text import formats
from sim.text.catalogue import N_, speaker

MOST_REPLICATIONS, LEAST_REPLICATIONS = 200, 20  # a study asks for more elsewhere
WORK = {"reference": 51_000, "compiled": 600_000}  # entities × replications
MOST_TRIES = {"reference": 11_000_000, "compiled": 110_000_000}  # of stages, in all replications: 3 minutes; 15 seconds
MOST_BYTES = 1_500_000_000  # of a history; a page has twice as much for everything
MOST_PREVIEW, LEAST_PREVIEW = 20, 4
PREVIEW_WORK = {"reference": 6_000, "compiled": 60_000}
MOST_DRAWN = 20_000  # entities whose preparation is shown stage by stage: that reads whole histories
LARGER = N_(
    "{scenario} asks for {asked} tries of stages in one replication; this page computes at most {most}. The command "
    "siap run does it."
)

WIDER = N_(
    "{scenario} needs {asked} MB of memory for one replication; this page has at most {most}. The command siap run "
    "does it."
)


class Told(BadInput):
    """What could not be done, said in the language of who reads it.

    Parameters
    ----------
    text : str
        What is said, to be translated.
    **about
        What it needs: texts, and numbers.
    """

    def __init__(self, text: str, **about: Any) -> None:
        self._text, self._about = text, about
        super().__init__("", self.said("en"))

    def said(self, language: str) -> str:
        """The line, in a language."""
        about = {name: formats.number(x, language) if isinstance(x, int) else x for name, x in self._about.items()}
        return speaker(language)(self._text, **about)


class TooMuch(Told):
    """More than a page computes for one visitor."""


def said(error: BadInput, language: str) -> str:
    """A refusal in one line; in a language, as far as it has words for it."""
    return error.said(language) if isinstance(error, Told) else str(error)


def check(scenario: Scenario, engine: str) -> None:
    """Refuse a scenario that a page does not compute.

    Raises
    ------
    TooMuch
    """
    if (asked := scenario.programme.tries) > MOST_TRIES[engine]:
        raise TooMuch(LARGER, scenario=scenario.name, asked=asked, most=MOST_TRIES[engine])
    if (asked := history_bytes(scenario.programme)) > MOST_BYTES:
        raise TooMuch(WIDER, scenario=scenario.name, asked=asked // 1_000_000, most=MOST_BYTES // 1_000_000)


def fitting(scenario: Scenario, replications: int, engine: str) -> int:
    """Replications of a full result: fewer than the scenario's where it is large or asks for many."""
    bearable = max(LEAST_REPLICATIONS, WORK[engine] // scenario.programme.entities)
    affordable = max(1, MOST_TRIES[engine] // max(1, scenario.programme.tries))
    return min(replications, MOST_REPLICATIONS, bearable, affordable)


def preview_size(scenario: Scenario, engine: str) -> int:
    """Replications of a preview."""
    return min(MOST_PREVIEW, max(LEAST_PREVIEW, PREVIEW_WORK[engine] // scenario.programme.entities))


def drawable(scenario: Scenario) -> bool:
    """Whether the preparation is shown stage by stage."""
    return scenario.programme.entities <= MOST_DRAWN
