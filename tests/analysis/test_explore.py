"""The notebook that asks when a choice fails says what the package says."""

from typing import Any

import pytest

import sim
from sim.analysis import discovery
from tests.test_notebooks import asked

ASK = """import json
region = told.figure(told.with_region(picture, found.boxes[0], language))
print(json.dumps({
    "failed": int(cases.failed.sum()), "count": len(cases.points), "hits": cases.hits.tolist(),
    "paths": [list(one.boxes[0].paths) for one in (found, second)], "method": found.method,
    "density": [one.boxes[0].density for one in (found, second)],
    "regrets": dict(zip(weighing.summary.choice, weighing.summary.max_regret)),
    "shares": float(weighing.shares[0, 0].mean()), "structures": list(weighing.structures),
    "shades": len(region.layout.shapes) - len(picture.layout["shapes"]),
}))"""


@pytest.fixture(scope="module")
def explored(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
        shown, (said,) = asked("explore.ipynb", [ASK], tmp_path_factory)
    return shown, said


def test_the_notebook_finds_that_little_time_or_little_capital_is_where_it_fails_by_either_method(explored):
    shown, said = explored
    assert any(f"{said['failed']} of {said['count']} cases fail" in text for text in shown)
    assert said["method"] == discovery.default_method()
    assert all({"lead_weeks", "finance.working_capital_idr"} & set(paths) for paths in said["paths"])
    assert min(said["density"]) > 1.2 * said["failed"] / said["count"]
    assert said["shades"] == ("lead_weeks" in said["paths"][0])


def test_the_notebook_weighs_choices_as_simulate_gives_them(explored):
    _shown, said = explored
    scenario = sim.Scenario.load("cibaduyut-2027")
    mean = sim.experiment.simulate(scenario, replications=30).share([scenario.lead_days / 7])["mean"].iloc[0]
    assert said["shares"] == pytest.approx(mean)
    assert said["structures"][0] == "as it is"
    assert min(said["regrets"], key=said["regrets"].__getitem__) == next(iter(said["regrets"]))
    assert max(said["regrets"].values()) > min(said["regrets"].values()) >= 0
