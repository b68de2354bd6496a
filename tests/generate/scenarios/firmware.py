"""MCUmgr's SMP: a firmware image is uploaded over GATT, listed, marked for a test, and the device restarts."""

import asyncio
import hashlib
import struct
from dataclasses import dataclass, field
from typing import Any

import cbor2
from bumble.core import UUID
from bumble.device import Peer
from bumble.gatt import Characteristic, CharacteristicValue, Service

from tests.generate.stack import Room, Stack
from tests.generate.traced_channel import digest
from tests.generate.truth import Sample

SERVICE = UUID("8d53dc1d-1db7-4cd3-868b-8a527460aa84")
SMP = UUID("da2e7828-fbce-4e01-ae9e-261174997c48")
HEADER = struct.Struct(">BBHHBB")
"""Operation, flags, length, group, sequence number, command."""

READ, WRITE = 0, 2
OS, IMAGE = 0, 1
STATE, UPLOAD, RESET = 0, 1, 5
NO_MEMORY = 2
ATT_MTU = 128
IMAGE_BYTES = 2600
CHUNK_BYTES = 84
ERASE_SECONDS = 0.6
PAGE_BYTES = 1024
PAGE_SECONDS = 0.09


def firmware(size: int) -> tuple[bytes, bytes]:
    """An MCUboot image of `size` bytes and its hash, which is over header and body (MCUboot, image format)."""
    body = b"".join(hashlib.sha256(bytes((number,))).digest() for number in range(256))[: size - 32 - 40]
    header = struct.pack("<IIHHIIBBHII", 0x96F3B83D, 0, 32, 0, len(body), 0, 1, 4, 2, 0, 0)
    found = hashlib.sha256(header + body).digest()
    return header + body + struct.pack("<HHHH", 0x6907, 40, 0x10, 32) + found, found


class Manager:
    """The gadget's SMP server."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.received = b""
        self.total = 0
        self.hash = b""
        self.pending = False
        self.rc = 0
        """What the next upload request is answered with."""
        self.silent = False
        self.tasks: list[asyncio.Task[None]] = []
        can, may = Characteristic.Properties, Characteristic.Permissions
        self.smp = Characteristic(
            SMP, can.WRITE_WITHOUT_RESPONSE | can.NOTIFY, may.WRITEABLE, CharacteristicValue(write=self.written)
        )
        stack.gadget.add_service(Service(SERVICE, [self.smp]))

    def written(self, _: Any, value: bytes) -> None:
        """A request came."""
        if not self.silent:
            self.tasks.append(asyncio.create_task(self.answer(bytes(value))))

    async def answer(self, request: bytes) -> None:
        """Answer one request, in as many notifications as it takes."""
        operation, _, _, group, sequence, command = HEADER.unpack_from(request)
        asked = cbor2.loads(request[HEADER.size :])
        told = await self.done(group, command, asked)
        body = b"\xbf" + b"".join(cbor2.dumps(key) + cbor2.dumps(value) for key, value in told.items()) + b"\xff"
        whole = HEADER.pack(operation + 1, 0, len(body), group, sequence, command) + body
        room = ATT_MTU - 3
        for at in range(0, len(whole), room):
            await self.stack.gadget.notify_subscribers(self.smp, whole[at : at + room])

    async def done(self, group: int, command: int, asked: dict[str, Any]) -> dict[str, Any]:
        """Do what was asked; what to tell of it."""
        if (group, command) == (IMAGE, UPLOAD):
            return await self.take(asked)
        if (group, command) == (IMAGE, STATE):
            self.pending |= "hash" in asked
            return {"images": self.images(), "splitStatus": 0}
        return {"rc": 0}

    async def take(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One piece of the image; the flash is erased at its begin and written page by page."""
        if self.rc:
            rc, self.rc = self.rc, 0
            return {"rc": rc}
        if asked["off"] == 0:
            self.received, self.total = b"", asked["len"]
            await asyncio.sleep(ERASE_SECONDS)
        before = len(self.received) // PAGE_BYTES
        self.received += asked["data"]
        if len(self.received) // PAGE_BYTES > before:
            await asyncio.sleep(PAGE_SECONDS)
        return {"rc": 0, "off": len(self.received)}

    def images(self) -> list[dict[str, Any]]:
        """What is in the two slots."""
        running = {"slot": 0, "version": "1.4.1", "hash": bytes(range(32)), "bootable": True, "pending": False}
        running |= {"confirmed": True, "active": True, "permanent": False}
        if not self.total:
            return [running]
        new = {"slot": 1, "version": "1.4.2", "hash": self.hash, "bootable": True, "pending": self.pending}
        return [running, new | {"confirmed": False, "active": False, "permanent": False}]


