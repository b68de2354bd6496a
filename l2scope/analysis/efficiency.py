"""What a channel made of its air time: goodput, overhead by layer, fill, latencies; and what GATT would have cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.analysis.arrivals import grants_of, kframe_rows
from l2scope.analysis.data_length import MIC, PACKET_OVERHEAD, DataLength, data_lengths
from l2scope.analysis.gatt_cost import GattCost, gatt_cost
from l2scope.analysis.latency import Latency, latency_of
from l2scope.analysis.transactions import Transaction, transactions
from l2scope.capture import Capture
from l2scope.channels import Channel, Direction
from l2scope.engine.words import ACL, SDU_COMPLETE
from l2scope.framing import CREDIT_MODES, CREDIT_PDU, L2CAP_HEADER, SDU_LENGTH_FIELD, Fit
from l2scope.links import Link
from l2scope.stalls import DIRECTIONS

ACL_HEADER: Final = 4

Rows = npt.NDArray[np.void]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overhead:
    """Bytes that are no SDU's, by layer: headers of K-frames and the length fields of SDUs; the indications that gave
    the credits, which go the other way; headers of ACL packets on HCI; and of link-layer packets over the air, of 10
    bytes each on the 1M PHY and 4 more where they are encrypted."""

    l2cap: int
    credits: int
    hci: int
    link_layer: int


@dataclass(frozen=True, slots=True)
class InFlight:
    """Credits that the sender had in hand, from the first K-frame to the last; mean over time."""

    min: int
    mean: float
    max: int


@dataclass(frozen=True, slots=True)
class Efficiency:
    """One direction of a channel. kframe_fill is the share, 0 to 1, of what its K-frames could have carried;
    link_layer_packets those of all its K-frames for the data length in force, a_kframe how many each took on average.

    payload_share is that of SDU bytes in all that went over the air for them, both ways. Latencies: of SDUs from their
    first packet to their last; of credits from the K-frame that they give back to the indication, as seen at this end;
    att of the transactions on it, where it is an EATT bearer. as_gatt is what notifications would have cost.
    """

    channel: int
    direction: str
    goodput_bps: float | None
    sdu_bytes: int
    kframes: int
    kframe_bytes: int
    kframe_fill: float | None
    overhead: Overhead
    link_layer_packets: int
    link_layer_packets_a_kframe: float
    payload_share: float
    fit: Fit | None
    credits_in_flight: InFlight | None
    sdu_latency: Latency | None
    credit_latency: Latency | None
    att_latency: Latency | None
    as_gatt: GattCost

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def efficiencies(capture: Capture) -> list[Efficiency]:
    """Of each direction of a credit-based channel that carried data, in order of opening."""
    lengths = data_lengths(capture)
    found = transactions(capture)
    links = capture.links
    return [
        efficiency_of(capture, channel, direction, links[channel.link], lengths[channel.link, direction.name], found)
        for channel in capture.channels
        for direction in (channel.tx, channel.rx)
        if direction.kframes and channel.mode in CREDIT_MODES
    ]


def efficiency_of(
    capture: Capture,
    channel: Channel,
    direction: Direction,
    link: Link,
    data_length: DataLength,
    found: list[Transaction],
) -> Efficiency:
    """found are all transactions of the capture."""
    frames, sdus = kframe_rows(capture, channel, direction), _sdu_rows(capture, channel, direction)
    complete = sdus[sdus["state"] == SDU_COMPLETE]
    carried = int(frames["length"].sum(dtype=np.int64))
    packets = data_length.link_layer_packets(frames["length"].astype(np.int64) + L2CAP_HEADER, frames["first"])
    each = PACKET_OVERHEAD + (MIC if link.encrypted else 0)
    overhead = Overhead(
        l2cap=L2CAP_HEADER * len(frames) + SDU_LENGTH_FIELD * len(sdus),
        credits=CREDIT_PDU * direction.credit_packets,
        hci=ACL_HEADER * _acl_packets(capture, channel, direction),
        link_layer=each * (packets + direction.credit_packets),
    )
    return Efficiency(
        channel=channel.id,
        direction=direction.name,
        goodput_bps=direction.goodput_bps,
        sdu_bytes=direction.sdu_bytes,
        kframes=len(frames),
        kframe_bytes=carried,
        kframe_fill=_fill(capture, channel, direction, frames),
        overhead=overhead,
        link_layer_packets=packets,
        link_layer_packets_a_kframe=round(packets / len(frames), 3) if len(frames) else 0.0,
        payload_share=_payload_share(direction.sdu_bytes, carried + L2CAP_HEADER * len(frames), overhead),
        fit=None if direction.framing is None else direction.framing.fit,
        credits_in_flight=_in_flight(capture, channel, direction),
        sdu_latency=latency_of(_spans(capture, complete)),
        credit_latency=latency_of(_credit_delays(capture, channel, direction, frames)),
        att_latency=latency_of(_answers(found, channel, direction)),
        as_gatt=gatt_cost(capture, channel.link, complete["length"].tolist(), data_length.octets[-1], each),
    )


def _payload_share(sdu_bytes: int, kframe_pdus: int, overhead: Overhead) -> float:
    whole = kframe_pdus + overhead.credits + overhead.link_layer
    return round(sdu_bytes / whole, 4) if whole else 0.0


def _spans(capture: Capture, sdus: Rows) -> list[int]:
    """From the first packet of each SDU to its last, in ns."""
    times = capture.tables.packets["time"]
    first, last = (times[sdus[column] - capture.first_number] for column in ("first_packet", "last_packet"))
    spans: list[int] = (last - first).tolist()
    return spans


def _answers(found: list[Transaction], channel: Channel, direction: Direction) -> Iterator[int]:
    """How long the transactions that were asked for in this direction took."""
    for transaction in found:
        own = transaction.channel == channel.id and transaction.direction == direction.name
        if own and transaction.duration_ns is not None:
            yield transaction.duration_ns


def _sdu_rows(capture: Capture, channel: Channel, direction: Direction) -> Rows:
    sdus = capture.tables.sdus
    own: Rows = sdus[(sdus["channel"] == channel.id) & (sdus["direction"] == DIRECTIONS.index(direction.name))]
    return own


def _acl_packets(capture: Capture, channel: Channel, direction: Direction) -> int:
    """How many ACL packets its K-frames took on HCI."""
    packets, pdus = capture.tables.packets, capture.tables.pdus
    way = DIRECTIONS.index(direction.name)
    carriers = packets["pdu"][(packets["kind"] == ACL) & (packets["direction"] == way) & (packets["pdu"] >= 0)]
    return int(np.count_nonzero(pdus["channel"][carriers] == channel.id))


def _fill(capture: Capture, channel: Channel, direction: Direction, frames: Rows) -> float | None:
    """Against the MPS in force at each K-frame; None where it was not seen. The last K-frame of an SDU may be short."""
    if direction.mps is None or not len(frames):
        return None
    limits = np.full(len(frames), direction.mps, dtype=np.int64)
    for change in capture.engine.host.registry.channels[channel.id].reconfigured:
        if DIRECTIONS[change.direction] == direction.name:
            limits[frames["last"] >= change.packet] = change.mps
    room = int(limits.sum())
    return round(int(frames["length"].sum(dtype=np.int64)) / room, 4) if room else None


def in_flight(capture: Capture, channel: Channel, direction: Direction) -> tuple[Integers, Integers]:
    """The credits that the sender has in hand over time: moments (Unix ns), and the balance from each of them on."""
    credits = capture.tables.credits
    own = credits[credits["flow"] == 2 * channel.id + DIRECTIONS.index(direction.name)]
    times = capture.tables.packets["time"][own["packet"] - capture.first_number]
    return times.astype(np.int64), own["balance"].astype(np.int64)


def _in_flight(capture: Capture, channel: Channel, direction: Direction) -> InFlight | None:
    times, balances = in_flight(capture, channel, direction)
    if not len(times) or direction.initial_credits is None:
        return None
    lasted = np.maximum(0, np.diff(times))
    total = int(lasted.sum())
    mean = float((lasted * balances[:-1]).sum() / total) if total else float(balances[0])
    return InFlight(min=int(balances.min()), mean=round(mean, 2), max=int(balances.max()))


def _credit_delays(capture: Capture, channel: Channel, direction: Direction, frames: Rows) -> Iterator[int]:
    times = capture.tables.packets["time"]
    for grant in grants_of(capture, channel, direction):
        if 0 < grant.frame <= len(frames):
            yield grant.time_ns - int(times[frames["last"][grant.frame - 1] - capture.first_number])
