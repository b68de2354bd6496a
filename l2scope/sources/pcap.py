"""pcap (draft-ietf-opsawg-pcap): a push parser for both byte orders, microseconds and nanoseconds."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import LOW, pair_be, pair_le, second, u8, u32_be, u32_le
from l2scope.sources.errors import CaptureError
from l2scope.sources.hci_records import (
    LINK_H4_DIRECTION,
    LINK_MONITOR,
    MONITOR_MARK,
    Directions,
    HciParser,
    begins_linked,
)
from l2scope.sources.link_types import READ, link_name, refusal
from l2scope.sources.push import LONGEST_PACKET, LONGEST_RECORD, LONGEST_USUAL

NANOSECONDS: Final = 0xA1B23C4D
MAGICS: Final = (
    b"\xa1\xb2\xc3\xd4",
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",
    b"\x4d\x3c\xb2\xa1",
)
FILE_HEADER: Final = 24
RECORD_HEADER: Final = 16
# The upper bits of the link type's field hold the length of a frame check sequence.
LINK_BITS: Final = 0x03FFFFFF


@final
class PcapParser(HciParser):
    """Records of 16 bytes of header and the packet.

    big: big-endian; fraction: nanoseconds of one part of a second; fractions: such parts a second has; clocked: the
    first record has a time.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "pcap", RECORD_HEADER)
        self.big = False
        self.fraction: i64 = 1
        self.fractions: i64 = 1
        self.link: i64 = 0
        self.clocked = False
        self.directions = Directions()

    @property
    def format(self) -> str:
        return f"pcap, {link_name(int(self.link))}"

    @property
    def indicator_length(self) -> int:
        return 0 if self.link == LINK_MONITOR else 1

    def mark_of(self, adapter: int) -> tuple[int, int]:
        return MONITOR_MARK if self.link == LINK_MONITOR else super().mark_of(adapter)

    def records(self, data: bytes, at: i64, size: i64) -> i64:
        if not self.begun:
            if size - at < FILE_HEADER:
                self.wanted = FILE_HEADER
                return at
            self._header(data, at)
            at += FILE_HEADER
        self.wanted = RECORD_HEADER
        if size - at >= RECORD_HEADER and self.engine.packets == 0:
            self.clocked = not self._timeless(data, at)
        fractions = self.fractions
        big = self.big
        while size - at >= RECORD_HEADER:
            moment = pair_be(data, at) if big else pair_le(data, at)
            lengths = pair_be(data, at + 8) if big else pair_le(data, at + 8)
            fraction = second(moment)
            length = lengths & LOW
            original = second(lengths)
            if original > LONGEST_USUAL or length > original or original == 0 or fraction >= fractions:
                if self._odd(data, at, size, length):
                    break
                original = self.odd_length(at, original, length)
            stop = at + RECORD_HEADER + length
            if stop > size:
                self.wanted = RECORD_HEADER + length
                break
            time = (moment & LOW) * 1_000_000_000 + fraction * self.fraction
            self._record(data, at + RECORD_HEADER, stop, original, time)
            at = stop
        return at

    def believable(self, data: bytes, at: i64) -> i64:
        length = self._u32(data, at + 8)
        original = self._u32(data, at + 12)
        if length == 0 or length > original or original > LONGEST_PACKET:
            return 0
        return RECORD_HEADER + length if self._u32(data, at + 4) < self.fractions else 0

    def sound(self, data: bytes, at: i64, stop: i64) -> bool:
        return begins_linked(self.link, data, at + RECORD_HEADER, stop)

    def possible(self, data: bytes, at: i64) -> bool:
        return self._u32(data, at + 8) <= LONGEST_RECORD and not (self.clocked and self._timeless(data, at))

    def _timeless(self, data: bytes, at: i64) -> bool:
        """The record at data[at] has no time."""
        return self._u32(data, at) == 0 and self._u32(data, at + 4) == 0

    def _u32(self, data: bytes, at: i64) -> i64:
        return u32_be(data, at) if self.big else u32_le(data, at)

    def _odd(self, data: bytes, at: i64, size: i64, length: i64) -> bool:
        """A header that no writer should have written: whether its record must not be taken, or not yet."""
        if length > LONGEST_RECORD:
            self.lose_track(at, f"claims {length} bytes")
            return True
        fault = f"claims {length} of {self._u32(data, at + 12)} bytes"
        return self.doubtful(data, at, size, RECORD_HEADER + length, fault)

    def _header(self, data: bytes, at: i64) -> None:
        if data[at : at + 4] not in MAGICS:
            raise CaptureError("not a pcap capture")
        self.big = u8(data, at) == 0xA1
        nanoseconds = self._u32(data, at) == NANOSECONDS
        self.fraction = 1 if nanoseconds else 1000
        self.fractions = 1_000_000_000 if nanoseconds else 1_000_000
        self.link = self._u32(data, at + 20) & LINK_BITS
        if int(self.link) not in READ:
            raise CaptureError(refusal("pcap", int(self.link)))
        self.zero_at = 8 if self.big else 11
        self.begun = True

    def _record(self, data: bytes, start: i64, stop: i64, original: i64, time: i64) -> None:
        offset = self.shift + start
        if self.link == LINK_H4_DIRECTION:
            self.directed(time, 0, data, start, stop, offset, original)
        elif self.link == LINK_MONITOR:
            self.linked_monitor(time, 0, data, start, stop, offset, original)
        else:
            self.no_direction.add(self.engine.packets + 1, offset)
            self.h4(time, self.directions.of(data, start, stop), 0, data, start, stop, offset, original)
