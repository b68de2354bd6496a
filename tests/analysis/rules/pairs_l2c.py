"""Pairs of captures for the rules of L2CAP signalling, ATT and links."""

import struct

from tests.analysis.rules.conversations import (
    answer,
    ask,
    ask_enhanced,
    completed,
    data_length,
    enhanced,
    frames,
    linked,
    opened,
    request,
    sending,
    update_complete,
    with_buffers,
)
from tests.analysis.rules.pairs import Made, pair
from tests.wire import ATT, Conversation, disconnection_complete, kframes, pdu, signal

CONFIGURATION = 0x0004


def carrying(cid: int) -> Conversation:
    conversation = opened()
    conversation.sent(pdu(cid, b"\x02\x00ok"))
    return conversation


@pair("L2C001")
def data_on_no_channel() -> tuple[Made, Made]:
    """CID 0x70 is no channel, 0x50 is."""
    return carrying(0x70), carrying(0x50)


@pair("L2C002")
def mispaired() -> tuple[Made, Made]:
    """The initiator's end of one channel with the responder's of another, and of the same."""
    crossed, right = enhanced(), enhanced()
    crossed.sent(signal(0x06, 7, 0x51, 0x40))
    right.sent(signal(0x06, 7, 0x51, 0x41))
    return crossed, right


def answered(result: int, identifier: int = 1) -> Conversation:
    conversation = ask()
    conversation.received(signal(0x15, identifier, 0x50, 500, 100, 3, result))
    return conversation


@pair("L2C003")
def refused() -> tuple[Made, Made]:
    """Result 2, and 0."""
    return answered(2), answered(0)


@pair("L2C004")
def spsm_out_of_range() -> tuple[Made, Made]:
    """0x0100, and 0x00FF."""
    return ask(psm=0x100), ask(psm=0xFF)


@pair("L2C005")
def cid_out_of_range() -> tuple[Made, Made]:
    """0x0080, and 0x007F."""
    return ask(scid=0x80), ask(scid=0x7F)


@pair("L2C006")
def cid_in_use() -> tuple[Made, Made]:
    """A request with the CID of an open channel, and with the next one."""
    used, free = opened(), opened()
    used.sent(signal(0x14, 2, 0x81, 0x40, 500, 100, 3))
    free.sent(signal(0x14, 2, 0x81, 0x41, 500, 100, 3))
    return used, free


@pair("L2C007")
def limits_out_of_range() -> tuple[Made, Made]:
    """An MTU of 22, and of 23."""
    return ask(mtu=22), ask(mtu=23)


@pair("L2C008")
def wrong_response() -> tuple[Made, Made]:
    """0x14 answered with another identifier, and with its own."""
    return answered(0, identifier=2), answered(0)


@pair("L2C009")
def unasked_response() -> tuple[Made, Made]:
    """A response to nothing, and to a request."""
    unasked = linked()
    unasked.received(signal(0x15, 1, 0x50, 500, 100, 3, 0))
    return unasked, answered(0)


@pair("L2C010")
def bad_reconfiguration() -> tuple[Made, Made]:
    """The MTU goes from 100 to 99; it stays."""
    lowered, kept = enhanced(), enhanced()
    lowered.sent(signal(0x19, 5, 99, 100, 0x40))
    kept.sent(signal(0x19, 5, 100, 100, 0x40))
    return lowered, kept


@pair("L2C011")
def identifier_zero() -> tuple[Made, Made]:
    """Credits with identifier 0, and with 1."""
    zero, one = opened(), opened()
    zero.received(signal(0x16, 0, 0x50, 1))
    one.received(signal(0x16, 1, 0x50, 1))
    return zero, one


@pair("L2C012")
def bad_enhanced_request() -> tuple[Made, Made]:
    """Six channels at once, and five."""
    return ask_enhanced(cids=6), ask_enhanced(cids=5)


@pair("L2C013")
def answered_twice() -> tuple[Made, Made]:
    """A second response with the same identifier, and behind a second request."""
    stale, anew = enhanced(), enhanced()
    for conversation in (stale, anew):
        conversation.sent(signal(0x19, 5, 200, 200, 0x40))
        conversation.received(signal(0x1A, 5, 0))
    anew.sent(signal(0x19, 5, 200, 200, 0x41))
    for conversation in (stale, anew):
        conversation.received(signal(0x1A, 5, 3))
    return stale, anew


@pair("ATT001")
def overlap() -> tuple[Made, Made]:
    """Two requests before the answer; a request and a notification."""
    two, one = linked(), linked()
    for conversation in (two, one):
        request(conversation)
    request(two)
    one.sent(pdu(ATT, b"\x1b\x03\x00x"))
    return two, one


def waited(milliseconds: int) -> Conversation:
    conversation = linked()
    request(conversation)
    answer(conversation.wait(milliseconds))
    return conversation


@pair("ATT002")
def late_answer() -> tuple[Made, Made]:
    """After 30.1 s, and after 29.9 s."""
    return waited(30_100), waited(29_900)


