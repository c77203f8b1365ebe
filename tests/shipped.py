"""The shipped scenarios, each read once in a process: to read the largest and check it takes seconds."""

import functools

from sim.scenario import Scenario


@functools.cache
def shipped(name: str) -> Scenario:
    """A shipped scenario; it is frozen, so tests may share it."""
    return Scenario.load(name)
