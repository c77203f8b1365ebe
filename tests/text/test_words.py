"""Displayed names: labels, choices, levers, units."""

import re
from pathlib import Path

import pytest

from sim.errors import BadInput
from sim.programme import Programme, Resource, Stage
from sim.programme.quantity import Lever, Quantity
from sim.scenario import Scenario
from sim.text import words

PACKAGE = Path(words.__file__).parents[1]


@pytest.mark.parametrize(
    ("label", "indonesian", "english"),
    [
        ("stage.coach", "pembinaan", "coaching"),
        ("resource.coach", "pembina", "coaches"),
        ("queue.coach", "antrean pembina", "waiting for coaches"),
        ("cap.working_capital", "modal kerja", "working capital"),
        ("cap.capacity", "kapasitas produksi", "production capacity"),
        ("cap.demand", "permintaan", "demand"),
        ("gate.sign-up", "penutupan pendaftaran", "closing of sign-up"),
        ("stage.shipping", "pengiriman", "shipping"),
        ("stage.dye-vat", "dye vat", "dye vat"),
        ("something", "something", "something"),
    ],
)
def test_a_label_is_shown_as(label, indonesian, english):
    assert (words.name_of(label, "id"), words.name_of(label, "en")) == (indonesian, english)


def test_titles_of_a_programme_go_before_known_words():
    stage = Stage("coach", title={"id": "Pendampingan", "en": "Mentoring"})
    programme = Programme(resources={"coach": Resource(units=2, title={"id": "Pendamping"})}, stages=[stage])
    titles = words.titles_of(programme)
    assert words.name_of("stage.coach", "id", titles) == "Pendampingan"
    assert words.name_of("queue.coach", "id", titles) == "antrean pendamping"
    assert words.name_of("resource.coach", "en", titles) == "coaches"


def test_titles_of_a_scenario_include_its_gates_and_clusters():
    titles = words.titles_of(Scenario.load("cibaduyut-2027"))
    assert words.name_of("gate.stock", "id", titles) == "Persediaan di gudang"
    assert words.name_of("cluster.cibaduyut", "en", titles) == "Cibaduyut shoes"


@pytest.mark.parametrize(
    ("field", "value", "indonesian"),
    [
        ("access", "invitation", "lewat undangan"),
        ("stock_rule", "value", "menurut nilai"),
        ("brand_class", "known-by-few", "known by few"),
        ("denominator", "my-own", "my own"),
    ],
)
def test_a_choice_is_shown_by_its_displayed_name(field, value, indonesian):
    assert words.choice(field, value, "id") == indonesian


def test_what_a_scenario_names_itself_is_shown_by_its_own_titles():
    titles = words.titles_of(Scenario.load("cibaduyut-2027"))
    assert words.choice("brand_class", "unknown", "id", titles) == "merek belum dikenal"
    assert words.choice("denominator", "imports", "en", titles) == "sales of imported goods"
    assert words.choice("channel", "tmall-global", "id", titles) == "Tmall Global"


def test_a_field_without_named_values_is_refused():
    with pytest.raises(BadInput, match="did you mean 'access'"):
        words.choice("acess", "ordinary", "id")


@pytest.mark.parametrize(
    ("path", "indonesian"),
    [
        ("lead_weeks", "waktu persiapan"),
        ("finance.working_capital_idr", "modal kerja"),
        ("resources.coach.units", "pembina"),
        ("resources.coach.places_per_unit", "tempat, pembina"),
        ("clusters.cibaduyut.wave", "gelombang pertama, cibaduyut"),
        ("demand.discount", "demand.discount"),
    ],
)
def test_a_lever_is_shown_as(path, indonesian):
    assert words.lever_name(path, "id") == indonesian


@pytest.mark.parametrize(
    ("x", "unit", "indonesian", "english"),
    [
        (70, "day", "70 hari", "70 days"),
        (1, "workshop", "1 bengkel", "1 workshop"),
        (1_000_000, "item", "1.000.000 barang", "1,000,000 items"),
        (10.8e9, "IDR", "Rp10,8 miliar", "Rp10.8 billion"),
        (0.05, "share a year", "5 % per tahun", "5% a year"),
        (2.5, "item a worker-day", "2,5 barang per pekerja per hari", "2.5 items per worker and day"),
        (2_348, "IDR per RMB", "Rp2.348 per RMB", "Rp2,348 per RMB"),
        (3, "parsec", "3 parsec", "3 parsec"),
    ],
)
def test_an_amount_is_shown_with_its_unit_as(x, unit, indonesian, english):
    assert (words.amount(x, unit, "id"), words.amount(x, unit, "en")) == (indonesian, english)


def test_every_unit_that_the_model_measures_in_has_words():
    units = {u for path in PACKAGE.rglob("*.py") for u in re.findall(r'Measure\(\s*"([^"]+)"', path.read_text("utf-8"))}
    assert len(units) > 15
    assert units - set(words.AROUND) - words.BARE == set()


@pytest.mark.parametrize(
    ("number", "unit", "indonesian"),
    [
        (5.0, "day", "5 hari"),
        (Quantity(13, 6, 20, row="E739"), "place", "13 tempat (6 sampai 20; E739)"),
        (Quantity(13, 6, 20, assumption="a reason"), "place", "13 tempat (6 sampai 20; asumsi)"),
        (Quantity(0.5, row="E744 E745", assumption="adapted"), "share", "50 % (E744, E745, asumsi)"),
        (Quantity(5.0), "day", "5 hari"),
        (Lever(12, 5, 60, row="E721"), "unit", "12 (dapat dipilih 5 sampai 60; E721)"),
    ],
)
def test_a_number_is_said_with_its_range_and_what_it_rests_on(number, unit, indonesian):
    assert words.quantity(number, unit, "id") == indonesian


def test_a_small_letter_is_not_forced_on_initials_and_names():
    assert [words.small(t) for t in ("Modal kerja", "SNI kelompok", "Tmall ditutup", "")] == [
        "modal kerja",
        "SNI kelompok",
        "Tmall ditutup",
        "",
    ]


def test_a_text_in_no_language_asked_for_is_still_shown():
    assert words.text_of({"en": "Shoes"}, "id") == "Shoes"
    assert words.text_of({}, "id", "name") == "name"
