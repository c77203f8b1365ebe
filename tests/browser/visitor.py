"""A visitor without a browser: asks for pages and talks to kernels byte by byte, as somebody who means harm would."""

import http.client
import itertools
import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import websocket

PROTOCOL = "v1.kernel.websocket.jupyter.org"
PATIENCE = 60  # seconds
WORD = 8  # bytes of a number in a frame


class Visitor:
    """Somebody at an address of this machine; on Linux all of 127.0.0.0/8 is its own."""

    def __init__(self, port: int, address: str = "127.0.0.2") -> None:
        self.port, self.address, self.kernel = port, address, ""

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body of an answer; the path goes out as it is."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def open_page(self, path: str = "/") -> str:
        """Open a page and be given a kernel; what was sent."""
        status, _, body = self.ask("GET", path)
        assert status == 200, body[:500]
        found = re.search(r'"kernelId": "([0-9a-f-]{36})"', body.decode())
        assert found is not None
        self.kernel = found[1]
        return body.decode()

    @contextmanager
    def connected(self, kernel: str = "", **options: Any) -> Iterator["Line"]:
        """A connection to a kernel, by default to one's own."""
        place = f"/api/kernels/{kernel or self.kernel}/channels?session_id={uuid.uuid4()}"
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE, (self.address, 0)) as plug:
            options = {"subprotocols": [PROTOCOL], "socket": plug, "timeout": PATIENCE} | options
            yield Line(websocket.create_connection(f"ws://127.0.0.1:{self.port}{place}", **options))

    def refused(self, kernel: str, **options: Any) -> int:
        """With which status a connection is refused; 101 if it is not."""
        try:
            with self.connected(kernel, **options):
                return 101
        except websocket.WebSocketBadStatusException as error:
            return error.status_code


class Line:
    """A connection to a kernel."""

    def __init__(self, plug: websocket.WebSocket) -> None:
        self.socket = plug

    def say(self, kind: str, content: dict[str, Any], channel: str = "shell", buffers: tuple[bytes, ...] = ()) -> str:
        """Send a message; its id."""
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": kind, "session": "s", "username": "", "version": "5.4", "date": ""}
        parts = [json.dumps(part).encode() for part in (header, {}, {"version": "1.0.0"}, content)]
        self.socket.send_binary(frame(channel.encode(), *parts, *buffers))
        return name

    def hear(self, seconds: float = PATIENCE) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[bytes]]]:
        """Header, content and buffers of what comes; ends when nothing does, or when the connection is closed."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                code, data = self.socket.recv_data()
            except (websocket.WebSocketException, OSError):
                return
            if code == websocket.ABNF.OPCODE_CLOSE:
                return
            if code == websocket.ABNF.OPCODE_BINARY:
                _, header, _, _, content, *buffers = taken_apart(data)
                yield json.loads(header), json.loads(content), buffers

    def closed(self) -> bool:
        """Whether the server closes the connection."""
        try:
            while True:
                code, _ = self.socket.recv_data()
                if code == websocket.ABNF.OPCODE_CLOSE:
                    return True
        except websocket.WebSocketTimeoutException:
            return False
        except (websocket.WebSocketException, OSError):
            return True

    def alive(self) -> bool:
        """Whether the kernel still answers on this connection."""
        self.say("kernel_info_request", {})
        return any(header["msg_type"] == "kernel_info_reply" for header, _, _ in self.hear())

    def widgets(self) -> dict[str, dict[str, Any]]:
        """States of all widgets of the page, by the id with which each is spoken to."""
        assert self.alive()  # before its first answer the server does not listen to what a kernel tells everybody
        name = uuid.uuid4().hex
        self.say("comm_open", {"comm_id": name, "target_name": "jupyter.widget.control", "data": {}})
        self.say("comm_msg", {"comm_id": name, "data": {"method": "request_states"}})
        for header, content, _ in self.hear():
            data = content.get("data", {})
            if header["msg_type"] == "comm_msg" and content["comm_id"] == name and data["method"] == "update_states":
                return {
                    key: widget["state"] | {"_name": widget["model_name"]} for key, widget in data["states"].items()
                }
        raise AssertionError("the kernel told no states")

    def set(self, widget: str, state: dict[str, Any]) -> None:
        """Set what a widget is, as its front end would."""
        self.say("comm_msg", {"comm_id": widget, "data": {"method": "update", "state": state, "buffer_paths": []}})

    def tell(self, widget: str, message: Any, *buffers: bytes) -> None:
        """Send a widget a message of its own kind."""
        data = {"method": "custom", "content": message}
        self.say("comm_msg", {"comm_id": widget, "data": data}, buffers=buffers)


def frame(*parts: bytes) -> bytes:
    """A frame as a page writes it."""
    places = [WORD * (len(parts) + 2)]
    for part in parts:
        places.append(places[-1] + len(part))
    numbers = (len(places), *places)
    return b"".join([number.to_bytes(WORD, "little") for number in numbers]) + b"".join(parts)


def taken_apart(data: bytes) -> list[bytes]:
    count = int.from_bytes(data[:WORD], "little")
    places = [int.from_bytes(data[WORD * i : WORD * (i + 1)], "little") for i in range(1, count + 1)]
    return [data[one:other] for one, other in itertools.pairwise(places)]
