"""Data flows one way: programme → engine → outcomes → experiment → store and view → notebooks. Read with ast."""

import ast
import functools
import graphlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    ".".join(p.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): p
    for p in (ROOT / "sim").rglob("*.py")
}
BASE = {"sim.errors", "sim.value", "sim.streams", "sim.philox", "sim.loops", "sim.shipped"}
# A part may import the parts named here, the base, and itself.
ALLOWED = {
    "sim.programme": set(),
    "sim.engine": {"sim.programme"},
    "sim.scenario": {"sim.programme"},
    "sim.outcomes": {"sim.programme", "sim.engine", "sim.scenario"},
    "sim.experiment": {"sim.programme", "sim.engine", "sim.scenario", "sim.outcomes"},
    "sim.text": {"sim.programme", "sim.scenario"},
    "sim.store": {"sim.programme", "sim.scenario", "sim.outcomes", "sim.experiment"},
    "sim.sweeps": {"sim.scenario", "sim.outcomes", "sim.experiment", "sim.store"},
    "sim.package": {
        "sim.programme",
        "sim.scenario",
        "sim.outcomes",
        "sim.experiment",
        "sim.store",
        "sim.sweeps",
        "sim.text",
        "sim.view",
    },
    "sim.analysis": {"sim.programme", "sim.scenario", "sim.outcomes", "sim.experiment", "sim.store", "sim.sweeps"},
    "sim.view": {
        "sim.programme",
        "sim.engine",
        "sim.scenario",
        "sim.outcomes",
        "sim.experiment",
        "sim.store",
        "sim.sweeps",
        "sim.analysis",
        "sim.text",
    },
}
# Libraries that only these modules may import.
ONLY = {
    "simpy": {"sim.engine.reference"},
    "numba": {"sim.loops"},
    "yaml": {"sim.scenario.documents"},
    "openpyxl": {"sim.scenario.sheets"},
    "pyarrow": {"sim.store", "sim.sweeps", "sim.package"},
    "duckdb": {"sim.store"},
    "platformdirs": {"sim.store"},
    "loky": {"sim.sweeps"},
    "distributed": set(),  # an extra, imported by name where an address is given
    # extras, imported by name where they are needed
    "SALib": set(),
    "ema_workbench": set(),
    "matplotlib": set(),
    "optuna": set(),
    "sklearn": set(),
    "typer": {"sim.cli"},
    "rich": {"sim.cli", "sim.view.terminal"},
    "babel": {"sim.text"},
    "plotly": {"sim.view"},
    "ipywidgets": {"sim.view"},
    "anywidget": {"sim.view"},
    "segno": {"sim.view.sharing"},
    "random": set(),
}


@functools.cache
def imports(module: str) -> frozenset[str]:
    """Every module that a module imports, anywhere in it."""
    found: set[str] = set()
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    typing_only = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
    skipped = {id(inner) for block in typing_only for inner in ast.walk(block)}
    for node in (n for n in ast.walk(tree) if id(n) not in skipped):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            found |= {
                f"{node.module}.{a.name}" if f"{node.module}.{a.name}" in MODULES else str(node.module)
                for a in node.names
            }
    return frozenset(found)


def part(module: str) -> str:
    return ".".join(module.split(".")[:2])


def test_there_are_modules_to_read():
    assert len(MODULES) > 30


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) in ALLOWED])
def test_a_module_imports_only_what_lies_before_it(module):
    ours = {i for i in imports(module) if i == "sim" or i.startswith("sim.")}
    allowed = ALLOWED[part(module)] | {part(module)}
    assert {i for i in ours if part(i) not in allowed and i not in BASE} == set()


def test_of_the_packages_only_their_figures_know_the_page():
    users = {m for m in MODULES if part(m) == "sim.package" and any(part(i) == "sim.view" for i in imports(m))}
    assert users == {"sim.package.figures"}


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_imported_only_where_its_work_is_done(library):
    users = {m for m in MODULES if any(i.split(".")[0] == library for i in imports(m))}
    assert {m for m in users if m not in ONLY[library] and part(m) not in ONLY[library]} == set()


def test_the_base_knows_nothing_of_the_model():
    assert all(i in BASE for m in BASE for i in imports(m) if i.startswith("sim"))


def test_no_module_imports_in_a_circle():
    # `Scenario.load` reaches the seed folder through one import inside a function: the core's only door to files.
    graph = {m: {i for i in imports(m) if i in MODULES and i != m} for m in MODULES}
    graph["sim.scenario.scenario"] -= {"sim.scenario.seeds"}
    graph = {m: {i for i in before if MODULES[i].name != "__init__.py"} for m, before in graph.items()}
    assert len(list(graphlib.TopologicalSorter(graph).static_order())) >= len(graph)


def test_the_core_reads_no_clock():
    core = [m for m in MODULES if part(m) in ("sim.programme", "sim.engine", "sim.outcomes", "sim.scenario")]
    clock = re.compile(r"\btime\.time\b|\.today\(|\.now\(\)|utcnow|perf_counter|monotonic\(")
    assert [m for m in core if clock.search(MODULES[m].read_text(encoding="utf-8"))] == []
