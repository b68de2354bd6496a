"""Conversations that the tests of the rules share."""

import struct

from tests.wire import ATT, HANDLE, Conversation, command_complete, event, kframes, pdu, signal

READ = b"\x0a\x03\x00"
VALUE = b"\x0bvalue"
LOCAL_CID = 0x40
REMOTE_CID = 0x50


def linked() -> Conversation:
    conversation = Conversation()
    conversation.connect()
    return conversation


def opened(credits: int = 20, mtu: int = 500, mps: int = 100) -> Conversation:
    """A channel that the captured host opened: its data go to CID 0x50."""
    conversation = linked()
    conversation.open_channel(LOCAL_CID, REMOTE_CID, credits, mtu, mps)
    return conversation


def frames(conversation: Conversation, *payloads: bytes) -> list[int]:
    """Sends K-frames with these payloads; the numbers of their packets."""
    return [conversation.sent(pdu(REMOTE_CID, payload)) for payload in payloads]


def begin_sdu(conversation: Conversation, size: int, count: int, mps: int = 100) -> list[int]:
    """Sends the first K-frames of an SDU."""
    return frames(conversation, *kframes(bytes(size), mps)[:count])


def grant(conversation: Conversation, credits: int = 1, cid: int = REMOTE_CID) -> int:
    """The peer gives credits for what the captured host sends."""
    return conversation.received(signal(0x16, 9, cid, credits))


def starve(milliseconds: int, times: int = 1) -> Conversation:
    """SDUs of 250 bytes (3 K-frames) on 2 credits, each of which waits."""
    conversation = opened(credits=2)
    for _ in range(times):
        begin_sdu(conversation, 250, 2)
        grant(conversation.wait(milliseconds), 3)
        frames(conversation, kframes(bytes(250), 100)[2])
    return conversation


def ask(psm: int = 0x80, scid: int = 0x40, mtu: int = 500, mps: int = 100) -> Conversation:
    """The captured host asks for a channel."""
    conversation = linked()
    conversation.sent(signal(0x14, 1, psm, scid, mtu, mps, 3))
    return conversation


def ask_enhanced(credits: int = 3, mtu: int = 100, mps: int = 100, cids: int = 2) -> Conversation:
    conversation = linked()
    conversation.sent(signal(0x17, 1, 0x80, mtu, mps, credits, *range(0x40, 0x40 + cids)))
    return conversation


def enhanced(mtu: int = 100, mps: int = 100) -> Conversation:
    """Two enhanced channels: 0x40-0x50 and 0x41-0x51."""
    conversation = ask_enhanced(mtu=mtu, mps=mps)
    conversation.received(signal(0x18, 1, mtu, mps, 3, 0, 0x50, 0x51))
    return conversation


def request(conversation: Conversation, data: bytes = READ) -> int:
    """The captured host asks over ATT, a Read Request for handle 3 if not told otherwise."""
    return conversation.sent(pdu(ATT, data))


def answer(conversation: Conversation, data: bytes = VALUE) -> int:
    """The peer's answer over ATT."""
    return conversation.received(pdu(ATT, data))


def update_complete(interval: int, latency: int, timeout: int) -> bytes:
    """An LE Connection Update Complete."""
    return event(0x3E, struct.pack("<BBHHHH", 3, 0, HANDLE, interval, latency, timeout))


def data_length(octets: int) -> bytes:
    """An LE Data Length Change."""
    return event(0x3E, struct.pack("<BHHHHH", 7, HANDLE, octets, 2120, octets, 2120))


def with_buffers(count: int) -> Conversation:
    """A link, and a controller with so many LE ACL buffers of 251 bytes."""
    conversation = Conversation()
    conversation.event(command_complete(0x2002, struct.pack("<BHB", 0, 251, count)))
    conversation.connect()
    return conversation


def completed(conversation: Conversation, count: int) -> int:
    """The controller gives buffers back."""
    return conversation.event(event(0x13, struct.pack("<BHH", 1, HANDLE, count)))


def sending(conversation: Conversation, mps: int) -> Conversation:
    """A hundred full K-frames."""
    conversation.open_channel(credits=200, mps=mps, mtu=mps)
    for _ in range(100):
        conversation.sent(pdu(0x50, (mps - 2).to_bytes(2, "little") + bytes(mps - 2)))
    return conversation


def close(conversation: Conversation, by_peer: bool = False) -> tuple[int, int]:
    """Request and response."""
    if by_peer:
        request = conversation.received(signal(0x06, 7, LOCAL_CID, REMOTE_CID))
        return request, conversation.sent(signal(0x07, 7, LOCAL_CID, REMOTE_CID))
    request = conversation.sent(signal(0x06, 7, REMOTE_CID, LOCAL_CID))
    return request, conversation.received(signal(0x07, 7, REMOTE_CID, LOCAL_CID))
