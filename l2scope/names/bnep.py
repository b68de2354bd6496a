"""Names of the Bluetooth Network Encapsulation Protocol 1.0, and of EtherTypes (IEEE 802 numbers)."""

from typing import Final

TYPES: Final = {
    0x00: "general Ethernet",
    0x01: "control",
    0x02: "compressed Ethernet",
    0x03: "compressed Ethernet, source only",
    0x04: "compressed Ethernet, destination only",
}
EXTENSIONS: Final = {0x00: "control"}
CONTROLS: Final = {
    0x00: "Command Not Understood",
    0x01: "Setup Connection Request",
    0x02: "Setup Connection Response",
    0x03: "Filter Net Type Set",
    0x04: "Filter Net Type Response",
    0x05: "Filter Multi Addr Set",
    0x06: "Filter Multi Addr Response",
}
SETUP_RESULTS: Final = {
    0x0000: "successful",
    0x0001: "failed: invalid destination service UUID",
    0x0002: "failed: invalid source service UUID",
    0x0003: "failed: invalid service UUID size",
    0x0004: "failed: connection not allowed",
}
FILTER_RESULTS: Final = {
    0x0000: "successful",
    0x0001: "unsupported request",
    0x0002: "failed: invalid range",
    0x0003: "failed: too many filters",
    0x0004: "failed: security reasons",
}
ETHERTYPES: Final = {
    0x0800: "IPv4",
    0x0806: "ARP",
    0x0842: "Wake-on-LAN",
    0x8035: "RARP",
    0x809B: "AppleTalk",
    0x8100: "VLAN tag",
    0x8137: "IPX",
    0x86DD: "IPv6",
    0x8863: "PPPoE Discovery",
    0x8864: "PPPoE Session",
    0x888E: "EAPOL",
    0x88CC: "LLDP",
}
