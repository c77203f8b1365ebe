"""The run store as an archive of `sim.experiment`: read at once, and written to later, by whoever decides it."""

from __future__ import annotations

import dataclasses

from sim.experiment.memory import size
from sim.experiment.runner import Run
from sim.outcomes import Milestones
from sim.store.store import Store
from sim.store.writer import WRITER


@dataclasses.dataclass(frozen=True)
class Recalling:
    """What is kept is not run again, but nothing is kept: most of what a page runs is only passed through.

    Attributes
    ----------
    store : Store
    """

    store: Store

    def recall(self, run: Run) -> list[Milestones]:
        """The milestones of the first replications of a run, as many as are kept."""
        return self.store.recall(run)

    def keep(self, run: Run, found: list[Milestones]) -> None:
        """Nothing is kept."""


class Keeping(Recalling):
    """What is run is kept as well, by the thread that writes."""

    def keep(self, run: Run, found: list[Milestones]) -> None:
        """Keep the milestones of a run, soon."""
        WRITER.put(lambda: self.store.keep(run, found), size(found))
