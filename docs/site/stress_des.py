"""The page docs/stress-des.md: the checklist as it comes with every package, with what its authors answer.

``python docs/site/stress_des.py`` writes it; a test asks that it is in step with the scenario and the answers.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from pathlib import Path
from typing import Any

import yaml

from sim.package.stress import checklist
from sim.scenario import Scenario

DOCS = Path(__file__).parents[1]
PAGE, ANSWERS = DOCS / "stress-des.md", DOCS / "site" / "stress-des-answers.yaml"
HEAD = """\
# STRESS-DES

The checklist for reports of discrete-event simulations (Monks, Currie, Onggo, Robinson, Kunc and Taylor 2019,
*Strengthening the reporting of empirical simulation studies*), for the reference scenario `cibaduyut-2027`.
Made by `docs/site/stress_des.py` from the scenario, by the same means as the checklist in a
[research package](packages.md), and from the authors' answers in `docs/site/stress-des-answers.yaml`.
"""


@dataclasses.dataclass(frozen=True)
class Planned:
    """A run as the checklist speaks of it; nothing of it depends on what comes out."""

    scenario: Scenario
    replications: int
    seed: int
    engine: str = "compiled"


def page() -> str:
    """The whole page in Markdown."""
    scenario = Scenario.load("cibaduyut-2027")
    answers: dict[str, str] = yaml.safe_load(ANSWERS.read_text(encoding="utf-8"))
    nowhere = {"python": "", "libraries": {}, "platform": "", "cores": 0}  # the authors answer for these
    run: Any = Planned(scenario, scenario.replications, scenario.seed)
    items = checklist([run], nowhere)
    texts = [f"## {item.number} {item.title}\n\n{answers.get(item.number) or within(item.text)}" for item in items]
    return f"{HEAD}\n" + "\n\n".join(text.strip() for text in texts) + "\n"


def within(text: str) -> str:
    """A text of its own as part of a section: headings lower, lists below numbers of two digits far enough in."""
    lower = re.sub(r"^(#+) ", r"##\1 ", text, flags=re.MULTILINE)
    return re.sub(r"^   - ", "    - ", lower, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name} is written.\n")
