"""docs/stress-des.md: the checklist of the reference scenario, answered and in step with it."""

import runpy

import yaml

from sim.package.stress import OPEN
from tests.pages import ROOT

MAKER = runpy.run_path(str(ROOT / "docs" / "site" / "stress_des.py"))
PAGE = (ROOT / "docs" / "stress-des.md").read_text(encoding="utf-8")


def test_the_page_is_what_scenario_and_answers_make():
    assert MAKER["page"]() == PAGE, "python docs/site/stress_des.py writes it anew"


def test_every_answer_is_in_the_page():
    answers = yaml.safe_load((ROOT / "docs" / "site" / "stress-des-answers.yaml").read_text(encoding="utf-8"))
    assert [number for number, text in answers.items() if f"## {number} " not in PAGE or text.strip() not in PAGE] == []


def test_no_item_is_left_for_the_authors():
    assert OPEN not in PAGE
    assert PAGE.count("\n## ") == 20
