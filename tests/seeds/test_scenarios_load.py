"""The shipped seeds: every file loads, survives being written and read, and says what it is in both languages."""

import datetime
import functools
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sim.errors import BadInput
from sim.programme.quantity import Lever, Quantity, central, quantities
from sim.scenario import Demand, Quantiles, Scenario, documents, paths, seeds
from sim.scenario.documents import read, write
from sim.scenario.paths import canonical
from sim.value import parse
from tests.shipped import shipped

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = sorted(SEEDS.glob("*/*.yaml"))
SECOND = "halal-ramadan-2028"  # another programme, with its own pathway and campaign
NAMES = sorted(path.stem for path in (SEEDS / "scenarios").glob("*.yaml"))
PARTS = {kind: sorted(p.stem for p in (SEEDS / kind).glob("*.yaml")) for kind in ("campaigns", "clusters", "pathways")}


@pytest.fixture(autouse=True)
def these_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIAP_SEEDS", str(SEEDS))


@functools.cache
def raw(path: Path) -> dict[str, Any]:
    return read(path.read_text(encoding="utf-8"), path.name)


def scenario_of(folder: Path, **parts: Any) -> Scenario:
    """A scenario of a file of its own that starts from another."""
    head = {"schema_version": 2, "kind": "scenario", "name": "made", "seed": 1}
    path = folder / "made.yaml"
    path.write_text(write(head | parts), encoding="utf-8")
    return Scenario.load(path)


# ── each file ────────────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_says_what_it_is_and_bears_the_name_of_its_content(path: Path):
    document = raw(path)
    assert document["schema_version"] == 2
    assert document["kind"] == path.parent.name.removesuffix("s")
    assert document["name"] == path.stem
    titled = [
        document,
        *document.get("stages", []),
        *document.get("gates", []),
        *(r for r in document.get("resources", {}).values() if "base" not in document or "places_per_unit" in r),
    ]
    assert all(set(thing["title"]) == {"id", "en"} and all(thing["title"].values()) for thing in titled)
    if document["kind"] == "scenario":
        assert set(document["about"]) == {"id", "en"}
        assert all(60 < len(text) < 500 for text in document["about"].values())


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_loads_and_keeps_its_digest_when_written_and_read(name: str, tmp_path: Path):
    scenario = shipped(name)
    assert scenario.name == name
    assert len(scenario.digest) == 64
    written = scenario.dump(tmp_path / f"{name}.yaml")
    again = Scenario.load(written)
    assert again.digest == scenario.digest
    assert again == scenario


@pytest.mark.parametrize("name", NAMES)
def test_setting_a_lever_makes_another_scenario_and_leaves_the_first(name: str):
    scenario = shipped(name)
    digest = scenario.digest
    longer = scenario.set("lead_weeks", 60)
    assert central(longer.lead_weeks) == 60
    assert isinstance(longer.lead_weeks, Lever)
    assert longer.digest != digest
    assert scenario.digest == digest


def test_every_scenario_is_another_setting():
    digests = {shipped(name).digest: name for name in NAMES}
    assert sorted(digests.values()) == NAMES


def test_the_digest_is_the_same_in_another_process():
    program = "from sim.scenario import Scenario; print(Scenario.load('cibaduyut-2027').digest)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == shipped("cibaduyut-2027").digest


def test_texts_and_seed_are_not_in_the_digest():
    scenario = shipped("cibaduyut-2027")
    same = scenario.set("seed", 3).set("title", {"en": "Else"}).set("about", {}).set("clusters.cibaduyut.label", "Else")
    assert same.digest == scenario.digest
    assert scenario.set("resources.coach.units", 12.0).digest == scenario.digest


# ── parts that no scenario uses are checked all the same ─────────────────────────────────────────────────────────────
@pytest.mark.parametrize("pathway", sorted(set(PARTS["pathways"]) - {"invitation-2018"}))
def test_every_pathway_for_clusters_fits_a_scenario(pathway: str, tmp_path: Path):
    base = SECOND if pathway == shipped(SECOND).pathway.name else "cibaduyut-2027"
    assert scenario_of(tmp_path, base=base, pathway=pathway).pathway.name == pathway


