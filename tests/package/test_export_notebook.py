"""The notebook of packages writes one that holds what was simulated."""

import pytest

import sim
from tests.test_notebooks import asked


@pytest.mark.slow
def test_the_notebook_of_packages_writes_one_and_looks_into_it(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIAP_STORE", str(tmp_path_factory.mktemp("store")))
    ask = """import json
share = summary.query("outcome == 'share' and lead_weeks == 156").iloc[0]
print(json.dumps({"names": names, "mean": share["mean"], "gaps": checklist.split("## ")[0].count("- ")}))"""
    _shown, (said,) = asked("export.ipynb", [ask], tmp_path_factory)
    assert {"package.json", "datapackage.json", "ro-crate-metadata.json", "workbook.xlsx"} <= set(said["names"])
    expected = sim.experiment.simulate("cibaduyut-2027", 50).share([156])["mean"].iloc[0]
    assert said["mean"] == pytest.approx(expected)
    assert said["gaps"] >= 4
