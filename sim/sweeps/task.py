"""Tasks: a sweep cut into pieces of work that anybody can do, each of which ends in one file of the run store.

Which points are in a task follows from the design alone and not from who works on it, so that a task is the same
file wherever it is done. Points that the engine reads alike lie together: its histories are simulated once for them,
and what lies behind the engine is nearly free.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.errors import BadInput
from sim.experiment import Design, simulate
from sim.experiment.reach import Reach, reach
from sim.experiment.responses import RESPONSES
from sim.experiment.result import MODEL_VERSION, Result
from sim.scenario import Scenario
from sim.scenario.paths import canonical, plain
from sim.store import Recalling, Store, columns
from sim.store.store import DIGITS
from sim.value import replaced

# What a piece of work takes, roughly, on one core: it decides where a sweep is cut, on every machine alike.
REPLICATION_SECONDS, ENTITY_SECONDS = 3e-4, 2e-6  # a replication, and each workshop or cluster in it, by the engine
POINT_SECONDS, BRAND_SECONDS = 3e-3, 1e-6  # a point behind the engine, and a brand in one replication there
LEAST_SECONDS, MOST_SECONDS = 0.5, 4.0  # of a task: long against what handing it out takes, short against a night

SCHEMA = pa.schema(
    {"point": pa.int64(), "replication": pa.int64()}
    | {name: pa.float64() for name in RESPONSES}
    | {"binding": pa.string()}
)


@dataclasses.dataclass(frozen=True)
class Task:
    """Some points of a sweep.

    Attributes
    ----------
    key : str
        Names its file in the store.
    scenario : Scenario
        In which the levels are set.
    paths : tuple of str
        Of the factors, in the order in which they are set.
    points : tuple of (int, tuple)
        Number and levels of each point, in the order in which they are simulated.
    seed, replications : int
    folder : Path
        Of the store.
    model_version : str
    """

    key: str
    scenario: Scenario
    paths: tuple[str, ...]
    points: tuple[tuple[int, tuple[Any, ...]], ...]
    seed: int
    replications: int
    folder: Path
    model_version: str = MODEL_VERSION

    def done(self) -> bool:
        """Whether its file is there, whole."""
        return Store(self.folder).points.get(self.key) is not None

    def work(self, cancel: threading.Event | None = None) -> None:
        """Simulate its points and keep them, unless they are kept.

        Raises
        ------
        Cancelled
            If `cancel` was set.
        BadInput
            Where the model here is another one, a point cannot be, or the store cannot be written.
        """
        if self.model_version != MODEL_VERSION:
            rule = f"must have version {self.model_version} of the model, as who asks for the sweep has"
            raise BadInput("worker", rule, MODEL_VERSION, "install the same version of Siap everywhere")
        store = Store(self.folder)
        if store.points.get(self.key) is None:
            rows = [self._rows(number, scenario, store, cancel) for number, scenario in self._scenarios()]
            try:
                store.points.put(self.key, columns.to_bytes([pa.concat_tables(sorted(rows, key=_first))]))
            except OSError as error:
                rule = f"cannot be written ({error.strerror or error})"
                raise BadInput(str(store.points.folder), rule, remedy="free it and run the sweep again") from None

    def _rows(self, number: int, scenario: Scenario, store: Store, cancel: threading.Event | None) -> pa.Table:
        try:
            result = simulate(scenario, self.replications, self.seed, cancel=cancel, archive=Recalling(store))
            return rows(number, result)
        except BadInput as error:
            raise error.at(f"point {number}") from None

    def _scenarios(self) -> Iterator[tuple[int, Scenario]]:
        """Each point as a scenario; what it has in common with the one before it is shared."""
        made, before = [self.scenario], ()
        for number, levels in self.points:
            same = _in_common(before, levels)
            made, before = made[: same + 1], levels
            settings = list(zip(self.paths, levels, strict=True))
            try:
                for path, level in settings[same:]:
                    made.append(made[-1].set(path, level))
            except BadInput:  # on the way to what may be allowed together
                made, before = [self.scenario], ()
                yield number, self._at_once(number, dict(settings))
            else:
                yield number, made[-1]

    def _at_once(self, number: int, settings: dict[str, Any]) -> Scenario:
        try:
            return self.scenario.set_all(settings)
        except BadInput as error:
            raise error.at(f"point {number}") from None


def rows(number: int, result: Result) -> pa.Table:
    """The responses of a point, a row for each replication."""
    count = result.replications
    holding = result.mixed.holding
    binding = pa.array(holding.names).take(pa.array(holding.last_numbers))
    made = {"point": np.full(count, number), "replication": np.arange(count)}
    made |= {name: response(result) for name, response in RESPONSES.items()}
    return pa.table(made | {"binding": binding}, schema=SCHEMA)


def tasks(design: Design, scenario: Scenario, seed: int, replications: int, folder: Path, sweep: str) -> list[Task]:
    """A design as tasks, in the order in which they are best done."""
    cut, order = _cut(design, scenario, replications), design.by_reach()
    sent = replaced(scenario)  # without what it has worked out, which may be a thousand times as large
    paths = tuple(design.paths[i] for i in order)
    made = []
    for numbers in cut:
        points = tuple((k, tuple(design.points[k][i] for i in order)) for k in numbers)
        # What is in a file is in its name: were a design cut in another way, no file would be taken for another.
        of = json.dumps([paths, canonical(plain(points), top=False), SCHEMA.names])
        part = f"{numbers[0]}-{hashlib.sha256(of.encode()).hexdigest()[:DIGITS]}"
        made.append(Task(f"{sweep}-{part}", sent, paths, points, seed, replications, folder))
    return made


def _cut(design: Design, scenario: Scenario, replications: int) -> Iterator[list[int]]:
    """Numbers of the points of each task."""
    upstream = (REPLICATION_SECONDS + ENTITY_SECONDS * scenario.programme.entities) * replications
    point = POINT_SECONDS + BRAND_SECONDS * len(scenario.lineup) * replications
    most = max(1, int(max(MOST_SECONDS, 2 * upstream) / point))
    task: list[int] = []
    seconds = 0.0
    for group in _alike(design):
        for part in _batched(group, most):
            task += part
            seconds += upstream + point * len(part)
            if seconds >= LEAST_SECONDS:
                yield task
                task, seconds = [], 0.0
    if task:
        yield task


def _alike(design: Design) -> list[list[int]]:
    """Numbers of the points that the engine reads alike; groups that share most of it follow each other."""
    upstream = [i for i in design.by_reach() if reach(design.paths[i]) > Reach.TAIL]
    place = [{repr(level): n for n, level in enumerate(factor.ends)} for factor in design.factors]
    groups: dict[tuple[Any, ...], list[int]] = {}
    for number, levels in enumerate(design.points):
        groups.setdefault(tuple(_place(place[i], levels[i]) for i in upstream), []).append(number)
    return [groups[at] for at in sorted(groups)]


def _place(known: dict[str, int], level: Any) -> float:
    """Where a level stands among those of its factor; a number of a range stands for itself."""
    return known.get(repr(level), level)


def _batched(group: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (group[i : i + size] for i in range(0, len(group), size))


def _in_common(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    """How many levels two points share from the first on."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if (type(a), a) != (type(b), b)), min(len(one), len(other)))


def _first(rows: pa.Table) -> int:
    return int(rows["point"][0].as_py())
