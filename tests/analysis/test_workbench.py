"""The exploratory workbench comes in quietly, and its absence is one line."""

import subprocess
import sys

import pytest

from sim.analysis.workbench import workbench
from sim.errors import BadInput
from sim.experiment import extra

QUIETLY = "from sim.analysis.workbench import workbench; print(workbench('analysis.prim').Prim.__name__)"


@pytest.mark.slow
def test_a_module_of_it_comes_without_a_warning_where_warnings_are_errors():
    done = subprocess.run([sys.executable, "-W", "error", "-c", QUIETLY], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "Prim", "")


def test_where_it_is_not_installed_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    def missing(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(extra.importlib, "import_module", missing)
    with pytest.raises(BadInput, match=r"discovery: needs ema-workbench; pip install 'siap\[discovery\]'"):
        workbench()
