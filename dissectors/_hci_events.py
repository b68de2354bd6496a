# mypy: allow-subclassing-any
"""Parameters of HCI events and LE Meta subevents (Core Specification, Vol 4 Part E 7.7), by their codes."""

from scapy.fields import (
    ByteEnumField,
    ByteField,
    ConditionalField,
    Field,
    FieldLenField,
    FlagsField,
    LEIntField,
    LEShortEnumField,
    LEShortField,
    PacketListField,
    SignedByteField,
    StrLenField,
    XLEShortField,
)
from scapy.packet import Packet

from l2scope.names import hci, hci_commands, hci_errors, hci_le_commands

from ._fields import MOST, Address, Bytes, Key, Scaled, Text, element, handle, layer, named, status

ENCRYPTIONS = {0: "off", 1: "on: E0 or AES-CCM", 2: "on: AES-CCM"}
MODES = {0: "active", 1: "hold", 2: "sniff", 3: "park"}
KEY_TYPES = {
    0: "combination key",
    3: "debug combination key",
    4: "unauthenticated combination key, P-192",
    5: "authenticated combination key, P-192",
    6: "changed combination key",
    7: "unauthenticated combination key, P-256",
    8: "authenticated combination key, P-256",
}
ADVERTISING_TYPES = {
    0: "ADV_IND",
    1: "ADV_DIRECT_IND",
    2: "ADV_SCAN_IND",
    3: "ADV_NONCONN_IND",
    4: "SCAN_RSP",
}
ADVERTISING_FLAGS = ["connectable", "scannable", "directed", "scan response", "legacy", "incomplete", "truncated"]
AIR_MODES = {0: "u-law", 1: "A-law", 2: "CVSD", 3: "transparent"}


def opcode(name: str = "command_opcode") -> LEShortEnumField:
    return LEShortEnumField(name, 0, {**hci_commands.COMMANDS, **hci_le_commands.LE_COMMANDS})


def company() -> XLEShortField:
    return XLEShortField("company_identifier", 0)


def connection() -> tuple[Field, ...]:
    """Interval, latency and timeout of an LE connection."""
    return (
        Scaled("connection_interval", 1.25, "ms"),
        LEShortField("peripheral_latency", 0),
        Scaled("supervision_timeout", 10, "ms"),
    )


def le_connection(*between: Field) -> tuple[Field, ...]:
    """What all LE connection complete events share; `between` comes after the peer's address."""
    return (
        status(),
        handle(),
        named("role", hci.ROLES),
        named("peer_address_type", hci.ADDRESS_TYPES),
        Address("peer_address", None),
        *between,
        *connection(),
        named("central_clock_accuracy", hci.SLEEP_CLOCK_ACCURACIES),
    )


def private_addresses() -> tuple[Address, Address]:
    return Address("local_resolvable_private_address", None), Address("peer_resolvable_private_address", None)


class Advertised(StrLenField):
    """What a device tells everyone, but for its name."""

    personal = "advertised"


def advertising_data() -> PacketListField:
    return PacketListField("data", [], AdStructure, length_from=lambda packet: packet.data_length, max_count=MOST)


AD_TYPES = {
    0x01: "Flags",
    0x02: "16-bit Service UUIDs, incomplete",
    0x03: "16-bit Service UUIDs",
    0x04: "32-bit Service UUIDs, incomplete",
    0x05: "32-bit Service UUIDs",
    0x06: "128-bit Service UUIDs, incomplete",
    0x07: "128-bit Service UUIDs",
    0x08: "Shortened Local Name",
    0x09: "Complete Local Name",
    0x0A: "Tx Power Level",
    0x0D: "Class of Device",
    0x12: "Peripheral Connection Interval Range",
    0x14: "16-bit Service Solicitation UUIDs",
    0x15: "128-bit Service Solicitation UUIDs",
    0x16: "Service Data - 16-bit UUID",
    0x19: "Appearance",
    0x1A: "Advertising Interval",
    0x20: "Service Data - 32-bit UUID",
    0x21: "Service Data - 128-bit UUID",
    0x24: "URI",
    0xFF: "Manufacturer Specific Data",
}
AdStructure = element(
    "AD structure",
    ByteField("length", 0),
    ConditionalField(ByteEnumField("AD_type", 0, AD_TYPES), lambda packet: packet.length > 0),
    ConditionalField(
        Text("local_name", lambda packet: packet.length - 1),
        lambda packet: packet.length > 1 and packet.AD_type in (8, 9),
    ),
    ConditionalField(
        Advertised("data", b"", length_from=lambda packet: packet.length - 1),
        lambda packet: packet.length > 1 and packet.AD_type not in (8, 9),
    ),
)
CompletedPackets = element("Handle", handle(), LEShortField("completed_packets", 0))
Report = element(
    "Report",
    named("event_type", ADVERTISING_TYPES),
    named("address_type", hci.ADDRESS_TYPES),
    Address("address", None),
    ByteField("data_length", 0),
    advertising_data(),
    SignedByteField("RSSI", 0),
)
ExtendedReport = element(
    "Report",
    FlagsField("event_type", 0, -16, ADVERTISING_FLAGS),
    named("address_type", hci.ADDRESS_TYPES),
    Address("address", None),
    named("primary_PHY", hci.PHYS),
    named("secondary_PHY", hci.PHYS),
    ByteField("advertising_SID", 0),
    SignedByteField("TX_power", 0),
    SignedByteField("RSSI", 0),
    Scaled("periodic_advertising_interval", 1.25, "ms"),
    named("direct_address_type", hci.ADDRESS_TYPES),
    Address("direct_address", None),
    ByteField("data_length", 0),
    advertising_data(),
)


