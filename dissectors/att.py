# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Attribute Protocol (Core Specification, Vol 3 Part F 3.4), also over enhanced bearers."""

from scapy.fields import (
    ByteEnumField,
    ByteField,
    LEShortField,
    MultipleTypeField,
    PacketListField,
    StrLenField,
    XByteEnumField,
    XLEShortField,
)
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, on_cid, on_psm
from l2scope.names import att

from ._fields import MOST, Bytes, Uuid, Value, element, handles, layer

SIGNATURE_LENGTH = 12


def handle(name: str = "attribute_handle") -> XLEShortField:
    return XLEShortField(name, 0)


def span() -> tuple[XLEShortField, XLEShortField]:
    return handle("starting_handle"), handle("ending_handle")


def value(name: str = "attribute_value") -> Value:
    return Value(name, b"")


def element_value(header: int) -> StrLenField:
    """The value in an element of a list whose length stands once before all elements."""
    return StrLenField("attribute_value", b"", length_from=lambda packet: max(0, packet.parent.length - header))


def counted_value() -> StrLenField:
    return StrLenField("attribute_value", b"", length_from=lambda packet: packet.value_length)


def listed(name: str, kind: type[Packet]) -> PacketListField:
    return PacketListField(name, [], kind, max_count=MOST)


ShortInformation = element("Attribute", handle(), Uuid("attribute_type", 2))
LongInformation = element("Attribute", handle(), Uuid("attribute_type", 16))
HandlesInformation = element("Handles", handle("found_handle"), handle("group_end_handle"))
Data = element("Attribute", handle(), element_value(2))
GroupData = element("Group", handle(), handle("end_group_handle"), element_value(4))
LengthValue = element("Value", LEShortField("value_length", 0), counted_value())
HandleLengthValue = element("Value", handle(), LEShortField("value_length", 0), counted_value())


class SignedWrite(Packet):
    """The signature is the last 12 bytes."""

    name = "Signed Write Command"
    fields_desc = [
        handle(),
        StrLenField(
            "attribute_value", b"", length_from=lambda packet: max(0, len(packet.original) - 2 - SIGNATURE_LENGTH)
        ),
        Bytes("authentication_signature", SIGNATURE_LENGTH),
    ]


INFORMATION = MultipleTypeField(
    [
        (listed("information", ShortInformation), lambda packet: packet.format == 1),
        (listed("information", LongInformation), lambda packet: packet.format == 2),
    ],
    value("information"),
)

PARAMETERS = {
    0x01: layer(
        "Error Response",
        XByteEnumField("request_opcode", 0, att.OPCODES),
        handle("attribute_handle_in_error"),
        ByteEnumField("error_code", 0, att.ERRORS),
    ),
    0x02: layer("Exchange MTU Request", LEShortField("client_RX_MTU", 23)),
    0x03: layer("Exchange MTU Response", LEShortField("server_RX_MTU", 23)),
    0x04: layer("Find Information Request", *span()),
    0x05: layer(
        "Find Information Response",
        ByteEnumField("format", 1, {1: "16-bit UUIDs", 2: "128-bit UUIDs"}),
        INFORMATION,
    ),
    0x06: layer("Find By Type Value Request", *span(), Uuid("attribute_type", 2), value()),
    0x07: layer("Find By Type Value Response", listed("handles_information", HandlesInformation)),
    0x08: layer("Read By Type Request", *span(), Uuid("attribute_type")),
    0x09: layer("Read By Type Response", ByteField("length", 0), listed("attribute_data", Data)),
    0x0A: layer("Read Request", handle()),
    0x0B: layer("Read Response", value()),
    0x0C: layer("Read Blob Request", handle(), LEShortField("value_offset", 0)),
    0x0D: layer("Read Blob Response", value("part_attribute_value")),
    0x0E: layer("Read Multiple Request", handles("handles")),
    0x0F: layer("Read Multiple Response", value("values")),
    0x10: layer("Read By Group Type Request", *span(), Uuid("attribute_group_type")),
    0x11: layer("Read By Group Type Response", ByteField("length", 0), listed("attribute_data", GroupData)),
    0x12: layer("Write Request", handle(), value()),
    0x16: layer("Prepare Write Request", handle(), LEShortField("value_offset", 0), value("part_attribute_value")),
    0x17: layer("Prepare Write Response", handle(), LEShortField("value_offset", 0), value("part_attribute_value")),
    0x18: layer("Execute Write Request", ByteEnumField("flags", 0, att.EXECUTE_FLAGS)),
    0x1B: layer("Handle Value Notification", handle(), value()),
    0x1D: layer("Handle Value Indication", handle(), value()),
    0x20: layer("Read Multiple Variable Request", handles("handles")),
    0x21: layer("Read Multiple Variable Response", listed("length_value_tuples", LengthValue)),
    0x23: layer("Multiple Handle Value Notification", listed("handle_length_value_tuples", HandleLengthValue)),
    0x52: layer("Write Command", handle(), value()),
    0xD2: SignedWrite,
}


class Pdu(Packet):
    """An ATT PDU: the opcode with its three parts, then its parameters (3.3.1)."""

    name = "ATT"
    fields_desc = [
        XByteEnumField("opcode", 0, att.OPCODES),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return PARAMETERS.get(self.opcode, Raw)


DISSECTORS = [
    Dissector(
        name="att",
        layer=Pdu,
        on=on_cid(0x0004) + on_psm(0x001F, 0x0027),
        title="ATT",
        flat=True,
        summary=lambda packet: att.opcode_name(packet.opcode),
    )
]
