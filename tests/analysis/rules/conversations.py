"""Conversations that the tests of the rules share."""

from tests.wire import Conversation, kframes, pdu, signal

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


def close(conversation: Conversation, by_peer: bool = False) -> tuple[int, int]:
    """Request and response."""
    if by_peer:
        request = conversation.received(signal(0x06, 7, LOCAL_CID, REMOTE_CID))
        return request, conversation.sent(signal(0x07, 7, LOCAL_CID, REMOTE_CID))
    request = conversation.sent(signal(0x06, 7, REMOTE_CID, LOCAL_CID))
    return request, conversation.received(signal(0x07, 7, REMOTE_CID, LOCAL_CID))
