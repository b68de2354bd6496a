"""All GATT servers of a capture, which may still grow."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from l2scope.analysis.gatt.journal import OF_SERVERS, Journal
from l2scope.analysis.gatt.operations import Operations
from l2scope.analysis.gatt.pdus import AttPdus
from l2scope.analysis.gatt.server import LOCAL, Owner, Server
from l2scope.capture import Capture
from l2scope.engine.words import TX
from l2scope.links import Link


class Gatt:
    """servers are in order of their first ATT PDUs. What the capture gains meanwhile comes in by refresh()."""

    def __init__(self, capture: Capture) -> None:
        self._capture = capture
        self._journal = Journal(capture)
        self._operations = Operations(capture, self._journal)
        self._lock = RLock()
        self._owners: dict[int, Owner] = {}
        self._known: tuple[int, ...] = ()
        self._by_side: dict[int, Server] = {}
        self._told: dict[int, int] = {}
        self.servers: list[Server] = []

    @contextmanager
    def held(self) -> Iterator[list[Server]]:
        """The servers; nothing comes in meanwhile, whatever other threads do."""
        with self._lock:
            yield self.servers

    @property
    def pdus(self) -> AttPdus:
        """Reads ATT PDUs by their rows in the att table."""
        return self._journal.pdus

    def refresh(self) -> None:
        """Takes in what the capture holds by now. Raises CaptureError where the file has changed."""
        with self._lock:
            if not self._journal.follow():
                return
            known = self._what_is_known()
            if known != self._known:
                self._known = known
                self._assign(self._capture.links)
            self._learn()

    def _what_is_known(self) -> tuple[int, ...]:
        """What differs when a side is met or a peer turns out to be somebody: to ask for the links has to wait for
        whoever reads the capture."""
        host = self._capture.engine.host
        peers = [link.peer for link in list(host.links)]
        identified = sum(peer.identity is not None for peer in peers)
        named = sum(int(peer.named) for peer in peers)
        return len(peers), len(self._journal.sides), len(host.registry.names.keys), identified, named

    def _assign(self, links: list[Link]) -> None:
        """Gives each side to its server."""
        owners = {side: Owner.of(links[side >> 1], bool(side & 1)) for side in self._journal.sides}
        if any(owners[side] != owner for side, owner in self._owners.items()):
            self._forget()
        self._owners = owners
        for side, owner in owners.items():
            self._meet(side, owner, links)

    def _forget(self) -> None:
        """A peer turned out to be another one: its identity was told late."""
        self.servers = []
        self._by_side = {}
        self._told = {}

    def _meet(self, side: int, owner: Owner, links: list[Link]) -> None:
        link = links[side >> 1]
        if side not in self._by_side:
            server = next((known for known in self.servers if known.owner == owner), None)
            if server is None:
                server = Server(len(self.servers), owner, self._journal, self._operations)
                self.servers.append(server)
            server.links.append(link.id)
            self._by_side[side] = server
        if owner.side != LOCAL and link.peer_name is not None:
            self._by_side[side].peer_name = link.peer_name

    def _learn(self) -> None:
        """Hands the new facts on, in order of their packets."""
        news: dict[int, list[tuple[int, int]]] = {}
        for side, server in self._by_side.items():
            facts = self._journal.facts.get(side, [])
            start = self._told.get(side, 0)
            news.setdefault(server.id, []).extend((side, place) for place in range(start, len(facts)))
            self._told[side] = len(facts)
        for server in self.servers:
            told = [(side >> 1, self._journal.facts[side][place]) for side, place in news.get(server.id, [])]
            server.versions.take(sorted(told, key=lambda one: one[1].packet))

    def server_of(self, row: int) -> Server | None:
        """The server that a row of the att table speaks with or for; None for a row that was not taken in yet."""
        att = self._capture.tables.att[row]
        bearers = self._capture.engine.host.registry.bearers
        local = bool(OF_SERVERS[int(att["opcode"])]) == (int(att["direction"]) == TX)
        return self._by_side.get(int(bearers[int(att["bearer"])].link) << 1 | local)

    def rows_of(self, packet: int) -> range:
        """The rows of the att table that a packet completes."""
        packets = self._capture.tables.att["packet"]
        return range(bisect_left(packets, packet), bisect_left(packets, packet + 1))

    def name(self, row: int, handle: int) -> str:
        """What an attribute is called that a row of the att table names, "" where that is not known."""
        server = self.server_of(row)
        return "" if server is None else server.name(handle, int(self._capture.tables.att[row]["packet"]))
