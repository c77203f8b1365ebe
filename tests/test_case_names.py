"""The code knows no case: who makes what, who buys it, on which day and where is data.

A second programme ships beside the first (`halal-ramadan-2028`); what it needs is data and translations only.
"""

import functools
import re
from pathlib import Path

import pytest

from sim.scenario import Scenario
from sim.text.catalogue import read
from tests import golden

ROOT = Path(__file__).parents[1]
# Places, brands, market places, goods, days and classes of the shipped programmes.
NAMES = re.compile(
    r"cibaduyut|brodo|kapal.?api|indomie|tmall|taobao|alibaba|amazon|11\.11|1111|single.?day|black.?friday|china|chinese"
    r"|tiongkok|shoe|sepatu|footwear|known-(at-home|in-china|in-the-region|nationwide)"
    r"|halal|ramadan|sidoarjo|boyolali|kerupuk|fatwa|auditor|gacc|open-store|list-goods|sample-test|export-docs"
    r"|single-day-2018|open-shop",
    re.IGNORECASE,
)
# Where a name may stand, and why.
ALLOWED = {
    "sim/shipped.py": "the scenarios that are meant where nobody names one",
    "sim/text/words.py": "names of stages for a programme that has no titles, and words that keep their capital letter",
    "sim/view/calibration.py": "what the answers to the known case are called in its tables",
}


@functools.cache
def lines_with_names(folder: Path) -> dict[str, list[str]]:
    """Lines of code and style sheets that name something of a shipped programme, by file."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".py", ".js", ".css"}:
            named = [line for line in path.read_text(encoding="utf-8").splitlines() if NAMES.search(line)]
            if named:
                found[path.relative_to(folder.parent).as_posix()] = named
    return found


def test_no_module_names_a_case_but_those_with_a_reason():
    assert lines_with_names(ROOT / "sim").keys() == ALLOWED.keys()


def test_each_exception_is_a_few_lines():
    assert max(len(lines) for lines in lines_with_names(ROOT / "sim").values()) <= 5


def test_a_name_in_the_code_would_be_found(tmp_path: Path):
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim" / "case.py").write_text('if channel == "Tmall":\n    pass\n', encoding="utf-8")
    assert lines_with_names(tmp_path / "sim") == {"sim/case.py": ['if channel == "Tmall":']}


def test_no_text_of_the_page_or_the_commands_names_a_case():
    said = [part for message in read("id") for part in (message.id, message.string) if isinstance(part, str)]
    assert [text for text in said if NAMES.search(text)] == []


@pytest.mark.parametrize("name", golden.SCENARIOS)
def test_what_a_scenario_calls_its_own_parts_is_in_its_data_in_both_languages(name: str):
    scenario = Scenario.load(name)
    named = {f"stage {one.name}": one.title for one in scenario.pathway.stages}
    named |= {f"gate {one.name}": one.title for one in scenario.campaign.gates}
    named |= {f"resource {key}": one.title for key, one in scenario.resources.items()}
    named |= {f"turnover {key}": one.title for key, one in scenario.campaign.turnover.items()}
    named |= {f"class {key}": one.title for key, one in scenario.demand.classes.items()}
    named |= {f"cluster {one.name}": one.title for one in scenario.clusters}
    named |= {"channel": scenario.campaign.channel_title, "campaign": scenario.campaign.title}
    assert [key for key, title in named.items() if not (title.get("id") and title.get("en"))] == []
