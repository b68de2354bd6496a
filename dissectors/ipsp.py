# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""IPv6 over Bluetooth LE: the compressed header in front of each packet (RFC 7668; RFC 6282, 3.1).

scapy's own 6LoWPAN loads all of its IP layers; the header alone is little.
"""

from collections.abc import Callable
from ipaddress import IPv6Address

from scapy.fields import BitEnumField, BitField, ByteEnumField, ByteField, ShortField, StrField, XBitField, XByteField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_psm
from l2scope.names import ipv6

from ._fields import Rest, layer
from ._lists import counted, unless_empty, when

IPHC = 0b011
UNCOMPRESSED = 0x41
INLINE = 0
UNICAST_SIZES = (16, 8, 2, 0)
MULTICAST_SIZES = (16, 6, 4, 1)


class Inline(StrField):
    """The bytes of an address that are not elided."""

    __slots__ = ("size",)

    def __init__(self, name: str, size: Callable[[Packet], int]) -> None:
        super().__init__(name, b"")
        self.size = size

    def getfield(self, pkt: Packet, s: bytes) -> tuple[bytes, bytes]:
        size = self.size(pkt)
        return s[size:], s[:size]

    def i2repr(self, pkt: Packet, x: bytes) -> str:
        data = bytes(x)
        return str(IPv6Address(data)) if len(data) == 16 else data.hex(" ")


def source_size(packet: Packet) -> int:
    """Mode 0 of a stateful address is the unspecified one (3.1.1)."""
    return 0 if packet.SAC and packet.SAM == 0 else UNICAST_SIZES[packet.SAM]


def destination_size(packet: Packet) -> int:
    if not packet.multicast:
        return 0 if packet.DAC and packet.DAM == 0 else UNICAST_SIZES[packet.DAM]
    if packet.DAC:
        return 6 if packet.DAM == 0 else 0
    return MULTICAST_SIZES[packet.DAM]


def has_form(*forms: int) -> Callable[[Packet], bool]:
    return lambda packet: packet.traffic_class_form in forms


class Compressed(Packet):
    """LOWPAN_IPHC: two bytes of forms, then what they leave inline, in the order of an IPv6 header."""

    name = "6LoWPAN"
    fields_desc = [
        XBitField("dispatch", IPHC, 3),
        BitEnumField("traffic_class_form", 0, 2, ipv6.TRAFFIC_FORMS),
        BitEnumField("next_header_form", 0, 1, ipv6.NEXT_FORMS),
        BitEnumField("hop_limit_form", 0, 2, ipv6.HOP_LIMITS),
        BitField("CID_extension", 0, 1),
        BitField("SAC", 0, 1),
        BitEnumField("SAM", 0, 2, ipv6.ADDRESS_MODES),
        BitField("multicast", 0, 1),
        BitField("DAC", 0, 1),
        BitField("DAM", 0, 2),
        *when(
            lambda packet: bool(packet.CID_extension),
            BitField("source_context", 0, 4),
            BitField("destination_context", 0, 4),
        ),
        *when(has_form(0, 1, 2), BitField("ECN", 0, 2)),
        *when(has_form(0, 2), BitField("DSCP", 0, 6)),
        *when(has_form(0), BitField("reserved", 0, 4)),
        *when(has_form(1), BitField("reserved_bits", 0, 2)),
        *when(has_form(0, 1), XBitField("flow_label", 0, 20)),
        *when(lambda packet: packet.next_header_form == INLINE, ByteEnumField("next_header", 0, ipv6.NEXT_HEADERS)),
        *when(lambda packet: packet.hop_limit_form == INLINE, ByteField("hop_limit", 0)),
        Inline("source_address", source_size),
        Inline("destination_address", destination_size),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return Payload if self.next_header_form == INLINE else CompressedNext


Payload = layer("Payload", Rest("packet_payload"))
CompressedNext = layer("Compressed next header", Rest("compressed_next_header"))


class Uncompressed(Packet):
    """A whole IPv6 header behind its dispatch (RFC 4944, 5.1; RFC 8200, 3)."""

    name = "6LoWPAN"
    fields_desc = [
        XByteField("dispatch", UNCOMPRESSED),
        BitField("version", 6, 4),
        BitField("traffic_class", 0, 8),
        XBitField("flow_label", 0, 20),
        ShortField("payload_length", 0),
        ByteEnumField("next_header", 0, ipv6.NEXT_HEADERS),
        ByteField("hop_limit", 0),
        Inline("source_address", lambda packet: 16),
        Inline("destination_address", lambda packet: 16),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return Payload


Other = layer("6LoWPAN", XByteField("dispatch", 0), Rest("data"))


def pdu(data: bytes = b"") -> Packet:
    first = data[0] if data else 0
    if first >> 5 == IPHC:
        return Compressed(data)
    return Uncompressed(data) if first == UNCOMPRESSED else Other(data)


def summary(packet: Packet) -> str:
    """Whether the header is compressed, and what it is followed by."""
    if not isinstance(packet, Compressed | Uncompressed):
        return f"dispatch 0x{packet.dispatch:02X}"
    parts = ["compressed IPv6 header" if isinstance(packet, Compressed) else "IPv6 header"]
    if "next_header" in packet.fields and packet.next_header is not None:
        parts.append(ipv6.NEXT_HEADERS.get(packet.next_header, f"next header {packet.next_header}"))
    if packet.payload:
        parts.append(counted(len(packet.payload.original), "byte"))
    return ", ".join(parts)


DISSECTORS = [
    Dissector(
        name="ipsp",
        layer=pdu,
        on=on_psm(0x0023),
        title="6LoWPAN",
        flat=True,
        summary=unless_empty(summary),
        parts=(Compressed, Uncompressed, Other, Payload, CompressedNext),
    )
]
