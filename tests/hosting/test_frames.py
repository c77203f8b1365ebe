"""What of a visitor's messages is passed on to a kernel."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.hosting import frames
from tests.browser.visitor import frame

HEADER = b'{"msg_type":"comm_msg"}'


def message(kind: object, content: object = None, channel: bytes = b"shell") -> bytes:
    return frame(channel, json.dumps({"msg_type": kind}).encode(), b"{}", b"{}", json.dumps(content or {}).encode())


def test_what_a_page_says_is_passed_on():
    for kind in frames.KINDS - {"comm_open"}:
        frames.check(message(kind))
    frames.check(message("comm_open", {"target_name": "jupyter.widget.control"}))


@pytest.mark.parametrize(
    "bad",
    [
        message("execute_request"),
        message("shutdown_request"),
        message("comm_msg", channel=b"control"),
        message("comm_open", {"target_name": "jupyter.widget"}),
        message("comm_open", []),
        message(["comm_msg"]),
        "text",
        b"",
        b"\xff" * 8,
        (2**63).to_bytes(8, "little") * 3,
        message("comm_msg")[:-1],
        message("comm_msg") + b"x",
        frame(b"shell", HEADER, b"{}", b"{}"),
        frame(b"shell", HEADER, b"{}", b"{}", b"{}", *[b""] * 30),
    ],
)
def test_anything_else_is_refused(bad: bytes | str):
    with pytest.raises(frames.Refused):
        frames.check(bad)


@given(st.binary(max_size=400) | st.lists(st.binary(max_size=40), max_size=9).map(lambda parts: frame(*parts)))
def test_any_bytes_are_a_frame_or_refused(data: bytes):
    try:
        found = frames.read(data)
    except frames.Refused:
        return
    assert frame(found.channel.encode(), *found.parts) == data


def test_an_allowance_is_used_up_by_many_messages_or_large_ones_and_grows_again():
    allowance = frames.Allowance(0.0)
    assert sum(allowance.take(100, 0.0) for _ in range(1_000)) == pytest.approx(frames.BURST, abs=5)
    assert not allowance.take(100, 0.0)
    assert allowance.take(100, 0.5)
    assert frames.Allowance(0.0).take(frames.LARGEST, 0.0)
    large = frames.Allowance(0.0)
    assert sum(large.take(frames.LARGEST, 0.0) for _ in range(20)) < 6
    quiet = frames.Allowance(0.0)
    assert all(quiet.take(400, second / 60) for second in range(6_000))  # a dial that is dragged for minutes
