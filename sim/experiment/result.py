"""What a simulation answers: readiness, share against lead time, what holds it back, cost.

Every table comes from the stored replications; asking for other lead times simulates nothing.
"""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim import engine as engines
from sim.errors import BadInput
from sim.experiment.calibrate import fitted_median_rmb
from sim.experiment.runner import Archive, Progress, Replications, Run, milestones
from sim.outcomes import Layer, Milestones, Numbers, Projection
from sim.outcomes.cost import PROGRAMME
from sim.scenario import Scenario
from sim.scenario.scenario import MOST_REPLICATIONS

MODEL_VERSION = "0.1.0"
LEAD_WEEKS = tuple(range(0, 157, 4))  # three years, the range of the lead-time slider
QUANTILES = {"p05": 0.05, "p50": 0.50, "p95": 0.95}
WEEK = 7.0


@dataclasses.dataclass(frozen=True, eq=False)
class Result:
    """Outcomes of one scenario.

    Attributes
    ----------
    scenario : Scenario
    seed, replications : int
    engine : str
    mixed : Projection
        Chance and knowledge drawn together in every replication: the layer that answers rest on.
    archive : Archive, optional
        Where the histories of the other layer may be, or are kept.
    """

    scenario: Scenario
    seed: int
    replications: int
    engine: str
    mixed: Projection
    archive: Archive | None = None

    @functools.cached_property
    def chance(self) -> Projection:
        """Chance alone, knowledge at its central values; simulated when first asked for."""
        return self.simulated_chance()

    def simulated_chance(self, progress: Progress | None = None, cancel: threading.Event | None = None) -> Projection:
        """What `chance` holds; asked for with progress, it is at hand when `chance` needs it."""
        return projection(self.run("chance"), progress, cancel, self.archive)

    def run(self, layer: Layer) -> Run:
        """Which histories a layer rests on."""
        return Run(self.scenario, self.seed, self.replications, layer, self.engine)

    def histories(self) -> Iterator[tuple[Run, list[Milestones]]]:
        """The milestones of every layer that was asked for."""
        yield self.run("mixed"), self.mixed.milestones
        if "chance" in self.__dict__:
            yield self.run("chance"), self.chance.milestones

    def layer(self, name: Layer) -> Projection:
        """The projection of one layer of uncertainty."""
        return self.mixed if name == "mixed" else self.chance

    @functools.cached_property
    def readiness(self) -> pd.DataFrame:
        """One row a replication and brand.

        Columns: `replication`, `brand`, `lead_days` (the shortest lead time that passes every gate; inf =
        never), `gate` (the one that binds), `binding` (what holds the brand back).
        """
        found, holding = self.mixed.readiness, self.mixed.holding
        count, brands = found.days.shape
        names, gates = self.brands, [gate.name for gate in found.gates]
        return pd.DataFrame(
            {
                "replication": np.repeat(np.arange(count), brands),
                "brand": np.tile(names, count),
                "lead_days": found.days.ravel(),
                "gate": np.array(gates)[found.binding.ravel()],
                "binding": np.array(holding.names)[holding.numbers.ravel()],
            }
        )

    @property
    def brands(self) -> list[str]:
        """Names of the brands, in their order."""
        return [brand.name for brand, _ in self.scenario.lineup]

    def share(self, lead_weeks: Sequence[float] | None = None, layer: Layer = "mixed") -> pd.DataFrame:
        """Share of the event's sales, a fraction: mean, p05, p50, p95 for each lead time in weeks."""
        weeks = self.weeks(lead_weeks)
        return summary(self.layer(layer).share(in_days(weeks)), weeks)

    def sales_idr(self, lead_weeks: Sequence[float] | None = None, layer: Layer = "mixed") -> pd.DataFrame:
        """Gross sales of all brands in rupiah: mean, p05, p50, p95 for each lead time in weeks."""
        weeks = self.weeks(lead_weeks)
        return summary(self.layer(layer).sales_idr(in_days(weeks)).sum(axis=1), weeks)

    def shares(self, lead_weeks: Sequence[float] | None = None, layer: Layer = "mixed") -> pd.DataFrame:
        """The replications behind `share`: columns `replication`, `lead_weeks`, `share`."""
        weeks = self.weeks(lead_weeks)
        values = self.layer(layer).share(in_days(weeks))
        index = pd.MultiIndex.from_product([range(self.replications), weeks], names=["replication", "lead_weeks"])
        return pd.DataFrame({"share": values.ravel()}, index=index).reset_index()

    def brands_in(self, lead_weeks: Sequence[float] | None = None) -> pd.Series:
        """Mean number of brands that pass the gates, by lead time in weeks."""
        weeks = self.weeks(lead_weeks)
        values = self.mixed.brands_in(in_days(weeks)).mean(axis=0)
        return pd.Series(values, index=pd.Index(weeks, name="lead_weeks"), name="brands_in")

    def probability_ready(self, lead_weeks: Sequence[float] | None = None) -> pd.DataFrame:
        """Share of replications in which each brand is ready, by lead time in weeks; one column a brand."""
        weeks = self.weeks(lead_weeks)
        ready = self.mixed.taking_part(in_days(weeks)).mean(axis=0).T
        return pd.DataFrame(ready, index=pd.Index(weeks, name="lead_weeks"), columns=self.brands)

    def readiness_weeks(self) -> pd.DataFrame:
        """Readiness of each brand in weeks: p05, p50, p95 (inf = never) and the share of replications never ready."""
        days = self.mixed.readiness.days
        rows = {name: np.quantile(days / WEEK, q, axis=0, method="inverted_cdf") for name, q in QUANTILES.items()}
        never = np.isinf(days).mean(axis=0)
        return pd.DataFrame(rows | {"never": never}, index=pd.Index(self.brands, name="brand"))

    def readiness_weeks_together(self) -> dict[str, float]:
        """The same for all brands in all replications together: p05, p50, p95, never."""
        return _weeks_together(self.mixed.readiness.days)

    def readiness_weeks_by_cluster(self) -> pd.DataFrame:
        """The same for the brands of each cluster document together, with their number as `brands`.

        A document without a brand, a cluster of no workshops one by one, has no row.
        """
        days, of = self.mixed.readiness.days, np.array(self.scenario.cluster_of_brand)
        rows = {
            self.scenario.clusters[i].name: {"brands": int((of == i).sum())} | _weeks_together(days[:, of == i])
            for i in sorted(set(of.tolist()))
        }
        return pd.DataFrame(rows.values(), index=pd.Index(list(rows), name="cluster"))

    def binding(self) -> pd.Series:
        """How often each gate, cap, stage or queue holds the brand that is ready last; adds up to 1."""
        return pd.Series(self.mixed.holding.shares(), name="share", dtype=float).rename_axis("binding")

    def cost_idr(self, lead_weeks: float | None = None) -> pd.DataFrame:
        """What it costs until the event, by kind: mean, p05, p50, p95 in rupiah; `programme` sums what is public."""
        weeks = self.own_weeks if lead_weeks is None else self.weeks([lead_weeks])
        lead = in_days(weeks)
        projection, sales = self.mixed, self.mixed.sales_idr(lead)[:, :, 0]
        taking_part = projection.taking_part(lead)[:, :, 0]
        kinds = projection.costs.at(float(lead[0]), sales, taking_part, projection.paid)
        kinds["programme"] = sum((kinds[kind] for kind in PROGRAMME), np.zeros(self.replications))
        return summary(np.stack(list(kinds.values()), axis=1), list(kinds), "kind")

    def programme_idr(self, lead_days: float | None = None) -> NDArray[np.float64]:
        """What is public of the cost until the event, at one lead time, in rupiah; float64 [replication]."""
        days = float(in_days(self.own_weeks)[0]) if lead_days is None else lead_days
        lead = np.array([days])
        part, sales = self.mixed.taking_part(lead)[:, :, 0], self.mixed.sales_idr(lead)[:, :, 0]
        kinds = self.mixed.costs.at(days, sales, part, self.mixed.paid)
        return sum((kinds[kind] for kind in PROGRAMME), np.zeros(self.replications))

    def ministry(self, lead_weeks: float | None = None) -> pd.DataFrame:
        """What the ministry asks for beside share, at one lead time: mean, p05, p50, p95 by outcome."""
        weeks = self.own_weeks if lead_weeks is None else self.weeks([lead_weeks])
        lead = float(in_days(weeks)[0])
        tested = self.mixed.tested(lead)
        workers = tested * self._workers_per_workshop()
        programme = self.programme_idr(lead)
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(tested.sum(axis=1) > 0, programme / tested.sum(axis=1), np.nan)
        later = self.mixed.numbers["demand.second_year_multiple"]
        outcomes = {
            "workshops_tested": tested.sum(axis=1),
            "workers_in_tested": workers.sum(axis=1),
            "programme_idr_per_tested": each,
            "stores_paid": self.mixed.paid.sum(axis=1),
            "brands_in": self.mixed.brands_in(np.array([lead]))[:, 0],
            "second_year_share": self.mixed.share(np.array([lead]))[:, 0] * later,
            "stock_missing": self._stock_missing(lead),
        }
        outcomes |= {f"left_at_{stage}": left for stage, left in self._left().items()}
        return summary(
            np.stack([np.asarray(v, dtype=float) for v in outcomes.values()], axis=1), list(outcomes), "outcome"
        )

    def history(self, replication: int = 0) -> pd.DataFrame:
        """Every attempt of one replication, as `History.to_frame` gives it; simulated again."""
        return self.replication(replication).to_frame()

    def replication(self, number: int) -> engines.History:
        """The history of one replication, simulated again."""
        if not 0 <= number < self.replications:
            raise BadInput("replication", f"must be from 0 to {self.replications - 1}", number)
        return Replications(self.run("mixed")).history(number)

    def weeks(self, lead_weeks: Sequence[float] | None) -> NDArray[np.float64]:
        """The lead times asked for, or the usual ones with the scenario's own among them."""
        if lead_weeks is None:
            return np.unique(np.append(np.array(LEAD_WEEKS, dtype=float), self.own_weeks))
        weeks = np.atleast_1d(np.asarray(lead_weeks, dtype=float))
        if not (np.isfinite(weeks) & (weeks >= 0)).all():
            raise BadInput("lead_weeks", "must be weeks of at least 0", lead_weeks)
        return weeks

    @property
    def own_weeks(self) -> NDArray[np.float64]:
        """The scenario's own lead time, in weeks."""
        return np.array([self.scenario.lead_days / WEEK])

    def _workers_per_workshop(self) -> NDArray[np.float64]:
        columns = [
            self.mixed.numbers[f"clusters.{cluster.name}.workforce.workers_per_workshop"]
            if cluster.workforce is not None
            else np.zeros(self.replications)
            for _, cluster in self.scenario.lineup
        ]
        return np.stack(columns, axis=1)

    def _stock_missing(self, lead_days: float) -> NDArray[np.float64]:
        """Brands that were announced (passed every other gate) but whose stock is not there in time (E323)."""
        found = self.mixed.readiness
        asks_stock = np.array([gate.asks != "stage" for gate in found.gates])
        closing = np.array([gate.closes == "campaign" for gate in found.gates])
        announced = np.where(closing & ~asks_stock, found.needed_days, 0.0).max(axis=2, initial=0.0) <= lead_days
        return (announced & (found.days > lead_days) & self.mixed.paid).sum(axis=1).astype(float)

    def _left(self) -> dict[str, NDArray[np.float64]]:
        left = self.mixed.gathered.left
        return {s.name: left[:, i] for i, s in enumerate(self.scenario.pathway.stages) if left[:, i].any()}


