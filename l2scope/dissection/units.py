"""Cuts a capture into units: the SDUs of a channel, the values of a characteristic."""

from typing import Final

import numpy as np

from l2scope.analysis.gatt.server import Server
from l2scope.capture import Capture
from l2scope.dissection.conversation import Unit
from l2scope.dissection.dissector import Dissector
from l2scope.engine.words import SDU_COMPLETE
from l2scope.stalls import DIRECTIONS

READS: Final = ("read", "long read")
NO_VALUE: Final = ("cancelled write",)


def sdu_rows(capture: Capture, channel: int) -> list[int]:
    """The rows of the SDUs of a channel, in the order in which they ended."""
    rows: list[int] = np.flatnonzero(capture.tables.sdus["channel"] == channel).tolist()
    return rows


def units_of_channel(capture: Capture, channel: int, dissector: Dissector | None) -> list[Unit]:
    """The SDUs of a channel. Raises CaptureError where the file has changed."""
    times, first = capture.tables.packets["time"], capture.first_number
    units = []
    for index, row in enumerate(sdu_rows(capture, channel)):
        _, _, _, first_packet, last_packet, _, direction, state = capture.tables.sdus[row].item()
        unit = Unit(
            index=index,
            direction=DIRECTIONS[direction],
            first_packet=first_packet,
            last_packet=last_packet,
            start_ns=int(times[first_packet - first]),
            end_ns=int(times[last_packet - first]),
            data=capture.sdu_bytes(row),
            complete=state == SDU_COMPLETE,
            dissector=dissector,
        )
        units.append(unit)
    return units


def units_of_value(server: Server, link: int, handle: int, dissector: Dissector | None) -> list[Unit]:
    """What was written to an attribute on a link, and what was told of it. The direction is that of the value."""
    units: list[Unit] = []
    for mention in server.mentions_on(link, handle):
        told = server.operation(mention, handle)
        if told.value is None or told.kind in NO_VALUE:
            continue
        backwards = told.kind in READS
        direction = DIRECTIONS[1 - DIRECTIONS.index(told.direction)] if backwards else told.direction
        packet = told.packets[-1] if backwards else told.packets[0]
        start_ns = told.end_ns if backwards else told.time_ns
        units.append(
            Unit(len(units), direction, packet, packet, start_ns, start_ns, told.value, True, told.kind, dissector)
        )
    return units
