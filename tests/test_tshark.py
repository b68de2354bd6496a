"""Packets are counted, numbered and timed as tshark does."""

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

import l2scope
from l2scope.engine.engine import Engine
from l2scope.engine.words import OTHER
from l2scope.sources.formats import parser_for
from tests.corpus import ROOT, SAMPLES, corpus_files, name_of
from tests.generate.containers import block, enhanced, interface, section

pytestmark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")

OTHER_FORMATS = sorted(path for path in (ROOT / "tests" / "samples").iterdir() if path.suffix != ".txt")
WRAPPED = ROOT / "tests" / "wrapped"


def is_read(path: Path) -> bool:
    """Host captures of a format that l2scope reads; not sniffers' captures, nor the file with a garbage body."""
    with path.open("rb") as file:
        beginning = file.read(4096)
    try:
        parser = parser_for(beginning, Engine())
        parser.feed(beginning)
    except l2scope.CaptureError:
        return False
    return not path.name.startswith("sardark1")


CAPTURES = (
    sorted(SAMPLES.glob("*.btsnoop"))
    + OTHER_FORMATS
    + sorted(path for path in WRAPPED.iterdir() if path.suffix in (".gz", ".zst") and ".tar" not in path.suffixes)
    + corpus_files("*/*.btsnoop")
    + corpus_files("bumble/*.pcap")
    + [path for path in corpus_files("public/*") if is_read(path)]
)

NOT_VENDOR = "bthci_acl.chandle != 0x0edc"


def tshark(path: Path, *fields: str, only: str = "") -> list[list[str]]:
    """A row of fields for each frame that passes the display filter. tshark ends with 2 on a file that is cut."""
    chosen = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-T", "fields", *chosen, *(["-Y", only] if only else [])]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert printed.returncode in (0, 2), printed.stderr
    return [line.split("\t") for line in printed.stdout.splitlines()]


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_numbers_times_and_lengths(path: Path) -> None:
    """Frame number, time since the epoch, lengths on the wire and in the file, and direction of every packet."""
    capture = l2scope.open(path)
    packets = capture.tables.packets
    rows = tshark(path, "frame.number", "frame.time_epoch", "frame.len", "frame.cap_len", "hci_h4.direction")
    assert [int(row[0]) for row in rows] == list(range(1, len(packets) + 1))
    assert [int(row[1].replace(".", "")) for row in rows] == packets["time"].tolist()
    assert [int(row[2]) for row in rows] == [capture.frame_length(number) for number in range(1, len(packets) + 1)]
    cut = packets["original"] - packets["length"]
    assert [int(row[2]) - int(row[3]) for row in rows] == cut.tolist()
    for row, direction in zip(rows, packets["direction"].tolist(), strict=True):
        if row[4]:
            assert int(row[4], 16) == direction


@pytest.mark.parametrize("path", CAPTURES, ids=name_of)
def test_att_opcodes(path: Path) -> None:
    """The same ATT opcodes in the same packets, of those on the fixed channel; tshark takes vendor frames for ATT."""
    capture = l2scope.open(path)
    rows = tshark(path, "frame.number", "btatt.opcode", only=f"btatt.opcode && btl2cap.cid == 0x0004 && {NOT_VENDOR}")
    expected = [(int(number), int(opcode.split(",")[0], 16)) for number, opcode in rows]
    fixed = [b.row for b in capture.engine.host.registry.bearers if b.channel < 0]
    att = capture.tables.att
    found = [(row["packet"], row["opcode"]) for row in att if row["bearer"] in fixed]
    assert [(int(packet), int(opcode)) for packet, opcode in found] == expected


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=name_of)
def test_credits_and_connection_requests(path: Path) -> None:
    """LE credit-based signalling in the same packets with the same values."""
    signals = l2scope.open(path).tables.signals
    rows = tshark(path, "frame.number", "btl2cap.cmd_code", "btl2cap.credits", only="btl2cap.cmd_code")
    assert [(int(r["packet"]), int(r["code"])) for r in signals] == [(int(row[0]), int(row[1], 16)) for row in rows]
    granted = [(int(r["packet"]), int(r["result"])) for r in signals if r["code"] == 0x16]
    assert granted == [(int(row[0]), int(row[2])) for row in rows if int(row[1], 16) == 0x16]


def numbered_blocks() -> bytes:
    """A pcapng with every kind of block that Wireshark numbers, and some that it does not."""
    command, monitor = bytes(4) + b"\x01\x03\x0c\x00", struct.pack(">HH", 3, 2) + b"\x03\x0c\x00"
    now = 1_700_000_000_000_000
    first = (
        section()
        + interface(201)
        + interface(254, (9, b"\x09"))
        + interface(1)
        + interface(187, (9, b"\x8a"))
        + enhanced(command, now, (1, b"a comment"), (1, b"and another"))
        + enhanced(monitor, now * 1000 + 1, number=1)
        + enhanced(bytes(60), now + 2, number=2, original=200)
        + enhanced(command[4:], 1_700_000_000 * 1024 + 1, (2, struct.pack("<I", 1)), number=3)
        + block(0x55, b"unknown")
        + block(5, bytes(12))
        + block(2, struct.pack("<HHIIII", 0, 7, (now + 3) >> 32, (now + 3) & 0xFFFFFFFF, 8, 8) + command)
        + enhanced(bytes(4), now + 4)
        + block(9, b"__REALTIME_TIMESTAMP=1700000000000005\nMESSAGE=hello\n")
        + block(0xBAD, struct.pack("<I", 32473) + b"abcd")
        + block(0x40000BAD, struct.pack("<I", 32473) + b"abcd")
        + block(0x204, struct.pack("<HQQIHI", 0, now * 1000, 5, 30, 1, 1) + b"abcd")
        + block(0x216, struct.pack("<HQQIHI", 0, now * 1000, 5, 30, 1, 1) + b"abcd")
        + block(0x221, struct.pack("<HQQIHI", 0, now * 1000, 5, 30, 1, 1) + b"abcd")
        + block(0x80000001, b"local")
    )
    return first + section(">") + interface(254, order=">") + enhanced(monitor, now + 6, order=">")


def test_numbers_of_all_kinds_of_blocks(tmp_path: Path) -> None:
    """Frame number, time, lengths, direction and comments of every block that tshark numbers."""
    path = tmp_path / "blocks.pcapng"
    path.write_bytes(numbered_blocks())
    capture = l2scope.open(path)
    packets = capture.tables.packets
    rows = tshark(path, "frame.number", "frame.time_epoch", "frame.len", "hci_h4.direction", "frame.comment")
    assert [int(row[0]) for row in rows] == list(range(1, len(packets) + 1)) == list(range(1, 14))
    for number, (row, packet) in enumerate(zip(rows, packets, strict=True), 1):
        if packet["kind"] != OTHER or number in (3, 6):
            assert int(row[1].replace(".", "")) == packet["time"]
            assert int(row[2]) == capture.frame_length(number)
        assert row[3] in ("", f"0x{packet['direction']:02x}")
        assert row[4] == ",".join(capture.comments(number))
