"""btsnoop (RFC 1761 with Bluetooth datalinks; BlueZ doc/btsnoop.txt): a push parser, fed pieces of any size."""

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from l2scope.engine.engine import Engine
from l2scope.engine.fields import i64_be, u8, u32_be
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
from l2scope.sources.errors import CaptureError

MAGIC: Final = b"btsnoop\0"
FILE_HEADER: Final = 16
RECORD_HEADER: Final = 24
LONGEST_RECORD: Final = 1 << 20
LARGEST_LENGTH: Final = 0x7FFFFFFF

H1: Final = 1001
H4: Final = 1002
MONITOR: Final = 2001
DATALINKS: Final = {1001: "HCI without H4 indicators", 1002: "HCI H4", 2001: "Linux monitor"}
UNREAD_DATALINKS: Final = {1003: "HCI BSCP", 1004: "HCI serial (H5)", 2002: "simulator"}

# Microseconds from year 0, where btsnoop begins, to the Unix epoch; and the last one whose nanoseconds fit 62 bits.
EPOCH_US: Final = 0x00DCDDB30F2F8000
LAST_US: Final = 4_611_686_018_427_387

# The flags of an H1 record.
RECEIVED: Final = 1
COMMAND_OR_EVENT: Final = 2


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
# Opcodes that the host sent: commands, and ACL, SCO and ISO data on their way to the controller.
MONITOR_TX: Final = (2, 4, 6, 18)


@final
class BtsnoopParser:
    """Feeds an Engine. problem says what ended the reading early, "" while all is well."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.datalink: i64 = 0
        self.offset: i64 = 0
        self.drops: i64 = 0
        self.partial = BytesWriter()
        self.wanted: i64 = FILE_HEADER
        self.problem = ""

    def feed(self, data: bytes) -> None:
        """Takes the next bytes of the file. Raises CaptureError where they are no btsnoop capture from the start on."""
        at: i64 = 0
        size: i64 = len(data)
        while at < size and self.problem == "" and len(self.partial) > 0:
            at = self._complete(data, at, size)
        if at < size and self.problem == "":
            at = self._whole(data, at, size)
        if at < size and self.problem == "":
            self.partial.write(data[at:size])
            self.offset += size - at

    def end(self) -> None:
        """The file is over: a record that was begun is cut off. Raises CaptureError without a whole header."""
        if self.datalink == 0:
            raise CaptureError("the file ends within the btsnoop header")
        if len(self.partial) > 0 and self.problem == "":
            start = self.offset - len(self.partial)
            self.problem = f"the file ends within packet {self.engine.packets + 1}, which begins at byte {start}"

    @property
    def format(self) -> str:
        return f"btsnoop, {DATALINKS.get(int(self.datalink), 'unknown')}"

    @property
    def indicator_length(self) -> int:
        """Bytes of every record that stand before the HCI packet: the H4 indicator, or none."""
        return 1 if self.datalink == H4 else 0

    def _complete(self, data: bytes, at: i64, size: i64) -> i64:
        """Adds to the partial record what it lacks, and takes it once it is whole. Returns where it stopped in data."""
        stop = at + self.wanted - len(self.partial)
        if stop > size:
            stop = size
        self.partial.write(data[at:stop])
        self.offset += stop - at
        if len(self.partial) < self.wanted:
            return stop
        record = self.partial.getvalue()
        length: i64 = len(record)
        self.offset -= length
        if self._whole(record, 0, length) == length:
            self.partial.truncate(0)
        else:
            self.offset += length
        return stop

    def _whole(self, data: bytes, at: i64, size: i64) -> i64:
        """Takes every whole record; leaves in wanted how long the partial one must get to be looked at again."""
        begin = at
        if self.datalink == 0:
            if size - at < FILE_HEADER:
                self.wanted = FILE_HEADER
                return at
            self._header(data, at)
            at += FILE_HEADER
        self.wanted = RECORD_HEADER
        while size - at >= RECORD_HEADER:
            length = u32_be(data, at + 4)
            if length > LONGEST_RECORD:
                self._give_up(length, self.offset + at - begin)
                break
            stop = at + RECORD_HEADER + length
            if stop > size:
                self.wanted = RECORD_HEADER + length
                break
            self._record(data, at, stop, self.offset + at - begin)
            at = stop
        self.offset += at - begin
        return at

    def _header(self, data: bytes, at: i64) -> None:
        if data[at : at + 8] != MAGIC:
            raise CaptureError("not a btsnoop capture")
        datalink = int(u32_be(data, at + 12))
        if datalink not in DATALINKS:
            name = UNREAD_DATALINKS.get(datalink, "unknown")
            known = ", ".join(f"{number} ({DATALINKS[number]})" for number in sorted(DATALINKS))
            raise CaptureError(f"btsnoop datalink {datalink} ({name}) is not supported, only {known}")
        self.datalink = datalink

    def _give_up(self, length: i64, offset: i64) -> None:
        if self.engine.packets == 0:
            raise CaptureError(f"not a btsnoop capture: the first record claims {length} bytes")
        number = self.engine.packets + 1
        self.problem = f"packet {number} at byte {offset} claims {length} bytes: nothing from there on was read"

    def _record(self, data: bytes, at: i64, stop: i64, offset: i64) -> None:
        original = u32_be(data, at)
        if original > LARGEST_LENGTH:
            original = LARGEST_LENGTH
        drops = u32_be(data, at + 12)
        if drops > self.drops:
            self.engine.lose(drops - self.drops)
            self.drops = drops
        flags = u32_be(data, at + 8)
        time = _nanoseconds(i64_be(data, at + 16))
        self._packet(flags, time, data, at + RECORD_HEADER, stop, offset + RECORD_HEADER, original)

    def _packet(self, flags: i64, time: i64, data: bytes, start: i64, stop: i64, offset: i64, original: i64) -> None:
        datalink = self.datalink
        if datalink == MONITOR:
            opcode = flags & 0xFFFF
            direction: i64 = TX if opcode in MONITOR_TX else RX
            kind: i64 = MONITOR_KINDS[opcode] if opcode < len(MONITOR_KINDS) else OTHER
            self.engine.packet(time, direction, kind, flags >> 16, data, start, stop, offset, original)
        elif datalink == H1:
            sent: i64 = RX if flags & RECEIVED else TX
            kind = (EVENT if sent == RX else COMMAND) if flags & COMMAND_OR_EVENT else ACL
            self.engine.packet(time, sent, kind, 0, data, start, stop, offset, original)
        elif start < stop:
            kind = u8(data, start)
            if kind > ISO:
                kind = OTHER
            if original > 0:
                original -= 1
            self.engine.packet(time, flags & RECEIVED, kind, 0, data, start + 1, stop, offset + 1, original)
        else:
            self.engine.packet(time, flags & RECEIVED, OTHER, 0, data, start, stop, offset, original)


def _nanoseconds(stamp: i64) -> i64:
    """Unix nanoseconds of a btsnoop timestamp, held within the years 1970 to 2116 that the engine counts in."""
    if stamp < EPOCH_US:
        return 0
    microseconds = stamp - EPOCH_US
    if microseconds > LAST_US:
        microseconds = LAST_US
    return microseconds * 1000