def _weeks_together(days: NDArray[np.float64]) -> dict[str, float]:
    weeks = days.ravel() / WEEK
    found = {name: float(np.quantile(weeks, q, method="inverted_cdf")) for name, q in QUANTILES.items()}
    return found | {"never": float(np.isinf(weeks).mean())}


def summary(
    values: NDArray[np.float64], index: Sequence[Any] | NDArray[np.float64], name: str = "lead_weeks"
) -> pd.DataFrame:
    """Mean, p05, p50 and p95 over replications; `values` is [replication, row].

    NaN says that a replication has no such number (nothing for each workshop where no workshop passed); the
    others are summed up, and where all have none the summary has none.
    """
    names = ["mean", *QUANTILES]
    columns = dict(zip(names, np.full((len(names), values.shape[1]), np.nan), strict=True))
    missing = np.isnan(values)
    whole = ~missing.any(axis=0)
    for some, mean, quantile in (
        (whole, np.mean, np.quantile),
        (~whole & ~missing.all(axis=0), np.nanmean, np.nanquantile),
    ):
        if some.any():  # numpy takes the columns with gaps one by one
            found = [mean(values[:, some], axis=0), *quantile(values[:, some], list(QUANTILES.values()), axis=0)]
            for column, numbers in zip(columns.values(), found, strict=True):
                column[some] = numbers
    return pd.DataFrame(columns, index=pd.Index(list(index), name=name))


