"""Whatever the bytes are, the engine neither raises nor grows beyond them."""

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2scope.engine.engine import Engine
from l2scope.engine.tables import LARGEST_I32, clamped
from l2scope.reading import channel_views_of, link_views
from tests.classic_wire import Classic, checked, command, mode_option, signals, window_option, words
from tests.corpus import SAMPLES
from tests.generate.containers import packets_of
from tests.wire import HANDLE, Conversation, acl, pdu, signal

# Nothing that the engine reads of a packet at once is longer.
LONGEST_BEGINNING = 48

TIMES = st.integers(0, 2**62)
# Signalling with few identifiers and CIDs, so that responses meet requests and data meets channels.
WORDS = st.sampled_from([0, 1, 2, 4, 23, 0x40, 0x41, 0x50, 0x80, 0xFFFF])
SIGNALS = st.builds(
    lambda code, identifier, words: signal(code, identifier, *words),
    st.integers(0, 0x1B),
    st.integers(0, 2),
    st.lists(WORDS, max_size=9),
)
DATA = st.builds(pdu, st.sampled_from([0x0004, 0x0005, 0x0006, 0x0040, 0x0041, 0x0050]), st.binary(max_size=40))
PACKETS = st.one_of(
    st.tuples(st.just(2), st.builds(acl, st.one_of(SIGNALS, DATA), st.just(HANDLE), st.integers(0, 3))),
    st.tuples(st.just(4), st.builds(lambda code, body: bytes((code, len(body))) + body,
                                    st.sampled_from([3, 5, 8, 14, 19, 62]), st.binary(max_size=40))),
    st.tuples(st.integers(-1, 40), st.binary(max_size=40)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(PACKETS, st.integers(0, 1), TIMES, st.integers(0, 2**31 - 1)), max_size=60))
def test_no_packets_raise_out_of_the_engine(packets: list[tuple[tuple[int, bytes], int, int, int]]) -> None:
    """Any packets at any times give as many rows, and figures that can be shown."""
    engine = Engine()
    for (kind, data), direction, time, original in packets:
        engine.packet(time, direction, kind, 0, data, 0, len(data), 0, original)
    engine.finish()
    assert engine.tables.packets.count == len(packets)
    for channel in channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), ended=True):
        assert json.loads(json.dumps(channel.as_json()))["id"] == channel.id
        assert channel.tx.zero_ns >= 0
        assert channel.tx.busy_ns >= 0
        assert all(way.busy.total_ns == way.busy_ns for way in (channel.tx, channel.rx))


@pytest.mark.parametrize(("start", "stop"), [(-1, 2), (3, 2), (0, 5)])
def test_bounds_outside_the_data_are_refused(start: int, stop: int) -> None:
    """The door of the engine checks them: inside, indices are trusted."""
    with pytest.raises(ValueError, match="bounds"):
        Engine().packet(0, 0, 2, 0, b"1234", start, stop, 0, 4)


def test_sums_of_hostile_times_do_not_wrap() -> None:
    """A clock that leaps between 1970 and 2116 cannot make a sum negative."""
    conversation = Conversation()
    conversation.connect()
    conversation.open_channel(credits=1)
    for _ in range(5):
        conversation.now = 0
        conversation.sent(pdu(0x50, struct.pack("<H", 1000) + bytes(10)))
        conversation.now = 2**62 - 10**7
        conversation.received(signal(0x16, 9, 0x50, 1))
        conversation.received(signal(0x16, 9, 0x50, 1))
    engine = conversation.engine
    (channel,) = channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), ended=False)
    assert 2**61 < channel.tx.zero_ns <= 2**62
    assert 0 <= channel.tx.busy_ns <= 2**62


def test_columns_hold_the_nearest_number() -> None:
    """Beyond four bytes a column is clamped, never wrapped."""
    assert [clamped(value) for value in (2**40, LARGEST_I32, 5, -5, -(2**40))] == [
        LARGEST_I32, LARGEST_I32, 5, -5, -LARGEST_I32,
    ]  # fmt: skip


def test_a_link_that_ended_keeps_no_state() -> None:
    """Thousands of short lives of one handle cost rows, not channels' maps."""
    conversation = Conversation()
    for _ in range(1000):
        conversation.connect()
        conversation.open_channel()
    links = conversation.engine.host.links
    assert sum(link.channels is not None for link in links) == 1


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=lambda path: path.stem)
@pytest.mark.parametrize("cut_by", ["capture", "sender"])
def test_every_beginning_of_every_packet(path: Path, cut_by: str) -> None:
    """A packet that ends anywhere, alone in its bytes: reading on behind it would raise."""
    engine = Engine()
    count = 0
    for packet in packets_of(path.read_bytes()):
        data = packet.data[1:]
        for length in (*range(min(len(data), LONGEST_BEGINNING)), len(data)):
            original = len(data) if cut_by == "capture" else length
            engine.packet(packet.time, packet.received, packet.kind, 0, data[:length], 0, length, 0, original)
            count += 1
    engine.finish()
    assert engine.tables.packets.count == count


CLASSIC_SIGNALS = st.builds(
    lambda code, identifier, values: signals(command(code, identifier, words(*values))),
    st.sampled_from([0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0C, 0x0D]),
    st.integers(1, 2),
    st.lists(st.sampled_from([0, 1, 4, 0x40, 0x50, 0x0904, 0x3F03, 0x0207, 0x0105, 0xFFFF]), max_size=12),
)
CLASSIC_DATA = st.builds(checked, st.sampled_from([0x40, 0x50]), st.binary(min_size=2, max_size=12))
CLASSIC_PACKETS = st.builds(acl, st.one_of(CLASSIC_SIGNALS, CLASSIC_DATA, CLASSIC_DATA), st.just(HANDLE))


@pytest.mark.parametrize(
    "options", [b"", *(mode_option(mode, 3) for mode in range(1, 5)), mode_option(3) + window_option(900)]
)
@settings(max_examples=40, deadline=None)
@given(packets=st.lists(st.tuples(CLASSIC_PACKETS, st.integers(0, 1), TIMES), max_size=60), loss=st.integers(0, 59))
def test_no_frames_raise_out_of_the_engine(options: bytes, packets: list[tuple[bytes, int, int]], loss: int) -> None:
    """Whatever the frames of a channel say, also across a loss: figures can be shown and no sum is negative."""
    classic = Classic().both(options) if options else Classic()
    engine = classic.conversation.engine
    for number, (data, direction, time) in enumerate(packets):
        if number == loss:
            engine.lose(1)
        engine.packet(time, direction, 2, 0, data, 0, len(data), 0, len(data))
    engine.finish()
    for channel in channel_views_of(engine, link_views(engine), engine.tables.zeros.rows.getvalue(), ended=True):
        assert json.loads(json.dumps(channel.as_json()))["id"] == channel.id
        for way in (channel.tx, channel.rx):
            assert way.zero_ns >= 0
            assert way.frames is None or way.frames.not_ready_ns >= 0
            assert way.sdus + way.incomplete_sdus <= way.kframes


def test_gaps_cost_no_more_than_frames() -> None:
    """Ten thousand frames that each skip half of a large window: a gap is not walked through number by number."""
    classic = Classic(extended=True).both(mode_option(3) + window_option(16383))
    for number in range(10_000):
        classic.iframe(number * 8191 & 16383)
        classic.sframe(0, (number * 8191 + 1) & 16383)
    assert classic.conversation.engine.tables.frames.count == 20_000
