"""How many bytes a link-layer packet of a link may carry, over time (Vol 6 Part B 4.5.10; Vol 4 Part E 7.7.65.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.engine.link import DEFAULT_DATA_LENGTH
from l2scope.engine.words import EVENT

Integers = npt.NDArray[np.integer[Any]]

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

    def link_layer_packets(self, lengths: Integers, packets: Integers) -> int:
        """How many of them L2CAP PDUs take: their lengths with the header, and the packets that they begin in."""
        octets = np.array(self.octets)[np.searchsorted(self.packets, packets, side="right") - 1]
        return int(np.maximum(1, -(-lengths.astype(np.int64) // octets)).sum())


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
