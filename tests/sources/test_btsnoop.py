"""btsnoop files: three datalinks, any split of the bytes, and damage."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.engine import words
from l2scope.engine.engine import Engine
from l2scope.engine.tables import PacketTable
from l2scope.sources.btsnoop import BtsnoopParser
from l2scope.sources.errors import CaptureError
from tests.corpus import SAMPLES
from tests.tables_of import tables_of
from tests.wire import EPOCH_US, btsnoop

RECORD = struct.Struct(">IIIIq")


def read(data: bytes) -> tuple[np.ndarray, BtsnoopParser]:
    engine = Engine()
    parser = BtsnoopParser(engine)
    parser.feed(data)
    parser.end()
    return np.frombuffer(engine.tables.packets.rows.getvalue(), PacketTable.dtype), parser


def test_h4_records() -> None:
    """Datalink 1002: the first byte is the kind, bit 0 of the flags the direction; offsets point behind the kind."""
    rows, parser = read(
        btsnoop([(2, b"\x01\x03\x0c\x00"), (3, b"\x04\x0e\x00"), (0, b"\x02abcd"), (1, b"\x03ab"), (1, b"\x05")])
    )
    assert rows["kind"].tolist() == [words.COMMAND, words.EVENT, words.ACL, words.SCO, words.ISO]
    assert rows["direction"].tolist() == [words.TX, words.RX, words.TX, words.RX, words.RX]
    assert rows["length"].tolist() == [3, 2, 4, 2, 0]
    assert rows["offset"].tolist()[:2] == [16 + 24 + 1, 16 + 24 + 4 + 24 + 1]
    assert rows["time"].tolist() == [1_000_000_000_000 + number * 1_000_000 for number in range(5)]
    assert parser.format == "btsnoop, HCI H4"


def test_h1_records() -> None:
    """Datalink 1001 has no kind byte: bit 1 of the flags tells commands and events, bit 0 the direction."""
    rows, _ = read(btsnoop([(2, b"\x03\x0c\x00"), (3, b"\x0e\x00"), (0, b"abcd"), (1, b"abcd")], datalink=1001))
    assert rows["kind"].tolist() == [words.COMMAND, words.EVENT, words.ACL, words.ACL]
    assert rows["direction"].tolist() == [words.TX, words.RX, words.TX, words.RX]
    assert rows["length"].tolist() == [3, 2, 4, 4]


def test_monitor_records() -> None:
    """Datalink 2001: adapter in the upper half of the flags, opcode in the lower."""
    rows, _ = read(btsnoop([(0x0001_0000 | opcode, b"abcd") for opcode in (*range(20), 300)], datalink=2001))
    assert rows["kind"].tolist() == [
        words.NEW_INDEX, words.DELETE_INDEX, words.COMMAND, words.EVENT, words.ACL, words.ACL, words.SCO, words.SCO,
        words.OPEN_INDEX, words.CLOSE_INDEX, words.INDEX_INFO, words.VENDOR_DIAGNOSTIC, words.SYSTEM_NOTE,
        words.USER_LOGGING, words.CONTROL_OPEN, words.CONTROL_CLOSE, words.CONTROL_COMMAND, words.CONTROL_EVENT,
        words.ISO, words.ISO, words.OTHER,
    ]  # fmt: skip
    sent = [number for number, direction in enumerate(rows["direction"].tolist()) if direction == words.TX]
    assert sent == [2, 4, 6, 18]
    assert set(rows["adapter"].tolist()) == {1}


def test_times_outside_the_years_1970_to_2116_are_held() -> None:
    """They neither wrap nor stop the reading."""
    data = bytearray(btsnoop([(0, b"\x02")] * 3))
    for record, stamp in ((0, 0), (1, 2**63 - 1), (2, EPOCH_US + 5)):
        RECORD.pack_into(data, 16 + record * 25, 1, 1, 0, 0, stamp)
    assert read(bytes(data))[0]["time"].tolist() == [0, 4_611_686_018_427_387_000, 5_000]


def test_cumulative_drops_are_counted_once() -> None:
    """Each record repeats how many packets were lost so far."""
    parser = read(btsnoop([(0, b"\x02")] * 3, drops=7))[1]
    assert parser.engine.lost == 7


def test_empty_records_are_packets() -> None:
    """A record without a byte keeps its number."""
    rows, _ = read(btsnoop([(0, b""), (0, b"\x02abcd")]))
    assert rows["kind"].tolist() == [words.OTHER, words.ACL]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a capture at all", "not a btsnoop capture"),
        (btsnoop([], datalink=1003), "datalink 1003 .HCI BSCP. is not supported"),
        (btsnoop([], datalink=77), "datalink 77 .unknown. is not supported"),
        (b"btsnoop\0\0\0", "ends within the btsnoop header"),
        (btsnoop([]) + b"\xff" * 24, "the first record claims 4294967295 bytes"),
    ],
)
def test_what_is_no_capture_is_refused(data: bytes, message: str) -> None:
    """One line says what is wrong."""
    with pytest.raises(CaptureError, match=message):
        read(data)


def test_a_cut_in_the_last_record_loses_only_that() -> None:
    """Everything before the cut is there, and the cut is told with packet and byte."""
    data = btsnoop([(0, b"\x02abcd")] * 3)
    for cut in (1, 10, 28):
        rows, parser = read(data[:-cut])
        assert len(rows) == 2
        assert parser.problem == "the file ends within packet 3, which begins at byte 74"


def test_garbage_later_in_the_file_ends_the_reading() -> None:
    """What came before it is kept; the place is told."""
    rows, parser = read(btsnoop([(0, b"\x02abcd")]) + b"\xff" * 100)
    assert len(rows) == 1
    assert parser.problem == "packet 2 at byte 45 claims 4294967295 bytes: nothing from there on was read"


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_split_of_the_bytes_gives_the_same_tables(data: st.DataObject) -> None:
    """Pieces of any size, single bytes and empty ones among them."""
    whole = (SAMPLES / "two_channels.btsnoop").read_bytes()
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=30).map(sorted))
    pieces = [whole[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert tables_of(pieces) == tables_of([whole])


def test_single_bytes_give_the_same_tables() -> None:
    """The smallest pieces there are."""
    whole = (SAMPLES / "refused.btsnoop").read_bytes()
    assert tables_of([bytes((byte,)) for byte in whole]) == tables_of([whole])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([1001, 1002, 2001]))
def test_garbage_behind_a_header_never_raises_anything_else(garbage: bytes, datalink: int) -> None:
    """It is refused with a CaptureError or read as far as it goes."""
    engine = Engine()
    parser = BtsnoopParser(engine)
    try:
        parser.feed(btsnoop([], datalink) + garbage)
        parser.end()
    except CaptureError:
        assert engine.packets == 0
