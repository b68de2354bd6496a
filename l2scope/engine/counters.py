"""Totals of a capture that need no rows: packets by kind, PDUs by protocol, signalling and ATT by code."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.words import KINDS

# The protocols a PDU is counted under.
SIGNALLING: Final = 0
ATT: Final = 1
KFRAME: Final = 2
SMP: Final = 3
CONNECTIONLESS: Final = 4
DYNAMIC: Final = 5
RESERVED: Final = 6
PROTOCOLS: Final = ("signalling", "att", "k-frame", "smp", "connectionless", "dynamic", "reserved")


@final
class Counters:
    """Bytes of packets are those on the wire, bytes of PDUs those of their L2CAP payload."""

    def __init__(self) -> None:
        self.packets: list[int] = [0] * KINDS
        self.packet_bytes: list[int] = [0] * KINDS
        self.pdus: list[int] = [0] * len(PROTOCOLS)
        self.pdu_bytes: list[int] = [0] * len(PROTOCOLS)
        self.signals: list[int] = [0] * 27
        self.att: list[int] = [0] * 256

    def packet(self, kind: i64, size: i64) -> None:
        self.packets[kind] += 1
        self.packet_bytes[kind] += size

    def pdu(self, protocol: i64, size: i64) -> None:
        self.pdus[protocol] += 1
        self.pdu_bytes[protocol] += size
