"""K-frames and SDUs: each rule fires on what breaks it, and not on what nearly does."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import begin_sdu, frames, linked, opened
from tests.wire import kframes, pdu, signal


def test_a_kframe_over_the_mps() -> None:
    """101 bytes inside an SDU are too many for an MPS of 100, 100 are not."""
    conversation = opened()
    _, second = frames(conversation, b"\xc8\x00" + bytes(98), bytes(101))
    (finding,) = found(conversation, "COC020")
    assert (finding.packets, finding.side_to_blame, finding.severity) == ([second], "local", "error")
    assert finding.values == {"length": 101, "mps": 100, "count": 1}
    conversation = opened()
    conversation.send_sdu(298)
    assert found(conversation, "COC020") == []


def test_the_length_field_over_the_mps_is_a_warning() -> None:
    """A first K-frame of MPS + 2 is graded apart; MPS + 3 is no longer."""
    for size, rule in ((101, "COC035"), (102, "COC035"), (103, "COC020")):
        conversation = opened()
        (packet,) = frames(conversation, (size - 2).to_bytes(2, "little") + bytes(size - 2))
        assert [finding.packets for finding in found(conversation, rule)] == [[packet]]
    assert found(conversation, "COC035") == []


def test_a_reconfigured_mps_counts() -> None:
    """The receiver may allow more later on."""
    conversation = linked()
    conversation.sent(signal(0x17, 1, 0x80, 200, 100, 9, 0x40))
    conversation.received(signal(0x18, 1, 200, 100, 9, 0, 0x50))
    conversation.received(signal(0x19, 2, 200, 150, 0x50))
    conversation.sent(signal(0x1A, 2, 0))
    conversation.sent(pdu(0x50, b"\xc8\x00" + bytes(148)))
    assert found(conversation, "COC020") == []


def test_an_sdu_over_the_mtu() -> None:
    """501 bytes are too many for an MTU of 500, 500 are not; the first packet proves it."""
    conversation = opened()
    packets = conversation.send_sdu(501)
    (finding,) = found(conversation, "COC021")
    assert (finding.packets, finding.values["length"]) == (packets[:1], 501)
    conversation = opened()
    conversation.send_sdu(500)
    assert found(conversation, "COC021") == []


def test_more_bytes_than_announced() -> None:
    """An SDU of 50 bytes in a K-frame that holds 51; then one that holds 50."""
    conversation = opened()
    (packet,) = frames(conversation, b"\x32\x00" + bytes(51))
    (finding,) = found(conversation, "COC022")
    assert (finding.packets, finding.values["excess"]) == ([packet], 1)
    conversation = opened()
    frames(conversation, b"\x32\x00" + bytes(50))
    assert found(conversation, "COC022") == []


def test_a_split_length_field() -> None:
    """A first K-frame of one byte; one of two bytes is whole."""
    conversation = opened()
    (packet,) = frames(conversation, b"\x32")
    assert [finding.packets for finding in found(conversation, "COC023")] == [[packet]]
    conversation = opened()
    frames(conversation, b"\x32\x00", bytes(50))
    assert found(conversation, "COC023") == []


def test_empty_kframes_and_sdus() -> None:
    """No byte in a K-frame; a length of 0 in an SDU; a length of 1 is neither."""
    conversation = opened()
    begin_sdu(conversation, 150, 1)
    (empty,) = frames(conversation, b"")
    assert [finding.packets for finding in found(conversation, "COC024")] == [[empty]]
    conversation = opened()
    (packet,) = conversation.send_sdu(0)
    assert [finding.packets for finding in found(conversation, "COC025")] == [[packet]]
    conversation = opened()
    conversation.send_sdu(1)
    assert found(conversation, "COC024") + found(conversation, "COC025") == []


def test_a_tail_that_would_have_fitted() -> None:
    """98 + 2 bytes at MPS 100 leave 2 bytes for a second K-frame; sent as 98 and 2 they would have fitted."""
    conversation = opened()
    _, tail = frames(conversation, b"\x62\x00" + bytes(96), bytes(2))
    assert [finding.packets for finding in found(conversation, "COC026")] == [[tail]]
    conversation = opened()
    frames(conversation, *kframes(bytes(100), 100))
    assert found(conversation, "COC026") == []


def test_missing_kframes() -> None:
    """Of three SDUs of 250 bytes one K-frame is missing though the capture does not say so: no error, a warning."""
    conversation = opened(30)
    conversation.send_sdu(250)
    conversation.send_sdu(250)
    begin_sdu(conversation, 250, 1)
    conversation.send_sdu(250)
    conversation.send_sdu(250)
    (finding,) = found(conversation, "COC027")
    assert (finding.severity, finding.direction) == ("warning", "tx")
    conversation = opened(30)
    conversation.send_sdu(250)
    conversation.send_sdu(250)
    assert found(conversation, "COC027") == []


def test_part_filled_kframes() -> None:
    """Forty K-frames of 60 bytes at an MPS of 100; full ones are none."""
    conversation = opened(credits=200)
    for _ in range(20):
        frames(conversation, b"\xb2\x00" + bytes(58), bytes(60), bytes(60))
    (finding,) = found(conversation, "COC033")
    assert finding.values == {"part_filled": 40, "kframes": 60, "unused_bytes": 1600}
    conversation = opened(credits=200)
    for _ in range(20):
        conversation.send_sdu(250)
    assert found(conversation, "COC033") == []
