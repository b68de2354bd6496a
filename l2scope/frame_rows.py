"""Rows of the frames table by packet and by SDU, for readers of the tables."""

import numpy as np

from l2scope.tables import CaptureTables, Rows


def frame_of(tables: CaptureTables, packet: int) -> int | None:
    """The row of the frame that a packet completes, None where it completes none. The rows are in order of packets."""
    packets = tables.frames["packet"]
    row = int(np.searchsorted(packets, packet))
    return row if row < len(packets) and int(packets[row]) == packet else None


def frames_of_sdu(tables: CaptureTables, sdu: int) -> Rows:
    """The rows of the frames that an SDU is made of, in the order of their sequence numbers."""
    row = tables.sdus[sdu]
    first, stop = np.searchsorted(tables.frames["packet"], [row["first_packet"], row["last_packet"] + 1])
    between = tables.frames[first:stop]
    own: Rows = between[between["sdu"] == sdu]
    return own.take(np.argsort(own["sequence"], kind="stable"))
