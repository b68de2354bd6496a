"""One channel that carries a stream of SDUs: in good health, starved of credits, and in small ACL fragments."""

import asyncio
import struct

from bumble.core import UUID
from bumble.device import Peer
from bumble.gatt import Characteristic, Service
from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.credit_policies import CreditPolicy, ReturnLate
from tests.generate.stack import Room, Stack
from tests.generate.truth import Sample, starvation

SPSM = 0x0085
SPSM_SERVICE = UUID("6c327363-6f70-4500-8000-000000000001")
SPSM_CHARACTERISTIC = UUID("6c327363-6f70-4500-8000-000000000002")

LATE_SECONDS = 0.3


def publish_spsm(stack: Stack) -> None:
    """Let the gadget tell its SPSM in a characteristic, as specifications of dynamic SPSMs advise."""
    spsm = Characteristic(
        SPSM_CHARACTERISTIC,
        Characteristic.Properties.READ,
        Characteristic.Permissions.READABLE,
        struct.pack("<H", SPSM),
    )
    stack.gadget.add_service(Service(SPSM_SERVICE, [spsm]))


async def read_spsm(stack: Stack) -> int:
    """Find the gadget's service over GATT and read the SPSM from it."""
    peer = Peer(stack.phone_connection)
    await peer.request_mtu(247)
    await peer.discover_services()
    service = peer.get_services_by_uuid(SPSM_SERVICE)[0]
    await service.discover_characteristics()
    value = await service.get_characteristics_by_uuid(SPSM_CHARACTERISTIC)[0].read_value()
    return int.from_bytes(value, "little")


async def healthy() -> list[Sample]:
    """The gadget streams 80 SDUs to the phone at its own pace; the phone acknowledges every tenth with an SDU."""
    stack = Stack(Room(seed=1))
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=512, mps=247, max_credits=6))
    publish_spsm(stack)
    await stack.connect()
    spsm = await read_spsm(stack)
    phone, gadget = await stack.open(LeCreditBasedChannelSpec(psm=spsm, mtu=1024, mps=247, max_credits=20))
    for index in range(80):
        gadget.write(stack.random.randbytes(480))
        if index % 10 == 9:
            phone.write(b"received" + struct.pack("<H", index + 1))
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.2)
    await phone.disconnect()
    await stack.disconnect()
    return [stack.phone_sample("healthy")]


def late(window: int) -> CreditPolicy:
    """The policy of a gadget that is busy for 300 ms with every window."""
    return ReturnLate(window, LATE_SECONDS)


async def starved() -> list[Sample]:
    """The phone sends 40 SDUs of 700 bytes, 3 K-frames each, in windows of 7 K-frames that come back 300 ms late."""
    stack = Stack(Room(seed=2))
    stack.gadget.new_credit_policy = late
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=1024, mps=247, max_credits=7))
    await stack.connect()
    phone, _ = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=512, mps=128, max_credits=10))
    for _ in range(40):
        phone.write(stack.random.randbytes(700))
    await phone.drain()
    await asyncio.sleep(0.5)
    await phone.disconnect()
    await stack.disconnect()
    captured, peer = stack.phone_sample("starved"), stack.gadget_sample("starved_peer")
    captured.truth["starvation"] = starvation("captured", phone.record.waits)
    peer.truth["starvation"] = starvation("peer", phone.record.waits)
    return [captured, peer]


async def small_fragments() -> list[Sample]:
    """SDUs of up to 500 bytes in both directions between hosts whose controllers take 27 bytes an ACL packet."""
    stack = Stack(Room(fragment=27, seed=6))
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=500, mps=247, max_credits=8))
    await stack.connect()
    phone, gadget = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=500, mps=100, max_credits=12))
    for _ in range(25):
        phone.write(stack.random.randbytes(stack.random.randint(1, 500)))
        gadget.write(stack.random.randbytes(stack.random.randint(1, 500)))
        await asyncio.sleep(0.06)
    await asyncio.gather(phone.drain(), gadget.drain())
    await asyncio.sleep(0.3)
    await phone.disconnect()
    await stack.disconnect()
    return [stack.phone_sample("small_fragments")]
