"""What `siap run --json` prints: every field of the interface, strict JSON, lists that fit each other."""

import json
import math
from typing import Any

import numpy as np
import pytest

import sim
from sim import Result, Scenario
from sim.experiment.report import report
from tests.outcomes.small import small

FIELDS = {
    "scenario",
    "scenario_digest",
    "model_version",
    "seed",
    "replications",
    "engine",
    "lead_weeks",
    "share",
    "layers",
    "readiness_weeks",
    "brands_in",
    "binding",
    "event_date",
    "warnings",
}
BANDS = {"mean", "p05", "p50", "p95"}


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def strict(result: Result, **options: Any) -> dict[str, Any]:
    """The report after a way through a strict writer and a strict reader."""
    return json.loads(json.dumps(report(result, **options), allow_nan=False), parse_constant=refuse)


@pytest.fixture(scope="module")
def result() -> Result:
    scenario = small(
        campaign__gates__stock__deadline_days={"central": 30, "low": 10, "high": 90},
        finance__working_capital_idr={"central": 8_500, "low": 5_000, "high": 12_000},
    )
    return sim.simulate(scenario, replications=40, seed=7)


@pytest.fixture(scope="module")
def found(result: Result) -> dict[str, Any]:
    return strict(result)


def test_every_field_of_the_interface_is_there(found: dict[str, Any]):
    assert set(found) >= FIELDS
    assert set(found["share"]) == set(found["layers"]["chance"]) == BANDS


def test_it_says_which_run_it_is_of(found: dict[str, Any], result: Result):
    identity = {key: found[key] for key in ("scenario", "scenario_digest", "seed", "replications", "engine")}
    assert identity == {
        "scenario": "small",
        "scenario_digest": result.scenario.digest,
        "seed": 7,
        "replications": 40,
        "engine": "compiled",
    }
    assert found["event_date"] == "2027-11-11"


def test_every_list_has_one_number_for_each_lead_time(found: dict[str, Any]):
    weeks = found["lead_weeks"]
    assert weeks == sorted(set(weeks))
    assert 20 in weeks  # the scenario's own
    lists = [*found["share"].values(), *found["layers"]["chance"].values(), found["brands_in"]]
    assert [len(numbers) for numbers in lists] == [len(weeks)] * 9


def test_a_lead_time_between_the_usual_ones_is_in_the_list():
    own = strict(sim.simulate(small(lead_weeks=115 / 7), replications=2))
    assert own["own_lead_weeks"] == pytest.approx(115 / 7)
    at = own["lead_weeks"].index(own["own_lead_weeks"])
    assert own["brands_in"][at] == 2  # 115 days are just enough for both
    assert own["share"]["p50"][at] > 0


def test_numbers_of_a_lead_time_stand_in_order_and_are_fractions(found: dict[str, Any]):
    for bands in (found["share"], found["layers"]["chance"]):
        for low, middle, high, mean in zip(*(bands[b] for b in ("p05", "p50", "p95", "mean")), strict=True):
            assert 0 <= low <= middle <= high <= 1
            assert 0 <= mean <= 1
    assert all(0 <= brands <= 2 for brands in found["brands_in"])


def test_readiness_is_by_brand_with_null_where_it_is_infinite(found: dict[str, Any], result: Result):
    assert set(found["readiness_weeks"]) == {"ada", "bima"}
    days = result.mixed.readiness.days
    for number, brand in enumerate(("ada", "bima")):
        row, ordered = found["readiness_weeks"][brand], np.sort(days[:, number]) / 7
        assert set(row) == {"p05", "p50", "p95", "never"}
        assert row["never"] == pytest.approx(np.isinf(ordered).mean())
        # Of 40 values the second is the least that a twentieth do not exceed, the 20th the half, the 38th the rest.
        for quantile, rank in (("p05", 2), ("p50", 20), ("p95", 38)):
            value = ordered[rank - 1]
            assert row[quantile] == (pytest.approx(value) if math.isfinite(value) else None), (brand, quantile)
    assert found["readiness_weeks"]["ada"]["p95"] is None
    assert 0 < found["readiness_weeks"]["ada"]["never"] < 1


def test_what_binds_adds_up_to_one(found: dict[str, Any], result: Result):
    binding = found["binding"]
    assert sum(binding.values()) == pytest.approx(1)
    assert all(0 < share <= 1 for share in binding.values())
    never = np.isinf(result.mixed.readiness.days).any(axis=1).mean()  # the last-ready brand is never ready
    assert binding["cap.working_capital"] == pytest.approx(never)


def test_labels_of_what_binds_are_a_kind_and_a_name(found: dict[str, Any]):
    assert all(label.partition(".")[0] in {"gate", "cap", "stage", "queue"} for label in found["binding"])


def test_a_scenario_in_which_nobody_is_ever_ready_is_strict_json_too():
    nobody = strict(sim.simulate(small(finance__working_capital_idr=0), replications=3))
    assert nobody["readiness_weeks"]["ada"] == {"p05": None, "p50": None, "p95": None, "never": 1}
    assert nobody["binding"] == {"cap.working_capital": 1}
    assert set(nobody["brands_in"]) == {0}
    assert any("no brand is ever ready" in warning for warning in nobody["warnings"])


