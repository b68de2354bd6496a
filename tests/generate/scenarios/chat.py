"""A chat over one channel: messages cut into SDUs, acknowledgements, a picture; and the same with five faults."""

import asyncio
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel, digest
from tests.generate.truth import Sample

SPSM = 0x00C1
HEADER = struct.Struct("<IHHHBB")
"""Message id, sequence number, fragments, payload length, type, flags."""

TEXT, IMAGE, SYSTEM = 0, 1, 2
LAST, ACKNOWLEDGE = 1, 2

PHONE_SAYS = (
    "Hello, is anybody there?",
    "Καλημέρα κόσμε! Привет, мир! नमस्ते दुनिया, and a sentence that goes on long enough to need several SDUs.",
    "\x1b[31mred\x1b[0m and \u202egnp.exe\u202c in one line\nand a second line",
)
GADGET_SAYS = (
    "Here is the gadget 🤖.",
    "日本語のメッセージです。👩‍👩‍👧‍👦 fits in no single SDU, nor does 🎉🎉🎉🎉🎉🎉🎉🎉🎉🎉.",
    "",
)


@dataclass
class Writer:
    """One end of the chat: numbers its messages, cuts them at its peer's MTU and notes them."""

    channel: TracedChannel
    direction: str
    """As the captured phone calls it."""
    messages: list[dict[str, Any]] = field(default_factory=list)
    sdus: int = 0

    @property
    def room(self) -> int:
        """Payload bytes of the largest fragment."""
        return int(self.channel.peer_mtu) - HEADER.size

    def cut(self, kind: int, content: bytes, flags: int = 0) -> list[bytes]:
        """The SDUs of a new message; an empty one has one SDU too."""
        parts = [content[at : at + self.room] for at in range(0, len(content), self.room)] or [b""]
        identifier = len(self.messages) + 1
        self.messages.append(
            {
                "direction": self.direction,
                "id": identifier,
                "type": ("text", "image", "system")[kind],
                "fragments": len(parts),
                "acknowledgement_requested": bool(flags & ACKNOWLEDGE),
                "length": len(content),
                "sha256": digest(content),
                **({"text": content.decode()} if kind == TEXT else {}),
            }
        )
        last = len(parts) - 1
        return [
            HEADER.pack(identifier, number, len(parts), len(part), kind, flags | (LAST if number == last else 0)) + part
            for number, part in enumerate(parts)
        ]

    def send(self, sdu: bytes) -> int:
        """Write one SDU; its number in its direction, from 0."""
        self.channel.write(sdu)
        self.sdus += 1
        return self.sdus - 1

    async def say(self, kind: int, content: bytes, flags: int = 0, pause: float = 0.03) -> None:
        """Write a message fragment by fragment."""
        for sdu in self.cut(kind, content, flags):
            self.send(sdu)
            await asyncio.sleep(pause)

    async def acknowledge(self, identifier: int) -> None:
        """Acknowledge a message of the peer."""
        await self.say(SYSTEM, struct.pack("<I", identifier))


def png(width: int, height: int) -> bytes:
    """An RGB picture of a gradient; its data is stored, not deflated, so that no version of zlib changes a byte."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (x * 255 // width, y * 255 // height, 128))
        for y in range(height)
    )
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    data = stored + struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


async def begin(seed: int) -> tuple[Stack, Writer, Writer]:
    """Two connected ends with small MTUs: 100 bytes towards the gadget, 72 towards the phone."""
    stack = Stack(Room(seed=seed))
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=100, mps=64, max_credits=16))
    await stack.connect()
    phone, gadget = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=72, mps=48, max_credits=16))
    return stack, Writer(phone, "tx"), Writer(gadget, "rx")


async def end(stack: Stack, name: str, *writers: Writer, **more: Any) -> list[Sample]:
    """Close everything; the phone's sample, with the messages of both directions."""
    await asyncio.sleep(0.3)
    await writers[0].channel.disconnect()
    await stack.disconnect()
    sample = stack.phone_sample(name)
    messages = [message for writer in writers for message in writer.messages]
    sample.truth["content"] = {"messages": messages, **more}
    return [sample]


async def forum_chat() -> list[Sample]:
    """Texts in both directions that ask for acknowledgements and get them, a picture with a text in its midst."""
    stack, phone, gadget = await begin(seed=8)
    for asked, answered in zip(PHONE_SAYS, GADGET_SAYS, strict=True):
        await phone.say(TEXT, asked.encode(), ACKNOWLEDGE)
        await gadget.acknowledge(phone.messages[-1]["id"])
        await asyncio.sleep(0.2)
        await gadget.say(TEXT, answered.encode())
    picture, remark = phone.cut(IMAGE, png(32, 24), ACKNOWLEDGE), phone.cut(TEXT, "A picture is on its way 🖼️".encode())
    for sdu in (*picture[:5], *remark, *picture[5:]):
        phone.send(sdu)
        await asyncio.sleep(0.03)
    await gadget.acknowledge(phone.messages[-2]["id"])
    return await end(stack, "forum_chat", phone, gadget)


async def forum_chat_faults() -> list[Sample]:
    """Good messages around five faults: each is noted with the SDUs, counted in their direction, that prove it."""
    stack, phone, gadget = await begin(seed=9)
    faults: list[dict[str, Any]] = []

    def fault(name: str, writer: Writer, *sdus: int) -> None:
        last = writer.messages[-1]
        faults.append({"fault": name, "direction": writer.direction, "id": last["id"], "sdus": list(sdus)})

    long = "This text needs three fragments, and one of them goes astray. " * 4
    await phone.say(TEXT, b"All is well.", ACKNOWLEDGE)
    await gadget.acknowledge(1)

    first, _, third = phone.cut(TEXT, long[:200].encode())
    fault("missing", phone, phone.send(first), phone.send(third))
    phone.messages[-1]["sent"] = [0, 2]
    await asyncio.sleep(1.5)

    first, second = gadget.cut(TEXT, long[:90].encode())
    fault("duplicate", gadget, gadget.send(first), gadget.send(first))
    gadget.send(second)
    await asyncio.sleep(0.2)

    (whole,) = phone.cut(TEXT, b"There are three of me, and I am the last.")
    miscounted = (
        HEADER.pack(phone.messages[-1]["id"], 0, 3, len(whole) - HEADER.size, TEXT, LAST) + whole[HEADER.size :]
    )
    fault("count", phone, phone.send(miscounted))
    await asyncio.sleep(0.2)

    (whole,) = gadget.cut(TEXT, b"Shorter than I claim.")
    claimed = HEADER.pack(gadget.messages[-1]["id"], 0, 1, len(whole), TEXT, LAST)
    fault("length", gadget, gadget.send(claimed + whole[HEADER.size :]))
    await asyncio.sleep(0.2)

    (whole,) = phone.cut(TEXT, b"Do you read me?", ACKNOWLEDGE)
    fault("acknowledgement", phone, phone.send(whole))
    await asyncio.sleep(1.5)

    await gadget.say(TEXT, b"And all is well again.")
    return await end(stack, "forum_chat_faults", phone, gadget, faults=faults)
