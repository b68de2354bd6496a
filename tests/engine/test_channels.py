"""How channels open, are refused, and end."""

import struct

import pytest

from l2scope.engine.words import CLOSE_INDEX, DELETE_INDEX, NEW_INDEX, RX
from tests.engine.views import channels, refused, signals
from tests.wire import Conversation, command_complete, disconnection_complete, pdu, signal


def connected() -> Conversation:
    conversation = Conversation()
    conversation.connect()
    return conversation


def test_limits_belong_to_the_receiver_of_a_direction() -> None:
    """What the request announces bounds what the requester receives, the response what it sends."""
    conversation = connected()
    conversation.sent(signal(0x14, 1, 0x80, 0x40, 600, 70, 7))
    packet = conversation.received(signal(0x15, 1, 0x50, 500, 60, 6, 0))
    (channel,) = channels(conversation)
    assert (channel.psm, channel.local_cid, channel.remote_cid, channel.opened) == (0x80, 0x40, 0x50, packet)
    assert (channel.initiator, channel.mode, channel.ledger) == ("local", "le-credit", "exact")
    assert (channel.tx.cid, channel.tx.mtu, channel.tx.mps, channel.tx.initial_credits) == (0x50, 500, 60, 6)
    assert (channel.rx.cid, channel.rx.mtu, channel.rx.mps, channel.rx.initial_credits) == (0x40, 600, 70, 7)


def test_a_channel_that_the_peer_opened_is_mirrored() -> None:
    """The peer's source CID is the one that the captured host sends to."""
    conversation = connected()
    conversation.received(signal(0x14, 1, 0x80, 0x60, 600, 70, 7))
    conversation.sent(signal(0x15, 1, 0x41, 500, 60, 6, 0))
    (channel,) = channels(conversation)
    assert (channel.initiator, channel.local_cid, channel.remote_cid) == ("remote", 0x41, 0x60)
    assert (channel.tx.mtu, channel.rx.mtu) == (600, 500)


def test_a_response_without_its_request_opens_nothing() -> None:
    """The identifier pairs them; another identifier, or the same side, is no answer."""
    conversation = connected()
    conversation.sent(signal(0x14, 1, 0x80, 0x40, 600, 70, 7))
    conversation.received(signal(0x15, 2, 0x50, 500, 60, 6, 0))
    conversation.sent(signal(0x15, 1, 0x50, 500, 60, 6, 0))
    assert channels(conversation) == []
    assert signals(conversation)["request"].tolist() == [-1, -1, -1]


def test_an_identifier_can_be_used_again() -> None:
    """Each response answers the latest request of its identifier, once."""
    conversation = connected()
    conversation.open_channel(0x40, 0x50)
    conversation.open_channel(0x41, 0x51)
    conversation.received(signal(0x15, 1, 0x52, 500, 60, 6, 0))
    assert [channel.local_cid for channel in channels(conversation)] == [0x40, 0x41]
    assert signals(conversation)["request"].tolist() == [-1, 0, -1, 2, -1]


@pytest.mark.parametrize("result", [2, 4, 5, 6, 7, 8, 9, 0xA, 0xB])
def test_a_refusal_is_no_channel(result: int) -> None:
    """It is kept with its result, its SPSM and its two packets."""
    conversation = connected()
    request = conversation.sent(signal(0x14, 1, 0x99, 0x40, 600, 70, 7))
    response = conversation.received(signal(0x15, 1, 0, 0, 0, 0, result))
    assert channels(conversation) == []
    (attempt,) = refused(conversation)
    assert (attempt.psm, attempt.scid, attempt.result, attempt.initiator) == (0x99, 0x40, result, "local")
    assert (attempt.request, attempt.response) == (request, response)


def test_a_peer_that_does_not_know_the_command_refuses() -> None:
    """A Command Reject of the connection request is a refusal without a result."""
    conversation = connected()
    conversation.sent(signal(0x14, 1, 0x99, 0x40, 600, 70, 7))
    conversation.received(signal(0x01, 1, 0))
    assert [attempt.result for attempt in refused(conversation)] == [None]


