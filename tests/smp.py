"""Pairings written by hand: Security Manager commands over an LE link (Vol 3 Part H 3.5, 3.6)."""

import struct

from l2scope.engine.words import COMMAND, TX
from tests.wire import HANDLE, Conversation, event, pdu

SMP = 0x0006
BREDR_SMP = 0x0007

DISPLAY_ONLY, DISPLAY_YES_NO, KEYBOARD_ONLY, NO_INPUT_NO_OUTPUT, KEYBOARD_DISPLAY = range(5)
BONDING, MITM, SECURE, CROSS = 0x01, 0x04, 0x08, 0x20
LTK = bytes(range(16))


def request(
    io: int = 3, authentication: int = BONDING, size: int = 16, keys: tuple[int, int] = (0, 1), oob: int = 0
) -> bytes:
    """A Pairing Request; keys are those of the initiator and of the responder."""
    return bytes((0x01, io, oob, authentication, size, *keys))


def response(
    io: int = 3, authentication: int = BONDING, size: int = 16, keys: tuple[int, int] = (0, 1), oob: int = 0
) -> bytes:
    return bytes((0x02, io, oob, authentication, size, *keys))


def confirm() -> bytes:
    return b"\x03" + bytes(16)


def random() -> bytes:
    return b"\x04" + bytes(16)


def encrypted(status: int = 0, enabled: int = 1) -> bytes:
    """An Encryption Change event."""
    return event(0x08, struct.pack("<BHB", status, HANDLE, enabled))


def exchange(conversation: Conversation, asks: bytes, answers: bytes, cid: int = SMP) -> tuple[int, int]:
    """The captured host begins; the numbers of both packets."""
    return conversation.sent(pdu(cid, asks)), conversation.received(pdu(cid, answers))


def paired(conversation: Conversation, asks: bytes = request(), answers: bytes = response()) -> Conversation:
    """A whole legacy pairing in which the peer gives its long term key."""
    exchange(conversation, asks, answers)
    exchange(conversation, confirm(), confirm())
    exchange(conversation, random(), random())
    conversation.packet(TX, COMMAND, struct.pack("<HBH", 0x2019, 28, HANDLE) + bytes(26))
    conversation.event(encrypted())
    conversation.received(pdu(SMP, b"\x06" + LTK))
    conversation.received(pdu(SMP, b"\x07\x34\x12" + bytes(8)))
    return conversation
