"""The notebook that explores says what the package says; it runs once for all that is asked of it."""

import pytest

import sim
from sim.analysis import discovery
from sim.experiment.tornado import uncertain
from sim.text import formats
from tests.test_notebooks import asked

CARRIES = """import json
from sim.view.sensitivity import chart
print(json.dumps({
    "numbers": len(screened), "first": screened.path.iloc[0], "told": bool(screened.told.iloc[0]),
    "examined": sorted(shares.path), "strongest": sorted(screened.path.head(4)), "effect": screened.mu_star.max(),
    "parts": dict(zip(parts.part, parts["share"])), "called": function(),
    "figure": paper.content(chart(parts, scenario, language)).decode(),
}))"""
FAILS = """region = paper.figure(told.with_region(picture, found.boxes[0], language))
print(json.dumps({
    "failed": int(cases.failed.sum()), "count": len(cases.points), "hits": cases.hits.tolist(),
    "paths": [list(one.boxes[0].paths) for one in (found, second)], "method": found.method,
    "density": [one.boxes[0].density for one in (found, second)],
    "regrets": dict(zip(weighing.summary.choice, weighing.summary.max_regret)),
    "shares": float(weighing.shares[0, 0].mean()), "structures": list(weighing.structures),
    "shades": len(region.layout.shapes) - len(picture.layout["shapes"]),
}))"""


@pytest.mark.slow
def test_the_notebook_tells_what_carries_the_answer_when_a_choice_fails_and_which_is_robust(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
    shown, (carries, fails) = asked("explore.ipynb", [CARRIES, FAILS], tmp_path_factory)
    it_carries(shown, carries)
    it_fails(shown, fails)
    it_weighs(fails)


def it_carries(shown, said):
    """Part A: screening, parts of the variance, luck or knowledge, the scenario as a function."""
    assert said["numbers"] == len(uncertain(sim.Scenario.load("cibaduyut-2027")))
    assert (said["first"], said["told"]) == ("finance.working_capital_idr", True)
    assert said["examined"] == said["strongest"]
    assert 0.2 < said["effect"] <= 1
    assert said["figure"].startswith("<?xml")
    expected = sim.simulate(sim.Scenario.load("cibaduyut-2027").set("lead_weeks", 156), replications=10)
    assert said["called"]["share"] == pytest.approx(expected.shares([156])["share"].mean())
    tables = [text for text in shown if "Told from zero" in text]
    assert len(tables) == 3
    assert f"chance alone: {formats.share(said['parts']['chance'], 'en')}" in " ".join(tables[2].split())
    assert "Working capital moves the chance that a brand is ready most" in " ".join(tables[0].split())


def it_fails(shown, said):
    """Part B: little time or little capital is where it fails, by either method."""
    assert any(f"{said['failed']} of {said['count']} cases fail" in text for text in shown)
    assert said["method"] == discovery.default_method()
    assert all({"lead_weeks", "finance.working_capital_idr"} & set(paths) for paths in said["paths"])
    assert min(said["density"]) > 1.2 * said["failed"] / said["count"]
    assert said["shades"] == ("lead_weeks" in said["paths"][0])


def it_weighs(said):
    """Choices against structures, as simulate gives them."""
    scenario = sim.Scenario.load("cibaduyut-2027")
    mean = sim.experiment.simulate(scenario, replications=30).share([scenario.lead_days / 7])["mean"].iloc[0]
    assert said["shares"] == pytest.approx(mean)
    assert said["structures"][0] == "as it is"
    assert min(said["regrets"], key=said["regrets"].__getitem__) == next(iter(said["regrets"]))
    assert max(said["regrets"].values()) > min(said["regrets"].values()) >= 0
