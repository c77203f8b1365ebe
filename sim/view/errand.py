"""Long work beside the page: one piece at a time, in a thread of its own; a newer one, or the reader, stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from sim.errors import BadInput
from sim.experiment import Cancelled
from sim.experiment.runner import Progress

T = TypeVar("T")
Work = Callable[[Progress, threading.Event], T]


class Errand:
    """Whoever runs it.

    Parameters
    ----------
    soon : callable
        Takes what is to be done to where the widgets live.
    """

    def __init__(self, soon: Callable[[Callable[[], None]], None]) -> None:
        self._soon = soon
        self._cancel = threading.Event()
        self._thread: threading.Thread | None = None

    def run(self, work: Work[T], progress: Progress, done: Callable[[T | BadInput], None]) -> None:
        """Begin; whatever ran is stopped, and nothing more is heard of it.

        Parameters
        ----------
        work : callable
            Gets a report of progress to call, and an event that says when to stop.
        progress, done : callable
            Called where the widgets live: now and then, and with what came of it.
        """
        self.stop()
        cancel = self._cancel = threading.Event()

        def unless_stopped(then: Callable[[], None]) -> None:
            self._soon(lambda: None if cancel.is_set() else then())

        def working() -> None:
            try:
                found: T | BadInput = work(lambda n, of: unless_stopped(lambda: progress(n, of)), cancel)
            except Cancelled:
                return
            except BadInput as error:
                found = error
            unless_stopped(lambda: done(found))

        self._thread = threading.Thread(target=working, name="siap-errand", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop what runs."""
        self._cancel.set()

    def wait(self, seconds: float = 60.0) -> None:
        """Wait until it has ended; for tests and scripts."""
        if self._thread is not None:
            self._thread.join(seconds)
