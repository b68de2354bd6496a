"""The framing of a pcapng file: blocks of either byte order, their lengths checked against each other."""

from typing import Final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import LOW, pair_be, pair_le, second, u16, u16_be, u32_be, u32_le
from l2scope.sources.damage import BAD_BLOCK
from l2scope.sources.errors import CaptureError
from l2scope.sources.hci_records import HciParser
from l2scope.sources.pcapng_blocks import (
    BIG_ENDIAN,
    BLOCK_HEADER,
    ENHANCED_PACKET,
    LITTLE_ENDIAN,
    LONGEST_BLOCK,
    PACKET_BODY,
    SECTION_BODY,
    SECTION_HEADER,
    SHORTEST_BLOCK,
    TRAILER,
    shortest,
)
from l2scope.sources.push import LONGEST_PACKET

# A block is not believed where the track was lost if it is longer than a packet with room for options.
LONGEST_BELIEVABLE: Final = LONGEST_PACKET + 4096


class BlockParser(HciParser):
    """Hands the body of each block to `block`, that of a whole enhanced packet to `enhanced`.

    big: the current section is big-endian.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "pcapng", SHORTEST_BLOCK)
        self.big = False

    def block(self, kind: i64, data: bytes, start: i64, stop: i64) -> None:
        """data[start:stop] is the body of a block of this type."""

    def enhanced(self, data: bytes, start: i64, stop: i64) -> None:
        """data[start:stop] is the body of an enhanced packet block, and has all its fields."""

    def packet_begins(self, number: i64, data: bytes, start: i64, stop: i64) -> bool:
        """data[start:stop] begins as packets of this interface do."""
        return True

    def records(self, data: bytes, at: i64, size: i64) -> i64:
        self.wanted = SHORTEST_BLOCK
        while size - at >= SHORTEST_BLOCK:
            header = self.pair(data, at)
            kind = header & LOW
            if kind == SECTION_HEADER:
                if not self._byte_order(data, at):
                    break
                header = self.pair(data, at)
            elif not self.begun:
                raise CaptureError("not a pcapng capture: it does not begin with a section")
            length = second(header)
            if length < SHORTEST_BLOCK or length > LONGEST_BLOCK:
                self.lose_track(at, f"claims a block of {length} bytes")
                break
            stop = at + length
            if stop > size:
                self.wanted = length
                break
            if self.u32(data, stop - TRAILER) != length and self._contradictory(data, at, size, length):
                break
            if kind == ENHANCED_PACKET and length >= SHORTEST_BLOCK + PACKET_BODY:
                self.enhanced(data, at + BLOCK_HEADER, stop - TRAILER)
            else:
                self.block(kind, data, at + BLOCK_HEADER, stop - TRAILER)
            at = stop
        return at

    def believable(self, data: bytes, at: i64) -> i64:
        kind = self.u32(data, at)
        if kind == SECTION_HEADER:
            return _section_length(data, at)
        length = self.u32(data, at + 4)
        if length & 3 != 0 or length > LONGEST_BELIEVABLE or length < shortest(kind):
            return 0
        return length

    def sound(self, data: bytes, at: i64, stop: i64) -> bool:
        kind = self.u32(data, at)
        if kind == SECTION_HEADER:
            return True
        if self.u32(data, stop - TRAILER) != stop - at:
            return False
        if kind != ENHANCED_PACKET:
            return True
        number = self.u32(data, at + BLOCK_HEADER)
        start = at + BLOCK_HEADER + PACKET_BODY
        end = start + self.u32(data, at + BLOCK_HEADER + 12)
        return end <= stop - TRAILER and self.packet_begins(number, data, start, end)

    def followed(self, data: bytes, at: i64, follower: i64, size: i64) -> bool:
        """The header of a section is hard to mistake, and what follows it may be of the other byte order."""
        return self.u32(data, at) == SECTION_HEADER or super().followed(data, at, follower, size)

    def possible(self, data: bytes, at: i64) -> bool:
        kind = self.u32(data, at)
        if kind == SECTION_HEADER:
            return _section_length(data, at) > 0
        return shortest(kind) <= self.u32(data, at + 4) <= LONGEST_BLOCK

    def u32(self, data: bytes, at: i64) -> i64:
        return u32_be(data, at) if self.big else u32_le(data, at)

    def pair(self, data: bytes, at: i64) -> i64:
        """Two fields of four bytes for one read: see second()."""
        return pair_be(data, at) if self.big else pair_le(data, at)

    def u16(self, data: bytes, at: i64) -> i64:
        return u16_be(data, at) if self.big else u16(data, at)

    def bad_block(self, data: bytes, at: i64, what: str) -> None:
        """The block whose header stands at data[at] contradicts itself."""
        offset = self.shift + at
        self.damage.place(BAD_BLOCK, f"the block at byte {offset} {what}", self.engine.packets + 1, offset, 1)

    def _byte_order(self, data: bytes, at: i64) -> bool:
        """Takes over the byte order of the section that begins at data[at]. False: it has none, the track is lost."""
        mark = data[at + 8 : at + 12]
        if mark == BIG_ENDIAN or mark == LITTLE_ENDIAN:
            self.big = mark == BIG_ENDIAN
            self.begun = True
            return True
        if not self.begun:
            raise CaptureError("not a pcapng capture: its first block tells no byte order")
        self.lose_track(at, "is a section without a byte order")
        return False

    def _contradictory(self, data: bytes, at: i64, size: i64, length: i64) -> bool:
        """A block whose length stands differently at its end: whether it must not be taken, or not yet."""
        if self.doubtful(data, at, size, length, f"claims a block of {length} bytes, and another length at its end"):
            return True
        self.bad_block(data, at, f"tells two lengths, {length} and another")
        return False


def _section_length(data: bytes, at: i64) -> i64:
    """The length of a section's header at data[at], 0 where there is none."""
    mark = data[at + 8 : at + 12]
    length: i64 = 0
    if mark == BIG_ENDIAN:
        length = u32_be(data, at + 4)
    elif mark == LITTLE_ENDIAN:
        length = u32_le(data, at + 4)
    return length if SHORTEST_BLOCK + SECTION_BODY <= length <= LONGEST_BELIEVABLE else 0
