"""Who does the tasks of a sweep: this process, processes on this machine, or a Dask cluster.

Each way yields the tasks as they are done, in any order. What a task leaves is a file in the store, so whoever is
stopped, killed or cut off loses no more than what it had under way.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import itertools
import logging
import signal
import socket
import threading
import time
import urllib.parse
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sim.errors import BadInput
from sim.experiment import Cancelled
from sim.experiment.extra import library
from sim.sweeps.task import Task

LOOK_SECONDS = 0.1  # between two looks at whether to stop
ANSWER_SECONDS = 10  # for a scheduler to answer
AHEAD = 3  # tasks at the scheduler for each that can be worked on


def here(tasks: Sequence[Task], cancel: threading.Event) -> Iterator[Task]:
    """One after another in this process; replications are shared out among its threads."""
    for task in tasks:
        if cancel.is_set():
            raise Cancelled
        task.work(cancel)
        yield task


def processes(tasks: Sequence[Task], count: int, cancel: threading.Event) -> Iterator[Task]:
    """By so many processes on this machine; where one of them dies, new ones begin what is left.

    Raises
    ------
    BadInput
        Where one dies before any task is done, by the first or by new ones.
    """
    from loky.process_executor import BrokenProcessPool

    left = list(tasks)
    while left:
        done: set[str] = set()
        try:
            for task in _by_pool(left, count, cancel):
                done.add(task.key)
                yield task
        except BrokenProcessPool:
            if not done:
                remedy = "give it fewer --workers; what was done is kept"
                raise BadInput(
                    "--workers", "must leave each enough memory, and one was killed", count, remedy
                ) from None
        left = [task for task in left if task.key not in done]


def _by_pool(tasks: Sequence[Task], count: int, cancel: threading.Event) -> Iterator[Task]:
    from loky import ProcessPoolExecutor

    pool = ProcessPoolExecutor(count, initializer=_begin, env={"SIAP_THREADS": "1"})
    ended = False
    try:
        with _uninterrupted():
            waiting = {pool.submit(task.work): task for task in tasks}
        while waiting:
            if cancel.is_set():
                raise Cancelled
            done = concurrent.futures.wait(waiting, LOOK_SECONDS, "FIRST_COMPLETED").done
            for one in sorted(done, key=lambda future: future.exception() is not None):  # what was done counts first
                one.result()
                yield waiting.pop(one)
        ended = True
    finally:
        pool.shutdown(kill_workers=not ended)


def _begin() -> None:
    """In a process that works: an interruption is the business of whoever started it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that start within it take no interruption, not even before they know what they are for."""
    if threading.current_thread() is not threading.main_thread():  # only there can it be set
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def cluster(tasks: Sequence[Task], address: str, cancel: threading.Event) -> Iterator[Task]:
    """By the workers of a Dask cluster, which must see the same store.

    Raises
    ------
    BadInput
        If nobody answers there, has workers, or answers any longer.
    """
    distributed = library("distributed", "cluster")
    with _client(distributed, address) as client:
        coming = iter(tasks)
        waiting: dict[Any, Task] = {}
        try:
            while True:
                width = _width(client, address)
                for task in itertools.islice(coming, max(0, AHEAD * width - len(waiting))):
                    waiting[client.submit(task.work, pure=False)] = task
                if not waiting:
                    return
                for one in _ended(distributed, waiting, client, address, cancel):
                    yield _kept(waiting.pop(one), one)
        finally:
            with contextlib.suppress(Exception):  # of a scheduler that is gone there is nothing to take back
                client.cancel(list(waiting))


def _ended(distributed: Any, waiting: Iterable[Any], client: Any, address: str, cancel: threading.Event) -> list[Any]:
    """The tasks that ended, as soon as there is one."""
    while True:
        if cancel.is_set():
            raise Cancelled
        _width(client, address)
        with contextlib.suppress(TimeoutError):
            return list(distributed.wait(list(waiting), LOOK_SECONDS, "FIRST_COMPLETED").done)


def _width(client: Any, address: str) -> int:
    """How many tasks can be worked on at once; workers that come back soon are waited for.

    Raises
    ------
    BadInput
        If the scheduler has gone, or for a while all workers.
    """
    until = time.monotonic() + ANSWER_SECONDS
    while True:
        if client.status != "running":
            raise _gone(address)
        if width := sum(client.nthreads().values()):
            return width
        if time.monotonic() > until:
            remedy = f"start one: dask worker {address}; what was done is kept"
            raise BadInput("--dask", "must have workers, and has none", address, remedy)
        time.sleep(LOOK_SECONDS)


def _kept(task: Task, future: Any) -> Task:
    """A task that a worker has done, whose file must be here, too."""
    future.result()
    if not task.done():
        rule = "must be a folder that all workers and this machine share: a worker's file is not here"
        raise BadInput("SIAP_STORE", rule, str(task.folder))
    return task


@contextlib.contextmanager
def _client(distributed: Any, address: str) -> Iterator[Any]:
    """A connection to a scheduler, whose own words about lost ones are not for who uses it."""
    _knock(address)
    loggers = {logging.getLogger(f"distributed.{name}") for name in ("client", "comm", "core")}
    levels = {logger: logger.level for logger in loggers}
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        with _connected(distributed, address) as client:
            yield client
    except (OSError, concurrent.futures.CancelledError, distributed.CancelledError):
        raise _gone(address) from None
    except distributed.KilledWorker:
        raise BadInput(
            "--dask", "workers die of a task", address, "give them more memory; what was done is kept"
        ) from None
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


@contextlib.contextmanager
def _connected(distributed: Any, address: str) -> Iterator[Any]:
    try:
        client = distributed.Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError):
        raise BadInput("--dask", "must be a Dask scheduler, and what answers there is none", address) from None
    try:
        with client.as_current():
            yield client
    finally:
        with contextlib.suppress(Exception):  # one that is gone cannot be told
            client.close(timeout=1)


def _knock(address: str) -> None:
    """Refuse an address where nobody answers, before a client waits for it."""
    try:
        parts = urllib.parse.urlsplit(address)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in ("tcp", "tls") or not host or not port:
        raise BadInput("--dask", "must be an address", address, "for example tcp://127.0.0.1:8786")
    try:
        socket.create_connection((host, port), ANSWER_SECONDS).close()
    except (OSError, UnicodeError):
        remedy = "start one: dask scheduler, and with the address it says: dask worker"
        raise BadInput("--dask", "must be a scheduler, and nobody answers there", address, remedy) from None


def _gone(address: str) -> BadInput:
    return BadInput("--dask", "the scheduler has gone", address, "what was done is kept: run the same command again")
