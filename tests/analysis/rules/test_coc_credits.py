"""Credits given and spent: each rule fires on what breaks it, and not on what nearly does."""

from tests.analysis.finding import found
from tests.analysis.rules.conversations import close, grant, opened
from tests.wire import Conversation, pdu, signal


def test_credits_for_no_channel() -> None:
    """The peer names the captured host's CID instead of its own."""
    conversation = opened()
    packet = grant(conversation, cid=0x7F)
    (finding,) = found(conversation, "COC010")
    assert (finding.packets, finding.side_to_blame, finding.values["cid"]) == ([packet], "remote", 0x7F)
    conversation = opened()
    grant(conversation)
    assert found(conversation, "COC010") == []


def test_credits_after_the_closing() -> None:
    """Who sent the Disconnection Response knows; credits before it, or on their way to it, are healthy."""
    conversation = opened()
    close(conversation)
    packet = grant(conversation)
    assert [finding.packets for finding in found(conversation, "COC010")] == [[packet]]
    conversation = opened()
    conversation.sent(signal(0x06, 7, 0x50, 0x40))
    grant(conversation)
    conversation.received(signal(0x07, 7, 0x50, 0x40))
    assert found(conversation, "COC010") == []
    conversation = opened()
    close(conversation, by_peer=True)
    grant(conversation)
    assert found(conversation, "COC010") == []


def test_a_link_from_before_the_capture_gives_no_error() -> None:
    """Credits for a channel whose opening nobody saw."""
    conversation = Conversation()
    grant(conversation)
    assert found(conversation, "COC010") == []


def test_zero_credits() -> None:
    """0 is an error, 1 is not; the receiver is to blame."""
    conversation = opened()
    packet = grant(conversation, 0)
    (finding,) = found(conversation, "COC011")
    assert (finding.packets, finding.side_to_blame, finding.direction) == ([packet], "remote", "tx")
    conversation = opened()
    grant(conversation, 1)
    assert found(conversation, "COC011") == []


def test_too_many_credits() -> None:
    """20 + 65515 = 65535 is the most; one more is too many."""
    conversation = opened(credits=20)
    grant(conversation, 65515)
    assert found(conversation, "COC012") == []
    packet = grant(conversation, 1)
    (finding,) = found(conversation, "COC012")
    assert (finding.packets, finding.values["balance"], finding.side_to_blame) == ([packet], 65536, "remote")


def test_spending_without_credits() -> None:
    """The fourth K-frame on three credits; the third is the last that may be sent."""
    conversation = opened(credits=3)
    conversation.send_sdu(298)
    assert found(conversation, "COC013") == []
    packet = conversation.send_sdu(10)[0]
    conversation.send_sdu(10)
    (finding,) = found(conversation, "COC013")
    assert (finding.packets, finding.side_to_blame, finding.severity) == ([packet], "local", "error")


def test_a_loss_is_no_overspending() -> None:
    """Packets are missing: a grant may have been among them."""
    conversation = opened(credits=3)
    conversation.send_sdu(298)
    conversation.engine.lose(1)
    conversation.send_sdu(10)
    assert found(conversation, "COC013") == []


def test_an_inferred_channel_gives_no_error() -> None:
    """K-frames of a channel from before the capture spend what nobody knows."""
    conversation = Conversation()
    for _ in range(5):
        conversation.sent(pdu(0x50, b"\x0a\x00" + bytes(10)))
    assert found(conversation, "COC013") == []
