"""The nearest model in Ciw, a library for networks of queues: join, diagnose, coach, test, and back to the coach.

The programme is cut down in the same way for the other engines, which get the same numbers. All three must end the
same attempts on the same days.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Taken, alternating, repeated
from benchmarks.section import Section, seconds, spread, times
from benchmarks.work import SCENARIO, Work
from sim import Scenario
from sim.programme import Programme, Stage, settled

STAGES = ("join", "diagnose", "coach", "sample-test")
SCENARIOS = ("cibaduyut-2027", SCENARIO)
HAS_CIW = importlib.util.find_spec("ciw") is not None
TITLE = "A library for queues: the workshops' loop in Ciw"
ABOUT = (
    "What a network of queues can express of the model: workshops join, are diagnosed, coached and tested, and go back "
    "to the coach when they fail, with the same places and the same numbers drawn before. Left out for all: credit and "
    "equipment beside the test, pilot and full production, the stages of clusters, counts, the wait for the standard. "
    "Ciw has no rule for requests that coincide, and here none do. A customer's activity is one attempt of one stage."
)


def cut_down(programme: Programme) -> Programme:
    """The part of a programme that Ciw can express."""
    plain = settled(programme, {})
    kept = tuple(_alone(stage) for stage in plain.stages if stage.name in STAGES)
    needed = {name: plain.resources[name] for stage in kept for name in stage.needs}
    clusters = tuple(dataclasses.replace(cluster, exempt=(), before_start={}) for cluster in plain.clusters)
    return dataclasses.replace(plain, stages=kept, resources=needed, clusters=clusters)


def _alone(stage: Stage) -> Stage:
    """The stage without what it waits for outside the loop."""
    return dataclasses.replace(stage, after=tuple(before for before in stage.after if before in STAGES))


class CiwModel:
    """The network of a cut-down programme, on numbers drawn before."""

    def __init__(self, work: Work) -> None:
        at = np.flatnonzero(~work.plan.is_cluster)  # workshops, in the order in which they arrive
        self.durations = work.draws[0].durations[at].tolist()
        self.passed = work.draws[0].passed[at].tolist()
        self._network = _network(self, work, len(at))
        self._horizon = work.plan.horizon

    def run(self) -> Any:
        """One run."""
        import ciw

        made = ciw.Simulation(self._network)
        made.simulate_until_max_time(self._horizon)
        return made

    def finished(self) -> NDArray[np.float64]:
        """The days on which attempts end, sorted."""
        return np.sort([record.service_end_date for record in self.run().get_all_records()])

    def start(self, stage: int, individual: Any) -> float:
        """The duration of the next attempt of a workshop at a stage."""
        done = individual.__dict__.setdefault("attempts", [0] * len(STAGES))
        done[stage] += 1
        return self.durations[individual.id_number - 1][stage][done[stage] - 1]

    def next_stage(self, stage: int, individual: Any) -> int:
        """Where a workshop goes; -1 is out."""
        attempt = individual.attempts[stage] - 1
        verdicts = self.passed[individual.id_number - 1][stage]
        if STAGES[stage] == "sample-test":
            return -1 if verdicts[attempt] or attempt + 1 == len(verdicts) else STAGES.index("coach")
        return stage + 1 if verdicts[attempt] else -1


def _network(model: CiwModel, work: Work, workshops: int) -> Any:
    import ciw

    class Service(ciw.dists.Distribution):  # type: ignore[misc]
        def __init__(self, stage: int) -> None:
            self.stage = stage

        def __deepcopy__(self, memo: dict[int, Any]) -> Service:
            return self  # Ciw copies distributions for every run, and this one would bring all numbers with it

        def sample(self, t: float | None = None, ind: Any = None) -> float:
            return model.start(self.stage, ind)

    class Route(ciw.routing.NodeRouting):  # type: ignore[misc]
        def next_node(self, ind: Any) -> Any:
            stage = model.next_stage(self.node.id_number - 1, ind)
            return self.simulation.nodes[stage + 1 if stage >= 0 else -1]

    places = (work.plan.needs * work.plan.capacity).max(axis=1).tolist()
    later = len(STAGES) - 1
    return ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([0.0, math.inf]), *[None] * later],
        batching_distributions=[ciw.dists.Sequential([workshops]), *[ciw.dists.Deterministic(1)] * later],
        service_distributions=[Service(stage) for stage in range(len(STAGES))],
        number_of_servers=[n or math.inf for n in places],
        routing=ciw.routing.NetworkRouting([Route() for _ in STAGES]),
    )


def section(rounds: int) -> Section:
    """Ciw against the engines, for one cluster and for eight."""
    columns = [
        "Workshops, engine",
        "Median per activity",
        "Fastest to slowest",
        "Activities a run",
        "Compiled is faster",
    ]
    if not HAS_CIW:
        return Section(TITLE, ABOUT, columns, [], ["Ciw is not installed (pip install ciw), so this was skipped."])
    rows, notes = [], []
    for name in SCENARIOS:
        work = Work.of(cut_down(Scenario.load(name).programme), 1)
        model = CiwModel(work)
        same = _same(work, model)
        rows += _rows(work, _taken(work, model, rounds))
        notes.append(f"{name}: {'the same days in all engines' if same else 'THE ENGINES DIFFER'}.")
    return Section(TITLE, ABOUT, columns, rows, notes)


def _taken(work: Work, model: CiwModel, rounds: int) -> Taken:
    runs, activities = 50, round(work.attempts)
    cases = {
        "Ciw": model.run,
        "SimPy": lambda: work.reference(work.draws[0]),
        "compiled": repeated(lambda: work.compiled.run(*work.tables[0]), runs),
    }
    return alternating(cases, rounds, {"Ciw": activities, "SimPy": activities, "compiled": activities * runs})


def _same(work: Work, model: CiwModel) -> bool:
    of_simpy = work.reference(work.draws[0]).finished
    work.compiled.run(*work.tables[0])
    of_compiled = work.compiled.times("finished")
    first, second = (np.sort(days[~np.isnan(days)]) for days in (of_simpy, of_compiled))
    return np.array_equal(first, second) and np.array_equal(first, model.finished())


def _rows(work: Work, taken: Taken) -> list[list[str]]:
    return [
        [
            f"{work.workshops:,}, {engine}",
            seconds(taken.median(engine)),
            spread(*taken.spread(engine)),
            f"{work.attempts:,.0f}",
            times(taken.ratio(engine, "compiled")),
        ]
        for engine in taken.seconds
    ]
