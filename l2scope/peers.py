"""Who is at the other end of a link, as a user sees it: address, kind of address, identity, name and manufacturer."""

from dataclasses import dataclass
from typing import Final

from l2scope.engine.link import Link
from l2scope.engine.names import NO_NAME, PUBLIC, RANDOM, NameBook, Peer
from l2scope.engine.words import NONE
from l2scope.identity import resolve
from l2scope.text import printable

# The two most significant bits of a random address (Vol 6 Part B 1.3.2).
RANDOM_KINDS: Final = {0b11: "static", 0b01: "resolvable", 0b00: "non-resolvable", 0b10: "reserved"}


@dataclass(frozen=True, slots=True)
class PeerView:
    """address_kind is "public", "static", "resolvable", "non-resolvable" or "reserved".

    identity is the identity address where the capture tells it: the peer distributed it, the controller resolved it, or
    a key in the capture did. name is fit to be shown. All are None where nothing is known.
    """

    address: str | None
    address_kind: str | None
    identity: str | None
    name: str | None
    manufacturer: str | None


def peer_views(links: list[Link], book: NameBook) -> list[PeerView]:
    """The peer of each link. What one address of a device does not tell, its other addresses may."""
    peers = [link.peer for link in links]
    resolve(peers, book.keys)
    known: dict[int, list[Peer]] = {}
    for peer in peers:
        if peer.identity is not None:
            known.setdefault(id(peer.identity), [peer.identity]).append(peer)
    return [_view(link, known.get(id(link.peer.identity), [])) for link in links]


def _view(link: Link, others: list[Peer]) -> PeerView:
    peer = link.peer
    called = peer if peer.completeness != NO_NAME else max(others, key=_worth, default=peer)
    return PeerView(
        address=":".join(f"{byte:02X}" for byte in reversed(link.address)) or None,
        address_kind=address_kind(peer.kind, peer.address),
        identity=None if peer.identity is None else address_text(peer.identity.address),
        name=printable(called.name).strip() or None,
        manufacturer=_manufacturer([peer, *others]),
    )


def _worth(peer: Peer) -> tuple[int, int]:
    """The most complete name counts, of several the latest."""
    return (peer.completeness, peer.named)


def _manufacturer(peers: list[Peer]) -> str | None:
    """What a device says of itself counts more than who made its controller, an assigned number more than another."""
    companies = [*(int(peer.company) for peer in peers), *(int(peer.controller_company) for peer in peers)]
    told = [company for company in companies if company != NONE]
    if not told:
        return None
    from l2scope.names.companies import COMPANIES  # large, and many captures name no company

    return next((COMPANIES[company] for company in told if company in COMPANIES), f"Company 0x{told[0]:04X}")


def address_kind(kind: int, address: int) -> str | None:
    """The kind of an address, by HCI's word on it and its two most significant bits."""
    if kind == PUBLIC:
        return "public"
    return RANDOM_KINDS[address >> 46] if kind == RANDOM else None


def address_text(address: int) -> str:
    """An address as people write it, 00:1A:7D:DA:71:13."""
    return address.to_bytes(6).hex(":").upper()
