"""Two devices with a BR/EDR link: a phone that pages, and a gadget that waits to be paged."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import bumble
from bumble import hci, l2cap
from bumble.core import PhysicalTransport
from bumble.l2cap import ClassicChannelSpec

from tests.generate.classic_channel import TracedClassicChannel
from tests.generate.controller import CONTINUATION, FIRST_FRAGMENT, SampleController
from tests.generate.device import TracedDevice, closed_because
from tests.generate.radio import CONTROL_PDU_BYTES, Radio
from tests.generate.truth import AttTruth, LinkTruth, Sample, Truth

PHONE_ADDRESS = "C1:5A:4D:50:4C:45/P"
GADGET_ADDRESS = "D2:5A:4D:50:4C:45/P"
PHONE_HANDLE = 0x0040
GADGET_HANDLE = 0x0011
PHONE_CIDS = range(0x0043, 0x0053)
GADGET_CIDS = range(0x0057, 0x0067)
SLOT_PAIR_SECONDS = 0.00125
"""The phone speaks in even slots and the gadget in odd ones (Vol 2 Part B 2.2.5)."""

FRAGMENT = 339
"""What a DH5 packet carries (Vol 2 Part B 6.5.4)."""


class ClassicRadio(Radio):
    """A Radio for BR/EDR, which delivers ACL data and LMP packets in slots."""

    def send_acl_data(self, sender_controller: Any, destination_address: Any, transport: Any, data: bytes) -> None:
        """Deliver an L2CAP PDU whose last fragment was just given to the sender's transmitter."""
        receiver = self.find_classic_controller(destination_address)
        assert receiver is not None
        arrival = self.transmitter(sender_controller).free_at
        self.deliver_at(arrival, receiver.on_link_acl_data, sender_controller.public_address, transport, data)

    def send_lmp_packet(self, sender_controller: Any, receiver_address: Any, packet: Any) -> None:
        """Deliver an LMP packet in its turn."""
        receiver = self.find_classic_controller(receiver_address)
        assert receiver is not None
        arrival = self.transmitter(sender_controller).send(CONTROL_PDU_BYTES)
        self.deliver_at(arrival, receiver.on_lmp_packet, sender_controller.public_address, packet)


class ClassicController(SampleController):
    """A SampleController whose links are of BR/EDR."""

    classic_connections: dict[Any, Any]
    acl_data_packet_length: int

    def __init__(self, name: str, radio: Radio, public_address: str, handle: int) -> None:
        super().__init__(name, radio, public_address, FRAGMENT, handle)
        self.acl_data_packet_length = FRAGMENT
        self.lmp_features = hci.LmpFeatureMask.LE_SUPPORTED_CONTROLLER | hci.LmpFeatureMask.EXTENDED_FEATURES

    def report_completed(self) -> None:
        """Number Of Completed Packets (Vol 4 Part E 7.7.19), while there is a link."""
        completed, self.completed = self.completed, 0
        if self.classic_connections:
            self.send_hci_packet(
                hci.HCI_Number_Of_Completed_Packets_Event(
                    connection_handles=[self.handle], num_completed_packets=[completed]
                )
            )

    def on_link_acl_data(self, sender_address: Any, transport: Any, data: bytes) -> None:
        """Hand a received L2CAP PDU to the host in fragments."""
        flag = FIRST_FRAGMENT
        for start in range(0, len(data), FRAGMENT):
            part = data[start : start + FRAGMENT]
            self.send_hci_packet(hci.HCI_AclDataPacket(self.handle, flag, 0, len(part), part))
            flag = CONTINUATION

    def on_classic_disconnected(self, peer_address: Any, reason: int) -> None:
        """Tell the host that the link is gone and why (Vol 1 Part F 2)."""
        if self.disconnected_by_host:
            reason = hci.HCI_ErrorCode.CONNECTION_TERMINATED_BY_LOCAL_HOST_ERROR
        super().on_classic_disconnected(peer_address, reason)


class ClassicDevice(TracedDevice):
    """A device that opens BR/EDR channels, with the CIDs that it is given."""

    sdp_service_records: dict[int, Any]

    def __init__(self, name: str, controller: ClassicController, cids: range) -> None:
        super().__init__(name, controller, cids)
        self.classic_enabled = True
        self.l2cap_channel_manager.find_free_br_edr_cid = self.next_free_cid
        self.classic_channels: list[TracedClassicChannel] = []


class ClassicStack:
    """Phone and gadget, both with a snooper. Needs a running virtual loop; `traced_channels()` must be in force."""

    def __init__(self) -> None:
        self.radio = ClassicRadio(SLOT_PAIR_SECONDS)
        phone = ClassicController("phone", self.radio, PHONE_ADDRESS, PHONE_HANDLE)
        gadget = ClassicController("gadget", self.radio, GADGET_ADDRESS, GADGET_HANDLE)
        self.phone = ClassicDevice("Phone", phone, PHONE_CIDS)
        self.gadget = ClassicDevice("Gadget", gadget, GADGET_CIDS)
        self.connection: Any = None
        self.gadget_connection: Any = None

    async def connect(self) -> None:
        """Power both on; the phone pages the gadget."""
        await self.phone.power_on()
        await self.gadget.power_on()
        accepted = asyncio.ensure_future(self.gadget.accept())
        self.connection = await self.phone.connect(GADGET_ADDRESS, transport=PhysicalTransport.BR_EDR)
        self.gadget_connection = await accepted
        await asyncio.sleep(0.1)

    def serve(self, psm: int, mtu: int, received: Any) -> None:
        """Have the gadget accept channels; `received` is called with the channel and each SDU."""

        def opened(channel: TracedClassicChannel) -> None:
            channel.sink = lambda sdu: received(channel, sdu)

        self.gadget.create_l2cap_server(ClassicChannelSpec(psm=psm, mtu=mtu), opened)

    async def open(self, psm: int, mtu: int) -> TracedClassicChannel:
        """Open a channel from the phone."""
        channel = await self.connection.create_l2cap_channel(spec=ClassicChannelSpec(psm=psm, mtu=mtu))
        assert isinstance(channel, TracedClassicChannel)
        return channel

    async def disconnect(self) -> None:
        """The phone ends the link."""
        await self.connection.disconnect()
        await asyncio.sleep(0.1)

    def phone_sample(self, name: str, content: dict[str, object]) -> Sample:
        """What the phone's snooper holds, with what its stack did and what the script knows of its protocols."""
        reason = self.phone.disconnected
        truth = Truth(
            capture=f"{name}.btsnoop",
            made_with=f"bumble {bumble.__version__}",
            packets=self.phone.snooper.packets,
            channels=[channel.truth() for channel in self.phone.classic_channels if channel.was_opened],
            refused=[],
            links=[LinkTruth(handle=PHONE_HANDLE, close=closed_because(reason), reason=reason)],
            att=AttTruth(mtu=23, tx={}, rx={}),
            content=content,
        )
        return Sample(name, self.phone.snooper.capture(), truth)


@contextmanager
def traced_classic_channels() -> Iterator[None]:
    """Have Bumble make TracedClassicChannels wherever it makes BR/EDR channels."""
    with patch.object(l2cap, "ClassicChannel", TracedClassicChannel):
        yield
