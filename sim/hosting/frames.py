"""What a visitor may say to a kernel: a few kinds of messages, whole, small, and not too many of them.

Jupyter's own reader of these frames believes the number of parts that a frame claims to have; a frame of eight bytes
could keep the server busy for ever. So each is looked at here before anything else reads it.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import NamedTuple

PROTOCOL = "v1.kernel.websocket.jupyter.org"
LARGEST = 2_000_000  # bytes of a message; a sheet has at most half as many
MOST_PARTS = 20
CHANNEL = "shell"
KINDS = frozenset({"comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"})
# A page asks for the states of all widgets and makes none itself.
TARGETS = frozenset({"jupyter.widget.control"})
BURST, PER_SECOND = 500.0, 100.0  # messages; a dial that is dragged sends sixty a second
BYTES_A_MESSAGE = 20_000  # a message of so many more counts as one more
_WORD = 8  # bytes of a number in a frame


class Refused(ValueError):
    """A frame that no page sends."""


class Frame(NamedTuple):
    """A frame taken apart.

    Attributes
    ----------
    channel : str
    parts : sequence of bytes
        Header, header of the parent, metadata, content, and buffers.
    """

    channel: str
    parts: Sequence[bytes]


def read(frame: bytes | str) -> Frame:
    """Take a frame apart.

    Raises
    ------
    Refused
        If its places do not lie in it, one after the other.
    """
    if not isinstance(frame, bytes):
        raise Refused("not binary")
    count = int.from_bytes(frame[:_WORD], "little")
    if not 6 <= count <= MOST_PARTS or len(frame) < _WORD * (count + 1):
        raise Refused("number of parts")
    places = [int.from_bytes(frame[_WORD * i : _WORD * (i + 1)], "little") for i in range(1, count + 1)]
    if places[0] != _WORD * (count + 1) or places != sorted(places) or places[-1] != len(frame):
        raise Refused("places of the parts")
    channel, *parts = (frame[start:end] for start, end in itertools.pairwise(places))
    try:
        return Frame(channel.decode(), parts)
    except UnicodeDecodeError:
        raise Refused("channel") from None


def check(frame: bytes | str) -> None:
    """Refuse what no page sends.

    Raises
    ------
    Refused
    """
    found = read(frame)
    if found.channel != CHANNEL:
        raise Refused("channel")
    kind = _plain(found.parts[0], "header").get("msg_type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise Refused("kind of message")
    if kind == "comm_open" and _plain(found.parts[3], "content").get("target_name") not in TARGETS:
        raise Refused("target")


def _plain(part: bytes, name: str) -> dict[str, object]:
    try:
        found = json.loads(part)
    except (ValueError, RecursionError):
        raise Refused(name) from None
    if not isinstance(found, dict):
        raise Refused(name)
    return found


class Allowance:
    """How much one visitor may still say; it grows again with time.

    Parameters
    ----------
    now : float
        Seconds of any clock.
    """

    def __init__(self, now: float) -> None:
        self._left, self._at = BURST, now

    def take(self, size: int, now: float) -> bool:
        """Whether a message of so many bytes may be said now."""
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        cost = 1 + size / BYTES_A_MESSAGE
        if cost > self._left:
            return False
        self._left -= cost
        return True