@pytest.mark.parametrize("campaign", sorted(set(PARTS["campaigns"]) - {"ramadan-sale-2028"}))
def test_every_campaign_abroad_fits_the_reference(campaign: str, tmp_path: Path):
    denominator = "amazon" if campaign.startswith("amazon") else "alibaba"
    changes = {"base": "cibaduyut-2027", "campaign": campaign, "demand": {"denominator": denominator}}
    scenario = scenario_of(tmp_path, **changes)
    assert scenario.campaign.name == campaign
    assert set(scenario.campaign.turnover) == (
        {"amazon"} if denominator == "amazon" else {"alibaba", "platforms", "imports"}
    )


@pytest.mark.parametrize("cluster", PARTS["clusters"])
def test_every_cluster_stands_in_a_scenario(cluster: str):
    assert any(cluster in {brand.name for brand in shipped(name).clusters} for name in NAMES)


def test_a_part_named_anew_replaces_the_whole_part_of_the_base(tmp_path: Path):
    scenario = scenario_of(tmp_path, base="amazon-black-friday-2027", campaign="tmall-1111-2028", demand="single-day")
    assert set(scenario.campaign.turnover) == {"alibaba", "platforms", "imports"}
    assert scenario.campaign.stock_rule == "value"
    assert scenario.demand.denominator == "alibaba"


# ── what the scenarios are to each other ─────────────────────────────────────────────────────────────────────────────
def test_2028_is_2027_a_year_later():
    first, second = (raw(SEEDS / "campaigns" / f"tmall-1111-{year}.yaml") for year in (2027, 2028))
    different = {key for key in first if first[key] != second[key]}
    assert different == {"name", "title", "event_date"}
    assert (first["event_date"], second["event_date"]) == (datetime.date(2027, 11, 11), datetime.date(2028, 11, 11))


def test_demand_of_2018_differs_by_exchange_rates_and_class_only():
    past, present = (shipped(name).plain["demand"] for name in ("single-day-2018", "cibaduyut-2027"))
    assert {key for key in past if past[key] != present[key]} == {"brand_class", "idr_per_rmb", "idr_per_usd"}
    assert set(present) == set(past)


def test_2018_has_five_brands_with_a_million_items_each_and_no_exchange_rate():
    scenario = shipped("single-day-2018")
    assert [brand.workshops for brand in scenario.clusters] == [0] * 5
    assert [central(brand.warehouse_items) for brand in scenario.clusters] == [1_000_000] * 5
    assert scenario.start_date == datetime.date(2018, 9, 2)
    assert central(scenario.campaign.turnover["alibaba"].amount_idr) == 466e12
    rate = scenario.demand.idr_per_rmb
    assert isinstance(rate, Quantity)
    assert rate.certain
    assert rate.central == pytest.approx(466e12 / 213.5e9, rel=1e-4)
    assert scenario.demand.classes["known-in-china"].fitted_on == "single-day-2018"
    early = shipped("single-day-2018-a-year-earlier")
    assert early.lead_days == pytest.approx(scenario.lead_days + 365)
    assert shipped("single-day-2018-ordinary").campaign.access == "ordinary"


def test_the_stages_of_2018_fall_on_their_dates():
    stages = {stage.name: stage.duration.average for stage in shipped("single-day-2018").pathway.stages}
    assert stages["organise"] == 70 - 66
    assert stages["organise"] + stages["agree-standard"] == 70 - 29
    assert stages["organise"] + stages["agree-standard"] + stages["pavilion"] == 70 - 23
    assert stages["open-store"] == stages["list-goods"] == 0


def test_2027_and_2028_start_within_the_same_week():
    dates = [shipped(name).start_date for name in NAMES if "2027" in name or "2028" in name]
    assert max(dates) - min(dates) <= datetime.timedelta(days=7)
    assert min(dates) >= datetime.date(2026, 12, 1)


