"""The plain numbers of a scenario in every replication: knowledge drawn, or held at its central values.

Each quantity is drawn once for a replication, from a stream named by its path, at the position of the
replication. Neither another quantity nor another replication moves it.
"""

from __future__ import annotations

import dataclasses
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.programme.quantity import Lever, Quantity, central, members, quantities
from sim.scenario import Scenario
from sim.streams import uniforms

Layer = Literal["mixed", "chance"]
Floats = NDArray[np.float64]


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
    """

    scenario: Scenario
    seed: int
    first: int
    count: int
    layer: Layer = "mixed"
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
            return number.at(uniforms(self.count, self.seed, "knowledge", path, start=self.first))
        if isinstance(number, Quantity | Lever | int | float):
            return np.full(self.count, float(central(number)))
        raise BadInput(path, "holds no number", number)

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
        inner = dict(members(thing))
        if part not in inner:
            raise BadInput(path, "leads nowhere", part)
        thing = inner[part]
    return thing
