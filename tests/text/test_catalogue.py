"""The catalogues: complete, without leftovers, and found by the extractor whatever a call looks like."""

import ast
import io

import pytest
from babel.messages.catalog import Catalog

from sim.errors import BadInput
from sim.text import catalogue, extraction
from sim.text.catalogue import LANGUAGES, N_, NN_, speaker

SAME_IN_BOTH = {
    "Amazon",
    "Median",
    "median",
    "Tmall",
    "Tmall Global",
    "{n} per RMB",
    "{n} per USD",
    "{feast}, {date}",
}


def found(source):
    return [texts for _line, _name, texts, _tags in extraction.calls(io.BytesIO(source.encode()), extraction.KEYWORDS)]


def test_the_code_says_something(said: Catalog):
    assert len([m for m in said if m.id]) > 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_code_is_translated_and_no_other_with_the_same_fields(language: str, said: Catalog):
    assert extraction.report(language, said).lines() == [f"{language}: complete"], "see sim/text/__init__.py"


def test_no_translation_merely_repeats_the_english():
    same = {m.id for m in catalogue.read("id") if isinstance(m.id, str) and m.id and m.id == m.string}
    assert same <= SAME_IN_BOTH


def test_a_speaker_is_called_underscore_so_that_the_extractor_finds_what_it_says():
    wrong = []
    for path in extraction.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and _called(node.value) == "speaker":
                wrong += [
                    f"{path.name}:{node.lineno}" for t in node.targets if not isinstance(t, ast.Name) or t.id != "_"
                ]
    assert wrong == []


def _called(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def test_the_extractor_finds_texts_inside_calls_inside_fields():
    assert found('_("a {b}", b=str(f(_("c"))))') == [("a {b}",), ("c",)]


def test_the_extractor_finds_every_marker():
    source = 'N_("a"); NN_("b", "c"); _.ngettext("d", "e", 2); speaker("id").gettext("f"); speaker("id")("g")'
    assert found(source) == [("a",), ("b", "c"), ("d", "e", None), ("f",), ("g",)]


def test_the_extractor_leaves_alone_what_is_said_from_a_table():
    assert found("_(TABLE[key])") == []


def test_an_f_string_is_refused():
    with pytest.raises(BadInput, match="f-string"):
        found('_(f"a {b}")')


def test_missing_obsolete_and_disagreeing_texts_are_reported(monkeypatch):
    said, have = Catalog(), Catalog()
    said.add("new")
    said.add("{n} coaches")
    said.add("empty")
    have.add("old", "lama")
    have.add("{n} coaches", "{m} pembina")
    have.add("empty", "")
    monkeypatch.setattr(extraction, "read", lambda language: have)
    wrong = extraction.report("id", said)
    assert (wrong.missing, wrong.obsolete, wrong.disagreeing) == (["empty", "new"], ["old"], ["{n} coaches"])


def test_update_adds_new_texts_drops_old_ones_and_keeps_translations(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue, "file_of", lambda language: tmp_path / language / "siap.po")
    monkeypatch.setattr(extraction, "file_of", catalogue.file_of)
    first, second = Catalog(), Catalog()
    first.add("kept")
    first.add(("{n} day", "{n} days"))
    path = extraction.update("id", first)
    path.write_text(path.read_text().replace('msgid "kept"\nmsgstr ""', 'msgid "kept"\nmsgstr "tetap"'))
    second.add("kept")
    second.add("new")
    text = extraction.update("id", second).read_text()
    assert 'msgid "kept"\nmsgstr "tetap"' in text
    assert 'msgid "new"\nmsgstr ""' in text
    assert "day" not in text


def test_english_needs_no_catalogue():
    assert speaker("en")("Start on {date}.", date="Monday") == "Start on Monday."


def test_a_text_that_nobody_translated_is_said_in_english():
    assert speaker("id")("words that %s", x=1) == "words that %s"


def test_plurals_follow_the_language():
    texts = NN_("{n} week", "{n} weeks")
    assert [speaker("en").ngettext(*texts, n, n=n) for n in (1, 2)] == ["1 week", "2 weeks"]
    assert [speaker("id").ngettext(*texts, n, n=n) for n in (1, 2)] == ["1 minggu", "2 minggu"]


def test_a_marked_text_is_said_later():
    assert speaker("id")(N_("coaching")) == "pembinaan"


def test_braces_in_a_field_are_only_text():
    assert speaker("en")("brand {name}", name="{odd}") == "brand {odd}"


def test_an_unknown_language_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match="en, id"):
        speaker("fr")
