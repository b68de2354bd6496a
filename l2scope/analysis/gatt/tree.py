"""The tree of a database: services with their characteristics, those with their descriptors (Vol 3 Part G 3)."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from l2scope.analysis.gatt.database import Database
from l2scope.analysis.gatt.facts import CharacteristicFound, Fact, ServiceFound
from l2scope.analysis.gatt.uuid import CHARACTERISTIC, INCLUDE, PRIMARY_SERVICE, SECONDARY_SERVICE, Uuid

# Part G 3.3.1.1, from the lowest bit up.
PROPERTIES: Final = (
    "broadcast",
    "read",
    "write without response",
    "write",
    "notify",
    "indicate",
    "signed write",
    "extended properties",
)
DECLARATIONS: Final = (PRIMARY_SERVICE, SECONDARY_SERVICE, INCLUDE, CHARACTERISTIC)
LAST_HANDLE: Final = 0xFFFF

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Descriptor:
    """packet told of it, as in the other classes."""

    handle: int
    uuid: Uuid
    packet: int


@dataclass(frozen=True, slots=True)
class Characteristic:
    """handle is that of the declaration."""

    handle: int
    value_handle: int
    uuid: Uuid
    properties: tuple[str, ...]
    descriptors: tuple[Descriptor, ...]
    packet: int


@dataclass(frozen=True, slots=True)
class Include:
    """The service from start to end. uuid is None where the declaration leaves it out, as it does with 128 bits."""

    handle: int
    start: int
    end: int
    uuid: Uuid | None
    packet: int


@dataclass(frozen=True, slots=True)
class Service:
    """uuid is None for what belongs to a service that the capture does not tell of; others are attributes of a known
    type and no known place."""

    handle: int
    end: int
    uuid: Uuid | None
    primary: bool
    includes: tuple[Include, ...]
    characteristics: tuple[Characteristic, ...]
    others: tuple[Descriptor, ...]
    packet: int


class _Sorted(Generic[F]):
    """Facts in order of their handles."""

    def __init__(self, found: Mapping[int, F]) -> None:
        self.handles = sorted(found)
        self.facts = [found[handle] for handle in self.handles]

    def between(self, start: int, stop: int) -> list[F]:
        return self.facts[bisect_left(self.handles, start) : bisect_left(self.handles, stop)]


def tree_of(database: Database) -> list[Service]:
    """The services in order of their handles."""
    return _Tree(database).services()


class _Tree:
    def __init__(self, database: Database) -> None:
        self.known = database.services
        self.includes = _Sorted(database.includes)
        self.characteristics = _Sorted(database.characteristics)
        self.types = _Sorted(
            {
                handle: fact
                for handle, fact in database.types.items()
                if fact.uuid not in DECLARATIONS and handle not in database.values
            }
        )

    def services(self) -> list[Service]:
        """What lies between the known services is gathered in services without a UUID. Services that overlap, against
        the rules, end where the next one begins."""
        found: list[Service] = []
        start = 1
        known = sorted(self.known.items())
        for (handle, fact), limit in zip(known, [*(start for start, _ in known), LAST_HANDLE + 1][1:], strict=True):
            found += self._strays(start, handle)
            start = min(max(handle, fact.end) + 1, limit)
            found.append(self._service(fact, handle, start))
        return found + self._strays(start, LAST_HANDLE + 1)

    def _service(self, fact: ServiceFound, start: int, stop: int) -> Service:
        return Service(fact.handle, fact.end, fact.uuid, fact.primary, *self._contents(start, stop), fact.packet)

    def _strays(self, start: int, stop: int) -> list[Service]:
        inside: list[Fact] = [
            *self.includes.between(start, stop),
            *self.characteristics.between(start, stop),
            *self.types.between(start, stop),
        ]
        if not inside:
            return []
        handles = [fact.handle for fact in inside]
        packet = min(fact.packet for fact in inside)
        return [Service(min(handles), max(handles), None, True, *self._contents(start, stop), packet)]

    def _contents(
        self, start: int, stop: int
    ) -> tuple[tuple[Include, ...], tuple[Characteristic, ...], tuple[Descriptor, ...]]:
        includes = tuple(
            Include(fact.handle, fact.start, fact.end, fact.uuid, fact.packet)
            for fact in self.includes.between(start, stop)
        )
        declared = self.characteristics.between(start, stop)
        ends = [fact.handle for fact in declared[1:]] + [stop]
        characteristics = tuple(self._characteristic(fact, end) for fact, end in zip(declared, ends, strict=False))
        first = declared[0].handle if declared else stop
        return includes, characteristics, self._descriptors(start, first)

    def _characteristic(self, fact: CharacteristicFound, stop: int) -> Characteristic:
        properties = tuple(name for bit, name in enumerate(PROPERTIES) if fact.properties >> bit & 1)
        descriptors = self._descriptors(fact.handle + 1, stop)
        return Characteristic(fact.handle, fact.value_handle, fact.uuid, properties, descriptors, fact.packet)

    def _descriptors(self, start: int, stop: int) -> tuple[Descriptor, ...]:
        """The attributes of a known type there that no declaration tells of."""
        return tuple(Descriptor(fact.handle, fact.uuid, fact.packet) for fact in self.types.between(start, stop))
