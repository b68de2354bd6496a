"""Parameters of HCI commands that scapy lacks or names otherwise (Core Specification, Vol 4 Part E 7.1 to 7.8)."""

from scapy.fields import ByteEnumField, ByteField, Field, FlagsField, LEShortField, PacketListField, XLEShortField
from scapy.packet import Packet

from l2scope.names import hci, hci_errors

from ._fields import MOST, Address, Bytes, Key, Scaled, Text, handle, layer, named
from ._hci_events import ADVERTISING_TYPES, AdStructure, CompletedPackets, counted, significant_data

OWN_ADDRESS_TYPES = {0: "public", 1: "random", 2: "resolvable, else public", 3: "resolvable, else random"}
SWITCH = {0: "off", 1: "on"}
PHY_FLAGS = ["LE 1M", "LE 2M", "LE Coded"]
DUPLICATES = {0: "reported", 1: "filtered", 2: "filtered, reset each period"}
SCAN_TYPES = {0: "passive", 1: "active"}
PRIVACY_MODES = {0: "network", 1: "device"}


def enable(name: str) -> ByteEnumField:
    return ByteEnumField(name, 0, SWITCH)


def switch(title: str, name: str) -> type[Packet]:
    return layer(title, enable(name))


def peer() -> tuple[Field, Field]:
    return named("peer_address_type", hci.ADDRESS_TYPES), Address("peer_address", None)


def device() -> tuple[Field, Field]:
    return named("address_type", hci.ADDRESS_TYPES), Address("address", None)


def wanted_connection() -> tuple[Field, ...]:
    """The connection parameters that a host asks for."""
    return (
        Scaled("connection_interval_min", 1.25, "ms"),
        Scaled("connection_interval_max", 1.25, "ms"),
        LEShortField("max_latency", 0),
        Scaled("supervision_timeout", 10, "ms"),
        Scaled("min_CE_length", 0.625, "ms"),
        Scaled("max_CE_length", 0.625, "ms"),
    )


def phys(name: str) -> FlagsField:
    return FlagsField(name, 0, 8, PHY_FLAGS)


def advertised(title: str, *before: Field) -> type[Packet]:
    """Advertising data of up to 31 bytes behind their length; the rest is zero."""
    return layer(
        title,
        *before,
        ByteField("data_length", 0),
        PacketListField("data", [], AdStructure, length_from=lambda packet: packet.data_length, max_count=MOST),
    )


