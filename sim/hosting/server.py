"""Voilà for one notebook and for visitors who mean harm: what a page needs is answered, and nothing else is there."""

from __future__ import annotations

import html
import importlib.util
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tornado.web
from jupyter_server.base.handlers import APIHandler, FileFindHandler, JupyterHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream, StreamBufferFullError
from traitlets import Bool, List, Unicode
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler, read_header_from_binary_message

from sim.hosting import frames
from sim.text.catalogue import LANGUAGES, N_, speaker

KERNEL = r"(?P<kernel_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
FILE = r"(?:[\w-][\w.-]*/)*[\w-][\w.-]*"
MOST_CONNECTIONS = 256  # of one visitor; a browser opens six
MOST_LISTENING = 4  # connections to one page: it, and those of it that were lost and not noticed yet
MOST_UNSENT = 64_000_000  # bytes that wait for a visitor who does not read; a page has two
WITHHELD = frozenset({"stream", "error", "execute_input"})  # what a kernel says of itself: paths, lines of code
HTTP = {
    "max_header_size": 16_000,  # bytes; a link is half of it
    "max_body_size": 4_000,
    "body_timeout": 10,
    "idle_connection_timeout": 120,
}
HEADERS = {
    "Content-Security-Policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' blob: data:",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    ),
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # a link holds a whole scenario
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
FULL = N_("All pages are in use.")
WAIT = N_("Close one of yours that you no longer need, or come back in a few minutes.")
FULL_PAGE = """<!doctype html><html lang="id"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Siap</title><style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; margin: 15vh auto; max-width: 32rem;
padding: 0 1rem; color: #1b2430; background: #f4f6f8 }} @media (prefers-color-scheme: dark) {{ body {{ color: #e8ecf1;
background: #12171e }} }}</style><main><h1>Siap</h1>{said}</main></html>"""


class Page(TornadoVoilaHandler):
    """The page: a kernel for whoever asks, as long as there is room."""

    _given = False

    async def prepare(self) -> None:
        """Refuse to be put into another page; take no wishes for other templates."""
        await super().prepare()
        if self.request.headers.get("Sec-Fetch-Dest", "document") != "document":
            raise tornado.web.HTTPError(403)
        for name in ("template", "theme"):
            self.request.arguments.pop(name, None)

    @property
    def kernel_manager(self) -> Any:
        """The kernels, noting which of them becomes this visitor's."""
        return _Noting(super().kernel_manager, self._give)

    def _give(self, kernel_id: str) -> None:
        self.settings["kernel_manager"].give(kernel_id, self.request.remote_ip)
        self._given = True

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        """A page, or a line that there is no room for one."""
        pages, visitor = self.settings["kernel_manager"], self.request.remote_ip
        if not await pages.enter(visitor):
            self.set_status(503)
            self.set_header("Retry-After", "120")
            await self.finish(full_page())
            return
        try:
            await super().get(None)
        finally:
            if not self._given:
                pages.leave_door(visitor)
            RequestInfoSocketHandler._cache.clear()  # would keep every address for kernels that never ask


class _Noting:
    """The kernels, noting which of them is given away."""

    def __init__(self, kernels: Any, give: Callable[[str], None]) -> None:
        self._kernels, self._give = kernels, give

    def __getattr__(self, name: str) -> Any:
        return getattr(self._kernels, name)

    async def get_rendered_notebook(self, **about: Any) -> Any:
        """The page that was prepared."""
        found = await self._kernels.get_rendered_notebook(**about)
        self._give(found[2])
        return found

    async def start_kernel(self, **about: Any) -> Any:
        """A page that was not."""
        kernel_id = await self._kernels.start_kernel(**about)
        self._give(kernel_id)
        return kernel_id


def full_page() -> str:
    """What is said when there is no room, in both languages."""
    said = []
    for language in LANGUAGES:
        _ = speaker(language)
        said.append(f'<p lang="{language}"><b>{html.escape(_(FULL))}</b> {html.escape(_(WAIT))}</p>')
    return FULL_PAGE.format(said="".join(said))


class State(KernelHandler):
    """Whether a page is still there; it is ended otherwise."""

    SUPPORTED_METHODS = ("GET",)


class Leave(APIHandler):
    """Ends a page whose tab was closed. Whoever knows its kernel may: nobody else can guess that."""

    SUPPORTED_METHODS = ("POST",)

    def check_xsrf_cookie(self) -> None:
        """A browser that closes a tab sends no cookie; another site can be told by its origin."""
        if not self.check_origin():
            raise tornado.web.HTTPError(403)

    @tornado.web.authenticated
    async def post(self, kernel_id: str) -> None:
        """End it."""
        await self.kernel_manager.end(kernel_id)
        self.set_status(204)
        await self.finish()


