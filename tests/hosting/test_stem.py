"""The process from which the kernels of pages are split off: real kernels, a real server."""

import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import zmq
from jupyter_client import BlockingKernelClient, KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory

from sim.hosting import stem
from tests.browser.driving import serve

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

    def close(self) -> None:
        self._client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self._context.destroy(linger=0)


@pytest.fixture(scope="module", autouse=True)
def by_the_stem() -> Iterator[None]:
    factory = KernelProvisionerFactory.instance()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(factory, "default_provisioner_name", "siap-stem")
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


def test_a_kernel_that_was_killed_is_known_to_have_ended_and_leaves_nothing(tmp_path: Path):
    killed = Kernel(tmp_path)
    process = killed.process
    assert killed.manager.is_alive()
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENT_SECONDS)
    assert not killed.manager.is_alive()
    killed.close()
    assert not process.is_running()


def test_where_nothing_can_be_split_off_a_kernel_starts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stem, "POSSIBLE", False)
    alone = Kernel(tmp_path)
    try:
        assert "ipykernel_launcher" in alone.process.cmdline()
        assert not alone.says("'sim.view.plan' in __import__('sys').modules")
    finally:
        alone.close()


def test_a_server_that_was_killed_leaves_no_process_behind():
    with serve("app") as address:
        urllib.request.urlopen(address, timeout=PATIENT_SECONDS).close()
        (server,) = (child for child in psutil.Process().children() if "sim.hosting" in child.cmdline())
        started = server.children(recursive=True)
        assert sum("forkserver" in " ".join(process.cmdline()) for process in started) >= 2  # the stem, and a page
        server.kill()
        gone, left = psutil.wait_procs(started, PATIENT_SECONDS)
        assert (len(gone), left) == (len(started), [])
