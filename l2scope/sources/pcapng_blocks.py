"""What the blocks of a pcapng file are (draft-ietf-opsawg-pcapng): types, sizes and options."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.fields import u16, u16_be, u32_be, u32_le

MAGIC: Final = b"\x0a\x0d\x0d\x0a"
BIG_ENDIAN: Final = b"\x1a\x2b\x3c\x4d"
LITTLE_ENDIAN: Final = b"\x4d\x3c\x2b\x1a"

# Types of blocks (section 11.1 there), and the others that Wireshark gives frame numbers to.
SECTION_HEADER: Final = 0x0A0D0D0A
INTERFACE: Final = 1
OBSOLETE_PACKET: Final = 2
SIMPLE_PACKET: Final = 3
NAMES: Final = 4
STATISTICS: Final = 5
ENHANCED_PACKET: Final = 6
JOURNAL: Final = 9
SECRETS: Final = 10
CUSTOM: Final = 0x0BAD
CUSTOM_NO_COPY: Final = 0x40000BAD
SYSDIG_EVENT: Final = 0x204
SYSDIG_EVENT_2: Final = 0x216
SYSDIG_LARGE_EVENT: Final = 0x221

# Type and length stand before the body of a block, the length once more behind it.
BLOCK_HEADER: Final = 8
TRAILER: Final = 4
SHORTEST_BLOCK: Final = 12
LONGEST_BLOCK: Final = 16 << 20
# What the bodies have before data and options.
SECTION_BODY: Final = 16
INTERFACE_BODY: Final = 8
PACKET_BODY: Final = 20
SIMPLE_BODY: Final = 4
STATISTICS_BODY: Final = 12
UNKNOWN: Final = 1 << 40

# Options: of any block (section 3.5), of interfaces (4.2), of packets (4.3), of statistics (4.6).
END_OF_OPTIONS: Final = 0
COMMENT: Final = 1
TIME_RESOLUTION: Final = 9
TIME_OFFSET: Final = 14
FLAGS: Final = 2
DROPS: Final = 4
INTERFACE_DROPS: Final = 5
SYSTEM_DROPS: Final = 7
OPTION_HEADER: Final = 4
# The option of a packet's flags: its length, code and length as one number in either byte order, and the length of all
# options where it is the only one and their end follows.
FLAGS_OPTION: Final = 8
FLAGS_HEADER: Final = FLAGS | 4 << 16
BIG_FLAGS_HEADER: Final = FLAGS << 16 | 4
ONLY_FLAGS: Final = 12
# The lowest two bits of a packet's flags.
DIRECTION_BITS: Final = 3
INBOUND: Final = 1
OUTBOUND: Final = 2
# An obsolete packet block that does not know its drops.
UNKNOWN_DROPS: Final = 0xFFFF
LARGEST_DROPS: Final = 0x7FFFFFFF


def is_numbered(kind: i64) -> bool:
    """Wireshark gives a frame number to such a block, though it holds no packet."""
    return kind in (JOURNAL, CUSTOM, CUSTOM_NO_COPY, SYSDIG_EVENT, SYSDIG_EVENT_2, SYSDIG_LARGE_EVENT)


def is_packet(kind: i64) -> bool:
    return kind in (ENHANCED_PACKET, SIMPLE_PACKET, OBSOLETE_PACKET)


def shortest(kind: i64) -> i64:
    """The length that every block of this type has at least, UNKNOWN for types that are not known."""
    if kind == ENHANCED_PACKET or kind == OBSOLETE_PACKET:
        return SHORTEST_BLOCK + PACKET_BODY
    if kind == SECTION_HEADER:
        return SHORTEST_BLOCK + SECTION_BODY
    if kind == INTERFACE:
        return SHORTEST_BLOCK + INTERFACE_BODY
    if kind == SIMPLE_PACKET:
        return SHORTEST_BLOCK + SIMPLE_BODY
    if kind == STATISTICS:
        return SHORTEST_BLOCK + STATISTICS_BODY
    return SHORTEST_BLOCK if kind == NAMES or kind == SECRETS or is_numbered(kind) else UNKNOWN


def padded(length: i64) -> i64:
    """Data and options are filled up to a multiple of four bytes."""
    return (length + 3) >> 2 << 2


@final
class Options:
    """Walks through the options of a block. code, start and length are those of the current one."""

    def __init__(self) -> None:
        self.data = b""
        self.big = False
        self.at: i64 = 0
        self.stop: i64 = 0
        self.code: i64 = END_OF_OPTIONS
        self.start: i64 = 0
        self.length: i64 = 0

    def begin(self, data: bytes, at: i64, stop: i64, big: bool) -> None:
        """They stand in data[at:stop]."""
        self.data = data
        self.at = at
        self.stop = stop
        self.big = big

    def next(self) -> bool:
        """Goes to the next one. False at their end, or where one is longer than its block."""
        start = self.at + OPTION_HEADER
        if start > self.stop:
            return False
        self.code = self._u16(self.at)
        self.length = self._u16(self.at + 2)
        self.start = start
        self.at = start + padded(self.length)
        return self.code != END_OF_OPTIONS and start + self.length <= self.stop

    def bytes(self) -> bytes:
        return self.data[self.start : self.start + self.length]

    def u8(self) -> i64:
        """The first byte, 0 of an empty option."""
        return self.data[self.start] if self.length > 0 else 0

    def u32(self) -> i64:
        """Four bytes, 0 of a shorter option."""
        if self.length < 4:
            return 0
        return u32_be(self.data, self.start) if self.big else u32_le(self.data, self.start)

    def count(self) -> i64:
        """Eight bytes that count something, held within four."""
        if self.length < 8:
            return 0
        value = int.from_bytes(self.bytes()[:8], "big" if self.big else "little")
        return min(value, LARGEST_DROPS)

    def seconds(self) -> i64:
        """Eight bytes with a sign, 0 of a shorter option."""
        if self.length < 8:
            return 0
        return int.from_bytes(self.bytes()[:8], "big" if self.big else "little", signed=True)

    def _u16(self, at: i64) -> i64:
        return u16_be(self.data, at) if self.big else u16(self.data, at)
