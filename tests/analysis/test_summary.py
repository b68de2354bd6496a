"""The rows of the packet list: protocol, handle, CID, channel, balance and line of each packet."""

import time
from dataclasses import astuple
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.analysis.summary import PacketSummaries, PacketSummary
from l2scope.capture import Loading, open_capture
from tests import wire
from tests.corpus import SAMPLES
from tests.dissection.captures import capture_of, event, monitor_capture_of, opened_channel, received, sdu, sent


def summary(number: int, *packets: tuple[int, int, bytes]) -> PacketSummary:
    return PacketSummaries(capture_of(packets)).of(number)


def test_columns_of_a_packet() -> None:
    """Every column as a plain value."""
    found = summary(3, *opened_channel())
    assert astuple(found) == (
        3,
        1_000_002_000_000,
        0,
        "rx",
        "acl",
        64,
        5,
        None,
        "L2CAP",
        23,
        "LE Credit Based Connection Response, successful, DCID 0x0050, MTU 500, MPS 100, credits 2",
        None,
    )
    assert all(type(value) in (int, str, type(None)) for value in astuple(found))


def test_k_frames_of_an_sdu() -> None:
    """The first says how long the SDU is, each its place and the balance, the last how it ended."""
    capture = capture_of([*opened_channel(credits=9), *sdu(250), *sdu(20)])
    rows = [PacketSummaries(capture).of(number) for number in range(4, 8)]
    assert [row.protocol for row in rows] == ["K-frame"] * 4
    assert [(row.channel, row.cid, row.balance) for row in rows] == [
        (0, 0x50, 8),
        (0, 0x50, 7),
        (0, 0x50, 6),
        (0, 0x50, 5),
    ]
    assert [row.summary for row in rows] == [
        "SDU 0 · 1/3 · 250 bytes",
        "SDU 0 · 2/3",
        "SDU 0 · 3/3 complete",
        "SDU 1 · 20 bytes complete",
    ]


def test_sdus_are_counted_by_direction() -> None:
    """The peer's first SDU is number 0 too."""
    packets = [*opened_channel(credits=9), *sdu(20)]
    packets.append(received(wire.pdu(0x40, wire.kframes(bytes(5), 100)[0])))
    assert summary(5, *packets).summary == "SDU 0 · 5 bytes complete"


def test_an_sdu_that_goes_on_while_loading(tmp_path: Path) -> None:
    """Without its row the SDU is told from what the engine knows; the number of frames from the MPS."""
    records = [(way, bytes((kind,)) + data) for way, kind, data in [*opened_channel(credits=9), *sdu(250)[:2]]]
    path = tmp_path / "growing.btsnoop"
    path.write_bytes(wire.btsnoop(records))
    loading = Loading(path)
    assert loading.step()
    summaries = PacketSummaries(loading.capture)
    assert summaries.of(4).summary == "unfinished SDU · 1/3 · 250 bytes"
    assert summaries.of(5).summary == "unfinished SDU · 2/3 · 250 bytes"
    assert not loading.step()
    assert summaries.of(4).summary == "SDU 0 · 1/3 · 250 bytes"
    assert summaries.of(5).summary == "SDU 0 · 2/3 incomplete"


@pytest.mark.parametrize(
    ("frames", "expected"),
    [(1, "SDU 0 · 1/3 · 250 bytes incomplete"), (2, "SDU 0 · 2/3 incomplete"), (3, "SDU 0 · 3/3 complete")],
)
def test_an_sdu_cut_off_by_the_closing(frames: int, expected: str) -> None:
    """The last K-frame of an SDU that was never finished says so."""
    packets = [*opened_channel(credits=9), *sdu(250)[:frames], event(wire.disconnection_complete())]
    assert summary(3 + frames, *packets).summary == expected


def test_an_sdu_with_too_many_bytes() -> None:
    """A frame that carries more than its SDU has left is called an overrun."""
    packets = [*opened_channel(), sent(wire.pdu(0x50, b"\x05\x00" + bytes(9)))]
    assert summary(4, *packets).summary == "SDU 0 · 5 bytes overrun"


def test_credits() -> None:
    """Credits name the channel, how many, and how long the sender had none."""
    packets = [*opened_channel(credits=2), *sdu(150), received(wire.signal(0x16, 7, 0x50, 3))]
    row = summary(6, *packets)
    assert (row.protocol, row.channel, row.balance) == ("Credits", 0, 3)
    assert row.summary == "+3 credits for #0, after 1.0 ms at zero"
    assert summary(4, *opened_channel(), received(wire.signal(0x16, 7, 0x50, 3))).summary == "+3 credits for #0"


