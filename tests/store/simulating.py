"""`python -m tests.store.simulating SEED COUNT…`: simulates the small scenario with so many replications each.

Says how many replications the engine ran, and a digest of what came out.
"""

import hashlib
import sys

from sim.experiment.runner import Replications
from sim.outcomes import Milestones
from sim.store import simulate
from tests.store.scenarios import digest, uncertain

RAN: list[int] = []
milestones = Replications.milestones


def counted(self: Replications, k: int, j: int = 0) -> Milestones:
    RAN.append(k)
    return milestones(self, k, j)


def main(seed: int, counts: list[int]) -> None:
    Replications.milestones = counted
    scenario = uncertain().set("seed", seed)
    found = [digest(simulate(scenario, replications=count), "mixed", "chance") for count in counts]
    print(len(RAN), hashlib.sha256("".join(found).encode()).hexdigest())


if __name__ == "__main__":
    main(int(sys.argv[1]), [int(count) for count in sys.argv[2:]])
