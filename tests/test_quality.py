"""Capture quality: what the parser and the engine saw, as rows."""

import struct
from pathlib import Path

import l2scope
from l2scope.quality import Quality, quality_of
from l2scope.reading import read_figures
from tests.generate.containers import btsnoop, enhanced, interface, packet, section
from tests.wire import ATT, Conversation, acl, pdu

HOUR = 3600 * 10**9


def quality(folder: Path, data: bytes) -> Quality:
    """Of a capture read for its figures, which is that of the capture with its tables."""
    path = folder / "capture"
    path.write_bytes(data)
    found = read_figures(path).quality
    assert l2scope.open(path).quality == found
    return found


def test_a_sound_capture_has_no_rows(tmp_path: Path) -> None:
    """And what it shows is conclusive."""
    found = quality(tmp_path, btsnoop([packet(b"\x01\x03\x0c\x00")]))
    assert (found.rows, found.notes, found.conclusive, found.lost, found.truncated) == ((), [], True, 0, False)


def test_rows_of_the_engine(tmp_path: Path) -> None:
    """Cut payloads, time that runs backwards and links from before, each with the first packet that shows it."""
    data = [
        packet(b"\x01\x03\x0c\x00", time=10 * HOUR),
        packet(b"\x02" + acl(pdu(ATT, b"\x0a\x01\x00")), time=9 * HOUR).cut(9),
        packet(b"\x02" + acl(pdu(ATT, b"\x0a\x01\x00")), time=8 * HOUR).cut(9),
    ]
    found = quality(tmp_path, btsnoop(data))
    assert [(row.rule, row.packet, row.count) for row in found.rows] == [
        ("CAP002", 2, 2),
        ("CAP004", 2, 2),
        ("CAP010", None, 1),
    ]
    assert found.conclusive
    assert found.notes[0] == "2 packets were cut short while they were captured, the first is packet 2"


def test_losses(tmp_path: Path) -> None:
    """Counted by the capture, with the packet they are missing before: not conclusive."""
    data = bytearray(btsnoop([packet(b"\x01\x03\x0c\x00")] * 3))
    for record, drops in ((1, 5), (2, 9)):
        data[16 + 28 * record + 12 : 16 + 28 * record + 16] = struct.pack(">I", drops)
    found = quality(tmp_path, bytes(data))
    assert [(row.rule, row.packet, row.count) for row in found.rows] == [("CAP003", 2, 9)]
    assert (found.lost, found.conclusive) == (9, False)


def test_absurd_losses_are_not_believed(tmp_path: Path) -> None:
    """Four thousand millions at once are no count."""
    data = bytearray(btsnoop([packet(b"\x01\x03\x0c\x00")] * 3))
    data[16 + 28 + 12 : 16 + 28 + 16] = b"\xff" * 4
    assert quality(tmp_path, bytes(data)).lost == 0


def test_garbage_makes_a_capture_inconclusive(tmp_path: Path) -> None:
    """Though it is not cut off and says of no loss; the ledgers that live across it are relative."""
    record = btsnoop([packet(b"\x01\x03\x0c\x00")])[16:]
    found = quality(tmp_path, btsnoop([]) + record * 2 + b"\xff" * 50 + record * 2)
    assert [(row.rule, row.packet, row.offset, row.count) for row in found.rows] == [("CAP005", 3, 16 + 56, 50)]
    assert (found.truncated, found.lost, found.conclusive) == (False, 0, False)


def test_a_gap_of_unknown_size_makes_ledgers_relative() -> None:
    """As a loss does that the capture counts, without a number that nobody knows."""
    for happens, lost in (("nothing", 0), ("gap", 0), ("lose", 3)):
        conversation = Conversation()
        conversation.connect()
        conversation.open_channel()
        if happens == "gap":
            conversation.engine.gap()
        elif happens == "lose":
            conversation.engine.lose(3)
        conversation.send_sdu(50)
        (channel,) = conversation.engine.host.registry.channels
        assert channel.exact is (happens == "nothing")
        assert conversation.engine.lost == lost


def test_a_problem_of_a_source_without_a_log_is_a_row() -> None:
    """A live source may end early for reasons of its own."""
    found = quality_of(Conversation().engine, "the recording ended")
    assert [(row.rule, row.message) for row in found.rows] == [("CAP006", "the recording ended")]
    assert found.truncated


def test_comments_of_a_capture(tmp_path: Path) -> None:
    """By packet number."""
    path = tmp_path / "commented"
    data = bytes(4) + b"\x01\x03\x0c\x00"
    path.write_bytes(section() + interface(201) + enhanced(data, 5) + enhanced(data, 6, (1, b"look here")))
    capture = l2scope.open(path)
    assert (capture.comments(1), capture.comments(2)) == ([], ["look here"])
