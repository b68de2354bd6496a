"""btsnoop (RFC 1761 with Bluetooth datalinks; BlueZ doc/btsnoop.txt): a push parser, fed pieces of any size."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import LOW, i64_be, pair_be, second, u32_be
from l2scope.engine.words import ACL, COMMAND, EVENT, RX, TX
from l2scope.sources.errors import CaptureError
from l2scope.sources.hci_records import MONITOR_OPCODES, HciParser, begins_h4
from l2scope.sources.push import LONGEST_PACKET, LONGEST_RECORD, LONGEST_USUAL

MAGIC: Final = b"btsnoop\0"
FILE_HEADER: Final = 16
RECORD_HEADER: Final = 24
# The opcode of a monitor's record is the lower half of its flags: so far before the packet, and so long.
MONITOR_MARK: Final = (14, 2)

H1: Final = 1001
H4: Final = 1002
MONITOR: Final = 2001
DATALINKS: Final = {1001: "HCI without H4 indicators", 1002: "HCI H4", 2001: "Linux monitor"}
UNREAD_DATALINKS: Final = {1003: "HCI BSCP", 1004: "HCI serial (H5)", 2002: "simulator"}

# Microseconds from year 0, where btsnoop begins, to the Unix epoch; and the last one whose nanoseconds fit 62 bits.
EPOCH_US: Final = 0x00DCDDB30F2F8000
LAST_US: Final = 4_611_686_018_427_387
LATEST: Final = EPOCH_US + LAST_US

# The flags of a record: received, and for H1 a command or an event rather than data. An H4 record has both as well.
RECEIVED: Final = 1
COMMAND_OR_EVENT: Final = 2
FLAGS: Final = 3
# A believable header does not lose more packets than this at once.
MOST_DROPS: Final = 1 << 20


@final
class BtsnoopParser(HciParser):
    """Records of 24 bytes of header, all fields big-endian, and the packet.

    earliest is the epoch where the first record has a time behind it, else the file has no clock to judge times by.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "btsnoop", RECORD_HEADER)
        self.zero_at = 0
        self.datalink: i64 = 0
        self.drops: i64 = 0
        self.earliest: i64 = -LATEST

    @property
    def format(self) -> str:
        return f"btsnoop, {DATALINKS.get(int(self.datalink), 'unknown')}"

    @property
    def indicator_length(self) -> int:
        return 1 if self.datalink == H4 else 0

    def mark_of(self, adapter: int) -> tuple[int, int]:
        return MONITOR_MARK if self.datalink == MONITOR else super().mark_of(adapter)

    def records(self, data: bytes, at: i64, size: i64) -> i64:
        if not self.begun:
            if size - at < FILE_HEADER:
                self.wanted = FILE_HEADER
                return at
            self._header(data, at)
            at += FILE_HEADER
        self.wanted = RECORD_HEADER
        if size - at >= RECORD_HEADER and self.engine.packets == 0:
            self.earliest = EPOCH_US if i64_be(data, at + 16) >= EPOCH_US else -LATEST
        earliest = self.earliest
        most_drops = self.drops + MOST_DROPS
        while size - at >= RECORD_HEADER:
            lengths = pair_be(data, at)
            original = lengths & LOW
            length = second(lengths)
            rest = pair_be(data, at + 8)
            drops = second(rest)
            stamp = i64_be(data, at + 16)
            if original > LONGEST_USUAL or length > original or drops > most_drops or stamp < earliest:
                if self._odd(data, at, size, length):
                    break
                original = self.odd_length(at, original, length)
            stop = at + RECORD_HEADER + length
            if stop > size:
                self.wanted = RECORD_HEADER + length
                break
            if drops != 0:
                self._drop(drops)
                most_drops = self.drops + MOST_DROPS
            self._record(data, at + RECORD_HEADER, stop, original, rest & LOW, stamp)
            at = stop
        return at

    def believable(self, data: bytes, at: i64) -> i64:
        original = u32_be(data, at)
        length = u32_be(data, at + 4)
        flags = u32_be(data, at + 8)
        drops = u32_be(data, at + 12)
        stamp = i64_be(data, at + 16)
        if length == 0 or length > original or original > LONGEST_PACKET or drops > self.drops + MOST_DROPS:
            return 0
        if (flags & 0xFFFF) >= MONITOR_OPCODES if self.datalink == MONITOR else flags > FLAGS:
            return 0
        return RECORD_HEADER + length if EPOCH_US <= stamp <= LATEST else 0

    def sound(self, data: bytes, at: i64, stop: i64) -> bool:
        return self.datalink != H4 or begins_h4(data, at + RECORD_HEADER, stop)

    def possible(self, data: bytes, at: i64) -> bool:
        return u32_be(data, at + 4) <= LONGEST_RECORD and self._in_time(data, at)

    def _in_time(self, data: bytes, at: i64) -> bool:
        """The time of the record makes sense, as far as the file has a clock."""
        return self.earliest <= i64_be(data, at + 16) <= LATEST

    def _odd(self, data: bytes, at: i64, size: i64, length: i64) -> bool:
        """A header that no writer should have written: whether its record must not be taken, or not yet."""
        original = u32_be(data, at)
        odd_length = length > original or original > LONGEST_PACKET
        if length > LONGEST_RECORD or (odd_length and not self._in_time(data, at)):
            self.lose_track(at, f"claims {length} bytes")
            return True
        return self.doubtful(data, at, size, RECORD_HEADER + length, f"claims {length} of {original} bytes")

    def _header(self, data: bytes, at: i64) -> None:
        if data[at : at + 8] != MAGIC:
            raise CaptureError("not a btsnoop capture")
        datalink = int(u32_be(data, at + 12))
        if datalink not in DATALINKS:
            name = UNREAD_DATALINKS.get(datalink, "unknown")
            known = ", ".join(f"{number} ({DATALINKS[number]})" for number in sorted(DATALINKS))
            raise CaptureError(
                f"btsnoop datalink {datalink} ({name}) is not supported, only {known}: "
                "record HCI packets, not the bytes of the serial line"
            )
        self.datalink = datalink
        self.begun = True

    def _drop(self, drops: i64) -> None:
        """The records count what was lost so far. Absurd counts are passed over."""
        if self.drops < drops <= self.drops + MOST_DROPS:
            self.engine.lose(drops - self.drops)
            self.drops = drops

    def _record(self, data: bytes, start: i64, stop: i64, original: i64, flags: i64, stamp: i64) -> None:
        time = _nanoseconds(stamp)
        offset = self.shift + start
        if self.datalink == H4:
            self.h4(time, flags & RECEIVED, 0, data, start, stop, offset, original)
        elif self.datalink == MONITOR:
            self.monitor(time, flags & 0xFFFF, flags >> 16, data, start, stop, offset, original)
        else:
            self._h1(time, flags, data, start, stop, offset, original)

    def _h1(self, time: i64, flags: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64) -> None:
        direction: i64 = RX if flags & RECEIVED else TX
        kind: i64 = ACL
        if flags & COMMAND_OR_EVENT:
            kind = EVENT if direction == RX else COMMAND
        if start == stop:
            self.empty.add(self.engine.packets + 1, offset)
        self.engine.packet(time, direction, kind, 0, data, start, stop, offset, original)


def _nanoseconds(stamp: i64) -> i64:
    """Unix nanoseconds of a btsnoop timestamp, held within the years 1970 to 2116 that the engine counts in."""
    if stamp < EPOCH_US:
        return 0
    microseconds = stamp - EPOCH_US
    if microseconds > LAST_US:
        microseconds = LAST_US
    return microseconds * 1000
