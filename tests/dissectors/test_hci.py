"""HCI commands, events and data headers by their layouts in the specification (Vol 4 Part E 5.4 and 7)."""

import pytest

from tests.dissection.fields import spans, values, walk
from tests.dissectors.shown import by_kind, parameters

COMMAND_HEADER = ("Command opcode", "Parameter total length")
EVENT_HEADER = ("Event code", "Parameter total length", "Subevent code")
RETURN_HEADER = (*EVENT_HEADER, "Num HCI command packets", "Command opcode")

ADDRESS = "0100010100aa"

EVENTS = [
    (
        "05 04 00 4000 13",
        "Disconnection Complete",
        {
            "Status": "Success (0x00)",
            "Connection handle": "64",
            "Reason": "Remote User Terminated Connection (0x13)",
        },
    ),
    (
        "03 0b 00 0b00 " + ADDRESS + " 01 00",
        "Connection Complete",
        {
            "Status": "Success (0x00)",
            "Connection handle": "11",
            "BD_ADDR": "AA:00:01:01:00:01",
            "Link type": "ACL (0x01)",
            "Encryption enabled": "off (0x00)",
        },
    ),
    (
        "08 04 00 4000 01",
        "Encryption Change",
        {"Status": "Success (0x00)", "Connection handle": "64", "Encryption enabled": "on: E0 or AES-CCM (0x01)"},
    ),
    (
        "59 05 00 4000 02 10",
        "Encryption Change [v2]",
        {
            "Status": "Success (0x00)",
            "Connection handle": "64",
            "Encryption enabled": "on: AES-CCM (0x02)",
            "Encryption key size": "16",
        },
    ),
    (
        "0f 04 00 01 0d20",
        "Command Status",
        {
            "Status": "Success (0x00)",
            "Num HCI command packets": "1",
            "Command opcode": "LE Create Connection (0x200D)",
        },
    ),
    (
        "3e 13 01 00 4000 00 01 " + ADDRESS + " 1800 0000 f401 05",
        "LE Connection Complete",
        {
            "Status": "Success (0x00)",
            "Connection handle": "64",
            "Role": "central (0x00)",
            "Peer address type": "random (0x01)",
            "Peer address": "AA:00:01:01:00:01",
            "Connection interval": "24 (30 ms)",
            "Peripheral latency": "0",
            "Supervision timeout": "500 (5000 ms)",
            "Central clock accuracy": "50 ppm (0x05)",
        },
    ),
    (
        "3e 0a 03 00 4000 0c00 0100 c800",
        "LE Connection Update Complete",
        {
            "Status": "Success (0x00)",
            "Connection handle": "64",
            "Connection interval": "12 (15 ms)",
            "Peripheral latency": "1",
            "Supervision timeout": "200 (2000 ms)",
        },
    ),
    (
        "3e 0b 07 4000 fb00 4808 1b00 4801",
        "LE Data Length Change",
        {
            "Connection handle": "64",
            "Max TX octets": "251",
            "Max TX time": "2120",
            "Max RX octets": "27",
            "Max RX time": "328",
        },
    ),
    (
        "3e 06 0c 00 4000 02 03",
        "LE PHY Update Complete",
        {
            "Status": "Success (0x00)",
            "Connection handle": "64",
            "TX PHY": "LE 2M (0x02)",
            "RX PHY": "LE Coded (0x03)",
        },
    ),
    ("ff 03 010203", "Vendor Specific", {"Bytes": "01 02 03"}),
    ("aa 01 07", "Event 0xAA", {"Bytes": "07"}),
    ("3e 02 70 07", "LE Subevent 0x70", {"Bytes": "07"}),
]


@pytest.mark.parametrize(("data", "summary", "expected"), EVENTS, ids=[row[1] for row in EVENTS])
def test_events(data: str, summary: str, expected: dict[str, str]) -> None:
    """Every parameter of an event by the name the specification gives it; unknown ones as bytes."""
    field = by_kind(4, data)
    assert (field.name, field.value, field.problem) == ("HCI Event", summary, "")
    assert parameters(field, *EVENT_HEADER) == expected


