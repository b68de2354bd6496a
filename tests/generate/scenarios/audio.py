"""A microphone: PCM on one channel, frames of a codec with a constant bit rate on another."""

import asyncio
import struct

from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel, digest
from tests.generate.truth import Sample

PCM_SPSM = 0x00C5
CODEC_SPSM = 0x00C6
RATE = 16_000
PCM_SDUS = 55
PCM_MS = 20
GAP_BEFORE = 35
GAP_MS = 200
CODEC_SDUS = 80
CODEC_MS = 10
CODEC_BYTES = 40


def tone(samples: int) -> list[int]:
    """A tone of about 500 Hz by a rotation in whole numbers, which is the same on every machine."""
    x, y, values = 9000, 0, []
    for _ in range(samples):
        x -= y * 13 // 66
        y += x * 13 // 66
        values.append(max(-32768, min(32767, y)))
    return values


async def talk(stack: Stack, channel: TracedChannel) -> list[bytes]:
    """An SDU of PCM every 20 ms, up to 4 ms late; one comes 200 ms late, and all after it."""
    samples = tone(PCM_SDUS * RATE * PCM_MS // 1000)
    data = struct.pack(f"<{len(samples)}h", *samples)
    size = len(data) // PCM_SDUS
    sdus = [data[at : at + size] for at in range(0, len(data), size)]
    due = asyncio.get_running_loop().time()
    for number, sdu in enumerate(sdus):
        due += (PCM_MS + (GAP_MS if number == GAP_BEFORE else 0)) / 1000
        late = due + stack.random.randint(0, 4) / 1000
        await asyncio.sleep(late - asyncio.get_running_loop().time())
        channel.write(sdu)
    return sdus


async def talk_coded(stack: Stack, channel: TracedChannel) -> list[bytes]:
    """A codec frame every 10 ms. Its bytes are of no codec: whoever looks at a coded stream sees noise."""
    frames = [stack.random.randbytes(CODEC_BYTES) for _ in range(CODEC_SDUS)]
    for frame in frames:
        channel.write(frame)
        await asyncio.sleep(CODEC_MS / 1000)
    return frames


async def audio_stream() -> list[Sample]:
    """The gadget sends 1.1 s of PCM with a gap that is heard, then 0.8 s of codec frames without one."""
    stack = Stack(Room(interval_ms=7.5, seed=11))
    for spsm in (PCM_SPSM, CODEC_SPSM):
        stack.serve(LeCreditBasedChannelSpec(psm=spsm, mtu=64, mps=64, max_credits=4))
    await stack.connect()
    phone_pcm, gadget_pcm = await stack.open(LeCreditBasedChannelSpec(psm=PCM_SPSM, mtu=640, mps=247, max_credits=30))
    pcm = await talk(stack, gadget_pcm)
    phone_codec, gadget_codec = await stack.open(
        LeCreditBasedChannelSpec(psm=CODEC_SPSM, mtu=64, mps=64, max_credits=30)
    )
    coded = await talk_coded(stack, gadget_codec)
    await asyncio.sleep(0.2)
    await phone_pcm.disconnect()
    await phone_codec.disconnect()
    await stack.disconnect()
    sample = stack.phone_sample("audio_stream")
    sample.truth["content"] = {
        "pcm": {
            "psm": PCM_SPSM,
            "rate": RATE,
            "sdu_ms": PCM_MS,
            "gap_before_sdu": GAP_BEFORE,
            "gap_ms": GAP_MS,
            "length": sum(map(len, pcm)),
            "sha256": digest(b"".join(pcm)),
        },
        "codec": {
            "psm": CODEC_SPSM,
            "sdu_ms": CODEC_MS,
            "sdu_bytes": CODEC_BYTES,
            "length": sum(map(len, coded)),
            "sha256": digest(b"".join(coded)),
        },
    }
    return [sample]
