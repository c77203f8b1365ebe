"""Which result is wanted, which is shown, and the one thread that turns the first into the second.

No widget and no text. The page asks with `Session.want`; the session answers with `Shown` objects: from the
replications at hand where the engine reads nothing of what changed, or from those in the run store, else first a
preview from few replications and then the full set, then chance alone, then the days of the preparation. The newest
wish wins, a simulation that is no longer wanted is stopped, and what was finished is shown even if a newer wish has
come: who keeps dragging a slider sees the chart follow. Of all this the run store keeps what the reader rests on.
"""

from __future__ import annotations

import dataclasses
import sys
import threading
import time
from collections.abc import Callable
from typing import Literal

import pandas as pd

from sim import engine as engines
from sim.errors import BadInput
from sim.experiment import Cancelled, Result, simulate
from sim.experiment.calibrate import fitted_median_rmb
from sim.experiment.runner import MEMORY, Progress, Replications, Run, milestones
from sim.scenario import FittedLognormal, Scenario
from sim.store import Recalling, Store, keep
from sim.view.preparation import Preparation, preparation
from sim.view.reading import Reading
from sim.view.sizing import drawable, fitting, preview_size

Step = Literal["fit", "preview", "full", "chance", "preparation", "compare"]
HISTORIES = 12  # behind the medians of the preparation
YIELD_SECONDS = 0.001
TIMELY_SECONDS = 0.15  # between two reports of progress
REST_SECONDS = 1.0  # without another wish, after which what is shown is kept


@dataclasses.dataclass(frozen=True, eq=False)
class Shown:
    """What the page shows.

    Attributes
    ----------
    reading : Reading
    step : str
        ``preview``, or ``full`` once all replications are in.
    wish : int
        Number of the wish it answers.
    preparation : Preparation, optional
        None until its histories were simulated.
    """

    reading: Reading
    step: Literal["preview", "full"]
    wish: int
    preparation: Preparation | None = None

    @property
    def scenario(self) -> Scenario:
        """The scenario that was simulated."""
        return self.reading.result.scenario


@dataclasses.dataclass(frozen=True)
class Busy:
    """What the thread is doing.

    Attributes
    ----------
    step : str
    done, total : int
        Replications, or pieces of them where provinces are run apart.
    seconds_left : float, optional
        An estimate, once there is something to estimate from.
    replications : int, optional
        All of them, where they are done in pieces; None: `total` is.
    """

    step: Step
    done: int
    total: int
    seconds_left: float | None = None
    replications: int | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class _Wish:
    """One scenario to be simulated, and how often."""

    number: int
    scenario: Scenario
    replications: int
    preview: int
    engine: str

    def run(self, replications: int, layer: Literal["mixed", "chance"] = "mixed") -> Run:
        """The histories that it needs."""
        return Run(self.scenario, self.scenario.seed, replications, layer, self.engine)

    def at_hand(self, replications: int) -> bool:
        """Whether its histories were simulated before."""
        return MEMORY.get(self.run(replications).key) is not None


Listener = Callable[[Shown | Busy | BadInput | None], None]


