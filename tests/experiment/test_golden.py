"""The model version changes exactly when numbers do: every shipped scenario gives what its golden file holds."""

import json
import re
from pathlib import Path

import pytest

from sim.experiment import MODEL_VERSION
from tests import golden

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", golden.SCENARIOS)
def test_a_scenario_gives_the_numbers_of_its_golden_file(name: str):
    found = golden.differences(golden.stored(name), golden.golden(name))
    assert found == [], golden.REMEDY


@pytest.mark.parametrize("name", golden.SCENARIOS)
def test_a_golden_file_is_of_this_model_version(name: str):
    assert golden.stored(name)["model_version"] == MODEL_VERSION, "run make golden"


def test_every_golden_file_has_its_scenario():
    assert sorted(path.stem for path in golden.FOLDER.glob("*.json")) == sorted(golden.SCENARIOS)


def test_the_reference_engine_gives_the_same_golden_result_to_the_last_bit():
    assert golden.golden("cibaduyut-2027", "reference") == golden.golden("cibaduyut-2027")


def test_the_changelog_names_the_model_version_under_numbers_change():
    (section,) = re.findall(
        r"### Numbers change\n(.*?)(?=\n##|\Z)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.DOTALL
    )
    assert f"**Model {MODEL_VERSION}**" in section


def test_other_numbers_are_not_written_at_the_same_model_version(tmp_path: Path):
    name = "single-day-2018"
    (tmp_path / f"{name}.json").write_text(golden.path_of(name).read_text("utf-8"), "utf-8")
    assert golden.written(name, tmp_path) == f"{name}: unchanged"
    changed = golden.stored(name)
    changed["cost_idr"]["programme"]["p50"] *= 1.01
    (tmp_path / f"{name}.json").write_text(golden.text_of(changed), "utf-8")
    with pytest.raises(SystemExit, match=r"cost_idr programme p50.*raise MODEL_VERSION"):
        golden.written(name, tmp_path)
    (tmp_path / f"{name}.json").write_text(golden.text_of(changed | {"model_version": "0.0.9"}), "utf-8")
    assert golden.written(name, tmp_path) == f"{name}: written"
    assert json.loads((tmp_path / f"{name}.json").read_text("utf-8")) == golden.stored(name)


def test_a_changed_last_bit_is_seen_where_the_arithmetic_is_the_same():
    before = golden.stored("single-day-2018")
    assert golden.differences(before, before | {"sha256": "0"}) == ["last bits of some replication"]
    assert golden.differences(before, before | {"sha256": "0", "arithmetic": "another"}) == []