def test_one_by_one_has_the_workshops_of_the_cluster_and_their_random_numbers():
    cluster, single = shipped("cibaduyut-2027"), shipped("cibaduyut-one-by-one")
    assert len(cluster.lineup) == 1
    assert len(single.lineup) == cluster.clusters[0].workshops == 254
    made = single.programme.clusters
    assert {(c.home, c.first, c.workshops) for c in made} == {("cibaduyut", i, 1) for i in range(254)}
    assert single.seed == cluster.seed
    assert single.resources == cluster.resources
    assert single.finance.budget_idr is not None
    assert single.demand.brand_class == "unknown"


def test_finance_and_equipment_are_not_done_again_with_a_retry():
    """Rule 9 does again what lies between the stage retried and the stage that failed; these two must not."""
    for name in ("cibaduyut-2027", "cibaduyut-one-by-one"):
        stages = {stage.name: stage for stage in shipped(name).pathway.stages}
        assert stages["sample-test"].retry == "coach"
        assert not {"finance", "equip"} & set(stages["sample-test"].names_before)
        assert {"sample-test", "finance", "equip"} == set(stages["pilot"].names_before)


def test_food_rules_apply_to_food_only():
    exempt = {brand.name: set(brand.exempt) for brand in shipped("eight-clusters-2027").clusters}
    assert {name for name, stages in exempt.items() if stages != {"halal", "gacc"}} == {"sidoarjo"}
    assert exempt["sidoarjo"] == set()


def test_the_amazon_gate_and_the_cut_off_are_the_same_number():
    for name in PARTS["campaigns"]:
        if name.startswith("amazon"):
            campaign = raw(SEEDS / "campaigns" / f"{name}.yaml")
            (goods,) = (gate for gate in campaign["gates"] if gate["asks"] == "goods")
            assert "deadline_days" not in goods, "it closes at the cut-off, which is drawn once"
            assert campaign["inbound_cutoff_days"]


def test_which_count_of_makers_is_true_is_a_structure_alternative():
    scenario = shipped("cibaduyut-2027")
    counts = {name: central(count) for name, count in scenario.clusters[0].counts.items()}
    assert counts == {"city-2007": 697, "makers-2019": 254, "office-2023": 50}
    for count in counts.values():
        assert scenario.set("clusters.cibaduyut.makers", count).clusters[0].workshops == count


@pytest.mark.parametrize("name", NAMES)
def test_structure_is_never_drawn(name: str):
    """Counts of workshops, dates and rules are alternatives or choices; nothing may average over them."""
    drawn = {path for path, quantity in quantities(shipped(name)).items() if not quantity.certain}
    ends = ("makers", "wave", "lead_weeks", "min_store_age_days", "min_stock_items")
    assert not {path for path in drawn if path.split(".")[-1] in ends or ".counts." in path}
    assert drawn


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("lead_weeks", 30),
        ("resources.coach.units", 40),
        ("campaign.access", "ordinary"),
        ("campaign.stock_rule", "none"),
        ("campaign.min_stock_items", 38_000),
        ("campaign.min_store_age_days", 90),
        ("finance.working_capital_idr", 3e11),
        ("demand.brand_class", "unknown"),
        ("demand.denominator", "imports"),
        ("demand.maturity", "linear"),
        ("demand.marketing_idr", 1e9),
        ("clusters.cibaduyut.wave", 10),
        ("pathway.stages.trademark.duration.mean", 274),
    ],
)
def test_the_promised_paths_can_be_set(path: str, value: Any):
    scenario = shipped("cibaduyut-2027")
    changed = scenario.set(path, value)
    assert changed.digest != scenario.digest
    if path == "campaign.min_stock_items":
        assert changed.campaign.stock_rule == "items"


def test_what_is_only_allowed_together_is_set_at_once():
    scenario = shipped("cibaduyut-2027")
    dollars, rupiah = "demand.cost_per_customer_usd", "demand.cost_per_customer_idr"
    for path, value in ((dollars, None), (rupiah, 9e4)):
        with pytest.raises(BadInput, match="exactly one of"):
            scenario.set(path, value)
    found = scenario.set_all({dollars: None, rupiah: 9e4})
    assert (found.demand.cost_per_customer_usd, found.demand.cost_per_customer_idr) == (None, 9e4)
    assert scenario.set_all({}) is scenario


