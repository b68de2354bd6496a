"""A camera: JPEG frames on one channel, raw RGB565 frames on another."""

import asyncio
import struct
from pathlib import Path
from typing import Any

from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel, digest
from tests.generate.truth import Sample

FRAMES = Path(__file__).parents[1] / "frames"
WIDTH, HEIGHT = 80, 60
JPEG_SPSM = 0x00C3
RAW_SPSM = 0x00C4
RAW_HEADER = struct.Struct("<4sHHI")
"""The mark "R565", width, height and the frame's number; then width x height pixels, 16 bits each, little-endian."""

RAW_WIDTH, RAW_HEIGHT = 32, 24
FRAME_SECONDS = 0.15
PAUSE_SECONDS = 1.0
CUT_SHORT = 5
"""The frame whose last SDU is never sent."""


class Camera:
    """Cuts a stream of bytes at the MTU, without regard to where frames begin."""

    def __init__(self, channel: TracedChannel) -> None:
        self.channel = channel
        self.pending = b""

    def take(self, data: bytes) -> None:
        """Add to the stream; what fills SDUs is sent."""
        mtu = int(self.channel.peer_mtu)
        self.pending += data
        while len(self.pending) >= mtu:
            self.channel.write(self.pending[:mtu])
            self.pending = self.pending[mtu:]

    def flush(self) -> None:
        """Send what is left as a shorter SDU."""
        self.channel.write(self.pending)
        self.pending = b""


async def stream_jpegs(channel: TracedChannel) -> list[dict[str, Any]]:
    """Four frames, a pause, two frames of which the last is cut short, two more."""
    camera = Camera(channel)
    frames = []
    for number, path in enumerate(sorted(FRAMES.glob("*.jpg"))):
        data = path.read_bytes()
        camera.take(data)
        lost = 0
        if number == CUT_SHORT:
            lost, camera.pending = len(camera.pending), b""
        elif number in (3, 7):
            camera.flush()
        frames.append({"width": WIDTH, "height": HEIGHT, **described(data), "lost_bytes": lost})
        await asyncio.sleep(FRAME_SECONDS + (PAUSE_SECONDS if number == 3 else 0))
    return frames


async def stream_raw(channel: TracedChannel) -> list[dict[str, Any]]:
    """Five frames of a gradient that moves."""
    camera = Camera(channel)
    frames = []
    for number in range(5):
        pixels = b"".join(
            struct.pack("<H", ((x + number) % 32) << 11 | (y * 63 // RAW_HEIGHT) << 5 | number)
            for y in range(RAW_HEIGHT)
            for x in range(RAW_WIDTH)
        )
        camera.take(RAW_HEADER.pack(b"R565", RAW_WIDTH, RAW_HEIGHT, number) + pixels)
        frames.append({"width": RAW_WIDTH, "height": RAW_HEIGHT, **described(pixels)})
        await asyncio.sleep(FRAME_SECONDS)
    camera.flush()
    return frames


def described(data: bytes) -> dict[str, Any]:
    """Length and digest."""
    return {"length": len(data), "sha256": digest(data)}


async def image_stream() -> list[Sample]:
    """The gadget streams eight JPEG frames, then five raw ones on a channel of their own."""
    stack = Stack(Room(seed=10))
    for spsm in (JPEG_SPSM, RAW_SPSM):
        stack.serve(LeCreditBasedChannelSpec(psm=spsm, mtu=64, mps=64, max_credits=4))
    await stack.connect()
    phone_jpeg, gadget_jpeg = await stack.open(
        LeCreditBasedChannelSpec(psm=JPEG_SPSM, mtu=320, mps=247, max_credits=16)
    )
    frames = await stream_jpegs(gadget_jpeg)
    phone_raw, gadget_raw = await stack.open(LeCreditBasedChannelSpec(psm=RAW_SPSM, mtu=500, mps=247, max_credits=16))
    raw_frames = await stream_raw(gadget_raw)
    await asyncio.sleep(0.2)
    await phone_jpeg.disconnect()
    await phone_raw.disconnect()
    await stack.disconnect()
    sample = stack.phone_sample("image_stream")
    sample.truth["content"] = {
        "jpeg": {"psm": JPEG_SPSM, "pause_after": 3, "cut_short": CUT_SHORT, "frames": frames},
        "rgb565": {"psm": RAW_SPSM, "frames": raw_frames},
    }
    return [sample]
