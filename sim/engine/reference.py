"""The reference engine: the preparation as SimPy processes. This is the definition; any other engine is its copy.

Every stage of every entity is a process that reads like the pathway: wait until all before it has
passed, ask for places, work, pass or not, perhaps again (`Reference.pursue`). SimPy keeps the clock
and the list of events. What SimPy leaves to the order of lines of code, who is served first when
things coincide, is settled here: `Reference.instant` takes one instant in rounds and `Desk` gives out
the places. Rule numbers are those of the engine contract, A numbers its additions; both are in
docs/engine.md. Nothing is drawn and nothing is measured here.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Generator

import numpy as np
import simpy

from sim.engine.draws import Draws
from sim.engine.history import UNKNOWN, Ending, History, never
from sim.engine.plan import LEAVE, SKIP, Plan

IDLE, WAITING, WORKING = 0, 1, 2
Cell = tuple[int, int]  # entity, stage


class Desk:
    """Gives out the places of all resources of one pool by rule 2; used in place of `simpy.Resource`.

    A request is an event that succeeds when its places are granted. Requests of one stage need the same
    places, so they wait in one queue, and only the first of each queue can be next.
    """

    def __init__(self, env: simpy.Environment, plan: Plan, pool: int) -> None:
        self.env = env
        self.free = plan.capacity[pool].tolist()
        self.needs = [[(r, n) for r, n in enumerate(row) if n] for row in plan.needs.tolist()]
        self.priority = plan.priority.tolist()
        self.head_of_line = plan.head_of_line
        self.queues: list[list[tuple[float, int, simpy.Event]]] = [[] for _ in plan.stages]
        self.withdrawn: set[int] = set()
        self.stirred = False  # whether anything came or went since the last grants

    def request(self, entity: int, stage: int) -> simpy.Event:
        """Ask for all the places that the stage needs, at once."""
        granted = self.env.event()
        heapq.heappush(self.queues[stage], (self.env.now, entity, granted))
        self.stirred = True
        return granted

    def withdraw(self, entity: int) -> None:
        """Take back every request of an entity, which makes no more of them (rule 10)."""
        self.withdrawn.add(entity)
        self.stirred = True

    def release(self, stage: int) -> None:
        """Give back the places that an attempt of the stage held."""
        for resource, places in self.needs[stage]:
            self.free[resource] += places
            self.stirred = True

    def grant(self) -> None:
        """Rule 2: go once through the requests in the order (priority, waiting since, entity, stage)."""
        if not self.stirred:
            return
        self.stirred = False
        blocked: set[int] = set()
        heads = [head for stage, queue in enumerate(self.queues) if queue and (head := self.head(stage))]
        heapq.heapify(heads)
        while heads:
            *_, stage = heads[0]
            if self.fits(stage, blocked):
                self.take(stage)
                head = self.head(stage)
            else:
                # Places only get fewer on the way: nothing later in this queue fits either.
                blocked.update(r for r, _ in self.needs[stage] if self.head_of_line)
                head = None
            heapq.heapreplace(heads, head) if head else heapq.heappop(heads)

    def head(self, stage: int) -> tuple[int, float, int, int] | None:
        """Where the first request of a stage comes in the order of rule 2; None where there is none to grant."""
        queue = self.queues[stage]
        while queue and queue[0][1] in self.withdrawn:
            heapq.heappop(queue)
        if not queue or not (self.head_of_line or self.fits(stage)):
            return None  # without a line, a request that does not fit is in nobody's way
        return self.priority[stage], queue[0][0], queue[0][1], stage

    def fits(self, stage: int, blocked: Collection[int] = ()) -> bool:
        """Whether all places are free, and none of them `blocked` by an earlier request in the line."""
        for resource, places in self.needs[stage]:  # noqa: SIM110 - a loop is twice as fast, and this is the hot spot
            if self.free[resource] < places or resource in blocked:
                return False
        return True

    def take(self, stage: int) -> None:
        """Grant the first request of a stage."""
        for resource, places in self.needs[stage]:
            self.free[resource] -= places
        heapq.heappop(self.queues[stage])[-1].succeed()


class Reference:
    """One run of a plan on its draws.

    Flags are lists by [entity][stage], since Python reads them faster than arrays; times go straight into
    the arrays of the history.
    """

    def __init__(self, plan: Plan, draws: Draws) -> None:
        self.plan, self.draws = plan, draws
        self.env = simpy.Environment()
        self.desks = [Desk(self.env, plan, pool) for pool in range(len(plan.pools))]  # A12
        self._structure()
        self._state()
        self._history()

    def _structure(self) -> None:
        plan = self.plan
        self.own_before, self.own_after = plan.own_before.lists(), plan.own_after.lists()
        self.cluster_before, self.cluster_after = plan.cluster_before.lists(), plan.cluster_after.lists()
        self.counts_before, self.counts_after = plan.counts_before.lists(), plan.counts_after.lists()
        self.redo, self.limit, self.on_fail = plan.redo.lists(), plan.limit.tolist(), plan.on_fail.tolist()
        self.bound, self.needs_places = plan.bound.tolist(), [any(row) for row in plan.needs.tolist()]
        self.pool_of = plan.pool_of.tolist()
        self.cluster_of, self.is_cluster = plan.cluster_of.tolist(), plan.is_cluster.tolist()
        self.head_of = plan.first_entity[plan.cluster_of].tolist()  # the entity that is its cluster
        self.given, self.counted = plan.given.tolist(), plan.counted.tolist()
        self.counted_stages = sorted(set(self.counted))  # two counts may be of one stage
        self.is_counted = [stage in self.counted_stages for stage in range(len(plan.stages))]

    def _state(self) -> None:
        entities, stages, _ = self.plan.shape
        self.passed = [list(self.given[cluster]) for cluster in self.cluster_of]
        self.status = [[IDLE] * stages for _ in range(entities)]
        self.again = [[False] * stages for _ in range(entities)]  # done again as soon as this attempt ends
        self.dead = [[False] * stages for _ in range(entities)]  # failed for the last time, on a cluster
        self.used = [[0] * stages for _ in range(entities)]  # attempts queued so far
        self.departed = [math.inf] * entities
        self.present = (np.diff(self.plan.first_entity) - 1).tolist()
        # Workshops present and past each stage; what is given counts for all of them.
        self.past = [[present * given for given in row] for present, row in zip(self.present, self.given, strict=True)]
        self.turns: dict[Cell, simpy.Event] = {}
        self.candidates: list[Cell] = []  # whose turn may have come
        self.changed: set[int] = set(range(len(self.present)))  # clusters whose counts may have come true

    def _history(self) -> None:
        plan = self.plan
        self.queued, self.started, self.finished = (np.full(plan.shape, np.nan) for _ in range(3))
        self.verdict = np.full(plan.shape, UNKNOWN, dtype=np.int8)
        since = np.where(plan.given, plan.given_days, np.inf)[plan.cluster_of]
        self.passed_days = np.where(plan.has(), since, np.inf)
        self.latched = [[math.inf] * len(plan.counts) for _ in plan.clusters]

    def run(self) -> History:
        """From day 0 until nothing more happens, or to the horizon, which is not reached (rule 7)."""
        self.open()
        now = self.env.now
        while now < self.plan.horizon:
            self.instant(now)
            now = self.env.peek()
        return self.history()

    # The pathway.

    def pursue(self, entity: int, stage: int) -> Generator[simpy.Event]:
        """A stage of an entity: wait for all before it, ask for places, work, pass or not, perhaps again."""
        durations = self.draws.durations[entity, stage].tolist()  # rule 4: looked up
        for attempt in range(self.bound[stage]):
            if attempt:  # the process was made when the first turn came
                yield self.turn(entity, stage)
            self.queued[entity, stage, attempt] = self.env.now
            if self.needs_places[stage]:
                yield self.desk_of(entity).request(entity, stage)
            self.begin(entity, stage, attempt)
            yield self.env.timeout(durations[attempt])  # rule 5: end = start + duration
            self.end(entity, stage, attempt)

    def desk_of(self, entity: int) -> Desk:
        """The desk of the pool that an entity belongs to."""
        return self.desks[self.pool_of[self.cluster_of[entity]]]

    def begin(self, entity: int, stage: int, attempt: int) -> None:
        """The attempt has its places."""
        self.started[entity, stage, attempt] = self.env.now
        self.status[entity][stage] = WORKING

    def turn(self, entity: int, stage: int) -> simpy.Event:
        """Succeeds when the stage is to be done again and all before it has passed: see `call`."""
        event = self.turns[entity, stage] = self.env.event()
        return event

    def end(self, entity: int, stage: int, attempt: int) -> None:
        """The attempt is over: its places are free, and its verdict has consequences (rules 8 to 10)."""
        passed = bool(self.draws.passed[entity, stage, attempt])
        self.finished[entity, stage, attempt] = self.env.now
        self.verdict[entity, stage, attempt] = passed
        self.status[entity][stage] = IDLE
        self.desk_of(entity).release(stage)
        if self.departed[entity] < self.env.now:
            return  # rule 10: work in service ran to its end, and nothing follows from it (A9)
        again, self.again[entity][stage] = self.again[entity][stage], False
        if not (passed or self.on_fail[stage] == SKIP):  # rule 12, A5: skipped counts as passed
            self.fail(entity, stage)
        elif again:
            self.candidates.append((entity, stage))  # rule 9: that was not the attempt that counts (A3)
        else:
            self.mark(entity, stage)

    def fail(self, entity: int, stage: int) -> None:
        """What a failure does: a retry, or the end (A4)."""
        redo = [s for s in self.redo[stage] if not self.given[self.cluster_of[entity]][s]]  # A10
        if self.on_fail[stage] == LEAVE or any(self.used[entity][s] >= self.limit[s] for s in redo):
            self.give_up(entity, stage)
            return
        for s in redo:  # rule 9: a retry cancels nothing
            self.again[entity][s] = self.status[entity][s] != IDLE
            self.unmark(entity, s)
            self.candidates.append((entity, s))

    def give_up(self, entity: int, stage: int) -> None:
        """Rule 8: a workshop leaves, a cluster is never past the stage."""
        if self.is_cluster[entity]:
            self.dead[entity][stage] = True
        elif self.departed[entity] == math.inf:
            self.depart(entity)

    def depart(self, entity: int) -> None:
        """Rule 10: nothing of the workshop waits any more, and counts go without it."""
        cluster = self.cluster_of[entity]
        self.departed[entity] = self.env.now
        self.desk_of(entity).withdraw(entity)
        self.present[cluster] -= 1
        for stage in self.counted_stages:
            self.past[cluster][stage] -= self.passed[entity][stage]
        self.changed.add(cluster)

    def mark(self, entity: int, stage: int) -> None:
        """The stage counts as passed, and what waits for it may have its turn."""
        self.passed[entity][stage] = True
        self.passed_days[entity, stage] = self.env.now
        self.tally(entity, stage, 1)
        self.candidates += [(entity, waiting) for waiting in self.own_after[stage]]
        for waiting in self.cluster_after[stage]:
            self.look_at(self.cluster_of[entity], waiting)

    def unmark(self, entity: int, stage: int) -> None:
        """The stage is to be passed again."""
        if self.passed[entity][stage]:
            self.passed[entity][stage] = False
            self.passed_days[entity, stage] = math.inf
            self.tally(entity, stage, -1)

    def tally(self, entity: int, stage: int, change: int) -> None:
        """Keep the number of workshops past a stage, of those that have not left."""
        if self.is_counted[stage] and self.departed[entity] == math.inf:
            self.past[self.cluster_of[entity]][stage] += change
            self.changed.add(self.cluster_of[entity])

    def look_at(self, cluster: int, stage: int) -> None:
        """The turn of a stage may have come for the cluster, or for all of its workshops."""
        if self.plan.on_cluster[stage]:
            self.candidates.append((self.plan.entity_of(cluster), stage))
        else:
            workshops = self.plan.workshops(cluster)
            self.candidates += [(entity, stage) for entity in range(workshops.start, workshops.stop)]

    # One instant.

    def open(self) -> None:
        """Before the first instant: the stages that wait for nothing of their own entity are looked at."""
        for entity, cluster in enumerate(self.cluster_of):
            given = self.given[cluster]
            for stage, on_cluster in enumerate(self.plan.on_cluster.tolist()):
                if on_cluster == self.is_cluster[entity] and all(given[s] for s in self.own_before[stage]):
                    self.candidates.append((entity, stage))

    def instant(self, now: float) -> None:
        """Rules 1 to 3 at one instant, in rounds (A1)."""
        step, peek = self.env.step, self.env.peek
        quiet = False
        while not quiet:
            while peek() == now:
                step()  # rule 1: all that ends now has ended before anything else is looked at
            if self.changed:
                self.latch()
            if self.candidates:
                self.call()
            if peek() > now:
                for desk in self.desks:
                    desk.grant()  # rule 2
                quiet = peek() > now  # rule 3

    def latch(self) -> None:
        """Rule 11: counts that are true now stay true."""
        for cluster in self.changed:
            latched, past, present = self.latched[cluster], self.past[cluster], self.present[cluster]
            for count, stage in enumerate(self.counted):
                if latched[count] == math.inf and past[stage] >= self.plan.count_need[count, present]:
                    latched[count] = self.env.now
                    for waiting in self.counts_after[count]:
                        self.look_at(cluster, waiting)
        self.changed.clear()

    def call(self) -> None:
        """Queue every stage whose turn has come."""
        candidates, self.candidates = self.candidates, []
        for entity, stage in candidates:
            if self.may_begin(entity, stage):
                self.status[entity][stage] = WAITING
                self.used[entity][stage] += 1
                if self.used[entity][stage] == 1:
                    self.env.process(self.pursue(entity, stage))
                else:
                    self.turns.pop((entity, stage)).succeed()

    def may_begin(self, entity: int, stage: int) -> bool:
        """Whether a stage is to be done, and all that it waits for has come true (A2, A6)."""
        mine = self.passed[entity]
        if mine[stage] or self.status[entity][stage] != IDLE:
            return False
        if self.dead[entity][stage] or self.departed[entity] < math.inf:
            return False
        latched, clusters = self.latched[self.cluster_of[entity]], self.passed[self.head_of[entity]]
        return (
            all(map(mine.__getitem__, self.own_before[stage]))
            and all(map(clusters.__getitem__, self.cluster_before[stage]))
            and all(latched[count] < math.inf for count in self.counts_before[stage])
        )

    def history(self) -> History:
        """What has been recorded, and how everything stands."""
        plan, cells = self.plan, self.plan.shape[:2]
        departed = np.array(self.departed, dtype=np.float64)
        latched = np.array(self.latched, dtype=np.float64).reshape(len(plan.clusters), len(plan.counts))
        dead, again, status = (np.array(s, dtype=np.int64).reshape(cells) for s in (self.dead, self.again, self.status))
        busy = (status != IDLE) & np.isinf(departed)[:, None]
        ending = Ending(self.passed_days < np.inf, departed, latched, busy & (again == 0), busy, dead == 1)
        times = self.queued, self.started, self.finished, self.verdict
        return History(plan, *times, self.passed_days, departed, latched, never(plan, ending))
