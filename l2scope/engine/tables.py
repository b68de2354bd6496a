"""The rows the engine writes: one class a table, its numpy type beside its add(). The only user of librt's writers.

A reader takes the rows away as often as it likes (take, drop). A row that is changed after it was taken goes into
`late` as a record of its own, so nothing has to be held back.
"""

from typing import Final, final

from librt.strings import BytesWriter, write_i64_le
from mypy_extensions import i64, u8

from l2scope.engine.faults import CODES
from l2scope.engine.words import NONE

LARGEST_I32: Final = 0x7FFFFFFF
LOW_32: Final = 0xFFFFFFFF
# A hostile capture may break a rule in every packet.
MOST_FAULTS_OF_A_CODE: Final = 4096


def clamped(value: i64) -> i64:
    """The nearest number that a four-byte column holds."""
    if value > LARGEST_I32:
        return LARGEST_I32
    if value < -LARGEST_I32:
        return -LARGEST_I32
    return value


def patch(rows: BytesWriter, at: i64, value: i64, size: i64) -> None:
    """Overwrites `size` bytes of a row, little-endian."""
    for index in range(size):
        rows[at + index] = u8((value >> (8 * index)) & 0xFF)


class Table:
    """Rows of one width, numbered from 0. `taken` rows have left; `count` have been written in all."""

    def __init__(self) -> None:
        self.rows = BytesWriter()
        self.late = BytesWriter()
        self.count: i64 = 0
        self.taken: i64 = 0

    def take(self) -> bytes:
        """The rows since the last time, which leave the table."""
        rows = self.rows.getvalue()
        self.rows.truncate(0)
        self.taken = self.count
        return rows

    def take_late(self) -> bytes:
        """The changes to rows that had left, in order."""
        late = self.late.getvalue()
        self.late.truncate(0)
        return late

    def drop(self) -> None:
        """Lets the rows go unread."""
        self.rows.truncate(0)
        self.late.truncate(0)
        self.taken = self.count


@final
class PacketTable(Table):
    """One row a packet: row number + 1 is the packet number."""

    dtype: Final = [
        ("time", "<i8"), ("offset", "<i8"), ("length", "<i4"), ("original", "<i4"), ("link", "<i4"), ("pdu", "<i4"),
        ("adapter", "<u2"), ("kind", "u1"), ("direction", "u1"), ("flags", "<u4"),
    ]  # fmt: skip

    def add(
        self, time: i64, offset: i64, length: i64, original: i64, link: i64, pdu: i64, adapter: i64, kind: i64,
        direction: i64, flags: i64,
    ) -> None:  # fmt: skip
        rows = self.rows
        write_i64_le(rows, time)
        write_i64_le(rows, offset)
        write_i64_le(rows, length | original << 32)
        write_i64_le(rows, (link & LOW_32) | pdu << 32)
        write_i64_le(rows, adapter | kind << 16 | direction << 24 | flags << 32)
        self.count += 1


@final
class PduTable(Table):
    """One row an L2CAP PDU, in the order of their first packets that carry one."""

    dtype: Final = [
        ("first", "<i4"), ("last", "<i4"), ("link", "<i4"), ("channel", "<i4"), ("length", "<u2"), ("cid", "<u2"),
        ("direction", "u1"), ("state", "u1"), ("flags", "<u2"),
    ]  # fmt: skip
    late_dtype: Final = [
        ("row", "<i4"), ("last", "<i4"), ("channel", "<i4"), ("length", "<i4"), ("cid", "<i4"), ("state", "<i4"),
    ]  # fmt: skip
    size: Final = 24

    def add(
        self, first: i64, last: i64, link: i64, channel: i64, length: i64, cid: i64, direction: i64, state: i64
    ) -> i64:
        rows = self.rows
        write_i64_le(rows, first | last << 32)
        write_i64_le(rows, (link & LOW_32) | channel << 32)
        write_i64_le(rows, length | cid << 16 | direction << 32 | state << 40)
        self.count += 1
        return self.count - 1

    def finish(self, row: i64, last: i64, channel: i64, length: i64, cid: i64, state: i64) -> None:
        """Fills in what was not known when the first fragment reserved the row."""
        if row < self.taken:
            write_i64_le(self.late, row | last << 32)
            write_i64_le(self.late, (channel & LOW_32) | length << 32)
            write_i64_le(self.late, cid | state << 32)
            return
        at = (row - self.taken) * self.size
        patch(self.rows, at + 4, last, 4)
        patch(self.rows, at + 12, channel, 4)
        patch(self.rows, at + 16, length | cid << 16, 4)
        patch(self.rows, at + 21, state, 1)


