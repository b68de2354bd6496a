"""The Python API: tables, bytes behind rows, and what happens while a file is read or changes."""

import gc
import threading
import warnings
from pathlib import Path

import pytest

import l2scope
from l2scope.capture import Loading
from l2scope.channels import duration_ns
from l2scope.sources.containers.stream import Beginning, Stream
from tests.corpus import SAMPLES
from tests.wire import Conversation, btsnoop, fragments, le_connection_complete, pdu

STARVED = SAMPLES / "starved.btsnoop"


def test_bytes_behind_a_packet(tmp_path: Path) -> None:
    """Exactly the HCI packet, without its H4 indicator; the frame length has it, as Wireshark's."""
    path = tmp_path / "two.btsnoop"
    path.write_bytes(btsnoop([(3, b"\x04\x0e\x01\xaa"), (0, b"\x02\x40\x00\x01\x00\xbb")]))
    capture = l2scope.open(path)
    assert [capture.raw(number) for number in (1, 2)] == [b"\x0e\x01\xaa", b"\x40\x00\x01\x00\xbb"]
    assert [capture.frame_length(number) for number in (1, 2)] == [4, 6]


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_packet_outside_the_capture(number: int, tmp_path: Path) -> None:
    """Numbers run from 1 to the count."""
    path = tmp_path / "two.btsnoop"
    path.write_bytes(btsnoop([(0, b"\x02")] * 2))
    with pytest.raises(IndexError, match="of 2"):
        l2scope.open(path).raw(number)


def test_bytes_behind_a_pdu_in_fragments(tmp_path: Path) -> None:
    """Fragments of another direction lie between them."""
    whole = pdu(0x0004, b"\x1b\x10\x00" + bytes(range(50)))
    sent, received = fragments(whole, [2, 30]), fragments(whole[:20], [10])
    records = [(3, b"\x04" + le_connection_complete())]
    for number in range(3):
        records.append((0, b"\x02" + sent[number]))
        records.extend((1, b"\x02" + packet) for packet in received[number : number + 1])
    path = tmp_path / "cut.btsnoop"
    path.write_bytes(btsnoop(records))
    capture = l2scope.open(path)
    assert capture.pdu_bytes(0) == whole
    assert capture.tables.pdus["state"].tolist() == [1, 2]


def test_a_file_that_became_shorter_is_an_error_and_no_crash(tmp_path: Path) -> None:
    """Reading mapped pages that are gone would end the process."""
    path = tmp_path / "shrinks.btsnoop"
    path.write_bytes(STARVED.read_bytes())
    capture = l2scope.open(path)
    with path.open("r+b") as file:
        file.truncate(100)
    with pytest.raises(l2scope.CaptureError, match="shorter"):
        capture.raw(capture.count)


def test_loading_in_steps_gives_the_same_capture(tmp_path: Path) -> None:
    """Rows that were taken early and patched late end up as if they had been taken at once."""
    path = tmp_path / "slow.btsnoop"
    path.write_bytes(b"".join([STARVED.read_bytes(), (SAMPLES / "small_fragments.btsnoop").read_bytes()[16:]]))
    whole = l2scope.open(path)
    loading = Loading(path)
    content = loading._source._content
    content._stream = Beginning(_Dribble(content._stream))
    while loading.step():
        pass
    for name in ("packets", "pdus", "signals", "credits", "sdus", "zeros", "att"):
        assert getattr(loading.capture.tables, name).tobytes() == getattr(whole.tables, name).tobytes(), name
    assert [c.as_json() for c in loading.capture.channels] == [c.as_json() for c in whole.channels]


class _Dribble:
    """A stream that gives 100 bytes at a time."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, _size: int) -> bytes:
        return self._stream.read(100)


def test_views_can_be_asked_for_while_another_thread_reads(tmp_path: Path) -> None:
    """Channels and stalls of a capture that grows, from a second thread, are consistent enough never to raise."""
    path = tmp_path / "long.btsnoop"
    body = STARVED.read_bytes()
    path.write_bytes(body + body[16:] * 30)
    loading = Loading(path)
    errors: list[Exception] = []

    def look() -> None:
        try:
            while not loading.capture.ended:
                for channel in loading.capture.channels:
                    assert channel.tx.sdus <= channel.tx.kframes
                assert len(loading.capture.tables.packets) == loading.capture.count or not loading.capture.ended
        except Exception as error:
            errors.append(error)

    looker = threading.Thread(target=look)
    looker.start()
    while loading.step():
        pass
    looker.join()
    assert errors == []
    assert loading.progress == 1.0


def test_one_channel_or_a_telling_error() -> None:
    """one() finds by attributes; its error lists what there is."""
    channels = l2scope.open(SAMPLES / "two_channels.btsnoop").channels
    assert channels.one(psm=0x81).local_cid == 0x40
    assert len(channels.where(adapter=0)) == 2
    with pytest.raises(LookupError, match=r"(?s)2 channels fit no condition.*#0 psm=0x0081 .*#1 psm=0x0082"):
        channels.one()
    with pytest.raises(LookupError, match="0 channels fit psm=0x0007"):
        channels.one(psm=7)


def test_stalls_longer_than() -> None:
    """All 17 waits of the starved sender are about 300 ms."""
    (channel,) = l2scope.open(STARVED).channels
    assert len(channel.tx.stalls()) == 17
    assert len(channel.tx.stalls(longer_than="250ms")) == 17
    assert channel.tx.stalls(longer_than="1s") == []
    assert channel.rx.stalls() == []


@pytest.mark.parametrize(
    ("text", "expected"), [("50ms", 50_000_000), ("1.5 s", 1_500_000_000), ("20us", 20_000), ("7ns", 7), (9, 9)]
)
def test_durations(text: str | int, expected: int) -> None:
    """A number and a unit, or nanoseconds."""
    assert duration_ns(text) == expected


@pytest.mark.parametrize("text", ["", "50", "ms", "5 minutes", "-3ms", "1e3s"])
def test_what_is_no_duration(text: str) -> None:
    """It says how to write one."""
    with pytest.raises(ValueError, match="no duration"):
        duration_ns(text)


def test_an_engine_forgets_rows_that_were_dropped() -> None:
    """Figures stay right when every row is dropped after each packet."""
    conversation = Conversation()
    conversation.connect()
    conversation.open_channel(credits=9)
    for piece in fragments(pdu(0x50, b"\x05\x00hello"), [3, 6]):
        conversation.packet(0, 2, piece)
        conversation.engine.tables.drop()
    (channel,) = conversation.engine.host.registry.channels
    assert (channel.tx.sdus.complete, channel.tx.sdus.bytes) == (1, 5)
    assert conversation.engine.tables.pdus.rows.getvalue() == b""


def test_a_capture_that_is_forgotten_leaves_no_open_file() -> None:
    """Suites that turn ResourceWarning into an error can drop one without closing it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        l2scope.open(STARVED)
        gc.collect()
    assert caught == []


def test_a_capture_closes_at_the_end_of_a_with_block() -> None:
    """The views stay, the bytes are gone."""
    with l2scope.open(STARVED) as capture:
        assert capture.raw(1)
    assert len(capture.channels) == 1
    with pytest.raises(ValueError, match="closed"):
        capture.raw(1)
