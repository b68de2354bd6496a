"""Names of AVCTP 1.4, of AV/C frames (AV/C Digital Interface Command Set 4.1; Panel Subunit 1.1) and of AVRCP 1.6."""

from typing import Final

PACKET_TYPES: Final = {0: "single", 1: "start", 2: "continue", 3: "end"}
DIRECTIONS: Final = {0: "command", 1: "response"}
PROFILES: Final = {0x110C: "A/V Remote Control Target", 0x110E: "A/V Remote Control"}

# Up to 7 of a command, above of a response.
CTYPES: Final = {
    0x0: "CONTROL",
    0x1: "STATUS",
    0x2: "SPECIFIC INQUIRY",
    0x3: "NOTIFY",
    0x4: "GENERAL INQUIRY",
    0x8: "NOT IMPLEMENTED",
    0x9: "ACCEPTED",
    0xA: "REJECTED",
    0xB: "IN TRANSITION",
    0xC: "IMPLEMENTED/STABLE",
    0xD: "CHANGED",
    0xF: "INTERIM",
}
FIRST_RESPONSE: Final = 0x8
NOT_IMPLEMENTED: Final = 0x8
REJECTED: Final = 0xA
SUBUNITS: Final = {
    0x00: "monitor",
    0x01: "audio",
    0x02: "printer",
    0x03: "disc",
    0x04: "tape recorder or player",
    0x05: "tuner",
    0x06: "CA",
    0x07: "camera",
    0x09: "panel",
    0x0A: "bulletin board",
    0x1C: "vendor unique",
    0x1E: "extended",
    0x1F: "unit",
}
VENDOR_DEPENDENT: Final = 0x00
UNIT_INFO: Final = 0x30
SUBUNIT_INFO: Final = 0x31
PASS_THROUGH: Final = 0x7C
OPCODES: Final = {
    VENDOR_DEPENDENT: "VENDOR DEPENDENT",
    0x01: "RESERVE",
    0x02: "PLUG INFO",
    0x10: "DIGITAL OUTPUT",
    0x11: "DIGITAL INPUT",
    0x12: "CHANNEL USAGE",
    0x18: "OUTPUT PLUG SIGNAL FORMAT",
    0x19: "INPUT PLUG SIGNAL FORMAT",
    0x1F: "GENERAL BUS SETUP",
    0x20: "CONNECT AV",
    0x21: "DISCONNECT AV",
    0x22: "CONNECTIONS",
    0x24: "CONNECT",
    0x25: "DISCONNECT",
    UNIT_INFO: "UNIT INFO",
    SUBUNIT_INFO: "SUBUNIT INFO",
    PASS_THROUGH: "PASS THROUGH",
    0x7D: "GUI UPDATE",
    0x7E: "PUSH GUI DATA",
    0x7F: "USER ACTION",
    0xB0: "VERSION",
    0xB2: "POWER",
}
KEY_STATES: Final = {0: "pressed", 1: "released"}
OPERATIONS: Final = {
    **dict(enumerate(("select", "up", "down", "left", "right", "right-up", "right-down", "left-up", "left-down"))),
    0x09: "root menu",
    0x0A: "setup menu",
    0x0B: "contents menu",
    0x0C: "favorite menu",
    0x0D: "exit",
    **{0x20 + digit: f"{digit}" for digit in range(10)},
    0x2A: "dot",
    0x2B: "enter",
    0x2C: "clear",
    0x30: "channel up",
    0x31: "channel down",
    0x32: "previous channel",
    0x33: "sound select",
    0x34: "input select",
    0x35: "display information",
    0x36: "help",
    0x37: "page up",
    0x38: "page down",
    0x40: "power",
    0x41: "volume up",
    0x42: "volume down",
    0x43: "mute",
    0x44: "play",
    0x45: "stop",
    0x46: "pause",
    0x47: "record",
    0x48: "rewind",
    0x49: "fast forward",
    0x4A: "eject",
    0x4B: "forward",
    0x4C: "backward",
    0x50: "angle",
    0x51: "subpicture",
    **{0x71 + number: f"F{number + 1}" for number in range(5)},
    0x7E: "vendor unique",
}

