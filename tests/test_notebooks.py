"""Notebooks are thin, and what they show is what the package says."""

import json
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import sim

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CELLS, MOST_LINES = 12, 10
REPLICATIONS = 6


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert [path.name for path in NOTEBOOKS if path.name == "plan.ipynb"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_thin_and_defines_nothing(path):
    cells = code(path)
    assert len(cells) <= MOST_CELLS
    assert [cell for cell in cells if len(cell.splitlines()) > MOST_LINES] == []
    words = [line.split()[0] for cell in cells for line in cell.splitlines() if line.split()]
    assert {"def", "class", "async", "lambda"} & set(words) == set()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_for_any_python_3_has_a_title_and_begins_in_indonesian(path):
    notebook = read(path)
    assert notebook.metadata.kernelspec.name == "python3"
    assert notebook.metadata.title
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert "*" in first.source  # the English line under it


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """What the planner's notebook shows, asked in its own kernel after it has run from top to bottom."""
    notebook = read(FOLDER / "plan.ipynb")
    ask = """import json
shown = planner.session.settle(300)
week = planner.setting.week
print(json.dumps({
    "week": week, "replications": shown.reading.result.replications, "scenario": shown.scenario.digest,
    "share": dict(shown.reading.at(156)["share"]), "ready": shown.reading.chance_of(None, 156),
    "holding": shown.reading.holding.to_dict(), "language": planner.setting.language,
}))"""
    painted = """print(json.dumps({
    "sentence": planner.board.share.sentence.value, "answer": planner._answer.value,
    "ready": float(planner.board.readiness.chart.data[1].y[156]),
}))"""
    notebook.cells += [nbformat.v4.new_code_cell(ask), nbformat.v4.new_code_cell(painted)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_REPLICATIONS", str(REPLICATIONS))
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    return [json.loads("".join(out.text for out in cell.outputs if "text" in out)) for cell in notebook.cells[-2:]]


def test_the_planners_notebook_shows_the_reference_as_simulate_gives_it(planned):
    said, _page = planned
    expected = sim.simulate("cibaduyut-2027", replications=REPLICATIONS)
    assert (said["week"], said["replications"], said["language"]) == (49, REPLICATIONS, "id")
    assert said["scenario"] == sim.Scenario.load("cibaduyut-2027").digest
    assert said["share"] == pytest.approx(expected.share([156]).iloc[0].to_dict())
    assert said["ready"] == pytest.approx(expected.probability_ready([156]).iloc[0, 0])
    assert said["holding"] == pytest.approx(expected.binding().to_dict())


def test_the_planners_page_was_painted_with_those_numbers(planned):
    said, page = planned
    assert page["ready"] == pytest.approx(said["ready"])
    assert "49\N{NO-BREAK SPACE}minggu" in page["sentence"]
    assert "siap-answer" in page["answer"]
