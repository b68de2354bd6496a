# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Audio/Video Control Transport Protocol 1.4 with what it carries: AV/C frames and AVRCP on the control channel
(PSM 0x0017), AVRCP alone on the browsing channel (PSM 0x001B)."""

from scapy.fields import BitEnumField, BitField, ByteField, Field, X3BytesField, XShortEnumField
from scapy.packet import Packet

from l2scope.dissection import Dissector, on_psm
from l2scope.names import avrcp

from ._avrcp import BROWSING_LAYERS, VENDOR_LAYERS, BrowsingPdu, VendorPdu, detail
from ._fields import Rest, Value, layer, named
from ._lists import Counted, unless_empty, when

SINGLE, START, CONTINUE, END = range(4)
EXTENDED_ID = 5


def header() -> tuple[Field, ...]:
    """6.1.1 and 6.1.2: the profile stands in the first packet of a message alone."""
    return (
        BitField("transaction_label", 0, 4),
        BitEnumField("packet_type", 0, 2, avrcp.PACKET_TYPES),
        BitEnumField("C_R", 0, 1, avrcp.DIRECTIONS),
        BitField("IPID", 0, 1),
        *when(lambda packet: packet.packet_type == START, ByteField("number_of_packets", 0)),
        *when(lambda packet: packet.packet_type in (SINGLE, START), XShortEnumField("PID", 0, avrcp.PROFILES)),
    )


class Control(Packet):
    name = "AVCTP"
    fields_desc = [*header()]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.packet_type != SINGLE:
            return Part
        return AvcFrame if self.PID in avrcp.PROFILES else OtherMessage


class Browsing(Packet):
    name = "AVCTP"
    fields_desc = [*header()]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.packet_type != SINGLE:
            return Part
        return BrowsingPdu if self.PID in avrcp.PROFILES else OtherMessage


Part = layer("Part of a message", Rest("part_of_message"))
OtherMessage = layer("Message", Rest("message"))


class AvcFrame(Packet):
    """A frame of the AV/C Digital Interface Command Set 4.1 (7): who is asked, and for what."""

    name = "AV/C"
    fields_desc = [
        BitField("zero", 0, 4),
        BitEnumField("ctype", 0, 4, avrcp.CTYPES),
        BitEnumField("subunit_type", 0, 5, avrcp.SUBUNITS),
        BitField("subunit_ID", 0, 3),
        *when(lambda packet: packet.subunit_ID == EXTENDED_ID, ByteField("extended_subunit_ID", 0)),
        named("opcode", avrcp.OPCODES),
        *when(lambda packet: packet.opcode == avrcp.VENDOR_DEPENDENT, X3BytesField("company_ID", 0)),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.opcode == avrcp.VENDOR_DEPENDENT:
            return VendorPdu if self.company_ID == avrcp.BLUETOOTH_SIG else VendorData
        return OPERANDS.get(self.opcode, Operands)


VendorData = layer("Vendor dependent data", Value("vendor_dependent_data", b""))
Operands = layer("Operands", Rest("operands"))
OPERANDS = {
    # AV/C Panel Subunit 1.1, 9.4
    avrcp.PASS_THROUGH: layer(
        "Pass through",
        BitEnumField("state", 0, 1, avrcp.KEY_STATES),
        BitEnumField("operation_ID", 0, 7, avrcp.OPERATIONS),
        ByteField("operation_data_length", 0),
        Counted("operation_data", lambda packet: packet.operation_data_length),
    ),
    # AV/C General 4.1, 10.4 and 10.5; a request holds nothing but ones.
    avrcp.UNIT_INFO: layer(
        "Unit info",
        ByteField("unit_info_byte", 7),
        BitEnumField("unit_type", 0, 5, avrcp.SUBUNITS),
        BitField("unit", 0, 3),
        X3BytesField("unit_company_ID", 0),
    ),
    avrcp.SUBUNIT_INFO: layer(
        "Subunit info",
        BitField("page_reserved", 0, 1),
        BitField("page", 0, 3),
        BitField("page_reserved_bit", 0, 1),
        BitField("extension_code", 7, 3),
        Rest("page_data"),
    ),
}


def summary(packet: Packet) -> str:
    """The direction and the label, then what is asked or answered."""
    parts = [f"{avrcp.DIRECTIONS[packet.C_R]}, label {packet.transaction_label}"]
    if packet.IPID:
        parts.append("invalid profile")
    if packet.packet_type != SINGLE:
        parts.append(f"{avrcp.PACKET_TYPES[packet.packet_type]} packet")
    below = packet.payload
    if isinstance(below, AvcFrame):
        parts += [avrcp.CTYPES.get(below.ctype, f"ctype 0x{below.ctype:X}"), frame_text(below)]
    elif isinstance(below, BrowsingPdu):
        parts += [avrcp.pdu_name(below.PDU_ID), detail(below)]
    return ", ".join(part for part in parts if part)


def frame_text(frame: Packet) -> str:
    below = frame.payload
    if isinstance(below, VendorPdu):
        return ", ".join(part for part in (avrcp.pdu_name(below.PDU_ID), detail(below)) if part)
    if "operation_ID" in below.fields:
        operation = avrcp.OPERATIONS.get(below.operation_ID, f"operation 0x{below.operation_ID:02X}")
        return f"PASS THROUGH {operation} {avrcp.KEY_STATES[below.state]}"
    return avrcp.opcode_name(frame.opcode)


NAMES = {"C_R": "C/R"}
PARTS: tuple[type, ...] = (
    AvcFrame,
    VendorPdu,
    *OPERANDS.values(),
    *VENDOR_LAYERS,
    VendorData,
    Operands,
    OtherMessage,
    Part,
)

DISSECTORS = [
    Dissector(
        name="avctp",
        layer=Control,
        on=on_psm(0x0017),
        title="AVCTP",
        flat=True,
        summary=unless_empty(summary),
        names=NAMES,
        parts=PARTS,
    ),
    Dissector(
        name="avctp_browsing",
        layer=Browsing,
        on=on_psm(0x001B),
        title="AVCTP browsing",
        flat=True,
        summary=unless_empty(summary),
        names=NAMES,
        parts=(BrowsingPdu, *BROWSING_LAYERS, OtherMessage, Part),
    ),
]
