"""The tables of names against the specification and against tshark's own tables."""

import shutil
import subprocess
import sys
from functools import cache

import pytest

from l2scope.names import att, hci, hci_errors, hci_events, l2cap, management, smp, uuids
from l2scope.names.characteristics import CHARACTERISTICS
from l2scope.names.hci_commands import COMMANDS
from l2scope.names.hci_le_commands import LE_COMMANDS
from tests.corpus import ROOT

TABLES = {
    "commands": COMMANDS,
    "le_commands": LE_COMMANDS,
    "events": hci_events.EVENTS,
    "subevents": hci_events.LE_SUBEVENTS,
    "errors": hci_errors.ERRORS,
    "codes": l2cap.CODES,
    "opcodes": att.OPCODES,
    "att_errors": att.ERRORS,
    "smp": smp.CODES,
    "management": management.COMMANDS,
    "management_events": management.EVENTS,
    "services": uuids.SERVICES,
    "characteristics": CHARACTERISTICS,
}

# What tshark calls the field whose names are compared, and which of our tables must know all of its numbers.
TSHARK_TABLES = {
    "bthci_cmd.opcode": {**COMMANDS, **LE_COMMANDS},
    "bthci_evt.code": hci_events.EVENTS,
    "bthci_evt.le_meta_subevent": hci_events.LE_SUBEVENTS,
    "bthci_evt.reason": hci_errors.ERRORS,
    "btl2cap.cmd_code": l2cap.CODES,
    "btl2cap.psm": l2cap.PSMS,
    "btatt.opcode": att.OPCODES,
    "btsmp.opcode": smp.CODES,
    "btsmp.reason": smp.REASONS,
    "hci_mon.event": management.EVENTS,
}


@cache
def tshark_values() -> str:
    command = ["tshark", "-G", "values"]
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout.decode("utf-8", "replace")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("field", TSHARK_TABLES)
def test_every_number_that_tshark_names_has_a_name(field: str) -> None:
    """No opcode, code or reason that Wireshark knows shows as a bare number."""
    rows = [line.split("\t") for line in tshark_values().splitlines() if line.startswith(f"V\t{field}\t")]
    assert rows
    assert {int(row[2], 0) for row in rows} - TSHARK_TABLES[field].keys() == set()


@pytest.mark.parametrize("name", TABLES)
def test_names_are_printable_and_tell_numbers_apart(name: str) -> None:
    """Every entry is one line of text, and no two numbers of a table share one."""
    names = list(TABLES[name].values())
    assert all(text.isprintable() and text == text.strip() and text for text in names)
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (hci.command_name(0x2022), "LE Set Data Length"),
        (hci.command_name(0x0C03), "Reset"),
        (hci.command_name(0xFC01), "Vendor Command 0xFC01"),
        (hci.command_name(0x23FF), "Command 0x23FF"),
        (hci.event_name(0x05), "Disconnection Complete"),
        (hci.event_name(0xAA), "Event 0xAA"),
        (hci.subevent_name(0x29), "LE Enhanced Connection Complete [v2]"),
        (hci.error_name(0x13), "Remote User Terminated Connection"),
        (hci.error_name(0x08), "Connection Timeout"),
        (hci.error_name(0xEE), "Error 0xEE"),
        (hci.kind_name(19), "Close Index"),
        (l2cap.code_name(0x17), "Credit Based Connection Request"),
        (l2cap.result_name(0x15, 2), "refused: SPSM not supported"),
        (l2cap.result_name(0x18, 0x0D), "all pending: no further information"),
        (l2cap.result_name(0x1A, 1), "failed: reduction in size of MTU not allowed"),
        (l2cap.result_name(0x03, 3), "refused: security block"),
        (l2cap.result_name(0x15, 0x77), "result 0x0077"),
        (l2cap.cid_name(5), "LE signalling"),
        (l2cap.cid_name(0x3A), "reserved"),
        (l2cap.cid_name(0x40), "dynamic"),
        (l2cap.psm_name(0x27), "EATT"),
        (l2cap.psm_name(0x97), ""),
        (att.opcode_name(0x1B), "Handle Value Notification"),
        (att.error_name(0x0A), "Attribute Not Found"),
        (att.error_name(0x81), "Application Error 0x81"),
        (smp.reason_name(5), "Pairing Not Supported"),
        (uuids.uuid16(0x2803), "Characteristic"),
        (uuids.uuid16(0x1812), "Human Interface Device"),
        (uuids.uuid16(0xFE07), "0xFE07"),
        (management.command_name(0x0005), "Set Powered"),
    ],
)
def test_known_numbers(named: str, expected: str) -> None:
    """Names are those of the specification; unknown numbers show themselves."""
    assert named == expected


@pytest.mark.parametrize("module", ["hci", "l2cap", "att", "smp", "uuids", "management"])
def test_names_load_nothing_else(module: str) -> None:
    """A table of names brings no other part of the program with it."""
    code = (
        f"import sys; import l2scope; before = set(sys.modules); import l2scope.names.{module}; "
        "print([m for m in sys.modules if m not in before and not m.startswith('l2scope.names')])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    assert printed.stdout == "[]\n"
