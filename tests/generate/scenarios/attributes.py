"""ATT alone: what a GATT client and server exchange in everyday use."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bumble.att import ATT_Error
from bumble.core import UUID
from bumble.device import Peer
from bumble.gatt import Characteristic, Service

from tests.generate.stack import Room, Stack
from tests.generate.truth import Sample

SERVICE = UUID("6c327363-6f70-4500-8000-0000000000a0")
TEXT, COMMAND, READING, ALARM, SECRET = (UUID(f"6c327363-6f70-4500-8000-0000000000a{number}") for number in range(1, 6))


@dataclass(frozen=True)
class Attributes:
    """The characteristics of the gadget's service, on the server."""

    text: Any
    command: Any
    reading: Any
    alarm: Any
    secret: Any


def publish(stack: Stack) -> Attributes:
    """Add the service to the gadget; the text is longer than one ATT PDU."""
    can, may = Characteristic.Properties, Characteristic.Permissions
    attributes = Attributes(
        text=Characteristic(TEXT, can.READ | can.WRITE, may.READABLE | may.WRITEABLE, b"A gadget that measures. " * 6),
        command=Characteristic(COMMAND, can.WRITE_WITHOUT_RESPONSE, may.WRITEABLE, b""),
        reading=Characteristic(READING, can.READ | can.NOTIFY, may.READABLE, bytes(4)),
        alarm=Characteristic(ALARM, can.READ | can.INDICATE, may.READABLE, bytes(1)),
        secret=Characteristic(SECRET, can.READ, may.READABLE | may.READ_REQUIRES_ENCRYPTION, b"1234"),
    )
    stack.gadget.add_service(Service(SERVICE, list(vars(attributes).values())))
    return attributes


async def discover(peer: Any) -> dict[UUID, Any]:
    """The characteristics of the gadget's service, on the client, by UUID."""
    await peer.discover_services()
    service = peer.get_services_by_uuid(SERVICE)[0]
    characteristics = await service.discover_characteristics()
    for characteristic in characteristics:
        await characteristic.discover_descriptors()
    return {characteristic.uuid: characteristic for characteristic in characteristics}


async def read_and_write(found: dict[UUID, Any]) -> None:
    """Read short and long values, write with and without response, and read what only an encrypted link may read."""
    await found[READING].read_value()
    await found[TEXT].read_value()
    await found[TEXT].write_value(b"A gadget that was renamed.", with_response=True)
    for number in range(3):
        await found[COMMAND].write_value(bytes([number]), with_response=False)
    with suppress(ATT_Error):  # Insufficient Encryption is the answer wanted: the link is not encrypted
        await found[SECRET].read_value()


async def notify(stack: Stack, attributes: Attributes, found: dict[UUID, Any]) -> None:
    """Subscribe; the gadget sends 12 notifications and one indication, which the phone confirms."""
    await found[READING].subscribe(lambda value: None)
    await found[ALARM].subscribe(lambda value: None)
    for number in range(12):
        await stack.gadget.notify_subscribers(attributes.reading, stack.random.randbytes(4 + number))
        await asyncio.sleep(0.1)
    await stack.gadget.indicate_subscribers(attributes.alarm, b"\x01")


async def att_only() -> list[Sample]:
    """The phone uses a GATT service of the gadget with an ATT_MTU of 65; no credit-based channel is opened."""
    stack = Stack(Room(seed=7))
    attributes = publish(stack)
    await stack.connect()
    peer = Peer(stack.phone_connection)
    await peer.request_mtu(65)
    found = await discover(peer)
    await read_and_write(found)
    await notify(stack, attributes, found)
    await asyncio.sleep(0.2)
    await stack.disconnect()
    return [stack.phone_sample("att_only")]
