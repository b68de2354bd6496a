"""A packet as it is written, and the two forms that a record of it may have: HCI H4, or the Linux HCI monitor's.

Both are found in btsnoop (datalinks 1002 and 2001) and in pcapng (link types 201 and 254).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from l2scope.engine.words import ISO, OTHER, RX, TX
from l2scope.sources.hci_records import MONITOR_KINDS, MONITOR_OPCODES, MONITOR_TX

# The opcode of what the monitor has none for. Readers show the bytes and nothing else.
UNKNOWN_OPCODE: Final = 0xFFFF
LARGEST_INDICATOR: Final = 0xFF


@dataclass(slots=True)
class Record:
    """One packet to be written. data is without an H4 indicator, original its length on the wire; both are as in
    tables.packets. mark is what the capture says of a packet whose kind is OTHER: its indicator or opcode.

    lost packets are missing before it; with gap nobody knows how many, or whether any are.
    """

    time_ns: int
    direction: int
    kind: int
    adapter: int
    data: bytes
    original: int
    mark: int = 0
    lost: int = 0
    gap: bool = False
    comments: Sequence[str] = ()

    @property
    def h4(self) -> bytes:
        """With its H4 indicator. A record that holds nothing has none either."""
        if self.kind == OTHER and not self.data:
            return b""
        return bytes((self.kind if self.kind != OTHER else self._unknown_indicator,)) + self.data

    @property
    def _unknown_indicator(self) -> int:
        """The mark, unless it is the indicator of something else in H4: PacketLogger has numbers of its own."""
        return self.mark if ISO < self.mark <= LARGEST_INDICATOR else OTHER

    @property
    def h4_original(self) -> int:
        """Its length on the wire with the indicator."""
        return self.original + 1 if self.original or self.kind != OTHER else 0

    @property
    def opcode(self) -> int:
        """The opcode by which the monitor knows it."""
        if self.kind == OTHER:
            return self.mark if self.mark >= MONITOR_OPCODES else UNKNOWN_OPCODE
        return OPCODES[self.kind, self.direction]


def _opcodes() -> dict[tuple[int, int], int]:
    """The monitor's opcode for each kind and direction. Commands that were received and events that were sent, which
    only a damaged capture has, are as the others."""
    opcodes: dict[tuple[int, int], int] = {}
    for opcode in range(MONITOR_OPCODES):
        kind, direction = MONITOR_KINDS[opcode], TX if opcode in MONITOR_TX else RX
        opcodes[kind, direction] = opcode
        opcodes.setdefault((kind, 1 - direction), opcode)
    return opcodes


OPCODES: Final = _opcodes()
