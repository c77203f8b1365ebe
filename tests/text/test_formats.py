"""How numbers look, by table: exact text in both languages."""

import datetime
import math

import pytest

from sim.errors import BadInput
from sim.text import formats

NAN, INF = math.nan, math.inf
DAY = datetime.date(2026, 12, 5)

TABLE = [
    # form, value, Bahasa Indonesia, English
    (formats.rupiah, 122e9, "Rp122 miliar", "Rp122 billion"),
    (formats.rupiah, 5.1e9, "Rp5,1 miliar", "Rp5.1 billion"),
    (formats.rupiah, 1.5e12, "Rp1,5 triliun", "Rp1.5 trillion"),
    (formats.rupiah, 466e12, "Rp466 triliun", "Rp466 trillion"),
    (formats.rupiah, 1_188e12, "Rp1.188 triliun", "Rp1,188 trillion"),
    (formats.rupiah, 270_000, "Rp270.000", "Rp270,000"),
    (formats.rupiah, 999_400, "Rp999.400", "Rp999,400"),
    (formats.rupiah, 999_600, "Rp1 juta", "Rp1 million"),
    (formats.rupiah, 950e9, "Rp950 miliar", "Rp950 billion"),
    (formats.rupiah, 999_960_000_000, "Rp1 triliun", "Rp1 trillion"),
    (formats.rupiah, 0.0, "Rp0", "Rp0"),
    (formats.rupiah, -5.13e9, "-Rp5,1 miliar", "-Rp5.1 billion"),
    (formats.rupiah, -0.3, "Rp0", "Rp0"),
    (formats.rupiah, INF, "tak terbatas", "unlimited"),
    (formats.rupiah, -INF, "-tak terbatas", "-unlimited"),
    (formats.rupiah, NAN, "tidak ada data", "no data"),
    (formats.share, NAN, "tidak ada data", "no data"),
    (formats.probability, NAN, "tidak ada data", "no data"),
    (formats.rmb, 300, "RMB 300", "RMB 300"),
    (formats.rmb, 11.5e6, "RMB 11,5 juta", "RMB 11.5 million"),
    (formats.usd, 1.4, "USD 1,40", "USD 1.40"),
    (formats.usd, 12, "USD 12", "USD 12"),
    (formats.usd, 25_000, "USD 25.000", "USD 25,000"),
    (formats.number, 456_488, "456.488", "456,488"),
    (formats.number, 0.3, "0,3", "0.3"),
    (formats.number, 2.5, "2,5", "2.5"),
    (formats.number, 1_234.5, "1.235", "1,235"),
    (formats.number, -0.0004, "-0,0004", "-0.0004"),
    (formats.number, NAN, "tidak ada data", "no data"),
    (formats.share, 0.00026, "0,026 %", "0.026%"),
    (formats.share, 4e-6, "0,0004 %", "0.0004%"),
    (formats.share, 2e-7, "0,00002 %", "0.00002%"),
    (formats.share, 0.0, "0 %", "0%"),
    (formats.share, 0.29, "29 %", "29%"),
    (formats.share, 0.123, "12 %", "12%"),
    (formats.share, 1.0, "100 %", "100%"),
    (formats.share, 1e-11, "kurang dari 0,0000001 %", "less than 0.0000001%"),
    (formats.probability, 0.8, "80 %", "80%"),
    (formats.probability, 0.935, "94 %", "94%"),
    (formats.probability, 0.004, "0,4 %", "0.4%"),
    (formats.probability, 0.9968, "99,7 %", "99.7%"),
    (formats.probability, 0.99996, "99,996 %", "99.996%"),
    (formats.probability, 1.0, "100 %", "100%"),
    (formats.probability, 0.0, "0 %", "0%"),
    (formats.complement, 0.245, "24 %", "24%"),
    (formats.complement, 0.246, "25 %", "25%"),
    (formats.complement, 0.00004, "0,004 %", "0.004%"),
    (formats.complement, 1.0, "100 %", "100%"),
    (formats.complement, NAN, "tidak ada data", "no data"),
    (formats.weeks, 101.4, "101 minggu", "101 weeks"),
    (formats.weeks, 9.44, "9,4 minggu", "9.4 weeks"),
    (formats.weeks, 1, "1 minggu", "1 week"),
    (formats.weeks, 1.04, "1 minggu", "1 week"),
    (formats.weeks, INF, "tidak pernah", "never"),
    (formats.enough_weeks, 150.14, "151 minggu", "151 weeks"),
    (formats.enough_weeks, 1050 / 7, "150 minggu", "150 weeks"),
    (formats.enough_weeks, 9.41, "9,5 minggu", "9.5 weeks"),
    (formats.enough_weeks, INF, "tidak pernah", "never"),
    (formats.weeks, NAN, "tidak ada data", "no data"),
    (formats.days, 70, "70 hari", "70 days"),
    (formats.duration, 5, "5 hari", "5 days"),
    (formats.duration, 707, "101 minggu", "101 weeks"),
    (formats.duration, INF, "tidak pernah", "never"),
    (formats.date, DAY, "5 Desember 2026", "5 December 2026"),
    (formats.date, None, "tidak pernah", "never"),
]


