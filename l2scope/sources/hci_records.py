"""The packets that records of several formats hold: HCI with its H4 indicator, and what the Linux HCI monitor tells."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import u8, u16, u16_be, u32_be
from l2scope.engine.words import (
    ACL,
    CLOSE_INDEX,
    COMMAND,
    CONTROL_CLOSE,
    CONTROL_COMMAND,
    CONTROL_EVENT,
    CONTROL_OPEN,
    DELETE_INDEX,
    EVENT,
    INDEX_INFO,
    ISO,
    NEW_INDEX,
    OPEN_INDEX,
    OTHER,
    RX,
    SCO,
    SYSTEM_NOTE,
    TX,
    USER_LOGGING,
    VENDOR_DIAGNOSTIC,
)
from l2scope.sources.damage import EMPTY, NO_DIRECTION, NO_PSEUDO_HEADER, OVERLONG
from l2scope.sources.push import PushParser

# Link types (https://www.tcpdump.org/linktypes.html): HCI H4; HCI H4 behind 4 bytes that say the direction; records of
# the Linux monitor behind 2 bytes each of adapter and opcode. Both pseudo headers are big-endian.
LINK_H4: Final = 187
LINK_H4_DIRECTION: Final = 201
LINK_MONITOR: Final = 254
PSEUDO_HEADER: Final = 4
# The opcode of a monitor's record is the second half of its pseudo header: so far before the packet, and so long.
MONITOR_MARK: Final = (2, 2)
BEFORE_HCI: Final = PSEUDO_HEADER + 1

# Adapters come in blocks of 256, since a monitor's records name adapters themselves. Packets that are no HCI, and those
# of a monitor that belong to no adapter, are in the last block.
BLOCK: Final = 8
IN_BLOCK: Final = 0xFF
NO_ADAPTER: Final = 0xFF00

LARGEST_LENGTH: Final = 0x7FFFFFFF

# The boundary flag stands in the two bits above a handle's twelve (Vol 4 Part E 5.4.2).
FROM_HOST: Final = 0
CONTINUATION: Final = 1


def _monitor_kinds() -> bytes:
    """The kind of packet for each opcode of the Linux monitor."""
    kinds = bytearray(18)
    for opcode, kind in enumerate((
        NEW_INDEX, DELETE_INDEX, COMMAND, EVENT, ACL, ACL, SCO, SCO, OPEN_INDEX, CLOSE_INDEX, INDEX_INFO,
        VENDOR_DIAGNOSTIC, SYSTEM_NOTE, USER_LOGGING, CONTROL_OPEN, CONTROL_CLOSE, CONTROL_COMMAND, CONTROL_EVENT,
    )):  # fmt: skip
        kinds[opcode] = kind
    return bytes(kinds) + bytes((ISO, ISO))


MONITOR_KINDS: Final = _monitor_kinds()
MONITOR_OPCODES: Final = 20
# Opcodes that the host sent: commands, and ACL, SCO and ISO data on their way to the controller.
MONITOR_TX: Final = (2, 4, 6, 18)
FIRST_MONITOR_HCI: Final = 2
LAST_MONITOR_HCI: Final = 7


class HciParser(PushParser):
    """A push parser whose records hold HCI packets: hands them to the engine. Offsets are bytes of the file."""

    def __init__(self, engine: Engine, name: str, header_length: i64) -> None:
        super().__init__(engine, name, header_length)
        self.empty = self.damage.occurrences(EMPTY)
        self.no_pseudo_header = self.damage.occurrences(NO_PSEUDO_HEADER)
        self.no_direction = self.damage.occurrences(NO_DIRECTION)
        self.overlong = self.damage.occurrences(OVERLONG)

    def odd_length(self, at: i64, original: i64, length: i64) -> i64:
        """The length on the wire of an odd record at data[at] that is taken, held within what the engine counts."""
        if length > original:
            self.overlong.add(self.engine.packets + 1, self.shift + at)
        return min(original, LARGEST_LENGTH)

    def h4(
        self, time: i64, direction: i64, adapter: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64
    ) -> None:
        """data[start:stop] begins with an H4 indicator. original counts it."""
        if start < stop:
            kind = u8(data, start)
            if kind > ISO:
                kind = OTHER
            self.engine.packet(time, direction, kind, adapter, data, start + 1, stop, offset + 1, original - 1)
        else:
            self.empty.add(self.engine.packets + 1, offset)
            self.engine.packet(time, direction, OTHER, adapter, data, start, stop, offset, original - 1)

    def monitor(
        self, time: i64, opcode: i64, adapter: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64
    ) -> None:
        """data[start:stop] is the payload of a record of the Linux monitor; it has no indicator."""
        kind: i64 = MONITOR_KINDS[opcode] if opcode < MONITOR_OPCODES else OTHER
        direction: i64 = TX if opcode in MONITOR_TX else RX
        if start == stop and FIRST_MONITOR_HCI <= opcode <= LAST_MONITOR_HCI:
            self.empty.add(self.engine.packets + 1, offset)
        self.engine.packet(time, direction, kind, adapter, data, start, stop, offset, original)

    def directed(self, time: i64, adapter: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64) -> None:
        """data[start:stop] is a packet of LINK_H4_DIRECTION. original counts the pseudo header."""
        if stop - start > PSEUDO_HEADER:
            kind = u8(data, start + PSEUDO_HEADER)
            if kind > ISO:
                kind = OTHER
            self.engine.packet(
                time, u8(data, start + 3) & RX, kind, adapter, data, start + BEFORE_HCI, stop, offset + BEFORE_HCI,
                original - BEFORE_HCI,
            )  # fmt: skip
        elif stop - start == PSEUDO_HEADER:
            self.h4(
                time, u8(data, start + 3) & RX, adapter, data, stop, stop, offset + PSEUDO_HEADER,
                original - PSEUDO_HEADER,
            )  # fmt: skip
        else:
            self.too_short(time, adapter, data, start, offset)

    def linked_monitor(
        self, time: i64, adapter: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64
    ) -> None:
        """data[start:stop] is a packet of LINK_MONITOR. original counts the pseudo header."""
        if stop - start < PSEUDO_HEADER:
            self.too_short(time, adapter, data, start, offset)
            return
        self.monitor(
            time, u16_be(data, start + 2), monitored(adapter, u16_be(data, start)), data, start + PSEUDO_HEADER, stop,
            offset + PSEUDO_HEADER, original - PSEUDO_HEADER,
        )  # fmt: skip

    def too_short(self, time: i64, adapter: i64, data: bytes, start: i64, offset: i64) -> None:
        """A record that ends within its pseudo header is a packet without a byte."""
        self.no_pseudo_header.add(self.engine.packets + 1, offset)
        self.engine.packet(time, RX, OTHER, adapter, data, start, start, offset, 0)


def monitored(base: i64, adapter: i64) -> i64:
    """The adapter that a monitor's record names. base is 0, or the block of 256 numbers that its interface has."""
    if base == 0:
        return adapter
    return base | adapter if adapter <= IN_BLOCK else NO_ADAPTER


