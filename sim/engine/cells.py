"""Where the attempts of an entity stand in flat arrays: no room for stages that it does not have.

A dense [entity, stage, attempt] array is mostly empty: a workshop has no cluster stages, and most stages are done
once. Tables of draws and of times are kept flat instead; `dense` and `flat` lead from one to the other.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.plan import Plan

Ints = NDArray[np.int64]


@dataclasses.dataclass(frozen=True, eq=False)
class Cells:
    """Numbers of cells, one for each attempt that could come about.

    Attributes
    ----------
    column : ndarray, int64 [stage]
        Place of a stage's first attempt among the cells of an entity that has the stage.
    base : ndarray, int64 [entity]
        First cell of each entity; attempt a of stage s of entity e is ``base[e] + column[s] + a``.
    widths : tuple of int
        Cells of a workshop, and of a cluster.
    clusters : int
        How many clusters; their cells come last.
    size : int
        Cells in all.
    """

    column: Ints
    base: Ints
    widths: tuple[int, int]
    clusters: int
    size: int

    @classmethod
    def of(cls, plan: Plan) -> Cells:
        """Number the cells of a plan: workshops before clusters, each in their order, stages in theirs."""
        column = np.zeros(len(plan.stages), dtype=np.int64)
        widths = []
        for on_cluster in (False, True):
            mine = np.flatnonzero(plan.on_cluster == on_cluster)
            ends = np.cumsum(plan.bound[mine])
            column[mine] = ends - plan.bound[mine]
            widths.append(int(ends[-1]) if len(ends) else 0)
        workshops, clusters = np.cumsum(~plan.is_cluster) - 1, np.cumsum(plan.is_cluster) - 1
        first_of_clusters = widths[0] * int((~plan.is_cluster).sum())
        base = np.where(plan.is_cluster, first_of_clusters + clusters * widths[1], workshops * widths[0])
        size = first_of_clusters + len(plan.clusters) * widths[1]
        return cls(column, base.astype(np.int64), (widths[0], widths[1]), len(plan.clusters), size)

    def of_workshops(self, values: NDArray[Any]) -> NDArray[Any]:
        """The cells of all workshops, [workshop, column]; a view."""
        width, clusters = self.widths[0], self.clusters * self.widths[1]
        return values[: self.size - clusters].reshape(-1 if width else 0, width)

    def of_clusters(self, values: NDArray[Any]) -> NDArray[Any]:
        """The cells of all clusters, [cluster, column]; a view."""
        return values[self.size - self.clusters * self.widths[1] :].reshape(self.clusters, self.widths[1])

    def dense(self, plan: Plan, values: NDArray[Any], nothing: object) -> NDArray[Any]:
        """Flat values as [entity, stage, attempt], `nothing` where there is no cell."""
        made = np.full(plan.shape, nothing, dtype=values.dtype)
        for stage, attempts, entities in self._stages(plan):
            at = self.base[entities, None] + self.column[stage] + np.arange(attempts)
            made[entities, stage, :attempts] = values[at]
        return made

    def flat(self, plan: Plan, values: NDArray[Any]) -> NDArray[Any]:
        """The cells of a dense [entity, stage, attempt] array."""
        made = np.empty(self.size, dtype=values.dtype)
        for stage, attempts, entities in self._stages(plan):
            at = self.base[entities, None] + self.column[stage] + np.arange(attempts)
            made[at] = values[entities, stage, :attempts]
        return made

    def _stages(self, plan: Plan) -> list[tuple[int, int, Ints]]:
        who = {on: np.flatnonzero(plan.is_cluster == on) for on in (False, True)}
        return [
            (stage, int(plan.bound[stage]), who[bool(on_cluster)]) for stage, on_cluster in enumerate(plan.on_cluster)
        ]
