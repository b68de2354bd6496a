"""The packet and the PDU in hand. One instance of each is refilled for every packet: nobody may keep one."""

from typing import final

from mypy_extensions import i64

from l2scope.engine.words import NONE


@final
class Packet:
    """The bytes from start to stop of data are the HCI packet, without an H4 indicator.

    number counts from 1; time is in nanoseconds since the Unix epoch; original is how many bytes the packet had on the
    wire, which is more than stop - start where the capture cut it short.
    """

    def __init__(self) -> None:
        self.number: i64 = 0
        self.time: i64 = 0
        self.direction: i64 = 0
        self.adapter: i64 = 0
        self.data = b""
        self.start: i64 = 0
        self.stop: i64 = 0
        self.original: i64 = 0
        self.link: i64 = NONE
        self.pdu: i64 = NONE
        self.flags: i64 = 0


@final
class Pdu:
    """An L2CAP PDU that is whole. data[start:stop] is its payload, or as much of a long one as the engine reads.

    length is the L2CAP Length field; first and first_time belong to its first packet, packet and time to the one that
    completed it.
    """

    def __init__(self) -> None:
        self.row: i64 = NONE
        self.first: i64 = 0
        self.first_time: i64 = 0
        self.packet: i64 = 0
        self.time: i64 = 0
        self.direction: i64 = 0
        self.cid: i64 = 0
        self.length: i64 = 0
        self.data = b""
        self.start: i64 = 0
        self.stop: i64 = 0
