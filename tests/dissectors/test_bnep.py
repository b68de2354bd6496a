"""BNEP packets (Bluetooth Network Encapsulation Protocol 1.0, section 2)."""

import pytest

from l2scope.names import bnep
from tests.dissection.fields import named, values, walk
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm, parameters

BNEP = 0x000F


@pytest.mark.parametrize(("direction", "told"), [("tx", "sent"), ("rx", "received")])
def test_the_packets_of_the_scripts(direction: str, told: str) -> None:
    """Each with its type, its message, and whether an extension header follows."""
    truth = content("classic_network")["bnep"][told]
    shown = fields("classic_network", BNEP, direction)
    assert len(shown) == len(truth)
    for field, packet in zip(shown, truth, strict=True):
        found = values(field)
        assert found["Type"] == f"{bnep.TYPES[packet['type']]} (0x{packet['type']:02X})"
        assert found["Extension flag"] == f"{int(packet['extension'])}"
        assert ("Extensions" in found) == packet["extension"]
        if "control_type" in packet:
            number = packet["control_type"]
            name = bnep.CONTROLS.get(number)
            assert named([field], "Control type").value == (f"{name} (0x{number:02X})" if name else f"{number}")


def test_joining_and_filtering() -> None:
    """The messages of the sample in words."""
    sent, received = (fields("classic_network", BNEP, way) for way in ("tx", "rx"))
    assert [field.value for field in sent[:4]] == [
        "Setup Connection Request, PANU (0x1115) to NAP (0x1116)",
        "Filter Net Type Set, 2 ranges",
        "Filter Multi Addr Set, 1 range",
        "control 0x55",
    ]
    assert [field.value for field in received[:4]] == [
        "Setup Connection Response, successful",
        "Filter Net Type Response, successful",
        "Filter Multi Addr Response, successful",
        "Command Not Understood",
    ]
    ranges = [(one.name, one.value) for one in walk([sent[1]]) if one.name in ("First type", "Last type")]
    assert [value for _, value in ranges] == ["IPv4 (0x0800)", "ARP (0x0806)", "IPv6 (0x86DD)", "IPv6 (0x86DD)"]
    assert named([sent[2]], "Last address").value == "01:00:5e:7f:ff:ff"


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        (
            "00 ffffffffffff 020000000001 0806 0001",
            "general Ethernet, ARP (0x0806), 2 bytes",
            {
                "Destination address": "ff:ff:ff:ff:ff:ff",
                "Source address": "02:00:00:00:00:01",
                "Network type": "ARP (0x0806)",
                "Network payload": "00 01",
            },
        ),
        (
            "02 0800 45",
            "compressed Ethernet, IPv4 (0x0800), 1 byte",
            {"Network type": "IPv4 (0x0800)", "Network payload": "45"},
        ),
        (
            "03 020000000001 86dd 60",
            "compressed Ethernet, source only, IPv6 (0x86DD), 1 byte",
            {"Source address": "02:00:00:00:00:01", "Network type": "IPv6 (0x86DD)", "Network payload": "60"},
        ),
        (
            "04 020000000001 9999 60",
            "compressed Ethernet, destination only, EtherType 0x9999, 1 byte",
            {"Destination address": "02:00:00:00:00:01", "Network type": "EtherType 0x9999", "Network payload": "60"},
        ),
        (
            "02 0003 010203",
            "compressed Ethernet, IEEE 802.3, length 3, 3 bytes",
            {"Network type": "IEEE 802.3, length 3", "Network payload": "01 02 03"},
        ),
        ("7f 0102", "type 0x7F, 2 bytes", {"Network payload": "01 02"}),
    ],
)
def test_frames(data: str, summary: str, expected: dict[str, str]) -> None:
    """General and compressed Ethernet."""
    field = by_psm(BNEP, data)
    assert field.value == summary
    assert parameters(field, "Extension flag", "Type") == expected


@pytest.mark.parametrize(
    ("data", "summary"),
    [
        ("01 02 0004", "Setup Connection Response, failed: connection not allowed"),
        ("01 04 0001", "Filter Net Type Response, unsupported request"),
        ("01 06 0003", "Filter Multi Addr Response, failed: too many filters"),
        ("01 01 04 00001116 00001115", "Setup Connection Request, PANU (0x1115) to NAP (0x1116)"),
        (
            "01 01 10 0000111600001000800000805f9b34fb 0000111500001000800000805f9b34fb",
            "Setup Connection Request, PANU (0x1115) to NAP (0x1116)",
        ),
    ],
)
def test_messages(data: str, summary: str) -> None:
    """Results, and services by UUIDs of any size."""
    assert by_psm(BNEP, data).value == summary


def test_extension_headers() -> None:
    """They stand between the header and the payload, one behind the other; nobody needs to know their types (2.5)."""
    field = by_psm(BNEP, "82 0800 80 07 03 0004 0800 0806 05 02 beef 45 00")
    assert field.value == (
        "compressed Ethernet, IPv4 (0x0800), with Filter Net Type Set, 1 range, with an extension, 2 bytes"
    )
    assert values(field)["Network payload"] == "45 00"
    headers = [one for one in walk([field]) if one.name == "Extension header"]
    assert [(one.start, one.stop) for one in headers] == [(3, 12), (12, 16)]


def test_an_extension_behind_a_message() -> None:
    """A control packet may have extension headers too."""
    field = by_psm(BNEP, "81 02 0000 00 03 02 0000")
    assert field.value == "Setup Connection Response, successful, with Setup Connection Response, successful"
