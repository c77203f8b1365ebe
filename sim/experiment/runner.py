"""Replications of one scenario: the engine run once for each, and its milestones kept.

What the engine does not read (price, gates, money, demand, the event's date, the lead time) cannot
change a history, so a scenario that differs only there is answered from the milestones at hand.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import hashlib
import itertools
import json
import os
import threading
from collections.abc import Callable
from typing import Any, Protocol

from sim import engine as engines
from sim.engine.compiled import Compiled
from sim.engine.draws import Draws
from sim.engine.history import History
from sim.engine.parts import parts
from sim.engine.plan import Plan
from sim.engine.record import Record
from sim.errors import BadInput
from sim.experiment.memory import NOISE_BYTES, NOISES, REMEMBERED_BYTES, Known, Memory, Noise, Noises
from sim.outcomes import Layer, Milestones, Numbers
from sim.programme import Cluster, Fixed, Programme, Resource
from sim.programme.quantity import settling
from sim.scenario import Pathway, Scenario
from sim.scenario.paths import canonical, plain
from sim.value import replaced


class Archive(Protocol):
    """Where milestones outlive a process; the core knows of it no more than this."""

    def recall(self, run: Run) -> list[Milestones]:
        """Those of the first replications of a run, as many as were kept."""

    def keep(self, run: Run, found: list[Milestones]) -> None:
        """Keep those of a run."""


Progress = Callable[[int, int], None]  # pieces of work done, and all: replications, times parts that share nothing
MEMORY = Memory(REMEMBERED_BYTES)
NOISE = Noises(NOISES)
LOOK_SECONDS = 0.05  # between two looks at threads at work


class Cancelled(Exception):
    """The caller asked for the run to stop; nothing was kept of it."""


@dataclasses.dataclass(frozen=True)
class Run:
    """Which histories are wanted.

    Attributes
    ----------
    scenario : Scenario
    seed, replications : int
    layer : str
        ``mixed`` or ``chance``.
    engine : str
        ``reference`` or ``compiled``.
    """

    scenario: Scenario
    seed: int
    replications: int
    layer: Layer
    engine: str

    @property
    def key(self) -> str:
        """What tells its milestones from those of other runs."""
        return f"{self.histories}-{self.replications}-{self.engine}"

    @functools.cached_property
    def histories(self) -> str:
        """Digest of all that can change the milestones of any replication: runs that share it are parts of one."""
        scenario = self.scenario
        read = (
            READ.get(scenario.pathway, _read_of_pathway),
            # In their order, by which milestones number them.
            READ.get(scenario.resources, _read_of_resources),
            [_cluster(one) for one in scenario.programme.clusters],
            canonical(plain(scenario.pools), by_name=True),
            scenario.horizon_days,
        )
        of = (self.seed, self.layer)
        return hashlib.sha256(json.dumps([read, of], sort_keys=True).encode()).hexdigest()


READ = Known(32)  # what the engine reads of parts of the latest scenarios, by part


def _read_of_pathway(pathway: Pathway) -> dict[str, Any]:
    """All but what only the closed form after the engine reads: whose store opens when, what ships, what it costs."""
    read = _read(pathway, ("stages", "store", "ships_after"))
    return read | {"stages": [_read(stage, ("cost_idr",)) for stage in pathway.stages]}


def _read_of_resources(resources: dict[str, Resource]) -> list[Any]:
    return [(name, _read(one, ("cost_idr_per_day",))) for name, one in resources.items()]


def _read(value: object, unread: tuple[str, ...]) -> dict[str, Any]:
    """A part of a scenario as plain data, without some fields and without texts."""
    found: dict[str, Any] = canonical(plain(value), top=False)
    return {name: inner for name, inner in found.items() if name not in unread}


def _cluster(cluster: Cluster) -> tuple[Any, ...]:
    """What the engine reads of a cluster: its name too, which names the random numbers of its own stages.

    Of what was passed before the start it takes only that it is passed, never on which day.
    """
    passed = sorted(cluster.before_start), sorted(cluster.exempt)
    return cluster.name, cluster.workshops, cluster.home, cluster.first, cluster.pool, *passed


def milestones(
    run: Run,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    archive: Archive | None = None,
    remember: bool = True,
) -> list[Milestones]:
    """The milestones of every replication of a run, from memory, from an archive or by running the engine.

    Parameters
    ----------
    run : Run
    progress : callable, optional
        Called with the pieces of work done and all of them, as they are done: a piece is a replication, or a part
        of one where its clusters share nothing.
    cancel : threading.Event, optional
        Looked at after each piece, or now and then where several threads work.
    archive : Archive, optional
        Only what it does not hold is run, and then kept there.
    remember : bool
        False for one of many runs that nobody will ask for again: what is remembered of others then stays.

    Raises
    ------
    Cancelled
        If `cancel` was set before the last replication was done.
    """
    key = run.key
    found = MEMORY.get(key)
    if found is None:
        known = archive.recall(run) if archive else []
        found = known if len(known) == run.replications else _simulated(run, progress, cancel, known)
        if archive and len(known) < run.replications:
            archive.keep(run, found)
        if remember:
            MEMORY.put(key, found)
    elif progress:
        progress(run.replications, run.replications)
    return found


def threads() -> int:
    """How many threads run replications: one a core, or what `SIAP_THREADS` says."""
    if asked := os.environ.get("SIAP_THREADS", ""):
        if not (asked.isascii() and asked.isdecimal() and int(asked) > 0):
            raise BadInput("SIAP_THREADS", "must be a whole number from 1 on", asked)
        return int(asked)
    return cores()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _simulated(
    run: Run, progress: Progress | None, cancel: threading.Event | None, known: list[Milestones]
) -> list[Milestones]:
    """Every replication after those known, shared out among threads; who takes which has no part in what comes out."""
    replications, first = Replications(run), len(known)
    # Part by part: a thread then keeps the room of one part at a time.
    pieces = [(j, k) for j in range(len(replications.parts)) for k in range(first, run.replications)]
    done: list[Milestones | None] = [None] * len(pieces)

    def look(count: int) -> None:
        if cancel is not None and cancel.is_set():
            raise Cancelled
        if progress and count:
            progress(count, len(pieces))

    def work(i: int) -> None:
        j, k = pieces[i]
        done[i] = done[i - 1] if k > first and replications.certain else replications.milestones(k, j)

    look(0)
    replications.noise  # noqa: B018 - taken once, before several threads ask for it
    # SimPy holds the interpreter's lock, so a second thread would only be in its way.
    count = min(threads(), len(pieces)) if run.engine == "compiled" and not replications.certain else 1
    try:
        _share_out(work, len(pieces), count, look)
    finally:
        replications.close()
    if progress:
        progress(len(pieces), len(pieces))
    found = [m for m in done if m is not None]
    many = run.replications - first
    each = range(0, len(pieces), many)
    return known + [
        Milestones.together(list(zip(replications.parts, [found[i + k] for i in each], strict=True)))
        for k in range(many)
    ]


def _share_out(work: Callable[[int], None], pieces: int, count: int, look: Callable[[int], None]) -> None:
    """Do all pieces of work by several threads; whoever is free takes the next."""
    if count == 1:
        for i in range(pieces):
            work(i)
            look(i + 1)
        return
    stop, waiting, done = threading.Event(), itertools.count(), [0] * count

    def keep_working(mine: int) -> None:
        while (i := next(waiting)) < pieces and not stop.is_set():
            work(i)
            done[mine] += 1

    with concurrent.futures.ThreadPoolExecutor(count, thread_name_prefix="siap-replications") as pool:
        try:
            working = {pool.submit(keep_working, mine) for mine in range(count)}
            while working:
                look(sum(done))
                ended, working = concurrent.futures.wait(working, LOOK_SECONDS)
                for one in ended:
                    one.result()
        finally:
            stop.set()


class Replications:
    """The replications of a run, each on its own programme; the structure is lowered once.

    Attributes
    ----------
    run : Run
    programme : Programme
        Quantities not yet settled.
    plan : Plan
    parts : list of Part
        Clusters that share no resource with others are run apart (A12).
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.programme = run.scenario.programme
        self.plan = Plan.of(self.programme)
        self.parts = parts(self.plan)
        numbers = Numbers(run.scenario, run.seed, 0, run.replications, run.layer)
        self._stages = numbers.tables("pathway.stages")
        self._resources = numbers.tables("resources")
        self._settle_stages = settling(self.programme.stages, "pathway.stages")
        self._settle_resources = settling(self.programme.resources, "resources")
        self._own = threading.local()  # each thread has an engine of its own

    @functools.cached_property
    def noise(self) -> Noise:
        """The tables of draws, to be given back with `close`."""
        return NOISE.take(self._noise_key, lambda: Noise([p.plan for p in self.parts], self.run.seed, NOISE_BYTES))

    @functools.cached_property
    def _noise_key(self) -> str:
        """Digest of all that says which numbers are drawn, but for the parameters of their distributions."""
        plan, digest = self.plan, hashlib.sha256()
        names = self.run.seed, self.run.layer, plan.clusters, plan.homes, plan.stages
        digest.update(repr(names).encode())
        for array in (
            plan.first_entity,
            plan.positions,
            plan.bound,
            plan.on_cluster,
            *(p.clusters for p in self.parts),
        ):
            digest.update(len(array).to_bytes(8, "little") + array.tobytes())
        return digest.hexdigest()

    def close(self) -> None:
        """Give the noise back for the next run; asked for again, it is taken again."""
        if (noise := self.__dict__.pop("noise", None)) is not None:
            NOISE.put(self._noise_key, noise)

    def settled(self, k: int) -> Programme:
        """The programme of replication `k`: every quantity a plain number."""
        stages, resources = self._settle_stages(self._stages[k]), self._settle_resources(self._resources[k])
        return replaced(self.programme, stages=stages, resources=resources)  # a number inside its range is one

    def history(self, k: int) -> History:
        """The history of replication `k`; `BadInput` if it does not fit in memory."""
        engines.check_size(self.plan)
        programme = self.settled(k)
        plan = self.plan.with_capacity(programme.places())
        return engines.run_plan(plan, Draws.of(plan, programme, self.run.seed, k), self.run.engine)

    @functools.cached_property
    def certain(self) -> bool:
        """Whether nothing of the preparation is left to chance or knowledge: every history is the first."""
        draws = any(
            stage.passes is not None or not isinstance(stage.duration, Fixed) for stage in self.programme.stages
        )
        return not draws and not any(self._stages[0]) and not any(self._resources[0])

    def milestones(self, k: int, j: int = 0) -> Milestones:
        """The milestones of part `j` of replication `k`."""
        programme, part = self.settled(k), self.parts[j]
        plan = part.plan.with_capacity(programme.places()[part.pool : part.pool + 1])
        tables = self.noise.tables(k, j)
        tables.fill(programme.stages)
        if self.run.engine == "reference":
            found: History | Record = engines.run_plan(plan, tables.draws(), "reference")
        else:
            found = self._compiled(j).run(plan, tables.durations, tables.passed)
        return Milestones.of(found, programme.stages, self.run.scenario.pathway.tested)

    def _compiled(self, j: int) -> Compiled:
        """The engine of this thread for a part; the one before it is let go, since its room may be large."""
        if getattr(self._own, "part", None) != j:
            self._own.part, self._own.engine = j, Compiled(self.parts[j].plan)
        engine: Compiled = self._own.engine
        return engine
