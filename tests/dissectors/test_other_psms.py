"""IPv6 over LE (RFC 7668, RFC 6282), the protocols that are told by their name alone, and that no PSM is left out."""

import pytest

from l2scope.dissection.registry import registry
from l2scope.names.l2cap import PSMS
from tests.dissectors.shown import by_psm, parameters

IPSP = 0x0023
FORMS = (
    "Dispatch",
    "Traffic class form",
    "Next header form",
    "Hop limit form",
    "CID extension",
    "SAC",
    "SAM",
    "Multicast",
    "DAC",
    "DAM",
)


@pytest.mark.parametrize("psm", sorted(PSMS))
def test_every_known_psm_has_a_dissector(psm: int) -> None:
    """Also for a single byte."""
    assert registry().for_psm(psm) is not None
    assert by_psm(psm, b"\x01").name


def test_no_dissector_file_is_broken() -> None:
    """All are loaded."""
    assert registry().problems == []


@pytest.mark.parametrize(
    ("data", "summary", "expected"),
    [
        # RFC 6282, 3.1.1: everything elided but the next header.
        (
            "7a 33 3a 80 00",
            "compressed IPv6 header, ICMPv6, 2 bytes",
            {"Next header": "ICMPv6 (0x3A)", "Packet payload": "80 00"},
        ),
        # Traffic class and flow label inline, both addresses whole, hop limit inline.
        (
            "60 00 41000123 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 05",
            "compressed IPv6 header, TCP, 1 byte",
            {
                "ECN": "1",
                "DSCP": "1",
                "Reserved": "0",
                "Flow label": "0x000123",
                "Next header": "TCP (0x06)",
                "Hop limit": "64",
                "Source address": "2001:db8::1",
                "Destination address": "2001:db8::2",
                "Packet payload": "05",
            },
        ),
        # ECN and flow label, contexts, 64 and 16 bits of the addresses.
        (
            "6a d6 12 800045 3a 0011223344556677 0001 80",
            "compressed IPv6 header, ICMPv6, 1 byte",
            {
                "Source context": "1",
                "Destination context": "2",
                "ECN": "2",
                "Reserved bits": "0",
                "Flow label": "0x000045",
                "Next header": "ICMPv6 (0x3A)",
                "Source address": "00 11 22 33 44 55 66 77",
                "Destination address": "00 01",
                "Packet payload": "80",
            },
        ),
        # ECN and DSCP; a multicast address of one byte; a compressed next header.
        (
            "77 3b c5 01 f0 1234",
            "compressed IPv6 header, 3 bytes",
            {"ECN": "3", "DSCP": "5", "Destination address": "01", "Compressed next header": "f0 12 34"},
        ),
        # Multicast of 48 bits; the unspecified address as a source.
        (
            "7b 49 3a 020000000001 87",
            "compressed IPv6 header, ICMPv6, 1 byte",
            {"Next header": "ICMPv6 (0x3A)", "Destination address": "02 00 00 00 00 01", "Packet payload": "87"},
        ),
    ],
)
def test_compressed_headers(data: str, summary: str, expected: dict[str, str]) -> None:
    """What the forms leave inline, in the order of RFC 6282, 3.1."""
    field = by_psm(IPSP, data)
    assert field.value == summary
    assert parameters(field, *FORMS) == expected


def test_a_whole_header() -> None:
    """Behind the dispatch of uncompressed IPv6 (RFC 4944, 5.1)."""
    addresses = "fe800000000000000000000000000001 ff020000000000000000000000000001"
    field = by_psm(IPSP, f"41 60000000 0001 11 ff {addresses} 07")
    assert field.value == "IPv6 header, UDP, 1 byte"
    assert parameters(field)["Destination address"] == "ff02::1"
    assert by_psm(IPSP, "c0 0102").value == "dispatch 0xC0"


@pytest.mark.parametrize(
    ("psm", "name"),
    [
        (0x0005, "TCS-BIN"),
        (0x0007, "TCS-BIN"),
        (0x0015, "UPnP"),
        (0x001D, "UDI control plane"),
        (0x0021, "3D synchronization"),
    ],
)
def test_protocols_that_are_told_by_name(psm: int, name: str) -> None:
    """Their messages are bytes, and text where they are text."""
    field = by_psm(psm, b"NOTIFY *\r\n")
    assert field.name == name
    assert field.value == '10 bytes "NOTIFY *\\r\\n"'
    assert by_psm(psm, b"\x00\x81").value == "2 bytes"
