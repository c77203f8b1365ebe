"""`siap calibrate` and its notebook say what the functions find."""

import json
from pathlib import Path

import pytest

from sim import cli
from tests.test_notebooks import asked

pytestmark = pytest.mark.usefixtures("no_word_of_compiling")

SMALL = ["calibrate", "--draws", "2000", "--language", "en"]


def said(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        cli.main([*SMALL, *more])
    return (left.value.code, *capsys.readouterr())


def test_the_command_says_writes_and_draws_what_was_learnt_and_whether_it_was_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    label = ("--label", "cibaduyut-2027", "--replications", "100", "--information")
    files = ("--json", str(tmp_path / "found.json"), "--figure", str(tmp_path / "causes.svg"))
    code, out, err = said(capsys, *label, *files)
    assert (code, err) == (0, "")
    assert "</svg>" in (tmp_path / "causes.svg").read_text("utf-8")
    for part in ("told something about 1", "lies within", "A year more would have brought", "Twice the stock"):
        assert part in " ".join(out.split())
    found = json.loads((tmp_path / "found.json").read_text("utf-8"))
    assert found["predictive_idr"]["p05"] < found["stated_idr"] < found["predictive_idr"]["p95"]
    assert found["learnt"]["told"].count(True) == 1
    assert found["causes"]["name"][:2] == ["as-it-was", "a-year-more"]
    assert set(found["label"]["moves"]["name"]) == {"time", "coaching", "capital", "marketing", "fame"}
    assert found["label"]["information"]["perfect_idr"] >= 0


@pytest.mark.parametrize(
    ("more", "line"),
    [
        (("--error", "0"), "error: must be above 0"),
        (("cibaduyut-2027",), "must be one that is fitted"),
        (("--information",), "--information: needs a label"),
        (("--label", "nowhere"), "nowhere"),
        (("--draws", "0"), "replications"),
        (("--figure", "x.png"), "--figure: must end in"),
        (("--replications", "9"), "--replications: is for a label"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_one_line(capsys: pytest.CaptureFixture[str], more: tuple, line: str):
    code, out, err = said(capsys, *more)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
    assert line in err


@pytest.mark.slow
def test_the_notebook_says_what_2018_teaches_and_that_time_is_not_all(tmp_path_factory: pytest.TempPathFactory):
    ask = """import json
from pathlib import Path
late = moves[moves["lead_weeks"] == 208].set_index("name")
print(json.dumps({
    "told": case.weighed.learnt.query("told")["path"].tolist(), "stated": case.weighed.stated,
    "recovered": [recovered.low, recovered.high], "predictive": seen.ends(case.predictive_idr),
    "gains": otherwise.set_index("name")["gain_idr"].to_dict(), "verdicts": late["verdict"].to_dict(),
    "time": late.loc["time", ["gain_idr_low", "gain_idr_high"]].tolist(), "best": as_it_is.choice.best,
    "first": numbers.loc[0, "path"],
}))"""
    shown, (found,) = asked("calibrate.ipynb", [ask], tmp_path_factory)
    assert found["told"] == ["demand.classes.known-in-china.median_rmb"]
    assert found["recovered"][0] <= 0.9 <= found["recovered"][1]
    assert found["predictive"]["p05"] < found["stated"] < found["predictive"]["p95"]
    gains = found["gains"]
    assert gains["a-year-more"] == pytest.approx(0.25 * found["predictive"]["p50"], rel=0.25)  # as the last cell says
    assert gains["twice-the-stock"] == pytest.approx(0.48 * found["predictive"]["p50"], rel=0.25)
    assert (found["verdicts"]["time"], found["verdicts"]["fame"], found["verdicts"]["marketing"]) == (
        "open",
        "more",
        "more",
    )
    assert found["time"][0] < 0 < found["time"][1]
    assert found["best"] == 0
    assert found["first"] == "finance.working_capital_idr"
    read = " ".join(" ".join(shown).split())
    for part in ("told something about 1", "lies within", "A year more would have brought", "No: more time then"):
        assert part in read
