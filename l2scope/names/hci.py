"""Names of HCI commands, events, error codes and Linux monitor records.

Core Specification, Vol 4 Part E 7 and Vol 1 Part F; BlueZ doc/btsnoop.rst for the monitor. A number without a name
gives a text that holds the number.
"""

from typing import Final

from l2scope.names.hci_commands import COMMANDS
from l2scope.names.hci_errors import ERRORS
from l2scope.names.hci_events import EVENTS, LE_SUBEVENTS
from l2scope.names.hci_le_commands import LE_COMMANDS

VENDOR_GROUP: Final = 0x3F

# Vol 4 Part E 5.4.2 and 5.4.5: the two bits above the connection handle.
PACKET_BOUNDARIES: Final = {
    0: "first, not flushable",
    1: "continuing",
    2: "first, flushable",
    3: "complete PDU",
}
BROADCASTS: Final = {0: "point-to-point", 1: "BR/EDR broadcast", 2: "reserved", 3: "reserved"}
SYNCHRONOUS_STATUSES: Final = {
    0: "correctly received",
    1: "possibly invalid",
    2: "no data received",
    3: "partially lost",
}
ISO_BOUNDARIES: Final = {0: "first fragment", 1: "continuation", 2: "complete SDU", 3: "last fragment"}
ISO_STATUSES: Final = {0: "valid", 1: "possibly invalid", 2: "lost", 3: "reserved"}

ADDRESS_TYPES: Final = {
    0x00: "public",
    0x01: "random",
    0x02: "public identity",
    0x03: "random identity",
    0xFE: "random, not resolved",
    0xFF: "anonymous",
}
ROLES: Final = {0: "central", 1: "peripheral"}
PHYS: Final = {1: "LE 1M", 2: "LE 2M", 3: "LE Coded"}
LINK_TYPES: Final = {0: "SCO", 1: "ACL", 2: "eSCO"}
SLEEP_CLOCK_ACCURACIES: Final = {
    0: "500 ppm",
    1: "250 ppm",
    2: "150 ppm",
    3: "100 ppm",
    4: "75 ppm",
    5: "50 ppm",
    6: "30 ppm",
    7: "20 ppm",
}
VERSIONS: Final = {
    0: "1.0b",
    1: "1.1",
    2: "1.2",
    3: "2.0 + EDR",
    4: "2.1 + EDR",
    5: "3.0 + HS",
    6: "4.0",
    7: "4.1",
    8: "4.2",
    9: "5.0",
    10: "5.1",
    11: "5.2",
    12: "5.3",
    13: "5.4",
    14: "6.0",
    15: "6.1",
}

# Packet kinds: the H4 indicators, and from 16 on the monitor records that carry no HCI packet.
KINDS: Final = {
    0: "Unknown packet",
    1: "HCI Command",
    2: "ACL Data",
    3: "Synchronous Data",
    4: "HCI Event",
    5: "ISO Data",
    16: "New Index",
    17: "Delete Index",
    18: "Open Index",
    19: "Close Index",
    20: "Index Information",
    21: "Vendor Diagnostics",
    22: "System Note",
    23: "User Logging",
    24: "Control Open",
    25: "Control Close",
    26: "Control Command",
    27: "Control Event",
}
BUSES: Final = {
    0: "Virtual",
    1: "USB",
    2: "PC Card",
    3: "UART",
    4: "RS232",
    5: "PCI",
    6: "SDIO",
    7: "SPI",
    8: "I2C",
    9: "SMD",
    10: "VIRTIO",
    11: "IPC",
}
CONTROLLER_TYPES: Final = {0: "Primary", 1: "AMP"}
SYSLOG_PRIORITIES: Final = {
    0: "emergency",
    1: "alert",
    2: "critical",
    3: "error",
    4: "warning",
    5: "notice",
    6: "info",
    7: "debug",
}


def command_name(opcode: int) -> str:
    """The name of an HCI command, such as "LE Set Data Length" for 0x2022."""
    name = COMMANDS.get(opcode) or LE_COMMANDS.get(opcode)
    if name:
        return name
    return f"Vendor Command 0x{opcode:04X}" if opcode >> 10 == VENDOR_GROUP else f"Command 0x{opcode:04X}"


def event_name(code: int) -> str:
    """The name of an HCI event."""
    return EVENTS.get(code) or f"Event 0x{code:02X}"


def subevent_name(code: int) -> str:
    """The name of an LE Meta subevent."""
    return LE_SUBEVENTS.get(code) or f"LE Subevent 0x{code:02X}"


def error_name(code: int) -> str:
    """The name of an HCI error code, which is also a disconnection's reason."""
    return ERRORS.get(code) or f"Error 0x{code:02X}"


def company_name(company: int) -> str:
    """Whose an assigned company identifier is. The table is large and is loaded when it is first asked."""
    from l2scope.names.companies import COMPANIES

    return COMPANIES.get(company) or f"Company 0x{company:04X}"


def kind_name(kind: int) -> str:
    """What a packet is: an H4 packet or a monitor record."""
    return KINDS.get(kind) or f"Packet kind {kind}"
