"""Numbers that are typed in place of what stands there: as the reader's language writes them, in the unit shown."""

import pytest

import sim
from sim import BadInput
from sim.text import words
from sim.view import levers, typed


@pytest.mark.parametrize(
    ("text", "unit", "language", "number"),
    [
        ("12", "unit", "id", 12),
        (" 1.500 ", "workshop", "id", 1500),
        ("1.500 bengkel", "workshop", "id", 1500),
        ("1,500 workshops", "workshop", "en", 1500),
        ("Rp12,8 miliar", "IDR", "id", 12.8e9),
        ("Rp12.8 billion", "IDR", "en", 12.8e9),
        ("12,8 miliar", "IDR", "id", 12.8e9),
        ("60", "share", "id", 0.6),
        ("60\N{NO-BREAK SPACE}%", "share", "id", 0.6),
        ("0,0001%", "share", "id", 1e-6),
        ("62.5%", "share", "en", 0.625),
        ("3 days", "day", "en", 3),
    ],
)
def test_it_is_read_with_its_unit_or_without(text: str, unit: str, language: str, number: float):
    assert typed.number(text, unit, "X", language) == number


@pytest.mark.parametrize("language", ["id", "en"])
def test_what_a_slider_shows_is_read_as_what_it_is(language: str):
    scenario = sim.Scenario.load("cibaduyut-2027")
    places = [place for group in levers.groups(scenario).values() for place in group if not place.choice]
    assert len(places) > 8
    for place in places:
        for value in place.values:
            shown = place.shown(value, language)
            read = typed.number(shown, place.unit, "X", language)
            assert words.amount(read, place.unit, language) == shown, (place.path, shown)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("banyak", "bukan angka"),
        ("", "bukan angka"),
        ("1,500", "dapat dibaca 1500 dan dapat dibaca 1,5"),
        ("12 kg", "bukan angka"),
        ("<script>", "bukan angka"),
    ],
)
def test_what_is_no_number_or_two_is_refused_in_one_line(text: str, said: str):
    with pytest.raises(BadInput, match=said) as refused:
        typed.number(text, "unit", "Pembina", "id")
    assert str(refused.value).startswith("Pembina: ")
    assert "\n" not in str(refused.value)
