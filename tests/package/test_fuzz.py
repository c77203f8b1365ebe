"""Whatever anybody hands over, a loader makes a valid thing of it or refuses it in one line: nothing else is raised."""

import io
import random
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.errors import BadInput
from sim.package.archive import Archive
from sim.package.compared import Comparison, compared
from sim.package.layout import MANIFEST, TABLE_OF
from sim.package.manifest import Manifest, checksums, manifest
from sim.package.verify import verify
from sim.scenario import Scenario, documents
from sim.scenario.own_cluster import Reading
from sim.scenario.seeds import complete
from sim.view import link, own_sheet
from sim.view.choice import Choice
from tests.package.packages import Files, files, sealed, written, zipped
from tests.store.scenarios import uncertain

EVERYDAY = 200  # examples of each kind
IN_ALL = 100_000  # inputs of the trials
COSTLY = {"scenario values": 4_000, "sheet excel": 4_000, "sheet csv": 8_000}  # inputs of what takes longer
WORDS = [
    *(b"-1", b"0", b"1e999", b"-0.0", b"nan", b".inf", b"null", b"~", b"true", b"[]", b"{}", b"'", b'"', b"\n", b"\t"),
    *(b": ", b"- ", b"&a", b"*a", b"!!", b"|", b"%", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"9" * 30),
    *(b"2027-02-30", b",", b";", b"../"),
]


# ── what is changed, and how ─────────────────────────────────────────────────────────────────────────────────────────
def mutated(data: bytes, chance: random.Random) -> bytes:
    """Bytes with a few of them changed, cut out, doubled, moved, or with words put in that mean something somewhere."""
    made = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at, long = chance.randrange(len(made) + 1), chance.choice([1, 1, 2, 4, 16, 64, 1024])
        way = chance.randrange(6)
        if way == 0 and made:
            made[at % len(made)] = chance.randrange(256)
        elif way == 1:
            del made[at : at + long]
        elif way == 2:
            made[at:at] = made[at : at + long]
        elif way == 3:
            made[at:at] = chance.choice(WORDS)
        elif way == 4:
            made[at : at + long] = chance.choice(WORDS)
        else:
            other = chance.randrange(len(made) + 1)
            made[at:at] = made[other : other + long]
    return bytes(made)


def with_other_values(data: Any, chance: random.Random) -> Any:
    """Plain data in which one value, anywhere, is another or gone."""
    odd = [None, True, -1, 0, 1e308, 10**30, "", "x" * 500, "\x00", [], {}, [[]], -0.0, "a.b"]
    odd += [{"central": 1}, {"row": "E1"}]
    made, places = _copied(data), []
    stack = [made]
    while stack:
        place = stack.pop()
        items = place.items() if isinstance(place, dict) else enumerate(place)
        for key, inner in items:
            places.append((place, key))
            if isinstance(inner, dict | list):
                stack.append(inner)
    place, key = chance.choice(places)
    if chance.random() < 0.2:
        del place[key]
    elif chance.random() < 0.2 and isinstance(place, dict):
        place[chance.choice(["kind", "x", "", "low", "central", "chosen", "row"])] = chance.choice(odd)
    else:
        place[key] = chance.choice(odd)
    return made


def _copied(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _copied(inner) for key, inner in data.items()}
    return [_copied(inner) for inner in data] if isinstance(data, list) else data


# ── what is tried ────────────────────────────────────────────────────────────────────────────────────────────────────
class Trial:
    """The loaders, each with something valid to start from, and a place for files."""

    def __init__(self, folder: Path) -> None:
        self.good: Files = files()
        self.text = uncertain().text
        shipped = [Scenario.load(name) for name in ("single-day-2018", "eight-clusters-2027")]
        self.plains = [documents.read(one.text, "good") for one in (uncertain(), *shipped)]
        self.zip = zipped(self.good)
        self.csv = own_sheet.template(".csv", "id") + b"Magetan;Magetan;sandal;;Dinas;cibaduyut;100;;;;;;;;\r\n"
        self.excel = _filled(own_sheet.template(".xlsx", "en"))
        self.token = link.pack(link.read(SHARED))
        self.path, self.sheet = folder / "package.zip", folder / "sheet"
        self.kinds: dict[str, Callable[[random.Random], Any]] = {
            "scenario text": lambda chance: self.scenario(mutated(self.text.encode(), chance)),
            "scenario values": self.values,
            "package": lambda chance: self.package(mutated(self.zip, chance)),
            "package of changed files": lambda chance: self.package(zipped(self.changed(chance))),
            "parquet": lambda chance: self.table("parquet", chance),
            "csv": lambda chance: self.table("csv", chance),
            "link text": lambda chance: self.link(mutated(SHARED.encode(), chance)),
            "link token": lambda chance: self.link(mutated(self.token.encode(), chance)),
            "sheet csv": lambda chance: self.own(".csv", mutated(self.csv, chance)),
            "sheet excel": lambda chance: self.own(".xlsx", self.excel_file(chance)),
        }

    def scenario(self, data: bytes) -> str:
        try:
            text = data.decode()
        except UnicodeDecodeError:
            text = data.decode("latin-1")
        return outcome(lambda: complete(text, "fuzz.yaml"), Scenario)

    def values(self, chance: random.Random) -> str:
        data = with_other_values(chance.choice(self.plains), chance)
        return outcome(lambda: complete(documents.write(data), "fuzz.yaml"), Scenario)

    def changed(self, chance: random.Random) -> Files:
        name = chance.choice([MANIFEST, MANIFEST, "checksums.sha256", *self.good])
        made = self.good | {name: mutated(self.good[name], chance)}
        return sealed(made) if chance.random() < 0.5 else made

    def package(self, data: bytes) -> str:
        written(self.path, data)

        def load() -> Manifest:
            with Archive(self.path) as package:
                listed = checksums(package)
                for name in package.names:
                    assert package.digest(name) == listed.get(name) or True
                return manifest(package)

        return outcome(load, Manifest)

    def table(self, form: str, chance: random.Random) -> str:
        name = chance.choice(["shares", "readiness", "runs", "summary"])
        frame = pq.read_table(io.BytesIO(self.good[f"tables/{name}.parquet"])).to_pandas()
        data = mutated(self.good[f"tables/{name}.{form}"], chance)
        return outcome(lambda: compared(data, form, frame, TABLE_OF[name]), Comparison)

    def excel_file(self, chance: random.Random) -> bytes:
        """An Excel file changed as a whole, or in one of its parts."""
        if chance.random() < 0.2:
            return mutated(self.excel, chance)
        with zipfile.ZipFile(io.BytesIO(self.excel)) as file:
            parts = {name: file.read(name) for name in file.namelist()}
        name = chance.choice(["xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml", *parts])
        return zipped(parts | {name: mutated(parts[name], chance)})

    def link(self, data: bytes) -> str:
        return outcome(lambda: link.opened(data.decode("utf-8", "surrogateescape")), link.Shared)

    def own(self, suffix: str, data: bytes) -> str:
        path = self.sheet.with_suffix(suffix)
        path.write_bytes(data)
        return outcome(lambda: own_sheet.filled(path), Reading)


