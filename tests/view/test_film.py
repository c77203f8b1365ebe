"""The animated picture, its words and its table say what the replay holds; the card makes it only when asked."""

import dataclasses
import datetime
import re

import numpy as np
import pytest

import sim
from sim.text import formats, words
from sim.view.answer import Setting
from sim.view.film import KINDS, Film, film
from sim.view.film_card import FilmCard
from sim.view.preparation import preparation
from sim.view.reading import Reading
from sim.view.replay import STATES, Replay, replay
from sim.view.session import Shown

LANGUAGES = ["id", "en"]


@pytest.fixture
def setting() -> Setting:
    return Setting("id", 104, None, 0.8, datetime.date(2026, 11, 24))


@pytest.fixture(scope="module")
def made(shown: Shown) -> Replay:
    assert shown.preparation is not None
    return replay(shown.reading.result, shown.preparation.number)


def filmed(shown: Shown, made: Replay, language: str = "en") -> Film:
    return film(made, words.titles_of(shown.scenario), language)


def bars(one: Film, m: int) -> dict[str, np.ndarray]:
    return {kind: np.array(lengths) for kind, lengths in zip(KINDS, one.frames[m]["x"], strict=True)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_moment_is_a_frame_that_fits_the_chart(shown, made, language):
    one = filmed(shown, made, language)
    rows = len(one.parts.layout["annotations"])
    assert len(one.frames) == len(one.said) == len(made.days)
    assert len(one.parts.traces) == len(KINDS) + 1
    for frame in one.frames:
        assert [len(lengths) for lengths in frame["x"]] == [rows] * len(KINDS)
        assert len(frame["text"]) == rows
    assert one.frames[0]["x"] == [trace["x"] for trace in one.parts.traces[:-1]]


def test_no_bar_is_longer_than_its_line_and_a_line_of_workshops_is_always_full(shown, made):
    one = filmed(shown, made)
    stages = [i for i, label in enumerate(one.parts.layout["annotations"]) if label["text"] == "Coaching"]
    assert len(stages) == 1
    for m in range(len(made.days)):
        whole = sum(bars(one, m).values())
        assert (whole <= 1.001).all()
        assert whole[stages] == pytest.approx(1.0, abs=0.001)


def test_the_line_of_coaching_is_the_counts_of_coaching(shown, made):
    one, stage = filmed(shown, made), made.stages.index("coach")
    row = next(i for i, label in enumerate(one.parts.layout["annotations"]) if label["text"] == "Coaching")
    m = int(made.by_stage[:, STATES.index("served"), stage].argmax())
    counts = dict(zip(STATES, made.by_stage[m, :, stage].tolist(), strict=True))
    assert counts["served"] > 0
    assert {kind: round(float(bars(one, m)[kind][row]) * made.workshops) for kind in counts} == counts
    waits = f"{counts['waiting']} wait, " if made.by_stage[:, STATES.index("waiting"), stage].any() else ""
    assert one.frames[m]["text"][row] == f"{waits}{counts['passed']} passed"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_moment_sentence_and_table_say_the_numbers(shown, made, language):
    one = filmed(shown, made, language)
    for m in (0, len(made.days) // 2, len(made.days) - 1):
        doing = dict(zip(STATES, made.doing[m].tolist(), strict=True))
        numbers = re.findall(r"\d+", one.said[m].replace(".", "").replace(",", " "))
        for state in ("served", "waiting", "passed", "left"):
            assert str(doing[state]) in numbers
    last = dict(zip(STATES, made.doing[-1].tolist(), strict=True))
    assert str(last["left"]) in one.sentence
    cells = re.findall(r"<td[^>]*>(.*?)</td>", one.table)
    assert formats.number(float(made.weeks[-1]), language) in cells
    assert cells[-1] == formats.number(round(float(made.items[-1].sum())), language)


@pytest.fixture(scope="module")
def wanting() -> tuple[Shown, Replay]:
    """The reference as it is: with a rule of stock, and people who are waited for."""
    result = sim.simulate("cibaduyut-2027", replications=2)
    days = preparation(result, [result.history(k) for k in range(2)])
    return Shown(Reading(result), "full", 1, days), replay(result, days.number)


def test_the_sentence_names_the_longest_queue_and_when_stock_is_all_there(wanting):
    shown, made = wanting
    one = filmed(shown, made)
    m, r = np.unravel_index(made.queue.argmax(), made.queue.shape)
    assert f"{made.queue[m, r]} in week {made.weeks[m]:.0f}." in one.sentence
    assert "The longest queue is at" in one.sentence
    there = (made.items >= made.asked).all(axis=1)
    said = f"in week {made.weeks[there.argmax()]:.0f}." if there.any() else "never all there"
    assert one.sentence.endswith(said if there.any() else f"{said}.")


def test_the_film_is_made_when_asked_for_and_folded_away_for_another_result(wire, shown, setting, wanting):
    card = FilmCard()
    card.speak("en")
    card.draw(shown, setting)
    assert not card.opened
    assert card.card is None
    card.button.click()
    assert card.opened
    assert card.player is not None
    weeks = len(card.player.frames)
    assert weeks == len(card.player.said) > 20
    card.speak("en")
    card.draw(shown, dataclasses.replace(setting, language="en"))
    assert card.player.said[0].startswith("Week 0:")
    card.speak("id")
    card.draw(shown, setting)
    assert card.opened
    assert card.player.said[0].startswith("Minggu ke-0:")
    card.draw(wanting[0], setting)
    assert not card.opened
    card.button.click()
    assert card.opened
    assert "254" in card.player.said[0]


def test_for_a_whole_country_the_card_says_why_there_is_no_film(wire, shown, setting, monkeypatch):
    monkeypatch.setattr("sim.view.film_card.drawable", lambda _scenario: False)
    card = FilmCard()
    card.speak("id")
    card.draw(shown, setting)
    assert card.button.layout.display == "none"
    assert "Tidak ditampilkan untuk bengkel sebanyak ini" in card.why.value
