"""The stem: one process that has loaded what a page needs (`sim.hosting.loaded`), from which kernels are split off.

A kernel that starts by itself reads the same code again: seconds of a processor, and memory that nobody else can use.
One that is split off has all of it at once and shares what neither changes. Python's own server of forks does the
splitting; a kernel ends with whichever of server and stem ends first.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from importlib.metadata import EntryPoint
from multiprocessing.process import BaseProcess
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

NAME = "siap-stem"
LOADED = "sim.hosting.loaded"
LAUNCHER = "ipykernel_launcher"  # as the kernels of Python are started
POSSIBLE = sys.platform == "linux"  # Windows knows no forks, and libraries of macOS do not bear them


def make_known() -> None:
    """Let Jupyter know the stem by its name."""
    group = KernelProvisionerFactory.GROUP_NAME
    KernelProvisionerFactory.provisioners[NAME] = EntryPoint(NAME, f"{__name__}:{Stem.__name__}", group)


class Stem(LocalProvisioner):
    """Splits kernels off."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Split a kernel off, or start it by itself where that cannot be."""
        if not (POSSIBLE and LAUNCHER in cmd):
            return await super().launch_kernel(cmd, **kwargs)
        forks = multiprocessing.get_context("forkserver")
        forks.set_forkserver_preload([LOADED])
        about = cmd[cmd.index(LAUNCHER) + 1 :], kwargs["env"], kwargs.get("cwd", os.getcwd())
        # A daemon may start no processes by way of multiprocessing itself; a page computes in threads.
        process = forks.Process(target=grow, args=about, daemon=True)
        try:
            await asyncio.to_thread(process.start)  # the first waits for the stem
        except (OSError, EOFError) as error:  # it died as it loaded, or there is no place for its socket
            self.log.warning("No kernel could be split off, so it starts by itself: %r", error)
            return await super().launch_kernel(cmd, **kwargs)
        branch: Any = Branch(process)
        self.process, self.pid, self.pgid = branch, branch.pid, branch.pid
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        """Send a signal, if it still runs: the stem gives the number of one that has ended free at once."""
        if await self.poll() is None:
            await super().send_signal(signum)


class Branch:
    """A process that was split off, as `subprocess.Popen` shows one."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def wait(self) -> int | None:
        """Its exit code, once it has ended."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal, if it still runs."""
        if self.pid is not None and self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def grow(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Become a kernel, in the process that was split off.

    Parameters
    ----------
    arguments : list of str
        As the launcher of kernels takes them.
    environment : dict
        In place of the stem's.
    folder : str
        To work in.
    """
    from ipykernel.kernelapp import IPKernelApp

    from sim.view.widgets import listen

    if LOADED not in sys.modules:  # Python's server says nothing of an import that fails
        sys.stderr.write("siap: the stem could not load what pages need; each page now takes longer to begin.\n")
    os.setsid()  # so that a signal reaches it with all that it starts
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    threading.Thread(target=_end_with_server, name="siap-server-watch", daemon=True).start()
    kernel = IPKernelApp.instance()
    kernel.initialize([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
    listen()
    kernel.start()


def _end_with_server() -> None:
    """End as soon as the server has; the kernel itself looks whether the stem is there."""
    if server := multiprocessing.parent_process():
        server.join()
        os._exit(1)
