"""Who the other devices are: what a capture tells of each address, and the keys that tell addresses of one device.

One book serves all adapters: an address means the same device to each of them.
"""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.words import NONE

# Kinds of addresses as HCI has them. It adds 2 where the controller resolved the address (Vol 4 Part E 7.7.65.10).
PUBLIC: Final = 0
RANDOM: Final = 1
RESOLVED: Final = 2
RESOLVED_RANDOM: Final = 3
NOT_RESOLVED: Final = 0xFE

# How much of a name is known.
NO_NAME: Final = 0
PARTIAL: Final = 1
COMPLETE: Final = 2

LONGEST_NAME: Final = 248  # bytes, Vol 3 Part C 3.2.2
UNASSIGNED_COMPANY: Final = 0xFFFF

# Bounds against floods of invented addresses and keys.
MOST_ADDRESSES: Final = 65_536
MOST_KEYS: Final = 256


@final
class Peer:
    """What is known of a device under one address, the number that it makes when its last byte in HCI is read first.

    kind is PUBLIC, RANDOM or NONE (no address was seen). named is the packet that told the name. company comes from
    manufacturer data, controller_company from the version of its controller; NONE where unknown. name_handle is the
    attribute of its GAP Device Name, 0 until that is known. identity is the peer of its identity address, which may be
    this one; keys_tried tells how many of the book's keys were found not to be those of this address.
    """

    def __init__(self, kind: i64, address: i64) -> None:
        self.kind = kind
        self.address = address
        self.name = b""
        self.completeness: i64 = NO_NAME
        self.named: i64 = 0
        self.company: i64 = NONE
        self.controller_company: i64 = NONE
        self.name_handle: i64 = 0
        self.identity: Peer | None = None
        self.keys_tried: i64 = 0

    def call(self, packet: i64, data: bytes, start: i64, stop: i64, completeness: i64) -> None:
        """data[start:stop], up to a zero byte, is its name. A name yields to a later one that is no less complete."""
        end = _end_of_name(data, start, stop)
        if end == start or completeness < self.completeness:
            return
        if completeness == self.completeness and _begins(self.name, data, start, end):
            known: i64 = len(self.name)
            if completeness == PARTIAL or known == end - start:
                return
        self.name = data[start:end]
        self.completeness = completeness
        self.named = packet


@final
class NameBook:
    """Peers by address. Two generations bound it: when the recent one is full, the former one is forgotten.

    keys are the identity resolving keys that were seen, as SMP sends them (least significant byte first), and the
    peers of the identity addresses that came with them.
    """

    def __init__(self) -> None:
        self.recent: dict[int, Peer] = {}
        self.former: dict[int, Peer] = {}
        self.keys: dict[bytes, Peer] = {}

    def peer(self, kind: i64, address: i64) -> Peer:
        """The entry of an address, made if need be. kind is PUBLIC or RANDOM."""
        key = int(kind << 48 | address)
        peer = self.recent.get(key)
        if peer is not None:
            return peer
        peer = self.former.get(key)
        if peer is None:
            peer = Peer(kind, address)
        if len(self.recent) >= MOST_ADDRESSES // 2:
            self.former = self.recent
            self.recent = {}
        self.recent[key] = peer
        return peer

    def learn_key(self, key: bytes, identity: Peer) -> None:
        """A key of 16 bytes was told together with its identity address. A key of zeros stands for none."""
        identity.identity = identity
        if key != bytes(16) and (len(self.keys) < MOST_KEYS or key in self.keys):
            self.keys[key] = identity


def kind_of(address_type: i64) -> i64:
    """PUBLIC or RANDOM, NONE for an anonymous advertiser or a type that is none."""
    if address_type == NOT_RESOLVED:
        return RANDOM
    return address_type & 1 if 0 <= address_type <= RESOLVED_RANDOM else NONE


def is_resolvable(kind: i64, address: i64) -> bool:
    """A resolvable private address: its two most significant bits are 01 (Vol 6 Part B 1.3.2.2)."""
    return kind == RANDOM and address >> 46 == 1


def _end_of_name(data: bytes, start: i64, stop: i64) -> i64:
    if stop > start + LONGEST_NAME:
        stop = start + LONGEST_NAME
    end = start
    while end < stop and data[end] != 0:
        end += 1
    return end


def _begins(name: bytes, data: bytes, start: i64, stop: i64) -> bool:
    """name begins with data[start:stop]."""
    size = stop - start
    if size > len(name):
        return False
    at: i64 = 0
    while at < size:
        if name[at] != data[start + at]:
            return False
        at += 1
    return True