BLUETOOTH_SIG: Final = 0x001958
COMPANIES: Final = {BLUETOOTH_SIG: "Bluetooth SIG"}
PDUS: Final = {
    0x10: "Get Capabilities",
    0x11: "List Player Application Setting Attributes",
    0x12: "List Player Application Setting Values",
    0x13: "Get Current Player Application Setting Value",
    0x14: "Set Player Application Setting Value",
    0x15: "Get Player Application Setting Attribute Text",
    0x16: "Get Player Application Setting Value Text",
    0x17: "Inform Displayable Character Set",
    0x18: "Inform Battery Status Of CT",
    0x20: "Get Element Attributes",
    0x30: "Get Play Status",
    0x31: "Register Notification",
    0x40: "Request Continuing Response",
    0x41: "Abort Continuing Response",
    0x50: "Set Absolute Volume",
    0x60: "Set Addressed Player",
    0x70: "Set Browsed Player",
    0x71: "Get Folder Items",
    0x72: "Change Path",
    0x73: "Get Item Attributes",
    0x74: "Play Item",
    0x75: "Get Total Number Of Items",
    0x80: "Search",
    0x90: "Add To Now Playing",
    0xA0: "General Reject",
}
COMPANY_ID, EVENTS_SUPPORTED = 2, 3
CAPABILITIES: Final = {COMPANY_ID: "companies", EVENTS_SUPPORTED: "events"}
EVENTS: Final = {
    0x01: "Playback Status Changed",
    0x02: "Track Changed",
    0x03: "Track Reached End",
    0x04: "Track Reached Start",
    0x05: "Playback Position Changed",
    0x06: "Battery Status Changed",
    0x07: "System Status Changed",
    0x08: "Player Application Setting Changed",
    0x09: "Now Playing Content Changed",
    0x0A: "Available Players Changed",
    0x0B: "Addressed Player Changed",
    0x0C: "UIDs Changed",
    0x0D: "Volume Changed",
}
MEDIA_ATTRIBUTES: Final = {
    1: "title",
    2: "artist",
    3: "album",
    4: "track number",
    5: "number of tracks",
    6: "genre",
    7: "playing time",
    8: "default cover art",
}
PLAY_STATUSES: Final = {0: "stopped", 1: "playing", 2: "paused", 3: "forward seek", 4: "reverse seek", 0xFF: "error"}
BATTERY_STATUSES: Final = {0: "normal", 1: "warning", 2: "critical", 3: "external", 4: "full charge"}
SYSTEM_STATUSES: Final = {0: "power on", 1: "power off", 2: "unplugged"}
SETTINGS: Final = {1: "equalizer", 2: "repeat mode", 3: "shuffle", 4: "scan"}
CHARACTER_SETS: Final = {3: "US-ASCII", 4: "ISO-8859-1", 106: "UTF-8", 1013: "UTF-16BE", 1015: "UTF-16"}
SCOPES: Final = {0: "media player list", 1: "virtual filesystem", 2: "search", 3: "now playing"}
PATHS: Final = {0: "folder up", 1: "folder down"}
ITEMS: Final = {1: "media player", 2: "folder", 3: "media element"}
# 6.10.2, of items. The types of a player from the lowest bit.
PLAYER_TYPES: Final = ["audio", "video", "broadcasting audio", "broadcasting video"]
FOLDERS: Final = {0: "mixed", 1: "titles", 2: "albums", 3: "artists", 4: "genres", 5: "playlists", 6: "years"}
MEDIA_TYPES: Final = {0: "audio", 1: "video"}
STATUSES: Final = {
    0x00: "invalid command",
    0x01: "invalid parameter",
    0x02: "parameter content error",
    0x03: "internal error",
    0x04: "operation completed",
    0x05: "UID changed",
    0x07: "invalid direction",
    0x08: "not a directory",
    0x09: "does not exist",
    0x0A: "invalid scope",
    0x0B: "range out of bounds",
    0x0C: "folder item is not playable",
    0x0D: "media in use",
    0x0E: "now playing list full",
    0x0F: "search not supported",
    0x10: "search in progress",
    0x11: "invalid player id",
    0x12: "player not browsable",
    0x13: "player not addressed",
    0x14: "no valid search results",
    0x15: "no available players",
    0x16: "addressed player changed",
}


def pdu_name(pdu: int) -> str:
    """The name of an AVRCP PDU by its id."""
    return PDUS.get(pdu) or f"PDU 0x{pdu:02X}"


def opcode_name(opcode: int) -> str:
    """The name of an AV/C operation code."""
    return OPCODES.get(opcode) or f"opcode 0x{opcode:02X}"
