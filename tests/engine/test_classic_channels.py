"""How BR/EDR channels open, are refused and configured."""

import struct

import pytest

from tests.classic_wire import (
    ERTM,
    LOCAL_CID,
    REMOTE_CID,
    STREAMING,
    Classic,
    checked,
    command,
    fcs_option,
    mode_option,
    mtu_option,
    signals,
    window_option,
    words,
)
from tests.engine.views import att, channels, refused, sdus
from tests.engine.views import signals as rows_of_signals
from tests.wire import Conversation, pdu, signal


def test_a_connection_opens_a_basic_channel() -> None:
    """PSM, CIDs and initiator from request and response; the MTU is 672 where nobody says otherwise."""
    classic = Classic()
    packet = classic.open()
    classic.configure()
    (channel,) = channels(classic.conversation)
    assert (channel.psm, channel.mode, channel.opened) == (0x1001, "basic", packet)
    assert (channel.local_cid, channel.remote_cid, channel.initiator) == (LOCAL_CID, REMOTE_CID, "local")
    assert (channel.tx.mtu, channel.rx.mtu, channel.tx.mps) == (672, 672, None)
    assert (channel.ledger, channel.tx.as_json()["balance"], channel.tx.as_json()["zero_ns"]) == (None, None, None)


def test_a_pending_response_opens_nothing_yet() -> None:
    """The response with the same identifier that follows does."""
    classic = Classic()
    classic.open(result=1)
    assert channels(classic.conversation) == []
    packet = classic.conversation.received(signals(command(0x03, 1, words(REMOTE_CID, LOCAL_CID, 0, 0))))
    assert [channel.opened for channel in channels(classic.conversation)] == [packet]


@pytest.mark.parametrize("result", [2, 3, 4, 6, 7])
def test_a_refusal_is_no_channel(result: int) -> None:
    """It is kept with its result and its PSM."""
    classic = Classic()
    classic.open(psm=0x0019, result=result)
    assert channels(classic.conversation) == []
    (attempt,) = refused(classic.conversation)
    assert (attempt.psm, attempt.result, attempt.mode) == (0x0019, result, "basic")


def test_create_channel_opens_one_too() -> None:
    """Create Channel asks for a controller as well; its response is that of a connection."""
    classic = Classic()
    classic.open(result=2)
    classic.conversation.sent(signals(command(0x0C, 5, words(0x0019, 0x41) + b"\0")))
    classic.conversation.received(signals(command(0x0D, 5, words(0x51, 0x41, 0, 0))))
    assert [(channel.psm, channel.local_cid) for channel in channels(classic.conversation)] == [(0x0019, 0x41)]


def test_an_le_link_has_no_such_channels() -> None:
    """A Connection Request on CID 0x0005 is none that LE knows."""
    conversation = Conversation()
    conversation.connect()
    conversation.sent(signal(0x02, 1, 0x1001, LOCAL_CID))
    conversation.received(signal(0x03, 1, REMOTE_CID, LOCAL_CID, 0, 0))
    assert channels(conversation) == []


def test_each_side_limits_what_it_receives() -> None:
    """The MTU in a request bounds what flows to its sender."""
    classic = Classic()
    classic.open()
    classic.configure(ours=mtu_option(1000), theirs=mtu_option(500))
    (channel,) = channels(classic.conversation)
    assert (channel.tx.mtu, channel.rx.mtu) == (500, 1000)


def test_options_over_several_requests() -> None:
    """The continuation flag holds them together; nothing is agreed before the last answer."""
    classic = Classic(check=False)
    classic.open()
    talk = classic.conversation
    talk.sent(signals(command(0x04, 2, words(REMOTE_CID, 1) + mtu_option(900))))
    talk.received(signals(command(0x05, 2, words(LOCAL_CID, 1, 0))))
    assert channels(talk)[0].rx.mtu is None
    talk.sent(signals(command(0x04, 3, words(REMOTE_CID, 0) + mode_option(ERTM, 9))))
    talk.received(signals(command(0x05, 3, words(LOCAL_CID, 0, 0))))
    talk.received(signals(command(0x04, 4, words(LOCAL_CID, 0) + mode_option(ERTM, 5))))
    talk.sent(signals(command(0x05, 4, words(REMOTE_CID, 0, 0))))
    (channel,) = channels(talk)
    assert channel.rx.frames is not None
    assert channel.tx.frames is not None
    assert (channel.mode, channel.rx.mtu, channel.rx.frames.tx_window) == ("ertm", 900, 9)
    assert channel.tx.frames.tx_window == 5


