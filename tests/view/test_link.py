"""A shared setting as text: what is written is read again, and nothing else ever is."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import BadInput
from sim.view import link
from sim.view.choice import Choice
from sim.view.link import Shared, Stamp

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PATHS = st.lists(st.text("abcdefgh-_", min_size=1, max_size=12), min_size=1, max_size=4).map(".".join)
SETTINGS = st.dictionaries(PATHS, st.one_of(NUMBERS, st.integers(-(10**12), 10**12), TEXTS, st.booleans()), max_size=6)
CHOICES = st.builds(
    Choice,
    base=TEXTS,
    week=st.integers(0, 1040),
    settings=SETTINGS.map(lambda found: tuple(found.items())),
    campaign=TEXTS,
    share=st.none() | st.floats(1e-9, 1),
    probability=st.floats(0.01, 0.99),
    seed=st.none() | st.integers(0, 2**64 - 1),
    replications=st.none() | st.integers(1, 10**6),
)
STAMPS = st.builds(
    Stamp,
    digest=st.text("0123456789abcdef", min_size=64, max_size=64),
    version=st.text("0123456789.", max_size=8),
    figures=st.dictionaries(st.text("abc_", max_size=9), st.none() | NUMBERS, max_size=9),
)
NAMES = TEXTS.map(link.one_line)
SHARED = st.builds(Shared, choice=CHOICES, stamp=STAMPS, language=st.sampled_from(["id", "en"]), name=NAMES)
EXAMPLE = Shared(
    Choice("cibaduyut-2027", 49, (("resources.coach.units", 40),), seed=1, replications=200),
    Stamp("0" * 64, "0.1.0", {"chance": 0.5, "least_weeks": None}),
    name="lebih banyak pembina",
)


def packed(text: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text)).decode().rstrip("=")


@given(SHARED)
def test_what_is_written_is_read_again_in_every_form(shared):
    assert link.read(link.write(shared)) == shared
    assert link.unpack(link.pack(shared)) == shared
    for given_text in (link.write(shared), link.pack(shared), link.query(shared), f"http://x/y{link.query(shared)}#z"):
        assert link.opened(f" {given_text}\n") == shared


@given(SHARED)
def test_the_text_is_canonical_and_the_link_has_only_what_an_address_may(shared):
    assert link.write(link.read(link.write(shared))) == link.write(shared)
    assert set(link.pack(shared)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_equal_settings_have_one_text_whether_whole_numbers_are_floats_or_not():
    floats = Shared(
        Choice("cibaduyut-2027", 49, (("resources.coach.units", 40.0),), seed=1, replications=200),
        EXAMPLE.stamp,
        name=EXAMPLE.name,
    )
    assert link.write(floats) == link.write(EXAMPLE)


def test_a_link_is_short_enough_to_send():
    assert len(link.query(EXAMPLE)) < 500


@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda raw: raw.decode("latin-1")))
def test_any_other_text_is_refused_in_one_line(text):
    with pytest.raises(BadInput) as caught:
        link.opened(text)
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused_even_where_they_are_packed_as_ours_are(raw):
    with pytest.raises(BadInput):
        link.opened(packed(raw))


JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner),
)


@given(st.dictionaries(st.sampled_from(["choice", "stamp", "language", "name", "other"]), JSON))
def test_any_other_data_are_refused_even_where_they_say_that_they_are_ours(data):
    with pytest.raises(BadInput):
        link.opened(json.dumps(data | {link.KEY: link.FORM}))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_letter_changed_is_noticed(place, by):
    token = link.pack(EXAMPLE)
    i = place % len(token)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = token[:i] + letters[(letters.index(token[i]) + by) % 64] + token[i + 1 :]
    try:
        assert link.unpack(changed) == EXAMPLE  # nothing changed, or a bit after the last that counts
    except BadInput:
        assert changed != token


def test_a_link_that_was_cut_off_is_refused_wherever_it_was():
    token = link.pack(EXAMPLE)
    for end in range(len(token)):
        with pytest.raises(BadInput):
            link.opened(token[:end])


@pytest.mark.parametrize(
    "text",
    [
        '{"siap":1,"choice":' + "[" * 5_000,
        '{"siap":1,"siap":1}',
        '{"siap":1,"choice":NaN}',
        '{"siap":1,"name":"\\ud800"}',
        '{"siap":1,"choice":{"week":' + "9" * 6_000 + "}}",
        '{"siap":2}',
        "{}",
        "{" + " " * 9_000 + "}",
        "x" * 9_000,
        "http://127.0.0.1/?other=1",
        "http://127.0.0.1/?" + "a=b&" * 500 + "siap=x",
        "../../../etc/passwd",
    ],
)
def test_what_would_harm_or_be_misread_is_refused(text):
    with pytest.raises(BadInput):
        link.opened(text)


def test_a_small_text_that_unpacks_to_a_huge_one_is_refused_before_it_has():
    with pytest.raises(BadInput, match="damaged"):
        link.opened(packed(b"{" + b" " * 50_000_000 + b"}")[:8_000])
    token = base64.urlsafe_b64encode(zlib.compress(b" " * 3_000_000, 9)).decode().rstrip("=")
    assert len(token) < link.LARGEST
    with pytest.raises(BadInput, match="damaged"):
        link.opened(token)


def test_what_is_too_long_to_be_read_again_is_not_written():
    long = Shared(Choice("x", 1, (("title.id", "x" * 9_000),)), EXAMPLE.stamp)
    with pytest.raises(BadInput, match="at most 8,000 bytes"):
        link.write(long)


def test_a_newer_form_is_named():
    text = link.write(EXAMPLE).replace('"siap":1', '"siap":7')
    with pytest.raises(BadInput, match="a newer one may have written it"):
        link.read(text)


def test_a_place_that_is_set_twice_is_refused():
    text = link.write(EXAMPLE).replace('[["resources.coach.units",40]]', '[["a.b",1],["a.b",2]]')
    with pytest.raises(BadInput, match="once"):
        link.read(text)
