"""ATT PDUs by their layouts in the specification (Vol 3 Part F 3.4)."""

import pytest

from tests.dissection.fields import spans, values
from tests.dissectors.shown import by_cid, parameters

UUID128 = "00112233445566778899aabbccddeeff"

PDUS = [
    (
        "01 08 0100 0a",
        "Error Response",
        {
            "Request opcode": "Read By Type Request (0x08)",
            "Attribute handle in error": "0x0001",
            "Error code": "Attribute Not Found (0x0A)",
        },
    ),
    ("02 0502", "Exchange MTU Request", {"Client RX MTU": "517"}),
    ("03 f700", "Exchange MTU Response", {"Server RX MTU": "247"}),
    ("04 0100 ffff", "Find Information Request", {"Starting handle": "0x0001", "Ending handle": "0xFFFF"}),
    (
        "06 0100 ffff 0028 0f18",
        "Find By Type Value Request",
        {
            "Starting handle": "0x0001",
            "Ending handle": "0xFFFF",
            "Attribute type": "Primary Service (0x2800)",
            "Attribute value": "0f 18",
        },
    ),
    (
        "08 0100 ffff 0328",
        "Read By Type Request",
        {"Starting handle": "0x0001", "Ending handle": "0xFFFF", "Attribute type": "Characteristic (0x2803)"},
    ),
    (
        "08 0100 ffff " + UUID128,
        "Read By Type Request",
        {
            "Starting handle": "0x0001",
            "Ending handle": "0xFFFF",
            "Attribute type": "ffeeddcc-bbaa-9988-7766-554433221100",
        },
    ),
    ("0a 0300", "Read Request", {"Attribute handle": "0x0003"}),
    ("0b 426174", "Read Response", {"Attribute value": '42 61 74  "Bat"'}),
    ("0c 0300 1600", "Read Blob Request", {"Attribute handle": "0x0003", "Value offset": "22"}),
    ("0e 0300 0500", "Read Multiple Request", {"Handles": "0x0003, 0x0005"}),
    ("12 0300 0100", "Write Request", {"Attribute handle": "0x0003", "Attribute value": "01 00"}),
    ("13", "Write Response", {}),
    ("18 01", "Execute Write Request", {"Flags": "write all pending values (0x01)"}),
    ("1b 0300 ff", "Handle Value Notification", {"Attribute handle": "0x0003", "Attribute value": "ff"}),
    ("1e", "Handle Value Confirmation", {}),
    ("52 0300 01", "Write Command", {"Attribute handle": "0x0003", "Attribute value": "01"}),
    (
        "d2 0300 0102 000102030405060708090a0b",
        "Signed Write Command",
        {
            "Attribute handle": "0x0003",
            "Attribute value": "01 02",
            "Authentication signature": "00 01 02 03 04 05 06 07 08 09 0a 0b",
        },
    ),
    ("3f 0102", "Opcode 0x3F", {"Bytes": "01 02"}),
]


@pytest.mark.parametrize(("data", "name", "expected"), PDUS, ids=[f"{row[1]}-{len(row[0])}" for row in PDUS])
def test_pdus(data: str, name: str, expected: dict[str, str]) -> None:
    """Every parameter of a PDU by the name the specification gives it."""
    field = by_cid(4, data)
    assert (field.name, field.value, field.problem) == ("ATT", name, "")
    assert parameters(field, "Opcode") == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("05 01 0300 0229 0400 0129", [(2, 6), (6, 10)]),
        ("05 02 0300" + UUID128, [(2, 20)]),
        ("07 0100 0500 0600 ffff", [(1, 5), (5, 9)]),
        ("09 07 0200 02 0300 002a 0400 02 0500 012a", [(2, 9), (9, 16)]),
        ("11 06 0100 0500 0018 0600 0900 0118", [(2, 8), (8, 14)]),
        ("21 0200 aabb 0100 cc", [(1, 5), (5, 8)]),
        ("23 0300 0200 aabb 0500 0000", [(1, 7), (7, 11)]),
    ],
)
def test_lists(data: str, expected: list[tuple[int, int]]) -> None:
    """Each element of a list of attributes has the bytes it stands for."""
    elements = by_cid(4, data).children[-1]
    if len(expected) == 1:
        assert [(elements.start, elements.stop)] == expected
    else:
        assert [(child.start, child.stop) for child in elements.children] == expected


def test_elements_of_a_group_list() -> None:
    """A primary service is its handles and its UUID."""
    groups = by_cid(4, "11 06 0100 0500 0018 0600 0900 0118").children[-1]
    assert values(groups.children[0]) == {
        "Attribute handle": "0x0001",
        "End group handle": "0x0005",
        "Attribute value": "00 18",
    }
    assert spans(groups.children[1]) == {
        "Attribute handle": (8, 10),
        "End group handle": (10, 12),
        "Attribute value": (12, 14),
    }


def test_hundreds_of_attributes() -> None:
    """A long list is not cut where scapy's own limit of 100 elements lies."""
    elements = by_cid(4, "05 01" + "0300 0229" * 150).children[-1]
    assert elements.value == "150"
    assert len(elements.children) == 150