def test_unaccepted_parameters_are_asked_for_anew() -> None:
    """What was refused is forgotten: the second request does not name a mode."""
    classic = Classic()
    classic.open()
    talk = classic.conversation
    talk.sent(signals(command(0x04, 2, words(REMOTE_CID, 0) + mode_option(ERTM))))
    talk.received(signals(command(0x05, 2, words(LOCAL_CID, 0, 1) + mode_option(0))))
    classic.configure(ours=mtu_option(700))
    (channel,) = channels(talk)
    assert (channel.mode, channel.rx.mtu) == ("basic", 700)


def test_a_response_adjusts_what_was_asked_for() -> None:
    """The sender may send less than its receiver takes."""
    classic = Classic()
    classic.open()
    talk = classic.conversation
    talk.received(signals(command(0x04, 2, words(LOCAL_CID, 0) + mtu_option(900) + mode_option(ERTM, 20))))
    talk.sent(signals(command(0x05, 2, words(REMOTE_CID, 0, 0) + mtu_option(800) + mode_option(ERTM, 10, mps=50))))
    talk.sent(signals(command(0x04, 3, words(REMOTE_CID, 0) + mode_option(ERTM, 20))))
    talk.received(signals(command(0x05, 3, words(LOCAL_CID, 0, 0))))
    (channel,) = channels(talk)
    assert channel.tx.frames is not None
    assert (channel.tx.mtu, channel.tx.mps, channel.tx.frames.tx_window) == (800, 50, 10)


def test_the_extended_window_brings_the_extended_control_field() -> None:
    """The option of either side is enough, and it counts in place of TxWindow."""
    classic = Classic()
    classic.open()
    classic.configure(ours=mode_option(ERTM) + window_option(500), theirs=mode_option(ERTM, 63))
    (channel,) = channels(classic.conversation)
    assert channel.rx.frames is not None
    assert channel.tx.frames is not None
    assert (channel.rx.frames.control_field, channel.rx.frames.tx_window) == ("extended", 500)
    assert (channel.tx.frames.control_field, channel.tx.frames.tx_window) == ("extended", 63)


@pytest.mark.parametrize(("ours", "theirs", "has_fcs"), [(0, 0, False), (0, 1, True), (1, 0, True), (1, 1, True)])
def test_frames_have_a_check_sequence_unless_both_do_without(ours: int, theirs: int, has_fcs: bool) -> None:
    """Vol 3 Part A 5.5."""
    classic = Classic()
    classic.open()
    classic.configure(mode_option(STREAMING) + fcs_option(ours), mode_option(STREAMING) + fcs_option(theirs))
    (channel,) = channels(classic.conversation)
    assert channel.tx.frames is not None
    assert (channel.mode, channel.tx.frames.fcs) == ("streaming", has_fcs)


@pytest.mark.parametrize("check", [True, False])
def test_where_nobody_says_the_first_frame_tells_of_the_check_sequence(check: bool) -> None:
    """16-bit is the default, yet a stack that does not name it may leave it out."""
    classic = Classic(check=check).both(mode_option(ERTM))
    classic.iframe(0, bytes(20))
    (channel,) = channels(classic.conversation)
    assert channel.tx.frames is not None
    assert (channel.tx.frames.fcs, channel.tx.sdu_bytes) == (check, 20)


def test_several_commands_in_one_frame() -> None:
    """On CID 0x0001 each has its row, with the place where it begins."""
    classic = Classic()
    classic.open()
    both = command(0x04, 2, words(REMOTE_CID, 0)), command(0x0A, 3, words(2)), command(0x08, 4, b"echo")
    classic.conversation.sent(signals(*both))
    rows = rows_of_signals(classic.conversation)[-3:]
    assert [(int(row["code"]), int(row["offset"])) for row in rows] == [(4, 0), (0x0A, 8), (8, 14)]


def test_the_disconnection_closes_it() -> None:
    """As for any dynamic channel; what follows belongs to none."""
    classic = Classic()
    classic.open()
    classic.configure()
    classic.conversation.sent(signals(command(0x06, 9, words(REMOTE_CID, LOCAL_CID))))
    packet = classic.conversation.received(signals(command(0x07, 9, words(REMOTE_CID, LOCAL_CID))))
    (channel,) = channels(classic.conversation)
    assert (channel.closed, channel.close_reason) == (packet, "disconnect-local")
    classic.conversation.sent(pdu(REMOTE_CID, b"late"))
    assert channels(classic.conversation)[0].tx.kframes == 0


