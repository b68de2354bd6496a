"""The UI in a browser, through textual-serve: each window has a process whose terminal is a WebSocket."""

import ipaddress
import logging
import shlex
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

TITLE = "l2scope"


class LocalServer(Server):
    """Answers only pages of its own: browsers let every page that the user visits open a WebSocket to every host, and
    that page could press keys."""

    def initialize_logging(self) -> None:
        """What goes wrong, to stderr; not who asked for what."""
        logging.basicConfig(level=logging.WARNING, format="l2scope: %(message)s")

    async def on_startup(self, app: web.Application) -> None:
        """Says where, and nothing else."""
        sys.stderr.write(f"l2scope: look at {self.public_url} in a browser; Ctrl-C ends this\n")

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, whose WebSocket has the name that the browser knows this server by."""
        self.public_url = f"{request.scheme}://{request.host}"
        response: web.StreamResponse = await super().handle_index(request)
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The terminal of one window. RFC 6455 10.2: a server is to look at the origin."""
        if not is_own(request.headers.get("Origin", ""), request.host, self.host):
            raise web.HTTPForbidden(text="this page is not from here")
        return await super().handle_websocket(request)


def is_own(origin: str, asked: str, host: str) -> bool:
    """Whether a page came from this server, which was asked for by the name `asked` and listens at `host`. A name that
    was made to lead here does not count: only an address is sure to be what it says, besides localhost."""
    if origin.partition("://")[2] != asked:
        return False
    try:
        name = urlsplit(f"//{asked}").hostname or ""
        return name in ("localhost", host) or bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def serve(command: Sequence[str], host: str, port: int) -> None:
    """Shows what a command shows until it is interrupted. Raises OSError where nobody may listen there."""
    shown = f"[{host}]" if ":" in host else host
    LocalServer(shlex.join(command), host, port, TITLE, public_url=f"http://{shown}:{port}").serve()
