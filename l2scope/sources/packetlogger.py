"""Apple's PacketLogger (.pklg, as Wireshark's wiretap/packetlogger.c knows it): a push parser for both byte orders.

There is no file header. Each record has a length that counts what follows it, seconds and microseconds of Unix time,
a byte that says what it is, and the packet. The first length tells the byte order: a length below 65,536 has its zero
bytes in front in one and behind in the other.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import u8, u32_be, u32_le
from l2scope.engine.words import ACL, COMMAND, EVENT, OTHER, RX, SCO, SYSTEM_NOTE, TX
from l2scope.sources.hci_records import HciParser
from l2scope.sources.push import LONGEST_PACKET, LONGEST_RECORD, LONGEST_USUAL

LENGTH_FIELD: Final = 4
RECORD_HEADER: Final = 12
# What the length counts even of an empty record: the two fields of the time.
TIME: Final = 8
SECOND: Final = 1_000_000
# How many records at the beginning must be of this format. Wireshark looks at five, and refuses what is damaged there.
RECORDS_TO_CHECK: Final = 3

SENT_COMMAND: Final = 0
RECEIVED_EVENT: Final = 1
SENT_ACL: Final = 2
RECEIVED_ACL: Final = 3
SENT_SCO: Final = 8
RECEIVED_SCO: Final = 9
SENT_LMP: Final = 10
RECEIVED_LMP: Final = 11
# From here on records are text: system log, kernel, debug, error, power, note, configuration, new controller.
FIRST_TEXT: Final = 0xF7
LAST_TEXT: Final = 0xFE


def known(kind: i64) -> bool:
    """Wireshark knows records of this type."""
    return kind <= RECEIVED_ACL or SENT_SCO <= kind <= RECEIVED_LMP or FIRST_TEXT <= kind <= LAST_TEXT


def is_little_endian(data: bytes) -> bool:
    """The byte order of a file that begins with data, at least four bytes."""
    return data[0] != 0 or data[1] != 0


def is_packetlogger(beginning: bytes) -> bool:
    """The first records of a file are whole and sensible, as far as its beginning shows them."""
    size = len(beginning)
    if size <= RECORD_HEADER:
        return False
    little = is_little_endian(beginning)
    at = 0
    for _ in range(RECORDS_TO_CHECK):
        if size - at <= RECORD_HEADER:
            break
        length = int.from_bytes(beginning[at : at + 4], "little" if little else "big")
        microseconds = int.from_bytes(beginning[at + 8 : at + 12], "little" if little else "big")
        if not TIME <= length < 0x10000 or microseconds >= SECOND:
            return False
        if length > TIME and not known(beginning[at + RECORD_HEADER]):
            return False
        at += LENGTH_FIELD + length
    return True


@final
class PacketLoggerParser(HciParser):
    """Texts are kept as system notes, link manager packets as other packets."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine, "PacketLogger", RECORD_HEADER)
        self.little = False

    @property
    def format(self) -> str:
        return f"PacketLogger, {'little' if self.little else 'big'}-endian"

    @property
    def indicator_length(self) -> int:
        return 1

    def records(self, data: bytes, at: i64, size: i64) -> i64:
        if not self.begun:
            if size - at < RECORD_HEADER:
                self.wanted = RECORD_HEADER
                return at
            self.little = is_little_endian(data[at : at + LENGTH_FIELD])
            self.zero_at = 3 if self.little else 0
            self.begun = True
        self.wanted = RECORD_HEADER
        while size - at >= RECORD_HEADER:
            length = self._u32(data, at)
            fraction = self._u32(data, at + 8)
            if (length > LONGEST_USUAL or length <= TIME or fraction >= SECOND) and self._odd(data, at, size, length):
                break
            stop = at + LENGTH_FIELD + length
            if stop > size:
                self.wanted = LENGTH_FIELD + length
                break
            time = self._u32(data, at + 4) * 1_000_000_000 + fraction * 1000
            self._record(data, at + RECORD_HEADER, stop, time)
            at = stop
        return at

    def believable(self, data: bytes, at: i64) -> i64:
        length = self._u32(data, at)
        if length <= TIME or length > LONGEST_PACKET or self._u32(data, at + 8) >= SECOND:
            return 0
        return LENGTH_FIELD + length

    def sound(self, data: bytes, at: i64, stop: i64) -> bool:
        return known(u8(data, at + RECORD_HEADER))

    def possible(self, data: bytes, at: i64) -> bool:
        return TIME <= self._u32(data, at) <= LONGEST_RECORD + TIME and self._u32(data, at + 8) < SECOND

    def _u32(self, data: bytes, at: i64) -> i64:
        return u32_le(data, at) if self.little else u32_be(data, at)

    def _odd(self, data: bytes, at: i64, size: i64, length: i64) -> bool:
        """A header that no writer should have written: whether its record must not be taken, or not yet."""
        fault = f"claims {length} bytes"
        if length < TIME or length > LONGEST_RECORD + TIME:
            self.lose_track(at, fault)
            return True
        return self.doubtful(data, at, size, LENGTH_FIELD + length, fault)

    def _record(self, data: bytes, start: i64, stop: i64, time: i64) -> None:
        offset = self.shift + start
        if start == stop:
            self.empty.add(self.engine.packets + 1, offset)
            self.engine.packet(time, RX, OTHER, 0, data, start, stop, offset, 0)
            return
        what = u8(data, start)
        kind: i64 = OTHER
        direction: i64 = RX
        if what == SENT_ACL or what == RECEIVED_ACL:
            kind = ACL
            direction = what - SENT_ACL
        elif what <= RECEIVED_EVENT:
            kind = COMMAND if what == SENT_COMMAND else EVENT
            direction = what
        elif what == SENT_SCO or what == RECEIVED_SCO:
            kind = SCO
            direction = what - SENT_SCO
        elif FIRST_TEXT <= what <= LAST_TEXT:
            kind = SYSTEM_NOTE
        elif what == SENT_LMP:
            direction = TX
        self.engine.packet(time, direction, kind, 0, data, start + 1, stop, offset + 1, stop - start - 1)
