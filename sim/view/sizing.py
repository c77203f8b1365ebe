"""How many replications a page can wait for.

It goes by the size of the scenario and not by the clock, so that every machine shows the same numbers.
"""

from __future__ import annotations

from sim.scenario import Scenario

MOST_REPLICATIONS, LEAST_REPLICATIONS = 200, 20  # a study asks for more elsewhere
WORK = 51_000  # entities × replications
MOST_PREVIEW, LEAST_PREVIEW = 20, 4
PREVIEW_WORK = 6_000


def entities(scenario: Scenario) -> int:
    """Workshops and clusters that the engine moves: what a replication's time goes with."""
    return sum(1 + cluster.workshops for cluster in scenario.programme.clusters)


def fitting(scenario: Scenario, replications: int) -> int:
    """Replications of a full result: fewer than the scenario's where it is large or asks for many."""
    bearable = max(LEAST_REPLICATIONS, WORK // entities(scenario))
    return min(replications, MOST_REPLICATIONS, bearable)


def preview_size(scenario: Scenario) -> int:
    """Replications of a preview."""
    return min(MOST_PREVIEW, max(LEAST_PREVIEW, PREVIEW_WORK // entities(scenario)))
