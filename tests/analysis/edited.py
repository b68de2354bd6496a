"""A btsnoop capture with some records left out, or taken with another clock."""

import struct
from collections.abc import Callable
from pathlib import Path

HEADER = 16
RECORD = struct.Struct(">IIIIq")


def edited(
    source: Path,
    target: Path,
    keep: Callable[[int], bool] = lambda number: True,
    offset_us: int = 0,
    drift_ppm: float = 0.0,
) -> Path:
    """Writes the packets whose numbers are to be kept. The clock is ahead by offset_us at the first packet, and more
    by drift_ppm of the time since then."""
    data = source.read_bytes()
    parts = [data[:HEADER]]
    at, number, first = HEADER, 0, None
    while at < len(data):
        original, kept, flags, drops, stamp = RECORD.unpack_from(data, at)
        first = stamp if first is None else first
        number += 1
        if keep(number):
            moved = stamp + offset_us + round((stamp - first) * drift_ppm * 1e-6)
            parts.append(RECORD.pack(original, kept, flags, drops, moved))
            parts.append(data[at + RECORD.size : at + RECORD.size + kept])
        at += RECORD.size + kept
    target.write_bytes(b"".join(parts))
    return target
