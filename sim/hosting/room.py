"""How much memory there is for pages: the machine's, or as much of it as a container may have."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

LIMITS = {"": "memory.max", "memory": "memory/memory.limit_in_bytes"}  # by the controller's name: version 2, version 1


def memory_bytes(root: Path = Path("/")) -> int | None:
    """The memory that this process may fill: the least of the machine's and of each limit it runs under.

    Parameters
    ----------
    root : Path
        Where `proc` and `sys` are.

    Returns
    -------
    int or None
        Bytes; None where the system says nothing of its memory (Windows).
    """
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return min([machine, *_limits(root)])


def _limits(root: Path) -> list[int]:
    """What Linux's control groups allow this process: its own group and all above, of both versions.

    A container often sees its own limit at the top, whatever its group is called outside.
    """
    found = []
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, controllers, group = line.split(":", 2)
        for controller in LIMITS.keys() & set(controllers.split(",")):
            at = root / "sys/fs/cgroup" / LIMITS[controller]
            path = PurePosixPath(group.lstrip("/"))
            found += [_text(at.parent / above / at.name).strip() for above in (path, *path.parents)]
    return [int(limit) for limit in found if limit.isdecimal()]  # "max": none


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return ""
