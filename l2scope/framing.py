"""How the K-frames of a direction use what they may carry, and link-layer packets. Plain objects, no numpy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

from l2scope.engine.flow import Flow
from l2scope.engine.words import NONE

CREDIT_MODES: Final = ("le-credit", "enhanced-credit")
L2CAP_HEADER: Final = 4
SDU_LENGTH_FIELD: Final = 2
# A Flow Control Credit Ind: L2CAP header, command header, CID and credits (Vol 3 Part A 4.24).
CREDIT_PDU: Final = 12


@dataclass(frozen=True, slots=True)
class Fit:
    """How full K-frames fit into link-layer packets of `octets` bytes, the data length at the end: how many of them a
    full one takes, how many bytes are in the last of these, and the largest MPS up to this one that fills whole
    packets. An MPS of 251 costs a second packet for 4 bytes where one of 247 costs none. octets_seen: the link's
    beginning or a change of its data length is in the capture; else it is taken as 27, the least.
    """

    octets: int
    octets_seen: bool
    packets_a_full_kframe: int
    bytes_in_last: int
    best_mps: int


@dataclass(frozen=True, slots=True)
class Framing:
    """kframe_bytes are those of all K-frames without their L2CAP headers; kframe_fill is the share, 0 to 1, of what
    they could have carried, None where the MPS was not seen or has changed. l2cap_overhead are the bytes of L2CAP
    headers and SDU length fields, credit_overhead those of the indications, which go the other way.
    """

    kframe_bytes: int
    kframe_fill: float | None
    l2cap_overhead: int
    credit_overhead: int
    fit: Fit | None

    def as_json(self) -> dict[str, object]:
        """The object under "framing" of `channels --json`."""
        return asdict(self)


def framing_of(flow: Flow, octets: int, octets_seen: bool, reconfigured: bool) -> Framing:
    """octets is the data length of the link in this direction."""
    mps = int(flow.limits.mps)
    room = int(flow.kframes) * mps
    fixed = mps != NONE and not reconfigured
    sdus = int(flow.sdus.complete) + int(flow.sdus.incomplete) + (1 if flow.sdus.first != NONE else 0)
    return Framing(
        kframe_bytes=int(flow.bytes),
        kframe_fill=round(int(flow.bytes) / room, 4) if fixed and room > 0 else None,
        l2cap_overhead=L2CAP_HEADER * int(flow.kframes) + SDU_LENGTH_FIELD * sdus,
        credit_overhead=CREDIT_PDU * int(flow.ledger.grants),
        fit=fit_of(mps, octets, octets_seen) if mps > 0 else None,
    )


def fit_of(mps: int, octets: int, octets_seen: bool) -> Fit:
    """How K-frames of this MPS fit into link-layer packets of so many bytes."""
    octets = max(1, octets)
    size = mps + L2CAP_HEADER
    packets = -(-size // octets)
    return Fit(
        octets=octets,
        octets_seen=octets_seen,
        packets_a_full_kframe=packets,
        bytes_in_last=size - (packets - 1) * octets,
        best_mps=max(1, size // octets) * octets - L2CAP_HEADER,
    )
