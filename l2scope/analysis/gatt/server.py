"""One GATT server of a capture, over all links on which it was met: a peer's, or that of the captured host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.gatt.database import Database, Versions
from l2scope.analysis.gatt.journal import Journal, side_of
from l2scope.analysis.gatt.operations import Operation, Operations
from l2scope.analysis.gatt.tree import Service, tree_of
from l2scope.analysis.gatt.uuid import DATABASE_HASH, Uuid
from l2scope.analysis.gatt.values import value_words
from l2scope.links import Link

LOCAL: Final = "local"
REMOTE: Final = "remote"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose server it is: side is "local" for the captured host's, "remote" for a peer's. peer is its identity
    address or else its address, None for the captured host and where it was not seen; link tells such peers apart."""

    side: str
    adapter: int | None
    peer: str | None
    link: int | None = None

    @classmethod
    def of(cls, link: Link, local: bool) -> Owner:
        if local:
            return cls(LOCAL, link.adapter, None)
        peer = link.peer_identity or link.peer_address
        return cls(REMOTE, None, peer, link.id if peer is None else None)


class Server:
    """id counts the servers of a capture from 0; peer_name is what the peer calls itself, None where unknown."""

    def __init__(self, number: int, owner: Owner, journal: Journal, operations: Operations) -> None:
        self.id = number
        self.owner = owner
        self.links: list[int] = []
        self.peer_name: str | None = None
        self.versions = Versions()
        self._journal = journal
        self._operations = operations

    def __repr__(self) -> str:
        return f"<GATT server {self.id} {self.title}: {len(self.database)} attributes>"

    @property
    def title(self) -> str:
        """Whose it is, for people. Not fit for a terminal where it holds the peer's name."""
        if self.owner.side == LOCAL:
            return f"this host (hci{self.owner.adapter})"
        address = self.owner.peer or f"peer of link {self.owner.link}"
        return f"{address} {self.peer_name}" if self.peer_name else address

    @property
    def database(self) -> Database:
        """Its latest version."""
        return self.versions.latest

    @property
    def services(self) -> list[Service]:
        """The tree of the latest version."""
        return tree_of(self.database)

    @property
    def sides(self) -> list[int]:
        """Where the journal has it."""
        return [side_of(link, self.owner.side == LOCAL) for link in self.links]

    @property
    def handles(self) -> list[int]:
        """The attributes whose values were told, or asked for."""
        return sorted({handle for side in self.sides for handle in self._journal.handles(side)})

    def handles_on(self, link: int) -> list[int]:
        """As handles, of one of its links."""
        return self._journal.handles(side_of(link, self.owner.side == LOCAL))

    def mentions_on(self, link: int, handle: int) -> Sequence[int]:
        """As mentions(), of one of its links."""
        return self._journal.mentions(side_of(link, self.owner.side == LOCAL), handle)

    def mentions(self, handle: int) -> list[int]:
        """What was told of the value of an attribute, in order, as in Journal.mentions()."""
        return sorted(mention for side in self.sides for mention in self._journal.mentions(side, handle))

    def count(self, handle: int) -> int:
        """How often the value of an attribute was read, written or told."""
        return sum(len(self._journal.mentions(side, handle)) for side in self.sides)

    def operation(self, mention: int, handle: int) -> Operation:
        return self._operations.of(mention, handle)

    def history(self, handle: int) -> list[Operation]:
        """All that was done with the value of an attribute, in order. Raises CaptureError where the file changed."""
        return [self.operation(mention, handle) for mention in self.mentions(handle)]

    def last(self, handle: int) -> Operation | None:
        """The last operation that told a value; None where no value was told."""
        return next((told for told in self._backwards(handle) if told.value is not None), None)

    def _backwards(self, handle: int) -> Iterator[Operation]:
        for mention in reversed(self.mentions(handle)):
            told = self.operation(mention, handle)
            if told.kind != "cancelled write":
                yield told

    def words(self, told: Operation) -> str:
        """The value of an operation in words, "" where nothing is known of its format."""
        return "" if told.value is None else value_words(self.type_of(told.handle, told.packet), told.value)

    @property
    def hash(self) -> bytes | None:
        """The Database Hash that was read last (Part G 7.3)."""
        handles = [handle for handle, kind in self._types() if kind == DATABASE_HASH]
        told = [operation for handle in handles if (operation := self.last(handle)) is not None]
        return max(told, key=lambda operation: operation.packet).value if told else None

    def _types(self) -> Iterator[tuple[int, Uuid]]:
        yield from ((handle, fact.uuid) for handle, fact in self.database.values.items())
        yield from ((handle, fact.uuid) for handle, fact in self.database.types.items())

    def name(self, handle: int, packet: int) -> str:
        """What an attribute is called at a packet, "" where that is not known."""
        return self.versions.at(packet).name(handle)

    def type_of(self, handle: int, packet: int) -> Uuid | None:
        """The type of an attribute at a packet."""
        return self.versions.at(packet).type_of(handle)
