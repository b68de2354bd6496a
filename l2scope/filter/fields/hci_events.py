"""Fields of HCI events: bthci_evt.* as Wireshark has them."""

from typing import Final

from l2scope.engine import words
from l2scope.filter.dissected import Layer, leaf
from l2scope.filter.field import FilterField
from l2scope.filter.fields.hci import COMMAND_COMPLETE, event_opcode, ogf
from l2scope.filter.kinds import ADDRESS, BYTES, NUMBER, TEXT
from l2scope.filter.packets import Packets
from l2scope.filter.values import Mask
from l2scope.names import hci, hci_errors

LE_META: Final = 0x3E
ADDRESSES: Final = ("Address", "BD_ADDR", "Peer address", "Peer resolvable address", "Local resolvable address")


def event_code(data: bytes) -> int:
    """The event code; of LE events with the subevent behind it, as in 0x3E0D."""
    return LE_META << 8 | data[2] if data[0] == LE_META and len(data) > 2 else data[0]


EVENT: Final = Layer(lambda packets: packets.of_kind(words.EVENT), lambda title: title == "HCI Event", event_code)


def of_known_commands(packets: Packets) -> Mask:
    """Events but for Command Complete of vendor commands, whose return parameters are the vendor's."""
    found = packets.of_kind(words.EVENT)
    answers = event_opcode(packets)
    rows = answers.positions()[ogf(answers.data) == hci.VENDOR_GROUP]
    found[rows[packets.byte(rows, 0) == COMMAND_COMPLETE]] = False
    return found


KNOWN_EVENT: Final = Layer(of_known_commands, EVENT.owns, event_code)

