"""Captures that begin after their channels were opened, made from samples."""

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
    at = HEADER
    for _ in range(opened):
        at += RECORD_HEADER + int.from_bytes(data[at + 4 : at + 8], "big")
    path = folder / f"{name}_begun_before.btsnoop"
    path.write_bytes(data[:HEADER] + data[at:])
    return path