@pytest.mark.parametrize(("requester", "reason"), [("sent", "disconnect-local"), ("received", "disconnect-peer")])
def test_the_response_closes_and_the_request_tells_who(requester: str, reason: str) -> None:
    """The first CID of the response is the responder's endpoint; the other need not fit."""
    conversation = connected()
    conversation.open_channel(0x40, 0x50)
    if requester == "sent":
        conversation.sent(signal(0x06, 5, 0x50, 0x40))
        packet = conversation.received(signal(0x07, 5, 0x50, 0x7F))
    else:
        conversation.received(signal(0x06, 5, 0x40, 0x50))
        packet = conversation.sent(signal(0x07, 5, 0x40, 0x7F))
    (channel,) = channels(conversation)
    assert (channel.closed, channel.closed_ns, channel.close_reason) == (packet, conversation.now, reason)


def test_a_request_alone_closes_nothing() -> None:
    """Data between request and response is still the channel's."""
    conversation = connected()
    conversation.open_channel(0x40, 0x50)
    conversation.received(signal(0x06, 5, 0x40, 0x50))
    conversation.send_sdu(10)
    (channel,) = channels(conversation)
    assert (channel.closed, channel.tx.kframes) == (None, 1)


def test_an_unknown_cid_in_the_reject_of_a_disconnection_closes() -> None:
    """The peer has lost the channel already. Another reason leaves it open."""
    for reason, expected in ((2, "rejected"), (0, None)):
        conversation = connected()
        conversation.open_channel(0x40, 0x50)
        conversation.sent(signal(0x06, 5, 0x50, 0x40))
        conversation.received(signal(0x01, 5, reason, 0x50, 0x40))
        assert [channel.close_reason for channel in channels(conversation)] == [expected]


def test_a_lost_link_closes_its_channels() -> None:
    """With the SDU that was in flight incomplete."""
    conversation = connected()
    conversation.open_channel(credits=9)
    conversation.sent(pdu(0x50, struct.pack("<H", 300) + bytes(98)))
    packet = conversation.event(disconnection_complete(reason=0x08))
    (channel,) = channels(conversation)
    assert (channel.closed, channel.close_reason, channel.tx.incomplete_sdus) == (packet, "link-lost", 1)


def test_a_reset_closes_the_channels_of_its_adapter_only() -> None:
    """HCI_Reset's Command Complete ends every link of the controller."""
    conversation = connected()
    conversation.open_channel()
    conversation.adapter = 1
    conversation.connect()
    conversation.open_channel()
    conversation.event(command_complete(0x0C03, b"\x00"))
    assert [channel.close_reason for channel in channels(conversation)] == [None, "reset"]


@pytest.mark.parametrize("kind", [CLOSE_INDEX, DELETE_INDEX, NEW_INDEX])
def test_an_adapter_that_goes_takes_its_channels_along(kind: int) -> None:
    """The monitor's record is the last that is heard of them."""
    conversation = connected()
    conversation.open_channel()
    conversation.packet(RX, kind, b"")
    assert [channel.close_reason for channel in channels(conversation)] == ["adapter-gone"]


def test_a_new_connection_on_a_handle_ends_the_former_one() -> None:
    """A handle is used again: the former link ended out of sight."""
    conversation = connected()
    conversation.open_channel()
    conversation.connect()
    conversation.open_channel(0x40, 0x50)
    assert [channel.close_reason for channel in channels(conversation)] == ["handle-reused", None]
    assert [channel.link for channel in channels(conversation)] == [0, 1]


def test_a_cid_that_opens_anew_ends_the_former_channel() -> None:
    """Its closing was out of sight; data goes to the new one."""
    conversation = connected()
    conversation.open_channel(0x40, 0x50)
    conversation.open_channel(0x41, 0x50)
    conversation.send_sdu(10)
    assert [channel.tx.kframes for channel in channels(conversation)] == [0, 1]
    assert [channel.closed is None for channel in channels(conversation)] == [False, True]