@dataclass
class Client:
    """The phone's side."""

    stack: Stack
    smp: Any
    sequence: int = 240
    answered: "asyncio.Queue[dict[str, Any]]" = field(default_factory=asyncio.Queue)
    pending: bytes = b""
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    """What was asked and answered."""

    def on_notification(self, value: bytes) -> None:
        """Join the notifications of a response."""
        self.pending += value
        if len(self.pending) == HEADER.size + HEADER.unpack_from(self.pending)[2]:
            answer, self.pending = cbor2.loads(self.pending[HEADER.size :]), b""
            self.answered.put_nowait(answer)

    async def send(self, operation: int, group: int, command: int, asked: dict[str, Any]) -> None:
        """Write a request without response."""
        body = cbor2.dumps(asked)
        header = HEADER.pack(operation, 0, len(body), group, self.sequence, command)
        self.exchanges.append({"sequence": self.sequence, "group": group, "command": command})
        self.sequence = (self.sequence + 1) & 0xFF
        await self.smp.write_value(header + body, with_response=False)

    async def ask(self, operation: int, group: int, command: int, asked: dict[str, Any]) -> dict[str, Any]:
        """Send a request and wait for its answer."""
        await self.send(operation, group, command, asked)
        answer = await self.answered.get()
        self.exchanges[-1]["rc"] = answer.get("rc", 0)
        return answer

    async def upload(self, image: bytes, stop: int | None = None) -> None:
        """Upload an image from its begin, piece by piece, up to `stop`."""
        offset = 0
        while offset < (stop or len(image)):
            asked: dict[str, Any] = {"off": offset}
            size = CHUNK_BYTES
            if offset == 0:
                asked |= {"len": len(image), "sha": hashlib.sha256(image).digest()}
                size = 32
            answer = await self.ask(WRITE, IMAGE, UPLOAD, asked | {"data": image[offset : offset + size]})
            offset = answer.get("off", offset)


async def begin(seed: int) -> tuple[Stack, Manager, Client]:
    """Connected, discovered and subscribed."""
    stack = Stack(Room(seed=seed))
    manager = Manager(stack)
    await stack.connect()
    peer = Peer(stack.phone_connection)
    await peer.request_mtu(ATT_MTU)
    await peer.discover_services()
    (smp,) = await peer.get_services_by_uuid(SERVICE)[0].discover_characteristics()
    await smp.discover_descriptors()
    client = Client(stack, smp)
    await smp.subscribe(client.on_notification)
    return stack, manager, client


async def end(stack: Stack, client: Client, name: str, image: bytes, **more: Any) -> list[Sample]:
    """Disconnect; the phone's sample, with the image and all that was asked."""
    await asyncio.sleep(0.3)
    await stack.disconnect()
    sample = stack.phone_sample(name)
    described = {"length": len(image), "sha256": digest(image)}
    sample.truth["content"] = {"image": described, "exchanges": client.exchanges, **more}
    return [sample]


async def smp_mcumgr() -> list[Sample]:
    """An update as it should be: upload, list, test, restart."""
    stack, manager, client = await begin(seed=14)
    image, manager.hash = firmware(IMAGE_BYTES)
    await client.upload(image)
    assert manager.received == image
    await client.ask(READ, IMAGE, STATE, {})
    await client.ask(WRITE, IMAGE, STATE, {"hash": manager.hash, "confirm": False})
    await client.ask(WRITE, OS, RESET, {})
    pages = len(image) // PAGE_BYTES
    slow_ms = round(1000 * (ERASE_SECONDS + pages * PAGE_SECONDS))
    return await end(stack, client, "smp_mcumgr", image, hash=manager.hash.hex(), slow_ms=slow_ms)


async def smp_mcumgr_faults() -> list[Sample]:
    """The upload fails for want of memory, begins anew, and is never finished; the last request is not answered."""
    stack, manager, client = await begin(seed=15)
    image, manager.hash = firmware(1200)
    await client.upload(image, stop=400)
    manager.rc = NO_MEMORY
    await client.ask(WRITE, IMAGE, UPLOAD, {"off": len(manager.received), "data": image[len(manager.received) :][:84]})
    reached = len(manager.received)
    await client.upload(image, stop=700)
    manager.silent = True
    await client.send(WRITE, IMAGE, UPLOAD, {"off": len(manager.received), "data": bytes(60)})
    await asyncio.sleep(3)
    return await end(stack, client, "smp_mcumgr_faults", image, restarted_at=reached, reached=len(manager.received))
