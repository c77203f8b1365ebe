"""A ZIP file from anybody: looked at before it is believed, read in memory by name, never unpacked onto a disk.

Only plain files under plain names are let in. Sizes in a ZIP are claims; what comes out is counted while it comes.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from sim.errors import BadInput

MOST_FILES = 5_000
MOST_PACKED = 500_000_000  # bytes of the ZIP file
MOST_BYTES = 500_000_000  # of one file in it
MOST_IN_ALL = 2_000_000_000  # bytes of all files in it
MOST_TIMES = 200  # how much larger a file may be than what it is packed in; a bomb has a thousand
UNSUSPICIOUS = 1_000_000  # bytes up to which it may be any number of times larger
LONGEST_NAME = 200  # characters
CHUNK = 1 << 20  # bytes
END, END_BYTES = b"PK\x05\x06", 22
LARGE_END, LARGE_END_BYTES = b"PK\x06\x07", 20
LOCAL, LOCAL_BYTES = b"PK\x03\x04", 30
DIRECTORY_BYTES = 46 + 4 * LONGEST_NAME + 200  # the most that one file may take in the directory
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1 | 0x40 | 0x2000  # flags
FORBIDDEN = frozenset('\\:<>|?*"')  # drives and streams, other systems' separators, what shells fill in
DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One file of a ZIP.

    Attributes
    ----------
    name : str
    start : int
        Where its packed bytes begin.
    packed, size : int
        Bytes packed, and unpacked as the directory claims.
    deflated : bool
    crc : int
    """

    name: str
    start: int
    packed: int
    size: int
    deflated: bool
    crc: int


