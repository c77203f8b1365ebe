"""Serving the notebooks: JupyterLab for those who edit, Voilà for those who only look.

Both listen on this machine only unless told otherwise, and JupyterLab keeps its token.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from sim.errors import BadInput
from sim.hosting.room import memory_bytes

PLANNER = "plan.ipynb"
TEMPLATES = Path(__file__).parent / "view" / "voila"  # a folder of the kind in which Jupyter looks for its data
PATIENCE_SECONDS = 600  # for a kernel among many that begin at once
# For the server of the page and its kernels. glibc gives each of their twenty threads a heap and keeps what is freed,
# and so does Arrow: 60 MB for nothing. What the page does without: see sim.view.widgets.
FRUGAL = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_TRIM_THRESHOLD_": "262144",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "SIAP_PAGE": "1",
}
PAGE_BYTES = 250_000_000  # of memory that a page has for itself, with some to spare
SERVER_BYTES = 650_000_000  # that the server and its stem have when ten have come at once
FEW_PAGES = 4  # where nothing is known of the memory
MOST_BYTES = 3_000_000_000  # of memory that a page may ask for; who makes it ask for more ends that page only
LEFT_SECONDS = 1800  # after which a page whose browser is gone without a word is ended
WORK_FOLDER = "siap-notebooks"  # where notebooks of an installed package are copied to, since they may be edited


def notebooks() -> Path:
    """The folder with the notebooks: the checkout's own, or a copy of the package's in the present folder."""
    package = Path(__file__).parent
    beside = package.parent / "notebooks"
    if (beside / PLANNER).is_file() and (package.parent / "pyproject.toml").is_file():
        return beside
    here = Path.cwd() / WORK_FOLDER
    here.mkdir(exist_ok=True)
    for shipped in (package / "notebooks").glob("*.ipynb"):
        if not (here / shipped.name).exists():  # never over somebody's own changes
            shutil.copy(shipped, here / shipped.name)
    return here


def lab(host: str, port: int, browser: bool) -> int:
    """JupyterLab on the planner's notebook; returns its exit code."""
    _check_free(host, port)
    folder = notebooks()
    options = [f"--ServerApp.ip={host}", f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}"]
    options += [f"--LabApp.default_url=/lab/tree/{PLANNER}", *_encrypted()]
    # JupyterLab connects anew by itself where a connection is lost; of Jupyter's pings tornado warns at each of them.
    options += ["--ServerApp.tornado_settings={'ws_ping_interval': 0}"]
    for notebook in folder.glob("*.ipynb"):
        _sign(notebook)
    if os.name == "posix" and os.geteuid() == 0:
        options.append("--allow-root")  # containers; it still listens on this machine only
    return _run(["jupyterlab", *options, *([] if browser else ["--no-browser"])])


def app(host: str, port: int, browser: bool) -> int:
    """The planner's page without code, by Voilà behind a door of ours (`sim.hosting`); returns its exit code."""
    notebook = notebooks() / PLANNER
    options = [f"--Voila.ip={host}", f"--port={port}", "--VoilaConfiguration.file_allowlist=.^"]
    # Kernels are split off from one process that has loaded everything (`sim.hosting.stem`).
    options += ["--KernelProvisionerFactory.default_provisioner_name=siap-stem"]
    # One page is always ready beforehand: what a kernel computes and draws takes longer than a visitor waits.
    options += ["--VoilaConfiguration.template=siap", "--preheat_kernel=True"]
    # The next is prepared when the one that was taken has surely been drawn: two cores are for one of them at a time.
    options += ["--VoilaKernelManager.fill_delay=6"]
    # By default what a kernel shows more than four seconds after it has run is lost, and the page stays empty.
    options += [f"--VoilaExecutor.{wait}_timeout={PATIENCE_SECONDS}" for wait in ("iopub", "startup")]
    options += [f"--VoilaConfiguration.allow_{what}_override=NO" for what in ("template", "theme")]
    options += ["--VoilaConfiguration.multi_kernel_manager_class=sim.hosting.pages.Pages", *_limits(), *_encrypted()]
    if names := setting("SIAP_NAMES", "").split():
        options += [f"--PageServer.names={name}" for name in names]
        options += ["--PageServer.proxied=True"]
    for name, amount in FRUGAL.items():
        os.environ.setdefault(name, amount)
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(TEMPLATES), os.environ.get("JUPYTER_PATH")]))
    _check_free(host, port)
    _confine()
    _sign(notebook)
    return _run(["sim.hosting", str(notebook), *options, *([] if browser else ["--no-browser"])])


def _encrypted() -> list[str]:
    """Let servers and kernels speak in cipher where they can, which they otherwise warn of at each start."""
    import zmq

    return ["--KernelManager.transport_encryption=auto"] if zmq.has("curve") else []


def _sign(notebook: Path) -> None:
    """Let Jupyter take a notebook for trusted, unless it has outputs: those could do something when they are shown."""
    # By way of jsonschema it would compile a grammar of web addresses, which takes seconds and which nobody reads.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    import nbformat
    from nbformat.sign import NotebookNotary

    found = nbformat.read(notebook, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    if not any(cell.get("outputs") for cell in found.cells):
        NotebookNotary().sign(found)  # type: ignore[no-untyped-call]


def _limits() -> list[str]:
    """How many pages there may be, and when one that nobody looks at is ended."""
    pages = setting("SIAP_PAGES", str(_fitting()))
    if not (pages.isascii() and pages.isdecimal() and int(pages) > 0):
        raise BadInput("SIAP_PAGES", "must be a whole number from 1 on", pages)
    each = max(1, int(pages) // 2)
    limits = {"most": int(pages), "most_each": each, "cull_idle_timeout": LEFT_SECONDS, "cull_interval": 60}
    # A kernel that has died would come back without its page.
    return [*(f"--Pages.{name}={limit}" for name, limit in limits.items()), "--KernelManager.autorestart=False"]


def _fitting() -> int:
    """How many pages three quarters of the memory hold beside the server and the page kept ready; at least one."""
    memory = memory_bytes()
    if memory is None:
        return FEW_PAGES
    return max(1, int((0.75 * memory - SERVER_BYTES) / PAGE_BYTES) - 1)


def _confine() -> None:
    """Limit the memory of each process that follows, and let them have as many connections as the system allows."""
    if os.name != "posix":
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_DATA)[1]
    most = MOST_BYTES if most == resource.RLIM_INFINITY else min(most, MOST_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if files != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))


def _run(arguments: list[str]) -> int:
    command = [sys.executable, "-P", "-m", *arguments]  # without the folder in which it was typed
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(sys.executable, command)  # noqa: S606 (our own words; the server then is this process, so a kill ends it)
    try:
        return subprocess.run(command, check=False).returncode  # noqa: S603
    except KeyboardInterrupt:
        return 0


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise BadInput("PORT", f"nothing can be served on {host}", port, "set PORT to a free one") from error


def setting(name: str, otherwise: str) -> str:
    """A setting from the environment."""
    return os.environ.get(name, otherwise)
