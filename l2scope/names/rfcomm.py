"""Names of RFCOMM frames and multiplexer commands (RFCOMM 1.2; ETSI TS 07.10, 5.2.1.3 and 5.4.6.3)."""

from typing import Final

POLL_FINAL: Final = 0x10
SABM: Final = 0x2F
UA: Final = 0x63
DM: Final = 0x0F
DISC: Final = 0x43
UIH: Final = 0xEF
FRAMES: Final = {SABM: "SABM", UA: "UA", DM: "DM", DISC: "DISC", UIH: "UIH", 0x03: "UI"}
# A control octet with the P/F bit, and without.
CONTROLS: Final = {
    **{control | POLL_FINAL: f"{name}, P/F" for control, name in FRAMES.items()},
    **FRAMES,
}

# The type without its C/R and EA bits.
COMMANDS: Final = {
    0x04: "Non Supported Command (NSC)",
    0x08: "Test",
    0x10: "Power Saving Control (PSC)",
    0x14: "Remote Line Status (RLS)",
    0x18: "Flow Control Off (FCoff)",
    0x20: "Parameter Negotiation (PN)",
    0x24: "Remote Port Negotiation (RPN)",
    0x28: "Flow Control On (FCon)",
    0x30: "Multiplexer Close Down (CLD)",
    0x34: "Service Negotiation (SNC)",
    0x38: "Modem Status (MSC)",
}

# RFCOMM 5.5.3: the convergence layer of TS 07.10 tells credit-based flow control.
CONVERGENCE_LAYERS: Final = {0x0: "no credit-based flow control", 0xE: "credits accepted", 0xF: "credits asked for"}
BAUD_RATES: Final = {
    0: "2400 bit/s",
    1: "4800 bit/s",
    2: "7200 bit/s",
    3: "9600 bit/s",
    4: "19200 bit/s",
    5: "38400 bit/s",
    6: "57600 bit/s",
    7: "115200 bit/s",
    8: "230400 bit/s",
}
DATA_BITS: Final = {0: "5 bits", 1: "6 bits", 2: "7 bits", 3: "8 bits"}
STOP_BITS: Final = {0: "1 stop bit", 1: "1.5 stop bits"}
PARITIES: Final = {0: "no parity", 1: "parity"}
PARITY_TYPES: Final = {0: "odd", 1: "even", 2: "mark", 3: "space"}
FLOW_CONTROLS: Final = ["XON/XOFF input", "XON/XOFF output", "RTR input", "RTR output", "RTC input", "RTC output"]
LINE_ERRORS: Final = {0: "none", 1: "overrun", 2: "parity", 4: "framing"}


def control_name(control: int) -> str:
    """The type of a frame, whatever its P/F bit."""
    return FRAMES.get(control & ~POLL_FINAL) or f"frame 0x{control:02X}"