@pair("ATT003")
def dead_bearer() -> tuple[Made, Made]:
    """The next request after 30.1 s without an answer; after 29.9 s it is an overlap."""

    def asked_again(milliseconds: int) -> Conversation:
        conversation = linked()
        request(conversation)
        request(conversation.wait(milliseconds))
        return conversation

    return asked_again(30_100), asked_again(29_900)


def with_answer(data: bytes) -> Conversation:
    conversation = linked()
    request(conversation)
    answer(conversation, data)
    return conversation


@pair("ATT004")
def error_about_something_else() -> tuple[Made, Made]:
    """The Error Response to a Read Request names a Write Request, and the Read Request."""
    return with_answer(b"\x01\x12\x03\x00\x01"), with_answer(b"\x01\x0a\x03\x00\x01")


@pair("ATT005")
def answer_to_nothing() -> tuple[Made, Made]:
    """A Write Response to a Read Request, and a Read Response."""
    return with_answer(b"\x13"), with_answer(b"\x0bx")


@pair("ATT006")
def over_att_mtu() -> tuple[Made, Made]:
    """24 bytes before any exchange, and 23."""

    def command(size: int) -> Conversation:
        conversation = linked()
        request(conversation, b"\x52\x03\x00" + bytes(size - 3))
        return conversation

    return command(24), command(23)


def subscribed(conversation: Conversation) -> Conversation:
    """The captured host subscribes to handle 3."""
    request(conversation, struct.pack("<BHH", 0x12, CONFIGURATION, 1))
    answer(conversation, b"\x13")
    return conversation


def notify(conversation: Conversation, size: int) -> None:
    conversation.received(pdu(ATT, b"\x1b\x03\x00" + bytes(size)))


@pair("ATT007")
def mtu_never_raised() -> tuple[Made, Made]:
    """Values of 50 bytes cut at 20 on a link whose MTU was never exchanged; where it was, to no avail."""

    def cut(conversation: Conversation) -> Conversation:
        for _ in range(3):
            for size in (20, 20, 10):
                notify(conversation, size)
        return conversation

    exchanged = subscribed(linked())
    request(exchanged, b"\x02\xf7\x00")
    answer(exchanged, b"\x03\x17\x00")
    return cut(subscribed(linked())), cut(exchanged)


@pair("ATT008")
def bulk_over_gatt() -> tuple[Made, Made]:
    """600 notifications of 20 bytes, a millisecond apart; 400 are 8,000 bytes."""

    def bulk(count: int) -> Conversation:
        conversation = subscribed(linked())
        for _ in range(count):
            notify(conversation, 20)
        return conversation

    return bulk(600), bulk(400)


@pair("ATT009")
def unasked_notification() -> tuple[Made, Made]:
    """Before the client has subscribed, and after."""
    unasked, asked = linked(), subscribed(linked())
    for conversation in (unasked, asked):
        notify(conversation, 5)
    return unasked, asked


@pair("LNK001")
def impossible_parameters() -> tuple[Made, Made]:
    """100 ms and latency 4 take a supervision timeout above 1 s: 1 s, and 1.01 s."""
    short, enough = linked(), linked()
    short.event(update_complete(80, 4, 100))
    enough.event(update_complete(80, 4, 101))
    return short, enough


@pair("LNK002")
def lost_near_an_update() -> tuple[Made, Made]:
    """2.9 s after a new channel map at a supervision timeout of 1 s, and 3.1 s."""

    def lost(milliseconds: int) -> Conversation:
        conversation = linked()
        conversation.event(update_complete(24, 0, 100))
        conversation.wait(60_000).command(0x2014, b"\xff" * 5)
        conversation.wait(milliseconds).event(disconnection_complete(reason=0x08))
        return conversation

    return lost(2900), lost(3100)


@pair("LNK005")
def controller_bound() -> tuple[Made, Made]:
    """Two K-frames fill the controller's two buffers, and wait 50 ms for them; three buffers are never full."""

    def paced(buffers: int) -> Conversation:
        conversation = with_buffers(buffers)
        completed(conversation, 0)
        conversation.open_channel(credits=20)
        completed(conversation, 1)
        for first, second in zip(*[iter(kframes(bytes(1000), 100))] * 2, strict=False):
            frames(conversation, first, second)
            completed(conversation.wait(50), 2)
        return conversation

    return paced(2), paced(3)


@pair("LNK003")
def stayed_at_27_bytes() -> tuple[Made, Made]:
    """K-frames of 100 bytes, and of 23."""
    return sending(linked(), 100), sending(linked(), 23)


@pair("LNK004")
def mps_that_does_not_fit() -> tuple[Made, Made]:
    """An MPS of 251 on link-layer packets of 251 bytes, and of 247."""
    bad, good = linked(), linked()
    for conversation in (bad, good):
        conversation.event(data_length(251))
    return sending(bad, 251), sending(good, 247)