class Archive:
    """A ZIP file that was looked at: every name is safe, nothing overlaps, nothing is too large.

    Use it in a `with`, or `close` it. Nothing of it is written anywhere.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    BadInput
        In one line, whatever is wrong with it.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._file = _opened(self.path)
        try:
            self.entries = self._entries()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    @property
    def names(self) -> list[str]:
        """Names of all files, sorted."""
        return sorted(self.entries)

    def read(self, name: str, most: int = MOST_BYTES) -> bytes:
        """A file whole.

        Raises
        ------
        BadInput
            If there is none of this name, it is larger than `most` bytes, or it is damaged.
        """
        if name not in self.entries:
            raise BadInput(f"{self.path.name}: {name}", "is not in the package")
        if (size := self.entries[name].size) > most:
            raise BadInput(f"{self.path.name}: {name}", f"must be at most {most:,} bytes", size)
        return b"".join(self.chunks(name))

    def text(self, name: str, most: int) -> str:
        """A file as text in UTF-8."""
        try:
            return self.read(name, most).decode()
        except UnicodeDecodeError:
            raise BadInput(f"{self.path.name}: {name}", "is no text in UTF-8") from None

    def digest(self, name: str) -> str:
        """SHA-256 of a file, in hexadecimal digits."""
        found = hashlib.sha256()
        for chunk in self.chunks(name):
            found.update(chunk)
        return found.hexdigest()

    def chunks(self, name: str) -> Iterator[bytes]:
        """A file piece by piece; more bytes than it claims, or other ones, are refused when they come."""
        entry, seen, crc = self.entries[name], 0, 0
        for chunk in self._unpacked(entry):
            seen, crc = seen + len(chunk), zlib.crc32(chunk, crc)
            if seen > entry.size:
                self._refuse(name, "is larger than it claims", entry.size)
            yield chunk
        if seen != entry.size or crc != entry.crc:
            self._refuse(name, "is damaged: other bytes than were packed")

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        unpack = zlib.decompressobj(-zlib.MAX_WBITS)
        self._file.seek(entry.start)
        left = entry.packed
        while left:
            packed = self._file.read(min(CHUNK, left))
            if not packed:
                self._refuse(entry.name, "is cut off")
            left -= len(packed)
            if not entry.deflated:
                yield packed
                continue
            while packed:
                try:
                    yield unpack.decompress(packed, CHUNK)
                except zlib.error:
                    self._refuse(entry.name, "is damaged: it cannot be unpacked")
                packed = unpack.unconsumed_tail
        if entry.deflated and not (unpack.eof and not unpack.unused_data):
            self._refuse(entry.name, "is damaged: it cannot be unpacked")

    # ── what is looked at before anything is read ────────────────────────────────────────────────────

    def _entries(self) -> dict[str, Entry]:
        directory = self._end()
        try:
            with zipfile.ZipFile(self._file) as parts:
                infos = parts.infolist()
        except Exception:  # zipfile makes no promise what a forged directory raises
            self._refuse("", "is no ZIP file, or a damaged one")
        if not infos:
            self._refuse("", "is empty")
        if len(infos) > MOST_FILES:
            self._refuse("", f"must have at most {MOST_FILES:,} files", len(infos))
        for info in infos:
            self._check(info)
        check_unique([info.orig_filename for info in infos], self.path.name)
        if (total := sum(info.file_size for info in infos)) > MOST_IN_ALL:
            self._refuse("", f"must have at most {MOST_IN_ALL:,} bytes unpacked", total)
        infos.sort(key=lambda info: info.header_offset)
        starts = [*(info.header_offset for info in infos[1:]), directory]
        found = [self._located(info, end) for info, end in zip(infos, starts, strict=True)]
        return {entry.name: entry for entry in found}

    def _end(self) -> int:
        """Where the directory begins: it must end the file, and be as long as it says."""
        size = self._file.seek(0, 2)
        if size > MOST_PACKED:
            self._refuse("", f"must be at most {MOST_PACKED:,} bytes", size)
        if size == 0:
            self._refuse("", "is empty")
        tail = self._bytes(max(0, size - END_BYTES - LARGE_END_BYTES), END_BYTES + LARGE_END_BYTES)
        end = tail[-END_BYTES:]
        if len(end) < END_BYTES or not end.startswith(END) or end[-2:] != b"\0\0":
            self._refuse("", "is no ZIP file, or was cut off")
        if tail[:-END_BYTES].startswith(LARGE_END):
            self._refuse("", "is a ZIP file of the large kind, which no package needs")
        many, long, start = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
        if many > MOST_FILES or long > MOST_FILES * DIRECTORY_BYTES:
            self._refuse("", f"must have at most {MOST_FILES:,} files", many)
        if many == 0:
            self._refuse("", "is empty")
        if start + long + END_BYTES != size or end[4:8] != b"\0\0\0\0":
            self._refuse("", "is a ZIP file with something before, behind or between its parts")
        return start

    def _check(self, info: zipfile.ZipInfo) -> None:
        """Refuse a file that no package needs; its name, kind and claims are all that is known of it."""
        name, kind = info.orig_filename, stat.S_IFMT(info.external_attr >> 16)
        check_name(name, self.path.name)
        if info.filename != name:
            self._refuse(name, "has two names")
        if kind not in (0, stat.S_IFREG) or info.external_attr & 0x10:
            self._refuse(name, "must be a plain file, and is a link, folder or device")
        if info.flag_bits & ENCRYPTED:
            self._refuse(name, "is encrypted")
        if info.compress_type not in METHODS:
            self._refuse(name, "is packed in a way that no package needs", info.compress_type)
        if info.file_size > MOST_BYTES:
            self._refuse(name, f"must be at most {MOST_BYTES:,} bytes unpacked", info.file_size)
        if info.file_size > max(UNSUSPICIOUS, MOST_TIMES * info.compress_size):
            self._refuse(name, f"must not be more than {MOST_TIMES} times larger unpacked", info.file_size)
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            self._refuse(name, "is damaged: stored in other bytes than it has", info.compress_size)

    def _located(self, info: zipfile.ZipInfo, end: int) -> Entry:
        """Where its bytes are, up to `end` at most; what stands before them must say the same as the directory."""
        name = info.orig_filename
        if not 0 <= info.header_offset < end:
            self._refuse(name, "overlaps another file")
        head = self._bytes(info.header_offset, LOCAL_BYTES)
        if len(head) < LOCAL_BYTES or not head.startswith(LOCAL):
            self._refuse(name, "is not where the directory says")
        flags, method, long, extra = (int.from_bytes(head[a : a + 2], "little") for a in (6, 8, 26, 28))
        said = self._bytes(info.header_offset + LOCAL_BYTES, long)
        if (flags, method) != (info.flag_bits, info.compress_type) or said != _encoded(name, flags):
            self._refuse(name, "says one thing in the directory and another in its place")
        start = info.header_offset + LOCAL_BYTES + long + extra
        if start + info.compress_size > end:
            self._refuse(name, "overlaps another file")
        deflated = info.compress_type == zipfile.ZIP_DEFLATED
        return Entry(name, start, info.compress_size, info.file_size, deflated, info.CRC)

    def _bytes(self, start: int, many: int) -> bytes:
        self._file.seek(start)
        return self._file.read(many)

    def _refuse(self, name: str, rule: str, *received: Any) -> NoReturn:
        raise BadInput(f"{self.path.name}: {name}" if name else self.path.name, rule, *received)


def _opened(path: Path) -> IO[bytes]:
    try:
        if not path.is_file():  # looked at first: to open a pipe would wait for its other end
            rule = "must be a file" if path.exists() else "no such file"
            raise BadInput(str(path), rule, remedy="`siap export` writes a research package")
        return path.open("rb")
    except (OSError, ValueError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(
            str(path), f"cannot be read ({getattr(error, 'strerror', None) or type(error).__name__})"
        ) from None


def _encoded(name: str, flags: int) -> bytes:
    """A name as it stands in a ZIP, which says whether it is UTF-8 or the first code page of DOS."""
    return name.encode("utf-8" if flags & 0x800 else "cp437")


def check_name(name: str, where: str) -> None:
    """Refuse a name that is not the same plain relative path on every system.

    Raises
    ------
    BadInput
    """

    def refuse(rule: str) -> NoReturn:
        raise BadInput(f"{where}: name of a file", rule, name)

    if not 0 < len(name) <= LONGEST_NAME:
        refuse(f"must have from 1 to {LONGEST_NAME} characters")
    if not name.isprintable():
        refuse("must have no control characters")
    if unicodedata.normalize("NFC", name) != name:
        refuse("must be in Unicode's composed form (NFC)")
    if name.startswith("/") or FORBIDDEN & set(name):
        refuse('must be relative, without drive, backslash or any of : < > | ? * "')
    for part in name.split("/"):
        if part in ("", ".", ".."):
            refuse("must lead nowhere but down, part by part, to a file")
        if part != part.strip(" ") or part.endswith("."):
            refuse("must not begin or end with a space, or end with a dot")
        if DEVICE.fullmatch(part.partition(".")[0].strip(" ")):
            refuse("is that of a device on some systems")


def check_unique(names: list[str], where: str) -> None:
    """Refuse names that some system takes for the same, or for a file and its folder.

    Raises
    ------
    BadInput
    """
    seen: dict[str, str] = {}
    for name in names:
        if (folded := _folded(name)) in seen:
            raise BadInput(f"{where}: {name}", "stands twice: on some systems it is the same as", seen[folded])
        seen[folded] = name
    for folded, name in seen.items():
        folders = itertools.accumulate(folded.split("/")[:-1], lambda a, b: f"{a}/{b}")
        if (of := next((seen[folder] for folder in folders if folder in seen), None)) is not None:
            raise BadInput(f"{where}: {name}", "is in a folder that is a file", of)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
