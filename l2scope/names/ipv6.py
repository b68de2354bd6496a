"""Names of what an IPv6 header is followed by (IANA protocol numbers), and of the forms of 6LoWPAN (RFC 6282, 3.1)."""

from typing import Final

NEXT_HEADERS: Final = {
    0: "hop-by-hop options",
    6: "TCP",
    17: "UDP",
    41: "IPv6",
    43: "routing",
    44: "fragment",
    50: "ESP",
    51: "AH",
    58: "ICMPv6",
    59: "none",
    60: "destination options",
}
TRAFFIC_FORMS: Final = {0: "inline", 1: "ECN and flow label inline", 2: "ECN and DSCP inline", 3: "elided"}
NEXT_FORMS: Final = {0: "inline", 1: "compressed"}
HOP_LIMITS: Final = {0: "inline", 1: "1", 2: "64", 3: "255"}
ADDRESS_MODES: Final = {0: "128 bits inline", 1: "64 bits inline", 2: "16 bits inline", 3: "elided"}
