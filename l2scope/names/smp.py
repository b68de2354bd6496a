"""Names of Security Manager commands and reasons (Core Specification, Vol 3 Part H 3.5)."""

from typing import Final

CODES: Final = {
    0x01: "Pairing Request",
    0x02: "Pairing Response",
    0x03: "Pairing Confirm",
    0x04: "Pairing Random",
    0x05: "Pairing Failed",
    0x06: "Encryption Information",
    0x07: "Central Identification",
    0x08: "Identity Information",
    0x09: "Identity Address Information",
    0x0A: "Signing Information",
    0x0B: "Security Request",
    0x0C: "Pairing Public Key",
    0x0D: "Pairing DHKey Check",
    0x0E: "Pairing Keypress Notification",
}

REASONS: Final = {
    0x01: "Passkey Entry Failed",
    0x02: "OOB Not Available",
    0x03: "Authentication Requirements",
    0x04: "Confirm Value Failed",
    0x05: "Pairing Not Supported",
    0x06: "Encryption Key Size",
    0x07: "Command Not Supported",
    0x08: "Unspecified Reason",
    0x09: "Repeated Attempts",
    0x0A: "Invalid Parameters",
    0x0B: "DHKey Check Failed",
    0x0C: "Numeric Comparison Failed",
    0x0D: "BR/EDR Pairing In Progress",
    0x0E: "Cross-transport Key Derivation/Generation Not Allowed",
    0x0F: "Key Rejected",
    0x10: "Busy",
}

IO_CAPABILITIES: Final = {
    0: "DisplayOnly",
    1: "DisplayYesNo",
    2: "KeyboardOnly",
    3: "NoInputNoOutput",
    4: "KeyboardDisplay",
}
KEYPRESSES: Final = {
    0: "passkey entry started",
    1: "passkey digit entered",
    2: "passkey digit erased",
    3: "passkey cleared",
    4: "passkey entry completed",
}


def code_name(code: int) -> str:
    """The name of a Security Manager command."""
    return CODES.get(code) or f"Command 0x{code:02X}"


def reason_name(reason: int) -> str:
    """Why a pairing failed."""
    return REASONS.get(reason) or f"reason 0x{reason:02X}"