def in_days(weeks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Days of so many weeks; a whole number where the weeks came from one, which n / 7 × 7 is not for every n."""
    days = weeks * WEEK
    whole = np.round(days)
    return np.where(np.abs(days - whole) < 1e-9 * np.maximum(whole, 1.0), whole, days)


def projection(
    run: Run,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    archive: Archive | None = None,
) -> Projection:
    """The closed form over the histories of a run."""
    numbers = Numbers(run.scenario, run.seed, 0, run.replications, run.layer)
    return Projection(numbers, milestones(run, progress, cancel, archive), fitted_median_rmb(run.scenario))


def simulate(
    scenario: Scenario | str,
    replications: int | None = None,
    seed: int | None = None,
    engine: str | None = None,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
    archive: Archive | None = None,
) -> Result:
    """Simulate a scenario.

    Parameters
    ----------
    scenario : Scenario or str
        A scenario, or what `Scenario.load` takes.
    replications, seed : int, optional
        Those of the scenario where left out.
    engine : str, optional
        ``reference`` or ``compiled``; None is the best one present.
    progress : callable, optional
        Called with pieces of work done and all of them; a piece is a replication, or a part of one.
    cancel : threading.Event, optional
        Set it to stop the run.
    archive : Archive, optional
        What it holds is not run again; `sim.simulate` gives the run store.

    Returns
    -------
    Result

    Raises
    ------
    BadInput
        For a bad scenario, engine, seed or number of replications.
    Cancelled
        If `cancel` was set.
    """
    scenario = Scenario.of(scenario)
    asked = {k: v for k, v in (("replications", replications), ("seed", seed)) if v is not None}
    given = {name: checked(scenario, name, number) for name, number in asked.items()}
    seed, replications = given.get("seed", scenario.seed), given.get("replications", scenario.replications)
    run = Run(scenario, seed, replications, "mixed", engines.chosen(engine))
    mixed = projection(run, progress, cancel, archive)
    return Result(scenario, run.seed, run.replications, run.engine, mixed, archive)


def checked(scenario: Scenario, name: str, number: int) -> int:
    """The seed or the replications asked for, refused where the scenario could not have them."""
    plain = type(number) is int and 1 <= number <= MOST_REPLICATIONS  # neither rule refuses what lies in here
    return number if plain else getattr(scenario.set(name, number), name)
