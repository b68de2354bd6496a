"""The GATT databases as lines: servers, their services, characteristics and descriptors."""

from collections.abc import Iterator
from dataclasses import dataclass

from l2scope.analysis.gatt.server import Server
from l2scope.analysis.gatt.subscriptions import Subscription, subscriptions
from l2scope.analysis.gatt.tree import Characteristic, Descriptor, Service
from l2scope.capture import Capture
from l2scope.text import printable
from l2scope.tui.figures import counted

# One letter a property, in the order of the bits (Vol 3 Part G 3.3.1.1).
LETTERS = {
    "broadcast": "B",
    "read": "R",
    "write without response": "w",
    "write": "W",
    "notify": "N",
    "indicate": "I",
    "signed write": "s",
    "extended properties": "x",
}


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """handle is that of the attribute whose value the line shows, 0 for a server and for a heading; packet told of it,
    0 where none did. depth is 0 for a server."""

    server: Server
    depth: int
    handle: int
    text: str
    letters: str = ""
    packet: int = 0
    subscriptions: tuple[Subscription, ...] = ()


def outline(capture: Capture) -> list[OutlineLine]:
    """All servers of a capture. Raises CaptureError where the file has changed."""
    with capture.gatt.held() as servers:
        return [line for server in servers for line in _server(capture, server)]


def _server(capture: Capture, server: Server) -> Iterator[OutlineLine]:
    known = counted(len(server.database), "attribute")
    yield OutlineLine(server, 0, 0, f"{printable(server.title)}, {known}")
    found = subscriptions(capture, server)
    for service in server.services:
        yield from _service(server, service, found)
    untold = [handle for handle in server.handles if server.database.type_of(handle) is None]
    if untold:
        yield OutlineLine(server, 1, 0, "not told by discovery")
    for handle in untold:
        yield OutlineLine(server, 2, handle, f"0x{handle:04X}", subscriptions=_of(found, handle))


def _service(server: Server, service: Service, found: list[Subscription]) -> Iterator[OutlineLine]:
    name = "service not known" if service.uuid is None else service.uuid.name
    yield OutlineLine(server, 1, 0, name if service.primary else f"{name}, secondary", packet=service.packet)
    for include in service.includes:
        what = "" if include.uuid is None else f" {include.uuid.name}"
        yield OutlineLine(server, 2, 0, f"includes 0x{include.start:04X}{what}", packet=include.packet)
    for other in service.others:
        yield _descriptor(server, other, 2)
    for characteristic in service.characteristics:
        yield _characteristic(server, characteristic, found)
        for descriptor in characteristic.descriptors:
            yield _descriptor(server, descriptor, 3)


def _characteristic(server: Server, one: Characteristic, found: list[Subscription]) -> OutlineLine:
    letters = "".join(LETTERS[name] for name in one.properties)
    handle = one.value_handle
    return OutlineLine(server, 2, handle, one.uuid.name, letters, one.packet, _of(found, handle))


def _descriptor(server: Server, one: Descriptor, depth: int) -> OutlineLine:
    return OutlineLine(server, depth, one.handle, one.uuid.name, packet=one.packet)


def _of(found: list[Subscription], handle: int) -> tuple[Subscription, ...]:
    return tuple(subscription for subscription in found if subscription.handle == handle)


def abilities(letters: str) -> str:
    """The properties in words."""
    return ", ".join(word for word, letter in LETTERS.items() if letter in letters)