class Session:
    """The state behind one page.

    Parameters
    ----------
    listener : callable
        Called from the session's thread with what is new: a `Shown`, a `Busy`, the `BadInput` that a simulation
        ended with, or None when everything wanted is shown.
    replications : int, optional
        Of the full set; None: the scenario's own, as far as a page can wait for it.
    """

    def __init__(self, listener: Listener, replications: int | None = None) -> None:
        self._listener, self._replications = listener, replications
        self._engine = engines.chosen(None)
        self._store = Store.default()
        self._archive = None if self._store is None else Recalling(self._store)
        self._unkept: tuple[Result, float] | None = None
        self._news = threading.Condition()
        self._wish: _Wish | None = None
        self._answered, self._glimpsed = 0, 0
        self._running: Run | None = None
        self._cancel = threading.Event()
        self._closed = False
        self._told = 0.0
        self._frames: dict[str, list[pd.DataFrame]] = {}
        self.shown: Shown | None = None
        self._thread = threading.Thread(target=self._work, name="siap-session", daemon=True)
        self._thread.start()

    def want(self, scenario: Scenario, replications: int | None = None) -> int:
        """Ask for a scenario; returns at once with the number of the wish.

        Parameters
        ----------
        replications : int, optional
            Of the full set, where it is to be another than this session's; no more than a page can wait for.

        A full simulation under way is stopped, unless its histories are those of the new wish as well; a preview
        is let finish, since it takes little time and is shown.
        """
        with self._news:
            number = self._wish.number + 1 if self._wish else 1
            full = self._replications or fitting(scenario, scenario.replications, self._engine)
            if replications is not None:
                full = min(replications, max(full, fitting(scenario, replications, self._engine)))
            preview = min(full, preview_size(scenario, self._engine))
            self._wish = _Wish(number, scenario, full, preview, self._engine)
            if self._running is not None and self._running.key != self._wish.run(full, self._running.layer).key:
                self._cancel.set()
            self._news.notify_all()
        return number

    def close(self) -> None:
        """Stop the thread; what was shown stays."""
        with self._news:
            self._closed = True
            self._cancel.set()
            self._news.notify_all()

    def settle(self, seconds: float = 60.0) -> Shown:
        """Wait until the newest wish is answered in full; for tests and scripts.

        Raises
        ------
        TimeoutError
            If it takes longer.
        """
        with self._news:
            if not self._news.wait_for(self._settled, seconds) or self.shown is None:
                raise TimeoutError("the simulation has not finished")
            return self.shown

    def _settled(self) -> bool:
        return self._wish is not None and self._answered == self._wish.number

    def _work(self) -> None:
        # Other threads have the interpreter sooner: whoever moves the dial meanwhile waits a fifth as long. It holds
        # for the whole process, and of several sessions none could set it back.
        sys.setswitchinterval(YIELD_SECONDS)
        while (wish := self._next()) is not None:
            try:
                self._answer(wish)
                self._tell(None)
            except Cancelled:
                continue
            except BadInput as error:
                self._tell(error)
            with self._news:
                self._answered = wish.number
                self._news.notify_all()

    def _next(self) -> _Wish | None:
        def called() -> bool:
            return self._closed or (self._wish is not None and not self._settled())

        with self._news:
            resting = self._unkept is not None and not self._news.wait_for(called, REST_SECONDS)
        if resting:
            self._keep()
        self._unkept = None
        with self._news:
            self._news.wait_for(called)
            self._cancel.clear()
            return None if self._closed else self._wish

    def _keep(self) -> None:
        if self._store is not None and self._unkept is not None:
            keep(self._store, *self._unkept)

    def _answer(self, wish: _Wish) -> None:
        """Show one wish, step by step; gives up between steps where a newer one has come."""
        began = time.monotonic()
        self._fit(wish.scenario)
        if not self._at_hand(wish) and wish.preview < wish.replications:
            self._show(wish, self._simulated(wish, wish.preview, "preview"), "preview")
            self._give_way(wish)
        result = self._simulated(wish, wish.replications, "full")
        self._show(wish, result, "full")
        self._give_way(wish)
        self._add_preparation(wish, result)
        self._add_chance(wish, result)
        self._unkept = result, time.monotonic() - began

    def _at_hand(self, wish: _Wish) -> bool:
        """Whether the full set needs no engine."""
        if wish.at_hand(wish.replications):
            return True
        return self._store is not None and self._store.holds(wish.run(wish.replications))

    def _fit(self, scenario: Scenario) -> None:
        """Fit the brand class on its known case where it must be: slow once, remembered from then on."""
        kind = scenario.demand.classes[scenario.demand.brand_class]
        if isinstance(kind, FittedLognormal) and kind.median_rmb is None:
            self._tell(Busy("fit", 0, 0))
            fitted_median_rmb(scenario)

    def _give_way(self, wish: _Wish) -> None:
        if self._closed or self._wish is not wish:
            raise Cancelled

    def _simulated(self, wish: _Wish, replications: int, step: Step) -> Result:
        cancel = self._starting(wish, wish.run(replications), stoppable=step != "preview")
        told = self._progress(wish, step, replications)
        if not wish.at_hand(replications):
            self._tell(Busy(step, 0, replications))  # the first piece of a country takes many seconds
        engine, archive = self._engine, self._archive
        return simulate(wish.scenario, replications, None, engine, told, cancel, archive)

    def _starting(self, wish: _Wish, run: Run, stoppable: bool = True) -> threading.Event:
        """Note what runs now, so that a wish for something else can stop it."""
        with self._news:
            if self._closed or (stoppable and self._wish is not wish):
                raise Cancelled
            self._running = run if stoppable else None
            return self._cancel if stoppable else threading.Event()

    def _add_preparation(self, wish: _Wish, result: Result) -> None:
        if not drawable(wish.scenario):
            return
        run = wish.run(wish.replications)
        if run.key not in self._frames:
            self._starting(wish, run)
            self._frames = {run.key: self._histories(wish, run)}  # of the latest run only: they are large
        self._give_way(wish)
        if self.shown is not None:
            self._publish(dataclasses.replace(self.shown, preparation=preparation(result, self._frames[run.key])))

    def _histories(self, wish: _Wish, run: Run) -> list[pd.DataFrame]:
        count = min(wish.replications, wish.preview, HISTORIES)
        replications, report = Replications(run), self._progress(wish, "preparation", count)
        frames = []
        for k in range(count):
            self._give_way(wish)
            frames.append(replications.history(k).to_frame())
            report(k + 1, count)
        return frames

    def _add_chance(self, wish: _Wish, result: Result) -> None:
        run = wish.run(wish.replications, "chance")
        milestones(run, self._progress(wish, "chance", wish.replications), self._starting(wish, run), self._archive)
        self._give_way(wish)
        days = self.shown.preparation if self.shown else None
        self._show(wish, result, "full", with_chance=True, days=days)

    def _show(
        self,
        wish: _Wish,
        result: Result,
        step: Literal["preview", "full"],
        with_chance: bool = False,
        days: Preparation | None = None,
    ) -> None:
        """Publish a result, unless a newer wish has been shown meanwhile."""
        if self.shown is None or self.shown.wish <= wish.number:
            reading = Reading(result, with_chance).prepare()
            self._publish(Shown(reading, step, wish.number, days))

    def _publish(self, shown: Shown) -> None:
        self.shown = shown
        self._tell(shown)

    def _tell(self, news: Shown | Busy | BadInput | None) -> None:
        if not self._closed:
            self._listener(news)

    def _progress(self, wish: _Wish, step: Step, replications: int) -> Progress:
        """A report of progress for one step, with the time left from the time taken."""
        began = time.monotonic()

        def report(done: int, total: int) -> None:
            now = time.monotonic()
            if now - self._told >= TIMELY_SECONDS and done < total:
                self._told = now
                left = (now - began) / done * (total - done) if done else None
                self._tell(Busy(step, done, total, left, replications if total > replications else None))
            if done < total:
                self._glimpse(wish)

        return report

    def _glimpse(self, running: _Wish) -> None:
        """Show a newer wish that waits for the same simulation: its price or gate needs none."""
        newer = self._wish
        if newer is None or newer is running or newer.number == self._glimpsed:
            return
        self._glimpsed = newer.number
        step: Literal["preview", "full"] = "full" if newer.at_hand(newer.replications) else "preview"
        count = newer.replications if step == "full" else newer.preview
        if newer.at_hand(count):
            self._show(newer, simulate(newer.scenario, count, engine=self._engine), step)