def test_a_scenario_in_which_nobody_passes_the_test_is_strict_json_too():
    nobody = strict(sim.simulate(small(clusters__ada__makers=0, clusters__bima__makers=0), replications=3))
    assert nobody["ministry"]["workshops_tested"]["mean"] == 0
    assert nobody["ministry"]["programme_idr_per_tested"] == dict.fromkeys(("mean", "p05", "p50", "p95"))


def test_more_than_fifty_brands_are_summarised_unless_all_are_asked_for():
    scenario = small(clusters__ada__makers=40, clusters__bima__makers=20, grouping="workshop", replications=2)
    result = sim.simulate(scenario)
    short, whole = strict(result), strict(result, all_brands=True)
    assert len(result.brands) == 60
    assert len(whole["readiness_weeks"]) == 60
    (name, row), *by_cluster = short["readiness_weeks"].items()
    assert "60" in name
    assert set(row) == {"p05", "p50", "p95", "never"}
    assert [(cluster, of["brands"]) for cluster, of in by_cluster] == [("ada", 40), ("bima", 20)]
    never = sum(of["never"] * of["brands"] for _, of in by_cluster) / 60
    assert row["never"] == pytest.approx(never)
    of_ada = result.readiness[result.readiness.brand.str.startswith("ada")].lead_days / 7
    assert by_cluster[0][1]["p50"] == pytest.approx(of_ada.quantile(0.5, interpolation="lower"))
    assert short["binding"] == whole["binding"]
    assert sum(short["binding"].values()) == pytest.approx(1)


def test_a_summary_of_many_brands_says_null_where_it_is_infinite():
    poor = small(
        clusters__ada__makers=40, clusters__bima__makers=20, grouping="workshop", finance__working_capital_idr=0
    )
    row = next(iter(strict(sim.simulate(poor, replications=2))["readiness_weeks"].values()))
    assert row == {"p05": None, "p50": None, "p95": None, "never": 1}


def test_exactly_fifty_brands_are_told_one_by_one():
    fifty = small(clusters__ada__makers=30, clusters__bima__makers=20, grouping="workshop")
    assert len(strict(sim.simulate(fifty, replications=1))["readiness_weeks"]) == 50


@pytest.mark.parametrize("name", ["cibaduyut-2027", "cibaduyut-2027-items", "amazon-black-friday-2027"])
def test_shipped_scenarios_report_in_strict_json(name: str):
    scenario = Scenario.load(name).set("clusters.cibaduyut.wave", 30)
    report = strict(sim.simulate(scenario, replications=4))
    assert set(report) >= FIELDS
    assert report["scenario"] == name
    assert sum(report["binding"].values()) == pytest.approx(1)


def test_many_one_by_one_and_eight_clusters_report_in_strict_json():
    for name, wave, brands in (("cibaduyut-one-by-one", 60, 60), ("eight-clusters-2027", 8, 8)):
        scenario = Scenario.load(name)
        for cluster in scenario.clusters:
            scenario = scenario.set(f"clusters.{cluster.name}.wave", wave)
        result = sim.simulate(scenario, replications=2)
        found = strict(result)
        assert len(result.brands) == brands
        assert len(found["readiness_weeks"]) == (1 if brands > 50 else brands)
        assert sum(found["binding"].values()) == pytest.approx(1)


def test_equal_runs_print_equal_reports(result: Result, found: dict[str, Any]):
    again = sim.simulate(result.scenario, replications=40, seed=7)
    assert strict(again) == found
    other = strict(sim.simulate(result.scenario, replications=40, seed=8))
    assert other["seed"] == 8
    assert other["scenario_digest"] == found["scenario_digest"]
    assert other["readiness_weeks"] != found["readiness_weeks"]


def test_few_replications_and_assumed_demand_are_warned_of(found: dict[str, Any]):
    assert any("replications" in warning for warning in found["warnings"])
    assert any("demand of class unknown is an assumption;" in warning for warning in found["warnings"])
    unknown = sim.Scenario.load("cibaduyut-2027").set("demand.brand_class", "unknown")
    told = strict(sim.simulate(unknown, replications=1))["warnings"]
    assert any("an assumption (see E815, E836, E814); it carries" in warning for warning in told)
    many = strict(sim.simulate(small(), replications=100))
    assert not any("rough" in warning for warning in many["warnings"])


def test_a_store_dated_after_the_start_is_warned_of():
    ada = "clusters.ada.before_start_dates"
    dated = small().set(ada, {"open-store": "2027-10-01"})
    assert any("2027-10-01" in warning for warning in strict(sim.simulate(dated, replications=1))["warnings"])
    before = small().set(ada, {"open-store": "2020-10-01"})
    assert not any("ada passed" in warning for warning in strict(sim.simulate(before, replications=1))["warnings"])
