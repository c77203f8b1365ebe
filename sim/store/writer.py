"""The one thread that writes to the run store, so that nobody who simulates waits for a disk.

It begins once nothing new has come for a moment: what it does wants the interpreter as well, and whoever moves a lever
has it first. It ends when nothing is left to write. Python waits for it before a process ends, and it waits no longer
then.
"""

from __future__ import annotations

import collections
import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable

from sim.errors import one_line
from sim.store.files import say

Job = Callable[[], object]
REST_SECONDS = 0.2  # without anything new, before it begins
LOOK_SECONDS = 0.02  # between two looks whether the process ends
MOST_WAITING, MOST_BYTES = 32, 64_000_000  # jobs, and milestones that they hold; whoever brings more waits


class Writer:
    """Jobs done in their order by a thread of its own."""

    def __init__(self) -> None:
        self._begin()
        if hasattr(os, "register_at_fork"):
            # Between two jobs, when the thread holds no lock that the child would wait for. What waits is the parent's.
            os.register_at_fork(before=self._hold, after_in_parent=self._let_go, after_in_child=self._begin)

    def _begin(self) -> None:
        self._news, self._writing = threading.Condition(), threading.RLock()
        self._waiting: collections.deque[tuple[Job, int]] = collections.deque()
        self._thread: threading.Thread | None = None
        self._urged, self._newest = 0, 0.0

    def put(self, job: Job, nbytes: int = 0) -> None:
        """Let something be written soon; waits only where too much is waiting already.

        Parameters
        ----------
        job : callable
            One that fails is told of in a line.
        nbytes : int, optional
            Memory that it holds.
        """
        if not threading.main_thread().is_alive():  # at exit: no thread that is started now would be waited for
            _done(job)
            return
        with self._news:
            self._urge_until(lambda: self._has_room(nbytes))
            self._waiting.append((job, nbytes))
            self._newest = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="siap-store")
                self._thread.start()

    def flush(self) -> None:
        """Wait until all that was put is written."""
        with self._news:
            self._urge_until(lambda: self._thread is None)

    def _urge_until(self, enough: Callable[[], bool]) -> None:
        """Wait for something, and let the thread take no rest meanwhile."""
        self._urged += 1
        self._news.notify_all()
        self._news.wait_for(enough)
        self._urged -= 1

    def _has_room(self, nbytes: int) -> bool:
        held = sum(size for _, size in self._waiting)
        return not self._waiting or (len(self._waiting) < MOST_WAITING and held + nbytes <= MOST_BYTES)

    def _work(self) -> None:
        while not self._ended():
            while (job := self._next()) is not None:
                with self._writing:
                    _done(job)
                del job  # and what it holds
                with self._news:
                    self._waiting.popleft()
                    self._news.notify_all()
            if threading.main_thread().is_alive():
                _tidy()

    def _next(self) -> Job | None:
        with self._news:
            while self._waiting and not self._urged and threading.main_thread().is_alive():
                left = self._newest + REST_SECONDS - time.monotonic()
                if left <= 0:
                    break
                self._news.wait(min(left, LOOK_SECONDS))
            return self._waiting[0][0] if self._waiting else None

    def _ended(self) -> bool:
        with self._news:
            if self._waiting:
                return False
            self._thread = None
            self._news.notify_all()
            return True

    def _hold(self) -> None:
        self._writing.acquire()
        self._news.acquire()

    def _let_go(self) -> None:
        self._news.release()
        self._writing.release()


def _done(job: Job) -> None:
    try:
        job()
    except Exception as error:
        say(one_line(f"a run cannot be kept ({error.__class__.__name__}: {error})"))


def _tidy() -> None:
    """Give back to the system what was needed for a moment and would be kept: for a large run, more than the run."""
    from sim.store import columns

    columns.tidy()
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "malloc_trim"):  # not every C library has it
        library.malloc_trim(0)


WRITER = Writer()
