"""Which packets belong to a piece of a capture: masks over its packets, an element for each row of tables.packets."""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.engine.words import ACL, EVENT, NONE, RX, TX
from l2scope.tables import Rows

Mask = npt.NDArray[np.bool_]

L2CAP_HEADER: Final = 4
COMMAND_HEADER: Final = 4
# Where signalling commands name channels, in words of their data: by CIDs of their sender, or of their receiver (Vol 3
# Part A 4). Linux pairs the two CIDs of a Disconnection Request (0x06) wrongly: the receiver's counts.
SENDERS_CIDS: Final = {
    0x02: slice(1, 2),
    0x0C: slice(1, 2),
    0x14: slice(1, 2),
    0x16: slice(0, 1),
    0x17: slice(4, None),
    0x19: slice(2, None),
}
RECEIVERS_CIDS: Final = {0x04: slice(0, 1), 0x06: slice(0, 1)}
# Events that tell of the buffers which links share (Vol 4 Part E 7.7.19, 7.4.5, 7.8.2).
NUMBER_OF_COMPLETED_PACKETS: Final = 0x13
COMMAND_COMPLETE: Final = 0x0E
READ_BUFFER_SIZE: Final = (0x1005, 0x2002, 0x2060)


def of_packets(capture: Capture, ranges: Iterable[tuple[int, int | None]]) -> Mask:
    """The packets from the first to the last number of each range; None is the end of the capture."""
    mask = np.zeros(capture.count, dtype=bool)
    for first, last in ranges:
        mask[first - capture.first_number : None if last is None else last + 1 - capture.first_number] = True
    return mask


def of_link(capture: Capture, link: int) -> Mask:
    """What a link carried, the events that make, change and end it, and those that tell of the buffers behind it."""
    mask: Mask = capture.tables.packets["link"] == link
    mask[[number - capture.first_number for number in _buffer_events(capture, link)]] = True
    return mask


def of_channel(capture: Capture, channel: Channel) -> Mask:
    """What a channel carried, its own signalling, that which is about no channel, and the events of its link.

    Channels that one request asked for are there together, but only this one with its data.
    """
    packets = capture.tables.packets
    wanted = _carried(capture, channel)
    wanted[list(_signalling(capture, channel))] = True
    mask: Mask = of_link(capture, channel.link) & (packets["kind"] != ACL)
    fragments = packets["pdu"] != NONE
    mask[fragments] |= wanted[packets["pdu"][fragments]]
    return mask


def _carried(capture: Capture, channel: Channel) -> Mask:
    """The PDUs of a channel, and those on its CIDs that were never finished while it lived."""
    pdus = capture.tables.pdus
    mask: Mask = pdus["channel"] == channel.id
    living = (pdus["first"] >= (channel.opened or 0)) & (pdus["first"] <= (channel.closed or capture.count))
    for direction, cid in ((TX, channel.tx.cid), (RX, channel.rx.cid)):
        if cid is not None:
            unfinished = (pdus["channel"] == NONE) & (pdus["link"] == channel.link) & (pdus["cid"] == cid)
            mask |= unfinished & (pdus["direction"] == direction) & living
    return mask


def _signalling(capture: Capture, channel: Channel) -> Iterator[int]:
    """Rows of the PDUs with the commands that open, configure, feed and close a channel, or are about no channel.
    Answers go with what they answer."""
    signals = capture.tables.signals
    first, last = _life(signals, channel), channel.closed or capture.count
    kept: set[int] = set()
    for row in np.flatnonzero(signals["link"] == channel.link).tolist():
        signal = signals[row]
        if signal["request"] != NONE:
            wanted = int(signal["request"]) in kept
        else:
            names_it = _names(capture, signal, channel)
            wanted = names_it is None or (names_it and first <= signal["packet"] <= last)
        if wanted:
            kept.add(row)
            yield int(signal["pdu"])


def _life(signals: Rows, channel: Channel) -> int:
    """The packet that asked for the channel, 0 where that is not in the capture."""
    opening = signals[(signals["packet"] == channel.opened) & (signals["request"] != NONE)]
    return int(signals["packet"][opening["request"]].min()) if len(opening) else 0


def _names(capture: Capture, signal: Rows, channel: Channel) -> bool | None:
    """Whether a command names this channel; None for one that names none at all."""
    code = int(signal["code"])
    sent = signal["direction"] == TX
    if code in SENDERS_CIDS:
        place, cid = SENDERS_CIDS[code], channel.local_cid if sent else channel.remote_cid
    elif code in RECEIVERS_CIDS:
        place, cid = RECEIVERS_CIDS[code], channel.remote_cid if sent else channel.local_cid
    else:
        return None
    pdu = capture.pdu_bytes(int(signal["pdu"]))
    start = L2CAP_HEADER + int(signal["offset"]) + COMMAND_HEADER
    length = int.from_bytes(pdu[start - 2 : start], "little")
    return cid in _words(pdu[start : start + length])[place]


def _buffer_events(capture: Capture, link: int) -> Iterator[int]:
    """Numbers of the events that say which buffers the link's adapter has, and which of the link's are free again."""
    view = capture.links[link]
    packets = capture.tables.packets
    events = np.flatnonzero((packets["kind"] == EVENT) & (packets["adapter"] == view.adapter)) + capture.first_number
    first, last = view.opened or 0, view.closed or capture.count
    for number, event in zip(events.tolist(), capture.raws(events), strict=True):
        code = event[0] if event else NONE
        if code == NUMBER_OF_COMPLETED_PACKETS:
            if first <= number <= last and view.handle in [word & 0xFFF for word in _words(event[3:])[::2]]:
                yield number
        elif code == COMMAND_COMPLETE and int.from_bytes(event[3:5], "little") in READ_BUFFER_SIZE:
            yield number


def _words(data: bytes) -> tuple[int, ...]:
    """Two bytes each, little-endian; a byte that is left over is none."""
    return struct.unpack(f"<{len(data) // 2}H", data[: len(data) // 2 * 2])
