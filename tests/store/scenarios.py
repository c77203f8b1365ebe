"""The small scenario with chance and knowledge in its preparation."""

from sim.scenario import Scenario
from tests.outcomes.small import small

COACHING = {"kind": "lognormal", "mean": {"central": 10.0, "low": 5.0, "high": 20.0}, "cv": 0.4}


def uncertain() -> Scenario:
    return small().set("pathway.stages.coach.duration", COACHING)
