"""Another programme in the same world, halal certificates before Ramadan: no line of code is for it."""

import datetime
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim import cli, store
from sim.programme.quantity import Quantity, quantities
from sim.scenario.documents import read
from sim.scenario.seeds import feasts
from sim.shipped import REFERENCE
from tests import golden

NAME = "halal-ramadan-2028"
SEEDS = Path(__file__).parents[1] / "seeds"
FILES = [
    f"scenarios/{NAME}",
    "campaigns/ramadan-sale-2028",
    "pathways/halal-group",
    "demand/ramadan-sale",
    "clusters/kerupuk-sidoarjo",
    "clusters/abon-boyolali",
]
Siap = Callable[..., str]


@pytest.fixture(scope="module")
def scenario() -> sim.Scenario:
    return sim.Scenario.load(NAME)


@pytest.fixture
def siap(capsys: pytest.CaptureFixture[str], no_word_of_compiling: None) -> Siap:
    """Run a command in this process, and give what it prints."""

    def run(*arguments: object) -> str:
        with pytest.raises(SystemExit) as left:
            cli.main([str(a) for a in arguments])
        said = capsys.readouterr()
        assert left.value.code == 0, said.err
        return said.out

    return run


def test_it_shares_no_stage_resource_gate_class_or_denominator_with_the_reference(scenario: sim.Scenario):
    other = sim.Scenario.load(REFERENCE)

    def names(one: sim.Scenario) -> list[set[str]]:
        stages = {stage.name for stage in one.pathway.stages}
        gates = {gate.name for gate in one.campaign.gates}
        return [stages, set(one.resources), gates, set(one.demand.classes), set(one.campaign.turnover)]

    shared = [ours & theirs for ours, theirs in zip(names(scenario), names(other), strict=True)]
    # Words that any programme has; not one of them is in the code but as the name shown where there is no title.
    assert shared == [{"join", "organise"}, {"laboratory", "content-officer"}, {"goods"}, set(), set()]


def test_it_is_reckoned_in_rupiah_and_comes_by_road(scenario: sim.Scenario):
    assert (scenario.demand.idr_per_rmb, scenario.demand.idr_per_usd) == (None, None)
    assert scenario.campaign.shipping.legs == ("packing", "road", "putaway")
    assert [path for path in quantities(scenario) if path.endswith(("_rmb", "_usd"))] == []


def test_its_day_lies_before_the_ramadan_that_the_calendar_expects(scenario: sim.Scenario):
    (lebaran,) = (f for f in feasts() if f.name == "lebaran" and f.date.year == 2028)
    assert lebaran.expected
    first_fast = lebaran.date - datetime.timedelta(days=30)
    assert scenario.campaign.event_date == first_fast - datetime.timedelta(weeks=2)


def test_the_offices_parts_of_the_statutory_time_make_up_the_whole_of_it(scenario: sim.Scenario):
    stages = {stage.name: stage.duration for stage in scenario.pathway.stages}
    parts: list[Quantity] = [stages[name].mean for name in ("paper-check", "audit", "fatwa", "certificate")]
    for end, days in (("low", 21), ("central", 30), ("high", 40)):  # E410, in working days
        assert sum(getattr(part, end) for part in parts) == pytest.approx(1.4 * days, rel=1e-4)


def test_both_engines_give_one_history_and_one_result(scenario: sim.Scenario):
    compiled, reference = (sim.simulate(scenario, 3, engine=engine) for engine in ("compiled", "reference"))
    for k in range(3):
        assert compiled.history(k).equals(reference.history(k))
    assert golden.digest(compiled) == golden.digest(reference)


def test_meat_goes_to_the_laboratory_and_crackers_do_not(scenario: sim.Scenario):
    history = sim.simulate(scenario, 1).history(0)
    tested = history[history.stage == "laboratory-test"]
    assert set(tested.cluster) == {"abon-boyolali"}


def test_nothing_is_listed_before_a_quarter_is_certified_and_more_auditors_shorten_the_wait(scenario: sim.Scenario):
    few, many = (sim.simulate(scenario.set("resources.auditor.units", n), 20) for n in (1, 22))
    weeks = [one.readiness_weeks().loc["abon-boyolali", "p50"] for one in (few, many)]
    assert weeks[0] > weeks[1] + 4
    history = many.history(0)
    ours = history[history.cluster == "abon-boyolali"]
    listed = ours[ours.stage == "list"].started.iloc[0]
    certified = ours[(ours.stage == "certificate") & (ours.finished <= listed)]
    assert len(certified) >= 1


def test_every_file_of_it_is_checked(siap: Siap):
    said = siap("check", *(SEEDS / f"{name}.yaml" for name in FILES)).splitlines()
    assert [line.split(": ")[1][:2] for line in said] == ["ok"] * len(FILES)
    kinds = [read((SEEDS / f"{name}.yaml").read_text("utf-8"), name)["kind"] for name in FILES]
    assert set(kinds) == {"scenario", "campaign", "pathway", "demand", "cluster"}


def test_run_and_when_answer_in_its_own_words(siap: Siap):
    report = json.loads(siap("run", NAME, "--replications", 20, "--json", "-"))
    assert set(report["readiness_weeks"]) == {"kerupuk-sidoarjo", "abon-boyolali"}
    assert sum(report["binding"].values()) == pytest.approx(1)
    assert report["denominator"] == "packaged-food"
    said = siap("run", NAME, "--replications", 20, "--language", "en")
    assert "Preparing ingredients and papers" in said
    when = siap("when", NAME, "--probability", 0.5, "--replications", 20, "--language", "id")
    assert "Obral jelang Ramadan 2028" in when


def test_brief_export_and_verify_work_on_it(siap: Siap, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path / "store"))
    siap("brief", NAME, "--to", tmp_path / "brief.html", "--replications", 20)
    assert "Penerbitan sertifikat halal" in (tmp_path / "brief.html").read_text("utf-8")
    siap("export", store.run_id(store.simulate(NAME, 5)), "--to", tmp_path / "halal.zip")
    siap("verify", tmp_path / "halal.zip")
    with zipfile.ZipFile(tmp_path / "halal.zip") as package:
        assert any(name.endswith(".yaml") for name in package.namelist())