def outcome(load: Callable[[], Any], kind: type) -> str:
    """What came of it; anything but a valid thing or a refusal in one line is an error of the loader."""
    line = ""
    try:
        assert isinstance(load(), kind)
    except BadInput as error:
        line = str(error)
    assert line.isprintable()
    assert len(line) < 3_000
    return "refused" if line else "valid"


def _filled(empty: bytes) -> bytes:
    """An Excel sheet with a cluster in it."""
    book = openpyxl.load_workbook(io.BytesIO(empty))
    book.worksheets[0].append(["Magetan", "Magetan", "sandal", None, "Dinas", "cibaduyut", 100, 20])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _shared() -> str:
    stamp = link.Stamp("0" * 64, "0.1.0", {"share": 0.1})
    return link.write(link.Shared(Choice("cibaduyut-2027", 49), stamp, "en", "A name"))


SHARED = _shared()
KINDS = [
    "scenario text", "scenario values", "package", "package of changed files", "parquet", "csv", "link text",
    "link token", "sheet csv", "sheet excel",
]  # fmt: skip


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    return Trial(tmp_path_factory.mktemp("fuzz"))


def test_what_they_start_from_is_valid(trial: Trial):
    assert trial.kinds.keys() == set(KINDS)
    assert trial.scenario(trial.text.encode()) == "valid"
    assert trial.package(trial.zip) == "valid"
    assert trial.own(".csv", trial.csv) == trial.own(".xlsx", trial.excel) == "valid"
    assert trial.link(SHARED.encode()) == trial.link(trial.token.encode()) == "valid"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_valid_but_for_a_few_bytes_is_valid_or_refused(kind: str, trial: Trial):
    many = EVERYDAY // 4 if kind in COSTLY else EVERYDAY
    found = Counter(trial.kinds[kind](random.Random(f"{kind} {i}")) for i in range(many))
    assert found.total() == many
    assert "refused" in found or kind in ("parquet", "csv")


@given(text=st.text() | st.text(alphabet=":-[]{}&*!|>'\"%@` \n#?,0123456789.eEabtrue"))
@settings(max_examples=300)
def test_any_text_is_a_scenario_or_refused(text: str):
    outcome(lambda: complete(text, "fuzz.yaml"), Scenario)
    outcome(lambda: documents.read(text, "fuzz.yaml"), object)


@given(data=st.binary(max_size=600))
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_a_package_a_sheet_and_a_link_or_refused(data: bytes, trial: Trial):
    trial.package(data)
    trial.own(".csv", data)
    trial.link(data)


@given(names=st.lists(st.text(min_size=1, max_size=20), max_size=4))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_any_names_are_those_of_plain_files_or_refused(names: list[str], trial: Trial):
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(out, "w") as file:
            for name in names:
                file.writestr(name, b"x")
    except (UnicodeEncodeError, ValueError):
        return
    written(trial.path, out.getvalue())
    found: list[str] = []

    def load() -> Archive:
        with Archive(trial.path) as package:
            found.extend(package.names)
        return package

    outcome(load, Archive)
    root = trial.path.parent / "in"
    assert all((root / name).resolve().is_relative_to(root.resolve()) for name in found)


def test_a_package_changed_anywhere_is_never_called_the_same(trial: Trial):
    """The whole of `verify`, on files that were changed; only what is not compared may pass."""
    for i in range(12):
        chance = random.Random(i)
        name = chance.choice([n for n in trial.good if n.startswith("tables/")])
        written(trial.path, trial.good | {name: mutated(trial.good[name], chance) + b"x"})
        assert verify(trial.path).state == "differs"


@pytest.mark.trials
def test_a_hundred_thousand_inputs_are_valid_or_refused(trial: Trial):
    each = -(-(IN_ALL - sum(COSTLY.values())) // (len(KINDS) - len(COSTLY)))
    total = 0
    for kind in KINDS:
        many = COSTLY.get(kind, each)
        found = Counter(trial.kinds[kind](random.Random(f"trial {kind} {i}")) for i in range(many))
        print(f"{kind}: {many:,} inputs, {found['valid']:,} valid, {found['refused']:,} refused in one line")
        total += found.total()
    print(f"{total:,} inputs in all, none of which raised anything else")
    assert total >= IN_ALL
