"""Two channels at once whose CIDs cross: each end's first CID is the other end's second."""

import asyncio

from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel
from tests.generate.truth import Sample

FIRST_SPSM = 0x0081
SECOND_SPSM = 0x0082


async def write_edge_sizes(stack: Stack, channel: TracedChannel) -> None:
    """Write SDUs of the sizes at which segmentation changes (Vol 3 Part A 3.4.3), up to the peer's MTU."""
    mps, mtu = channel.peer_mps, channel.peer_mtu
    for size in (0, 1, mps - 2, mps - 1, mps, mtu, 2 * mps - 2, 0, mtu):
        channel.write(stack.random.randbytes(size))
        await asyncio.sleep(0.03)


async def two_channels() -> list[Sample]:
    """The phone opens the first channel, the gadget the second; all four directions send, each with its own limits."""
    stack = Stack(Room(phone_cids=(0x0040, 0x0041), gadget_cids=(0x0041, 0x0040), seed=3))
    stack.serve(LeCreditBasedChannelSpec(psm=FIRST_SPSM, mtu=700, mps=64, max_credits=24))
    stack.serve(LeCreditBasedChannelSpec(psm=SECOND_SPSM, mtu=1500, mps=247, max_credits=16), stack.phone)
    await stack.connect()
    first_phone, first_gadget = await stack.open(
        LeCreditBasedChannelSpec(psm=FIRST_SPSM, mtu=1000, mps=100, max_credits=20)
    )
    second_gadget = await stack.gadget.open_channel(
        stack.gadget_connection, LeCreditBasedChannelSpec(psm=SECOND_SPSM, mtu=2000, mps=185, max_credits=30)
    )
    second_phone = stack.phone.traced_channels[-1]
    ends = (first_phone, first_gadget, second_phone, second_gadget)
    await asyncio.gather(*(write_edge_sizes(stack, end) for end in ends))
    await asyncio.gather(*(end.drain() for end in ends))
    await asyncio.sleep(0.5)
    await first_phone.disconnect()
    await second_gadget.disconnect()
    await asyncio.sleep(0.1)
    await stack.disconnect()
    return [stack.phone_sample("two_channels")]
