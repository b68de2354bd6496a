"""The btsnooz block of a bug report: both versions, and what is left of a damaged one."""

import base64
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings

import l2scope
from l2scope.engine import words
from l2scope.sources import btsnooz
from l2scope.sources.btsnooz import btsnooz_to_btsnoop
from l2scope.sources.errors import CaptureError
from tests.corpus import ROOT, SAMPLES
from tests.generate.containers import btsnooz_records, bug_report, packets_of
from tests.sources.readings import mutations, packets, parsed, rules
from tests.sources.test_pcap import ALL, DIRECTIONS, KINDS

TRAFFIC = list(packets_of((SAMPLES / "refused.btsnoop").read_bytes()))
REPORT = (ROOT / "tests" / "samples" / "bugreport.txt").read_bytes()


def report(records: bytes, version: int = 2, last_us: int = 1_700_000_000_000_000, cut: int = 0) -> bytes:
    """A bug report with a block of these records; cut: so many bytes of the packed block are missing."""
    packed = struct.pack("<BQ", version, last_us) + zlib.compress(records)
    letters = base64.b64encode(packed[: len(packed) - cut])
    return b"junk\n--- BEGIN:BTSNOOP_LOG_SUMMARY (1 bytes in) ---\n" + letters + b"\n--- END:BTSNOOP_LOG_SUMMARY ---\n"


@pytest.mark.parametrize("version", [1, 2])
def test_both_versions(version: int) -> None:
    """Kinds, directions and times are those of the capture; ACL data is cut, and version 2 knows how long it was."""
    rows = packets(parsed(btsnooz_to_btsnoop(bug_report(TRAFFIC, version))))
    expected = packets(parsed((SAMPLES / "refused.btsnoop").read_bytes()))
    for column in ("kind", "direction", "time"):
        assert rows[column].tolist() == expected[column].tolist()
    assert rows["length"].max() > 14
    acl = rows["kind"] == words.ACL
    assert rows["length"][acl].max() == 14
    assert (rows["original"] == (expected["original"] if version == 2 else rows["length"])).all()


def test_every_type_of_packet() -> None:
    """Commands, events, ACL and SCO data by their types; an unknown type is an other packet."""
    rows = packets(parsed(btsnooz_to_btsnoop(bug_report(ALL))))
    assert (rows["kind"].tolist(), rows["direction"].tolist()) == (KINDS, DIRECTIONS)
    others = b"".join(struct.pack("<HHIB", 3, 3, 5, kind) + b"ab" for kind in (0x17, 0x2D, 0x99))
    rows = packets(parsed(btsnooz_to_btsnoop(report(others))))
    assert rows["kind"].tolist() == [words.ISO, words.ISO, words.OTHER]
    assert rows["direction"].tolist() == [words.RX, words.TX, words.TX]


def test_the_last_packet_has_the_time_of_the_header() -> None:
    """The times of the others are counted back from it."""
    records = b"".join(struct.pack("<HHIB", 3, 3, passed, 0x10) + b"ab" for passed in (999, 5, 7))
    rows = packets(parsed(btsnooz_to_btsnoop(report(records, last_us=1_000_000_012))))
    assert rows["time"].tolist() == [1_000_000_000_000, 1_000_000_005_000, 1_000_000_012_000]


def test_a_block_that_is_cut_keeps_what_it_has() -> None:
    """What can be unpacked is there, and the reading tells that something is missing."""
    records = btsnooz_records(TRAFFIC)
    parser = parsed(btsnooz_to_btsnoop(report(records, cut=120)))
    assert 10 < parser.engine.packets < len(TRAFFIC)
    assert "CAP006" in rules(parser)
    open_ended = REPORT[: REPORT.index(b"--- END")]
    assert parsed(btsnooz_to_btsnoop(open_ended)).engine.packets == len(TRAFFIC)


def test_a_record_without_a_length_ends_the_reading() -> None:
    """What comes before it is kept."""
    records = btsnooz_records(TRAFFIC[:3]) + struct.pack("<HHIB", 0, 0, 0, 0x10) + b"rest"
    parser = parsed(btsnooz_to_btsnoop(report(records)))
    assert parser.engine.packets == 3
    assert "CAP006" in rules(parser)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"a bug report without Bluetooth", "holds no btsnooz block"),
        (b"--- BEGIN:BTSNOOP_LOG_SUMMARY (0 bytes in) ---\n--- END:BTSNOOP_LOG_SUMMARY ---\n", "block is empty"),
        (b"--- BEGIN:BTSNOOP_LOG_SUMMARY", "block is empty"),
        (report(b"", version=3), "btsnooz version 3 is not supported, only 1 and 2"),
        (report(b""), "holds no packet"),
        (report(b"ab"), "holds no packet"),
    ],
)
def test_what_is_no_block_is_refused(text: bytes, message: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(CaptureError, match=message):
        btsnooz_to_btsnoop(text)


def test_a_bomb_is_not_unpacked() -> None:
    """A gigabyte of zeros costs neither time nor memory."""
    packer = zlib.compressobj()
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    letters = base64.b64encode(struct.pack("<BQ", 2, 0) + bomb)
    with pytest.raises(CaptureError, match="holds no packet"):
        btsnooz_to_btsnoop(b"--- BEGIN:BTSNOOP_LOG_SUMMARY\n" + letters + b"\n--- END:BTSNOOP_LOG_SUMMARY")


def test_no_more_is_unpacked_than_android_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that goes on and on ends there, and the reading tells."""
    monkeypatch.setattr(btsnooz, "LARGEST", 100_000)
    capture = btsnooz_to_btsnoop(report(btsnooz_records(ALL) * 20_000))
    assert len(capture) < 500_000
    assert "CAP006" in rules(parsed(capture))


@pytest.mark.parametrize("last_us", [0, 2**62, 2**63, 2**64 - 1])
def test_any_time_in_the_header(last_us: int) -> None:
    """Absurd ones are held within what can be told."""
    assert parsed(btsnooz_to_btsnoop(report(btsnooz_records(ALL), last_us=last_us))).engine.packets == len(ALL)


@settings(max_examples=100, deadline=None)
@given(mutations(REPORT))
def test_mutations_raise_nothing_else(text: bytes) -> None:
    """A damaged block gives a capture, or is refused with a CaptureError of one line."""
    try:
        capture = btsnooz_to_btsnoop(text)
    except CaptureError as error:
        capture = b""
        line = str(error)
        assert line.splitlines() == [line]
    if capture:
        assert parsed(capture).engine.packets > 0


def test_what_comes_out_is_a_capture(tmp_path: Path) -> None:
    """It opens like any btsnoop file."""
    path = tmp_path / "from_the_report"
    path.write_bytes(btsnooz_to_btsnoop(REPORT))
    assert l2scope.open(path).format == "btsnoop, HCI H4"
