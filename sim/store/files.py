"""Files that are whole or not there: written under another name, flushed, renamed; what they hold is in their name.

A file is called KEY.CHECKSUM.parquet. The key says what was asked, the checksum (SHA-256 of the bytes) what was
answered; so a file proves itself, two who write the same answer write the same file, and none is ever overwritten.
"""

from __future__ import annotations

import dataclasses
import hashlib
import mmap
import os
import secrets
import sys
from pathlib import Path

from sim.scenario.seeds import write_whole

ENDING, ASIDE = ".parquet", ".damaged"
CHECKED = 64  # hexadecimal digits of the checksum


@dataclasses.dataclass(frozen=True)
class Shelf:
    """A folder of such files.

    Attributes
    ----------
    folder : Path
        Made when something is first put there.
    """

    folder: Path

    def get(self, key: str) -> memoryview | None:
        """What was put there under a key, or None; a damaged file is named, set aside and not there any more."""
        for path in sorted(self.folder.glob(f"{key}.*{ENDING}")):
            try:
                data = _bytes(path)
            except FileNotFoundError:  # another process has taken it away
                continue
            except OSError as error:
                say(f"{path} cannot be read ({error.strerror}); it is computed again")
                continue
            if hashlib.sha256(data).hexdigest() == checksum_of(path):
                return data
            set_aside(path)
        return None

    def put(self, key: str, data: bytes | memoryview) -> Path:
        """Put something there, whole or not at all; what is there already stays as it is.

        Raises
        ------
        OSError
            If it cannot be written; nothing of it is left.
        """
        path = self.folder / f"{key}.{hashlib.sha256(data).hexdigest()}{ENDING}"
        if not _used_again(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)  # over one of the same name, which has the same bytes
            _flush_folder(self.folder)
        return path

    def paths(self) -> list[Path]:
        """All files, by name."""
        return sorted(self.folder.glob(f"*{ENDING}"))


def _bytes(path: Path) -> memoryview:
    """What a file holds, in memory of its own, all of which goes back to the system at once."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        room = mmap.mmap(-1, max(1, size))
        return memoryview(room)[: file.readinto(room) if size else 0]


def checksum_of(path: Path) -> str:
    """The checksum in a file's name; empty where there is none."""
    parts = path.name.removesuffix(ENDING).rsplit(".", 1)
    return parts[1] if len(parts) == 2 and len(parts[1]) == CHECKED else ""


def set_aside(path: Path) -> None:
    """Rename a file that is not what it says, so that nobody reads it and whoever wants may look at it."""
    aside = path.with_name(f"{path.name}{ASIDE}-{secrets.token_hex(4)}")
    try:
        path.rename(aside)
    except OSError as error:  # read-only, or another process was faster
        say(f"{path} is damaged and is not read; it cannot be set aside ({error.strerror})")
        return
    say(f"{path} is damaged: it is set aside as {aside.name} and computed again")


def remove(path: Path, before: float) -> bool:
    """Remove a file that was last written or put before a time (seconds since 1970); whether it is gone.

    It is renamed first, and looked at then: who puts the same just before finds it again, who does just after writes
    it anew, and so nobody counts on a file that goes.
    """
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.rename(aside)
        if aside.stat().st_mtime > before:
            aside.replace(path)
            return False
        aside.unlink()
    except FileNotFoundError:  # another process was faster
        return False
    return True


def _used_again(path: Path) -> bool:
    """Whether a file is there; if so it is new again, for whoever is about to remove what is old."""
    try:
        os.utime(path)
    except OSError:  # it is not there, or may only be read
        return path.exists()
    return True


def _flush_folder(folder: Path) -> None:
    """Let a new name survive a loss of power; not every system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


def say(text: str) -> None:
    """One line to whoever runs this, once; a store that fails never stops a simulation."""
    if text not in SAID:
        SAID.add(text)
        sys.stderr.write(f"siap: run store: {text}\n")


SAID: set[str] = set()
