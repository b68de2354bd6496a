"""PDUs and data elements of the Service Discovery Protocol (Vol 3 Part B)."""

import struct
import time

import pytest

from tests.dissection.fields import named, values, walk
from tests.dissectors.classic import content, fields
from tests.dissectors.shown import by_psm

SDP = 0x0001


def pdu(kind: int, parameters: str) -> bytes:
    content = bytes.fromhex(parameters)
    return struct.pack(">BHH", kind, 7, len(content)) + content


def element(data: str) -> str:
    """How a service search pattern of one element is shown in a line."""
    content = bytes.fromhex(data)
    field = by_psm(SDP, pdu(0x02, (b"\x36" + struct.pack(">H", len(content)) + content).hex() + "000100"))
    assert not field.problem
    return values(field)["Service search pattern"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("00", "{nil}"),
        ("00 08 05", "{nil, 5}"),
        ("08 05", "{5}"),
        ("09 0100", "{256 (0x0100)}"),
        ("0a 00010000", "{65536 (0x00010000)}"),
        ("0b 00000000ffffffff", "{4294967295 (0x00000000FFFFFFFF)}"),
        ("10 ff", "{-1}"),
        ("11 ff00", "{-256}"),
        ("19 1101", "{Serial Port (0x1101)}"),
        ("1a 0000110b", "{Audio Sink (0x110B)}"),
        ("1c 0000111e00001000800000805f9b34fb", "{Hands-Free (0x111E)}"),
        ("1c 00001101000010008000001122334455", "{00001101-0000-1000-8000-001122334455}"),
        ("19 fd6f", "{UUID 0xFD6F}"),
        ("25 03 616263", '{"abc"}'),
        ("26 0004 4ac3bc72", '{"J\u00fcr"}'),
        ("45 09 687474703a2f2f782f", '{"http://x/"}'),
        ("28 01", "{true}"),
        ("28 00", "{false}"),
        ("35 05 19 0100 08 03", "{{L2CAP (0x0100), 3}}"),
        ("3d 03 19 0003", "{{RFCOMM (0x0003)}}"),
        ("37 00000003 19 0001", "{{SDP (0x0001)}}"),
    ],
)
def test_data_elements(data: str, text: str) -> None:
    """Every type, and every way to say how long it is (3.2, 3.3)."""
    assert element(data) == text


def test_the_service_record_of_the_script() -> None:
    """Each kind of request finds the record, with its name and its channel."""
    (record,) = content("classic_serial")["sdp"]["records"]
    sent, received = (fields("classic_serial", SDP, way) for way in ("tx", "rx"))
    handle = f"record 0x{record['handle']:08X}"
    assert [field.value for field in sent] == [
        "Service Search Request, {RFCOMM (0x0003)}",
        f"Service Attribute Request, {handle}, Service Class ID List",
        "Service Search Attribute Request, {L2CAP (0x0100)}, 0x0000 to 0xFFFF",
    ]
    assert values(received[0])["Service record handles"] == f"0x{record['handle']:08X}"
    assert received[1].value == f"Service Attribute Response, {record['class']}, 1 attribute"
    assert received[2].value.startswith(f"Service Search Attribute Response, 1 record: {record['class']}")
    shown = [field.value for field in walk([received[2]]) if field.name == "Attribute"]
    assert f'Service Name: "{record["name"]}"' in shown
    assert (
        "Protocol Descriptor List: {{L2CAP (0x0100)}, {RFCOMM (0x0003), " + f"{record['server_channel']}" + "}}"
        in shown
    )


def test_a_record_in_several_responses() -> None:
    """The first shows what it holds; the others hold the rest of a list, and say so."""
    received = fields("classic_input", SDP, "rx")
    assert received[0].value == "Service Search Attribute Response, 1 record: Human Interface Device, continued"
    assert all("of lists that an earlier response began" in field.value for field in received[1:])
    parts = [named([field], "Continued attribute lists") for field in received[1:]]
    shown = sum(part.stop - part.start for part in parts) + int(values(received[0])["Byte count"])
    assert shown == 3 + int(values(named([received[0]], "Attribute lists"))["Size"]) - 1
    assert [values(field)["Continuation length"] for field in received][-1] == "0"


def test_where_a_list_begins() -> None:
    """Bytes that look like a list are one if they fill the response, or if the response says that more follows."""
    for data, text in (
        ("0004 35 02 35 00 00", "1 record"),
        ("0004 35 40 35 3e 01 07", "1 record, continued"),
        ("0004 35 40 35 3e 00", "4 bytes of lists that an earlier response began"),
        ("0004 35 01 00 00 01 07", "4 bytes of lists that an earlier response began, continued"),
    ):
        assert by_psm(SDP, pdu(0x07, data)).value == f"Service Search Attribute Response, {text}"


def test_attributes_of_a_profile() -> None:
    """What an attribute from 0x0200 on means depends on the first service class (Assigned Numbers 5)."""
    for service, name in (("1124", "HID Country Code"), ("1200", "Version"), ("1101", "attribute 0x0203")):
        content = bytes.fromhex(f"090001 3503 19{service} 090203 0907d0")
        attributes = b"\x35" + bytes((len(content),)) + content
        field = by_psm(SDP, pdu(0x05, struct.pack(">H", len(attributes)).hex() + attributes.hex() + "00"))
        shown = [one.value for one in walk([field]) if one.name == "Attribute"]
        assert shown[1] == f"{name}: 2000 (0x07D0)"


def test_errors() -> None:
    """The code of an error by its name."""
    assert by_psm(SDP, pdu(0x01, "0003")).value == "Error Response, invalid request syntax"
    assert by_psm(SDP, pdu(0x01, "0099")).value == "Error Response, error 0x0099"


def test_unknown_pdus() -> None:
    """Their parameters are bytes."""
    field = by_psm(SDP, pdu(0x33, "0102"))
    assert field.value == "PDU 0x33"
    assert values(field)["Bytes"] == "01 02"


def test_sequences_without_end() -> None:
    """A server that nests hundreds of sequences, or lists thousands of elements, costs a moment and no byte."""
    deep = b"".join(b"\x36" + struct.pack(">H", 3 * (299 - level)) for level in range(300))
    wide = b"\x36" + struct.pack(">H", 60_000) + bytes(60_000)
    rows = b"\x36" + struct.pack(">H", 500 * 102) + (b"\x35\x64" + bytes(100)) * 500
    for pattern in (deep, wide, rows):
        begun = time.process_time()
        field = by_psm(SDP, pdu(0x02, pattern.hex() + "000100"))
        assert field.value.startswith("Service Search Request, {"), field.problem
        assert time.process_time() - begun < 5
