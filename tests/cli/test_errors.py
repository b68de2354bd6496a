"""Every way in which a capture cannot be opened: one clear line on stderr, exit code 2, nothing on stdout."""

import os
import struct
from pathlib import Path

import pytest

from tests.cli.runner import l2scope
from tests.corpus import SAMPLES
from tests.wire import btsnoop

COMMANDS = ["open", "packets", "channels", "sdus", "stalls", "stats"]


def assert_refused(path: Path, words: str, command: str = "stats") -> None:
    result = l2scope(command, path)
    assert result.returncode == 2
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("l2scope: ")
    assert words in result.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_file(command: str, tmp_path: Path) -> None:
    """The line names the file."""
    assert_refused(tmp_path / "nowhere.btsnoop", "nowhere.btsnoop: No such file or directory", command)


def test_a_directory(tmp_path: Path) -> None:
    """It says what to do instead."""
    assert_refused(tmp_path, "is a directory; name a capture file in it")


def test_an_empty_file(tmp_path: Path) -> None:
    """An empty capture was never written."""
    path = tmp_path / "empty.btsnoop"
    path.touch()
    assert_refused(path, "the file is empty")


def test_a_file_that_is_no_capture(tmp_path: Path) -> None:
    """What it would have read is named."""
    path = tmp_path / "notes.txt"
    path.write_text("these are notes")
    assert_refused(path, "not a capture that l2scope reads (btsnoop")


def test_an_unknown_datalink(tmp_path: Path) -> None:
    """The datalink and those that are read."""
    path = tmp_path / "serial.btsnoop"
    path.write_bytes(btsnoop([], datalink=1004))
    assert_refused(path, "btsnoop datalink 1004 (HCI serial (H5)) is not supported, only 1001")


def test_a_capture_of_a_sniffer(tmp_path: Path) -> None:
    """The link type by its name, and what to record instead."""
    path = tmp_path / "air.pcap"
    path.write_bytes(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 272))
    assert_refused(path, "pcap link type 272 (Nordic nRF Sniffer for Bluetooth LE) is what a sniffer saw")


def test_a_garbage_body(tmp_path: Path) -> None:
    """The first record cannot be one."""
    path = tmp_path / "garbage.btsnoop"
    path.write_bytes(btsnoop([]) + b"\xee" * 200)
    assert_refused(path, "the first record claims 4008636142 bytes")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    """The system's own words."""
    path = tmp_path / "secret.btsnoop"
    path.write_bytes(btsnoop([]))
    path.chmod(0)
    assert_refused(path, "Permission denied")


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    """It must not wait for a writer."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert_refused(path, "not a regular file")


def test_a_hostile_name_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escape codes in a file name are replaced."""
    result = l2scope("stats", tmp_path / "a\x1b]0;owned\x07b")
    assert "\x1b" not in result.stderr
    assert "\x07" not in result.stderr
    assert result.returncode == 2


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["stats"], ["stats", "--frobnicate", "x"], ["packets", "x", "--packets", "7-3"]]
)
def test_a_wrong_call(arguments: list[str]) -> None:
    """Exit code 2, with the usage."""
    result = l2scope(*arguments)
    assert result.returncode == 2
    assert "Usage:" in result.stderr


def cut_capture(folder: Path) -> Path:
    path = folder / "cut.btsnoop"
    path.write_bytes((SAMPLES / "starved.btsnoop").read_bytes()[:-5])
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_cut_capture_is_shown_with_a_warning(command: str, tmp_path: Path) -> None:
    """Everything before the cut is there; the command that judges says that its verdict is not conclusive."""
    result = l2scope(command, cut_capture(tmp_path))
    assert result.returncode == (3 if command == "stalls" else 0)
    assert "warning" in result.stderr
    assert "ends within packet 203" in result.stderr
    assert len(result.stdout.splitlines()) > 1


def test_a_cut_capture_can_be_allowed(tmp_path: Path) -> None:
    """With --allow-truncated the exit code is that of a whole capture."""
    assert l2scope("stalls", "--allow-truncated", cut_capture(tmp_path)).returncode == 0


def test_lost_packets_make_the_verdict_not_conclusive(tmp_path: Path) -> None:
    """A capture that says it dropped packets, in btsnoop's cumulative drops."""
    path = tmp_path / "drops.btsnoop"
    path.write_bytes(btsnoop([(0, b"\x02" + struct.pack("<HH", 1, 0))], drops=3))
    result = l2scope("stalls", path)
    assert (result.returncode, "3 packets were lost" in result.stderr) == (3, True)
