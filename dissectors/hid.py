# mypy: allow-subclassing-any, no-warn-return-any
# ruff: noqa: RUF012  (scapy wants fields_desc as a plain list)
"""The Bluetooth HID Protocol (Human Interface Device Profile 1.1.1, section 3): control channel and interrupt channel.

What a report means is in the descriptor that the device has in its service record, which a layer does not see. Reports
of the boot protocol have fixed ids and sizes (3.3.2): a report that is one to the byte is shown as that.
"""

from collections.abc import Callable

from scapy.fields import (
    BitEnumField,
    BitField,
    ByteEnumField,
    ByteField,
    FieldListField,
    FlagsField,
    LEShortField,
    SignedByteField,
)
from scapy.packet import Packet, Raw

from l2scope.dissection import Dissector, on_psm
from l2scope.names import hid

from ._fields import Value, layer
from ._lists import counted, unless_empty, when

HANDSHAKE, CONTROL = 0x0, 0x1
GET_REPORT, SET_REPORT, GET_PROTOCOL, SET_PROTOCOL, GET_IDLE, SET_IDLE, DATA, DATC = range(0x4, 0xC)
WITH_REPORT = (SET_REPORT, DATA, DATC)
WITH_PARAMETER = (HANDSHAKE, CONTROL, GET_REPORT, SET_PROTOCOL, *WITH_REPORT)
INPUT, OUTPUT = 1, 2
KEYBOARD, MOUSE = 1, 2
KEYBOARD_SIZE, MOUSE_SIZE, LEDS_SIZE = 9, 4, 2
LAST_KEY = 0xE7


class KeyboardReport(Packet):
    """The boot report of a keyboard (HID 1.11, appendix B.1)."""

    name = "Keyboard report"
    fields_desc = [
        ByteEnumField("report_ID", KEYBOARD, hid.BOOT_REPORTS),
        FlagsField("modifiers", 0, 8, hid.MODIFIERS),
        ByteField("reserved", 0),
        FieldListField("keys", [], ByteEnumField("", 0, hid.KEYS), count_from=lambda packet: 6),
    ]

    def pressed(self) -> str:
        held = [str(self.modifiers).replace("+", ", ")] if self.modifiers else []
        keys = [hid.KEYS.get(key, f"key 0x{key:02X}") for key in self.keys if key]
        return ", ".join(held + keys) or "no key"


class MouseReport(Packet):
    """The boot report of a mouse (HID 1.11, appendix B.2)."""

    name = "Mouse report"
    fields_desc = [
        ByteEnumField("report_ID", MOUSE, hid.BOOT_REPORTS),
        FlagsField("buttons", 0, 8, hid.BUTTONS),
        SignedByteField("x", 0),
        SignedByteField("y", 0),
    ]

    def pressed(self) -> str:
        return f"{self.buttons or 'no button'}, moved {self.x}, {self.y}"


Leds: type[Packet] = layer(
    "Keyboard LEDs", ByteEnumField("report_ID", KEYBOARD, hid.BOOT_REPORTS), FlagsField("LEDs", 0, 8, hid.LEDS)
)
Report: type[Packet] = layer("Report", Value("report", b""))


class GetReport(Packet):
    """The id of a report, for devices that have several, and the size of the buffer if the header says so (3.1.2.3)."""

    name = "GET_REPORT"
    fields_desc = [
        *when(lambda packet: packet.has_id(), ByteField("report_ID", 0)),
        *when(lambda packet: packet.underlayer is not None and packet.underlayer.size, LEShortField("buffer_size", 0)),
    ]

    def has_id(self) -> bool:
        size = 2 if self.underlayer is not None and self.underlayer.size else 0
        return len(self.original) > size


PARAMETERS: dict[int, type[Packet]] = {
    GET_REPORT: GetReport,
    GET_IDLE: layer("Idle", ByteField("idle_rate", 0)),
    SET_IDLE: layer("Idle", ByteField("idle_rate", 0)),
}


def has_type(*types: int) -> Callable[[Packet], bool]:
    return lambda packet: packet.transaction_type in types


class Message(Packet):
    """The header: a transaction and four bits that depend on it (3.1.1)."""

    name = "HIDP"
    fields_desc = [
        BitEnumField("transaction_type", 0, 4, hid.TRANSACTIONS),
        *when(has_type(HANDSHAKE), BitEnumField("result_code", 0, 4, hid.RESULTS)),
        *when(has_type(CONTROL), BitEnumField("control_operation", 0, 4, hid.OPERATIONS)),
        *when(has_type(GET_REPORT), BitField("size", 0, 1), BitField("reserved_bit", 0, 1)),
        *when(has_type(*WITH_REPORT), BitField("reserved_bits", 0, 2)),
        *when(has_type(GET_REPORT, *WITH_REPORT), BitEnumField("report_type", 0, 2, hid.REPORTS)),
        *when(
            has_type(SET_PROTOCOL), BitField("protocol_reserved", 0, 3), BitEnumField("protocol", 0, 1, hid.PROTOCOLS)
        ),
        *when(lambda packet: packet.transaction_type not in WITH_PARAMETER, BitField("parameter", 0, 4)),
    ]

    def guess_payload_class(self, payload: bytes) -> type[Packet]:
        if self.transaction_type in WITH_REPORT:
            return report_kind(self.transaction_type, self.report_type, payload)
        return PARAMETERS.get(self.transaction_type, Raw)


def report_kind(transaction: int, report_type: int, report: bytes) -> type[Packet]:
    """The boot report that fits to the byte; DATC goes on with what another message began."""
    if transaction == DATC:
        return Report
    if report_type == INPUT and is_keyboard(report):
        return KeyboardReport
    if report_type == INPUT and report[0] == MOUSE and len(report) == MOUSE_SIZE:
        return MouseReport
    if report_type == OUTPUT and report[0] == KEYBOARD and len(report) == LEDS_SIZE:
        return Leds
    return Report


def is_keyboard(report: bytes) -> bool:
    sized = report[0] == KEYBOARD and len(report) == KEYBOARD_SIZE
    return sized and report[2] == 0 and all(key <= LAST_KEY for key in report[3:])


def summary(packet: Packet) -> str:
    """The transaction, and what it says."""
    found, below = packet.fields, packet.payload
    parts = [hid.TRANSACTIONS.get(packet.transaction_type, f"transaction 0x{packet.transaction_type:X}")]
    for name, names in (
        ("result_code", hid.RESULTS),
        ("control_operation", hid.OPERATIONS),
        ("protocol", hid.PROTOCOLS),
        ("report_type", hid.REPORTS),
    ):
        if found.get(name) is not None:
            parts.append(names.get(found[name], f"0x{found[name]:X}"))
    if isinstance(below, KeyboardReport | MouseReport):
        parts.append(below.pressed())
    elif isinstance(below, Leds):
        parts.append(f"LEDs {below.LEDs or 'off'}")
    elif below:
        parts.append(counted(len(below.original), "byte"))
    return ", ".join(parts)


PARTS: tuple[type, ...] = (KeyboardReport, MouseReport, Leds, Report, *PARAMETERS.values())


def dissector(name: str, psm: int, title: str) -> Dissector:
    return Dissector(
        name=name, layer=Message, on=on_psm(psm), title=title, flat=True, summary=unless_empty(summary), parts=PARTS
    )


DISSECTORS = [
    dissector("hid_control", 0x0011, "HID control"),
    dissector("hid_interrupt", 0x0013, "HID interrupt"),
]
