# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Security Manager Protocol (Core Specification, Vol 3 Part H 3)."""

from scapy.fields import BitEnumField, BitField, ByteEnumField, ByteField, FlagsField, XLEShortField
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, on_cid
from l2scope.names import hci, smp

from ._fields import Address, Bytes, Key, layer, named

KEYS = ["encryption key", "identity key", "signing key", "link key"]


def authentication() -> tuple[BitField, ...]:
    """AuthReq (3.5.1), from its highest bit down."""
    return (
        BitField("reserved", 0, 2),
        BitField("CT2", 0, 1),
        BitField("keypress", 0, 1),
        BitField("secure_connections", 0, 1),
        BitField("MITM_protection", 0, 1),
        BitEnumField("bonding", 0, 2, {0: "no bonding", 1: "bonding", 2: "reserved", 3: "reserved"}),
    )


def features(title: str) -> type[Packet]:
    return layer(
        title,
        named("IO_capability", smp.IO_CAPABILITIES),
        ByteEnumField("OOB_data", 0, {0: "not present", 1: "present"}),
        *authentication(),
        ByteField("maximum_encryption_key_size", 0),
        FlagsField("initiator_key_distribution", 0, 8, KEYS),
        FlagsField("responder_key_distribution", 0, 8, KEYS),
    )


PARAMETERS = {
    0x01: features("Pairing Request"),
    0x02: features("Pairing Response"),
    0x03: layer("Pairing Confirm", Bytes("confirm_value", 16)),
    0x04: layer("Pairing Random", Bytes("random_value", 16)),
    0x05: layer("Pairing Failed", named("reason", smp.REASONS)),
    0x06: layer("Encryption Information", Key("long_term_key", 16)),
    0x07: layer("Central Identification", XLEShortField("EDIV", 0), Bytes("random_number", 8)),
    0x08: layer("Identity Information", Key("identity_resolving_key", 16)),
    0x09: layer("Identity Address Information", named("address_type", hci.ADDRESS_TYPES), Address("BD_ADDR", None)),
    0x0A: layer("Signing Information", Key("signature_key", 16)),
    0x0B: layer("Security Request", *authentication()),
    0x0C: layer("Pairing Public Key", Bytes("public_key_x", 32), Bytes("public_key_y", 32)),
    0x0D: layer("Pairing DHKey Check", Bytes("DHKey_check", 16)),
    0x0E: layer("Pairing Keypress Notification", named("notification_type", smp.KEYPRESSES)),
}


class Command(Packet):
    """One Security Manager command."""

    name = "SMP"
    fields_desc = [ByteEnumField("code", 0, smp.CODES)]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        return PARAMETERS.get(self.code, Raw)


DISSECTORS = [
    Dissector(
        name="smp",
        layer=Command,
        on=on_cid(0x0006, 0x0007),
        title="SMP",
        flat=True,
        summary=lambda packet: smp.code_name(packet.code),
    )
]
