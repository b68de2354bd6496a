"""How channels end: each rule fires on what it is for, and not on what nearly is."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import begin_sdu, close, frames, grant, opened
from tests.wire import disconnection_complete


def test_bytes_owed_at_the_closing() -> None:
    """150 of 250 bytes (98 + 100 - 2 = 198 sent) were not sent; a whole SDU owes nothing."""
    conversation = opened()
    begin_sdu(conversation, 250, 2)
    packets = close(conversation, by_peer=True)
    (finding,) = found(conversation, "COC029")
    assert (finding.packets, finding.side_to_blame, finding.values["bytes_owed"]) == (list(packets), "remote", 52)
    assert finding.message.startswith("the receiver (remote) closed the channel with 52 bytes")
    conversation = opened()
    conversation.send_sdu(250)
    close(conversation)
    assert found(conversation, "COC029") == []


def test_bytes_owed_when_the_link_ends() -> None:
    """A link that is lost has nobody to blame; one that the peer ended has."""
    for reason, blame in ((0x08, None), (0x13, "remote"), (0x16, "local")):
        conversation = opened()
        begin_sdu(conversation, 250, 2)
        conversation.event(disconnection_complete(reason=reason))
        assert [finding.side_to_blame for finding in found(conversation, "COC029")] == [blame]


def test_two_bytes_short() -> None:
    """The sender has credits and time, and stops two bytes before the end; three bytes are something else."""
    for sent, rule in ((148, "COC028"), (147, "COC029")):
        conversation = opened()
        frames(conversation, b"\x96\x00" + bytes(98), bytes(sent - 98))
        close(conversation.wait(300))
        (finding,) = found(conversation, rule)
        assert finding.severity == ("error" if rule == "COC028" else "warning")
    conversation = opened(credits=2)
    frames(conversation, b"\x96\x00" + bytes(98), bytes(50))
    close(conversation.wait(300))
    assert found(conversation, "COC028") == []


def test_a_legal_channel_is_dropped() -> None:
    """The peer closes 1 ms after the first K-frame of three; after 200 ms, or once it gave credits, it may."""
    conversation = opened()
    (packet,) = begin_sdu(conversation, 250, 1)
    request, _ = close(conversation, by_peer=True)
    (finding,) = found(conversation, "COC030")
    assert (finding.packets, finding.side_to_blame) == ([packet, request], "remote")
    for wait, granted in ((200, False), (0, True)):
        conversation = opened()
        begin_sdu(conversation, 250, 1)
        if granted:
            grant(conversation)
        close(conversation.wait(wait), by_peer=True)
        assert found(conversation, "COC030") == []


def test_the_receiver_closes_right_after_data() -> None:
    """Within a second of the last K-frame; later, or by the sender, it says nothing."""
    for wait, by_peer, count in ((500, True, 1), (1100, True, 0), (500, False, 0)):
        conversation = opened()
        conversation.send_sdu(250)
        close(conversation.wait(wait), by_peer)
        assert len(found(conversation, "COC031")) == count


def test_the_receiver_goes_on_after_a_fault() -> None:
    """It shall disconnect: two seconds later it has not. One that does has no fault."""
    conversation = opened()
    conversation.send_sdu(501)
    grant(conversation.wait(2000))
    (finding,) = found(conversation, "COC034")
    assert finding.side_to_blame == "remote"
    conversation = opened()
    conversation.send_sdu(501)
    close(conversation, by_peer=True)
    grant(conversation.wait(2000))
    assert found(conversation, "COC034") == []
