"""AVCTP messages (AVCTP 1.4), AV/C frames, and AVRCP (AVRCP 1.6, section 6)."""

import pytest

from tests.dissection.fields import named, values, walk
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm, parameters

CONTROL, BROWSING = 0x0017, 0x001B
HEADER = (
    "Transaction label",
    "Packet type",
    "C/R",
    "IPID",
    "PID",
    "Zero",
    "Ctype",
    "Subunit type",
    "Subunit ID",
    "Opcode",
    "Company ID",
    "PDU ID",
    "PDU reserved",
    "PDU packet type",
    "Parameter length",
)
COMMAND, RESPONSE = "00 110e", "02 110e"


def vendor(ctype: int, pdu: int, content: str, packet_type: int = 0) -> str:
    """A PDU of the SIG for the panel subunit 0."""
    data = bytes.fromhex(content)
    head = RESPONSE if ctype >= 8 else COMMAND
    return f"{head} {ctype:02x} 48 00 001958 {pdu:02x} {packet_type:02x} {len(data):04x} {content}"


def test_the_keys_of_the_script() -> None:
    """Pressed and released, and each of them accepted."""
    keys = content("classic_audio")["avrcp"]["keys"]
    for way, kind in (("rx", "CONTROL"), ("tx", "ACCEPTED")):
        shown = [field.value for field in fields("classic_audio", CONTROL, way) if "PASS THROUGH" in field.value]
        assert [text.partition(f"{kind}, PASS THROUGH ")[2] for text in shown] == keys


def test_what_is_played_and_how_loud() -> None:
    """Title, artist and volume as the script has them, and the events it can notify."""
    truth = content("classic_audio")["avrcp"]
    shown = fields("classic_audio", CONTROL)
    answer = next(field for field in shown if field.value.endswith("IMPLEMENTED/STABLE, Get Element Attributes"))
    assert [one.value for one in walk([answer]) if one.name == "Attribute"] == [
        f"title: {truth['title']}",
        f"artist: {truth['artist']}",
    ]
    volume = [values(field)["Volume"] for field in shown if "Set Absolute Volume" in field.value]
    assert volume == [f"{truth['volume']}"] * 2
    events = next(field for field in shown if field.value.endswith("IMPLEMENTED/STABLE, Get Capabilities"))
    assert [one.value for one in walk([events]) if one.name == "Event"] == truth["events"]
    texts = [field.value for field in shown if "Register Notification, Playback Status Changed" in field.value]
    assert [text.split(", ")[2] for text in texts] == ["INTERIM", "CHANGED", "NOTIFY"]


