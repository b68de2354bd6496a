"""The line of a single command, event or PDU, and that no bytes make one fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from l2scope.analysis.summary import duration_text
from l2scope.analysis.summary_att import att_line
from l2scope.analysis.summary_hci import command_line, event_line
from l2scope.analysis.summary_l2cap import signalling_line, smp_line
from l2scope.analysis.summary_monitor import monitor_line

ADDRESS = "0100010100aa"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "3e 13 01 00 4000 00 01 " + ADDRESS + " 1800 0000 f401 05",
            "LE Connection Complete, handle 64, central, random, AA:00:01:01:00:01, interval 30 ms, latency 0, "
            "timeout 5000 ms",
        ),
        ("3e 13 01 02" + "00" * 17, "LE Connection Complete, Unknown Connection Identifier"),
        (
            "3e 1f 0a 00 4000 01 00 " + ADDRESS + " 010203040506 000000000000 2800 0000 2a00 05",
            "LE Enhanced Connection Complete [v1], handle 64, peripheral, public, AA:00:01:01:00:01, "
            "private 06:05:04:03:02:01, interval 50 ms, latency 0, timeout 420 ms",
        ),
        ("05 04 00 4000 08", "Disconnection Complete, handle 64, Connection Timeout"),
        ("08 04 00 4000 01", "Encryption Change, handle 64, encryption on"),
        ("08 04 06 4000 00", "Encryption Change, PIN or Key Missing"),
        ("13 05 01 4000 0300", "Number Of Completed Packets, handle 64: 3"),
        (
            "3e 0b 07 4000 fb00 4808 1b00 4801",
            "LE Data Length Change, handle 64, tx 251 bytes 2120 µs, rx 27 bytes 328 µs",
        ),
        ("3e 06 0c 00 4000 02 03", "LE PHY Update Complete, handle 64, tx LE 2M, rx LE Coded"),
        ("0e 04 01 030c 00", "Command Complete: Reset"),
        ("0e 06 01 2220 02 4000", "Command Complete: LE Set Data Length, Unknown Connection Identifier"),
        ("0e 07 01 0220 00 fb00 08", "Command Complete: LE Read Buffer Size [v1], ACL 251 bytes, 8 packets"),
        ("0f 04 00 01 0d20", "Command Status: LE Create Connection, pending"),
        ("0f 04 0c 01 0d20", "Command Status: LE Create Connection, Command Disallowed"),
        (
            "3e 15 02 01 00 00 " + ADDRESS + " 09 020106 05094c616d70 c4",
            'LE Advertising Report, ADV_IND AA:00:01:01:00:01 "Lamp", RSSI -60 dBm',
        ),
        ("05 04 00 40", "Disconnection Complete, cut short"),
        ("05", "HCI Event cut short, 1 bytes"),
        ("3e 00", "LE Meta, cut short"),
        ("ff 01 07", "Vendor Specific"),
    ],
)
def test_events(data: str, expected: str) -> None:
    """An event says what happened to which connection; a failure is said instead of its values."""
    assert event_line(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("0604 03 4000 13", "Disconnect, handle 64, Remote User Terminated Connection"),
        ("2220 06 4000 fb00 4808", "LE Set Data Length, handle 64, 251 bytes, 2120 µs"),
        ("030c 00", "Reset"),
        ("2220 06 40", "LE Set Data Length, cut short"),
        ("22", "HCI Command cut short, 1 bytes"),
    ],
)
def test_commands(data: str, expected: str) -> None:
    """A command says what it asks for."""
    assert command_line(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (
            "14 05 0a00 9700 4000 0001 bc00 0200",
            "LE Credit Based Connection Request, SPSM 0x0097, SCID 0x0040, MTU 256, MPS 188, credits 2",
        ),
        (
            "15 05 0a00 4100 0001 bc00 0200 0000",
            "LE Credit Based Connection Response, successful, DCID 0x0041, MTU 256, MPS 188, credits 2",
        ),
        (
            "17 07 0c00 2700 4000 4000 0800 4000 4100",
            "Credit Based Connection Request, SPSM 0x0027 EATT, MTU 64, MPS 64, credits 8, SCIDs 0x0040 0x0041",
        ),
        (
            "18 07 0a00 4000 4000 0800 0400 4000",
            "Credit Based Connection Response, some refused: insufficient resources available, MTU 64, MPS 64, "
            "credits 8, DCIDs 0x0040",
        ),
        (
            "19 08 0800 0001 8000 4000 4100",
            "Credit Based Reconfigure Request, MTU 256, MPS 128, SCIDs 0x0040 0x0041",
        ),
        (
            "1a 08 0200 0100",
            "Credit Based Reconfigure Response, failed: reduction in size of MTU not allowed",
        ),
        ("16 06 0400 4000 0300", "Flow Control Credit Ind, CID 0x0040, credits 3"),
        ("03 01 0800 4100 4000 0000 0000", "Connection Response, successful, DCID 0x0041, SCID 0x0040"),
        ("06 02 0400 4100 4000", "Disconnection Request, DCID 0x0041, SCID 0x0040"),
        ("01 07 0200 0000", "Command Reject, command not understood"),
        (
            "08 01 0200 aabb 0a 02 0200 0200",
            "Echo Request, 2 bytes; Information Request, Extended Features",
        ),
        ("14 05 0a00 9700", "LE Credit Based Connection Request, cut short, 2 of 10 bytes"),
        ("14 05", "signalling command cut short, 2 bytes"),
        ("77 05 0100 ff", "Command 0x77, 1 bytes"),
        ("", "no command"),
    ],
)
def test_signalling(data: str, expected: str) -> None:
    """A command says all its parameters by name, the result first."""
    assert signalling_line(bytes.fromhex(data)) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("01 08 0100 0a", "Error Response, Attribute Not Found, Read By Type Request, handle 0x0001"),
        ("02 0502", "Exchange MTU Request, MTU 517"),
        ("08 0100 ffff 0328", "Read By Type Request, 0x0001..0xFFFF, Characteristic"),
        (
            "11 06 0100 0500 0018 0600 0900 0118",
            "Read By Group Type Response, 2 groups: 0x0001..0x0005 Generic Access, 0x0006..0x0009 Generic Attribute",
        ),
        ("05 01 0300 0229", "Find Information Response, 1 attribute: 0x0003 Client Characteristic Configuration"),
        ("09 03 0200 07 0300 08", "Read By Type Response, 2 attributes: 0x0002, 0x0003"),
        ("12 0300 0100", "Write Request, handle 0x0003, 2 bytes: 01 00"),
        ("1b 0300", "Handle Value Notification, handle 0x0003, empty value"),
        ("1b 0300" + "aa" * 244, "Handle Value Notification, handle 0x0003, 244 bytes: " + "aa " * 12 + "…"),
        ("0a 03", "Read Request, cut short"),
        ("1e", "Handle Value Confirmation"),
        ("3f 00", "Opcode 0x3F"),
        ("", "ATT PDU cut short, no bytes"),
    ],
)
def test_att(data: str, expected: str) -> None:
    """An ATT PDU says its handles, types and the beginning of its value."""
    assert att_line(bytes.fromhex(data)) == expected


def test_smp_and_monitor() -> None:
    """Pairing says its requirements; a monitor record its adapter or its text, fit to be shown."""
    assert smp_line(bytes.fromhex("01 03 00 0d 10 0f 0f")) == (
        "Pairing Request, NoInputNoOutput, bonding, MITM, Secure Connections, key size 16"
    )
    assert smp_line(b"\x05\x04") == "Pairing Failed, Confirm Value Failed"
    assert monitor_line(19, 3, b"") == "Close Index: hci3"
    assert monitor_line(22, 0, b"Linux \x1b[31mred\n\0") == "System Note: Linux \N{REPLACEMENT CHARACTER}[31mred"
    assert monitor_line(16, 0, b"\0") == "New Index: cut short"


@given(st.binary(max_size=64))
def test_no_bytes_make_a_line_fail(data: bytes) -> None:
    """Any bytes give one printable line, as a command, an event, a PDU or a record of any kind."""
    lines = [command_line(data), event_line(data), signalling_line(data), att_line(data), smp_line(data)]
    lines += [monitor_line(kind, 0, data) for kind in range(16, 30)]
    assert all(line and line.isprintable() for line in lines)


@given(st.sampled_from([0x3E, 0x0E, 0x13, 0x07]), st.binary(max_size=64))
def test_no_parameters_make_an_event_fail(code: int, parameters: bytes) -> None:
    """Counts and lengths inside events are not trusted."""
    assert event_line(bytes((code, len(parameters))) + parameters).isprintable()


@pytest.mark.parametrize(
    ("duration_ns", "expected"),
    [(0, "0 µs"), (412_000, "412 µs"), (52_100_000, "52.1 ms"), (3_669_000_000, "3.669 s")],
)
def test_durations(duration_ns: int, expected: str) -> None:
    """Times in the unit that a person would use."""
    assert duration_text(duration_ns) == expected
