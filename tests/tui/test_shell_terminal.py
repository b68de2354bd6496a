"""The UI in a real terminal, which is tmux."""

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.runner import ROOT
from tests.corpus import SAMPLES

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="needs tmux")

PATIENCE = 30
PLAIN_KEYS = ("LC_ALL", "LC_CTYPE", "LANG", "COLORTERM", "NO_COLOR", "COLORFGBG")


class Terminal:
    """A window of 100x30 with a program in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tmux = ["tmux", "-S", str(folder / "socket"), "-f", "/dev/null"]

    def open(self, *arguments: str | Path, **environment: str) -> None:
        """Runs l2scope in it; the terminal's own settings are these and no others."""
        clean = [item for name in PLAIN_KEYS for item in ("-u", name)]
        own = {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder),
               "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}  # fmt: skip
        program = [sys.executable, "-m", "l2scope", *map(str, arguments)]
        line = shlex.join(["env", *clean, *(f"{name}={value}" for name, value in own.items()), *program])
        self._run("new-session", "-d", "-x", "100", "-y", "30", f"{line}; echo ended with $?; sleep {PATIENCE}")

    def press(self, *keys: str) -> None:
        """Presses keys, by the names that tmux has for them."""
        for key in keys:
            self._run("send-keys", key)
            time.sleep(0.2)

    def seen(self, *, styled: bool = False) -> str:
        """What is on the screen, with the codes of its colours if they are wanted."""
        return self._run("capture-pane", "-p", *(["-e"] if styled else []))

    def until(self, condition: Callable[[str], bool]) -> str:
        """The screen when it is as wanted."""
        end = time.monotonic() + PATIENCE
        while not condition(seen := self.seen()):
            assert time.monotonic() < end, seen
            time.sleep(0.1)
        return seen

    def end(self) -> None:
        """Closes it."""
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)

    def _run(self, *command: str) -> str:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        run = subprocess.run([*self._tmux, "-u", *command], check=True, capture_output=True, text=True, env=environment)
        return run.stdout


@pytest.fixture
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One whose socket has a short path, and whose user has seen the tour."""
    folder = tmp_path_factory.mktemp("t")
    (folder / "l2scope").mkdir()
    (folder / "l2scope" / "state.json").write_text('{"version": 1, "toured": true}')
    opened = Terminal(folder)
    yield opened
    opened.end()


def test_tabs_in_a_terminal(terminal: Terminal) -> None:
    """Alt with a digit and Ctrl with the page keys lead from tab to tab as terminals send them, Ctrl+W closes one, q
    ends the program."""
    terminal.open("open", SAMPLES / "starved.btsnoop", SAMPLES / "healthy.btsnoop")
    terminal.until(lambda seen: "starved.btsnoop 2 ×" in seen and "203 packets in" in seen)
    terminal.press("M-2")
    terminal.until(lambda seen: "healthy.btsnoop 1 ×" in seen and "279 packets in" in seen)
    terminal.press("C-PPage")
    terminal.until(lambda seen: "starved.btsnoop 2 ×" in seen)
    terminal.press("C-w")
    terminal.until(lambda seen: "starved" not in seen and "279 packets in" in seen)
    terminal.press("q")
    terminal.until(lambda seen: "ended with 0" in seen)
    terminal.end()
    assert '"path"' in (terminal.folder / "l2scope" / "state.json").read_text()


def test_the_start_in_a_terminal(terminal: Terminal) -> None:
    """`l2scope open` alone asks for a file."""
    terminal.open("open")
    terminal.until(lambda seen: "Nothing was opened yet." in seen)
    terminal.press("C-o")
    terminal.until(lambda seen: "path of a capture" in seen)
    terminal.press(str(SAMPLES / "starved.btsnoop"), "Enter")
    terminal.until(lambda seen: "203 packets in" in seen)


def test_sixteen_colours(terminal: Terminal) -> None:
    """No colour is asked for that such a terminal lacks, and the cursor, bars and what is wrong have colours."""
    terminal.open("open", SAMPLES / "starved.btsnoop", TERM="xterm")
    terminal.until(lambda seen: "credit starvation" in seen)
    styled = terminal.seen(styled=True)
    assert "38;" not in styled
    assert "48;" not in styled
    assert {"\x1b[44m", "\x1b[46m"} <= {f"\x1b[{code}m" for code in ("44", "46") if f"[{code}m" in styled}


@pytest.mark.parametrize("way", ["option", "locale"])
def test_a_terminal_without_unicode(terminal: Terminal, way: str) -> None:
    """With --ascii, or a locale of another encoding, nothing but ASCII is written."""
    if way == "option":
        terminal.open("open", "--ascii", SAMPLES / "starved.btsnoop")
    else:
        terminal.open("open", SAMPLES / "starved.btsnoop", LANG="C")
    assert terminal.until(lambda seen: "credit starvation" in seen).isascii()
    terminal.press("c")
    assert terminal.until(lambda seen: "17 stalls" in seen).isascii()
