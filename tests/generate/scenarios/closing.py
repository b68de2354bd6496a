"""A channel that does not open, and one that does not close."""

import asyncio
from contextlib import suppress

from bumble.l2cap import L2capError, LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel
from tests.generate.truth import Sample

UNKNOWN_SPSM = 0x00EE
SPSM = 0x0085


async def refused() -> list[Sample]:
    """The gadget refuses an SPSM it does not know; the phone tries the right one, and the gadget closes at the end."""
    stack = Stack(Room(seed=4))
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=512, mps=100, max_credits=6))
    await stack.connect()
    with suppress(L2capError):  # noted by the device as a refusal
        await stack.open(LeCreditBasedChannelSpec(psm=UNKNOWN_SPSM, mtu=256, mps=64, max_credits=4))
    await asyncio.sleep(0.5)
    phone, gadget = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=256, mps=64, max_credits=4))
    for index in range(6):
        phone.write(f"request {index}".encode())
        gadget.write(stack.random.randbytes(40 * index))
        await asyncio.sleep(0.05)
    await asyncio.gather(phone.drain(), gadget.drain())
    await asyncio.sleep(0.2)
    await gadget.disconnect()
    await asyncio.sleep(0.1)
    await stack.disconnect()
    return [stack.phone_sample("refused")]


async def link_lost() -> list[Sample]:
    """Both ends write SDUs of 2000 bytes; the gadget is carried out of range while the eighth pair is under way."""
    stack = Stack(Room(fragment=100, supervision_timeout_ms=2000, seed=5))
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=2000, mps=247, max_credits=20))
    await stack.connect()
    phone, gadget = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=2000, mps=200, max_credits=24))
    for _ in range(7):
        write_to_each_other(stack, phone, gadget)
        await asyncio.sleep(0.09)
    write_to_each_other(stack, phone, gadget)
    await asyncio.sleep(0.02)
    await stack.lose_link()
    return [stack.phone_sample("link_lost")]


def write_to_each_other(stack: Stack, phone: TracedChannel, gadget: TracedChannel) -> None:
    """One SDU in each direction."""
    phone.write(stack.random.randbytes(2000))
    gadget.write(stack.random.randbytes(2000))
