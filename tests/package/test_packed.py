"""The package that a page offers: the very one that the command writes, and no weight before it is asked for."""

import importlib
import subprocess
import sys

import pytest

import sim
from sim.package.packed import NEEDED, packed
from sim.package.verify import verify


def test_the_packed_run_is_a_package_that_verifies(tmp_path):
    done = []
    path = tmp_path / "page.zip"
    path.write_bytes(packed(sim.simulate("cibaduyut-2027", replications=2), lambda *step: done.append(step)))
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert verify(path).state == "same"


def test_nothing_that_writes_packages_is_imported_before_one_is_asked_for():
    heavy = [*NEEDED, "sim.package.writing", "sim.package.tables"]
    ask = f"import sys, sim.package.packed; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout == "[]\n"


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_not_installed_is_named_with_what_installs_it(monkeypatch, name):
    known = importlib.import_module

    def missing(asked):
        if asked == name:
            raise ModuleNotFoundError(asked)
        return known(asked)

    monkeypatch.setattr("sim.experiment.extra.importlib.import_module", missing)
    with pytest.raises(sim.BadInput, match=r"export: needs .*; pip install 'siap\[export\]'"):
        packed(None)