def test_the_folder_of_the_script() -> None:
    """Items of the browsing channel by their names."""
    truth = content("classic_audio")["browsing"]
    asked, answered = fields("classic_audio", BROWSING)
    assert asked.value == f"command, label {truth['label']}, Get Folder Items"
    assert values(asked)["Scope"] == "virtual filesystem (0x01)"
    assert answered.value == f"response, label {truth['label']}, Get Folder Items, operation completed"
    items = [one.value for one in walk([answered]) if one.name == "Item"]
    assert items == [f'folder "{truth["folder"]}"', f'media element "{truth["track"]}"']


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        ("00 110e 01 ff 30 ff ff ffff ff", "STATUS, UNIT INFO", {}),
        (
            "02 110e 0c ff 30 07 48 001958",
            "IMPLEMENTED/STABLE, UNIT INFO",
            {"Unit type": "panel (0x09)", "Unit company ID": "0x001958"},
        ),
        (
            "00 110e 00 48 7c c4 00",
            "CONTROL, PASS THROUGH play released",
            {"State": "released (0x01)", "Operation data length": "0"},
        ),
        ("00 110e 01 48 00 080046 0102", "STATUS, VENDOR DEPENDENT", {"Vendor dependent data": "01 02"}),
        (vendor(3, 0x31, "0d 00000000"), "NOTIFY, Register Notification, Volume Changed", {"Playback interval s": "0"}),
        (vendor(0xF, 0x31, "0d 40"), "INTERIM, Register Notification, Volume Changed, volume 50%", {"Volume": "64"}),
        (
            vendor(0xD, 0x31, "02 0000000000000001"),
            "CHANGED, Register Notification, Track Changed",
            {"UID": "0x0000000000000001"},
        ),
        (
            vendor(0xD, 0x31, "05 00001000"),
            "CHANGED, Register Notification, Playback Position Changed",
            {"Playback position ms": "4096"},
        ),
        (
            vendor(0xD, 0x31, "0b 0001 0002"),
            "CHANGED, Register Notification, Addressed Player Changed",
            {"Player ID": "1", "UID counter": "0x0002"},
        ),
        (
            vendor(0xD, 0x31, "08 01 02 03"),
            "CHANGED, Register Notification, Player Application Setting Changed",
            {"Settings": "1"},
        ),
        (
            vendor(0xA, 0x20, "01"),
            "REJECTED, Get Element Attributes, invalid parameter",
            {"Status": "invalid parameter (0x01)"},
        ),
        (
            vendor(0xC, 0x30, "00001000 00000800 01"),
            "IMPLEMENTED/STABLE, Get Play Status, playing",
            {"Song length ms": "4096", "Song position ms": "2048"},
        ),
        (vendor(0, 0x50, "7f"), "CONTROL, Set Absolute Volume, volume 100%", {"Volume": "127"}),
        (vendor(1, 0x10, "02"), "STATUS, Get Capabilities", {"Capability ID": "companies (0x02)"}),
        (vendor(0xC, 0x10, "02 01 001958"), "IMPLEMENTED/STABLE, Get Capabilities", {"Capabilities": "0x001958"}),
        (vendor(0, 0x40, "20"), "CONTROL, Request Continuing Response, Get Element Attributes", {}),
        (
            vendor(0xC, 0x20, "0102", packet_type=1),
            "IMPLEMENTED/STABLE, Get Element Attributes, start packet",
            {"Part of parameters": "01 02"},
        ),
        (vendor(1, 0x99, "05"), "STATUS, PDU 0x99", {"Parameters": "05"}),
        (vendor(0, 0x14, "01 02 03"), "CONTROL, Set Player Application Setting Value", {"Setting count": "1"}),
    ],
)
def test_frames(data: str, summary: str, expected: dict[str, str]) -> None:
    """What a frame asks or answers, in the line and in its fields."""
    field = by_psm(CONTROL, data)
    assert field.value.partition(", label 0, ")[2] == summary
    assert field.problem == ""
    assert expected.items() <= parameters(field, *HEADER).items()


def test_fragments_and_unknown_profiles() -> None:
    """Only the first packet of a message has its profile (AVCTP 6.1.2), and only known ones are taken apart."""
    start, end = by_psm(CONTROL, "14 03 110e 0c48"), by_psm(CONTROL, "1c 0102")
    assert start.value == "command, label 1, start packet"
    assert (values(start)["Number of packets"], values(start)["PID"]) == ("3", "A/V Remote Control (0x110E)")
    assert end.value == "command, label 1, end packet"
    assert parameters(end, *HEADER) == {"Part of message": "01 02"}
    assert parameters(by_psm(CONTROL, "10 1234 0102"), *HEADER) == {"Message": "01 02"}
    assert by_psm(CONTROL, "13 110e").value == "response, label 1, invalid profile"


def test_a_media_player() -> None:
    """An item of the list of players (AVRCP 6.10.2.1)."""
    item = "0001 01 00000000 02" + "00" * 16 + "006a 0005 506c617965"
    field = by_psm(BROWSING, f"02 110e 71 0000 04 0000 0001 01 {len(bytes.fromhex(item)):04x} {item}")
    assert named([field], "Displayable name").value == "Playe"
    assert named([field], "Major player type").value == "audio (0x01)"
    assert named([field], "Play status").value == "paused (0x02)"


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        ("00 110e 70 0002 0001", "Set Browsed Player", {"Player ID": "1"}),
        ("02 110e 70 0001 12", "Set Browsed Player, player not browsable", {"Status": "player not browsable (0x12)"}),
        (
            "02 110e 70 000f 04 0000 00000003 006a 01 0003 416263",
            "Set Browsed Player, operation completed",
            {"Folder depth": "1"},
        ),
        ("00 110e 72 000b 0001 01 0000000000000002", "Change Path", {"Path direction": "folder down (0x01)"}),
        ("00 110e 80 0007 006a 0003 616263", "Search", {"Search string": "abc"}),
        ("02 110e a0 0001 00", "General Reject, invalid command", {"Status": "invalid command (0x00)"}),
        (
            "02 110e 75 0009 04 0001 00000005 0000",
            "Get Total Number Of Items, operation completed",
            {"Number of items": "5"},
        ),
    ],
)
def test_browsing(data: str, summary: str, expected: dict[str, str]) -> None:
    """PDUs of the browsing channel have no AV/C frame around them."""
    field = by_psm(BROWSING, data)
    assert field.value.partition(", label 0, ")[2] == summary
    assert expected.items() <= values(field).items()
