"""Writes btsnoop records in order of time, and tells each sender at which packet number its bytes ended up."""

import struct
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

START_UNIX_US = 1_750_000_000_000_000
BTSNOOP_UNIX_EPOCH_US = 0x00DCDDB30F2F8000
H4_DATALINK = 1002

TX = 0
RX = 1
COMMAND = 2
EVENT = 3
"""btsnoop packet flags: bit 0 received, bit 1 command or event."""

RECORD = struct.Struct(">IIIIQ")
RECORDS_A_WRITE = 20_000

Effect = Callable[[int, int, Any], None]
"""Called as effect(packet number, time in us, value) when its packet is written."""


class TraceWriter:
    """A btsnoop file under construction. Times are microseconds since the start of the capture."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")
        self.file.write(b"btsnoop\0" + struct.pack(">II", 1, H4_DATALINK))
        self.packets = 0
        self.last_us = 0
        self.waiting: list[tuple[int, int, int, bytes, Effect | None, Any]] = []
        self.added = 0
        self.written: list[bytes] = []

    def __enter__(self) -> "TraceWriter":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.flush()
        self.file.write(b"".join(self.written))
        self.file.close()

    def add(self, us: int, flags: int, packet: bytes, effect: Effect | None = None, value: Any = None) -> None:
        """Add a packet (H4 indicator first) at about `us`; it is written at the next flush."""
        self.added += 1
        self.waiting.append((us, self.added, flags, packet, effect, value))

    def flush(self) -> None:
        """Write what was added since the last flush in order of time, no two packets at the same microsecond."""
        self.waiting.sort()
        last_us, number, written = self.last_us, self.packets, self.written
        for us, _, flags, packet, effect, value in self.waiting:
            last_us = us if us > last_us else last_us + 1
            number += 1
            length = len(packet)
            written.append(RECORD.pack(length, length, flags, 0, BTSNOOP_UNIX_EPOCH_US + START_UNIX_US + last_us))
            written.append(packet)
            if effect is not None:
                effect(number, last_us, value)
        self.last_us, self.packets = last_us, number
        self.waiting.clear()
        if len(written) > 2 * RECORDS_A_WRITE:
            self.file.write(b"".join(written))
            written.clear()
