"""Opens bytes as a capture, whatever they are wrapped in."""

from pathlib import Path

import l2scope
from tests.corpus import SAMPLES

STARVED = (SAMPLES / "starved.btsnoop").read_bytes()
PACKETS = 203


def opened(folder: Path, data: bytes, member: str | None = None, max_size: int = 1 << 30) -> l2scope.Capture:
    """The file's name tells nothing. Raises CaptureError."""
    path = folder / "capture.dat"
    path.write_bytes(data)
    return l2scope.open(path, member=member, max_size=max_size)


def rules(capture: l2scope.Capture) -> list[str]:
    return [row.rule for row in capture.quality.rows]
