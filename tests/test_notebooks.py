"""Notebooks are thin, and what they show is what the package says."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import sim

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
MOST_CELLS, MOST_LINES = 18, 10
REPLICATIONS = 6
REFERENCE = "cibaduyut-2027"


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def code(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "code"]


def test_the_promised_notebooks_are_there():
    assert {"plan.ipynb", "compare.ipynb", "sweep.ipynb"} <= {path.name for path in NOTEBOOKS}


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


def asked(
    name: str, asks: list[str], folders: pytest.TempPathFactory, scenario: str = REFERENCE
) -> tuple[list[str], list[Any]]:
    """What a notebook shows from top to bottom, with this scenario, and what its own kernel then answers."""
    notebook = read(FOLDER / name)
    for cell in notebook.cells:
        cell.source = cell.source.replace(REFERENCE, scenario)
    notebook.cells += [nbformat.v4.new_code_cell(ask) for ask in asks]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_REPLICATIONS", str(REPLICATIONS))
        patch.setenv("IPYTHONDIR", str(folders.mktemp("ipython")))
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(FOLDER)}}).execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = ["".join(o.data.get("text/plain", "") for o in cell.outputs if "data" in o) for cell in cells]
    told = ["".join(out.text for out in cell.outputs if "text" in out) for cell in cells[-len(asks) :]]
    return shown[: -len(asks)], [json.loads(text) for text in told]


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """What the planner's notebook shows, asked in its own kernel after it has run from top to bottom."""
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
    return asked("plan.ipynb", [ask, painted], tmp_path_factory)[1]


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


def test_the_planners_notebook_shows_another_programme_when_it_is_named(tmp_path_factory: pytest.TempPathFactory):
    ask = """import json
shown = planner.session.settle(300)
share = dict(shown.reading.at(58)["share"])
print(json.dumps({"share": share, "answer": planner._answer.value, "week": planner.setting.week}))"""
    _shown, (said,) = asked("plan.ipynb", [ask], tmp_path_factory, "halal-ramadan-2028")
    expected = sim.simulate("halal-ramadan-2028", replications=REPLICATIONS)
    assert said["week"] == 58
    assert said["share"] == pytest.approx(expected.share([58]).iloc[0].to_dict())


def test_the_notebook_of_comparisons_shows_what_is_enough_who_is_better_and_who_is_best(tmp_path_factory):
    ask = """import json
print(json.dumps({
    "chosen": chosen.replications, "states": {one.outcome: one.state for one in chosen.outcomes},
    "relative": chosen.outcomes[0].interval.relative, "seeds": [one.seed for one in results],
    "found": [vars(one) for one in found], "best": vars(best),
}))"""
    (_imports, *shown), (said,) = asked("compare.ipynb", [ask], tmp_path_factory)
    assert said["relative"] <= 0.05
    assert said["states"] == {"share": "reached", "readiness": "constant", "ready": "constant"}
    assert [one["verdict"] for one in said["found"]] == ["more", "more", "less"]
    assert {one["pairs"] for one in said["found"]} == {said["chosen"]}
    assert {one["synchrony"] for one in said["found"]} == {"kept"}
    assert (said["best"]["best"], said["best"]["state"]) == ("single-day-2018-twice-the-stock", "selected")

    names = ["single-day-2018", "single-day-2018-a-year-earlier"]
    (expected,) = sim.compare([sim.simulate(name, said["chosen"], said["seeds"][0]) for name in names])
    assert said["found"][0]["mean"] == pytest.approx(expected.mean)
    assert said["found"][0]["p"] == pytest.approx(expected.p)

    parts = [f"{said['chosen']} ulangan, dipilih"], ["share_mean", "bca", "wilson", "order"], ["menambah", "kurang"]
    wanted = [*parts, ["berpangsa tertinggi"]]
    missing = [part for text, some in zip(shown, wanted, strict=True) for part in some if part not in text]
    assert missing == []


def test_the_notebook_of_sweeps_tells_how_far_it_is_and_shows_every_point(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
    ask = """import json
print(json.dumps({
    "points": [len(one.table) for one in (combined, spread)], "ready": list(combined.table.ready_mean),
    "told": waiting.label.value, "bar": [waiting.bar.value, waiting.bar.max], "store": combined.id,
}))"""
    (_imports, combined, spread), (said,) = asked("sweep.ipynb", [ask], tmp_path_factory)
    assert said["points"] == [9, 16]
    assert (said["told"], said["bar"]) == ("16 dari 16 titik", [16, 16])
    assert said["store"] in combined
    assert "share_mean" in spread
    scenario = sim.Scenario.load("cibaduyut-2027").set("resources.coach.units", 20)
    expected = sim.simulate(scenario, replications=50).probability_ready([52, 104, 156]).iloc[:, 0]
    assert said["ready"][3:6] == pytest.approx(list(expected))


@pytest.mark.slow
def test_the_notebook_of_what_is_best_says_what_reaches_the_target_and_that_another_is_out_of_reach(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
    ask = """import json
print(json.dumps({
    "states": [cheapest.state, out_of_reach.state], "setting": cheapest.setting, "fresh": cheapest.fresh.seed,
    "cost": cheapest.best["programme_idr"], "low": cheapest.best["probability_low"],
    "replications": cheapest.fresh.replications, "front": len(traded.table),
    "points": sum(len(trace.x) for trace in view.trade_off_figure(traded, "en").data),
    "million": million.path.iloc[0], "verdict": million.sales_idr_verdict.iloc[0],
}))"""
    (_imports, offered, best, *_shown), (said,) = asked("optimise.ipynb", [ask], tmp_path_factory)
    assert said["states"] == ["holds", "fails"]
    assert said["low"] >= 0.5
    scenario = sim.Scenario.load("cibaduyut-2027")
    for path, value in said["setting"].items():
        scenario = scenario.set(path, value)
    expected = sim.simulate(scenario, said["replications"], said["fresh"])
    assert said["cost"] == pytest.approx(expected.programme_idr().mean())
    assert said["points"] == said["front"] > 5
    assert (said["million"], said["verdict"]) == ("demand.marketing_idr", "more")
    assert all(part in text for part, text in (("lead_weeks", offered), ("holds", best)))


def test_the_notebook_of_engines_shows_one_history_from_both_and_the_rules_at_work(
    tmp_path_factory: pytest.TempPathFactory,
):
    ask = """import json
print(json.dumps({
    "same": [same, *agree.values(), rounds[0] == rounds[1], retried[0] == retried[1]], "equal": equal,
    "apart": told_apart, "rows": [len(reference), len(compiled)], "tries": int(reference.attempt.max()),
    "lists": float(reference.started[reference.stage == "list"].iloc[0]),
    "tested": sorted(reference.finished[(reference.stage == "test") & reference.passed])[1],
    "small": [float(one.started[1, 1, 0]) for one, _ in served.values()],
    "coached": [float(rounds[0].started[entity, 2, 0]) for entity in (1, 3)],
    "s": [float(day) for day in retried[0].started[1, 1, :3]],
}))"""
    (engines, *_shown), (said,) = asked("engines.ipynb", [ask], tmp_path_factory)
    assert "compiled" in engines
    assert said["same"] == [True] * 5
    assert (said["equal"], said["apart"]) == (100, True)
    assert said["rows"][0] == said["rows"][1] > 12
    assert said["tries"] > 1  # somebody was sent back
    assert said["lists"] == said["tested"]  # the second workshop past the test is what the cluster waits for
    assert said["small"] == [0, 8]
    assert said["coached"] == [0, 5]
    assert said["s"] == [2, 7, 11]
