"""Names of the Service Discovery Protocol (Core Specification, Vol 3 Part B), of its attributes, and of the UUIDs that
services and protocols have in it (Bluetooth Assigned Numbers 3.2, 3.3 and 5)."""

from typing import Final

from l2scope.names import uuids

PDUS: Final = {
    0x01: "Error Response",
    0x02: "Service Search Request",
    0x03: "Service Search Response",
    0x04: "Service Attribute Request",
    0x05: "Service Attribute Response",
    0x06: "Service Search Attribute Request",
    0x07: "Service Search Attribute Response",
}
ERRORS: Final = {
    0x0001: "invalid or unsupported SDP version",
    0x0002: "invalid service record handle",
    0x0003: "invalid request syntax",
    0x0004: "invalid PDU size",
    0x0005: "invalid continuation state",
    0x0006: "insufficient resources to satisfy request",
}
ELEMENTS: Final = {
    0: "nil",
    1: "unsigned integer",
    2: "signed integer",
    3: "UUID",
    4: "text",
    5: "boolean",
    6: "sequence",
    7: "alternative",
    8: "URL",
}

PROTOCOLS: Final = {
    0x0001: "SDP",
    0x0002: "UDP",
    0x0003: "RFCOMM",
    0x0004: "TCP",
    0x0005: "TCS-BIN",
    0x0006: "TCS-AT",
    0x0007: "ATT",
    0x0008: "OBEX",
    0x0009: "IP",
    0x000A: "FTP",
    0x000C: "HTTP",
    0x000E: "WSP",
    0x000F: "BNEP",
    0x0010: "UPnP",
    0x0011: "HIDP",
    0x0012: "Hardcopy Control Channel",
    0x0014: "Hardcopy Data Channel",
    0x0016: "Hardcopy Notification",
    0x0017: "AVCTP",
    0x0019: "AVDTP",
    0x001B: "CMTP",
    0x001E: "MCAP Control Channel",
    0x001F: "MCAP Data Channel",
    0x0100: "L2CAP",
}
SERVICE_CLASSES: Final = {
    0x1000: "Service Discovery Server",
    0x1001: "Browse Group Descriptor",
    0x1002: "Public Browse Root",
    0x1101: "Serial Port",
    0x1102: "LAN Access Using PPP",
    0x1103: "Dialup Networking",
    0x1104: "IrMC Sync",
    0x1105: "OBEX Object Push",
    0x1106: "OBEX File Transfer",
    0x1107: "IrMC Sync Command",
    0x1108: "Headset",
    0x1109: "Cordless Telephony",
    0x110A: "Audio Source",
    0x110B: "Audio Sink",
    0x110C: "A/V Remote Control Target",
    0x110D: "Advanced Audio Distribution",
    0x110E: "A/V Remote Control",
    0x110F: "A/V Remote Control Controller",
    0x1110: "Intercom",
    0x1111: "Fax",
    0x1112: "Headset Audio Gateway",
    0x1113: "WAP",
    0x1114: "WAP Client",
    0x1115: "PANU",
    0x1116: "NAP",
    0x1117: "GN",
    0x1118: "Direct Printing",
    0x1119: "Reference Printing",
    0x111A: "Basic Imaging Profile",
    0x111B: "Imaging Responder",
    0x111C: "Imaging Automatic Archive",
    0x111D: "Imaging Referenced Objects",
    0x111E: "Hands-Free",
    0x111F: "Hands-Free Audio Gateway",
    0x1120: "Direct Printing Reference Objects",
    0x1121: "Reflected UI",
    0x1122: "Basic Printing",
    0x1123: "Printing Status",
    0x1124: "Human Interface Device",
    0x1125: "Hardcopy Cable Replacement",
    0x1126: "HCR Print",
    0x1127: "HCR Scan",
    0x1128: "Common ISDN Access",
    0x112D: "SIM Access",
    0x112E: "Phonebook Access PCE",
    0x112F: "Phonebook Access PSE",
    0x1130: "Phonebook Access",
    0x1131: "Headset HS",
    0x1132: "Message Access Server",
    0x1133: "Message Notification Server",
    0x1134: "Message Access Profile",
    0x1135: "GNSS",
    0x1136: "GNSS Server",
    0x1137: "3D Display",
    0x1138: "3D Glasses",
    0x1139: "3D Synchronization",
    0x113A: "MPS Profile",
    0x113B: "MPS SC",
    0x113C: "CTN Access Service",
    0x113D: "CTN Notification Service",
    0x113E: "CTN Profile",
    0x1200: "PnP Information",
    0x1201: "Generic Networking",
    0x1202: "Generic File Transfer",
    0x1203: "Generic Audio",
    0x1204: "Generic Telephony",
    0x1205: "UPnP Service",
    0x1206: "UPnP IP Service",
    0x1300: "ESDP UPnP IP PAN",
    0x1301: "ESDP UPnP IP LAP",
    0x1302: "ESDP UPnP L2CAP",
    0x1303: "Video Source",
    0x1304: "Video Sink",
    0x1305: "Video Distribution",
    0x1400: "HDP",
    0x1401: "HDP Source",
    0x1402: "HDP Sink",
}