COMMANDS = {
    0x0401: layer("Inquiry", Bytes("LAP", 3), ByteField("inquiry_length", 0), ByteField("num_responses", 0)),
    0x0405: layer(
        "Create Connection",
        Address("BD_ADDR", None),
        XLEShortField("packet_type", 0),
        ByteField("page_scan_repetition_mode", 0),
        ByteField("reserved", 0),
        XLEShortField("clock_offset", 0),
        enable("allow_role_switch"),
    ),
    0x0406: layer("Disconnect", handle(), named("reason", hci_errors.ERRORS)),
    0x0409: layer("Accept Connection Request", Address("BD_ADDR", None), named("role", hci.ROLES)),
    0x040A: layer("Reject Connection Request", Address("BD_ADDR", None), named("reason", hci_errors.ERRORS)),
    0x040B: layer("Link Key Request Reply", Address("BD_ADDR", None), Key("link_key", 16)),
    0x040C: layer("Link Key Request Negative Reply", Address("BD_ADDR", None)),
    0x0411: layer("Authentication Requested", handle()),
    0x0413: layer("Set Connection Encryption", handle(), enable("encryption_enable")),
    0x0419: layer(
        "Remote Name Request",
        Address("BD_ADDR", None),
        ByteField("page_scan_repetition_mode", 0),
        ByteField("reserved", 0),
        XLEShortField("clock_offset", 0),
    ),
    0x041B: layer("Read Remote Supported Features", handle()),
    0x041C: layer("Read Remote Extended Features", handle(), ByteField("page_number", 0)),
    0x041D: layer("Read Remote Version Information", handle()),
    0x041F: layer("Read Clock Offset", handle()),
    0x0803: layer(
        "Sniff Mode",
        handle(),
        Scaled("sniff_max_interval", 0.625, "ms"),
        Scaled("sniff_min_interval", 0.625, "ms"),
        LEShortField("sniff_attempt", 0),
        LEShortField("sniff_timeout", 0),
    ),
    0x0804: layer("Exit Sniff Mode", handle()),
    0x0809: layer("Role Discovery", handle()),
    0x0811: layer(
        "Sniff Subrating",
        handle(),
        Scaled("maximum_latency", 0.625, "ms"),
        Scaled("min_remote_timeout", 0.625, "ms"),
        Scaled("min_local_timeout", 0.625, "ms"),
    ),
    0x080B: layer("Switch Role", Address("BD_ADDR", None), named("role", hci.ROLES)),
    0x080D: layer("Write Link Policy Settings", handle(), XLEShortField("link_policy_settings", 0)),
    0x080F: layer("Write Default Link Policy Settings", XLEShortField("default_link_policy_settings", 0)),
    0x0C01: layer("Set Event Mask", Bytes("event_mask", 8)),
    0x0C0D: layer("Read Stored Link Key", Address("BD_ADDR", None), ByteField("read_all", 0)),
    0x0C12: layer("Delete Stored Link Key", Address("BD_ADDR", None), ByteField("delete_all", 0)),
    0x0C13: layer("Write Local Name", Text("local_name", 248)),
    0x0C18: layer("Write Page Timeout", Scaled("page_timeout", 0.625, "ms")),
    0x0C1A: layer("Write Scan Enable", ByteField("scan_enable", 0)),
    0x0C24: layer("Write Class Of Device", Bytes("class_of_device", 3)),
    0x0C31: layer("Set Controller To Host Flow Control", ByteField("flow_control_enable", 0)),
    0x0C33: layer(
        "Host Buffer Size",
        LEShortField("host_ACL_data_packet_length", 0),
        ByteField("host_synchronous_data_packet_length", 0),
        LEShortField("host_total_num_ACL_data_packets", 0),
        LEShortField("host_total_num_synchronous_data_packets", 0),
    ),
    0x0C35: layer("Host Number Of Completed Packets", *counted("handles", CompletedPackets)),
    0x0C37: layer("Write Link Supervision Timeout", handle(), Scaled("link_supervision_timeout", 0.625, "ms")),
    0x0C45: layer("Write Inquiry Mode", named("inquiry_mode", {0: "standard", 1: "with RSSI", 2: "extended"})),
    0x0C52: layer("Write Extended Inquiry Response", ByteField("FEC_required", 0), significant_data()),
    0x0C56: switch("Write Simple Pairing Mode", "simple_pairing_mode"),
    0x0C5F: layer("Enhanced Flush", handle(), ByteField("packet_type", 0)),
    0x0C63: layer("Set Event Mask Page 2", Bytes("event_mask_page_2", 8)),
    0x0C6D: layer("Write LE Host Support", enable("LE_supported_host"), ByteField("simultaneous_LE_host", 0)),
    0x0C7A: switch("Write Secure Connections Host Support", "secure_connections_host_support"),
    0x0C7C: layer("Write Authenticated Payload Timeout", handle(), Scaled("authenticated_payload_timeout", 10, "ms")),
    0x1405: layer("Read RSSI", handle()),
    0x1408: layer("Read Encryption Key Size", handle()),
    0x2001: layer("LE Set Event Mask", Bytes("LE_event_mask", 8)),
    0x2005: layer("LE Set Random Address", Address("random_address", None)),
    0x2006: layer(
        "LE Set Advertising Parameters",
        Scaled("advertising_interval_min", 0.625, "ms"),
        Scaled("advertising_interval_max", 0.625, "ms"),
        named("advertising_type", ADVERTISING_TYPES),
        named("own_address_type", OWN_ADDRESS_TYPES),
        *peer(),
        ByteField("advertising_channel_map", 0),
        ByteField("advertising_filter_policy", 0),
    ),
    0x2008: advertised("LE Set Advertising Data"),
    0x2009: advertised("LE Set Scan Response Data"),
    0x200A: switch("LE Set Advertising Enable", "advertising_enable"),
    0x200B: layer(
        "LE Set Scan Parameters",
        named("LE_scan_type", SCAN_TYPES),
        Scaled("LE_scan_interval", 0.625, "ms"),
        Scaled("LE_scan_window", 0.625, "ms"),
        named("own_address_type", OWN_ADDRESS_TYPES),
        ByteField("scanning_filter_policy", 0),
    ),
    0x200C: layer("LE Set Scan Enable", enable("LE_scan_enable"), named("duplicates", DUPLICATES)),
    0x200D: layer(
        "LE Create Connection",
        Scaled("LE_scan_interval", 0.625, "ms"),
        Scaled("LE_scan_window", 0.625, "ms"),
        named("initiator_filter_policy", {0: "peer address", 1: "filter accept list"}),
        *peer(),
        named("own_address_type", OWN_ADDRESS_TYPES),
        *wanted_connection(),
    ),
    0x2011: layer("LE Add Device To Filter Accept List", *device()),
    0x2012: layer("LE Remove Device From Filter Accept List", *device()),
    0x2013: layer("LE Connection Update", handle(), *wanted_connection()),
    0x2014: layer("LE Set Host Channel Classification", Bytes("channel_map", 5)),
    0x2015: layer("LE Read Channel Map", handle()),
    0x2016: layer("LE Read Remote Features Page 0", handle()),
    0x2017: layer("LE Encrypt", Key("key", 16), Bytes("plaintext_data", 16)),
    0x2019: layer(
        "LE Enable Encryption",
        handle(),
        Bytes("random_number", 8),
        XLEShortField("encrypted_diversifier", 0),
        Key("long_term_key", 16),
    ),
    0x201A: layer("LE Long Term Key Request Reply", handle(), Key("long_term_key", 16)),
    0x201B: layer("LE Long Term Key Request Negative Reply", handle()),
    0x2020: layer("LE Remote Connection Parameter Request Reply", handle(), *wanted_connection()),
    0x2021: layer(
        "LE Remote Connection Parameter Request Negative Reply", handle(), named("reason", hci_errors.ERRORS)
    ),
    0x2022: layer("LE Set Data Length", handle(), LEShortField("TX_octets", 0), LEShortField("TX_time", 0)),
    0x2024: layer(
        "LE Write Suggested Default Data Length",
        LEShortField("suggested_max_TX_octets", 0),
        LEShortField("suggested_max_TX_time", 0),
    ),
    0x2026: layer("LE Generate DHKey [v1]", Bytes("key_x_coordinate", 32), Bytes("key_y_coordinate", 32)),
    0x2027: layer("LE Add Device To Resolving List", *peer(), Key("peer_IRK", 16), Key("local_IRK", 16)),
    0x2028: layer("LE Remove Device From Resolving List", *peer()),
    0x202D: switch("LE Set Address Resolution Enable", "address_resolution_enable"),
    0x202B: layer("LE Read Peer Resolvable Address", *peer()),
    0x202E: layer("LE Set Resolvable Private Address Timeout [v1]", LEShortField("RPA_timeout", 0)),
    0x2030: layer("LE Read PHY", handle()),
    0x2031: layer("LE Set Default PHY", ByteField("all_PHYs", 0), phys("TX_PHYs"), phys("RX_PHYs")),
    0x2032: layer(
        "LE Set PHY",
        handle(),
        ByteField("all_PHYs", 0),
        phys("TX_PHYs"),
        phys("RX_PHYs"),
        LEShortField("PHY_options", 0),
    ),
    0x2038: advertised(
        "LE Set Extended Scan Response Data",
        ByteField("advertising_handle", 0),
        ByteField("operation", 0),
        ByteField("fragment_preference", 0),
    ),
    0x203C: layer("LE Remove Advertising Set", ByteField("advertising_handle", 0)),
    0x2040: layer(
        "LE Set Periodic Advertising Enable", enable("advertising_enable"), ByteField("advertising_handle", 0)
    ),
    0x204E: layer("LE Set Privacy Mode", *peer(), named("privacy_mode", PRIVACY_MODES)),
    0x2074: layer("LE Set Host Feature [v1]", ByteField("bit_number", 0), enable("bit_value")),
    0x2076: layer("LE Enhanced Read Transmit Power Level", handle(), named("PHY", {**hci.PHYS, 4: "LE Coded S=2"})),
    0x207E: layer(
        "LE Subrate Request",
        handle(),
        LEShortField("subrate_min", 0),
        LEShortField("subrate_max", 0),
        LEShortField("max_latency", 0),
        LEShortField("continuation_number", 0),
        Scaled("supervision_timeout", 10, "ms"),
    ),
}
