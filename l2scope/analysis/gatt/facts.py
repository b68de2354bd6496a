"""What single ATT PDUs tell of a database: the facts it is built from (Vol 3 Part G 3, 4.4 to 4.7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from l2scope.analysis.gatt.uuid import (
    CHARACTERISTIC,
    INCLUDE,
    PRIMARY_SERVICE,
    SECONDARY_SERVICE,
    Uuid,
)
from l2scope.engine.spsm import READ_BY_TYPE_RESPONSE

FIND_INFORMATION_RESPONSE: Final = 0x05
FIND_BY_TYPE_VALUE_RESPONSE: Final = 0x07
READ_BY_GROUP_TYPE_RESPONSE: Final = 0x11


@dataclass(frozen=True, slots=True)
class ServiceFound:
    packet: int
    handle: int
    end: int
    uuid: Uuid
    primary: bool = True


@dataclass(frozen=True, slots=True)
class IncludeFound:
    """uuid is None where it has 128 bits: those are not part of an include declaration (Part G 3.2)."""

    packet: int
    handle: int
    start: int
    end: int
    uuid: Uuid | None


@dataclass(frozen=True, slots=True)
class CharacteristicFound:
    """handle is that of the declaration, value_handle that of the value."""

    packet: int
    handle: int
    properties: int
    value_handle: int
    uuid: Uuid


@dataclass(frozen=True, slots=True)
class AttributeFound:
    """An attribute of this type is there: a descriptor, if nothing else says what it is."""

    packet: int
    handle: int
    uuid: Uuid


@dataclass(frozen=True, slots=True)
class RangeChanged:
    """Where `by` is Service Changed: an indication that these handles are not what they were (Part G 7.1)."""

    packet: int
    handle: int
    end: int
    by: int


Fact = ServiceFound | IncludeFound | CharacteristicFound | AttributeFound | RangeChanged


def facts_of(packet: int, request: bytes, response: bytes) -> Iterator[Fact]:
    """What a response tells, together with the request it answers. Both are ATT PDUs, of any length and content."""
    opcode = response[0] if response else 0
    if opcode == FIND_INFORMATION_RESPONSE:
        yield from _information(packet, response)
    elif opcode == FIND_BY_TYPE_VALUE_RESPONSE:
        yield from _services_of_a_kind(packet, request, response)
    elif opcode == READ_BY_GROUP_TYPE_RESPONSE:
        yield from _groups(packet, request, response)
    elif opcode == READ_BY_TYPE_RESPONSE:
        kind = Uuid.of(request[5:])
        if kind is not None:
            for handle, value in listed_values(response):
                yield from _typed(packet, handle, kind, value)


def declaration(packet: int, handle: int, kind: Uuid, value: bytes) -> Fact | None:
    """What the value of a declaration of this type tells; None for other types and for values of a wrong length."""
    if kind == CHARACTERISTIC and len(value) >= 5:
        uuid = Uuid.of(value[3:])
        return None if uuid is None else CharacteristicFound(packet, handle, value[0], _u16(value, 1), uuid)
    if kind == INCLUDE and len(value) in (4, 6):
        return IncludeFound(packet, handle, _u16(value, 0), _u16(value, 2), Uuid.of(value[4:]))
    return None


def listed_values(response: bytes) -> Iterator[tuple[int, bytes]]:
    """The handles and values of a Read By Type Response (Part F 3.4.4.2)."""
    size = response[1] if len(response) > 1 else 0
    if size >= 2:
        for at in range(2, len(response) - size + 1, size):
            yield _u16(response, at), response[at + 2 : at + size]


def _typed(packet: int, handle: int, kind: Uuid, value: bytes) -> Iterator[Fact]:
    told = declaration(packet, handle, kind, value)
    if told is not None:
        yield told
    elif kind not in (CHARACTERISTIC, INCLUDE):
        yield AttributeFound(packet, handle, kind)


def _information(packet: int, response: bytes) -> Iterator[Fact]:
    """Handles with their types: UUIDs of 16 bits where the format is 1, of 128 where it is 2 (Part F 3.4.3.2)."""
    size = {1: 2, 2: 16}.get(response[1] if len(response) > 1 else 0, 0)
    for at in range(2, len(response) - size - 1, size + 2) if size else ():
        uuid = Uuid.of(response[at + 2 : at + 2 + size])
        if uuid is not None:
            yield AttributeFound(packet, _u16(response, at), uuid)


def _services_of_a_kind(packet: int, request: bytes, response: bytes) -> Iterator[Fact]:
    """The request names the UUID of the services (Part G 4.4.2)."""
    uuid = Uuid.of(request[7:])
    if uuid is not None and Uuid.of(request[5:7]) == PRIMARY_SERVICE:
        for at in range(1, len(response) - 3, 4):
            yield ServiceFound(packet, _u16(response, at), _u16(response, at + 2), uuid)


def _groups(packet: int, request: bytes, response: bytes) -> Iterator[Fact]:
    kind = Uuid.of(request[5:])
    size = response[1] if len(response) > 1 else 0
    if kind not in (PRIMARY_SERVICE, SECONDARY_SERVICE) or size < 6:
        return
    for at in range(2, len(response) - size + 1, size):
        uuid = Uuid.of(response[at + 4 : at + size])
        if uuid is not None:
            yield ServiceFound(packet, _u16(response, at), _u16(response, at + 2), uuid, kind == PRIMARY_SERVICE)


def _u16(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "little")
