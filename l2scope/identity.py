"""Finds whose resolvable private addresses are, with the identity keys that a capture holds.

The one cipher that this needs comes from the package `cryptography`, which is loaded when there is a key to try and an
address to try it on. Without the package addresses stay unresolved.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib.util import find_spec
from typing import Final

from l2scope.engine.names import Peer, is_resolvable

BLOCK: Final = 16
HASH_BITS: Final = 24
HASH_MASK: Final = (1 << HASH_BITS) - 1

Cipher = Callable[[bytes], bytes]


def resolve(peers: Iterable[Peer], keys: Mapping[bytes, Peer]) -> None:
    """Gives each peer with a resolvable private address the identity whose key made it. keys as in NameBook.

    What was tried is remembered in the peers, so to ask again after every packet costs only what is new.
    """
    waiting = list({id(peer): peer for peer in peers if _is_waiting(peer, len(keys))}.values())
    if not waiting or not can_resolve():
        return
    for number, (key, identity) in enumerate(keys.items()):
        tried = [peer for peer in waiting if peer.identity is None and peer.keys_tried == number]
        if not tried:
            continue
        for peer, hashed in zip(tried, hashes(key, [int(peer.address) >> HASH_BITS for peer in tried]), strict=True):
            peer.keys_tried = number + 1
            if hashed == peer.address & HASH_MASK:
                peer.identity = identity


def unresolved(peers: Iterable[Peer], keys: Mapping[bytes, Peer]) -> int:
    """How many addresses were not even tried, for want of the package."""
    if not keys or can_resolve():
        return 0
    return len({int(peer.address) for peer in peers if _is_waiting(peer, len(keys))})


def can_resolve() -> bool:
    """The package with the cipher is installed. It is not loaded."""
    return find_spec("cryptography") is not None


def hashes(key: bytes, prands: list[int]) -> list[int]:
    """The random address hash function ah of each 24-bit prand (Vol 3 Part H 2.2.2). key is as SMP sends it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    encryptor = Cipher(algorithms.AES(key[::-1]), modes.ECB()).encryptor()
    blocks = encryptor.update(b"".join(prand.to_bytes(BLOCK) for prand in prands))
    return [int.from_bytes(blocks[end - 3 : end]) for end in range(BLOCK, len(blocks) + 1, BLOCK)]


def _is_waiting(peer: Peer, keys: int) -> bool:
    return peer.identity is None and peer.keys_tried < keys and is_resolvable(peer.kind, peer.address)
