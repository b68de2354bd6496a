"""Captures that begin or end in the middle, made from samples."""

from pathlib import Path

from l2scope.capture import open_capture
from tests.tui.driving import sample

HEADER = 16
RECORD_HEADER = 24


def begun_before(name: str, folder: Path) -> Path:
    """A sample without the packets up to the opening of its first channel."""
    with open_capture(sample(name)) as capture:
        opened = capture.channels[0].opened
    assert opened is not None
    data = sample(name).read_bytes()
    path = folder / f"{name}_begun_before.btsnoop"
    path.write_bytes(data[:HEADER] + data[_end(data, opened) :])
    return path


def cut_after(name: str, packet: int, folder: Path) -> Path:
    """A sample up to a packet."""
    data = sample(name).read_bytes()
    path = folder / f"{name}_cut.btsnoop"
    path.write_bytes(data[: _end(data, packet)])
    return path


def _end(data: bytes, packet: int) -> int:
    """Where the record of a packet ends in a btsnoop file."""
    at = HEADER
    for _ in range(packet):
        at += RECORD_HEADER + int.from_bytes(data[at + 4 : at + 8], "big")
    return at