def significant_data() -> PacketListField:
    """AD structures up to the first of length 0, behind which there is only padding."""
    return PacketListField(
        "data",
        [],
        next_cls_cb=lambda packet, seen, last, rest: AdStructure if rest[:1] > b"\0" else None,
        max_count=MOST,
    )


def counted(name: str, kind: type[Packet]) -> tuple[Field, Field]:
    """The number of elements in one byte, and the elements."""
    return (
        FieldLenField(f"number_of_{name}", None, fmt="B", count_of=name),
        PacketListField(name, [], kind, count_from=lambda packet: getattr(packet, f"number_of_{name}"), max_count=MOST),
    )


EVENTS = {
    0x01: layer("Inquiry Complete", status()),
    0x03: layer(
        "Connection Complete",
        status(),
        handle(),
        Address("BD_ADDR", None),
        named("link_type", hci.LINK_TYPES),
        named("encryption_enabled", {0: "off", 1: "on"}),
    ),
    0x04: layer(
        "Connection Request",
        Address("BD_ADDR", None),
        Bytes("class_of_device", 3),
        named("link_type", hci.LINK_TYPES),
    ),
    0x05: layer("Disconnection Complete", status(), handle(), named("reason", hci_errors.ERRORS)),
    0x06: layer("Authentication Complete", status(), handle()),
    0x07: layer("Remote Name Request Complete", status(), Address("BD_ADDR", None), Text("remote_name", 248)),
    0x08: layer("Encryption Change", status(), handle(), named("encryption_enabled", ENCRYPTIONS)),
    0x0B: layer("Read Remote Supported Features Complete", status(), handle(), Bytes("LMP_features", 8)),
    0x0C: layer(
        "Read Remote Version Information Complete",
        status(),
        handle(),
        named("version", hci.VERSIONS),
        company(),
        LEShortField("subversion", 0),
    ),
    0x0F: layer("Command Status", status(), ByteField("num_HCI_command_packets", 0), opcode()),
    0x10: layer("Hardware Error", ByteField("hardware_code", 0)),
    0x12: layer("Role Change", status(), Address("BD_ADDR", None), named("new_role", hci.ROLES)),
    0x13: layer("Number Of Completed Packets", *counted("handles", CompletedPackets)),
    0x14: layer("Mode Change", status(), handle(), named("current_mode", MODES), Scaled("interval", 0.625, "ms")),
    0x16: layer("PIN Code Request", Address("BD_ADDR", None)),
    0x17: layer("Link Key Request", Address("BD_ADDR", None)),
    0x18: layer("Link Key Notification", Address("BD_ADDR", None), Key("link_key", 16), named("key_type", KEY_TYPES)),
    0x1A: layer("Data Buffer Overflow", named("link_type", hci.LINK_TYPES)),
    0x1B: layer("Max Slots Change", handle(), ByteField("LMP_max_slots", 0)),
    0x1C: layer("Read Clock Offset Complete", status(), handle(), LEShortField("clock_offset", 0)),
    0x1D: layer("Connection Packet Type Changed", status(), handle(), XLEShortField("packet_type", 0)),
    0x20: layer("Page Scan Repetition Mode Change", Address("BD_ADDR", None), ByteField("repetition_mode", 0)),
    0x23: layer(
        "Read Remote Extended Features Complete",
        status(),
        handle(),
        ByteField("page_number", 0),
        ByteField("maximum_page_number", 0),
        Bytes("extended_LMP_features", 8),
    ),
    0x2C: layer(
        "Synchronous Connection Complete",
        status(),
        handle(),
        Address("BD_ADDR", None),
        named("link_type", hci.LINK_TYPES),
        ByteField("transmission_interval", 0),
        ByteField("retransmission_window", 0),
        LEShortField("RX_packet_length", 0),
        LEShortField("TX_packet_length", 0),
        named("air_mode", AIR_MODES),
    ),
    0x2F: layer(
        "Extended Inquiry Result",
        ByteField("num_responses", 0),
        Address("BD_ADDR", None),
        ByteField("page_scan_repetition_mode", 0),
        ByteField("reserved", 0),
        Bytes("class_of_device", 3),
        LEShortField("clock_offset", 0),
        SignedByteField("RSSI", 0),
        significant_data(),
    ),
    0x30: layer("Encryption Key Refresh Complete", status(), handle()),
    0x31: layer("IO Capability Request", Address("BD_ADDR", None)),
    0x33: layer("User Confirmation Request", Address("BD_ADDR", None), LEIntField("numeric_value", 0)),
    0x34: layer("User Passkey Request", Address("BD_ADDR", None)),
    0x36: layer("Simple Pairing Complete", status(), Address("BD_ADDR", None)),
    0x38: layer("Link Supervision Timeout Changed", handle(), Scaled("link_supervision_timeout", 0.625, "ms")),
    0x39: layer("Enhanced Flush Complete", handle()),
    0x3B: layer("User Passkey Notification", Address("BD_ADDR", None), LEIntField("passkey", 0)),
    0x57: layer("Authenticated Payload Timeout Expired", handle()),
    0x59: layer(
        "Encryption Change [v2]",
        status(),
        handle(),
        named("encryption_enabled", ENCRYPTIONS),
        ByteField("encryption_key_size", 0),
    ),
}