ATTRIBUTES: Final = {
    0x0000: "Service Record Handle",
    0x0001: "Service Class ID List",
    0x0002: "Service Record State",
    0x0003: "Service ID",
    0x0004: "Protocol Descriptor List",
    0x0005: "Browse Group List",
    0x0006: "Language Base Attribute ID List",
    0x0007: "Service Info Time To Live",
    0x0008: "Service Availability",
    0x0009: "Bluetooth Profile Descriptor List",
    0x000A: "Documentation URL",
    0x000B: "Client Executable URL",
    0x000C: "Icon URL",
    0x000D: "Additional Protocol Descriptor Lists",
    # At the offsets 0 to 2 of the base that the language has; 0x0100 is that of the primary language.
    0x0100: "Service Name",
    0x0101: "Service Description",
    0x0102: "Provider Name",
}

_DEVICE_ID = {
    0x0200: "Specification ID",
    0x0201: "Vendor ID",
    0x0202: "Product ID",
    0x0203: "Version",
    0x0204: "Primary Record",
    0x0205: "Vendor ID Source",
}
_HID = {
    0x0200: "HID Device Release Number",
    0x0201: "HID Parser Version",
    0x0202: "HID Device Subclass",
    0x0203: "HID Country Code",
    0x0204: "HID Virtual Cable",
    0x0205: "HID Reconnect Initiate",
    0x0206: "HID Descriptor List",
    0x0207: "HID LANGID Base List",
    0x0208: "HID SDP Disable",
    0x0209: "HID Battery Power",
    0x020A: "HID Remote Wake",
    0x020B: "HID Profile Version",
    0x020C: "HID Supervision Timeout",
    0x020D: "HID Normally Connectable",
    0x020E: "HID Boot Device",
    0x020F: "HID SSR Host Max Latency",
    0x0210: "HID SSR Host Min Timeout",
}
_PAN = {
    0x0200: "IP Subnet",
    0x030A: "Security Description",
    0x030B: "Net Access Type",
    0x030C: "Max Net Access Rate",
    0x030D: "IPv4 Subnet",
    0x030E: "IPv6 Subnet",
}
_FEATURES = {0x0311: "Supported Features"}
_OBEX = {0x0200: "GOEP L2CAP PSM", 0x0300: "Service Version", 0x0303: "Supported Formats List"}
_MESSAGES = {
    0x0200: "GOEP L2CAP PSM",
    0x0315: "MAS Instance ID",
    0x0316: "Supported Message Types",
    0x0317: "MAP Supported Features",
}

# What the attributes from 0x0200 on mean depends on the first service class of the record.
ATTRIBUTES_OF: Final = {
    0x1200: _DEVICE_ID,
    0x1124: _HID,
    0x1115: _PAN,
    0x1116: _PAN,
    0x1117: _PAN,
    0x110A: _FEATURES,
    0x110B: _FEATURES,
    0x110C: _FEATURES,
    0x110E: _FEATURES,
    0x110F: _FEATURES,
    0x111E: _FEATURES,
    0x111F: {0x0301: "Network", **_FEATURES},
    0x1108: {0x0302: "Remote Audio Volume Control"},
    0x1131: {0x0302: "Remote Audio Volume Control"},
    0x1105: _OBEX,
    0x1106: _OBEX,
    0x112F: {0x0200: "GOEP L2CAP PSM", 0x0314: "Supported Repositories", 0x0317: "PBAP Supported Features"},
    0x1132: _MESSAGES,
    0x1133: _MESSAGES,
    0x1000: {0x0200: "Version Number List", 0x0201: "Service Database State"},
    0x1001: {0x0200: "Group ID"},
}


def pdu_name(pdu: int) -> str:
    """The name of a PDU by its id."""
    return PDUS.get(pdu) or f"PDU 0x{pdu:02X}"


def uuid_name(number: int) -> str:
    """What a UUID of 16 bits stands for in a service record, or an empty text."""
    name = PROTOCOLS.get(number) or SERVICE_CLASSES.get(number) or uuids.uuid16(number)
    return "" if name.startswith("0x") else name


def attribute_name(attribute: int, service_class: int | None = None) -> str:
    """The name of an attribute, or its number; those of a profile need the service class of their record."""
    own = ATTRIBUTES_OF.get(service_class, {}) if service_class is not None else {}
    return ATTRIBUTES.get(attribute) or own.get(attribute) or f"attribute 0x{attribute:04X}"
