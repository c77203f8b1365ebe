"""`python -m tests.store.loading SEED SECONDS AGE`: works with a run store at random, as people do, without a pause.

What is older than AGE seconds it prunes now and then; inf is never.
Says "ready", waits for a line on standard input, and ends with JSON: how often it did what, and each run that it made
with what came out.
"""

import collections
import dataclasses
import json
import math
import random
import sys
import time
from typing import Any

from sim.experiment import runner
from sim.experiment.memory import Memory
from sim.scenario import Scenario
from sim.store import Store, run_id, simulate
from tests.store.scenarios import digest, uncertain

SEEDS, PRICES, COUNTS = range(30), (10, 11, 12), (1, 2, 3, 4, 6, 8)


def scenario(seed: int, price: float) -> Scenario:
    """Those that differ by the price alone share what the engine made."""
    return uncertain().set("seed", seed).set("clusters.ada.goods.price_rmb", price)


@dataclasses.dataclass
class Worker:
    """One who works with a store.

    Attributes
    ----------
    store : Store
    chance : Random
    age : float
        Seconds; what is older is pruned.
    made : dict
        By the id of the run: seed, price, replications and what came out.
    """

    store: Store
    chance: random.Random
    age: float
    made: dict[str, list[Any]] = dataclasses.field(default_factory=dict)

    def simulates(self) -> None:
        asked = [self.chance.choice(values) for values in (SEEDS, PRICES, COUNTS)]
        runner.MEMORY = Memory(10**9)  # as in a process that has just begun
        result = simulate(scenario(*asked[:2]), replications=asked[2])
        if self.chance.random() < 0.5:
            result.share(layer="chance")
        came_out = [*asked, digest(result, "mixed")]
        assert self.made.setdefault(run_id(result), came_out) == came_out

    def lists(self) -> None:
        found = [entry["id"] for entry in self.store.entries()]
        assert len(found) == len(set(found))

    def asks(self) -> None:
        """How many replications each run has, by its entry and by its table."""
        found = self.store.query(
            "select id, replications, count(distinct replication) as n from runs join shares using (id) group by all"
        )
        assert (found.replications == found.n).all()

    def prunes(self) -> None:
        self.store.prune(self.age / 86_400)


def main(seed: int, seconds: float, age: float) -> None:
    store = Store.default()
    assert store is not None
    worker = Worker(store, random.Random(seed), age)
    acts = {worker.simulates: 40, worker.lists: 6, worker.asks: 2, worker.prunes: 0 if math.isinf(age) else 2}
    did: collections.Counter[str] = collections.Counter()
    print("ready", flush=True)
    sys.stdin.readline()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        (act,) = worker.chance.choices(list(acts), list(acts.values()))
        act()
        did[act.__name__] += 1
    print(json.dumps({"did": did, "made": worker.made}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]))
