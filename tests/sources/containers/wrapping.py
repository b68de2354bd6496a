"""Opens bytes as a capture, whatever they are wrapped in."""

from pathlib import Path

import l2scope
from tests.corpus import SAMPLES
from tests.generate.containers import packets_of

STARVED = (SAMPLES / "starved.btsnoop").read_bytes()
PACKETS = 203
# How late packets of a growing file may be, and how long a test waits for what must come.
LATEST_SECONDS = 0.2
PATIENCE = 30.0


def record_ends() -> list[int]:
    """Where in the sample each record ends."""
    ends, at = [], 16
    for packet in packets_of(STARVED):
        at += 24 + len(packet.data)
        ends.append(at)
    return ends


ENDS = record_ends()


def opened(folder: Path, data: bytes, member: str | None = None, max_size: int = 1 << 30) -> l2scope.Capture:
    """The file's name tells nothing. Raises CaptureError."""
    path = folder / "capture.dat"
    path.write_bytes(data)
    return l2scope.open(path, member=member, max_size=max_size)


def rules(capture: l2scope.Capture) -> list[str]:
    return [row.rule for row in capture.quality.rows]
