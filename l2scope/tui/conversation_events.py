"""The events of a conversation: what was said on a channel or over a link, as rows gathered by numpy."""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from l2scope.capture import Capture
from l2scope.channels import Channel
from l2scope.engine import words
from l2scope.engine.words import PDU_COMPLETE, RX, TX
from l2scope.tables import Rows
from l2scope.tui.flows import Flows
from l2scope.tui.ledger import Ledger

Integers = NDArray[np.int64]

FLOW_CONTROL_CREDIT: Final = 0x16
NUMBER_OF_COMPLETED_PACKETS: Final = 0x13
"""Vol 4 Part E 7.7.19: flow control of the controller, no part of a conversation."""
SIGNALLING: Final = (words.SIGNALLING_CID, words.LE_SIGNALLING_CID)

EVENT: Final = np.dtype([
    ("place", "i8"), ("duration", "i8"), ("last", "i4"), ("subject", "i4"), ("bytes", "i4"), ("amount", "i4"),
    ("ordinal", "i4"), ("kind", "i1"), ("way", "i1"), ("sdu", "i1"), ("", "i1"),
])  # fmt: skip
"""subject: a channel or, below 0, -1 - the CID of a fixed one; ordinal: which SDU of its flow a PDU belongs to, -1 for
none; sdu: 1 for the PDU that ends it."""


class Kind(IntEnum):
    """What a step of a conversation is."""

    COMMAND = 0
    DATA = 1
    CREDITS = 2
    STALL = 3


def place_of(packet: int, kind: Kind) -> int:
    """Where an event stands among all: a stall stands behind the packet that began it."""
    return 2 * packet + (kind is Kind.STALL)


def of_channel(capture: Capture, flows: Flows, channel: Channel) -> Rows:
    """What opened, reconfigured and closed a channel, and what it carried."""
    answers = [channel.opened, channel.closed, *(change["packet"] for change in channel.reconfigured)]
    packets = np.array(sorted({packet for packet in answers if isinstance(packet, int)}), np.int64)
    signals = capture.tables.signals
    requests = signals["request"][np.isin(signals["packet"], packets)]
    asked = signals["packet"][requests[requests >= 0]].astype(np.int64)
    return np.concatenate([_commands(capture, np.union1d(packets, asked), len(flows.times)), *_carried(flows, channel)])


def of_link(capture: Capture, flows: Flows, link: int, channels: list[Channel]) -> Rows:
    """The events of a link, its signalling, and what its channels carried, the fixed ones too."""
    signals = capture.tables.signals
    said = signals["packet"][(signals["link"] == link) & (signals["code"] != FLOW_CONTROL_CREDIT)]
    told = np.union1d(said.astype(np.int64), _told(capture, link, len(flows.times)))
    parts = [_commands(capture, told, len(flows.times)), _fixed(capture, link, len(flows.times))]
    return np.concatenate([*parts, *(part for channel in channels for part in _carried(flows, channel))])


def _told(capture: Capture, link: int, count: int) -> Integers:
    """The packets of the HCI events about a link."""
    packets = capture.tables.packets[:count]
    rows = np.flatnonzero((packets["link"] == link) & (packets["kind"] == words.EVENT) & (packets["length"] > 0))
    codes = capture.bytes_at(packets["offset"][rows])
    told: Integers = rows[codes != NUMBER_OF_COMPLETED_PACKETS] + capture.first_number
    return told


def _fixed(capture: Capture, link: int, count: int) -> Rows:
    """The PDUs of fixed channels other than signalling."""
    pdus = capture.tables.pdus
    own = (pdus["link"] == link) & (pdus["cid"] < words.FIRST_DYNAMIC_CID) & (pdus["state"] == PDU_COMPLETE)
    rows = pdus[own & ~np.isin(pdus["cid"], SIGNALLING) & (pdus["last"] >= 1) & (pdus["last"] <= count)]
    found = _events(rows["last"], Kind.DATA, -1 - rows["cid"].astype(np.int32))
    found["way"], found["bytes"], found["ordinal"] = rows["direction"] & 1, rows["length"], -1
    return found


def _carried(flows: Flows, channel: Channel) -> list[Rows]:
    parts = []
    for direction in (TX, RX):
        parts += [_data(flows, channel, direction), _credits(flows, channel, direction)]
        parts.append(_stalls(flows, channel, direction))
    return parts


def _events(packets: Integers, kind: Kind, subject: int | NDArray[np.int32]) -> Rows:
    """Events of one kind; a stall stands behind the packet that began it."""
    events = np.zeros(len(packets), EVENT)
    events["place"] = 2 * packets.astype(np.int64) + (kind is Kind.STALL)
    events["kind"], events["subject"], events["last"] = kind, subject, packets
    return events


def _commands(capture: Capture, packets: Integers, count: int) -> Rows:
    packets = packets[packets <= count]
    found = _events(packets, Kind.COMMAND, 0)
    found["way"] = capture.tables.packets["direction"][packets - capture.first_number] & 1
    return found


def _data(flows: Flows, channel: Channel, direction: int) -> Rows:
    rows, sdus = flows.pdus(2 * channel.id + direction), flows.sdus(2 * channel.id + direction)
    found = _events(rows["last"], Kind.DATA, channel.id)
    found["way"], found["bytes"] = direction, rows["length"]
    found["sdu"] = np.isin(rows["last"], sdus["last_packet"])
    begun = np.searchsorted(sdus["first_packet"], rows["last"], "right") - 1
    inside = begun >= 0
    inside[inside] = rows["last"][inside] <= sdus["last_packet"][begun[inside]]
    found["ordinal"] = np.where(inside, begun, -1)
    return found


def _credits(flows: Flows, channel: Channel, direction: int) -> Rows:
    """The credits of a direction go against its data."""
    rows = flows.credits(2 * channel.id + direction)
    rows = rows[rows["change"] > 0]
    found = _events(rows["packet"], Kind.CREDITS, channel.id)
    found["way"], found["amount"] = 1 - direction, rows["change"]
    return found


def _stalls(flows: Flows, channel: Channel, direction: int) -> Rows:
    waits = Ledger(flows, channel, "tx" if direction == TX else "rx").waits
    rows = waits.rows[waits.stall & (waits.rows["first"] <= len(flows.times))]
    found = _events(rows["first"], Kind.STALL, channel.id)
    found["way"], found["duration"], found["last"] = direction, rows["end"] - rows["start"], rows["last"]
    return found