@final
class SignalTable(Table):
    """One row an L2CAP signalling command; request is the row of the request that a response answers.

    result is the result of a response, the credits of a Flow Control Credit Ind, else 0; offset is where the command
    begins in the payload of its PDU.
    """

    dtype: Final = [
        ("packet", "<i4"), ("pdu", "<i4"), ("link", "<i4"), ("request", "<i4"), ("result", "<u2"), ("offset", "<u2"),
        ("code", "u1"), ("identifier", "u1"), ("direction", "<u2"),
    ]  # fmt: skip

    def add(
        self, packet: i64, pdu: i64, link: i64, request: i64, result: i64, offset: i64, code: i64, identifier: i64,
        direction: i64,
    ) -> i64:  # fmt: skip
        rows = self.rows
        write_i64_le(rows, packet | pdu << 32)
        write_i64_le(rows, (link & LOW_32) | request << 32)
        write_i64_le(rows, result | offset << 16 | code << 32 | identifier << 40 | direction << 48)
        self.count += 1
        return self.count - 1


@final
class CreditTable(Table):
    """One row a change of a balance: -1 a K-frame, +n an indication; of a transmit window, -1 an I-frame, +n an
    acknowledgement. flow is 2 * channel + direction.

    The rows are in the order of packets; latest is that of the last one. A K-frame that is taken up later than a change
    that followed it has no row.
    """

    dtype: Final = [("packet", "<i4"), ("flow", "<i4"), ("change", "<i4"), ("balance", "<i4")]

    def __init__(self) -> None:
        super().__init__()
        self.latest: i64 = 0

    def add(self, packet: i64, flow: i64, change: i64, balance: i64) -> None:
        if packet < self.latest:
            return
        rows = self.rows
        write_i64_le(rows, packet | flow << 32)
        write_i64_le(rows, (change & LOW_32) | clamped(balance) << 32)
        self.count += 1
        self.latest = packet


@final
class SduTable(Table):
    """One row an SDU, when it ends. first and last are the first and the last row of its PDUs: on a channel that
    retransmits, others may lie between them, and the rows of frames tell which are its own."""

    dtype: Final = [
        ("channel", "<i4"), ("first", "<i4"), ("last", "<i4"), ("first_packet", "<i4"), ("last_packet", "<i4"),
        ("length", "<u2"), ("direction", "u1"), ("state", "u1"),
    ]  # fmt: skip
    late_dtype: Final = [("row", "<i4"), ("state", "<i4")]
    size: Final = 24

    def add(
        self, channel: i64, direction: i64, first: i64, last: i64, first_packet: i64, last_packet: i64, length: i64,
        state: i64,
    ) -> None:  # fmt: skip
        rows = self.rows
        write_i64_le(rows, channel | first << 32)
        write_i64_le(rows, (last & LOW_32) | first_packet << 32)
        write_i64_le(rows, last_packet | length << 32 | direction << 48 | state << 56)
        self.count += 1

    def restate(self, row: i64, state: i64) -> None:
        """What seemed to be one thing turned out to be another."""
        if row < self.taken:
            write_i64_le(self.late, row | state << 32)
        else:
            self.rows[(row - self.taken) * self.size + 23] = u8(state)


@final
class FrameTable(Table):
    """One row an I-frame or S-frame of a channel in retransmission, flow control, enhanced retransmission or streaming
    mode. flow is 2 * channel + direction; sdu the row of the SDU that the frame is part of, NONE for none so far.

    sequence counts the I-frames of the flow: TxSeq is what remains of it modulo 64, or modulo 16384 with extended
    control fields. It is NONE for an S-frame, and for a frame that failed its check.
    """

    dtype: Final = [
        ("packet", "<i4"), ("pdu", "<i4"), ("flow", "<i4"), ("sdu", "<i4"), ("sequence", "<i4"), ("reqseq", "<u2"),
        ("kind", "u1"), ("flags", "u1"),
    ]  # fmt: skip
    late_dtype: Final = [("row", "<i4"), ("sdu", "<i4")]
    size: Final = 24

    def add(self, packet: i64, pdu: i64, flow: i64, sequence: i64, reqseq: i64, kind: i64, flags: i64) -> i64:
        rows = self.rows
        write_i64_le(rows, packet | pdu << 32)
        write_i64_le(rows, flow | NONE << 32)
        write_i64_le(rows, (clamped(sequence) & LOW_32) | (reqseq | kind << 16 | flags << 24) << 32)
        self.count += 1
        return self.count - 1

    def join(self, row: i64, sdu: i64) -> None:
        """The frame is part of this SDU."""
        if row < self.taken:
            write_i64_le(self.late, row | sdu << 32)
        else:
            patch(self.rows, (row - self.taken) * self.size + 12, sdu, 4)