def begins_h4(data: bytes, start: i64, stop: i64) -> bool:
    """data[start:stop] begins with an H4 indicator, or is empty."""
    return start >= stop or COMMAND <= u8(data, start) <= ISO


def begins_linked(link: i64, data: bytes, start: i64, stop: i64) -> bool:
    """data[start:stop] begins as packets of this link type do."""
    if link == LINK_H4:
        return begins_h4(data, start, stop)
    if stop - start < PSEUDO_HEADER:
        return False
    if link == LINK_MONITOR:
        return u16_be(data, start + 2) < MONITOR_OPCODES
    return u32_be(data, start) <= RX and begins_h4(data, start + PSEUDO_HEADER, stop)


@final
class Directions:
    """Which way packets with an H4 indicator went that do not say it themselves.

    Commands are sent and events received. A controller begins every PDU with the boundary flag 10, and a host on LE,
    or on BR/EDR as Linux and Android drive it, with 00 (Vol 4 Part E 5.4.2); a continuation goes where the PDU of its
    handle went. SCO and ISO data are taken for received.
    """

    def __init__(self) -> None:
        self.started: dict[int, int] = {}

    def of(self, data: bytes, start: i64, stop: i64) -> i64:
        """data[start] is the indicator."""
        kind: i64 = u8(data, start) if start < stop else OTHER
        if kind == COMMAND:
            return TX
        if kind != ACL or stop - start < 3:
            return RX
        word = u16(data, start + 1)
        handle = int(word & 0x0FFF)
        boundary = word >> 12 & 3
        if boundary != CONTINUATION:
            self.started[handle] = TX if boundary == FROM_HOST else RX
        return self.started.get(handle, RX)
