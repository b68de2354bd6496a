"""Attribute values as they flow: how many, how fast, and whether they were cut at what one PDU carries.

Of each handle, direction and opcode the counters are kept, and of the notifications whether anybody asked for them: a
server sends them to a client that has written its Client Characteristic Configuration descriptor, which stands behind
the value (Vol 3 Part G 3.3.3.3).
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16
from l2scope.engine.words import RX, TX

VALUE_HEADER: Final = 3
DESCRIPTOR_SIZE: Final = 2
NOTIFICATIONS_ON: Final = 1
# A characteristic has few descriptors: its configuration is among the handles that follow its value.
DESCRIPTORS: Final = 8
# Values that follow one another within this time are one burst.
BURST_GAP_NS: Final = 1_000_000_000
# A value that does not fit into one PDU fills at least so many.
FEWEST_FULL: Final = 2


@final
class ValueStream:
    """The values of one handle that went one way with one opcode. bytes are those of the values alone.

    The burst_ fields are those of the largest burst, the run_ fields of the one that goes on. cut counts the runs of
    full PDUs that a shorter one ended, cut_packet is the last of the first such run.
    """

    def __init__(self, handle: i64, opcode: i64, direction: i64) -> None:
        self.handle = handle
        self.opcode = opcode
        self.direction = direction
        self.last_time: i64 = 0
        self.run_count: i64 = 0
        self.run_bytes: i64 = 0
        self.run_packet: i64 = 0
        self.run_start: i64 = 0
        self.burst_count: i64 = 0
        self.burst_bytes: i64 = 0
        self.burst_packet: i64 = 0
        self.burst_last: i64 = 0
        self.burst_start: i64 = 0
        self.burst_ns: i64 = 0
        self.full: i64 = 0
        self.cut: i64 = 0
        self.cut_packet: i64 = 0

    def add(self, pdu: Pdu, size: i64, room: i64) -> None:
        """Takes the next value; room is the most that one PDU could carry."""
        if self.run_count == 0 or pdu.time - self.last_time > BURST_GAP_NS:
            self.run_count = 0
            self.run_bytes = 0
            self.run_packet = pdu.packet
            self.run_start = pdu.time
            self.full = 0
        self.last_time = pdu.time
        self.run_count += 1
        self.run_bytes += size
        if self.run_bytes > self.burst_bytes:
            self.burst_count = self.run_count
            self.burst_bytes = self.run_bytes
            self.burst_packet = self.run_packet
            self.burst_last = pdu.packet
            self.burst_start = self.run_start
            self.burst_ns = pdu.time - self.run_start
        if size >= room:
            self.full += 1
            return
        if self.full >= FEWEST_FULL:
            self.cut += 1
            if self.cut == 1:
                self.cut_packet = pdu.packet
        self.full = 0


@final
class ValueStreams:
    """The streams of one bearer."""

    def __init__(self) -> None:
        self.streams: dict[int, ValueStream] = {}
        self.latest: ValueStream | None = None

    def add(self, pdu: Pdu, opcode: i64, handle: i64, size: i64, room: i64) -> bool:
        """Takes a value of size bytes. True when it is the first of its stream."""
        stream = self.latest
        if (
            stream is not None
            and stream.handle == handle
            and stream.opcode == opcode
            and stream.direction == pdu.direction
        ):
            stream.add(pdu, size, room)
            return False
        key = int(handle << 9 | opcode << 1 | pdu.direction)
        stream = self.streams.get(key)
        fresh = stream is None
        if stream is None:
            stream = ValueStream(handle, opcode, pdu.direction)
            self.streams[key] = stream
        self.latest = stream
        stream.add(pdu, size, room)
        return fresh


@final
class Subscriptions:
    """Which descriptors of a link's two servers were written so that notifications may come, on any bearer."""

    def __init__(self) -> None:
        self.by_local: dict[int, int] = {}
        self.by_remote: dict[int, int] = {}

    def written(self, pdu: Pdu, handle: i64, start: i64, size: i64) -> None:
        """A value of size bytes was written; the PDU begins at start of pdu.data."""
        at = start + VALUE_HEADER
        if size == DESCRIPTOR_SIZE and pdu.stop - at >= size and u16(pdu.data, at) & NOTIFICATIONS_ON:
            written = self.by_local if pdu.direction == TX else self.by_remote
            written[int(handle)] = 1

    def asked(self, direction: i64, handle: i64) -> bool:
        """Whether the receiver of a notification, sent in this direction, may have asked for it."""
        written = self.by_local if direction == RX else self.by_remote
        behind = handle + 1
        while behind <= handle + DESCRIPTORS:
            if int(behind) in written:
                return True
            behind += 1
        return False
