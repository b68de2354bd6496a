"""Names of the Human Interface Device Profile 1.1.1, section 3, and of keys (HID Usage Tables, page 0x07)."""

from typing import Final

TRANSACTIONS: Final = {
    0x0: "HANDSHAKE",
    0x1: "HID_CONTROL",
    0x4: "GET_REPORT",
    0x5: "SET_REPORT",
    0x6: "GET_PROTOCOL",
    0x7: "SET_PROTOCOL",
    0x8: "GET_IDLE",
    0x9: "SET_IDLE",
    0xA: "DATA",
    0xB: "DATC",
}
RESULTS: Final = {
    0x0: "SUCCESSFUL",
    0x1: "NOT_READY",
    0x2: "ERR_INVALID_REPORT_ID",
    0x3: "ERR_UNSUPPORTED_REQUEST",
    0x4: "ERR_INVALID_PARAMETER",
    0xE: "ERR_UNKNOWN",
    0xF: "ERR_FATAL",
}
OPERATIONS: Final = {
    0x0: "NOP",
    0x1: "HARD_RESET",
    0x2: "SOFT_RESET",
    0x3: "SUSPEND",
    0x4: "EXIT_SUSPEND",
    0x5: "VIRTUAL_CABLE_UNPLUG",
}
REPORTS: Final = {0: "other", 1: "input", 2: "output", 3: "feature"}
PROTOCOLS: Final = {0: "boot", 1: "report"}
# 3.3.2, the report ids of the boot protocol.
BOOT_REPORTS: Final = {1: "keyboard", 2: "mouse"}

MODIFIERS: Final = [
    "left Ctrl",
    "left Shift",
    "left Alt",
    "left GUI",
    "right Ctrl",
    "right Shift",
    "right Alt",
    "right GUI",
]
LEDS: Final = ["Num Lock", "Caps Lock", "Scroll Lock", "Compose", "Kana"]
BUTTONS: Final = ["left", "right", "middle"]

KEYS: Final = {
    0x00: "none",
    0x01: "too many keys",
    0x02: "POST failed",
    0x03: "error",
    **{0x04 + index: letter for index, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890")},
    0x28: "Enter",
    0x29: "Escape",
    0x2A: "Backspace",
    0x2B: "Tab",
    0x2C: "Space",
    0x2D: "-",
    0x2E: "=",
    0x2F: "[",
    0x30: "]",
    0x31: "\\",
    0x32: "#",
    0x33: ";",
    0x34: "'",
    0x35: "`",
    0x36: ",",
    0x37: ".",
    0x38: "/",
    0x39: "Caps Lock",
    **{0x3A + index: f"F{index + 1}" for index in range(12)},
    0x46: "Print Screen",
    0x47: "Scroll Lock",
    0x48: "Pause",
    0x49: "Insert",
    0x4A: "Home",
    0x4B: "Page Up",
    0x4C: "Delete",
    0x4D: "End",
    0x4E: "Page Down",
    0x4F: "Right",
    0x50: "Left",
    0x51: "Down",
    0x52: "Up",
    0x53: "Num Lock",
    **{0x54 + index: f"keypad {key}" for index, key in enumerate("/*-+")},
    0x58: "keypad Enter",
    **{0x59 + index: f"keypad {key}" for index, key in enumerate("1234567890.")},
    0x64: "non-US \\",
    0x65: "Application",
    0x66: "Power",
    **{0xE0 + index: name for index, name in enumerate(MODIFIERS)},
}
