"""What btsnoop and pcapng can hold is in the file that is written; what they cannot is told."""

import struct
from pathlib import Path

import pytest

import l2scope
from l2scope.engine.words import OTHER
from tests.corpus import SAMPLES
from tests.generate.containers import (
    block,
    btsnoop,
    enhanced,
    interface,
    packet,
    packetlogger_record,
    pcapng,
    section,
)
from tests.wire import EPOCH_US
from tests.writing.converted import written

SECOND = 1_000_000_000
COMMAND = b"\x01\x03\x0c\x00"
EVENT = b"\x04\x0e\x04\x01\x03\x0c\x00"


def directed(data: bytes, received: bool = False) -> bytes:
    """As link type 201 has it."""
    return struct.pack(">I", received) + data


def drops(count: int) -> tuple[int, bytes]:
    """The option of a packet before which an interface lost so many."""
    return 4, struct.pack("<Q", count)


def btsnoop_headers(path: Path) -> list[tuple[int, ...]]:
    """Original length, included length, flags, drops and time of every record."""
    content, at, found = path.read_bytes(), 16, []
    while at < len(content):
        found.append(struct.unpack_from(">IIIIq", content, at))
        at += 24 + found[-1][1]
    return found


def test_several_adapters_become_a_monitor_in_btsnoop_and_interfaces_in_pcapng(tmp_path: Path) -> None:
    """Adapter, direction and bytes of each packet are there in both."""
    source = tmp_path / "two.pcapng"
    source.write_bytes(
        section() + interface(201) + interface(201)
        + enhanced(directed(COMMAND), 10**15, number=1) + enhanced(directed(EVENT, received=True), 10**15 + 1)
    )  # fmt: skip
    for name, format in (("btsnoop", "btsnoop, Linux monitor"), ("pcapng", "pcapng, HCI H4 with direction")):
        written(source, tmp_path / f"out.{name}")
        capture = l2scope.open(tmp_path / f"out.{name}")
        assert capture.format == format
        assert capture.tables.packets["adapter"].tolist() == [1, 0]
        assert capture.tables.packets["direction"].tolist() == [0, 1]
        assert [capture.raw(1), capture.raw(2)] == [COMMAND[1:], EVENT[1:]]
    assert [header[2] for header in btsnoop_headers(tmp_path / "out.btsnoop")] == [1 << 16 | 2, 3]


def test_losses_are_kept_where_they_were(tmp_path: Path) -> None:
    """Before a packet in both formats; behind the last one only in pcapng, which is told."""
    source = tmp_path / "losses.pcapng"
    stamp = 10**15
    source.write_bytes(
        section() + interface(201) + enhanced(directed(COMMAND), stamp)
        + enhanced(directed(EVENT, received=True), stamp + 1, drops(7))
        + enhanced(directed(COMMAND), stamp + 2, drops(2))
        + block(5, struct.pack("<III", 0, 0, 0) + struct.pack("<HHQ", 5, 8, 14) + bytes(4))
    )  # fmt: skip
    assert [tuple(row) for row in l2scope.open(source).tables.losses.tolist()] == [(2, 7), (3, 2), (4, 5)]
    assert written(source, tmp_path / "out.pcapng").losses_told
    again = l2scope.open(tmp_path / "out.pcapng")
    assert again.tables.losses.tolist() == [(2, 7), (3, 2), (4, 5)]
    assert again.quality.lost == 14
    assert not written(source, tmp_path / "out.btsnoop").losses_told
    assert [header[3] for header in btsnoop_headers(tmp_path / "out.btsnoop")] == [0, 7, 9]


