"""What holds a brand back: the longest single thing on its critical path, or what makes it *never*.

Behind the binding gate lies a path of days, each with one label: ``gate.NAME`` for the days at which the
gate closes before the event, ``stage.shipping`` for the way to the warehouse, ``cap.capacity`` for the
time in which enough is made once the middle one of the workshops has begun, ``stage.NAME`` and
``queue.RESOURCE`` for the preparation. A brand that is never ready has the label of what blocks it:
``cap.working_capital`` where the goods cannot be paid for, ``cap.horizon`` where it would only be ready
after the simulated time.
"""

from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from sim.outcomes.gates import Readiness
from sim.outcomes.milestones import Milestones
from sim.outcomes.supply import Supply
from sim.scenario import Scenario

SHIPPING, CAPACITY, CAPITAL, LATER = "stage.shipping", "cap.capacity", "cap.working_capital", "cap.horizon"
NOTHING = "cap.nothing"  # ready from the first day: nothing holds it back


@dataclasses.dataclass(frozen=True, eq=False)
class Holding:
    """Labels of what holds the brands of a scenario back.

    Attributes
    ----------
    scenario : Scenario
    milestones : list of Milestones, one a replication
    supply, readiness : what the closed form made of them
    """

    scenario: Scenario
    milestones: list[Milestones]
    supply: Supply
    readiness: Readiness

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the preparation's critical path, in the order of `Milestones.chain_days`."""
        stages = tuple(f"stage.{stage.name}" for stage in self.scenario.pathway.stages)
        return stages + tuple(f"queue.{name}" for name in self.scenario.resources)

    def label(self, k: int, brand: int) -> str:
        """What holds one brand back in replication `k` of the run."""
        if not np.isfinite(self.readiness.days[k, brand]):
            return self._blocker(k, brand)
        path = self.path(k, brand)
        return max(path, key=lambda name: path[name]) if path else NOTHING

    def path(self, k: int, brand: int) -> dict[str, float]:
        """Days of a ready brand's critical path by label, from the start to the event."""
        number = int(self.readiness.binding[k, brand])
        gate = self.readiness.gates[number]
        if self.readiness.days[k, brand] <= 0:
            return {}
        days = {f"gate.{gate.name}": float(self.readiness.deadline_days[k, number])}
        if gate.stage is not None:
            return days | self._preparation(k, brand, self.supply.stage(gate.stage))
        items = self.supply.asked_items[k, brand] if gate.asks == "stock" else 1.0
        there, left = self.supply.stocks[k][brand].when(items)
        return days | self._goods(k, brand, there, left)

    def last_ready(self) -> list[tuple[int, str]]:
        """In each replication the brand that is ready last (never counts as last), and what holds it."""
        return [(int(b), self.label(k, int(b))) for k, b in enumerate(self.readiness.days.argmax(axis=1))]

    def shares(self) -> dict[str, float]:
        """How often each label holds the brand that is ready last; the shares add up to 1."""
        found = Counter(label for _, label in self.last_ready())
        return {
            label: n / len(self.milestones) for label, n in sorted(found.items(), key=lambda item: (-item[1], item[0]))
        }

    def _preparation(self, k: int, brand: int, stage: int) -> dict[str, float]:
        return self._named(self.milestones[k].chain_days[brand, stage])

    def _middle_workshop(self, k: int, brand: int, until: float) -> tuple[float, dict[str, float]]:
        """When the middle one of the workshops that began before a day had begun, and its critical path.

        Goods come from many workshops, early ones and late ones; the middle one stands for them.
        """
        paths = self.milestones[k].output_days[brand]
        begun = paths.sum(axis=1)
        many = int(np.searchsorted(begun, until))
        if many == 0:
            return 0.0, {}
        middle = (many - 1) // 2
        return float(begun[middle]), self._named(paths[middle])

    def _named(self, days: NDArray[np.float32]) -> dict[str, float]:
        return {self.labels[i]: float(days[i]) for i in np.flatnonzero(days)}

    def _goods(self, k: int, brand: int, there: float, left: float) -> dict[str, float]:
        """From the start to goods in the warehouse: preparation, then making or papers, then shipping."""
        if left <= 0:
            return {}
        ready = self.supply.ready_to_ship_days[k, brand]
        ships_after = self.scenario.pathway.ships_after
        if left == ready and ships_after is not None:  # the goods waited for the papers
            return {SHIPPING: there - left} | self._preparation(k, brand, self.supply.stage(ships_after))
        begun, before = self._middle_workshop(k, brand, left)
        return {SHIPPING: there - left, CAPACITY: max(left - begun, 0.0)} | before

    def _blocker(self, k: int, brand: int) -> str:
        """What makes a brand never ready."""
        number = int(self.readiness.binding[k, brand])
        gate = self.readiness.gates[number]
        if gate.stage is not None:
            stage = self.supply.stage(gate.stage)
            dated = gate.stage in self.scenario.lineup[brand][0].before_start_dates
            return f"gate.{gate.name}" if dated else self._blocked_stage(k, brand, stage)
        ships_after = self.scenario.pathway.ships_after
        if gate.asks == "stock" and self.supply.affordable_items[k, brand] < self.supply.asked_items[k, brand]:
            return CAPITAL
        if ships_after is not None and not np.isfinite(self.supply.ready_to_ship_days[k, brand]):
            return self._blocked_stage(k, brand, self.supply.stage(ships_after))
        return CAPACITY

    def _blocked_stage(self, k: int, brand: int, stage: int) -> str:
        blocker = int(self.milestones[k].blocked_by[brand, stage])
        return self.labels[blocker] if blocker >= 0 else LATER
