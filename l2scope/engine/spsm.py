"""Attribute values that may be an SPSM (Vol 3 Part A 4.22): over GATT a host learns where to connect."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.fields import u8, u16
from l2scope.engine.words import NONE, TX

READ_BY_TYPE_RESPONSE: Final = 0x09
READ_REQUEST: Final = 0x0A
READ_RESPONSE: Final = 0x0B
READ_BLOB_REQUEST: Final = 0x0C
READ_BLOB_RESPONSE: Final = 0x0D

LARGEST_SPSM: Final = 0x00FF
LONGEST_VALUE: Final = 2
# SPSMs that the Bluetooth SIG assigned (IPSP, OTS, EATT): nobody has to ask for them.
ASSIGNED_SPSMS: Final = (0x0023, 0x0025, 0x0027)


@final
class SpsmValues:
    """The latest values that equal an SPSM, by link, direction and value: at most 512 a link."""

    def __init__(self) -> None:
        self.sources: dict[int, int] = {}

    def note(self, link: i64, direction: i64, value: i64, packet: i64, handle: i64) -> None:
        """The value of an attribute was told in this direction."""
        if 0 < value <= LARGEST_SPSM:
            self.sources[int(link << 9 | direction << 8 | value)] = int(packet << 16 | handle)

    def find(self, link: i64, direction: i64, psm: i64) -> i64:
        """packet << 16 | handle of the latest value in this direction that equals psm, NONE without one."""
        if psm <= 0 or psm > LARGEST_SPSM or psm in ASSIGNED_SPSMS:
            return NONE
        return self.sources.get(int(link << 9 | direction << 8 | psm), -1)


@final
class SpsmReader:
    """Follows one ATT bearer. A handle is that of the read in flight of one direction, 0 where there is none."""

    def __init__(self, values: SpsmValues, link: i64) -> None:
        self.values = values
        self.link = link
        self.tx_handle: i64 = 0
        self.rx_handle: i64 = 0

    def read(self, pdu: Pdu, start: i64, length: i64) -> None:
        """An ATT PDU of length bytes, with an opcode from Find Information Request to Read Blob Response."""
        opcode = u8(pdu.data, start)
        handle: i64 = 0
        if opcode & 1 == 0:
            whole = opcode == READ_BLOB_REQUEST and length == 5 and self._word(pdu, start + 3) == 0
            if whole or (opcode == READ_REQUEST and length == 3):
                handle = self._word(pdu, start + 1)
            if pdu.direction == TX:
                self.tx_handle = handle
            else:
                self.rx_handle = handle
        elif opcode == READ_BY_TYPE_RESPONSE:
            self._list(pdu, start + 1, start + length)
        else:
            handle = self.rx_handle if pdu.direction == TX else self.tx_handle
            if handle != 0 and (opcode == READ_RESPONSE or opcode == READ_BLOB_RESPONSE):
                self._value(pdu, handle, start + 1, start + length)
            if pdu.direction == TX:
                self.rx_handle = 0
            else:
                self.tx_handle = 0

    def told(self, pdu: Pdu, handle: i64, start: i64, length: i64) -> None:
        """A notification or an indication of this attribute; the ATT PDU has length bytes."""
        self._value(pdu, handle, start + 3, start + length)

    def _list(self, pdu: Pdu, at: i64, end: i64) -> None:
        """The size of an entry, then entries of a handle and a value (Vol 3 Part F 3.4.4.2)."""
        stop = end if end < pdu.stop else pdu.stop
        size: i64 = u8(pdu.data, at) if at < stop else 0
        if 2 < size <= 2 + LONGEST_VALUE:
            at += 1
            while stop - at >= size:
                self._value(pdu, u16(pdu.data, at), at + 2, at + size)
                at += size

    def _value(self, pdu: Pdu, handle: i64, at: i64, end: i64) -> None:
        if end > pdu.stop:
            return
        if end - at == 2:
            self.values.note(self.link, pdu.direction, u16(pdu.data, at), pdu.packet, handle)
        elif end - at == 1:
            self.values.note(self.link, pdu.direction, u8(pdu.data, at), pdu.packet, handle)

    def _word(self, pdu: Pdu, at: i64) -> i64:
        return u16(pdu.data, at) if pdu.stop - at >= 2 else 0