def test_a_gap_is_a_new_section_or_a_lost_packet(tmp_path: Path) -> None:
    """Where garbage was skipped, or another section begins, nobody knows what is missing."""
    records = btsnoop([packet(COMMAND), packet(COMMAND, time=10**18), packet(COMMAND, time=10**18 + SECOND)])
    source = tmp_path / "garbage.btsnoop"
    source.write_bytes(records[: 16 + 28] + b"\xff" * 50 + records[16 + 28 :])
    assert l2scope.open(source).tables.losses.tolist() == [(2, 0)]
    written(source, tmp_path / "out.pcapng")
    assert (tmp_path / "out.pcapng").read_bytes().count(b"\x0a\x0d\x0d\x0a") == 2
    assert l2scope.open(tmp_path / "out.pcapng").tables.losses.tolist() == [(2, 0)]
    written(tmp_path / "out.pcapng", tmp_path / "out.btsnoop")
    assert [header[3] for header in btsnoop_headers(tmp_path / "out.btsnoop")] == [0, 1, 1]


def test_absurd_losses_do_not_hide_what_follows(tmp_path: Path) -> None:
    """A reader of btsnoop believes no leap of more than 2^20 at once; the packets behind one are read."""
    source = tmp_path / "absurd.pcapng"
    source.write_bytes(
        section() + interface(201) + b"".join(enhanced(directed(COMMAND), 10**15, drops(2**40)) for _ in range(3))
    )
    written(source, tmp_path / "out.btsnoop")
    assert [header[3] for header in btsnoop_headers(tmp_path / "out.btsnoop")] == [1 << 20, 2 << 20, 3 << 20]
    assert l2scope.open(tmp_path / "out.btsnoop").tables.losses["count"].tolist() == [1 << 20] * 3