@pytest.mark.parametrize(
    ("subevent", "tail", "last"),
    [("0a", "05", "Central clock accuracy"), ("29", "05 01 0700", "Sync handle")],
)
def test_enhanced_connection_complete(subevent: str, tail: str, last: str) -> None:
    """Both versions of the event; v2 has the advertising and sync handles behind."""
    private = "010203040506"
    length = 31 if subevent == "0a" else 34
    data = f"3e {length:02x} {subevent} 00 4000 01 00 {ADDRESS} {private} 000000000000 2800 0000 2a00 {tail}"
    found = values(by_kind(4, data))
    assert found["Local resolvable private address"] == "06:05:04:03:02:01"
    assert found["Peer resolvable private address"] == "00:00:00:00:00:00"
    assert found["Connection interval"] == "40 (50 ms)"
    assert list(found)[-1] == last


def test_number_of_completed_packets() -> None:
    """Each handle with its count is an element of a list."""
    field = by_kind(4, "13 09 02 4000 0300 4100 0100")
    assert values(field)["Number of handles"] == "2"
    first, second = field.children[-1].children
    assert values(first) == {"Connection handle": "64", "Completed packets": "3"}
    assert spans(second) == {"Connection handle": (7, 9), "Completed packets": (9, 11)}


RETURNS = [
    (
        "0e 0b 01 0510 00 a20a 40 0c00 0000",
        "Read Buffer Size",
        {
            "Status": "Success (0x00)",
            "ACL data packet length": "2722",
            "Synchronous data packet length": "64",
            "Total num ACL data packets": "12",
            "Total num synchronous data packets": "0",
        },
    ),
    (
        "0e 07 01 0220 00 fb00 08",
        "LE Read Buffer Size [v1]",
        {
            "Status": "Success (0x00)",
            "LE ACL data packet length": "251",
            "Total num LE ACL data packets": "8",
        },
    ),
    (
        "0e 0a 01 6020 00 fb00 08 7800 04",
        "LE Read Buffer Size [v2]",
        {
            "Status": "Success (0x00)",
            "LE ACL data packet length": "251",
            "Total num LE ACL data packets": "8",
            "ISO data packet length": "120",
            "Total num ISO data packets": "4",
        },
    ),
    ("0e 0a 01 0910 00 " + ADDRESS, "Read BD_ADDR", {"Status": "Success (0x00)", "BD_ADDR": "AA:00:01:01:00:01"}),
    (
        "0e 06 01 2220 02 4000",
        "LE Set Data Length",
        {"Status": "Unknown Connection Identifier (0x02)", "Connection handle": "64"},
    ),
    ("0e 04 01 030c 0c", "Reset", {"Status": "Command Disallowed (0x0C)"}),
    ("0e 06 01 01fc 00 aabb", "Vendor Command 0xFC01", {"Status": "Success (0x00)", "Bytes": "aa bb"}),
    ("0e 03 01 0000", "NOP", {}),
    ("0e 04 01 0000 00", "NOP", {"Bytes": "00"}),
    (
        "0e 0a 01 2b20 00 " + ADDRESS,
        "LE Read Peer Resolvable Address",
        {"Status": "Success (0x00)", "Peer resolvable address": "AA:00:01:01:00:01"},
    ),
    (
        "0e 0a 01 2c20 00 " + ADDRESS,
        "LE Read Local Resolvable Address",
        {"Status": "Success (0x00)", "Local resolvable address": "AA:00:01:01:00:01"},
    ),
]


@pytest.mark.parametrize(("data", "command", "expected"), RETURNS, ids=[row[1] for row in RETURNS])
def test_command_complete(data: str, command: str, expected: dict[str, str]) -> None:
    """Return parameters by the command they belong to."""
    field = by_kind(4, data)
    assert field.value == f"Command Complete: {command}"
    assert parameters(field, *RETURN_HEADER) == expected


