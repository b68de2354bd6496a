"""Signalling commands by their layouts in the specification (Vol 3 Part A 4)."""

import pytest

from tests.dissection.fields import spans, values
from tests.dissectors.shown import by_cid, parameters

HEADER = ("Code", "Identifier", "Length")

COMMANDS = [
    (
        "01 07 0200 0000",
        "Command Reject",
        {"Reason": "command not understood (0x0000)"},
    ),
    (
        "01 07 0400 0100 3000",
        "Command Reject",
        {"Reason": "signalling MTU exceeded (0x0001)", "Actual MTU": "48"},
    ),
    (
        "01 07 0600 0200 4000 4100",
        "Command Reject",
        {"Reason": "invalid CID in request (0x0002)", "Local CID": "0x0040", "Remote CID": "0x0041"},
    ),
    ("02 01 0400 0300 4000", "Connection Request", {"PSM": "RFCOMM (0x0003)", "Source CID": "0x0040"}),
    (
        "03 01 0800 4100 4000 0100 0200",
        "Connection Response",
        {
            "Destination CID": "0x0041",
            "Source CID": "0x0040",
            "Result": "pending (0x0001)",
            "Status": "authorization pending (0x0002)",
        },
    ),
    ("06 02 0400 4100 4000", "Disconnection Request", {"Destination CID": "0x0041", "Source CID": "0x0040"}),
    ("07 02 0400 4100 4000", "Disconnection Response", {"Destination CID": "0x0041", "Source CID": "0x0040"}),
    ("08 03 0200 aabb", "Echo Request", {"Data": "aa bb"}),
    ("0a 03 0200 0200", "Information Request", {"Type": "Extended Features (0x0002)"}),
    (
        "0b 03 0800 0200 0000 b8020000",
        "Information Response",
        {
            "Type": "Extended Features (0x0002)",
            "Result": "success (0x0000)",
            "Features": "enhanced retransmission mode+streaming mode+FCS option+fixed channels+unicast connectionless "
            "data (0x000002B8)",
        },
    ),
    (
        "12 04 0800 0600 0c00 0000 f401",
        "Connection Parameter Update Request",
        {"Interval min": "6 (7.5 ms)", "Interval max": "12 (15 ms)", "Latency": "0", "Timeout": "500 (5000 ms)"},
    ),
    ("13 04 0200 0100", "Connection Parameter Update Response", {"Result": "rejected (0x0001)"}),
    (
        "14 05 0a00 9700 4000 0001 bc00 0200",
        "LE Credit Based Connection Request",
        {"SPSM": "0x0097", "Source CID": "0x0040", "MTU": "256", "MPS": "188", "Initial credits": "2"},
    ),
    (
        "15 05 0a00 0000 0000 0000 0000 0200",
        "LE Credit Based Connection Response",
        {
            "Destination CID": "0x0000",
            "MTU": "0",
            "MPS": "0",
            "Initial credits": "0",
            "Result": "refused: SPSM not supported (0x0002)",
        },
    ),
    ("16 06 0400 4000 0300", "Flow Control Credit Ind", {"CID": "0x0040", "Credits": "3"}),
    (
        "17 07 0c00 2700 4000 4000 0800 4000 4100",
        "Credit Based Connection Request",
        {"SPSM": "EATT (0x0027)", "MTU": "64", "MPS": "64", "Initial credits": "8", "Source CIDs": "0x0040, 0x0041"},
    ),
    (
        "18 07 0c00 4000 4000 0800 0400 4000 0000",
        "Credit Based Connection Response",
        {
            "MTU": "64",
            "MPS": "64",
            "Initial credits": "8",
            "Result": "some refused: insufficient resources available (0x0004)",
            "Destination CIDs": "0x0040, 0x0000",
        },
    ),
    (
        "19 08 0800 0001 8000 4000 4100",
        "Credit Based Reconfigure Request",
        {"MTU": "256", "MPS": "128", "Source CIDs": "0x0040, 0x0041"},
    ),
    (
        "1a 08 0200 0300",
        "Credit Based Reconfigure Response",
        {"Result": "failed: one or more destination CIDs invalid (0x0003)"},
    ),
    ("77 09 0300 010203", "Command 0x77", {"Bytes": "01 02 03"}),
]


@pytest.mark.parametrize(("data", "title", "expected"), COMMANDS, ids=[f"{row[1]} {row[0][:2]}" for row in COMMANDS])
def test_commands(data: str, title: str, expected: dict[str, str]) -> None:
    """Every parameter of a command by the name the specification gives it."""
    field = by_cid(5, data)
    assert field.name == title
    assert field.problem == ""
    assert field.value == f"identifier {int(data[3:5], 16)}"
    assert parameters(field, *HEADER) == expected


def test_each_cid_of_a_list_has_its_bytes() -> None:
    """The second of two CIDs stands two bytes behind the first."""
    cids = by_cid(5, "17 07 0c00 2700 4000 4000 0800 4000 4100").children[-1]
    assert spans(cids) == {"0": (12, 14), "1": (14, 16)}


def test_configuration_options() -> None:
    """MTU, retransmission and FCS options with their values, unknown ones as bytes."""
    request = "04 01 1c00 4100 0000 0102a002 0409 03 08 03 d007 e02e 0004 0501 00 8803010203"
    options = by_cid(1, request).children[-1]
    assert options.name == "Options"
    assert [child.value for child in options.children] == [
        "MTU",
        "Retransmission and Flow Control",
        "Frame Check Sequence",
        "option 0x08",
    ]
    assert values(options.children[0])["MTU"] == "672"
    assert values(options.children[1])["Mode"] == "enhanced retransmission (0x03)"
    assert values(options.children[1])["MPS"] == "1024"
    assert values(options.children[2])["FCS type"] == "no FCS (0x00)"
    assert values(options.children[3])["Value"] == "01 02 03"
    assert spans(options.children[0])["MTU"] == (10, 12)


def test_more_bytes_than_parameters() -> None:
    """A Flow Control Credit Ind with 6 bytes shows the last two as bytes."""
    assert parameters(by_cid(5, "16 06 0600 4000 0300 ffff"), *HEADER) == {
        "CID": "0x0040",
        "Credits": "3",
        "Bytes": "ff ff",
    }
