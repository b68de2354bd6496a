"""The air between two controllers, and the serial line between a host and its controller: both take time."""

import asyncio
import math
from collections.abc import Callable
from typing import Any

from bumble.link import LocalLink

LL_OVERHEAD_BYTES = 14
"""Preamble, access address, header, MIC-less CRC of a link-layer packet on the 1M PHY (Vol 6 Part B 2.1), rounded."""

CONTROL_PDU_BYTES = 12
"""A typical link-layer control PDU; Bumble's have no bytes of their own."""

AIR_SECONDS_A_BYTE = 8e-6
"""1 Mbit/s."""

HCI_SECONDS_A_BYTE = 1e-6
HCI_PACKET_SECONDS = 50e-6
INTER_FRAME_SPACE = 150e-6
"""Vol 6 Part B 4.1: between a packet and the other side's next one. It keeps the two directions apart in time."""


class SerialLine:
    """One direction of a host's HCI: packets arrive in order, each after the time its bytes take."""

    def __init__(self, deliver: Callable[[bytes], None]) -> None:
        self.deliver = deliver
        self.free_at = 0.0

    def on_packet(self, packet: bytes) -> None:
        """Take a packet from its sender now and deliver it later."""
        loop = asyncio.get_running_loop()
        self.free_at = max(loop.time(), self.free_at) + HCI_PACKET_SECONDS + len(packet) * HCI_SECONDS_A_BYTE
        loop.call_at(self.free_at, self.deliver, packet)


class Transmitter:
    """One controller's use of the air: bytes leave in the next connection event, one packet after the other."""

    def __init__(self, interval: float, offset: float) -> None:
        self.interval = interval
        self.offset = offset
        self.free_at = 0.0

    def send(self, length: int) -> float:
        """Reserve the air for `length` bytes; the time in seconds at which the last of them has left."""
        now = asyncio.get_running_loop().time()
        start = self.free_at if self.free_at > now else self.next_event(now)
        self.free_at = start + (length + LL_OVERHEAD_BYTES) * AIR_SECONDS_A_BYTE
        return self.free_at

    def next_event(self, now: float) -> float:
        """When the next connection event gives this controller its turn."""
        return math.ceil((now - self.offset) / self.interval) * self.interval + self.offset


class Radio(LocalLink):  # type: ignore[misc]  # bumble is not read by the type checker
    """A LocalLink that delivers in connection events, and that can go out of range."""

    def __init__(self, interval: float) -> None:
        super().__init__()
        self.interval = interval
        self.in_range = True
        self.transmitters: dict[int, Transmitter] = {}

    def transmitter(self, controller: Any) -> Transmitter:
        """The air time of one controller; the first that asks is the central and speaks first in every event."""
        if id(controller) not in self.transmitters:
            offset = len(self.transmitters) * INTER_FRAME_SPACE
            self.transmitters[id(controller)] = Transmitter(self.interval, offset)
        return self.transmitters[id(controller)]

    def send_acl_data(self, sender_controller: Any, destination_address: Any, transport: Any, data: bytes) -> None:
        """Deliver an L2CAP PDU whose last fragment was just given to the sender's transmitter."""
        receiver = self.find_le_controller(destination_address)
        if receiver is not None and self.in_range:
            arrival = self.transmitter(sender_controller).free_at
            self.deliver_at(arrival, receiver.on_link_acl_data, sender_controller.random_address, transport, data)

    def send_ll_control_pdu(self, sender_address: Any, receiver_address: Any, packet: Any) -> None:
        """Deliver a link-layer control PDU in its turn."""
        sender = self.find_le_controller(sender_address)
        receiver = self.find_le_controller(receiver_address)
        arrival = self.transmitter(sender).send(CONTROL_PDU_BYTES)
        if receiver is not None and self.in_range:
            self.deliver_at(arrival, receiver.on_ll_control_pdu, sender_address, packet)

    def deliver_at(self, time: float, deliver: Callable[..., None], *arguments: Any) -> None:
        """Call `deliver` at `time` unless the devices are out of range by then."""
        asyncio.get_running_loop().call_at(time, lambda: deliver(*arguments) if self.in_range else None)
