"""The GAP Device Name as a host reads it from its peer."""

import struct

from l2scope.engine.names import COMPLETE, PARTIAL, Peer
from l2scope.engine.words import ACL, RX
from tests.wire import ATT, Conversation, acl, disconnection_complete, fragments, pdu

DEVICE_NAME = struct.pack("<H", 0x2A00)
APPEARANCE = struct.pack("<H", 0x2A01)
LONG_DEVICE_NAME = bytes.fromhex("fb349b5f8000008000100000002a0000")


def ask(conversation: Conversation, request: bytes, response: bytes) -> Peer:
    """The captured host asks, its peer answers."""
    conversation.sent(pdu(ATT, request))
    conversation.received(pdu(ATT, response))
    return conversation.engine.host.links[0].peer


def by_type(uuid: bytes) -> bytes:
    return struct.pack("<BHH", 0x08, 1, 0xFFFF) + uuid


def entry(handle: int, value: bytes) -> bytes:
    return bytes((0x09, 2 + len(value))) + struct.pack("<H", handle) + value


def declarations(*characteristics: tuple[int, bytes]) -> bytes:
    """A Read By Type Response of characteristic declarations, each before its value."""
    size = 5 + len(characteristics[0][1])
    return bytes((0x09, size)) + b"".join(
        struct.pack("<HBH", handle - 1, 2, handle) + uuid for handle, uuid in characteristics
    )


def test_read_by_type() -> None:
    """The usual way: the response has the handle too."""
    conversation = Conversation()
    conversation.connect()
    peer = ask(conversation, by_type(DEVICE_NAME), entry(3, b"Lamp"))
    assert (peer.name, peer.completeness, peer.name_handle, peer.named) == (b"Lamp", COMPLETE, 3, 3)
    assert ask(conversation, b"\x0a\x03\x00", b"\x0bLantern").name == b"Lantern"


def test_a_long_uuid_is_the_same() -> None:
    """128 bits on the Bluetooth base."""
    conversation = Conversation()
    assert ask(conversation, by_type(LONG_DEVICE_NAME), entry(3, b"Lamp")).name == b"Lamp"
    assert ask(Conversation(), by_type(LONG_DEVICE_NAME[:-1] + b"\1"), entry(3, b"Lamp")).name == b""


def test_read_by_a_handle_known_from_declarations() -> None:
    """Characteristic discovery tells the handle; nothing is taken from other handles."""
    conversation = Conversation()
    found = declarations((3, DEVICE_NAME), (5, APPEARANCE))
    assert ask(conversation, by_type(struct.pack("<H", 0x2803)), found).name_handle == 3
    assert ask(conversation, b"\x0a\x05\x00", b"\x0bNo").name == b""
    assert ask(conversation, b"\x0a\x03\x00", b"\x0bLamp").name == b"Lamp"


def test_read_by_a_handle_known_from_find_information() -> None:
    """Both forms of the response."""
    short = b"\x05\x01" + struct.pack("<H", 9) + APPEARANCE + struct.pack("<H", 7) + DEVICE_NAME
    long = b"\x05\x02" + struct.pack("<H", 7) + LONG_DEVICE_NAME
    for response in (short, long):
        conversation = Conversation()
        assert ask(conversation, b"\x04\x01\x00\xff\xff", response).name_handle == 7
        assert ask(conversation, b"\x0a\x07\x00", b"\x0bLamp").name == b"Lamp"


def test_a_handle_that_became_something_else() -> None:
    """A later discovery corrects the handle."""
    conversation = Conversation()
    ask(conversation, by_type(struct.pack("<H", 0x2803)), declarations((3, DEVICE_NAME)))
    ask(conversation, by_type(struct.pack("<H", 0x2803)), declarations((3, APPEARANCE)))
    assert ask(conversation, b"\x0a\x03\x00", b"\x0bLamp").name == b""


def test_the_handle_outlives_the_link() -> None:
    """A bonded host does not discover again."""
    conversation = Conversation()
    conversation.connect()
    ask(conversation, by_type(DEVICE_NAME), entry(3, b"Lamp"))
    conversation.event(disconnection_complete())
    conversation.connect()
    ask(conversation, b"\x0a\x03\x00", b"\x0bLantern")
    assert [bytes(link.peer.name) for link in conversation.engine.host.links] == [b"Lantern", b"Lantern"]


def test_a_long_name_in_blobs() -> None:
    """A response as long as the MTU allows may not be all; Read Blob brings the rest, and then it is."""
    conversation = Conversation()
    name = b"A lamp with a very, very long name"
    peer = ask(conversation, by_type(DEVICE_NAME), entry(3, name[:19]))
    assert (peer.name, peer.completeness) == (name[:19], PARTIAL)
    ask(conversation, b"\x0a\x03\x00", b"\x0b" + name[:22])
    assert (peer.name, peer.completeness) == (name[:22], PARTIAL)
    ask(conversation, b"\x0c\x03\x00\x16\x00", b"\x0d" + name[22:])
    assert (peer.name, peer.completeness) == (name, COMPLETE)


def test_a_blob_without_its_beginning() -> None:
    """The rest of a name that was not seen from its start is no name."""
    conversation = Conversation()
    ask(conversation, by_type(struct.pack("<H", 0x2803)), declarations((3, DEVICE_NAME)))
    assert ask(conversation, b"\x0c\x03\x00\x16\x00", b"\x0dnd").name == b""


def test_a_name_in_several_fragments() -> None:
    """All of the response is kept, not only the head that other ATT PDUs need."""
    conversation = Conversation()
    name = b"A lamp with a very, very long name"
    conversation.sent(pdu(ATT, b"\x02\x64\x00"))
    conversation.received(pdu(ATT, b"\x03\x64\x00"))
    conversation.sent(pdu(ATT, by_type(DEVICE_NAME)))
    for part in fragments(pdu(ATT, entry(3, name)), [10, 20, 30]):
        conversation.packet(RX, ACL, part)
    peer = conversation.engine.host.links[0].peer
    assert (peer.name, peer.completeness) == (name, COMPLETE)


def test_the_own_name_is_not_the_peers() -> None:
    """The peer reads the name of the captured host."""
    conversation = Conversation()
    conversation.received(pdu(ATT, by_type(DEVICE_NAME)))
    conversation.sent(pdu(ATT, entry(3, b"My phone")))
    assert conversation.engine.host.links[0].peer.name == b""


def test_other_answers() -> None:
    """An error, an answer to another request, and one cut short tell nothing."""
    conversation = Conversation()
    assert ask(conversation, by_type(DEVICE_NAME), b"\x01\x08\x01\x00\x0a").name == b""
    assert ask(conversation, by_type(APPEARANCE), entry(5, b"No")).name == b""
    assert ask(conversation, by_type(DEVICE_NAME), b"\x09").name == b""
    assert ask(conversation, by_type(DEVICE_NAME), b"\x09\x00\x03\x00").name == b""
    conversation.received(pdu(ATT, entry(3, b"Unasked")))
    assert conversation.engine.host.links[0].peer.name == b""


def test_a_response_cut_by_the_capture() -> None:
    """With a packet length limit the name is only partly known."""
    conversation = Conversation()
    conversation.sent(pdu(ATT, by_type(DEVICE_NAME)))
    whole = acl(pdu(ATT, entry(3, b"Lantern")))
    conversation.packet(RX, ACL, whole[:-3], len(whole))
    peer = conversation.engine.host.links[0].peer
    assert (peer.name, peer.completeness) == (b"Lant", PARTIAL)
