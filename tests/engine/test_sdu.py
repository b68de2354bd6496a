"""SDUs put together over K-frames, and how they end."""

import struct

from l2scope.engine.words import SDU_ABANDONED, SDU_COMPLETE, SDU_INCOMPLETE, SDU_OVERRUN
from tests.engine.views import channels, sdus
from tests.wire import Conversation, pdu, signal


def opened(mtu: int = 500, mps: int = 100) -> Conversation:
    conversation = Conversation()
    conversation.connect()
    conversation.open_channel(credits=100, mtu=mtu, mps=mps)
    return conversation


def frame(conversation: Conversation, length: int | None, size: int) -> int:
    """A K-frame of size bytes after the SDU length, if it has one."""
    start = b"" if length is None else struct.pack("<H", length)
    return conversation.sent(pdu(0x50, start + bytes(size)))


def test_sizes_at_the_edges() -> None:
    """0, 1, MPS - 2, MPS - 1 and MPS bytes take ceil((length + 2) / MPS) K-frames."""
    conversation = opened()
    sizes = (0, 1, 98, 99, 100, 500)
    counts = [len(conversation.send_sdu(size)) for size in sizes]
    assert counts == [1, 1, 1, 2, 2, 6]
    rows = sdus(conversation)
    assert rows["length"].tolist() == list(sizes)
    assert set(rows["state"].tolist()) == {SDU_COMPLETE}
    assert (channels(conversation)[0].tx.sdus, channels(conversation)[0].tx.sdu_bytes) == (6, sum(sizes))


def test_first_and_last_packet_span_the_fragments() -> None:
    """From the first ACL fragment of the first K-frame to the last of the last."""
    conversation = opened()
    numbers = conversation.send_sdu(250)
    (row,) = sdus(conversation)
    assert (row["first_packet"], row["last_packet"]) == (numbers[0], numbers[-1])


def test_too_many_bytes_are_an_overrun() -> None:
    """A K-frame that brings more than was missing ends the SDU; it is not counted as complete."""
    conversation = opened()
    frame(conversation, 50, 30)
    frame(conversation, None, 21)
    conversation.send_sdu(10)
    assert sdus(conversation)["state"].tolist() == [SDU_OVERRUN, SDU_COMPLETE]
    tx = channels(conversation)[0].tx
    assert (tx.sdus, tx.sdu_bytes, tx.incomplete_sdus) == (1, 10, 1)


def test_a_first_frame_without_a_whole_length_abandons_the_sdu() -> None:
    """What follows is taken up again at the next frame that can be a start: here its length field would be 0x5a5a."""
    conversation = opened()
    conversation.sent(pdu(0x50, b"\x0a"))
    conversation.sent(pdu(0x50, b"\x5a" * 10))
    conversation.send_sdu(10)
    assert sdus(conversation)["state"].tolist() == [SDU_ABANDONED, SDU_COMPLETE]
    assert channels(conversation)[0].tx.kframes == 3


def test_bytes_owed_at_closing_make_it_incomplete() -> None:
    """The channel is closed in mid-SDU."""
    conversation = opened()
    frame(conversation, 300, 98)
    conversation.sent(signal(0x06, 5, 0x50, 0x40))
    conversation.received(signal(0x07, 5, 0x50, 0x40))
    assert sdus(conversation)["state"].tolist() == [SDU_INCOMPLETE]


def test_the_end_of_the_capture_leaves_it_incomplete() -> None:
    """An SDU in flight when the capture ends has a row too."""
    conversation = opened()
    frame(conversation, 300, 98)
    assert len(sdus(conversation)) == 0
    conversation.engine.finish()
    assert sdus(conversation)["state"].tolist() == [SDU_INCOMPLETE]


def test_an_sdu_longer_than_the_mtu_is_still_followed() -> None:
    """It breaks the rules, but it is an SDU (Vol 3 Part A 3.4.3)."""
    conversation = opened(mtu=100)
    conversation.send_sdu(150)
    assert sdus(conversation)[["length", "state"]].tolist() == [(150, SDU_COMPLETE)]


def test_directions_are_apart() -> None:
    """The two directions of one channel interleave."""
    conversation = opened()
    frame(conversation, 100, 98)
    conversation.received(pdu(0x40, struct.pack("<H", 3) + b"abc"))
    frame(conversation, None, 2)
    assert sdus(conversation)[["direction", "length", "state"]].tolist() == [
        (1, 3, SDU_COMPLETE),
        (0, 100, SDU_COMPLETE),
    ]
