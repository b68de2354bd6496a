"""The book of names: which name wins, how much it holds."""

import pytest

from l2scope.engine.names import (
    COMPLETE,
    MOST_ADDRESSES,
    MOST_KEYS,
    PARTIAL,
    PUBLIC,
    RANDOM,
    NameBook,
    Peer,
    is_resolvable,
    kind_of,
)
from l2scope.engine.words import NONE


def called(*names: tuple[bytes, int]) -> Peer:
    """A peer that was called these names, one a packet."""
    peer = Peer(PUBLIC, 1)
    for packet, (name, completeness) in enumerate(names, 1):
        peer.call(packet, name, 0, len(name), completeness)
    return peer


@pytest.mark.parametrize(
    ("names", "expected", "packet"),
    [
        ([(b"Lamp", COMPLETE), (b"Lantern", COMPLETE)], b"Lantern", 2),
        ([(b"Lamp", COMPLETE), (b"Lamp", COMPLETE)], b"Lamp", 1),
        ([(b"Lamp", COMPLETE), (b"La", COMPLETE)], b"La", 2),
        ([(b"La", PARTIAL), (b"Lamp", COMPLETE)], b"Lamp", 2),
        ([(b"Lamp", COMPLETE), (b"Lantern", PARTIAL)], b"Lamp", 1),
        ([(b"Lam", PARTIAL), (b"La", PARTIAL)], b"Lam", 1),
        ([(b"La", PARTIAL), (b"Lam", PARTIAL)], b"Lam", 2),
        ([(b"Lam", PARTIAL), (b"Fan", PARTIAL)], b"Fan", 2),
        ([(b"Lamp", PARTIAL), (b"Lamp", COMPLETE)], b"Lamp", 2),
        ([(b"Lamp", COMPLETE), (b"", COMPLETE)], b"Lamp", 1),
        ([(b"Lamp", COMPLETE), (b"\0Fan", COMPLETE)], b"Lamp", 1),
        ([(b"Lamp\0\0\0", COMPLETE)], b"Lamp", 1),
    ],
)
def test_the_latest_of_the_most_complete_names_wins(
    names: list[tuple[bytes, int]], expected: bytes, packet: int
) -> None:
    """A shorter form never replaces the full name; names end at a zero byte, and an empty one is none."""
    peer = called(*names)
    assert (peer.name, peer.named) == (expected, packet)


def test_a_name_is_at_most_248_bytes() -> None:
    """The limit of the specification bounds what is kept."""
    assert called((b"x" * 600, COMPLETE)).name == b"x" * 248


def test_part_of_a_buffer() -> None:
    """Only the bytes between start and stop are the name."""
    peer = Peer(PUBLIC, 1)
    peer.call(1, b"..Lamp..", 2, 6, COMPLETE)
    assert peer.name == b"Lamp"


def test_an_address_is_one_peer() -> None:
    """Public and random addresses of the same bytes are two."""
    book = NameBook()
    assert book.peer(PUBLIC, 5) is book.peer(PUBLIC, 5)
    assert book.peer(PUBLIC, 5) is not book.peer(RANDOM, 5)


def test_a_flood_of_addresses_is_forgotten() -> None:
    """However many there are, the book holds so many, the latest among them, and those that come back stay."""
    book = NameBook()
    friend = book.peer(PUBLIC, 0)
    for address in range(1, 3 * MOST_ADDRESSES):
        book.peer(RANDOM, address)
        if address % 1000 == 0:
            assert book.peer(PUBLIC, 0) is friend
    assert len(book.recent) + len(book.former) <= MOST_ADDRESSES
    last = 3 * MOST_ADDRESSES - 1
    assert (RANDOM << 48 | last) in book.recent
    assert (RANDOM << 48 | 1) not in book.recent | book.former


def test_a_flood_of_keys_is_not_kept() -> None:
    """Trying keys is work for every private address, so their number is bounded; one of zeros is none."""
    book = NameBook()
    identity = book.peer(PUBLIC, 1)
    book.learn_key(bytes(16), identity)
    assert (book.keys, identity.identity) == ({}, identity)
    for number in range(1, 2 * MOST_KEYS):
        book.learn_key(number.to_bytes(16), identity)
    assert len(book.keys) == MOST_KEYS
    other = book.peer(PUBLIC, 2)
    book.learn_key((1).to_bytes(16), other)
    assert book.keys[(1).to_bytes(16)] is other


@pytest.mark.parametrize(
    ("address_type", "kind"),
    [(0, PUBLIC), (1, RANDOM), (2, PUBLIC), (3, RANDOM), (0xFE, RANDOM), (0xFF, NONE), (4, NONE), (-1, NONE)],
)
def test_address_types(address_type: int, kind: int) -> None:
    """As advertising reports and connection events give them."""
    assert kind_of(address_type) == kind


@pytest.mark.parametrize(
    ("kind", "top", "expected"),
    [(RANDOM, 0x40, True), (RANDOM, 0x7F, True), (RANDOM, 0x3F, False), (RANDOM, 0xC0, False), (PUBLIC, 0x40, False)],
)
def test_resolvable_addresses(kind: int, top: int, expected: bool) -> None:
    """Random, with 01 in the two most significant bits."""
    assert is_resolvable(kind, top << 40) is expected
