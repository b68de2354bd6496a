"""HCI: events open, change and close links; ACL packets go to the link of their handle (Vol 4 Part E 5.4, 7.7)."""

from typing import Final, final

from mypy_extensions import i64

from l2scope.engine import encryption
from l2scope.engine.adapter import Adapter
from l2scope.engine.counters import Counters
from l2scope.engine.credit_channels import Registry
from l2scope.engine.current import Packet, Pdu
from l2scope.engine.discovery import Discovery
from l2scope.engine.faults import IMPOSSIBLE_PARAMETERS
from l2scope.engine.fields import u8, u16, u48
from l2scope.engine.link import BREDR, LE, Link
from l2scope.engine.names import PUBLIC, UNASSIGNED_COMPANY, kind_of
from l2scope.engine.tables import Tables
from l2scope.engine.words import ADAPTER_GONE, NONE, PACKET_INFERRED, PACKET_SHORT, RESET, RX

ACL_HEADER: Final = 4
EVENT_HEADER: Final = 2
COMMAND_HEADER: Final = 3

CONNECTION_COMPLETE: Final = 0x03
DISCONNECTION_COMPLETE: Final = 0x05
REMOTE_NAME_REQUEST_COMPLETE: Final = 0x07
READ_REMOTE_VERSION_INFORMATION_COMPLETE: Final = 0x0C
COMMAND_COMPLETE: Final = 0x0E
NUMBER_OF_COMPLETED_PACKETS: Final = 0x13
EXTENDED_INQUIRY_RESULT: Final = 0x2F
LE_META: Final = 0x3E

LE_CONNECTION_COMPLETE: Final = 0x01
LE_ADVERTISING_REPORT: Final = 0x02
LE_CONNECTION_UPDATE_COMPLETE: Final = 0x03
LE_LONG_TERM_KEY_REQUEST: Final = 0x05
LE_DATA_LENGTH_CHANGE: Final = 0x07
LE_ENHANCED_CONNECTION_COMPLETE: Final = 0x0A
LE_PHY_UPDATE_COMPLETE: Final = 0x0C
LE_EXTENDED_ADVERTISING_REPORT: Final = 0x0D
LE_ENHANCED_CONNECTION_COMPLETE_V2: Final = 0x29

RESET_COMMAND: Final = 0x0C03
READ_BUFFER_SIZE: Final = 0x1005
READ_ENCRYPTION_KEY_SIZE: Final = 0x1408
LE_READ_BUFFER_SIZE: Final = 0x2002
SET_AFH_HOST_CHANNEL_CLASSIFICATION: Final = 0x0C3F
LE_SET_HOST_CHANNEL_CLASSIFICATION: Final = 0x2014
LE_ADD_DEVICE_TO_RESOLVING_LIST: Final = 0x2027
LE_READ_BUFFER_SIZE_V2: Final = 0x2060

ACL_LINK: Final = 1

# Qualcomm controllers send diagnostic frames as ACL data on this handle; what looks like L2CAP in them is not.
VENDOR_HANDLE: Final = 0x0EDC


