"""The GAP Device Name (UUID 0x2A00, Vol 3 Part C 12.1) as the captured host reads it from a peer by ATT."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.fields import u8, u16
from l2scope.engine.names import COMPLETE, LONGEST_NAME, PARTIAL, Peer
from l2scope.engine.words import RX

FIND_INFORMATION_REQUEST: Final = 0x04
FIND_INFORMATION_RESPONSE: Final = 0x05
READ_BY_TYPE_REQUEST: Final = 0x08
READ_BY_TYPE_RESPONSE: Final = 0x09
READ_REQUEST: Final = 0x0A
READ_RESPONSE: Final = 0x0B
READ_BLOB_REQUEST: Final = 0x0C
READ_BLOB_RESPONSE: Final = 0x0D

CHARACTERISTIC: Final = 0x2803
DEVICE_NAME: Final = 0x2A00

# A 16-bit UUID in full is it and this, least significant byte first (Vol 3 Part B 2.5.1).
BASE_UUID: Final = bytes.fromhex("FB349B5F8000008000100000")
SHORT_UUID: Final = 2
LONG_UUID: Final = 16

# What the request in flight asks for.
NOTHING: Final = 0
HANDLES: Final = 1
CHARACTERISTICS: Final = 2
NAME_BY_TYPE: Final = 3
NAME: Final = 4


@final
class DeviceNameReader:
    """Follows one ATT bearer: finds the handle of the peer's Device Name and reads along when it is read.

    asked is what the request in flight wants to know; so_far the value of which a Read Blob reads the rest.
    """

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        self.asked: i64 = NOTHING
        self.offset: i64 = 0
        self.so_far = b""

    def pdu(self, pdu: Pdu, start: i64, mtu: i64) -> None:
        """An ATT PDU with an opcode from Find Information Request to Read Blob Response begins at start."""
        opcode = u8(pdu.data, start)
        if pdu.direction == RX:
            if self.asked != NOTHING:
                self._response(pdu, opcode, start, mtu)
        elif opcode & 1 == 0:
            self._request(pdu.data, opcode, start, pdu.stop)

    def _request(self, data: bytes, opcode: i64, start: i64, stop: i64) -> None:
        self.asked = NOTHING
        if opcode == FIND_INFORMATION_REQUEST:
            self.asked = HANDLES
        elif opcode == READ_BY_TYPE_REQUEST:
            uuid = _uuid(data, start + 5, stop - start - 5)
            if uuid == DEVICE_NAME:
                self.asked = NAME_BY_TYPE
            elif uuid == CHARACTERISTIC:
                self.asked = CHARACTERISTICS
        elif stop - start >= 3 and self.peer.name_handle != 0 and u16(data, start + 1) == self.peer.name_handle:
            if opcode == READ_REQUEST:
                self.asked = NAME
                self.offset = 0
            elif opcode == READ_BLOB_REQUEST and stop - start >= 5:
                self.asked = NAME
                self.offset = u16(data, start + 3)

    def _response(self, pdu: Pdu, opcode: i64, start: i64, mtu: i64) -> None:
        asked = self.asked
        self.asked = NOTHING
        if opcode == READ_BY_TYPE_RESPONSE and asked == NAME_BY_TYPE:
            self._name_by_type(pdu, start, mtu)
        elif opcode == READ_BY_TYPE_RESPONSE and asked == CHARACTERISTICS:
            self._characteristics(pdu.data, start + 2, pdu.stop, u8(pdu.data, start + 1) if pdu.stop - start > 1 else 0)
        elif opcode == FIND_INFORMATION_RESPONSE and asked == HANDLES:
            self._handles(pdu.data, start + 2, pdu.stop, u8(pdu.data, start + 1) if pdu.stop - start > 1 else 0)
        elif (opcode == READ_RESPONSE or opcode == READ_BLOB_RESPONSE) and asked == NAME:
            self._value(pdu, start + 1, pdu.start + pdu.length, mtu - 1)

    def _name_by_type(self, pdu: Pdu, start: i64, mtu: i64) -> None:
        """The first entry of the list: its length, its handle, and a value of at most mtu - 4 or 253 bytes."""
        if pdu.stop - start < 4:
            return
        end = start + 2 + u8(pdu.data, start + 1)
        self.peer.name_handle = u16(pdu.data, start + 2)
        self.offset = 0
        self._value(pdu, start + 4, end, mtu - 4 if mtu < 257 else 253)

    def _value(self, pdu: Pdu, at: i64, end: i64, longest: i64) -> None:
        """data[at:end] is the value from offset on. One as long as a response allows may have more to it."""
        stop = end if end < pdu.stop else pdu.stop
        known: i64 = len(self.so_far)
        if stop < at or self.offset > known or self.offset > LONGEST_NAME:
            return
        value = self.so_far[: self.offset] + pdu.data[at:stop]
        self.so_far = value
        whole = stop == end and end - at != longest
        self.peer.call(pdu.packet, value, 0, len(value), COMPLETE if whole else PARTIAL)

    def _characteristics(self, data: bytes, at: i64, stop: i64, size: i64) -> None:
        """Declarations of size bytes: handle, properties, handle of the value, UUID (Vol 3 Part G 3.3.1)."""
        if size == 5 + SHORT_UUID or size == 5 + LONG_UUID:
            while stop - at >= size:
                self._attribute(u16(data, at + 3), _uuid(data, at + 5, size - 5))
                at += size

    def _handles(self, data: bytes, at: i64, stop: i64, form: i64) -> None:
        """Pairs of handle and UUID, short ones in form 1, long ones in form 2 (Vol 3 Part F 3.4.3.2)."""
        if form == 1 or form == 2:
            size: i64 = 2 + (SHORT_UUID if form == 1 else LONG_UUID)
            while stop - at >= size:
                self._attribute(u16(data, at), _uuid(data, at + 2, size - 2))
                at += size

    def _attribute(self, handle: i64, uuid: i64) -> None:
        """The peer has an attribute of this type under this handle, whatever stood there before."""
        if uuid == DEVICE_NAME:
            self.peer.name_handle = handle
        elif handle == self.peer.name_handle:
            self.peer.name_handle = 0


def _uuid(data: bytes, at: i64, size: i64) -> i64:
    """The 16-bit UUID of size bytes at `at`, 0 where it is another one."""
    if size == SHORT_UUID:
        return u16(data, at)
    if size == LONG_UUID and u16(data, at + 14) == 0 and data[at : at + 12] == BASE_UUID:
        return u16(data, at + 12)
    return 0
