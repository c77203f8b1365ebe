"""The wheel outside a checkout: installed into an environment of its own, it finds its seeds and its notebooks."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from sim.scenario import Scenario

ROOT = Path(__file__).parents[1]
SETTINGS = ("SIAP_SEEDS", "SIAP_LANGUAGE", "PYTHONPATH")
ASKED = """
import json, os, sim
from sim import serve
from sim.scenario import evidence, scenario_names, shipped_root
scenario = sim.Scenario.load("cibaduyut-2027")
answer = {
    "package": sim.__file__,
    "seeds": str(shipped_root()),
    "names": scenario_names(),
    "digest": scenario.digest,
    "rows": len(evidence()),
    "ready": sim.simulate(scenario, replications=2).readiness["lead_days"].tolist(),
    "notebooks": str(serve.notebooks()),
}
print(json.dumps(answer))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as it is built from the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Path:
    """Folder of the commands of an environment that has the wheel, and the present one's libraries but not its Siap."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    (commands,) = (path for path in (tmp_path / "env").iterdir() if path.name in ("bin", "Scripts"))
    python = commands / Path(sys.executable).name
    install = [sys.executable, "-m", "uv", "pip", "install", "-q", "--offline", "--no-deps", "--python", python, wheel]
    subprocess.run(install, check=True, capture_output=True)
    (package,) = (tmp_path / "env").rglob("sim/__init__.py")
    # A path in a .pth file is only searched; the .pth files in it, which lead to the checkout, are not read.
    (package.parents[1] / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return commands


def test_the_wheel_works_outside_a_checkout(installed: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    env = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    env["NUMBA_DISABLE_JIT"] = "1"  # the loops of a new place would be compiled for half a minute, and say the same

    def run(*command: str | Path) -> str:
        return subprocess.run(command, cwd=elsewhere, env=env, check=True, capture_output=True, text=True).stdout

    found = json.loads(run(installed / Path(sys.executable).name, "-c", ASKED))
    home = Path(found["package"]).parent
    assert home.is_relative_to(tmp_path)
    assert Path(found["seeds"]) == home / "seeds"
    assert found["names"] == sorted(path.stem for path in (ROOT / "seeds" / "scenarios").glob("*.yaml"))
    assert found["rows"] > 200
    assert found["digest"] == Scenario.load(ROOT / "seeds" / "scenarios" / "cibaduyut-2027.yaml").digest
    assert len(found["ready"]) == 2

    listed = run(installed / "siap", "scenarios", "--language", "en")
    assert [name for name in found["names"] if f" {name} " not in listed] == []

    # Notebooks may be edited, so an installed package gives a copy, in the folder where it was asked for.
    copies = {path.name for path in (elsewhere / "siap-notebooks").iterdir()}
    assert Path(found["notebooks"]) == elsewhere / "siap-notebooks"
    assert copies == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


def test_the_wheel_brings_its_licence_and_the_settings_of_jupyterlab(wheel: Path):
    packed = zipfile.ZipFile(wheel).namelist()
    assert [name for name in packed if name.endswith("licenses/LICENSE")] != []
    assert [name for name in packed if name.endswith("share/jupyter/lab/settings/overrides.d/siap.json")] != []
    assert [name for name in packed if "__pycache__" in name or name.startswith(("tests", "docs"))] == []
