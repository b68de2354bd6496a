"""Whose resolvable private addresses are."""

import subprocess
import sys

import pytest

from l2scope import identity
from l2scope.engine.names import PUBLIC, RANDOM, NameBook, Peer
from l2scope.identity import hashes, resolve, unresolved
from l2scope.reading import link_views, quality_of
from tests.corpus import ROOT, SAMPLES
from tests.engine.announcements import ADDRESS, KEY, OTHER, RESOLVABLE, identity_address, identity_key, le_connected
from tests.wire import Conversation

PRIVATE = 0x7081940DFBAA


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without the package `cryptography`."""
    monkeypatch.setattr(identity, "find_spec", lambda name: None)


def test_the_hash_of_the_specification() -> None:
    """Vol 3 Part H Appendix D.7: ah of prand 708194 is 0dfbaa."""
    assert hashes(KEY, [0x708194]) == [0x0DFBAA]


def test_addresses_of_a_real_stack() -> None:
    """Private addresses that Bumble makes from a key are resolved with it, and with no other."""
    from bumble.hci import Address

    book, identities = book_of(bytes(range(16)), KEY)
    for _ in range(20):
        made = Address.generate_private_address(KEY)
        peer = book.peer(RANDOM, int.from_bytes(bytes(made), "little"))
        resolve([peer], book.keys)
        assert peer.identity is identities[1]


def test_hashes_of_many_are_those_of_each() -> None:
    """One pass of the cipher over all addresses."""
    prands = [0x708194, 0x400000, 0x7FFFFF]
    assert hashes(KEY, prands) == [hashes(KEY, [prand])[0] for prand in prands]
    assert hashes(KEY, []) == []


def book_of(*keys: bytes) -> tuple[NameBook, list[Peer]]:
    """A book with these keys, each of an identity of its own."""
    book = NameBook()
    identities = [book.peer(PUBLIC, number) for number in range(len(keys))]
    for key, identity_peer in zip(keys, identities, strict=True):
        book.learn_key(key, identity_peer)
    return book, identities


def test_the_fitting_key_of_several() -> None:
    """The address gets the identity whose key made it."""
    book, identities = book_of(bytes(range(16)), KEY, bytes(range(1, 17)))
    peer = book.peer(RANDOM, PRIVATE)
    resolve([peer, peer], book.keys)
    assert peer.identity is identities[1]


@pytest.mark.parametrize(("kind", "address"), [(PUBLIC, PRIVATE), (RANDOM, 0xC081940DFBAA), (RANDOM, PRIVATE + 1)])
def test_other_addresses_stay_what_they_are(kind: int, address: int) -> None:
    """Only a resolvable private address is tried, and only the whole hash counts."""
    book, _ = book_of(KEY)
    peer = book.peer(kind, address)
    resolve([peer], book.keys)
    assert peer.identity is None


def test_a_key_that_comes_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key is tried once for each address, whenever either comes."""
    tried: list[tuple[bytes, int]] = []

    def counted(key: bytes, prands: list[int]) -> list[int]:
        tried.extend((key, prand) for prand in prands)
        return hashes(key, prands)

    monkeypatch.setattr(identity, "hashes", counted)
    book, _ = book_of(bytes(range(16)))
    first, second = book.peer(RANDOM, PRIVATE), book.peer(RANDOM, PRIVATE + (1 << 24))
    resolve([first], book.keys)
    assert (first.identity, first.keys_tried, second.keys_tried) == (None, 1, 0)
    owner = book.peer(PUBLIC, 7)
    book.learn_key(KEY, owner)
    resolve([first, second], book.keys)
    resolve([first, second], book.keys)
    assert (first.identity, second.identity) == (owner, None)
    assert len(tried) == len(set(tried)) == 4


def bonded() -> Conversation:
    """A peer distributes its key; then it comes back under a private address of that key."""
    conversation = Conversation()
    conversation.event(le_connected(OTHER, 1, 0x40))
    conversation.received(identity_key())
    conversation.received(identity_address(ADDRESS))
    conversation.event(le_connected(RESOLVABLE, 1, 0x41))
    return conversation


def test_a_capture_with_a_key() -> None:
    """Both links have the identity: one told it, the other was resolved."""
    conversation = bonded()
    links = link_views(conversation.engine)
    assert [link.peer_identity for link in links] == ["01:02:03:04:05:06"] * 2
    assert [link.peer_address_kind for link in links] == ["resolvable", "resolvable"]
    assert quality_of(conversation.engine, "").notes == []


def test_without_the_package(no_package: None) -> None:
    """The address stays unresolved, which a note says; what the peer told itself is known all the same."""
    conversation = bonded()
    links = link_views(conversation.engine)
    assert [link.peer_identity for link in links] == ["01:02:03:04:05:06", None]
    (note,) = quality_of(conversation.engine, "").notes
    assert "unresolved" in note
    assert "cryptography" in note


def test_no_note_where_nothing_is_missing(no_package: None) -> None:
    """Without a key, or without a private address, the package is not missed."""
    book, _ = book_of(KEY)
    assert unresolved([book.peer(PUBLIC, 5)], book.keys) == 0
    assert unresolved([book.peer(RANDOM, PRIVATE)], {}) == 0


def test_the_cipher_is_not_loaded_without_a_key() -> None:
    """Most captures hold none."""
    path = str(SAMPLES / "starved.btsnoop")
    code = (
        f"import sys; from l2scope.reading import read_figures; read_figures({path!r}).links; "
        "print([name for name in ('cryptography', 'l2scope.names.companies') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60)
    assert run.stdout == "[]\n"