COMMANDS = [
    (
        "0604 03 4000 13",
        "Disconnect",
        {"Connection handle": "64", "Reason": "Remote User Terminated Connection (0x13)"},
    ),
    (
        "2220 06 4000 fb00 4808",
        "LE Set Data Length",
        {"Connection handle": "64", "TX octets": "251", "TX time": "2120"},
    ),
    (
        "3220 07 4000 00 02 03 0000",
        "LE Set PHY",
        {
            "Connection handle": "64",
            "All PHYs": "0",
            "TX PHYs": "LE 2M (0x02)",
            "RX PHYs": "LE 1M+LE 2M (0x03)",
            "PHY options": "0",
        },
    ),
    ("030c 00", "Reset", {}),
    ("0c20 02 01 00", "LE Set Scan Enable", {"LE scan enable": "on (0x01)", "Duplicates": "reported (0x00)"}),
    ("01fc 02 0102", "Vendor Command 0xFC01", {"Bytes": "01 02"}),
    (
        "4220 06 01 01 0000 0000",
        "LE Set Extended Scan Enable",
        {"Enable": "enabled (0x01)", "Filter duplicates": "enabled (0x01)", "Duration": "0", "Period": "0"},
    ),
]


@pytest.mark.parametrize(("data", "summary", "expected"), COMMANDS, ids=[row[1] for row in COMMANDS])
def test_commands(data: str, summary: str, expected: dict[str, str]) -> None:
    """Parameters of commands: ours, those that scapy knows, and bytes."""
    field = by_kind(1, data)
    assert (field.name, field.value, field.problem) == ("HCI Command", summary, "")
    assert parameters(field, *COMMAND_HEADER) == expected


def test_advertising_data() -> None:
    """AD structures are elements; a name shows as text, the zeros behind them as bytes."""
    data = "0820 20 0b 020106 07094c696768743a" + "00" * 20
    field = by_kind(1, data)
    assert values(field)["Data length"] == "11"
    flags, name = field.children[-2].children
    assert values(flags)["AD type"] == "Flags (0x01)"
    assert values(name)["Local name"] == "Light:"
    assert (field.children[-1].name, field.children[-1].stop) == ("Bytes", 35)


def test_extended_inquiry_response_stops_at_the_padding() -> None:
    """The zeros behind the last AD structure are not taken for structures."""
    field = by_kind(1, "520c f1 00 03095869" + "00" * 236)
    structures = [found for found in walk(field.children) if found.name == "Local name"]
    assert [found.value for found in structures] == ["Xi"]


def test_acl_header() -> None:
    """The handle and the flags above it, in the bytes they lie in."""
    field = by_kind(2, "4020 1b00")
    assert field.value == "handle 64, first, flushable, 27 bytes"
    assert spans(field)["Connection handle"] == (0, 2)
    assert spans(field)["Packet boundary flag"] == (1, 2)
    assert values(field)["Packet boundary flag"] == "first, flushable (0x02)"


def test_synchronous_and_iso_headers() -> None:
    """Their data is bytes."""
    assert by_kind(3, "4000 02 aabb").value == "handle 64, 2 bytes"
    assert values(by_kind(3, "4000 02 aabb"))["Bytes"] == "aa bb"
    assert by_kind(5, "4020 0200 aabb").value == "handle 64, complete SDU, 2 bytes"


@pytest.mark.parametrize("length", range(21))
def test_cut_event_keeps_its_beginning(length: int) -> None:
    """Cut anywhere, a connection complete event shows the parameters that are whole."""
    whole = bytes.fromhex("3e 13 01 00 4000 00 01 " + ADDRESS + " 1800 0000 f401 05")
    field = by_kind(4, whole[:length].hex())
    full = values(by_kind(4, whole.hex()))
    shown = {name: value for name, value in values(field).items() if name != "Bytes"}
    assert shown.items() <= full.items()
    if length >= 6:
        assert shown["Connection handle"] == "64"
    assert bool(field.problem) == (length not in (0, 2, 3, 21))
