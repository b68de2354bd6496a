"""HIDP messages (Human Interface Device Profile 1.1.1, section 3) and boot reports (HID 1.11, appendix B)."""

import pytest

from tests.dissection.fields import values
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm, parameters

CONTROL, INTERRUPT = 0x0011, 0x0013


def test_what_was_typed_and_moved() -> None:
    """Every report as the script means it, and that of no known form as its bytes."""
    reports = content("classic_input")["hid"]["reports"]
    shown = fields("classic_input", INTERRUPT, "rx")
    assert [field.value for field in shown] == [f"DATA, input, {report['means']}" for report in reports]
    assert values(shown[-1])["Report"] == bytes.fromhex(reports[-1]["report"]).hex(" ")
    assert [field.value for field in fields("classic_input", INTERRUPT, "tx")] == ["DATA, output, LEDs Caps Lock"]


def test_what_was_asked_and_answered() -> None:
    """Requests, the handshakes that answer them, and control operations."""
    truth = content("classic_input")["hid"]
    sent, received = (fields("classic_input", CONTROL, way) for way in ("tx", "rx"))
    shown = [field.value for field in received if "HANDSHAKE" in field.value]
    assert shown == [f"HANDSHAKE, {result}" for result in truth["handshakes"]]
    shown = [field.value for field in sent if "HID_CONTROL" in field.value]
    assert shown == [f"HID_CONTROL, {operation}" for operation in truth["operations"]]


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        ("03", "HANDSHAKE, ERR_UNSUPPORTED_REQUEST", {"Result code": "ERR_UNSUPPORTED_REQUEST (0x03)"}),
        ("15", "HID_CONTROL, VIRTUAL_CABLE_UNPLUG", {"Control operation": "VIRTUAL_CABLE_UNPLUG (0x05)"}),
        (
            "41 07",
            "GET_REPORT, input, 1 byte",
            {"Size": "0", "Reserved bit": "0", "Report type": "input (0x01)", "Report ID": "7"},
        ),
        ("43", "GET_REPORT, feature", {"Size": "0", "Reserved bit": "0", "Report type": "feature (0x03)"}),
        (
            "4a 07 4000",
            "GET_REPORT, output, 3 bytes",
            {"Size": "1", "Reserved bit": "0", "Report type": "output (0x02)", "Report ID": "7", "Buffer size": "64"},
        ),
        (
            "49 4000",
            "GET_REPORT, input, 2 bytes",
            {"Size": "1", "Reserved bit": "0", "Report type": "input (0x01)", "Buffer size": "64"},
        ),
        (
            "53 0102",
            "SET_REPORT, feature, 2 bytes",
            {"Reserved bits": "0", "Report type": "feature (0x03)", "Report": "01 02"},
        ),
        ("60", "GET_PROTOCOL", {"Parameter": "0"}),
        ("70", "SET_PROTOCOL, boot", {"Protocol reserved": "0", "Protocol": "boot (0x00)"}),
        ("71", "SET_PROTOCOL, report", {"Protocol reserved": "0", "Protocol": "report (0x01)"}),
        ("90 04", "SET_IDLE, 1 byte", {"Parameter": "0", "Idle rate": "4"}),
        ("b1 0102", "DATC, input, 2 bytes", {"Reserved bits": "0", "Report type": "input (0x01)", "Report": "01 02"}),
        ("c0 01", "transaction 0xC, 1 byte", {"Parameter": "0", "Bytes": "01"}),
    ],
)
def test_messages(data: str, summary: str, expected: dict[str, str]) -> None:
    """The bits that go with each transaction."""
    field = by_psm(CONTROL, data)
    assert field.value == summary
    assert parameters(field, "Transaction type") == expected


@pytest.mark.parametrize(
    "data",
    [
        "a1 01 00 01 04 00 00 00 00 00",  # the reserved byte is not zero
        "a1 01 00 00 e8 00 00 00 00 00",  # no key of the page
        "a1 01 00 00 04 00 00 00 00",  # a byte too short
        "a1 03 00 00 04 00 00 00 00 00",  # the id of no boot report
        "a2 01 00 00 04 00 00 00 00 00",  # an output report of that size
        "b1 01 00 00 04 00 00 00 00 00",  # the rest of a longer report
        "a1 02 01 00 00 00",  # a mouse with a wheel: its descriptor says what is where
    ],
)
def test_reports_that_are_no_boot_reports(data: str) -> None:
    """Only those that fit to the byte are taken for one."""
    field = by_psm(INTERRUPT, data)
    assert values(field)["Report"] == bytes.fromhex(data)[1:].hex(" ")
