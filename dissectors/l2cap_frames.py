# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""Control fields of I-frames and S-frames, and connectionless data (Core Specification, Vol 3 Part A 3.2, 3.3)."""

from scapy.fields import BitEnumField, BitField, ConditionalField, LEShortField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_cid, on_frame
from l2scope.names import l2cap

from ._fields import Psm, Value, layer

STANDARD, ENHANCED, EXTENDED = range(3)
START = 1


class ControlField(Packet):
    """What follows is the payload of the frame."""

    def extract_padding(self, s: bytes) -> tuple[bytes, bytes]:
        return s, b""


def sdu_length() -> ConditionalField:
    """It stands in the start frame of an SDU."""
    return ConditionalField(LEShortField("SDU_length", 0), lambda packet: packet.SAR == START)


class StandardI(ControlField):
    name = "I-frame"
    fields_desc = [
        BitEnumField("SAR", 0, 2, l2cap.SEGMENTS, tot_size=-2),
        BitField("ReqSeq", 0, 6),
        BitField("retransmission_disable", 0, 1),
        BitField("TxSeq", 0, 6),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-2),
        sdu_length(),
    ]


class StandardS(ControlField):
    name = "S-frame"
    fields_desc = [
        BitField("reserved_bits", 0, 2, tot_size=-2),
        BitField("ReqSeq", 0, 6),
        BitField("retransmission_disable", 0, 1),
        BitField("reserved", 0, 3),
        BitEnumField("function", 0, 2, l2cap.SUPERVISORY),
        BitField("reserved_bit", 0, 1),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-2),
    ]


class EnhancedI(ControlField):
    name = "I-frame"
    fields_desc = [
        BitEnumField("SAR", 0, 2, l2cap.SEGMENTS, tot_size=-2),
        BitField("ReqSeq", 0, 6),
        BitField("final", 0, 1),
        BitField("TxSeq", 0, 6),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-2),
        sdu_length(),
    ]


class EnhancedS(ControlField):
    name = "S-frame"
    fields_desc = [
        BitField("reserved_bits", 0, 2, tot_size=-2),
        BitField("ReqSeq", 0, 6),
        BitField("final", 0, 1),
        BitField("reserved", 0, 2),
        BitField("poll", 0, 1),
        BitEnumField("function", 0, 2, l2cap.SUPERVISORY),
        BitField("reserved_bit", 0, 1),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-2),
    ]


class ExtendedI(ControlField):
    name = "I-frame"
    fields_desc = [
        BitField("TxSeq", 0, 14, tot_size=-4),
        BitEnumField("SAR", 0, 2, l2cap.SEGMENTS),
        BitField("ReqSeq", 0, 14),
        BitField("final", 0, 1),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-4),
        sdu_length(),
    ]


class ExtendedS(ControlField):
    name = "S-frame"
    fields_desc = [
        BitField("reserved", 0, 13, tot_size=-4),
        BitField("poll", 0, 1),
        BitEnumField("function", 0, 2, l2cap.SUPERVISORY),
        BitField("ReqSeq", 0, 14),
        BitField("final", 0, 1),
        BitEnumField("type", 0, 1, l2cap.FRAME_TYPES, end_tot_size=-4),
    ]


def frame_summary(packet: Packet) -> str:
    bits = "".join(f", {name}" for name in ("poll", "final") if packet.fields.get(name))
    if "function" in packet.fields:
        return f"{l2cap.SUPERVISORY[packet.function]}, ReqSeq {packet.ReqSeq}{bits}"
    return f"TxSeq {packet.TxSeq}, ReqSeq {packet.ReqSeq}{bits}, {l2cap.SEGMENTS[packet.SAR]}"


def control_field(name: str, form: int, iframe: type[Packet], sframe: type[Packet]) -> Dissector:
    """The lowest bit of a control field tells the type of the frame."""
    return Dissector(
        name=name,
        layer=lambda data: (sframe if data[0] & 1 else iframe)(data),
        on=on_frame(form),
        title=lambda packet: packet.name,
        flat=True,
        summary=frame_summary,
    )


DISSECTORS = [
    control_field("l2cap_standard_control_field", STANDARD, StandardI, StandardS),
    control_field("l2cap_enhanced_control_field", ENHANCED, EnhancedI, EnhancedS),
    control_field("l2cap_extended_control_field", EXTENDED, ExtendedI, ExtendedS),
    Dissector(
        name="l2cap_connectionless",
        layer=layer("Connectionless data", Psm("PSM"), Value("data", b"")),
        on=on_cid(0x0002),
        title="G-frame",
        flat=True,
        summary=lambda packet: f"PSM {l2cap.psm_name(packet.PSM) or f'0x{packet.PSM:04X}'}",
    ),
]
