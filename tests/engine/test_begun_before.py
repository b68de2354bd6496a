"""Channels whose opening is not in the capture."""

import struct

import pytest

from l2scope.engine.hints import ChannelHint
from l2scope.engine.words import ACL, TX
from tests.engine.views import channels, links, sdus
from tests.wire import MS, Conversation, acl, kframes, pdu, signal


def begun(size: int = 250, count: int = 4, mps: int = 100) -> Conversation:
    """A capture that starts in mid-SDU on a link whose connection it does not hold."""
    conversation = Conversation()
    conversation.received(signal(0x16, 9, 0x50, 3))
    conversation.sent(pdu(0x50, bytes(52)))
    for _ in range(count):
        conversation.send_sdu(size, mps=mps)
    return conversation


def test_data_and_credits_make_a_channel() -> None:
    """Its SDUs are found from the first whole one on; what was announced at the opening stays unknown."""
    conversation = begun()
    (channel,) = channels(conversation)
    assert (channel.opened, channel.psm, channel.initiator, channel.certainty) == (None, None, None, "likely")
    assert (channel.remote_cid, channel.local_cid, channel.tx.mtu, channel.tx.initial_credits) == (
        0x50,
        None,
        None,
        None,
    )
    assert (channel.tx.sdus, channel.tx.sdu_bytes, channel.ledger) == (4, 1000, "relative")


def test_data_alone_is_weak_until_enough_sdus_fit() -> None:
    """Without an indication that names it, three whole SDUs are needed."""
    for count, expected in ((2, "weak"), (3, "likely")):
        conversation = Conversation()
        conversation.sent(pdu(0x0004, b"\x0a\x01\x00"))
        for _ in range(count):
            conversation.send_sdu(10)
        assert [channel.certainty for channel in channels(conversation)] == [expected]


def test_both_ends_become_one_channel() -> None:
    """The other direction's CID is the same, or the only one that is missing."""
    for other in (0x50, 0x44):
        conversation = begun()
        conversation.received(pdu(other, struct.pack("<H", 3) + b"abc"))
        (channel,) = channels(conversation)
        assert (channel.remote_cid, channel.local_cid, channel.rx.sdus) == (0x50, other, 1)


def test_two_channels_from_before_are_kept_apart() -> None:
    """With two candidates of other numbers an unknown CID is a channel of its own."""
    conversation = begun()
    conversation.sent(pdu(0x51, struct.pack("<H", 3) + b"abc"))
    conversation.received(pdu(0x60, struct.pack("<H", 3) + b"abc"))
    assert [(c.remote_cid, c.local_cid) for c in channels(conversation)] == [(0x50, None), (0x51, None), (None, 0x60)]


def test_the_balance_is_what_there_is_at_least() -> None:
    """Three granted, one used for the rest of an SDU, three for the next: at least none is left, never less."""
    conversation = begun(count=1)
    tx = channels(conversation)[0].tx
    assert (tx.balance, tx.min_balance, tx.overspent, tx.zero_intervals) == (0, 0, 0, 0)


def test_a_long_wait_pins_the_balance_down() -> None:
    """The sender stands still in mid-SDU for 200 ms, until a grant that it follows at once: it had none."""
    conversation = begun(count=2)
    frames = kframes(bytes(250), 100)
    for frame in frames[:2]:
        conversation.sent(pdu(0x50, frame))
    conversation.wait(199).received(signal(0x16, 9, 0x50, 5))
    conversation.sent(pdu(0x50, frames[2]))
    tx = channels(conversation)[0].tx
    assert [(stall.class_, stall.duration_ns, stall.sdu_bytes_owed) for stall in tx.stalls()] == [
        ("certain", 200 * MS, 52)
    ]
    assert tx.balance == 4


def test_a_healthy_pause_pins_nothing() -> None:
    """A grant that comes within the link's own pace proves no empty balance."""
    conversation = begun(count=2)
    conversation.wait(30).received(signal(0x16, 9, 0x50, 5))
    conversation.send_sdu(10)
    assert channels(conversation)[0].tx.zeros() == []


def test_a_closing_names_the_channel() -> None:
    """The Disconnection Response ends it as any other."""
    conversation = begun()
    conversation.received(pdu(0x44, struct.pack("<H", 3) + b"abc"))
    conversation.sent(signal(0x06, 3, 0x50, 0x44))
    conversation.received(signal(0x07, 3, 0x50, 0x44))
    assert [channel.close_reason for channel in channels(conversation)] == ["disconnect-local"]


def test_an_unknown_cid_on_a_link_that_was_seen_is_no_channel() -> None:
    """The set-up was seen and nothing was lost: the data has no channel to belong to."""
    conversation = Conversation()
    conversation.connect()
    conversation.send_sdu(10)
    conversation.received(signal(0x16, 9, 0x50, 3))
    assert channels(conversation) == []


def test_after_a_loss_it_may_be_one() -> None:
    """The opening may have been among the packets that were lost."""
    conversation = Conversation()
    conversation.connect()
    conversation.engine.lose(1)
    conversation.send_sdu(10)
    assert [channel.remote_cid for channel in channels(conversation)] == [0x50]


def test_classic_channels_are_not_taken_for_credit_based_ones() -> None:
    """Signalling on CID 0x0001 tells a BR/EDR link, whose dynamic channels have other modes."""
    conversation = Conversation()
    conversation.sent(pdu(0x0001, struct.pack("<BBH", 0x08, 1, 0)))
    conversation.send_sdu(10)
    assert [channel.mode for channel in channels(conversation)] == ["basic"]
    assert [link.transport for link in links(conversation)] == ["br-edr"]


def test_the_user_can_say_what_a_channel_is() -> None:
    """CIDs, SPSM and limits given by hand; the SDU that the capture begins with is found by its MTU."""
    conversation = Conversation()
    hint = ChannelHint(0x40)
    hint.local, hint.remote, hint.psm, hint.mtu, hint.mps = 0x44, 0x50, 0x85, 300, 100
    conversation.engine.host.registry.hints.append(hint)
    conversation.packet(TX, ACL, acl(pdu(0x50, kframes(bytes(250), 100)[0])))
    for frame in kframes(bytes(250), 100)[1:]:
        conversation.sent(pdu(0x50, frame))
    (channel,) = channels(conversation)
    assert (channel.psm, channel.local_cid, channel.remote_cid, channel.tx.mtu) == (0x85, 0x44, 0x50, 300)
    assert sdus(conversation)["length"].tolist() == [250]


@pytest.mark.parametrize("handle", [0x41, 0xEDC])
def test_a_hint_is_for_its_handle_only(handle: int) -> None:
    """Other links, vendor frames among them, are not touched."""
    conversation = Conversation()
    conversation.engine.host.registry.hints.append(ChannelHint(0x40))
    conversation.packet(TX, ACL, acl(pdu(0x50, b"\x03\x00abc"), handle=handle))
    assert channels(conversation) == []
