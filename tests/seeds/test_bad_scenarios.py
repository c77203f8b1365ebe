"""A scenario file that breaks a rule is refused with one line: where it is wrong, which rule, what was received.

Every case is the reference scenario with one change.
"""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.errors import BadInput
from sim.scenario import Scenario
from sim.scenario.documents import read, write

SEEDS = Path(__file__).parents[2] / "seeds"
FILE = "bad.yaml"
GONE = object()
Good = dict[str, Any]
Change = Callable[[Good], str | bytes]


@pytest.fixture(autouse=True)
def these_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAP_SEEDS", str(SEEDS))


@pytest.fixture(scope="module")
def good() -> Good:
    """The reference scenario, every reference resolved, without texts and without the case it is fitted on: short."""
    scenario = Scenario.load(SEEDS / "scenarios" / "cibaduyut-2027.yaml")
    fitted = scenario.set("clusters.cibaduyut.wave", 20).set("demand.classes.known-in-china.median_rmb", 1e7)
    return bare(read(fitted.text, "good")) | {"title": {"en": "Good"}}


def bare(data: Any) -> Any:
    """Plain data without its texts and sources."""
    if isinstance(data, list):
        return [bare(v) for v in data]
    if not isinstance(data, dict):
        return data
    return {key: bare(v) for key, v in data.items() if key not in ("title", "about", "assumption", "row", "case")}


def at(path: str, value: Any = GONE) -> Change:
    """The value at a path replaced, or taken out; members of lists by name, `+` adds one."""

    def change(good: Good) -> str:
        data = copy.deepcopy(good)
        place: Any = data
        *parents, last = path.split(".")
        for part in parents:
            place = next(v for v in place if v["name"] == part) if isinstance(place, list) else place[part]
        if isinstance(place, list):
            place.append(value)
        elif value is GONE:
            del place[last]
        else:
            place[last] = value
        return write(data)

    return change


def twice(path: str) -> Change:
    """The first member of a list twice."""

    def change(good: Good) -> str:
        data = copy.deepcopy(good)
        place: Any = data
        for part in path.split("."):
            place = place[part]
        place.append(place[0])
        return write(data)

    return change


def text(added: str) -> Change:
    """Text added at the end of the file."""
    return lambda good: write(good) + added


def whole(content: str | bytes) -> Change:
    """Another file altogether."""
    return lambda good: content


def short(**parts: Any) -> Change:
    """A scenario that starts from the reference and says little more."""
    head = {"schema_version": 2, "kind": "scenario", "name": "bad", "seed": 1}
    return whole(write(head | {"base": "cibaduyut-2027"} | parts))


def dates(written: str) -> Change:
    """The event's date as it stands in the text."""
    return lambda good: write(good).replace("event_date: 2027-11-11", f"event_date: {written}")


BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}, *a{i}]\n" for i in range(30))
DURATION = "pathway.stages.join.duration"

