"""What is said, in the reader's language: gettext catalogues read as text, without compiled files.

Code holds the English; a catalogue holds what another language says instead. `speaker` gives a
function that says a text in one language. There is no current language: whoever speaks was told
which. How numbers and dates look is `sim.text.formats`; which texts exist is `sim.text.extraction`.
"""

from __future__ import annotations

import dataclasses
import functools
import io
from collections.abc import Mapping
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from sim.errors import unknown

LANGUAGES = ("id", "en")
DEFAULT = "id"
SPOKEN_IN_CODE = "en"  # needs no catalogue, and has one only where the displayed English differs

# Babel does not know that Indonesian has one form for all numbers.
PLURALS = {"id": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
HEADER = """\
# What Siap says in this language. The English stands in the code; see sim/text/__init__.py.
# `python -m sim.text --update` adds new texts, with nothing said yet, and drops those that the code no longer says.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

Key = tuple[str | None, str]  # context, English


def N_(message: str) -> str:
    """Mark a text that is said later, by `speaker(language)(message)`."""
    return message


def NN_(one: str, many: str) -> tuple[str, str]:
    """Mark a text with its plural that is said later, by `speaker(language).ngettext(*texts, n)`."""
    return (one, many)


@dataclasses.dataclass(frozen=True, eq=False)
class Speech:
    """One language. Called with an English text it says it; ``{name}`` in it is filled from the fields.

    Attributes
    ----------
    language : str
        ``id`` or ``en``.
    entries : mapping
        Context and English to what is said instead: one form, or several for plurals.
    """

    language: str
    entries: Mapping[Key, tuple[str, ...]]

    def __call__(self, message: str, /, **fields: object) -> str:
        """`message` in this language."""
        return _filled(self.entries.get((None, message), (message,))[0], fields)

    def gettext(self, message: str, /, **fields: object) -> str:
        """As a call, for where there is no `_` at hand: ``speaker(language).gettext("never")``."""
        return self(message, **fields)

    def pgettext(self, context: str, message: str, /, **fields: object) -> str:
        """`message` in this language, where the same English means different things."""
        return _filled(self.entries.get((context, message), (message,))[0], fields)

    def ngettext(self, one: str, many: str, count: float, /, **fields: object) -> str:
        """The text for `count` things. The number itself is a field like any other, already formatted."""
        forms = self.entries.get((None, one), (one, many))
        return _filled(forms[0] if count == 1 else forms[-1], fields)


def _filled(text: str, fields: Mapping[str, object]) -> str:
    return text.format_map(fields) if fields else text


@functools.cache
def speaker(language: str) -> Speech:
    """Whoever says English texts in `language`.

    Raises
    ------
    BadInput
        If the language is neither ``id`` nor ``en``.
    """
    check(language)
    return Speech(language, _entries(read(language)))


def check(language: str) -> str:
    """`language`, if it is one of ours."""
    if language not in LANGUAGES:
        raise unknown("language", "language", language, LANGUAGES)
    return language


def file_of(language: str) -> Path:
    """Where the catalogue of a language lies, whether or not there is one."""
    return Path(__file__).parent / "locales" / language / "siap.po"


def read(language: str) -> Catalog:
    """The catalogue of a language as it lies on disk; empty if there is none."""
    path = file_of(language)
    text = path.read_text(encoding="utf-8") if path.is_file() else header(language)
    return read_po(io.StringIO(text), locale=language, domain="siap", abort_invalid=True)


def header(language: str) -> str:
    """What stands above the entries of a catalogue."""
    return HEADER.format(language=language, plurals=PLURALS[language])


def _entries(catalogue: Catalog) -> dict[Key, tuple[str, ...]]:
    """What the finished entries of a catalogue say; an empty or fuzzy one says nothing."""
    pairs = ((m.context, forms(m.id)[0], forms(m.string)) for m in catalogue if m.id and not m.fuzzy)
    return {(context, english): said for context, english, said in pairs if all(said)}


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """The forms of an entry's text: one, or one for each number of things."""
    return (text,) if isinstance(text, str) else tuple(text or ("",))