@final
class Host:
    """All adapters of a capture and their links, links in order of appearance. vendor_packets counts the diagnostic
    frames that look like ACL data."""

    def __init__(self, tables: Tables, counters: Counters) -> None:
        self.tables = tables
        self.counters = counters
        self.registry = Registry()
        self.discovery = Discovery(self.registry.names)
        self.links: list[Link] = []
        self.adapters: dict[int, Adapter] = {}
        self.pdu = Pdu()
        self.latest: Adapter | None = None
        self.vendor_packets: i64 = 0
        self.first_vendor_packet: i64 = 0

    def adapter(self, index: i64) -> Adapter:
        latest = self.latest
        if latest is not None and latest.index == index:
            return latest
        adapter = self.adapters.get(int(index))
        if adapter is None:
            adapter = Adapter(self.tables, index, self.registry, self.counters, self.links)
            self.adapters[int(index)] = adapter
        self.latest = adapter
        return adapter

    def acl(self, packet: Packet) -> None:
        start = packet.start
        if packet.stop - start < ACL_HEADER:
            packet.flags |= PACKET_SHORT
            return
        word = u16(packet.data, start)
        handle = word & 0xFFF
        adapter = self.adapter(packet.adapter)
        link = adapter.link(handle)
        if link is None:
            if handle == VENDOR_HANDLE:
                self.vendor_packets += 1
                if self.vendor_packets == 1:
                    self.first_vendor_packet = packet.number
                return
            link = adapter.infer(handle)
            link.declare_hinted_channels()
        if link.opened < 0:
            packet.flags |= PACKET_INFERRED
        packet.link = link.row
        link.fragment(packet, (word >> 12) & 3, self.pdu)

    def event(self, packet: Packet) -> None:
        size = packet.stop - packet.start
        if size < EVENT_HEADER:
            packet.flags |= PACKET_SHORT
            return
        code = u8(packet.data, packet.start)
        at = packet.start + EVENT_HEADER
        size -= EVENT_HEADER
        if code == NUMBER_OF_COMPLETED_PACKETS:
            self._completed(packet, at, size)
        elif code == LE_META:
            if size >= 1:
                self._le_meta(packet, u8(packet.data, at), at, size)
        elif code == COMMAND_COMPLETE:
            self._command_complete(packet, at, size)
        elif code == DISCONNECTION_COMPLETE:
            if size >= 4 and u8(packet.data, at) == 0:
                self.adapter(packet.adapter).disconnected(
                    packet, u16(packet.data, at + 1) & 0xFFF, u8(packet.data, at + 3)
                )
        elif code == CONNECTION_COMPLETE:
            if size >= 10 and u8(packet.data, at) == 0 and u8(packet.data, at + 9) == ACL_LINK:
                self._connected(packet, at)
        elif (
            code == encryption.ENCRYPTION_CHANGE
            or code == encryption.ENCRYPTION_CHANGE_V2
            or code == encryption.ENCRYPTION_KEY_REFRESH_COMPLETE
        ):
            if size >= 3:
                encryption.told(packet, self._named(packet, at + 1), code, at, size)
        elif code == REMOTE_NAME_REQUEST_COMPLETE:
            self.discovery.remote_name(packet, at, size)
        elif code == EXTENDED_INQUIRY_RESULT:
            self.discovery.inquiry_result(packet, at, size)
        elif code == READ_REMOTE_VERSION_INFORMATION_COMPLETE and size >= 6 and u8(packet.data, at) == 0:
            self._version(packet, at)

    def command(self, packet: Packet) -> None:
        """Of what the host tells its controller, the keys of peers, encryption and new channel maps matter here."""
        data = packet.data
        at = packet.start + COMMAND_HEADER
        if packet.stop - at < 2:
            return
        opcode = u16(data, packet.start)
        if opcode == LE_ADD_DEVICE_TO_RESOLVING_LIST:
            self._known_peer(packet, at)
        elif encryption.LE_ENABLE_ENCRYPTION <= opcode <= encryption.LE_KEY_REQUEST_NEGATIVE_REPLY:
            encryption.commanded(packet, self._named(packet, at), opcode)
        elif opcode == LE_SET_HOST_CHANNEL_CLASSIFICATION:
            self.adapter(packet.adapter).le_map.update(packet)
        elif opcode == SET_AFH_HOST_CHANNEL_CLASSIFICATION:
            self.adapter(packet.adapter).bredr_map.update(packet)

    def _known_peer(self, packet: Packet, at: i64) -> None:
        data = packet.data
        kind: i64 = kind_of(u8(data, at)) if packet.stop - at >= 23 else NONE
        if kind != NONE:
            names = self.registry.names
            names.learn_key(data[at + 7 : at + 23], names.peer(kind, u48(data, at + 1)))

    def gone(self, packet: Packet) -> None:
        """The monitor says that the adapter was closed or removed: all its links are."""
        self.adapter(packet.adapter).close_all(packet, ADAPTER_GONE)

    def settle(self) -> None:
        """The capture has ended: what waits for a later packet is judged without it."""
        for adapter in self.adapters.values():
            for link in adapter.links.values():
                link.settle()

    def _named(self, packet: Packet, at: i64) -> Link | None:
        """The link of the handle that stands at `at` of an event, which becomes the packet's link."""
        link = self.adapter(packet.adapter).link(u16(packet.data, at) & 0xFFF)
        if link is not None:
            packet.link = link.row
        return link

    def _connected(self, packet: Packet, at: i64) -> None:
        link = self.adapter(packet.adapter).open(packet, u16(packet.data, at + 1) & 0xFFF, BREDR)
        link.meet(PUBLIC, packet.data[at + 3 : at + 9])

    def _version(self, packet: Packet, at: i64) -> None:
        link = self._named(packet, at + 1)
        company = u16(packet.data, at + 4)
        if link is not None and company != UNASSIGNED_COMPANY:
            link.peer.controller_company = company

    def _le_meta(self, packet: Packet, subevent: i64, at: i64, size: i64) -> None:
        data = packet.data
        if subevent == LE_ADVERTISING_REPORT:
            if size >= 2:
                self.discovery.reports(packet, at + 1)
        elif subevent == LE_EXTENDED_ADVERTISING_REPORT:
            if size >= 2:
                self.discovery.extended_reports(packet, at + 1)
        elif subevent == LE_CONNECTION_COMPLETE:
            if size >= 18 and u8(data, at + 1) == 0:
                self._le_connected(packet, at, at + 12)
        elif subevent == LE_ENHANCED_CONNECTION_COMPLETE or subevent == LE_ENHANCED_CONNECTION_COMPLETE_V2:
            if size >= 30 and u8(data, at + 1) == 0:
                self._le_connected(packet, at, at + 24)
        elif subevent == LE_CONNECTION_UPDATE_COMPLETE:
            if size >= 10 and u8(data, at + 1) == 0:
                self._updated(packet, at)
        elif subevent == LE_DATA_LENGTH_CHANGE:
            if size >= 11:
                self._data_length(self._named(packet, at + 1), data, at + 3)
        elif subevent == LE_LONG_TERM_KEY_REQUEST:
            if size >= 3:
                encryption.key_asked_for(packet, self._named(packet, at + 1))
        elif subevent == LE_PHY_UPDATE_COMPLETE and size >= 6 and u8(data, at + 1) == 0:
            link = self._named(packet, at + 2)
            if link is not None:
                link.tx_phy = u8(data, at + 4)
                link.rx_phy = u8(data, at + 5)

    def _le_connected(self, packet: Packet, at: i64, timing: i64) -> None:
        """timing is where interval, latency and supervision timeout stand, which the event versions place apart."""
        data = packet.data
        link = self.adapter(packet.adapter).open(packet, u16(data, at + 2) & 0xFFF, LE)
        link.role = u8(data, at + 4)
        link.meet(u8(data, at + 5), data[at + 6 : at + 12])
        self._update(packet, link, timing)

    def _updated(self, packet: Packet, at: i64) -> None:
        link = self._named(packet, at + 2)
        if link is not None:
            link.updated = packet.number
            link.updated_time = packet.time
            self._update(packet, link, at + 4)

    def _update(self, packet: Packet, link: Link, at: i64) -> None:
        """Interval, latency and supervision timeout stand at `at`. The timeout is to be longer than twice the time
        that the peripheral may be silent (Vol 4 Part E 7.8.18)."""
        data = packet.data
        interval = u16(data, at)
        latency = u16(data, at + 2)
        timeout = u16(data, at + 4)
        link.pace.update(interval, latency)
        link.supervision_timeout = timeout
        least = 2 * (1 + latency) * interval * 1250
        if timeout * 10_000 <= least:
            self.tables.faults.add(
                packet.number, packet.time, link.row, NONE, RX, IMPOSSIBLE_PARAMETERS, True, timeout * 10, least
            )

    def _data_length(self, link: Link | None, data: bytes, at: i64) -> None:
        if link is not None:
            link.tx_octets = u16(data, at)
            link.rx_octets = u16(data, at + 4)
            link.lengths_changed = True

    def _completed(self, packet: Packet, at: i64, size: i64) -> None:
        if size < 1:
            return
        adapter = self.adapter(packet.adapter)
        count = u8(packet.data, at)
        at += 1
        size -= 1
        while count > 0 and size >= 4:
            link = adapter.link(u16(packet.data, at) & 0xFFF)
            if link is not None:
                link.outgoing.complete(packet.time, u16(packet.data, at + 2))
                packet.link = link.row
            count -= 1
            at += 4
            size -= 4

    def _command_complete(self, packet: Packet, at: i64, size: i64) -> None:
        data = packet.data
        if size < 4 or u8(data, at + 3) != 0:
            return
        opcode = u16(data, at + 1)
        if opcode == RESET_COMMAND:
            self.adapter(packet.adapter).close_all(packet, RESET)
        elif opcode == READ_ENCRYPTION_KEY_SIZE and size >= 7:
            encryption.key_size_read(packet, self._named(packet, at + 4), u8(data, at + 6))
        elif opcode == READ_BUFFER_SIZE and size >= 9:
            self.adapter(packet.adapter).acl_buffers.report(packet.time, u16(data, at + 4), u16(data, at + 7))
        elif (opcode == LE_READ_BUFFER_SIZE or opcode == LE_READ_BUFFER_SIZE_V2) and size >= 7:
            self.adapter(packet.adapter).report_le_buffers(packet.time, u16(data, at + 4), u8(data, at + 6))
