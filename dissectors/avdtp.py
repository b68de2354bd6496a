# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Audio/Video Distribution Transport Protocol 1.3: signalling and media.

Both have the PSM 0x0019: the first channel of a link carries signals, later ones media. A layer sees the bytes of one
SDU alone and tells by them: media begins with an RTP header of version 2 with few sources and a dynamic payload type
(96 and above; A2DP 1.4, 4.2). A signal of those first bytes would have bits set that are reserved. Codecs that send
no RTP header, such as aptX, may look like neither, and are shown as bytes of unknown purpose.
"""

from collections.abc import Iterator

from scapy.fields import BitEnumField, BitField, ByteField, FieldListField, IntField, ShortField, XIntField
from scapy.packet import Packet, Raw

from l2scope.dissection import Conversation, Dissector, ExportedFile, on_psm
from l2scope.names import avdtp

from ._capabilities import CODEC_LAYERS, Capability
from ._fields import Rest, Value, element, layer, named
from ._lists import Parts, counted, unless_empty, when
from ._sbc import SbcFrame, SbcPayload, is_sbc

RTP_HEADER = 12
RTP_VERSION = 2
FIRST_DYNAMIC = 96
SINGLE, START, CONTINUE, END = range(4)


def seid(name: str = "ACP_SEID") -> tuple[BitField, BitField]:
    """A stream end point's id in the upper six bits."""
    return BitField(name, 0, 6), BitField(f"{name}_RFA", 0, 2)


class Delay(ShortField):
    """Tenths of milliseconds (8.19.1)."""

    def i2repr(self, pkt: Packet, x: int) -> str:
        return f"{x} ({x / 10:g} ms)"


def capabilities() -> Parts:
    return Parts("capabilities", Capability)


def error() -> ByteField:
    return named("error_code", avdtp.ERRORS)


EndPoint = element(
    "Stream end point",
    BitField("SEID", 0, 6),
    BitField("in_use", 0, 1),
    BitField("RFA", 0, 1),
    BitEnumField("media_type", 0, 4, avdtp.MEDIA_TYPES),
    BitEnumField("endpoint_type", 0, 1, avdtp.ENDPOINTS),
    BitField("endpoint_RFA", 0, 3),
)
Seid = element("Stream end point", *seid())
NOTHING = layer("Nothing", Rest("parameters"))
ONE_SEID = layer("Stream end point", *seid())
ERROR = layer("Reject", error())
CAPABILITIES = layer("Capabilities", capabilities())
CONFIGURATION_ERROR = layer("Reject", named("service_category", avdtp.CATEGORIES), error())
STREAM_ERROR = layer("Reject", *seid(), error())

# By signal, what a command, an acceptance and a reject carry (8.6 to 8.19).
PARAMETERS = {
    0x01: (NOTHING, layer("Stream end points", Parts("stream_endpoints", EndPoint)), ERROR),
    0x02: (ONE_SEID, CAPABILITIES, ERROR),
    0x03: (layer("Configuration", *seid(), *seid("INT_SEID"), capabilities()), NOTHING, CONFIGURATION_ERROR),
    0x04: (ONE_SEID, CAPABILITIES, ERROR),
    0x05: (layer("Configuration", *seid(), capabilities()), NOTHING, CONFIGURATION_ERROR),
    0x06: (ONE_SEID, NOTHING, ERROR),
    0x07: (layer("Stream end points", Parts("ACP_SEIDs", Seid)), NOTHING, STREAM_ERROR),
    0x08: (ONE_SEID, NOTHING, ERROR),
    0x09: (layer("Stream end points", Parts("ACP_SEIDs", Seid)), NOTHING, STREAM_ERROR),
    0x0A: (ONE_SEID, NOTHING, ERROR),
    0x0B: (
        layer("Security Control", *seid(), Value("protection_data", b"")),
        layer("Security Control", Value("protection_data", b"")),
        ERROR,
    ),
    0x0C: (ONE_SEID, CAPABILITIES, ERROR),
    0x0D: (layer("Delay", *seid(), Delay("delay", 0)), NOTHING, ERROR),
}
PLACES = {avdtp.COMMAND: 0, avdtp.ACCEPT: 1, avdtp.REJECT: 2}