def test_credits_for_no_channel() -> None:
    """Credits that belong to nothing are shown by their CID."""
    row = summary(4, *opened_channel(), received(wire.signal(0x16, 7, 0x99, 3)))
    assert (row.protocol, row.summary) == ("Credits", "Flow Control Credit Ind, CID 0x0099, credits 3")


def test_fragments() -> None:
    """A fragment points at the packet that completes the PDU; that one speaks for all of it."""
    whole = wire.pdu(wire.ATT, b"\x1b\x05\x00" + bytes(40))
    packets = [event(wire.le_connection_complete()), sent(whole[:20]), sent(whole[20:30], 1), sent(whole[30:], 1)]
    assert summary(2, *packets).protocol == "HCI_ACL"
    assert summary(2, *packets).summary == "fragment of L2CAP PDU, 20 of 47 bytes, complete in packet 4"
    assert summary(3, *packets).summary == "fragment of L2CAP PDU, 10 of 47 bytes, complete in packet 4"
    last = summary(4, *packets)
    assert (last.protocol, last.cid) == ("ATT", 4)
    assert last.summary.startswith("Handle Value Notification, handle 0x0005, 40 bytes")
    assert summary(3, *packets[:3]).summary.endswith("never completed")


@pytest.mark.parametrize(
    ("kind", "data", "protocol", "expected"),
    [
        (1, b"\x03\x0c\x00", "HCI_CMD", "Reset"),
        (3, b"\x40\x00\x02\xaa\xbb", "HCI_SCO", "Synchronous Data, 5 bytes"),
        (5, b"\x40\x20\x00\x00", "HCI_ISO", "ISO Data, 4 bytes"),
        (9, b"\x01", "HCI", "Unknown packet, 1 bytes"),
        (2, b"", "HCI_ACL", "ACL data, 0 bytes of no L2CAP PDU [too short]"),
        (
            2,
            wire.acl(b"\1\2", boundary=1),
            "HCI_ACL",
            "ACL data, 2 bytes of no L2CAP PDU [continuation without a start]",
        ),
    ],
)
def test_other_packets(kind: int, data: bytes, protocol: str, expected: str) -> None:
    """Each kind of packet has its protocol, and what is wrong stands behind the line."""
    row = summary(1, (0, kind, data))
    assert (row.protocol, row.summary) == (protocol, expected)


def test_monitor_records() -> None:
    """Records of the Linux monitor that hold no packet."""
    capture = monitor_capture_of([(8, b""), (2, b"\x03\x0c\x00"), (12, b"hello\0")])
    rows = [PacketSummaries(capture).of(number) for number in (1, 2, 3)]
    assert [(row.kind, row.protocol, row.summary) for row in rows] == [
        ("open index", "HCI_MON", "Open Index: hci0"),
        ("command", "HCI_CMD", "Reset"),
        ("system note", "HCI_MON", "System Note: hello"),
    ]


def test_handles_of_events() -> None:
    """An event that the engine gave to a link has the link's handle."""
    packets = [event(wire.le_connection_complete()), event(wire.disconnection_complete())]
    assert [summary(number, *packets).handle for number in (1, 2)] == [64, 64]


def test_while_loading() -> None:
    """Summaries made while a capture grows are those of the whole capture once it is whole."""
    path = SAMPLES / "starved.btsnoop"
    loading = Loading(path)
    summaries = PacketSummaries(loading.capture)
    while loading.step():
        if loading.capture.count:
            summaries.of(loading.capture.count)
    whole = PacketSummaries(open_capture(path))
    for number in range(1, loading.capture.count + 1):
        assert summaries.of(number) == whole.of(number)


def test_quick_enough_for_painting() -> None:
    """A row costs far less than the 200 us that a screen of 50 rows allows."""
    capture = open_capture(SAMPLES / "two_channels.btsnoop")
    summaries = PacketSummaries(capture)
    summaries.of(1)
    costs = []
    for _ in range(3):
        start = time.perf_counter()
        for number in range(1, capture.count + 1):
            summaries.of(number)
        costs.append((time.perf_counter() - start) / capture.count)
    assert min(costs) < 200e-6


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 6), st.binary(max_size=60)), min_size=1, max_size=8))
def test_any_bytes_have_a_summary(packets: list[tuple[int, int, bytes]]) -> None:
    """No bytes of any kind make a row fail, and every row can be printed."""
    capture = capture_of([event(wire.le_connection_complete()), *packets])
    summaries = PacketSummaries(capture)
    for number in range(1, capture.count + 1):
        row = summaries.of(number)
        assert row.summary.isprintable()
        assert row.summary


@pytest.mark.parametrize("number", [0, -1, 4])
def test_unknown_numbers_raise_index_error(number: int) -> None:
    """There is no packet 0, and none behind the last."""
    with pytest.raises(IndexError):
        summary(number, *opened_channel())
