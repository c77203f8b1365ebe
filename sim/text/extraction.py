"""Which texts the code says, and what is wrong with a catalogue: for developers and tests.

Babel collects the texts; the calls themselves are found in the syntax tree, because babel's own
reader of Python misses a text inside a call inside another text's fields.
"""

from __future__ import annotations

import ast
import dataclasses
import io
import string
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

from sim.errors import BadInput
from sim.text.catalogue import SPOKEN_IN_CODE, file_of, forms, header, read

PACKAGE = Path(__file__).parents[1]
KEYWORDS = {**DEFAULT_KEYWORDS, "NN_": (1, 2)}
LINE_LENGTH = 110
Found = tuple[int, str, tuple[str | None, ...], list[str]]


@dataclasses.dataclass(frozen=True)
class Report:
    """What is wrong with one catalogue; each a list of English texts.

    Attributes
    ----------
    missing : said by the code and not in the catalogue
    obsolete : in the catalogue and no longer said
    disagreeing : the fields in braces differ between the two
    """

    language: str
    missing: list[str]
    obsolete: list[str]
    disagreeing: list[str]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.missing or self.obsolete or self.disagreeing)

    def lines(self) -> list[str]:
        """The report, one finding a line."""
        kinds = {"missing": self.missing, "obsolete": self.obsolete, "other fields": self.disagreeing}
        found = [f"{self.language}: {kind}: {text}" for kind, texts in kinds.items() for text in texts]
        return found or [f"{self.language}: complete"]


def calls(source: IO[bytes], keywords: Collection[str], _tags: object = (), options: object = None) -> Iterator[Found]:
    """Every call of a marker in Python source, as babel's extraction methods give them."""
    nodes = (n for n in ast.walk(ast.parse(source.read())) if isinstance(n, ast.Call) and n.args)
    for node in sorted(nodes, key=lambda n: (n.lineno, n.col_offset)):
        if (name := _name(node.func)) not in keywords:
            continue
        if isinstance(node.args[0], ast.JoinedStr):
            where = f"{getattr(source, 'name', 'source')}, line {node.lineno}"
            raise BadInput(where, "a text to be translated cannot be an f-string", remedy="pass its parts as fields")
        texts = tuple(_literal(a) for a in node.args)
        if texts[0] is not None:
            yield node.lineno, name, texts, []


def _name(function: ast.expr) -> str:
    """The last part of what is called: `_` of `_(…)` and of `speaker(language)(…)`, `ngettext` of `_.ngettext(…)`."""
    if isinstance(function, ast.Call) and _name(function.func) == "speaker":
        return "_"
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literal(argument: ast.expr) -> str | None:
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def template(root: Path = PACKAGE) -> Catalog:
    """Every text that the Python files under `root` say, with the files that say it."""
    found = Catalog(domain="siap", charset="utf-8")
    method = [("**.py", f"{__name__}:calls")]
    for file, _line, message, _comments, context in extract_from_dir(root, method, keywords=KEYWORDS):
        found.add(message, locations=[(f"sim/{Path(file).as_posix()}", 1)], context=context)
    return found


def report(language: str, said: Catalog | None = None) -> Report:
    """What is wrong with the catalogue of `language`.

    Parameters
    ----------
    said : Catalog, optional
        The texts to compare with; those of the package if left out.
    """
    wanted, have = _by_key(said or template()), _by_key(read(language))
    absent = [k for k in wanted if k not in have or not _finished(have[k])]
    disagreeing = [k for k in wanted.keys() & have.keys() if _finished(have[k]) and not _agree(wanted[k], have[k])]
    return Report(
        language,
        missing=[] if language == SPOKEN_IN_CODE else sorted(k[1] for k in absent),
        obsolete=sorted(k[1] for k in have.keys() - wanted.keys()),
        disagreeing=sorted(k[1] for k in disagreeing),
    )


def _by_key(catalogue: Catalog) -> dict[tuple[str, str], Message]:
    return {(m.context or "", forms(m.id)[0]): m for m in catalogue if m.id}


def _finished(message: Message) -> bool:
    return not message.fuzzy and all(forms(message.string))


def _agree(english: Message, other: Message) -> bool:
    """Whether both have the same fields; of a plural, the last form counts."""
    return type(english.id) is type(other.id) and fields(english.id) == fields(other.string)


def fields(text: Any) -> set[str]:
    """Names in braces of a text, of a plural's last form."""
    return {name for _, name, _, _ in string.Formatter().parse(forms(text)[-1]) if name is not None}


def update(language: str, said: Catalog | None = None) -> Path:
    """Write the catalogue of `language` anew: new texts with nothing said yet, none that is obsolete."""
    catalogue, path = read(language), file_of(language)
    catalogue.update(said or template(), no_fuzzy_matching=True)
    for message in catalogue:
        message.flags.discard("python-brace-format")  # all of them are
    body = io.BytesIO()
    write_po(body, catalogue, width=LINE_LENGTH, omit_header=True, include_lineno=False, ignore_obsolete=True)
    text = header(language) + body.getvalue().decode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    return path