def test_a_basic_pdu_is_an_sdu() -> None:
    """Of any length, fragments and all."""
    classic = Classic()
    classic.open()
    classic.configure()
    for size in (0, 1, 672):
        classic.conversation.sent(pdu(REMOTE_CID, bytes(size)))
    assert sdus(classic.conversation)["length"].tolist() == [0, 1, 672]
    (channel,) = channels(classic.conversation)
    assert (channel.tx.sdus, channel.tx.sdu_bytes, channel.tx.kframes) == (3, 673, 3)


def test_att_over_br_edr() -> None:
    """PSM 0x001F: PDUs become rows of a bearer of its own, whose ATT_MTU is the smaller MTU of the channel."""
    classic = Classic()
    classic.open(psm=0x001F)
    classic.configure(mtu_option(517), mtu_option(400))
    classic.conversation.sent(pdu(REMOTE_CID, b"\x0a" + words(0x0003)))
    classic.conversation.received(pdu(LOCAL_CID, b"\x0bvalue"))
    rows = att(classic.conversation)
    assert [(int(r["opcode"]), int(r["handle"]), int(r["request"])) for r in rows] == [(0x0A, 3, -1), (0x0B, 0, 0)]
    (bearer,) = classic.conversation.engine.host.registry.bearers
    assert (bearer.channel, bearer.mtu) == (0, 400)


def test_a_channel_from_before_the_capture_is_told_by_its_check_sequence() -> None:
    """An I-frame whose FCS fits: enhanced retransmission mode, also where nothing else tells of BR/EDR."""
    conversation = Conversation()
    conversation.sent(checked(0x45, struct.pack("<H", 7 << 1) + b"data"))
    conversation.sent(checked(0x45, struct.pack("<H", 8 << 1) + b"more"))
    (channel,) = channels(conversation)
    assert (channel.mode, channel.opened, channel.remote_cid, channel.local_cid) == ("ertm", None, 0x45, None)
    assert (channel.tx.sdus, channel.tx.sdu_bytes) == (2, 8)
    assert channel.tx.frames is not None
    assert (channel.tx.frames.fcs_checked, channel.tx.frames.lost) == (2, 0)


def test_without_that_nothing_is_told_of_an_unknown_link() -> None:
    """The data may as well be K-frames."""
    conversation = Conversation()
    conversation.sent(pdu(0x45, b"some data"))
    assert channels(conversation) == []


def test_frames_that_nobody_acknowledges_are_streaming() -> None:
    """More of them than any window allows."""
    conversation = Conversation()
    for number in range(70):
        conversation.sent(checked(0x45, struct.pack("<H", (number & 63) << 1) + b"data"))
    (channel,) = channels(conversation)
    assert (channel.mode, channel.tx.sdus) == ("streaming", 70)


def test_the_configuration_counts_more_than_a_guess() -> None:
    """Data that came too early read as basic; what is agreed then holds for good."""
    classic = Classic()
    classic.open()
    classic.conversation.sent(pdu(REMOTE_CID, b"early"))
    assert channels(classic.conversation)[0].mode == "basic"
    classic.configure(mode_option(ERTM, 63), mode_option(ERTM, 63))
    for number in range(70):
        classic.iframe(number & 63)
    (channel,) = channels(classic.conversation)
    assert channel.tx.frames is not None
    assert (channel.mode, channel.tx.frames.iframes, channel.tx.frames.tx_window) == ("ertm", 70, 63)


def test_the_two_directions_of_a_channel_from_before_have_one_mode() -> None:
    """Data without a check sequence are not the other direction of frames with one; frames with one are."""
    conversation = Conversation()
    conversation.sent(signals(command(0x08, 1, b"")))
    conversation.sent(checked(0x45, struct.pack("<H", 0) + b"data"))
    conversation.received(pdu(0x60, b"basic data"))
    conversation.received(checked(0x61, struct.pack("<H", 1 | 1 << 8)))
    found = [(channel.mode, channel.remote_cid, channel.local_cid) for channel in channels(conversation)]
    assert found == [("ertm", 0x45, 0x61), ("basic", None, 0x60)]
