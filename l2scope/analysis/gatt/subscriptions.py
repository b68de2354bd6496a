"""Who subscribed to which value, and what was told because of it (Vol 3 Part G 3.3.3.3).

A client's subscription outlives a link where the two are bonded: it then goes on over the next encrypted one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from l2scope.analysis.gatt.journal import ELEMENT_BITS, MULTIPLE_NOTIFICATION, WRITE_COMMAND, WRITE_REQUEST
from l2scope.analysis.gatt.operations import Operation
from l2scope.analysis.gatt.server import LOCAL, Owner, Server
from l2scope.analysis.gatt.uuid import CLIENT_CONFIGURATION
from l2scope.capture import Capture
from l2scope.engine.att import INDICATION, NOTIFICATION
from l2scope.links import Link

NOTIFY: Final = 1
INDICATE: Final = 2
# Where discovery is not in the capture, a descriptor is looked for so close behind the value that was told.
NEAR: Final = 4
SIZE: Final = 2
WRITES: Final = (WRITE_REQUEST, WRITE_COMMAND)

Rows = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One state of a Client Characteristic Configuration and what was told while it held.

    client is the peer's address, None for the captured host. handle is that of the value, descriptor that of the
    configuration; value has the bits NOTIFY and INDICATE; packet wrote it. Descriptor, value and packet are None where
    no write was seen: the subscription is from before the capture, or there is none. inferred: discovery did not tell
    that the descriptor is one. first and last are the packets of what was told, None where nothing was.
    """

    client: str | None
    link: int
    handle: int
    descriptor: int | None
    value: int | None
    packet: int | None
    inferred: bool
    notifications: int
    indications: int
    first: int | None
    last: int | None

    @property
    def state(self) -> str:
        """The value in words."""
        if self.value is None:
            return "not seen"
        names = [name for bit, name in ((NOTIFY, "notify"), (INDICATE, "indicate")) if self.value & bit]
        return " and ".join(names) or "off"

    def as_json(self) -> dict[str, object]:
        figures = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**figures, "state": self.state}


def subscriptions(capture: Capture, server: Server) -> list[Subscription]:
    """The subscriptions to a server's values, by client, value and time. Raises CaptureError where the file changed."""
    return list(_Subscriptions(capture, server).found())


@dataclass(frozen=True, slots=True)
class _Write:
    row: int
    descriptor: int
    value: int
    packet: int
    inferred: bool


class _Subscriptions:
    def __init__(self, capture: Capture, server: Server) -> None:
        self.links = capture.links
        self.att = capture.tables.att
        self.server = server

    def found(self) -> Iterator[Subscription]:
        told = self._told()
        writes = self._writes({handle for _, handle in told})
        for client in dict.fromkeys(self._client(link) for link in self.server.links):
            links = [self.links[link] for link in self.server.links if self._client(link) == client]
            links.sort(key=lambda link: link.id)
            handles = sorted({handle for link, handle in (*told, *writes) if self._client(link) == client})
            for handle in handles:
                yield from self._over_links(client, links, handle, told, writes)

    def _client(self, link: int) -> str | None:
        """Who asks on a link; the captured host is the client of its peers."""
        if self.server.owner.side != LOCAL:
            return None
        return Owner.of(self.links[link], local=False).peer or f"link {link}"

    def _told(self) -> dict[tuple[int, int], Rows]:
        """By link and handle the rows of notifications and indications."""
        found = {}
        for link in self.server.links:
            for handle in self.server.handles_on(link):
                rows = np.array(self.server.mentions_on(link, handle), np.int64) >> ELEMENT_BITS
                rows = rows[np.isin(self.att["opcode"][rows], (NOTIFICATION, INDICATION, MULTIPLE_NOTIFICATION))]
                if len(rows):
                    found[link, handle] = rows
        return found

    def _writes(self, told: set[int]) -> dict[tuple[int, int], list[_Write]]:
        """By link and handle of the value the writes of its configuration that succeeded."""
        found: dict[tuple[int, int], list[_Write]] = {}
        for link in self.server.links:
            for handle in self.server.handles_on(link):
                for mention in self.server.mentions_on(link, handle):
                    value = self._value_of(mention >> ELEMENT_BITS, handle, told)
                    if value is None:
                        continue
                    operation = self.server.operation(mention, handle)
                    written = _configuration(operation)
                    if written is not None:
                        known = self.server.type_of(handle, operation.packet) == CLIENT_CONFIGURATION
                        write = _Write(mention >> ELEMENT_BITS, handle, written, operation.packet, not known)
                        found.setdefault((link, value), []).append(write)
        return found

    def _value_of(self, row: int, handle: int, told: set[int]) -> int | None:
        """The value whose configuration a row writes, None where it writes none."""
        if int(self.att["opcode"][row]) not in WRITES or int(self.att["value_length"][row]) != SIZE:
            return None
        version = self.server.versions.at(int(self.att["packet"][row]))
        kind = version.type_of(handle)
        if kind == CLIENT_CONFIGURATION:
            characteristic = version.characteristic_of(handle)
            if characteristic is not None:
                return characteristic.value_handle
        elif kind is not None:
            return None
        near = [value for value in told if handle - NEAR <= value < handle]
        return max(near, default=None)

    def _over_links(
        self,
        client: str | None,
        links: Sequence[Link],
        handle: int,
        told: dict[tuple[int, int], Rows],
        writes: dict[tuple[int, int], list[_Write]],
    ) -> Iterator[Subscription]:
        current: Subscription | None = None
        for link in links:
            if current is not None and not link.encrypted:
                yield current
                current = None
            rows = told.get((link.id, handle), np.zeros(0, np.int64))
            own = writes.get((link.id, handle), [])
            edges = np.searchsorted(rows, [write.row for write in own])
            for place, part in enumerate(np.split(rows, edges)):
                if place:
                    if current is not None:
                        yield current
                    current = _begun(client, link.id, handle, own[place - 1])
                elif current is None and len(part):
                    current = _begun(client, link.id, handle, None)
                if current is not None and len(part):
                    current = self._with(current, part)
        if current is not None:
            yield current

    def _with(self, subscription: Subscription, rows: Rows) -> Subscription:
        """Counts what these rows told."""
        indications = int(np.count_nonzero(self.att["opcode"][rows] == INDICATION))
        packets = self.att["packet"][rows]
        return replace(
            subscription,
            notifications=subscription.notifications + len(rows) - indications,
            indications=subscription.indications + indications,
            first=subscription.first or int(packets[0]),
            last=int(packets[-1]),
        )


def _configuration(operation: Operation) -> int | None:
    """What a write set a configuration to; None where it failed or has another size."""
    value = operation.value
    if value is None or len(value) != SIZE or (operation.kind == "write" and not operation.answered):
        return None
    return value[0] if value[0] <= NOTIFY | INDICATE and not value[1] else None


def _begun(client: str | None, link: int, handle: int, write: _Write | None) -> Subscription:
    told = (0, 0, None, None)
    if write is None:
        return Subscription(client, link, handle, None, None, None, False, *told)
    return Subscription(client, link, handle, write.descriptor, write.value, write.packet, write.inferred, *told)
