"""What all tests share: who runs which, how Hypothesis searches, and a stand-in for the browser's end of the wire."""

import contextlib
import os
import sys
from typing import Any

import comm
import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# Same examples every time, so that nobody's change fails on another's luck; and no deadline, because the machine may
# be busy. `--hypothesis-profile=search` looks further.
hypothesis.settings.register_profile("everyday", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", max_examples=2_000, deadline=None)
hypothesis.settings.load_profile("everyday")


# Tests start scores of programs; images of containers often forbid to keep what is compiled of Python, and then each of
# them compiles every library anew, which takes longer than most of what is asked of it.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

os.environ["SIAP_STORE"] = "none"  # what one test simulates another must not find; tests of the store set their own


class FilesTogether(LoadScopeScheduling):
    """Tests of a file share one process, thus what it made for all of them; so do all that need a browser.

    These share one Chromium, one server of each kind, and a page.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FilesTogether:
    return FilesTogether(config, log)


class Wire:
    """What a kernel would send to the page, recorded; and what the page would send back."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def move(self, widget: Any, **state: Any) -> None:
        """Do to a widget what its front end does when the user moves it."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        widget._handle_msg({"content": {"data": data}, "buffers": []})

    def create_comm(self, *args: Any, **kwargs: Any) -> comm.base_comm.BaseComm:
        sent = self.sent

        class RecordingComm(comm.base_comm.BaseComm):
            def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any):
                sent.append({"type": msg_type, "comm": self.comm_id, "data": data, "buffers": buffers or []})

        return RecordingComm(*args, **kwargs)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Widgets made in the test talk to this instead of a browser; no kernel is needed."""
    wire = Wire()
    monkeypatch.setattr(comm, "create_comm", wire.create_comm)
    return wire


@pytest.fixture
def no_word_of_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands say must not depend on whether something was compiled before, as it is not on a fresh clone."""
    monkeypatch.setattr("sim.loops.watched", lambda _: contextlib.nullcontext())
