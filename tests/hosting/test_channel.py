"""Which protocol a connection to a kernel speaks."""

from types import SimpleNamespace

import pytest
import tornado.web

from sim.hosting.frames import PROTOCOL
from sim.hosting.server import Channel


def agreed(offered: list[str], preferred: str | None = None) -> str | None:
    """What a connection agrees on, where Jupyter is set to prefer a protocol."""
    channel = Channel.__new__(Channel)
    channel.connection = SimpleNamespace(kernel_ws_protocol=preferred)
    return channel.select_subprotocol(offered)


def test_the_protocol_of_pages_is_agreed_on_whatever_else_is_offered():
    assert agreed(["v2", PROTOCOL]) == PROTOCOL


@pytest.mark.parametrize(
    ("offered", "preferred"), [([], None), (["x" + PROTOCOL], None), ([PROTOCOL], ""), (["v2", PROTOCOL], "v2")]
)
def test_no_other_protocol_is_ever_spoken(offered: list[str], preferred: str | None):
    with pytest.raises(tornado.web.HTTPError) as refused:
        agreed(offered, preferred)
    assert refused.value.status_code == 400