def test_comments_and_nanoseconds_stay_in_pcapng(tmp_path: Path) -> None:
    """btsnoop has no place for either: it keeps the microsecond."""
    source = tmp_path / "fine.pcapng"
    stamp = 1_700_000_000_123_456_789
    source.write_bytes(
        section() + interface(201, (9, b"\x09")) + enhanced(directed(COMMAND), stamp, (1, b"one"), (1, b"tw\xc3\xb6"))
    )
    for name, time, comments in (("pcapng", stamp, ["one", "twö"]), ("btsnoop", stamp // 1000 * 1000, [])):
        written(source, tmp_path / f"out.{name}")
        capture = l2scope.open(tmp_path / f"out.{name}")
        assert capture.tables.packets["time"].tolist() == [time]
        assert capture.comments(1) == comments


def test_records_that_hold_nothing_keep_their_length(tmp_path: Path) -> None:
    """Packets of which not one byte, or nothing but the indicator, was captured."""
    source = tmp_path / "empty.btsnoop"
    records = ((7, b""), (7, EVENT[:1]), (1, b"\x01"))
    headers = [struct.pack(">IIIIq", original, len(data), 1, 0, EPOCH_US) + data for original, data in records]
    source.write_bytes(b"".join([btsnoop([]), *headers]))
    lengths = l2scope.open(source).tables.packets[["kind", "length", "original"]].tolist()
    assert lengths == [(OTHER, 0, 6), (4, 0, 6), (1, 0, 0)]
    written(source, tmp_path / "there.pcapng")
    assert l2scope.open(tmp_path / "there.pcapng").tables.packets[["kind", "length", "original"]].tolist() == lengths
    written(tmp_path / "there.pcapng", tmp_path / "back.btsnoop")
    assert [header[:2] for header in btsnoop_headers(tmp_path / "back.btsnoop")] == [(7, 0), (7, 1), (1, 1)]


def test_unknown_kinds_keep_their_number(tmp_path: Path) -> None:
    """An H4 indicator, or an opcode of the monitor, that has no meaning yet."""
    for datalink, data, flags in ((1002, b"\x09abc", 1), (2001, b"abc", 5 << 16 | 99)):
        record = struct.pack(">IIIIq", len(data), len(data), flags, 0, EPOCH_US + 10**15) + data
        source = tmp_path / f"{datalink}.btsnoop"
        source.write_bytes(b"btsnoop\0" + struct.pack(">II", 1, datalink) + record)
        written(source, tmp_path / "there.pcapng")
        written(tmp_path / "there.pcapng", tmp_path / "back.btsnoop")
        assert (tmp_path / "back.btsnoop").read_bytes() == source.read_bytes()
        assert l2scope.open(source).tables.packets["kind"].tolist() == [OTHER]


def test_notes_of_packetlogger_are_notes_of_the_system(tmp_path: Path) -> None:
    """Opcode 12 of the monitor."""
    source = tmp_path / "notes.pklg"
    source.write_bytes(
        packetlogger_record(0, COMMAND[1:], 10**18) + packetlogger_record(0xFB, b"a note", 10**18 + SECOND)
    )
    written(source, tmp_path / "out.btsnoop")
    assert [header[2] for header in btsnoop_headers(tmp_path / "out.btsnoop")] == [2, 12]
    assert l2scope.open(tmp_path / "out.btsnoop").raw(2) == b"a note"


def test_numbers_of_packetlogger_are_no_indicators(tmp_path: Path) -> None:
    """Its type 4 is not known, and 4 is an event in H4; its type 10 is a packet of the link manager."""
    source = tmp_path / "odd.pklg"
    source.write_bytes(b"".join(packetlogger_record(kind, b"abcd", 10**18) for kind in (0, 0, 0, 4, 10)))
    for name in ("pcapng", "btsnoop"):
        written(source, tmp_path / f"out.{name}")
        capture = l2scope.open(tmp_path / f"out.{name}")
        assert capture.tables.packets["kind"].tolist() == [1, 1, 1, OTHER, OTHER]
        assert [capture.mark(number) for number in (4, 5)] == [0, 10]


def test_packets_of_other_networks_are_left_out_and_counted(tmp_path: Path) -> None:
    """Neither format says here what they are."""
    source = tmp_path / "mixed.pcapng"
    source.write_bytes(
        section() + interface(201) + interface(1)
        + enhanced(directed(COMMAND), 10**15) + enhanced(bytes(60), 10**15 + 1, number=1)
    )  # fmt: skip
    result = written(source, tmp_path / "out.pcapng")
    assert (result.packets, result.left_out) == (1, 1)
    assert l2scope.open(tmp_path / "out.pcapng").count == 1


@pytest.mark.parametrize("to", ["btsnoop", "pcapng"])
def test_pieces_that_leave_out_the_middle_say_so(to: str, tmp_path: Path) -> None:
    """What is missing between the first and the last packet counts as lost, what is outside of them does not."""
    source = SAMPLES / "starved.btsnoop"
    out = tmp_path / f"out.{to}"
    with l2scope.open(source) as capture:
        kept = [*range(10, 50), *range(60, 100)]
        raws = [capture.raw(number + 1) for number in kept]
    assert written(source, out, slice(10, 100, 1)).packets == 90
    assert l2scope.open(out).quality.lost == 0
    written(source, out, kept)
    piece = l2scope.open(out)
    assert [piece.raw(number) for number in range(1, 81)] == raws
    assert piece.tables.losses.tolist() == [(41, 10)]


def test_adapters_beyond_what_interfaces_can_number(tmp_path: Path) -> None:
    """Adapters of a monitor keep their numbers, also those of none."""
    source = tmp_path / "monitor.pcapng"
    packets = [packet(COMMAND), packet(EVENT, received=True)]
    source.write_bytes(
        pcapng(packets, link=254)
        + enhanced(struct.pack(">HH", 0xFFFF, 12) + b"note\0", 10**15)
        + enhanced(struct.pack(">HH", 300, 2) + COMMAND[1:], 10**15)
    )
    for name in ("btsnoop", "pcapng"):
        written(source, tmp_path / f"out.{name}")
        assert l2scope.open(tmp_path / f"out.{name}").tables.packets["adapter"].tolist() == [0, 0, 0xFFFF, 300]
