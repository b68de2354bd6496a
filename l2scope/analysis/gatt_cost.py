"""What the bytes of a channel would have cost as notifications, and what bulk notifications would as a channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from l2scope.analysis.data_length import DataLength
from l2scope.capture import Capture
from l2scope.framing import CREDIT_PDU, L2CAP_HEADER, SDU_LENGTH_FIELD
from l2scope.names import att as names
from l2scope.stalls import DIRECTIONS

# Opcode and handle of a notification or a Write Command (Vol 3 Part F 3.4.7.1, 3.4.5.3).
ATT_HEADER: Final = 3
DEFAULT_MTU: Final = 23
NOTIFICATION: Final = 0x1B
WRITE_COMMAND: Final = 0x52
# So many values of one attribute, of so many bytes, are bulk data.
BULK_VALUES: Final = 50
BULK_BYTES: Final = 1000
KFRAMES_A_GRANT: Final = 10
SMALLEST_MPS: Final = 23


@dataclass(frozen=True, slots=True)
class GattCost:
    """SDUs as notifications of at most att_mtu - 3 bytes: how many, the bytes of their L2CAP and ATT headers, and
    link-layer packets with the bytes of their own headers. mtu_seen: the link's ATT_MTU, else the default of 23."""

    att_mtu: int
    mtu_seen: bool
    notifications: int
    overhead: int
    link_layer_packets: int
    link_layer_overhead: int


@dataclass(frozen=True, slots=True)
class BulkGatt:
    """Values of one attribute that went one after the other. overhead counts the L2CAP and ATT headers. The channel is
    one of `mps`, which fills a link-layer packet, that carries the bytes in full K-frames and gets 10 credits at a
    time: K-frames, bytes of L2CAP headers and indications, and link-layer packets both ways.
    """

    bearer: int
    link: int
    direction: str
    handle: int
    kind: str
    first_packet: int
    values: int
    value_bytes: int
    overhead: int
    link_layer_packets: int
    mps: int
    channel_kframes: int
    channel_overhead: int
    channel_link_layer_packets: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def gatt_cost(capture: Capture, link: int, sdus: Iterable[int], octets: int, each: int) -> GattCost:
    """SDUs of these lengths on a link whose link-layer packets carry `octets` bytes and have `each` more."""
    mtu = next((int(b.mtu) for b in capture.engine.host.registry.bearers if b.link == link and b.channel < 0), None)
    size = (mtu or DEFAULT_MTU) - ATT_HEADER
    notifications = packets = 0
    for length in sdus:
        full, rest = divmod(length, size)
        last = 1 if rest or not full else 0
        notifications += full + last
        packets += full * _packets(size + ATT_HEADER, octets) + last * _packets(rest + ATT_HEADER, octets)
    return GattCost(
        att_mtu=mtu or DEFAULT_MTU,
        mtu_seen=mtu is not None,
        notifications=notifications,
        overhead=notifications * (L2CAP_HEADER + ATT_HEADER),
        link_layer_packets=packets,
        link_layer_overhead=packets * each,
    )


def bulk_gatt(capture: Capture, lengths: dict[tuple[int, str], DataLength]) -> Iterator[BulkGatt]:
    """The attributes that carried bulk data, in order of bearer, direction, handle and kind."""
    rows = capture.tables.att
    chosen = rows[(rows["opcode"] == NOTIFICATION) | (rows["opcode"] == WRITE_COMMAND)]
    in_order = chosen[np.lexsort([chosen[column] for column in ("packet", "opcode", "handle", "direction", "bearer")])]
    keys = in_order[["bearer", "direction", "handle", "opcode"]]
    starts = np.flatnonzero(keys[1:] != keys[:-1]) + 1
    for values in np.split(in_order, starts):
        if len(values) >= BULK_VALUES and int(values["value_length"].sum(dtype=np.int64)) >= BULK_BYTES:
            link = int(capture.engine.host.registry.bearers[values["bearer"][0]].link)
            yield _bulk(values, link, lengths[link, DIRECTIONS[values["direction"][0]]])


def _bulk(values: npt.NDArray[np.void], link: int, length: DataLength) -> BulkGatt:
    """The values of one attribute, rows of tables.att."""
    sizes = values["value_length"].astype(np.int64)
    total = int(sizes.sum())
    kframes, overhead, packets, mps = _as_channel(total, length.octets[-1])
    return BulkGatt(
        bearer=int(values["bearer"][0]),
        link=link,
        direction=DIRECTIONS[values["direction"][0]],
        handle=int(values["handle"][0]),
        kind=names.opcode_name(int(values["opcode"][0])),
        first_packet=int(values["packet"][0]),
        values=len(values),
        value_bytes=total,
        overhead=len(values) * (L2CAP_HEADER + ATT_HEADER),
        link_layer_packets=length.link_layer_packets(sizes + ATT_HEADER + L2CAP_HEADER, values["packet"]),
        mps=mps,
        channel_kframes=kframes,
        channel_overhead=overhead,
        channel_link_layer_packets=packets,
    )


def _packets(att_pdu: int, octets: int) -> int:
    return -(-(att_pdu + L2CAP_HEADER) // octets)


def _as_channel(total: int, octets: int) -> tuple[int, int, int, int]:
    """K-frames, bytes of overhead, link-layer packets and the MPS of SDUs of ten K-frames, each a link-layer packet."""
    mps = max(SMALLEST_MPS, octets - L2CAP_HEADER)
    sdu = KFRAMES_A_GRANT * mps - SDU_LENGTH_FIELD
    full, rest = divmod(total, sdu)
    kframes = full * KFRAMES_A_GRANT + (-(-(rest + SDU_LENGTH_FIELD) // mps) if rest else 0)
    sdus = full + (1 if rest else 0)
    overhead = kframes * L2CAP_HEADER + sdus * (SDU_LENGTH_FIELD + CREDIT_PDU)
    return kframes, overhead, kframes + sdus, mps
