"""The UI in a real terminal, as a user opens it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.corpus import CORPUS, needs_corpus

STALLED = CORPUS / "kernel" / "lecoc_3chan_ch0stalls_k6.12.btsnoop"
PATIENCE_SECONDS = 60
MOST_KEYS = 4
SIZE = ("160", "50")
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TMUX", "NO_COLOR")
}

needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux on this machine")


class Terminal:
    """A tmux session of its own server."""

    def __init__(self, socket: Path, command: list[str]) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null"]
        self.keys = 0
        self._run("new-session", "-d", "-x", SIZE[0], "-y", SIZE[1], *command)

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._tmux, *arguments], check=True, capture_output=True, text=True, timeout=30, env=ENVIRONMENT
        )
        return done.stdout

    @property
    def text(self) -> str:
        """What is on its screen."""
        return self._run("capture-pane", "-p")

    def press(self, key: str) -> None:
        """Presses a key, by tmux's name for it."""
        self.keys += 1
        self._run("send-keys", key)

    def wait_for(self, seen: str) -> None:
        """Waits until a text is on the screen."""
        end = monotonic() + PATIENCE_SECONDS
        while seen not in (text := self.text):
            assert monotonic() < end, f"{seen} is not seen:\n{text}"
            sleep(0.05)

    def close(self) -> None:
        """Ends the server and what runs in it."""
        self._run("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal in which the UI opens the capture with the long stall."""
    opened = Terminal(tmp_path / "tmux", [sys.executable, "-m", "l2scope", "open", str(STALLED)])
    yield opened
    opened.close()


Step = tuple[str, str]
"""A key, and what is seen after it."""

ENDS_IT = "Packet 1159"
WAYS: dict[str, list[Step]] = {
    "worst": [("!", ENDS_IT)],
    "finding": [("Enter", "Packet 119 "), ("n", ENDS_IT)],
    "channel": [("c", "Lasted"), ("j", "measured at the sender"), ("Enter", "▌Stalls"), ("Enter", ENDS_IT)],
}


@needs_tmux
@needs_corpus
@pytest.mark.parametrize("way", WAYS)
def test_a_few_keys_lead_to_the_end_of_the_longest_stall(terminal: Terminal, way: str) -> None:
    """From opening the capture at most four keys lead to the packet that ends the stall of 3.67 s: the key for it, the
    worst finding, or the stalled channel at its sender."""
    terminal.wait_for("credit starvation")
    for key, seen in WAYS[way]:
        terminal.press(key)
        terminal.wait_for(seen)
    assert "+2 credits for #1, after 3.667 s" in terminal.text
    assert terminal.keys <= MOST_KEYS
