"""Where SDUs begin and end by the SAR bits of their I-frames (Vol 3 Part A 3.3.2, 7.3), in one direction."""

from typing import final

from mypy_extensions import i64

from l2scope.engine.control_field import END, START, UNSEGMENTED
from l2scope.engine.current import Pdu
from l2scope.engine.sdu import SduReassembler
from l2scope.engine.tables import Tables
from l2scope.engine.words import NONE, SDU_ABANDONED, SDU_COMPLETE, SDU_INCOMPLETE, SDU_OVERRUN


@final
class IFrame:
    """An I-frame: its row in the frames table, the row of its PDU, its packets and times, how many bytes of its SDU it
    carries, and in a start frame the length of the SDU. One instance is refilled until it has to be kept."""

    def __init__(self) -> None:
        self.row: i64 = NONE
        self.pdu: i64 = NONE
        self.first_packet: i64 = 0
        self.first_time: i64 = 0
        self.packet: i64 = 0
        self.time: i64 = 0
        self.sar: i64 = UNSEGMENTED
        self.size: i64 = 0
        self.sdu_length: i64 = 0

    def fill(self, row: i64, pdu: Pdu, sar: i64, size: i64, sdu_length: i64) -> None:
        self.row = row
        self.pdu = pdu.row
        self.first_packet = pdu.first
        self.first_time = pdu.first_time
        self.packet = pdu.packet
        self.time = pdu.time
        self.sar = sar
        self.size = size
        self.sdu_length = sdu_length


@final
class SarReassembler:
    """Takes I-frames in the order of their sequence numbers."""

    def __init__(self, tables: Tables, sdus: SduReassembler) -> None:
        self.tables = tables
        self.sdus = sdus
        self.rows: list[i64] = []

    def take(self, frame: IFrame) -> None:
        sdus = self.sdus
        if frame.sar == UNSEGMENTED or frame.sar == START:
            self.end(SDU_ABANDONED)
            length = frame.size if frame.sar == UNSEGMENTED else frame.sdu_length
            sdus.open(frame.pdu, frame.first_packet, frame.first_time, length)
        elif sdus.first == NONE:
            return
        self.rows.append(frame.row)
        sdus.join(frame.pdu, frame.first_packet, frame.packet, frame.time, frame.size)
        if sdus.missing < 0:
            self.end(SDU_OVERRUN)
        elif frame.sar == UNSEGMENTED or frame.sar == END:
            self.end(SDU_COMPLETE if sdus.missing == 0 else SDU_INCOMPLETE)

    def end(self, state: i64) -> None:
        """The SDU in flight, if there is one, will get no more frames."""
        if self.sdus.first == NONE:
            return
        sdu = self.tables.sdus.count
        self.sdus.end(state)
        for row in self.rows:
            self.tables.frames.join(row, sdu)
        self.rows.clear()
