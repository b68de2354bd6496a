"""Fields of the record that holds a packet: frame.* as Wireshark has them."""

from typing import Final

import numpy as np

from l2scope.filter.field import Cost, FilterField
from l2scope.filter.kinds import DURATION, MOMENT, NUMBER, PROTOCOL, TEXT
from l2scope.filter.packets import Packets
from l2scope.filter.values import Data, Mask, Rows, Values, objects

P2P_DIRECTIONS: Final = {0: "Sent", 1: "Received"}


def frame(packets: Packets, open_: Mask) -> Values:
    """The bytes as Wireshark has them: with the indicator of what it is where the format has one."""
    rows = np.flatnonzero(open_)
    return Values(rows, objects([_frame_bytes(packets, row) for row in rows.tolist()]))


def _frame_bytes(packets: Packets, row: int) -> bytes:
    packets.go_on()
    number = row + packets.first_number
    data = packets.capture.raw(number)
    return bytes((packets.capture.mark(number),)) + data if packets.has_indicator[row] else data


def number(packets: Packets, _open: Mask) -> Values:
    return Values(None, np.arange(packets.first_number, packets.first_number + packets.count))


def length(packets: Packets, _open: Mask) -> Values:
    return Values(None, packets.table["original"] + packets.has_indicator.astype(np.int32))


def captured_length(packets: Packets, _open: Mask) -> Values:
    return Values(None, packets.table["length"] + packets.has_indicator.astype(np.int32))


def time(packets: Packets, _open: Mask) -> Values:
    return Values(None, packets.table["time"])


def since_first(packets: Packets, _open: Mask) -> Values:
    times = packets.table["time"]
    return Values(None, times - times[:1] if len(times) else times)


def since_previous(packets: Packets, _open: Mask) -> Values:
    times = packets.table["time"]
    return Values(None, np.diff(times, prepend=times[:1]))


def direction(packets: Packets, _open: Mask) -> Values:
    rows: Rows = np.flatnonzero(packets.is_h4 | packets.is_h1)
    data: Data = packets.table["direction"][rows]
    return Values(rows, data)


def comments(packets: Packets, _open: Mask) -> Values:
    written = [(number, text) for number, texts in packets.capture.all_comments.items() for text in texts]
    rows = np.array([number - packets.first_number for number, _ in written], dtype=np.int64)
    return Values(rows, objects([text for _, text in written]))


FIELDS: Final = (
    FilterField("frame", PROTOCOL, "the bytes of the record", frame, cost=Cost.DISSECTED, presence=Packets.all),
    FilterField("frame.number", NUMBER, "number of the packet, from 1", number),
    FilterField("frame.len", NUMBER, "length on the wire in bytes", length),
    FilterField("frame.cap_len", NUMBER, "length in the capture in bytes", captured_length),
    FilterField("frame.time", MOMENT, "when the packet was captured", time),
    FilterField("frame.time_epoch", MOMENT, "when the packet was captured, in seconds since 1970", time),
    FilterField("frame.time_relative", DURATION, "time since the first packet", since_first),
    FilterField("frame.time_delta", DURATION, "time since the packet before", since_previous),
    FilterField("frame.p2p_dir", NUMBER, "whether the host sent or received it", direction, P2P_DIRECTIONS),
    FilterField("frame.comment", TEXT, "what people wrote about the packet", comments),
)
