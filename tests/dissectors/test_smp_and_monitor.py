"""Security Manager commands (Vol 3 Part H 3) and records of the Linux monitor."""

import pytest

from tests.dissection.fields import values
from tests.dissectors.shown import by_cid, by_kind, parameters


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
