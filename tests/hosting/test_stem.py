"""The process from which the kernels of pages are split off: real kernels, a real server."""

import gc
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest
import zmq
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from sim.hosting import stem
from sim.serve import FRUGAL
from tests.browser.driving import page_server, serve

pytestmark = pytest.mark.skipif(not stem.POSSIBLE, reason="kernels are split off on Linux")
PATIENT_SECONDS = 90


class Kernel:
    """A kernel, asked as a server asks it."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._context = zmq.Context()
        self.manager = KernelManager(context=self._context)
        self.manager.start_kernel(cwd=str(folder), env=os.environ | settings)
        self._client: BlockingKernelClient = self.manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(PATIENT_SECONDS)

    def says(self, expression: str) -> object:
        """The value of an expression of plain values, once the kernel has said it."""
        said: list[str] = []
        reply = self._client.execute_interactive(
            f"print(repr({expression}))",
            timeout=PATIENT_SECONDS,
            output_hook=lambda message: said.append(message["content"].get("text", "")),
        )
        assert reply["content"]["status"] == "ok", reply["content"]
        return eval("".join(said), {})

    def begin(self, code: str) -> str:
        """Let it run something and wait until it does; gives the name under which it will answer."""
        name = self._client.execute(f"print('begun', flush=True); {code}")
        while self._client.get_iopub_msg(timeout=PATIENT_SECONDS)["msg_type"] != "stream":
            pass
        return name

    def answer(self, name: str) -> dict:
        """How that ended."""
        while (reply := self._client.get_shell_msg(timeout=PATIENT_SECONDS))["parent_header"]["msg_id"] != name:
            pass
        return reply["content"]

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.manager.provisioner.pid)

    def kill(self) -> None:
        """Let it be killed, as for want of memory, and wait until that is known."""
        self.process.send_signal(signal.SIGKILL)
        until = time.monotonic() + PATIENT_SECONDS
        while self.manager.is_alive() and time.monotonic() < until:
            time.sleep(0.05)

    def close(self) -> None:
        self._client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self._context.destroy(linger=0)


@pytest.fixture(scope="module", autouse=True)
def by_the_stem() -> Iterator[None]:
    stem.make_known()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KernelProvisionerFactory.instance(), "default_provisioner_name", stem.NAME)
        for name, amount in (FRUGAL | {"SIAP_STORE": "none"}).items():
            patch.setenv(name, amount)
        yield


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    made = Kernel(tmp_path_factory.mktemp("work"), SIAP_TOLD="this one")
    yield made
    made.close()


def test_a_kernel_has_what_the_stem_has_loaded_and_its_own_settings_folder_and_group(kernel: Kernel):
    assert kernel.says("'sim.view.plan' in __import__('sys').modules")
    assert kernel.says("__import__('os').environ['SIAP_TOLD']") == "this one"
    assert str(kernel.says("__import__('os').getcwd()")).endswith("work0")
    assert kernel.says("__import__('os').getpgid(0)") == kernel.process.pid
    assert "forkserver" in " ".join(kernel.process.parent().cmdline())


def test_the_stem_has_no_thread_that_a_split_could_lose(kernel: Kernel):
    threads = sorted(Path(f"/proc/{kernel.process.ppid()}/task").iterdir(), key=lambda thread: int(thread.name))
    # The allocator inside Arrow has one of its own, and brings it through forks.
    assert {(thread / "comm").read_text().strip() for thread in threads[1:]} <= {"jemalloc_bg_thd"}


def test_a_kernel_answers_pages_that_ask_for_all_widgets_at_once(kernel: Kernel):
    assert kernel.says("'jupyter.widget.control' in get_ipython().kernel.comm_manager.targets")


def test_two_kernels_draw_different_names(kernel: Kernel, tmp_path: Path):
    other = Kernel(tmp_path)
    try:
        for draw in ("__import__('uuid').uuid4().hex", "__import__('random').random()"):
            assert kernel.says(draw) != other.says(draw)
    finally:
        other.close()


def test_a_kernel_is_interrupted(kernel: Kernel):
    asked = kernel.begin("__import__('time').sleep(600)")
    kernel.manager.interrupt_kernel()
    assert kernel.answer(asked)["ename"] == "KeyboardInterrupt"


def test_a_kernel_that_was_killed_is_known_to_have_ended_and_leaves_nothing_open(kernel: Kernel, tmp_path: Path):
    open_before = len(os.listdir("/proc/self/fd"))
    killed = Kernel(tmp_path)
    assert killed.manager.is_alive()
    killed.kill()
    assert not killed.manager.is_alive()
    killed.close()
    del killed
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= open_before


def test_one_that_has_ended_gets_no_signal_since_its_number_may_be_anothers(
    kernel: Kernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    ended = Kernel(tmp_path)
    ended.kill()
    sent: list[int] = []
    monkeypatch.setattr(os, "killpg", lambda group, number: sent.append(group))
    ended.close()
    assert sent == []


def test_where_nothing_can_be_split_off_a_kernel_starts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stem, "POSSIBLE", False)
    alone = Kernel(tmp_path)
    try:
        assert "ipykernel_launcher" in alone.process.cmdline()
        assert not alone.says("'sim.view.plan' in __import__('sys').modules")
    finally:
        alone.close()


def test_a_kernel_starts_by_itself_where_none_can_be_split_off_after_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise EOFError

    monkeypatch.setattr(forkserver, "connect_to_new_process", fail)  # as where the stem dies while it loads
    alone = Kernel(tmp_path)
    try:
        assert "ipykernel_launcher" in alone.process.cmdline()
    finally:
        alone.close()


def test_a_stem_that_died_is_replaced(tmp_path: Path):
    first = Kernel(tmp_path)
    dead = first.process.parent()
    dead.kill()
    first.process.wait(PATIENT_SECONDS)  # it sees that it has lost its stem
    first.close()
    second = Kernel(tmp_path)
    try:
        assert second.says("'sim.view.plan' in __import__('sys').modules")
        assert second.process.ppid() != dead.pid
    finally:
        second.close()


def test_a_server_that_was_killed_leaves_no_process_behind():
    with serve("app") as address:
        urllib.request.urlopen(address, timeout=PATIENT_SECONDS).close()
        server = page_server()
        started = server.children(recursive=True)
        assert sum("forkserver" in " ".join(process.cmdline()) for process in started) >= 2  # the stem, and a page
        server.kill()
        gone, left = psutil.wait_procs(started, PATIENT_SECONDS)
        assert (len(gone), left) == (len(started), [])