def test_set_at_once_is_what_is_set_one_after_the_other():
    scenario = shipped("single-day-2018")  # its own case
    settings = {"campaign.access": "ordinary", "campaign.min_stock_items": 5, "campaign.stock_rule": "none"}
    one_by_one = scenario
    for path, value in settings.items():
        one_by_one = one_by_one.set(path, value)
    assert scenario.set_all(settings) == one_by_one
    with pytest.raises(BadInput, match="lead_weeks: must be between 0 and 1040"):
        scenario.set_all({"campaign.access": "ordinary", "lead_weeks": -1})


def test_a_lever_put_back_gives_the_digest_back_even_where_the_scenario_is_its_own_case():
    scenario = shipped("single-day-2018")
    changed = scenario.set("campaign.access", "ordinary")
    assert changed.digest != scenario.digest
    assert changed.set("campaign.access", "invitation").digest == scenario.digest


def test_a_name_that_looks_like_a_field_is_still_a_name():
    plain = {"resources": {"label": {"units": 3}}, "label": "Brodo"}
    assert canonical(plain) == {"resources": {"label": {"units": 3.0}}}


def test_a_whole_member_of_a_list_can_be_replaced_and_what_was_before_stays_as_it_was():
    before = {"stages": [{"name": "join", "days": 1}, {"name": "test", "days": 2}], "name": "small"}
    after = paths.put(before, "stages.test", {"name": "test", "days": 9})
    assert after == {"stages": [{"name": "join", "days": 1}, {"name": "test", "days": 9}], "name": "small"}
    assert before["stages"][1] == {"name": "test", "days": 2}


def test_a_folder_of_seeds_that_holds_none_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("SIAP_SEEDS", str(tmp_path))
    with pytest.raises(BadInput, match=r"SIAP_SEEDS: must name a folder with evidence\.csv"):
        Scenario.load("cibaduyut-2027")


def test_a_file_of_a_kind_that_is_not_known_is_refused(tmp_path: Path):
    path = tmp_path / "odd.yaml"
    path.write_text("kind: campain\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"odd\.yaml: kind: no kind of file .*'campain'; did you mean 'campaign'"):
        seeds.opened(path)


def test_a_file_that_cannot_be_renamed_leaves_nothing_behind_and_the_old_one_whole(tmp_path: Path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        seeds.write_whole(tmp_path / "taken", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
    assert seeds.write_whole(tmp_path / "free", "new").read_text() == "new"


def test_a_text_is_the_same_to_both_readers_of_yaml():
    text = (SEEDS / "scenarios" / "cibaduyut-2027.yaml").read_text(encoding="utf-8") + "\nodd: [.inf, ~, 'a: b', 1_0]\n"
    heard = []
    for reader in {documents._PureEvents, documents._Events}:
        events = reader(text)
        heard.append([])
        while events.check_event():
            event = events.get_event()
            heard[-1].append((type(event).__name__, getattr(event, "value", None), event.start_mark.line))
    assert len(heard[0]) > 50
    assert heard == [heard[0]] * len(heard)


def test_what_is_said_beside_a_part_that_is_used_goes_before_what_that_part_says(tmp_path: Path):
    path = tmp_path / "other.yaml"
    head = {"schema_version": 2, "kind": "scenario", "name": "other", "seed": 1, "base": "cibaduyut-2027"}
    path.write_text(write(head | {"campaign": {"use": "tmall-1111-2027", "presale_share": 0.125}}), encoding="utf-8")
    campaign, plain = Scenario.load(path).campaign, shipped("cibaduyut-2027").campaign
    assert campaign.presale_share == 0.125
    assert (campaign.event_date, campaign.gates) == (plain.event_date, plain.gates)


def test_of_demand_nothing_is_multiplied_that_a_file_does_not_name():
    classes, certain = {"unknown": Quantiles({"p05": 1.0, "p95": 1.0})}, {"idr_per_rmb": 2.0, "idr_per_usd": 15.0}
    demand = parse(
        Demand,
        {"brand_class": "unknown", "classes": classes, "denominator": "alibaba", "cost_per_customer_usd": 3.0}
        | certain,
    )
    assert (demand.push, demand.quality_factor, demand.discount, demand.marketing_idr) == (1, 1, 0, 0)
