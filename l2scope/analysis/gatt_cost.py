"""What the bytes of a channel would have cost as notifications, and what bulk notifications would as a channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from typing import Final

import numpy as np

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
    values = sorted(
        (int(row["bearer"]), int(row["direction"]), int(row["handle"]), int(row["opcode"]), int(row["packet"]),
         int(row["value_length"])) for row in chosen
    )  # fmt: skip
    bearers = capture.engine.host.registry.bearers
    for (bearer, direction, handle, opcode), group in groupby(values, key=lambda value: value[:4]):
        own = list(group)
        total = sum(value[5] for value in own)
        if len(own) >= BULK_VALUES and total >= BULK_BYTES:
            link, name = int(bearers[bearer].link), DIRECTIONS[direction]
            length = lengths[link, name]
            kframes, overhead, packets, mps = _as_channel(total, length.octets[-1])
            yield BulkGatt(
                bearer=bearer,
                link=link,
                direction=name,
                handle=handle,
                kind=names.opcode_name(opcode),
                first_packet=own[0][4],
                values=len(own),
                value_bytes=total,
                overhead=len(own) * (L2CAP_HEADER + ATT_HEADER),
                link_layer_packets=length.link_layer_packets(
                    np.array([value[5] + ATT_HEADER + L2CAP_HEADER for value in own]),
                    np.array([value[4] for value in own]),
                ),
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
