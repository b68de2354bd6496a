"""Two devices in one room: a phone that connects and a gadget that advertises."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any
from unittest.mock import patch

from bumble import hci, l2cap
from bumble.core import AdvertisingData
from bumble.device import ConnectionParametersPreferences
from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.controller import SampleController
from tests.generate.device import TracedDevice
from tests.generate.radio import Radio
from tests.generate.traced_channel import TracedChannel
from tests.generate.truth import Sample, sample

PHONE_ADDRESS = "C1:5A:4D:50:4C:45"
GADGET_ADDRESS = "D2:5A:4D:50:4C:45"
PHONE_HANDLE = 0x0040
GADGET_HANDLE = 0x0011
PHONE_CIDS = (0x0043, 0x0044)
GADGET_CIDS = (0x0057, 0x0058)


@dataclass(frozen=True)
class Room:
    """How the two devices and the air between them are set up."""

    fragment: int = 251
    """Largest ACL data packet on both hosts' HCI, bytes."""
    interval_ms: float = 15.0
    supervision_timeout_ms: int = 2000
    phone_cids: tuple[int, ...] = PHONE_CIDS
    gadget_cids: tuple[int, ...] = GADGET_CIDS
    seed: int = 1


class Stack:
    """Phone and gadget, both captured. Needs a running virtual loop; `traced_channels()` must be in force."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.random = Random(room.seed)
        self.radio = Radio(room.interval_ms / 1000)
        self.phone_controller = SampleController("phone", self.radio, PHONE_ADDRESS, room.fragment, PHONE_HANDLE)
        self.gadget_controller = SampleController("gadget", self.radio, GADGET_ADDRESS, room.fragment, GADGET_HANDLE)
        self.phone = TracedDevice("Phone", self.phone_controller, room.phone_cids)
        self.gadget = TracedDevice("Gadget", self.gadget_controller, room.gadget_cids)
        self.phone_connection: Any = None
        self.gadget_connection: Any = None

    async def connect(self) -> None:
        """Power both on; the phone scans until it hears the gadget, and connects."""
        await self.phone.power_on()
        await self.gadget.power_on()
        loop = asyncio.get_running_loop()
        heard, connected = loop.create_future(), loop.create_future()
        self.phone.once(self.phone.EVENT_ADVERTISEMENT, heard.set_result)
        self.gadget.once(self.gadget.EVENT_CONNECTION, connected.set_result)
        await self.phone.start_scanning(active=False)
        await self.gadget.start_advertising(advertising_data=self.advertising_data())
        advertisement = await heard
        await self.phone.stop_scanning()
        self.phone_connection = await self.phone.connect(
            advertisement.address, connection_parameters_preferences={hci.HCI_LE_1M_PHY: self.preferences()}
        )
        self.gadget_connection = await connected
        await asyncio.sleep(0.1)

    def advertising_data(self) -> bytes:
        """What the gadget says of itself (Supplement Part A 1)."""
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.gadget.name.encode())
        return bytes(AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), name]))

    def preferences(self) -> ConnectionParametersPreferences:
        """The connection parameters the phone asks for."""
        return ConnectionParametersPreferences(
            connection_interval_min=self.room.interval_ms,
            connection_interval_max=self.room.interval_ms,
            supervision_timeout=self.room.supervision_timeout_ms,
        )

    def serve(self, spec: LeCreditBasedChannelSpec, device: TracedDevice | None = None) -> None:
        """Let a device, the gadget unless told otherwise, accept channels with `spec`."""
        (device or self.gadget).create_l2cap_server(spec)

    async def open(self, spec: LeCreditBasedChannelSpec) -> tuple[TracedChannel, TracedChannel]:
        """Open a channel from the phone; (phone's end, gadget's end)."""
        near = await self.phone.open_channel(self.phone_connection, spec)
        return near, self.gadget.traced_channels[-1]

    def phone_sample(self, name: str) -> Sample:
        """What the phone's snooper holds, with its truth."""
        return sample(name, self.phone, PHONE_HANDLE, self.phone_connection.att_mtu)

    def gadget_sample(self, name: str) -> Sample:
        """What the gadget's snooper holds, with its truth."""
        return sample(name, self.gadget, GADGET_HANDLE, self.gadget_connection.att_mtu)

    async def disconnect(self) -> None:
        """The phone ends the link."""
        await self.phone_connection.disconnect()
        await asyncio.sleep(0.1)

    async def lose_link(self) -> None:
        """Carry the gadget out of range and wait until both controllers have given up."""
        self.radio.in_range = False
        await asyncio.sleep(self.room.supervision_timeout_ms / 1000)
        self.phone_controller.time_out()
        self.gadget_controller.time_out()
        await asyncio.sleep(0.1)


@contextmanager
def traced_channels() -> Iterator[None]:
    """Have Bumble make TracedChannels wherever it makes LE credit-based channels."""
    with patch.object(l2cap, "LeCreditBasedChannel", TracedChannel):
        yield
