"""The small scenario with chance and knowledge in its preparation, and what came out of a run of it."""

import hashlib

from sim import Result
from sim.outcomes import Layer
from sim.scenario import Scenario
from tests.outcomes.small import small

COACHING = {"kind": "lognormal", "mean": {"central": 10.0, "low": 5.0, "high": 20.0}, "cv": 0.4}


def uncertain() -> Scenario:
    return small().set("pathway.stages.coach.duration", COACHING)


def digest(result: Result, *layers: Layer) -> str:
    """What tells a result from any other, to the last bit: readiness, and the shares in these layers."""
    tables = [result.readiness, *(result.shares(layer=layer) for layer in layers)]
    return hashlib.sha256("".join(table.to_csv() for table in tables).encode()).hexdigest()