SUBEVENTS = {
    0x01: layer("LE Connection Complete", *le_connection()),
    0x02: layer("LE Advertising Report", *counted("reports", Report)),
    0x03: layer("LE Connection Update Complete", status(), handle(), *connection()),
    0x04: layer("LE Read Remote Features Page 0 Complete", status(), handle(), Bytes("LE_features", 8)),
    0x05: layer(
        "LE Long Term Key Request", handle(), Bytes("random_number", 8), XLEShortField("encrypted_diversifier", 0)
    ),
    0x06: layer(
        "LE Remote Connection Parameter Request",
        handle(),
        Scaled("interval_min", 1.25, "ms"),
        Scaled("interval_max", 1.25, "ms"),
        LEShortField("max_latency", 0),
        Scaled("timeout", 10, "ms"),
    ),
    0x07: layer(
        "LE Data Length Change",
        handle(),
        LEShortField("max_TX_octets", 0),
        LEShortField("max_TX_time", 0),
        LEShortField("max_RX_octets", 0),
        LEShortField("max_RX_time", 0),
    ),
    0x08: layer(
        "LE Read Local P-256 Public Key Complete",
        status(),
        Bytes("key_x_coordinate", 32),
        Bytes("key_y_coordinate", 32),
    ),
    0x09: layer("LE Generate DHKey Complete", status(), Key("DH_key", 32)),
    0x0A: layer("LE Enhanced Connection Complete [v1]", *le_connection(*private_addresses())),
    0x0C: layer("LE PHY Update Complete", status(), handle(), named("TX_PHY", hci.PHYS), named("RX_PHY", hci.PHYS)),
    0x0D: layer("LE Extended Advertising Report", *counted("reports", ExtendedReport)),
    0x11: layer("LE Scan Timeout"),
    0x12: layer(
        "LE Advertising Set Terminated",
        status(),
        ByteField("advertising_handle", 0),
        handle(),
        ByteField("num_completed_extended_advertising_events", 0),
    ),
    0x14: layer("LE Channel Selection Algorithm", handle(), named("channel_selection_algorithm", {0: "#1", 1: "#2"})),
    0x20: layer("LE Path Loss Threshold", handle(), ByteField("current_path_loss", 0), ByteField("zone_entered", 0)),
    0x23: layer(
        "LE Subrate Change",
        status(),
        handle(),
        LEShortField("subrate_factor", 0),
        LEShortField("peripheral_latency", 0),
        LEShortField("continuation_number", 0),
        Scaled("supervision_timeout", 10, "ms"),
    ),
    0x29: layer(
        "LE Enhanced Connection Complete [v2]",
        *le_connection(*private_addresses()),
        ByteField("advertising_handle", 0),
        LEShortField("sync_handle", 0),
    ),
}
