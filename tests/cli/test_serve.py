"""`serve`: the screens in a browser."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from tests.cli.runner import ROOT, l2scope
from tests.corpus import SAMPLES

pytest.importorskip("textual_serve")

from aiohttp import ClientSession, WSServerHandshakeError

from l2scope.tui.serving import is_own

PATIENCE = 30


def until_it_listens(port: int) -> None:
    """It says where before it does."""
    for _ in range(PATIENCE * 20):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("nobody listens")


@contextmanager
def served(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a server on a sample."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "l2scope", "serve", "--port", str(port), *arguments, str(SAMPLES / "starved.btsnoop")],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert server.stderr is not None
        assert "in a browser" in server.stderr.readline()
        until_it_listens(port)
        yield f"http://127.0.0.1:{port}", server
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=PATIENCE)


async def seen(address: str, origin: str, wanted: str) -> str:
    """What comes through the WebSocket until it has this text."""
    shown = ""
    async with (
        ClientSession() as client,
        client.ws_connect(f"{address}/ws?width=120&height=34", headers={"Origin": origin}) as socket,
        asyncio.timeout(PATIENCE),
    ):
        await socket.send_str(json.dumps(["resize", {"width": 120, "height": 34}]))
        while wanted not in shown:
            message = await socket.receive()
            assert message.data is not None, shown
            shown += message.data.decode(errors="replace") if isinstance(message.data, bytes) else str(message.data)
    return shown


def test_a_browser_sees_the_screens() -> None:
    """The page names its own WebSocket, through which the capture comes; a page of another site gets nothing; Ctrl-C
    ends the server."""
    with served() as (address, server):
        with urlopen(address, timeout=PATIENCE) as page:
            assert f"ws:{address.removeprefix('http:')}/ws" in page.read().decode()
        assert "credit starvation" in asyncio.run(seen(address, address, "credit starvation"))
        with pytest.raises(WSServerHandshakeError) as refused:
            asyncio.run(seen(address, "http://evil.example", "x"))
        assert refused.value.status == 403
        assert server.poll() is None
    assert server.returncode == 0


@pytest.mark.parametrize(
    ("origin", "asked", "own"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000", True),
        ("http://localhost:8000", "localhost:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://192.0.2.7:8000", "192.0.2.7:8000", True),
        ("http://capture.example:8000", "capture.example:8000", True),
        ("http://evil.example", "127.0.0.1:8000", False),
        ("http://evil.example:8000", "evil.example:8000", False),
        ("http://127.0.0.1:9000", "127.0.0.1:8000", False),
        ("null", "127.0.0.1:8000", False),
        ("", "127.0.0.1:8000", False),
    ],
)
def test_own_pages(origin: str, asked: str, own: bool) -> None:
    """By address, as localhost, or by the name it was told to listen at; a name that an enemy made lead here is not
    ours."""
    assert is_own(origin, asked, "capture.example") is own


def test_listening_to_others_is_a_warning() -> None:
    """Before anything else is said."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = l2scope("serve", "--host", "0.0.0.0", "--port", port, SAMPLES / "starved.btsnoop")
        assert "warning: whoever reaches 0.0.0.0:" in run.stderr
        alone = l2scope("serve", "--port", port, SAMPLES / "starved.btsnoop")
        assert "warning" not in alone.stderr
        assert alone.returncode == 1
        assert f"cannot listen on 127.0.0.1:{port}" in alone.stderr


def test_without_the_package() -> None:
    """A line says what to install."""
    block = "import sys; sys.modules['textual_serve'] = None; from l2scope.cli import main; main()"
    run = subprocess.run(
        [sys.executable, "-c", block, "serve", str(SAMPLES / "starved.btsnoop")],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert run.returncode == 1
    assert run.stderr.strip().endswith("pip install 'l2scope[serve]'")
    assert len(run.stderr.strip().splitlines()) == 1
