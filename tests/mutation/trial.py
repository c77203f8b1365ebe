"""One fault put into a copy of the tree, and the tests that reach it run there, in a process of its own.

What takes long to import is imported once, before; every trial is a fork that reads `sim` and the tests anew. Python
takes a file that it has translated for unchanged when its time and size are; so the fault's file gets a time of its own
and nothing is kept. What numba kept would hide a fault in a loop, so those run uncompiled.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import hypothesis
import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.reached import FOLDERS, ROOT

HEAVY = (
    *("numpy", "pandas", "scipy.optimize", "scipy.stats", "pydantic", "yaml", "simpy", "duckdb", "pyarrow.parquet"),
    *("babel.dates", "babel.numbers", "babel.support", "loky", "openpyxl", "typer", "rich.table", "numba", "comm"),
    *("hypothesis.strategies", "hypothesis.extra.numpy", "pydantic.dataclasses", "pydantic.json_schema"),
    *("pydantic.type_adapter", "babel.messages.pofile"),
    *("xdist.plugin", "xdist.scheduler", "pytest_cov.plugin", "anyio.pytest_plugin", "_hypothesis_pytestplugin"),
)
# The loops, and what they take constants from.
LOOPS = {f"sim/{n}.py" for n in ("engine/loop", "engine/plan", "outcomes/goods", "outcomes/readings", "outcomes/chain")}
LOOPS |= {"sim/philox.py"}
LONGEST = 400.0  # seconds by the clock, for what waits and does not compute
MEMORY = 6 * 2**30
LEFT_OUT = ".git", ".venv", "build", "notebooks/.ipynb_checkpoints", ".mypy_cache", ".ruff_cache"

KILLED, SURVIVED, TOO_LONG, UNREACHED = "killed", "survived", "too long", "reached by no test"


class Copy:
    """A copy of the tree in which faults are tried one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
        # A failure is enough; the smallest example of it is not looked for.
        phases = hypothesis.Phase.explicit, hypothesis.Phase.generate
        hypothesis.settings.register_profile("unshrunk", derandomize=True, deadline=None, phases=phases)
        for module in HEAVY:
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
        import numba

        numba.njit(lambda x: x + 1)(1)  # loads what compiling needs
        gc.freeze()
        self.ran([f"tests/{folder}" for folder in FOLDERS], plain=False, seconds=3600, collect=True)

    def tried(self, mutant: Mutant, tests: Sequence[str], seconds: float) -> str:
        """What became of a fault, given the tests that reach it and how many seconds of computing they may take."""
        path = self.folder / mutant.path
        kept, times = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(mutant.source(), encoding="utf-8")
        try:
            return self.ran(tests, mutant.path in LOOPS, seconds)
        finally:
            path.write_text(kept, encoding="utf-8")
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def ran(self, tests: Sequence[str], plain: bool, seconds: float, collect: bool = False) -> str:
        """Run tests in the copy as it is, until the first that fails; or only read them and keep the translation."""
        child = os.fork()
        if child == 0:
            os.setsid()
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
            resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
            ended_as = 1
            try:
                ended_as = self._run(tests, plain, collect)
            finally:
                os._exit(ended_as)  # nothing of the parent's is cleaned up here
        began = time.monotonic()
        while (ended := os.waitpid(child, os.WNOHANG)) == (0, 0) and time.monotonic() - began < LONGEST:
            time.sleep(0.02)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        if ended == (0, 0):
            os.waitpid(child, 0)
            return TOO_LONG
        if os.WIFSIGNALED(ended[1]):
            return TOO_LONG if os.WTERMSIG(ended[1]) in (signal.SIGXCPU, signal.SIGKILL) else KILLED
        return SURVIVED if os.WEXITSTATUS(ended[1]) == pytest.ExitCode.OK else KILLED

    def witness(self, tests: Sequence[str]) -> str:
        """The test that failed last, or nothing where no test could be read."""
        said = (self.folder / "said.txt").read_text(encoding="utf-8", errors="replace")
        named = [line.partition(" ")[2] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR "))]
        return max((test for test in tests if named and named[-1].startswith(test)), key=len, default="")

    def _run(self, tests: Sequence[str], plain: bool, collect: bool) -> int:
        said = os.open(self.folder / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(self.folder)
        sys.path[:] = [str(self.folder), *(entry for entry in sys.path if entry not in ("", str(ROOT)))]
        for name in [name for name in sys.modules if name.partition(".")[0] in ("tests", "sim")]:
            del sys.modules[name]
        sys.dont_write_bytecode = not collect
        os.environ |= {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        os.environ |= {"XDG_DATA_HOME": str(self.folder / "build" / "data"), "NUMBA_DISABLE_JIT": str(int(plain))}
        options = [f"--rootdir={self.folder}", "--hypothesis-profile=unshrunk", "-x", "-q", "-n", "0"]
        options += ["-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]
        ended = pytest.main([*options, *["--collect-only"] * collect, *tests])
        assert "sim" not in sys.modules or Path(sys.modules["sim"].__file__ or "").is_relative_to(self.folder)
        return int(ended)
