"""Where the SDUs of one direction of a credit-based channel begin and end (Vol 3 Part A 3.4.3)."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.busy import BusyTime
from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16
from l2scope.engine.tables import Tables
from l2scope.engine.words import NONE, SDU_ABANDONED, SDU_COMPLETE, SDU_INCOMPLETE, SDU_OVERRUN

LENGTH_FIELD: Final = 2


@final
class SduReassembler:
    """missing is what the SDU in flight lacks; first is the row of its first PDU, NONE at an SDU boundary."""

    def __init__(self, tables: Tables, flow: i64, busy: BusyTime, mtu: i64) -> None:
        self.tables = tables
        self.flow = flow
        self.busy = busy
        self.mtu = mtu
        self.first: i64 = NONE
        self.last: i64 = NONE
        self.first_packet: i64 = 0
        self.last_packet: i64 = 0
        self.start_time: i64 = 0
        self.last_time: i64 = 0
        self.length: i64 = 0
        self.missing: i64 = 0
        self.count: i64 = 0
        self.complete: i64 = 0
        self.incomplete: i64 = 0
        self.bytes: i64 = 0
        self.begun: i64 = NONE
        self.ended: i64 = 0
        self.lost = False

    def kframe(self, pdu: Pdu) -> None:
        if self.first != NONE:
            self.missing -= pdu.length
        elif not self._start(pdu):
            return
        self.last = pdu.row
        self.last_packet = pdu.packet
        self.last_time = pdu.time
        if self.missing <= 0:
            self._finish(SDU_COMPLETE if self.missing == 0 else SDU_OVERRUN)

    def in_flight_since(self) -> i64:
        """When the SDU in flight began, in nanoseconds, or NONE at an SDU boundary."""
        return self.start_time if self.first != NONE else NONE

    def close(self) -> None:
        if self.first != NONE:
            self._finish(SDU_INCOMPLETE)

    def _start(self, pdu: Pdu) -> bool:
        """Takes a first K-frame. False when the SDU cannot be followed: its start is lost, the next one is sought."""
        readable = pdu.length >= LENGTH_FIELD and pdu.stop - pdu.start >= LENGTH_FIELD
        length: i64 = u16(pdu.data, pdu.start) if readable else 0
        if self.lost and not (readable and length <= self.mtu and pdu.length <= length + LENGTH_FIELD):
            return False
        self.lost = False
        self.first = pdu.row
        self.first_packet = pdu.first
        self.start_time = pdu.first_time
        self.length = length
        self.missing = length + LENGTH_FIELD - pdu.length
        if not readable:
            self.last = pdu.row
            self.last_packet = pdu.packet
            self.last_time = pdu.time
            self.lost = True
            self._finish(SDU_ABANDONED)
            return False
        return True

    def _finish(self, state: i64) -> None:
        if state == SDU_COMPLETE:
            self.complete += 1
            self.bytes += self.length
            if self.begun == NONE:
                self.begun = self.start_time
            self.ended = self.last_time
        else:
            self.incomplete += 1
        self.count += 1
        self.busy.cover(self.start_time, self.last_time)
        self.tables.sdus.add(
            self.flow >> 1, self.flow & 1, self.first, self.last, self.first_packet, self.last_packet, self.length,
            state,
        )  # fmt: skip
        self.first = NONE
        self.missing = 0
