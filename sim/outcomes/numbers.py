"""The plain numbers of a scenario in every replication: knowledge drawn, or held at its central values.

Each quantity is drawn once for a replication, from a stream named by its path, at the position of the
replication. Neither another quantity nor another replication moves it. What is drawn is
kept, so that a lever draws anew only what it touches.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.outcomes.kept import Kept
from sim.programme.quantity import Lever, Quantity, central, members, quantities
from sim.scenario import Brand, Scenario
from sim.streams import uniforms

Layer = Literal["mixed", "chance"]
Floats = NDArray[np.float64]
KNOWLEDGE: Kept[Floats] = Kept(20_000_000)


@dataclasses.dataclass(frozen=True, eq=False)
class _Columns:
    """A number of each of some clusters; float64 [replication, cluster]."""

    clusters: tuple[Brand, ...]
    values: Floats

    @property
    def nbytes(self) -> int:
        return self.values.nbytes


COLUMNS: Kept[_Columns] = Kept(10_000_000)


@dataclasses.dataclass(frozen=True, eq=False)
class Knowledge:
    """What is known in some replications of another run, some of them more than once.

    Attributes
    ----------
    seed : int
        Of that run.
    rows : ndarray, int64 [replication]
        Which of its replications stands at each place.
    """

    seed: int
    rows: NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Numbers:
    """Numbers of one scenario for a run of consecutive replications.

    Attributes
    ----------
    scenario : Scenario
    seed : int
    first, count : int
        The replications `first` to `first + count - 1`.
    layer : str
        ``mixed``: knowledge is drawn. ``chance``: it stays at its central values.
    knowledge : Knowledge, optional
        Whose draws of knowledge these have, chance staying their own; None: their own.
    """

    scenario: Scenario
    seed: int
    first: int
    count: int
    layer: Layer = "mixed"
    knowledge: Knowledge | None = None
    _known: dict[str, Floats] = dataclasses.field(default_factory=dict, repr=False)

    def __getitem__(self, path: str) -> Floats:
        """The number at a path of the scenario, in every replication; float64 [count], in its own unit."""
        if path not in self._known:
            self._known[path] = self.of(path, at(self.scenario, path))
            self._known[path].setflags(write=False)
        return self._known[path]

    def of(self, path: str, number: object) -> Floats:
        """`number`, which stands at `path`, in every replication."""
        if isinstance(number, Quantity) and self.layer == "mixed" and not number.certain:
            return self._drawn(path, number)
        if isinstance(number, Quantity | Lever | int | float):
            return np.full(self.count, float(central(number)))
        raise BadInput(path, "holds no number", number)

    def _drawn(self, path: str, quantity: Quantity) -> Floats:
        """Values of a quantity, from those that are kept where it was drawn before."""
        if self.knowledge is not None:
            most = int(self.knowledge.rows.max()) + 1
            return Numbers(self.scenario, self.knowledge.seed, 0, most)._drawn(path, quantity)[self.knowledge.rows]
        bounds = quantity.low, quantity.central, quantity.high, quantity.scale
        key = self.seed, path, self.first, self.count, bounds
        if (found := KNOWLEDGE.get(key)) is None:
            found = quantity.at(uniforms(self.count, self.seed, "knowledge", path, start=self.first))
            found.setflags(write=False)
            KNOWLEDGE.put(key, found)
        return found

    def of_clusters(self, field: str, read: Callable[[Brand], object]) -> Floats:
        """A number of every cluster; float64 [count, cluster], NaN where `read` finds None.

        Parameters
        ----------
        field : str
            Its path inside the cluster, which names what is drawn.
        read : callable
            Reads it off a cluster, and nothing else.
        """
        clusters = self.scenario.clusters
        key = self.seed, self.first, self.count, self.layer, field, len(clusters), clusters[0].name
        kept = COLUMNS.get(key) if self.knowledge is None else None
        # A scenario made by `set` shares the clusters that it does not touch.
        changed = [i for i, c in enumerate(clusters) if kept is None or c is not kept.clusters[i]]
        if kept is not None and not changed:
            return kept.values
        values = np.empty((self.count, len(clusters))) if kept is None else kept.values.copy()
        for i in changed:
            number = read(clusters[i])
            if number is None or isinstance(number, int | float):
                values[:, i] = np.nan if number is None else number
            else:
                values[:, i] = self.of(f"clusters.{clusters[i].name}.{field}", number)
        values.setflags(write=False)
        if self.knowledge is None:
            COLUMNS.put(key, _Columns(clusters, values))
        return values

    def tables(self, part: str) -> list[dict[str, float]]:
        """For each replication, the drawn numbers of one part of the scenario by path, as `settled` takes them.

        What is certain is left out: `settled` takes it as it stands.
        """
        if self.layer == "chance":
            return [{}] * self.count
        drawn = {
            path: self.of(path, q) for path, q in quantities(at(self.scenario, part), part).items() if not q.certain
        }
        return [{path: float(values[k]) for path, values in drawn.items()} for k in range(self.count)]


def at(thing: object, path: str) -> object:
    """What stands at a path inside a value; members of sequences by their name."""
    for part in path.split("."):
        if part in getattr(type(thing), "__dataclass_fields__", ()):
            thing = getattr(thing, part)
        elif isinstance(thing, dict) and part in thing:
            thing = thing[part]
        else:
            inner = dict(members(thing))
            if part not in inner:
                raise BadInput(path, "leads nowhere", part)
            thing = inner[part]
    return thing
