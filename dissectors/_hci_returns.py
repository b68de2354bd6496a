"""Return parameters in Command Complete events, by the opcode of the command (Core Specification, Vol 4 Part E 7)."""

from scapy.fields import ByteField, LEShortField, SignedByteField, XLEShortField

from l2scope.names import hci

from ._fields import Address, Bytes, Rest, Scaled, ScaledInt, Text, handle, layer, named, status
from ._hci_events import company

# Replies of the host to questions about pairing (7.1.10 to 7.1.13, 7.1.29 to 7.1.33).
WITH_ADDRESS = (0x0408, 0x040B, 0x040C, 0x040D, 0x040E, 0x041A, 0x042B, 0x042C, 0x042D, 0x042E, 0x042F, 0x0433, 0x0434)

RETURNS = {
    0x0C0D: layer("Read Stored Link Key", status(), LEShortField("max_num_keys", 0), LEShortField("num_keys_read", 0)),
    0x0C12: layer("Delete Stored Link Key", status(), LEShortField("num_keys_deleted", 0)),
    0x0C1B: layer(
        "Read Page Scan Activity",
        status(),
        Scaled("page_scan_interval", 0.625, "ms"),
        Scaled("page_scan_window", 0.625, "ms"),
    ),
    0x0C23: layer("Read Class Of Device", status(), Bytes("class_of_device", 3)),
    0x0C25: layer("Read Voice Setting", status(), XLEShortField("voice_setting", 0)),
    0x0C38: layer("Read Number Of Supported IAC", status(), ByteField("num_supported_IAC", 0)),
    0x0C39: layer("Read Current IAC LAP", status(), ByteField("num_current_IAC", 0), Rest("IAC_LAPs")),
    0x0C46: layer("Read Page Scan Type", status(), named("page_scan_type", {0: "standard", 1: "interlaced"})),
    0x0C58: layer("Read Inquiry Response Transmit Power Level", status(), SignedByteField("transmit_power_level", 0)),
    0x0C77: layer(
        "Read Synchronization Train Parameters",
        status(),
        Scaled("sync_train_interval", 0.625, "ms"),
        ScaledInt("sync_train_timeout", 0.625, "ms"),
        ByteField("service_data", 0),
    ),
    0x100B: layer("Read Local Supported Codecs [v1]", status(), Rest("supported_codecs")),
    0x140C: layer("Get MWS Transport Layer Configuration", status(), Rest("transports")),
    **{opcode: layer("Return parameters", status(), Address("BD_ADDR", None)) for opcode in WITH_ADDRESS},
    0x0C14: layer("Read Local Name", status(), Text("local_name", 248)),
    0x0C2D: layer("Read Transmit Power Level", status(), handle(), SignedByteField("transmit_power_level", 0)),
    0x1001: layer(
        "Read Local Version Information",
        status(),
        named("HCI_version", hci.VERSIONS),
        LEShortField("HCI_subversion", 0),
        named("LMP_version", hci.VERSIONS),
        company(),
        LEShortField("LMP_subversion", 0),
    ),
    0x1002: layer("Read Local Supported Commands", status(), Bytes("supported_commands", 64)),
    0x1003: layer("Read Local Supported Features", status(), Bytes("LMP_features", 8)),
    0x1004: layer(
        "Read Local Extended Features",
        status(),
        ByteField("page_number", 0),
        ByteField("maximum_page_number", 0),
        Bytes("extended_LMP_features", 8),
    ),
    0x1005: layer(
        "Read Buffer Size",
        status(),
        LEShortField("ACL_data_packet_length", 0),
        ByteField("synchronous_data_packet_length", 0),
        LEShortField("total_num_ACL_data_packets", 0),
        LEShortField("total_num_synchronous_data_packets", 0),
    ),
    0x1009: layer("Read BD_ADDR", status(), Address("BD_ADDR", None)),
    0x1405: layer("Read RSSI", status(), handle(), SignedByteField("RSSI", 0)),
    0x1408: layer("Read Encryption Key Size", status(), handle(), ByteField("key_size", 0)),
    0x2002: layer(
        "LE Read Buffer Size [v1]",
        status(),
        LEShortField("LE_ACL_data_packet_length", 0),
        ByteField("total_num_LE_ACL_data_packets", 0),
    ),
    0x2003: layer("LE Read Local Supported Features Page 0", status(), Bytes("LE_features", 8)),
    0x2007: layer("LE Read Advertising Physical Channel Tx Power", status(), SignedByteField("TX_power_level", 0)),
    0x200F: layer("LE Read Filter Accept List Size", status(), ByteField("filter_accept_list_size", 0)),
    0x2015: layer("LE Read Channel Map", status(), handle(), Bytes("channel_map", 5)),
    0x2018: layer("LE Rand", status(), Bytes("random_number", 8)),
    0x201C: layer("LE Read Supported States", status(), Bytes("LE_states", 8)),
    0x2023: layer(
        "LE Read Suggested Default Data Length",
        status(),
        LEShortField("suggested_max_TX_octets", 0),
        LEShortField("suggested_max_TX_time", 0),
    ),
    0x202A: layer("LE Read Resolving List Size", status(), ByteField("resolving_list_size", 0)),
    0x202B: layer("LE Read Peer Resolvable Address", status(), Address("peer_resolvable_address", None)),
    0x202C: layer("LE Read Local Resolvable Address", status(), Address("local_resolvable_address", None)),
    0x202F: layer(
        "LE Read Maximum Data Length",
        status(),
        LEShortField("supported_max_TX_octets", 0),
        LEShortField("supported_max_TX_time", 0),
        LEShortField("supported_max_RX_octets", 0),
        LEShortField("supported_max_RX_time", 0),
    ),
    0x2030: layer("LE Read PHY", status(), handle(), named("TX_PHY", hci.PHYS), named("RX_PHY", hci.PHYS)),
    0x2036: layer("LE Set Extended Advertising Parameters", status(), SignedByteField("selected_TX_power", 0)),
    0x203A: layer("LE Read Maximum Advertising Data Length", status(), LEShortField("max_advertising_data_length", 0)),
    0x203B: layer(
        "LE Read Number Of Supported Advertising Sets", status(), ByteField("num_supported_advertising_sets", 0)
    ),
    0x2060: layer(
        "LE Read Buffer Size [v2]",
        status(),
        LEShortField("LE_ACL_data_packet_length", 0),
        ByteField("total_num_LE_ACL_data_packets", 0),
        LEShortField("ISO_data_packet_length", 0),
        ByteField("total_num_ISO_data_packets", 0),
    ),
}
WITH_HANDLE = (0x0811, 0x0C5F, 0x0C7C, 0x2022, 0x201A, 0x201B, 0x2020, 0x2021, 0x0C37, 0x0C36, 0x0C28, 0x1403, 0x080D)
StatusOnly = layer("Return parameters", status())
StatusAndHandle = layer("Return parameters", status(), handle())
