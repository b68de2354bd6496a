"""Puts ACL fragments together into L2CAP PDUs (Vol 3 Part A 7.2), one AclReassembler for each direction of a link."""

from typing import Final, final

from librt.strings import BytesWriter
from mypy_extensions import i64

from l2scope.engine.current import Packet, Pdu
from l2scope.engine.device_name import READ_BLOB_RESPONSE
from l2scope.engine.fields import u16
from l2scope.engine.tables import Tables
from l2scope.engine.words import (
    ATT_CID,
    BREDR_SMP_CID,
    FIRST_DYNAMIC_CID,
    LE_SIGNALLING_CID,
    NONE,
    PACKET_INTERRUPTED,
    PACKET_LENGTH_MISMATCH,
    PACKET_ORPHAN,
    PACKET_OVERRUN,
    PACKET_TRUNCATED,
    PDU_INCOMPLETE,
    PDU_OPEN,
    SIGNALLING_CID,
    SMP_CID,
)

CONTINUATION: Final = 1
ACL_HEADER: Final = 4
L2CAP_HEADER: Final = 4
LONGEST_PDU: Final = 65535 + L2CAP_HEADER
KEPT_OF_LONG_PDU: Final = 20
KEPT_OF_NAME_OR_KEY: Final = 517 + L2CAP_HEADER


@final
class AclReassembler:
    """A PDU in one fragment needs no copy. Of one in several only what the engine reads is kept: all of a C-frame,
    names and keys, the head of anything else. all_of_data: of dynamic channels too, which on BR/EDR may have a check
    sequence. got counts what was sent, kept what the capture holds of it.
    """

    def __init__(self, tables: Tables, link: i64, direction: i64) -> None:
        self.tables = tables
        self.link = link
        self.direction = direction
        self.row: i64 = NONE
        self.first: i64 = 0
        self.first_time: i64 = 0
        self.length: i64 = NONE
        self.cid: i64 = 0
        self.got: i64 = 0
        self.keep: i64 = LONGEST_PDU
        self.all_of_data = True
        self.kept: BytesWriter | None = None

    def start(self, packet: Packet, at: i64, size: i64, pdu: Pdu) -> bool:
        """Takes a start fragment of size bytes. True when it holds a whole PDU, which is then in pdu."""
        if self.row != NONE:
            packet.flags |= PACKET_INTERRUPTED
            self.abandon()
        data = packet.data
        held = packet.stop - at
        if held >= L2CAP_HEADER:
            length = u16(data, at)
            if L2CAP_HEADER + length <= size:
                if L2CAP_HEADER + length < size:
                    packet.flags |= PACKET_OVERRUN
                self._fill(packet, pdu, length, u16(data, at + 2), packet.number, packet.time)
                pdu.data = data
                pdu.start = at + L2CAP_HEADER
                pdu.stop = pdu.start + length if L2CAP_HEADER + length <= held else packet.stop
                pdu.row = NONE
                return True
        self._begin(packet)
        self._take(packet, at, size)
        return False

    def more(self, packet: Packet, at: i64, size: i64, pdu: Pdu) -> bool:
        """Takes a continuing fragment of size bytes. True when it completes the PDU, which is then in pdu."""
        if self.row == NONE:
            packet.flags |= PACKET_ORPHAN
            return False
        self._take(packet, at, size)
        if self.length == NONE or self.got < L2CAP_HEADER + self.length:
            return False
        if self.got > L2CAP_HEADER + self.length:
            packet.flags |= PACKET_OVERRUN
        self._fill(packet, pdu, self.length, self.cid, self.first, self.first_time)
        kept = self.kept
        pdu.data = b"" if kept is None else kept.getvalue()
        stop: i64 = len(pdu.data)
        pdu.start = stop
        if stop >= L2CAP_HEADER:
            pdu.start = L2CAP_HEADER
        pdu.stop = stop if stop < L2CAP_HEADER + self.length else L2CAP_HEADER + self.length
        pdu.row = self.row
        self.row = NONE
        return True

    def abandon(self) -> None:
        """The PDU in hand will not be completed."""
        if self.row != NONE:
            length: i64 = self.length if self.length != NONE else 0
            self.tables.pdus.finish(self.row, NONE, NONE, length, self.cid, PDU_INCOMPLETE)
            self.row = NONE

    def _begin(self, packet: Packet) -> None:
        self.first = packet.number
        self.first_time = packet.time
        self.length = NONE
        self.cid = 0
        self.got = 0
        self.keep = LONGEST_PDU
        if self.kept is None:
            self.kept = BytesWriter()
        else:
            self.kept.truncate(0)
        self.row = self.tables.pdus.add(packet.number, NONE, self.link, NONE, 0, 0, self.direction, PDU_OPEN)

    def _fill(self, packet: Packet, pdu: Pdu, length: i64, cid: i64, first: i64, first_time: i64) -> None:
        pdu.first = first
        pdu.first_time = first_time
        pdu.packet = packet.number
        pdu.time = packet.time
        pdu.direction = self.direction
        pdu.length = length
        pdu.cid = cid

    def _take(self, packet: Packet, at: i64, size: i64) -> None:
        packet.pdu = self.row
        kept = self.kept
        if kept is None:
            return
        room = self.keep - len(kept)
        stop = packet.stop if packet.stop - at < room else at + room
        if stop > at and len(kept) == self.got:
            kept.write(packet.data[at:stop])
        self.got += size
        if self.length == NONE and len(kept) >= L2CAP_HEADER:
            header = kept.getvalue()
            self.length = u16(header, 0)
            self.cid = u16(header, 2)
            if self.cid >= FIRST_DYNAMIC_CID and self.all_of_data:
                self.keep = LONGEST_PDU
            else:
                self.keep = _read_of(self.cid, header)


def _read_of(cid: i64, beginning: bytes) -> i64:
    """How many bytes of a PDU the engine reads, its header included."""
    if cid == SIGNALLING_CID or cid == LE_SIGNALLING_CID:
        return LONGEST_PDU
    if cid == SMP_CID or cid == BREDR_SMP_CID:
        return KEPT_OF_NAME_OR_KEY
    if cid == ATT_CID and len(beginning) > L2CAP_HEADER and beginning[L2CAP_HEADER] <= READ_BLOB_RESPONSE:
        return KEPT_OF_NAME_OR_KEY
    return KEPT_OF_LONG_PDU


def fragment_size(packet: Packet) -> i64:
    """How many bytes of L2CAP an ACL packet carried on the wire, by its own header and by what the capture holds.

    A capture that cuts packets short (snaplen) leaves the header's word; a packet that contradicts its header
    counts with what is there.
    """
    said = u16(packet.data, packet.start + 2)
    held = packet.stop - packet.start - ACL_HEADER
    if said <= held:
        if said < held:
            packet.flags |= PACKET_LENGTH_MISMATCH
            packet.stop = packet.start + ACL_HEADER + said
        return said
    if packet.original - ACL_HEADER >= said:
        packet.flags |= PACKET_TRUNCATED
        return said
    packet.flags |= PACKET_LENGTH_MISMATCH
    return held