FIELDS: Final[tuple[FilterField, ...]] = (
    leaf(EVENT, "bthci_evt.adv_handle", NUMBER, "Advertising Handle", "Advertising handle"),
    leaf(EVENT, "bthci_evt.advertising_sid", NUMBER, "Advertising SID", "Advertising SID"),
    leaf(EVENT, "bthci_evt.bd_addr", ADDRESS, "BD_ADDR", *ADDRESSES),
    leaf(
        EVENT,
        "bthci_evt.channel_selection_algorithm",
        NUMBER,
        "Channel Selection Algorithm",
        "Channel selection algorithm",
    ),
    leaf(EVENT, "bthci_evt.clock_offset", NUMBER, "Clock Offset", "Clock offset", mask=0x7FFF),
    leaf(EVENT, "bthci_evt.comp_id", NUMBER, "Manufacturer Name", "Company identifier"),
    leaf(EVENT, "bthci_evt.connection_handle", NUMBER, "Connection Handle", "Connection handle"),
    leaf(EVENT, "bthci_evt.current_mode", NUMBER, "Current Mode", "Current mode"),
    leaf(EVENT, "bthci_evt.data_length", NUMBER, "Data Length", "Data length"),
    leaf(EVENT, "bthci_evt.direct_bd_addr", ADDRESS, "Direct BD_ADDR", "Direct address"),
    leaf(EVENT, "bthci_evt.encryption_enable", NUMBER, "Encryption Enable", "Encryption enabled", only=[0x08]),
    leaf(EVENT, "bthci_evt.encryption_mode", NUMBER, "Encryption Mode", "Encryption enabled", only=[0x03]),
    leaf(EVENT, "bthci_evt.interval", NUMBER, "Interval", "Interval", "Page scan interval"),
    leaf(EVENT, "bthci_evt.iso_data_pkt_len", NUMBER, "ISO Data Packet Length", "ISO data packet length"),
    leaf(EVENT, "bthci_evt.le_acl_data_pkt_len", NUMBER, "LE ACL Data Packet Length", "LE ACL data packet length"),
    leaf(EVENT, "bthci_evt.le_advts_event_type", NUMBER, "Event Type", "Event type", only=[0x3E02]),
    leaf(EVENT, "bthci_evt.le_con_interval", NUMBER, "Connection Interval", "Connection interval"),
    leaf(EVENT, "bthci_evt.le_con_latency", NUMBER, "Connection Latency", "Peripheral latency", "Max latency"),
    leaf(
        EVENT,
        "bthci_evt.le_direct_address_type",
        NUMBER,
        "Direct Address Type",
        "Direct address type",
        names=hci.ADDRESS_TYPES,
    ),
    leaf(EVENT, "bthci_evt.le_encrypted_diversifier", NUMBER, "Encrypted Diversifier", "Encrypted diversifier"),
    leaf(EVENT, "bthci_evt.le_ext_advts_event_type", NUMBER, "Event Type", "Event type", only=[0x3E0D]),
    leaf(
        EVENT, "bthci_evt.le_local_rpa", ADDRESS, "Local Resolvable Private Address", "Local resolvable private address"
    ),
    leaf(
        EVENT,
        "bthci_evt.le_master_clock_accuracy",
        NUMBER,
        "Master Clock Accuracy",
        "Central clock accuracy",
        names=hci.SLEEP_CLOCK_ACCURACIES,
    ),
    leaf(EVENT, "bthci_evt.le_num_reports", NUMBER, "Num Reports", "Number of reports"),
    leaf(
        EVENT,
        "bthci_evt.le_peer_address_type",
        NUMBER,
        "Peer Address Type",
        "Address type",
        "Peer address type",
        names=hci.ADDRESS_TYPES,
    ),
    leaf(EVENT, "bthci_evt.le_peer_rpa", ADDRESS, "Peer Resolvable Private Address", "Peer resolvable private address"),
    leaf(EVENT, "bthci_evt.le_random_number", BYTES, "Random Number", "Random number"),
    leaf(EVENT, "bthci_evt.le_supv_timeout", NUMBER, "Supervision Timeout", "Supervision timeout", "Timeout"),
    leaf(
        EVENT,
        "bthci_evt.le_total_num_acl_data_pkts",
        NUMBER,
        "Total Number LE ACL Data Packets",
        "Total num LE ACL data packets",
    ),
    leaf(EVENT, "bthci_evt.le_white_list_size", NUMBER, "White List Size", "Filter accept list size"),
    leaf(EVENT, "bthci_evt.link_supervision_timeout", NUMBER, "Link Supervision Timeout", "Link supervision timeout"),
    leaf(EVENT, "bthci_evt.link_type", NUMBER, "Link Type", "Link type", names=hci.LINK_TYPES),
    leaf(EVENT, "bthci_evt.lmp_sub_vers_nr", NUMBER, "LMP Subversion", "Subversion", "LMP subversion"),
    leaf(EVENT, "bthci_evt.lmp_vers_nr", NUMBER, "LMP Version", "Version", "LMP version", names=hci.VERSIONS),
    leaf(EVENT, "bthci_evt.local_supported_cmds", BYTES, "Local Supported Commands", "Supported commands"),
    leaf(
        EVENT, "bthci_evt.max_adv_data_length", NUMBER, "Maximum Advertising Data Length", "Max advertising data length"
    ),
    leaf(
        EVENT, "bthci_evt.max_data_length_acl", NUMBER, "Host ACL Data Packet Length (bytes)", "ACL data packet length"
    ),
    leaf(
        EVENT,
        "bthci_evt.max_data_length_sco",
        NUMBER,
        "Host SCO Data Packet Length (bytes)",
        "Synchronous data packet length",
    ),
    leaf(EVENT, "bthci_evt.max_data_num_acl", NUMBER, "Host Total Num ACL Data Packets", "Total num ACL data packets"),
    leaf(
        EVENT,
        "bthci_evt.max_data_num_sco",
        NUMBER,
        "Host Total Num SCO Data Packets",
        "Total num synchronous data packets",
    ),
    leaf(EVENT, "bthci_evt.max_page_number", NUMBER, "Max. Page Number", "Maximum page number"),
    leaf(EVENT, "bthci_evt.max_rx_octets", NUMBER, "Max RX Octets", "Max RX octets"),
    leaf(EVENT, "bthci_evt.max_rx_time", NUMBER, "Max RX Time", "Max RX time"),
    leaf(EVENT, "bthci_evt.max_slots", NUMBER, "Maximum Number of Slots", "LMP max slots"),
    leaf(EVENT, "bthci_evt.max_tx_octets", NUMBER, "Max TX Octets", "Max TX octets"),
    leaf(EVENT, "bthci_evt.max_tx_time", NUMBER, "Max TX Time", "Max TX time"),
    leaf(
        EVENT, "bthci_evt.num_command_packets", NUMBER, "Number of Allowed Command Packets", "Num HCI command packets"
    ),
    leaf(
        EVENT,
        "bthci_evt.num_compl_ext_adv_events",
        NUMBER,
        "Number Completed Extended Advertising Events",
        "Num completed extended advertising events",
    ),
    leaf(EVENT, "bthci_evt.num_compl_packets", NUMBER, "Number of Completed Packets", "Completed packets"),
    leaf(EVENT, "bthci_evt.num_handles", NUMBER, "Number of Connection Handles", "Number of handles"),
    leaf(EVENT, "bthci_evt.num_responses", NUMBER, "Number of responses", "Num responses"),
    leaf(
        EVENT,
        "bthci_evt.num_supported_adv_sets",
        NUMBER,
        "Number of Supported Advertising Sets",
        "Num supported advertising sets",
    ),
    leaf(EVENT, "bthci_evt.packet_type", NUMBER, "Packet Type for ACL", "Packet type"),
    leaf(EVENT, "bthci_evt.page_number", NUMBER, "Page Number", "Page number"),
    leaf(
        EVENT,
        "bthci_evt.page_scan_repetition_mode",
        NUMBER,
        "Page Scan Repetition Mode",
        "Page scan repetition mode",
        "Repetition mode",
    ),
    leaf(
        EVENT,
        "bthci_evt.periodic_advertising_interval",
        NUMBER,
        "Periodic Advertising Interval",
        "Periodic advertising interval",
    ),
    leaf(EVENT, "bthci_evt.primary_phy", NUMBER, "Primary PHY", "Primary PHY", names=hci.PHYS),
    leaf(EVENT, "bthci_evt.reason", NUMBER, "Reason", "Reason", names=hci_errors.ERRORS),
    leaf(EVENT, "bthci_evt.remote_name", TEXT, "Remote Name", "Remote name"),
    leaf(EVENT, "bthci_evt.resolving_list_size", NUMBER, "Resolving List Size", "Resolving list size"),
    leaf(EVENT, "bthci_evt.role", NUMBER, "Role", "Role", "New role", names=hci.ROLES),
    leaf(EVENT, "bthci_evt.rssi", NUMBER, "RSSI", "RSSI", signed=True),
    leaf(EVENT, "bthci_evt.secondary_phy", NUMBER, "Secondary PHY", "Secondary PHY", names=hci.PHYS),
    leaf(KNOWN_EVENT, "bthci_evt.status", NUMBER, "Status", "Status", names=hci_errors.ERRORS),
    leaf(EVENT, "bthci_evt.suggested_max_rx_octets", NUMBER, "Suggested Max Rx Octets", "Supported max RX octets"),
    leaf(EVENT, "bthci_evt.suggested_max_rx_time", NUMBER, "Suggested Max Rx Time", "Supported max RX time"),
    leaf(
        EVENT,
        "bthci_evt.suggested_max_tx_octets",
        NUMBER,
        "Suggested Max Tx Octets",
        "Suggested max TX octets",
        "Supported max TX octets",
    ),
    leaf(
        EVENT,
        "bthci_evt.suggested_max_tx_time",
        NUMBER,
        "Suggested Max Tx Time",
        "Suggested max TX time",
        "Supported max TX time",
    ),
    leaf(
        EVENT,
        "bthci_evt.total_num_iso_data_pkts",
        NUMBER,
        "Total Number ISO Data Packets",
        "Total num ISO data packets",
    ),
    leaf(
        EVENT,
        "bthci_evt.transmit_power_level",
        NUMBER,
        "Transmit Power Level",
        "Selected TX power",
        "TX power level",
        signed=True,
    ),
    leaf(EVENT, "bthci_evt.tx_power", NUMBER, "TX Power", "TX power", signed=True),
)
