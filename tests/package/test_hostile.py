"""A file that is no package, or wants to be more than one, is refused with one line; nothing of it is unpacked."""

import io
import json
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim import cli
from sim.errors import BadInput
from sim.experiment.result import LEAD_WEEKS
from sim.package import archive
from sim.package.archive import Archive
from sim.package.layout import CHECKSUMS, MANIFEST
from sim.package.verify import verify
from sim.scenario import Scenario
from sim.scenario.documents import read, write
from sim.scenario.seeds import complete
from tests.package.packages import Files, files, run_stated, sealed, stated, written, zipped

Change = Callable[[Files], bytes | Files]


@pytest.fixture(scope="module")
def good() -> Files:
    return files()


# ── hostile ZIP files ────────────────────────────────────────────────────────────────────────────────────────────────
def named(name: str, data: bytes = b"x", mode: int = 0, **fields: Any) -> Change:
    """One more file under a name, of a kind."""

    def change(good: Files) -> bytes:
        out = io.BytesIO(zipped(good))
        info = zipfile.ZipInfo("placeholder")
        info.filename, info.external_attr = name, mode << 16  # as it is: ZipInfo itself would make it harmless
        for field, value in fields.items():
            setattr(info, field, value)
        with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
            file.writestr(info, data, info.compress_type)
        return out.getvalue()

    return change


def twice(*names: str) -> Change:
    def change(good: Files) -> bytes:
        data = zipped(good)
        for name in names:
            out = io.BytesIO(data)
            with zipfile.ZipFile(out, "a") as file, pytest.warns() if name in file.namelist() else _quiet():
                file.writestr(name, b"x")
            data = out.getvalue()
        return data

    return change


class _quiet:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


def patched(where: bytes, offset: int, value: bytes, last: bool = False) -> Change:
    """Bytes put over those at an offset from the first, or last, place where a signature stands."""

    def change(good: Files) -> bytes:
        data = bytearray(zipped(good))
        start = (data.rindex(where) if last else data.index(where)) + offset
        data[start : start + len(value)] = value
        return bytes(data)

    return change


def bomb(good: Files) -> bytes:
    return zipped(good | {"bomb": bytes(20_000_000)})


def lying_bomb(good: Files) -> bytes:
    """A bomb that says in both of its heads that it is small."""
    made = sealed(good | {"bomb": bytes(50_000_000)})
    data = bytearray(zipped(made | {"bomb": made.pop("bomb")}))  # the last, and listed, so that it is read
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.rindex(signature)
        data[at + offset : at + offset + 4] = struct.pack("<I", 100_000)
    return bytes(data)


