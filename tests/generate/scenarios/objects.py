"""The Object Transfer Service: one object is read and one written over a channel, and their checksums are asked for."""

import asyncio
import struct
import zlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bumble.core import UUID
from bumble.device import Peer
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.l2cap import LeCreditBasedChannelSpec

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import TracedChannel, digest
from tests.generate.truth import Sample

SPSM = 0x0025
SERVICE = UUID.from_16_bits(0x1825)
FEATURE, NAME, TYPE, SIZE, IDENTIFIER, PROPERTIES, ACTION, LIST = (
    UUID.from_16_bits(number) for number in (0x2ABD, 0x2ABE, 0x2ABF, 0x2AC0, 0x2AC3, 0x2AC4, 0x2AC5, 0x2AC6)
)
CHECKSUM, READ, WRITE, ABORT, RESPONSE = 0x03, 0x05, 0x06, 0x07, 0x60
FIRST, NEXT, LIST_RESPONSE = 0x01, 0x04, 0x70
SUCCESS, NOT_PERMITTED = 0x01, 0x08
MAY_READ, MAY_WRITE = 0x04, 0x08
UNSPECIFIED_TYPE = 0x2ACA


@dataclass
class StoredObject:
    """One object of the server."""

    name: str
    content: bytes
    properties: int
    identifier: int


class ObjectServer:
    """The gadget's side: both control points, the characteristics of the current object, and the channel."""

    def __init__(self, stack: Stack, objects: list[StoredObject]) -> None:
        self.stack = stack
        self.objects = objects
        self.current = 0
        self.channel: TracedChannel
        self.damage: Callable[[list[bytes]], list[bytes]] = list
        """What happens to the SDUs of an object before they are sent."""
        self.tasks: list[asyncio.Task[None]] = []
        can, may = Characteristic.Properties, Characteristic.Permissions
        self.action = Characteristic(
            ACTION, can.WRITE | can.INDICATE, may.WRITEABLE, CharacteristicValue(write=self.later(self.act))
        )
        self.list = Characteristic(
            LIST, can.WRITE | can.INDICATE, may.WRITEABLE, CharacteristicValue(write=self.later(self.move))
        )
        values = [
            Characteristic(uuid, can.READ, may.READABLE, CharacteristicValue(read=self.reader(uuid)))
            for uuid in (FEATURE, NAME, TYPE, SIZE, IDENTIFIER, PROPERTIES)
        ]
        stack.gadget.add_service(Service(SERVICE, [*values, self.action, self.list]))

    @property
    def object(self) -> StoredObject:
        """The object that is chosen."""
        return self.objects[self.current]

    def reader(self, uuid: UUID) -> Callable[[Any], bytes]:
        """A read callback that tells of the object chosen at the time."""
        return lambda _: self.described()[uuid]

    def described(self) -> dict[UUID, bytes]:
        """The values of the characteristics of the current object (Object Transfer Service 3)."""
        return {
            FEATURE: struct.pack("<II", 0x32, 0x00),  # checksums, reading, writing
            NAME: self.object.name.encode(),
            TYPE: struct.pack("<H", UNSPECIFIED_TYPE),
            SIZE: struct.pack("<II", len(self.object.content), 4096),
            IDENTIFIER: self.object.identifier.to_bytes(6, "little"),
            PROPERTIES: struct.pack("<I", self.object.properties),
        }

    def later(self, answer: Callable[[bytes], Coroutine[Any, Any, None]]) -> Callable[[Any, bytes], None]:
        """A write callback that returns before the answer is indicated."""
        return lambda _, value: self.tasks.append(asyncio.create_task(answer(bytes(value))))

    async def move(self, request: bytes) -> None:
        """The Object List Control Point: First and Next."""
        self.current = 0 if request[0] == FIRST else self.current + 1
        await self.stack.gadget.indicate_subscribers(self.list, bytes((LIST_RESPONSE, request[0], SUCCESS)))

    async def act(self, request: bytes) -> None:
        """The Object Action Control Point."""
        opcode, result, answer = request[0], SUCCESS, b""
        needed = {READ: MAY_READ, WRITE: MAY_WRITE}.get(opcode, 0)
        if self.object.properties & needed != needed:
            result = NOT_PERMITTED
        elif opcode == CHECKSUM:
            offset, length = struct.unpack_from("<II", request, 1)
            answer = struct.pack("<I", zlib.crc32(self.object.content[offset : offset + length]))
        elif opcode == WRITE:
            self.expect(*struct.unpack_from("<II", request, 1))
        await self.stack.gadget.indicate_subscribers(self.action, bytes((RESPONSE, opcode, result)) + answer)
        if opcode == READ and result == SUCCESS:
            offset, length = struct.unpack_from("<II", request, 1)
            for sdu in self.damage(cut(self.object.content[offset : offset + length], self.channel)):
                self.channel.write(sdu)

    def expect(self, offset: int, length: int) -> None:
        """Take the bytes of a write from the channel, which replace what the object holds."""
        received = b""
        noted = self.channel.record.received_sdus.append

        def take(sdu: bytes) -> None:
            nonlocal received
            noted(sdu)
            received += sdu
            if len(received) == length:
                self.object.content = self.object.content[:offset] + received

        self.channel.sink = take


