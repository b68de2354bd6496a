"""A keyboard with a pointing stick: the HID profile on both of its channels."""

import asyncio

from bumble import core, hid, sdp
from bumble.sdp import DataElement, ServiceAttribute

from tests.generate.classic_stack import ClassicStack
from tests.generate.truth import Sample

RECORD_HANDLE = 0x00010004
NAME = "Gadget keyboard"
KEYBOARD, MOUSE = 1, 2
LEFT_SHIFT = 0x02
CAPS_LOCK = 0x02
KEY_H, KEY_I, ENTER = 0x0B, 0x0C, 0x28
GET_IDLE = 0x80

# What is typed: "Hi" and Enter, in boot reports (HID 1.11, appendix B).
TYPED = (
    ("left Shift, H", bytes((KEYBOARD, LEFT_SHIFT, 0, KEY_H, 0, 0, 0, 0, 0))),
    ("no key", bytes((KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0))),
    ("I", bytes((KEYBOARD, 0, 0, KEY_I, 0, 0, 0, 0, 0))),
    ("I, Enter", bytes((KEYBOARD, 0, 0, KEY_I, ENTER, 0, 0, 0, 0))),
    ("no key", bytes((KEYBOARD, 0, 0, 0, 0, 0, 0, 0, 0))),
)
MOVED = (("no button, moved 3, -2", bytes((MOUSE, 0, 3, 0xFE))), ("left, moved 0, 0", bytes((MOUSE, 1, 0, 0))))
VENDOR_REPORT = bytes((7, 0xDE, 0xAD, 0xBE, 0xEF))


async def classic_input() -> list[Sample]:
    """The phone sets the keyboard up, hears it type and move, sets its lights and asks for what it has not."""
    stack = ClassicStack()
    stack.gadget.sdp_service_records = {RECORD_HANDLE: record()}
    keyboard, host = hid.Device(stack.gadget), hid.Host(stack.phone)
    answer(keyboard)
    await stack.connect()
    await look_up(stack)
    await host.connect_control_channel()
    await host.connect_interrupt_channel()
    await asyncio.sleep(0.05)
    await set_up(host)
    reports = [*TYPED, *MOVED, ("5 bytes", VENDOR_REPORT)]
    for _, report in reports:
        keyboard.send_data(report)
        await asyncio.sleep(0.03)
    host.send_data(bytes((KEYBOARD, CAPS_LOCK)))
    await asyncio.sleep(0.05)
    host.suspend()
    host.exit_suspend()
    host.virtual_cable_unplug()
    await asyncio.sleep(0.05)
    await host.disconnect_interrupt_channel()
    await host.disconnect_control_channel()
    await asyncio.sleep(0.05)
    await stack.disconnect()
    truth: dict[str, object] = {
        "reports": [{"means": means, "report": report.hex()} for means, report in reports],
        "handshakes": ["SUCCESSFUL", "SUCCESSFUL", "ERR_INVALID_REPORT_ID", "ERR_UNSUPPORTED_REQUEST"],
        "operations": ["SUSPEND", "EXIT_SUSPEND", "VIRTUAL_CABLE_UNPLUG"],
    }
    return [stack.phone_sample("classic_input", {"sdp": {"name": NAME}, "hid": truth})]


def record() -> list[ServiceAttribute]:
    """What the keyboard says of itself (HID profile, 5.3)."""
    number, sequence, uuid = DataElement.unsigned_integer_16, DataElement.sequence, DataElement.uuid
    control = sequence([uuid(core.BT_L2CAP_PROTOCOL_ID), number(hid.HID_CONTROL_PSM)])
    interrupt = sequence([uuid(core.BT_L2CAP_PROTOCOL_ID), number(hid.HID_INTERRUPT_PSM)])
    profile = sequence([uuid(core.BT_HUMAN_INTERFACE_DEVICE_SERVICE), number(0x0101)])
    protocol = sequence([uuid(core.BT_HIDP_PROTOCOL_ID)])
    return [
        ServiceAttribute(0x0000, DataElement.unsigned_integer_32(RECORD_HANDLE)),
        ServiceAttribute(0x0001, sequence([uuid(core.BT_HUMAN_INTERFACE_DEVICE_SERVICE)])),
        ServiceAttribute(0x0004, sequence([control, protocol])),
        ServiceAttribute(0x0005, sequence([uuid(sdp.SDP_PUBLIC_BROWSE_ROOT)])),
        ServiceAttribute(0x0009, sequence([profile])),
        ServiceAttribute(0x000D, sequence([sequence([interrupt, protocol])])),
        ServiceAttribute(0x0100, DataElement.text_string(NAME.encode())),
        ServiceAttribute(0x0202, DataElement.unsigned_integer_8(0xC0)),
        ServiceAttribute(0x0204, DataElement.boolean(True)),
        ServiceAttribute(0x020E, DataElement.boolean(True)),
        ServiceAttribute(0x020C, number(3200)),
    ]


def answer(keyboard: hid.Device) -> None:
    """The keyboard knows two reports, and both protocols."""
    status, results = keyboard.GetSetStatus, keyboard.GetSetReturn

    def get_report(report_id: int, report_type: int, size: int) -> hid.Device.GetSetStatus:
        if report_id != KEYBOARD:
            return status(status=results.REPORT_ID_NOT_FOUND)
        return status(data=bytes(8), status=results.SUCCESS)

    keyboard.register_get_report_cb(get_report)
    keyboard.register_set_report_cb(lambda *report: status(status=results.SUCCESS))
    keyboard.register_get_protocol_cb(lambda: status(data=b"\1", status=results.SUCCESS))
    keyboard.register_set_protocol_cb(lambda protocol: status(status=results.SUCCESS))


async def look_up(stack: ClassicStack) -> None:
    """All that the keyboard says of itself, in responses of at most 64 bytes."""
    client = sdp.Client(stack.connection, mtu=64)
    await client.connect()
    await client.search_attributes([core.BT_HUMAN_INTERFACE_DEVICE_SERVICE], [sdp.SDP_ALL_ATTRIBUTES_RANGE])
    await client.disconnect()


async def set_up(host: hid.Host) -> None:
    """Each request once, with those that the keyboard refuses."""
    requests = (
        host.get_protocol,
        lambda: host.set_protocol(0),
        lambda: host.set_report(2, bytes((KEYBOARD, CAPS_LOCK))),
        lambda: host.get_report(1, KEYBOARD, 0),
        lambda: host.get_report(1, 9, 64),
        lambda: host.send_pdu_on_ctrl(bytes((GET_IDLE,))),
    )
    for request in requests:
        request()
        await asyncio.sleep(0.02)