@pytest.mark.parametrize(("form", "value", "indonesian", "english"), TABLE)
def test_a_value_is_written_in_each_language_as(form, value, indonesian, english):
    assert (form(value, "id"), form(value, "en")) == (indonesian, english)


@pytest.mark.parametrize("power", [7, 8, 9, 12, 17, 27, 40, 300])
def test_a_number_of_any_size_is_written_with_all_its_digits(power):
    written = formats.number(10.0**power, "en")
    assert len(written.replace(",", "")) == power + 1
    assert written.startswith("1")


def test_a_short_date_has_a_short_month():
    assert formats.date(datetime.date(2027, 3, 6), "id", short=True) == "6 Mar 2027"


def test_a_range_has_one_word_between_its_ends_and_none_where_both_look_the_same():
    def bare(x, language):
        return formats.weeks(x, language, unit=False)

    assert formats.ranged(97, 106, bare, "id") == "97 sampai 106"
    assert formats.ranged(97, INF, bare, "id") == "97 sampai tidak pernah"
    assert formats.ranged(0, 9e9, formats.rupiah, "en") == "Rp0 to Rp9 billion"
    assert formats.ranged(12.1, 12.2, bare, "en") == "12"


def test_things_are_listed_with_a_last_and():
    assert formats.listed(["a", "b", "c"], "id") == "a, b, dan c"
    assert formats.listed(["a", "b"], "en") == "a and b"


def test_no_line_ends_between_a_number_and_its_unit():
    assert (
        formats.unbroken("itu 80 % dari 5 Desember 2026")
        == "itu 80\N{NO-BREAK SPACE}% dari 5\N{NO-BREAK SPACE}Desember 2026"
    )


def test_no_line_ends_between_a_minus_and_its_amount_and_no_other_hyphen_is_touched():
    minus = "\N{MINUS SIGN}"
    assert formats.unbroken("(-Rp5, -RMB 3), -2.5") == f"({minus}Rp5, {minus}RMB 3), {minus}2.5"
    kept = "2026-12-05, tmall-1111-2027, hari-H, --seed"
    assert formats.unbroken(kept) == kept


@pytest.mark.parametrize(("language", "separators"), [("id", ",."), ("en", ".,")])
def test_charts_get_the_separators_of(language, separators):
    assert formats.plotly_separators(language) == separators


@pytest.mark.parametrize("form", [formats.rupiah, formats.share, formats.weeks, formats.number])
def test_numpy_numbers_look_like_pythons(form):
    import numpy as np

    assert form(np.float64(12.5), "id") == form(12.5, "id")


@pytest.mark.parametrize("language", ["de", "ID", ""])
def test_a_language_that_is_not_ours_is_refused(language):
    for form in (formats.rupiah, formats.share, formats.weeks, formats.number):
        with pytest.raises(BadInput, match="language"):
            form(1.0, language)


@pytest.mark.parametrize(
    ("fractions", "said"),
    [
        ([0.755, 0.245], ["76%", "24%"]),
        ([0.245, 0.755], ["24%", "76%"]),
        ([1 / 3, 1 / 3, 1 / 3], ["34%", "33%", "33%"]),
        ([0.6, 0.395, 0.005], ["60%", "39.5%", "0.5%"]),
        ([0.95, 0.05, 1 - 0.95 - 0.05], ["95%", "5%", "0%"]),
        ([0.125, 0.125], ["13%", "12%"]),
        ([1.0], ["100%"]),
        ([], []),
    ],
)
def test_parts_of_one_whole_are_shown_so_that_they_add_up(fractions, said):
    assert formats.parts(fractions, "en") == said


def test_parts_add_up_and_none_is_further_from_what_it_is_than_a_digit():
    for count in (7, 200, 2000):
        for first in range(0, count + 1, 7):
            for second in range(0, count - first + 1, 11):
                whole = [first / count, second / count, (count - first - second) / count]
                shown = formats.apportioned(whole)
                assert sum(shown) == 1
                for part, exact in zip(shown, whole, strict=True):
                    assert abs(float(part) - exact) < 0.01
                    assert (part > 0) == (exact > 0)


@pytest.mark.parametrize("chance", [0.755, 0.5, 0.005, 0.995, 0.3333])
def test_a_chance_and_its_contrary_add_up(chance):
    one, other = formats.probability(chance, "en"), formats.complement(round(1 - chance, 12), "en")
    assert float(one.rstrip("%")) + float(other.rstrip("%")) == pytest.approx(100)