class ObjectClient:
    """The phone's side."""

    def __init__(self, stack: Stack, found: dict[UUID, Any], channel: TracedChannel) -> None:
        self.stack = stack
        self.found = found
        self.channel = channel
        self.indicated: asyncio.Queue[bytes] = asyncio.Queue()
        self.checksums: list[int] = []

    async def subscribe(self) -> None:
        """Ask both control points for indications."""
        for uuid in (ACTION, LIST):
            await self.found[uuid].subscribe(self.indicated.put_nowait, prefer_notify=False)

    async def ask(self, uuid: UUID, opcode: int, *numbers: int, mode: bytes = b"") -> bytes:
        """Write a control point and wait for its answer; the parameters of the answer."""
        request = bytes((opcode,)) + struct.pack(f"<{len(numbers)}I", *numbers) + mode
        await self.found[uuid].write_value(request, with_response=True)
        return (await self.indicated.get())[3:]

    async def choose(self, opcode: int) -> None:
        """Go to an object and read what it is."""
        await self.ask(LIST, opcode)
        for uuid in (NAME, TYPE, SIZE, IDENTIFIER, PROPERTIES):
            await self.found[uuid].read_value()

    async def checksum(self, length: int) -> None:
        """Ask for the checksum of the first `length` bytes."""
        self.checksums.append(int.from_bytes(await self.ask(ACTION, CHECKSUM, 0, length), "little"))

    async def read(self, length: int) -> None:
        """Read the first `length` bytes and give the channel time to bring them."""
        await self.ask(ACTION, READ, 0, length)
        await asyncio.sleep(0.5)

    async def write(self, content: bytes) -> None:
        """Replace the content of the object."""
        await self.ask(ACTION, WRITE, 0, len(content), mode=b"\x02")  # truncate
        for sdu in cut(content, self.channel):
            self.channel.write(sdu)
        await asyncio.sleep(0.5)


def cut(content: bytes, channel: TracedChannel) -> list[bytes]:
    """The SDUs of an object, as large as the peer takes them."""
    size = int(channel.peer_mtu)
    return [content[at : at + size] for at in range(0, len(content), size)]


def objects() -> list[StoredObject]:
    """A log that may be read and settings that may be written too."""
    log = "".join(f"{second:5d} s  battery {90 - second // 7} %\n" for second in range(0, 480, 8)).encode()
    return [
        StoredObject("log.txt", log, MAY_READ, 0x000000000100),
        StoredObject("settings.json", b'{"volume": 3}', MAY_READ | MAY_WRITE, 0x000000000101),
    ]


async def begin(seed: int) -> tuple[Stack, ObjectServer, ObjectClient]:
    """Connected, discovered, subscribed, and the channel open."""
    stack = Stack(Room(seed=seed))
    server = ObjectServer(stack, objects())
    stack.serve(LeCreditBasedChannelSpec(psm=SPSM, mtu=300, mps=150, max_credits=8))
    await stack.connect()
    peer = Peer(stack.phone_connection)
    await peer.request_mtu(65)
    await peer.discover_services()
    service = peer.get_services_by_uuid(SERVICE)[0]
    found = {characteristic.uuid: characteristic for characteristic in await service.discover_characteristics()}
    for characteristic in found.values():
        await characteristic.discover_descriptors()
    phone, server.channel = await stack.open(LeCreditBasedChannelSpec(psm=SPSM, mtu=400, mps=200, max_credits=8))
    client = ObjectClient(stack, found, phone)
    await client.subscribe()
    return stack, server, client


def transfer(operation: str, name: str, content: bytes) -> dict[str, Any]:
    """What crossed the channel for one request."""
    return {
        "operation": operation,
        "direction": "rx" if operation == "read" else "tx",
        "object": name,
        "length": len(content),
        "sha256": digest(content),
        "crc32": zlib.crc32(content),
    }


async def end(stack: Stack, client: ObjectClient, name: str, *transfers: dict[str, Any]) -> list[Sample]:
    """Close everything; the phone's sample with what was transferred and the checksums that were told."""
    await client.channel.disconnect()
    await stack.disconnect()
    sample = stack.phone_sample(name)
    sample.truth["content"] = {"transfers": list(transfers), "checksums": client.checksums}
    return [sample]


async def ots() -> list[Sample]:
    """The phone reads the log and writes the settings; both checksums agree."""
    stack, server, client = await begin(seed=12)
    log = server.objects[0].content
    settings = (
        b'{"volume": 7, "name": "kitchen", "colours": [' + b", ".join(b"%d" % (n * n) for n in range(120)) + b"]}"
    )
    await client.choose(FIRST)
    await client.checksum(len(log))
    await client.read(len(log))
    await client.choose(NEXT)
    await client.write(settings)
    await client.checksum(len(settings))
    return await end(
        stack, client, "ots", transfer("read", "log.txt", log), transfer("write", "settings.json", settings)
    )


async def ots_faults() -> list[Sample]:
    """A byte of the log changes on its way; then half of it does not come; then a write is not permitted."""
    stack, server, client = await begin(seed=13)
    log = server.objects[0].content
    await client.choose(FIRST)
    await client.checksum(len(log))
    server.damage = lambda sdus: [sdus[0], b"#" + sdus[1][1:], *sdus[2:]]
    await client.read(len(log))
    damaged = b"".join(server.damage(cut(log, server.channel)))
    server.damage = lambda sdus: sdus[:2]
    await client.read(len(log))
    half = b"".join(cut(log, server.channel)[:2])
    await client.ask(ACTION, ABORT)
    await client.ask(ACTION, WRITE, 0, 10, mode=b"\x02")
    transfers = transfer("read", "log.txt", damaged), transfer("read", "log.txt", half)
    return await end(stack, client, "ots_faults", *transfers)
