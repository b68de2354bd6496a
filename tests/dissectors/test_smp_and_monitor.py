"""Security Manager commands (Vol 3 Part H 3) and records of the Linux monitor."""

import struct

import pytest

from l2scope.capture import open_capture
from l2scope.dissection import dissect
from l2scope.engine.words import ACL, COMMAND, EVENT, TX
from tests.corpus import CORPUS, needs_corpus
from tests.dissection.captures import capture_of
from tests.dissection.fields import values, walk
from tests.dissectors.shown import by_cid, by_kind, parameters
from tests.wire import acl, event, pdu


def test_pairing_request() -> None:
    """The bits of AuthReq each have their line."""
    field = by_cid(6, "01 03 00 0d 10 0f 01")
    assert field.value == "Pairing Request"
    assert parameters(field, "Code", "Reserved") == {
        "IO capability": "NoInputNoOutput (0x03)",
        "OOB data": "not present (0x00)",
        "CT2": "0",
        "Keypress": "0",
        "Secure connections": "1",
        "MITM protection": "1",
        "Bonding": "bonding (0x01)",
        "Maximum encryption key size": "16",
        "Initiator key distribution": "encryption key+identity key+signing key+link key (0x0F)",
        "Responder key distribution": "encryption key (0x01)",
    }


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        ("05 04", "Pairing Failed", {"Reason": "Confirm Value Failed (0x04)"}),
        (
            "09 01 0100010100c0",
            "Identity Address Information",
            {"Address type": "random (0x01)", "BD_ADDR": "C0:00:01:01:00:01"},
        ),
        (
            "07 3412 0102030405060708",
            "Central Identification",
            {"EDIV": "0x1234", "Random number": "01 02 03 04 05 06 07 08"},
        ),
        ("55 01", "Command 0x55", {"Bytes": "01"}),
    ],
)
def test_other_commands(data: str, name: str, expected: dict[str, str]) -> None:
    """Keys, addresses and reasons."""
    field = by_cid(6, data)
    assert field.value == name
    assert parameters(field, "Code") == expected


def test_new_index() -> None:
    """An adapter appears with its bus, address and name."""
    field = by_kind(16, "00 01 0100010100aa 6863693000000000")
    assert field.name == "New Index"
    assert values(field) == {
        "Controller type": "Primary (0x00)",
        "Bus": "USB (0x01)",
        "BD_ADDR": "AA:00:01:01:00:01",
        "Controller name": "hci0",
    }


def test_user_logging() -> None:
    """A log line with its program."""
    field = by_kind(23, "06 03 627400" + b"hello\n\0".hex())
    assert values(field)["Priority"] == "info (0x06)"
    assert values(field)["Program"] == "bt"
    assert values(field)["Text"] == "hello\N{REPLACEMENT CHARACTER}"


def test_control_command() -> None:
    """A management command by its name."""
    assert values(by_kind(26, "01000000 0500 01"))["Opcode"] == "Set Powered (0x0005)"
    assert values(by_kind(27, "01000000 0600 01000000"))["Event code"] == "New Settings (0x0006)"


def test_keys_are_hidden() -> None:
    """The tree hides the values of keys, but for whoever asks; their bytes are named so that they can be hidden too."""
    key = bytes(range(1, 17))
    for kind, packet in (
        (ACL, acl(pdu(0x0006, b"\x06" + key))),
        (ACL, acl(pdu(0x0006, b"\x08" + key))),
        (ACL, acl(pdu(0x0007, b"\x0a" + key))),
        (COMMAND, struct.pack("<HBH", 0x201A, 18, 0x40) + key),
        (COMMAND, struct.pack("<HBHQH", 0x2019, 28, 0x40, 0, 0) + key),
        (COMMAND, bytes.fromhex("0b0416 010203040506") + key),
        (EVENT, event(0x18, bytes(6) + key + b"\x05")),
    ):
        capture = capture_of([(TX, kind, packet)])
        (span,) = dissect(capture, 1).hidden
        assert capture.raw(1)[span[1] : span[2]] == key
        texts = [field.value for field in walk(dissect(capture, 1).fields)]
        assert not any("01 02 03" in text for text in texts)
        assert texts.count("hidden") == 1
        shown = dissect(capture, 1, show_keys=True)
        assert shown.hidden == ()
        assert key.hex(" ") in [field.value for field in walk(shown.fields)]


@needs_corpus
def test_the_smp_tester_leaves_nothing_unknown() -> None:
    """Every packet of its 8 cases is taken apart to its last byte, but for padding; one is cut short on purpose."""
    capture = open_capture(CORPUS / "kernel" / "smp-tester_all_k6.12.btsnoop")
    problems = []
    for number in range(1, capture.count + 1):
        for field in walk(dissect(capture, number).fields):
            assert field.name != "Bytes" or not any(capture.raw(number)[field.start : field.stop]), (number, field)
            problems += [(number, field.problem)] if field.problem else []
    assert problems == [(625, "OOB data: the packet ends here")]