class Channel(VoilaKernelWebsocketHandler):
    """The connection of a page to its kernel."""

    async def pre_get(self) -> None:
        """Refuse what is no page of ours."""
        if self.kernel_manager._kernel_connections.get(self.kernel_id, 0) >= MOST_LISTENING:
            raise tornado.web.HTTPError(429)
        # Whole names: with one that only contains ours the older protocol would be spoken, whose frames nobody checks.
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        if frames.PROTOCOL not in map(str.strip, offered):
            raise tornado.web.HTTPError(400)
        await super().pre_get()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        """Agree on the protocol whose frames are checked, or on none, whatever Jupyter's settings are."""
        agreed: str | None = super().select_subprotocol(subprotocols)
        if agreed != frames.PROTOCOL:
            raise tornado.web.HTTPError(400)  # before there is a connection: one that never began cannot end
        return agreed

    async def open(self, kernel_id: str) -> None:
        """Begin to listen."""
        self.ws_connection.stream.max_write_buffer_size = MOST_UNSENT
        await super().open(kernel_id)

    def on_message(self, frame: bytes | str) -> None:
        """Pass on what a page says; whoever says anything else is no page."""
        try:
            if not self.kernel_manager.allows(self.kernel_id, len(frame)):
                raise frames.Refused("too much at once")
            frames.check(frame)
        except frames.Refused as refused:
            self.log.warning("Refused a message: %s", refused)
            self.close(1008, "refused")
            return
        super().on_message(frame)

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Pass on what the kernel answers, not what it says of itself."""
        header = read_header_from_binary_message(message) if isinstance(message, bytes) else message.get("header")
        if header and header.get("msg_type") in WITHHELD:
            return None
        try:
            return super().write_message(message, binary)
        except StreamBufferFullError:
            self.log.warning("Closing a connection whose visitor does not read")
            self.ws_connection.stream.close()
            return None


class Door(HTTPServer):
    """Accepts connections, so many of each visitor."""

    def initialize(self, *args: Any, shared: bool = False, **kwargs: Any) -> None:
        """`shared`: all visitors come by way of one proxy, which counts them itself."""
        super().initialize(*args, **kwargs)
        self._shared = shared

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Serve a connection, or close it."""
        theirs = sum(known.context.address[0] == address[0] for known in self._connections)
        if theirs >= MOST_CONNECTIONS and not self._shared:
            stream.close()
        else:
            super().handle_stream(stream, address)


def _plotly() -> str:
    """The folder of Plotly's script, which the page takes from here and not from its kernel; Plotly is not imported."""
    found = importlib.util.find_spec("plotly")
    return str(Path(found.origin).parent / "package_data") if found and found.origin else ""


def _is_news(record: logging.LogRecord) -> bool:
    """Not so at each connection that tornado takes Jupyter's milliseconds for seconds: Jupyter pings itself."""
    return "websocket_ping_timeout" not in str(record.msg)


class PageServer(Voila):
    """Voilà with a door.

    Attributes
    ----------
    names : list of str
        Names under which the page is reached; empty: this machine's own.
    proxied : bool
        Whether a proxy stands before it, which says who a visitor is.
    """

    names = List(Unicode(), config=True)
    proxied = Bool(False, config=True)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's, and who may come under which name."""
        settings: dict[str, Any] = super().init_settings()
        logging.getLogger("tornado.general").addFilter(_is_news)
        self.kernel_manager.allowed_message_types = sorted(frames.KINDS)
        settings |= {
            "headers": HEADERS,
            "allow_remote_access": self.ip not in ("127.0.0.1", "::1", "localhost") and not self.names,
            "local_hostnames": ["localhost", *self.names],
            "websocket_max_message_size": frames.LARGEST,
            "default_handler_class": Nothing,
        }
        return settings

    def init_handlers(self) -> list[Any]:
        """What a page needs, and nothing else."""
        template = self.voila_configuration.template
        places: list[tuple[Any, ...]] = [
            (rf"/api/kernels/{KERNEL}", State),
            (rf"/api/kernels/{KERNEL}/channels", Channel),
            (rf"/voila/api/shutdown/{KERNEL}", Leave),
            (rf"/voila/templates/({template}/static/{FILE})", TemplateStaticFileHandler),
            (r"/siap/(widgetbundle\.js)", FileFindHandler, {"path": [_plotly()], "no_cache_paths": ["/"]}),
            (r"/voila/static/(.*)", MultiStaticFileHandler, {"paths": self.static_paths}),
            (r"/voila/labextensions/(.*)", FileFindHandler, {"path": self.labextensions_path, "no_cache_paths": ["/"]}),
        ]
        notebook = os.path.relpath(self.notebook_path, self.root_dir)
        about = {"notebook_path": notebook, "template_paths": self.template_paths, "config": self.config}
        places.append((r"/", Page, about | {"voila_configuration": self.voila_configuration}))
        return [(url_path_join(self.server_url, place), *rest) for place, *rest in places]

    def listen(self) -> None:
        """Voilà's, by our own door."""
        door = Door(self.app, shared=self.proxied, xheaders=self.proxied, **HTTP)
        self.app.listen = door.listen
        super().listen()


class Nothing(JupyterHandler):
    """Every other address."""

    async def prepare(self) -> None:
        """There is nothing, whoever asks."""
        raise tornado.web.HTTPError(404)

    def write_error(self, status_code: int, **_about: Any) -> None:
        """Without a page of Jupyter's."""
        self.finish(f"{status_code}")
