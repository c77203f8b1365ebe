"""The repository itself: environment, notebooks, style, and what a commit must not hold."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def direct_requirements() -> list[Requirement]:
    """All that pyproject.toml asks for by name."""
    project = PROJECT["project"]
    groups = [project["dependencies"], *project.get("optional-dependencies", {}).values()]
    return [Requirement(line) for group in [*groups, PROJECT["dependency-groups"]["dev"]] for line in group]


def locked() -> dict[str, list[str]]:
    """Versions that the lock pins, by package; there can be one for each system or Python."""
    versions: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", LOCK, re.MULTILINE):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


def files() -> Iterator[Path]:
    """Every file of the checkout that is ours: what tools make lies in hidden folders, or in these."""
    made = {"__pycache__", "build", "dist"}
    for path in ROOT.rglob("*"):
        folders = path.relative_to(ROOT).parts[:-1]
        hidden = any(part.startswith(".") and part != ".ci" for part in folders)
        # Where a repository has several working trees, `.git` is a file that names the machine's folders.
        if path.is_file() and path.name != ".git" and not hidden and made.isdisjoint(folders):
            yield path


def test_every_dependency_is_locked_within_the_bounds_that_the_project_sets():
    versions = locked()
    wrong = [
        str(wanted)
        for wanted in direct_requirements()
        if not (pinned := versions.get(canonicalize_name(wanted.name)))
        or not all(wanted.specifier.contains(version) for version in pinned)
    ]
    assert wrong == [], "the lock is older than pyproject.toml: make lock"


def test_every_locked_package_has_its_hashes_and_the_lock_names_no_address():
    packages = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert re.findall(r"\S*(?:://|^--|^-)\S*", LOCK, re.MULTILINE) == []


def test_conda_users_get_the_python_and_the_packages_that_make_installs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    floor = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert environment["name"] == PROJECT["project"]["name"]
    assert environment["dependencies"] == [f"python={floor}", "pip", {"pip": ["-r requirements.lock"]}]


@pytest.mark.parametrize("file", ["environment.yml", "Makefile"])
def test_the_project_itself_is_installed_in_the_same_way_by(file):
    assert "--no-deps --no-build-isolation -e ." in (ROOT / file).read_text(encoding="utf-8")


def test_the_makefile_has_every_target_that_the_documents_name():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets >= {"lab", "app", "test", "test-slow", "trials", "bench", "lint", "lock", "clean"}


def test_the_citation_names_the_version_of_the_project():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == PROJECT["project"]["version"]


@pytest.mark.parametrize("tool", ["ruff format --check", "ruff check", "mypy"])
def test_the_tree_is_clean_for(tool):
    done = subprocess.run([sys.executable, "-m", *tool.split()], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(done.stdout + done.stderr, pytrace=False)  # the tool's own words say it best


def test_notebooks_are_stored_without_outputs():
    executed = []
    for path in (ROOT / "notebooks").rglob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        if "widgets" in notebook["metadata"] or any(cell["outputs"] or cell["execution_count"] for cell in code):
            executed.append(path.name)
    assert executed == [], "strip them: .venv/bin/python -m nbstripout notebooks/*.ipynb"


def test_no_file_names_a_registry_or_a_folder_of_the_machine_it_was_written_on():
    # Put together here, so that this file does not hold what it looks for.
    hosts = "|".join(
        [r"pypi\." + "org", "python" + "hosted", "registry" + r"\.npm", r"deb\." + "debian", "ana" + r"conda\.org"]
    )
    folders = "|".join(["/" + "(?:work|farm)" + r"/[.\w]", "/" + "root" + "/", "/" + r"home/\w"])
    settings = "index" + "-url|find" + r"-links\b"
    unwanted = re.compile(f"{hosts}|{folders}|{settings}".encode())
    found = [
        f"{path.relative_to(ROOT)}: {match[0]!r}" for path in files() for match in unwanted.finditer(path.read_bytes())
    ]
    assert found == []


def test_the_wheel_holds_the_package_the_seeds_and_the_notebooks(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(zipfile.ZipFile(wheel).namelist())
    homes = {"sim": "sim", "seeds": "sim/seeds", "notebooks": "sim/notebooks"}
    expected = {
        path.relative_to(ROOT).as_posix().replace(folder, home, 1)
        for path in files()
        for folder, home in homes.items()
        if path.relative_to(ROOT).parts[0] == folder
    }
    assert expected - packed == set()


def test_the_name_of_every_test_is_a_sentence_of_at_least_four_words():
    named = [
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def test_(\w+)\(", path.read_text("utf-8"))
    ]
    assert len(named) > 1_000
    assert [name for name in named if len(name.split("_")) < 4] == []