@final
class ZeroTable(Table):
    """One row a zero interval, when it ends. patience is 2 * interval * (1 + latency) in microseconds."""

    dtype: Final = [
        ("start", "<i8"), ("end", "<i8"), ("channel", "<i4"), ("first", "<i4"), ("last", "<i4"), ("owed", "<i4"),
        ("patience", "<i4"), ("direction", "u1"), ("class", "u1"), ("ended_by", "u1"), ("flags", "u1"),
    ]  # fmt: skip
    late_dtype: Final = [("row", "<i4"), ("class", "<i4")]
    size: Final = 40

    def add(
        self, start: i64, end: i64, channel: i64, first: i64, last: i64, owed: i64, patience: i64, direction: i64,
        kind: i64, ended_by: i64, flags: i64,
    ) -> i64:  # fmt: skip
        rows = self.rows
        write_i64_le(rows, start)
        write_i64_le(rows, end)
        write_i64_le(rows, channel | first << 32)
        write_i64_le(rows, last | owed << 32)
        write_i64_le(rows, clamped(patience) | (direction | kind << 8 | ended_by << 16) << 32 | flags << 56)
        self.count += 1
        return self.count - 1

    def reclass(self, row: i64, kind: i64) -> None:
        if row < self.taken:
            write_i64_le(self.late, row | kind << 32)
        else:
            self.rows[(row - self.taken) * self.size + 37] = u8(kind)


@final
class AttTable(Table):
    """One row an ATT PDU; request is the row of the request or indication that it answers."""

    dtype: Final = [
        ("packet", "<i4"), ("pdu", "<i4"), ("bearer", "<i4"), ("request", "<i4"), ("handle", "<u2"),
        ("value_length", "<u2"), ("opcode", "u1"), ("error", "u1"), ("direction", "u1"), ("value_offset", "u1"),
    ]  # fmt: skip

    def add(
        self, packet: i64, pdu: i64, bearer: i64, request: i64, handle: i64, opcode: i64, error: i64, direction: i64,
        value_offset: i64, value_length: i64,
    ) -> i64:  # fmt: skip
        rows = self.rows
        write_i64_le(rows, packet | pdu << 32)
        write_i64_le(rows, bearer | request << 32)
        shape = opcode | error << 8 | direction << 16 | value_offset << 24
        write_i64_le(rows, handle | value_length << 16 | shape << 32)
        self.count += 1
        return self.count - 1


@final
class FaultTable(Table):
    """One row a broken rule: faults.py lists the codes. flow is 2 * channel + direction, NONE where no channel is at
    fault; direction is that of the PDU. sure: nothing that could explain it is missing.

    It is never taken or dropped, so it stays small: of each code the first rows are kept, all are counted.
    """

    dtype: Final = [
        ("time", "<i8"), ("packet", "<i4"), ("link", "<i4"), ("flow", "<i4"), ("code", "u1"), ("direction", "u1"),
        ("sure", "<u2"), ("a", "<i8"), ("b", "<i8"),
    ]  # fmt: skip
    size: Final = 40

    def __init__(self) -> None:
        super().__init__()
        self.counts: list[i64] = [0] * CODES

    def add(
        self, packet: i64, time: i64, link: i64, flow: i64, direction: i64, code: i64, sure: bool, a: i64, b: i64
    ) -> None:
        self.counts[code] += 1
        if self.counts[code] > MOST_FAULTS_OF_A_CODE:
            return
        rows = self.rows
        certain: i64 = 1 if sure else 0
        write_i64_le(rows, time)
        write_i64_le(rows, packet | link << 32)
        write_i64_le(rows, (flow & LOW_32) | (code | direction << 8 | certain << 16) << 32)
        write_i64_le(rows, a)
        write_i64_le(rows, b)
        self.count += 1


@final
class LossTable(Table):
    """One row a place where packets are missing: how many before this one, 0 where nobody knows whether any are. What
    is missing at the end stands before the packet that would follow the last."""

    dtype: Final = [("packet", "<i4"), ("count", "<i4")]

    def add(self, packet: i64, count: i64) -> None:
        write_i64_le(self.rows, packet | clamped(count) << 32)
        self.count += 1


@final
class Tables:
    """Every table that grows with the capture. Links and channels are few: the engine keeps them as objects."""

    def __init__(self) -> None:
        self.packets = PacketTable()
        self.pdus = PduTable()
        self.signals = SignalTable()
        self.credits = CreditTable()
        self.sdus = SduTable()
        self.frames = FrameTable()
        self.zeros = ZeroTable()
        self.att = AttTable()
        self.faults = FaultTable()
        self.losses = LossTable()

    def drop(self) -> None:
        """Lets all rows go but the zero intervals and the faults: they are few, and all of them are judged together."""
        self.packets.drop()
        self.pdus.drop()
        self.signals.drop()
        self.credits.drop()
        self.sdus.drop()
        self.frames.drop()
        self.att.drop()
        self.losses.drop()
