"""How many bytes a link-layer packet of a link may carry, over time (Vol 6 Part B 4.5.10; Vol 4 Part E 7.7.65.7)."""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from l2scope.capture import Capture
from l2scope.engine.link import DEFAULT_DATA_LENGTH
from l2scope.engine.words import EVENT

LE_META: Final = 0x3E
LE_DATA_LENGTH_CHANGE: Final = 0x07
EVENT_BYTES: Final = 13
# Preamble, access address, header and CRC of a link-layer packet on the 1M PHY; the MIC of an encrypted one
# (Vol 6 Part B 2.1, 2.4).
PACKET_OVERHEAD: Final = 10
MIC: Final = 4


@dataclass(frozen=True, slots=True)
class DataLength:
    """The payload of link-layer packets in one direction: octets[i] from packet packets[i] of the capture on."""

    packets: list[int]
    octets: list[int]

    def at(self, packet: int) -> int:
        return self.octets[bisect_right(self.packets, packet) - 1]

    def link_layer_packets(self, length: int, packet: int) -> int:
        """How many of them an L2CAP PDU of this length, its header included, takes from this packet on."""
        return max(1, -(-length // self.at(packet)))


def data_lengths(capture: Capture) -> dict[tuple[int, str], DataLength]:
    """By link and direction, "tx" or "rx"."""
    found = {(link.id, name): DataLength([0], [DEFAULT_DATA_LENGTH]) for link in capture.links for name in ("tx", "rx")}
    rows = capture.tables.packets
    told = (rows["kind"] == EVENT) & (rows["link"] >= 0) & (rows["length"] >= EVENT_BYTES)
    for index in told.nonzero()[0].tolist():
        number = index + capture.first_number
        event = capture.raw(number)
        if event[0] == LE_META and event[2] == LE_DATA_LENGTH_CHANGE:
            tx, _, rx = struct.unpack_from("<HHH", event, 5)
            for name, octets in (("tx", tx), ("rx", rx)):
                length = found[int(rows["link"][index]), name]
                length.packets.append(number)
                length.octets.append(max(1, octets))
    return found
