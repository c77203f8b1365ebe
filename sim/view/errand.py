"""Long work beside the answer: asked for, done in a thread of its own, and stopped when nobody wants it any more."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable

from traitlets.log import get_logger

from sim.errors import BadInput
from sim.experiment import Cancelled
from sim.experiment.runner import Progress
from sim.text.catalogue import N_
from sim.view.sizing import Told, TooMuch

TIMELY_SECONDS = 0.15  # between two reports of progress
LONGEST_SECONDS = 900  # of one piece of work
LONGER = N_("Stopped after {minutes} minutes, as long as a page works at one thing. The command siap takes its time.")
FAILED = N_("This did not work ({error}).")
Work = Callable[[Progress, threading.Event], object]
Post = Callable[[Callable[[], None]], None]  # has something done where the widgets live


@dataclasses.dataclass(frozen=True)
class Underway:
    """How far the work is.

    Attributes
    ----------
    done, total : int
    seconds_left : float
        An estimate.
    """

    done: int
    total: int
    seconds_left: float


@dataclasses.dataclass(frozen=True, eq=False)
class Found:
    """What the work found."""

    value: object


News = Underway | Found | BadInput


class Errand:
    """One piece of work at a time; a newer one stops the one before, and what is stopped is not heard of again.

    Parameters
    ----------
    post : callable
        Has something done where the widgets live.
    listener : callable
        Called there with what is new.
    """

    def __init__(self, post: Post, listener: Callable[[News], None]) -> None:
        self._post, self._listener = post, listener
        self._cancel: threading.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether something is under way."""
        return self._cancel is not None

    def start(self, work: Work) -> None:
        """Begin a piece of work; returns at once."""
        self.stop()
        self._cancel = threading.Event()
        self._thread = threading.Thread(target=self._do, args=(work, self._cancel), name="siap-errand", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Give up what is under way, if anything is."""
        if self._cancel is not None:
            self._cancel.set()
            self._cancel = None

    def join(self, seconds: float) -> None:
        """Wait for the thread to end; for tests and scripts."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _do(self, work: Work, cancel: threading.Event) -> None:
        began = told = time.monotonic()

        def report(done: int, total: int) -> None:
            nonlocal told
            if done >= total:  # the work is there: however long it took, it is not thrown away
                return
            now = time.monotonic()
            if now - began > LONGEST_SECONDS:
                raise TooMuch(LONGER, minutes=LONGEST_SECONDS // 60)
            if now - told >= TIMELY_SECONDS:
                told = now
                self._tell(Underway(done, total, (now - began) / done * (total - done)), cancel)

        try:
            self._tell(Found(work(report, cancel)), cancel)
        except Cancelled:
            return
        except BadInput as error:
            self._tell(error, cancel)
        except Exception as error:
            # A visitor reads the kind alone: its text may have folders of the server. The log has the rest, by way of
            # the kernel's own logger, since what a thread writes to the error stream is sent to the page and withheld.
            get_logger().error("Work for a page did not end", exc_info=True)
            self._tell(Told(FAILED, error=type(error).__name__), cancel)

    def _tell(self, news: News, cancel: threading.Event) -> None:
        def deliver() -> None:
            if self._cancel is not cancel:
                return
            if not isinstance(news, Underway):
                self._cancel = None
            self._listener(news)

        self._post(deliver)
