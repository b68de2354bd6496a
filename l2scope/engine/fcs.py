"""The frame check sequence of L2CAP (Vol 3 Part A 3.3.5): the CRC with g(D) = D^16 + D^15 + D^2 + 1, begun at 0.

It covers the basic L2CAP header and everything behind it but itself; bits are taken least significant first.
"""

from typing import Final

from mypy_extensions import i64

from l2scope.engine.current import Pdu
from l2scope.engine.fields import u16

L2CAP_HEADER: Final = 4
FCS_SIZE: Final = 2
SHORTEST_FRAME: Final = 4
REVERSED_POLYNOMIAL: Final = 0xA001


def _table() -> tuple[bytes, bytes]:
    """What each byte makes of a CRC of 0: the low and the high bytes of the 256 results."""
    low = bytearray(256)
    high = bytearray(256)
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ REVERSED_POLYNOMIAL if crc & 1 else crc >> 1
        low[byte] = crc & 0xFF
        high[byte] = crc >> 8
    return bytes(low), bytes(high)


LOW: Final[bytes] = _table()[0]
HIGH: Final[bytes] = _table()[1]


def crc16(data: bytes, at: i64, stop: i64, crc: i64) -> i64:
    """The CRC of data[at:stop], continuing one of the bytes before; 0 to begin with."""
    while at < stop:
        byte: i64 = data[at]
        index = (crc ^ byte) & 0xFF
        low: i64 = LOW[index]
        high: i64 = HIGH[index]
        crc = crc >> 8 ^ (low | high << 8)
        at += 1
    return crc


def fcs_fits(pdu: Pdu) -> bool:
    """Whether a PDU, all of which must be there, ends in the check sequence of what comes before."""
    end = pdu.start + pdu.length - FCS_SIZE
    return crc16(pdu.data, pdu.start - L2CAP_HEADER, end, 0) == u16(pdu.data, end)


def can_be_checked(pdu: Pdu) -> bool:
    """The capture holds all of it, and it is long enough for a control field and a check sequence."""
    return pdu.length >= SHORTEST_FRAME and pdu.stop - pdu.start >= pdu.length and pdu.start >= L2CAP_HEADER