class Signal(Packet):
    """A message, or a part of one; only a whole one is taken apart (8.4)."""

    name = "AVDTP"
    fields_desc = [
        BitField("transaction_label", 0, 4),
        BitEnumField("packet_type", 0, 2, avdtp.PACKET_TYPES),
        BitEnumField("message_type", 0, 2, avdtp.MESSAGE_TYPES),
        *when(lambda packet: packet.packet_type == START, ByteField("number_of_packets", 0)),
        *when(
            lambda packet: packet.packet_type in (SINGLE, START),
            BitField("RFA", 0, 2),
            BitEnumField("signal_identifier", 0, 6, avdtp.SIGNALS),
        ),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.packet_type != SINGLE:
            return Part
        if self.message_type not in PLACES:
            return Raw
        known = PARAMETERS.get(self.signal_identifier)
        return Raw if known is None else known[PLACES[self.message_type]]


Part = layer("Part of a signal", Rest("part_of_message"))


class Media(Packet):
    """An RTP packet (RFC 3550, 5.1) with what the codec put in it."""

    name = "AVDTP media"
    fields_desc = [
        BitField("version", RTP_VERSION, 2),
        BitField("padding", 0, 1),
        BitField("extension", 0, 1),
        BitField("CSRC_count", 0, 4),
        BitField("marker", 0, 1),
        BitField("payload_type", 0, 7),
        ShortField("sequence_number", 0),
        IntField("timestamp", 0),
        XIntField("SSRC", 0),
        *when(
            lambda packet: packet.CSRC_count > 0,
            FieldListField("CSRCs", [], XIntField("", 0), count_from=lambda packet: packet.CSRC_count),
        ),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return SbcPayload if is_sbc(payload) and not self.extension and not self.padding else OtherPayload


OtherPayload = layer("Media payload", Rest("media_payload"))
Unknown = layer("AVDTP data", Rest("data_of_unknown_purpose"))


def is_media(data: bytes) -> bool:
    few_sources = data[0] & 0x0F < 4
    return len(data) >= RTP_HEADER and data[0] >> 6 == RTP_VERSION and few_sources and data[1] & 0x7F >= FIRST_DYNAMIC


def is_signal(data: bytes) -> bool:
    """Nothing may stand in the two reserved bits before a signal's identifier (8.4.4)."""
    where = {SINGLE: 1, START: 2}.get(data[0] >> 2 & 3)
    return where is None or len(data) <= where or data[where] >> 6 == 0


def pdu(data: bytes = b"") -> Packet:
    if data and is_media(data):
        return Media(data)
    return Signal(data) if is_signal(data or b"\0") else Unknown(data)


def title(packet: Packet) -> str:
    return str(packet.name)


def summary(packet: Packet) -> str:
    if isinstance(packet, Media):
        return media_summary(packet)
    if isinstance(packet, Signal):
        return signal_summary(packet)
    return f"{counted(len(packet.original), 'byte')} of unknown purpose"


def media_summary(packet: Packet) -> str:
    """What RTP says, and the codec if it is plain."""
    header = f"sequence number {packet.sequence_number}, timestamp {packet.timestamp}"
    payload = packet.payload
    is_plain = isinstance(payload, SbcPayload)
    return f"{header}, {payload.mysummary() if is_plain else counted(len(payload.original), 'byte')}"


def signal_summary(packet: Packet) -> str:
    """The signal, whose end points and which codecs it is about."""
    kind = avdtp.MESSAGE_TYPES[packet.message_type]
    if packet.packet_type in (CONTINUE, END):
        return f"{kind}, label {packet.transaction_label}, {avdtp.PACKET_TYPES[packet.packet_type]} packet"
    found = packet.payload.fields
    parts = [f"{avdtp.signal_name(packet.signal_identifier)} {kind}"]
    parts += [f"{name.replace('_', ' ')} {found[name]}" for name in ("ACP_SEID", "INT_SEID") if name in found]
    for name in ("stream_endpoints", "ACP_SEIDs"):
        parts += [endpoint_text(one) for one in found.get(name, []) if not isinstance(one, Raw)]
    parts += [one.mysummary() for one in found.get("capabilities", []) if isinstance(one, Capability)]
    if "error_code" in found:
        parts.append(avdtp.ERRORS.get(found["error_code"], f"error 0x{found['error_code']:02X}"))
    return ", ".join(parts)


def endpoint_text(one: Packet) -> str:
    if "SEID" not in one.fields:
        return f"ACP SEID {one.ACP_SEID}"
    return f"SEID {one.SEID} {avdtp.MEDIA_TYPES.get(one.media_type, 'media')} {avdtp.ENDPOINTS[one.endpoint_type]}"


def export(conversation: Conversation) -> Iterator[ExportedFile]:
    """The media of each direction: the frames where all of it is plain SBC, which players read, else the payloads."""
    for direction in ("tx", "rx"):
        media = [unit.packet for unit in conversation.units if unit.direction == direction]
        payloads = [packet.payload for packet in media if isinstance(packet, Media) and packet.payload]
        if payloads and all(isinstance(payload, SbcPayload) for payload in payloads):
            yield ExportedFile(f"media-{direction}.sbc", b"".join(payload.original[1:] for payload in payloads))
        elif payloads:
            yield ExportedFile(f"media-{direction}.bin", b"".join(payload.original for payload in payloads))


SIGNALS = [layer for layers in PARAMETERS.values() for layer in layers]

DISSECTORS = [
    Dissector(
        name="avdtp",
        layer=pdu,
        on=on_psm(0x0019),
        title=title,
        flat=True,
        summary=unless_empty(summary),
        parts=(Signal, Part, *SIGNALS, *CODEC_LAYERS, Media, SbcPayload, SbcFrame, OtherPayload, Unknown),
        export=export,
    )
]
