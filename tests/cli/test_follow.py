"""`--follow` and `-` on the command line, as a process of its own, also with a terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from tests.cli.runner import ROOT, l2scope
from tests.corpus import SAMPLES
from tests.generate.wrapped import gzipped
from tests.sources.containers.wrapping import ENDS, LATEST_SECONDS, PATIENCE, STARVED


@contextmanager
def started(*arguments: str | Path, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "l2scope", *map(str, arguments)]
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=buffered
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_lines_come_within_200_ms(tmp_path: Path) -> None:
    """From the write to the line, in the median of twenty; Ctrl-C ends it with what is to be said of the capture."""
    path = tmp_path / "growing"
    path.write_bytes(STARVED[: ENDS[0]])
    waited = []
    with started("packets", "--follow", path) as process, path.open("ab", buffering=0) as file:
        assert process.stdout is not None
        assert process.stdout.readline().split()[0] == "1"
        for number in range(1, 21):
            file.write(STARVED[ENDS[number - 1] : ENDS[number]])
            written = time.monotonic()
            assert process.stdout.readline().split()[0] == str(number + 1)
            waited.append(time.monotonic() - written)
        file.write(STARVED[ENDS[20] : ENDS[21] - 1])
        process.send_signal(signal.SIGINT)
        rest, said = process.communicate(timeout=PATIENCE)
    assert (process.returncode, rest) == (0, "")
    assert "CAP001 the file ends within packet 22" in said
    assert median(waited) < LATEST_SECONDS


def test_following_ends_with_the_last_packet_that_is_wanted(tmp_path: Path) -> None:
    """--packets with an end needs no signal."""
    result = l2scope("packets", "--follow", SAMPLES / "starved.btsnoop", "--packets", "3-5")
    assert result.returncode == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["3", "4", "5"]


@pytest.mark.parametrize("command", ["packets", "channels", "sdus", "stalls", "stats", "findings", "att", "open"])
def test_every_command_reads_standard_input(command: str) -> None:
    """The same as from the file, but for its name."""
    path = SAMPLES / "starved.btsnoop"
    with path.open("rb") as file:
        piped = subprocess.run(
            [sys.executable, "-m", "l2scope", command, "-"],
            stdin=file, capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
        )  # fmt: skip
    named = l2scope(command, path)
    assert piped.stdout.replace("standard input", str(path)) == named.stdout
    assert piped.returncode == named.returncode


def test_standard_input_that_holds_nothing() -> None:
    """One line, exit code 2."""
    result = l2scope("stats", "-")
    assert (result.returncode, result.stderr) == (2, "l2scope: standard input: there is nothing in it\n")


class Terminal:
    """A process on a terminal of its own, with its standard input from a pipe or from the terminal."""

    def __init__(self, *arguments: str | Path, piped: bool) -> None:
        self.pipe = -1
        read_end, self.pipe = os.pipe()
        self.process, self._screen = pty.fork()
        if self.process == 0:
            if piped:
                os.dup2(read_end, 0)
            os.closerange(3, 256)
            os.environ.update(TERM="xterm-256color", PYTHONPATH=str(ROOT))
            os.execv(sys.executable, [sys.executable, "-m", "l2scope", *map(str, arguments)])
        os.close(read_end)
        fcntl.ioctl(self._screen, termios.TIOCSWINSZ, struct.pack("HHHH", 34, 120, 0, 0))
        self.seen = b""

    def until(self, text: str) -> None:
        """Reads the screen until a text came."""
        deadline = time.monotonic() + PATIENCE
        while text.encode() not in self.seen:
            assert time.monotonic() < deadline, self.seen[-2000:]
            self._read()

    def press(self, key: str) -> None:
        os.write(self._screen, key.encode())

    def exit_code(self) -> int:
        deadline = time.monotonic() + PATIENCE
        while True:
            pid, status = os.waitpid(self.process, os.WNOHANG)
            if pid:
                os.close(self._screen)
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < deadline, self.seen[-2000:]
            self._read()

    def _read(self) -> None:
        if select.select([self._screen], [], [], 0.05)[0]:
            try:
                self.seen += os.read(self._screen, 65536)
            except OSError:
                time.sleep(0.01)


@pytest.mark.parametrize("packed", [False, True])
def test_the_screens_over_standard_input(packed: bool) -> None:
    """The capture comes through the pipe, which stays open, and the keys from the terminal; q leaves at once."""
    terminal = Terminal("open", "-", piped=True)
    os.write(terminal.pipe, gzipped(STARVED) if packed else STARVED)
    terminal.until("following")
    terminal.until("Reset")
    terminal.press("q")
    assert terminal.exit_code() == 0
    os.close(terminal.pipe)


def test_the_screens_over_a_growing_file(tmp_path: Path) -> None:
    """Packets that come later are on the screen, without a key."""
    path = tmp_path / "growing"
    path.write_bytes(STARVED[: ENDS[0]])
    terminal = Terminal("open", "--follow", path, piped=False)
    os.close(terminal.pipe)
    terminal.until("following")
    assert b"Disconnection Complete" not in terminal.seen
    with path.open("ab") as file:
        file.write(STARVED[ENDS[0] :])
    terminal.until("Disconnection Complete")
    terminal.press("q")
    assert terminal.exit_code() == 0
