"""The K-frames of one direction since the last boundary that can be trusted: what a resynchronisation looks back on."""

from typing import Final, final

from librt.strings import BytesWriter, read_i64_le, write_i64_le
from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.tables import LOW_32

ENTRY: Final = 40
MOST_FRAMES: Final = 1024
UNREADABLE: Final = 0x10000


@final
class Frames:
    """Bounded: of a longer stretch only the first MOST_FRAMES are kept, and full says that some are missing."""

    def __init__(self) -> None:
        self.entries = BytesWriter()
        self.count: i64 = 0
        self.full = False
        self.snapshot = b""

    def clear(self) -> None:
        self.entries.truncate(0)
        self.count = 0
        self.full = False

    def note(self, pdu: Pdu, start: i64) -> None:
        """Keeps a K-frame; start is its first two bytes as an SDU length, UNREADABLE where it has none."""
        if self.count >= MOST_FRAMES:
            self.full = True
            return
        entries = self.entries
        write_i64_le(entries, pdu.row | pdu.length << 32)
        write_i64_le(entries, start | pdu.first << 32)
        write_i64_le(entries, pdu.packet)
        write_i64_le(entries, pdu.first_time)
        write_i64_le(entries, pdu.time)
        self.count += 1

    def look_back(self) -> None:
        """Makes the entries readable."""
        self.snapshot = self.entries.getvalue()

    def forget(self, count: i64) -> None:
        """Drops the oldest entries."""
        self.entries.truncate(0)
        self.entries.write(self.snapshot[count * ENTRY :])
        self.count -= count

    def row(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY) & LOW_32

    def length(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY) >> 32

    def start(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY + 8) & LOW_32

    def first_packet(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY + 8) >> 32

    def packet(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY + 16)

    def first_time(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY + 24)

    def time(self, index: i64) -> i64:
        return read_i64_le(self.snapshot, index * ENTRY + 32)
