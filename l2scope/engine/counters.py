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
B_FRAME: Final = 7
I_FRAME: Final = 8
S_FRAME: Final = 9
PROTOCOLS: Final = (
    "signalling", "att", "k-frame", "smp", "connectionless", "dynamic", "reserved", "b-frame", "i-frame", "s-frame"
)  # fmt: skip


# Codes of signalling commands, from 0; what lies above counts as 0, which no command has.
SIGNAL_CODES: Final = 0x1B


@final
class Tally:
    """How many there were, and how many bytes they had together."""

    def __init__(self) -> None:
        self.count: i64 = 0
        self.bytes: i64 = 0

    def add(self, size: i64) -> None:
        self.count += 1
        self.bytes += size

    def remove(self, size: i64) -> None:
        """What was counted turned out to be something else."""
        self.count -= 1
        self.bytes -= size


@final
class Counters:
    """Bytes of packets are those on the wire, bytes of PDUs and commands those of their L2CAP payload."""

    def __init__(self) -> None:
        self.packets: list[Tally] = [Tally() for _ in range(KINDS)]
        self.pdus: list[Tally] = [Tally() for _ in PROTOCOLS]
        self.signals: list[Tally] = [Tally() for _ in range(SIGNAL_CODES)]
        self.att: list[Tally] = [Tally() for _ in range(256)]
