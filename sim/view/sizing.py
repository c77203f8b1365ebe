"""How many replications a page can wait for.

It goes by the size of the scenario and the engine, not by the clock, so that a slow machine shows the same numbers.
"""

from __future__ import annotations

from sim.scenario import Scenario

MOST_REPLICATIONS, LEAST_REPLICATIONS = 200, 20  # a study asks for more elsewhere
WORK = {"reference": 51_000, "compiled": 600_000}  # entities × replications
MOST_PREVIEW, LEAST_PREVIEW = 20, 4
PREVIEW_WORK = {"reference": 6_000, "compiled": 60_000}
MOST_DRAWN = 20_000  # entities whose preparation is shown stage by stage: that reads whole histories


def fitting(scenario: Scenario, replications: int, engine: str) -> int:
    """Replications of a full result: fewer than the scenario's where it is large or asks for many."""
    bearable = max(LEAST_REPLICATIONS, WORK[engine] // scenario.programme.entities)
    return min(replications, MOST_REPLICATIONS, bearable)


def preview_size(scenario: Scenario, engine: str) -> int:
    """Replications of a preview."""
    return min(MOST_PREVIEW, max(LEAST_PREVIEW, PREVIEW_WORK[engine] // scenario.programme.entities))


def drawable(scenario: Scenario) -> bool:
    """Whether the preparation is shown stage by stage."""
    return scenario.programme.entities <= MOST_DRAWN
