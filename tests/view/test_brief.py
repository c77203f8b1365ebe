"""The brief as a file: everything is in it, nothing of it can run but its own script, and it is always the same."""

import base64
import dataclasses
import datetime
import functools
import hashlib
import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import hypothesis
import pytest
from hypothesis import strategies as st

import sim
from sim.experiment.result import MODEL_VERSION
from sim.scenario import evidence
from sim.text import formats
from sim.text.catalogue import LANGUAGES
from sim.view import brief as briefs
from sim.view import compared, dial, exhibits, sources
from sim.view.answer import Setting, main
from sim.view.brief import brief, shown_of
from sim.view.front import front
from sim.view.picture import steps

TODAY = datetime.date(2026, 11, 24)
EVIL = "<script>alert(1)</script>"
FORMULA = '=HYPERLINK("http://elsewhere.example")&\'"><img src=x onerror=alert(2)>'
SPACE = "\N{NO-BREAK SPACE}"


def setting(language="id", week=104, share=None, probability=0.5):
    return Setting(language, week, share, probability, TODAY)


@pytest.fixture(scope="module")
def of_small(shown):
    """The brief of the small scenario in a language; made once, since that takes seconds."""
    return functools.cache(lambda language: brief(shown, setting(language)))


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request, of_small):
    return of_small(request.param), request.param