def quoted_bomb(good: Files) -> bytes:
    """Two files of which the second lies in the bytes of the first: what is packed once comes out twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("one", b"a" * 1000)
        file.writestr("two", b"b" * 1000)
    data = bytearray(out.getvalue())
    second = data.index(b"PK\x03\x04", 4)
    packed = second + 30 + 3 + 1000 - (30 + 3)  # the first now reaches over the second
    for signature, offset in ((b"PK\x03\x04", 18), (b"PK\x01\x02", 20)):
        at = data.index(signature)
        data[at + offset : at + offset + 8] = struct.pack("<II", packed, packed)
    return bytes(data)


def many(good: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for i in range(archive.MOST_FILES + 1):
            file.writestr(f"{i}", b"")
    return out.getvalue()


def hidden_many(good: Files) -> bytes:
    """As many, with an end that says there are few."""
    data = bytearray(many(good))
    end = data.rindex(archive.END)
    data[end + 8 : end + 12] = struct.pack("<HH", 3, 3)
    return bytes(data)


def nul(good: Files) -> bytes:
    data = zipped(good | {"evil.txt_.png": b"x"})
    return data.replace(b"evil.txt_.png", b"evil.txt\0.png")


def two_heads(good: Files) -> bytes:
    """One name in its place, another in the directory."""
    data = bytearray(zipped(good | {"inner.txt": b"x"}))
    at = data.index(b"inner.txt")
    data[at : at + 9] = b"outer.txt"
    return bytes(data)


def large_kind(good: Files) -> bytes:
    data = zipped(good)
    end = data.rindex(archive.END)
    return data[:end] + archive.LARGE_END + bytes(16) + data[end:]


ZIPS: dict[str, tuple[Change, str]] = {
    "path-traversal": (named("../outside.txt"), "lead nowhere but down"),
    "path-traversal-inside": (named("tables/../../outside.txt"), "lead nowhere but down"),
    "a-dot-in-the-path": (named("tables/./shares.csv"), "lead nowhere but down"),
    "an-empty-part": (named("tables//shares.csv"), "lead nowhere but down"),
    "absolute": (named("/etc/passwd"), "relative"),
    "a-drive": (named("C:/windows/x"), "drive"),
    "a-stream": (named("a.txt:hidden"), "drive"),
    "a-backslash": (named("tables\\..\\x"), "backslash"),
    "a-network-share": (named("\\\\server\\share"), "backslash"),
    "a-symbolic-link": (named("link", b"/etc/passwd", stat.S_IFLNK | 0o777), "plain file"),
    "a-pipe": (named("pipe", b"", stat.S_IFIFO | 0o644), "plain file"),
    "a-character-device": (named("null", b"", stat.S_IFCHR | 0o666), "plain file"),
    "a-folder": (named("folder", b"", stat.S_IFDIR | 0o755), "plain file"),
    "a-name-of-a-folder": (named("folder/"), "lead nowhere but down"),
    "a-device": (named("NUL"), "device"),
    "a-device-with-an-ending": (named("tables/con.csv"), "device"),
    "a-port": (named("Lpt1.txt"), "device"),
    "a-port-in-high-digits": (named("COM¹"), "device"),
    "a-dot-at-the-end": (named("shares.csv."), "end with a dot"),
    "a-space-at-the-end": (named("shares.csv "), "space"),
    "a-nul-in-the-name": (nul, "control characters"),
    "a-line-break-in-the-name": (named("a\nb"), "control characters"),
    "an-escape-in-the-name": (named("a\x1b[31mb"), "control characters"),
    "letters-that-run-backwards": (named("a\u202egpj.exe"), "control characters"),
    "a-name-not-composed": (named("cafe\u0301.txt"), "composed form"),
    "a-name-without-end": (named("a" * 300), "from 1 to 200 characters"),
    "the-same-name-twice": (twice(MANIFEST), "stands twice"),
    "names-that-differ-in-case": (twice("README.md", "readme.MD"), "stands twice"),
    "names-that-fold-alike": (twice("straße.txt", "STRASSE.TXT"), "stands twice"),
    "a-file-that-is-a-folder": (twice("tables/shares.csv/inner"), "folder that is a file"),
    "encrypted": (patched(b"PK\x01\x02", 8, b"\x01\x00"), "encrypted"),
    "encrypted-in-its-place-only": (patched(b"PK\x03\x04", 6, b"\x01\x00"), "one thing in the directory"),
    "packed-otherwise": (named("a", b"x" * 1000, compress_type=zipfile.ZIP_LZMA), "packed in a way"),
    "a-bomb": (bomb, "200 times larger"),
    "a-bomb-that-says-it-is-small": (lying_bomb, "larger than it claims"),
    "a-quoted-bomb": (quoted_bomb, "overlaps"),
    "a-size-beyond-reason": (patched(b"PK\x01\x02", 24, b"\xff\xff\xff\x7f", last=True), "at most 500,000,000 bytes"),
    "too-many-files": (many, "at most 5,000 files"),
    "too-many-files-and-an-end-that-lies": (hidden_many, "no ZIP file|at most 5,000 files"),
    "two-names-of-one-file": (two_heads, "one thing in the directory"),
    "the-large-kind": (large_kind, "large kind"),
    "something-before-it": (lambda good: b"#!/bin/sh\n" + zipped(good), "before, behind or between"),
    "something-behind-it": (lambda good: zipped(good) + b"x", "no ZIP file"),
    "a-comment": (lambda good: zipped(good)[:-2] + b"\x01\x00x", "no ZIP file"),
    "other-bytes": (patched(b"PK\x01\x02", 16, b"\0\0\0\0"), "is damaged"),
    "truncated": (lambda good: zipped(good)[:-100], "cut off"),
    "half": (lambda good: zipped(good)[: len(zipped(good)) // 2], "cut off"),
    "empty": (lambda good: b"", "is empty"),
    "a-zip-of-nothing": (lambda good: zipped({}), "is empty"),
    "text": (lambda good: b"hello, world\n" * 100, "no ZIP file"),
    "only-an-end": (lambda good: archive.END + b"\0\0\0\0" + b"\x01\0\x01\0" + bytes(10), "is empty"),
}


def refused(path: Path, match: str) -> None:
    with pytest.raises(BadInput, match=match) as refusal:
        verify(path)
    assert path.name in str(refusal.value)
    assert str(refusal.value).isprintable(), "one line without control characters"
    assert len(str(refusal.value)) < 600


@pytest.mark.parametrize("kind", ZIPS)
def test_a_hostile_zip_is_refused_with_one_line_and_writes_nothing(kind: str, good: Files, tmp_path: Path):
    change, match = ZIPS[kind]
    made = change(good)
    assert isinstance(made, bytes)
    path = written(tmp_path / "hostile.zip", made)
    refused(path, match)
    assert [p.name for p in tmp_path.rglob("*")] == ["hostile.zip"]


def test_there_are_enough_kinds():
    assert len(ZIPS) + len(CONTENTS) >= 60


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(BadInput, match="must be a file"):
        verify(tmp_path / "pipe.zip")


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path):
    with pytest.raises(BadInput, match="must be a file"):
        verify(tmp_path)
    with pytest.raises(BadInput, match="no such file"):
        verify(tmp_path / "none.zip")
    with pytest.raises(BadInput, match=r"no such file|cannot be read"):
        verify("a\0b")


def test_all_files_together_may_not_be_too_large(good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MOST_IN_ALL", 10_000)
    refused(written(tmp_path / "hostile.zip", good), "at most 10,000 bytes unpacked")


def test_a_zip_file_may_not_be_too_large(good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(archive, "MOST_PACKED", 1_000)
    refused(written(tmp_path / "hostile.zip", good), "at most 1,000 bytes")


def test_what_is_stored_and_what_is_deflated_is_read_as_it_was_written(tmp_path: Path):
    path = tmp_path / "package.zip"
    data = {"empty": b"", "deflated": os.urandom(1_500_000).hex().encode(), "stored": os.urandom(3_000_000)}
    with zipfile.ZipFile(path, "w") as file:
        for name, content in data.items():
            file.writestr(name, content, zipfile.ZIP_STORED if name == "stored" else zipfile.ZIP_DEFLATED)
    with Archive(path) as package:
        assert package.names == sorted(data)
        assert {name: package.read(name) for name in package.names} == data
        with pytest.raises(BadInput, match="not in the package"):
            package.read("other")
        with pytest.raises(BadInput, match="at most 10 bytes"):
            package.read("stored", 10)


def test_what_comes_behind_the_packed_bytes_is_refused(tmp_path: Path):
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"hello") + packed.flush()
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a", body + b"more")
    data = bytearray(path.read_bytes())
    crc = struct.pack("<I", zlib.crc32(b"hello"))
    for signature, method, sums in ((b"PK\x03\x04", 8, 14), (b"PK\x01\x02", 10, 16)):
        at = data.rindex(signature)
        data[at + method : at + method + 2] = b"\x08\0"
        data[at + sums : at + sums + 4] = crc
        data[at + sums + 8 : at + sums + 12] = struct.pack("<I", 5)
    path.write_bytes(data)
    with Archive(path) as package, pytest.raises(BadInput, match="cannot be unpacked"):
        package.read("a")


# ── hostile contents ─────────────────────────────────────────────────────────────────────────────────────────────────
def scenario(change: Callable[[str], str | bytes]) -> Change:
    """The first scenario's text changed."""

    def changed(good: Files) -> Files:
        name = next(name for name in good if name.startswith("scenarios/"))
        text = change(good[name].decode())
        return sealed(good | {name: text.encode() if isinstance(text, str) else text})

    return changed


