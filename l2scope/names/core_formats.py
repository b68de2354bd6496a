"""The values of attributes that the Core Specification and HID define (Vol 3 Part C 12, Part G 3.3.3 and 7; HIDS 2, 3).

A row is a field: its name, its kind, its unit, its factors, when it is present, what single values mean.

* Kinds are those of the GATT Specification Supplement 2: uint8 to uint64, sint8 to sint64, medfloat16 and medfloat32,
  float32, boolean[n] (flags of n bits), utf8s; besides bytesN, bytes* (the rest), kind* (as many as there are), kind?
  (present where bytes are left), gatt_uuid, @XXXX (the value of another characteristic), appearance.
* Factors are M,d,b: the number times M * 10**d * 2**b has the unit.
* "bit=value" says on which bit of the first flags a field depends.
"""

from typing import Final

Row = tuple[str, str, str, str, str, dict[int, str]]

OFF_ON: Final = {0: "no", 1: "yes"}
VENDOR_SOURCES: Final = {1: "Bluetooth SIG", 2: "USB Implementer's Forum"}
REPORT_TYPES: Final = {1: "input", 2: "output", 3: "feature"}

CORE_FORMATS: Final[dict[int, tuple[Row, ...]]] = {
    0x2900: (("Properties", "boolean[16]", "", "", "", {0: "reliable write", 1: "writable auxiliaries"}),),
    0x2901: (("Description", "utf8s", "", "", "", {}),),
    0x2902: (("Configuration", "boolean[16]", "", "", "", {0: "notify", 1: "indicate"}),),
    0x2903: (("Configuration", "boolean[16]", "", "", "", {0: "broadcast"}),),
    0x2904: (
        ("Format", "uint8", "", "", "", {}),
        ("Exponent", "sint8", "", "", "", {}),
        ("Unit", "uint16", "", "", "", {}),
        ("Name space", "uint8", "", "", "", {}),
        ("Description", "uint16", "", "", "", {}),
    ),
    0x2907: (("External report", "gatt_uuid", "", "", "", {}),),
    0x2908: (("Report ID", "uint8", "", "", "", {}), ("Report type", "uint8", "", "", "", REPORT_TYPES)),
    0x2A00: (("Name", "utf8s", "", "", "", {}),),
    0x2A01: (("Appearance", "appearance", "", "", "", {}),),
    0x2A02: (("Privacy", "uint8", "", "", "", OFF_ON),),
    0x2A04: (
        ("Minimum interval", "uint16", "ms", "125,-2,0", "", {0xFFFF: "no specific minimum"}),
        ("Maximum interval", "uint16", "ms", "125,-2,0", "", {0xFFFF: "no specific maximum"}),
        ("Latency", "uint16", "", "", "", {}),
        ("Supervision timeout", "uint16", "ms", "1,1,0", "", {0xFFFF: "no specific value"}),
    ),
    0x2A05: (("First handle", "handle", "", "", "", {}), ("Last handle", "handle", "", "", "", {})),
    0x2A23: (("System ID", "bytes8", "", "", "", {}),),
    0x2A4A: (
        ("HID version", "version", "", "", "", {}),
        ("Country code", "uint8", "", "", "", {}),
        ("Flags", "boolean[8]", "", "", "", {0: "remote wake", 1: "normally connectable"}),
    ),
    0x2A4C: (("Command", "uint8", "", "", "", {0: "suspend", 1: "exit suspend"}),),
    0x2A4E: (("Protocol", "uint8", "", "", "", {0: "boot protocol", 1: "report protocol"}),),
    0x2A50: (
        ("Vendor ID source", "uint8", "", "", "", VENDOR_SOURCES),
        ("Vendor ID", "handle", "", "", "", {}),
        ("Product ID", "handle", "", "", "", {}),
        ("Product version", "version", "", "", "", {}),
    ),
    0x2AA6: (("Central address resolution", "uint8", "", "", "", {0: "not supported", 1: "supported"}),),
    0x2AC9: (("Resolvable private address only", "uint8", "", "", "", {0: "yes"}),),
    0x2B29: (
        (
            "Features",
            "boolean[8]*",
            "",
            "",
            "",
            {0: "robust caching", 1: "EATT", 2: "multiple handle value notifications"},
        ),
    ),
    0x2B2A: (("Hash", "bytes16", "", "", "", {}),),
    0x2B3A: (("Features", "boolean[8]*", "", "", "", {0: "EATT"}),),
}
