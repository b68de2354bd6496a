"""The protocol engine: packets in, rows out."""

from typing import final

from mypy_extensions import i64

from l2scope.engine.counters import Counters
from l2scope.engine.current import Packet
from l2scope.engine.hci import Host
from l2scope.engine.link import BREDR, CENTRAL, LE, PERIPHERAL
from l2scope.engine.tables import Tables
from l2scope.engine.words import (
    ACL,
    CLOSE_INDEX,
    COMMAND,
    DELETE_INDEX,
    EVENT,
    KINDS,
    NEW_INDEX,
    NONE,
    OTHER,
    PACKET_TIME_REVERSED,
    PACKET_TRUNCATED,
)


@final
class Engine:
    """Sees every packet once, in order. first_time and last_time are those of the first and last packet, in ns.

    first_truncated, first_reversal and first_loss are the numbers of the first packet that was cut short, that is
    earlier than the one before it, and before which others are missing; 0 where there is none.
    """

    def __init__(self) -> None:
        self.tables = Tables()
        self.counters = Counters()
        self.host = Host(self.tables, self.counters)
        self.current = Packet()
        self.first_time: i64 = 0
        self.last_time: i64 = 0
        self.truncated_packets: i64 = 0
        self.first_truncated: i64 = 0
        self.reversals: i64 = 0
        self.first_reversal: i64 = 0
        self.first_loss: i64 = 0
        self.gaps: i64 = 0

    @property
    def packets(self) -> i64:
        """How many packets were seen."""
        return self.current.number

    @property
    def lost(self) -> i64:
        """How many packets the capture says it lost."""
        return self.host.registry.loss.count - self.gaps

    def packet(
        self, time: i64, direction: i64, kind: i64, adapter: i64, data: bytes, start: i64, stop: i64, offset: i64,
        original: i64,
    ) -> None:  # fmt: skip
        """Takes one packet: data[start:stop] without an H4 indicator, time in ns since the Unix epoch (0 to 2^62).

        direction is TX or RX, kind one of words.py; offset is where data[start] stands in the file, original how many
        bytes the packet had on the wire (0 to 2^31 - 1). Raises ValueError for bounds outside data.
        """
        if start < 0 or stop < start or stop > len(data):
            raise ValueError("packet bounds outside the data")
        if kind < 0 or kind >= KINDS:
            kind = OTHER
        packet = self.current
        packet.number += 1
        packet.flags = 0
        self._clock(packet, time)
        packet.direction = direction
        packet.adapter = adapter
        packet.data = data
        packet.start = start
        packet.stop = stop
        packet.original = original if original > stop - start else stop - start
        packet.link = NONE
        packet.pdu = NONE
        if packet.original > stop - start:
            packet.flags |= PACKET_TRUNCATED
            self.truncated_packets += 1
            if self.first_truncated == 0:
                self.first_truncated = packet.number
        if kind == ACL:
            self.host.acl(packet)
        elif kind == EVENT:
            self.host.event(packet)
        elif kind == COMMAND:
            self.host.command(packet)
        elif kind == CLOSE_INDEX or kind == DELETE_INDEX or kind == NEW_INDEX:
            self.host.gone(packet)
        self.counters.packets[kind].add(packet.original)
        self.tables.packets.add(
            time, offset, stop - start, packet.original, packet.link, packet.pdu, adapter, kind, direction, packet.flags
        )

    def lose(self, count: i64) -> None:
        """The capture says that count packets are missing before the next one."""
        self.host.registry.loss.count += count
        if self.first_loss == 0:
            self.first_loss = self.current.number + 1
        self.tables.losses.add(self.current.number + 1, count)

    def gap(self) -> None:
        """Nobody knows whether packets are missing before the next one, or how many: no ledger is exact across it."""
        self.host.registry.loss.count += 1
        self.gaps += 1
        self.tables.losses.add(self.current.number + 1, 0)

    def standing(self, adapter: i64, handle: i64, le: bool, central: bool, address: bytes) -> None:
        """A link was there before the capture began: the system that is captured says so. address as in HCI."""
        self.host.adapter(adapter).standing(handle, LE if le else BREDR, CENTRAL if central else PERIPHERAL, address)

    def finish(self) -> None:
        """The capture has ended: SDUs in flight are incomplete, waits that nothing followed were idle."""
        self.host.settle()

    def _clock(self, packet: Packet, time: i64) -> None:
        if packet.number == 1:
            self.first_time = time
        elif time < self.last_time:
            packet.flags |= PACKET_TIME_REVERSED
            self.reversals += 1
            if self.first_reversal == 0:
                self.first_reversal = packet.number
        self.last_time = time
        packet.time = time