# What is changed, and what the line must contain: where, the rule, what was received or what to do.
CASES: dict[str, tuple[Change, list[str]]] = {
    # ── the text ──
    "empty": (whole(""), ["mapping", "None"]),
    "only-a-comment": (whole("# nothing\n"), ["mapping", "None"]),
    "a-list": (whole("- name: x\n"), ["mapping", "[{"]),
    "a-sentence": (whole("sepatu Cibaduyut"), ["mapping", "'sepatu Cibaduyut'"]),
    "not-utf-8": (whole(b"name: \xff\xfe\x80\n"), ["no text in UTF-8"]),
    "a-picture": (whole(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), ["no text in UTF-8"]),
    "a-control-character": (text("x: \x01\n"), ["YAML"]),
    "unclosed-bracket": (text("x: [1, 2\n"), ["line", "YAML"]),
    "tab-as-indentation": (text("x:\n\ty: 1\n"), ["line", "YAML"]),
    "two-documents": (text("---\nname: other\n"), ["YAML"]),
    "the-same-key-twice": (text("name: other\n"), ["line", "twice", "'name'"]),
    "an-alias": (text("x: &x 1\ny: *x\n"), ["line", "aliases are not allowed"]),
    "an-alias-bomb": (whole(BOMB), ["line 2", "aliases are not allowed"]),
    "a-merge-key": (text("x: &x {a: 1}\ny: {<<: *x}\n"), ["line", "alias"]),
    "a-python-object": (text("x: !!python/object/apply:os.system [ls]\n"), ["line", "python/object"]),
    "a-tag": (text("x: !secret y\n"), ["line", "!secret"]),
    "a-key-that-is-a-list": (text("? [a, b]\n: c\n"), ["line", "key"]),
    "not-a-number": (text("x: .nan\n"), ["line", "finite", ".nan"]),
    "infinite": (text("x: .inf\n"), ["line", "finite", ".inf"]),
    "too-large-for-a-float": (text("x: 1e999\n"), ["line", "finite", "1e999"]),
    "nested-deeply": (text("x: " + "[" * 40 + "]" * 40), ["line", "nested deeper than 30"]),
    # Newer readers of YAML stop by themselves at a thousand, before anything of ours is asked.
    "nested-very-deeply": (text("x: " + "[" * 5_000 + "]" * 5_000), ["line", "nest"]),
    "very-long": (text("# " + "x" * 1_000_000), ["longer than 1,000,000"]),
    # ── the head ──
    "no-version": (at("schema_version"), ["schema_version", "1 to 2", "None"]),
    "version-of-the-future": (at("schema_version", 3), ["schema_version", "1 to 2", "3", "newer Siap"]),
    "version-zero": (at("schema_version", 0), ["schema_version", "1 to 2", "0"]),
    "version-as-text": (at("schema_version", "2"), ["schema_version", "1 to 2", "'2'"]),
    "version-true": (at("schema_version", True), ["schema_version", "1 to 2", "True"]),
    "no-kind": (at("kind"), ["kind", "'scenario'", "None"]),
    "another-kind": (at("kind", "campaign"), ["kind", "'scenario'", "'campaign'"]),
    "no-name": (at("name"), ["name", "missing"]),
    "no-seed": (at("seed"), ["seed", "missing"]),
    "a-negative-seed": (at("seed", -1), ["seed", "greater than or equal to 0", "-1"]),
    "half-a-seed": (at("seed", 1.5), ["seed", "1.5"]),
    "no-replications": (at("replications", 0), ["replications", "greater than or equal to 1", "0"]),
    "too-many-replications": (at("replications", 2_000_000), ["replications", "1000000", "2000000"]),
    "an-unknown-field": (at("resurces", {}), ["no field", "'resurces'", "did you mean 'resources'?"]),
    "an-unknown-field-inside": (
        at("clusters.cibaduyut.goods.prise_rmb", 3),
        ["goods", "no field", "'prise_rmb'", "did you mean 'price_rmb'?"],
    ),
    "no-campaign": (at("campaign"), ["campaign", "missing"]),
    "a-title-without-language": (at("title", "Cibaduyut"), ["title", "'Cibaduyut'"]),
    # ── numbers ──
    "a-unit-in-the-number": (at("resources.coach.units", "12 orang"), ["coach.units", "plain number", "'12 orang'"]),
    "weeks-as-text": (at("lead_weeks", "49"), ["lead_weeks", "plain number", "'49'"]),
    "yes-as-number": (at("resources.coach.units", True), ["coach.units", "plain number", "True"]),
    "a-list-as-number": (at("resources.coach.units", [1, 2]), ["coach.units", "[1, 2]"]),
    "nothing-as-number": (at("resources.coach.units", None), ["coach.units", "None"]),
    "a-negative-number": (at("resources.coach.units", -3), ["coach.units", "between 0 and", "-3"]),
    "weeks-beyond-reason": (at("lead_weeks", 5_000), ["lead_weeks", "between 0 and 1040 week", "5000"]),
    "a-share-above-one": (
        at("clusters.cibaduyut.workforce.campaign_share", 60),
        ["campaign_share", "between 0 and 1", "60"],
    ),
    "a-range-out-of-order": (
        at("finance.working_capital_idr", {"low": 5e9, "central": 3e9, "high": 9e9}),
        ["working_capital_idr", "low ≤ central ≤ high", "5000000000"],
    ),
    "half-a-range": (
        at("finance.working_capital_idr", {"low": 3e9, "central": 5e9}),
        ["working_capital_idr", "both low and high"],
    ),
    "a-range-beyond-its-bounds": (
        at("campaign.presale_share", {"low": 0.2, "central": 0.5, "high": 1.5}),
        ["presale_share", "between 0 and 1", "1.5"],
    ),
    "a-range-without-a-middle": (at("campaign.presale_share", {"low": 0.2, "high": 0.5}), ["presale_share", "central"]),
    "a-slider-without-width": (
        at("resources.coach.units", {"chosen": 5, "low": 5, "high": 5}),
        ["coach.units", "low < high", "(5.0, 5.0)"],
    ),
    "a-log-that-begins-at-nothing": (
        at("campaign.presale_share", {"low": 0, "central": 0.5, "high": 0.9, "scale": "log"}),
        ["presale_share", "scale", "low end above 0", "0.0"],
    ),
    "an-unknown-row": (at("campaign.presale_share", {"row": "E9999"}), ["presale_share", "row", "'E9999'"]),
    "a-row-without-numbers": (at("campaign.presale_share", {"row": "E615"}), ["presale_share", "no central", "E615"]),
    "numbers-of-two-rows": (at("campaign.presale_share", {"row": "E812 E811"}), ["presale_share", "one row", "E812"]),
    "times-text": (at("campaign.presale_share", {"row": "E812", "times": "%"}), ["times", "number", "'%'"]),
    "percent-for-a-share": (at("campaign.presale_share", {"row": "E812"}), ["presale_share", "between 0 and 1"]),
    # ── the campaign ──
    "a-date-in-words": (dates("11 November 2027"), ["event_date", "11 November 2027"]),
    "a-day-that-does-not-exist": (dates("2027-02-30"), ["line", "no calendar date", "2027-02-30"]),
    "a-month-that-does-not-exist": (dates("2027-13-01"), ["line", "no calendar date", "2027-13-01"]),
    "an-unknown-access": (at("campaign.access", "invited"), ["access", "'ordinary' or 'invitation'", "'invited'"]),
    "an-unknown-stock-rule": (at("campaign.stock_rule", "million"), ["stock_rule", "'items'", "'million'"]),
    "a-gate-at-no-stage": (
        at("campaign.gates.listing.stage", "list-good"),
        ["gates.listing.stage", "no cluster stage", "'list-good'"],
    ),
    "a-gate-at-a-workshop-stage": (
        at("campaign.gates.listing.stage", "coach"),
        ["gates.listing.stage", "no cluster stage", "'coach'"],
    ),
    "a-gate-that-asks-for-nothing": (at("campaign.gates.listing.stage"), ["listing", "names a stage exactly when"]),
    "a-gate-without-a-deadline": (at("campaign.gates.listing.deadline_days"), ["listing: deadline_days", "missing"]),
    "a-stock-gate-with-a-stage": (
        at("campaign.gates.stock.stage", "open-store"),
        ["stock", "names a stage exactly when", "'open-store'"],
    ),
    "a-gate-after-the-event": (
        at("campaign.gates.listing.deadline_days", -5),
        ["deadline_days", "between 0 and 400 day", "-5"],
    ),
    "the-same-gate-twice": (twice("campaign.gates"), ["gates", "own name", "'metrics'"]),
    "two-amounts": (
        at("campaign.turnover.alibaba.amount_usd", 5e9),
        ["turnover.alibaba", "exactly one of", "2"],
    ),
    "no-amount": (at("campaign.turnover.alibaba.amount_rmb"), ["turnover.alibaba", "exactly one of", "0"]),
    # ── the market ──
    "an-unknown-denominator": (
        at("demand.denominator", "amazon"),
        ["demand.denominator", "alibaba, platforms, imports", "'amazon'"],
    ),
    "an-access-that-no-gate-names": (
        short(base="halal-ramadan-2028", set={"campaign.access": "invitation"}),
        ["campaign.access", "leaves no gate of campaign ramadan-sale-2028", "'invitation'", "set another"],
    ),
    "an-unknown-class": (at("demand.brand_class", "famous"), ["no brand class", "known-at-home", "'famous'"]),
    "a-class-that-is-not-described": (at("demand.classes.known-at-home"), ["brand_class", "'known-at-home'"]),
    "a-quantile-without-probability": (
        at("demand.classes.unknown.rmb", {"median": 3, "p90": 5}),
        ["unknown", "p and the digits of its probability", "'median'"],
    ),
    "a-quantile-of-zero": (
        at("demand.classes.unknown.rmb", {"p00": 3, "p50": 5}),
        ["unknown", "p and the digits of its probability", "'p00'"],
    ),
    "one-quantile": (at("demand.classes.unknown.rmb", {"p50": 3}), ["rmb", "at least two quantiles", "1"]),
    "a-quantile-that-is-not-known": (
        at("demand.classes.unknown.rmb.p50", {"low": 1, "central": 2, "high": 3}),
        ["rmb.p50", "no range of its own", "give central only"],
    ),
    "falling-quantiles": (
        at("demand.classes.unknown.rmb", {"p50": 3, "p90": 1}),
        ["unknown", "must not fall", "(3.0, 1.0)"],
    ),
    "a-class-of-unknown-kind": (at("demand.classes.unknown.kind", "normal"), ["unknown.kind", "no kind", "'normal'"]),
    "an-unknown-maturity": (at("demand.maturity", "log"), ["maturity", "'saturating' or 'linear'", "'log'"]),
    # ── the clusters ──
    "no-clusters": (at("clusters", []), ["clusters", "at least one"]),
    "the-same-cluster-twice": (twice("clusters"), ["cluster 'cibaduyut'", "twice"]),
    "workshops-that-make-nothing": (at("clusters.cibaduyut.workforce"), ["cibaduyut", "workforce"]),
    "passed-after-the-start": (
        at("clusters.cibaduyut.before_start", {"organise": 5}),
        ["before_start.organise", "between -36500 and 0 day", "5"],
    ),
    "passed-an-unknown-stage": (
        at("clusters.cibaduyut.before_start", {"organize": -5}),
        ["before_start", "'organize'", "did you mean 'organise'?"],
    ),
    "exempt-from-an-unknown-stage": (
        at("clusters.cibaduyut.exempt", ["hallal"]),
        ["exempt", "'hallal'", "did you mean 'halal'?"],
    ),
    "an-unknown-grouping": (at("grouping", "village"), ["grouping", "'cluster' or 'workshop'", "'village'"]),
    "more-workshops-than-fit": (
        short(set={"clusters.cibaduyut.makers": 10_000_000, "clusters.cibaduyut.wave": 10_000_000}),
        ["too many to fit in memory", "at most"],
    ),
    # ── the pathway ──
    "no-stages": (at("pathway.stages", []), ["store", "stage"]),
    "after-an-unknown-stage": (
        at("pathway.stages.diagnose.after", ["joins"]),
        ["'diagnose': after", "'joins'", "did you mean 'join'?"],
    ),
    "a-circle": (
        at("pathway.stages.join.after", ["full"]),
        ["circle", "coach → ", " → coach"],
    ),
    "after-itself": (at("pathway.stages.join.after", ["join"]), ["waits for itself", "join → join"]),
    "a-cluster-stage-after-one-workshop": (
        at("pathway.stages.list-goods.after", ["open-store", "sample-test"]),
        ["'list-goods': after", "cluster stage cannot wait for a workshop stage", "'sample-test'"],
    ),
    "a-count-of-a-cluster-stage": (
        at("pathway.stages.list-goods.after", [{"kind": "all", "stage": "open-store"}]),
        ["'list-goods': after", "over workshops", "'open-store'"],
    ),
    "a-count-of-unknown-kind": (
        at("pathway.stages.list-goods.after", [{"kind": "half", "stage": "sample-test"}]),
        ["list-goods.after.0.kind", "no kind", "'half'"],
    ),
    "a-count-with-an-unknown-field": (
        at("pathway.stages.list-goods.after", [{"kind": "all", "stage": "sample-test", "n": 2}]),
        ["list-goods.after.0", "no field", "'n'"],
    ),
    "a-count-of-none": (
        at("pathway.stages.list-goods.after", [{"kind": "count", "n": 0, "stage": "sample-test"}]),
        ["after", "at least 1 workshop", "0"],
    ),
    "a-count-of-more-than-there-are": (
        at("pathway.stages.list-goods.after", [{"kind": "count", "n": 21, "stage": "sample-test"}]),
        ["'list-goods': after", "21 workshops", "largest cluster has 20"],
    ),
    "a-share-of-none": (
        at("pathway.stages.list-goods.after", [{"kind": "share", "share": 0, "stage": "sample-test"}]),
        ["after", "above 0", "0"],
    ),
    "a-share-of-more-than-all": (
        at("pathway.stages.list-goods.after", [{"kind": "share", "share": 1.5, "stage": "sample-test"}]),
        ["after", "at most 1", "1.5"],
    ),
    "a-retry-from-a-later-stage": (
        at("pathway.stages.sample-test.retry", "pilot"),
        ["'sample-test': retry", "must come before it", "'pilot'"],
    ),
    "a-retry-from-another-entity": (
        at("pathway.stages.sample-test.retry", "agree-standard"),
        ["'sample-test': retry", "must come before it", "'agree-standard'"],
    ),
    "a-retry-from-nowhere": (
        at("pathway.stages.sample-test.retry", "couch"),
        ["'sample-test': retry", "'couch'", "did you mean 'coach'?"],
    ),
    "an-unknown-failure": (at("pathway.stages.join.on_fail", "stop"), ["on_fail", "'retry'", "'stop'"]),
    "a-stage-of-nobody": (at("pathway.stages.join.on", "village"), ["on", "'workshop' or 'cluster'", "'village'"]),
    "no-attempt": (at("pathway.stages.join.passes", []), ["passes", "at least one attempt"]),
    "a-probability-above-one": (
        at("pathway.stages.join.passes", [50]),
        ["passes", "between 0 and 1 probability", "50"],
    ),
    "attempts-by-half": (at("pathway.stages.sample-test.passes.attempts", 2.5), ["attempts", "2.5"]),
    "a-resource-that-does-not-exist": (
        at("pathway.stages.coach.needs", {"coaches": 1}),
        ["'coach': needs", "'coaches'", "did you mean 'coach'?"],
    ),
    "more-places-than-there-are": (
        at("pathway.stages.coach.needs", {"coach": 1_000}),
        ["'coach'", "needs 1000 places of 'coach'"],
    ),
    "no-units-of-what-is-needed": (at("resources.laboratory.units", 0), ["'sample-test'", "of 'laboratory'", "0"]),
    "half-a-place": (at("pathway.stages.coach.needs", {"coach": 0.5}), ["needs.coach", "0.5"]),
    "the-same-stage-twice": (twice("pathway.stages"), ["'join'", "twice"]),
    "a-stage-with-a-line-break-in-its-name": (
        at("pathway.stages.join.name", "join\nthe programme"),
        ["stage name", "letters, digits", "'join\\nthe programme'"],
    ),
    "a-stage-without-a-name": (at("pathway.stages.join.name", ""), ["stage name", "letters, digits", "''"]),
    "a-store-that-is-no-stage": (
        at("pathway.store", "open-shop"),
        ["store", "'open-shop'", "did you mean 'open-store'?"],
    ),
    "an-unknown-discipline": (at("pathway.discipline", "fifo"), ["discipline", "'first-fit'", "'fifo'"]),
    "an-unknown-distribution": (
        at(f"{DURATION}.kind", "normal"),
        ["join.duration.kind", "no kind", "'normal'", "did you mean 'lognormal'?"],
    ),
    "a-distribution-without-kind": (at(f"{DURATION}.kind"), ["join.duration.kind", "missing"]),
    "a-negative-duration": (at(f"{DURATION}.mean", -1), ["duration", "mean", "between 0 and", "-1"]),
    "a-triangle-out-of-order": (
        at(DURATION, {"kind": "triangular", "low": 9, "mode": 3, "high": 12}),
        ["duration", "low ≤ mode", "(9.0, 3.0)"],
    ),
    # ── references ──
    "an-unknown-base": (short(base="cibaduyut-2072"), ["base", "'cibaduyut-2072'", "did you mean 'cibaduyut-20"]),
    "a-base-that-is-a-path": (short(base="../../secret"), ["base", "no scenario", "'../../secret'"]),
    "a-base-that-is-a-file": (short(base="/etc/passwd"), ["base", "no scenario", "'/etc/passwd'"]),
    "a-base-that-is-a-list": (short(base=["cibaduyut-2027"]), ["base", "cibaduyut-2027"]),
    "an-unknown-campaign": (short(campaign="tmall-1111-2072"), ["campaign", "did you mean 'tmall-1111-20"]),
    "a-campaign-that-is-a-path": (short(campaign="../scenarios/cibaduyut-2027"), ["campaign", "'../scenarios/"]),
    "an-unknown-cluster": (short(clusters=["cibaduyud"]), ["clusters.0", "did you mean 'cibaduyut'?"]),
    "an-unknown-pathway": (short(pathway={"use": "one-lable"}), ["pathway", "did you mean 'one-label'?"]),
    "a-change-that-leads-nowhere": (
        short(set={"resources.couch.units": 3}),
        ["set", "resources.couch", "did you mean 'coach'?"],
    ),
    "a-change-of-an-unknown-field": (
        short(set={"resources.coach.unit": 3}),
        ["resources.coach", "'unit'", "did you mean 'units'?"],
    ),
    "a-change-with-a-gap-in-its-path": (short(set={"resources..units": 3}), ["set", "single dots", "resources..units"]),
    "a-change-of-a-member-that-is-not-there": (
        short(set={"clusters.cibaduyud.makers": 3}),
        ["clusters.cibaduyud", "no member of this list", "did you mean 'cibaduyut'?"],
    ),
    "a-change-inside-a-text": (
        short(set={"pathway.stages.diagnose.after.0.x": 1}),
        ["after.0.x", "no place that can be"],
    ),
    "a-change-deep-inside-a-text": (
        short(set={"pathway.stages.diagnose.after.0.x.y": 1}),
        ["after.0.x", "plain value"],
    ),
    "goods-at-hand-one-by-one": (
        short(grouping="workshop", set={"clusters.cibaduyut.warehouse_items": 5}),
        ["clusters.cibaduyut", "goods at hand", "5.0", "set it to 0"],
    ),
    "changes-as-a-list": (short(set=["lead_weeks"]), ["set", "mapping", "['lead_weeks']"]),
    "a-change-into-a-number": (short(set={"seed.low": 3}), ["set", "seed"]),
    "a-change-to-a-bad-value": (short(set={"campaign.access": "open"}), ["access", "'open'"]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_scenario_is_refused_with_one_line(name: str, good: Good, tmp_path: Path):
    change, parts = CASES[name]
    content = change(good)
    path = tmp_path / FILE
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(BadInput) as refusal:
        Scenario.load(path)
    line = str(refusal.value)
    assert [part for part in parts if part not in line] == [], line
    assert FILE in line, "the line names the file"
    assert line.isprintable(), "the message is one line without control characters"
    assert len(line) < 500
    for inside in ("function-", "union", "discriminator", "Quantity", "Lever", "pydantic"):
        assert inside not in line, "the line speaks of the file, not of the program"


def test_the_scenario_that_all_are_changed_from_is_good(good: Good, tmp_path: Path):
    path = tmp_path / FILE
    path.write_text(write(good), encoding="utf-8")
    assert Scenario.load(path).name == "cibaduyut-2027"


def test_there_are_enough_of_them():
    assert len(CASES) >= 45


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="no such file"):
        Scenario.load(tmp_path / "nowhere.yaml")


def test_a_folder_is_no_scenario(tmp_path: Path):
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(BadInput, match="must be a file"):
        Scenario.load(tmp_path / "folder.yaml")


@pytest.mark.parametrize("name", ["cibaduyut-2072", "", "../scenarios/cibaduyut-2027", "scenarios/cibaduyut-2027"])
def test_a_name_that_is_not_shipped_is_refused(name: str):
    with pytest.raises(BadInput, match="no shipped scenario has this name"):
        Scenario.load(name)


def test_scenarios_that_start_from_each_other_are_refused(tmp_path: Path):
    (tmp_path / "evidence.csv").write_bytes((SEEDS / "evidence.csv").read_bytes())
    scenarios = tmp_path / "scenarios"
    scenarios.mkdir()
    for name, base in (("first", "second"), ("second", "first")):
        head = {"schema_version": 2, "kind": "scenario", "name": name, "seed": 1, "base": base}
        (scenarios / f"{name}.yaml").write_text(write(head), encoding="utf-8")
    with pytest.raises(BadInput, match="leads back to itself"):
        Scenario.load(scenarios / "first.yaml")


def test_a_file_of_version_1_is_still_read(good: Good, tmp_path: Path):
    old = {key: value for key, value in good.items() if key != "lead_weeks"}
    path = tmp_path / FILE
    path.write_text(write(old | {"schema_version": 1, "lead_days": 364}), encoding="utf-8")
    scenario = Scenario.load(path)
    assert scenario.lead_weeks == 52
    assert scenario.lead_days == 364
    assert "schema_version: 2" in scenario.text
