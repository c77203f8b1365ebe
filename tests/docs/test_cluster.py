"""A Dask cluster on one machine, started as the documents say."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import PAGES, Block, blocks

SHOWN = [block for page in PAGES for block in blocks(page) if block.language == "sh" and "dask scheduler" in block.text]


@pytest.mark.slow
@pytest.mark.parametrize("block", SHOWN, ids=lambda block: block.name)
def test_the_dask_cluster_of_a_page_works(block: Block, tmp_path: Path):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    script = block.text.replace("siap sweep", "sleep 5; siap sweep")  # a reader is no faster
    process = subprocess.Popen(
        ["bash", "-c", f"{script}code=$?; kill $(jobs -p); exit $code"],
        env=os.environ | {"PATH": path, "SIAP_STORE": str(tmp_path), "SIAP_LANGUAGE": "en"},
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        out, _err = process.communicate(timeout=240)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0
    assert any(f"cibaduyut-2027: {points} points" in out for points in (2, 4))


def test_the_how_to_shows_it():
    assert "dask.md" in {block.page.name for block in SHOWN}
