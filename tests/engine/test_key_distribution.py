"""Identity keys in a capture: distributed by SMP, or given to the controller by the host."""

import pytest

from l2scope.engine.names import PUBLIC, RANDOM, NameBook
from l2scope.engine.words import ACL, COMMAND, RX, TX
from tests.engine.announcements import (
    ADDRESS,
    KEY,
    OTHER,
    RESOLVABLE,
    SMP,
    STATIC,
    add_to_resolving_list,
    identity_address,
    identity_key,
    le_connected,
)
from tests.wire import Conversation, acl, fragments, pdu


def book(conversation: Conversation) -> NameBook:
    return conversation.engine.host.registry.names


def number(address: bytes) -> int:
    return int.from_bytes(address, "little")


@pytest.mark.parametrize("cid", [0x0006, 0x0007])
def test_the_peer_tells_its_identity(cid: int) -> None:
    """Over LE, and over BR/EDR where the keys of LE are derived from those of BR/EDR."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    conversation.received(identity_key(cid=cid))
    conversation.received(identity_address(STATIC, 1, cid))
    identity = book(conversation).peer(RANDOM, number(STATIC))
    assert conversation.engine.host.links[0].peer.identity is identity
    assert book(conversation).keys == {KEY: identity}


def test_the_own_identity_is_not_the_peers() -> None:
    """What the captured host sends is a key to its own addresses, which another adapter may see."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    conversation.sent(identity_key())
    conversation.sent(identity_address(ADDRESS))
    assert conversation.engine.host.links[0].peer.identity is None
    assert book(conversation).keys == {KEY: book(conversation).peer(PUBLIC, number(ADDRESS))}


def test_both_ends_tell_theirs() -> None:
    """The two keys of a link are not mixed up."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    other_key = bytes(range(16))
    for feed, key in ((conversation.received, KEY), (conversation.sent, other_key)):
        feed(identity_key(key))
    for feed, address in ((conversation.received, ADDRESS), (conversation.sent, OTHER)):
        feed(identity_address(address))
    names = book(conversation)
    assert names.keys == {KEY: names.peer(PUBLIC, number(ADDRESS)), other_key: names.peer(PUBLIC, number(OTHER))}


def test_a_key_in_several_fragments() -> None:
    """Its PDU of 21 bytes is kept whole."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    for part in fragments(identity_key(), [3, 12]):
        conversation.packet(RX, ACL, part)
    conversation.received(identity_address(ADDRESS))
    assert list(book(conversation).keys) == [KEY]


def test_a_key_is_worth_nothing_without_its_address() -> None:
    """Nor an address without its key, a short PDU, or an address of no known type."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    conversation.received(identity_address(ADDRESS))
    conversation.received(pdu(SMP, b"\x08" + KEY[:15]))
    conversation.received(identity_address(ADDRESS))
    conversation.received(identity_key())
    conversation.received(identity_address(ADDRESS, 0xFF))
    conversation.received(pdu(SMP, b""))
    assert book(conversation).keys == {}
    assert conversation.engine.host.links[0].peer.identity is None


def test_the_host_gives_keys_to_its_controller() -> None:
    """LE Add Device To Resolving List: a phone tells all it has bonded with (Vol 4 Part E 7.8.38)."""
    conversation = Conversation()
    conversation.packet(TX, COMMAND, add_to_resolving_list(KEY, STATIC, 1))
    assert book(conversation).keys == {KEY: book(conversation).peer(RANDOM, number(STATIC))}


def test_commands_cut_short() -> None:
    """A command that does not hold a whole key tells nothing."""
    conversation = Conversation()
    whole = add_to_resolving_list(KEY, STATIC, 1)
    for length in range(3 + 23):
        conversation.packet(TX, COMMAND, whole[:length], len(whole))
    assert book(conversation).keys == {}


@pytest.mark.parametrize(("address_type", "kind"), [(2, PUBLIC), (3, RANDOM)])
def test_the_controller_resolves(address_type: int, kind: int) -> None:
    """An address that comes as an identity is one."""
    conversation = Conversation()
    conversation.event(le_connected(STATIC, address_type))
    peer = conversation.engine.host.links[0].peer
    assert (peer.kind, peer.identity) == (kind, peer)


def test_an_ended_link_keeps_no_keys() -> None:
    """The next life of the handle begins anew."""
    conversation = Conversation()
    conversation.event(le_connected(RESOLVABLE, 1))
    conversation.received(identity_key())
    conversation.event(le_connected(STATIC, 1))
    conversation.packet(RX, ACL, acl(identity_address(ADDRESS)))
    assert book(conversation).keys == {}
    assert conversation.engine.host.links[0].keys is None
