# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Service capabilities of a stream end point (AVDTP 1.3, 8.21) and what codecs say in them (A2DP 1.4, 4.3 to 4.7). A
name with an underscore in front is no dissector."""

from scapy.fields import BitEnumField, BitField, ByteField, Field, FlagsField, LEShortField
from scapy.packet import Packet, Raw

from l2scope.names import avdtp, companies

from ._fields import Code, Rest, layer, named


class Vendor(Field):
    """The company that a vendor's codec is of."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, "<I")

    def i2repr(self, pkt: Packet, x: int) -> str:
        return f"{companies.COMPANIES.get(x, 'company')} (0x{x:08X})"


class Sbc(Packet):
    """4.3.2: all that is supported, or the one of each that was chosen."""

    name = "SBC"
    fields_desc = [
        FlagsField("sampling_frequencies", 0, 4, avdtp.SBC_FREQUENCIES),
        FlagsField("channel_modes", 0, 4, avdtp.SBC_MODES),
        FlagsField("block_lengths", 0, 4, avdtp.SBC_BLOCKS),
        FlagsField("subbands", 0, 2, avdtp.SBC_SUBBANDS),
        FlagsField("allocation_methods", 0, 2, avdtp.SBC_ALLOCATIONS),
        ByteField("minimum_bitpool", 0),
        ByteField("maximum_bitpool", 0),
    ]

    def mysummary(self) -> str:
        chosen = f"{self.sampling_frequencies}, {self.channel_modes}, {self.block_lengths} blocks"
        return f"{chosen}, {self.subbands} subbands, bitpool {self.minimum_bitpool} to {self.maximum_bitpool}"


class Aac(Packet):
    """4.5.2."""

    name = "AAC"
    fields_desc = [
        FlagsField("object_types", 0, 8, avdtp.AAC_OBJECTS),
        FlagsField("sampling_frequencies", 0, 12, avdtp.AAC_FREQUENCIES),
        FlagsField("channels", 0, 4, avdtp.AAC_CHANNELS),
        BitField("variable_bit_rate", 0, 1),
        BitField("bit_rate", 0, 23),
    ]

    def mysummary(self) -> str:
        return f"{self.object_types}, {self.sampling_frequencies}, {self.channels} channels, {self.bit_rate:,} bit/s"


class VendorCodec(Packet):
    """4.7.2."""

    name = "Vendor codec"
    fields_desc = [
        Vendor("vendor_ID"),
        LEShortField("vendor_codec_ID", 0),
        Rest("vendor_value"),
    ]

    def mysummary(self) -> str:
        return avdtp.codec_name(avdtp.VENDOR, self.vendor_ID, self.vendor_codec_ID)


class Codec(Packet):
    """The type of a codec, then its own information (AVDTP 8.21.5)."""

    name = "Media Codec"
    fields_desc = [
        BitEnumField("media_type", 0, 4, avdtp.MEDIA_TYPES),
        BitField("RFA", 0, 4),
        named("codec_type", avdtp.CODECS),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return CODECS.get(self.codec_type, OtherCodec) if self.media_type == 0 else OtherCodec


OtherCodec = layer("Codec information", Rest("codec_information"))
CODECS = {avdtp.SBC: Sbc, avdtp.AAC: Aac, avdtp.VENDOR: VendorCodec}
CONTENTS = {
    3: layer(
        "Recovery",
        named("recovery_type", {1: "RFC 2733"}),
        ByteField("maximum_recovery_window", 0),
        ByteField("maximum_parity_packets", 0),
    ),
    4: layer("Content Protection", Code("protection_type", avdtp.PROTECTIONS), Rest("protection_value")),
    5: layer(
        "Header Compression",
        BitField("back_channel", 0, 1),
        BitField("media", 0, 1),
        BitField("recovery", 0, 1),
        BitField("compression_RFA", 0, 5),
    ),
    6: layer("Multiplexing", BitField("fragmentation", 0, 1), BitField("multiplexing_RFA", 0, 7), Rest("entries")),
    avdtp.MEDIA_CODEC: Codec,
}


class Capability(Packet):
    """A category of service, and what there is to say of it (8.21)."""

    name = "Capability"
    fields_desc = [
        named("service_category", avdtp.CATEGORIES),
        ByteField("content_length", 0),
    ]

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return s[: self.content_length], s[self.content_length :]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return CONTENTS.get(self.service_category, Raw)

    def mysummary(self) -> str:
        name = avdtp.CATEGORIES.get(self.service_category) or f"category 0x{self.service_category:02X}"
        codec = codec_text(self)
        return f"{name} {codec}" if codec else str(name)


def codec_text(capability: Packet) -> str:
    """The codec of a capability by its name; an empty text for other capabilities."""
    codec = capability.payload
    if not isinstance(codec, Codec):
        return ""
    if isinstance(codec.payload, VendorCodec):
        return str(codec.payload.mysummary())
    if codec.media_type != 0:
        return "of " + avdtp.MEDIA_TYPES.get(codec.media_type, "other media")
    return avdtp.codec_name(codec.codec_type)


CODEC_LAYERS = (*CONTENTS.values(), *CODECS.values(), OtherCodec)
