"""The plain numbers of a scenario in every replication: knowledge drawn, or held at its central values.

Each quantity is drawn once for a replication, from a stream named by its path, at the position of the
replication. Neither another quantity nor another replication moves it. What is drawn is
kept, so that a lever draws anew only what it touches.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import BadInput
from sim.outcomes.kept import Kept
from sim.programme.quantity import Lever, Quantity, central, members, quantities
from sim.scenario import Scenario
from sim.streams import uniforms

Layer = Literal["mixed", "chance"]
Floats = NDArray[np.float64]
KNOWLEDGE: Kept[Floats] = Kept(50_000_000)


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
            return self._drawn(path, number)
        if isinstance(number, Quantity | Lever | int | float):
            return np.full(self.count, float(central(number)))
        raise BadInput(path, "holds no number", number)

    def _drawn(self, path: str, quantity: Quantity) -> Floats:
        """Values of a quantity, from those that are kept where it was drawn before."""
        bounds = quantity.low, quantity.central, quantity.high, quantity.scale
        key = self.seed, path, self.first, self.count, bounds
        if (found := KNOWLEDGE.get(key)) is None:
            found = quantity.at(uniforms(self.count, self.seed, "knowledge", path, start=self.first))
            found.setflags(write=False)
            KNOWLEDGE.put(key, found)
        return found

    def each(self, numbers: Sequence[tuple[str, object]]) -> Floats:
        """Many numbers, each with its path; float64 [count, number]."""
        made = np.empty((self.count, len(numbers)))
        plain = [float(n) if isinstance(n, int | float) else np.nan for _, n in numbers]
        made[:] = plain
        for i in np.flatnonzero(np.isnan(plain)).tolist():
            made[:, i] = self.of(*numbers[i])
        return made

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