def put(**fields: Any) -> Change:
    return scenario(lambda text: write(read(text, "good") | fields))


def run(**fields: Any) -> Change:
    return lambda good: run_stated(good, **fields)


def manifest(**fields: Any) -> Change:
    return lambda good: stated(good, **fields)


def text_of(name: str, text: bytes) -> Change:
    return lambda good: sealed(good | {name: text})


def listed(line: str) -> Change:
    return lambda good: good | {CHECKSUMS: good[CHECKSUMS] + line.encode()}


def without(name: str) -> Change:
    return lambda good: {other: data for other, data in good.items() if other != name}


SUM = "0" * 64
ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
CONTENTS: dict[str, tuple[Change, str]] = {
    "a-python-tag": (
        scenario(lambda text: text + "evil: !!python/object/apply:os.system [id]\n"),
        "scenarios/.*cannot be read as YAML",
    ),
    "another-tag": (scenario(lambda text: text + "evil: !x 1\n"), "cannot be read as YAML"),
    "a-bomb-of-aliases": (scenario(lambda text: ALIASES), "aliases are not allowed"),
    "nested-without-end": (scenario(lambda text: "a: " + "[" * 40 + "]" * 40), "nested deeper"),
    "a-scenario-without-end": (
        scenario(lambda text: text + "# " + os.urandom(2_500_000).hex()),
        "at most 4,000,000 bytes",
    ),
    "a-scenario-in-no-language": (scenario(lambda text: b"\xff\xfe\0"), "no text in UTF-8"),
    "a-scenario-on-another": (put(base="cibaduyut-2027"), "may rest on no other file"),
    "a-scenario-that-sets": (put(set={"lead_weeks": 3}), "may rest on no other file"),
    "a-scenario-that-uses": (put(campaign={"use": "tmall-1111-2027"}), "campaign"),
    "a-campaign-that-is-a-path": (put(campaign="../../etc/passwd"), "campaign"),
    "a-scenario-of-the-future": (put(schema_version=99), "newer Siap"),
    "weeks-without-end": (put(lead_weeks=1e300), "between 0 and 1040 week"),
    "not-a-number": (scenario(lambda text: text.replace("lead_weeks: ", "lead_weeks: .nan #")), "finite"),
    "replications-without-end": (run(replications=10**9), "less than or equal to 1000000"),
    "many-replications": (run(replications=1_000_000), "more than 10,000,000 rows"),
    "no-replications": (run(replications=0), "replications"),
    "a-seed-without-end": (run(seed=2**70), "seed"),
    "a-seed-as-text": (run(seed="7"), "seed: should be a valid integer"),
    "a-seed-that-is-true": (run(seed=True), "seed"),
    "an-id-that-is-none": (run(run="../../x"), "run"),
    "a-scenario-elsewhere": (run(file="../../../etc/passwd"), "lead nowhere but down"),
    "a-scenario-in-another-folder": (run(file="tables/shares.csv"), "in the folder scenarios"),
    "an-engine-that-is-none": (run(engine="os.system"), "engine"),
    "a-field-too-many": (manifest(evil=1), "no field has this name"),
    "no-runs": (manifest(runs=[]), "runs"),
    "runs-as-text": (manifest(runs="all"), "runs"),
    "runs-without-end": (manifest(runs=[{}] * 1_001), "runs"),
    "the-same-run-twice": (lambda good: stated(good, runs=json.loads(good[MANIFEST])["runs"][:1] * 2), "stands twice"),
    "a-form-of-the-future": (manifest(form=2, siap="9.9"), "verify it with Siap 9.9"),
    "a-form-as-text": (manifest(form="1"), "form: must be a whole number"),
    "a-form-that-is-true": (manifest(form=True), "form: must be a whole number"),
    "an-escape-in-the-system": (manifest(siap="\x1b[2J"), "printable"),
    "no-time": (
        lambda good: text_of(MANIFEST, good[MANIFEST].replace(b"2026-11-25T", b"yesterday "))(good),
        "ISO 8601",
    ),
    "a-manifest-as-list": (text_of(MANIFEST, b"[]"), "must be a mapping"),
    "a-manifest-nested": (text_of(MANIFEST, b"[" * 200_000), "JSON"),
    "a-manifest-with-a-number-without-end": (text_of(MANIFEST, b'{"form": ' + b"9" * 5_000 + b"}"), "JSON"),
    "a-manifest-with-infinity": (text_of(MANIFEST, b'{"form": 1e999}'), "finite"),
    "a-manifest-that-says-one-thing-twice": (text_of(MANIFEST, b'{"form": 1, "form": 1}'), "twice"),
    "a-manifest-with-half-a-letter": (text_of(MANIFEST, b'{"form": 1, "siap": "\\ud800"}'), "JSON"),
    "no-manifest": (without(MANIFEST), "no research package"),
    "no-checksums": (without(CHECKSUMS), "no research package"),
    "a-checksum-of-a-file-outside": (listed(f"{SUM}  ../outside.txt\n"), "lead nowhere but down"),
    "a-checksum-of-an-absolute-file": (listed(f"{SUM}  /etc/passwd\n"), "relative"),
    "a-checksum-of-itself": (listed(f"{SUM}  {CHECKSUMS}\n"), "cannot stand here"),
    "a-checksum-twice": (listed(f"{SUM}  {MANIFEST}\n"), "stands here twice"),
    "no-checksum": (listed("hello\n"), "two spaces and a name"),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_hostile_contents_are_refused_with_one_line(
    kind: str, good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    change, match = CONTENTS[kind]
    monkeypatch.setattr("sim.package.verify.simulate", lambda *_: pytest.fail("nothing may run"))
    refused(written(tmp_path / "hostile.zip", change(good)), match)


def on_one_scenario(good: Files, many: int) -> Files:
    """So many runs that share the file of the first."""
    first = json.loads(good[MANIFEST])["runs"][0] | {"replications": 1}
    return stated(good, runs=[first | {"run": f"{i:024x}", "seed": i} for i in range(many)])


def test_a_scenario_that_many_runs_share_is_read_once_and_its_numbers_count_for_each(
    good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """`parameters` has a row for each number of each run: a file of a megabyte, a thousand times, has 37 million."""
    read_before: list[str] = []

    def once(text: str, where: str) -> Scenario:
        read_before.append(where)
        return complete(text, where)

    monkeypatch.setattr("sim.package.verify.complete", once)
    monkeypatch.setattr("sim.package.verify.simulate", lambda *_: pytest.fail("nothing may run"))
    monkeypatch.setattr("sim.package.verify.MOST_ROWS", 100_000)
    shares = 1_000 * 2 * len(LEAD_WEEKS)  # what was counted before, without the lineup
    assert shares < 90_000
    refused(written(tmp_path / "hostile.zip", on_one_scenario(good, 1_000)), "more than 100,000 rows")
    assert len(read_before) == 1


def test_all_scenarios_together_may_not_be_too_large(good: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sim.package.verify.complete", lambda *_: pytest.fail("nothing may be parsed"))
    monkeypatch.setattr("sim.package.verify.MOST_SCENARIOS", 1_000)
    refused(written(tmp_path / "hostile.zip", good), "scenarios of more than 1,000 bytes together")


def test_the_command_ends_with_one_line_and_code_2(good: Files, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    path = written(tmp_path / "hostile.zip", run_stated(good, replications=1_000_000))
    with pytest.raises(SystemExit) as left:
        cli.main(["verify", str(path), "--language", "en"])
    out, err = capsys.readouterr()
    assert (left.value.code, out, err.count("\n")) == (2, "", 1)
    assert "asks for tables of more than" in err