def test_lost_packets_make_ledgers_relative() -> None:
    """Those of channels that were open then, not of later ones."""
    conversation = connected()
    conversation.open_channel(0x40, 0x50)
    conversation.engine.lose(3)
    conversation.open_channel(0x41, 0x51)
    assert [channel.ledger for channel in channels(conversation)] == ["relative", "exact"]


def test_enhanced_channels_are_paired_by_position() -> None:
    """Three asked for, the second refused by a destination CID of 0."""
    conversation = connected()
    conversation.sent(signal(0x17, 3, 0x27, 512, 100, 5, 0x40, 0x41, 0x42))
    conversation.received(signal(0x18, 3, 256, 64, 6, 4, 0x61, 0, 0x60))
    found = channels(conversation)
    assert [(channel.local_cid, channel.remote_cid, channel.mode) for channel in found] == [
        (0x40, 0x61, "enhanced-credit"),
        (0x42, 0x60, "enhanced-credit"),
    ]
    assert (found[0].tx.mtu, found[0].tx.mps, found[0].tx.initial_credits) == (256, 64, 6)
    assert [(attempt.scid, attempt.result) for attempt in refused(conversation)] == [(0x41, 4)]


def test_a_pending_answer_is_followed_by_another() -> None:
    """Result 0x000D keeps the request open."""
    conversation = connected()
    conversation.sent(signal(0x17, 3, 0x27, 512, 100, 5, 0x40))
    conversation.received(signal(0x18, 3, 0, 0, 0, 0xD, 0))
    conversation.received(signal(0x18, 3, 256, 64, 6, 0, 0x61))
    assert [channel.remote_cid for channel in channels(conversation)] == [0x61]
    assert refused(conversation) == []


def test_a_reconfiguration_is_recorded() -> None:
    """It names endpoints of its sender; the limits at the opening stay what they were."""
    conversation = connected()
    conversation.sent(signal(0x17, 3, 0x27, 512, 100, 5, 0x40))
    conversation.received(signal(0x18, 3, 256, 64, 6, 0, 0x61))
    conversation.sent(signal(0x19, 4, 900, 120, 0x40))
    packet = conversation.received(signal(0x1A, 4, 0))
    (channel,) = channels(conversation)
    assert channel.reconfigured == [{"packet": packet, "mtu": 900, "mps": 120}]
    assert (channel.rx.mtu, channel.rx.mps) == (512, 100)


def test_both_ends_in_one_capture_are_twins() -> None:
    """A channel seen from two adapters is paired by its mirrored ends and limits."""
    conversation = connected()
    conversation.adapter = 1
    conversation.connect()
    request, response = signal(0x14, 1, 0x80, 0x40, 600, 70, 7), signal(0x15, 1, 0x50, 500, 60, 6, 0)
    conversation.adapter = 0
    conversation.sent(request)
    conversation.adapter = 1
    conversation.received(request)
    conversation.sent(response)
    conversation.adapter = 0
    conversation.received(response)
    assert [channel.twin for channel in channels(conversation)] == [1, 0]


def test_several_commands_in_one_frame_are_read_on_br_edr_only() -> None:
    """CID 0x0001 may carry several, CID 0x0005 one (Vol 3 Part A 4)."""
    echo = struct.pack("<BBH", 0x08, 1, 2) + b"hi"
    for cid, expected in ((0x0001, [0, 6]), (0x0005, [0])):
        conversation = connected()
        conversation.sent(pdu(cid, echo + echo))
        assert signals(conversation)["offset"].tolist() == expected


def test_requests_of_both_sides_with_one_identifier_are_apart() -> None:
    """The parameter update of one side and the connection request of the other use the same identifier."""
    conversation = connected()
    conversation.sent(signal(0x12, 1, 6, 6, 0, 300))
    conversation.received(signal(0x14, 1, 0x80, 0x60, 600, 70, 7))
    conversation.sent(signal(0x15, 1, 0x41, 500, 60, 6, 0))
    conversation.received(signal(0x13, 1, 1))
    assert signals(conversation)["request"].tolist() == [-1, -1, 1, 0]
    assert signals(conversation)["result"].tolist() == [0, 0, 0, 1]