class Seen(HTMLParser):
    """Every tag with its attributes, and the text outside of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.code: dict[str, str] = {}
        self.said: list[str] = []
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._in = tag if tag in ("script", "style") else ""
        if tag == "script":
            self._in = str(dict(attrs)["type"])

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self._in = ""

    def handle_data(self, data):
        if self._in:
            self.code[self._in] = self.code.get(self._in, "") + data
        else:
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).replace(SPACE, " ").split())

    @property
    def data(self):
        return json.loads(self.code["application/json"])


def spelled(changes):
    """Texts from their steps, as the script reads them."""
    words, found = [], []
    for step in changes:
        if isinstance(step, str):
            words = step.split(" ")
        for i, word in zip(step[::2], step[1::2], strict=True) if isinstance(step, list) else ():
            words[i : i + 1] = [word]
        found.append(" ".join(words))
    return found


# ── what is in it ────────────────────────────────────────────────────────────────────────────────────


def test_it_holds_the_answer_every_exhibit_and_what_it_takes_to_have_it_again(made, shown):
    text, language = made
    seen, chosen = Seen(text), setting(language)
    found = shown.reading.answer(None, 0.5)
    for exhibit in (exhibits.Share(), exhibits.Holding(), exhibits.Readiness(), exhibits.Preparing(), exhibits.Cost()):
        assert exhibit.title(language) in seen.text
        assert exhibit.sentence(shown, chosen).replace(SPACE, " ") in seen.text
    assert main(shown.reading, found, language, TODAY) in seen.text
    assert shown.scenario.digest in seen.text
    assert f" {MODEL_VERSION} " in seen.text
    assert f"--replications {shown.reading.result.replications} --seed {shown.scenario.seed}" in seen.text
    assert html.escape(shown.scenario.text) in text
    assert ("html", {"lang": language}) in seen.tags


def test_it_is_written_in_its_language_and_not_in_the_other(of_small):
    found = {language: Seen(of_small(language)).text for language in LANGUAGES}
    for language, other in (("id", "en"), ("en", "id")):
        for exhibit in (exhibits.Share(), exhibits.Holding(), exhibits.Cost()):
            assert exhibit.title(other) not in found[language]
        assert formats.weeks(104, language) in found[language]
        assert formats.weeks(104, other) not in found[language]


def test_the_dial_of_a_brief_is_that_of_the_page_with_the_same_numbers(made, shown):
    text, language = made
    told = Seen(text).data["dial"]
    chosen = setting(language)
    assert told.pop("value") == 104
    assert told == json.loads(json.dumps(dial.state(shown, shown.reading.answer(None, 0.5), chosen)))
    assert Seen(text).code["module"].startswith(front("dial.js"))


def test_the_sentences_that_the_dial_brings_are_those_of_the_page_for_every_week(made, shown):
    text, language = made
    told = Seen(text).data["sentences"]
    for exhibit in (exhibits.Share(), exhibits.Readiness(), exhibits.Cost()):
        said = spelled(told[exhibit.key])
        assert len(said) == shown.reading.last_week + 1
        for week in (0, 33, 104, 156):
            expected = exhibit.sentence(shown, setting(language, week))
            assert said[week].replace(SPACE, " ") == expected.replace(SPACE, " ")


def test_the_mark_on_the_chart_stands_at_the_week_and_spans_the_range(shown, of_small):
    moves = Seen(of_small("id")).data["moves"]["share"]
    line, span, label = ({name: spelled(values) for name, values in move.items()} for move in moves)
    last = shown.reading.last_week
    places = [float(place.rstrip("%")) for place in line["x1 x2"]]
    assert places == pytest.approx([100 * week / (1.005 * last) for week in range(last + 1)], abs=0.06)
    assert label["text"] == [formats.weeks(week, "id") for week in range(last + 1)]
    heights = [float(y) for y in span["y1"]]
    assert heights == sorted(heights, reverse=True)  # more time never brings less, and up is less on a screen


@hypothesis.given(st.lists(st.text("ab ", max_size=8), min_size=1, max_size=6))
def test_texts_are_told_in_steps_and_come_out_as_they_were(texts):
    assert spelled(steps(texts)) == texts


def test_steps_are_shorter_than_texts_that_differ_little():
    texts = [
        f"With a lead time of {week} weeks nothing is sold in at least 95% of the replications" for week in range(99)
    ]
    assert len(json.dumps(steps(texts))) < 0.25 * len(json.dumps(texts))


def test_every_row_that_the_scenario_names_is_listed_with_its_source(shown, of_small):
    seen = Seen(of_small("en"))
    named = set(re.findall(r"\bE\d{3}\b", shown.scenario.text))
    of_the_case = set(re.findall(r"\bE\d{3}\b", shown.scenario.case.text)) if shown.scenario.case else set()
    listed = {attributes["id"] for tag, attributes in seen.tags if tag == "li" and "id" in attributes}
    assert named - of_the_case <= listed <= set(evidence())
    linked = {str(attributes["href"])[1:] for tag, attributes in seen.tags if str(attributes.get("href"))[0] == "#"}
    assert linked
    assert linked <= listed


def test_the_numbers_of_the_reference_are_counted_as_in_the_documents():
    assert sources.counts(sim.Scenario.load("cibaduyut-2027")) == (39, 47, 64)


def test_an_assumption_stands_with_its_value_and_its_reason(shown):
    text = html.unescape(sources.assumptions(shown.scenario, "en"))
    assert "clusters.cibaduyut.workforce.campaign_share" in text
    assert "pathway.stages.sample-test.passes" in text
    reasons = re.findall(r'<small lang="en">(.+?)</small>', text)
    assert len(reasons) == text.count("<li>")


@pytest.mark.parametrize(
    ("language", "changed"),
    [
        ("en", "Changed: working capital Rp20 billion instead of Rp12.8 billion; access “ordinary” instead of"),
        ("id", "Diubah: modal kerja Rp20 miliar, bukan Rp12,8 miliar; akses “biasa”, bukan"),
    ],
)
def test_a_changed_lever_is_named_with_both_values(language, changed):
    scenario = sim.Scenario.load("cibaduyut-2028").set("finance.working_capital_idr", 2e10)
    assert changed in compared.moved(scenario.set("campaign.access", "ordinary"), language).replace(SPACE, " ")


def test_a_rule_that_starts_to_count_is_named_without_a_value_that_nothing_read_before():
    scenario = sim.Scenario.load("cibaduyut-2028").set("campaign.stock_rule", "items")
    said = compared.moved(scenario, "en")
    assert said == "Changed: stock rule “by number of items” instead of “by value”; items asked for 1,000,000 items."


def test_a_number_that_is_no_lever_is_named_once_however_many_of_its_parts_were_moved():
    scenario = sim.Scenario.load("cibaduyut-2028")
    path = "pathway.stages.join.duration.mean"
    other = scenario.set(path, {"central": 35.0, "low": 14.0, "high": 70.0, "assumption": "As told."})
    said = compared.moved(other, "en")
    assert said == "Changed: how long joining takes 35 days instead of 21 days."


def test_of_very_many_changes_the_rest_is_counted(monkeypatch):
    monkeypatch.setattr(compared, "MOST_MOVED", 1)
    scenario = sim.Scenario.load("cibaduyut-2028").set("finance.working_capital_idr", 2e10)
    scenario = scenario.set("resources.coach.units", 20).set("resources.assessor.units", 5)
    assert compared.moved(scenario, "en") == "Changed: coaches 20 instead of 12; 2 other entries."


def test_where_nothing_was_changed_but_the_lead_time_and_the_seed_nothing_is_said_of_it():
    scenario = sim.Scenario.load("cibaduyut-2028").set("lead_weeks", 30).set("seed", 5)
    assert [compared.moved(scenario, language) for language in LANGUAGES] == ["", ""]
    said = Seen(brief(shown_of(sim.simulate(scenario, replications=10)), setting("en"))).text
    assert "Changed:" not in said


def test_a_scenario_of_ones_own_is_not_measured_against_any_other(small):
    assert compared.moved(small, "en")
    assert compared.moved(small.set("name", "own"), "en") == ""


def test_a_name_in_what_was_changed_stays_text(small):
    other = list(small.demand.classes)[-1]
    scenario = small.set(f"demand.classes.{other}.title", {"en": EVIL}).set("demand.brand_class", other)
    text = brief(shown_of(sim.simulate(scenario, replications=10)), setting("en"))
    assert f"brand class {EVIL} instead of “brand known at home”" in Seen(text).text
    assert EVIL not in text


# ── how large, and always the same ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("eight-clusters-2027", "id"),
        *(
            pytest.param(name, language, marks=pytest.mark.slow)
            for name in ("cibaduyut-2027", "eight-clusters-2027", "single-day-2018", "amazon-black-friday-2027")
            for language in LANGUAGES
            if (name, language) != ("eight-clusters-2027", "id")
        ),
    ],
)
def test_it_is_small_enough_to_be_sent(name, language):
    shown = shown_of(sim.simulate(name, replications=30))
    assert len(brief(shown, setting(language, 52)).encode()) <= 500_000


def test_one_that_would_be_too_large_is_refused(shown, monkeypatch):
    monkeypatch.setattr(briefs, "MOST_BYTES", 100_000)
    with pytest.raises(sim.BadInput, match="more than 100,000 bytes"):
        brief(shown, setting())


def test_the_same_scenario_seed_and_day_give_the_same_bytes_also_from_the_file_that_is_in_it(small, tmp_path):
    chosen = setting("en", 49)

    def made(scenario):
        return brief(shown_of(sim.simulate(scenario, replications=10)), chosen)

    first = made(small)
    path = tmp_path / "scenario.yaml"
    path.write_text(html.unescape(first.split('id="siap-scenario">')[1].split("</pre>")[0]), encoding="utf-8")
    assert made(sim.Scenario.load(path)) == first


# ── nothing runs, nothing is fetched ─────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def hostile(small):
    scenario = small.set("name", EVIL).set("title", {"id": EVIL, "en": FORMULA}).set("about", {"id": FORMULA})
    scenario = scenario.set("clusters.cibaduyut.title", {"id": f"</script>{EVIL}", "en": f"<b>{EVIL}</b>"})
    return shown_of(sim.simulate(scenario.set("campaign.title", {"id": f"]]>-->{EVIL}"}), replications=10))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_scenario_is_called_stays_text(hostile, of_small, language):
    text = brief(hostile, setting(language))
    seen, plain = Seen(text), Seen(of_small(language))
    assert {tag for tag, _ in seen.tags} <= {tag for tag, _ in plain.tags}
    assert [tag for tag, _ in seen.tags if tag == "script"] == ["script", "script"]
    assert {
        name for _, attributes in seen.tags for name in attributes if name.startswith("on") or name == "style"
    } == set()
    assert seen.code["module"] == plain.code["module"]
    assert "</" not in seen.code["application/json"]
    assert EVIL in seen.text
    if language == "en":
        assert FORMULA in seen.text


def test_the_policy_lets_only_the_scripts_and_the_style_of_the_file_run(made):
    seen = Seen(made[0])
    (policy,) = (attributes["content"] for _, attributes in seen.tags if attributes.get("http-equiv"))
    rules = dict(rule.strip().split(" ", 1) for rule in str(policy).split(";"))
    assert rules["default-src"] == "'none'"
    for place, code in (("script-src", seen.code["module"]), ("style-src", seen.code["style"])):
        assert rules[place] == f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
    assert set(rules) == {"default-src", "script-src", "style-src", "base-uri", "form-action"}


def test_nothing_in_it_is_fetched_from_anywhere(made):
    seen = Seen(made[0])
    assert not {"link", "img", "iframe", "object", "embed", "form", "base"} & {tag for tag, _ in seen.tags}
    assert not any("src" in attributes or "srcset" in attributes for _, attributes in seen.tags)
    assert "url(" not in seen.code["style"]
    assert "@import" not in seen.code["style"]
    links = {str(attributes["href"]) for tag, attributes in seen.tags if "href" in attributes}
    assert {urlsplit(link).scheme for link in links} <= {"http", "https", ""}


def test_an_address_that_is_none_of_the_web_is_no_link():
    row = {"id": "E000", "parameter": "x", "low": "", "central": "", "high": "", "unit": "qualitative", "year": ""}
    row |= {"source": "somebody", "url": "javascript:alert(1)", "confidence": "low", "audit": "new", "note": EVIL}
    listed = sources.listed({"E000": row}, "en")
    assert "href" not in listed
    assert "<script" not in listed


def test_a_brief_from_a_page_that_has_no_preparation_yet_leaves_it_out(shown):
    bare = dataclasses.replace(shown, preparation=None)
    assert exhibits.Preparing().title("en") not in Seen(brief(bare, setting("en"))).text
