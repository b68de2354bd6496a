"""A Bumble controller that behaves like hardware where the captured host can see it."""

import asyncio
from typing import Any

from bumble import hci
from bumble.controller import Controller

from tests.generate.radio import Radio, SerialLine

FIRST_FRAGMENT = 2
CONTINUATION = 1
"""Packet_Boundary_Flag of ACL data from controller to host (Vol 4 Part E 5.4.2)."""


class SampleController(Controller):  # type: ignore[misc]  # bumble is not read by the type checker
    """Fragments ACL data both ways, and completes packets, interval and reasons as real controllers do."""

    le_acl_data_packet_length: int
    total_num_le_acl_data_packets: int

    def __init__(self, name: str, radio: Radio, public_address: str, fragment: int, handle: int) -> None:
        super().__init__(name, link=radio, public_address=public_address)
        self.transmitter = radio.transmitter(self)
        self.le_acl_data_packet_length = fragment
        self.total_num_le_acl_data_packets = 16
        self.handle = handle
        self.completed = 0
        self.connect_request: Any = None
        self.disconnected_by_host = False
        self.to_host: SerialLine | None = None

    def allocate_connection_handle(self) -> int:
        """One fixed handle, because each sample has one link."""
        return self.handle

    def send_hci_packet(self, packet: Any) -> None:
        """Hand a packet to the host over the serial line."""
        assert self.host is not None
        self.to_host = self.to_host or SerialLine(self.host.on_packet)
        self.to_host.on_packet(bytes(self.with_asked_parameters(packet)))

    def with_asked_parameters(self, packet: Any) -> Any:
        """The packet; a peripheral's connection event tells what the central asked for, where Bumble has constants."""
        if self.connect_request and isinstance(packet, hci.HCI_LE_Connection_Complete_Event):
            packet.connection_interval = self.connect_request.interval
            packet.peripheral_latency = self.connect_request.latency
            packet.supervision_timeout = self.connect_request.timeout
        return packet

    def on_le_connect_ind(self, packet: Any) -> None:
        """Remember the connection parameters that the central chose."""
        self.connect_request = packet
        super().on_le_connect_ind(packet)

    def on_hci_acl_data_packet(self, packet: Any) -> None:
        """Send one fragment in its turn; it is complete when its last byte has left."""
        connection = self.find_connection_by_handle(packet.connection_handle)
        if connection is None or not self.link.in_range:
            return
        sent_at = self.transmitter.send(len(packet.data))
        connection.assembler.feed_packet(packet)
        asyncio.get_running_loop().call_at(sent_at, self.complete_packet)

    def complete_packet(self) -> None:
        """Count one sent fragment; the host hears of it at the end of the connection event."""
        if not self.link.in_range:
            return
        self.completed += 1
        if self.completed == 1:
            loop = asyncio.get_running_loop()
            loop.call_at(self.transmitter.next_event(loop.time()), self.report_completed)

    def report_completed(self) -> None:
        """Number Of Completed Packets (Vol 4 Part E 7.7.19) for all fragments sent since the last one."""
        completed, self.completed = self.completed, 0
        if self.le_connections:
            self.send_hci_packet(
                hci.HCI_Number_Of_Completed_Packets_Event(
                    connection_handles=[self.handle], num_completed_packets=[completed]
                )
            )

    def on_link_acl_data(self, sender_address: Any, transport: Any, data: bytes) -> None:
        """Hand a received L2CAP PDU to the host in fragments."""
        if sender_address not in self.le_connections:
            return
        flag = FIRST_FRAGMENT
        for start in range(0, len(data), self.le_acl_data_packet_length):
            part = data[start : start + self.le_acl_data_packet_length]
            self.send_hci_packet(hci.HCI_AclDataPacket(self.handle, flag, 0, len(part), part))
            flag = CONTINUATION

    def on_hci_disconnect_command(self, command: Any) -> None:
        """Disconnect; the side whose host asked is told so."""
        self.disconnected_by_host = True
        super().on_hci_disconnect_command(command)

    def on_le_disconnected(self, connection: Any, reason: int) -> None:
        """Tell the host that the link is gone and why (Vol 1 Part F 2)."""
        if self.disconnected_by_host:
            reason = hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR
        super().on_le_disconnected(connection, reason)

    def time_out(self) -> None:
        """The supervision timeout has run out: nothing was heard from the peer."""
        for connection in list(self.le_connections.values()):
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)
