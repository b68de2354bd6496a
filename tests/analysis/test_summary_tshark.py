"""What the rows say against what tshark finds in the same packets."""

import shutil
import subprocess
from pathlib import Path

import pytest

from l2scope.analysis.summary import PacketSummaries
from l2scope.capture import open_capture
from l2scope.names import att, hci, l2cap
from tests.corpus import SAMPLES, corpus_files, name_of

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

CAPTURES = (
    sorted(SAMPLES.glob("*.btsnoop"))
    + corpus_files("public/whoisbe*")
    + corpus_files("public/Ferdinand*")
    + corpus_files("public/durnerj*")
    + corpus_files("public/soaresden*")
    + corpus_files("bumble/ecred.btsnoop")
    + corpus_files("kernel/lecoc_3chan*.btsnoop")
    + corpus_files("kernel/smp-tester*.btsnoop")
)


def tshark(path: Path, *fields: str) -> dict[int, list[str]]:
    """The fields of every frame by its number."""
    chosen = [word for field in ("frame.number", *fields) for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", *chosen]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    rows = [line.split("\t") for line in printed.splitlines()]
    return {int(row[0]): row[1:] for row in rows}


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_events_and_commands(path: Path) -> None:
    """The same opcodes, event codes and subevents in the same packets, by name."""
    summaries = PacketSummaries(open_capture(path))
    seen = 0
    for number, row in tshark(path, "bthci_cmd.opcode", "bthci_evt.code", "bthci_evt.le_meta_subevent").items():
        opcode, event, subevent = (int(text.split(",")[0], 0) if text else None for text in row)
        line = summaries.of(number)
        if opcode is not None:
            assert line.protocol == "HCI_CMD"
            assert line.summary.startswith(hci.command_name(opcode))
        elif subevent is not None:
            assert line.summary.startswith(hci.subevent_name(subevent))
        elif event is not None and event not in (0x0E, 0x0F):
            assert line.protocol == "HCI_EVT"
            assert line.summary.startswith(hci.event_name(event))
        seen += opcode is not None or event is not None
    assert seen


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_att_pdus(path: Path) -> None:
    """The same ATT PDUs on the fixed channel in the same packets, by name."""
    summaries = PacketSummaries(open_capture(path))
    for number, (cid, opcode) in tshark(path, "btl2cap.cid", "btatt.opcode").items():
        if opcode and int(cid, 0) == 4:
            line = summaries.of(number)
            assert line.protocol == "ATT"
            assert line.summary.startswith(att.opcode_name(int(opcode.split(",")[0], 0)))


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_signalling_commands(path: Path) -> None:
    """The same signalling commands in the same packets, by name and in order."""
    summaries = PacketSummaries(open_capture(path))
    for number, (codes,) in tshark(path, "btl2cap.cmd_code").items():
        line = summaries.of(number)
        if not codes or line.protocol == "Credits":
            continue
        names = [l2cap.code_name(int(code, 0)) for code in codes.split(",")]
        assert line.protocol == "L2CAP"
        assert [part.split(",")[0] for part in line.summary.split("; ")] == names


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_values_of_connections(path: Path) -> None:
    """Handles, intervals and disconnect reasons of HCI events are tshark's."""
    summaries = PacketSummaries(open_capture(path))
    fields = ("bthci_evt.code", "bthci_evt.connection_handle", "bthci_evt.reason", "bthci_evt.status")
    for number, (code, handle, reason, status) in tshark(path, *fields).items():
        if code == "0x05" and status == "0x00":
            line = summaries.of(number)
            expected = f"handle {int(handle, 0)}, {hci.error_name(int(reason, 0))}"
            assert line.summary == f"Disconnection Complete, {expected}"
