"""The thread that writes: in order, later, all of it, and never more at a time than it may hold."""

import threading
import time

import pytest

from sim.store import files, writer
from sim.store.writer import Writer


@pytest.fixture
def writing() -> Writer:
    return Writer()


def test_what_was_put_is_done_in_its_order_by_one_thread(writing: Writer):
    done: list[tuple[int, str]] = []
    for k in range(5):
        writing.put(lambda k=k: done.append((k, threading.current_thread().name)))
    writing.flush()
    assert done == [(k, "siap-store") for k in range(5)]


def test_it_begins_by_itself_once_nothing_new_has_come_for_a_moment(writing: Writer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(writer, "REST_SECONDS", 0.3)
    done: list[float] = []
    began = time.monotonic()
    for _ in range(4):
        writing.put(lambda: done.append(time.monotonic()))
        time.sleep(0.1)
    last = time.monotonic() - 0.1
    deadline = began + 30
    while len(done) < 4 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(done) == 4
    assert min(done) >= last + 0.3 - 0.05


def test_it_ends_when_there_is_nothing_to_write_and_begins_again(writing: Writer):
    done: list[int] = []
    for k in range(2):
        writing.put(lambda k=k: done.append(k))
        writing.flush()
        assert writing._thread is None
    assert done == [0, 1]


@pytest.mark.parametrize(("count", "nbytes"), [(writer.MOST_WAITING, 0), (2, writer.MOST_BYTES // 2)])
def test_whoever_brings_more_than_may_wait_waits_for_room(
    writing: Writer, monkeypatch: pytest.MonkeyPatch, count: int, nbytes: int
):
    monkeypatch.setattr(writer, "REST_SECONDS", 3600.0)  # nothing is written but where it is urged
    done: list[int] = []
    for k in range(count):
        writing.put(lambda k=k: done.append(k), nbytes)
    assert done == []
    writing.put(lambda: done.append(count), max(1, nbytes))
    assert done[0] == 0
    assert len(writing._waiting) <= count
    writing.flush()
    assert done == list(range(count + 1))


def test_what_is_larger_than_all_that_may_wait_is_written_too(writing: Writer):
    done: list[int] = []
    writing.put(lambda: done.append(1), 2 * writer.MOST_BYTES)
    writing.put(lambda: done.append(2), 2 * writer.MOST_BYTES)
    writing.flush()
    assert done == [1, 2]


def test_what_fails_is_said_in_one_line_and_once_and_what_comes_after_is_done(
    writing: Writer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(files, "SAID", set())
    done: list[int] = []

    def failing() -> None:
        raise ValueError("no such column\nat all")

    for job in (failing, failing, lambda: done.append(1)):
        writing.put(job)
    writing.flush()
    assert done == [1]
    said = capsys.readouterr().err
    assert said == "siap: run store: a run cannot be kept (ValueError: no such column at all)\n"
