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
import functools
import graphlib

import numpy as np
from numpy.typing import NDArray

from sim.outcomes import goods
from sim.outcomes.gates import Readiness
from sim.outcomes.gathered import Gathered
from sim.outcomes.milestones import Milestones
from sim.outcomes.supply import Supply
from sim.programme.stage import Counted
from sim.scenario import Scenario

SHIPPING, CAPACITY, CAPITAL, LATER = "stage.shipping", "cap.capacity", "cap.working_capital", "cap.horizon"
NOTHING = "cap.nothing"  # ready from the first day: nothing holds it back
OTHERS = (SHIPPING, CAPACITY, CAPITAL, LATER, NOTHING)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Holding:
    """Labels of what holds the brands of a scenario back.

    Attributes
    ----------
    scenario : Scenario
    milestones : list of Milestones, one a replication
    gathered : the same together
    supply, readiness : what the closed form made of them
    """

    scenario: Scenario
    milestones: list[Milestones]
    gathered: Gathered
    supply: Supply
    readiness: Readiness

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the preparation's critical path, in the order of `Milestones.chain_days`."""
        stages = tuple(f"stage.{stage.name}" for stage in self.scenario.pathway.stages)
        return stages + tuple(f"queue.{name}" for name in self.scenario.resources)

    @property
    def names(self) -> tuple[str, ...]:
        """All that may hold a brand back: those of the preparation, then the gates, then what goods wait for."""
        gates = tuple(f"gate.{gate.name}" for gate in self.readiness.gates)
        return self.labels + gates + OTHERS

    @functools.cached_property
    def numbers(self) -> Ints:
        """What holds every brand back, as its place in `names`; int64 [replication, brand]."""
        days, binding = self.readiness.days, self.readiness.binding
        found = np.full(days.shape, self._other(NOTHING))
        for number in np.unique(binding):
            bound = binding == number
            found[bound & (days > 0)] = self._longest(int(number))[bound & (days > 0)]
            found[bound & np.isinf(days)] = self._blockers(int(number))[bound & np.isinf(days)]
        return found

    def label(self, k: int, brand: int) -> str:
        """What holds one brand back in replication `k` of the run."""
        return self.names[self.numbers[k, brand]]

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
        step = int(np.searchsorted((stock := self.supply.stocks.one(k, brand)).items, items))
        return days | self._goods(k, brand, float(stock.days[step]), float(stock.left_days[step]))

    def last_ready(self) -> list[tuple[int, str]]:
        """In each replication the brand that is ready last (never counts as last), and what holds it."""
        return [(int(b), self.label(k, int(b))) for k, b in enumerate(self.readiness.days.argmax(axis=1))]

    @property
    def last_numbers(self) -> Ints:
        """What holds the brand that is ready last, as its place in `names`; int64 [replication]."""
        last = self.readiness.days.argmax(axis=1)
        return self.numbers[np.arange(len(last)), last]

    def shares(self) -> dict[str, float]:
        """How often each label holds the brand that is ready last; the shares add up to 1."""
        numbers, counts = np.unique(self.last_numbers, return_counts=True)
        found = [(self.names[i], int(n)) for i, n in zip(numbers, counts, strict=True)]
        return {label: n / len(self.milestones) for label, n in sorted(found, key=lambda item: (-item[1], item[0]))}

    def mean_path(self) -> dict[str, float]:
        """Mean days by label of the critical path of the brand that is ready last, of those that ever are.

        In the order of the path: the preparation, making, shipping, the gate. Over the replications in which a brand
        is ready some day; together the days are the mean of its readiness. Empty where none ever is.
        """
        days = self.readiness.days
        last = np.where(np.isfinite(days), days, -np.inf).argmax(axis=1)
        ready = np.flatnonzero(np.isfinite(days).any(axis=1))
        total: dict[str, float] = {}
        for k in ready:
            for label, spent in self.path(int(k), int(last[k])).items():
                total[label] = total.get(label, 0.0) + spent
        return {label: total[label] / len(ready) for label in self._in_order() if total.get(label, 0.0) > 0}

    def _in_order(self) -> list[str]:
        """Labels as a path goes through them: each stage behind what it waits for, its queues just before it."""
        stages = {stage.name: stage for stage in self.scenario.pathway.stages}
        before = {name: [_waited_for(item) for item in stage.after] for name, stage in stages.items()}
        order = []
        for name in graphlib.TopologicalSorter(before).static_order():
            order += [f"queue.{resource}" for resource in stages[name].needs] + [f"stage.{name}"]
        gates = [f"gate.{gate.name}" for gate in self.readiness.gates]
        return list(dict.fromkeys([*order, *self.labels, CAPACITY, SHIPPING, *gates]))

    # ── one path, day by day ─────────────────────────────────────────────────────────────────────────

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
        if there <= 0:  # in the warehouse from the start; what leaves on day 0 is still on its way
            return {}
        ready = self.supply.ready_to_ship_days[k, brand]
        ships_after = self.scenario.pathway.ships_after
        if left == ready and ships_after is not None:  # the goods waited for the papers
            return {SHIPPING: there - left} | self._preparation(k, brand, self.supply.stage(ships_after))
        begun, before = self._middle_workshop(k, brand, left)
        return {SHIPPING: there - left, CAPACITY: max(left - begun, 0.0)} | before

    # ── the longest of all paths ─────────────────────────────────────────────────────────────────────

    def _other(self, label: str) -> int:
        """Place in `names` of what is neither of the preparation nor a gate."""
        return len(self.labels) + len(self.readiness.gates) + OTHERS.index(label)

    def _longest(self, number: int) -> Ints:
        """The longest thing on the path behind a gate, for all brands; int64 [replication, brand].

        Of equally long ones the first on the path: gate, shipping, making, preparation.
        """
        gate = self.readiness.gates[number]
        deadline = np.broadcast_to(self.readiness.deadline_days[:, number, None], self.readiness.days.shape)
        found, most = np.full(deadline.shape, len(self.labels) + number), deadline
        if gate.stage is not None:
            return _longer(found, most, *self._longest_to(gate.stage))[0]
        items = self.supply.asked_items if gate.asks == "stock" else np.ones_like(most)
        there, left = self.supply.stocks.when(items)
        with np.errstate(invalid="ignore"):  # never there: not asked for
            shipped = _longer(found, most, self._other(SHIPPING), there - left)
        begun, label, before = self._middles(left)
        made = _longer(*shipped, self._other(CAPACITY), np.maximum(left - begun, 0.0))
        whole = _longer(*made, label, before)[0]
        ships_after = self.scenario.pathway.ships_after
        if ships_after is not None:  # where the goods waited for the papers
            papers = _longer(*shipped, *self._longest_to(ships_after))[0]
            whole = np.where(left == self.supply.ready_to_ship_days, papers, whole)
        return np.where(there <= 0, found, whole)

    def _longest_to(self, stage: str) -> tuple[Ints, Floats]:
        """Label with most days on the path to a stage, and its days; each [replication, brand]."""
        s = self.supply.stage(stage)
        return self.gathered.longest[:, :, s], self.gathered.longest_days[:, :, s].astype(float)

    def _middles(self, until: Floats) -> tuple[Floats, Ints, Floats]:
        """As `_middle_workshop` for all brands: when it began, the label with most days before, and its days."""
        gathered, shape = self.gathered, until.shape
        begun, ends = gathered.begun_days.astype(float), gathered.begun_ends
        many = goods.counted_before(begun, ends, until.ravel())
        if not len(begun):
            return np.zeros(shape), np.zeros(shape, dtype=np.int64), np.zeros(shape)
        middle = np.where(many > 0, np.append(0, ends[:-1]) + (many - 1) // 2, 0)
        days = np.where(many > 0, begun[middle], 0.0).reshape(shape)
        longest = np.where(many > 0, gathered.begun_longest_days[middle].astype(float), 0.0).reshape(shape)
        return days, gathered.begun_longest[middle].reshape(shape), longest

    def _blockers(self, number: int) -> Ints:
        """What makes brands never ready that a gate shuts out, for all brands; int64 [replication, brand]."""
        gate = self.readiness.gates[number]
        if gate.stage is not None:
            dated = np.array([gate.stage in brand.before_start_dates for brand, _ in self.scenario.lineup])
            return np.where(dated, len(self.labels) + number, self._blocked_stage(gate.stage))
        found = np.full(self.readiness.days.shape, self._other(CAPACITY))
        ships_after = self.scenario.pathway.ships_after
        if ships_after is not None:
            waits = ~np.isfinite(self.supply.ready_to_ship_days)
            found = np.where(waits, self._blocked_stage(ships_after), found)
        if gate.asks == "stock":
            poor = self.supply.affordable_items < self.supply.asked_items
            found = np.where(poor, self._other(CAPITAL), found)
        return found

    def _blocked_stage(self, stage: str) -> Ints:
        blocker = self.gathered.blocked_by[:, :, self.supply.stage(stage)]
        return np.where(blocker >= 0, blocker, self._other(LATER))


def _waited_for(item: str | Counted) -> str:
    """The stage that must be passed, by its own entity or by so many others."""
    return item if isinstance(item, str) else item.stage


def _longer(found: Ints, most: Floats, other: Ints | int, days: Floats) -> tuple[Ints, Floats]:
    """The longer of what was found so far and something further down the path, and its days."""
    return np.where(days > most, other, found), np.where(days > most, days, most)
