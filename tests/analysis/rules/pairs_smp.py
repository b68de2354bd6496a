"""Pairs of captures for the rules of pairing and encryption."""

import struct

from tests.analysis.rules.conversations import linked
from tests.analysis.rules.pairs import Made, pair
from tests.smp import KEYBOARD_DISPLAY, MITM, SECURE, SMP, encrypted, exchange, paired, request, response
from tests.wire import HANDLE, Conversation, pdu


def half_way(wait: int = 0) -> Conversation:
    """Features were exchanged; something else comes later."""
    conversation = linked()
    exchange(conversation, request(), response())
    conversation.wait(wait).sent(pdu(0x3A, b"other"))
    return conversation


@pair("SMP001")
def failed() -> tuple[Made, Made]:
    """The peer says that it failed; nobody does."""
    conversation = half_way()
    conversation.received(pdu(SMP, b"\x05\x04"))
    return conversation, half_way()


@pair("SMP002")
def short_key() -> tuple[Made, Made]:
    """A key of 15 bytes, and of 16."""
    return paired(linked(), request(), response(size=15)), paired(linked(), request(), response(size=16))


@pair("SMP003")
def stopped() -> tuple[Made, Made]:
    """Nothing for 30.1 s, and for 29.9 s."""
    return half_way(30_100), half_way(29_900)


@pair("SMP004")
def not_encrypted() -> tuple[Made, Made]:
    """Encryption Change with an error, and without."""
    fails, works = half_way(), half_way()
    fails.event(encrypted(status=6, enabled=0))
    works.event(encrypted())
    return fails, works


@pair("SMP005")
def no_key() -> tuple[Made, Made]:
    """The host refuses the controller's request for a key; answers it."""
    refuses, answers = linked(), linked()
    refuses.command(0x201B, struct.pack("<H", HANDLE))
    answers.command(0x201A, struct.pack("<H", HANDLE) + bytes(16))
    return refuses, answers


def asking_for_protection(io: int) -> Conversation:
    conversation = linked()
    exchange(conversation, request(io=KEYBOARD_DISPLAY, authentication=MITM | 1), response(io=io))
    return conversation


@pair("SMP006")
def unprotected() -> tuple[Made, Made]:
    """One side wants protection, the other has neither input nor output; it has a keyboard."""
    return asking_for_protection(3), asking_for_protection(KEYBOARD_DISPLAY)


@pair("SMP007")
def legacy() -> tuple[Made, Made]:
    """One side without Secure Connections; both have them."""
    asks = request(authentication=SECURE | 1)
    return paired(linked(), asks, response(authentication=1)), paired(
        linked(), asks, response(authentication=SECURE | 1)
    )
