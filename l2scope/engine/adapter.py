"""An adapter (HCI index): its live links by handle, and the buffers of its controller."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine.buffers import Outgoing, Pool
from l2scope.engine.counters import Counters
from l2scope.engine.credit_channels import Registry
from l2scope.engine.current import Packet
from l2scope.engine.link import BREDR, Link
from l2scope.engine.names import PUBLIC
from l2scope.engine.tables import Tables
from l2scope.engine.words import DISCONNECT_LOCAL, DISCONNECT_PEER, HANDLE_REUSED, LINK_LOST, NONE

# Reasons of a Disconnection Complete (Vol 1 Part F 2): who ended the link.
REMOTE_USER: Final = 0x13
REMOTE_LOW_RESOURCES: Final = 0x14
REMOTE_POWER_OFF: Final = 0x15
LOCAL_HOST: Final = 0x16


@final
class ChannelMap:
    """When the host last told the controller which radio channels to use; NONE until it has."""

    def __init__(self) -> None:
        self.packet: i64 = NONE
        self.time: i64 = 0

    def update(self, packet: Packet) -> None:
        self.packet = packet.number
        self.time = packet.time


@final
class Adapter:
    """An LE buffer size of 0 means that LE shares the BR/EDR buffers (Vol 4 Part E 7.8.2)."""

    def __init__(
        self, tables: Tables, index: i64, registry: Registry, counters: Counters, all_links: list[Link]
    ) -> None:
        self.tables = tables
        self.index = index
        self.registry = registry
        self.counters = counters
        self.all_links = all_links
        self.links: dict[int, Link] = {}
        self.acl_buffers = Pool()
        self.le_buffers = Pool()
        self.le_shares = False
        self.le_map = ChannelMap()
        self.bredr_map = ChannelMap()
        self.latest: Link | None = None

    def link(self, handle: i64) -> Link | None:
        """The live link of a handle, or None."""
        latest = self.latest
        if latest is not None and latest.handle == handle:
            return latest
        link = self.links.get(int(handle))
        if link is not None:
            self.latest = link
        return link

    def report_le_buffers(self, time: i64, size: i64, count: i64) -> None:
        """What the controller says of its LE buffers; a length of 0 means that it has none of their own."""
        self.le_shares = size == 0
        self.le_buffers.report(time, size, count)

    def infer(self, handle: i64) -> Link:
        """A link that was there before the capture began: an ACL packet is the first we hear of it."""
        link = Link(self.tables, len(self.all_links), self.index, handle, self.registry, self.counters)
        self.all_links.append(link)
        self.links[int(handle)] = link
        self.latest = link
        return link

    def standing(self, handle: i64, transport: i64, role: i64, address: bytes) -> None:
        """A link is there already, as the system tells; what its own packets have shown counts more."""
        link = self.link(handle)
        if link is None:
            link = self.infer(handle)
        if link.opened == NONE:
            link.carry(transport)
            link.role = role
            link.meet(PUBLIC if transport == BREDR else NONE, address)

    def open(self, packet: Packet, handle: i64, transport: i64) -> Link:
        """A connection was made. A live link of the same handle ended out of sight."""
        former = self.links.get(int(handle))
        if former is not None:
            former.close(packet.number, packet.time, HANDLE_REUSED, HANDLE_REUSED, 0)
        link = self.infer(handle)
        link.carry(transport)
        shares = transport == BREDR or self.le_shares
        link.outgoing = Outgoing(self.acl_buffers if shares else self.le_buffers)
        link.opened = packet.number
        link.opened_time = packet.time
        packet.link = link.row
        return link

    def disconnected(self, packet: Packet, handle: i64, code: i64) -> None:
        link = self.links.pop(int(handle), None)
        if link is None:
            return
        self.latest = None
        packet.link = link.row
        reason: i64 = LINK_LOST
        if code == LOCAL_HOST:
            reason = DISCONNECT_LOCAL
        elif code in (REMOTE_USER, REMOTE_LOW_RESOURCES, REMOTE_POWER_OFF):
            reason = DISCONNECT_PEER
        channel_map = self.bredr_map if link.transport == BREDR else self.le_map
        if channel_map.packet > link.opened:
            link.remapped = channel_map.packet
            link.remapped_time = channel_map.time
        link.close(packet.number, packet.time, reason, LINK_LOST, code)

    def close_all(self, packet: Packet, reason: i64) -> None:
        """All links end together, by a reset or with the adapter."""
        self.latest = None
        links = self.links
        self.links = {}
        for link in links.values():
            link.close(packet.number, packet.time, reason, reason, 0)
